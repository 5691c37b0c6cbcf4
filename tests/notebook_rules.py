"""The rules for notebooks, as pure functions: `rule(notebook)` returns a sentence for each breach.

A sentence names the cell, counted from 1, and the way out. STYLE.md has the reasons.
"""

import ast
import io
import itertools
import re
import statistics
import tokenize
from collections import Counter

from nbformat.validator import iter_validate
from notebooks import details, exercises, section, sections, without_code

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WORDS_PER_LINE = (6, 40)
STUB_TAGS = frozenset({"exercise", "raises-exception", "remove-output"})
CHECK_TAGS = frozenset({"check", "raises-exception", "remove-output"})

_DOI = re.compile(r"https://(doi\.org/10\.|arxiv\.org/abs/)\S+")
_CAPTION = re.compile(r"\*Figure (\S+?)\. .+\*", re.DOTALL)
_MYST = {
    "a directive": re.compile(r"^ *(```+|~~~+) *\{", re.MULTILINE),
    "a colon fence": re.compile(r"^ *:::", re.MULTILINE),
    "a role": re.compile(r"\{[a-zA-Z][\w:.+-]*\}`"),
    "a target": re.compile(r"^\([\w:. -]+\)= *$", re.MULTILINE),
    "a substitution": re.compile(r"\{\{.*?\}\}"),
    "a comment": re.compile(r"^% ", re.MULTILINE),
    "a numbered formula": re.compile(r"^ *\$\$ *\([\w:-]+\) *$", re.MULTILINE),
}
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
_SEEDED = ("RandomState", "default_rng")
_RANDOM = (*_SEEDED, "Generator", "SeedSequence", "PCG64")


# --- the file -----------------------------------------------------------------------------------


def is_valid(notebook):
    """nbformat 4.5, to the letter of its schema, with ids that differ."""
    data = notebook.data
    version = (data.get("nbformat"), data.get("nbformat_minor"))
    if version != (4, 5):
        return [f"nbformat is {version[0]}.{version[1]}; store it as 4.5"]
    faults = [f"{error.message}; mend it" for error in iter_validate(data | {"cells": []})]
    for number, cell in enumerate(data["cells"], start=1):  # one by one, to know the number
        errors = iter_validate(data | {"cells": [cell]})
        faults += [f"cell {number}: {error.message}; mend it" for error in errors]
    ids = Counter(cell.get("id") for cell in data["cells"])
    return faults + [
        f"{count} cells have the id {i}; rename" for i, count in ids.items() if count > 1
    ]


def has_no_outputs(notebook):
    """Stored without outputs and without numbers of execution."""
    return [
        f"cell {number}: it holds outputs or an execution_count; clear all outputs"
        for number, cell in enumerate(notebook.data["cells"], start=1)
        if cell.get("outputs") or cell.get("execution_count") is not None
    ]


def has_plain_metadata(notebook):
    """Exactly the kernel python3, and in cells only tags and figures' alternative texts."""
    faults = []
    if notebook.data["metadata"] != METADATA:
        faults.append(f"the metadata are {notebook.data['metadata']}; make them {METADATA}")
    for cell in notebook.cells:
        extra = sorted(set(cell.metadata) - {"tags", "mystnb"})
        if extra:
            faults.append(f"cell {cell.number}: metadata {extra}; keep only tags and mystnb")
    return faults


def has_set_up_cell(notebook, master):
    """One cell tagged `set-up`, first of the code; byte for byte `master`, the template's."""
    found = [cell for cell in notebook.code if "set-up" in cell.tags]
    if len(found) != 1:
        return [f"{len(found)} cells are tagged set-up; copy the one of chapters/_template.ipynb"]
    if found[0] != notebook.code[0]:
        return [f"cell {found[0].number}: the set-up cell must be the first code cell; move it up"]
    if found[0].source != master:
        return [f"cell {found[0].number}: differs from the set-up cell of _template; copy that"]
    return []


