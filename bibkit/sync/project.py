"""The project's side of a sync: the items that its works are, made of the replica and of all other sources.

The replica's item stands; what another source says goes into it where that source changed since the last sync, or
where the item says nothing. A work that no item is of gets a new one. Pure: nothing is written here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from bibkit import dedupe
from bibkit.formats import zotero
from bibkit.formats.zotero_tables import FIELDS
from bibkit.identity import identities
from bibkit.problems import Problem
from bibkit.record import Json, Record
from bibkit.sync.merge import citation_key, same, three_way, with_citation_key
from bibkit.sync.model import BOOKKEEPING, KEY_LETTERS, OWN, Data, is_child
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
    left: dict[str, str] = msgspec.field(default_factory=dict)  # citation keys of items that cannot be their works'
    aliases: list[tuple[str, str]] = msgspec.field(default_factory=list)  # keys of items, and their works' own
    absorbed: set[str] = msgspec.field(default_factory=set)  # items that took another one's work over in Zotero
    problems: list[Problem] = msgspec.field(default_factory=list)


class _Told(msgspec.Struct, frozen=True):
    """What is known of items that are not in the replica: by identity of their work, and those that stand there."""

    assigned: dict[str, str]
    buried: dict[str, str]
    there: dict[str, Data]
    called: dict[str, str]  # the citation keys that both sides agreed on


def ours(
    works: Sequence[Record],
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
    there = {one.key: one.theirs for one in free if one.theirs and not one.theirs.get("deleted")}
    # Without a base it was we who took it back: an undone sync may be done again.
    gone = {one.key: one.key for one in free if one.base and one.theirs and one.theirs.get("deleted")}
    called = {key: citation_key(one.base) for key, one in known.items() if one.base}
    told = _Told(assigned, {} if revive else {**buried, **gone}, there, called)
    recognised = _recognised(works, found, told)
    for place, work in enumerate(works):
        _add(found, work, recognised.get(place, ""), told, keywords, native=native)
    return found


def _recognised(works: Sequence[Record], found: Ours, told: _Told) -> dict[int, str]:
    """The server's items that are new here, by the places of the works that they are: none is made a second time."""
    fresh = {key: data for key, data in told.there.items() if not data.get("parentItem") and not is_child(data)}
    lone = [place for place, work in enumerate(works) if not any(_item_key(one) in found.items for one in _parts(work))]
    if not fresh or not lone:
        return {}
    records = [*(works[place] for place in lone), *map(zotero.from_data, fresh.values())]
    keys = list(fresh)
    matched: dict[int, str] = {}
    for members in dedupe.match(records).clusters:
        items = sorted(keys[one - len(lone)] for one in members if one >= len(lone))
        matched |= {lone[one]: items[0] for one in members if one < len(lone) and items}
    return matched


def _parts(work: Record) -> tuple[Record, ...]:
    return work.parts or (work,)


def _add(
    found: Ours,
    work: Record,
    recognised: str,
    told: _Told,
    keywords: Mapping[str, str],
    *,
    native: bool,
) -> None:
    parts = _parts(work)
    mine = [key for part in parts if (key := _item_key(part)) in found.items and not is_child(found.items[key])]
    others = [part for part in parts if _item_key(part) not in found.items]
    said = projected(others, keywords)
    mine.sort(key=lambda key: (str(found.items[key].get("dateAdded") or "9999"), key))  # the oldest survives
    own = {f"zotero:{key}" for key in mine}  # an item is not known by itself
    names = tuple(sorted(name for name in identities(work) if name not in own))
    key = mine[0] if mine else _new_key(work, names, recognised, told, found)
    if not key:
        return
    if not mine:
        if not said:
            return
        found.new.append(key)
        found.items[key] = refreshed(told.there[key], said) if key in told.there else {"key": key, **said}
    elif said:
        found.problems += _unheard(found.items[key], said, work)
        found.items[key] = refreshed(found.items[key], said)
    if len(mine) > 1:
        found.joined.append(tuple(mine))
    if _has_citation_key(found.items[key]):
        now = citation_key(found.items[key])
        called = _called(now, work, told.called.get(key, ""))
        if now and called == work.key != now:
            found.aliases.append((now, called))
        found.items[key] = with_citation_key(found.items[key], called, native=native) if called else found.items[key]
        if called not in (work.key, *work.aliases) and not _is_renamed(called, work, told.called.get(key, "")):
            found.left[key] = called
            found.problems.append(_taken(called, work))
    found.contributed[key], found.works[key], found.names[key] = said, names, work.key


