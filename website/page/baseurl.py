"""Sphinx extension: the address at which the site will stand, from the repository's.

Search engines, social cards and the page for missing addresses need it. Who publishes elsewhere
than on GitHub Pages, or under a domain of their own, writes it into _config.yml: html, baseurl.
"""

from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from website import extension, repository
from website.page.language import this_language


def base(given: str, address: str) -> str:
    """Address of the site's root, with a slash at the end.

    Args:
        given: html_baseurl; "" if nobody has set it.
        address: the repository's, which says where GitHub Pages serves the site.
    Raises: ConfigError: nothing is given, and the repository is none on GitHub.

    >>> base("", "https://github.com/Ada/knobs")
    'https://ada.github.io/knobs/'
    >>> base("https://knobs.org", "")
    'https://knobs.org/'
    """
    if given:
        return given.rstrip("/") + "/"
    try:
        return repository.parse(address, "main").pages + "/"
    except ValueError:
        raise ConfigError(
            f"_config.yml names the repository {address!r}, which is none on GitHub, so the "
            'site\'s own address is unknown. Write it there, below "html:": '
            "baseurl: https://your.site/course/"
        ) from None


def set_base(_app: Sphinx, config: Config) -> None:
    """Let Sphinx name the page's own address in each page, as `canonical`."""
    site = base(config.html_baseurl, config.html_theme_options["repository_url"])
    config.html_baseurl = site + this_language(config).folder


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("config-inited", set_base)
    return extension()