def is_in_contents(notebook, contents):
    """Listed in the text of _toc.yml, `contents`."""
    file = f"chapters/{notebook.name.removesuffix('.ipynb')}"
    listed = re.search(rf"^\s*- file: {re.escape(file)}(\.ipynb)?\s*$", contents, re.MULTILINE)
    return [] if listed else [f"_toc.yml does not list it; add `- file: {file}`"]


# --- text ---------------------------------------------------------------------------------------


def opens_with_title_and_question(notebook):
    """First cell: the only H1, with the chapter's number; a question; the time, and a short way."""
    titles = [part for part in sections(notebook) if part.level == 1]
    if len(titles) != 1 or titles[0].number != 1:
        return [
            f"{len(titles)} H1 headings; begin cell 1 with `# {notebook.number}. Title`, the only"
        ]
    first = notebook.cells[0].source
    faults = []
    if not first.startswith(f"# {notebook.number}. "):
        faults.append(f"cell 1: the title has no number; begin with `# {notebook.number}. `")
    if "?" not in next(iter(_paragraphs(titles[0].text)), ""):
        faults.append("cell 1: no question in the first paragraph; ask what the chapter answers")
    if not re.search(r"^\*Reading and doing: about .*\bIn 30 minutes: ", first, re.MULTILINE):
        faults.append(
            "cell 1: no time; write `*Reading and doing: about 2 hours. In 30 minutes: …*`"
        )
    return faults


def promises_three_abilities(notebook):
    """`After this chapter you can`, and a list of three, in the second cell."""
    cell = notebook.cells[1] if len(notebook.cells) > 1 else notebook.cells[0]
    if "After this chapter you can" not in cell.source:
        return ["cell 2: write `**After this chapter you can**` and three items"]
    count = len(re.findall(r"^(?:[-*]|\d+\.) +\S", cell.source, re.MULTILINE))
    return [] if count == 3 else [f"cell 2: {count} abilities; make it three"]


def has_enough_prose(notebook):
    """Words of prose for each line of code: 8 to 15 is the aim, 6 to 40 passes."""
    lines = sum(len(cell.lines) for cell in _own_code(notebook))
    words = sum(len(_words(cell.source)) for cell in notebook.markdown)
    low, high = WORDS_PER_LINE
    if lines and low <= words / lines <= high:
        return []
    return [
        f"{words} words for {lines} lines of code; make it {low} to {high} a line, best 8 to 15"
    ]


def predicts_and_checks(notebook):
    """At least three `> **Predict.**`, each followed by its `> **Check.**` before the next."""
    faults, waiting, count = [], None, 0
    for number, mark in _marks(notebook):
        if mark == "Predict":
            count += 1
            if waiting:
                faults.append(
                    f"cell {waiting}: a Predict without its Check; answer it before the next"
                )
            waiting = number
        elif waiting:
            waiting = None
        else:
            faults.append(f"cell {number}: a Check without a Predict; ask before you answer")
    if waiting:
        faults.append(f"cell {waiting}: a Predict without its Check; answer it below")
    if count < 3:
        faults.append(f"{count} predictions; ask at least three with `> **Predict.** …`")
    return faults


def uses_the_books_words(notebook):
    """No word in the text for which the book has another."""
    return [
        f"cell {cell.number}: {found[0]!r}; write {better}"
        for cell in notebook.markdown
        for pattern, better in _OTHER_WORDS.items()
        for found in re.finditer(pattern, without_code(cell.source), re.IGNORECASE)
    ]


def shows_what_notes_get_wrong(notebook):
    """A section of that name."""
    found = section(notebook, "What notes get wrong")
    return [] if found else ["no section `## What notes get wrong`; show the common mistakes"]


def summarises_in_three_sentences(notebook):
    """`## Summary`, exactly three sentences."""
    found = section(notebook, "Summary")
    if found is None:
        return ["no section `## Summary`; say the chapter in three sentences"]
    count = count_sentences(found.text)
    return [] if count == 3 else [f"cell {found.number}: {count} sentences; make it three"]


