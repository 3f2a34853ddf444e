"""Taking the last run back, as far as nobody changed since what it had changed.

On the server a created item goes to the trash, a changed field gets its value of before, a trashed item comes back; the
project's file gets back what was taken over or dropped. What was changed again meanwhile is left as it is, and said.

What both sides agreed on is set back first. An undo that is cut off loses nothing therefore: it is gone on with by the
next undo, and a sync would do again what it had not reached.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from bibkit.problems import Problem, ServiceError, UsageError
from bibkit.sync.merge import citation_key, same, value_of
from bibkit.sync.model import BOOKKEEPING, Action, Change, Data, Kind, Plan, Step
from bibkit.sync.plan import differing, is_edited
from bibkit.sync.pull import KINDS, Remote, pull
from bibkit.sync.push import Pushed, Watch, push, unwatched
from bibkit.sync.replica import Replica, dumps
from bibkit.sync.run import ATTEMPTS, Confirm, Outcome, Site, always
from bibkit.sync.state import Entry, Known, Memory, Run
from bibkit.zotero_api import LibraryMoved


def last_run(memory: Memory) -> Run:
    """The run that an undo takes back: the last one that was not undone. Raises UsageError where there is none."""
    undone: set[int] = set()
    for run in memory.runs():
        if run.undoes is not None:
            undone |= {run.undoes} if run.ended else set()
        elif run.number not in undone:
            return run
    raise UsageError("there is no sync to undo")


def undo(
    site: Site,
    api: Remote,
    memory: Memory,
    *,
    confirm: Confirm = always,
    dry_run: bool = False,
    watch: Watch = unwatched,
) -> Outcome:
    """Take the last run back. What both sides agreed on before it holds again: the next sync would do the same.

    Raises UsageError where nothing is to be undone, ServiceError where the server fails.
    """
    run = last_run(memory)
    outcome = Outcome()
    number = 0
    for _ in range(ATTEMPTS):
        pull(api, memory)
        standing, before = site.load()
        back = _Back(memory, standing)
        for entry in reversed(memory.entries(run.number)):
            back.take(entry)
        found = Plan(tuple(back.steps), problems=tuple(back.problems))
        if not outcome.run:
            outcome.plan, outcome.problems = found, list(back.problems)
            if dry_run or not confirm(found):
                return msgspec.structs.replace(outcome, declined=not dry_run)
            outcome.run = memory.begin(site.now(), before, undoes=run.number)
        pushed = _do(site, api, memory, back, outcome, number, watch)
        number += len(list(found.remote()))
        if pushed is not None and not pushed.again:
            memory.end(outcome.run, site.now())
            return outcome
    raise ServiceError("the library changes faster than it can be written; try again when nothing else is syncing")


def _do(
    site: Site, api: Remote, memory: Memory, back: _Back, outcome: Outcome, number: int, watch: Watch
) -> Pushed | None:
    """Set back what was agreed on, then the file, then the server; None where that moved."""
    for kind in KINDS:
        memory.agree(back.bases(kind))
    if site.load()[1] is not None or back.replica.items or back.replica.collections:
        outcome.problems += site.save(dumps(back.replica), back.renamed())
    found = Plan(tuple(back.steps))
    outcome.done += len(list(found.local()))
    try:
        pushed = push(api, memory, outcome.run, list(found.remote()), number, watch)
    except LibraryMoved:
        return None
    finally:
        for kind in KINDS:  # what was written is no agreement
            memory.agree(back.bases(kind, memory.known(kind)))
    outcome.done += pushed.done
    outcome.problems += pushed.problems
    return pushed


class _Back:
    """Gathers the steps that take others back, and what was agreed on before them."""

    def __init__(self, memory: Memory, replica: Replica) -> None:
        self.known = {kind: memory.known(kind) for kind in KINDS}
        self.before = replica
        self.replica = Replica(dict(replica.items), dict(replica.collections))
        self.steps: list[Step] = []
        self.problems: list[Problem] = []
        self.agreed: dict[tuple[Kind, str], Data | None] = {}

    def take(self, entry: Entry) -> None:
        """Take one step of the journal back, if it was done."""
        if entry.status != "done":
            return
        if entry.step.is_local:
            self.local(entry)
        else:
            self.remote(entry)

    def base(self, step: Step) -> Data:
        """What will have been agreed on of the object of a step, as far as we are."""
        known = self.known[step.kind].get(step.key)
        found = self.agreed.get((step.kind, step.key), known.base if known else None)
        return found or {"key": step.key}

    # -------------------------------------------------------------------------------------------- the file

    def local(self, entry: Entry) -> None:
        step, objects = entry.step, self.replica.of(entry.step.kind)
        now, before = objects.get(step.key), entry.before
        if step.action is Action.DROP or before is None:
            self.whole(entry, now)
            return
        fields = [change.field for change in step.changes]
        if now is None or (_apart(fields, now, entry.after or {}) and _apart(fields, now, before)):
            self.changed(step)
            return
        back = {name: before.get(name) for name in fields}
        objects[step.key] = {**now, **back}
        self.agreed[step.kind, step.key] = {**self.base(step), **back}
        self.steps.append(_local(step, Action.TAKE, now, back))

    def whole(self, entry: Entry, now: Data | None) -> None:
        """An object that came goes again, one that went comes back."""
        step, place = entry.step, (entry.step.kind, entry.step.key)
        if (now is None) == (entry.before is None):
            self.agreed[place] = entry.before  # it is as it was already
        elif entry.before is not None:
            self.replica.of(step.kind)[step.key] = entry.before
            self.agreed[place] = entry.before
            self.steps.append(_local(step, Action.TAKE, {}, {}))
        elif now is not None and is_edited(entry.after or {}, now):
            self.changed(step)
        else:
            del self.replica.of(step.kind)[step.key]
            self.agreed[place] = None
            self.steps.append(_local(step, Action.DROP, {}, {}))

    # -------------------------------------------------------------------------------------------- the server

    def remote(self, entry: Entry) -> None:
        step = entry.step
        known = self.known[step.kind].get(step.key)
        theirs = known.theirs if known else None
        if theirs is None:
            self.changed(step)
        elif entry.before is None:
            self.uncreate(entry, theirs)
        else:
            self.set_back(entry, entry.before, theirs)

    def set_back(self, entry: Entry, before: Data, theirs: Data) -> None:
        step, after = entry.step, entry.after or {}
        fields = [name for name in step.data if name not in BOOKKEEPING]
        back = {name: value_of(before, name) for name in fields}
        if _apart(fields, theirs, after):
            if _apart(fields, theirs, back):
                self.changed(step)
                return
        else:
            action = Action.RESTORE if step.action is Action.TRASH else Action.UPDATE
            self.steps.append(_remote(step, action, back, theirs))
        self.agreed[step.kind, step.key] = {**self.base(step), **back}

    def uncreate(self, entry: Entry, theirs: Data) -> None:
        """What was made goes to the trash there, and leaves the file; it is unknown again."""
        step = entry.step
        if not theirs.get("deleted"):
            if differing(theirs, entry.after or {}):
                self.changed(step)
                return
            self.steps.append(_remote(step, Action.TRASH, {"deleted": 1 if step.kind == "items" else True}, theirs))
        self.replica.of(step.kind).pop(step.key, None)
        self.agreed[step.kind, step.key] = None

    def changed(self, step: Step) -> None:
        message = f"{step.title or step.key!r} was changed since; it is left as it is"
        self.problems.append(Problem("sync-changed-since", message, "warning", key=step.work or step.key))

    # -------------------------------------------------------------------------------------------- the outcome

    def bases(self, kind: Kind, known: Mapping[str, Known] | None = None) -> Iterator[Known]:
        """What is agreed on again of each object, beside what is known of it now."""
        now = self.known[kind] if known is None else known
        for (its_kind, key), base in self.agreed.items():
            if its_kind == kind:
                one = now.get(key) or Known(kind, key)
                yield msgspec.structs.replace(one, base=base, work=() if base is None else one.work)

    def renamed(self) -> list[tuple[str, str]]:
        """Citation keys that get their name of before."""
        now = self.before.items
        pairs = ((citation_key(now.get(key, {})), citation_key(data)) for key, data in self.replica.items.items())
        return [(new, old) for new, old in pairs if new and old and new != old]


def _apart(fields: list[str], one: Data, other: Data) -> bool:
    return any(not same(name, value_of(one, name), value_of(other, name)) for name in fields)


def _local(step: Step, action: Action, now: Data, back: Data) -> Step:
    changes = tuple(Change(name, now.get(name), value) for name, value in back.items())
    return Step(action, step.kind, step.key, changes=changes, title=step.title, work=step.work)


def _remote(step: Step, action: Action, data: Data, theirs: Data) -> Step:
    changes = tuple(Change(name, theirs.get(name), value) for name, value in data.items())
    return Step(action, step.kind, step.key, data, changes, theirs["version"], step.title, step.work)
