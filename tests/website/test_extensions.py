"""The Sphinx extensions in website/: each by itself, then all of them on a tiny book."""

import os
import re
import shutil
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from docutils import nodes
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from matplotlib.image import imread
from messages import says
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.errors import ConfigError
from tiny_book import TinyBook

import website
from tools.make import card
from website.finish import not_found, offline
from website.page import baseurl, explorers, pages, sharing, sheet
from website.read import figures, mathml, places
from website.read.outputs import raw
from website.repository import configured
from website.run import execution, kernels

ROOT = Path(__file__).resolve().parents[2]
COURSE = configured()


# --- the package --------------------------------------------------------------------------------


def test_every_extension_is_listed_and_every_listed_one_is_there():
    package = Path(website.__file__).parent
    modules = {
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.glob("*/*.py")
        if re.search(r"^def setup\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert sorted(website.EXTENSIONS) == sorted(modules)


@pytest.mark.parametrize("name", ["__init__.py", "read/mathml.py", "templates/not_found.html"])
def test_a_change_anywhere_in_the_package_reaches_every_page(tmp_path, monkeypatch, name):
    shutil.copytree(Path(website.__file__).parent, tmp_path / "website")
    monkeypatch.setattr(website, "__file__", str(tmp_path / "website" / "__init__.py"))
    before = website.extension()["env_version"]
    with (tmp_path / "website" / name).open("a", encoding="utf-8") as changed:
        changed.write(" ")
    assert website.extension()["env_version"] != before


# --- mathml -------------------------------------------------------------------------------------


def math_of(latex, *, display=False):
    # ElementTree knows no named entities of HTML.
    return ElementTree.fromstring(
        mathml.to_mathml(latex, display=display).replace("&ApplyFunction;", "\u2061")
    )


def test_a_fraction_becomes_a_fraction_and_keeps_its_latex():
    math = math_of(r"\frac{a}{2}")
    fraction = math.find(".//mfrac")
    assert [(child.tag, child.text) for child in fraction] == [("mi", "a"), ("mn", "2")]
    assert math.find(".//annotation").text == r"\frac{a}{2}"


def test_only_a_formula_on_its_own_line_is_a_block():
    assert math_of("x").get("display") is None
    assert math_of("x", display=True).get("display") == "block"


@pytest.mark.parametrize(
    ("latex", "tag", "count"),
    [
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", "mtr", 2),
        (r"\begin{cases} x & x > 0 \\ 0 & \text{otherwise} \end{cases}", "mtr", 2),
        (r"\sqrt{\hat v_t} + \epsilon", "msqrt", 1),
        (r"\sum_{i=1}^n x_i", "munderover", 1),
        (r"\hat m", "mover", 1),
    ],
)
def test_what_the_course_writes_converts(latex, tag, count):
    assert len(math_of(latex, display=True).findall(f".//{tag}")) == count


def test_primes_can_be_lowered_by_the_style_sheet():
    assert math_of("f'(x)").find(".//mo").get("class") == "prime"


@pytest.mark.parametrize(
    ("latex", "wide"),
    [
        (r"w_{t+1} = w_t - \eta \nabla L(w_t)", False),  # its LaTeX is longer than what is seen
        (r"w_{t+1} = w_t - \eta \nabla L(w_t) + \beta (w_t - w_{t-1}) + \lambda w_t", True),
    ],
)
def test_what_is_wider_than_a_phone_is_marked(latex, wide):
    assert mathml.is_wide(mathml.to_mathml(latex, display=False)) is wide


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("since ", ".) Then", "since [x.)] Then"),
        ("since (", " = 1)", "since [(x] = 1)"),
        ("(", ")", "[(x)]"),
        ("an ", "th", "an xth"),
        ("", "", "x"),
    ],
)
def test_punctuation_stays_with_its_formula(before, after, expected):
    paragraph = nodes.paragraph("", before, nodes.math("", "x"), nodes.Text(after))
    mathml.join_punctuation(next(paragraph.findall(nodes.math)))
    assert "".join(shown(child) for child in paragraph) == expected


def test_a_formula_beside_formatted_text_is_left_alone():
    paragraph = nodes.paragraph("", "", nodes.math("", "x"), nodes.emphasis("", "."))
    mathml.join_punctuation(paragraph[0])
    assert [type(child) for child in paragraph] == [nodes.math, nodes.emphasis]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a 784-100-10 network", "a [784-100-10] network"),
        ("784-20×100-10.", "[784-20×100-10]."),
        ("the 20 × 100 one, 4,000 × 784", "the [20 × 100] one, [4,000 × 784]"),
        ("1990-1991, a-b", "1990-1991, a-b"),
    ],
)
def test_the_layers_of_a_network_stay_on_one_line(text, expected):
    paragraph = nodes.paragraph("", text)
    mathml.keep_sizes(paragraph[0])
    assert "".join(shown(child) for child in paragraph) == expected


