"""What speaks for and against two records being one publication: a level for each field, named in words.

`levels` says how each field of a pair compares; weights and rules are none of its business (see `deciding`).
Rapidfuzz gives the similarity of strings; everything else is lookup in what `prepare` has made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bibkit.dedupe.authors import compare_authors
from bibkit.dedupe.places import same_venue, similarity
from bibkit.dedupe.prepare import Prepared
from bibkit.dedupe.titles import number

# The fields that are compared, in the order in which `levels` answers.
FIELDS = (
    "title", "numbers", "authors", "given names", "year", "container", "volume", "issue", "pages", "place", "DOI",
    "identifiers", "ISBN", "abstract",
)  # fmt: skip

EQUAL_TITLES = frozenset(["equal", "short", "one word", "spelled otherwise", "spelled otherwise, short"])
_NEAR = EQUAL_TITLES | {"subtitle in one", "words in one"}
_ONE_CONTAINER = frozenset(["equal", "abbreviated", "similar"])
Levels = tuple[str, ...]


def levels(one: Prepared, other: Prepared) -> Levels:
    """How each of `FIELDS` compares; the empty string where nothing can be said."""
    title = compare_titles(one, other)
    container = same_venue(one.venue, other.venue) if one.venue and other.venue else _absent(one.venue, other.venue)
    volume, pages = _compare_volumes(one, other), compare_pages(one, other)
    return (
        title,
        _compare_numbers(one, other),
        *compare_authors(one, other, title in _NEAR),
        "update"
        if title in EQUAL_TITLES and _updated(one, other)
        else _compare_years(one.year, other.year, container if title in EQUAL_TITLES else "different"),
        container,
        volume,
        _compare_exactly(one.issue.lstrip("s"), other.issue.lstrip("s")),
        pages,
        _place(volume, pages),
        _compare_dois(one.doi, other.doi, title, container),
        _compare_registered(one.registered, other.registered),
        _compare_isbns(one, other),
        _compare_sketches(one.sketch, other.sketch) if one.sketch and other.sketch else "",
    )


def _absent(one: object, other: object) -> str:
    return "in one" if one or other else ""


def _compare_exactly(one: str, other: str) -> str:
    if not one or not other:
        return "in one" if one or other else ""
    return "equal" if one == other else "different"


def _compare_volumes(one: Prepared, other: Prepared) -> str:
    """A volume that is the other one's issue is in the wrong field, and says nothing."""
    level = _compare_exactly(one.volume, other.volume)
    if level == "different" and (one.volume == other.issue.lstrip("s") or other.volume == one.issue.lstrip("s")):
        return "in one"
    return level


# ------------------------------------------------------------------------------------------------ titles

_SMALL = frozenset(
    "a an the of in on and plus for to with by from at or as is its de la le des und der die das en y et".split()
)


def compare_titles(one: Prepared, other: Prepared) -> str:
    """Equal (three lengths), spelled otherwise, longer, exchanged words, similar, related, different, or missing."""
    if not one.title or not other.title:
        return "missing"
    level = _title_level(one.title, other.title)
    if level == "subtitle in one":
        return _without_container(one, other)
    if level in _REWORDED and (one.translated or other.translated):
        return _REWORDED[level]
    if (one.second or other.second) and level not in ("equal", "short", "one word"):
        return max((_title_level(*pair) for pair in _translations(one, other)), key=_closeness, default=level)
    return level


# What two translators make of one title.
_REWORDED = dict.fromkeys(["exchanged", "similar", "words in one"], "translated") | {"related": "translated freely"}


def _without_container(one: Prepared, other: Prepared) -> str:
    """A title that goes on with the name of the other's container is one with it, whose end was read wrongly."""
    short, long = (one, other) if len(one.title) <= len(other.title) else (other, one)
    tail = _rest(short.title, long.title)
    if tail and short.venue and (tail.startswith(short.venue) or same_venue(tail, short.venue) in _NAMED):
        return _length(short.title)
    return "subtitle in one"


_NAMED = frozenset(["equal", "abbreviated"])


def _rest(short: str, long: str) -> str:
    """What follows in a title that begins with another one, wherever blanks stand; empty if it does not begin so."""
    letters = iter(short.replace(" ", ""))
    awaited = next(letters, "")
    for place, char in enumerate(long):
        if not awaited:
            return long[place:].lstrip() if char == " " else ""
        if char == awaited:
            awaited = next(letters, "")
        elif char != " ":
            return ""
    return ""


def _translations(one: Prepared, other: Prepared) -> list[tuple[str, str]]:
    ours, theirs = filter(None, (one.title, one.second)), [*filter(None, (other.title, other.second))]
    return [(a, b) for a in ours for b in theirs]


_CLOSE = (
    "equal",
    "short",
    "one word",
    "spelled otherwise",
    "spelled otherwise, short",
    "subtitle in one",
    "words in one",
    "exchanged",
    "similar",
)


def _closeness(level: str) -> int:
    return -_CLOSE.index(level) if level in _CLOSE else -len(_CLOSE)


