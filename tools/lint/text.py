"""The prose: what every chapter has, in which order, and in which words."""

import re

from tools.lint.notebooks import section, sections, without_code

WORDS_PER_LINE = (6, 40)

_DOI = re.compile(r"https://(doi\.org/10\.|arxiv\.org/abs/)\S+")
# What sounds translated, or names what has a name already → the book's word.
_OTHER_WORDS = {
    r"\bforet(?:ell|old)\w*": "predict",
    r"\bno number any ?more\b": "becomes NaN",
    r"\b(?:the|its) way back\b": "backpropagation",
    r"\bmonotony\b": "monotonicity",
    r"\bdear to\b": "expensive to",
    r"\bbroad(?:er|ly)?\b": "wide",
    r"\bstood\b": "was written",
}


def opens_with_title_and_question(notebook):
    """First cell: the only H1, with the chapter's number; a question; the time, and a short way."""
    titles = [part for part in sections(notebook) if part.level == 1]
    title = f"# {notebook.number}. "
    if len(titles) != 1 or titles[0].number != 1:
        yield f"{len(titles)} H1 headings; begin cell 1 with `{title}Title`, the only"
        return
    first = notebook.cells[0].source
    if not first.startswith(title):
        yield f"cell 1: the title has no number; begin with `{title}`"
    if "?" not in next(iter(paragraphs(titles[0].text)), ""):
        yield "cell 1: no question in the first paragraph; ask what the chapter answers"
    if not re.search(r"^\*Reading and doing: about .*\bIn 30 minutes: ", first, re.MULTILINE):
        yield "cell 1: no time; write `*Reading and doing: about 2 hours. In 30 minutes: …*`"


def promises_three_abilities(notebook):
    """`After this chapter you can`, and a list of three, in the second cell."""
    cell = notebook.cells[1] if len(notebook.cells) > 1 else notebook.cells[0]
    count = len(re.findall(r"^(?:[-*]|\d+\.) +\S", cell.source, re.MULTILINE))
    if "After this chapter you can" not in cell.source:
        yield "cell 2: no abilities; write `**After this chapter you can**` and three items"
    elif count != 3:
        yield f"cell 2: {count} abilities; make it three"


def has_enough_prose(notebook):
    """Words of prose for each line of code: 8 to 15 is the aim, 6 to 40 passes."""
    lines = sum(len(cell.lines) for cell in notebook.own_code)
    count = sum(len(words(cell.source)) for cell in notebook.markdown)
    low, high = WORDS_PER_LINE
    if not (lines and low <= count / lines <= high):
        yield f"{count} words for {lines} lines of code; make it {low} to {high} a line"


def predicts_and_checks(notebook):
    """At least three `> **Predict.**`, each followed by its `> **Check.**` before the next."""
    waiting, count = None, 0
    for number, mark in marks(notebook):
        if mark == "Predict":
            count += 1
            if waiting:
                yield f"cell {waiting}: a Predict without its Check; answer it before the next"
            waiting = number
        elif waiting:
            waiting = None
        else:
            yield f"cell {number}: a Check without a Predict; ask before you answer"
    if waiting:
        yield f"cell {waiting}: a Predict without its Check; answer it below"
    if count < 3:
        yield f"{count} predictions; ask at least three with `> **Predict.** …`"


def uses_the_books_words(notebook):
    """No word in the text for which the book has another."""
    for cell in notebook.markdown:
        for pattern, better in _OTHER_WORDS.items():
            for found in re.finditer(pattern, without_code(cell.source), re.IGNORECASE):
                yield f"cell {cell.number}: {found[0]!r}; write {better}"


def shows_what_notes_get_wrong(notebook):
    """At least five mistakes below `## What notes get wrong`, numbered in order."""
    numbers = list(mistakes(notebook))
    if not section(notebook, "What notes get wrong"):
        yield "no section `## What notes get wrong`; show the common mistakes"
    elif len(numbers) < 5:
        yield f"{len(numbers)} mistakes that notes make; show five, each as `**1. A name.**`"
    elif numbers != [str(order) for order in range(1, len(numbers) + 1)]:
        yield f"the mistakes are {', '.join(numbers)}; number them in order"


def summarises_in_three_sentences(notebook):
    """`## Summary`, exactly three sentences."""
    found = section(notebook, "Summary")
    if not found:
        yield "no section `## Summary`; say the chapter in three sentences"
    elif (count := count_sentences(found.text)) != 3:
        yield f"cell {found.number}: {count} sentences; make it three"


def cites_sources(notebook):
    """`## Sources`, a list: each item has a link; one with a year is a paper: DOI or arXiv."""
    found = section(notebook, "Sources")
    items = re.findall(r"^[-*] +.*(?:\n +.*)*", found.text, re.MULTILINE) if found else []
    if not items:
        yield "no list under `## Sources`; cite the papers, each with DOI or arXiv link"
    elif not any(_DOI.search(item) for item in items):
        yield "no DOI or arXiv link; cite a paper"
    for item in items:
        paper = re.search(r"\((1[89]|20)\d\d\)", item)
        if not (_DOI.search(item) if paper else re.search(r"\]\(https?://", item)):
            kind = "DOI or arXiv link" if paper else "link"
            yield f"cell {found.number}: no {kind} in `{item[:40]}…`; add it"


# --- what other rules read too ------------------------------------------------------------------


def count_sentences(text):
    """Return the number of sentences of prose; formulas, decimals and "e.g." end none."""
    text = re.sub(r"\$\$.*?\$\$|\$.*?\$", "x", without_code(text), flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"\b(?:e\.g|i\.e|cf|vs|etc|Fig|[A-Z])\.", "x", text)
    ends = re.findall(r"[.!?…]+[\"'”’)\]*_]*(?=\s|$)", text.strip())
    return len(ends)


def marks(notebook):
    """(cell number, "Predict" or "Check") in order."""
    pattern = re.compile(r"^> \*\*(Predict|Check)\.\*\*", re.MULTILINE)
    return [(c.number, mark) for c in notebook.markdown for mark in pattern.findall(c.source)]


def mistakes(notebook):
    """Number → opening words of each mistake below "What notes get wrong"."""
    part = section(notebook, "What notes get wrong")
    return dict(re.findall(r"^\*\*(\d+)\. (.*?)\*\*", part.text if part else "", re.MULTILINE))


def paragraphs(text):
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def words(text):
    """The words of prose: without code, formulas, tags and the addresses of links."""
    text = re.sub(
        r"\$\$.*?\$\$|\$.*?\$|<[^>]+>|\]\([^)]*\)", " ", without_code(text), flags=re.DOTALL
    )
    return re.findall(r"[^\W\d_][\w'’-]*", text)