def test_a_word_is_no_space():
    assert math_of(r"\text{speed} = \text{way}").find(".//mtext") is None


def test_an_operator_at_the_head_of_an_aligned_cell_stands_between_two():
    math = math_of(r"\begin{aligned} -a &= b \\ & + c \end{aligned}", display=True)
    forms = [(one.text, one.get("form")) for one in math.iter("mo")]
    assert forms == [("−", None), ("=", "infix"), ("+", "infix")]


@pytest.mark.parametrize(
    ("latex", "growing"),
    [
        (r"\left( x \right)", 0),
        (r"\left| x_1^2 \right|", 0),
        (r"\left( \hat x \right)", 0),
        (r"\left( \frac{a}{b} \right)", 2),
        (r"\left( \sqrt{a} \right)", 2),
        (r"\left( \left( x \right) \frac{a}{b} \right)", 2),
        (r"f(x)", 0),
    ],
)
def test_brackets_grow_for_what_is_high(latex, growing):
    brackets = [one for one in math_of(latex).iter("mo") if one.text in "()|"]
    assert sum(one.get("stretchy") != "false" for one in brackets) == growing


def test_no_space_is_left_between_a_function_and_its_growing_bracket():
    assert "lspace" not in math_of(r"f\left( \frac{a}{b} \right)").find(".//mo").attrib


def test_a_character_that_the_font_lacks_fails():
    with pytest.raises(ValueError, match="the site's math font has no ☃"):
        mathml.to_mathml("x + ☃", display=False)


def shown(node):
    """The text, in brackets if lines do not break it."""
    unbroken = isinstance(node, nodes.inline) and node["classes"] == ["unbroken"]
    return f"[{node.astext()}]" if unbroken else node.astext()


def test_a_bad_formula_says_where_and_why():
    with pytest.raises(ValueError, match=r"\\foo") as caught:
        mathml.to_mathml(r"a + \foo", display=False)
    says(caught.value, r'"\foo"', "character 4", repr(r"a + \foo"))


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        ("chapters/x.ipynb", 40_003, "chapters/x.ipynb, cell 4, line 2"),
        ("notation.md", 12, "notation.md:12"),
        ("notation.md", 0, "notation.md"),
        ("notation.md", None, "notation.md"),
    ],
)
def test_place_leads_to_cell_and_line(source, line, expected):
    environment = SimpleNamespace(doc2path=lambda _name, base: source)
    block, formula = nodes.paragraph(), nodes.math()
    block += formula  # inline nodes have no line of their own
    block.line = line
    assert places.place(environment, "x", formula) == expected


# --- figures and explorers ----------------------------------------------------------------------


def test_light_colours_are_read_and_dark_ones_are_not():
    css = ":root { --plot-ink: #1b2733; --knob: #1b62b5; }\n.dark { --plot-ink: #e6ebf0; }"
    assert figures.theme_colours(css) == {"#1b2733": "--plot-ink"}


def test_every_colour_of_the_style_has_a_variable():
    plotting = pytest.importorskip("utils.plotting")
    colours = figures.theme_colours((ROOT / "utils" / "replay.css").read_text(encoding="utf-8"))
    assert {*plotting.PALETTE, plotting.INK, plotting.GRID, plotting.PAPER} <= set(colours)


def test_a_figure_is_an_image_with_a_name():
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9pt"><g/></svg>'
    root = ElementTree.fromstring(figures.inline_svg(svg, name="x", colours={}, label="Two <b>"))
    assert (root.get("class"), root.get("role")) == ("figure notranslate", "img")
    assert (root.get("aria-label"), root.get("width")) == ("Two <b>", None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Why explorer?</p>", []),
        ('<svg class="figure" viewBox="0 0 1 1">', ["replay.css"]),
        ('<figure class="explorer" id="a">', ["replay.css", "drag.js", "replay.js"]),
    ],
)
def test_a_page_gets_the_assets_it_needs(body, expected):
    assert explorers.assets(body) == expected


# --- outputs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "np.float64(189765461.3542844)",
        "[(np.int64(3), 'a')]",
        "{'x': np.True_}",
        "np.str_('a')",
        "<tf.Tensor: shape=(), dtype=float32, numpy=2.6>",
        "tf.Tensor(2.6, shape=(), dtype=float32)",
        "<tf.Variable 'Variable:0' shape=() dtype=float32, numpy=5.0>",
        "<Variable path=dense/kernel, shape=(2, 2), dtype=float32>",
        "[<matplotlib.lines.Line2D at 0x7f2a>]",
        "<function f at 0x7f2a>",
        "<bound method A.f of <A object at 0x7f2a>>",
        "Text(0.5, 0, 'x')",
        "<Axes: xlabel='x'>",
        "np.timedelta64(1,'D')",
        "<tf.RaggedTensor [[1], [2, 3]]>",
        "<generator object <genexpr> at 0x7f0d6ddf9a40>",
        "Generator(PCG64) at 0x7F0D6C457A00",
        "<Sequential name=sequential, built=True>",
        "<Figure size 640x480 with 1 Axes>",
        "(array([1.]), <BarContainer object of 1 artists>)",
        "<_RangeDataset element_spec=TensorSpec(shape=(), dtype=tf.int64, name=None)>",
        "<class '__main__.A'>",
        "<ufunc 'sin'>",
        "<built-in function len>",
    ],
)
def test_an_output_that_represents_an_object_is_raw(text):
    assert raw(text)
    assert raw(f"Here it is:\n{text}")


