"""What the decisions say about these records: pairs that are decided, values that are preferred, and what is at odds.

A decision names works by their identities; here the works are found among the records again, also after an edit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations, product

import msgspec
from rapidfuzz import fuzz

from bibkit import identity, text
from bibkit.decisions import Decision, Decisions, Work, all_works
from bibkit.dedupe import Verdict
from bibkit.lock import Lock, caseless
from bibkit.problems import Problem
from bibkit.record import Json, Record

NEARLY = 90  # of 100: titles as near as this, with the same first author, are one title before and after an edit
_VERDICTS = {"same": Verdict.SAME, "different": Verdict.DIFFERENT, "version-of": Verdict.VERSION}


class Rulings(msgspec.Struct, frozen=True):
    """`decided` is by positions, the smaller first; `preferred` has values as JSON by position and variable."""

    decided: Mapping[tuple[int, int], Verdict] = msgspec.field(default_factory=dict)
    preferred: Mapping[int, Mapping[str, Json]] = msgspec.field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    at_odds: tuple[str, ...] = ()  # the names of decisions that do not count, since others contradict them


def rule(records: Sequence[Record], decisions: Decisions, lock: Lock = Lock()) -> Rulings:  # noqa: B008 (frozen)
    """Find the works of the decisions among the records, and what follows for pairs of these.

    What is said to be apart stays apart: a `same` that would join it, be it through a chain, is said and does not
    count. Of two decisions on one pair, or on one value, the later in the file counts. A work that is gone is said.
    The lock knows by which identities a work went before. Linear in the records, and nothing at all without decisions.
    """
    if not decisions.made:
        return Rulings()
    court = _Court(records, decisions, lock)
    for decision in decisions.made:
        court.hear(decision)
    court.join()
    return Rulings(court.verdicts(), court.preferred, tuple(court.problems), tuple(court.overruled))


# ------------------------------------------------------------------------------------------------ finding works

# How surely a record is a work; a greater one outweighs all smaller ones.
_AGAIN, _TEXT, _STRONG, _SEEN = 2, 4, 6, 8
_SOURCE = 1  # among equals, the one that stands in the same source


class _Index:
    """The records that any decision could mean, by what they are known by."""

    def __init__(self, records: Sequence[Record], decisions: Decisions, lock: Lock) -> None:
        self.records = records
        self.pins = _pins(lock)
        self._known: dict[int, tuple[str, ...]] = {}
        self.sights: dict[int, str] = {}
        self.by_identity: defaultdict[str, list[int]] = defaultdict(list)
        self.by_key: defaultdict[str, list[int]] = defaultdict(list)
        self.by_author: defaultdict[str, list[int]] = defaultdict(list)
        works = list(all_works(decisions))
        wanted = {name for work in works for name in (*work.known, *self.learned(work))}
        authors = {_author(name) for name in wanted} - {""}
        keys = {caseless(work.key) for work in works if work.key}
        for place, record in enumerate(records):
            for name in identity.identities(record):
                if name in wanted:
                    self.by_identity[name].append(place)
                if (author := _author(name)) in authors:
                    self.by_author[author].append(place)
            for key in keys.intersection(map(caseless, (record.key, *record.aliases))):
                self.by_key[key].append(place)

    def known(self, place: int) -> tuple[str, ...]:
        if place not in self._known:
            self._known[place] = identity.identities(self.records[place])
        return self._known[place]

    def learned(self, work: Work) -> tuple[str, ...]:
        """What the lock knows the work by: its pin grew with every edit."""
        found = dict.fromkeys(
            name
            for known in (*work.known, *([f"key:{caseless(work.key)}"] if not work.known else []))
            for name in self.pins.get(known, ())
        )
        return tuple(found)

    def sight(self, place: int) -> str:
        if place not in self.sights:
            self.sights[place] = identity.sight(self.records[place], self.known(place))
        return self.sights[place]

    def find(self, work: Work, others: Iterable[Work]) -> dict[int, int]:
        """The records that may be this work, with how surely; only where none is sure, those of an edited one."""
        found = {place: self.grade(place, work) for name in work.known for place in self.by_identity[name]}
        sure = {place: grade for place, grade in found.items() if grade >= _TEXT}
        if sure:
            return sure
        taken = {name for other in others for name in other.known}
        return dict.fromkeys(sorted(self.again(work, taken)), _AGAIN)

    def grade(self, place: int, work: Work) -> int:
        ours, theirs = set(self.known(place)), set(work.known)
        near = _SOURCE * (self.records[place].place()[0] in work.sources)
        if self.sight(place) in work.seen:
            return _SEEN + near
        if any(not identity.is_text(name) for name in ours & theirs):
            return _STRONG + near
        return 0 if identity.contradict(ours, theirs) else _TEXT + near

    def again(self, work: Work, taken: set[str]) -> set[int]:
        """Records of the same pin, the same key or nearly the same title, that belong to no other work at hand."""
        found = set(chain.from_iterable(self.by_identity[name] for name in self.learned(work) if name not in taken))
        found.update(self.by_key[caseless(work.key)] if work.key and not found else ())
        found.update(self.alike(work) if not found else ())
        return {place for place in found if self.credible(place, work, taken)}

    def alike(self, work: Work) -> Iterator[int]:
        title = text.fold(work.title)
        for place in chain.from_iterable(self.by_author[_author(name)] for name in work.known if _author(name)):
            if title and fuzz.ratio(title, text.fold(text.plain(self.records[place].title))) >= NEARLY:
                yield place

    def credible(self, place: int, work: Work, taken: set[str]) -> bool:
        """No identifier speaks against it, it is no other work of the decision, and title or first author agree."""
        known = self.known(place)
        if not taken.isdisjoint(known) or identity.contradict(known, work.known):
            return False
        title = text.fold(text.plain(self.records[place].title))
        akin = not work.title or fuzz.ratio(text.fold(work.title), title) >= NEARLY
        return akin or not {*map(_author, known), ""}.isdisjoint({*map(_author, work.known)} - {""})


def _pins(lock: Lock) -> dict[str, tuple[str, ...]]:
    """What a pin knows its work by, by each of these names and by its keys."""
    found: dict[str, tuple[str, ...]] = {}
    for pin in lock.pins:
        found.update(dict.fromkeys(pin.identities, pin.identities))
        found.update((f"key:{caseless(key)}", pin.identities) for key in (pin.key, *pin.aliases))
    return found


def _author(name: str) -> str:
    """The first author in a textual identity."""
    return name.rpartition("~")[0].rpartition("|")[2] if identity.is_text(name) else ""


# ------------------------------------------------------------------------------------------------ ruling


class _Court:
    """All decisions on their way to verdicts."""

    def __init__(self, records: Sequence[Record], decisions: Decisions, lock: Lock) -> None:
        self.records = records
        self.decisions = decisions
        self.index = _Index(records, decisions, lock)
        self.apart: dict[tuple[int, int], Decision] = {}
        self.same: list[tuple[Decision, list[int]]] = []
        self.preferred: dict[int, dict[str, Json]] = {}
        self.sayings: dict[tuple[int, str], Decision] = {}
        self.home: dict[int, set[int]] = {}
        self.problems: list[Problem] = []
        self.overruled: list[str] = []

    def hear(self, decision: Decision) -> None:
        """Find the works of a decision, and note what it says of pairs."""
        sides = self.sides(decision)
        if decision.kind == "prefer":
            for chosen in sides[0]:
                self.prefer(decision, chosen)
        elif decision.kind == "same":
            self.same.append((decision, sorted(set().union(*(self.surest(places) for places in sides)))))
        elif decision.kind in _VERDICTS:
            for ones, others in combinations(sides, 2):
                for one, other in product(ones, others):
                    if one != other:
                        self.part(decision, one, other)

    def sides(self, decision: Decision) -> list[dict[int, int]]:
        """For each work of the decision its records, each with how surely; no record is two works."""
        works = decision.works
        found = [self.index.find(work, [other for other in works if other is not work]) for work in works]
        sides: list[dict[int, int]] = [{} for _ in works]
        loose: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
        for place in sorted(set().union(*found)):
            grades = [grades.get(place, 0) for grades in found]
            best = tuple(number for number, grade in enumerate(grades) if grade == max(grades))
            if len(best) == 1:
                sides[best[0]][place] = grades[best[0]]
            else:
                loose[best].append(place)
        for best, places in loose.items():
            self.share(decision, places, [number for number in best if not sides[number]], sides)
        for work, side in zip(works, sides, strict=True):
            if not side:
                self.gone(decision, work)
        return sides

    def share(self, decision: Decision, places: list[int], free: list[int], sides: list[dict[int, int]]) -> None:
        """Records that nothing tells apart go one to each work that has none; where there are more, nobody can say."""
        if len(places) <= len(free):
            for place, number in zip(places, free, strict=False):
                sides[number][place] = _TEXT
        elif free:
            message = f"{len(places)} entries fit the works of this decision, and nothing says which are meant"
            self.say("decision-unclear", message, decision, hint="decide again, or give the entries identifiers")

    def surest(self, places: Mapping[int, int]) -> list[int]:
        """Those that fit best: copies that fit less well are for the matching to join."""
        best = max((grade // 2 for grade in places.values()), default=0)
        return [place for place, grade in places.items() if grade // 2 == best]

    def part(self, decision: Decision, one: int, other: int) -> None:
        pair = (min(one, other), max(one, other))
        earlier = self.apart.get(pair)
        if earlier and earlier.kind != decision.kind:
            self.odd(decision, earlier, "the later one counts", out=earlier)
        self.apart[pair] = decision

    def prefer(self, decision: Decision, place: int) -> None:
        for variable, value in decision.values.items():
            earlier = self.sayings.get((place, variable))
            if earlier and earlier.values[variable] != value:
                self.odd(
                    decision, earlier, f"two values are preferred for {variable}; the later one counts", out=earlier
                )
            self.sayings[place, variable] = decision
            self.preferred.setdefault(place, {})[variable] = value

    def join(self) -> None:
        """Chains of `same`, but for those that would join what is apart."""
        near: defaultdict[int, set[int]] = defaultdict(set)
        for one, other in self.apart:
            near[one].add(other)
            near[other].add(one)
        for decision, places in self.same:
            joined = set(places).union(*(self.home.get(place, ()) for place in places))
            pairs = ((place, other) for place in sorted(joined) for other in sorted(near[place]) if other in joined)
            against = next((self.apart[min(pair), max(pair)] for pair in pairs), None)
            if against:
                self.odd(decision, against, "what is said to be apart stays apart", out=decision)
            else:
                self.home.update(dict.fromkeys(joined, joined))

    def verdicts(self) -> dict[tuple[int, int], Verdict]:
        """All pairs within a chain of `same`, and all pairs across what is apart."""
        found: dict[tuple[int, int], Verdict] = {}
        for group in {id(group): group for group in self.home.values()}.values():
            found.update(dict.fromkeys(combinations(sorted(group), 2), Verdict.SAME))
        for (one, other), decision in self.apart.items():
            for first, second in product(self.home.get(one, {one}), self.home.get(other, {other})):
                found.setdefault((min(first, second), max(first, second)), _VERDICTS[decision.kind])
        return found

    def gone(self, decision: Decision, work: Work) -> None:
        name = repr(work.title or work.key or work.known[0])
        hint = "delete the line if it is not to come back"
        self.say("decision-gone", f"this decision is about {name}, which is not among the entries", decision, hint=hint)

    def odd(self, decision: Decision, other: Decision, outcome: str, out: Decision) -> None:
        """Two decisions that contradict each other."""
        if out.name in self.overruled:
            return
        line = self.decisions.line(other)
        place = f"line {line}" if line else repr(other.name)
        message = f"this decision ({decision.kind}) contradicts {place} ({other.kind}): {outcome}"
        self.say("decision-contradiction", message, decision, hint="delete the one that is wrong")
        self.overruled.append(out.name)

    def say(self, code: str, message: str, decision: Decision, hint: str = "") -> None:
        """Keep a Problem about a line of the file."""
        source, line = self.decisions.source, self.decisions.line(decision)
        self.problems.append(Problem(code, message, "warning", source, line, hint=hint))
