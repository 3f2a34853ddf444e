"""Which entries of a library a document needs: those that it cites, and those that they refer to.

Nothing is converted here. A .bib file is looked at in its blocks, so that 50,000 entries cost no more than being read.
What the programs tell apart and what they follow is in `PROGRAMS`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from string import ascii_lowercase, ascii_uppercase
from typing import Literal, NamedTuple, Protocol

import msgspec

from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_dialect import PREFIX
from bibkit.latex import Target
from bibkit.lines import Lines
from bibkit.problems import Problem
from bibkit.record import Record

# ------------------------------------------------------------------------------------------------ who reads it

_BIBLATEX_LINKS = ("crossref", "xref", "xdata", "related", "entryset")


class Program(msgspec.Struct, frozen=True):
    """What reads the bibliography, and how."""

    name: str
    format: str
    latex: Target  # how letters beyond ASCII are written
    caseless: bool  # keys that differ in case alone are one
    knows_ids: bool  # an entry is also found by the keys in its `ids`
    parents_last: bool  # an entry must stand before the one that its `crossref` names
    links: tuple[str, ...]  # fields that name other entries which the program then needs


# BibTeX: btxdoc 2.1 (crossref, and the order that it wants) and bibtex.web (keys are lowered before they are compared).
# It knows no `ids`, and no `xdata`: what is inherited by that is put into the entry itself. Which parents it prints
# (min-crossrefs) it counts among the cited entries, so it finds the same in an excerpt. Biber: biblatex manual, 2.4.1
# and 3.13.6. The last row is for pandoc and Typst.
PROGRAMS: Mapping[str, Program] = {
    program.name: program
    for program in (
        Program("bibtex", "bibtex", "ascii", True, False, True, ("crossref", "xdata")),
        Program("biblatex with BibTeX", "biblatex", "ascii", True, False, True, _BIBLATEX_LINKS),
        Program("biber", "biblatex", "utf8", False, True, False, _BIBLATEX_LINKS),
        Program("csl", "biblatex", "utf8", False, False, False, _BIBLATEX_LINKS),
    )
}

Order = Literal["key", "cited"]

_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def program(dialect: str, backend: str) -> Program:
    """The program that reads the bibliography of a document of this dialect; BibTeX where nothing is known."""
    if dialect == "biblatex":
        return PROGRAMS["biblatex with BibTeX" if backend.startswith("bibtex") else "biber"]
    return PROGRAMS.get(dialect, PROGRAMS["bibtex"])


def reading(format_name: str, usual: Program) -> Program:
    """The program of a document, or else the one that reads the format that is asked for."""
    if format_name == usual.format:
        return usual
    return PROGRAMS[{"bibtex": "bibtex", "biblatex": "biber"}.get(format_name, "csl")]


# ------------------------------------------------------------------------------------------------ what holds entries

Link = tuple[str, tuple[str, ...]]  # a field, and the keys that it may mean, the likeliest first


class Holding(Protocol):
    """Entries of one source, by their number."""

    source: str

    def keys(self) -> Sequence[str]:
        """The key of each entry."""

    def aliases(self) -> Iterator[tuple[str, int]]:
        """Every other key, with the entry that has it."""

    def links(self, at: int, fields: Sequence[str]) -> Iterator[Link]:
        """What an entry says in these fields of other entries."""

    def place(self, at: int) -> tuple[str, int]:
        """Source and line of an entry."""


# An `xdata=KEY-FIELD-INDEX` inside a value (biblatex manual 3.13.6); a key may have dashes of its own.
GRANULAR = re.compile(r"\bxdata\s*+=\s*+([^\s,{}=]++)")


class Blocks:
    """A .bib file as its blocks."""

    def __init__(self, text: str, source: str, format_name: str) -> None:
        self.text, self.source, self.format = text, source, format_name
        self.blocks = list(syntax.blocks(text))
        self.entries = [block for block in self.blocks if type(block) is syntax.Entry]
        self.lines = Lines(text)

    def problems(self) -> Iterator[Problem]:
        """What is wrong with the file."""
        return syntax.problems(self.blocks, self.text, self.source, self.lines)

    @cached_property
    def strings(self) -> dict[str, str]:
        """The macros of the file."""
        return syntax.macros(self.blocks)

    @cached_property
    def definitions(self) -> str:
        """What defines the macros, as it stands."""
        return "\n".join(
            self.text[block.start : block.end] for block in self.blocks if type(block) is syntax.StringBlock
        )

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The entries by their keys in lower case; of equal keys the first."""
        return {self.entries[at].key.lower(): at for at in range(len(self.entries) - 1, -1, -1)}

    def keys(self) -> Sequence[str]:
        """See `Holding`."""
        return [entry.key for entry in self.entries]

    def aliases(self) -> Iterator[tuple[str, int]]:
        """See `Holding`."""
        for at, entry in enumerate(self.entries):
            for name, raw in entry.pairs:
                if name.lower() == "ids":
                    yield from ((alias, at) for alias in _listed(syntax.resolve(raw, self.strings)))

    def links(self, at: int, fields: Sequence[str]) -> Iterator[Link]:
        """See `Holding`."""
        for name, raw in self.entries[at].pairs:
            if name.lower() in fields:
                for key in _listed(syntax.resolve(raw, self.strings)):
                    yield name.lower(), (key,)
            elif "xdata" in fields and "xdata" in raw:
                yield from (("xdata", _prefixes(found)) for found in GRANULAR.findall(raw))

    def place(self, at: int) -> tuple[str, int]:
        """See `Holding`."""
        return self.source, self.lines.place(self.entries[at].start)[0]


