"""The objects of a JSON array, one at a time, with their lines; what is damaged is said and the others come through.

The usual case runs in msgspec: one pass finds where each item begins and ends, and each is decoded when it is asked
for, so that beside the text there is never more than one item in memory. Only a text that is no sound JSON as a whole
is searched for its items by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from bibkit.problems import Problem

WRAPPERS = ("items", "references", "message")  # {"items": [...]}: Crossref and citation-js; "references": pandoc
OWN_KEYS = frozenset({"id", "type", "title", "itemType", "itemKey", "data"})  # an object with one of these is an item


class Item(msgspec.Struct, frozen=True):
    """An object of the array: what it says, the lines (1-based) it stands on, which one it is (from 1).

    `start` and `end` are offsets into the text.
    """

    value: dict[str, Any]
    line: int
    end_line: int
    number: int
    start: int
    end: int


Place = tuple[int, int, int, int, int]  # as the last five fields of an Item


def items(text: str, source: str = "") -> Iterator[Item | Problem]:
    """Every object of a JSON array of objects, in order, each as an Item or as a Problem with its number and line.

    A single object is an array of one; `{"items": [...]}`, `{"references": [...]}` and Crossref's `{"message": ...}`
    are opened; objects that follow one another without an array (JSON lines) are read too. Never raises.
    """
    mark = text.startswith("\ufeff")
    sound = text[mark:]
    if not sound or sound.isspace():
        return
    try:
        raws = _split(sound if sound.isascii() else sound.encode(), 3)  # an ASCII string is its own UTF-8: no copy
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        yield from _searched(text, source, int(mark))
        return
    if raws is None:
        yield Problem("json-shape", f"{_kind(sound.strip())} instead of a list of items", "error", source, 1)
        return
    yield from _decoded(text, raws, source, int(mark))


def cleaned(text: str) -> str:
    """The text with each half of a surrogate pair that stands alone replaced by U+FFFD: UTF-8 cannot hold it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def pretty(item: dict[str, Any]) -> tuple[str, list[str]]:
    """The object as JSON, indented by two as a member of an array, and the names of members that could not be kept.

    Half a surrogate pair is replaced by U+FFFD; what is no JSON, or nested too deeply, is left out. Both is told of the
    members of the object and of the members of the objects in it.
    """
    try:
        return _indented(item), []
    except _UNWRITABLE:
        kept, changed = _sound(item, 2)
        return _indented(kept), changed


_UNWRITABLE = (UnicodeEncodeError, RecursionError, TypeError, ValueError)


def _indented(item: dict[str, Any]) -> str:
    return msgspec.json.format(msgspec.json.encode(item), indent=2).decode().replace("\n", "\n  ")


def _sound(item: dict[str, Any], depth: int) -> tuple[dict[str, Any], list[str]]:
    """What can be written of an object, and the names of the members that are not as they were."""
    kept: dict[str, Any] = {}
    changed: list[str] = []
    for name, value in item.items():
        try:
            msgspec.json.encode({name: value})
            kept[name] = value
        except _UNWRITABLE:
            inner = _sound(value, depth - 1) if isinstance(value, dict) and depth > 1 else None
            changed += inner[1] if inner else [name]
            kept.update({cleaned(name): inner[0]} if inner else _mended(name, value))
    return kept, changed


def _mended(name: str, value: Any) -> dict[str, Any]:
    """The member with its half surrogates replaced; nothing where that does not help."""
    try:
        found = {cleaned(name): _cleaned_all(msgspec.to_builtins(value))}
        msgspec.json.encode(found)
    except _UNWRITABLE:
        return {}
    return found


def _cleaned_all(value: Any) -> Any:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict):
        return {cleaned(name): _cleaned_all(inner) for name, inner in value.items()}
    return [_cleaned_all(inner) for inner in value] if isinstance(value, (list, tuple)) else value


# ------------------------------------------------------------------------------------------------ sound JSON

_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_GAP = re.compile(r"[\s,]*")


def _split(data: str | bytes | msgspec.Raw, depth: int) -> list[msgspec.Raw] | None:
    """The items of a sound JSON text, not decoded yet; None where it is neither array nor object."""
    try:
        return _ARRAY.decode(data)
    except msgspec.ValidationError:
        pass
    try:
        members = _OBJECT.decode(data)
    except msgspec.ValidationError:
        return None
    if depth and not OWN_KEYS & members.keys():
        for name in WRAPPERS:
            inner = _split(members[name], depth - 1) if name in members else None
            if inner is not None:
                return inner
    return [data if isinstance(data, msgspec.Raw) else msgspec.Raw(data.strip())]


def _decoded(text: str, raws: Iterable[msgspec.Raw], source: str, position: int) -> Iterator[Item | Problem]:
    line = 1
    for number, raw in enumerate(raws, 1):
        body = str(raw, "utf-8")
        start = _start(text, body, position)
        line += text.count("\n", position, start)
        position = start + len(body)
        end_line = line + body.count("\n")
        try:
            value = msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            yield from _lenient(body, source, (line, end_line, number, start, position))
        else:
            yield _item(value, body.__str__, source, (line, end_line, number, start, position))
        line = end_line


def _start(text: str, body: str, position: int) -> int:
    """Where an item stands: behind a comma and white space, but for the first one of a list in a wrapper."""
    gap = _GAP.match(text, position)
    start = gap.end() if gap and position else position
    return start if text.startswith(body[:40], start) else max(text.find(body, position), position)


