"""One sync from beginning to end: pull, plan, ask, write the files, push, remember.

The order makes it safe to stop anywhere. The files are written before anything is sent, and what both sides agreed on
is recorded last: a run that was cut off is seen by the next one as changes that both sides have made alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from bibkit import files
from bibkit.problems import Problem, ServiceError, UsageError
from bibkit.record import Record
from bibkit.sync.collecting import in_scope, keywords, scope_key, with_paths
from bibkit.sync.family import standing, survivors
from bibkit.sync.merge import citation_key, same, three_way, value_of
from bibkit.sync.model import OWN, Action, Conflict, Data, Kind, LibraryId, Plan, Step
from bibkit.sync.plan import Options, Planned, agreed, differing, plan
from bibkit.sync.project import Ours, ours, remembered
from bibkit.sync.pull import KINDS, Remote, pull
from bibkit.sync.push import Pushed, Watch, push, unwatched
from bibkit.sync.replica import Replica, bare, dumps
from bibkit.sync.state import Known, Memory
from bibkit.zotero_api import LibraryMoved

ATTEMPTS = 5  # when others write at the same time

Ask = Callable[[Conflict], Literal["", "ours", "theirs"]]
Confirm = Callable[[Plan], bool]  # whether a plan shall be done


class Site(Protocol):
    """The project that is synced: its works, its replica, and where both are kept."""

    library: LibraryId
    collections: Mapping[str, str]  # path of a collection -> the keyword that it is

    def works(self) -> Sequence[Record]:
        """The works as the project has them now, merged and with their keys."""

    def load(self) -> tuple[Replica, bytes | None]:
        """The replica, and its file's bytes."""

    def save(
        self, text: str | None, renamed: Sequence[tuple[str, str]], joined: Sequence[tuple[str, str]] = ()
    ) -> list[Problem]:
        """Write the replica's text (None: no file), all or nothing with what became of citation keys.

        `renamed` are old and new ones; `joined` are keys that become aliases, of a work that was merged into another
        or of an item in Zotero, each with the key that stays.
        """

    def now(self) -> str:
        """The time, for the journal."""


class Outcome(msgspec.Struct):
    """What a sync did or, on a dry run, would do."""

    plan: Plan = Plan()
    done: int = 0
    problems: list[Problem] = msgspec.field(default_factory=list)
    renamed: list[tuple[str, str]] = msgspec.field(default_factory=list)
    run: int = 0
    declined: bool = False  # somebody said no

    def open(self) -> list[Conflict]:
        """Conflicts that are left to people."""
        return self.plan.open()


def nobody(_conflict: Conflict) -> Literal["", "ours", "theirs"]:
    """An `Ask` that leaves every conflict open."""
    return ""


def always(_plan: Plan) -> bool:
    """A `Confirm` that asks nobody."""
    return True


def sync(
    site: Site,
    api: Remote,
    memory: Memory,
    options: Options,
    *,
    ask: Ask = nobody,
    confirm: Confirm = always,
    dry_run: bool = False,
    scope: str = "",
    watch: Watch = unwatched,
) -> Outcome:
    """Bring both sides into step. `scope` is the path of a collection that it is about; `confirm` is asked once.

    Raises ServiceError where the server fails, UsageError where the brake stops it or there is no such collection; all
    that was done until then is remembered, and the next sync goes on.
    """
    session = _Session(site, api, memory, watch)
    pushed: Pushed | None = None
    for _ in range(ATTEMPTS):
        pull(api, memory)
        session.look_back()
        planned, mine = session.planned(options, scope, ask)
        if dry_run:
            return _dry(planned)
        if planned.stop:
            raise UsageError(planned.stop)
        if not (session.outcome.run or confirm(planned.plan)):
            return Outcome(planned.plan, problems=[*planned.plan.problems], declined=True)
        pushed = session.apply(planned, mine)
        if pushed is None:
            continue
        session.settle(planned, mine, pushed)
        # What is new here gets a citation key, or joins a work, in a next round.
        if not pushed.again and not _brought_new(planned.plan, mine):
            return session.finished()
    if pushed is None:
        raise ServiceError("the library changes faster than it can be written; try again when nothing else is syncing")
    return session.finished(pushed.again)