@pytest.mark.parametrize(
    "text",
    [
        "0.44",
        "array([0.44, 1. ], dtype=float32)",
        "np.vstack() takes 1 argument",
        "x < 3 at 0.1",
        "None",
        "a Variable is not a Tensor",
        "np.float64 is a type",
        "{'loss': [0.25]}",
        "the tokens <start> and <unk>, a < b > c",
        "the byte at 0x1f",
    ],
)
def test_an_output_that_can_be_read_is_not(text):
    assert raw(text) == ""


@pytest.mark.site
def test_a_raw_output_stops_the_build_and_is_named(tiny):
    shown = {True: "[np.float64(0.44)]", False: "float(np.float64(0.44))"}
    for is_raw, source in shown.items():
        cells = [new_code_cell("import numpy as np"), new_code_cell(source)]
        tiny.write_notebook("index.ipynb", new_markdown_cell("# Front\n\nText."), *cells)
        tiny.write_toc()
        printed, succeeded = tiny.build()
        assert succeeded is not is_raw, printed
        if is_raw:
            says(printed, "index.ipynb, cell 3", "np.float64(", way_out="float(x)")
    assert "0.44" in tiny.page("index.html")


# --- kernels ------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [None, "/elsewhere"])
def test_kernels_find_replay_and_the_books_utils_and_all_is_put_back(monkeypatch, before):
    monkeypatch.delenv("EXPLORE", raising=False)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    if before:
        monkeypatch.setenv("PYTHONPATH", before)
    environment = kernels._Environment()
    environment.enter(SimpleNamespace(srcdir="/book"), None, [])
    assert os.environ["EXPLORE"] == "replay"
    assert os.environ["PYTHONPATH"].split(os.pathsep) == ["/book", before][: 2 if before else 1]
    environment.leave(None, RuntimeError("the build failed"))
    assert os.environ.get("EXPLORE") is None
    assert os.environ.get("PYTHONPATH") == before


# --- execution ----------------------------------------------------------------------------------


@pytest.fixture
def book(tmp_path):
    """A book whose utils are: a → b → data → datasets/, c ↔ d, sub/e → .f, broken."""
    sources = {
        "__init__.py": "",
        "a.py": "def f():\n    from utils import b\n",
        "b.py": "from .data import digits\n",
        "c.py": "import utils.d as other\n",
        "d.py": "from utils.c import anything\n",
        "data.py": "import numpy\n",
        "datasets/digits.npz": "0123",
        "sub/__init__.py": "",
        "sub/e.py": "from . import f\nfrom ..c import g\n",
        "sub/f.py": "import os.path\n",
        "replay.js": "play()",
    }
    for name, text in sources.items():
        path = tmp_path / "utils" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "requirements.txt").write_text("numpy==2.0\n", encoding="utf-8")
    return tmp_path


def notebook(*cells):
    return new_notebook(cells=[new_code_cell(cell) for cell in cells])


def reached(book, *cells):
    paths = execution.reach(notebook(*cells), book)
    return {path.relative_to(book / "utils").as_posix() for path in paths} - {"__init__.py"}


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("import numpy, os.path", set()),
        ("from utils import COURSE", set()),
        ("from utils.a import f", {"a.py", "b.py", "data.py", "datasets/digits.npz"}),
        ("import utils.b as b", {"b.py", "data.py", "datasets/digits.npz"}),
        ("from utils import c", {"c.py", "d.py"}),
        ("%matplotlib inline\nfrom utils import d\n!ls", {"c.py", "d.py"}),
        ("if True:\n    from utils.sub.f import x", {"sub/__init__.py", "sub/f.py"}),
        ("import utils.sub.e", {"sub/__init__.py", "sub/e.py", "sub/f.py", "c.py", "d.py"}),
    ],
)
def test_reach_follows_imports(book, cell, expected):
    assert reached(book, "x = 1", cell) == expected


def test_the_package_itself_is_always_reached(book):
    assert book / "utils" / "__init__.py" in execution.reach(notebook("x = 1"), book)
    (book / "utils" / "__init__.py").write_text("from utils import c", encoding="utf-8")
    assert reached(book, "x = 1") == {"c.py", "d.py"}


