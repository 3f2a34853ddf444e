"""RIS as text: records of tags and values, and back. Knows nothing of what a tag means.

A line is a tag of two characters, two blanks, a hyphen, a blank and the value. Read as well: lower-case tags and lines
without blanks where the file has them throughout, one blank, tabs, a record without its `TY` or `ER`, and values that
go on on the next lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from bibkit.formats.ris_tables import KNOWN_TAGS

_ODD_BREAKS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"  # line ends for some, but not here: Atypon has U+2028 in titles
_TYPE_LINE = re.compile(r"^[ \t\ufeff]*(TY)([ \t]*)-", re.MULTILINE | re.IGNORECASE)
_FIELD_BREAK = re.compile(r"\n(?=[A-Z][A-Z0-9]  -)")  # before a tag as it should be
_LINE = re.compile(r"^[ \t\ufeff]*(TY)([ \t]*)-", re.MULTILINE | re.IGNORECASE)
# A tag as it should be with its value, and all lines after it that cannot be another one's: nine fields of ten.
_USUAL = re.compile(r"^([A-Z][A-Z0-9])  - (.*(?:\n(?![ \t\ufeff]*[A-Za-z][A-Za-z0-9][ \t]{0,8}-).*)*)", re.MULTILINE)
_LINE = re.compile(r"[ \t\ufeff]*([A-Z][A-Z0-9])( {2}-(?=.)|[ \t]{1,8}-(?=[ \t]|$))(.*)", re.DOTALL)
_ANY_CASE = re.compile(r"[ \t\ufeff]*([A-Za-z][A-Za-z0-9])([ \t]{1,8}-(?=[ \t]|$))(.*)", re.DOTALL)
_TIGHT = re.compile(r"[ \t\ufeff]*([A-Z][A-Z0-9])([ \t]{0,8}-)(.*)", re.DOTALL)
_MARKS = frozenset({"TY", "ER"})
_END = re.compile(r"(?:ER[ \t]*-\s*)+")
_PARAGRAPHS = frozenset({"AB", "N1", "N2", "RN"})  # where a line break can mean one
_LISTS = frozenset({"KW", "L1", "L2", "L3", "L4", "UR"})  # where each line is a value of its own
_WRAPPED = range(55, 86)  # lengths of lines that a program has cut


class Entry(msgspec.Struct):
    """A record as it stands: the values of each tag in order, its lines (1-based), its text, whether `ER` ends it.

    The tags are in the order in which they first appear; a value that is empty is left out.
    """

    fields: dict[str, list[str]]
    line: int
    end_line: int
    raw: str
    complete: bool


class Stray(msgspec.Struct):
    """Text outside of any record."""

    raw: str
    line: int


def entries(text: str) -> Iterator[Entry | Stray]:
    """Everything in the text, once and in order. Linear."""
    scan = _Scan(plain_breaks(text))
    fields = scan.fields
    place = 0
    for piece in _FIELD_BREAK.split(scan.text):
        tag = piece[:2]
        if fields is None or tag in _MARKS or "\n" in piece or piece[2:6] != "  - ":
            scan.place = place
            if tag == "ER" and fields is not None and not piece[5:].strip():
                yield scan.entry(fields, place + 5, complete=True)
            elif tag != "TY" or fields is not None or not scan.opens(piece):
                yield from scan.lines(piece)
            fields = scan.fields
        elif value := piece[6:].strip():  # nine lines of ten
            fields.setdefault(tag, []).append(value)
        place += len(piece) + 1
    end = len(scan.text)
    yield from scan.finish(end, complete=False)
    yield from scan.stray(end)


class _Scan:
    """Where the scan is: the record under way, and the place up to which everything is accounted for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pattern = _pattern(text)
        self.place = 0  # everything before is read
        self.done = 0  # everything before is yielded
        self.line = 1  # the line of `done`
        self.fields: dict[str, list[str]] | None = None  # None outside of records

    def opens(self, piece: str) -> bool:
        """Whether this is a `TY` as it should be behind the record before; then a record begins."""
        if piece[2:6] != "  - " or "\n" in piece or self.text[self.done : self.place].strip("\ufeff \t\n"):
            return False
        self._pass(self.place)
        self.fields = {"TY": [piece[6:].strip()]}
        return True

    def lines(self, piece: str) -> Iterator[Entry | Stray]:
        """Lines that may be anything; the first of them has a tag, but for the beginning of the text."""
        tag, parts = "", list[str]()
        for line in piece.split("\n"):
            found, value = self._split(line)
            if found:
                self._add(tag, parts)
                tag, parts = found, [value]
                yield from self._begin(found, len(line) - len(value))
            else:
                parts.append(value)
            self.place += len(line) + 1
        self._add(tag, parts)

    def _split(self, line: str) -> tuple[str, str]:
        """Tag and value of a line, or no tag and the line."""
        found = self.pattern.match(line)
        if not found:
            return "", line
        tag = found[1].upper()
        if len(found[2]) == 2 and tag not in KNOWN_TAGS:  # one blank: "IL - 6" is how a sentence goes on
            return "", line
        return tag, found[3]

    def _begin(self, tag: str, length: int) -> Iterator[Entry | Stray]:
        """What begins or ends with this tag: `TY` begins a record if one is not without it yet, `ER` ends it."""
        if tag == "ER":
            yield from self.finish(self.place + length, complete=True)
            return
        if tag == "TY" and self.fields and "TY" in self.fields:
            yield from self.finish(self.place, complete=False)
        if self.fields is None:
            yield from self.stray(self.place)
            self.fields = {}

    def _add(self, tag: str, parts: list[str]) -> None:
        """A field of the record under way, its lines joined."""
        if self.fields is not None and tag:
            value = joined(tag, parts) if len(parts) > 1 else parts[0].strip()
            if value or tag == "TY":
                self.fields.setdefault(tag, []).append(value)

    def finish(self, end: int, *, complete: bool) -> Iterator[Entry]:
        """The record ends before here. An `ER` outside of a record is passed over."""
        if self.fields is not None:
            yield self.entry(self.fields, end, complete=complete)

    def entry(self, fields: dict[str, list[str]], end: int, *, complete: bool) -> Entry:
        """The record that is under way and ends before here."""
        raw = self.text[self.done : end].rstrip()
        line = self.line
        self._pass(end)
        self.fields = None
        return Entry(fields, line, line + raw.count("\n"), raw, complete)

    def stray(self, end: int) -> Iterator[Stray]:
        """Text between records."""
        between = self.text[self.done : end]
        raw = between.strip("\ufeff \t\n")
        if raw and not _END.fullmatch(raw):
            yield Stray(raw, self.line + between[: between.index(raw)].count("\n"))
        self._pass(end)

    def _pass(self, end: int) -> None:
        self.line += self.text.count("\n", self.done, end)
        self.done = end


