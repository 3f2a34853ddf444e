"""Which pairs are worth comparing: records that share one of several keys.

There are so many keys that a typo, a missing year, an abbreviated journal or a cut author list hides no pair, and the
cost of each is bounded: in a block each record meets at most `WINDOW` neighbours, in the order of their titles (the
sorted neighbourhood of Hernández and Stolfo, 1995, within blocks).
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from bibkit.dedupe.places import similarity
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.record import Record

WINDOW = 20  # neighbours that a record meets in a block
WIDE = 400  # a block with more records than this …
NARROW = 10  # … gives each of them only so many neighbours
TOLD = 2000  # a block that is reported
AT_ONCE = 1_000_000  # keys that are told apart in one go: memory for more is taken again and again
ALIKE = 0.5  # titles that are less alike than this are no candidates, unless an identifier or a place agrees
CLOSE = 0.9  # titles that are less alike need an author in common, by the family name …
AKIN = 0.72  # … or by any of the names

Key = tuple[object, ...]


class Block(msgspec.Struct, frozen=True):
    """A key that very many records share."""

    key: Key
    size: int


# ------------------------------------------------------------------------------------------------ keys


class Words(msgspec.Struct, frozen=True, gc=False):
    """The words of a title, rarest first, and its first author's last word."""

    rare: tuple[str, ...]
    surname: str


def _identifiers(one: Prepared, _: Words) -> Iterator[Key]:
    if one.doi:
        yield ("doi", one.doi)
    for known in one.registered:
        yield ("id", known)


def _isbn(one: Prepared, _: Words) -> Iterator[Key]:
    if one.isbn:
        yield ("isbn", one.isbn)


def _whole_titles(one: Prepared, _: Words) -> Iterator[Key]:
    if one.title:
        yield ("title", one.title.replace(" ", ""))
    if one.second:
        yield ("title", one.second.replace(" ", ""))


def _beginnings(one: Prepared, _: Words) -> Iterator[Key]:
    if len(one.title) > 15:
        yield ("begin", one.title[:24].replace(" ", "")[:18])


def _endings(one: Prepared, _: Words) -> Iterator[Key]:
    if len(one.title) > 30:
        yield ("end", one.title[-24:].replace(" ", "")[-18:])


def _rare_pairs(one: Prepared, words: Words) -> Iterator[Key]:
    rare = words.rare
    for place, first in enumerate(rare):
        for second in rare[place + 1 :]:
            yield ("rare", *sorted((first, second)))


def _surname_word(one: Prepared, words: Words) -> Iterator[Key]:
    if words.surname:
        for word in words.rare[:2]:
            yield ("word", words.surname, word)


def _surname_year(one: Prepared, words: Words) -> Iterator[Key]:
    if words.surname and one.year:
        yield ("year", words.surname, one.year, one.title[:1])


def _page(one: Prepared, words: Words) -> Iterator[Key]:
    """One page of one volume, or of one year by one author: records that agree here are compared anyway."""
    if one.first and one.volume and one.first != "1":
        yield ("page", one.volume, one.first, words.surname)
    if one.first and one.last and one.year and words.surname and one.first != "1":
        yield ("pages", one.year, one.first, one.last, words.surname)


def _place(one: Prepared, _: Words) -> Iterator[Key]:
    if one.first and one.volume and one.first != "1":
        yield ("place", one.volume, one.first, one.last[-2:], one.year)


def _team(one: Prepared, words: Words) -> Iterator[Key]:
    """Four or more authors and a rare word of the title: a paper whose title was rewritten keeps them."""
    if len(one.families) > 3:
        for word in words.rare:
            yield ("team", *one.families[:3], one.families[-1], word)


Rule = Callable[[Prepared, Words], Iterator[Key]]

# Each rule with the number of keys that it may give for one record. Pairs from the first group are compared whatever
# their titles are.
SURE: tuple[tuple[Rule, int], ...] = ((_identifiers, 3), (_page, 2), (_team, 4))
LIKELY: tuple[tuple[Rule, int], ...] = (
    (_isbn, 1),
    (_whole_titles, 2),
    (_beginnings, 1),
    (_endings, 1),
    (_rare_pairs, 6),
    (_surname_word, 2),
    (_surname_year, 1),
    (_place, 1),
)
_COMMON = frozenset("study analysis using based with from effect effects patients review".split())


def words_of(prepared: Sequence[Prepared]) -> list[Words]:
    """The four rarest words of each title, counted over all of them, and the surname of the first author."""
    counts: Counter[str] = Counter()
    for one in prepared:
        counts.update(set(one.title.split()))
    return [_words(one, counts) for one in prepared]


def _words(one: Prepared, counts: Counter[str]) -> Words:
    found = sorted({word for word in one.title.split() if len(word) > 2}, key=lambda word: (counts[word], word))
    return Words(tuple(found[:4]), one.families[0].rpartition(" ")[2] if one.families else "")


# ------------------------------------------------------------------------------------------------ index


Slot = tuple["array[int]", "array[int]"]  # where a record's neighbours begin and end, by record


