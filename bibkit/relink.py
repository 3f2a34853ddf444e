"""Fields that name other entries by their keys: they follow when those entries get other keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bibkit.lock import caseless
from bibkit.record import Record, replace
from bibkit.works import leaves

# biblatex manual 2.2.3 and 2.3.6: fields with a key, or with keys between commas.
FIELDS = tuple(f"bibtex:{name}" for name in ("crossref", "entryset", "related", "xdata", "xref"))
_KEY = re.compile(r"[^,\s]+")


def relinked(before: Sequence[Record], after: list[Record]) -> list[Record]:
    """The records with their keys of now in fields that name entries; `before` are the same ones as they came.

    An entry is looked for in the source that names it, then in all, where only one work has the key. What is not
    found stays as it stands.
    """
    if not any(field in record.extra for record in after for field in FIELDS):
        return after
    places: dict[tuple[str, str], str] = {}
    anywhere: defaultdict[str, set[str]] = defaultdict(set)
    for old, new in zip(before, after, strict=True):
        for source, key in _incoming(old):
            places[source, key] = new.key
            anywhere[key].add(new.key)
    sure = {key: next(iter(keys)) for key, keys in anywhere.items() if len(keys) == 1}
    return [_follow(old, new, places, sure) for old, new in zip(before, after, strict=True)]


def _incoming(record: Record) -> Iterator[tuple[str, str]]:
    for one in (record, *leaves(record)):
        for name in filter(None, (one.key, *one.aliases)):
            yield one.place()[0], caseless(name)


def _follow(old: Record, new: Record, places: dict[tuple[str, str], str], sure: dict[str, str]) -> Record:
    named = [field for field in FIELDS if isinstance(new.extra.get(field), str)]
    if not named:
        return new
    sources = sorted({one.place()[0] for one in leaves(old)})

    def now(found: re.Match[str]) -> str:
        key = caseless(found[0])
        near = (places[source, key] for source in sources if (source, key) in places)
        return next(near, sure.get(key, found[0]))

    return replace(new, extra={**new.extra, **{field: _KEY.sub(now, new.extra[field]) for field in named}})
