"""What hangs on what: notes and attachments on items, annotations on attachments, collections in collections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bibkit.sync.model import Data, Kind
from bibkit.sync.state import Known

DEEPEST = 100  # of a chain of parents; a longer one is a circle


def above(data: Data | None) -> str:
    """The key of what an object hangs on; empty for one that stands by itself."""
    found = (data or {}).get("parentItem") or (data or {}).get("parentCollection") or ""
    return str(found)


def standing(kind: Kind, known: Mapping[str, Known]) -> dict[str, Data]:
    """What the server has and shows: not in the trash, and of items what hangs on none that is there or gone.

    Zotero marks the item that is thrown away, and not its notes.
    """
    found = {key: one.theirs for key, one in known.items() if one.theirs is not None and not one.theirs.get("deleted")}
    if kind == "collections":
        return found
    hung = {key for key, data in found.items() if above(data)}
    while lost := {key for key in hung if above(found[key]) not in found}:
        hung -= lost
        found = {key: data for key, data in found.items() if key not in lost}
    return found


def below(objects: Mapping[str, Data]) -> dict[str, list[str]]:
    """The keys of what hangs on each object."""
    found: dict[str, list[str]] = {}
    for key, data in objects.items():
        if parent := above(data):
            found.setdefault(parent, []).append(key)
    return found


def parents_first(keys: Iterable[str], *sides: Mapping[str, Data]) -> list[str]:
    """The keys, each after what it hangs on in one of the sides; equally deep ones in their order."""
    return sorted(keys, key=lambda key: (max(depth(key, side) for side in sides), key))


def depth(key: str, objects: Mapping[str, Data]) -> int:
    """How many objects there are above this one."""
    return sum(1 for _ in _upwards(key, objects))


def _upwards(key: str, objects: Mapping[str, Data]) -> Iterator[str]:
    for _ in range(DEEPEST):
        key = above(objects.get(key))
        if not key:
            return
        yield key


def replaced(data: Data) -> list[str]:
    """The keys of the items that were merged into this one, as Zotero writes it: `dc:replaces`."""
    found = (data.get("relations") or {}).get("dc:replaces") or []
    return [str(uri).rpartition("/")[2] for uri in (found if isinstance(found, list) else [found])]


def survivors(there: Mapping[str, Data]) -> dict[str, str]:
    """Which item stands for each one that was merged into another; merges of merged ones are followed."""
    direct = {other: key for key, data in there.items() for other in replaced(data) if other != key}
    found = {}
    for other in direct:
        key, seen = direct[other], {other}
        while key in direct and key not in there and key not in seen:
            seen.add(key)
            key = direct[key]
        if key in there and other not in there:
            found[other] = key
    return found