def cites_sources(notebook):
    """`## Sources`, a list: each item has a link; one with a year is a paper: DOI or arXiv."""
    found = section(notebook, "Sources")
    items = re.findall(r"^[-*] +.*(?:\n +.*)*", found.text, re.MULTILINE) if found else []
    if not items:
        return ["no list under `## Sources`; cite the papers, each with DOI or arXiv link"]
    faults = (
        [] if any(_DOI.search(item) for item in items) else ["no DOI or arXiv link; cite a paper"]
    )
    for item in items:
        paper = re.search(r"\((1[89]|20)\d\d\)", item)
        if not (_DOI.search(item) if paper else re.search(r"\]\(https?://", item)):
            kind = "DOI or arXiv link" if paper else "link"
            faults.append(f"cell {found.number}: no {kind} in `{item[:40]}…`; add it")
    return faults


def is_plain_markdown(notebook):
    """No MyST: Colab and GitHub show it as raw text."""
    faults = []
    for cell in notebook.markdown:
        for name, pattern in _MYST.items():
            # A directive is itself a fence; of a role `without_code` leaves {name}`.
            text = cell.source if name == "a directive" else without_code(cell.source)
            if pattern.search(text):
                faults.append(f"cell {cell.number}: {name} of MyST; write plain Markdown")
    return faults


def links_to_files_that_exist(notebook):
    """Relative links and images lead to files; nothing is absolute."""
    faults = []
    for cell in notebook.markdown:
        text = without_code(cell.source)
        targets = re.findall(r"\]\(\s*<?([^)\s>]+)", text) + re.findall(
            r'(?:src|href)="(.*?)"', text
        )
        for target in targets:
            path = target.split("#")[0]
            if re.match(r"(https?:|mailto:)", target) or not path:
                continue
            if path.startswith("/") or not (notebook.folder / path).exists():
                faults.append(f"cell {cell.number}: no file {path}; link relative to the notebook")
    return faults


# --- code ---------------------------------------------------------------------------------------


def has_short_cells(notebook):
    """Lines that are not blank: median <= 5, none > 20; tagged `algorithm` <= 30."""
    cells = _own_code(notebook)
    if not cells:
        return ["no code cell; let the reader run something"]
    faults = []
    for cell in cells:
        limit = 30 if "algorithm" in cell.tags else 20
        if len(cell.lines) > limit:
            faults.append(
                f"cell {cell.number}: {len(cell.lines)} lines, more than {limit}; split it"
            )
    median = statistics.median(len(cell.lines) for cell in cells)
    if median > 5:
        faults.append(f"the median code cell has {median:g} lines; bring it down to 5")
    return faults


def has_few_code_cells_in_a_row(notebook):
    """At most two."""
    faults, row = [], 0
    for cell in notebook.cells:
        row = row + 1 if cell.kind == "code" else 0
        if row == 3:
            faults.append(f"cell {cell.number}: the third code cell in a row; put prose between")
    return faults


def ends_with_a_value(notebook):
    """The last statement of a cell is not a print."""
    faults = []
    for cell in notebook.code:
        last = cell.tree.body[-1] if cell.tree.body else None
        if isinstance(last, ast.Expr) and _called(last.value) == "print":
            faults.append(f"cell {cell.number}: ends with print; end with the value itself")
    return faults


def has_no_trailing_semicolon(notebook):
    """No `;` at the end of a line, which hides a value by a trick."""
    faults = []
    for cell in notebook.code:
        tokens = list(tokenize.generate_tokens(io.StringIO(cell.source).readline))
        ends = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
        for token, after in itertools.pairwise(tokens):
            if token.string == ";" and token.type == tokenize.OP and after.type in ends:
                line = f"line {token.start[0]}"
                faults.append(
                    f"cell {cell.number}, {line}: ends with `;`; end with a value or an assert"
                )
    return faults