def _item(value: Any, raw: Any, source: str, place: Place) -> Item | Problem:
    if isinstance(value, dict):
        return Item(value, *place)
    line, end_line, number, *_ = place
    message = f"item {number} is {_kind(raw())}, not an object"
    return Problem("json-shape", message, "error", source, line, end_line=end_line, raw=raw())


def _kind(text: str) -> str:
    names = {"[": "an array", '"': "a string", "t": "a truth value", "f": "a truth value", "n": "null"}
    return names.get(text[:1], "a number")


# ------------------------------------------------------------------------------------------------ damaged JSON

_LENIENT = json.JSONDecoder(strict=False)  # takes raw line breaks in strings and NaN
# A string, which ends before `{"` in any case: within a sound one, the quotation mark would have a backslash.
_TOKEN = re.compile(r'"(?:[^"\\\n{]|\\.|\{(?!\s*"))*+"?|[{}\[\]]')
_BETWEEN = re.compile(r"[\s,\]]*")
_FIRST_KEY = re.compile(r'\{\s*"(?:id|type|itemType|citation-key|key|itemKey)"\s*:')
_HEAD = re.compile(r'\s*(?:\{\s*"(?:items|references)"\s*:\s*)?\[')


def _searched(text: str, source: str, begin: int) -> Iterator[Item | Problem]:
    """Items of a text that is not sound as a whole: each is decoded alone, and a broken one is stepped over.

    Linear but for one case: an item that ends inside a list lets the decoder run on through the items after it.
    """
    if text[begin:].lstrip()[:1] not in ("[", "{"):
        yield Problem("json-shape", "this is no JSON", "error", source, 1, raw=text[begin:].strip()[:200])
        return
    yield Problem("json-damaged", "this is no sound JSON; its items are read one by one", "error", source, 1)
    head = _HEAD.match(text, begin)
    position, line, number, end = (head.end() if head else begin), 1, 0, 0
    while True:
        gap = _BETWEEN.match(text, position)
        start = gap.end() if gap else position
        line += text.count("\n", end, start)
        if start >= len(text) or _is_tail(text, start):
            return
        number += 1
        found, end = _one(text, start)
        position = end
        end_line = line + text.count("\n", start, end)
        place = (line, end_line, number, start, end)
        if found is None:
            yield from _lenient(text[start:end], source, place)
        else:
            yield _item(found[0], lambda a=start, b=end: text[a:b], source, place)
        line = end_line


def _is_tail(text: str, start: int) -> bool:
    """The brackets that close a wrapper, and nothing after them."""
    return text[start] in "]}" and not text[start : start + 100].strip("]} \t\r\n") and len(text) - start < 100


def _one(text: str, start: int) -> tuple[tuple[Any] | None, int]:
    """The value that begins here and its end; None where it is broken, with the end of what seems to belong to it."""
    try:
        value, end = _LENIENT.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, _broken_end(text, start)
    return (value,), end


def _broken_end(text: str, start: int) -> int:
    """Where a broken item ends: where its brackets close, or where the next item seems to begin; one pass."""
    indent = _indent(text, start)
    depth = 0
    for token in _TOKEN.finditer(text, start):
        mark, at = token[0], token.start()
        if mark == "{" and at > start and (_FIRST_KEY.match(text, at) or (indent and _indent(text, at) == indent)):
            return at
        depth += 1 if mark in "{[" else -1 if mark in "}]" else 0
        if depth <= 0:
            return token.end()
    return len(text)


def _indent(text: str, position: int) -> str:
    """The line break and the blanks before this position, or nothing where something else stands on its line."""
    line_start = text.rfind("\n", max(0, position - 40), position)
    blanks = text[line_start:position]
    return blanks if line_start >= 0 and not blanks.strip() else ""


def _lenient(raw: str, source: str, place: Place) -> Iterator[Item | Problem]:
    """An item that msgspec refuses: json takes control characters, huge numbers and half surrogates."""
    try:
        value = _LENIENT.decode(raw.rstrip(" \t\r\n,"))
    except (ValueError, RecursionError) as error:
        yield _damage(raw, error, source, place)
        value = _salvaged(raw)
        if OWN_KEYS & value.keys():
            yield Item(value, *place)
        return
    yield _item(value, lambda: raw, source, place)


def _damage(raw: str, error: Exception, source: str, place: Place) -> Problem:
    line, _, number, *_ = place
    offset, column, why = 0, 0, "it is nested too deeply"
    if isinstance(error, json.JSONDecodeError):
        offset, column, why = error.lineno - 1, error.colno, error.msg[:1].lower() + error.msg[1:]
    end_line = line + raw.rstrip().count("\n")
    return Problem(
        "json-item", f"item {number} is damaged: {why}", "error", source, line + offset, column, end_line, raw[:10_000]
    )


_MEMBER = re.compile(r'[{,]\s*("(?:[^"\\\n]|\\.)*")\s*:\s*')


def _salvaged(raw: str) -> dict[str, Any]:
    """The members of a broken object that come before the damage; those after it cannot be told apart from it."""
    found: dict[str, Any] = {}
    position = 0
    while member := _MEMBER.match(raw, position):
        try:
            name = json.loads(member[1], strict=False)
            found[name], end = _LENIENT.raw_decode(raw, member.end())
        except (ValueError, RecursionError):
            break
        position = end + len(raw[end : end + 100]) - len(raw[end : end + 100].lstrip())
    return found
