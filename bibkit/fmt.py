"""The canonical form of .bib files: what `bibkit fmt` writes.

Only what is understood is written anew: entries and macros that have nothing but their type, key and fields, and the
white space between blocks. Free text, comments, `@preamble` and every block with a fault stay byte for byte in their
places. Of a value only the delimiters change. A text in canonical form is not changed any more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise

import msgspec

from bibkit import files, formats
from bibkit.changes import Change
from bibkit.formats import bibtex_edit as edit
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_syntax import Block, Document, Entry, StringBlock, Text
from bibkit.problems import Problem, Report
from bibkit.settings import Fmt

BIBTEX = frozenset({"bibtex", "biblatex"})

_BLANK = re.compile(r"[ \t\r\n]*+")
_NEWLINE = re.compile(r"\r\n?|\n")

# ------------------------------------------------------------------------------------------------ the form


def formatted(text: str, style: Fmt = Fmt()) -> str:  # noqa: B008 (frozen)
    """The text in canonical form; newlines are those that the text uses first.

    Every block is there before and after, every entry with the same type, key, field names and values, compared
    without regard to case as BibTeX does. Formatting twice is formatting once.
    """
    result = format_document(syntax.parse(text), style)
    return text if result is None else result


def format_document(document: Document, style: Fmt) -> str | None:
    """`formatted` for a text that is parsed already; None where the result would not be read as the same blocks."""
    text = document.text
    kept = [block for block in document.blocks if not _is_blank(text, block)]
    if not kept:
        return text
    form = _form(style, edit.newline(text))
    gaps = _gaps(text, kept, form)
    if style.sort == "key":
        kept = _sorted(text, kept)
    written = [_write(text, block, form, style.field_order) for block in kept]
    result = "".join([piece for pair in zip(gaps, [*written, ""], strict=True) for piece in pair])
    return result if _essence(text, document.blocks) == _essence(result, list(syntax.blocks(result))) else None


def left_alone(document: Document) -> Iterator[Problem]:
    """Why blocks of the document are not formatted: their faults, with their places."""
    faulty = [block for block in document.blocks if block.faults and not _is_settled(block)]
    for problem in syntax.problems(faulty, document.text, document.source, document.lines):
        yield msgspec.structs.replace(problem, hint="left as it stands")


def _is_blank(text: str, block: Block) -> bool:
    return type(block) is Text and _BLANK.fullmatch(text, block.start, block.end) is not None


def _is_settled(block: Block) -> bool:
    """Whether it is clear where the block begins and ends, whatever white space is around it."""
    if isinstance(block, Entry | StringBlock):
        return block.sound
    return type(block) is not Text and not block.faults


def _form(style: Fmt, newline: str) -> edit.Style:
    return edit.Style(
        indent="\t" if style.indent == "tab" else " " * style.indent,
        align=style.align,
        delimiter=style.delimiter,
        trailing_comma=style.trailing_comma,
        case=style.case,
        newline=newline,
        blank_lines=style.blank_lines,
    )


def _write(text: str, block: Block, form: edit.Style, order: Sequence[str]) -> str:
    """Names with letters beyond ASCII keep their case: BibTeX knows no other case for them."""
    if not isinstance(block, Entry | StringBlock):
        return text[block.start : block.end]
    if not "".join((block.type, *(name for name, _ in block.pairs))).isascii():
        form = msgspec.structs.replace(form, case="keep")
    if order and isinstance(block, Entry):
        places = {name.lower(): place for place, name in enumerate(order)}
        pairs = sorted(block.pairs, key=lambda pair: places.get(pair[0].lower(), len(places)))
        block = msgspec.structs.replace(block, pairs=tuple(pairs))
    return edit.write_block(text, block, form)


# ------------------------------------------------------------------------------------------------ between blocks


def _gaps(text: str, kept: Sequence[Block], form: edit.Style) -> list[str]:
    """What stands before each block and, at last, behind all of them."""
    first, last = kept[0], kept[-1]
    between = [_gap(text, before, after, form) for before, after in pairwise(kept)]
    head = "" if _is_settled(first) else text[: first.start]
    return [head, *between, form.newline if _is_settled(last) else text[last.end :]]


def _gap(text: str, before: Block, after: Block, form: edit.Style) -> str:
    """Blank lines around entries; other blocks that stand close together stay so.

    What follows a block with a fault may be the reason why the block ends where it does.
    """
    found = text[before.end : after.start]
    if not _is_settled(before) or type(after) is Text:
        return found
    apart = type(before) is Entry or type(after) is Entry or _newlines(found) > 1
    return form.gap if apart else form.newline


def _newlines(text: str) -> int:
    return len(_NEWLINE.findall(text))


# ------------------------------------------------------------------------------------------------ order


def _sorted(text: str, kept: Sequence[Block]) -> list[Block]:
    """The entries of each run by key, without regard to case. All else stays where it is, and bounds a run.

    So macros stay before the entries that use them, and entries in their sections. Entries that another one names in
    its `crossref` come last in their run: BibTeX wants them behind it (btxdoc, 2.1).
    """
    parents = {parent for block in kept if isinstance(block, Entry) for parent in _parents(block)}

    def rank(entry: Block) -> tuple[bool, str]:
        key = entry.key.lower() if isinstance(entry, Entry) else ""
        return key in parents, key

    found: list[Block] = []
    moving = _moving(text, kept)
    for moves, run in groupby(zip(kept, moving, strict=True), key=lambda pair: pair[1]):
        blocks = [block for block, _ in run]
        found += sorted(blocks, key=rank) if moves else blocks
    return found


def _parents(entry: Entry) -> Iterator[str]:
    return (syntax.resolve(raw, {}).strip().lower() for name, raw in entry.pairs if name.lower() == "crossref")


def _moving(text: str, kept: Sequence[Block]) -> list[bool]:
    """Whether each block is an entry that may change places: one that has text close above or below it may not."""
    neighbours = zip([None, *kept], kept, [*kept[1:], None], strict=False)
    return [
        isinstance(block, Entry)
        and block.sound
        and not _clings(text, above, str.rstrip)
        and not _clings(text, below, str.lstrip)
        for above, block, below in neighbours
    ]


def _clings(text: str, block: Block | None, strip: Callable[[str], str]) -> bool:
    """Whether this is text that has no empty line on the side that is stripped."""
    if not isinstance(block, Text):
        return False
    whole = text[block.start : block.end]
    return _newlines(whole) - _newlines(strip(whole)) < 2


# ------------------------------------------------------------------------------------------------ what must survive


def _essence(text: str, found: Iterable[Block]) -> list[tuple[str, ...]]:
    """What formatting may not change, in an order that does not depend on that of the file."""
    return sorted([_kept(text, block) for block in found if not _is_blank(text, block)])


def _kept(text: str, block: Block) -> tuple[str, ...]:
    if not (isinstance(block, Entry | StringBlock) and block.sound):
        return (text[block.start : block.end],)
    fields = sorted([(name.lower(), *_value(raw)) for name, raw in block.pairs], key=lambda field: field[0])
    key = block.key if isinstance(block, Entry) else ""
    return (block.type.lower(), key, *(part for field in fields for part in field))


def _value(raw: str) -> tuple[str, str]:
    """A value without its delimiters, and whether it had any: `{jan}` is not `jan`."""
    if raw[:1] == "{" and raw.find("}") == len(raw) - 1:  # as most do: no group within
        return raw[1:-1], "text"
    parts = syntax.parts(raw)
    return (parts[0].text, "text") if len(parts) == 1 and parts[0].kind != "bare" else (raw, "expression")


# ------------------------------------------------------------------------------------------------ files


def plan(paths: Iterable[str], style: Fmt, said: Report) -> list[Change]:
    """What formatting does to each file that holds BibTeX or BibLaTeX; the others become Problems in `said`."""
    return [change for path in paths for change in _planned(path, style, said)]


def _planned(path: str, style: Fmt, said: Report) -> Iterator[Change]:
    name = files.STDIN_NAME if path == files.STDIN else path
    content = files.read(path)
    refusals = list(_refusals(path, content)) if content.readable else []
    said.add(*(msgspec.structs.replace(problem, source=name) for problem in (*content.problems, *refusals)))
    if refusals or not content.readable:
        said.unread += 1
        return
    said.read += 1
    document = syntax.parse(content.text, name)
    said.add(*left_alone(document))
    after = format_document(document, style)
    if after is None:
        said.add(Problem("fmt-unsafe", "formatting would change what this file says; left as it stands", "error", name))
    yield Change(name, path, content, content.text if after is None else after, "formatted")


def _refusals(path: str, content: files.Text) -> Iterator[Problem]:
    """Why a file is left alone, beyond what `files.read` has said."""
    found = formats.detect(content.text) or formats.by_suffix(path)
    if content.text.strip() and found not in BIBTEX:
        what = f"this is {found}, not BibTeX" if found else "this is not BibTeX"
        yield Problem("fmt-not-bibtex", f"{what}; left as it stands", "error")
    elif not content.exact:
        yield Problem("fmt-encoding", f"not all of it is {content.encoding}; left as it stands", "error")