def shows_its_seeds(notebook):
    """Random numbers come from a generator with a visible seed, never from np.random itself."""
    faults = []
    for cell in notebook.code:
        for node in ast.walk(cell.tree):
            name = _numpy_random(node)
            if name and name not in _RANDOM:
                faults.append(
                    f"cell {cell.number}: np.random.{name}; use np.random.default_rng(seed)"
                )
            bare = isinstance(node, ast.Call) and not node.args and not node.keywords
            if bare and _numpy_random(node.func) in _SEEDED:
                faults.append(f"cell {cell.number}: a generator without a seed; give it one")
    return faults


def asserts_its_claims(notebook):
    """At least five asserts besides the set-up cell's."""
    trees = [cell.tree for cell in _own_code(notebook) if not cell.tags & {"exercise", "check"}]
    count = sum(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))
    return [] if count >= 5 else [f"{count} asserts; assert at least five claims of the prose"]


def folds_cells_of_asserts(notebook):
    """A cell of nothing but asserts is folded on the page: tagged `hide-input`."""
    return [
        f"cell {cell.number}: nothing but asserts; tag it hide-input"
        for cell in notebook.code
        if cell.tree.body
        and all(isinstance(node, ast.Assert) for node in cell.tree.body)
        and "hide-input" not in cell.tags
    ]


# --- figures ------------------------------------------------------------------------------------


def describes_figures(notebook):
    """One figure in a cell; a plain one has an alternative text; an explorer has its sentence."""
    faults = []
    for cell, makers in _figures(notebook):
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if makers.count("explore") + makers.count("figure") > 1:
            faults.append(f"cell {cell.number}: more than one figure; give each its cell")
        if "explore" not in makers and not alt.strip():
            faults.append(
                f"cell {cell.number}: a figure without mystnb.image.alt; say what it shows"
            )
        if "explore" in makers and alt:
            faults.append(
                f"cell {cell.number}: an explorer with an alt; its sentence is one, remove"
            )
    return faults


def captions_figures(notebook):
    """In the next Markdown cell `*Figure N.k. …*`, numbered in order; no caption without figure."""
    faults = []
    captions = _captions(notebook)
    for order, (cell, _) in enumerate(_figures(notebook), start=1):
        label = f"{notebook.number}.{order}"
        below = next((c for c in notebook.markdown if c.number > cell.number), None)
        found = captions.get(below.number, []) if below else []
        if not found:
            faults.append(f"cell {cell.number}: no caption below; write `*Figure {label}. …*`")
        elif (first := found.pop(0)) != label:
            faults.append(f"cell {below.number}: Figure {first}; the number in order is {label}")
    faults += [
        f"cell {number}: a caption, Figure {label}, without a figure above; remove it"
        for number, labels in captions.items()
        for label in labels
    ]
    return faults


def predicts_before_explorers(notebook):
    """A Predict stands between an explorer and the one before it."""
    faults, asked = [], False
    explorers = {cell.number for cell, makers in _figures(notebook) if "explore" in makers}
    predicts = {number for number, mark in _marks(notebook) if mark == "Predict"}
    for cell in notebook.cells:
        asked = asked or cell.number in predicts
        if cell.number in explorers:
            if not asked:
                faults.append(f"cell {cell.number}: an explorer without a Predict; ask first")
            asked = False
    return faults


# --- exercises and quiz -------------------------------------------------------------------------


def numbers_exercises(notebook):
    """At least four, `### Exercise N.1 …` and so on, each with a task; at least one with code."""
    found = exercises(notebook)
    faults = [] if len(found) >= 4 else [f"{len(found)} exercises; write at least four"]
    for order, exercise in enumerate(found, start=1):
        number, cell = f"{notebook.number}.{order}", exercise.section.number
        if exercise.number != number:
            faults.append(
                f"cell {cell}: Exercise {exercise.number}; the number in order is {number}"
            )
        if len(_words(exercise.task)) < 5:
            faults.append(f"cell {cell}: Exercise {exercise.number} has no task; say what to do")
    if not any(exercise.code for exercise in found):
        faults.append("no exercise has code; give at least one a stub and a check")
    return faults


