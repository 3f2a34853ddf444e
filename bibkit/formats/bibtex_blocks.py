"""What a BibTeX file is made of: blocks, fields, the parts of a value; and what can be wrong with them.

Names and values stand here as they were written, values with their delimiters, so that nothing is lost on the way back.
`parts` takes a value apart and `resolve` makes text of it. Offsets count characters from the beginning of the document.

Rules: the BibTeX documentation (`btxdoc`) and BibTeX's own reader (`bibtex.web`, "Reading the database files").
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from bibkit.problems import Severity

# ------------------------------------------------------------------------------------------------ facts

MONTHS: Mapping[str, str] = {
    name[:3].lower(): name
    for name in "January February March April May June July August September October November December".split()
}

_JOURNALS = """
acmcs ACM Computing Surveys
acta Acta Informatica
cacm Communications of the ACM
ibmjrd IBM Journal of Research and Development
ibmsj IBM Systems Journal
ieeese IEEE Transactions on Software Engineering
ieeetc IEEE Transactions on Computers
ieeetcad IEEE Transactions on Computer-Aided Design of Integrated Circuits
ipl Information Processing Letters
jacm Journal of the ACM
jcss Journal of Computer and System Sciences
scp Science of Computer Programming
sicomp SIAM Journal on Computing
tcs Theoretical Computer Science
tocs ACM Transactions on Computer Systems
tods ACM Transactions on Database Systems
tog ACM Transactions on Graphics
toms ACM Transactions on Mathematical Software
toois ACM Transactions on Office Information Systems
toplas ACM Transactions on Programming Languages and Systems
"""

STANDARD_MACROS: Mapping[str, str] = {
    **MONTHS,
    **{name: title for name, _, title in (line.partition(" ") for line in _JOURNALS.strip().splitlines())},
}
"""The macros that BibTeX's `plain.bst` defines: months and journals."""

FAULTS: Mapping[str, tuple[Severity, str]] = {
    "bibtex-unclosed": ("error", "this @{} is never closed; it was read up to the next line that begins a block"),
    "bibtex-unclosed-value": ("error", "the value of {} is never closed; it was cut off where something else begins"),
    "bibtex-unreadable": ("error", "this @{} cannot be read; its text is kept as it stands"),
    "bibtex-wrong-close": ("warning", "closed by {}, which does not match what opened it"),
    "bibtex-no-comma": ("warning", "there is no comma after {}"),
    "bibtex-extra-comma": ("warning", "there is a comma too many"),
    "bibtex-no-equals": ("warning", "there is no = after {}"),
    "bibtex-no-value": ("warning", "the field {} has no value"),
    "bibtex-no-key": ("warning", "this entry has no key"),
    "bibtex-bad-key": ("warning", "BibTeX does not take the key {}"),
    "bibtex-bad-name": ("warning", "BibTeX does not take the field name {}"),
    "bibtex-loose-value": ("warning", "BibTeX does not take the value of {}; it is kept as it stands"),
    "bibtex-unexpected": ("warning", "this belongs to no field: {}"),
    "bibtex-extra-brace": ("warning", "there is a closing {} too many"),
    "bibtex-stray-at": ("warning", "@{} is not followed by an opening brace, so it is taken for text"),
    "bibtex-at-in-text": ("note", "an @ between blocks, where BibTeX expects an entry"),
    "bibtex-entry-in-value": ("warning", "a value of this @{} holds a line that looks like the start of an entry"),
    "bibtex-entry-in-comment": ("note", "this @{} stands in a comment and is not read; BibTeX itself would read it"),
    "bibtex-percent": ("note", "a % comment inside a block: Biber takes it, BibTeX does not"),
    "bibtex-repeated-field": ("warning", "the field {} was here before; BibTeX takes the first one"),
    "bibtex-duplicate-key": ("warning", "an entry before this one has the same key: {}"),
}
"""Code of each fault, how grave it is, and what is said of it."""

# ------------------------------------------------------------------------------------------------ blocks