def _dry(planned: Planned) -> Outcome:
    problems = [*planned.plan.problems]
    if planned.stop:
        problems.append(Problem("sync-brake", planned.stop.replace("look at --dry-run, then ", ""), "warning"))
    return Outcome(planned.plan, problems=problems)


class _Session:
    """The state of one run."""

    def __init__(self, site: Site, api: Remote, memory: Memory, watch: Watch) -> None:
        self.site, self.api, self.memory, self.watch = site, api, memory, watch
        self.outcome = Outcome()
        self.broken_off, self.number = memory.broken_off()  # a run to go on with, and the number of its next step
        self.conflicts: dict[tuple[str, str], Conflict] = {}  # the answered ones of all rounds
        self.problems: dict[Problem, None] = {}  # those of all plans
        self.renamed: set[tuple[str, str]] = set()
        self.standing = Replica()  # the file as we last knew it
        self.bytes: bytes | None = None

    def look_back(self) -> None:
        """Mark the steps whose answer was lost, and which the server has done."""
        run = self.outcome.run or self.broken_off
        lost = [entry for entry in self.memory.entries(run) if entry.status == "sent"] if run else []
        if not lost:
            return
        known = {kind: self.memory.known(kind) for kind in KINDS}
        found = [(entry.number, known[entry.step.kind].get(entry.step.key), entry.step) for entry in lost]
        self.memory.mark(
            run, [(number, "done", one.theirs, "") for number, one, step in found if one and _is_done(step, one.theirs)]
        )

    def finished(self, again: Iterable[Step] = ()) -> Outcome:
        """The outcome; what others kept changing is said."""
        for step in again:
            message = f"{step.title!r} changed in Zotero again and again; sync once more"
            self.outcome.problems.append(Problem("sync-moved", message, "error", key=step.work or step.key))
        return self.outcome

    # -------------------------------------------------------------------------------------------- planning

    def planned(self, options: Options, scope: str, ask: Ask) -> tuple[Planned, Ours]:
        """The plan, after everything that can be asked was asked, and answers of before were looked up."""
        self.standing, self.bytes = self.site.load()
        known: dict[Kind, dict[str, Known]] = {kind: self.memory.known(kind) for kind in KINDS}
        collections = with_paths(self.standing.collections, known["collections"], self.site.collections)
        options = msgspec.structs.replace(options, native_keys=self.memory.native, notes=self.memory.notes)
        mine = ours(
            self.site.works(),
            self.standing,
            known["items"],
            self.memory.buried(),
            keywords=keywords(collections, known["collections"], self.site.collections),
            revive=options.revive,
            native=options.native_keys,
        )
        if scope:
            place = scope_key(scope, collections, known["collections"])
            _put_into(mine, place)
            options = msgspec.structs.replace(options, scope=in_scope(place, collections, known, self.standing))
        first = plan(self.site.library, mine, collections, known, options)
        if first.plan.open():
            answers = {**options.answers, **self._answers(first.plan, ask)}
            options = msgspec.structs.replace(options, answers=answers)
            first = plan(self.site.library, mine, collections, known, options)
        return self._with_news(first, mine), mine

    def _answers(self, found: Plan, ask: Ask) -> Mapping[tuple[str, str], str]:
        known = self.memory.answers(found.open())
        asked = [one for one in found.open() if (one.key, one.field) not in known]
        self.memory.remember([msgspec.structs.replace(one, answer=ask(one)) for one in asked])
        return self.memory.answers(found.open())

    def _with_news(self, planned: Planned, mine: Ours) -> Planned:
        """The plan with what is worth saying, and with the conflicts that were settled in earlier rounds."""
        self.problems |= dict.fromkeys((*planned.plan.problems, *mine.problems))
        now = {(one.key, one.field): one for one in planned.plan.conflicts}
        before = [one for place, one in self.conflicts.items() if place not in now]
        self.conflicts |= {place: one for place, one in now.items() if one.answer}
        conflicts = (*before, *now.values())
        return msgspec.structs.replace(
            planned, plan=msgspec.structs.replace(planned.plan, problems=tuple(self.problems), conflicts=conflicts)
        )

    # -------------------------------------------------------------------------------------------- doing

    def apply(self, planned: Planned, mine: Ours) -> Pushed | None:
        """Do the plan; None where the server or the file moved and it must be planned again."""
        found = planned.plan
        if self.site.load()[1] != self.bytes:
            return None
        if found.steps and not self.outcome.run:
            self.outcome.run = self.broken_off or self.memory.begin(self.site.now(), self.bytes)
        self.outcome.plan = msgspec.structs.replace(found, steps=(*self.outcome.plan.steps, *found.steps))
        joined = self._follow(found, planned.local, mine)
        self._assign(found, mine)
        self._write(planned, found, mine, joined)
        remote = list(found.remote())
        first, self.number = self.number, self.number + len(remote)
        try:
            pushed = push(self.api, self.memory, self.outcome.run, remote, first, self.watch)
        except LibraryMoved:
            return None
        self.outcome.done += pushed.done
        self.outcome.problems += pushed.problems
        return pushed

    def _follow(self, found: Plan, local: Replica, mine: Ours) -> list[tuple[str, str]]:
        """What was merged in Zotero is merged here: the survivor takes the other's work over, and its key."""
        known = self.memory.known("items")
        after = survivors(standing("items", known))
        joined = list(mine.aliases)
        for step in found.local():
            survivor = after.get(step.key, "")
            if step.action is not Action.DROP or survivor not in local.items:
                continue
            work = mine.works.get(step.key) or (known[step.key].work if step.key in known else ())
            mine.works[survivor] = tuple(sorted({*mine.works.get(survivor, ()), *work}))
            mine.absorbed.add(survivor)
            called = mine.names.get(survivor) or citation_key(local.items[survivor])
            pair = (mine.names.get(step.key, ""), called)
            joined += [pair] if all(pair) and pair[0] != pair[1] else []
        return joined

    def _assign(self, found: Plan, mine: Ours) -> None:
        created = [step.key for step in found.steps if step.action is Action.CREATE and step.kind == "items"]
        self.memory.assign("items", ((key, mine.works.get(key, ())) for key in created))
        self.memory.assign("collections", ((step.key, ()) for step in found.steps if _makes_collection(step)))

    def _write(self, planned: Planned, found: Plan, mine: Ours, joined: Sequence[tuple[str, str]]) -> None:
        """The replica, as far as it stands without the server: what is yet to be made there comes in later."""
        local = list(found.local())
        steps = list(zip(range(self.number, self.number + len(local)), local, strict=True))
        known = self.standing
        self.memory.record(self.outcome.run, ((n, step, known.of(step.kind).get(step.key)) for n, step in steps))
        unmade = {step.key for step in found.steps if step.action is Action.CREATE}
        unmade -= {*known.items, *known.collections}  # somebody wrote it there by hand
        ready = Replica(
            {key: data for key, data in planned.local.items.items() if key not in unmade},
            {key: data for key, data in planned.local.collections.items() if key not in unmade},
        )
        self._save(_with_marks(ready, mine), mine, joined)
        self.memory.mark(self.outcome.run, ((n, "done", planned.local.of(s.kind).get(s.key), "") for n, s in steps))
        self.outcome.done += len(local)
        self.number += len(local)

    def _save(self, wanted: Replica, mine: Ours, joined: Sequence[tuple[str, str]] = ()) -> None:
        """Write the file, and remember how it stands now."""
        renamed = [pair for pair in _renamed(mine, wanted) if pair not in self.renamed]
        self.renamed.update(renamed)
        if self.bytes is not None or wanted.items or wanted.collections:
            text = dumps(wanted)
            self.outcome.problems += self.site.save(text, renamed, joined)
            self.outcome.renamed += renamed
            self.standing, self.bytes = wanted, files.encode(text)

    # -------------------------------------------------------------------------------------------- remembering

    def settle(self, planned: Planned, mine: Ours, pushed: Pushed) -> None:
        """Write the files as the server now has them, then record what both sides agree on."""
        known = {kind: self.memory.known(kind) for kind in KINDS}
        written, (standing_now, now) = self.standing, self.site.load()
        final = Replica()
        for kind in KINDS:
            for key, data in planned.local.of(kind).items():
                theirs = known[kind].get(key, Known(kind, key)).theirs
                if theirs is not None:
                    final.of(kind)[key] = _as_there(_took(data, theirs, pushed.sent.get((kind, key), {})), theirs)
                elif key in standing_now.of(kind):  # written by hand, and not taken by the server
                    final.of(kind)[key] = data
            if now != self.bytes:
                _keep_edits(final.of(kind), written.of(kind), standing_now.of(kind))
        self._save(_with_marks(final, mine), mine)
        self._bury(planned.plan, mine, known["items"])
        for kind in KINDS:
            self.memory.agree(self._changed(kind, known[kind], final, mine))
        if run := self.outcome.run or self.broken_off:
            self.memory.end(run, self.site.now())

    def _changed(self, kind: Kind, known: dict[str, Known], final: Replica, mine: Ours) -> Iterable[Known]:
        """What is to be remembered otherwise than it was; what hangs on something in the trash counts as there."""
        shown = standing(kind, known)
        for key, before in known.items():
            local, theirs = final.of(kind).get(key), before.theirs
            seen = {**theirs, "deleted": 1} if theirs is not None and key not in shown else theirs
            base = agreed(before.base, local, seen)
            work = mine.works.get(key, before.work) if kind == "items" else ()
            now = Known(kind, key, base, theirs, work)
            if now != before:
                yield now

    def _bury(self, found: Plan, mine: Ours, known: dict[str, Known]) -> None:
        """Remember whose item is gone, and forget it of those that are back."""
        gone: dict[str, str] = {}
        back: set[str] = set()
        for step in found.steps:
            work = mine.works.get(step.key) or (known[step.key].work if step.key in known else ())
            if step.kind == "items" and step.action is Action.DROP:
                gone |= dict.fromkeys(work, step.key)
            elif step.kind == "items" and step.action in (Action.TAKE, Action.RESTORE, Action.CREATE):
                back.update(work)
        if gone or back:
            self.memory.bury(gone, back - gone.keys())