def _called(now: str, work: Record, before: str) -> str:
    """The citation key that the item shall have: the work's, but for one that is its own.

    One that was changed here by hand is a rename. One that is the key of another work here cannot be this one's, and
    is left: two projects with one library would change it for ever.
    """
    if not now or now == work.key:
        return work.key
    return now if _is_renamed(now, work, before) or now not in work.aliases else work.key


def _is_renamed(now: str, work: Record, before: str) -> bool:
    return bool(before) and before == work.key and now != before


def _taken(called: str, work: Record) -> Problem:
    source, line = work.place()
    message = f"Zotero calls {work.key!r} {called!r}, which is the key of another work here; each keeps its own"
    return Problem("sync-key-taken", message, "note", source, line, key=work.key)


def _has_citation_key(item: Data) -> bool:
    """Whether items of this type can have one: notes and types that we do not know stay as they are."""
    return "citationKey" in FIELDS.get(str(item.get("itemType")), ())


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


def _unheard(item: Data, said: Data, work: Record) -> Iterator[Problem]:
    """What a source says anew of fields that were changed in the item since it was heard last."""
    for name, mark in ((item.get(OWN) or {}).get("said") or {}).items():
        here, there = said.get(name, ""), item.get(name, "")
        if name not in _WHOLE and not same(name, here, there) and mark not in (_mark(name, here), _mark(name, there)):
            message = f"{name} of {work.key or work.title!r} is changed in a source, and was changed in its item before"
            hint = f"the item's stands: {str(there)[:60]!r}; change it in Zotero"
            yield Problem("sync-source-apart", message, "note", *work.place(), key=work.key, field=name, hint=hint)


def _mark(field: str, value: Any) -> Any:
    """Sets and lines as they are, for they are merged; of everything else a digest, for that is only compared."""
    if field in _WHOLE:
        return value
    return hashlib.blake2b(msgspec.json.encode(value, order="sorted"), digest_size=6).hexdigest()


_WHOLE = frozenset({"tags", "collections", "relations", "extra"})


def refreshed(item: Data, said: Data) -> Data:
    """The item with what the other sources changed since they were heard last; empty fields are filled.

    What somebody changed in the item since then stands: the source still has what it says, the item would lose it.
    """
    own = item.get(OWN) or {}
    there = {name: value for name, value in item.items() if name != OWN}
    if "said" not in own:
        here = {**said, "itemType": item.get("itemType", "")}
        found = three_way(None, here, there, prefer="theirs").local
    else:
        before = {name: _before(name, mark, said, there) for name, mark in own["said"].items()}
        found = three_way(before, said, there, prefer="theirs").local
    kept = _fitting(found, there)
    return {**kept, "key": item["key"], **({OWN: own} if own else {})}


def _fitting(found: Data, there: Data) -> Data:
    """The item without what its type has no field for, which another source may say of another type."""
    fields = FIELDS.get(str(found.get("itemType")))
    if fields is None:
        return {name: value for name, value in found.items() if name in there}
    return {name: value for name, value in found.items() if name in there or name in _COMMON or name in fields}


_COMMON = frozenset({"itemType", "creators", "tags", "collections", "relations"})


def _before(field: str, mark: Any, said: Data, there: Data) -> Any:
    """What a source said before, as far as the merge must know: the value that is unchanged, or one like no other."""
    if field in _WHOLE:
        return mark
    for side in (said, there):
        if field in side and _mark(field, side[field]) == mark:
            return side[field]
    return "" if field not in said else None  # what nobody says any more leaves a value that was edited since alone


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
    """The records with the keyword of each collection that they are in; `keywords` are by path."""
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


def _new_key(work: Record, names: Sequence[str], recognised: str, told: _Told, found: Ours) -> str:
    """The key that the work's item has or shall have; empty where it was deleted on the server."""
    key = next((told.assigned[name] for name in names if name in told.assigned), "") or recognised
    key = key if key not in found.items else ""
    key = key or made_key(names or (repr(work),), found.items)
    gone = next((told.buried[name] for name in (*names, key) if name in told.buried), "")
    if not gone or key in told.there:
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
