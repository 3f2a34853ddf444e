"""The text of an excerpt: picked entries copied as they stand, or by way of records where the format is another one.

An entry of a .bib file that the program can read is copied character for character, with the macros that it uses and
the `@preamble` of its file. Only this is changed: its key where it is cited by an alias, letters that the program does
not sort (`Program.latex`), and macros that mean different things in different places of the library.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from bibkit import cited, formats, latex
from bibkit.cited import GRANULAR, Blocks, Holding, Picked, Program
from bibkit.edits import Edit, apply_edits
from bibkit.formats import WriteOptions
from bibkit.formats import bibtex_edit as edit
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_blocks import value_end
from bibkit.formats.bibtex_dialect import BIBLATEX, BIBTEX
from bibkit.formats.bibtex_read import read_document
from bibkit.formats.bibtex_syntax import Entry, StringBlock
from bibkit.problems import Problem, UnknownFormat
from bibkit.record import Record, replace
from bibkit.text import MATH_PATTERN

HEADER = "% Written by `bibkit tex export`: what one document cites. Changes made here are lost.\n"

_DIALECTS = {dialect.name: dialect for dialect in (BIBTEX, BIBLATEX)}
BIB = frozenset(_DIALECTS)

# What BibTeX's styles do not know, by what they know instead: an entry that has one without the other is converted.
# BibLaTeX knows all of BibTeX's names (manual 2.2.5); there this matters where its own ones are asked for.
_FIELDS = (("journaltitle", "journal"), ("date", "year"))
_NO_BIBTEX = frozenset("collection mvbook mvcollection mvproceedings mvreference reference report thesis".split())


def _is_bibtex(entry: Entry) -> bool:
    """Whether BibTeX's styles take an entry as it stands. They print other types that they do not know as @misc."""
    names = {name.lower() for name, _ in entry.pairs}
    known = all(theirs not in names or ours in names for theirs, ours in _FIELDS)
    inherits = "xdata" in names or any("xdata" in raw and GRANULAR.search(raw) for _, raw in entry.pairs)
    return known and not inherits and entry.type.lower() not in _NO_BIBTEX


def _is_biblatex(entry: Entry) -> bool:
    """Whether an entry has none of the names that only BibTeX needs."""
    names = {name.lower() for name, _ in entry.pairs}
    return all(ours not in names or theirs in names for theirs, ours in _FIELDS)


def text(
    picked: Sequence[Picked], to: str, reader: Program, holdings: Iterable[Holding], *, converted: bool = False
) -> Iterator[str | Problem]:
    """The picked entries in this format, in their order; Problems about entries that are picked, and about losses.

    With `converted`, what is BibTeX is converted to BibLaTeX though Biber reads it. Raises UnknownFormat.
    """
    yield from _problems(picked)
    write = _writer(to, reader.latex)
    if to not in BIB:
        records = _Records(picked)  # those that are cited have by now what they inherit
        yield from records.problems
        yield from formats.guarded(formats.get(to), write(records.of(one) for one in picked if one.cited))
        return
    copier = _Copier(_copied(picked, to, converted), holdings, reader.latex)
    pieces = [*copier.head(), *_entries(printed(picked, to), picked, copier, write)]
    yield from (piece for piece in pieces if isinstance(piece, Problem))
    yield HEADER.rstrip() + copier.newline
    yield from (f"{copier.newline}{piece.rstrip()}{copier.newline}" for piece in pieces if isinstance(piece, str))


def printed(picked: Sequence[Picked], to: str) -> list[Picked]:
    """The picked entries that stand in the text; what is only inherited from is not needed in every format."""
    if to not in BIB:
        return [one for one in picked if one.cited]
    return [one for one in picked if one.cited or to == "biblatex" or not _is_xdata(one)]


def _is_xdata(one: Picked) -> bool:
    entry = _block(one)
    return entry is not None and entry.type.lower() == "xdata"


def _block(one: Picked) -> Entry | None:
    holding = one.found.holding
    return holding.entries[one.found.at] if isinstance(holding, Blocks) else None


def _copied(picked: Iterable[Picked], to: str, converted: bool) -> list[Picked]:
    """The entries that the program reads as they stand."""
    takes = _is_bibtex if to == "bibtex" else _is_biblatex if converted else (lambda _: True)
    return [one for one in picked if (entry := _block(one)) and takes(entry)]


Write = Callable[[Iterable[Record]], Iterator[str | Problem]]


def _writer(to: str, target: latex.Target) -> Write:
    write = formats.get(to).write
    if write is None:
        raise UnknownFormat(f"{to} can be read but not written")
    options = WriteOptions(latex=target, protect=True)
    return lambda records: write(records, options)


