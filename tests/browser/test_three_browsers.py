"""Every page in Chromium, in stock Firefox and in WebKit, from a disk, without a network."""

from pathlib import Path

import pytest
from built_site import PAGES, explorers_by_page

pytestmark = pytest.mark.site

FOLDER = Path(__file__).parent
IN_PAGE = (FOLDER / "in_page.js").read_text(encoding="utf-8").strip()
ON_PAGE = (FOLDER / "on_page.js").read_text(encoding="utf-8").strip()
FORMULAS = (FOLDER / "formulas.js").read_text(encoding="utf-8").strip()
EXPLORERS = explorers_by_page()
# All explorers of a page, one after the other: each knob through all its stops.
MOVE = f"""async ([names]) => {{
  const t = {IN_PAGE};
  const wrong = [];
  for (const name of names) {{
    if (!(await t.ready(name))) wrong.push(`${{name}} does not move`);
    else wrong.push(...(await t.sweep(name)));
  }}
  return wrong;
}}"""
WIDER = f"() => ({ON_PAGE}).wide()"
GROUND = "() => getComputedStyle(document.body).backgroundColor"
PAPER = "() => getComputedStyle(document.querySelector('figure.explorer')).backgroundColor"


def brightness(colour):
    """Mean of red, green and blue of "rgb(20, 24, 30)"."""
    numbers = [float(part) for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    return sum(numbers) / 3


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_and_every_knob_moves_picture_and_sentence(reader, site, name):
    # What is painted is not asked here, and of a high window it takes WebKit most of the time.
    reader.open((site / name).as_uri(), height=100)
    assert reader.run(MOVE, EXPLORERS.get(name, [])) == []
    assert reader.run(FORMULAS) == []
    assert reader.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_dark_and_no_wider_than_a_phone(reader, site, name):
    reader.open((site / name).as_uri(), width=360, height=740, dark=True)
    assert reader.run(WIDER) == []
    assert brightness(reader.run(GROUND)) < 60
    if name in EXPLORERS:
        assert brightness(reader.run(PAPER)) < 60
    assert reader.complaints == []
