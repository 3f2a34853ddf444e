"""The syntax of BibTeX files: text into blocks with positions. Nothing here knows what a field means.

`parse(text)` gives a `Document`; its blocks cover the text from the first character to the last, in order and without
overlap, so that the text is always their concatenation. It never raises and loses nothing, whatever the text.

Rules: the BibTeX documentation (`btxdoc`), BibTeX's own reader (`bibtex.web`, "Reading the database files") and, for
`%` comments and for what stands in `@comment{...}`, Biber's reader (btparse).

Two readers share the work. The strict one takes what BibTeX takes, with two regular expressions for a field. It does
not look past the next line that begins with `@`; only an entry that is not closed before such a line is tried once
more without this bound. All else goes to the loose reader (`bibtex_recovery`), which mends what it can, says so, and
stops at the next line that begins a block. So a part of the text is scanned a few times at most, and the time is
linear for any text: after a failure, nothing is tried again on what was already looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from bibkit.formats.bibtex_blocks import (
    FAULTS,
    MONTHS,
    STANDARD_MACROS,
    UNCLOSED,
    WORD,
    Block,
    Comment,
    Entry,
    Failed,
    Fault,
    Field,
    Pairs,
    Part,
    Preamble,
    StringBlock,
    Text,
    brace_end,
    parts,
    resolve,
    trim,
    value_end,
)
from bibkit.formats.bibtex_recovery import Loose, Region
from bibkit.lines import Lines
from bibkit.problems import Problem

__all__ = [
    "FAULTS",
    "MONTHS",
    "STANDARD_MACROS",
    "Block",
    "Comment",
    "Document",
    "Entry",
    "Failed",
    "Fault",
    "Field",
    "Part",
    "Preamble",
    "StringBlock",
    "Text",
    "blocks",
    "fields",
    "macros",
    "parse",
    "parts",
    "problems",
    "resolve",
]


class Document(msgspec.Struct):
    """A text, its blocks in order, and what is wrong with them, by place."""

    text: str
    blocks: list[Block]
    problems: list[Problem]
    source: str
    lines: Lines

    def to_text(self) -> str:
        """The text that was parsed, character for character."""
        return "".join([self.text[block.start : block.end] for block in self.blocks])

    def entries(self) -> Iterator[Entry]:
        """The entries alone."""
        return (block for block in self.blocks if type(block) is Entry)


def parse(text: str, source: str = "") -> Document:
    """Read a text. `source` is what Problems call it."""
    found, lines = list(blocks(text)), Lines(text)
    return Document(text, found, list(problems(found, text, source, lines)), source, lines)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a text one after the other, each as soon as it is read; their faults are with them."""
    return _Reader(text).blocks()


def fields(text: str, block: Entry | StringBlock) -> tuple[Field, ...]:
    """The fields of a block of this text with their places, in order."""
    if block.located is not None:
        return block.located
    found: list[Field] = []
    pattern = _ENTRY if type(block) is Entry else _HEAD
    head = pattern.match(text, block.start)
    pos = head.end() if head else block.start
    for name, raw in block.pairs:
        value_start = _skip(text, text.index("=", pos) + 1)
        found.append(Field(name, raw, pos, value_start))
        pos = _skip(text, value_start + len(raw))
        pos = _skip(text, pos + 1) if text[pos] == "," else pos
    return tuple(found)


def _skip(text: str, pos: int) -> int:
    """Past white space."""
    while text[pos].isspace():
        pos += 1
    return pos


def macros(found: Iterable[Block], missing: list[str] | None = None) -> dict[str, str]:
    """The text of each macro that the blocks define, by lower-case name; a later definition counts.

    A macro may use those before it. The names of macros that are used and not defined are added to `missing`.
    """
    strings: dict[str, str] = {}
    for block in found:
        if type(block) is StringBlock:
            for name, raw in block.pairs:
                strings[name.lower()] = resolve(raw, strings, missing)
    return strings


# ------------------------------------------------------------------------------------------------ problems


def problems(found: Iterable[Block], text: str, source: str, lines: Lines) -> Iterator[Problem]:
    """The faults of the blocks as Problems, with those that only show when names or keys are compared."""
    keys: dict[str, int] = {}  # BibTeX compares keys without regard to case
    for block in found:
        faults: Iterable[Fault] = block.faults
        if type(block) is Entry:
            first = keys.setdefault(block.key.lower(), block.start)
            if first != block.start and block.key:
                detail = f"{block.key}, in line {lines.place(first)[0]}"
                faults = [Fault("bibtex-duplicate-key", block.start, detail), *faults]
            if len({name.lower() for name, _ in block.pairs}) < len(block.pairs):
                faults = [*faults, *_repeated(text, block)]
        for fault in faults:
            yield _problem(fault, block, text, source, lines)


