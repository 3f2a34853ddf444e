"""One sync from beginning to end: pull, plan, ask, write the files, push, remember.

The order makes it safe to stop anywhere. The files are written before anything is sent, and what both sides agreed on
is recorded last: a run that was cut off is seen by the next one as changes that both sides have made alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from bibkit.problems import Problem, ServiceError
from bibkit.record import Record
from bibkit.sync.merge import citation_key
from bibkit.sync.model import OWN, Action, Conflict, Data, Kind, LibraryId, Plan, Step, is_child
from bibkit.sync.plan import Options, Planned, agreed, differing, plan
from bibkit.sync.project import Ours, made_key, ours, remembered
from bibkit.sync.pull import KINDS, Remote, pull
from bibkit.sync.push import Watch, push, unwatched
from bibkit.sync.replica import Replica, dumps, paths
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

    def save(self, text: str | None, renamed: Sequence[tuple[str, str]]) -> list[Problem]:
        """Write the replica's text (None: no file) and rename citation keys, old to new, all or nothing."""

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
    notes: bool = True,
    watch: Watch = unwatched,
) -> Outcome:
    """Bring both sides into step. `scope` is the path of a collection that it is about; `confirm` is asked once.

    Raises ServiceError where the server fails, UsageError where the brake stops it; all that was done until then is
    remembered, and the next sync goes on.
    """
    session = _Session(site, api, memory, watch)
    for _ in range(ATTEMPTS):
        pull(api, memory, notes=notes)
        planned, mine = session.planned(options, scope, ask)
        if dry_run or not (session.outcome.run or confirm(planned.plan)):
            return Outcome(planned.plan, problems=[*planned.plan.problems], declined=not dry_run)
        if session.apply(planned, mine):
            session.settle(planned, mine)
            if not _brought_new(planned.plan):  # what is new here gets a citation key, or joins a work, in a next round
                return session.outcome
    raise ServiceError("the library changes faster than it can be written; try again when nothing else is syncing")


class _Session:
    """The state of one run."""

    def __init__(self, site: Site, api: Remote, memory: Memory, watch: Watch) -> None:
        self.site, self.api, self.memory, self.watch = site, api, memory, watch
        self.outcome = Outcome()
        self.number = 0  # of the next step in the journal

    # -------------------------------------------------------------------------------------------- planning

    def planned(self, options: Options, scope: str, ask: Ask) -> tuple[Planned, Ours]:
        """The plan, after everything that can be asked was asked, and answers of before were looked up."""
        replica, _ = self.site.load()
        known: dict[Kind, dict[str, Known]] = {kind: self.memory.known(kind) for kind in KINDS}
        collections = with_paths(replica.collections, known["collections"], self.site.collections)
        keywords = _keywords(collections, self.site.collections)
        mine = ours(
            self.site.works(),
            replica,
            known["items"],
            self.memory.buried(),
            keywords=keywords,
            revive=options.revive,
            native=options.native_keys,
        )
        options = msgspec.structs.replace(options, scope=_scope(scope, collections, known, replica))
        library = self.site.library
        first = plan(library, mine, collections, known, options)
        if not first.plan.open():
            return self._with_news(first, mine), mine
        answered = [msgspec.structs.replace(one, answer=ask(one)) for one in self._unanswered(first.plan)]
        self.memory.remember(answered)
        answers = {**options.answers, **self.memory.answers(first.plan.open())}
        again = plan(library, mine, collections, known, msgspec.structs.replace(options, answers=answers))
        return self._with_news(again, mine), mine

    def _unanswered(self, found: Plan) -> list[Conflict]:
        known = self.memory.answers(found.open())
        return [one for one in found.open() if (one.key, one.field) not in known]

    def _with_news(self, planned: Planned, mine: Ours) -> Planned:
        problems = (*planned.plan.problems, *mine.problems)
        return Planned(msgspec.structs.replace(planned.plan, problems=problems), planned.local)

    # -------------------------------------------------------------------------------------------- doing

    def apply(self, planned: Planned, mine: Ours) -> bool:
        """Do the plan; False where the server moved and it must be planned again."""
        found = planned.plan
        before = self.site.load()[1]
        if found.steps and not self.outcome.run:
            self.outcome.run = self.memory.begin(self.site.now(), before)
        self.outcome.plan = msgspec.structs.replace(found, steps=(*self.outcome.plan.steps, *found.steps))
        self._assign(found, mine)
        self._write(planned, found, mine)
        remote = list(found.remote())
        try:
            pushed = push(self.api, self.memory, self.outcome.run, remote, self.number, self.watch)
        except LibraryMoved:
            return False
        finally:
            self.number += len(remote)
        self.outcome.done += pushed.done
        self.outcome.problems += pushed.problems
        return not pushed.again

    def _assign(self, found: Plan, mine: Ours) -> None:
        created = [step.key for step in found.steps if step.action is Action.CREATE and step.kind == "items"]
        self.memory.assign("items", ((key, mine.works.get(key, ())) for key in created))
        self.memory.assign("collections", ((step.key, ()) for step in found.steps if _makes_collection(step)))

    def _write(self, planned: Planned, found: Plan, mine: Ours) -> None:
        """The replica, as far as it stands without the server: what is yet to be made there comes in later."""
        local = list(found.local())
        numbers = range(self.number, self.number + len(local))
        steps = list(zip(numbers, local, strict=True))
        known = self.site.load()[0]
        self.memory.record(self.outcome.run, ((n, step, known.of(step.kind).get(step.key)) for n, step in steps))
        unmade = {step.key for step in found.steps if step.action is Action.CREATE}
        unmade -= {*known.items, *known.collections}  # somebody wrote it there by hand
        ready = Replica(
            {key: data for key, data in planned.local.items.items() if key not in unmade},
            {key: data for key, data in planned.local.collections.items() if key not in unmade},
        )
        self._save(_with_marks(ready, mine), known)
        self.memory.mark(self.outcome.run, ((n, "done", planned.local.of(s.kind).get(s.key), "") for n, s in steps))
        self.outcome.done += len(local)
        self.number += len(local)

    def _save(self, wanted: Replica, standing: Replica) -> None:
        renamed = list(_renamed(standing, wanted))
        if wanted.items or wanted.collections or standing.items or standing.collections:
            problems = self.site.save(dumps(wanted), renamed)
            self.outcome.problems += problems
            self.outcome.renamed += renamed

    # -------------------------------------------------------------------------------------------- remembering

    def settle(self, planned: Planned, mine: Ours) -> None:
        """Write the files as the server now has them, then record what both sides agree on."""
        known = {kind: self.memory.known(kind) for kind in KINDS}
        standing = self.site.load()[0]
        final = Replica()
        for kind in KINDS:
            for key, data in planned.local.of(kind).items():
                theirs = known[kind].get(key, Known(kind, key)).theirs
                if theirs is not None:
                    final.of(kind)[key] = theirs if not differing(data, theirs) else _as_there(data, theirs)
                elif key in standing.of(kind):  # written by hand, and not taken by the server
                    final.of(kind)[key] = data
        self._save(_with_marks(final, mine), standing)
        for kind in KINDS:
            self.memory.agree(self._changed(kind, known[kind], final, mine))
        self._bury(planned.plan, mine, known["items"])
        if self.outcome.run:
            self.memory.end(self.outcome.run, self.site.now())

    def _changed(self, kind: Kind, known: dict[str, Known], final: Replica, mine: Ours) -> Iterable[Known]:
        """What is to be remembered otherwise than it was."""
        for key, before in known.items():
            local = final.of(kind).get(key)
            base = agreed(before.base, local, before.theirs)
            work = mine.works.get(key, before.work) if kind == "items" else ()
            now = Known(kind, key, base, before.theirs, work)
            if now != before:
                yield now

    def _bury(self, found: Plan, mine: Ours, known: dict[str, Known]) -> None:
        for step in found.steps:
            work = mine.works.get(step.key) or (known[step.key].work if step.key in known else ())
            if step.kind == "items" and step.action is Action.DROP and work:
                self.memory.bury(step.key, work)
            elif step.kind == "items" and step.action in (Action.TAKE, Action.RESTORE, Action.CREATE) and work:
                self.memory.dig_up(work)


