"""Where a record was published, as the matching compares it: container, kind of publication, volume, issue, pages.

Databases write these in many ways: "4 (1) (no pagination)", "vol. 5, no. 2", "494-6", "S4-76-S4-101", pages that a
spreadsheet took for a date ("01-Aug"), and hyphens of every code point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import msgspec
from rapidfuzz.distance import Indel

from bibkit import text
from bibkit.record import Record

similarity: Callable[..., float] = Indel.normalized_similarity

# ------------------------------------------------------------------------------------------------ kinds

# What a CSL type says about the kind of publication; the others say nothing.
KINDS = {
    "paper-conference": "conference", "manuscript": "preprint", "thesis": "thesis", "report": "report",
    "book": "book", "chapter": "chapter", "entry-encyclopedia": "chapter", "entry-dictionary": "chapter",
    "dataset": "dataset", "software": "software", "review-book": "review", "patent": "patent", "speech": "conference",
}  # fmt: skip
_JOURNALS = frozenset(["article-journal", "article-magazine", "article-newspaper"])

_PREPRINT_SERVERS = re.compile(
    r"\b(?:arxiv|corr|(?:bio|med|chem|psy|soc|eco|tech|engr|edu|law|agri|paleo|eart?h)[a-z]?r?xiv|ssrn|research square"
    r"|preprints?(?: org)?|osf|zenodo|authorea|repec|nber working papers?|figshare"
    r"|unpublished|in preparation|submitted for publication)\b|^manuscript$"
)
# Source: the prefixes that Crossref and DataCite list for preprint servers.
_PREPRINT_DOIS = re.compile(
    r"10\.(?:48550/arxiv|1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}$|64898/|2139/ssrn|21203/rs|31234/osf|31219/osf|31235/osf"
    r"|31222/osf|31223/osf|31730/osf|20944/preprints|26434/chemrxiv|36227/techrxiv|22541/au|35542/osf)"
)
_CONFERENCE = re.compile(r"\b(?:conf(?:erence)?|workshop|symp(?:os(?:ium)?)?|congress|colloquium|meeting|convention)\b")
_PROCEEDINGS = re.compile(
    r"\b(?:proc|proceedings|advances in neural information|nips|neurips|icml|aaai|ijcai|colt|stoc|focs)\b"
)
_LEARNED = re.compile(
    r"\b(?:national academy|natl acad|nat acad|royal society|r soc|roy soc|ieee$|of the ieee$|institution of"
    r"|american mathematical|london mathematical|edinburgh|nutrition society|mayo clinic|vldb endowment|acm on)\b"
)
_JOURNAL = re.compile(
    r"\b(?:j|jnl|journal|journals|trans|transactions|letters|lett|annals|ann|archives|arch|magazine|bulletin|bull"
    r"|acta|rev|review|reviews|quarterly|zeitschrift|revue|revista|rivista|machine learning(?= \d|$)"
    r"|information and computation"
    r"|artificial intelligence|communications of the acm|comm acm|cacm|jacm|proceedings of the national academy)\b"
)
_REPORT = re.compile(
    r"\b(?:tech(?:nical)? (?:rep(?:ort)?|memo(?:randum)?)|research report|tr \d|working paper|discussion paper)\b"
)
_THESIS = re.compile(r"\b(?:thesis|dissertation|ph d|phd|masters?)\b")


def kind(record: Record, venue: str, doi: str) -> str:
    """journal, conference, preprint, report, thesis, book, chapter…; empty where nothing says it.

    What the container calls itself goes before the type, because sources type by habit; proceedings of academies and
    societies are journals.
    """
    if _PREPRINT_DOIS.match(doi) or (venue and _PREPRINT_SERVERS.search(venue)) or _on_arxiv(record):
        return "preprint"
    said = _venue_kind(venue) if venue else ""
    if record.type in _JOURNALS:
        return said if said in ("conference", "journal") else "journal" * bool(venue)
    by_type = KINDS.get(record.type, "")
    if by_type == "conference" and said == "journal":
        return said
    return by_type or said


def _on_arxiv(record: Record) -> bool:
    return "container-title" not in record.texts and bool(
        "arxiv" in record.texts.get("publisher", "").lower() or "arxiv" in record.texts.get("archive", "").lower()
    )


@lru_cache(maxsize=1 << 14)
def _venue_kind(venue: str) -> str:
    for name, pattern in (("thesis", _THESIS), ("report", _REPORT), ("conference", _CONFERENCE)):
        if pattern.search(venue):
            return name
    if _JOURNAL.search(venue):
        return "journal"
    if _PROCEEDINGS.search(venue):
        return "" if _LEARNED.search(venue) else "conference"
    return ""


# ------------------------------------------------------------------------------------------------ container

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_EVENT = re.compile(r"[.;,]\s*Conference:")  # Embase: "Circulation. Conference: American Heart Association's …"
# "An extended abstract appeared in Proc. …" is said of another version; "to appear in" is said of this one.
_ELSEWHERE = re.compile(
    r"(?:\b(?:an? )?(?:extended abstract|(?:preliminary|earlier|short) version)\b.{0,20}\bappear(?:s|ed)\b).*",
    re.IGNORECASE,
)
_TO_APPEAR = re.compile(r"^\W*(?:to appear|appearing)(?: in)?\b", re.IGNORECASE)
_FILLERS = frozenset(
    "the of in and for on a an an der die das und fur für de la le les des du et del della di e y i to at part series "
    "proceedings proc".split()
)


@lru_cache(maxsize=1 << 15)
def venue(raw: str) -> str:
    """The container without asides; empty where no word is in it, since a year or a volume is no container."""
    if "appear" in raw:
        raw = _TO_APPEAR.sub("", _ELSEWHERE.sub("", raw))
    folded = text.fold(_ASIDE.sub(" ", _EVENT.split(raw)[0])) or text.fold(raw)
    return "" if folded.replace(" ", "").isdigit() else " ".join(folded.split()[:24])


@lru_cache(maxsize=1 << 16)
def same_venue(one: str, other: str) -> str:
    """equal, abbreviated, similar or different, for two folded containers that are not empty."""
    if one == other:
        return "equal"
    ours, theirs = _words(one), _words(other)
    if ours == theirs:
        return "equal"
    short, long = (ours, theirs) if len(ours) <= len(theirs) else (theirs, ours)
    if _abbreviates(short, long) or _acronym(short, long) or _spells(one, other) or _spells(other, one):
        return "abbreviated"
    shared = sum(any(_stem(word, other) for other in long) for word in short)
    if shared * 4 >= len(short) * 3 and shared > 1 - (len(short) == len(long)):
        return "similar"
    return "different"


# Which one of a series of conferences it was; "Proc. 5th Ann. Workshop" and "Fifth ACM Workshop" are one event.
_WHICH = re.compile(
    r"\d+(?:st|nd|rd|th)?|(?:twenty|thirty|fort?y|fifty|first|second|third|fourth|fifth|sixth|seventh|eighth?|ninth"
    r"|tenth|eleventh|twelfth|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth|fortieth|fiftieth"
    r"|annual|annu?|acm|ieee)"
)


def _words(folded: str) -> list[str]:
    """Without what abbreviations drop and what tells the years of one conference apart: another field has the year."""
    words = folded.split()
    kept = [word for word in words if word not in _FILLERS and not word.isdigit()]
    if _venue_kind(folded) == "conference":
        kept = [word for word in kept if not _WHICH.fullmatch(word)]
    return kept or words


def _stem(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one) or similarity(one, other) >= 0.85


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether each word of the short form begins one of the long form, in order and from the first on."""
    place = 0
    for word in short:
        while place < len(long) and not _begins(word, long[place]):
            place += 1
        if place == len(long):
            return False
        place += 1
    return bool(short) and _begins(short[0], long[0]) and (len(short) * 2 >= len(long) or len(long) - len(short) < 3)