def _problems(picked: Iterable[Picked]) -> Iterator[Problem]:
    """What is wrong with the entries that are picked from .bib files."""
    for source, places in _places(picked):
        if isinstance(source, Blocks):
            blocks = [source.entries[at] for at in places]
            yield from syntax.problems(blocks, source.text, source.source, source.lines)


def _places(picked: Iterable[Picked]) -> Iterator[tuple[Holding, list[int]]]:
    """What is picked from each source, in its order."""
    found: dict[int, tuple[Holding, set[int]]] = {}
    for one in picked:
        found.setdefault(id(one.found.holding), (one.found.holding, set()))[1].add(one.found.at)
    return ((holding, sorted(places)) for holding, places in found.values())


def _entries(
    printed: Iterable[Picked], picked: Sequence[Picked], copier: _Copier, write: Write
) -> Iterator[str | Problem]:
    """The text of each entry, copied where it can be."""
    printed = list(printed)
    records = _Records([] if all(map(copier.has, printed)) else picked)
    yield from records.problems
    for one in printed:
        if copier.has(one):
            yield copier.entry(one)
        else:
            yield from write([records.of(one)])


# ------------------------------------------------------------------------------------------------ by way of records


class _Records:
    """The picked entries as records, and what is to be said of them."""

    def __init__(self, picked: Iterable[Picked]) -> None:
        self.found: dict[tuple[int, int], Record] = {}
        self.problems: list[Problem] = []
        for holding, places in _places(picked):
            made = self.read(holding, places) if isinstance(holding, Blocks) else []
            if isinstance(holding, cited.Records):
                made = [holding.records[at] for at in places]
            self.found |= {(id(holding), at): record for at, record in zip(places, made, strict=True)}

    def read(self, holding: Blocks, places: Iterable[int]) -> list[Record]:
        """These entries as if the file held no others: what they inherit from is among them."""
        strings: list[syntax.Block] = [block for block in holding.blocks if type(block) is StringBlock]
        blocks = [*strings, *(holding.entries[at] for at in places)]
        part = syntax.Document(holding.text, blocks, [], holding.source, holding.lines)
        items = list(read_document(part, _DIALECTS[holding.format]))
        self.problems += (one for one in items if isinstance(one, Problem) and one.code != "bibtex-no-parent")
        return [item for item in items if isinstance(item, Record)]

    def of(self, one: Picked) -> Record:
        """The record of a picked entry, with the key that it is to have."""
        record = self.found[id(one.found.holding), one.found.at]
        return record if record.key == one.key else replace(record, key=one.key, aliases=())


# ------------------------------------------------------------------------------------------------ as they stand


class _Copier:
    """Copies entries of some .bib files, with what they need of these files."""

    def __init__(self, picked: Sequence[Picked], holdings: Iterable[Holding], target: latex.Target) -> None:
        self.target = target
        self.picked = {id(one) for one in picked}
        self.places = {id(holding): places for holding, places in _places(picked)}
        self.sources = [one for one in holdings if isinstance(one, Blocks) and id(one) in self.places]
        self.known = {id(source): source for source in self.sources}
        self.newline = edit.newline(self.sources[0].text) if self.sources else "\n"

    def has(self, one: Picked) -> bool:
        """Whether this entry is to be copied."""
        return id(one) in self.picked

    def entry(self, one: Picked) -> str:
        """An entry as it stands, but for what must be changed."""
        source = self.known[id(one.found.holding)]
        block = source.entries[one.found.at]
        edits = self.macro_edits(source, block) if self.ambiguous else []
        if self.target == "ascii" and not source.text.isascii():
            edits += _ascii_edits(source.text, block)
        if one.key != block.key:
            edits += edit.set_key(source.text, block, one.key)
        raw = _applied(source.text, block, edits)
        if all(fault.severity != "error" for fault in block.faults):
            return raw
        return _mended(block, one.key)  # as it stands it would swallow the next one

    # -------------------------------------------------------------------------------------------- macros

    @cached_property
    def macros(self) -> _Macros:
        """What the macros of these files mean."""
        return _Macros(self.sources)

    @cached_property
    def ambiguous(self) -> frozenset[str]:
        """The macros that mean different things in different places."""
        return frozenset(name for name, values in self.macros.meanings.items() if len(values) > 1)

    def macro_edits(self, source: Blocks, block: Entry) -> list[Edit]:
        """Put what an ambiguous macro means here in its place."""
        fields = [field for field in syntax.fields(source.text, block) if _may_hold_macros(field.raw)]
        bare = [part for field in fields for part in field.parts if part.kind == "bare"]
        known = self.macros.before(source, block.start)
        return [
            (part.start, part.end, f"{{{known[part.text.lower()]}}}")
            for part in bare
            if part.text.lower() in self.ambiguous and part.text.lower() in known
        ]

    def head(self) -> Iterator[str]:
        """The macros that the copied entries use, and the preambles of their files."""
        preambles = [(each, block) for each in self.sources for block in each.blocks if type(block) is syntax.Preamble]
        raws = [raw for each in self.sources for at in self.places[id(each)] for _, raw in each.entries[at].pairs]
        used = _used([*raws, *(block.raw for _, block in preambles)]) - self.ambiguous
        yield from self.macros.defining(used, self.ambiguous)
        for source, block in preambles:
            yield _applied(source.text, block, [])