class Records:
    """A source of any other format, as its records."""

    def __init__(self, records: Iterable[Record], source: str) -> None:
        self.records, self.source = list(records), source

    def keys(self) -> Sequence[str]:
        """See `Holding`."""
        return [record.key for record in self.records]

    def aliases(self) -> Iterator[tuple[str, int]]:
        """See `Holding`."""
        return ((alias, at) for at, record in enumerate(self.records) for alias in record.aliases)

    def links(self, at: int, fields: Sequence[str]) -> Iterator[Link]:
        """See `Holding`."""
        for field in fields:
            for key in _listed(str(self.records[at].extra.get(PREFIX + field, ""))):
                yield field, (key,)

    def place(self, at: int) -> tuple[str, int]:
        """See `Holding`."""
        return self.records[at].place()


def _listed(value: str) -> list[str]:
    return [key.strip() for key in value.split(",") if key.strip()]


def _prefixes(name: str) -> tuple[str, ...]:
    words = name.split("-")
    return tuple("-".join(words[:size]) for size in range(len(words), 0, -1))


# ------------------------------------------------------------------------------------------------ the catalogue


class Found(NamedTuple):
    """An entry of a library, and how it was found. The entry is `holding.keys()[at]`."""

    holding: Holding
    at: int
    key: str  # its own
    by: Literal["key", "alias"]


class Catalog:
    """The entries of several sources by their keys, as one program tells keys apart; of equal keys the first counts."""

    def __init__(self, holdings: Iterable[Holding], *, caseless: bool) -> None:
        self.holdings = list(holdings)
        self.fold: Callable[[str], str] = _lowered if caseless else str
        self.by_key: dict[str, Found] = {}
        self.doubled: dict[str, list[Found]] = {}
        for found in self._all():
            first = self.by_key.setdefault(self.fold(found.key), found)
            if first is not found:
                self.doubled.setdefault(self.fold(found.key), []).append(found)

    def _all(self) -> Iterator[Found]:
        for holding in self.holdings:
            for at, key in enumerate(holding.keys()):
                if key:
                    yield Found(holding, at, key, "key")

    @cached_property
    def by_alias(self) -> dict[str, Found]:
        """The entries by what else they are called."""
        named: dict[str, Found] = {}
        for holding in self.holdings:
            keys = holding.keys()
            for alias, at in holding.aliases():
                named.setdefault(self.fold(alias), Found(holding, at, keys[at], "alias"))
        return named

    @cached_property
    def by_letters(self) -> dict[str, str]:
        """Each key by its letters alone, whatever their case."""
        return {key.casefold(): found.key for key, found in reversed(self.by_key.items())}

    def find(self, key: str) -> Found | None:
        """The entry that has this key, or else the one that has it as an alias."""
        folded = self.fold(key)
        return self.by_key.get(folded) or self.by_alias.get(folded)

    def first(self, keys: Iterable[str]) -> tuple[str, Found] | None:
        """The first of these keys that there is, with its entry."""
        return next(((key, found) for key in keys if (found := self.find(key))), None)


def _lowered(key: str) -> str:
    """In small letters, as BibTeX knows them: A to Z."""
    return key.translate(_LOWER)


# ------------------------------------------------------------------------------------------------ the choice


class Wanted(msgspec.Struct, frozen=True):
    """A key that a document cites, and where it does so first."""

    key: str
    file: str = ""
    line: int = 0
    column: int = 0


class Picked(msgspec.Struct, frozen=True):
    """An entry that the document needs, and the key that it must have there."""

    key: str
    found: Found
    cited: bool  # else another entry refers to it


class Choice(msgspec.Struct, frozen=True):
    """What was picked, in the order in which it is to be written; the keys that nobody has; what is worth saying."""

    picked: tuple[Picked, ...]
    missing: tuple[Wanted, ...]
    problems: tuple[Problem, ...]