def _begins(short: str, long: str) -> bool:
    """`natl` begins `national`: the first letters agree, and all letters come in order."""
    if long.startswith(short) or short.startswith(long):
        return True
    if short[:2] != long[:2] or len(short) > len(long):
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _acronym(short: list[str], long: list[str]) -> bool:
    initials = "".join(word[0] for word in long)
    return len(initials) > 2 and (short[0] == initials or "".join(word[0] for word in short) == long[0] != "")


_OPTIONAL = _FILLERS | frozenset(
    "annual international intl int national conference conf workshop symposium symp acm ieee siam".split()
)
_MEETING = re.compile(r"(?:in |the |proc(?:eedings)? |of |\d+(?:st|nd|rd|th)? |annual )*([a-z]{4,8}?)(?: ?\d+| pp?)*")


def _spells(name: str, long: str) -> bool:
    """EuroCOLT '95 spells "Second European Conference on Computational Learning Theory": beginnings of words in order,
    of which only small words and the names of events are left out.
    """
    found = _MEETING.fullmatch(name)
    words = [word for word in long.split() if not word.isdigit()]
    if not found or len(words) < 3 or _venue_kind(long) != "conference":
        return False
    letters = found[1]
    return any(_spelled(letters, words, start) for start in range(len(words)) if words[start][0] == letters[0])


def _spelled(letters: str, words: Sequence[str], place: int) -> bool:
    """Whether all letters are the beginnings of words from this place on."""
    if not letters or place == len(words):
        return not letters
    word = words[place]
    shared = next(
        (n for n, (a, b) in enumerate(zip(letters, word, strict=False)) if a != b), min(len(letters), len(word))
    )
    fewest = 0 if word in _OPTIONAL else 1
    return any(_spelled(letters[taken:], words, place + 1) for taken in range(shared, fewest - 1, -1))


# ------------------------------------------------------------------------------------------------ volume, issue, pages

