"""What axe-core finds wrong with a page that a browser has open, by all of its rules.

Its script comes with the package axe-playwright-python, of which nothing else is used.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

# The rules whose answer depends on colours: a page's other theme has no others to break.
OF_COLOURS = ("color-contrast", "link-in-text-block")

# All rules, those on trial as well, except what only the level AAA asks (contrast of 7:1, …).
_RUN = """async ([besides, only]) => {
  const rules = axe.getRules().filter(({ tags }) => !tags.includes("wcag2aaa"));
  const values = only.length ? only : rules.map(({ ruleId }) => ruleId);
  const runOnly = { type: "rule", values };
  const hollowed = besides ? [...document.querySelectorAll(besides)] : [];
  const contents = hollowed.map((one) => [...one.childNodes]);
  hollowed.forEach((one) => one.replaceChildren());
  const { violations } = await axe.run(document, { runOnly, resultTypes: ["violations"] });
  hollowed.forEach((one, i) => one.replaceChildren(...contents[i]));
  return violations.map(({ id, help, nodes }) => ({
    id, help, nodes: nodes.map(({ target, failureSummary }) => [target.join(" "), failureSummary]),
  }));
}"""


def violations(page: Any, *, besides: str = "", only: Sequence[str] = ()) -> list[str]:
    """One text for each rule that the page breaks, as it stands now: rule, help, first elements.

    Args:
        page: of playwright's synchronous interface.
        besides: selector of elements whose insides are not looked at. (They are taken out for the
            time: only to exclude them saves nothing, and axe takes minutes for 15,000 elements.)
        only: names of the rules that are asked for; all of them, if none is named.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    return [_told(found) for found in page.evaluate(_RUN, [besides, [*only]])]


def _told(found: dict[str, Any]) -> str:
    nodes = found["nodes"]
    shown = "; ".join(f"{target}: {' '.join(why.split())}" for target, why in nodes[:3])
    return f"{found['id']} ({found['help']}), {len(nodes)} ×: {shown}"
