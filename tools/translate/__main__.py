"""Catalogs of translations, and the course in another language.

`extract` renews the catalogs in locale/ after the English text has changed, or begins those that
are named; README.zh.md, too. `write FOLDER` writes the course in that language into a folder.
"""

import argparse
import shutil
import sys
from fnmatch import fnmatch
from pathlib import Path

from tools.translate import catalog, checks, pages

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Return the exit status: 1 if a catalog has a fault, else 0."""
    parser = argparse.ArgumentParser(prog="python -m tools.translate", description=__doc__)
    parser.add_argument("--language", default="zh_CN", help="of the catalogs (zh_CN)")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("extract", help="renew the catalogs; NAME begins one")
    one.add_argument("names", nargs="*", metavar="NAME")
    one = commands.add_parser("write", help="write the translated course into a folder")
    one.add_argument("folder", type=Path)
    commands.add_parser("check", help="print what is wrong in the catalogs")
    options = parser.parse_args(arguments)
    # "zh" is enough where there is one folder for it.
    named = sorted(path.name for path in root.glob(f"locale/{options.language}_*"))
    options.language = named[0] if len(named) == 1 else options.language
    if options.command == "extract":
        return extract(root, options.language, options.names)
    if options.command == "write":
        return write(root, options.language, options.folder)
    found = list(checks.faults(root, options.language))
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def extract(root: Path, language: str, names: list[str]) -> int:
    """Renew each catalog that is there, and begin those that are named ("all": of every page)."""
    known = pages.catalogs(root)
    if unknown := set(names) - {"all"} - set(known):
        raise SystemExit(f"tools.translate: no catalog {unknown}. Choose from {', '.join(known)}.")
    for name, files in known.items():
        path = catalog.path_of(root, language, name)
        if not path.exists() and name not in names and "all" not in names:
            continue
        new = catalog.merged(catalog.read(path), catalog.extract(files), language)
        path.parent.mkdir(parents=True, exist_ok=True)
        new.save(str(path))
        fuzzy, open_ = len(new.fuzzy_entries()), len(new.untranslated_entries())
        print(f"{path.relative_to(root)}: {len(new)} messages, {open_} open, {fuzzy} fuzzy")
        if name == "readme":
            text = pages.rewrite(*files, catalog.translator(new))
            catalog.readme(root, language).write_text(text, "utf-8")
    return 0


def write(root: Path, language: str, folder: Path) -> int:
    """Write the whole course below a folder: what has a catalog translated, the rest as it is.

    The folder may be the course's own, which then is in that language.
    """
    if folder.resolve() != root.resolve():
        shutil.copytree(root, folder, ignore=_left_out, dirs_exist_ok=True)
    for name, files in pages.catalogs(root).items():
        translate = catalog.translator(catalog.read(catalog.path_of(root, language, name)))
        for file in files:
            text = pages.at_home_in(language, pages.rewrite(file, translate))
            (folder / file.relative_to(root)).write_text(text, "utf-8")
    return 0


def _left_out(folder: str, names: list[str]) -> set[str]:
    """What is built, installed or for the translated text no use."""
    patterns = (".git", ".venv*", "_build", "*_cache", "*.egg-info", "__pycache__", "node_modules")
    return {
        name
        for name in names
        if any(fnmatch(name, pattern) for pattern in (*patterns, "locale", "README.*.md"))
    }


if __name__ == "__main__":
    sys.exit(main())
