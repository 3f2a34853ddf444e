"""Works on their way to a key: what each is known by, and their order, which depends on their content alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from bibkit.identity import as_word, identities, is_text, sight
from bibkit.record import Record, replace


class Work(msgspec.Struct, frozen=True, gc=False):
    """A record on its way to a key: what it is known by, and its place in the input."""

    place: int
    record: Record
    strong: tuple[str, ...]
    texts: tuple[str, ...]
    sight: str

    @property
    def identities(self) -> tuple[str, ...]:
        """All that it is known by."""
        return self.strong + self.texts

    @property
    def joined(self) -> tuple[str, ...]:
        """The identities that only some of its parts brought: they go with these if the parts part again."""
        if not self.record.parts:
            return ()
        known = [set(identities(part)) for part in leaves(self.record)]
        return tuple(sorted(set[str]().union(*known).difference(set[str].intersection(*known))))

    @property
    def year(self) -> int | None:
        """The year of publication, where it is known."""
        return self.record.issued.year if self.record.issued else None

    def dated(self) -> list[str]:
        """Its textual identities with the year, for works that share the bare ones: "Editorial", each year anew."""
        year = self.year
        return [f"{identity}@{year}" for identity in self.texts if year is not None]


def ranked(records: Iterable[Record]) -> list[Work]:
    """The works in an order that depends on their content alone: by date, then by identities."""
    works = []
    for place, record in enumerate(records):
        known = identities(record)
        texts = tuple(filter(is_text, known))
        works.append(Work(place, record, known[: len(known) - len(texts)], texts, sight(record, known)))
    sights = Counter(work.sight for work in works)
    return sorted(works, key=lambda work: _rank(work, twin=sights[work.sight] > 1))


def _rank(work: Work, *, twin: bool) -> tuple[tuple[int, ...], tuple[str, ...], str, str, int, str]:
    date = work.record.issued
    start = date.start if date and date.start else (9999,)
    key = work.record.key if twin else ""
    return (start, work.identities, work.sight, _content(work.record) if twin else "", len(key), key)


def _content(record: Record) -> str:
    """All of a record but its key and where it came from."""
    bare = replace(record, key="", aliases=(), origins=(), traces={}, parts=())
    return repr(msgspec.to_builtins(bare, order="deterministic"))


def leaves(record: Record) -> Iterator[Record]:
    """The entries that a work was merged from, or itself."""
    if not record.parts:
        yield record
    for part in record.parts:
        yield from leaves(part)


def source_word(record: Record) -> str:
    """The source of a work, as a lock holds it: of several the one that brought the key, then the first by name."""
    parts = list(leaves(record))
    bringing = [part for part in parts if part.key and part.key == record.key] or parts
    return as_word(min(filter(None, (part.place()[0] for part in bringing)), default=record.place()[0]))
