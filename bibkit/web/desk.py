"""The desk: what the page asks for and what it says, one after the other, whatever the number of tabs."""

from __future__ import annotations

import threading
from typing import Annotated, Literal

import msgspec

from bibkit import explain
from bibkit.dedupe import Verdict
from bibkit.dedupe.values import as_json, value_in
from bibkit.problems import UsageError
from bibkit.record import Json
from bibkit.review import Question, Session
from bibkit.web import views

OPEN, SKIPPED, IMPLIED = "?", "k", "i"
VERDICTS = {"same": Verdict.SAME, "different": Verdict.DIFFERENT, "version": Verdict.VERSION, "skip": Verdict.MAYBE}
_STATES = {Verdict.SAME: "s", Verdict.DIFFERENT: "d", Verdict.VERSION: "v"}

Why = Annotated[str, msgspec.Meta(max_length=4000)]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says about a pair. `picks` say of which record the value of a variable is to be taken."""

    pair: tuple[int, int]
    verdict: Literal["same", "different", "version", "skip"]
    why: Why = ""
    picks: dict[str, Literal["one", "other"]] = {}


class Preference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The value that a person wants for a variable of the publication that the record at `place` is of."""

    place: int
    variable: str
    value: Json
    why: Why = ""


class Desk:
    """A session and its questions. Requests come in threads of their own; each waits until the one before is done.

    All that it returns can be written as JSON.
    """

    def __init__(self, session: Session, where: str) -> None:
        self.session = session
        self.where = where
        self.questions = session.pairs()
        self._turn = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """Wait until what is being written is written; nothing is taken on any more."""
        with self._turn:
            self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise UsageError("the review has ended; run the command again to go on")

    # -------------------------------------------------------------------------------------------- pairs

    def pairs(self) -> Json:
        """All questions of the session, and what became of each."""
        with self._turn:
            return {"pairs": [views.asked(one) for one in self.questions], "where": self.where, **self._standing()}

    def standing(self) -> Json:
        """What became of each question, a letter each: ? open, s same, d different, v version, k skipped, i implied."""
        with self._turn:
            return self._standing()

    def _standing(self) -> dict[str, Json]:
        answers = {pair: _STATES[verdict] for pair, verdict in self.session.answers().items()}
        skipped = {step.question.pair: SKIPPED for step in self.session.steps if step.kind == "skip" and step.question}
        left = {question.pair: OPEN for question in self.session.pairs()}
        known = {**left, **skipped, **answers}
        states = "".join(known.get(question.pair, IMPLIED) for question in self.questions)
        return {"states": states, "steps": len(self.session.steps)}

    def question(self, one: int, other: int) -> Json:
        """One question in full. Raises UsageError where there is none."""
        with self._turn:
            found = self.session.question((one, other))
            return views.question(
                found, (self.session.cluster(found.pair[0])[0], self.session.cluster(found.pair[1])[0])
            )

    def answer(self, given: Answer) -> Json:
        """Keep an answer; it is on disk when this returns. Raises UsageError for what cannot be answered so."""
        with self._turn:
            self._check_open()
            question = self.session.question(given.pair)
            self._check_free(question)
            values = {variable: _picked(question, variable, side) for variable, side in given.picks.items()}
            self.session.answer(given.pair, VERDICTS[given.verdict], given.why.strip(), values)
            return self._standing()

    def _check_free(self, question: Question) -> None:
        """An answer to what others imply would say the same again, or contradict them."""
        if self.session.implied(question) and question.pair not in self.session.answers():
            raise UsageError("this follows from other answers; change or undo one of these")

    def undo(self) -> Json:
        """Take back what was done last: its pair, or the kind of what it was; both empty where there is nothing."""
        with self._turn:
            self._check_open()
            kind = self.session.steps[-1].kind if self.session.steps else ""
            undone = self.session.undo()
            return {"kind": kind, "pair": undone.pair if undone else None, **self._standing()}

    # -------------------------------------------------------------------------------------------- publications

    def works(self) -> Json:
        """All publications of two records or more."""
        with self._turn:
            records = self.session.records
            return {"works": [views.work_in_list(records, members) for members in self.session.clusters()]}

    def work(self, place: int) -> Json:
        """The publication that the record at this position is of. Raises UsageError where there is no such record."""
        with self._turn:
            return self._work(place)

    def _work(self, place: int) -> Json:
        self._check_place(place)
        merged = self.session.work(place)
        return views.work(self.session.cluster(place)[0], merged, explain.fields(merged))

    def prefer(self, given: Preference) -> Json:
        """Take one of the values that the records of a publication have. Raises UsageError for any other."""
        with self._turn:
            self._check_open()
            self._check_place(given.place)
            fields = {field.variable: field for field in self.session.fields(given.place)}
            field = fields.get(given.variable)
            sayings = (*field.says, *field.instead) if field else ()
            if given.variable in views.UNPICKED or not any(as_json(one.value) == given.value for one in sayings):
                raise UsageError(f"no record of this publication has this {given.variable}; reload the page")
            self.session.prefer(given.place, given.variable, given.value, given.why.strip())
            return {**self._work(given.place), **self._standing()}

    def _check_place(self, place: int) -> None:
        if not 0 <= place < len(self.session.records):
            raise UsageError(f"there is no record {place}")


def _picked(question: Question, variable: str, side: Literal["one", "other"]) -> Json:
    value = value_in(question.one if side == "one" else question.other, variable)
    if value is None or variable in views.UNPICKED:
        raise UsageError(f"no {variable} can be taken from that record")
    return as_json(value)