def choose(
    wanted: Iterable[Wanted], catalog: Catalog, reader: Program, *, everything: bool = False, order: Order = "key"
) -> Choice:
    """The entries for these keys, each once, with all entries that they refer to directly or not.

    `order` is `key`, or `cited`: as first cited, and then what these refer to. Where the program wants it, an entry
    that others name in `crossref` stands behind them.
    """
    choosing = _Choosing(catalog, reader)
    for want in wanted:
        choosing.cite(want)
    if everything:
        choosing.cite_all()
    choosing.follow()
    picked = sorted(choosing.picked.values(), key=_by_key) if order == "key" else [*choosing.picked.values()]
    if reader.parents_last:
        height = _generations(picked, catalog)
        picked.sort(key=lambda one: height.get((id(one.found.holding), one.found.at), 0))
    return Choice(tuple(picked), tuple(choosing.missing), tuple(choosing.problems))


def _by_key(picked: Picked) -> tuple[str, str]:
    return picked.key.casefold(), picked.key


class _Choosing:
    """A choice in the making."""

    def __init__(self, catalog: Catalog, reader: Program) -> None:
        self.catalog, self.reader = catalog, reader
        self.picked: dict[tuple[int, int, str], Picked] = {}
        self.missing: list[Wanted] = []
        self.problems: list[Problem] = []
        self.asked: set[str] = set()

    def cite(self, want: Wanted) -> None:
        """Pick what a key of the document means."""
        if want.key in self.asked:
            return
        self.asked.add(want.key)
        found = self.catalog.find(want.key)
        if found is None:
            self.missing.append(want)
            return
        self.say_if_doubled(want, found)
        if self.pick(want.key, found, cited=True):
            self.say_if_alias(want, found)

    def cite_all(self) -> None:
        """Pick every entry that is not picked yet."""
        for found in self.catalog.by_key.values():
            self.pick(found.key, found, cited=True)

    def pick(self, key: str, found: Found, *, cited: bool) -> Picked | None:
        """The entry, if it is new here. One that the program does not know by this alias is picked under it."""
        name = key if found.by == "alias" and not self.reader.knows_ids else found.key
        place = (id(found.holding), found.at, self.catalog.fold(name))
        if place in self.picked:
            return None
        self.picked[place] = Picked(name, found, cited)
        return self.picked[place]

    def follow(self) -> None:
        """Pick what the picked entries refer to, and what these do."""
        todo = [*self.picked.values()]
        for one in todo:  # grows as it goes
            for field, keys in one.found.holding.links(one.found.at, self.reader.links):
                match = self.catalog.first(keys)
                if match is None:
                    self.problems.append(_no_parent(one, field, keys[0]))
                elif new := self.pick(*match, cited=False):
                    todo.append(new)

    def say_if_alias(self, want: Wanted, found: Found) -> None:
        if found.by == "alias" and not self.reader.knows_ids:
            message = f"{want.key} is an alias of {found.key}; {self.reader.name} knows no aliases, so it gets an entry"
            self.say("cite-alias", message, want)
            if (id(found.holding), found.at, self.catalog.fold(found.key)) in self.picked:
                self.say("cite-twice", f"{want.key} and {found.key} are cited, which are one work", want)

    def say_if_doubled(self, want: Wanted, found: Found) -> None:
        others = self.catalog.doubled.get(self.catalog.fold(found.key), ()) if found.by == "key" else ()
        for other in others:
            (source, line), (first, first_line) = other.holding.place(other.at), found.holding.place(found.at)
            message = f"the key {other.key} is there before, in {first}:{first_line}; that entry is taken"
            self.problems.append(Problem("bibtex-duplicate-key", message, "warning", source, line, key=want.key))

    def say(self, code: str, message: str, want: Wanted) -> None:
        self.problems.append(Problem(code, message, "warning", want.file, want.line, want.column, key=want.key))


def _no_parent(one: Picked, field: str, key: str) -> Problem:
    source, line = one.found.holding.place(one.found.at)
    message = f"{field} = {{{key}}}: there is no such entry in the library"
    return Problem("bibtex-no-parent", message, "warning", source, line, key=one.key)


_MOST_GENERATIONS = 20  # BibTeX itself looks one up; a circle would go on for ever


def _generations(picked: Sequence[Picked], catalog: Catalog) -> dict[tuple[int, int], int]:
    """For each entry that others name in `crossref`: the longest way up to it."""
    parents: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for one in picked:
        found = [catalog.first(keys) for _, keys in one.found.holding.links(one.found.at, ("crossref",))]
        parents[id(one.found.holding), one.found.at] = [(id(up.holding), up.at) for _, up in filter(None, found)]
    height: dict[tuple[int, int], int] = {}
    rising = list(parents)
    for generation in range(1, _MOST_GENERATIONS):
        rising = [*dict.fromkeys(up for low in rising for up in parents.get(low, ()))]
        height.update(dict.fromkeys(rising, generation))
    return height
