"""The three-way merge of one item, field by field, in Zotero's own terms.

`base` is the item as both sides last had it, `ours` as the files have it, `theirs` as the server has it. A field that
one side changed is taken from it; creators are one list; tags, collections and relations are sets, Extra is lines. A
field that both changed in different ways is a conflict, and stays as it is on either side until it is answered.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, cast

import msgspec

from bibkit.sync.model import BOOKKEEPING, EMPTY, Conflict, Data, Kind, Prefer

MISSING: dict[str, Any] = {
    "tags": [],
    "collections": [],
    "relations": {},
    "creators": [],
    "deleted": 0,
    "parentItem": False,
    "parentCollection": False,
}  # what an empty field is; the others are empty text
Answers = Mapping[tuple[str, str], str]  # item key and field -> "ours" or "theirs"
NO_ANSWERS: Answers = MappingProxyType({})


class Merged(msgspec.Struct, frozen=True):
    """What a merge gives.

    `local` is the item as the files shall have it, `send` the fields that the server shall get (only those that
    change there), `base` the state on which both sides agree now: an open conflict keeps its old value there.
    """

    local: Data
    send: Data
    base: Data
    conflicts: tuple[Conflict, ...] = ()


def three_way(
    base: Data | None,
    ours: Data,
    theirs: Data,
    *,
    kind: Kind = "items",
    prefer: Prefer = "",
    newest: str = "",
    answers: Answers = NO_ANSWERS,
) -> Merged:
    """Merge one object. Without a base, a field that is empty on one side is filled, and a difference is a conflict.

    `newest` says which side was changed last ("ours" or "theirs"), for `prefer="newest"`; an answer in `answers`
    goes before `prefer`. The result does not depend on the order of sets or members.
    """
    local, send, agreed = dict(ours), {}, dict(theirs)
    conflicts = []
    for field in _fields(base, ours, theirs):
        was, mine, yours = (value_of(side, field) for side in (base or {}, ours, theirs))
        found, clash = _merged(field, was, mine, yours, has_base=base is not None)
        if clash:
            answer = answers.get((theirs["key"], field)) or (newest if prefer == "newest" else prefer)
            known = cast(Literal["", "ours", "theirs"], answer)
            conflicts.append(Conflict(kind, theirs["key"], field, was, mine, yours, known, title(theirs)))
            if not answer:
                agreed[field] = was
                continue
            found = mine if answer == "ours" else yours
        _set(local, field, found)
        _set(agreed, field, found)
        if not same(field, found, yours):
            send[field] = found
    for name in BOOKKEEPING & theirs.keys():
        local[name] = theirs[name]
    return Merged(local, send, agreed, tuple(conflicts))


def value_of(data: Data, field: str) -> Any:
    """The value of a field, or what an empty one of its kind is: null, 0 and an absent member are one."""
    value = data.get(field)
    return MISSING.get(field, "") if value in EMPTY else value


def title(data: Data) -> str:
    """What people call the object."""
    return str(data.get("title") or data.get("name") or data.get("caseName") or data.get("nameOfAct") or data["key"])


def _fields(*sides: Data | None) -> Iterable[str]:
    return dict.fromkeys(name for side in sides for name in side or () if name not in BOOKKEEPING)


def _set(data: Data, field: str, value: Any) -> None:
    """Write a value; an empty one only where the member is there already."""
    if value != MISSING.get(field, "") or field in data:
        data[field] = value


def _merged(field: str, base: Any, ours: Any, theirs: Any, *, has_base: bool) -> tuple[Any, bool]:
    """The value that both sides shall have, and whether they clash."""
    if same(field, ours, theirs):
        return theirs, False
    if has_base and same(field, ours, base):
        return theirs, False
    if has_base and same(field, theirs, base):
        return ours, False
    if field in _SETS:
        return _SETS[field](base, ours, theirs), False
    empty = MISSING.get(field, "")
    if not has_base and empty in (ours, theirs):
        return (theirs if ours == empty else ours), False
    if field == "extra":
        return _lines(base, ours, theirs)
    return None, True


def same(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a field are one: neither the order of sets nor what the server trims away counts."""
    if one == other:
        return True
    if isinstance(one, str) and isinstance(other, str):
        return _trimmed(one) == _trimmed(other)
    if field == "creators":
        return bool(_people(one) == _people(other))
    if field == "tags":
        return _by_tag(one) == _by_tag(other)
    if field == "collections":
        return set(one) == set(other)
    if field == "relations":
        return _pairs(one) == _pairs(other)
    return False


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what the server takes out of every text