def test_what_cannot_be_parsed_reaches_every_module(book):
    modules = {path.relative_to(book / "utils").as_posix() for path in book.rglob("*.py")}
    assert modules - {"__init__.py"} <= reached(book, "def (")
    (book / "utils" / "b.py").write_text("def (", encoding="utf-8")
    assert modules - {"__init__.py"} <= reached(book, "from utils.a import f")


def test_prose_reaches_nothing(book):
    page = new_notebook(cells=[new_markdown_cell("from utils import a")])
    assert execution.reach(page, book) == {book / "utils" / "__init__.py"}


@pytest.mark.parametrize("name", ["utils/a.py", "utils/datasets/digits.npz", "requirements.txt"])
def test_the_digest_changes_with_what_is_reached(book, name):
    page = notebook("from utils import a")
    before = execution.digest(page, book)
    assert execution.digest(page, book) == before
    (book / name).write_text("# changed", encoding="utf-8")
    assert execution.digest(page, book) != before


@pytest.mark.parametrize("name", ["utils/c.py", "utils/sub/e.py", "utils/replay.js"])
def test_the_digest_does_not_change_with_anything_else(book, name):
    page = notebook("from utils import a")
    before = execution.digest(page, book)
    (book / name).write_text("# changed", encoding="utf-8")
    assert execution.digest(page, book) == before


def test_every_folder_of_data_in_utils_is_watched():
    folders = {
        path.parent.name
        for path in (ROOT / "utils").rglob("*.*")
        if path.suffix not in (".py", ".pyc") and path.parent != ROOT / "utils"
    }
    assert folders == {folder for named in execution.READS.values() for folder in named}


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b"\xff\xfe"])
def test_a_missing_or_damaged_file_of_digests_is_an_empty_one(tmp_path, content):
    path = tmp_path / "digests.json"
    if content is not None:
        path.write_bytes(content)
    assert execution.read_digests(path) == {}


def test_digests_are_read_as_written(tmp_path):
    path = tmp_path / "cache" / "digests.json"
    execution.write_digests(path, {"key": "digest"})
    assert execution.read_digests(path) == {"key": "digest"}
    assert [file.name for file in path.parent.iterdir()] == ["digests.json"]


def test_a_page_older_than_the_record_is_read_again(book):
    """As after an interrupted build, which ran the notebook but lost Sphinx' memory of it."""
    nbformat.write(notebook("from utils import a"), book / "x.ipynb")
    environment = SimpleNamespace(
        mystnb_config=SimpleNamespace(execution_mode="cache", execution_cache_path=book / "cache"),
        found_docs={"x", "y"},
        docname="x",
        doc2path=lambda name: str(book / {"x": "x.ipynb", "y": "y.md"}[name]),
    )
    app = SimpleNamespace(srcdir=book, env=environment)
    assert build_once(app) == ["x"]
    assert build_once(app) == []
    environment.surroundings = {}
    assert build_once(app) == ["x"]


def build_once(app):
    """The documents that the extension wants read again; read them, with outputs in the cache."""
    build = execution._Execution()
    outdated = build.outdated(app, app.env, set(), set(), set())
    if outdated:
        page = execution._read(Path(app.srcdir, "x.ipynb"))
        bundle = CacheBundleIn(page, "x.ipynb")
        cache = get_cache(app.env.mystnb_config.execution_cache_path)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        build.remember(app, None)
    return outdated


# --- pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why does it\nsettle?", "Why does it settle?"),
        ("One. " * 31 + "Two", ("One. " * 31 + "Two")),  # 158 characters
        ("One. " * 31 + "Seven.", ("One. " * 31).strip()),
        ("At 0.25 " * 30 + "end.", ("At 0.25 " * 20).strip() + "…"),  # 0.25 ends no sentence
    ],
)
def test_a_description_is_cut_at_a_sentence_or_a_word(text, expected):
    assert pages.shorten(text) == expected
    assert len(expected) <= pages.LONGEST


def test_the_description_is_the_first_paragraph_of_a_section():
    document, section = nodes.document(None, None), nodes.section()
    section += [nodes.title("", "3. Decay"), nodes.block_quote("", nodes.paragraph("", "Predict."))]
    section += [nodes.paragraph("", "Why?"), nodes.paragraph("", "Because.")]
    document += section
    assert pages.describe(document) == "Why?"
    assert pages.describe(nodes.document(None, None)) == ""


# --- the site's address, and 404.html --------------------------------------------


@pytest.mark.parametrize(
    ("given", "repository", "expected"),
    [
        ("", "https://github.com/Ada/Knobs", "https://ada.github.io/Knobs/"),
        ("", "https://github.com/ada/ada.github.io", "https://ada.github.io/"),
        ("https://knobs.org/a", "https://github.com/ada/knobs", "https://knobs.org/a/"),
        ("https://knobs.org/", "https://example.org/ada/knobs", "https://knobs.org/"),
    ],
)
def test_the_site_stands_where_the_repository_or_the_author_says(given, repository, expected):
    assert baseurl.base(given, repository) == expected


