"""BibTeX text out of blocks: small changes that leave all else as it was, and entries in a canonical form.

A change is a list of `Edit`s against the text that was parsed; `apply_edits` of `bibkit.edits` makes any number of them
at once. What is put in follows the style of the entry: its newlines, indentation, the place of `=`, braces or quotes,
the case of names, a comma after the last field or none. On an entry that is not `sound` the changes are as good as the
entry.

Values are given as LaTeX text without delimiters. A `Bare` value is written as it stands: a macro (`Bare("jan")`), a
number, or a whole expression with delimiters and `#`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from bibkit.edits import Edit, apply_edits
from bibkit.formats.bibtex_blocks import WORD, Block, Entry, Field, StringBlock, quote_end, trim
from bibkit.formats.bibtex_syntax import fields, parts


class Bare(str):
    """A value that is written without delimiters, as it stands."""

    __slots__ = ()


class Style(msgspec.Struct, frozen=True):
    """A canonical form. `align` puts all `=` of an entry in one column; `case` is that of types and field names."""

    indent: str = "  "
    align: bool = False
    delimiter: Literal["brace", "quote"] = "brace"
    trailing_comma: bool = True
    case: Literal["lower", "upper", "title", "keep"] = "lower"
    newline: str = "\n"
    blank_lines: int = 1  # between blocks; for who puts them together

    @property
    def gap(self) -> str:
        """What stands between two blocks."""
        return self.newline * (self.blank_lines + 1)


_CASES: dict[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "title": str.title, "keep": str}
_BRACE = re.compile(r"[{}]")
_LOST_BRACE = {"{": r"\textbraceleft{}", "}": r"\textbraceright{}"}
_NEWLINE = re.compile(r"\r\n?|\n")
_HEAD = re.compile(rf"@[ \t]*+({WORD})\s*+[{{(]")
_KEY = re.compile(r"[^\s,{}()=%\"#]++")

# ------------------------------------------------------------------------------------------------ values


def balanced(value: str) -> str:
    r"""The value with each brace that has no partner written as `\textbraceleft{}` or `\textbraceright{}`.

    BibTeX counts every brace, one after a backslash too, so `\{` needs its `\}`. A value comes back unchanged exactly
    if its braces are balanced.
    """
    if "{" not in value and "}" not in value:
        return value
    pending: list[re.Match[str]] = []
    lost: list[re.Match[str]] = []
    for brace in _BRACE.finditer(value):
        if brace[0] == "{":
            pending.append(brace)
        elif pending:
            pending.pop()
        else:
            lost.append(brace)
    edits = [(_escaped_from(value, brace.start()), brace.end(), _LOST_BRACE[brace[0]]) for brace in lost + pending]
    return apply_edits(value, edits) if edits else value


def _escaped_from(value: str, pos: int) -> int:
    """Where the backslash stands that escapes the character at `pos`, or `pos` where none does."""
    return pos - (pos - trim(value, 0, pos, "\\")) % 2


def delimited(value: str, delimiter: str = "brace") -> str:
    """The value as it stands in a file: in braces, or in quotes where asked for and possible, and `balanced`."""
    if isinstance(value, Bare):
        return str(value)
    value = balanced(value)
    quoted = f'"{value}"'
    if delimiter == "quote" and quote_end(quoted, 0, len(quoted)) == len(quoted):
        return quoted
    return f"{{{value}}}"


# ------------------------------------------------------------------------------------------------ canonical form


def write_entry(kind: str, key: str, pairs: Iterable[tuple[str, str]], style: Style) -> str:
    """An entry in canonical form, without a newline at its end. Fields come in the order that is given.

    Values are made `balanced`; who must say so compares them before.
    """
    return _write(kind, f"{key},", pairs, style)


def write_string(name: str, value: str, style: Style) -> str:
    """A macro definition, on one line."""
    kind = _CASES[style.case]("string")
    return f"@{kind}{{{name} = {delimited(value, style.delimiter)}}}"


def write_block(text: str, block: Block, style: Style) -> str:
    """A block of the text in canonical form. What is not an entry or macros, and what is not sound, is as it was.

    Single values get the delimiters of the style; numbers, macros and joined values stay as they are.
    """
    if not isinstance(block, Entry | StringBlock) or not block.sound:
        return text[block.start : block.end]
    pairs = [(name, _undelimited(raw)) for name, raw in block.pairs]
    if isinstance(block, Entry):
        return write_entry(block.type, block.key, pairs, style)
    if len(pairs) == 1:
        return write_string(*pairs[0], style)
    return _write(block.type, "", pairs, style)


def _write(kind: str, head: str, pairs: Iterable[tuple[str, str]], style: Style) -> str:
    case = _CASES[style.case]
    named = [(case(name), value) for name, value in pairs]
    width = max((len(name) for name, _ in named), default=0) if style.align else 0
    comma = "," if style.trailing_comma else ""
    lines = [f"{style.indent}{name.ljust(width)} = {delimited(value, style.delimiter)}" for name, value in named]
    body = f",{style.newline}".join(lines) + comma + style.newline if lines else ""
    return f"@{case(kind)}{{{head}{style.newline}{body}}}"


def _undelimited(raw: str) -> str:
    found = parts(raw)
    return found[0].text if len(found) == 1 and found[0].kind != "bare" else Bare(raw or "{}")


# ------------------------------------------------------------------------------------------------ edits


def set_type(text: str, entry: Entry, kind: str) -> list[Edit]:
    """Change the type. ValueError for one that BibTeX cannot read."""
    _check(re.compile(WORD), kind, "type")
    head = _HEAD.match(text, entry.start)
    return [(head.start(1), head.end(1), kind)] if head else []


def set_key(text: str, entry: Entry, key: str) -> list[Edit]:
    """Change the key, or give one to an entry that has none. ValueError for one that BibTeX cannot read."""
    _check(_KEY, key, "key")
    start, end = key_span(text, entry)
    comma = "" if entry.key or text[end : entry.end].lstrip()[:1] in (",", "}", ")") else ","
    return [(start, end, key + comma)]


def set_field(text: str, entry: Entry, name: str, value: str) -> list[Edit]:
    """Give the field this value, or add it. Of a repeated field the first is changed: BibTeX takes no other."""
    found = fields(text, entry)
    for field in found:
        if field.name.lower() == name.lower():
            return [set_value(field, value, found)]
    return add_field(text, entry, name, value)


def set_value(field: Field, value: str, found: Sequence[Field]) -> Edit:
    """Give one of the fields of an entry this value, with the delimiters that it had or that the entry uses."""
    return (field.value_start, field.value_end, _value_like(value, field.raw, found))


def add_field(text: str, entry: Entry, name: str, value: str, style: Style | None = None) -> list[Edit]:
    """Put a field behind the last one. `style` is followed where the entry has no field to go by."""
    _check(re.compile(WORD), name, "field name")
    found = fields(text, entry)
    if not found:
        return _add_first(text, entry, name, value, style or Style(newline=newline(text)))
    place = found[-1].value_end
    separator = _separator(text, entry, found)
    new = f"{separator}{_cased(name, found)}{_equals(text, name, found)}{delimited(value, _delimiter(found))}"
    return [(place, place, new)]


def remove_field(text: str, entry: Entry, name: str) -> list[Edit]:
    """Take away the field wherever it stands in the entry, with one comma each time. % comments stay."""
    found = fields(text, entry)
    gone = [field.name.lower() == name.lower() for field in found]
    if all(gone):
        return [(found[0].start, _past_comma(text, found[-1].value_end), "")] if found else []
    first = gone.index(False)
    edits: list[Edit] = []
    for i in (i for i, is_gone in enumerate(gone) if is_gone):
        start, end = _with_comma(text, found, i, forward=i < first)
        if edits and start < edits[-1][1]:
            start = edits.pop()[0]
        edits.append((start, end, ""))
    return edits


def _with_comma(text: str, found: Sequence[Field], i: int, *, forward: bool) -> tuple[int, int]:
    """From the field before to the end of this one, or from here to the next one, unless more than a comma goes."""
    start, end = (found[i].start, found[i + 1].start) if forward else (found[i - 1].value_end, found[i].value_end)
    between = text[found[i].value_end : end] if forward else text[start : found[i].start]
    return (start, end) if between.strip() == "," else (found[i].start, _past_comma(text, found[i].value_end))


def remove_block(text: str, block: Block) -> list[Edit]:
    """Take away the block and the white space behind it; of the last block, that before it but for one newline."""
    after = len(text) - len(text[block.end :].lstrip()) if text[block.end : block.end + 1].isspace() else block.end
    if after < len(text):
        return [(block.start, after, "")]
    before = len(text[: block.start].rstrip())
    return [(before, after, newline(text) if before else "")]


def append_entry(text: str, entry: str) -> list[Edit]:
    """Put an entry, as `write_entry` gives it, behind everything else, after a blank line."""
    line = newline(text)
    lines = 0 if not text or text.endswith(line * 2) else 1 if text.endswith(line) else 2
    return [(len(text), len(text), f"{line * lines}{entry}{line}")]


def newline(text: str) -> str:
    """The newline that the text uses first."""
    found = _NEWLINE.search(text)
    return found[0] if found else "\n"


# ------------------------------------------------------------------------------------------------ the style of an entry


def _check(pattern: re.Pattern[str], name: str, what: str) -> None:
    if not pattern.fullmatch(name):
        raise ValueError(f"not a {what} that BibTeX can read: {name!r}")


def key_span(text: str, entry: Entry) -> tuple[int, int]:
    """Where the key of an entry stands; where it has none, the place where it would."""
    head = _HEAD.match(text, entry.start)
    start = head.end() if head else entry.start
    start = text.index(entry.key, start) if entry.key else start
    return start, start + len(entry.key)


def _value_like(value: str, old: str, found: Sequence[Field]) -> str:
    """The value with the delimiters that the old one had, or else with those that the entry uses."""
    if old[:1] in ('"', "{"):
        return delimited(value, "quote" if old[0] == '"' else "brace")
    if old.isdecimal() and re.fullmatch("[0-9]+", value):
        return value
    return delimited(value, _delimiter(found))


def _delimiter(found: Sequence[Field]) -> str:
    quotes = sum(field.raw[:1] == '"' for field in found)
    return "quote" if quotes > sum(field.raw[:1] == "{" for field in found) else "brace"


def _cased(name: str, found: Sequence[Field]) -> str:
    """The name in the case that all names of the entry have, if they have one."""
    for case in (str.lower, str.upper, str.title):
        if all(field.name == case(field.name) for field in found):
            return case(name)
    return name


def _separator(text: str, entry: Entry, found: Sequence[Field]) -> str:
    """What stands between two fields of the entry, or else between its key and the first field."""
    before = found[-2].value_end if len(found) > 1 else key_span(text, entry)[1]
    between = text[before : found[-1].start]
    if between.strip() == ",":
        return between
    if not between.strip():
        return "," + between
    line = max(between.rfind("\n"), between.rfind("\r"))
    return "," + newline(text) + between[line + 1 :] if line >= 0 and not between[line + 1 :].strip() else ", "


def _equals(text: str, name: str, found: Sequence[Field]) -> str:
    """What stands between name and value: as after the last field, or aligned if the entry is."""
    gaps = [text[field.name_end : field.value_start] for field in found]
    if any(gap.strip() != "=" for gap in gaps):
        return " = "
    before = {len(field.name) + gap.index("=") for field, gap in zip(found, gaps, strict=True)}
    values = {len(field.name) + len(gap) for field, gap in zip(found, gaps, strict=True)}
    gap = gaps[-1]
    mark = gap.index("=")
    if len({len(field.name) for field in found}) == 1 or len(values) > 1:
        return gap
    if len(before) == 1:
        return " " * max(before.pop() - len(name), 1) + gap[mark:]
    return gap[: mark + 1] + " " * max(values.pop() - len(name) - mark - 1, 1)


def _add_first(text: str, entry: Entry, name: str, value: str, style: Style) -> list[Edit]:
    """The first field of an entry that has only a key, on a line of its own."""
    end = key_span(text, entry)[1]
    place = _past_comma(text, end)
    comma = "" if place > end else ","
    line = f"{_CASES[style.case](name)} = {delimited(value, style.delimiter)}{',' if style.trailing_comma else ''}"
    last = "" if text[place : place + 1] in ("\n", "\r") else style.newline
    return [(place, place, f"{comma}{style.newline}{style.indent}{line}{last}")]


def _past_comma(text: str, pos: int) -> int:
    """Behind the comma that comes next, or the same place if none does."""
    comma = re.compile(r"\s*+,").match(text, pos)
    return comma.end() if comma else pos