def solves_exercises(notebook):
    """Each has a solution in <details>; one with code has a stub, a check and a ```python block."""
    faults = []
    for exercise in exercises(notebook):
        where = f"cell {exercise.section.number}: Exercise {exercise.number}"
        if not exercise.details.strip():
            faults.append(f"{where} has no solution; write it in <details>")
        elif exercise.code and not exercise.solution:
            faults.append(f"{where} has no ```python block in its solution; write one")
        if exercise.code:
            faults += [f"{where}: {fault}" for fault in _stub_faults(exercise)]
    own = {cell.number for exercise in exercises(notebook) for cell in exercise.code}
    faults += [
        f"cell {cell.number}: tagged exercise or check, in no exercise; put it below its heading"
        for cell in notebook.code
        if cell.tags & {"exercise", "check"} and cell.number not in own
    ]
    return faults


def hides_answers(notebook):
    """A check cell is `check_exercise("N.k", names)`: what is right is written elsewhere."""
    return [
        f'cell {cell.number}: write check_exercise("{exercise.number}", …) with names only; what '
        "is right belongs in utils/answers"
        for exercise in exercises(notebook)
        for cell in exercise.checks
        if not re.fullmatch(
            rf"check_exercise\('{re.escape(exercise.number)}'(, \w+)+\)", ast.unparse(cell.tree)
        )
    ]


def opens_details_well(notebook):
    """A blank line after each </summary>, or Markdown inside stays raw; each <details> closed."""
    faults = []
    for cell in notebook.markdown:
        text = without_code(cell.source)
        if re.search(r"</summary>(?! *\n *\n)", cell.source):
            faults.append(f"cell {cell.number}: no blank line after </summary>; add it")
        opened, closed = text.count("<details"), text.count("</details>")
        if opened != closed or opened != text.count("<summary>"):
            faults.append(f"cell {cell.number}: <details> and <summary> do not pair; close each")
    return faults


def asks_five_questions(notebook):
    """`## Quiz`: Question 1 to 5, each choice a <details>, exactly one explained with "Right"."""
    found = section(notebook, "Quiz")
    if found is None:
        return ["no section `## Quiz`; ask five questions"]
    _, *parts = re.split(r"^\*\*Question (\d+)\.\*\*", found.text, flags=re.MULTILINE)
    numbers, bodies = parts[::2], parts[1::2]
    faults = []
    if numbers != list("12345"):
        faults.append(f"cell {found.number}: questions {', '.join(numbers)}; number them 1 to 5")
    for number, body in zip(numbers, bodies, strict=True):
        faults += [
            f"cell {found.number}: question {number} {fault}" for fault in _choice_faults(body)
        ]
    return faults


# --- helpers ------------------------------------------------------------------------------------


def count_sentences(text):
    """Return the number of sentences of prose; formulas, decimals and "e.g." end none."""
    text = re.sub(r"\$\$.*?\$\$|\$.*?\$", "x", without_code(text), flags=re.DOTALL)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"\b(?:e\.g|i\.e|cf|vs|etc|Fig|[A-Z])\.", "x", text)
    ends = re.findall(r"[.!?…]+[\"'”’)\]*_]*(?=\s|$)", text.strip())
    return len(ends)


def _own_code(notebook):
    """The code cells without the set-up cell, which is the same everywhere."""
    return [cell for cell in notebook.code if "set-up" not in cell.tags]


def _paragraphs(text):
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _words(text):
    """The words of prose: without code, formulas, tags and the addresses of links."""
    text = re.sub(
        r"\$\$.*?\$\$|\$.*?\$|<[^>]+>|\]\([^)]*\)", " ", without_code(text), flags=re.DOTALL
    )
    return re.findall(r"[^\W\d_][\w'’-]*", text)


def _marks(notebook):
    """(cell number, "Predict" or "Check") in order."""
    pattern = re.compile(r"^> \*\*(Predict|Check)\.\*\*", re.MULTILINE)
    return [(c.number, mark) for c in notebook.markdown for mark in pattern.findall(c.source)]


