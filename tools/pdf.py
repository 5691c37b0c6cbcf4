"""Print the built site as one PDF: `python -m tools.pdf`, after `make book`.

The pages' articles are joined to one document in the order of _toc.yml and printed by Chromium:
figures, mathematics and the first picture of every explorer are those of the site. It is printed
twice: the first copy tells on which pages the sections stand, for the table of contents.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

import yaml
from bs4 import BeautifulSoup, Tag
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from sphinx_external_toc.parsing import parse_toc_yaml

from tools.browser import ARGUMENTS, find

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "turn-the-knobs.pdf"
STYLE = Path(__file__).with_suffix(".css")
# What has no use on paper, and the scripts with the explorers' other positions.
DROPPED = "script, .headerlink, .knobs, .presets, button, noscript"
# Attributes that name an id, or several.
NAMES = ("id", "for", "name", "aria-labelledby", "aria-describedby", "aria-controls")
FOOTER = (
    '<p style="width:100%;margin:0;text-align:center;font:9px sans-serif">'
    '<span class="pageNumber"></span></p>'
)
OPTIONS = {
    "prefer_css_page_size": True,
    "display_header_footer": True,
    "header_template": "<span></span>",
    "footer_template": FOOTER,
    "print_background": True,
    "tagged": True,
    "outline": True,
}


def main() -> None:
    """Write the PDF and say where it is."""
    if not (SITE / "index.html").exists():
        sys.exit(f"tools.pdf: there is no site in {SITE}. Build it first: make book")
    chromium = find()
    if chromium is None:
        sys.exit("tools.pdf: there is no Chromium. Install one: python -m tools.browser")
    write(TARGET, list(parse_toc_yaml(ROOT / "_toc.yml")), chromium)
    print(f"{TARGET} has {len(PdfReader(TARGET).pages)} pages.")


def write(target: Path, documents: list[str], chromium: str) -> None:
    """Print these pages of the built site, in this order, to the file `target`."""
    articles = [article(name) for name in documents]
    pages = printed(target, articles, {}, chromium)
    again = printed(target, articles, pages, chromium)
    if again != pages:
        raise RuntimeError("tools.pdf: the page numbers of the contents moved the pages.")


def article(document: str) -> Tag:
    """The article of a built page, with ids and links that hold in the joined document."""
    page = SITE / f"{document}.html"
    soup = parsed(page)
    found = soup.select_one("article.bd-article")
    if found is None:
        raise ValueError(f"{page} has no article.bd-article; has the theme changed?")
    for useless in found.select(DROPPED):
        useless.decompose()
    for details in found.select("details"):
        details["open"] = ""
    rename(found, document)
    found["id"] = anchor(document)
    return found


def parsed(page: Path) -> BeautifulSoup:
    """A built page, every attribute as text."""
    text = page.read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser", multi_valued_attributes=None)


def anchor(document: str, name: str = "") -> str:
    """What the id `name` of a page, or the page itself, is called in the joined document."""
    return "--".join(filter(None, [document.replace("/", "-"), name]))


def rename(found: Tag, document: str) -> None:
    """Make ids unique in the whole book, and let what names them follow."""
    for node in found.find_all(True):
        for key in NAMES:
            if key in node.attrs:
                ids = node[key].split()
                node[key] = " ".join(anchor(document, one) for one in ids)
        for key in ("clip-path", "style", "fill", "mask"):
            if "url(#" in node.get(key, ""):
                node[key] = node[key].replace("url(#", f"url(#{anchor(document)}--")
        for key in ("href", "xlink:href"):
            if key in node.attrs:
                node[key] = address(node[key], document)
        if "src" in node.attrs and not re.match(r"[a-z]+:", node["src"]):
            node["src"] = (SITE / document).parent.joinpath(node["src"]).resolve().as_uri()


def address(link: str, document: str) -> str:
    """Where a link of a page leads in the joined document; elsewhere it stays as it is."""
    if re.match(r"[a-z]+:", link):
        return link
    path, _, name = link.partition("#")
    if not path:
        return f"#{anchor(document, name)}"
    target = (SITE / document).parent.joinpath(path).resolve()
    if target.suffix != ".html" or not target.is_relative_to(SITE):
        return target.as_uri()
    other = target.relative_to(SITE).with_suffix("").as_posix()
    return f"#{anchor(other, name)}"


def printed(
    target: Path, articles: list[Tag], pages: dict[str, int], chromium: str
) -> dict[str, int]:
    """Print the book; return anchor → page number. `pages`, the same, fills the contents."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        source = Path(folder) / "book.html"
        source.write_text("".join(book(articles, pages)), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(source.as_uri())
        page.pdf(path=target, **OPTIONS)
        browser.close()
    reader = PdfReader(target)
    places = reader.named_destinations
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in places.items()
    }


def book(articles: list[Tag], pages: dict[str, int]) -> Iterator[str]:
    """The joined document: title, contents, articles."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    title, author = escape(config["title"]), escape(config["author"])
    yield '<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8">'
    yield f"<title>{title}</title>"
    for sheet in style_sheets():
        yield f'<link rel="stylesheet" href="{sheet}">'
    yield f"<style>{STYLE.read_text(encoding='utf-8')}</style></head><body>"
    yield f'<header class="pdf-cover"><p class="title">{title}</p><p>{author}</p>'
    yield f"<p>{escape(config['repository']['url'])}</p></header>"
    yield '<nav class="pdf-contents"><p class="heading">Contents</p><ol>'
    for one in articles:
        yield from contents(one, pages)
    yield "</ol></nav>"
    for one in articles:
        yield str(one)
    yield "</body></html>"


def style_sheets() -> list[str]:
    """Addresses of the style sheets that the chapters' pages load."""
    page = next((SITE / "chapters").glob("[0-9]*.html"))
    soup = parsed(page)
    links = [link["href"].partition("?")[0] for link in soup.select("link[rel~=stylesheet]")]
    return [(page.parent / link).resolve().as_uri() for link in links]


def contents(found: Tag, pages: dict[str, int]) -> Iterator[str]:
    """The lines of the contents for one article: its title and its sections."""
    for heading in found.select("h1, h2"):
        name = heading.find_parent("section")["id"]
        text = escape(heading.get_text().strip())
        yield (
            f'<li class="level-{heading.name[1]}"><a href="#{name}"><span>{text}</span>'
            f'<span class="number">{pages.get(name, "")}</span></a></li>'
        )


if __name__ == "__main__":
    main()