class _Macros:
    """The `@string` blocks of some files that are read one after the other."""

    def __init__(self, sources: Sequence[Blocks]) -> None:
        self.blocks = [(each, block) for each in sources for block in each.blocks if type(block) is StringBlock]
        self.order = {id(source): number for number, source in enumerate(sources)}
        self.meanings: dict[str, set[str]] = {}
        self.known: list[tuple[tuple[int, int], str, str]] = []  # file and offset; name; what it means from here on
        known: dict[str, str] = {}
        for source, block in self.blocks:
            for name, raw in block.pairs:
                known[name.lower()] = meaning = syntax.resolve(raw, known)
                self.meanings.setdefault(name.lower(), set()).add(meaning)
                self.known.append(((self.order[id(source)], block.start), name.lower(), meaning))

    def before(self, source: Blocks, place: int) -> dict[str, str]:
        """What the macros mean at a place of a file."""
        here = self.order[id(source)], place
        return {name: meaning for defined, name, meaning in self.known if defined < here}

    def defining(self, names: frozenset[str], without: frozenset[str]) -> Iterator[str]:
        """The blocks that define these macros and those that they use, each once, in their order."""
        needed = set(names)
        chosen: list[str] = []
        for source, block in reversed(self.blocks):
            if not needed.isdisjoint(name.lower() for name, _ in block.pairs):
                needed |= _used([raw for _, raw in block.pairs]) - without
                chosen.append(_applied(source.text, block, []))
        yield from dict.fromkeys(reversed(chosen))


def _may_hold_macros(raw: str) -> bool:
    return raw[:1] not in ("{", '"') or "#" in raw


def _used(raws: Iterable[str]) -> frozenset[str]:
    """The names of the macros in these values."""
    found = (part for raw in raws if _may_hold_macros(raw) for part in syntax.parts(raw))
    return frozenset(part.text.lower() for part in found if part.kind == "bare" and not part.text.isdecimal())


# ------------------------------------------------------------------------------------------------ small changes


def _applied(text: str, block: syntax.Block, edits: Iterable[Edit]) -> str:
    """The text of a block with these edits, whose offsets are those of the whole text."""
    moved = [(start - block.start, end - block.start, new) for start, end, new in edits]
    return apply_edits(text[block.start : block.end], moved)


_VERBATIM = frozenset(
    "doi eprint file pdf url urlraw verba verbb verbc ids crossref xref xdata related entryset".split()
)
_LETTERS = re.compile(
    rf"(?P<math>{MATH_PATTERN})|(?:[^\x00-\x7f]|[A-Za-z](?=[\u0300-\u036f]))[^\x00-\x7f]*+", re.DOTALL
)


def _ascii_edits(text: str, block: Entry) -> list[Edit]:
    """Commands for the letters beyond ASCII; those in formulas and addresses stay."""
    edits: list[Edit] = []
    if text[block.start : block.end].isascii():
        return edits
    for field in syntax.fields(text, block):
        if not field.raw.isascii() and field.name.lower() not in _VERBATIM:
            for found in _LETTERS.finditer(text, field.value_start, field.value_end):
                if not found["math"]:
                    edits.append((*found.span(), _command(found[0])))
    return edits


def _command(letters: str) -> str:
    return latex.encode(unicodedata.normalize("NFC", letters), target="ascii", protect=False, foreign="keep")


def _mended(block: Entry, key: str) -> str:
    """The entry written anew from what could be read of it."""
    pairs = [(name, edit.Bare(raw) if _is_whole(raw) else raw.strip('{}"')) for name, raw in block.pairs]
    return edit.write_entry(block.type, key, pairs, edit.Style())


def _is_whole(raw: str) -> bool:
    return bool(raw) and value_end(raw, 0, len(raw)) == len(raw)
