"""Titles as the matching compares them: without notes of databases, and with what a title says about its kind.

Marks are what makes two papers of one title different papers: a correction, a reply, a comment. Numbers tell parts and
series apart. Both are read by tables below; nothing here knows of other records.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from bibkit import text

LONGEST = 400  # characters of a folded title that are compared: longer ones are abstracts in the wrong field


class Title(msgspec.Struct, frozen=True, gc=False):
    """`folded` is compared; `second` is the same title in another language, where the field holds both.

    `marks` are the kinds of notice it says it is, `numbers` the numbers in it (words, ordinals and Roman ones too),
    `part` the number of a part of a series, `edition` the number of an edition. `generic` is a title that says
    nothing: a column, an editorial. `translated` is one that a database put into English: `[…]`, `… <ORIGINAL> …`.
    """

    folded: str = ""
    second: str = ""
    marks: str = ""
    numbers: str = ""
    part: str = ""
    edition: str = ""
    generic: bool = False
    translated: bool = False


# ------------------------------------------------------------------------------------------------ tables

# What databases add to a title in brackets. Sources: the record layouts of Ovid, Embase, PubMed and Web of Science.
_NOTE = re.compile(
    r"""\s*[\[(]\s*(?:
    see\ comments?|comments?|letter|editorial|abstract|review|retracted(?:\ article)?|corrected|electronic\ resource
    |(?:published\ )?(?:erratum|errata|corrigendum|correction|retraction|comment|summary|reprint)
       (?:\s+(?:appears?|published|for|to|in|on|of|and)\b|\s*:)[^\])]{0,300}
    |(?:article\s+)?(?:in\s+)?(?:english|german|french|spanish|italian|chinese|japanese|russian|polish|portuguese)
    |panel(?:\ (?:session|abstract|discussion))?|tutorial|(?:extended|panel)\ abstract|invited\ (?:paper|talk)
    |experience\ paper|industrial\ paper|keynote(?:\ address)?
    |republished[^\])]{0,200}|commentary(?:\ on[^\])]{0,200})?|review,?\ \d+\ refs?|\d+\ refs?
    )\s*\.?\s*[\])]\s*\.?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_RETRACTED = re.compile(r"^\W*retracted(?:\s+article)?\s*[:.\-–—]\s*|^\W*withdrawn\s*[:.]\s*", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{2,8};")
_TAG = re.compile(
    r"</?(?:inf|su[bp]|scp?|em|strong|italic|bold|roman|tt|[ibu]|(?:jats|mml):\w+)\b[^<>]{0,60}>", re.IGNORECASE
)
_CORRECTED = re.compile(r"\s*\[(?:corrected|sic)\]\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"[\s\"']*\[[^\[\]]+\]?[\s.\"']*")  # all of it: "[18F]FDG" is English
_VOL_NOTE = re.compile(r"\((?:vol\.?|pg\.?|p\.?)\s*\d[^()]{0,80}\)\s*\.?\s*$", re.IGNORECASE)
_SECOND = re.compile(r"^(.{12,}?)\s*[\[(]([^\[\]()]{12,})[\])]\s*\.?$|^(.{12,}?)\s+[=/]\s+(.{12,})$", re.DOTALL)

# Folded titles. Each mark stands where the title says it of itself: at its beginning or its end.
_MARKS = {
    "erratum": re.compile(
        r"^(?:published )?(?:errat(?:um|a)|corrigend(?:um|a)|addend(?:um|a)|corrections?(?: (?:to|of|for)\b|$)"
        r"|(?:author|publisher|editorial)s? correction|correction)\b|\b(?:errat(?:um|a)|corrigend(?:um|a))$"
        r"| (?:a|author|publisher) correction$"
    ),
    "retraction": re.compile(r"^(?:retraction|notice of retraction|expression of concern|withdrawal)\b|\bretraction$"),
    "reply": re.compile(
        r"^(?:in )?reply\b|^(?:the )?authors? (?:s )?(?:reply|respon)|^rejoinder\b|^response to\b|^responses?$"
        r"|\b(?:a|authors?|authors? s|in) (?:reply|response)$|\b(?:reply|rejoinder)$|\breply to\b"
    ),
    "comment": re.compile(
        r"^(?:invited |editorial |short |brief )?(?:comments?|commentary|discussion|remarks?)(?: (?:on|to|of)\b|$)"
        r"|^re \b|^letter (?:re|regarding|concerning)\b|\b(?:commentary|comment|a discussion|discussion of)$|^comment\b"
    ),
    "review": re.compile(r"^(?:a )?(?:book )?review of\b|^book reviews?\b"),
}

_GENERIC = re.compile(
    r"""(?:(?:guest|special|invited|annual|from\ the|an?|the|issue|new\ year|year\ end)\ )?
    (?:editor(?:ial)?s?(?:\ s)?(?:\ (?:notes?|note|comments?|page|introduction|message|board|report|letter|corner
       |foreword|preface|statement|choice|view|desk|board))?
    |introductions?(?:\ to\ (?:the\ )?
       (?:special\ (?:issue|section)|issue|section|mini\ ?track|volume|proceedings)(?:\ .{1,80})?)?
    |prefaces?|forewords?
    |(?:chair|president|director|chairman|editor)(?:\ s)?\ (?:message|address|column|page|letter|report)
    |message\ from\ .{3,60}|letters?(?:\ to\ (?:the\ )?editors?)?|book\ reviews?(?:\ (?:column|section))?|reviews?
    |news(?:\ (?:and|in)\ (?:views|notes|brief))?|(?:table\ of\ )?contents|(?:author|subject)?\ ?index
    |in\ (?:this|the)\ issue|in\ memoriam|obituar(?:y|ies)|announcements?|calendar|abstracts?|posters?(?:\ session)?
    |poster\ presentations?|oral\ presentations?|errat(?:um|a)|corrigend(?:um|a)|corrections?|reply|response|rejoinder
    |comments?|commentary|discussion|correspondence|perspectives?|viewpoints?|columns?|reports?|interviews?|workshop
    |conclusions?|summary|appendix|acknowledge?ments?|proceedings|authors?\ (?:reply|response)
    |front\ matter|back\ matter
    |research\ (?:surveys|highlights)|case\ reports?|editorial\ (?:in|on)\ .{3,40}|special\ issue(?:\ .{0,40})?
    |untitled)
    (?:\ \d{1,4})?""",
    re.VERBOSE,
)
_UNKNOWN = frozenset(
    ["unknown", "no title", "untitled", "not available", "n a", "na", "none", "title", "no title available", "null"]
)

_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
).split()
_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
NUMBERS = {word: str(number) for number, word in enumerate(_WORDS, 2)} | {
    word: str(number) for number, word in enumerate(_ORDINALS, 1)
}
_ROMAN = re.compile(r"(?=[xvi]{2})x{0,3}(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50}
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_NUMERIC = re.compile(r"\d+")

_COUNT = r"(\d{1,3}|[ivxl]{1,6}|one|two|three|four|five|six|seven|eight|nine|ten|[a-d])"
_PART = re.compile(
    rf"\b(?:parts?|pt|vol(?:ume)?|no|chapter|section|paper|series|installment|episode|report|update)\.?\s+{_COUNT}\b",
    re.IGNORECASE,
)
_PART_HINT = re.compile(r"\b(?:i|v|x|one|part|pt|series)\b")  # with no number in it, only such a title can have a part
_NUMBERED = re.compile(
    r"(?<=\S)(?:\s*[,:.(–—]\s*|\s+-?\s*)([ivx]{1,5}|(?<=[^\W\d_]\W)\d{1,2}|(?<=[^\W\d_]\W\W)\d{1,2})\s*\)?"
    r"(?=\s*[:.]\s+\S|\s*[.:\]\"'”’]*\s*$)",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"[,(:\s]\s*(\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)"
    r"\s+ed(?:ition|n)?\b",
    re.IGNORECASE,
)


# ------------------------------------------------------------------------------------------------ reading


def title(rich: str) -> Title:
    """The title in the parts that are compared. Linear in the text."""
    raw = (
        _ENTITY.sub(lambda found: html.unescape(found[0]), rich[: 4 * LONGEST]) if "&" in rich else rich[: 4 * LONGEST]
    )
    erratum = raw[-2:].rstrip().endswith((")", ").")) and bool(
        _VOL_NOTE.search(raw)
    )  # Web of Science: "Title (vol 12, pg 34, 2001)" is a correction of it
    raw = _without_notes(
        _RETRACTED.sub("", raw) if raw[:12].lower().lstrip("[( ").startswith(("retr", "with")) else raw
    )
    raw = _CORRECTED.sub(" ", _TAG.sub("", raw) if "</" in raw else raw)
    main, second = _languages(raw)
    folded = text.fold(main)[:LONGEST]
    if folded in _UNKNOWN:
        return Title()
    edition = _EDITION.search(main) if " ed" in main or " Ed" in main else None
    if edition:
        folded = text.fold(main[: edition.start()] + main[edition.end() :])[:LONGEST]
    counted, other = numbers(folded), text.fold(second)[:LONGEST] if second else ""
    return Title(
        folded,
        other,
        _marks(folded, erratum) or (_marks(other, erratum=False) if other else ""),
        counted,
        _part(main) if counted or _PART_HINT.search(folded) else "",
        number(edition[1].lower()) if edition else "",
        len(folded) < 110 and bool(_GENERIC.fullmatch(folded)),
        _BRACKETED.fullmatch(raw) is not None or "<ORIGINAL>" in raw,
    )


def _without_notes(raw: str) -> str:
    while (
        ("[" in raw or "(" in raw)
        and raw.rstrip()[-1:] in ("]", ")", ".")
        and (found := _NOTE.search(raw))
        and found.start()
    ):
        raw = raw[: found.start()]
    return raw


def _languages(raw: str) -> tuple[str, str]:
    """`English title [Titre français]`, `Title = Titel` and Embase's `Title. <ORIGINAL> Titre`; else the whole."""
    if "<ORIGINAL>" in raw:
        first, _, second = raw.partition("<ORIGINAL>")
        return first, second
    if not any(sign in raw for sign in ("[", " = ", " / ", "(")):
        return raw, ""
    found = _SECOND.match(raw)
    if not found:
        return raw, ""
    first, second = found[1] or found[3], found[2] or found[4]
    return (first, second) if _spoken(first) and _spoken(second) else (raw, "")


def _spoken(raw: str) -> bool:
    return raw.count(" ") >= 2


# One of these stands in every title that has a mark.
_HINTS = (
    "errat", "corrig", "correct", "addend", "retract", "concern", "withdraw", "repl", "respon", "rejoin", "comment",
    "discuss", "remark", "re ", "letter", "review",
)  # fmt: skip


def _marks(folded: str, erratum: bool) -> str:
    if not erratum and not any(hint in folded for hint in _HINTS):
        return ""
    found = [name for name, pattern in _MARKS.items() if pattern.search(folded)]
    return " ".join(["erratum", *found] if erratum and "erratum" not in found else found)


def numbers(folded: str) -> str:
    """The numbers of a folded text in order, as digits: `5th`, `fifth`, `V`… are 5 (a single letter is no number).

    The year in the names of one disease is none: COVID-19 and 2019-nCoV are the same.
    """
    words = _PANDEMIC.sub(" ", folded) if "cov" in folded or "corona" in folded else folded
    return " ".join(filter(None, map(number, words.split())))


_PANDEMIC = re.compile(
    r"\b(?:covid ?19|covid ?2019|2019 ?n ?cov|n ?cov ?(?:20)?19|sars co ?v ?2|(?:novel )?coronavirus(?: disease)? 2019"
    r"|2019 novel coronavirus)\b"
)


@lru_cache(maxsize=1 << 15)
def number(word: str) -> str:
    """The number that a folded word is, as digits without leading zeros, or the empty string."""
    if word.isalpha():
        return NUMBERS.get(word) or (roman(word) if _ROMAN.fullmatch(word) else "")
    if word.isascii() and word.isdigit():
        return word.lstrip("0") or "0"
    if found := _ORDINAL.fullmatch(word):
        return found[1]
    return " ".join(part.lstrip("0") or "0" for part in _NUMERIC.findall(word))


def roman(word: str) -> str:
    """A Roman number as digits."""
    values = [_ROMAN_VALUES[char] for char in word]
    return str(sum(-value if value < max(values[place:]) else value for place, value in enumerate(values)))


def _part(raw: str) -> str:
    """The numbers of parts, `part II` or a number where the title or its first half ends."""
    found = [_count(match[1].lower()) for match in _PART.finditer(raw)] if len(raw) < LONGEST else []
    return " ".join(dict.fromkeys(filter(None, [*found, *_ending(raw)])))


def _ending(raw: str) -> Iterator[str]:
    for match in _NUMBERED.finditer(raw[-LONGEST:]):
        yield _count(match[1].lower())


def _count(word: str) -> str:
    if word == "one":
        return "1"
    if all(char in _ROMAN_VALUES for char in word):
        return roman(word)
    return number(word) or word
