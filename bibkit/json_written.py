"""Objects of a JSON file as they stand: members with their places, and changes that touch nothing else.

Formats whose entries are objects have a subclass that says what their members mean.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import msgspec

from bibkit.edits import Edit, trimmed
from bibkit.json_items import Item
from bibkit.record import Record
from bibkit.written import Written

_LENIENT = json.JSONDecoder(strict=False)
_BLANK = re.compile(r"[ \t\r\n]*")
_COLON = re.compile(r"[ \t\r\n]*:[ \t\r\n]*")
_PIECE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|[^\\]", re.DOTALL
)  # a letter of a string as it is written
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")


class Member(NamedTuple):
    """A member of an object: its name and where that stands between its quotes, its value and where that stands.

    A value that is neither text, number nor null is `...`.
    """

    name: str
    name_start: int
    name_end: int
    start: int
    end: int
    value: Any


def members(text: str, start: int) -> tuple[list[Member], bool]:
    """The members of the object that begins here, and whether it is sound; of a damaged one, those before the damage.

    Strings may hold raw line breaks, as for the reader.
    """
    found: list[Member] = []
    at = _past(text, start) + 1
    if text[at - 1 : at] != "{":
        return found, False
    at = _past(text, at)
    while member := _member(text, at):
        found.append(member)
        at = _past(text, member.end)
        if text[at : at + 1] != ",":
            return found, text[at : at + 1] == "}"
        at = _past(text, at + 1)
    return found, not found and text[at : at + 1] == "}"


def _past(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _member(text: str, at: int) -> Member | None:
    if text[at : at + 1] != '"':
        return None
    try:
        name, name_end = _LENIENT.raw_decode(text, at)
        colon = _COLON.match(text, name_end)
        if colon is None:
            return None
        value, end = _LENIENT.raw_decode(text, colon.end())
    except (ValueError, RecursionError):
        return None
    kept = value if value is None or is_text(value) else ...
    return Member(name, at + 1, name_end - 1, colon.end(), end, kept)


class JsonText:
    """A text, and what its objects share; found when it is first asked for."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def is_escaped(self) -> bool:
        """Whether it writes letters beyond ASCII as escapes."""
        return self.text.isascii() and bool(re.search(r"\\u(?!00[0-7])[0-9a-fA-F]{4}", self.text))


