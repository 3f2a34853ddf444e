"""The library in plain files: `seeds/zotero.json`, the items and collections as Zotero has them, made for git.

One object with two lists, `collections` and `items`, each sorted by key; a member a line; empty members and the
server's versions left out, so that a line changes only where somebody changed something. `bibkit build` reads it as
any other source, and it may be edited by hand: that is one side of the next merge.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from bibkit import files
from bibkit.problems import StateError
from bibkit.sync.model import EMPTY, OWN, Data

_LEFT_OUT = frozenset({"version"})
_HEAD = ("key", "parentItem", "parentCollection", "itemType", "name", "title", "creators")
_TAIL = ("tags", "collections", "relations", "dateAdded", "dateModified", OWN)


class Replica(msgspec.Struct):
    """Items and collections by their keys."""

    items: dict[str, Data] = msgspec.field(default_factory=dict)
    collections: dict[str, Data] = msgspec.field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Data]:
        """The objects of a kind."""
        found: dict[str, Data] = getattr(self, kind)
        return found


class _File(msgspec.Struct):
    collections: list[Data] = msgspec.field(default_factory=list)
    items: list[Data] = msgspec.field(default_factory=list)


def load(path: Path) -> tuple[Replica, bytes | None]:
    """The replica, and the bytes it was read from; an empty one where there is no file. Raises StateError."""
    if not path.exists():
        return Replica(), None
    content = files.read(str(path))
    if not content.readable:
        raise StateError(f"{path}: {content.problems[0].message}; restore it from git")
    return loads(content.text, str(path)), content.data


def loads(text: str, source: str) -> Replica:
    """The replica in a text: the form of `dumps`, or a bare list of items. Raises StateError."""
    try:
        found = msgspec.json.decode(text or "[]", type=_File | list[Data])
    except msgspec.DecodeError as error:
        line = _conflict_line(text)
        place = f"{source}:{line}" if line else source
        what = "git left conflict marks here" if line else f"no library of Zotero: {error}"
        raise StateError(f"{place}: {what}; mend it, or restore it from git and sync again") from error
    if isinstance(found, list):
        found = _File(items=found)
    return Replica(_by_key(found.items, source), _by_key(found.collections, source))


def _conflict_line(text: str) -> int:
    lines = text.split("\n")
    return next((number for number, line in enumerate(lines, 1) if line.startswith(("<<<<<<<", ">>>>>>>"))), 0)


def _by_key(objects: list[Data], source: str) -> dict[str, Data]:
    found: dict[str, Data] = {}
    for number, data in enumerate(objects, 1):
        key = data.get("key")
        if not isinstance(key, str) or not key:
            raise StateError(f"{source}: object {number} has no key; give new works in another file of seeds/")
        if key in found:
            raise StateError(f"{source}: two objects have the key {key}; delete one")
        found[key] = data
    return found


def dumps(replica: Replica) -> str:
    """The text of a replica: the same objects are the same bytes. `loads` is its inverse, but for empty members."""
    parts = [f'"{kind}": {_array(replica.of(kind))}' for kind in ("items", "collections")]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _array(objects: dict[str, Data]) -> str:
    if not objects:
        return "[]"
    shown = (msgspec.json.format(msgspec.json.encode(bare(objects[key])), indent=2) for key in sorted(objects))
    return "[\n" + ",\n".join(text.decode() for text in shown) + "\n]"


def bare(data: Data) -> Data:
    """An object without what is empty and without its version, its members in a settled order."""
    kept = {name: value for name, value in data.items() if value not in EMPTY and name not in _LEFT_OUT}
    middle = sorted(name for name in kept if name not in _HEAD and name not in _TAIL)
    return {name: kept[name] for name in (*_HEAD, *middle, *_TAIL) if name in kept}


def paths(collections: dict[str, Data]) -> dict[str, str]:
    """The path of each collection, `Papers/Video`, by its key. A circle ends where it began."""
    return {key: "/".join(reversed(list(_upwards(key, collections)))) for key in collections}


def _upwards(key: str, collections: dict[str, Data]) -> Any:
    seen: set[str] = set()
    while key in collections and key not in seen:
        seen.add(key)
        yield str(collections[key].get("name", "")).replace("/", "\u2215")
        key = str(collections[key].get("parentCollection") or "")
