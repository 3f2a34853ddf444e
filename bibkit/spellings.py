"""Names of one journal, or of one publisher, in several spellings: in capitals, with another `and`, abbreviated, ...

Two names are taken for one only where nothing speaks against it: the same words, numbers and letters of parts, in the
same order, each in full or in short by ISO 4 (`ltwa`) or by habit. What could be short for two of the names belongs to
neither.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

import msgspec

from bibkit import ltwa, serials
from bibkit.publishers import publisher_words
from bibkit.serials import Word


class Spellings(msgspec.Struct, frozen=True):
    """One journal or publisher: the spelling to prefer, the others by use, and what ISO 4 makes of it (journals only).

    Preferred is what is used most; of several, the fullest, and of these one that is not all in capitals.
    """

    preferred: str
    others: tuple[str, ...]
    abbreviation: str = ""


def journals(counts: Mapping[str, int]) -> list[Spellings]:
    """The journals, series and proceedings that are spelled in more than one way, by how often each name is used.

    One are: other case, accents, marks, punctuation, hyphens and small words (`the`, `&`), words in short, a name with
    and without its acronym or "official journal of" behind it, the acronyms of `ACRONYMS`. Never joined are different
    parts, numbers and years, a name and a longer one, and what is ambiguous among these very names. Time is near to
    linear in their number.
    """
    return _all(counts, journal_words, serials.abbreviate)


def publishers(counts: Mapping[str, int]) -> list[Spellings]:
    """The publishers that are spelled in more than one way: as `journals`, by the words of `publisher_words`."""
    return _all(counts, publisher_words, lambda name: "")


def _all(
    counts: Mapping[str, int], words_of: Callable[[str], list[Word]], short: Callable[[str], str]
) -> list[Spellings]:
    found = (_spellings(group, counts, short) for group in _groups(counts, words_of))
    return sorted(found, key=lambda one: one.preferred.casefold())


# ------------------------------------------------------------------------------------------------ words of a journal

ACRONYMS = {
    "apj": "astrophysical journal",
    "apjl": "astrophysical journal letters",
    "apjs": "astrophysical journal supplement series",
    "bmj": "british medical journal",
    "cacm": "communications acm",
    "jacm": "journal acm",
    "jama": "journal american medical association",
    "lncs": "lecture notes computer science",
    "mnras": "monthly notices royal astronomical society",
    "nejm": "new england journal medicine",
    "pasj": "publications astronomical society japan",
    "pasp": "publications astronomical society pacific",
    "pnas": "proceedings national academy sciences",
}
_MEDIA = frozenset("electronicresource electronic internet online onlineedition print serialonline".split())
_OFFICIAL = frozenset("journal organ publication".split())
_AMERICAN = ("united states america", "u s a", "usa", "u s", "us")
_ACADEMY = "proc natl acad sci"
_FRONTIERS_OF = re.compile(r"\W*frontiers\s+of\b", re.IGNORECASE)


def journal_words(name: str) -> list[Word]:
    """The words by which a journal is known; none for what is no name."""
    words = serials.significant(name)
    if len(words) > 2 and words[0].folded == "in":  # `In Proceedings of …`
        words = words[1:]
    words = _without_aside(_without_subtitle(words))
    if len(words) > 1 and words[0].folded == "frontiers" and _FRONTIERS_OF.match(name):
        words[0].folded = "frontiersof"  # other journals than those of `Frontiers in …`
    if len(words) == 1 and words[0].folded in ACRONYMS:
        return [Word(" ", word, word) for word in ACRONYMS[words[0].folded].split()]
    return _without_country(words)


def _without_subtitle(words: list[Word]) -> list[Word]:
    """Without `: official journal of the …`."""
    for place, word in enumerate(words[1:-1], 1):
        if word.folded == "official" and words[place + 1].folded in _OFFICIAL and set(word.gap) & set(":.-–—/;("):
            return words[:place]
    return words


def _without_aside(words: list[Word]) -> list[Word]:
    """Without `[electronic resource]` and the name's own acronym, behind or before it."""
    start = len(words)
    while start > 1 and words[start - 1].enclosed:
        start -= 1
    aside = "".join(word.folded for word in words[start:])
    if aside in _MEDIA or (len(words) - start == 1 and _may_be_acronym(words[start].text, words[:start])):
        return words[:start]
    if len(words) > 2 and ":" in words[-1].gap and _is_acronym(words[-1].folded, words[:-1]):
        return words[:-1]
    if len(words) > 2 and not words[1].gap.isspace() and _is_acronym(words[0].folded, words[1:]):
        return words[1:]
    return words


