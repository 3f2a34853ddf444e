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
_TAG = re.compile(r"[A-Z][A-Z0-9]")
_FIELD_BREAK = re.compile(r"\n(?=[A-Z][A-Z0-9]  -)")  # before a tag as it should be
_LINE = re.compile(r"[ \t\ufeff]*([A-Z][A-Z0-9])( {2}-(?=.)|[ \t]{1,8}-(?=[ \t]|$))(.*)", re.DOTALL)
_ANY_CASE = re.compile(r"[ \t\ufeff]*([A-Za-z][A-Za-z0-9])([ \t]{1,8}-(?=[ \t]|$))(.*)", re.DOTALL)
_TIGHT = re.compile(r"[ \t\ufeff]*([A-Z][A-Z0-9])([ \t]{0,8}-)(.*)", re.DOTALL)
_TYPE, _LAST = "TY  - ", "\nER  -"
_BLANK = "\ufeff \t\n"
_GAP = 1000  # characters between two records; more are no mistake, but are not looked at again and again
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


class Tagged(msgspec.Struct):
    """A tag of a record: its lines (from 0, within the record) and its value as `entries` has it."""

    tag: str
    first: int
    last: int
    value: str


def tagged(raw: str, pattern: re.Pattern[str]) -> list[Tagged]:
    """The tags of the text of a record, in order and up to its `ER`; `pattern` is the `line_pattern` of its file."""
    found: list[Tagged] = []
    parts: list[str] = []
    lines = raw.split("\n")
    for number, line in enumerate(lines):
        tag, value = (line[:2], line[5:]) if _is_usual(line) else _split(line, pattern)
        if tag:
            _close(found, parts)
            if tag == "ER":
                return found
            found.append(Tagged(tag, number, number, ""))
            parts = [value]
        else:
            parts.append(value)
    _close(found, parts)
    return found


def _close(found: list[Tagged], parts: list[str]) -> None:
    """The last tag gets its value, which ends with its last line that is not blank."""
    if found:
        while len(parts) > 1 and not parts[-1].strip():
            parts.pop()
        last = found[-1]
        last.last = last.first + len(parts) - 1
        last.value = joined(last.tag, parts) if len(parts) > 1 else parts[0].strip()


def _is_usual(line: str) -> bool:
    return line[2:5] == "  -" and _is_tag(line[:2])


def _split(line: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    """Tag and value of a line, or no tag and the line."""
    found = pattern.match(line) if "-" in line else None
    if not found:
        return "", line
    tag = found[1].upper()
    if len(found[2]) == 2 and tag not in KNOWN_TAGS:  # one blank: "IL - 6" is how a sentence goes on
        return "", line
    return tag, found[3]


def entries(text: str) -> Iterator[Entry | Stray]:
    """Everything in the text, once and in order. Linear."""
    scan = _Scan(plain_breaks(text))
    length = len(scan.text)
    while scan.place < length:
        end = scan.text.find(_LAST, max(scan.place - 1, 0))
        entry = scan.usual(end) if end >= 0 else None
        if entry is not None:
            yield entry
        else:
            yield from scan.unusual(scan.line_end(end + 1) if end >= 0 else length)
    yield from scan.finish(length, complete=False)
    yield from scan.stray(length)


def _plain_fields(lines: list[str]) -> dict[str, list[str]] | None:
    """The values by tag where each line is a tag and its value; None where one is not, or not only one is `TY`."""
    fields: dict[str, list[str]] = {}
    for line in lines:
        tag, mark, value = line.partition("  -")
        value = value.strip()
        if not value:
            if not mark or tag == "TY" or tag not in KNOWN_TAGS:
                return None
        elif tag in fields:
            fields[tag].append(value)
        elif tag in KNOWN_TAGS or _TAG.fullmatch(tag):
            fields[tag] = [value]
        else:
            return None
    return fields if len(fields["TY"]) == 1 else None


def _is_tag(word: str) -> bool:
    return word in KNOWN_TAGS or bool(_TAG.fullmatch(word))


class _Scan:
    """Where the scan is: the record under way, and the place up to which everything is accounted for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pattern = line_pattern(text)
        self.place = 0  # everything before is read
        self.done = 0  # everything before is yielded
        self.line = 1  # the line of `done`
        self.fields: dict[str, list[str]] | None = None  # None outside of records

    # ---------------------------------------------------------------- records as they should be: the hot path

    def usual(self, last: int) -> Entry | None:
        """The record whose `ER` comes next, at `last`, if there is nothing odd about it; else nothing is read."""
        text, done = self.text, self.done
        start = text.find(_TYPE, self.place, last)
        end = last + len(_LAST)
        stop = self.line_end(end)
        before = text[done:start] if 0 <= start - done < _GAP else "?"
        if before.strip(_BLANK) or text[end:stop].strip():
            return None
        raw = text[start:end]
        lines = raw.split("\n")
        last_line = len(lines) - 1
        fields = _plain_fields(lines) or self._folded_fields(lines)
        if fields is None:
            return None
        line = self.line + before.count("\n")
        self.place, self.done, self.line = stop + 1, end, line + last_line
        return Entry(fields, line, line + last_line, raw, True)

    def line_end(self, place: int) -> int:
        """Where the line of this place ends."""
        found = self.text.find("\n", place)
        return found if found >= 0 else len(self.text)

    def _folded_fields(self, lines: list[str]) -> dict[str, list[str]] | None:
        """The values by tag, where some go on on the next lines; None where a line may begin with an odd tag."""
        fields: list[list[str]] = []
        for line in lines:
            if _is_usual(line):
                fields.append([line])
            elif not fields or _split(line, self.pattern)[0]:
                return None
            else:
                fields[-1].append(line)
        found: dict[str, list[str]] = {}
        for first, *rest in fields[:-1]:
            tag = first[:2]
            value = joined(tag, [first[5:], *rest]) if rest else first[5:].strip()
            if tag == "TY" and found:
                return None
            if value or tag == "TY":
                found.setdefault(tag, []).append(value)
        return found

    # ---------------------------------------------------------------- all others, line by line

    def unusual(self, stop: int) -> Iterator[Entry | Stray]:
        """Everything from here to the line that ends at `stop`."""
        for piece in _FIELD_BREAK.split(self.text[self.place : stop]):
            yield from self.lines(piece)

    def lines(self, piece: str) -> Iterator[Entry | Stray]:
        """Lines that may be anything; the first of them has a tag, but for the beginning of the text."""
        tag, parts = "", list[str]()
        for line in piece.split("\n"):
            found, value = _split(line, self.pattern)
            if found:
                self._add(tag, parts)
                tag, parts = found, [value]
                yield from self._begin(found, len(line) - len(value))
            else:
                parts.append(value)
            self.place += len(line) + 1
        self._add(tag, parts)

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
        raw = between.strip(_BLANK)
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


def line_pattern(text: str) -> re.Pattern[str]:
    """How lines begin in this text, whose breaks are plain, by its first `TY`."""
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
