"""Writing: the steps of a plan, one request for up to 50, each recorded before it is sent and after it is answered.

No decision is taken here. What the server refuses is said by work and field, and the rest goes on; what was changed
there meanwhile is left for the next plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from bibkit.problems import Problem
from bibkit.sync.merge import title
from bibkit.sync.model import Data, Kind, Step
from bibkit.sync.pull import KINDS, Remote
from bibkit.sync.state import Known, Mark, Memory
from bibkit.zotero_api import GONE, MOST, STALE, Failure, Written

Watch = Callable[[int, int], None]  # steps done, steps in all
MOVED = frozenset({STALE, GONE, 428})  # the object changed there: pull, merge, and try again


def unwatched(_done: int, _total: int) -> None:
    """A `Watch` that shows nothing."""


class Pushed(msgspec.Struct):
    """What became of the steps: how many were done, which objects must be merged again, what the server refused.

    `sent` are the values that the server took, by kind and key: what it made of them stands in the state.
    """

    done: int = 0
    sent: dict[tuple[Kind, str], Data] = msgspec.field(default_factory=dict)
    again: list[Step] = msgspec.field(default_factory=list)
    problems: list[Problem] = msgspec.field(default_factory=list)


def push(api: Remote, memory: Memory, run: int, steps: Sequence[Step], first: int, watch: Watch = unwatched) -> Pushed:
    """Send the steps that write to the server, in order. `first` is the number of the first one in the journal.

    Raises LibraryMoved where somebody else wrote meanwhile, and ServiceError where the server is gone; what was
    answered until then is remembered.
    """
    pushed = Pushed()
    known = {kind: memory.known(kind) for kind in KINDS}
    numbered = [(first + place, step) for place, step in enumerate(steps)]
    memory.record(run, ((number, step, _theirs(known[step.kind], step.key)) for number, step in numbered))
    for group in _groups(numbered):
        memory.mark(run, [(number, "sent", None, "") for number, _ in group])
        kind = group[0][1].kind
        written = api.write(kind, [_object(step) for _, step in group], memory.version)
        _learn(memory, run, group, written, known[kind], pushed)
        watch(pushed.done, len(steps))
    return pushed


def _theirs(known: Mapping[str, Known], key: str) -> Data | None:
    return known[key].theirs if key in known else None


def _groups(steps: Sequence[tuple[int, Step]]) -> Iterator[list[tuple[int, Step]]]:
    """Runs of steps of one kind, in which no object stands twice, at most 50 in each."""
    waiting = list(steps)
    while waiting:
        kind = waiting[0][1].kind
        group = list(islice(_alike(waiting, kind), MOST))
        yield group
        waiting = waiting[len(group) :]


def _alike(steps: Sequence[tuple[int, Step]], kind: Kind) -> Iterator[tuple[int, Step]]:
    seen: set[str] = set()
    for number, step in steps:
        if step.kind != kind or step.key in seen:
            return
        seen.add(step.key)
        yield number, step


def _object(step: Step) -> Data:
    return {"key": step.key, "version": step.version, **step.data}


def _learn(
    memory: Memory,
    run: int,
    group: Sequence[tuple[int, Step]],
    written: Written,
    known: dict[str, Known],
    pushed: Pushed,
) -> None:
    """Remember what the server made of a group of steps.

    What it took is agreed on at once, in its own spelling: a note may come back otherwise than it was sent.
    """
    marks: list[Mark] = []
    for place, (number, step) in enumerate(group):
        failure = written.failed.get(place)
        if failure is not None:
            marks.append((number, "failed", None, failure.message))
            _failed(step, failure, pushed)
            continue
        pushed.done += 1
        before = known.get(step.key) or Known(step.kind, step.key)
        theirs = written.successful.get(place) or before.theirs or {"key": step.key}
        base = {**(before.base or {"key": step.key}), **{name: theirs.get(name) for name in step.data}}
        known[step.key] = msgspec.structs.replace(before, base=base, theirs=theirs)
        pushed.sent.setdefault((step.kind, step.key), {}).update(step.data)
        marks.append((number, "done", theirs, ""))
    done = [known[step.key] for place, (_, step) in enumerate(group) if place not in written.failed]
    memory.answered(written.version, run, done, marks)


def _failed(step: Step, failure: Failure, pushed: Pushed) -> None:
    if failure.code in MOVED:
        pushed.again.append(step)
        return
    what = f"{step.work or title({'key': step.key, **step.data})} ({step.key})"
    message = f"Zotero refused to {step.action} {what}: {failure.message}"
    hint = f"mend {failure.field} and sync again" if failure.field else "mend it and sync again"
    pushed.problems.append(
        Problem("sync-refused", message, "error", key=step.work or step.key, field=failure.field, hint=hint)
    )