class Fault(msgspec.Struct, frozen=True, gc=False):
    """Something wrong at one offset: a code of `FAULTS`, and what its message is about."""

    code: str
    at: int
    detail: str = ""

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return FAULTS[self.code][0]

    @property
    def message(self) -> str:
        """What is wrong, for a person."""
        return FAULTS[self.code][1].format(self.detail)


class Part(msgspec.Struct, frozen=True, gc=False):
    """One part of a value, without its delimiters; `start` and `end` include them. `bare`: a number or a macro."""

    kind: Literal["brace", "quote", "bare"]
    text: str
    start: int
    end: int


class Field(msgspec.Struct, frozen=True, gc=False):
    """A field where it stands: its name as written, its value with delimiters and `#`."""

    name: str
    raw: str
    start: int
    value_start: int

    @property
    def name_end(self) -> int:
        """Where the name ends."""
        return self.start + len(self.name)

    @property
    def value_end(self) -> int:
        """Where the value ends."""
        return self.value_start + len(self.raw)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The parts of the value, with offsets into the document."""
        return parts(self.raw, self.value_start)


Pairs = tuple[tuple[str, str], ...]  # name and value of each field, both as written


class Entry(msgspec.Struct, frozen=True, gc=False):
    """An entry. `pairs` are the names and values of its fields in order, repeated ones included.

    `sound`: its text has nothing but type, key and fields, so it can be written anew from these. `located` are the
    fields with their places, or None where `bibtex_syntax.fields` finds them when asked.
    """

    start: int
    end: int
    type: str
    key: str
    pairs: Pairs
    faults: tuple[Fault, ...] = ()
    sound: bool = True
    located: tuple[Field, ...] | None = None


class StringBlock(msgspec.Struct, frozen=True, gc=False):
    """`@string`: macros and their values. BibTeX takes one in a block, Biber any number."""

    start: int
    end: int
    type: str
    pairs: Pairs
    faults: tuple[Fault, ...] = ()
    sound: bool = True
    located: tuple[Field, ...] | None = None


class Preamble(msgspec.Struct, frozen=True, gc=False):
    """`@preamble`: its value as written."""

    start: int
    end: int
    raw: str
    faults: tuple[Fault, ...] = ()


class Comment(msgspec.Struct, frozen=True, gc=False):
    """`@comment`: what stands between its braces or, where it has none, on the rest of its line."""

    start: int
    end: int
    text: str
    faults: tuple[Fault, ...] = ()


class Text(msgspec.Struct, frozen=True, gc=False):
    """What stands between the other blocks: blank lines, free text, `%` comments."""

    start: int
    end: int
    faults: tuple[Fault, ...] = ()


class Failed(msgspec.Struct, frozen=True, gc=False):
    """A block of which neither a key nor a field could be read."""

    start: int
    end: int
    type: str
    faults: tuple[Fault, ...] = ()


Block = Entry | StringBlock | Preamble | Comment | Text | Failed


# ------------------------------------------------------------------------------------------------ values

WORD = r"[^\s\"#%'(),={}]++"  # what BibTeX takes for an identifier (bibtex.web, "Character-set dependencies")
UNCLOSED, NOTHING = -1, -2
_MOST_EXPANDED = 10_000  # characters that macros may add to a value: twenty that each double the last add a million

_BARE = re.compile(rf"[0-9]++|(?![0-9]){WORD}")
_ESCAPED_BRACE = re.compile(r"\\[{}]")
_HASH = re.compile(r"\s*+#\s*+")
_IN_QUOTES = re.compile(r'["{}]')

Closing = Callable[[str, int, int], int]


def trim(text: str, start: int, end: int, marks: str = " \t\r\n") -> int:
    """The end of `text[start:end]` without the marks at its end."""
    while end > start and text[end - 1] in marks:
        end -= 1
    return end


def brace_end(text: str, start: int, limit: int) -> int:
    """Where the group ends whose `{` is at `start`, or `UNCLOSED`. A backslash protects no brace in BibTeX."""
    depth, end = 1, start + 1
    while depth:
        close = text.find("}", end, limit)
        if close < 0:
            return UNCLOSED
        depth += text.count("{", end, close) - 1
        end = close + 1
    return end


def quote_end(text: str, start: int, limit: int, closing: Closing = brace_end) -> int:
    """Where the string ends whose `"` is at `start`, or `UNCLOSED`. A quote inside braces does not end it."""
    end = start + 1
    while mark := _IN_QUOTES.search(text, end, limit):
        if mark[0] == '"':
            return mark.end()
        end = closing(text, mark.start(), limit) if mark[0] == "{" else UNCLOSED
        if end < 0:
            break
    return UNCLOSED


def part_end(text: str, start: int, limit: int, closing: Closing = brace_end) -> int:
    """Where the part of a value ends that begins at `start`; `UNCLOSED`, or `NOTHING` where none begins."""
    opener = text[start] if start < limit else ""
    if opener == "{":
        return closing(text, start, limit)
    if opener == '"':
        return quote_end(text, start, limit, closing)
    bare = _BARE.match(text, start, limit)
    return bare.end() if bare else NOTHING


def value_end(text: str, start: int, limit: int, closing: Closing = brace_end) -> int:
    """Where the value ends that begins at `start`, all parts that `#` joins included; `UNCLOSED` or `NOTHING`."""
    while (end := part_end(text, start, limit, closing)) >= 0:
        joined = _HASH.match(text, end, limit)
        if not joined:
            return end
        start = joined.end()
    return end


def parts(raw: str, offset: int = 0) -> tuple[Part, ...]:
    """The parts of a value as written. A value that BibTeX would not take is one part; an empty one has none."""
    found: list[Part] = []
    start, size = 0, len(raw)
    while start < size:
        end = part_end(raw, start, size)
        joined = _HASH.match(raw, end) if end >= 0 else None
        if end < 0 or not (joined or end == size):
            return (_whole(raw, offset),)
        found.append(_part(raw[start:end], offset + start))
        start = joined.end() if joined else end
        if joined and start == size:
            return (_whole(raw, offset),)
    return tuple(found)


def _part(raw: str, start: int) -> Part:
    """The part whose delimiters are in place."""
    if raw[0] == "{":
        return Part("brace", raw[1:-1], start, start + len(raw))
    if raw[0] == '"':
        return Part("quote", raw[1:-1], start, start + len(raw))
    return Part("bare", raw, start, start + len(raw))


def _whole(raw: str, start: int) -> Part:
    """A value that BibTeX would not take: quotes in quotes, several words, something that is never closed."""
    end = start + len(raw)
    if raw[0] == '"':
        return Part("quote", raw[1:-1] if len(raw) > 1 and raw[-1] == '"' else raw[1:], start, end)
    if raw[0] == "{" and brace_end(raw, 0, len(raw)) < 0:
        bare = _ESCAPED_BRACE.sub("", raw)  # as who wrote {\{} meant it
        closed = bare[-1:] == "}" and bare.count("{") == bare.count("}")
        return Part("brace", raw[1:-1] if closed else raw[1:], start, end)
    return Part("bare", raw, start, end)


def resolve(raw: str, strings: Mapping[str, str], missing: list[str] | None = None) -> str:
    """The text of a value: parts joined, macros replaced, white space as it stands.

    `strings` are the macros of the document by lower-case name (`bibtex_syntax.macros`); after them the standard ones
    count. A macro that is not defined stands for its own name, and this name is added to `missing`. A value that macros
    blow up beyond all measure stays as written.
    """
    if raw[:1] == "{" and brace_end(raw, 0, len(raw)) == len(raw):
        return raw[1:-1]
    texts = [_text(part, strings, missing) for part in parts(raw)]
    return raw if sum(map(len, texts)) > len(raw) + _MOST_EXPANDED else "".join(texts)


def _text(part: Part, strings: Mapping[str, str], missing: list[str] | None) -> str:
    """The text of one part."""
    if part.kind != "bare" or not _is_macro(part.text):
        return part.text
    name = part.text.lower()
    text = strings.get(name, STANDARD_MACROS.get(name))
    if text is None:
        if missing is not None:
            missing.append(part.text)
        return part.text
    return text


def _is_macro(text: str) -> bool:
    """Whether this is the name of a macro and not a number or loose words."""
    word = _BARE.match(text)
    return word is not None and word.end() == len(text) and not "0" <= text[0] <= "9"