def _brought_new(found: Plan) -> bool:
    return any(step.action is Action.TAKE and step.kind == "items" and not step.changes for step in found.steps)


def _with_marks(replica: Replica, mine: Ours) -> Replica:
    """The replica with what is remembered beside each item."""
    items = {
        key: {**data, OWN: remembered(mine.works[key], mine.contributed[key])} if mine.contributed.get(key) else data
        for key, data in replica.items.items()
    }
    return Replica(items, replica.collections)


def _makes_collection(step: Step) -> bool:
    return step.action is Action.CREATE and step.kind == "collections"


def _as_there(data: Data, theirs: Data) -> Data:
    """Our item with the server's bookkeeping and spelling of all that is the same."""
    apart = set(differing(data, theirs))
    return {
        **{name: value for name, value in theirs.items() if name not in apart},
        **{n: data[n] for n in apart if n in data},
    }


def _renamed(standing: Replica, wanted: Replica) -> Iterable[tuple[str, str]]:
    """Citation keys that the server changed."""
    for key, data in wanted.items.items():
        before, after = citation_key(standing.items.get(key, {})), citation_key(data)
        if before and after and before != after:
            yield before, after


# ------------------------------------------------------------------------------------------------ collections


def with_paths(collections: dict[str, Data], known: dict[str, Known], wanted: Mapping[str, str]) -> dict[str, Data]:
    """The collections, with those that settings name by a path and nobody has made yet."""
    found = {key: dict(data) for key, data in collections.items()}
    there = {key: one.theirs for key, one in known.items() if one.theirs and not one.theirs.get("deleted")}
    by_path = {path: key for key, path in paths({**there, **found}).items()}
    for path in wanted:
        above = ""
        for depth in range(1, path.count("/") + 2):
            part = "/".join(path.split("/")[:depth])
            if part not in by_path:
                key = made_key((f"collection:{part}",), {**there, **found})
                parent = by_path.get(above, False)
                found[key] = {"key": key, "name": part.rpartition("/")[2], "parentCollection": parent}
                by_path[part] = key
            above = part
    return found


def _keywords(collections: dict[str, Data], wanted: Mapping[str, str]) -> dict[str, str]:
    """The key of the collection that each keyword is."""
    by_path = {path: key for key, path in paths(collections).items()}
    return {word: by_path[path] for path, word in wanted.items() if path in by_path}


def _scope(
    path: str, collections: dict[str, Data], known: dict[Kind, dict[str, Known]], replica: Replica
) -> frozenset[str] | None:
    """The keys of the items in a collection, in those below it, and of what hangs on them; None for everything."""
    if not path:
        return None
    there = {key: one.theirs for key, one in known["collections"].items() if one.theirs}
    by_key = paths({**there, **collections})
    inside = {key for key, own in by_key.items() if own == path or own.startswith(f"{path}/")}
    items = {**{key: one.theirs for key, one in known["items"].items() if one.theirs}, **replica.items}
    chosen = {key for key, data in items.items() if inside & set(data.get("collections", ()))}
    while more := {key for key, data in items.items() if is_child(data) and data.get("parentItem") in chosen} - chosen:
        chosen |= more
    return frozenset(chosen)
