"""Text that came through a wrong door: encodings read as others, HTML, letters of typesetting, signs that TeX takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial

from bibkit import latex
from bibkit.checks.model import BIBTEX, Bibliography, Check, Remark
from bibkit.checks.prose import (
    ENTITY,
    RIGHT_TO_LEFT,
    blanked,
    code_points,
    entities,
    entity_meaning,
    listed,
    rewriting,
    worded,
)
from bibkit.checks.signs import curled
from bibkit.checks.titles import MARKED, in_latex

# ------------------------------------------------------------------------------------------------ HTML's entities

_IS_HTML = re.compile(r"<(?:p|br|div|ul|li|h[1-6])[ >/]")  # notes of Zotero are pages, and entities belong to them
_IS_ACCENT = re.compile(r"\{\\&[#\w]{1,9};(?:[A-Za-z]|\\[ij])\}")  # {\&quot;o} was {\"o}


_TAGS_IN_ENTITIES = re.compile(r"&lt;(/?(?:i|em|b|strong|sub|sup|sc|scp))&gt;", re.IGNORECASE)


def _with_commands(text: str) -> str:
    """The text with commands for tags that were escaped, where all of them are pairs."""
    new = in_latex(_TAGS_IN_ENTITIES.sub(r"<\1>", text))
    return text if _TAG.search(new) else new


_TAG = re.compile(r"</?[a-z]{1,6}>", re.IGNORECASE)


def entity(found: Bibliography) -> Iterator[Remark]:
    """`&amp;`, `&#8211;`, also with the backslashes of a program that escaped the signs one by one."""
    for item, field, text in worded(found.having("&")):
        pieces = [piece[0] for piece in entities(text)]
        if pieces and not _IS_HTML.search(text):
            new = _with_commands(text) if found.dialect and field in MARKED else text
            new = ENTITY.sub(_put_entity(found, new), new)
            new = curled(new) if found.dialect else new
            yield rewriting(item, field, f"HTML in the text: {listed(pieces)}", pieces[0], new)


def _put_entity(found: Bibliography, text: str) -> Callable[[re.Match[str]], str]:
    prose = blanked(text) if found.dialect else text

    def put(piece: re.Match[str]) -> str:
        meant = entity_meaning(piece)
        if not meant or prose[piece.end() - 1] == "\x00":  # in maths, where < is what it is
            return meant if meant in ("<", ">") else piece[0]
        if meant in ("'", '"') and _IS_ACCENT.match(text, max(piece.start() - 1, 0)):
            return f"\\{meant}"
        return _said(found, meant)

    return put


def _said(found: Bibliography, plain: str) -> str:
    """Characters as the format of the file writes them, without those that nobody sees."""
    plain = _LIGATURE.sub(_apart, "".join(char for char in plain if not _is_hidden(char)))
    return latex.encode(plain, foreign="keep") if found.dialect else plain


# ------------------------------------------------------------------------------------------------ mojibake

_CP1252 = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0xA0)}
_BYTE_OF = {ord(char): byte for byte, char in _CP1252.items()} | {code: code for code in range(0x80, 0x100)}
_NEXT = "".join(sorted({chr(code) for code, byte in _BYTE_OF.items() if 0x80 <= byte < 0xC0}))
_RUN = re.compile(
    rf"(?:[\xc2-\xdf][{re.escape(_NEXT)}]|[\xe0-\xef][{re.escape(_NEXT)}]{{2}}|[\xf0-\xf4][{re.escape(_NEXT)}]{{3}}){{1,30}}+"
)
_C1 = re.compile(r"[\x80-\x84\x86-\x9f]")  # U+0085 is a line's end to some
_LOST = re.compile(rf"\ufffd|ï¿½|Ã¯Â¿Â½|â€(?![{re.escape(_NEXT)}])|(?<=[a-z])Ã(?![A-ZÀ-Ý{re.escape(_NEXT)}])")
_DEEP = 3  # how often a text was read wrongly, at most
_QUOTES = frozenset("‘’“”‚„–—…‹›«»ˆ˜")  # after a capital with an accent they are what they are


def mojibake(found: Bibliography) -> Iterator[Remark]:
    """UTF-8 that was read as Latin-1 or Windows-1252, once or several times; and what such a reading lost for ever."""
    for item, field, text in worded(found.non_ascii):
        pieces = [run[0] for run in _RUN.finditer(text) if _reread(run)] + _C1.findall(text)
        lost = _LOST.search(text)
        if pieces and not lost:
            new = _redecoded(found, text)
            shown = code_points("".join(pieces)) if not any(map(str.isprintable, pieces)) else listed(pieces)
            yield rewriting(item, field, f"text in another encoding than it was read in: {shown}", pieces[0], new)
        elif lost:
            message = (
                f"characters that were lost in a change of encoding: {text[max(0, lost.start() - 9) : lost.end() + 9]}"
            )
            yield Remark(item, message, field, lost[0])


def _redecoded(found: Bibliography, text: str) -> str:
    for _ in range(_DEEP):
        new = _RUN.sub(_decoded if _is_whole(text) else lambda run: _reread(run) or run[0], text)
        if new == text:
            break
        text = new
    text = _C1.sub(lambda char: _CP1252[ord(char[0])], text)
    text = "".join(char for char in text if char.isascii() or not _is_hidden(char))
    text = _LIGATURE.sub(_apart, text)
    return text.replace("\u00a0", "~").replace("\u202f", "\\,") if found.dialect else text


def _decoded(run: re.Match[str]) -> str:
    """What the run is in UTF-8, or the empty string where it is none."""
    try:
        meant = bytes([_BYTE_OF[ord(char)] for char in run[0]]).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return "" if unicodedata.category(meant[0]) in ("Cn", "Co", "Cs") else meant


def _reread(run: re.Match[str]) -> str:
    """What the run is in UTF-8, if that is surely what it was; or the empty string."""
    meant = _decoded(run)
    return meant if meant and _is_sure(run, meant) else ""


def _is_whole(text: str) -> bool:
    """Whether all letters beyond ASCII are in such runs, one of which is sure: then the text was misread as a whole."""
    runs = list(_RUN.finditer(text))
    return any(map(_reread, runs)) and all(map(_decoded, runs)) and _RUN.sub("", text).isascii()


def _is_sure(run: re.Match[str], meant: str) -> bool:
    """`É—` in "CAFÉ—BAR" could be UTF-8 too: a single pair counts beside small letters, or where no quote ends it."""
    first, text = run[0][0], run.string
    if len(meant) > 1 or first in "âðï" or _C1.search(run[0]):
        return True
    if first in "ÃÂÄÅ":
        before = text[run.start() - 1 : run.start()]
        return not (run[0][1] in _QUOTES and before.isupper()) and (run[0][1] not in _QUOTES or _beside(run))
    return first in "ÎÏÐÑË" and run[0][1] not in _QUOTES and len(run[0]) == 2


def _beside(run: re.Match[str]) -> bool:
    """Whether a small letter is next to it."""
    text = run.string
    return text[run.start() - 1 : run.start()].islower() or text[run.end() : run.end() + 1].islower()


# ------------------------------------------------------------------------------------------------ Unicode's forms

# Letters with marks that have composed forms, the voiced kana, and the conjoining letters of Korean. Not the marks of
# Hebrew, Arabic and Indic scripts, whose order people choose, nor the ideographs that normalising would replace.
_COMBINED = re.compile(r"\w[\u0300-\u036f\u3099\u309a]+|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")


def normal_form(found: Bibliography) -> Iterator[Remark]:
    """A letter and a combining accent where there is one character for both."""
    for item, field, text in worded(found.non_ascii):
        pieces = [piece[0] for piece in _COMBINED.finditer(text) if len(_composed(piece)) < len(piece[0])]
        if pieces:
            new = _COMBINED.sub(_composed, text)
            message = f"letters and accents apart: {listed([unicodedata.normalize('NFC', piece) for piece in pieces])}"
            yield rewriting(item, field, message, pieces[0], new)


def _composed(piece: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", piece[0])


_LIGATURE = re.compile("[\ufb00-\ufb06]")


def _apart(piece: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", piece[0])


def ligature(found: Bibliography) -> Iterator[Remark]:
    """`ﬁ` as one character, as it comes out of a PDF."""
    for item, field, text in worded(found.non_ascii):
        if pieces := _LIGATURE.findall(text):
            new = _LIGATURE.sub(_apart, text)
            yield rewriting(item, field, f"ligatures as characters: {listed(pieces)}", pieces[0], new)


# ------------------------------------------------------------------------------------------------ hidden characters

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NEAR = 200  # characters
_JOINERS = frozenset("\u200c\u200d")
_BLANK_LIKE = frozenset("\x0b\x1c\x1d\x1e\x1f")  # what Python, and some programs, take for an end of line


def control(found: Bibliography) -> Iterator[Remark]:
    """Control characters, zero-width characters, soft hyphens, marks of direction, a byte order mark within."""
    for item, field, text in found.written:
        if text.isprintable() or not _HIDDEN.search(text):
            continue
        pieces = [piece[0] for piece in _HIDDEN.finditer(text) if not _has_use(piece)]
        if pieces:
            new = _HIDDEN.sub(lambda piece: piece[0] if _has_use(piece) else _instead(piece), text)
            new = re.sub(r"([0-9])-([0-9])", r"\1--\2", new) if found.dialect and field == "pages" else new
            yield rewriting(item, field, f"hidden characters: {code_points(pieces)}", pieces[0], new)


def _is_hidden(char: str) -> bool:
    return bool(_HIDDEN.match(char))


def _instead(piece: re.Match[str]) -> str:
    """A soft hyphen between digits was a hyphen."""
    between = piece.string[piece.start() - 1 : piece.start()] + piece.string[piece.end() : piece.end() + 1]
    if piece[0] == "\u00ad" and between.isdigit() and len(between) == 2:
        return "-"
    return " " if piece[0] in _BLANK_LIKE else ""


def _has_use(piece: re.Match[str]) -> bool:
    """Joiners and marks of direction beside letters of the scripts that need them, joiners within emoji."""
    text, at = piece.string, piece.start()
    if piece[0] in _JOINERS:
        return any(char > "\u058f" and not _is_hidden(char) for char in (text[at - 1 : at], text[at + 1 : at + 2]))
    return piece[0] in _BIDI and bool(RIGHT_TO_LEFT.search(text, max(0, at - _NEAR), at + _NEAR))


# ------------------------------------------------------------------------------------------------ hyphens of lines

_TITLES = frozenset("title subtitle booktitle container-title bookTitle proceedingsTitle TI T1 T2 BT".split())
_BROKEN = re.compile(r"(?<![\w-])([a-z]{2,})-\s+([a-z]{2,})(?![\w-])")
# After these a word was left out: "pre- and postfix".
_LEAVING_OUT = frozenset(
    "and or to nor than but versus vs through from as und oder bis bzw sowie wie als et ou e o y og och eller en of "
    "ja tai i lub a nebo ili per und/oder and/or plus minus".split()
)


def hyphenation(found: Bibliography) -> Iterator[Remark]:
    """`recog- nition`: a hyphen of a line's end within a word."""
    words: set[str] | None = None
    for item, field, text in found.having("- "):
        if field not in _TITLES:
            continue
        pieces = [piece for piece in _BROKEN.finditer(text) if piece[2] not in _LEAVING_OUT]
        if not pieces:
            continue
        words = words if words is not None else _vocabulary(found)
        new = _BROKEN.sub(partial(_mended, words), text)
        yield rewriting(item, field, f"a hyphen and a blank in a word: {pieces[0][0]}", pieces[0][0], new)


