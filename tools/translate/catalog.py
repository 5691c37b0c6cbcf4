"""Catalogs: `locale/zh_CN/*.po`, one a page, which any editor of gettext opens.

A message is its context (a cell's id) and its text; no line numbers, so that a catalog changes
only where its page does.
"""

import difflib
from collections.abc import Iterable
from pathlib import Path

import polib

from tools.translate import pages

LIKE = 0.6  # from this likeness on (difflib's ratio) a new text is an old one that was changed
_HEADER = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "MIME-Version": "1.0",
}


def path_of(root: Path, language: str, name: str) -> Path:
    return root / "locale" / language / f"{name}.po"


def readme(root: Path, language: str) -> Path:
    """The only page whose translation is stored, since people read it where the code is."""
    return root / f"README.{language.partition('_')[0]}.md"


def read(path: Path) -> polib.POFile:
    """The catalog in a file, or an empty one."""
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def extract(files: list[Path]) -> dict[tuple[str, str], str]:
    """(context, text) → kind of each message of some files, in order."""
    found: dict[tuple[str, str], str] = {}

    def note(context: str, text: str, kind: str) -> str:
        found.setdefault((context, text), kind)
        return text

    for file in files:
        pages.rewrite(file, note)
    return found


def merged(old: polib.POFile, messages: dict[tuple[str, str], str], language: str) -> polib.POFile:
    """A catalog of these messages, with the translations that the old one has for them.

    A changed text keeps the translation of what it was, marked fuzzy, and shows its old text; one
    whose context alone is new keeps it as it is. What is gone is left out: git remembers it.
    """
    new = polib.POFile(wrapwidth=0)
    new.metadata = _HEADER | {"Language": language}
    known = {(one.msgctxt, one.msgid): one for one in old}
    gone = [one for key, one in known.items() if key not in messages and one.msgstr]
    for (context, text), kind in messages.items():
        entry = polib.POEntry(msgctxt=context, msgid=text, comment=kind)
        before = known.get((context, text)) or _moved(gone, text) or _changed(gone, context, text)
        if before is not None:
            _keep(entry, before)
            gone = [one for one in gone if one is not before]
        new.append(entry)
    return new


def _keep(entry, before):
    entry.msgstr, entry.tcomment = before.msgstr, before.tcomment
    entry.flags, entry.previous_msgid = list(before.flags), before.previous_msgid
    if before.msgid != entry.msgid:
        entry.previous_msgid = before.previous_msgid or before.msgid
        entry.flags = sorted({*entry.flags, "fuzzy"})


def _moved(gone, text):
    """The same text under another context."""
    return next((one for one in gone if one.msgid == text), None)


def _changed(gone, context, text):
    """The text of the same context that is most like this one, if one is."""
    ratios = [
        (difflib.SequenceMatcher(None, one.msgid, text, autojunk=False).ratio(), i)
        for i, one in enumerate(gone)
        if one.msgctxt == context
    ]
    best, i = max(ratios, default=(0.0, 0))
    return gone[i] if best >= LIKE else None


def translator(catalog: Iterable[polib.POEntry]) -> pages.Translate:
    """What `pages.rewrite` needs: English where there is no translation, or a fuzzy one."""
    known = {
        (one.msgctxt, one.msgid): one.msgstr
        for one in catalog
        if one.msgstr and "fuzzy" not in one.flags
    }
    return lambda context, text, kind: known.get((context, text), text)
