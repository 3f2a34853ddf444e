"""The project's side of a sync: the items that its works are, made of the replica and of all other sources.

The replica's item stands; what another source says goes into it where that source changed since the last sync, or
where the item says nothing. A work that no item is of gets a new one. Pure: nothing is written here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from bibkit import dedupe
from bibkit.formats import zotero
from bibkit.identity import identities
from bibkit.problems import Problem
from bibkit.record import Json, Record
from bibkit.sync.merge import three_way, with_citation_key
from bibkit.sync.model import BOOKKEEPING, KEY_LETTERS, OWN, Data
from bibkit.sync.replica import Replica, bare, paths
from bibkit.sync.state import Known

ITEM_KEY = "zotero:key"
NO_KEYWORDS: Mapping[str, str] = MappingProxyType({})  # keyword -> key of its collection
_KEY_LENGTH = 8


class Ours(msgspec.Struct):
    """The project's side: items by key; what the other sources say of each; the identities of its work.

    `joined` are the items that were one work here: the survivor, then the others. `new` are keys without an item yet.
    """

    items: dict[str, Data] = msgspec.field(default_factory=dict)
    contributed: dict[str, Data] = msgspec.field(default_factory=dict)
    works: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    names: dict[str, str] = msgspec.field(default_factory=dict)  # key -> citation key
    joined: list[tuple[str, ...]] = msgspec.field(default_factory=list)
    new: list[str] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)


def ours(
    works: Iterable[Record],
    replica: Replica,
    known: Mapping[str, Known],
    buried: Mapping[str, str],
    *,
    revive: bool = False,
    keywords: Mapping[str, str] = {},
    native: bool = True,
) -> Ours:
    """The project's side of the next merge.

    `known` are the state's items, `buried` the identities of works whose item is gone on the server. `native` says
    whether the server has a field for citation keys.
    """
    found = Ours(items={key: dict(data) for key, data in replica.items.items()})
    free = [one for key, one in known.items() if key not in replica.items]
    assigned = {identity: one.key for one in free for identity in one.work}
    gone = {one.key: one.key for one in free if one.theirs and one.theirs.get("deleted")}
    told = {"assigned": assigned, "buried": {} if revive else {**buried, **gone}}
    for work in works:
        _add(found, work, told, keywords, native=native)
    return found


def _add(
    found: Ours,
    work: Record,
    keys: Mapping[str, Mapping[str, str]],
    keywords: Mapping[str, str],
    *,
    native: bool,
) -> None:
    parts = work.parts or (work,)
    mine = [key for part in parts if (key := _item_key(part)) in found.items]
    others = [part for part in parts if _item_key(part) not in found.items]
    said = projected(others, keywords)
    names = tuple(sorted(identities(work)))
    key = mine[0] if mine else _new_key(work, names, keys, found)
    if not key:
        return
    if not mine:
        if not said:
            return
        found.new.append(key)
        found.items[key] = {"key": key, **said}
    elif said:
        found.items[key] = refreshed(found.items[key], said)
    if len(mine) > 1:
        found.joined.append(tuple(mine))
    if work.key:
        found.items[key] = with_citation_key(found.items[key], work.key, native=native)
    found.contributed[key], found.works[key], found.names[key] = said, names, work.key


def _item_key(record: Record) -> str:
    key = record.extra.get(ITEM_KEY)
    return key if isinstance(key, str) else ""


_OF_A_LIBRARY = frozenset({"collections", "relations", "parentItem"})  # they mean nothing in another one


def projected(parts: Sequence[Record], keywords: Mapping[str, str]) -> Data:
    """What these records say, as an item without empty fields; nothing for no records."""
    if not parts:
        return {}
    merged, _ = dedupe.merge(parts)
    data = zotero.to_data(msgspec.structs.replace(merged, key="", aliases=()))
    found = {name: value for name, value in bare(data).items() if name not in BOOKKEEPING | _OF_A_LIBRARY}
    members = [keywords[word] for word in merged.keywords if word in keywords]
    if members:
        found["tags"] = [tag for tag in found.get("tags", []) if tag["tag"] not in keywords]
        found["collections"] = [*found.get("collections", []), *members]
    return found


# ------------------------------------------------------------------------------------------------ what others say


def remembered(work: Sequence[str], said: Data) -> Data:
    """What the file keeps beside an item: its work, and what the other sources said of it when both sides agreed."""
    return {"work": sorted(work), "said": {name: _mark(name, value) for name, value in said.items()}}


def _mark(field: str, value: Any) -> Any:
    """Sets and lines as they are, for they are merged; of everything else a digest, for that is only compared."""
    if field in _WHOLE:
        return value
    return hashlib.blake2b(msgspec.json.encode(value, order="sorted"), digest_size=6).hexdigest()


_WHOLE = frozenset({"tags", "collections", "relations", "extra"})


def refreshed(item: Data, said: Data) -> Data:
    """The item with what the other sources changed since they were heard last; empty fields are filled."""
    own = item.get(OWN) or {}
    there = {name: value for name, value in item.items() if name != OWN}
    if "said" not in own:
        here = {**said, "itemType": item.get("itemType", "")}
        found = three_way(None, here, there, prefer="theirs").local
    else:
        before = {name: _before(name, mark, said, there) for name, mark in own["said"].items()}
        found = three_way(before, said, there, prefer="ours").local
    return {**found, "key": item["key"], OWN: own}


def _before(field: str, mark: Any, said: Data, there: Data) -> Any:
    """What a source said before, as far as the merge must know: the value that is unchanged, or one like no other."""
    if field in _WHOLE:
        return mark
    for side in (said, there):
        if field in side and _mark(field, side[field]) == mark:
            return side[field]
    return there.get(field, "") if field not in said else None


# ------------------------------------------------------------------------------------------------ building


def linked(records: Sequence[Record]) -> dict[tuple[int, int], dedupe.Verdict]:
    """Pairs of an item of the replica and the records that it was made of, whatever has been edited since."""
    places: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        if not _own(record):
            for name in identities(record):
                places.setdefault(name, []).append(place)
    claims = Counter(name for record in records for name in _own(record).get("work", ()))
    found = {}
    for place, record in enumerate(records):
        for name in _own(record).get("work", ()):
            for other in places.get(name, ()) if claims[name] == 1 else ():  # else they are two works of one name
                found[min(place, other), max(place, other)] = dedupe.Verdict.SAME
    return found


def freshened(
    records: Sequence[Record], clusters: Iterable[Sequence[int]], keywords: Mapping[str, str] = NO_KEYWORDS
) -> tuple[list[Record], dict[int, dict[str, Json]]]:
    """The records with each item as the next sync will have it, and the values that win when they are merged: its."""
    found = list(records)
    preferred: dict[int, dict[str, Json]] = {}
    for members in clusters:
        mine = [place for place in members if _own(records[place])]
        others = [records[place] for place in members if not _own(records[place])]
        for place in mine:
            found[place] = _as_item(records[place], others, keywords)
            if others:
                preferred[place] = _values(found[place])
    return found, preferred


def labelled(records: Iterable[Record], replica: Replica, keywords: Mapping[str, str]) -> list[Record]:
    """The records with the keyword of each collection that they are in; `keywords` are by the path of the collection."""
    by_key = {key: keywords[path] for key, path in paths(replica.collections).items() if path in keywords}
    return [_labelled(record, by_key) for record in records]


def _labelled(record: Record, by_key: Mapping[str, str]) -> Record:
    members = record.extra.get("zotero:collections")
    if not isinstance(members, list):
        return record
    words = dict.fromkeys((*record.keywords, *(by_key[key] for key in members if key in by_key)))
    return msgspec.structs.replace(record, keywords=tuple(words))


def _own(record: Record) -> Data:
    own = record.extra.get(f"zotero:{OWN}")
    return own if isinstance(own, dict) else {}


def _as_item(record: Record, others: Sequence[Record], keywords: Mapping[str, str]) -> Record:
    data = {**zotero.to_data(record), OWN: _own(record)}
    said = projected(others, keywords)
    fresh = zotero.from_data(refreshed(data, said) if said else data)
    extra = {name: value for name, value in fresh.extra.items() if name != f"zotero:{OWN}"}
    return msgspec.structs.replace(fresh, extra=extra, origins=record.origins, key=record.key, aliases=record.aliases)


def _values(record: Record) -> dict[str, Json]:
    found: dict[str, Json] = dict(record.texts)
    found |= {name: msgspec.to_builtins(people) for name, people in record.names.items()}
    found |= {name: msgspec.to_builtins(date) for name, date in record.dates.items()}
    return found


# ------------------------------------------------------------------------------------------------ new items


def _new_key(work: Record, names: Sequence[str], keys: Mapping[str, Mapping[str, str]], found: Ours) -> str:
    """The key that the work's item has or shall have; empty where it was deleted on the server."""
    key = next((keys["assigned"][name] for name in names if name in keys["assigned"]), "")
    key = key or made_key(names or (repr(work),), found.items)
    gone = next((keys["buried"][name] for name in (*names, key) if name in keys["buried"]), "")
    if not gone:
        return key
    source, line = work.place()
    message = f"{work.key or work.title!r} was deleted in Zotero ({gone}); it is not made again"
    hint = "restore it in Zotero, or sync with --revive"
    found.problems.append(Problem("sync-deleted-there", message, "note", source, line, key=work.key, hint=hint))
    return ""


def made_key(names: Sequence[str], taken: Mapping[str, Data]) -> str:
    """A key made of the work's identities: the same on every machine, so that two that push one work push one item."""
    for turn in range(1000):
        digest = hashlib.sha256("\n".join((*names, str(turn))).encode()).digest()
        key = "".join(KEY_LETTERS[byte % len(KEY_LETTERS)] for byte in digest[:_KEY_LENGTH])
        if key not in taken:
            return key
    raise AssertionError("a thousand taken keys in a row")
