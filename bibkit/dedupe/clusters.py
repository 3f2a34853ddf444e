"""From pairs to publications and works: which records belong together, so that no two of them contradict each other.

Pairs are joined from the surest on. Two clusters become one only where every pair across them may: a weak link never
chains records that a hard rule keeps apart. What people decided goes before all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bibkit.dedupe import blocking, scale
from bibkit.dedupe.blocking import Block
from bibkit.dedupe.context import in_context
from bibkit.dedupe.deciding import decide, weigh
from bibkit.dedupe.evidence import Evidence, Matching, Pair, Verdict
from bibkit.dedupe.prepare import Prepared
from bibkit.dedupe.weights import APART_AT, SAME_AT, TOGETHER_AT, WORKS_APART_AT
from bibkit.problems import Problem
from bibkit.record import Record

LARGEST = 400  # different forms of one publication; beyond it every new one would be compared with too many
Decided = Mapping[tuple[int, int], Verdict]


def match(
    records: Sequence[Record],
    *,
    decided: Decided | None = None,
    watch: scale.Watch | None = None,
    processes: int = 0,
) -> Matching:
    """Which records are of one publication, and which publications are of one work.

    `decided` are people's answers for pairs of positions: SAME joins, DIFFERENT and VERSION keep apart, by a chain as
    well, whatever the evidence. The result does not depend on the order of the records. `watch` wraps what is gone
    through, a step at a time, with the number of steps; `processes` 0 takes as many as there are cores once it is
    worth it.
    """
    watch = watch or scale.unwatched
    with scale.without_collector():
        prepared = scale.prepare_all(records, watch)
    return matched(prepared, decided=decided, watch=watch, processes=processes)


def matched(
    prepared: Sequence[Prepared],
    *,
    decided: Decided | None = None,
    watch: scale.Watch | None = None,
    processes: int = 0,
) -> Matching:
    """`match` for records that are prepared, so that a million of them need not be in memory."""
    with scale.without_collector():
        forms = _forms(prepared, decided or {})
        ordered = in_context([prepared[copies[0]] for copies in forms])
        blocks = blocking.index(ordered)
        found = scale.weigh_all(ordered, blocks, watch or scale.unwatched, processes)
        wide = blocks.wide
        del blocks
        return _Joining(ordered, forms, found, _by_form(decided or {}, forms)).result(wide)


# ------------------------------------------------------------------------------------------------ forms


def _forms(prepared: Sequence[Prepared], decided: Decided) -> list[list[int]]:
    """Positions of equal records together, in canonical order; a record that was decided about stays for itself."""
    special = {position for pair in decided for position in pair}
    forms: list[list[int]] = []
    for position in blocking.canonical(prepared):
        last = forms[-1] if forms else None
        if last and position not in special and last[0] not in special and prepared[last[0]] == prepared[position]:
            last.append(position)
        else:
            forms.append([position])
    return forms


def _by_form(decided: Decided, forms: Sequence[Sequence[int]]) -> dict[tuple[int, int], Verdict]:
    place = {form[0]: number for number, form in enumerate(forms)} if decided else {}
    return {_ordered(place[one], place[other]): verdict for (one, other), verdict in decided.items() if one != other}


def _ordered(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


# ------------------------------------------------------------------------------------------------ joining


class _Joining:
    """The state of one matching: forms in, clusters and works out. Numbers are those of forms."""

    def __init__(
        self,
        ordered: Sequence[Prepared],
        forms: list[list[int]],
        found: scale.Found,
        decided: Mapping[tuple[int, int], Verdict],
    ) -> None:
        self.ordered = ordered
        self.forms = forms
        self.found = found
        self.decided = decided
        self.home: dict[int, list[int]] = {}
        self.human: dict[int, list[int]] = {}
        self.problems: list[Problem] = []
        self.kept_apart: dict[int, set[int]] = defaultdict(set)
        for (one, other), verdict in decided.items():
            if verdict in (Verdict.DIFFERENT, Verdict.VERSION):
                self.kept_apart[one].add(other)
                self.kept_apart[other].add(one)

    def result(self, wide: Iterable[Block]) -> Matching:
        """Everything, in the positions of the input."""
        self._join_decided()
        self._join_found()
        clusters = self._clusters()
        number = {form: place for place, members in enumerate(clusters) for form in members}
        positions = [tuple(sorted(self._positions(members))) for members in clusters]
        loose: list[tuple[int, ...]] = [(copy,) for form in self._loose() for copy in self.forms[form][1:]]
        pairs = tuple(sorted(self._pairs(number), key=lambda pair: (pair.one, pair.other)))
        groups = self._works(clusters, number) + [[len(positions) + place] for place in range(len(loose))]
        return _renumbered(pairs, positions + loose, groups, (*self.problems, *map(_told, wide)))

    # -------------------------------------------------------------------------------------------- clusters

    def _members(self, form: int) -> list[int]:
        return self.home.get(form) or [form]

    def _join_decided(self) -> None:
        for (one, other), verdict in sorted(self.decided.items()):
            if verdict is Verdict.SAME:
                if self._decided_apart(self._members(one), self._members(other)):
                    self.problems.append(_contradiction())
                else:
                    self._merge(one, other)
        self.human = dict(self.home)

    def _join_found(self) -> None:
        same = [
            (-evidence.total, one, other)
            for one, other, evidence in self.found
            if decide(evidence) is Verdict.SAME and (one, other) not in self.decided
        ]
        for _, one, other in sorted(same):
            ours, theirs = self._members(one), self._members(other)
            if ours is not theirs and self._compatible(ours, theirs, TOGETHER_AT):
                self._merge(one, other)
        self._join_averaged()

    def _join_averaged(self) -> None:
        """What resembles several records of one publication, none of them enough, is of it if it does so on average."""
        likely = [
            (-evidence.total, one, other)
            for one, other, evidence in self.found
            if not evidence.veto and (one, other) not in self.decided
        ]
        for _, one, other in sorted(likely):
            ours, theirs = self._members(one), self._members(other)
            if ours is not theirs and len(ours) + len(theirs) > 2 and self._compatible(ours, theirs, SAME_AT):
                self._merge(one, other)

    def _merge(self, one: int, other: int) -> None:
        ours, theirs = self._members(one), self._members(other)
        if ours is theirs or one in theirs:
            return
        joined = ours + theirs
        self.home.update(dict.fromkeys(joined, joined))

    def _decided_apart(self, ours: Iterable[int], theirs: Sequence[int]) -> bool:
        if not self.kept_apart:
            return False
        return any(not self.kept_apart[form].isdisjoint(theirs) for form in ours if form in self.kept_apart)

    def _compatible(self, ours: Sequence[int], theirs: Sequence[int], mean: float) -> bool:
        """Whether no pair across the two contradicts itself: a hard rule, or too much that differs."""
        if len(ours) + len(theirs) > LARGEST or self._decided_apart(ours, theirs):
            return False
        totals = [self._total(one, other) for one in ours for other in theirs]
        return min(totals) > APART_AT and sum(totals) >= mean * len(totals)

    def _total(self, one: int, other: int) -> float:
        """What people joined counts as one record with several forms: the best of them speaks."""
        total = _bearable(weigh(self.ordered[one], self.ordered[other]))
        if one in self.human or other in self.human:
            forms = ((a, b) for a in self.human.get(one, [one]) for b in self.human.get(other, [other]))
            return max(total, *(_bearable(weigh(self.ordered[a], self.ordered[b])) for a, b in forms))
        return total

    def _clusters(self) -> list[list[int]]:
        return [sorted(self._members(form)) for form in range(len(self.forms)) if min(self._members(form)) == form]

    def _alike(self, form: int) -> bool:
        """Whether copies of this form are one publication: a bare "Editorial" is not the same as another."""
        return decide(self._itself(form)) is Verdict.SAME

    def _itself(self, form: int) -> Evidence:
        return weigh(self.ordered[form], self.ordered[form])

    def _loose(self) -> Iterator[int]:
        return (form for form, copies in enumerate(self.forms) if len(copies) > 1 and not self._alike(form))

    def _positions(self, members: Iterable[int]) -> Iterator[int]:
        for form in members:
            copies = self.forms[form]
            yield from copies if len(copies) == 1 or self._alike(form) else copies[:1]

    # -------------------------------------------------------------------------------------------- pairs

    def _pairs(self, number: Mapping[int, int]) -> Iterator[Pair]:
        """SAME only within one cluster, MAYBE only between two; a SAME that was kept apart is a MAYBE."""
        for one, other, evidence in self.found:
            if (one, other) in self.decided:
                continue
            together = number[one] == number[other]
            verdict = decide(evidence)
            if together:
                verdict = Verdict.SAME
            elif verdict is Verdict.SAME:
                verdict = Verdict.MAYBE
            yield self._pair(one, other, verdict, evidence)
        for (one, other), verdict in self.decided.items():
            if verdict is not Verdict.DIFFERENT:
                yield self._pair(one, other, verdict, weigh(self.ordered[one], self.ordered[other]))
        yield from self._copies()

    def _copies(self) -> Iterator[Pair]:
        for form, copies in enumerate(self.forms):
            if len(copies) > 1 and (verdict := decide(evidence := self._itself(form))) is not Verdict.DIFFERENT:
                for copy in copies[1:]:
                    yield Pair(*_ordered(copies[0], copy), verdict, evidence)

    def _pair(self, one: int, other: int, verdict: Verdict, evidence: Evidence) -> Pair:
        return Pair(*_ordered(self.forms[one][0], self.forms[other][0]), verdict, evidence)

    # -------------------------------------------------------------------------------------------- works

    def _works(self, clusters: Sequence[Sequence[int]], number: Mapping[int, int]) -> list[list[int]]:
        """Clusters that are versions of one work, by number; linked from the surest on, and never by a chain alone."""
        links = sorted(self._links(number))
        group: dict[int, list[int]] = {}
        for _, one, other in links:
            ours, theirs = group.get(one) or [one], group.get(other) or [other]
            if ours is theirs or one in theirs or not self._one_work(ours, theirs, clusters):
                continue
            joined = ours + theirs
            group.update(dict.fromkeys(joined, joined))
        return [
            sorted(group.get(place) or [place])
            for place in range(len(clusters))
            if min(group.get(place) or [place]) == place
        ]

    def _links(self, number: Mapping[int, int]) -> Iterator[tuple[float, int, int]]:
        for one, other, evidence in self.found:
            if (
                (one, other) not in self.decided
                and decide(evidence) is Verdict.VERSION
                and number[one] != number[other]
            ):
                yield -evidence.work, *_ordered(number[one], number[other])
        for (one, other), verdict in self.decided.items():
            if verdict is Verdict.VERSION and number[one] != number[other]:
                yield float("-inf"), *_ordered(number[one], number[other])

    def _one_work(self, ours: Sequence[int], theirs: Sequence[int], clusters: Sequence[Sequence[int]]) -> bool:
        pairs = [
            (one, other) for here in ours for there in theirs for one in clusters[here] for other in clusters[there]
        ]
        if any(self.decided.get(_ordered(*pair)) is Verdict.VERSION for pair in pairs):
            return True
        if any(self.decided.get(_ordered(*pair)) is Verdict.DIFFERENT for pair in pairs):
            return False
        return all(may_be_versions(weigh(self.ordered[one], self.ordered[other])) for one, other in pairs[:LARGEST])


def _bearable(evidence: Evidence) -> float:
    """The total, out of bounds where a hard rule speaks or the two contradict each other."""
    return APART_AT if evidence.conflict else evidence.total


def may_be_versions(evidence: Evidence) -> bool:
    """Whether a pair may stand in one work that other pairs hold together."""
    return evidence.work > WORKS_APART_AT


def _renumbered(
    pairs: tuple[Pair, ...], clusters: list[tuple[int, ...]], groups: list[list[int]], problems: tuple[Problem, ...]
) -> Matching:
    """Clusters in the order of their first records, and works in that of their first clusters."""
    order = sorted(range(len(clusters)), key=lambda place: clusters[place])
    turn = {place: number for number, place in enumerate(order)}
    works = sorted(tuple(sorted(map(turn.__getitem__, group))) for group in groups)
    return Matching(pairs, tuple(clusters[place] for place in order), tuple(works), problems)


def _told(block: Block) -> Problem:
    what = " ".join(map(str, block.key[1:]))
    message = f"{block.size} records share {block.key[0]} {what[:60]!r}: each was compared with its nearest only"
    return Problem("dedupe-wide-block", message)


def _contradiction() -> Problem:
    message = "records that were decided to be the same are also decided to be different: they are left apart"
    return Problem("dedupe-decisions-contradict", message)