def test_an_address_that_nobody_knows_is_asked_for():
    with pytest.raises(ConfigError) as caught:
        baseurl.base("", "https://example.org/ada/knobs")
    facts = "_config.yml", "GitHub", "'https://example.org/ada/knobs'"
    says(caught.value, *facts, way_out="baseurl: https://your.site/course/")


def test_the_404_page_has_the_colours_of_both_themes_and_no_other_rules():
    css = (ROOT / "utils" / "replay.css").read_text(encoding="utf-8")
    found = not_found.colours(css)
    assert found.count("--plot-ink:") == found.count("--knob:") == 2
    assert "figure" not in found
    with pytest.raises(ValueError, match=r"finds 1 sets of colours in utils/replay\.css, not two"):
        not_found.colours(css.replace('html[data-theme="dark"]', "html.dark"))


# --- offline ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.org/a.js"></script>',
        "<script async src='//cdn.org/a.js'></script>",
        '<link rel="stylesheet" href="http://cdn.org/a.css">',
        '<link rel="preload" as="font" href="https://cdn.org/a.woff2">',
        '<link rel="preconnect" href="https://cdn.org">',
        '<link rel="shortcut icon" href="https://cdn.org/a.ico">',
        '<img src="HTTPS://cdn.org/a.png">',
        '<img srcset="a.png 1x, https://cdn.org/a.png 2x">',
        '<iframe src="https://cdn.org/"></iframe>',
        '<video poster="https://cdn.org/a.png"></video>',
        '<object data="https://cdn.org/a.svg"></object>',
        '<svg><image xlink:href="https://cdn.org/a.png"/></svg>',
        '<svg><use href="https://cdn.org/a.svg#b"/></svg>',
        '<p style="background: url(https://cdn.org/a.png)">',
        "<style>@import 'https://cdn.org/a.css';</style>",
        "<style>p { background: url( //cdn.org/a.png ) }</style>",
        "<style>@import/**/'//cdn.org/a.css';</style>",
        '<link rel="preload" as="image" imagesrcset="https://cdn.org/a.png 2x">',
        '<svg><script href="https://cdn.org/a.js"/></svg>',
        '<iframe srcdoc="&lt;script src=&quot;https://cdn.org/a.js&quot;&gt;&lt;/script&gt;"></iframe>',
        '<img src="/\\cdn.org/a//cdn.org">',
        '<script>const js_urls = ["https://cdn.org/bokeh-3.4.1.min.js"];</script>',
        "<script>require.config({paths: {plotly: ['//cdn.org/plotly-2.27.0.min']}})</script>",
        '<script>load("https://cdn.org/npm/vega@5?noext")</script>',
        '<script type="module">import * as d3 from "https://cdn.org/d3";</script>',
        "<script>fetch(`https://cdn.org/data.json`)</script>",
    ],
)
def test_every_load_from_elsewhere_is_found(html):
    (load,) = offline.loads_of_html(f"<p>before</p>{html}<p>after</p>")
    assert "//cdn.org" in load.lower()


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://cdn.org/">a link</a>',
        '<link rel="canonical" href="https://cdn.org/page.html">',
        '<meta property="og:image" content="https://cdn.org/card.png">',
        '<script src="../_static/a.js"></script><img src="data:image/png;base64,//8=">',
        '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>',
        "<p>@import 'https://cdn.org/a.css'; url(https://cdn.org)</p>",
        "<style>@font-face { src: url(fonts/a.woff2) }</style>",
        '<script>const ns = "http://www.w3.org/2000/svg", home = "https://cdn.org/";</script>',
        "<script>// from https://cdn.org/a.js</script>",
    ],
)
def test_links_and_local_files_are_no_loads(html):
    assert offline.loads_of_html(html) == []


def test_the_check_names_page_and_style_sheet(tmp_path):
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "a.html").write_text('<img src="//b.org/c.png">', encoding="utf-8")
    (tmp_path / "good.html").write_text('<img src="c.png">', encoding="utf-8")
    (tmp_path / "d.css").write_text('@import url("http://b.org/e.css");', encoding="utf-8")
    with pytest.raises(offline.ExternalLoadError) as caught:
        offline.check(tmp_path)
    loads = "chapters/a.html loads //b.org/c.png", "d.css loads http://b.org/e.css"
    says(caught.value, *loads, way_out="_static/")
    assert "good.html" not in str(caught.value)


LOADING = (
    "import IPython.display as d; d.display(d.HTML('<script src=\"https://b.org/c.js\"></script>'))"
)