def _captions(notebook):
    """The labels of the captions in each Markdown cell: {cell number: ["3.1", …]}."""
    return {
        cell.number: [m[1] for part in _paragraphs(cell.source) if (m := _CAPTION.fullmatch(part))]
        for cell in notebook.markdown
    }


def _figures(notebook):
    """(cell, its makers) of each code cell that draws; "explore", "figure", "draw" as plt.plot."""
    helpers = {
        function.name
        for cell in notebook.code
        for function in ast.walk(cell.tree)
        if isinstance(function, ast.FunctionDef) and any(map(_maker, ast.walk(function)))
    }
    found = [(cell, _makers(cell.tree, helpers)) for cell in notebook.code]
    return [(cell, makers) for cell, makers in found if makers]


def _makers(tree, helpers):
    """What draws when the cell runs; the inside of functions does not run yet."""
    makers = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        maker = "figure" if _called(node) in helpers else _maker(node)
        makers += ([maker] if maker else []) + _makers(node, helpers)
    return makers


def _maker(node):
    name = _called(node)
    if name.split(".")[-1] == "explore":
        return "explore"
    if name in ("plt.subplots", "plt.figure", "plt.subplot_mosaic"):
        return "figure"
    quiet = ("plt.close", "plt.style", "plt.rcParams", "plt.rc", "plt.get_cmap", "plt.colormaps")
    return "draw" if name.startswith("plt.") and not name.startswith(quiet) else ""


def _called(node):
    """The dotted name that a node calls, "" if it is no call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _numpy_random(node):
    """`name` of np.random.name, "" for any other node."""
    match = isinstance(node, ast.Attribute) and re.fullmatch(
        r"(?:np|numpy)\.random\.(\w+)", ast.unparse(node)
    )
    return match[1] if match else ""


def _stub_faults(exercise):
    if (len(exercise.stubs), len(exercise.checks)) != (1, 1):
        return ["tag one cell `exercise` (the stub) and one `check`"]
    stub, check = exercise.stubs[0], exercise.checks[0]
    faults = [] if stub.number < check.number else ["the check precedes the stub; swap them"]
    for cell, tags in ((stub, STUB_TAGS), (check, CHECK_TAGS)):
        if not tags <= cell.tags:
            faults.append(f"cell {cell.number} needs the tags {', '.join(sorted(tags))}")
    if "NotImplementedError" not in stub.source:
        faults.append(f"cell {stub.number}: the stub must raise NotImplementedError")
    return faults


def _choice_faults(question):
    choices = details(question)
    if len(choices) < 2:
        return [f"has {len(choices)} choices; give each a <details>"]
    faults = [
        f"has a choice without text or explanation: `{summary}`; write it"
        for summary, explanation in choices
        if not summary or not explanation.strip()
    ]
    right = sum(explanation.strip().startswith("Right") for _, explanation in choices)
    return faults + (
        [] if right == 1 else [f"has {right} explanations that begin with Right; make it one"]
    )


# In every notebook, the index and the template included.
GENERAL = (
    is_valid,
    has_no_outputs,
    has_plain_metadata,
    is_plain_markdown,
    links_to_files_that_exist,
    ends_with_a_value,
    has_no_trailing_semicolon,
    shows_its_seeds,
    describes_figures,
    captions_figures,
    predicts_before_explorers,
    opens_details_well,
    uses_the_books_words,
    folds_cells_of_asserts,
    hides_answers,
)
# In chapters.
CHAPTER = (
    opens_with_title_and_question,
    promises_three_abilities,
    has_enough_prose,
    predicts_and_checks,
    shows_what_notes_get_wrong,
    summarises_in_three_sentences,
    cites_sources,
    has_short_cells,
    has_few_code_cells_in_a_row,
    asserts_its_claims,
    numbers_exercises,
    solves_exercises,
    asks_five_questions,
)
