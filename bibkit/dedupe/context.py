"""What only the whole collection can say of a record: its title is a column's, its container has another name.

Both look at neighbours in canonical order, where records of one title stand together; both are linear.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from bibkit.dedupe.prepare import Prepared

RECURRING = 3  # issues, DOIs or years that a short title appears under
TOGETHER = 8  # papers that two containers share before they count as one under two names
SHARE = 0.1  # … and the share that these are of the rarer one's records


def in_context(ordered: Sequence[Prepared]) -> list[Prepared]:
    """The records, in canonical order, with recurring titles marked and one name for each container."""
    names = aliases(ordered)
    made = [msgspec.structs.replace(one, venue=names[one.venue]) if one.venue in names else one for one in ordered]
    for start, end in _runs(made):
        if end - start >= RECURRING and _recurs(made[start:end]):
            for place in range(start, end):
                made[place] = msgspec.structs.replace(made[place], generic=True)
    return made


def _runs(ordered: Sequence[Prepared]) -> Iterator[tuple[int, int]]:
    """Neighbours of one title."""
    start = 0
    for place in range(1, len(ordered) + 1):
        if place == len(ordered) or ordered[place].title != ordered[start].title:
            yield start, place
            start = place


# ------------------------------------------------------------------------------------------------ columns


def _recurs(same: Sequence[Prepared]) -> bool:
    words = same[0].title.count(" ") + 1
    if not same[0].title or words > 8:
        return False
    hands = len({one.families[0] if one.families else "" for one in same})
    years = len({one.year for one in same if one.year})
    issues = len({(one.venue, one.volume, one.issue) for one in same if one.volume and one.issue})
    numbered = len({one.doi for one in same if one.doi})
    if words > 4 and hands < RECURRING:
        return False
    return _yearly(same) or (max(issues, numbered) >= RECURRING and years >= RECURRING)


def _yearly(same: Sequence[Prepared]) -> bool:
    """One title in one container in three years or more."""
    years: dict[str, set[int]] = defaultdict(set)
    for one in same:
        if one.venue and one.year:
            years[one.venue].add(one.year)
    return any(len(found) >= RECURRING for found in years.values())


# ------------------------------------------------------------------------------------------------ containers


def aliases(ordered: Sequence[Prepared]) -> dict[str, str]:
    """Containers that are one under two names ("VLDB", "Very Large Data Bases"): the same papers in the same years.

    A preprint server is none of them, nor are two containers of different kinds.
    """
    together: Counter[tuple[str, str]] = Counter()
    for one, other in pairwise(ordered):
        if (
            one.title == other.title
            and one.venue != other.venue
            and one.venue
            and other.venue
            and _one_paper(one, other)
        ):
            together[min(one.venue, other.venue), max(one.venue, other.venue)] += 1
    often = [pair for pair, count in sorted(together.items()) if count >= TOGETHER]
    if not often:
        return {}
    sizes = Counter(one.venue for one in ordered)
    return _named([pair for pair in often if together[pair] >= SHARE * min(sizes[pair[0]], sizes[pair[1]])], sizes)


def _one_paper(one: Prepared, other: Prepared) -> bool:
    if one.kind != other.kind or one.kind == "preprint" or one.year != other.year or not one.year or one.generic:
        return False
    if not one.families or set(one.families).isdisjoint(other.families):
        return False
    return not any(a and b and a != b for a, b in ((one.volume, other.volume), (one.first, other.first)))


def _named(pairs: Sequence[tuple[str, str]], sizes: Counter[str]) -> dict[str, str]:
    """Each name with the most frequent one that it is linked to, directly or by others."""
    groups: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        joined = (groups[one] or {one}) | (groups[other] or {other})
        groups.update(dict.fromkeys(joined, joined))
    return {name: max(group, key=lambda known: (sizes[known], known)) for name, group in groups.items()}