class JsonWritten(Written):
    """An object of a JSON file. Its fields are the members that are texts or numbers, but for its type.

    Other members have a place but cannot be changed, nor can one whose name stands twice.
    """

    __slots__ = ("_fields", "_members", "_others", "file")

    editable = True
    TYPE: ClassVar[str] = "type"  # the member that says the type

    def __init__(self, file: JsonText, item: Item, kind: Any, record: Record) -> None:
        super().__init__(record, file.text, item.start, item.end, kind if type(kind) is str else "")
        self.file = file
        self._members: tuple[list[Member], bool] | None = None  # nothing is located before it is asked for
        self._fields: dict[str, str] | None = None

    @property
    def fields(self) -> Mapping[str, str]:
        """Texts and numbers by the names of their members, escapes resolved."""
        if self._fields is None:
            self._read()
        return self._fields or {}

    @property
    def others(self) -> tuple[str, ...]:
        """The names of members that are something else, but not null."""
        if self._fields is None:
            self._read()
        return self._others

    def _read(self) -> None:
        """The object is decoded a second time: to keep that of the reader costs more than it takes."""
        value = self.value()
        self._others = tuple(name for name, one in value.items() if one is not None and not is_text(one))
        self._fields = {
            name: one if type(one) is str else str(one)
            for name, one in value.items()
            if is_text(one) and name != self.TYPE
        }

    def value(self) -> Mapping[str, Any]:
        """The object as far as it is sound; of one that is damaged, `...` for what is no text."""
        start, end = self._place
        try:
            found = self.inner(msgspec.json.decode(self.text[start:end]))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return {member.name: member.value for member in self.located}
        return found if isinstance(found, dict) else {}

    def inner(self, found: Any) -> Any:
        """The object with the members, in what stands for an entry."""
        return found

    # ---------------------------------------------------------------- places

    def object_start(self) -> int:
        """Where the object with the members begins."""
        return self.start

    @property
    def located(self) -> list[Member]:
        """All members with their places."""
        return self._scanned()[0]

    def _scanned(self) -> tuple[list[Member], bool]:
        if self._members is None:
            self._members = members(self.text, self.object_start())
        return self._members

    def _member(self, name: str) -> Member | None:
        """The last member of this name, which is the one that counts."""
        return next((member for member in reversed(self.located) if member.name == name), None)

    def _only(self, name: str) -> Member | None:
        """The member of this name if there is but one."""
        found = [member for member in self.located if member.name == name]
        return found[0] if len(found) == 1 else None

    def span(self, field: str) -> tuple[int, int]:
        """What is between the quotes; all of a value that is no text."""
        found = self._member(field)
        if found is None:
            return self.start, self.start
        quoted = type(found.value) is str
        return found.start + quoted, found.end - quoted

    def name_span(self, field: str) -> tuple[int, int]:
        """The name between its quotes."""
        found = self._member(field)
        return (found.name_start, found.name_end) if found else (self.start, self.start)

    # ---------------------------------------------------------------- edits

    def may_add(self, field: str) -> bool:
        """Whether a text can be added under this name."""
        return bool(field)

    def put(self, field: str, new: str) -> list[Edit]:
        """Only what differs is touched; a number stays one if it can. A member that is not there comes last."""
        if self._member(field) is None:
            return self._added(field, new) if self.may_add(field) else []
        found = self._only(field)
        if found is None or not (is_text(found.value) or found.value is None):
            return []
        if str(found.value) == new and found.value is not None:
            return [(found.end, found.end, "")]
        if type(found.value) is str:
            return [self._in_string(found, new)]
        is_number = found.value is not None and _WHOLE.fullmatch(new)
        return [(found.start, found.end, new if is_number else self._quoted(new))]

    def _quoted(self, text: str) -> str:
        return json.dumps(text, ensure_ascii=self.file.is_escaped or not _is_sound(text))

    def _in_string(self, found: Member, new: str) -> Edit:
        """The edit that makes a string another one; what is written as an escape stays so where it is the same."""
        start, end, old = found.start + 1, found.end - 1, found.value
        raw, inside = self.text[start:end], self._quoted(new)[1:-1]
        pieces = _PIECE.findall(raw) if "\\" in raw else []
        if len(pieces) != len(old):
            return trimmed(start, end, raw, inside)
        first, last, letters = trimmed(0, len(old), old, new)
        start += sum(map(len, pieces[:first]))
        return start, start + sum(map(len, pieces[first:last])), self._quoted(letters)[1:-1]

    def _added(self, field: str, new: str) -> list[Edit]:
        found, sound = self._scanned()
        name = self._quoted(field)
        if not sound:
            return []
        if not found:
            place = self.text.index("{", self.object_start()) + 1
            return [(place, place, f"{name}: {self._quoted(new)}")]
        last = found[-1]
        colon = self.text[last.name_end + 1 : last.start]
        return [(last.end, last.end, self._comma(found, colon) + name + colon + self._quoted(new))]

    def _comma(self, found: list[Member], colon: str) -> str:
        """What stands between two members here."""
        if len(found) > 1:
            return self.text[found[-2].end : found[-1].name_start - 1]
        only = found[0].name_start - 1
        blank = self.text[self.text.index("{", self.object_start()) + 1 : only]
        return f",{blank or ' ' * (colon != ':')}"

    def drop(self, field: str) -> list[Edit]:
        """Take the member away with its comma; not the type."""
        found = self._only(field)
        if found is None or field == self.TYPE or not self._scanned()[1]:
            return []
        place = self.located.index(found)
        if place + 1 < len(self.located):
            return [(found.name_start - 1, self.located[place + 1].name_start - 1, "")]
        return [(self.located[place - 1].end if place else found.name_start - 1, found.end, "")]

    def rename(self, field: str, new: str) -> list[Edit]:
        """Another name, unless the object has a member of that name."""
        found = self._only(field)
        if found is None or self.TYPE in (field, new) or not self.may_add(new) or self._member(new):
            return []
        return [(found.name_start, found.name_end, self._quoted(new)[1:-1])]

    def retype(self, kind: str) -> list[Edit]:
        """Another type; an object that does not say one gets it."""
        return (self.put if self._member(self.TYPE) else self._added)(self.TYPE, kind)


def is_text(value: Any) -> bool:
    """Whether a value is a text or a number."""
    return type(value) is str or type(value) is int or (type(value) is float and math.isfinite(value))


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair
        return False
    return True
