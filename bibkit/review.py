"""A review: what the matching leaves open, one question after the other, and the answers, each kept at once.

A session asks nobody and prints nothing: a terminal or a page shows its questions and hands it the answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Literal

import msgspec
from rapidfuzz.distance import Indel

from bibkit.decisions import Decision, Kind, Store, now_in_utc, work_of
from bibkit.dedupe import Evidence, Matching, Pair, Verdict, merge
from bibkit.dedupe.values import all_variables, as_json, shown, value_in, value_of
from bibkit.dedupe.works import Decided, Preferred, doubts
from bibkit.explain import Field, choices
from bibkit.problems import UsageError
from bibkit.record import Json, Record

_KINDS: dict[Verdict, Kind] = {Verdict.SAME: "same", Verdict.DIFFERENT: "different", Verdict.VERSION: "version-of"}
WIDEST = 10_000_000  # characters of one text times those of the other: above, a middle that differs is marked whole

# ------------------------------------------------------------------------------------------------ side by side


def marked(one: str, other: str) -> list[tuple[str, bool]]:
    """The first text in pieces, each with whether the other text lacks it there.

    The pieces joined are the text, none is empty, and no two neighbours have the same mark. What is not marked stands
    in both, in the same order.
    """
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    middle, opposite = one[start : len(one) - end], other[start : len(other) - end]
    flags = [False] * start + _flags(middle, opposite) + [False] * end
    pairs = zip(one, flags, strict=True)
    return [("".join(char for char, _ in run), flag) for flag, run in groupby(pairs, key=lambda pair: pair[1])]


def _shared(one: str, other: str) -> int:
    """How long the beginning is that both share."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _flags(one: str, other: str) -> list[bool]:
    flags = [True] * len(one)
    if len(one) * len(other) <= WIDEST:
        for change in Indel.opcodes(one, other):
            if change.tag == "equal":
                flags[change.src_start : change.src_end] = [False] * (change.src_end - change.src_start)
    return flags