def _vocabulary(found: Bibliography) -> set[str]:
    titles = [text.lower() for _, field, text in found.written if field in _TITLES]
    return set(re.findall(r"[\w-]+", "\n".join(titles)))


def _mended(words: set[str], piece: re.Match[str]) -> str:
    """The word as other titles of the file have it, with or without the hyphen; as it is where that tells nothing."""
    joined, compound = piece[1] + piece[2], f"{piece[1]}-{piece[2]}"
    if piece[2] in _LEAVING_OUT or (joined in words) == (compound in words):
        return piece[0]
    return joined if joined in words else compound


# ------------------------------------------------------------------------------------------------ ASCII for BibTeX

_BEYOND = re.compile(r"[A-Za-z]?[\u0300-\u036f]{1,9}+|[^\x00-\x7f][\u0300-\u036f]{0,9}+")


def non_ascii(found: Bibliography) -> Iterator[Remark]:
    """Letters beyond ASCII in what is meant for BibTeX of 1988, which sorts and cuts them by bytes."""
    terms = found.terms
    asked = "text-non-ascii" in (*terms.select, *terms.extend, *[check.code for check in terms.checks])
    if found.dialect != "bibtex" or not (asked or terms.target == "bibtex"):
        return
    for item in found.items:
        if not item.record.key.isascii():
            yield Remark(item, f"letters beyond ASCII in the key {item.record.key}")
    for item, field, text in worded(found.non_ascii):
        if any(map(_reread, _RUN.finditer(text))) or _C1.search(text):
            continue  # to be read anew first
        pieces = _BEYOND.findall(text)
        yield rewriting(item, field, f"letters beyond ASCII: {listed(pieces)}", pieces[0], _in_ascii(text))


