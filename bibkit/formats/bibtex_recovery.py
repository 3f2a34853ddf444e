"""Reads a block that BibTeX would not take: keeps what can be read, and says what is wrong and where.

`Loose` stays within a region that ends before the next line that begins a block, so that a fault in one entry cannot
reach the next one. Within it a value that is never closed ends where a line begins like a field (`name = {`) or is the
end of the entry (`}`); text that belongs to nothing is passed over up to the next such place.

The time is linear in the region: the reader only goes forward, with one exception (`_reopen`, once in a region), and
what it must look far ahead for is kept in the `Region`.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left

from bibkit.formats.bibtex_blocks import NOTHING, UNCLOSED, WORD, Fault, Field, brace_end, trim, value_end

_MOST_FAULTS = 50  # said of one block; one with more is not a bibliography
_QUOTED = 40  # characters that a message quotes of text that belongs to nothing

_BRACE = re.compile(r"[{}]")
_SPACE = re.compile(r"(?:\s++|%[^\r\n]*+)*+")
_KEY = re.compile(r'[^,\r\n{}="#%]*+')
_KEY_IN_PARENTHESES = re.compile(r'[^,\r\n{}()="#%]*+')
_ODD_KEY = re.compile(r"[^\s,{}]*+")
_OPENS = re.compile(r'=\s*+["{]')
_FIELD = re.compile(rf"({WORD}(?:[ \t]++{WORD})*+)\s*+=")
_NO_EQUALS = re.compile(rf'({WORD})(?:[ \t]++{WORD})*+\s*+(?=["{{])')
_AFTER_VALUE = re.compile(rf"(?:\s++|%[^\r\n]*+)*+(?:[,}})]|\Z|{WORD}\s*+=)")
_MORE_FIELDS = re.compile(rf'\s*+,?+\s*+(?={WORD}\s*+=\s*+["{{0-9])')
_AT_END = re.compile(r"\s*+(?:@|\Z)")
_STOP = re.compile(rf"[{{}})]|[,\r\n][ \t]*+(?={WORD}[ \t]*+=)")
_CUT_WITHIN = re.compile(rf'(?<=[,\s]){WORD}[ \t]*+=[ \t]*+["{{]')
_CUT = re.compile(rf'[\r\n][ \t]*+(?:,?+[ \t]*+{WORD}[ \t]*+=[ \t]*+["{{\w]|[}})][ \t]*+(?:[\r\n]|\Z))')


class Region:
    """A part of the text in which something is wrong, and what is found out about it once for all its blocks.

    The braces are paired in one pass as soon as counting from one of them has failed, and the search for a line to cut
    at goes on where it ended last. So many blocks in one region cost no more than one.
    """

    def __init__(self, text: str, start: int, limit: int) -> None:
        self.text, self.start, self.limit = text, start, limit
        self.is_paired = self.is_reopened = False
        self.opens, self.ends = array("q"), array("q")
        self.cut_from = self.cut_at = -1

    def brace_end(self, text: str, start: int, limit: int) -> int:
        """As `bibtex_blocks.brace_end`, for a brace of the region and its limit."""
        if not self.is_paired:
            end = brace_end(text, start, limit)
            if end >= 0:
                return end
            self.pair()
        return self.ends[bisect_left(self.opens, start)]

    def pair(self) -> None:
        """Find the end of every group."""
        if self.is_paired:
            return
        self.is_paired = True
        pending = array("q")
        for brace in _BRACE.finditer(self.text, self.start, self.limit):
            if brace[0] == "{":
                pending.append(len(self.opens))
                self.opens.append(brace.start())
                self.ends.append(UNCLOSED)
            elif pending:
                self.ends[pending.pop()] = brace.end()

    def next_cut(self, start: int) -> int:
        """Where the next line begins that looks like a field or ends a block, or the limit."""
        if not self.cut_from <= start <= self.cut_at:
            found = _CUT.search(self.text, start, self.limit)
            self.cut_from, self.cut_at = start, found.start() if found else self.limit
        return self.cut_at


class Loose:
    """One block, from behind its opening delimiter up to the limit of the region at most.

    After `read`: `key`, `fields`, `faults`, whether it was `closed`, and `pos`, where it ends.
    """

    def __init__(self, region: Region, start: int, closer: str) -> None:
        self.text, self.limit, self.region = region.text, region.limit, region
        self.start = self.pos = start
        self.closer = closer
        self.key = ""
        self.fields: list[Field] = []
        self.faults: list[Fault] = []
        self.closed = False

    def read(self, at: int, kind: str, *, keyed: bool) -> None:
        """Read the block, which begins at `at` and which messages call `kind`."""
        if keyed:
            self._read_key()
        self._read_fields()
        if not self.closed and self.fields and not self.region.is_reopened and self._holds_fields(self.fields[-1]):
            self._reopen(self.fields.pop())
            self._read_fields()
        if not self.closed:
            self._fault("bibtex-unclosed", at, kind)
            self.pos = trim(self.text, self.start, self.limit)
        self.faults.sort(key=lambda fault: fault.at)

    # -------------------------------------------------------------------------------------------- tools

    def _fault(self, code: str, at: int, detail: str = "") -> None:
        if len(self.faults) < _MOST_FAULTS:
            self.faults.append(Fault(code, at, detail))

    def _char(self) -> str:
        """The next character, or the empty string at the limit."""
        return self.text[self.pos] if self.pos < self.limit else ""

    def _skip_space(self) -> str:
        """Pass over white space and % comments; the next character."""
        start = self.pos
        space = _SPACE.match(self.text, start, self.limit)
        self.pos = space.end() if space else start
        percent = self.text.find("%", start, self.pos)
        if percent >= 0:
            self._fault("bibtex-percent", percent)
        return self._char()

    def _skip_comma(self, what: str) -> None:
        """Pass over the comma that must follow, unless the block ends."""
        at = self.pos
        char = self._skip_space()
        if char == ",":
            self.pos += 1
        elif char and char not in "})":
            self._fault("bibtex-no-comma", at, what)

    def _recover(self, pos: int) -> int:
        """Where the next field, the end of the block or the limit is; groups in between are passed over."""
        while stop := _STOP.search(self.text, pos, self.limit):
            if stop[0] == "{":
                pos = max(stop.end(), self.region.brace_end(self.text, stop.start(), self.limit))
            elif stop[0] == ")" != self.closer:
                pos = stop.end()
            else:
                return stop.start()
        return self.limit

    # -------------------------------------------------------------------------------------------- key

    def _read_key(self) -> None:
        self._skip_space()
        at = self.pos
        pattern = _KEY if self.closer == "}" else _KEY_IN_PARENTHESES
        found = pattern.match(self.text, at, self.limit)
        self.key = found[0].rstrip() if found else ""
        self.pos = at + len(self.key)
        self._mend_key(at, found[0] if found else "")
        if not self.key:
            self._fault("bibtex-no-key", at)
        elif len(self.key.split()) > 1:
            self._fault("bibtex-bad-key", at, self.key)
        if self.key or self._char() == ",":
            self._skip_comma(f"the key {self.key}")

    def _mend_key(self, at: int, read: str) -> None:
        """A key with other marks in it, or none before the first field."""
        end = at + len(read)
        mark = self.text[end] if end < self.limit else ""
        if mark == "=" and (self.pos < end or _OPENS.match(self.text, end, self.limit)):
            name = self.key.split()[-1] if self.key else ""
            self.pos -= len(name)
            self.key = self.key.removesuffix(name).rstrip()
        elif mark and mark in '="#{%' and self.pos == end:
            found = _ODD_KEY.match(self.text, at, self.limit)
            self.key = found[0] if found else ""
            self.pos = at + len(self.key)

    # -------------------------------------------------------------------------------------------- fields

    def _read_fields(self) -> None:
        while not self.closed and (char := self._skip_space()):
            if char in "})":
                self._close(char)
            elif char == ",":
                self._fault("bibtex-extra-comma", self.pos)
                self.pos += 1
            else:
                self._read_field()

    def _close(self, char: str) -> None:
        more = _MORE_FIELDS.match(self.text, self.pos + 1, self.limit)
        if more:
            self._fault("bibtex-extra-brace", self.pos, char)
            self.pos = more.end()
        elif char == "}" or char == self.closer or _AT_END.match(self.text, self.pos + 1, self.limit):
            if char != self.closer:
                self._fault("bibtex-wrong-close", self.pos, char)
            self.closed = True
            self.pos += 1
        else:
            self._pass_over()

    def _pass_over(self) -> None:
        """Text that belongs to no field."""
        start, self.pos = self.pos, self._recover(self.pos + 1)
        self._fault("bibtex-unexpected", start, " ".join(self.text[start : self.pos].split())[:_QUOTED])
        if self._char() == ",":
            self.pos += 1

    def _read_field(self) -> None:
        start = self.pos
        found = _FIELD.match(self.text, start, self.limit)
        if not found:
            found = _NO_EQUALS.match(self.text, start, self.limit)
            if not found:
                self._pass_over()
                return
            self._fault("bibtex-no-equals", start, found[1])
        elif len(found[1].split()) > 1:
            self._fault("bibtex-bad-name", start, found[1])
        self.pos = found.end()
        if self._skip_space():
            self._add_field(found[1], start, self._find_value_end(found[1]))
        else:
            self._fault("bibtex-no-value", found.end(), found[1])
            self.fields.append(Field(found[1], "", start, found.end()))

    def _add_field(self, name: str, start: int, end: int) -> None:
        """Take the text from here to `end` as the value."""
        self.fields.append(Field(name, self.text[self.pos : end], start, self.pos))
        self.pos = end
        self._skip_comma(f"the value of {name}")

    def _find_value_end(self, name: str) -> int:
        """Where the value ends that begins here, by BibTeX's rules or by ours."""
        start = self.pos
        end = value_end(self.text, start, self.limit, self.region.brace_end)
        if end == UNCLOSED:
            return self._cut(name, start)
        if end == NOTHING:
            end = start
        elif _AFTER_VALUE.match(self.text, end, self.limit):
            return end
        return self._mend_value(name, start, end)

    def _mend_value(self, name: str, start: int, end: int) -> int:
        """The end of a value that something follows which should not, or of one that is not there."""
        if _CUT.search(self.text, start, end) or _CUT_WITHIN.search(self.text, start + 1, end):
            return self._cut(name, start)
        end = trim(self.text, start, self._recover(end), " \t\r\n,")
        self._fault("bibtex-loose-value" if end > start else "bibtex-no-value", start, name)
        return end

    def _cut(self, name: str, start: int) -> int:
        """The end of a value that is never closed: before what looks like another field or the end of the block."""
        self.region.pair()
        self._fault("bibtex-unclosed-value", start, name)
        end = self.region.next_cut(start)
        found = _CUT_WITHIN.search(self.text, start + 1, end)
        if found:
            end = found.start()
        elif end == self.limit:
            end = self._before_closer(start)
        return trim(self.text, start + 1, end, " \t\r\n,")

    def _before_closer(self, start: int) -> int:
        """The end of a value that takes all the rest, but for a closing delimiter at its very end."""
        end = trim(self.text, start + 1, self.limit)
        return end - 1 if self.text[end - 1] in "})" and end - 1 > start else end

    def _holds_fields(self, field: Field) -> bool:
        return bool(_CUT.search(field.raw) or _CUT_WITHIN.search(field.raw, 1))

    def _reopen(self, last: Field) -> None:
        """The last value holds what looks like fields, and the block is not closed: it has swallowed the rest."""
        self.region.is_reopened = True
        self.faults = [fault for fault in self.faults if fault.at < last.start]
        self.pos = last.value_start
        self._add_field(last.name, last.start, self._cut(last.name, last.value_start))
