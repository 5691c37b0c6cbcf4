"""In the page, at every position, stands exactly the picture that Python draws for it."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import matplotlib.pyplot as plt
import numpy as np
import pytest
from made import EVERYTHING, PANELS, STOPS, draw_everything, page_of
from playwright.sync_api import expect

from utils._canvas import Canvas
from utils.explore import FIGSIZE

pytestmark = pytest.mark.site

# The same normal form for what replay.js made and for what the browser makes of Python's SVG.
COMPARE = """async ([id, positions]) => {
  const figure = document.getElementById(id);
  const fields = [...figure.querySelectorAll("[name]")];
  const normal = (node) =>
    node.nodeType === Node.TEXT_NODE
      ? JSON.stringify(node.data)
      : `<${node.namespaceURI} ${node.tagName}` +
        [...node.attributes].map((a) => ` ${a.name}=${JSON.stringify(a.value)}`).sort().join("") +
        `>${[...node.childNodes].map(normal).join("")}</>`;
  const normals = (root) => [...root.querySelectorAll("svg")].map(normal).join("");
  const parse = (svg) => normals(new DOMParser().parseFromString(svg, "text/html"));
  const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const results = [];
  for (const { at, svg, sentence } of positions) {
    fields.forEach((field, i) => {
      if (field.type === "checkbox") field.checked = at[i] === 1;
      else if (field.type === "range") field.value = +field.min + at[i] * field.step;
      else field.selectedIndex = at[i];
    });
    figure.dispatchEvent(new Event("input"));
    await drawn();
    results.push({
      picture: normals(figure) === parse(svg),
      sentence: figure.querySelector("output").textContent === sentence,
      size: parse(svg).length,
    });
  }
  return results;
}"""


@pytest.fixture
def page_with(tmp_path, page_at):
    """Return a function that opens a page with one explorer and nothing else."""

    def build(draw, **arguments):
        file = tmp_path / "page.html"
        file.write_text(page_of((draw, arguments)), encoding="utf-8")
        return page_at(file.as_uri())

    return build


def test_every_position_is_what_python_draws(page_with):
    page = page_with(draw_everything, **EVERYTHING)
    canvas = Canvas(draw_everything, *PANELS.values())
    canvas.frame({})
    expected = []
    for at in np.ndindex(*(len(stops) for stops in STOPS.values())):
        values = {name: stops[i] for (name, stops), i in zip(STOPS.items(), at, strict=True)}
        frame = canvas.frame(values)
        expected.append({"at": list(at), "svg": frame.svg, "sentence": frame.sentence})
    wait_until_it_moves(page, "draw_everything")
    results = page.evaluate(COMPARE, ["draw_everything", expected + expected[::-1]])
    assert len(results) == 2 * 48
    assert [i for i, one in enumerate(results) if not one["picture"]] == []
    assert [i for i, one in enumerate(results) if not one["sentence"]] == []
    assert min(one["size"] for one in results) > 5_000


@pytest.mark.parametrize(("low", "step", "count"), [(0.0, 2 / 3, 4), (-3.0, 0.1, 61), (1, 7, 5)])
def test_every_stop_of_a_slider_can_be_reached(page_with, low, step, count):
    def draw_index(ax, *, a=low):
        ax.set_visible(False)
        return f"Here a is {a:.10g}."

    page = page_with(draw_index, a=(low, low + (count - 1) * step, step), figsize=FIGSIZE)
    field = page.locator("input")
    field.focus()
    page.keyboard.press("End")
    wait_until_it_moves(page, "draw_index")
    seen = [page.locator("output").text_content()]
    for _ in range(count - 1):
        page.keyboard.press("ArrowLeft")
        page.evaluate("() => new Promise(requestAnimationFrame).then(() => 0)")
        seen.append(page.locator("output").text_content())
    assert seen == [f"Here a is {low + i * step:.10g}." for i in reversed(range(count))]


def test_frames_that_cannot_be_read_are_reported_to_the_reader(page_with):
    def draw_index(ax, *, a=0):
        return f"Here a is {a}."

    page = page_with(draw_index, a=(0, 1))
    text = page.content()
    file = Path(url2pathname(urlsplit(page.url).path))
    file.write_text(text.replace('class="frames">', 'class="frames">AAAA'), encoding="utf-8")
    page.reload()
    page.wait_for_function("document.querySelector('output').textContent.includes('newer browser')")


def wait_until_it_moves(page, name):
    """Wait until the packed positions are there: moving changes the sentence."""
    page.wait_for_function(
        """async (id) => {
          const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
          const figure = document.getElementById(id);
          const field = figure.querySelector("[type=range]");
          const output = figure.querySelector("output");
          const [before, value] = [output.textContent, field.value];
          for (const end of [field.min, field.max]) {
            field.value = end;
            field.dispatchEvent(new Event("input", { bubbles: true }));
            await drawn();
            if (output.textContent !== before) {
              field.value = value;
              field.dispatchEvent(new Event("input", { bubbles: true }));
              await drawn();
              return true;
            }
          }
          field.value = value;
          return false;
        }""",
        arg=name,
    )


def test_a_list_of_rising_numbers_is_a_slider_over_its_stops(page_with):
    def draw_rate(ax, *, lr=0.003):
        ax.plot([0, lr])
        return f"The rate is {lr:g}."

    page = page_with(draw_rate, lr=[0.001, 0.003, 0.01, 0.1])
    slider = page.get_by_role("slider", name="lr")

    def seen():
        page.evaluate("() => new Promise(requestAnimationFrame)")
        return slider.get_attribute("aria-valuetext"), page.locator("output").text_content()

    assert seen() == ("0.003", "The rate is 0.003.")
    for key, label in [
        ("ArrowRight", "0.01"),
        ("End", "0.1"),
        ("ArrowLeft", "0.01"),
        ("Home", "0.001"),
    ]:
        slider.press(key)
        assert seen() == (label, f"The rate is {label}.")
    page.goto(page.url.partition("#")[0] + "#draw_rate?lr=0.02")
    assert seen() == ("0.01", "The rate is 0.01.")


def test_the_code_for_a_setting_draws_it(page_with):
    """The code is run here as a reader would in the notebook, and says the page's sentence."""
    page = page_with(draw_everything, **EVERYTHING)
    page.get_by_role("button", name="Show the code for this setting").click()
    shown = page.locator("figure > pre")
    page.get_by_role("button", name="all else").click()
    page.get_by_role("slider", name="lr").press("ArrowRight")
    expect(shown).to_contain_text("lr=0.5")
    lines = []
    names = {"draw_everything": draw_everything, "print": lines.append}
    exec(shown.text_content(), names)
    plt.close(names["fig"])
    assert lines == [page.locator("output").text_content()]
    assert [*names["fig"].get_size_inches(), len(names["axes"])] == [7, 3, 2]
    page.get_by_role("button", name="Show the code for this setting").click()
    expect(shown).to_be_hidden()


def test_the_code_says_what_it_cannot_name(page_with):
    def draw_function(ax, *, curve=abs, count=3.0):
        return f"{curve(-count):g}."

    page = page_with(draw_function, curve={"size": abs, "half": lambda x: x / 2}, count=(1.0, 3.0))
    page.get_by_role("button", name="Show the code for this setting").click()
    code = page.locator("figure > pre").text_content()
    assert "What its menu calls size, give to curve, too." in code
    assert code.splitlines()[-1] == "print(draw_function(ax, count=3.0))"