class Row(msgspec.Struct, frozen=True):
    """One variable of two records, as a person reads it."""

    variable: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether both have it, and not the same."""
        return bool(self.one and self.other) and self.one != self.other


# First what tells two papers apart; whatever else there is follows.
FIRST = ("title", "author", "issued", "container-title", "volume", "issue", "page", "DOI", "type")


def rows(one: Record, other: Record) -> list[Row]:
    """The variables of two records side by side, without abstracts that are the same."""
    variables = dict.fromkeys((*all_variables(one), *all_variables(other)))
    ordered = [name for name in FIRST if name in variables] + [name for name in variables if name not in FIRST]
    made = (Row(name, _text(one, name), _text(other, name)) for name in ordered)
    return [row for row in made if row.variable != "abstract" or row.differs]


def _text(record: Record, variable: str) -> str:
    value = value_in(record, variable)
    cut = "; et al." if variable in record.cut else ""
    return "" if value is None else shown(value) + cut


# ------------------------------------------------------------------------------------------------ a session


class Question(msgspec.Struct, frozen=True):
    """Are these the same? `pair` are the positions of the two records, `sides` those of all that go with each."""

    pair: tuple[int, int]
    one: Record
    other: Record
    evidence: Evidence
    sides: tuple[tuple[int, ...], tuple[int, ...]]

    def rows(self) -> list[Row]:
        """Both records side by side."""
        return rows(self.one, self.other)


class Progress(msgspec.Struct, frozen=True):
    """How far a session is; `implied` are questions that other answers have answered."""

    total: int
    answered: int
    implied: int
    skipped: int

    @property
    def left(self) -> int:
        """How many are still to be asked."""
        return self.total - self.answered - self.implied - self.skipped


class _Step(msgspec.Struct, frozen=True):
    """One thing that was done and can be undone."""

    kind: Literal["answer", "skip", "prefer"]
    question: Question | None = None
    verdict: Verdict = Verdict.MAYBE
    decisions: tuple[Decision, ...] = ()
    members: tuple[int, ...] = ()  # whose values are preferred


class Session:
    """The questions of a matching, the likeliest first, and what was answered.

    Every answer is in the store before the next question: whoever stops, by whatever means, loses nothing, and a new
    session asks only what is left. A question that others answer (one of a chain) is not asked.
    """

    def __init__(
        self,
        records: Sequence[Record],
        found: Matching,
        store: Store,
        *,
        decided: Decided | None = None,
        preferred: Preferred | None = None,
        who: str = "",
        now: Callable[[], str] = now_in_utc,
    ) -> None:
        self.records = records
        self.store = store
        self.who = who
        self.now = now
        self.steps: list[_Step] = []
        self._clusters = found.clusters
        self._groups = _Groups()
        self._preferred: dict[int, dict[str, Json]] = {}
        self._home = {place: number for number, members in enumerate(found.clusters) for place in members}
        self._before = preferred or {}
        open_pairs = sorted(doubts(found, decided or {}), key=lambda pair: -pair.evidence.total)
        self._questions = {(pair.one, pair.other): self._question(pair) for pair in open_pairs}
        self._replay()

    def _question(self, pair: Pair) -> Question:
        sides = (self._clusters[self._home[pair.one]], self._clusters[self._home[pair.other]])
        return Question((pair.one, pair.other), self.records[pair.one], self.records[pair.other], pair.evidence, sides)

    # -------------------------------------------------------------------------------------------- what is asked

    def pairs(self) -> list[Question]:
        """The questions that are left, in the order in which they are asked."""
        return list(self._left())

    @property
    def current(self) -> Question | None:
        """The next question; None where none is left."""
        return next(self._left(), None)

    def question(self, pair: tuple[int, int]) -> Question:
        """The question about two records, also if it was answered. Raises UsageError where there is none."""
        found = self._questions.get((min(pair), max(pair)))
        if found is None:
            raise UsageError(f"there is no question about the records {pair[0]} and {pair[1]}")
        return found

    def _left(self) -> Iterator[Question]:
        passed = self._passed()
        for pair, question in self._questions.items():
            if pair not in passed and not self.implied(question):
                yield question

    def _passed(self) -> set[tuple[int, int]]:
        return {step.question.pair for step in self.steps if step.question}

    def implied(self, question: Question) -> bool:
        """Whether what was answered says what the answer to this question is, its own answer included."""
        return self._groups.known(*(self._home[place] for place in question.pair))

    @property
    def progress(self) -> Progress:
        """How many questions there are, and what became of them."""
        passed = self._passed()
        skipped = sum(step.kind == "skip" for step in self.steps)
        implied = sum(pair not in passed and self.implied(one) for pair, one in self._questions.items())
        return Progress(len(self._questions), len(passed) - skipped, implied, skipped)

    def answers(self) -> dict[tuple[int, int], Verdict]:
        """What was answered in this session, by pair."""
        return {step.question.pair: step.verdict for step in self.steps if step.kind == "answer" and step.question}

    # -------------------------------------------------------------------------------------------- answers

    def answer(
        self, pair: tuple[int, int], verdict: Verdict, why: str = "", values: Mapping[str, Json] | None = None
    ) -> None:
        """Keep what a person says about a question; MAYBE skips it. An earlier answer to it is taken back.

        With SAME, `values` (JSON by variable) are preferred in the work that both are.
        """
        question = self.question(pair)
        if verdict is Verdict.MAYBE:
            self.skip(pair)
            return
        self._take_back(question)
        works = tuple(work_of([self.records[place] for place in side]) for side in question.sides)
        members = (*question.sides[0], *question.sides[1])
        made = [Decision(_KINDS[verdict], works, why=why, who=self.who, when=self.now())]
        if values and verdict is Verdict.SAME:
            made.append(self._preference(members, values, why))
        self._do(_Step("answer", question, verdict, tuple(map(self.store.add, made)), members))

    def _do(self, step: _Step) -> None:
        self.steps.append(step)
        self._learn(step)

    def _learn(self, step: _Step) -> None:
        """What a step says about clusters and about values."""
        if step.kind == "answer" and step.question:
            one, other = (self._home[place] for place in step.question.pair)
            self._groups.learn(one, other, step.verdict)
        for decision in step.decisions:
            for place in step.members:
                self._preferred.setdefault(place, {}).update(decision.values)

    def _replay(self) -> None:
        """Work out anew what all steps say."""
        self._groups = _Groups()
        self._preferred = {place: dict(values) for place, values in self._before.items()}
        for step in self.steps:
            self._learn(step)

    def skip(self, pair: tuple[int, int]) -> None:
        """Leave a question for another session."""
        question = self.question(pair)
        self._take_back(question)
        self._do(_Step("skip", question))

    def undo(self) -> Question | None:
        """Take back what was done last. The question that it was about, if it was about one."""
        if not self.steps:
            return None
        return self._drop(len(self.steps) - 1).question

    def _take_back(self, question: Question) -> None:
        for number, step in enumerate(self.steps):
            if step.question and step.question.pair == question.pair:
                self._drop(number)
                return

    def _drop(self, number: int) -> _Step:
        """Forget one step, and work out anew what the others imply."""
        step = self.steps[number]
        for decision in step.decisions:
            self.store.remove(decision)
        del self.steps[number]
        self._replay()
        return step

    # -------------------------------------------------------------------------------------------- values

    def cluster(self, place: int) -> tuple[int, ...]:
        """The positions of all records that are one publication with this one, by the matching and the answers."""
        group = self._groups.members(self._home[place])
        return tuple(sorted(place for number in group for place in self._clusters[number]))

    def clusters(self) -> list[tuple[int, ...]]:
        """All groups of two records or more that are one publication."""
        groups = {self.cluster(members[0]) for members in self._clusters if members}
        return sorted(group for group in groups if len(group) > 1)

    def fields(self, place: int) -> list[Field]:
        """The variables on which the records of a publication disagree, with the value that is taken now."""
        return choices(self.work(place))

    def work(self, place: int) -> Record:
        """The publication that the record at this position is of, merged by what is preferred now."""
        members = self.cluster(place)
        values = {name: value for one in members for name, value in self._preferred.get(one, {}).items()}
        return merge([self.records[one] for one in members], preferred=values)[0]

    def prefer(self, work: int, variable: str, value: Json, why: str = "") -> None:
        """Take this value (JSON) for a variable of the publication that the record at this position is of.

        Raises UsageError for a value that the variable cannot have.
        """
        members = self.cluster(work)
        made = self.store.add(self._preference(members, {variable: value}, why))
        self._do(_Step("prefer", decisions=(made,), members=members))

    def _preference(self, members: Sequence[int], values: Mapping[str, Json], why: str) -> Decision:
        for variable, value in values.items():
            try:
                value_of(variable, value)
            except ValueError as error:
                raise UsageError(f"{variable}: {error}") from error
        works = (work_of([self.records[place] for place in members]),)
        return Decision(
            "prefer", works, {name: as_json(value) for name, value in values.items()}, why, self.who, self.now()
        )


class _Groups:
    """Which clusters are one by the answers, and which of these groups are known to be two."""

    def __init__(self) -> None:
        self.homes: dict[int, set[int]] = {}
        self.apart: dict[int, set[int]] = {}  # by cluster, the clusters that it is not

    def members(self, cluster: int) -> set[int]:
        return self.homes.get(cluster, {cluster})

    def known(self, one: int, other: int) -> bool:
        ours, theirs = self.members(one), self.members(other)
        return one in theirs or any(not theirs.isdisjoint(self.apart.get(cluster, ())) for cluster in ours)

    def learn(self, one: int, other: int, verdict: Verdict) -> None:
        if verdict is Verdict.SAME:
            joined = self.members(one) | self.members(other)
            self.homes.update(dict.fromkeys(joined, joined))
            return
        self.apart.setdefault(one, set()).add(other)
        self.apart.setdefault(other, set()).add(one)