def _repeated(text: str, entry: Entry) -> Iterator[Fault]:
    """Fields whose name an earlier one has, without regard to case."""
    seen: set[str] = set()
    for field in fields(text, entry):
        if field.name.lower() in seen:
            yield Fault("bibtex-repeated-field", field.start, field.name)
        seen.add(field.name.lower())


def _problem(fault: Fault, block: Block, text: str, source: str, lines: Lines) -> Problem:
    line, column = lines.place(fault.at)
    return Problem(
        fault.code,
        fault.message,
        fault.severity,
        source,
        line,
        column,
        end_line=lines.place(block.end)[0] if fault.severity == "error" else 0,
        raw=text[block.start : block.end] if type(block) is Failed else "",
        key=block.key if type(block) is Entry else "",
    )


# ------------------------------------------------------------------------------------------------ reader

_TYPE = r"[^\s\"#%'(),={}@]++"
_HEAD = re.compile(rf"(@)[ \t]*+({_TYPE})\s*+([{{(])\s*+")
_ENTRY = re.compile(rf"\s*+(@)[ \t]*+({_TYPE})\s*+([{{(])\s*+([^\s,{{}}()=%\"#]++)\s*+,\s*+")
_WITHIN_LINE = re.compile(rf"@(?:(?i:string|preamble|comment)[{{(]|{_TYPE}[{{(]\s*+[^\s,{{}}()=%\"#]*+\s*+,)")
_COMMENT = re.compile(r"@[ \t]*+(?i:comment)(?![\w:.+-])([^\r\n]*+)")
_BETWEEN = re.compile(r"[^@%]*+(?:%[^\r\n]*+[^@%]*+)*+")

# A whole field that has no braces within its value. [^}] is much faster than [^{}]; the caller looks for the brace.
_PLAIN = re.compile(
    r"([A-Za-z][A-Za-z0-9_:.+\-]*+)\s*+=\s*+"
    r'(\{[^}]*+\}|"[^"{}]*+"|[0-9]++|[A-Za-z][A-Za-z0-9_:.+\-]*+)'
    r"\s*+(?:,\s*+|(?=[})]))"
)
_NAME = re.compile(rf"({WORD})\s*+=\s*+")
_NEXT = re.compile(r"\s*+(?:,\s*+|(?=[})]))")
_CLOSER = {"{": "}", "(": ")"}
_SPECIAL = frozenset(("comment", "preamble", "string"))
_MORE_FIELDS = re.compile(rf'\s*+,?+\s*+{WORD}\s*+=\s*+["{{0-9]')

_MOST_QUOTED = 3  # blocks that a value may hold as an example
_AT_TEXT = re.compile(r"\s*+([})]?+)")
_STRAY = re.compile(r"(?:\A|[\r\n])[ \t]*+@[ \t]*+([A-Za-z]\w*+)(?!\s*+[{(])")
_COMMENTED = re.compile(rf"(?<=%)[ \t]*+@[ \t]*+({_TYPE})[ \t]*+[{{(]")
_IN_TEXT = (("bibtex-stray-at", _STRAY), ("bibtex-entry-in-comment", _COMMENTED))