def _trimmed(text: str) -> str:
    return _CONTROL.sub("", text).strip()


def _people(creators: Any) -> Any:
    """Creators as the server has them: trimmed, and without those that have no name at all."""
    if not isinstance(creators, list) or not all(isinstance(one, dict) for one in creators):
        return creators
    listed = ({name: _trimmed(v) if isinstance(v, str) else v for name, v in one.items()} for one in creators)
    return [one for one in listed if one.keys() - {"creatorType"}]


# ------------------------------------------------------------------------------------------------ sets


def _joined(base: Iterable[Any], ours: Iterable[Any], theirs: Iterable[Any]) -> list[Any]:
    """What is in all, and what either side added: theirs in their order, then ours."""
    before, mine, yours = set(base), list(ours), list(theirs)
    kept = [one for one in yours if one in mine or one not in before]
    return kept + [one for one in mine if one not in before and one not in yours]


def _by_tag(tags: Any) -> dict[str, int]:
    named = ((_trimmed(str(tag.get("tag", ""))), tag.get("type", 0)) for tag in tags if isinstance(tag, dict))
    return {name: kind for name, kind in named if name}


def _tags(base: Any, ours: Any, theirs: Any) -> list[Data]:
    before, mine, yours = map(_by_tag, (base, ours, theirs))

    def kind(name: str) -> int:
        return mine[name] if name in mine and mine[name] != before.get(name) else yours.get(name, mine.get(name, 0))

    names = _joined(before, mine, yours)
    return [{"tag": name, **({"type": kind(name)} if kind(name) else {})} for name in names]


def _pairs(relations: Any) -> set[tuple[str, str]]:
    found = set()
    for predicate, values in (relations or {}).items():
        found |= {(predicate, value) for value in (values if isinstance(values, list) else [values])}
    return found


def _relations(base: Any, ours: Any, theirs: Any) -> Data:
    found: dict[str, Any] = {}
    for predicate, value in _joined(*(sorted(_pairs(side)) for side in (base, ours, theirs))):
        found.setdefault(predicate, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


_SETS: Mapping[str, Callable[[Any, Any, Any], Any]] = {
    "tags": _tags,
    "collections": _joined,
    "relations": _relations,
}


# ------------------------------------------------------------------------------------------------ Extra


def _labelled(text: str) -> dict[str, str]:
    """The lines of Extra by their label; a line without one stands for itself, and so does the second of a label."""
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    for line in text.split("\n") if text else ():
        label, colon, _ = line.partition(":")
        name = label.strip().lower() if colon else line
        if name in found:
            times[line] += 1
            name = f"{line}\n{times[line]}"  # no line is called so
        found[name] = line
    return found


def _lines(base: str, ours: str, theirs: str) -> tuple[str, bool]:
    """Extra, joined line by line; a clash where both sides changed the line of one label in different ways."""
    before, mine, yours = map(_labelled, (base, ours, theirs))
    kept = []
    for name in dict.fromkeys((*yours, *mine)):
        was, ours_now, theirs_now = before.get(name), mine.get(name), yours.get(name)
        if ours_now != theirs_now and was not in (ours_now, theirs_now):
            return "", True
        line = theirs_now if ours_now == was else ours_now
        kept += [] if line is None else [line]
    return "\n".join(kept), False


# ------------------------------------------------------------------------------------------------ citation keys

KEY_LABEL = "citation key"


def citation_key(data: Data) -> str:
    """The citation key of an item: its own field, else the line of Extra (older servers, Better BibTeX)."""
    line = _labelled(str(data.get("extra") or "")).get(KEY_LABEL, "")
    return str(data.get("citationKey") or line.partition(":")[2].strip())


def without_key_line(data: Data) -> str:
    """Extra without the line of the citation key."""
    lines = str(data.get("extra") or "").split("\n")
    return "\n".join(line for line in lines if line.partition(":")[0].strip().lower() != KEY_LABEL)


def with_citation_key(data: Data, key: str, *, native: bool) -> Data:
    """The item with this key: in its field where the server has that, and in the line of Extra where there is one."""
    lines = str(data.get("extra") or "").split("\n")
    is_key = [line.partition(":")[0].strip().lower() == KEY_LABEL and ":" in line for line in lines]
    if native:
        data = {**data, "citationKey": key}
    if any(is_key):
        lines = [f"Citation Key: {key}" if mine else line for line, mine in zip(lines, is_key, strict=True)]
        return {**data, "extra": "\n".join(lines)}
    if native:
        return data
    kept = [line for line in lines if line]
    return {**data, "extra": "\n".join([f"Citation Key: {key}", *kept])}
