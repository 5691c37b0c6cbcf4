"""Catalogs of translations, and the course in another language.

`extract` renews the catalogs in locale/ after the English text has changed, or begins those that
are named; README.zh.md, too. `write FOLDER` writes the course in that language into a folder.
"""

import argparse
import sys
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
    """Write each file that has a catalog, under its own name, below a folder."""
    for name, files in pages.catalogs(root).items():
        path = catalog.path_of(root, language, name)
        if not path.exists():
            continue
        translate = catalog.translator(catalog.read(path))
        for file in files:
            target = folder / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(pages.rewrite(file, translate), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
