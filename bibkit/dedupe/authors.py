"""How two lists of authors compare: a level for the lists, and one for the given names of those in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rapidfuzz.process import extractOne

from bibkit.dedupe.places import similarity
from bibkit.dedupe.prepare import Prepared


def compare_authors(one: Prepared, other: Prepared, loosely: bool = True) -> tuple[str, str]:
    """How the lists compare, and whether the given names of those in both agree.

    Names that only resemble each other count `loosely`, or where somebody else is in both.
    """
    ours, theirs = one.families, other.families
    if not ours or not theirs:
        return ("in one" if ours or theirs else "missing"), ""
    if ours == theirs:
        return _by_number("equal", len(ours)), _compare_given(one.givens, other.givens)
    return _overlap(one, other, loosely)


@lru_cache(maxsize=1 << 16)
def _agree(one: str, other: str) -> bool:
    """Whether one given name can stand for the other: J, Jane, J Q, Jane Quincy."""
    ours, theirs = one.split(), other.split()
    first, second = ours[0], theirs[0]
    if first.startswith(second) or second.startswith(first):
        return True
    if first[0] != second[0]:
        return _later(first, theirs[1:]) or _later(second, ours[1:]) or _within("".join(ours), "".join(theirs))
    return _initials(first, theirs) or _initials(second, ours) or similarity(first, second) > 0.7


def _later(first: str, others: list[str]) -> bool:
    """Whether the first name of one is a later one of the other: Bruce, P. Bruce, P. B."""
    return any(first.startswith(word) or word.startswith(first) for word in others)


def _within(ours: str, theirs: str) -> bool:
    """TimesTen, CORPORATE Times Ten."""
    short, long = sorted((ours, theirs), key=len)
    return ours == theirs or (len(short) > 4 and short in long)


def _initials(word: str, names: list[str]) -> bool:
    """JQ for Jane Quincy, SQ for Shiqiang."""
    if len(word) > 3:
        return False
    letters = iter(names[0])
    return "".join(name[0] for name in names).startswith(word) or all(letter in letters for letter in word)


def _compare_given(ours: Sequence[str], theirs: Sequence[str]) -> str:
    named = [(a, b) for a, b in zip(ours, theirs, strict=False) if a and b]
    if not named:
        return ""
    known = [_agree(a, b) for a, b in named]
    if not known[0]:
        written_out = all(len(name.split()[0]) > 2 for name in named[0])
        return "first is another" if written_out else "first differs"
    return "agree" if sum(known) * 2 > len(known) else "differ"


def _overlap(one: Prepared, other: Prepared, loosely: bool) -> tuple[str, str]:
    """Lists that are not equal: in another order, cut, with families and given names mixed up, or misspelled."""
    short, long = (one, other) if len(one.families) <= len(other.families) else (other, one)
    places = {family: place for place, family in enumerate(long.families)}
    pairs = [(place, places[family]) for place, family in enumerate(short.families) if family in places]
    rest = [place for place, family in enumerate(short.families) if family not in places]
    found = len(pairs)
    if found * 3 < len(short.families) and loosely and _turned_around(one, other):
        return _by_number("equal", len(one.families)), ""
    if rest and (found or loosely):
        found += _loosely(short, long, rest, {there for _, there in pairs})
        if not pairs and found * 3 < len(short.families):
            found = 0  # among many names, one resembles another by chance
    # Two people of one family name are not told apart.
    alone = [(a, b) for a, b in pairs if long.families.count(short.families[a]) == 1]
    given = _compare_given([short.givens[a] for a, _ in alone], [long.givens[b] for _, b in alone])
    level = _share(found, short, long)
    if level == "first only" and pairs and pairs[0][1]:
        level = "another only"
    return level, given


def _turned_around(one: Prepared, other: Prepared) -> bool:
    """Whether families and given names were exchanged in one of the lists: each has the other's initials, in order."""
    count = len(one.families)
    if count < 3 or count != len(other.families):
        return False
    ours, theirs = (map(_letters, each.families, each.givens) for each in (one, other))
    return sum(a == b for a, b in zip(ours, theirs, strict=True)) * 5 >= count * 4


def _letters(family: str, given: str) -> list[str]:
    return sorted(word[0] for word in f"{family} {given}".split())


def _share(found: int, short: Prepared, long: Prepared) -> str:
    fewest, most = len(short.families), len(long.families)
    if not found:
        return "disjoint"
    if found == fewest:
        if most == fewest or short.cut:
            return _by_number("equal", found)
        return _by_number("fewer in one", found) if fewest * 2 > most or fewest > 2 else "first only"
    if found * 3 >= fewest * 2:
        return _by_number("most", found) if most - found < OTHERS else "others in both"
    return "some" if found * 3 >= fewest else "few"


OTHERS = 3  # authors of the longer list who are not in the shorter one, which has others itself: an abstract, later
MANY = 4  # authors in common that no other team of the field has


def _by_number(level: str, found: int) -> str:
    return f"{level}, many" if found >= MANY else f"{level}, one" if found == 1 else level


def _loosely(short: Prepared, long: Prepared, rest: list[int], taken: set[int]) -> int:
    """How many of those that are left have a partner by part of the name, by exchanged names, or by a slip."""
    free = [place for place in range(len(long.families)) if place not in taken]
    owners = {word: place for place in free for word in long.families[place].split() if len(word) > 1}
    given = {word for place in free for word in long.givens[place].split() if len(word) > 1}
    known = (_known(short.families[place], short.givens[place], long, owners, given) for place in rest[:8])
    return min(len(free), sum(known))


def _known(family: str, given: str, long: Prepared, owners: Mapping[str, int], names: set[str]) -> bool:
    """Whether this person is in the other list; a given name that is a given name there as well says nothing."""
    words = [word for word in family.split() if len(word) > 1]
    if any(word in owners or word in names for word in (*words, family.replace(" ", ""))):
        return True
    if any(word in owners for word in given.split() if len(word) > 3):
        return True
    return any(len(word) > 3 and _resembles(word, given, long, owners) for word in words[:2])


def _resembles(word: str, given: str, long: Prepared, owners: Mapping[str, int]) -> bool:
    """Whether a family name is spelled nearly so, and the given names do not say otherwise: Zhang is not Zheng."""
    found = extractOne(word, owners.keys(), scorer=similarity, score_cutoff=0.75)
    if found is None or len(found[0]) < 4:
        return False
    theirs = long.givens[owners[found[0]]]
    return not given or not theirs or _agree(given, theirs)
