"""What bibkit itself sees in a file, in the shape in which it is compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

from bibkit import text
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_values import decode_text
from bibkit.record import Date, Name, Record
from bibkit.verify.compare import FIELDS
from bibkit.verify.model import Ours, Person, Seen

_PARENTS = frozenset({"crossref", "xdata", "xref"})
_SILENT = frozenset({"xdata", "set"})
_YEARS = frozenset({"year", "date"})
_NAMED_PARTS = re.compile(r"\b(?:family|given)(?:-i)?\s*=", re.IGNORECASE)


def entries(records: Iterable[Record], written: str) -> Iterator[Ours]:
    """The records beside the entries that they were read from, or written as: one for each, in this order."""
    for record, entry in zip(records, syntax.parse(written).entries(), strict=False):
        fields = {name.lower(): value for name, value in reversed(entry.pairs)}
        named_parts = bool(_NAMED_PARTS.search(fields.get("author", "")))
        addon = text.plain(decode_text(syntax.resolve(fields.get("titleaddon", "{}"), {})))
        silent = entry.type.lower() in _SILENT
        yield Ours(seen(record), *record.place(), _own(fields.keys()), named_parts, silent, addon)


def _own(fields: AbstractSet[str]) -> frozenset[str]:
    """What cannot come from a parent: what stands there, and everything where there is no parent."""
    if not fields & _PARENTS:
        return frozenset(FIELDS)
    said = fields & {"author", "title"}
    return frozenset(said | {"year"} if fields & _YEARS else said)


def seen(record: Record) -> Seen:
    """What bibkit sees of a record."""
    people = tuple(map(_person, record.authors))
    return Seen(record.key, people, text.plain(record.title), _year(record.issued), "author" in record.cut)


def _person(name: Name) -> Person:
    parts = (name.dropping_particle, name.non_dropping_particle, name.family, name.literal)
    return Person(" ".join(filter(None, parts)), name.given, name.suffix)


def _year(issued: Date | None) -> str:
    if issued is None:
        return ""
    known = issued.start or issued.end
    return str(known[0]) if known else issued.literal