def plain_breaks(text: str) -> str:
    """The text with line feeds for line ends, and no other character that a program could take for one."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for mark in _ODD_BREAKS:
        if mark in text:
            text = text.replace(f" {mark}", mark).replace(f"{mark} ", mark).replace(mark, " ")
    return text


def _pattern(text: str) -> re.Pattern[str]:
    """How lines begin in this text, by its first `TY`."""
    found = _TYPE_LINE.search(text)
    if found and found[1] != "TY":
        return _ANY_CASE
    return _TIGHT if found and not found[2] else _LINE


def joined(tag: str, lines: list[str]) -> str:
    """A value of several lines as one text. Breaks stay where they mean something."""
    lines = [line.strip() for line in lines]
    if tag in _LISTS:
        return "\n".join(filter(None, lines))
    if tag in _PARAGRAPHS and not _is_wrapped("\n".join(lines).strip("\n").split("\n")):
        return "\n".join(lines).strip("\n")
    return " ".join(filter(None, lines))


def _is_wrapped(lines: list[str]) -> bool:
    """Whether a program has cut the text to a width: all lines but the last are about as long as that."""
    return len(lines) > 1 and all(len(line) in _WRAPPED for line in lines[:-1])


def line(tag: str, value: str) -> str:
    """A tag and its value, as every reader takes it."""
    return f"{tag}  - {value}\n"


def fitted(tag: str, value: str) -> str:
    """The value as it can stand behind its tag: on one line, or on several where they come back as they are."""
    if "\n" in value and tag in _PARAGRAPHS and _is_continuable(tag, value):
        return value
    return value if value.isprintable() else " ".join(plain_breaks(value).split("\n")).strip()


def _is_continuable(tag: str, value: str) -> bool:
    lines = value.split("\n")
    begins = any(_LINE.match(part) or _ANY_CASE.match(part) or _TIGHT.match(part) for part in lines[1:])
    return not begins and plain_breaks(value) == value and joined(tag, lines) == value