def _is_done(step: Step, theirs: Data | None) -> bool:
    return theirs is not None and all(same(n, value_of(step.data, n), value_of(theirs, n)) for n in step.data)


def _brought_new(found: Plan, mine: Ours) -> bool:
    """Whether works came that this round knew nothing of."""
    known = frozenset(mine.new)
    taken = (step for step in found.steps if step.action is Action.TAKE and step.kind == "items" and not step.changes)
    return any(step.key not in known for step in taken)


def _put_into(mine: Ours, place: str) -> None:
    """New items of a sync that is about one collection are made in it."""
    for key in mine.new:
        members = mine.items[key].get("collections", [])
        mine.items[key] = {**mine.items[key], "collections": [*members, *([] if place in members else [place])]}


def _with_marks(replica: Replica, mine: Ours) -> Replica:
    """The replica with what is remembered beside each item."""
    items = {}
    for key, data in replica.items.items():
        if key in mine.absorbed:  # its sources are more than those that were heard: they only fill it, once
            data = {**data, OWN: {"work": list(mine.works[key])}}
        elif mine.contributed.get(key):
            data = {**data, OWN: remembered(mine.works[key], mine.contributed[key])}
        items[key] = data
    return Replica(items, replica.collections)


def _makes_collection(step: Step) -> bool:
    return step.action is Action.CREATE and step.kind == "collections"