def _is_acronym(some: str, words: list[Word]) -> bool:
    return len(some) > 2 and some == "".join(word.folded[0] for word in words)


def _may_be_acronym(some: str, words: list[Word]) -> bool:
    """`(TODS)` behind `Transactions on Database Systems`: small words count in some."""
    low = some.lower()
    ends = words[-1].folded[0] == low[-1] and any(word.folded[0] == low[0] for word in words)
    letters = "".join(word.folded for word in words)
    return len(some) > 2 and some.isupper() and ends and _in_order(low[:-1], letters)


def _without_country(words: list[Word]) -> list[Word]:
    """The academy of the Proceedings is that of the United States whether they say so or not."""
    if len(words) > 4 and " ".join(map(_in_short, words[:4])) == _ACADEMY:
        rest = " ".join(word.folded for word in words[4:])
        return words[:4] if rest in _AMERICAN else words
    return words


def _in_short(word: Word) -> str:
    return ltwa.abbreviation(word.folded) or word.folded


# ------------------------------------------------------------------------------------------------ one word for another

Match = Literal[0, 1, 2]
DIFFERENT: Match = 0
POSSIBLE: Match = 1
SAME: Match = 2

# Short words of other meaning in ISO 4 that habit uses for these beginnings.
_HABITS = {"comm": "communic", "comp": "comput", "ed": "educ", "mat": "mater", "pol": "polit", "tech": "techno"}


@lru_cache(maxsize=1 << 16)
def _match(short: str, long: str) -> Match:
    """Whether one word can stand for the other: by ISO 4 or habit, or only if one is not particular."""
    if short == long:
        return SAME
    if len(short) >= len(long) or short[0] != long[0] or not short.isalpha():
        return DIFFERENT
    ruled = ltwa.abbreviation(long)
    if short == ruled or (short in _HABITS and long.startswith(_HABITS[short])):
        return SAME
    if len(long) - len(short) < 2:  # `Science` and `Sciences`
        return DIFFERENT
    anothers = short in ltwa.shortened()  # in ISO 4 it is short for another word
    if long.startswith(short):
        return POSSIBLE if anothers or len(short) < 3 else SAME
    drawn = not anothers and len(short) > 2 and short[-1] == long[-1] and _in_order(short, long)
    return SAME if drawn else DIFFERENT


def _in_order(short: str, long: str) -> bool:
    """`intl` is in `international`."""
    letters = iter(long)
    return all(letter in letters for letter in short)


# ------------------------------------------------------------------------------------------------ groups

# Of names with the same initials, so many are compared each with each; of more, those that ISO 4 abbreviates alike.
_CROWD = 100


class _Name(msgspec.Struct):
    """What is the same but for case, marks, punctuation, hyphens and small words."""

    words: tuple[str, ...]
    spelled: list[str]
    terse: bool = False
    group: int = -1

    @property
    def letters(self) -> int:
        return sum(map(len, self.words))


def _groups(counts: Mapping[str, int], words_of: Callable[[str], list[Word]]) -> list[list[_Name]]:
    """Names of one thing, the fullest first; only where there are several spellings."""
    blocks: dict[str, list[_Name]] = defaultdict(list)
    for name in _names(counts, words_of):
        blocks["".join(word[0] for word in name.words)].append(name)
    groups = [group for block in blocks.values() for group in _grouped(block)]
    return [group for group in groups if sum(len(name.spelled) for name in group) > 1]


