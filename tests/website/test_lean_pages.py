"""What the site leaves out of the theme: scripts, all style sheets but one, most icons."""

import base64
import re
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pydata_sphinx_theme
import pytest
import sphinx_book_theme
import tinycss2
from fontTools.ttLib import TTFont
from sphinx.builders.html._assets import _JavaScript

from website.page import icons, sheet, theme

STATIC = Path(pydata_sphinx_theme.__file__).parent / "theme" / "pydata_sphinx_theme" / "static"


def purged(css, *names):
    return tinycss2.serialize(sheet.purge(tinycss2.parse_stylesheet(css, True, True), set(names)))


# --- what the templates are given ---------------------------------------------------------------


def asset(filename, priority=500, **attributes):
    return SimpleNamespace(filename=filename, priority=priority, attributes=attributes)


def test_scripts_keep_their_order_after_the_text():
    file = theme.deferred(_JavaScript("_static/a.js", priority=200, id="a"))
    assert (file.filename, file.priority) == ("_static/a.js", 200)
    assert file.attributes == {"id": "a", "defer": "defer"}
    inside = theme.deferred(_JavaScript(None, body="b()"))
    assert inside.attributes == {"body": "b()", "type": "module"}


def test_what_speaks_as_soon_as_it_is_there_comes_after_the_translations():
    names = ("_static/sphinx_highlight.js", "_static/translations.js", "_static/course.js")
    given = zip(names, (200, 500, 800), strict=True)
    made = [theme.deferred(_JavaScript(name, priority=priority)) for name, priority in given]
    order = [one.filename for one in sorted(made, key=lambda one: one.priority)]
    assert order == [names[1], names[0], names[2]]


def test_a_style_sheet_that_the_one_sheet_lacks_fails():
    sheets = [asset("_static/course.css", 800), asset("_static/pygments.css", 200)]
    context = {"css_files": sheets, "script_files": []}
    theme.fill(None, "x", "page.html", context, None)
    assert context["default_mode"] == "light"
    sheets.append(asset("_static/new.css", 300))
    with pytest.raises(sheet.SheetError, match=r"_static/new\.css, which SHEETS"):
        theme.fill(None, "x", "page.html", context, None)


def test_every_template_stands_where_a_theme_has_one_or_is_asked_for_by_name():
    """Else a component that a theme has renamed would silently be its own again."""
    own = {path.relative_to(theme.TEMPLATES).as_posix() for path in theme.TEMPLATES.rglob("*.html")}
    packages = (pydata_sphinx_theme, sphinx_book_theme)
    themes = [Path(one.__file__).parent / "theme" for one in packages]
    theirs = {
        path.relative_to(folder).as_posix().partition("/")[2]
        for folder in themes
        for path in folder.rglob("*.html")
    }
    assert own - theirs == {"filter.html", "not_found.html", "resume.html"}


# --- the sheet ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        (".a{x:y}.b{x:y}", ".a{x:y}"),
        (".a .b,.a p{x:y}", ".a p{x:y}"),
        ("P.a>#i{x:y}q{x:y}", "P.a>#i{x:y}"),
        (".a:not(.b)::before{x:y}", ".a:not(.b)::before{x:y}"),
        ("p:is(.b,.c){x:y}", "p:is(.b,.c){x:y}"),  # may apply: brackets are not looked into
        ("[data-b]:root{x:y}", "[data-b]:root{x:y}"),
        ("*{x:y}", "*{x:y}"),
        ("@media print{.b{x:y}}", ""),
        ("@media print{.b{x:y}.a{x:y}}", "@media print{.a{x:y}}"),
        ("@supports (x:y){@media print{.b{x:y}}}", ""),
        ("@page{x:y}", "@page{x:y}"),
    ],
)
def test_only_rules_that_can_apply_are_kept(css, expected):
    assert purged(css, "a", "i", "p") == expected


def test_a_variable_that_nothing_uses_is_dropped_with_those_that_only_it_used():
    css = ":root{--a:1;--b:var(--a);--c:var(--d);--d:2;--e:3}p{x:var(--c,4)}"
    rules = tinycss2.parse_stylesheet(css, True, True)
    sheet.drop_variables(rules, {"--e"})
    assert tinycss2.serialize(rules) == ":root{--c:var(--d);--d:2;--e:3}p{x:var(--c,4)}"