_VOLUME = re.compile(r"(\d+)\s*(?:\(\s*([\w\s./-]{1,20}?)\s*\)|,?\s*no\.?\s*(\d+)|[:/]\s*(\d+)\b)?")
_NUMBER = re.compile(r"\d+")
_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)
}  # fmt: skip
_HYPHENS = re.compile(r"\s*[-‐‑‒–—―−﹣－~]+\s*|\s+to\s+")
_NO_PAGES = re.compile(r"\(?no pagination(?: specified)?\)?|\bpp?\b\.?|\bpages?\b|[()\[\]]|\bno page\b", re.IGNORECASE)
_EXTENT = re.compile(r"\bonline resource|\bcm\b|\bp\.\s*[;:(]|\d+\s*(?:p\b|pages|pgs|pp\b)", re.IGNORECASE)
_PLAIN_PAGES = re.compile(r"(\d{1,5})[-–](\d{1,5})")
_PAGE = re.compile(r"([a-z]*)0*(\d+)([a-z]*)")


class Place(msgspec.Struct, frozen=True, gc=False):
    """Volume, issue, first and last page as short folded strings, empty where nothing is known."""

    volume: str = ""
    issue: str = ""
    first: str = ""
    last: str = ""


def place(record: Record) -> Place:
    """Where in its container the record stands."""
    texts = record.texts
    volume, issue = _volume(texts["volume"]) if "volume" in texts else ("", "")
    if "issue" in texts:
        issue = _issue(texts["issue"]) or issue
    first, last = pages(texts["page"]) if "page" in texts else ("", "")
    if not first and "number" in texts and record.type in _JOURNALS:
        first = text.fold(texts["number"])
    return Place(volume, issue, first, last)


@lru_cache(maxsize=1 << 14)
def _volume(raw: str) -> tuple[str, str]:
    found = _VOLUME.search(raw)
    if not found:
        folded = text.fold(raw)
        return ("" if "pagination" in folded or folded in _MONTHS else folded), ""
    return found[1].lstrip("0"), _issue(found[2] or found[3] or found[4] or "")


@lru_cache(maxsize=1 << 14)
def _issue(raw: str) -> str:
    if not raw:
        return ""
    folded = text.fold(raw)
    digits = _NUMBER.findall(folded)
    if not digits:
        return folded
    first: str = digits[0].lstrip("0")
    return f"s{first}" if "sup" in folded else first


@lru_cache(maxsize=1 << 13)
def pages(raw: str) -> tuple[str, str]:
    """First and last page, the last one in full: `494-6` is 494 and 496. A spreadsheet's date is undone: `01-Aug`.

    What states an extent ("xii, 388 pages") or says that there are none, gives nothing.
    """
    if plain := _PLAIN_PAGES.fullmatch(raw):
        return plain[1].lstrip("0"), _full(plain[1].lstrip("0"), plain[2])
    raw = " ".join(raw.split())
    if _EXTENT.search(raw) and not raw.lower().startswith("p"):
        return "", ""
    words = _HYPHENS.sub("-", _NO_PAGES.sub(" ", raw.lower())).replace("–", "-").strip(" .,;:")
    pieces = [piece for piece in re.split(r"-", re.split(r"[,;]", words)[0]) if piece.strip()]
    if not pieces or not any(char.isdigit() for char in words):
        return "", ""
    if len(pieces) == 4:  # S4-76-S4-101
        return _page(pieces[0] + pieces[1]), _page(pieces[2] + pieces[3])
    if len(pieces) == 2 and (undone := _undated(pieces[0].strip(), pieces[1].strip())):
        return undone
    first, last = _page(pieces[0]), _page(pieces[-1]) if len(pieces) > 1 else ""
    if not last and first.isdigit() and len(first) in (6, 8):  # 433444: the hyphen was lost
        half = len(first) // 2
        if first[:half] < first[half:]:
            return first[:half], first[half:]
    return first, _full(first, last)


def _undated(one: str, other: str) -> tuple[str, str] | None:
    """`01-Aug` and `8-Jan` were 1-8, `Jan-65` was 1-65."""
    if one.isdigit() and other[:3] in _MONTHS and other.isalpha():
        low, high = sorted((int(one), _MONTHS[other[:3]]))
        return str(low), str(high)
    if other.isdigit() and one[:3] in _MONTHS and one.isalpha():
        return str(_MONTHS[one[:3]]), other.lstrip("0")
    return None


def _page(raw: str) -> str:
    """Without leading zeros and signs: `e43268`, `s476`, `cd2273`."""
    joined = "".join(char for char in raw if char.isalnum())
    found = _PAGE.fullmatch(joined)
    return "".join(found.groups()) if found else joined


def _full(first: str, last: str) -> str:
    """The last page with the digits that it leaves out."""
    if not last or not last[-1].isdigit():
        return last
    head = first.rstrip("0123456789")
    digits, ours = last[len(last.rstrip("0123456789")) :], first[len(head) :]
    if len(digits) < len(ours):
        digits = ours[: len(ours) - len(digits)] + digits
    return head + digits