class Index(msgspec.Struct):
    """For each record the neighbours that it met before itself, as slices of `members`, without any pair written out.

    `sure` and `likely` hold, for each slot of a rule, where the slices begin and end, by record.
    """

    members: array[int]
    sure: list[Slot]
    likely: list[Slot]
    wide: list[Block]

    def candidates(self, position: int) -> tuple[set[int], set[int]]:
        """The earlier records to compare this one with: those to be compared anyway, and those with a like title."""
        members = self.members
        sure: set[int] = set()
        for low, high in self.sure:
            if end := high[position]:
                sure.update(members[low[position] : end])
        likely: set[int] = set()
        for low, high in self.likely:
            if end := high[position]:
                likely.update(members[low[position] : end])
        return sure, likely - sure


def index(prepared: Sequence[Prepared]) -> Index:
    """The blocks of all rules over these records, which must stand in the order of their titles."""
    words = words_of(prepared)
    found = Index(array("I", [0]), [], [], [])
    for rules, slots in ((SURE, found.sure), (LIKELY, found.likely)):
        for rule, width in rules:
            _add(rule, width, prepared, words, found, slots)
    found.wide.sort(key=lambda block: (-block.size, str(block.key)))
    return found


def _add(
    rule: Rule,
    width: int,
    prepared: Sequence[Prepared],
    words: Sequence[Words],
    found: Index,
    slots: list[Slot],
) -> None:
    empty = array("I", bytes(4 * len(prepared)))
    made = [(empty[:], empty[:]) for _ in range(width)]
    for block in _blocks(rule, width, prepared, words):
        if len(block) > TOLD:
            position, slot = divmod(block[0], width)
            found.wide.append(Block([*rule(prepared[position], words[position])][slot], len(block)))
        _lay(block, width, found.members, made)
    slots += [pair for pair in made if any(pair[1])]


def _blocks(rule: Rule, width: int, prepared: Sequence[Prepared], words: Sequence[Words]) -> Iterator[list[int]]:
    """The records that share a key, two or more; each stands for itself and its slot in one number.

    A million keys are told apart by their hashes, a part of them at a time, and a list is made only for a key that
    comes twice.
    """
    known = array("q", bytes(8 * width * len(prepared)))
    for position, one in enumerate(prepared):
        for slot, key in enumerate(rule(one, words[position]), position * width):
            known[slot] = hash(key)
    parts = 1 + len(known) // AT_ONCE
    for part in range(parts):
        yield from _shared(known, part, parts)


def _shared(known: array[int], part: int, parts: int) -> Iterable[list[int]]:
    first: dict[int, int] = {}
    blocks: dict[int, list[int]] = {}
    for entry, key in enumerate(known):
        if key and (parts == 1 or key % parts == part):
            before = first.setdefault(key, entry)
            if before != entry:
                blocks.setdefault(key, [before]).append(entry)
    return blocks.values()


def _lay(block: list[int], width: int, members: array[int], made: list[Slot]) -> None:
    base, window = len(members), WINDOW if len(block) <= WIDE else NARROW
    for place, entry in enumerate(block):
        position, slot = divmod(entry, width)
        members.append(position)
        low, high = made[slot]
        low[position], high[position] = base + max(0, place - window), base + place


# ------------------------------------------------------------------------------------------------ pairs


def canonical(prepared: Sequence[Prepared]) -> list[int]:
    """The positions in the order of titles, authors and the rest, so that nothing depends on the order of the input."""
    return sorted(range(len(prepared)), key=prepared.__getitem__)


def pairs(prepared: Sequence[Prepared], blocks: Index, positions: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The pairs whose later record is one of `positions`; each pair comes once. `prepared` is in canonical order."""
    for position in positions:
        sure, likely = blocks.candidates(position)
        for other in sure:
            yield other, position
        one = prepared[position]
        families = set(one.families)
        for other in likely:
            if _promising(one, prepared[other], families):
                yield other, position


def _promising(one: Prepared, other: Prepared, families: set[str]) -> bool:
    """Whether the titles are alike enough, or one begins with the other; titles less alike need an author in common."""
    theirs = other.families
    known = not families or not theirs or not families.isdisjoint(theirs)
    alike = similarity(one.title, other.title, score_cutoff=ALIKE if known else AKIN)
    if alike:
        return known or alike >= CLOSE or _acquainted(one, other)
    return bool(one.second or other.second) or one.title.startswith(other.title) or other.title.startswith(one.title)


def _acquainted(one: Prepared, other: Prepared) -> bool:
    """Whether part of a family name of one is part of a name in the other."""
    theirs = " ".join(other.families + other.givens).split()
    return any(word in theirs for family in one.families[:3] for word in family.split() if len(word) > 2)


def block(records: Sequence[Record]) -> Iterator[tuple[int, int]]:
    """Pairs of positions worth comparing, each once, the smaller position first.

    The number of pairs is at most linear in the records. No record is compared with more than `WINDOW` neighbours for
    one key.
    """
    prepared = [prepare(record) for record in records]
    order = canonical(prepared)
    ordered = [prepared[position] for position in order]
    for one, other in pairs(ordered, index(ordered), range(len(ordered))):
        first, second = order[one], order[other]
        yield (first, second) if first < second else (second, first)
