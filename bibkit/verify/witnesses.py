"""Who can be asked: a table of witnesses, each with how it is found and how its answer is read.

A witness gets a copy of the file in UTF-8 in a folder of its own. What it gives back in LaTeX is decoded here by
bibkit's own table of letters: biber and pandoc, which decode by themselves, are the witnesses for that table.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec

from bibkit import text
from bibkit.formats.bibtex_values import decode_text, joined_title
from bibkit.problems import UsageError
from bibkit.verify.model import Person, Reading, Seen, Skill
from bibkit.verify.running import Done, Failed, run

INPUT = "verify.bib"
OTHERS = "others"  # the word by which a BibTeX file says that there are more authors


class Call(msgspec.Struct, frozen=True):
    """One question: the folder with the file, the dialect that it is in, the program, seconds to wait."""

    folder: Path
    dialect: str
    program: str
    limit: float

    def run(self, *arguments: str, **environment: str) -> Done:
        """What the program says to this. Raises Failed."""
        return run([self.program, *arguments], self.folder, self.limit, environment)


class Witness(msgspec.Struct, frozen=True):
    """A program or a Python package, and how it reads a file; `read` raises Failed where there is no answer."""

    name: str
    read: Callable[[Call], Reading]
    package: bool = False
    in_bibtex: Skill = Skill()
    in_biblatex: Skill = Skill()

    def skill(self, dialect: str) -> Skill:
        """What it can do with a file in this dialect."""
        return self.in_biblatex if dialect == "biblatex" else self.in_bibtex

    def program(self) -> str:
        """What is run, or the empty string where it is not installed."""
        if self.package:
            return sys.executable if _package_version(self.name) else ""
        return shutil.which(self.name) or ""

    def version(self, call: Call) -> str:
        """Its version, or the empty string where it does not tell."""
        if self.package:
            return _package_version(self.name)
        try:
            head = call.run("--version").out.partition("\n")[0]
        except Failed:
            return ""
        found = re.search(r"\d+\.\w[\w.]*", head)
        return found[0] if found else ""


def _package_version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def chosen(names: Iterable[str]) -> list[Witness]:
    """The witnesses of these names, or all of them. Raises UsageError, naming the nearest one."""
    wanted = list(dict.fromkeys(names)) or list(WITNESSES)
    for name in wanted:
        if name not in WITNESSES:
            near = get_close_matches(name, WITNESSES, 1)
            advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(WITNESSES)}"
            raise UsageError(f"unknown witness {name!r}; {advice}")
    return [WITNESSES[name] for name in wanted]


def seen(key: str, people: Iterable[Person], title: str, year: str, *, can_tell: bool = True) -> Seen:
    """An entry whose list of authors may end in the word for more; `can_tell`: without the word there are no more."""
    authors = tuple(people)
    cut = authors[-1:] == (Person(OTHERS),)
    return Seen(key, authors[:-1] if cut else authors, title, year, cut or (False if can_tell else None))


def _latex(value: str) -> str:
    return text.plain(decode_text(value)).strip()


def _from_latex(answer: dict[str, Any]) -> Seen:
    """An answer whose parts are all in LaTeX."""
    people = (Person(**{part: _latex(value) for part, value in who.items()}) for who in answer["authors"])
    return seen(answer["key"], people, _title(answer["title"], answer["subtitle"]), _latex(answer["year"]))


def _title(title: str, subtitle: str) -> str:
    """A title with its subtitle, both in LaTeX; a subtitle alone is none."""
    return _latex(joined_title(title, subtitle) if title and subtitle else title)


@contextmanager
def _expected(what: str) -> Iterator[None]:
    """Failed, where what is read here has another shape: a program of that name may be anything."""
    try:
        yield
    except (ValueError, TypeError, LookupError, AttributeError, SyntaxError, RecursionError) as error:
        raise Failed(f"what it wrote is not {what}") from error


def _kept(done: Done, entries: Iterable[Seen]) -> Reading:
    """What was read in spite of complaints."""
    return Reading(tuple(entries), said=done.message() if done.code else "")


# ------------------------------------------------------------------------------------------------ Python packages

_SCRIPT = Path(__file__).with_name("python_readers.py")


def _package(call: Call, name: str) -> Reading:
    """In a process of its own, so that it has a time limit, and reads with nothing of bibkit loaded."""
    done = call.run("-P", "-W", "ignore", str(_SCRIPT), name, INPUT, "answer.json", PYTHONUTF8="1")
    answer = call.folder / "answer.json"
    if done.code or not answer.exists():
        raise Failed(done.message())
    with _expected("an answer"):
        return Reading(tuple(map(_from_latex, json.loads(answer.read_bytes()))))


def _pybtex(call: Call) -> Reading:
    return _package(call, "pybtex")


def _bibtexparser(call: Call) -> Reading:
    return _package(call, "bibtexparser")


# ------------------------------------------------------------------------------------------------ biber

_NAMESPACE = "{http://biblatex-biber.sourceforge.net/biblatexml}"
_RESOLVED = ("--output-resolve-crossrefs", "--output-resolve-xdata")


def _biber(call: Call) -> Reading:
    """By way of BibLaTeXML, which is read as XML: names in parts and in Unicode, titles in what LaTeX is left."""
    arguments = ("--tool", "--noconf", "--quiet", "--nolog", "--no-bltxml-schema", *_RESOLVED)
    done = call.run(*arguments, "--output-format=biblatexml", "--output-file=answer.xml", INPUT)
    answer = call.folder / "answer.xml"
    if not answer.exists():
        raise Failed(done.message())
    with _expected("BibLaTeXML"):
        entries = tuple(_biber_entries(answer))
    if done.code and not entries:
        raise Failed(done.message())
    return _kept(done, entries)


def _biber_entries(answer: Path) -> Iterator[Seen]:
    from xml.etree import ElementTree  # biber wrote it: it has no document type, so no entities of its own

    root = ElementTree.parse(answer).getroot()  # noqa: S314
    for entry in root.iter(f"{_NAMESPACE}entry"):
        title = _title(*(entry.findtext(f"{_NAMESPACE}{name}", "") for name in ("title", "subtitle")))
        listed = entry.find(f"{_NAMESPACE}names[@type='author']")
        people = tuple(_biber_person(name) for name in listed.iter(f"{_NAMESPACE}name")) if listed is not None else ()
        cut = listed is not None and listed.get("morenames") == "1"
        yield Seen(entry.attrib["id"], people, title, _biber_year(entry), cut)


def _biber_person(name: Any) -> Person:
    parts = {part.get("type"): _latex(" ".join(_words(part))) for part in name.findall(f"{_NAMESPACE}namepart")}
    family = " ".join(filter(None, (parts.get("prefix"), parts.get("family"))))
    return Person(family, parts.get("given", ""), parts.get("suffix", ""))


def _words(element: Any) -> list[str]:
    """A part of a name, or a date, is one text, or its words in elements."""
    return [word.strip() for word in element.itertext() if word.strip()]


def _biber_year(entry: Any) -> str:
    for date in entry.findall(f"{_NAMESPACE}date"):
        if date.get("type") is None:
            return _latex(next(iter(_words(date)), ""))
    return _latex(entry.findtext(f"{_NAMESPACE}year", ""))


# ------------------------------------------------------------------------------------------------ BibTeX

# A style that prints what BibTeX holds of each entry, a line for each thing: its first letter says what it is. BibTeX
# breaks lines at blanks, and begins what follows with two blanks.
_STYLE = r"""
ENTRY { author title subtitle year date } { } { }
INTEGERS { at }
FUNCTION {line} { * write$ newline$ }
FUNCTION {field} { swap$ duplicate$ missing$ { pop$ pop$ } { line } if$ }
FUNCTION {default.type}
{ newline$ "K" cite$ line
  title "T" field subtitle "S" field year "Y" field date "D" field
  author missing$ { } {
    #0 'at :=
    { at author num.names$ < }
    { at #1 + 'at :=
      "F" author at "{vv }{ll}" format.name$ line
      "G" author at "{ff}" format.name$ line
      "J" author at "{jj}" format.name$ line
    } while$
  } if$
}
"""
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
STYLE = (
    "\n".join(f'MACRO {{{month}}} {{"{month}"}}' for month in _MONTHS.split()) + _STYLE + "READ\nITERATE {call.type$}\n"
)
_AUX = "\\citation{*}\n\\bibstyle{verify}\n\\bibdata{verify}\n"
_COMPLAINT = re.compile(r"^(?!while executing).*---line .*|^I (?:couldn't|found no) .*|^Sorry---.*", re.MULTILINE)


def _bibtex(call: Call) -> Reading:
    """By a style of our own, from a list of citations that asks for every entry."""
    (call.folder / "verify.aux").write_text(_AUX, encoding="ascii")
    (call.folder / "verify.bst").write_text(STYLE, encoding="ascii")
    done = call.run("verify", BIBINPUTS=".", BSTINPUTS=".")
    answer = call.folder / "verify.bbl"
    with _expected("what our style prints"):
        entries = _bbl(answer.read_text(encoding="utf-8", errors="replace")) if answer.exists() else []
    complaints = " / ".join(_COMPLAINT.findall(done.out)[:3])
    if done.code and not entries:
        raise Failed(complaints or done.message())
    return Reading(tuple(entries), said=complaints if done.code > 1 else "")


_BROKEN = re.compile(r"\n  ")
_PARTS = {"F": "family", "G": "given", "J": "suffix"}


def _bbl(answer: str) -> list[Seen]:
    entries: list[dict[str, Any]] = []
    for line in filter(None, _BROKEN.sub(" ", answer).split("\n")):
        what, value = line[:1], line[1:].strip()
        if what == "K":
            entries.append({"key": value, "authors": [], "T": "", "S": "", "Y": "", "D": ""})
        elif what == "F":
            entries[-1]["authors"].append({"family": value})
        elif what in _PARTS:
            entries[-1]["authors"][-1][_PARTS[what]] = value
        elif what in "TSYD":
            entries[-1][what] = value
        else:
            raise ValueError(line)
    return [
        _from_latex(entry | {"title": entry["T"], "subtitle": entry["S"], "year": entry["Y"] or entry["D"]})
        for entry in entries
    ]


# ------------------------------------------------------------------------------------------------ pandoc

_PARTICLES = ("dropping-particle", "non-dropping-particle", "family", "literal")


def _pandoc(call: Call) -> Reading:
    """By way of CSL-JSON. It lowers titles that it takes for English ones."""
    done = call.run("--from", call.dialect, "--to", "csljson", INPUT)
    if done.code:
        raise Failed(done.message())
    with _expected("CSL-JSON"):
        return Reading(tuple(map(_csl_item, json.loads(done.out))))


def _csl_item(item: dict[str, Any]) -> Seen:
    people = (_csl_person(name) for name in item.get("author", ()))
    whole = item.get("title", "")
    title = whole if "container-title" in item else item.get("volume-title", whole)  # `whole` is of all volumes then
    return seen(str(item.get("id", "")), people, text.plain(title), _csl_year(item), can_tell=False)


def _csl_person(name: dict[str, str]) -> Person:
    family = " ".join(filter(None, map(name.get, _PARTICLES)))
    return Person(text.plain(family), text.plain(name.get("given", "")), text.plain(name.get("suffix", "")))


def _csl_year(item: dict[str, Any]) -> str:
    """CSL has no year zero; EDTF, and bibkit, do."""
    issued = item.get("issued", {})
    parts = issued.get("date-parts") or [[]]
    year = int(parts[0][0]) if parts[0] else 0
    return str(year + 1 if year < 0 else year) if year else str(issued.get("literal", issued.get("raw", "")))


_KNOWING = Skill(inherits=True, named_parts=True)
WITNESSES = {
    witness.name: witness
    for witness in (
        Witness("biber", _biber, in_bibtex=_KNOWING, in_biblatex=_KNOWING),
        Witness("bibtex", _bibtex),
        Witness("bibtexparser", _bibtexparser, package=True),
        Witness("pandoc", _pandoc, in_biblatex=_KNOWING),
        Witness("pybtex", _pybtex, package=True),
    )
}
