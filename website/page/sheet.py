"""Sphinx extension: one style sheet for the site, of the rules that some page can use.

The themes send nine sheets (490 KB, 75 KB with gzip) that delay the first paint. When all pages are
written, this joins them in their order and leaves out each rule whose selector names a class, an
id or a tag that occurs in no page and in no script.
"""

import re
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from posixpath import normpath
from typing import Any

import tinycss2
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from tinycss2.ast import Node

from website import extension
from website.page.icons import ICON_FAMILY, icon_fonts

SHEET = "site.css"  # below _static/, which every page refers to
# What pages ask for, in this order; a page may lack some. `*` stands for a checksum.
SHEETS = (
    "styles/theme.css",
    "styles/pydata-sphinx-theme.css",
    "pygments.css",
    "styles/sphinx-book-theme.css",
    "mystnb.*.css",
    "copybutton.css",
    "replay.css",
    "course.css",
    "look.css",
)
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
_ADDRESS = re.compile(r"""url\(\s*["']?(?!data:|#|/|\w+:)([^"')]+)["']?\s*\)""")
_NESTED = {"media", "supports", "layer", "container"}
_NAMED = {"font-face", "keyframes", "-webkit-keyframes"}  # kept if another rule names them


class SheetError(SphinxError):
    """The style sheets are not those that this module knows."""

    category = "Style sheet"


def check_sheets(asked: Sequence[str]) -> None:
    """Raise SheetError unless `asked`, paths below _static/, are some of SHEETS, in that order."""
    rest = iter(SHEETS)
    for name in asked:
        if not any(_pattern(known).fullmatch(name) for known in rest):
            raise SheetError(
                f"a page asks for _static/{name}, which SHEETS of website/page/sheet.py does not "
                "have at that place. Put it there, where it comes in the order of the others."
            )


class Names(HTMLParser):
    """Collects what the pages that are fed to it offer to selectors, in `found`."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()  # tags, classes, ids, and variables of style attributes
        self.scripts: set[str] = set()  # addresses, as written

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.found.add(tag)
        self.found.update(values.get("class", "").split(), values.get("id", "").split())
        self.found.update(_VARIABLE.findall(values.get("style", "")))
        if tag == "script" and "src" in values:
            self.scripts.add(values["src"].partition("?")[0])


def names_of(site: Path) -> set[str]:
    """Every tag, class and id in the pages of `site`, and every word of the scripts they run."""
    found, scripts = set(), set()
    for page in pages_of(site):
        names = Names()
        names.feed(page.read_text(encoding="utf-8"))
        found |= names.found
        scripts.update((page.parent / source).resolve() for source in names.scripts)
    # One of another host, or missing, has no names; website/finish/offline.py refuses the former.
    for script in sorted(path for path in scripts if path.is_file()):
        if script.name != "searchindex.js":  # all words of the book, which are no program
            found.update(_WORD.findall(script.read_text(encoding="utf-8")))
    return found


def pages_of(site: Path) -> list[Path]:
    """The pages of a built site; `_static` has templates' scraps of HTML as well.

    A folder with a searchindex.js of its own is another site: the course in another language.
    """
    others = [index.parent for index in site.glob("*/searchindex.js")]
    pages = (path for path in site.rglob("*.html") if "_static" not in path.parts)
    return sorted(path for path in pages if not any(map(path.is_relative_to, others)))


def join_sheets(static: Path) -> list[Node]:
    """The rules of SHEETS below `static`, one after the other, with the addresses as for SHEET."""
    rules = []
    for known in SHEETS:
        found = sorted(static.glob(known))
        if len(found) != 1:
            raise SheetError(
                f"website/page/sheet.py finds {len(found)} files _static/{known}, not one. Remove "
                "_build and build again, or adapt SHEETS to the theme."
            )
        rules += _rules(found[0], static)
    return rules


def purge(rules: Iterable[Node], names: set[str]) -> list[Node]:
    """The rules that can apply to pages in which only `names` occur.

    >>> rules = tinycss2.parse_stylesheet("a.b, p > i#c{x:y} @media print{.d{x:y}}", True, True)
    >>> tinycss2.serialize(purge(rules, {"p", "i", "c", "b"}))
    'p > i#c{x:y}'
    """
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [one for one in _selectors(rule.prelude) if _named_in(one) <= names]
            rule.prelude = [token for one in selectors for token in (*one, _COMMA)][:-1]
        elif _is(rule, _NESTED):
            rule.content = purge(tinycss2.parse_rule_list(rule.content, True, True), names)
        else:
            kept.append(rule)
            continue
        # A rule without selectors, and a group without rules, are nothing.
        kept += [rule] if (rule.prelude if rule.type == "qualified-rule" else rule.content) else []
    return kept


def drop_variables(rules: Sequence[Node], names: set[str]) -> None:
    """Take out of `rules` the custom properties that neither they nor pages' `names` use."""
    while True:
        text = tinycss2.serialize(rules)
        unused = set(re.findall(r"(--[\w-]+)\s*:", text)) - set(_VARIABLE.findall(text)) - names
        if not unused or not _drop(rules, unused):
            return


