"""How programs other than bibkit read what it writes: one adapter for each, from a file to what it sees.

An adapter asks its program for the work's key, title, authors and year, and undoes only what is the program's own way
of showing them. What is compared is said in `test_witnesses.py`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import rispy
from citeproc.source.json import CiteProcJSON
from pybtex.database import Person, parse_file
from pybtex.richtext import Text


class Seen(NamedTuple):
    """What a reader sees of one work. `cut` is None where it cannot tell that a list of authors goes on."""

    title: str
    families: tuple[str, ...]
    year: int
    cut: bool | None = None


Catalogue = dict[str, Seen]

# The word by which a BibTeX file says that there are more authors: readers hand it on as if it were a name.
OTHERS = "others"


def output(*command: str | Path, **environment: str) -> str:
    """What a program prints. It fails the test by its own message."""
    done = subprocess.run(
        command, capture_output=True, check=False, encoding="utf-8", env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _listed(families: list[str], written_in: str) -> tuple[tuple[str, ...], bool | None]:
    """The people of a list, and whether it goes on. Only a BibTeX file can say that; elsewhere `others` is a person."""
    if written_in not in ("bibtex", "biblatex"):
        return tuple(families), None
    cut = families[-1:] == [OTHERS]
    return tuple(families[:-1] if cut else families), cut


# ------------------------------------------------------------------------------------------------ pandoc


def pandoc_bibtex(path: Path) -> Catalogue:
    return _pandoc(path, "bibtex")


def pandoc_biblatex(path: Path) -> Catalogue:
    return _pandoc(path, "biblatex")


def pandoc_csl(path: Path) -> Catalogue:
    return _pandoc(path, "csljson")


def pandoc_ris(path: Path) -> Catalogue:
    """Pandoc drops the tag ID and names the works itself: they are told apart by their titles."""
    return {seen.title: seen for seen in _pandoc(path, "ris").values()}


def _pandoc(path: Path, written_in: str) -> Catalogue:
    """By way of CSL-JSON. Pandoc lowers English titles of BibTeX files to sentence case; German ones are left alone."""
    items = json.loads(output("pandoc", "--from", written_in, "--to", "csljson", path, LANG="de-DE"))
    return {item["id"]: _csl_item(item, written_in) for item in items}


def _csl_item(item: dict[str, Any], written_in: str) -> Seen:
    families, cut = _listed([_csl_family(name) for name in item["author"]], written_in)
    return Seen(item["title"], families, int(item["issued"]["date-parts"][0][0]), cut)


def _csl_family(name: dict[str, str]) -> str:
    parts = (name.get(part) for part in ("dropping-particle", "non-dropping-particle", "family", "literal"))
    return " ".join(part for part in parts if part)


# ------------------------------------------------------------------------------------------------ bibutils

_MODS = "{http://www.loc.gov/mods/v3}"


def bibutils_bibtex(path: Path) -> Catalogue:
    return _mods(output("bib2xml", path), "bibtex")


def bibutils_biblatex(path: Path) -> Catalogue:
    return _mods(output("biblatex2xml", path), "biblatex")


def bibutils_ris(path: Path) -> Catalogue:
    return _mods(output("ris2xml", path), "ris")


def _mods(text: str, written_in: str) -> Catalogue:
    works = ElementTree.fromstring(text.removeprefix("\ufeff"))
    return {work.attrib["ID"]: _mods_work(work, written_in) for work in works}


def _mods_work(work: ElementTree.Element, written_in: str) -> Seen:
    families, cut = _listed([_mods_family(name) for name in work.iter(f"{_MODS}name")], written_in)
    issued = work.findtext(f"{_MODS}originInfo/{_MODS}dateIssued") or ""
    return Seen(_mods_title(work), families, int(issued[:4]), cut)


def _mods_title(work: ElementTree.Element) -> str:
    """Bibutils cuts a title at a colon or a question mark; MODS keeps the latter in the first half."""
    main = work.findtext(f"{_MODS}titleInfo/{_MODS}title") or ""
    second = work.findtext(f"{_MODS}titleInfo/{_MODS}subTitle")
    if second is None:
        return main
    return f"{main} {second}" if main.endswith("?") else f"{main}: {second}"


def _mods_family(name: ElementTree.Element) -> str:
    return next(part.text or "" for part in name.iter(f"{_MODS}namePart") if part.get("type") in ("family", None))


# ------------------------------------------------------------------------------------------------ Python readers


def bibtexparser_bibtex(path: Path) -> Catalogue:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # version 1.4, which pyzotero needs, trips over newer pyparsing's diagnostics
        import bibtexparser
        from bibtexparser.customization import convert_to_unicode

        parser = bibtexparser.bparser.BibTexParser(common_strings=True, customization=convert_to_unicode)
        entries = bibtexparser.loads(path.read_text(encoding="utf-8"), parser).entries
    return {entry["ID"]: _bibtexparser_entry(entry) for entry in entries}


def _bibtexparser_entry(entry: dict[str, str]) -> Seen:
    from bibtexparser.customization import splitname

    names = map(splitname, entry["author"].split(" and "))
    families, cut = _listed([" ".join(name["von"] + name["last"]) for name in names], "bibtex")
    return Seen(entry["title"], families, _year(entry), cut)


def _year(fields: Mapping[str, str]) -> int:
    """BibLaTeX has one field for the whole date, and these readers know nothing of it."""
    return int(fields["year"] if "year" in fields else fields["date"][:4])


def pybtex_bibtex(path: Path) -> Catalogue:
    found = {}
    for key, entry in parse_file(str(path), "bibtex").entries.items():
        families, cut = _listed([_pybtex_family(person) for person in entry.persons["author"]], "bibtex")
        found[key] = Seen(_from_latex(entry.fields["title"]), families, _year(entry.fields), cut)
    return found


def _pybtex_family(person: Person) -> str:
    return _from_latex(" ".join(person.prelast_names + person.last_names))


def _from_latex(text: str) -> str:
    """Pybtex keeps LaTeX in a parsed file; this is its own reading of it, as its styles use it."""
    return str(Text.from_latex(text))


def rispy_ris(path: Path) -> Catalogue:
    works = rispy.loads(path.read_text(encoding="utf-8"))
    return {work["id"]: _rispy_work(work) for work in works}


def _rispy_work(work: dict[str, Any]) -> Seen:
    families = tuple(name.partition(",")[0] for name in work["authors"])
    return Seen(work["title"], families, int(work["year"][:4]))


def citeproc_csl(path: Path) -> Catalogue:
    return {key: _citeproc_work(work) for key, work in citeproc_source(path).items()}


def citeproc_source(path: Path) -> CiteProcJSON:
    """Citeproc-py says which variables of CSL 1.0.2 it does not know yet: `citation-key` and `custom`."""
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", r"The following arguments for Reference are unsupported: (citation_key|custom|, )+$"
        )
        return CiteProcJSON(json.loads(path.read_text(encoding="utf-8")))


def _citeproc_work(work: Any) -> Seen:
    return Seen(str(work.title), tuple(_csl_family(name) for name in work.author), int(work.issued.year))


# ------------------------------------------------------------------------------------------------ TeX

# `! Undefined control sequence.`, `LaTeX Warning: Citation …`, `Package x Warning: …`, `Missing character: …`
_TEX_COMPLAINT = re.compile(r"^!.*|^.*\bWarning: .*|^Missing character: .*", re.MULTILINE)
_BIBTEX_COMPLAINT = re.compile(r"^Warning--.*|^.*---line .* of file.*|^I (?:couldn't|found no) .*", re.MULTILINE)
_BIBER_COMPLAINT = re.compile(r"^.*\b(?:WARN|ERROR|FATAL)\b.*", re.MULTILINE)


def tex_complaints(log: str) -> list[str]:
    """Errors and warnings in a log of TeX. Lines that are too full are a matter of the layout, not of the entries."""
    return _TEX_COMPLAINT.findall(log)


def bibtex_complaints(log: str) -> list[str]:
    """Errors and warnings in a log of BibTeX."""
    return _BIBTEX_COMPLAINT.findall(log)


def biber_complaints(log: str) -> list[str]:
    """Errors and warnings in a log of biber."""
    return _BIBER_COMPLAINT.findall(log)