def test_another_language_builds_and_a_cell_that_loads_from_elsewhere_is_named(tiny):
    settings = (tiny.root / "_config.yml").read_text(encoding="utf-8")
    tiny.write("_config.yml", settings.replace("language: en", "language: zh_CN"))
    tiny.write("index.md", "# 你好\n\nWhat is it?\n")
    tiny.write_toc("chapters/one")
    tiny.write_notebook("chapters/one.ipynb", new_markdown_cell("# One\n\nWhy?"))
    printed, built = tiny.build()
    assert built, printed
    assert '<html lang="zh-CN"' in tiny.page("index.html")
    cells = new_markdown_cell("# One\n\nWhy?"), new_code_cell(LOADING)
    tiny.write_notebook("chapters/one.ipynb", *cells)
    printed, built = tiny.build()
    assert not built
    said = next(line for line in printed.splitlines() if "b.org" in line)
    says(said, "chapters/one.ipynb", "cell 2", "https://b.org/c.js", way_out="_static/")


def test_a_script_of_another_host_has_no_names(tmp_path):
    html = '<p class="x"><script src="https://b.org/c.js"></script><script src="gone.js"></script>'
    (tmp_path / "a.html").write_text(html, encoding="utf-8")
    assert sheet.names_of(tmp_path) == {"p", "x", "script"}


# --- the math font ------------------------------------------------------------------------------


def test_the_font_is_small_and_has_its_licence_beside_it():
    fonts = ROOT / "_static" / "fonts"
    (font,) = fonts.glob("*.woff2")
    assert font.read_bytes()[:4] == b"wOF2"
    assert font.stat().st_size < 80_000
    assert "GUST Font License" in (fonts / f"{font.stem}-LICENSE.txt").read_text(encoding="utf-8")
    assert font.relative_to(ROOT).as_posix() == mathml.FONT
    assert f"fonts/{font.name}" in (ROOT / "_static" / "course.css").read_text(encoding="utf-8")


# --- the social card ----------------------------------------------------------------------------


def test_the_card_is_what_its_script_draws_and_small(tmp_path):
    card.save(tmp_path / "card.png")
    stored, drawn = (imread(path) for path in (ROOT / sharing.CARD, tmp_path / "card.png"))
    width, height = sharing.CARD_SIZE
    assert stored.shape[:2] == drawn.shape[:2] == (height, width)
    assert (ROOT / sharing.CARD).stat().st_size < 60_000
    # Another matplotlib may set letters a little differently: then few pixels differ.
    assert np.abs(stored - drawn).mean() < 0.01


def test_the_path_on_the_card_ends_at_the_bottom():
    path = card.descent(np.array([13.0, 2.0]), lr=0.12, beta=0.45, steps=40)
    np.testing.assert_allclose(path[1], [13 - 0.12 * 13, 2 - 0.12 * 12 * 2])
    assert np.abs(path[-1]).max() < 0.1


# --- all of them on a tiny book -----------------------------------------------------------------

RUN_ONCE_MORE = """\
import os
from utils import {module}
assert os.environ["EXPLORE"] == "replay"
assert {module}.__file__.startswith(os.path.dirname(os.getcwd()))
with open("{module}.runs", "a") as runs:
    runs.write("|")
"""
DRAW = """\
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path style="fill: #1b2733"/></svg>')
"""
EXPLORER = """\
from IPython.display import HTML
HTML('<figure class="explorer" id="x"><svg role="img"></svg></figure>')
"""


WAIT_FOR_THE_OTHER = """\
import pathlib, time
pathlib.Path("{me}.here").touch()
end = time.monotonic() + 300  # no measure of speed; what hangs must end
while not pathlib.Path("{other}.here").exists():
    assert time.monotonic() < end, "{other} does not run beside {me}"
    time.sleep(0.1)
"""


def write_two_chapters(book):
    for me, other in (("alpha", "beta"), ("beta", "alpha")):
        book.write_notebook(
            f"chapters/{me}.ipynb",
            new_markdown_cell(f"# {me}\n\nWhat is $x$ in {me}?"),
            new_code_cell(RUN_ONCE_MORE.format(module=me)),
            new_code_cell(WAIT_FOR_THE_OTHER.format(me=me, other=other)),
        )
    book.write("index.md", "# The front page\n\nWhat is this?\n")
    book.write_toc("chapters/alpha", "chapters/beta")


