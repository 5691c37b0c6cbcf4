"""What in_page.js does inside a page: it knows an explorer by its markup alone."""

from pathlib import Path

IN_PAGE = Path(__file__).with_name("in_page.js").read_text(encoding="utf-8").strip()


def run(page, function, *arguments):
    """Result in the page of a function of in_page.js, or of `(t, …) => …`, t being that module."""
    call = function if "=>" in function else f"(t, ...rest) => t.{function}(...rest)"
    return page.evaluate(f"(all) => ({call})(window.inPage ??= {IN_PAGE}, ...all)", list(arguments))