def _title_level(one: str, other: str) -> str:
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return _length(one)
    ratio = similarity(one, other)
    one, other = _uncut(one, other)
    ours, theirs = one.split(), other.split()
    if ratio < 0.5:
        return _contained(one, other) or _shared_words(ours, theirs)
    mine, yours = _only(ours, theirs)
    if not mine and not yours:
        return _length(one)
    if not mine or not yours:
        return _longer(one, other, [*mine, *yours])
    if _one_word(mine, yours):
        return _length(one)
    return _contained(one, other) or _exchanged(mine, yours, ratio, one, other)


def _length(title: str) -> str:
    words = title.count(" ") + 1
    if words < 3 or len(title) < 12:
        return "one word"
    return "equal" if words > 4 and len(title) > 28 else "short"


def _only(ours: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that only one of the two has; a word that stands twice in one counts twice."""
    rest, mine = list(theirs), []
    for word in ours:
        if word in rest:
            rest.remove(word)
        else:
            mine.append(word)
    return mine, rest


def _uncut(one: str, other: str) -> tuple[str, str]:
    """With the same last word, where a database cut off its end: "lung cance" is "lung cancer"."""
    ours, theirs = one.rpartition(" ")[2], other.rpartition(" ")[2]
    short, long = sorted((ours, theirs), key=len)
    if min(len(one), len(other)) < CUT_AT or len(short) < 3 or not long.startswith(short):
        return one, other
    return one.removesuffix(ours) + long, other.removesuffix(theirs) + long


def _contained(one: str, other: str) -> str:
    """A title that is the beginning of a much longer one, wherever it is hyphenated, and with a slip or two."""
    short, long = sorted((one, other), key=len)
    if short.count(" ") < 3:
        return ""
    ours, theirs = short.replace(" ", ""), long.replace(" ", "")
    begins = long.startswith(f"{short} ") or (len(ours) > 20 and _begins(ours, theirs))
    return "subtitle in one" if begins else ""


def _begins(short: str, long: str) -> bool:
    if long.startswith(short):
        return True
    slips = len(short) // 20
    return (
        slips > 1
        and len(long) > len(short) + 8
        and OSA.distance(short, long[: len(short)], score_cutoff=slips) <= slips
    )


def _shared_words(ours: Sequence[str], theirs: Sequence[str]) -> str:
    """Titles that were rewritten keep their words."""
    mine, yours = set(ours) - _SMALL, set(theirs) - _SMALL
    shared, fewest = len(mine & yours), min(len(mine), len(yours))
    if shared * 3 >= fewest * 2 and shared > 3:
        return "similar"
    return "related" if shared * 5 >= fewest * 2 and shared > 2 else "different"


CUT_AT = 100  # characters of a title: shorter ones are not cut off
_ARTICLES = frozenset("a an the".split())


def _longer(one: str, other: str, added: list[str]) -> str:
    short, long = sorted((one, other), key=len)
    if all(word in _SMALL for word in added):
        article = len(added) == 1 and added[0] in _ARTICLES and long.startswith(f"{added[0]} ")
        return _length(short) if article else _misspelled(one)
    if short.count(" ") < 2:
        return "similar"
    if long.startswith(f"{short} ") or long.endswith(f" {short}"):
        return "subtitle in one"
    words = iter(long.split())
    in_order = all(word in words for word in short.split() if word not in _SMALL)
    return "words in one" if in_order else "exchanged"


def _misspelled(title: str) -> str:
    return "spelled otherwise" if _length(title) == "equal" else "spelled otherwise, short"


# British and American spelling, and the endings of one word; longer ones first.
_SPELLINGS = (("isation", "ization"), ("ise", "ize"), ("yse", "yze"), ("our", "or"), ("ae", "e"), ("oe", "e"))
_INFLECTED = re.compile(r"(?<=[a-z]{4})(?:es|s|ed|ing|ly|e)$")


@lru_cache(maxsize=1 << 14)
def _stem(word: str) -> str:
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    return _INFLECTED.sub("", word)


def _one_word(mine: Sequence[str], yours: Sequence[str]) -> bool:
    """Whether the words that differ are the same ones, in another form or spelled as in another country."""
    return len(mine) < 6 and "".join(map(_stem, mine)) == "".join(map(_stem, yours))


def _exchanged(mine: list[str], yours: list[str], ratio: float, one: str, other: str) -> str:
    """Whether the words that differ are the same ones in another spelling, or other words."""
    ours, theirs = _telling(mine), _telling(yours)
    if not ours or not theirs:
        return _longer(one, other, [*mine, *yours] if ours or theirs else [])
    if _slips(ours, theirs) or (len(mine) != len(yours) and _slips("".join(mine), "".join(yours))):
        return _misspelled(one)
    if ratio >= 0.8:
        return "exchanged"
    return "similar" if ratio >= 0.65 else _shared_words(one.split(), other.split())


def _telling(words: Sequence[str]) -> str:
    """What is left without small words and numbers."""
    return "".join(word for word in words if word not in _SMALL and not _is_number(word))


def _slips(ours: str, theirs: str) -> bool:
    """Whether a few slips of the pen make one of the other; "from" may be stuck to a word."""
    allowed = 1 + max(len(ours), len(theirs)) // 8
    apart = OSA.distance(ours, theirs, score_cutoff=allowed)
    return apart == 0 or (apart <= allowed and min(len(ours), len(theirs)) > 3)


# ------------------------------------------------------------------------------------------------ numbers


def _is_number(word: str) -> bool:
    """A number is compared in a field of its own; CC1 is a word as well."""
    return bool(number(word)) and not (word[0].isalpha() and word[-1].isdigit())


def _compare_numbers(one: Prepared, other: Prepared) -> str:
    """Numbers in the titles: 5-HT1A and 5 HT 1A agree; a number that only one of them has is no conflict yet."""
    ours, theirs = one.numbers, other.numbers
    if ours == theirs:
        return "equal" if ours else ""
    if ours.replace(" ", "") == theirs.replace(" ", ""):
        return "equal"
    mine, yours = set(ours.split()), set(theirs.split())
    if mine == yours:
        return "equal"
    return "different" if mine - yours and yours - mine else "in one"


# ------------------------------------------------------------------------------------------------ the rest


def _updated(one: Prepared, other: Prepared) -> bool:
    """Whether these are of two years of a Cochrane review, which keeps its title; its updates count as one."""
    return (
        one.year != other.year
        and bool(one.year and other.year)
        and "cochrane" in one.venue
        and "cochrane" in other.venue
    )


def _compare_years(one: int, other: int, container: str) -> str:
    """A year apart is often online first and in print, where the container is the same or not known."""
    if not one or not other:
        return "in one" if one or other else ""
    apart = abs(one - other)
    if apart > 1:
        return "near" if apart < 4 else "far"
    if not apart:
        return "equal"
    return (
        "next" if container == "different" else "next, one container" if container in _ONE_CONTAINER else "next alone"
    )


def compare_pages(one: Prepared, other: Prepared) -> str:
    """equal, overlapping (one counts a page more) or different; from 1 on, without a volume, it is not printed yet."""
    ours, theirs = one.first, other.first
    if not ours or not theirs:
        return "in one" if ours or theirs else ""
    if ours == theirs:
        both = one.last and other.last
        return "equal" if not both or one.last == other.last or ours != "1" else "different"
    if (ours == "1" and not one.volume) or (theirs == "1" and not other.volume):
        return "in one"
    return _apart(one, other)


def _apart(one: Prepared, other: Prepared) -> str:
    start, begin = _digits(one.first), _digits(other.first)
    if not start or not begin:
        return "different"
    if start == begin:
        return "overlapping"
    end, finish = _digits(one.last) or start, _digits(other.last) or begin
    if start <= finish and begin <= end and one.first[0].isalpha() == other.first[0].isalpha():
        return "overlapping"
    if one.last and one.last == other.last:
        return "overlapping"
    return "different"


@lru_cache(maxsize=1 << 14)
def _digits(page: str) -> int:
    digits = "".join(char for char in page if char.isascii() and char.isdigit())
    return int(digits[-9:]) if digits else 0


def _place(volume: str, pages: str) -> str:
    """Volume and page together say more than each alone."""
    if volume != "equal":
        return ""
    return "one page of one volume" if pages == "equal" else "other pages of one volume" * (pages == "different")


def _compare_dois(one: str, other: str, title: str, container: str) -> str:
    """An equal DOI under another title is an issue, a supplement, or a mistake; one journal gives no paper two."""
    if not one or not other:
        return "in one" if one or other else ""
    if one == other:
        return "equal, as the title" if title in EQUAL_TITLES else "equal"
    if one.partition("/")[0] != other.partition("/")[0]:
        return "other registrant"
    return "different, one container" if container in _ONE_CONTAINER else "different"


def _compare_registered(ours: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    if not ours or not theirs:
        return ""
    if not set(ours).isdisjoint(theirs):
        return "equal"
    return (
        "different" if {name.partition(":")[0] for name in ours} & {name.partition(":")[0] for name in theirs} else ""
    )


def _compare_isbns(one: Prepared, other: Prepared) -> str:
    """Only between whole books: chapters share the number of their book, and a book has one for each binding."""
    if not one.isbn or not other.isbn or "chapter" in (one.kind, other.kind):
        return ""
    return "equal" if one.isbn == other.isbn else "different"


def _compare_sketches(one: bytes, other: bytes) -> str:
    ours = {one[place : place + 4] for place in range(0, len(one), 4)}
    theirs = {other[place : place + 4] for place in range(0, len(other), 4)}
    shared, fewest = len(ours & theirs), min(len(ours), len(theirs))
    if fewest < 3:
        return ""
    return "alike" if shared * 2 >= fewest else "different" if shared * 6 < fewest else "partly"
