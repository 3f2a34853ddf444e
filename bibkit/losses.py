"""What was lost on the way: the values of a record that another one does not have.

A format whose records can be read back says with this, value by value, what it cannot hold: what is reported is then
exactly what is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from bibkit.record import Record

_DASH = re.compile(r"\s*[-‐‑‒–—−]+\s*")


def losses(before: Record, after: Record) -> Iterator[tuple[str, Any, Any]]:
    """The variables of `before` that are otherwise in `after`: name, value, and what is there instead (None: nothing).

    Compared are type, key, texts, names, dates, `cut`, keywords, `extra` and aliases; origins and traces say where a
    record comes from and are not part of it. Dashes in page ranges are one, and so are a typewriter's apostrophe and a
    typographic one. What only `after` has is no loss.
    """
    if before.type != after.type:
        yield "type", before.type, after.type
    if before.key and before.key != after.key:
        yield "key", before.key, after.key or None
    for mine, theirs in ((before.texts, after.texts), (before.names, after.names), (before.dates, after.dates)):
        yield from _values(mine, theirs)
    yield from (("cut", variable, None) for variable in before.cut if variable not in after.cut)
    if before.keywords and before.keywords != after.keywords:
        yield "keyword", before.keywords, after.keywords or None
    yield from _values(before.extra, after.extra)
    yield from (("aliases", alias, None) for alias in before.aliases if alias not in after.aliases)


def _values(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name, value in mine.items():
        found = theirs.get(name)
        if value and value != found and not (_same_pages(name, value, found) or _same_but_quotes(value, found)):
            yield name, value, found


TYPEWRITER = str.maketrans("’", "'")


def _same_but_quotes(value: Any, found: Any) -> bool:
    if type(value) is not type(found):
        return False
    one, other = (msgspec.json.encode(each).decode().translate(TYPEWRITER) for each in (value, found))
    return one == other


def _same_pages(name: str, value: Any, found: Any) -> bool:
    return name in ("page", "locator") and isinstance(found, str) and _DASH.sub("-", value) == _DASH.sub("-", found)