def _in_ascii(text: str) -> str | None:
    """The text with commands for all letters, or None where LaTeX's kernel has none for one, or it is in maths."""
    prose = blanked(text)
    if any(not char.isascii() and prose[place] == "\x00" for place, char in enumerate(text)):
        return None
    new = _BEYOND.sub(lambda piece: latex.encode(piece[0], target="ascii"), text)
    return new if new.isascii() else None


CHECKS = (
    Check(
        "text-entity",
        "character of HTML",
        entity,
        fix="safe",
        why="Web pages write some characters as names or numbers; a bibliography that was copied from one prints them.",
        bad="title = {Trains &amp; Timetables &#8211; A Survey}",
        good=r"title = {Trains \& Timetables – A Survey}",
        rule="HTML, 13.5 (named character references)",
    ),
    Check(
        "text-mojibake",
        "text in a wrong encoding",
        mojibake,
        severity="error",
        fix="safe",
        why="UTF-8 was read as Latin-1 or Windows-1252 and saved again: each accented letter has become two or three.",
        bad="author = {MÃ¼ller, Ada}",
        good="author = {Müller, Ada}",
        rule="Unicode 3.9, D92 (UTF-8); what was lost has no fix",
    ),
    Check(
        "text-normal-form",
        "letters and their accents apart",
        normal_form,
        fix="safe",
        why="A letter with a combining accent looks like one letter, but is found, sorted and typeset otherwise.",
        bad="author = {Mu\u0308ller, Ada}",
        good="author = {Müller, Ada}",
        rule="UAX 15 (NFC)",
    ),
    Check(
        "text-ligature",
        "ligature as a character",
        ligature,
        fix="safe",
        why="Text that was copied from a PDF has one character for `fi`; nobody finds the word who types it.",
        bad="title = {An eﬃcient timetable}",
        good="title = {An efficient timetable}",
        rule="Unicode, Alphabetic Presentation Forms: kept for old encodings only",
    ),
    Check(
        "text-control",
        "hidden characters",
        control,
        fix="safe",
        why="Characters that nobody sees make equal texts differ; LaTeX refuses most of them.",
        bad="title = {Time\u00adtables for every\u200bone}",
        good="title = {Timetables for everyone}",
        rule="Unicode 23.2 (layout controls); joiners and marks of direction stay in scripts that need them",
    ),
    Check(
        "text-hyphenation",
        "hyphen of a line's end within a word",
        hyphenation,
        fix="unsafe",
        why="Text from a PDF keeps the hyphens at which its lines were broken.",
        bad="title = {The recog- nition of trains},\n  booktitle = {The Recognition of Trains}",
        good="title = {The recognition of trains},\n  booktitle = {The Recognition of Trains}",
    ),
    Check(
        "text-non-ascii",
        "letters beyond ASCII for BibTeX",
        non_ascii,
        fix="safe",
        why="BibTeX counts and sorts bytes: such letters come after z. On with --target bibtex.",
        bad="author = {Müller, Ada}",
        good=r"author = {M{\"u}ller, Ada}",
        rule="btxdoc (special characters)",
        formats=BIBTEX,
    ),
)