class _Reader:
    """Reads one text from front to back."""

    def __init__(self, text: str) -> None:
        self.text, self.size = text, len(text)
        self.region = Region(text, 0, 0)
        self.bound_at = self.block_at = -1  # what `bound` and `next_block` found last
        self.next_type = ""
        self.failed = 0  # the strict reader failed on what it saw of the text before this offset
        self.failed_far = 0  # so it did when it was not bounded
        self.crossed = -1  # the entry that it could not read within its bound

    def blocks(self) -> Iterator[Block]:
        pos = 0
        while pos < self.size:
            found = _ENTRY.match(self.text, pos)
            block: Block | None = self.strict(found) if found else None
            if block is not None:
                if block.start > pos:
                    yield Text(pos, block.start)
            else:
                start = self.next_start(pos)
                if start > pos:
                    yield self.between(pos, start)
                if start == self.size:
                    return
                block = self.other(start)
            yield block
            pos = block.end

    # -------------------------------------------------------------------------------------------- where blocks begin

    def line_at(self, pos: int) -> tuple[int, int]:
        """The next line that begins with `@`: where it begins, and where the mark stands. The end where none does."""
        at = self.text.find("@", pos)
        while at >= 0:
            start = trim(self.text, 0, at, " \t")
            if not start or self.text[start - 1] in "\r\n":
                return start, at
            at = self.text.find("@", at + 1)
        return self.size, self.size

    def bound(self, pos: int) -> int:
        """Where the next line begins that begins with `@`. Asked from front to back."""
        if pos > self.bound_at:
            self.bound_at, _ = self.line_at(pos)
        return self.bound_at

    def next_block(self, pos: int) -> int:
        """Where the next line begins that begins a block. Asked from front to back."""
        if pos > self.block_at:
            self.block_at, at = self.line_at(pos)
            while self.block_at < self.size and not (head := _HEAD.match(self.text, at)):
                self.block_at, at = self.line_at(at + 1)
            self.next_type = head[2] if self.block_at < self.size and head else ""
        return self.block_at

    def next_start(self, pos: int) -> int:
        """Where the next block begins; an `@` in a % comment, an address or a sentence begins none."""
        at = pos
        while True:
            passed = _BETWEEN.match(self.text, at)
            at = passed.end() if passed else self.size
            if at >= self.size or self.begins(at, pos):
                return at
            at += 1

    def begins(self, at: int, start: int) -> bool:
        """Whether a block begins at this `@`, in a text that runs from `start`."""
        before = trim(self.text, start, at, " \t\ufeff")
        if before == start or self.text[before - 1] in "\r\n":
            return bool(_HEAD.match(self.text, at) or _COMMENT.match(self.text, at))
        return not self.text[at - 1].isalnum() and bool(_WITHIN_LINE.match(self.text, at))

    def between(self, start: int, end: int) -> Text:
        """Text between blocks, and what looks odd in it, once for each kind."""
        faults: list[Fault] = []
        first = _AT_TEXT.match(self.text, start, end)
        if first and first[1] and start:
            faults.append(Fault("bibtex-extra-brace", first.start(1), first[1]))
        for code, pattern in _IN_TEXT:
            found = pattern.search(self.text, start, end)
            if found:
                faults.append(Fault(code, found.start(1) - 1, found[1]))
        at = _BETWEEN.match(self.text, start, end)
        if at and at.end() < end and not faults:
            faults.append(Fault("bibtex-at-in-text", at.end()))
        return Text(start, end, tuple(faults))

    # -------------------------------------------------------------------------------------------- strict

    def strict(self, head: re.Match[str]) -> Entry | None:
        """The entry, if BibTeX would take it as it stands and no line in it begins with `@`."""
        start, pos = head.start(1), head.end()
        if start < self.failed or head[2].lower() in _SPECIAL:
            return None
        bound = self.bound(pos)
        pairs, end = self.pairs(pos, bound, _CLOSER[head[3]])
        if pairs is None:
            self.failed = end
            self.crossed = start if end == bound < self.size else -1
            return None
        return Entry(start, end, head[2], head[4], pairs)

    def pairs(self, pos: int, bound: int, closer: str) -> tuple[Pairs | None, int]:
        """The fields from `pos`, and where the block ends; or None, and how far the text was looked at."""
        text, plain = self.text, _PLAIN.match
        pairs: list[tuple[str, str]] = []
        end = 0
        while True:
            found = plain(text, pos, bound)
            if found:
                name, raw = found.group(1, 2)
                if raw.rfind("{") <= 0:
                    pairs.append((name, raw))
                    pos = found.end()
                    continue
            found = _NAME.match(text, pos, bound)
            if not found:
                break
            end = value_end(text, found.end(), bound)
            following = _NEXT.match(text, end, bound) if end > 0 else None
            if not following:
                break
            pairs.append((found[1], text[found.end() : end]))
            pos = following.end()
        if text[pos : pos + 1] == closer and not _MORE_FIELDS.match(text, pos + 1):
            return tuple(pairs), pos + 1
        brace = text.find("}", pos, bound)
        return None, bound if brace < 0 or end == UNCLOSED else brace + 1

    def far(self, head: re.Match[str]) -> Entry | None:
        """The entry, if BibTeX would take it as it stands, although a line in it begins with `@`."""
        start, pos = head.start(1), head.end()
        if start < self.failed_far:
            return None
        pairs, end = self.pairs(pos, self.size, _CLOSER[head[3]])
        if pairs is None or self.holds_many(pos, end):
            self.failed_far = end
            return None
        inside = self.next_block(pos) < end
        faults = (Fault("bibtex-entry-in-value", self.block_at, head[2]),) if inside else ()
        return Entry(start, end, head[2], head[4], pairs, faults)

    def holds_many(self, pos: int, end: int) -> bool:
        """Whether so many lines begin a block that no value quotes them: it is not closed where it should be."""
        lines = 0
        _, at = self.line_at(pos)
        while at < end and lines <= _MOST_QUOTED:
            lines += bool(_HEAD.match(self.text, at))
            _, at = self.line_at(at + 1)
        return lines > _MOST_QUOTED

    # -------------------------------------------------------------------------------------------- all else

    def other(self, start: int) -> Block:
        """The block that begins here, of whatever kind."""
        head = _HEAD.match(self.text, start)
        kind = head[2].lower() if head else "comment"
        if kind == "comment":
            return self.comment(start, head)
        if head is None:
            return Text(start, self.size)
        if kind == "preamble":
            return self.preamble(head)
        return self.macro(head) if kind == "string" else self.entry(head)

    def comment(self, start: int, head: re.Match[str] | None) -> Comment:
        if head is None or head[3] == "(":
            line = _COMMENT.match(self.text, start)
            return Comment(start, line.end(), line[1]) if line else Comment(start, self.size, "")
        opener = head.start(3)
        limit = self.next_block(opener + 1)
        end = brace_end(self.text, opener, limit)
        if end < 0 and limit < self.size and start >= self.failed_far:
            end = brace_end(self.text, opener, self.size)
            self.failed_far = self.size if end < 0 else 0
        if end < 0:
            end = trim(self.text, opener + 1, limit)
            return Comment(start, end, self.text[opener + 1 : end], (Fault("bibtex-unclosed", start, head[2]),))
        inside = (Fault("bibtex-entry-in-comment", limit, self.next_type),) if limit < end else ()
        return Comment(start, end, self.text[opener + 1 : end - 1], inside)

    def preamble(self, head: re.Match[str]) -> Preamble | Failed:
        start, opener, pos = head.start(), head.start(3), head.end()
        limit = self.next_block(opener + 1)
        end = value_end(self.text, pos, limit)
        following = _NEXT.match(self.text, end, limit) if end > 0 else None
        if following and self.text[following.end() : following.end() + 1] == _CLOSER[head[3]]:
            return Preamble(start, following.end() + 1, self.text[pos:end])
        end = brace_end(self.text, opener, limit) if head[3] == "{" else UNCLOSED
        if end > 0:
            raw = self.text[pos : end - 1].rstrip()
            return Preamble(start, end, raw, (Fault("bibtex-loose-value", start, "@" + head[2]),))
        return Failed(start, trim(self.text, opener + 1, limit), head[2], (Fault("bibtex-unreadable", start, head[2]),))

    def macro(self, head: re.Match[str]) -> StringBlock | Failed:
        start, pos = head.start(), head.end()
        if start >= self.failed:
            pairs, end = self.pairs(pos, self.bound(pos), _CLOSER[head[3]])
            if pairs:
                return StringBlock(start, end, head[2], pairs)
            self.failed = end
        loose = self.loose(head, keyed=False)
        if not loose.fields:
            return self.failed_block(head, loose)
        return StringBlock(start, loose.pos, head[2], *_loosely(loose))

    def entry(self, head: re.Match[str]) -> Entry | Failed:
        found = _ENTRY.match(self.text, head.start())
        block = self.strict(found) if found else None
        if block is None and found and self.crossed == head.start():
            block = self.far(found)
        if block is not None:
            return block
        loose = self.loose(head, keyed=True)
        if not (loose.key or loose.fields or loose.closed):
            return self.failed_block(head, loose)
        return Entry(head.start(), loose.pos, head[2], loose.key, *_loosely(loose))

    def loose(self, head: re.Match[str], *, keyed: bool) -> Loose:
        limit = self.next_block(head.end(3))
        if limit != self.region.limit:
            self.region = Region(self.text, head.end(3), limit)
        reader = Loose(self.region, head.end(3), _CLOSER[head[3]])
        reader.read(head.start(), head[2], keyed=keyed)
        return reader

    def failed_block(self, head: re.Match[str], loose: Loose) -> Failed:
        end = max(loose.pos, head.end(3))
        return Failed(head.start(), end, head[2], (Fault("bibtex-unreadable", head.start(), head[2]),))


def _loosely(loose: Loose) -> tuple[Pairs, tuple[Fault, ...], bool, tuple[Field, ...]]:
    """The last members of a block that the loose reader has read."""
    pairs = tuple([(field.name, field.raw) for field in loose.fields])
    return pairs, tuple(loose.faults), not loose.faults, tuple(loose.fields)
