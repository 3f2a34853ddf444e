"""From what both sides have to what is to be done: a pure function, and its result is data.

For every object there are three states: `base` (agreed), `ours` (the project), `theirs` (the server). The table of
what happens is in `_item`; the merge of one object's fields is in `merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from bibkit.problems import Problem, UsageError
from bibkit.sync.merge import Answers, Merged, citation_key, same, three_way, title, value_of, with_citation_key
from bibkit.sync.model import BOOKKEEPING, Action, Change, Conflict, Data, Kind, LibraryId, Plan, Prefer, Step, is_child
from bibkit.sync.project import Ours
from bibkit.sync.replica import Replica
from bibkit.sync.state import Known

FEW = 10  # deletions that need no second thought
SHARE = 0.2  # of all objects; more deletions than this, and more than a few, are stopped

Direction = Literal["both", "push", "pull"]


class Options(msgspec.Struct, frozen=True):
    """What a sync may do. `scope` are the keys of the items that it is about; None means all."""

    direction: Direction = "both"
    prefer: Prefer = ""
    allow_delete: bool = False
    file_time: str = ""  # when the files were changed last, for `newest`; as Zotero writes times
    revive: bool = False  # make again what was deleted on the server
    answers: Answers = msgspec.field(default_factory=dict)
    scope: frozenset[str] | None = None
    native_keys: bool = True


class Planned(msgspec.Struct):
    """A plan, and the replica as it shall be after it."""

    plan: Plan
    local: Replica


def plan(
    library: LibraryId,
    ours: Ours,
    collections: Mapping[str, Data],
    known: Mapping[Kind, Mapping[str, Known]],
    options: Options,
) -> Planned:
    """What to do so that both sides have the same. Deterministic: steps in the order of kinds, depth and keys."""
    planner = _Planner(options, ours.new)
    local = Replica()
    sides: dict[Kind, Mapping[str, Data]] = {"collections": collections, "items": ours.items}
    for kind, mine in sides.items():
        for key in sorted({*mine, *known[kind]}):
            if kind == "items" and options.scope is not None and key not in options.scope and key not in mine:
                continue
            kept = planner.object(kind, key, mine.get(key), known[kind].get(key) or Known(kind, key))
            if kept is not None:
                local.of(kind)[key] = kept
    _join(library, ours, local, planner)
    steps = sorted(planner.steps, key=lambda step: _rank(step, local, known))
    _brake(steps, sum(map(len, known.values())), options)
    names = ours.names
    named = (msgspec.structs.replace(step, work=names.get(step.key, "")) for step in steps)
    return Planned(Plan(tuple(named), tuple(planner.conflicts), tuple(planner.problems)), local)


# ------------------------------------------------------------------------------------------------ one object


class _Planner:
    """Gathers steps, conflicts and Problems, object by object."""

    def __init__(self, options: Options, new: Iterable[str]) -> None:
        self.options = options
        self.new = frozenset(new)
        self.steps: list[Step] = []
        self.updates: dict[str, Step] = {}
        self.conflicts: list[Conflict] = []
        self.problems: list[Problem] = []

    def object(self, kind: Kind, key: str, ours: Data | None, known: Known) -> Data | None:
        """Plan one object: what of it the files shall have."""
        base, theirs = _alive(known.base), _alive(known.theirs)
        if ours is not None and theirs is not None:
            return self.both(kind, base, ours, theirs)
        if ours is not None:
            return self.only_here(kind, key, base, ours, known)
        return self.only_there(kind, key, base, theirs) if theirs is not None else None

    def only_there(self, kind: Kind, key: str, base: Data | None, theirs: Data) -> Data | None:
        """New on the server, or deleted here."""
        if base is None:
            if self.options.direction == "push":
                return None
            self.step(Action.TAKE, kind, key, theirs, theirs)
            return theirs
        if differing(base, theirs) and not self.settle(kind, key, base, None, theirs):
            return None
        if self.answer(key) == "theirs":
            self.step(Action.TAKE, kind, key, theirs, theirs)
            return theirs
        if self.options.direction != "pull":
            self.trash(kind, key, theirs)
        return None

    def trash(self, kind: Kind, key: str, theirs: Data) -> None:
        if self.options.allow_delete:
            deleted = 1 if kind == "items" else True
            self.step(Action.TRASH, kind, key, {"deleted": deleted}, theirs)
            return
        message = f"{title(theirs)!r} is gone from the files and stays in Zotero"
        hint = "--allow-delete moves it to Zotero's trash"
        self.problems.append(Problem("sync-kept", message, "note", key=key, hint=hint))

    def only_here(self, kind: Kind, key: str, base: Data | None, ours: Data, known: Known) -> Data | None:
        """New here, or deleted on the server."""
        trashed = known.theirs is not None
        if base is None and (not trashed or key in self.new):
            if self.options.direction == "pull":
                return None if key in self.new else ours
            data = {**_sendable(ours), "deleted": 0} if trashed else _sendable(ours)
            version = known.theirs["version"] if known.theirs else 0
            self.step(Action.RESTORE if trashed else Action.CREATE, kind, key, data, ours, version=version)
            return ours
        if differing(base or {}, ours) and not self.settle(kind, key, base, ours, None):
            return ours
        if self.answer(key) == "ours":
            data = {**_sendable(ours), "deleted": 0} if trashed else _sendable(ours)
            if self.options.direction != "pull":
                version = known.theirs["version"] if known.theirs else 0
                self.step(Action.RESTORE if trashed else Action.CREATE, kind, key, data, ours, version=version)
            return ours
        if self.options.direction == "push":
            return ours
        self.step(Action.DROP, kind, key, {}, ours)
        return None

    def answer(self, key: str) -> str:
        """Who wins where one side deleted what the other one edited."""
        return next((one.answer for one in self.conflicts if (one.key, one.field) == (key, "*")), "")

    def settle(self, kind: Kind, key: str, base: Data | None, ours: Data | None, theirs: Data | None) -> bool:
        """Edited against deleted: a conflict about the whole object. Whether it is answered."""
        answer = self.options.answers.get((key, "*")) or self.options.prefer
        if answer == "newest":
            answer = self.newest(theirs or {})
        named = title(ours or theirs or {"key": key})
        self.conflicts.append(Conflict(kind, key, "*", base, ours, theirs, answer, named))  # type: ignore[arg-type]
        return bool(answer)

    def newest(self, theirs: Data) -> str:
        """The side that was changed last; a deletion on the server has no time, and is the newer one."""
        return "ours" if self.options.file_time > theirs.get("dateModified", "9999") else "theirs"

    def both(self, kind: Kind, base: Data | None, ours: Data, theirs: Data) -> Data:
        """Merge the fields; what the direction forbids is left as it is."""
        options, key = self.options, theirs["key"]
        newest = self.newest(theirs)
        merged = three_way(base, ours, theirs, kind=kind, prefer=options.prefer, newest=newest, answers=options.answers)
        merged = _one_key(merged, base, theirs)
        self.conflicts += merged.conflicts
        if merged.send and options.direction != "pull":
            self.step(Action.UPDATE, kind, key, merged.send, theirs)
        if options.direction == "push":
            return {**ours, **{name: theirs[name] for name in BOOKKEEPING & theirs.keys()}}
        if differing(ours, merged.local):
            taken = {name: merged.local.get(name) for name in differing(ours, merged.local)}
            self.step(Action.TAKE, kind, key, taken, ours)
        return merged.local

    def step(self, action: Action, kind: Kind, key: str, data: Data, before: Data, *, version: int = -1) -> None:
        """Add a step; `before` is the object on the side that it writes to. Two updates of one object are one."""
        made = action in (Action.CREATE, Action.TAKE, Action.DROP)
        number = 0 if made and version < 0 else (before.get("version", 0) if version < 0 else version)
        earlier = self.updates.get(key) if action is Action.UPDATE else None
        if earlier is not None:
            self.steps.remove(earlier)
            data = {**earlier.data, **data}
        whole = action in (Action.CREATE, Action.DROP) or data is before
        was = {one.field: one.before for one in earlier.changes} if earlier else {}
        changes = (
            [] if whole else [Change(name, was.get(name, before.get(name)), value) for name, value in data.items()]
        )
        sent = {} if action is Action.DROP else data
        made_now = Step(action, kind, key, sent, tuple(changes), number, title(before))
        self.steps.append(made_now)
        if action is Action.UPDATE:
            self.updates[key] = made_now


def _alive(data: Data | None) -> Data | None:
    """The object, unless it is in the trash."""
    return None if data is None or data.get("deleted") else data


def _sendable(data: Data) -> Data:
    return {name: value for name, value in data.items() if name not in BOOKKEEPING}


def differing(one: Data, other: Data) -> list[str]:
    """The fields in which two states of an object differ; bookkeeping is none."""
    names = dict.fromkeys((*one, *other))
    return [
        name for name in names if name not in BOOKKEEPING and not same(name, value_of(one, name), value_of(other, name))
    ]


def _one_key(merged: Merged, base: Data | None, theirs: Data) -> Merged:
    """Where the citation key stands in two places, the one that was changed goes into both."""
    local = merged.local
    native = local.get("citationKey")
    line = citation_key({"extra": local.get("extra", "")})
    if not native or not line or native == line or merged.conflicts:
        return merged
    before = citation_key(base or {})
    key = line if native == before else native
    fixed = with_citation_key(local, str(key), native=True)
    send = {
        **merged.send,
        **{name: fixed[name] for name in ("citationKey", "extra") if fixed[name] != theirs.get(name)},
    }
    return msgspec.structs.replace(merged, local=fixed, send=send)


def agreed(base: Data | None, local: Data | None, theirs: Data | None) -> Data | None:
    """The state that both sides have now: fields in which they differ keep what was agreed on before."""
    if local is None or theirs is None or theirs.get("deleted"):
        return theirs if local is None and (theirs is None or theirs.get("deleted")) else base
    apart = differing(local, theirs)
    found = {name: value for name, value in theirs.items() if name not in apart}
    return found | {name: base[name] for name in apart if base and name in base}


# ------------------------------------------------------------------------------------------------ the whole


def _join(library: LibraryId, ours: Ours, local: Replica, planner: _Planner) -> None:
    """Items that are one work here become one there, as Zotero merges: the survivor replaces the others."""
    if planner.options.direction == "pull":
        return
    for survivor, *others in ours.joined:
        for other in others:
            if other in local.items and survivor in local.items:
                _absorb(library, survivor, other, local, planner)


def _absorb(library: LibraryId, survivor: str, other: str, local: Replica, planner: _Planner) -> None:
    kept, gone = local.items[survivor], local.items.pop(other)
    uri = f"http://zotero.org/{library.kind}s/{library.number}/items/{other}"
    replaced = kept.get("relations", {}).get("dc:replaces", [])
    listed = replaced if isinstance(replaced, list) else [replaced]
    both = [*listed, uri]
    relations = {**kept.get("relations", {}), "dc:replaces": both if len(both) > 1 else uri}
    members = list(dict.fromkeys((*kept.get("collections", []), *gone.get("collections", []))))
    local.items[survivor] = {**kept, "relations": relations, "collections": members}
    planner.step(Action.UPDATE, "items", survivor, {"relations": relations, "collections": members}, kept)
    for key, child in list(local.items.items()):
        if child.get("parentItem") == other:
            local.items[key] = {**child, "parentItem": survivor}
            planner.step(Action.UPDATE, "items", key, {"parentItem": survivor}, child)
    planner.step(Action.TRASH, "items", other, {"deleted": 1}, gone)


_ORDER = (
    Action.CREATE, Action.RESTORE, Action.UPDATE, Action.TRASH, Action.DELETE, Action.TAKE, Action.DROP,
)  # fmt: skip


def _rank(step: Step, local: Replica, known: Mapping[Kind, Mapping[str, Known]]) -> tuple[int, int, int, str]:
    """Collections before items, parents before what hangs on them, and deletions last."""
    gone = step.action in (Action.TRASH, Action.DELETE)
    depth = _depth(step.key, local.of(step.kind))
    return (int(gone), int(step.kind == "items"), -depth if gone else depth, f"{_ORDER.index(step.action)} {step.key}")


def _depth(key: str, objects: Mapping[str, Data]) -> int:
    depth = 0
    while (data := objects.get(key)) and depth < 100:
        above = data.get("parentItem") or data.get("parentCollection")
        if not above:
            break
        key, depth = str(above), depth + 1
    return depth


def _brake(steps: Iterable[Step], total: int, options: Options) -> None:
    """Stop a sync that would delete a great part of either side. Raises UsageError."""
    gone = [
        step for step in steps if step.action in (Action.TRASH, Action.DELETE, Action.DROP) and step.kind == "items"
    ]
    if len(gone) > max(FEW, SHARE * total) and not options.allow_delete:
        message = f"this would delete {len(gone)} of {total} items; look at --dry-run, then say --allow-delete"
        raise UsageError(message)


def children_of(key: str, items: Mapping[str, Data]) -> Iterator[str]:
    """The keys of notes and attachments of an item, and of what hangs on those."""
    for child, data in items.items():
        if is_child(data) and data.get("parentItem") == key:
            yield child
            yield from children_of(child, items)