@pytest.mark.site
def test_a_notebook_runs_again_when_what_it_reaches_changes_and_only_then(tiny):
    """That nothing runs where nothing has changed, `make bench` says in test_commands.py."""
    write_two_chapters(tiny)
    alpha = "chapters/alpha.ipynb"
    first = (tiny.root / alpha).read_text(encoding="utf-8")
    digests = "_build/.jupyter_cache/surroundings.json"

    def rewrite_alpha():
        tiny.write(alpha, first.replace("import os", "import os, re"))
        tiny.write("utils/alpha.py", "x = 1\n")

    steps = [
        # Each waits for the other, and would run a second time had it waited in vain.
        ("cold, both at the same time", (1, 1), lambda: None),
        ("a module that one reaches", (1, 2), lambda: tiny.write("utils/beta.py", "x = 1\n")),
        ("prose, and a module that none reaches", (1, 2), lambda: rewrite_prose(tiny)),
        ("one that reaches another", (2, 2), lambda: tiny.write("utils/alpha.py", REACH_GAMMA)),
        ("that other module", (3, 2), lambda: tiny.write("utils/gamma.py", "x = 2\n")),
        ("a code cell and its module", (4, 2), rewrite_alpha),
        # Its key still has outputs, but of the module as it was.
        ("the code cell as it was", (5, 2), lambda: tiny.write(alpha, first)),
        ("the requirements", (6, 3), lambda: tiny.write("requirements.txt", "numpy>2\n")),
        ("the digests are damaged", (7, 4), lambda: tiny.write(digests, "{")),
    ]
    for what, expected, change in steps:
        change()
        printed, succeeded = tiny.build()
        assert succeeded, f"{what}: {printed}"
        assert tiny.runs() == expected, what
    assert "What is new" in tiny.page("chapters/beta.html")


REACH_GAMMA = "from utils import gamma\n"


@pytest.mark.site
def test_of_two_notebooks_the_one_that_fails_is_named_and_the_other_kept(tiny):
    write_two_chapters(tiny)
    (tiny.root / "chapters" / "beta.here").touch()  # alpha need not wait
    fails = new_code_cell("raise RuntimeError('on purpose')")
    tiny.write_notebook("chapters/beta.ipynb", new_markdown_cell("# beta\n\nWhat?"), fails)
    printed, succeeded = tiny.build()
    assert not succeeded
    assert "on purpose" in printed
    assert "chapters/beta.ipynb" in printed
    rewrite = new_code_cell("1 + 1")
    tiny.write_notebook("chapters/beta.ipynb", new_markdown_cell("# beta\n\nWhat?"), rewrite)
    assert tiny.build()[1]
    assert tiny.runs() == (1,)


def rewrite_prose(book):
    book.write("utils/gamma.py", "x = 1\n")
    path = book.root / "chapters" / "beta.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("What is", "What is new:"), "utf-8")


@pytest.fixture(scope="module")
def three_pages(tmp_path_factory):
    """HTML of a page with a formula and a figure, of one with an explorer, and of the search."""
    book = TinyBook(tmp_path_factory.mktemp("pages") / "book")
    figure = new_code_cell(DRAW, metadata={"mystnb": {"image": {"alt": 'A "dark" path.'}}})
    book.write_notebook("index.ipynb", new_markdown_cell("# Front\n\nWhy <so>? $x$"), figure)
    explorer = new_code_cell(EXPLORER, metadata={"tags": ["hide-input"]})
    book.write_notebook("live.ipynb", new_markdown_cell("# Live\n\nIs it?"), explorer)
    book.write_toc("live")
    printed, succeeded = book.build()
    assert succeeded, printed
    return [book.page(name) for name in ("index.html", "live.html", "search.html")]


@pytest.fixture(scope="module")
def two_pages(three_pages):
    """HTML of a page with a formula and a figure, and of a page with an explorer."""
    return three_pages[:2]


@pytest.mark.site
def test_a_page_has_title_description_and_theme_of_its_own(two_pages):
    front, live = two_pages
    assert "<title>Front</title>" in front
    assert "<title>Live &#8212; Turn the Knobs</title>" in live
    assert '<html lang="en"' in front
    assert '<meta name="description" content="Why &lt;so&gt;? x">' in front
    # The theme's colours without scripts, and the reader's choice before the first paint.
    assert 'data-theme="light">' in front
    assert front.index("prefers-color-scheme: dark") < front.index("<body")


@pytest.mark.site
def test_a_page_names_its_own_address(two_pages):
    for page, name in zip(two_pages, ("index.html", "live.html"), strict=True):
        assert f'<link rel="canonical" href="{COURSE.pages}/{name}" />' in page


@pytest.mark.site
def test_only_the_front_page_has_a_way_back(two_pages):
    front, live = two_pages
    assert "resume" not in live
    assert re.search(r'</h1>\s*<p class="resume" hidden[ >]', front)


@pytest.mark.site
def test_a_page_tells_what_a_link_to_it_shows(two_pages):
    front, live = map(properties, two_pages)
    assert front["og:title"] == "Front"
    assert front["og:description"] == "Why <so>? x"
    assert (front["og:type"], live["og:type"]) == ("website", "article")
    assert (live["og:title"], live["og:site_name"]) == ("Live", "Turn the Knobs")
    assert live["og:url"] == f"{COURSE.pages}/live.html"
    assert live["og:image"] == f"{COURSE.pages}/_static/card.png"
    assert live["twitter:card"] == "summary_large_image"