def make_sheet(site: Path) -> str:
    """The text of the one style sheet for the pages of the built `site`."""
    static, names = site / "_static", names_of(site)
    rules = purge(join_sheets(static), names)
    plain = [rule for rule in rules if not _is(rule, _NAMED)]
    drop_variables(plain, names)
    text = "".join(rule.serialize() for rule in plain if rule.type != "whitespace")
    named = [rule for rule in rules if _is(rule, _NAMED) and _name(rule) in text]
    # Icons are fonts of the theme, of which only some letters occur.
    fonts = [rule for rule in named if not _name(rule).startswith(ICON_FAMILY)]
    return f'@charset "utf-8";{icon_fonts(text, static)}{tinycss2.serialize(fonts)}{text}\n'


_COMMA = tinycss2.parse_one_component_value(",")


def _pattern(known: str) -> re.Pattern[str]:
    return re.compile(re.escape(known).replace(r"\*", "[^/]*"))


def _is(rule: Node, keywords: set[str]) -> bool:
    return rule.type == "at-rule" and rule.lower_at_keyword in keywords and rule.content is not None


def _rules(path: Path, static: Path) -> list[Node]:
    """The rules of one sheet and of those it imports, without comments other than licences."""
    folder = path.parent.relative_to(static)

    def moved(match: re.Match[str]) -> str:
        return f'url("{normpath(folder / match[1])}")'

    rules = []
    for rule in tinycss2.parse_stylesheet(path.read_text(encoding="utf-8"), False, True):
        if rule.type == "at-rule" and rule.lower_at_keyword == "import":
            address = next(one.value for one in rule.prelude if one.type in ("string", "url"))
            rules += _rules(path.parent / address, static)
        elif rule.type == "comment":
            rules += [rule] if rule.value.startswith("!") else []
        elif not (rule.type == "at-rule" and rule.lower_at_keyword == "charset"):
            rules.append(rule)
    text = _ADDRESS.sub(moved, tinycss2.serialize(rules))
    return (
        rules if text == tinycss2.serialize(rules) else tinycss2.parse_stylesheet(text, False, True)
    )


def _selectors(prelude: Sequence[Node]) -> list[list[Node]]:
    """The selectors between the commas of a rule's head, without white space around them."""
    selectors: list[list[Node]] = [[]]
    for token in prelude:
        if token == ",":
            selectors.append([])
        elif token.type != "comment" and (selectors[-1] or token.type != "whitespace"):
            selectors[-1].append(token)
    return selectors


def _named_in(selector: Sequence[Node]) -> set[str]:
    """The tags, classes and ids that an element must have; what brackets say is not looked at."""
    names, before = set(), None
    for token in selector:
        if token.type == "ident" and before != ":":
            names.add(token.value if before == "." else token.lower_value)
        elif token.type == "hash":
            names.add(token.value)
        before = token
    return names


def _drop(rules: Sequence[Node], unused: set[str]) -> int:
    """Take the declarations of `unused` properties out of `rules`; how many there were."""
    dropped = 0
    for rule in rules:
        if _is(rule, _NESTED):
            dropped += _drop(rule.content, unused)
        elif rule.type == "qualified-rule":
            declarations = tinycss2.parse_blocks_contents(rule.content, True, True)
            kept = [one for one in declarations if getattr(one, "name", None) not in unused]
            if len(kept) < len(declarations):
                dropped += len(declarations) - len(kept)
                text = ";".join(one.serialize() for one in kept)
                rule.content = tinycss2.parse_component_value_list(text)
    return dropped


def _name(rule: Node) -> str:
    """What other rules call a font or an animation."""
    if rule.lower_at_keyword != "font-face":
        return tinycss2.serialize(rule.prelude).strip()
    for one in tinycss2.parse_blocks_contents(rule.content, True, True):
        if one.type == "declaration" and one.lower_name == "font-family":
            return " ".join(t.value for t in one.value if t.type in ("string", "ident"))
    raise SheetError(f"a font without a family: {rule.serialize()}")


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        site = Path(app.outdir)
        (site / "_static" / SHEET).write_text(make_sheet(site), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    # After the handlers that copy assets (500), before the check that nothing is loaded (900).
    app.connect("build-finished", _write, priority=800)
    return extension()
