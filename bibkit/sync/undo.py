"""Taking the last run back, as far as nobody changed since what it had changed.

On the server a created item goes to the trash, a changed field gets its value of before, a trashed item comes back; the
project's file gets back what was taken over or dropped. What was changed again meanwhile is left as it is, and said.
"""

from __future__ import annotations

import msgspec

from bibkit.problems import Problem, UsageError
from bibkit.sync.merge import same, title, value_of
from bibkit.sync.model import BOOKKEEPING, Action, Change, Data, Plan, Step
from bibkit.sync.plan import agreed, differing
from bibkit.sync.pull import KINDS, Remote, pull
from bibkit.sync.push import Watch, push, unwatched
from bibkit.sync.replica import Replica, dumps
from bibkit.sync.run import Confirm, Outcome, Site, always
from bibkit.sync.state import Entry, Known, Memory, Run


def last_run(memory: Memory) -> Run:
    """The run that an undo takes back: the last one that was not undone. Raises UsageError where there is none."""
    undone: set[int] = set()
    for run in memory.runs():
        if run.undoes is not None:
            undone.add(run.undoes)
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
    pull(api, memory)
    entries = [entry for entry in memory.entries(run.number) if entry.status == "done"]
    replica, before = site.load()
    back = _Back(memory, replica)
    for entry in reversed(entries):
        back.take(entry)
    found = Plan(tuple(back.steps), problems=tuple(back.problems))
    outcome = Outcome(found, problems=list(back.problems))
    if dry_run or not confirm(found):
        return outcome
    outcome.run = memory.begin(site.now(), before, undoes=run.number)
    outcome.problems += site.save(dumps(back.replica), [])
    remote = list(found.remote())
    pushed = push(api, memory, outcome.run, remote, 0, watch)
    outcome.done, outcome.problems = pushed.done + len(list(found.local())), [*outcome.problems, *pushed.problems]
    _agree_as_before(memory, back)
    memory.end(outcome.run, site.now())
    return outcome


class _Back:
    """Gathers the steps that take others back."""

    def __init__(self, memory: Memory, replica: Replica) -> None:
        self.known = {kind: memory.known(kind) for kind in KINDS}
        self.replica = replica
        self.steps: list[Step] = []
        self.problems: list[Problem] = []
        self.bases: dict[str, Data | None] = {}

    def take(self, entry: Entry) -> None:
        """Take one step of the journal back."""
        if entry.step.is_local:
            self.local(entry)
        else:
            self.remote(entry)

    def local(self, entry: Entry) -> None:
        step, objects = entry.step, self.replica.of(entry.step.kind)
        now, then = objects.get(step.key), entry.after
        if (now is None) != (then is None) or (now and then and differing(now, then)):
            return self.changed(step)
        if entry.before is None:
            objects.pop(step.key, None)
        else:
            objects[step.key] = entry.before
        action = Action.DROP if entry.before is None else Action.TAKE
        self.steps.append(Step(action, step.kind, step.key, title=step.title, work=step.work))
        self.bases[step.key] = entry.before
        return None

    def remote(self, entry: Entry) -> None:
        step = entry.step
        known = self.known[step.kind].get(step.key)
        theirs = known.theirs if known else None
        if theirs is None:
            return self.changed(step)
        if step.action in (Action.CREATE, Action.RESTORE) and entry.before is None:
            return self.uncreate(entry, theirs)
        fields = [name for name in step.data if name not in BOOKKEEPING]
        after = entry.after or {}
        if any(not same(name, value_of(theirs, name), value_of(after, name)) for name in fields):
            return self.changed(step)
        back = {name: value_of(entry.before or {}, name) for name in fields}
        action = Action.RESTORE if step.action is Action.TRASH else Action.UPDATE
        self.add(step, action, back, theirs)
        self.bases[step.key] = {**theirs, **back}
        return None

    def uncreate(self, entry: Entry, theirs: Data) -> None:
        if differing(theirs, entry.after or {}):
            return self.changed(entry.step)
        deleted = 1 if entry.step.kind == "items" else True
        self.replica.of(entry.step.kind).pop(entry.step.key, None)
        self.add(entry.step, Action.TRASH, {"deleted": deleted}, theirs)
        self.bases[entry.step.key] = None
        return None

    def add(self, step: Step, action: Action, data: Data, theirs: Data) -> None:
        changes = tuple(Change(name, theirs.get(name), value) for name, value in data.items())
        made = Step(action, step.kind, step.key, data, changes, theirs["version"], step.title, step.work)
        self.steps.append(made)

    def changed(self, step: Step) -> None:
        message = f"{step.title or title({'key': step.key})!r} was changed since; it is left as it is"
        self.problems.append(Problem("sync-changed-since", message, "warning", key=step.work or step.key))


def _agree_as_before(memory: Memory, back: _Back) -> None:
    for kind in KINDS:
        known = memory.known(kind)
        changed: list[Known] = []
        for key, base in back.bases.items():
            if key in known and key in back.known[kind]:
                local = back.replica.of(kind).get(key)
                now = base if base is not None else agreed(None, local, known[key].theirs)
                changed.append(
                    msgspec.structs.replace(known[key], base=now, work=() if base is None else known[key].work)
                )
        memory.agree(changed)