def _took(data: Data, theirs: Data, sent: Data) -> Data:
    """Our item with the server's spelling of what it took from us."""
    return {**data, **{name: theirs.get(name) for name, value in sent.items() if data.get(name) == value}}


def _as_there(data: Data, theirs: Data) -> Data:
    """Our item with the server's bookkeeping and spelling of all that is the same."""
    apart = set(differing(data, theirs))
    if not apart:
        return theirs
    return {
        **{name: value for name, value in theirs.items() if name not in apart},
        **{name: data[name] for name in apart if name in data},
    }


def _keep_edits(final: dict[str, Data], written: Mapping[str, Data], now: Mapping[str, Data]) -> None:
    """What somebody changed in the file while we spoke with the server stands; the next sync takes it over."""
    for key, data in now.items():
        before = written.get(key)
        if before is None:
            final.setdefault(key, data)
        elif bare(before) != bare(data):
            final[key] = three_way(before, data, final.get(key, before), prefer="ours").local
    for key in written.keys() - now.keys():
        final.pop(key, None)


def _renamed(mine: Ours, wanted: Replica) -> Iterable[tuple[str, str]]:
    """Citation keys that the server changed: what the project calls a work, and what it is called now."""
    for key, data in wanted.items.items():
        before, after = mine.names.get(key, ""), citation_key(data)
        if before and after and before != after and mine.left.get(key) != after:
            yield before, after
