"""What the Python packages read. This file is run as a script, by itself: it imports nothing of bibkit.

`python python_readers.py PACKAGE FILE ANSWER` writes what the package sees in FILE into ANSWER, as JSON: a list of
objects with `key`, `authors` (`family`, `given`, `suffix`), `title`, `subtitle` and `year`, all still in LaTeX.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Answer = dict[str, Any]


def _answer(key: str, fields: Mapping[str, str], authors: list[dict[str, str]]) -> Answer:
    year = fields.get("year") or fields.get("date") or ""
    title, subtitle = fields.get("title", ""), fields.get("subtitle", "")
    return {"key": key, "authors": authors, "title": title, "subtitle": subtitle, "year": year}


def _person(von: list[str], last: list[str], jr: list[str], first: list[str]) -> dict[str, str]:
    return {"family": " ".join([*von, *last]), "given": " ".join(first), "suffix": " ".join(jr)}


def pybtex(path: str) -> Iterator[Answer]:
    """By pybtex's own parser of BibTeX, going on after errors as BibTeX does."""
    from pybtex import errors
    from pybtex.database.input.bibtex import Parser

    errors.set_strict_mode(False)
    for key, entry in Parser(encoding="utf-8").parse_file(path).entries.items():
        people = entry.persons.get("author", [])
        authors = [
            _person(who.prelast_names, who.last_names, who.lineage_names, [*who.first_names, *who.middle_names])
            for who in people
        ]
        yield _answer(key, {name.lower(): value for name, value in entry.fields.items()}, authors)


def bibtexparser(path: str) -> Iterator[Answer]:
    """By bibtexparser 1.4 or 2.x, whichever is there."""
    import bibtexparser as package

    return _second(package, path) if hasattr(package, "Library") else _first(package, path)


def _first(package: Any, path: str) -> Iterator[Answer]:
    """By version 1.4; its way to cut a list of names is `record["author"].split(" and ")`."""
    from bibtexparser.customization import splitname

    parser = package.bparser.BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    for entry in package.loads(Path(path).read_text(encoding="utf-8"), parser).entries:
        names = " ".join(entry.get("author", "").split()).split(" and ")
        found = (splitname(name, strict_mode=False) for name in names if name.strip())
        authors = [_person(who["von"], who["last"], who["jr"], who["first"]) for who in found if who]
        yield _answer(entry["ID"], entry, authors)


def _second(package: Any, path: str) -> Iterator[Answer]:
    """By version 2, which keeps a second entry of one key apart."""
    from bibtexparser.middlewares import SeparateCoAuthors, SplitNameParts

    text = Path(path).read_text(encoding="utf-8")
    stack = [SeparateCoAuthors(), SplitNameParts()]
    for entry in package.parse_string(text, append_middleware=stack).entries:
        fields = {name.lower(): field.value for name, field in entry.fields_dict.items()}
        found = fields.get("author", [])
        authors = [_person(who.von, who.last, who.jr, who.first) for who in found]
        yield _answer(entry.key, {name: value for name, value in fields.items() if isinstance(value, str)}, authors)


READERS = {"pybtex": pybtex, "bibtexparser": bibtexparser}

if __name__ == "__main__":
    warnings.simplefilter("ignore")  # bibtexparser 1.4 trips over newer pyparsing's diagnostics
    try:
        answers = list(READERS[sys.argv[1]](sys.argv[2]))
    except Exception as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
    Path(sys.argv[3]).write_text(json.dumps(answers), encoding="utf-8")
