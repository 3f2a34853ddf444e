"""What stands where in a .bib file: keys of entries, and the keys that fields name."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from bibkit import formats
from bibkit.cited import GRANULAR, Blocks, Holding, Records
from bibkit.formats import ReadOptions
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_edit import key_span
from bibkit.record import Record

LINKS = frozenset({"crossref", "xref", "xdata", "related", "entryset"})  # fields that name entries by their keys
_WORD = re.compile(r"[^\s,{}\"]++")


class Named(NamedTuple):
    """A key where it stands: that of an entry itself (`own`), or one that a field of it names."""

    key: str
    start: int
    end: int
    own: bool


def at(blocks: Blocks, offset: int) -> Named | None:
    """The key at an offset, or just before it."""
    number = bisect_right(blocks.entries, offset, key=lambda entry: entry.start) - 1
    if number < 0 or offset > blocks.entries[number].end:
        return None
    named = (key_of(blocks, number), *links(blocks, number))
    return next((each for each in named if each.key and each.start <= offset <= each.end), None)


def key_of(blocks: Blocks, number: int) -> Named:
    """The key of an entry, by its number."""
    entry = blocks.entries[number]
    return Named(entry.key, *key_span(blocks.text, entry), own=True)


def links(blocks: Blocks, number: int) -> Iterator[Named]:
    """The keys that the fields of an entry name. What stands behind a macro is not looked at."""
    entry = blocks.entries[number]
    if not any(name.lower() in LINKS or "xdata" in raw for name, raw in entry.pairs):
        return
    for field in syntax.fields(blocks.text, entry):
        if field.name.lower() in LINKS and field.raw[:1] in ("{", '"'):
            for word in _WORD.finditer(blocks.text, field.value_start, field.value_end):
                yield Named(word[0], word.start(), word.end(), own=False)
        elif "xdata" in field.raw:
            for found in GRANULAR.finditer(blocks.text, field.value_start, field.value_end):
                yield Named(found[1], found.start(1), found.end(1), own=False)


def record(holding: Holding, number: int) -> Record | None:
    """An entry as a record, with what it inherits; None for a source that has keys alone."""
    if isinstance(holding, Records):
        return holding.records[number]
    if not isinstance(holding, Blocks):
        return None
    wanted = (holding.entries[each] for each in _with_parents(holding, number))
    pieces = (holding.definitions, *(holding.text[entry.start : entry.end] for entry in wanted))
    found = formats.get(holding.format)
    read = found.read("\n".join(pieces), holding.source, ReadOptions()) if found.read else iter(())
    return next((each for each in read if isinstance(each, Record)), None)


def _with_parents(blocks: Blocks, number: int) -> list[int]:
    """An entry and those that it inherits from, directly or not."""
    todo = [number]
    for each in todo:  # grows as it goes
        for _, keys in blocks.links(each, ("crossref", "xdata")):
            known = (blocks.numbers[key.lower()] for key in keys if key.lower() in blocks.numbers)
            todo += [parent for parent in known if parent not in todo]
    return todo