def _names(counts: Mapping[str, int], words_of: Callable[[str], list[Word]]) -> Iterable[_Name]:
    """Where hyphens differ, the words are those of the spelling that is used most."""
    found: dict[str, _Name] = {}
    for spelled in sorted(counts, key=lambda one: (-counts[one], len(one), one)):
        words = words_of(spelled)
        if not any(char.isalpha() for word in words for char in word.folded):
            continue
        name = found.setdefault(_key(words), _Name(tuple(word.folded for word in words), []))
        name.spelled.append(spelled)
        name.terse = name.terse or _is_terse(words)
    return found.values()


def _key(words: list[Word]) -> str:
    """Hyphens do not count, blanks between digits do: `Neuro-Oncology` is `Neurooncology`, `1 12` is not `11 2`."""
    return "".join(f" {word.folded} " if word.folded[0].isdigit() else word.folded for word in words)


def _is_terse(words: list[Word]) -> bool:
    short = sum(word.folded in ltwa.shortened() for word in words)
    return short * 2 >= len(words) or any(word.pointed for word in words[:-1]) or (bool(short) and words[-1].pointed)


def _grouped(block: list[_Name]) -> Iterator[list[_Name]]:
    """Puts each name to what it is short for, the fullest names first; what is ambiguous stays alone."""
    groups: list[list[_Name]] = []
    placed: list[_Name] = []
    near: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
    for name in sorted(block, key=lambda one: (-one.letters, one.words)):
        ruled = tuple(ltwa.abbreviation(word) or word for word in name.words)
        others = near[ruled][:_CROWD] if len(block) > _CROWD else placed
        group = _belongs(name, others, groups)
        name.group = len(groups) if group < 0 else group
        if group < 0:
            groups.append([])
        groups[name.group].append(name)
        near[ruled].append(name)
        placed.append(name)
    yield from groups


def _belongs(name: _Name, others: Iterable[_Name], groups: list[list[_Name]]) -> int:
    """The group whose names this one stands for, or -1 for none or several."""
    found: dict[int, bool] = {}
    for other in others:
        if match := _match_names(name, other):
            fullest = groups[other.group][0]
            sure = match == SAME and (other is fullest or _match_names(name, fullest) == SAME)
            found[other.group] = found.get(other.group, False) or sure
    group, sure = next(iter(found.items()), (-1, False))
    return group if len(found) == 1 and sure else -1


def _match_names(short: _Name, long: _Name) -> Match:
    if len(short.words) < 2 or len(short.words) != len(long.words):
        return DIFFERENT
    least: Match = SAME
    for ours, theirs in zip(short.words, long.words, strict=True):
        match = _match(ours, theirs)
        if match == DIFFERENT or not (short.terse or ours in (theirs, ltwa.abbreviation(theirs))):
            return DIFFERENT
        least = min(least, match)
    return least


def _spellings(group: list[_Name], counts: Mapping[str, int], short: Callable[[str], str]) -> Spellings:
    fullness = {spelled: name.letters for name in group for spelled in name.spelled}
    order = sorted(fullness, key=lambda one: (-counts[one], -fullness[one], one.isupper(), one))
    fullest = min(fullness, key=lambda one: (-fullness[one], one.isupper(), -_capitals(one), len(one), one))
    return Spellings(order[0], tuple(order[1:]), _headline(short(fullest)))


def _capitals(name: str) -> int:
    """The words with a capital, but for the first one."""
    return sum(word[:1].isupper() for word in name.split()[1:])


def _headline(name: str) -> str:
    """`PHYS. REV.` and `Phys. rev.` as `Phys. Rev.`"""
    if name.isupper() and "." in name:
        return " ".join(word.capitalize() if "." in word[2:] else word for word in name.split())
    if _capitals(name):
        return name
    return " ".join(word[:1].upper() + word[1:] for word in name.split())