def properties(page):
    """Name and text of each <meta> tag; none may occur twice."""
    found = re.findall(r'<meta (?:property|name)="([^"]*)" content="([^"]*)"', page)
    assert len(dict(found)) == len(found)
    return {name: unescape(text) for name, text in found}


@pytest.mark.site
def test_figures_and_formulas_stand_in_the_page(two_pages):
    front, _ = two_pages
    assert 'class="figure notranslate"' in front
    assert 'aria-label="A &quot;dark&quot; path."' in front
    assert "fill:var(--plot-ink,#1b2733)" in front
    assert "<math>" in front


@pytest.mark.site
def test_a_page_asks_only_for_the_files_it_needs(two_pages):
    front, live = two_pages
    assert ("replay.js?" in front, "replay.js?" in live) == (False, True)
    for page in two_pages:
        assert re.findall(r'<link rel="stylesheet" href="([^"]*)"', page) == ["_static/site.css"]
    assert mathml.FONT in front
    assert mathml.FONT not in live  # it has no formula
    for name in ("mathjax", "thebe", "require.min.js", "fontawesome", "bootstrap", "searchindex"):
        assert name not in (front + live).lower()


@pytest.mark.site
def test_a_page_needs_no_script_of_the_theme_and_waits_for_none(three_pages):
    for page in three_pages:
        assert "data-bs-" not in page
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
        assert [one for one, _ in scripts if "src=" in one and " defer" not in one] == []
        # What follows from a deferred file must itself be deferred.
        early = [text for one, text in scripts if "module" not in one]
        assert [text for text in early if "DOCUMENTATION_OPTIONS" in text] == []
        assert page.count('name="viewport"') == 1
        assert page.count("scripts/pydata-sphinx-theme.js?") == 1
    searches = ["searchtools.js" in page for page in three_pages]
    assert searches == [False, False, True]
    assert "SHOW_SEARCH_SUMMARY" in three_pages[2]


@pytest.mark.site
def test_a_page_calls_its_parts_what_stands_there(three_pages):
    for page in three_pages:
        icons = re.findall(r'<\w+[^>]* class="(?:[^"]* )?fa-[^>]*>', page)
        assert len(icons) > 5
        assert [icon for icon in icons if 'aria-hidden="true"' not in icon] == []
        assert len(re.findall('role="complementary" aria-label="Course"', page)) == 1
        (search,) = re.findall(r"<button[^>]*search-button-field[^>]*>", page)
        assert "aria-label" not in search
    live = three_pages[1]
    menus = re.findall(
        r'<details class="dropdown [^>]*>\s*<summary [^>]*aria-label="([^"]+)"', live
    )
    assert len(menus) == 3  # where to run it, its repository, its downloads
    assert re.search(r'<summary>\s*<p class="collapsed [^>]*>Show code cell source</p>', live)


@pytest.mark.site
@pytest.mark.parametrize(
    "address",
    [
        f"colab.research.google.com/github/{COURSE.slug}/blob/{COURSE.branch}/live.ipynb",
        f"mybinder.org/v2/gh/{COURSE.slug}/{COURSE.branch}?urlpath=lab/tree/live.ipynb",
        f"github.com/{COURSE.slug}/edit/{COURSE.branch}/live.ipynb",
        "_sources/live.ipynb",
    ],
)
def test_a_notebook_has_its_buttons(two_pages, address):
    assert address in two_pages[1]


@pytest.mark.site
def test_flaws_fail_the_build_and_name_their_places(tiny):
    """Those of three pages in one build; a formula ends it, and so has one of its own."""
    tiny.write("index.md", "# Front\n\nWhy? See [ten](chapters/10_ten.md).\n")
    flaws = {
        "figure": new_code_cell(DRAW),
        "load": new_markdown_cell("<img alt='' src='//b.org/c.png'>"),
    }
    for name, cell in flaws.items():
        tiny.write_notebook(f"{name}.ipynb", new_markdown_cell(f"# {name}\n\nWhy?"), cell)
    tiny.write_toc(*flaws)
    printed, succeeded = tiny.build()
    assert not succeeded
    says(printed, "index.md", "'chapters/10_ten.md'")
    says(printed, "figure.ipynb, cell 2, line 1", "alternative text")
    says(printed, "load.ipynb, cell 2, line 1", "//b.org/c.png")
    formula = new_markdown_cell("$a$\n\nand $\\foo$")
    tiny.write_notebook("figure.ipynb", new_markdown_cell("# Page\n\nWhy?"), formula)
    printed, succeeded = tiny.build()
    assert not succeeded
    says(printed, "figure.ipynb, cell 2, line 3", "formula", r'"\foo"')