def site_with(root, page, script="", **sheets):
    for known in sheet.SHEETS:
        path = root / "_static" / known.replace("*", "0")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sheets.get(path.stem.replace("-", "_"), ""), "utf-8")
    fonts = root / "_static" / "vendor" / "fontawesome" / "webfonts"
    fonts.mkdir(parents=True)
    for name, _, _ in icons.FONTS:
        (fonts / name).symlink_to(STATIC / "vendor" / "fontawesome" / "webfonts" / name)
    (root / "_static" / "x.js").write_text(script, "utf-8")
    (root / "a.html").write_text(page, "utf-8")
    return root


def test_the_sheet_of_a_site_has_what_pages_and_scripts_name(tmp_path):
    page = '<p class="a" style="c: var(--plot)">.b <script src="_static/x.js?v=1"></script>'
    site = site_with(
        tmp_path,
        page,
        script="x.classList.add('made-here')",
        theme='@import "../course.css";',
        course=".a{x:y}.b{x:y}.made-here{x:y}:root{--plot:1;--not:2}",
        replay='.a{background:url("pics/a.png")}@font-face{font-family:"B C";src:url(f.woff)}',
        copybutton="/* no */.b{animation:turn}@keyframes turn{x:y}@keyframes rest{x:y}",
    )
    css = sheet.make_sheet(site)
    rest = re.sub(r"@font-face\{[^}]*\}", "", css)
    once = ".a{x:y}.made-here{x:y}:root{--plot:1}"
    assert rest == f'@charset "utf-8";{once}.a{{background:url("pics/a.png")}}{once}\n'
    assert "B C" not in css


def test_addresses_are_seen_from_the_one_sheet(tmp_path):
    site = site_with(tmp_path, "<p>", theme='p{a:url(../img/x.png)}p{b:url("data:,;")}')
    assert 'p{a:url("img/x.png")}p{b:url("data:,;")}' in sheet.make_sheet(site)


def test_an_unknown_sheet_is_named():
    sheet.check_sheets(["pygments.css", "mystnb.a0.css", "course.css"])
    for asked in (["new.css"], ["course.css", "pygments.css"]):
        with pytest.raises(sheet.SheetError, match=r"_static/(new|pygments)\.css, which SHEETS"):
            sheet.check_sheets(asked)


def test_a_sheet_that_is_missing_is_named(tmp_path):
    site = site_with(tmp_path, "<p>")
    (site / "_static" / "pygments.css").unlink()
    with pytest.raises(sheet.SheetError, match=r"0 files _static/pygments\.css, not one"):
        sheet.make_sheet(site)


# --- icons --------------------------------------------------------------------------------------


def fonts_in(css):
    urls = re.findall(r"url\((data:font/woff2;base64,[^)\"]*)\)|url\(\"([^\"]*)\"\)", css)
    data = (a or b for a, b in urls)
    return [TTFont(BytesIO(base64.b64decode(one.partition(",")[2]))) for one in data]


def test_the_fonts_hold_the_icons_of_the_sheet_and_no_others(tmp_path):
    site = site_with(tmp_path, "<p>")
    css = icons.icon_fonts(
        '.fa-moon{content:"\uf186"}.fa-github{content:"\uf09b"}', site / "_static"
    )
    solid, brands = fonts_in(css)
    shapes = set(range(0x20, 0x7F))  # by which FreeType draws the icons
    assert set(solid.getBestCmap()) - shapes == {0xF186, 0x23FE, 0x1F319}  # all three the moon
    assert set(brands.getBestCmap()) - shapes == {0xF09B}
    assert len(css) < 11_000  # 8,000 of them for the shapes


@pytest.mark.parametrize(
    ("css", "message"),
    [
        ('.x{content:"\ue9ff"}', "no font of website/page/icons.py has .'0xe9ff'."),
        (":root{--fa-font-regular:x}.far{x:y}", "outlined icon"),
    ],
)
def test_an_icon_that_is_missing_fails(tmp_path, css, message):
    site = site_with(tmp_path, "<p>")
    with pytest.raises(icons.IconError, match=message):
        icons.icon_fonts(css, site / "_static")
