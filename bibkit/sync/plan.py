"""From what both sides have to what is to be done: a pure function, and its result is data.

For every object there are three states: `base` (agreed), `ours` (the project), `theirs` (the server). The table of
what happens is in `_Planner`; the merge of one object's fields is in `merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from bibkit.formats.zotero_tables import FIELDS
from bibkit.problems import Problem
from bibkit.sync.family import above, below, depth, parents_first, replaced, standing
from bibkit.sync.merge import (
    Answers,
    Merged,
    citation_key,
    same,
    three_way,
    title,
    value_of,
    with_citation_key,
    without_key_line,
)
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
    notes: bool = True  # the key may see notes


class Planned(msgspec.Struct):
    """A plan, and the replica as it shall be after it; `stop` says why it should not be done without leave."""

    plan: Plan
    local: Replica
    stop: str = ""


def plan(
    library: LibraryId,
    ours: Ours,
    collections: Mapping[str, Data],
    known: Mapping[Kind, Mapping[str, Known]],
    options: Options,
) -> Planned:
    """What to do so that both sides have the same. Deterministic: steps in the order of kinds, depth and keys."""
    planner = _Planner(options, ours, known)
    local = planner.local
    sides: dict[Kind, Mapping[str, Data]] = {"collections": collections, "items": ours.items}
    for kind, mine in sides.items():
        for key in parents_first({*mine, *known[kind]}, planner.there[kind], mine):
            if kind == "items" and options.scope is not None and key not in options.scope and key not in mine:
                continue
            kept = planner.object(kind, key, mine.get(key))
            if kept is not None:
                local.of(kind)[key] = kept
    _join(library, ours, planner)
    steps = sorted(planner.steps, key=lambda step: _rank(step, local))
    names = ours.names
    named = (msgspec.structs.replace(step, work=names.get(step.key, "")) for step in steps)
    found = Plan(tuple(named), tuple(planner.conflicts), tuple(planner.problems))
    return Planned(found, local, "" if options.allow_delete else _brake(steps, known["items"]))


# ------------------------------------------------------------------------------------------------ one object


class _Planner:
    """Gathers steps, conflicts and Problems, object by object, parents first."""

    def __init__(self, options: Options, ours: Ours, known: Mapping[Kind, Mapping[str, Known]]) -> None:
        self.options = options
        self.known = known
        self.mine = ours.items
        self.new = frozenset(ours.new)
        self.there = {kind: standing(kind, known[kind]) for kind in known}
        self.local = Replica()
        self.steps: list[Step] = []
        self.latest: dict[tuple[Action, str], Step] = {}
        self.conflicts: list[Conflict] = []
        self.problems: list[Problem] = []
        self.kept: set[str] = set()  # items that are here although the server dropped them
        self.retaken: set[str] = set()  # items that come back although they were deleted here
        self.replaced = frozenset(other for data in ours.items.values() for other in replaced(data))
        self.below = {"ours": below(ours.items), "theirs": below(self.there["items"])}

    def object(self, kind: Kind, key: str, ours: Data | None) -> Data | None:
        """Plan one object: what of it the files shall have."""
        known = self.known[kind].get(key) or Known(kind, key)
        base, theirs = alive(known.base), self.there[kind].get(key)
        ours = self.in_collections(ours) if ours is not None and kind == "items" else ours
        if ours is not None and self.goes_along(kind, key, base, ours):
            self.step(Action.DROP, kind, key, {}, ours)
            return None
        if ours is not None and theirs is not None:
            return self.both(kind, base, ours, theirs)
        if ours is not None:
            return self.only_here(kind, key, base, ours, known)
        return self.only_there(kind, key, base, theirs) if theirs is not None else None

    def in_collections(self, ours: Data) -> Data:
        """The item without membership in collections that are nowhere: one that was deleted takes nothing along."""
        members = ours.get("collections") or []
        found = [key for key in members if key in self.local.collections or key in self.there["collections"]]
        return ours if len(found) == len(members) else {**ours, "collections": found}

    def goes_along(self, kind: Kind, key: str, base: Data | None, ours: Data) -> bool:
        """Whether it hangs on an item that goes from the files, and nobody here changed it, or that was settled."""
        parent = above(ours)
        if kind != "items" or not parent or parent in self.local.items or parent not in self.known["items"]:
            return False
        if key in self.there["items"] and above(self.there["items"][key]) in self.local.items:
            return False  # in Zotero it hangs on another one now
        if base is not None and not is_edited(base, ours):
            return True
        if self.answer(parent) == "theirs":
            self.conflicts.append(Conflict(kind, key, "*", base, ours, None, "theirs", title(ours)))
            return True
        return False

    def edited_below(self, side: Literal["ours", "theirs"], key: str) -> bool:
        """Whether something that hangs on the item was changed or made on one side since both agreed."""
        objects = self.mine if side == "ours" else self.there["items"]
        for child in self.below[side].get(key, ()):
            if side == "ours" and child in self.there["items"]:
                continue  # it stands, on another item
            known = self.known["items"].get(child)
            base = alive(known.base) if known else None
            if base is None or differing(base, objects[child]) or self.edited_below(side, child):
                return True
        return False

    def only_there(self, kind: Kind, key: str, base: Data | None, theirs: Data) -> Data | None:
        """New on the server, or deleted here."""
        parent = above(theirs) if kind == "items" else ""
        if parent and parent not in self.local.items:
            return None  # it stays with what it hangs on
        if base is None or parent in self.retaken:
            return self.take(kind, key, theirs)
        if key in self.replaced and self.options.direction != "pull":  # a merge that was cut off
            self.step(Action.TRASH, kind, key, {"deleted": 1}, theirs)
            return None
        edited = differing(base, theirs) or self.edited_below("theirs", key)
        if edited and not self.settle(kind, key, base, None, theirs):
            return None
        if self.answer(key) == "theirs":
            self.retaken.add(key)
            return self.take(kind, key, theirs)
        if self.options.direction != "pull":
            self.trash(kind, key, theirs)
        return None

    def take(self, kind: Kind, key: str, theirs: Data) -> Data | None:
        if self.options.direction == "push":
            return None
        self.step(Action.TAKE, kind, key, theirs, theirs)
        return theirs

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
        if kind == "items" and above(ours) in self.kept:
            return self.stays(key, ours, known)
        if base is None and known.theirs is None and ours.get("itemType") == "note" and not self.options.notes:
            return ours  # it may well be there
        if base is None and (known.theirs is None or key in self.new):
            if self.options.direction == "pull":
                return None if key in self.new else ours
            return self.make(kind, key, ours, known)
        edited = is_edited(base or {}, ours) or self.edited_below("ours", key)
        if edited and not self.settle(kind, key, base, ours, None):
            self.kept.add(key)
            return ours
        if self.answer(key) == "ours":
            self.kept.add(key)
            return ours if self.options.direction == "pull" else self.make(kind, key, ours, known)
        if self.options.direction == "push":
            return ours
        self.step(Action.DROP, kind, key, {}, ours)
        return None

    def stays(self, key: str, ours: Data, known: Known) -> Data:
        """What hangs on an item that is made again is made again, where it is not in the trash with it."""
        self.kept.add(key)
        made = self.latest.get((Action.CREATE, above(ours)))
        return self.make("items", key, ours, known) if made and known.theirs is None else ours

    def make(self, kind: Kind, key: str, ours: Data, known: Known) -> Data:
        """Make an object on the server, or take it out of the trash there."""
        if known.theirs is None:
            data = {name: value for name, value in sendable(ours).items() if name not in _OF_A_FILE}
            self.step(Action.CREATE, kind, key, data, ours, version=0)
        else:
            data = {**sendable(ours), "deleted": 0}
            self.step(Action.RESTORE, kind, key, data, ours, version=known.theirs["version"])
        return ours

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
        if key in self.new:  # the files have the work, and not yet its item
            self.step(Action.TAKE, kind, key, merged.local, merged.local)
        elif apart := differing(ours, merged.local):
            self.step(Action.TAKE, kind, key, {name: merged.local.get(name) for name in apart}, ours)
        return merged.local

    def forget(self, key: str) -> Data:
        """Take back the steps that write to an item; what would have been sent."""
        update = self.latest.get((Action.UPDATE, key))
        self.steps = [step for step in self.steps if (step.kind, step.key) != ("items", key)]
        self.latest = {place: step for place, step in self.latest.items() if place[1] != key}
        return dict(update.data) if update else {}

    def step(self, action: Action, kind: Kind, key: str, data: Data, before: Data, *, version: int = -1) -> None:
        """Add a step; `before` is the object on the side that it writes to. Two of one kind and object are one."""
        made = action in (Action.CREATE, Action.TAKE, Action.DROP)
        number = 0 if made and version < 0 else (before.get("version", 0) if version < 0 else version)
        earlier = self.latest.get((action, key))
        whole = action in (Action.CREATE, Action.DROP) or data is before
        was: dict[str, Any] = {}
        if earlier is not None:
            self.steps.remove(earlier)
            whole = not earlier.changes
            was = {one.field: one.before for one in earlier.changes}
            data = {**earlier.data, **data}
        changes = [] if whole else [Change(name, was.get(name, before.get(name)), data[name]) for name in data]
        sent = {} if action is Action.DROP else data
        step = Step(action, kind, key, sent, tuple(changes), number, title({**before, "key": key}))
        self.steps.append(step)
        self.latest[action, key] = step


_OF_A_FILE = frozenset({"md5", "mtime"})  # of a stored file, which a new attachment has none of


def alive(data: Data | None) -> Data | None:
    """The object, unless it is in the trash."""
    return None if data is None or data.get("deleted") else data


def sendable(data: Data) -> Data:
    """The object without what nobody edits."""
    return {name: value for name, value in data.items() if name not in BOOKKEEPING}


def differing(one: Data, other: Data) -> list[str]:
    """The fields in which two states of an object differ; bookkeeping is none."""
    names = dict.fromkeys((*one, *other))
    return [
        name for name in names if name not in BOOKKEEPING and not same(name, value_of(one, name), value_of(other, name))
    ]


def is_edited(before: Data, after: Data) -> bool:
    """Whether somebody changed an object; that it got a citation key is nobody's work."""
    return bool(differing(*({**data, "citationKey": "", "extra": without_key_line(data)} for data in (before, after))))


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


def _join(library: LibraryId, ours: Ours, planner: _Planner) -> None:
    """Items that are one work here become one there, as Zotero merges: the survivor replaces the others."""
    if planner.options.direction == "pull" or not library.number:  # whose number nobody told cannot be named
        return
    asked = {conflict.key for conflict in planner.conflicts if not conflict.answer}
    ready = planner.there["items"].keys() & planner.local.items.keys() - asked
    children = below(planner.local.items)
    for survivor, *others in ours.joined:
        for other in others:
            if other in ready and survivor in ready:
                _absorb(library, survivor, other, planner, children.get(other, ()))


def _absorb(library: LibraryId, survivor: str, other: str, planner: _Planner, children: Iterable[str]) -> None:
    items = planner.local.items
    kept, gone = items[survivor], items.pop(other)
    pending = planner.forget(other)
    whole = _united(kept, gone, f"http://zotero.org/{library.kind}s/{library.number}/items/{other}")
    changed = {survivor: (kept, whole)} | {
        key: (items[key], {**items[key], "parentItem": survivor}) for key in children
    }
    for key, (before, after) in changed.items():
        data = {name: after[name] for name in differing(before, after)}
        planner.step(Action.UPDATE, "items", key, data, before)
        if planner.options.direction != "push":
            planner.step(Action.TAKE, "items", key, data, before)
        items[key] = after
    # What was typed into it goes to the trash with it: where both say something, the survivor's word stands.
    planner.step(Action.TRASH, "items", other, {**pending, "deleted": 1}, planner.there["items"][other])
    planner.step(Action.DROP, "items", other, {}, gone)


def _united(kept: Data, gone: Data, uri: str) -> Data:
    """The survivor with what only the other item says; where both say something its own word stands."""
    fields = FIELDS.get(str(kept.get("itemType")), ())
    alike = kept.get("itemType") == gone.get("itemType")
    given = {name: value for name, value in sendable(gone).items() if alike or name in fields or name in _SETS}
    given |= {"key": kept["key"], "itemType": kept.get("itemType")}
    found = three_way(None, kept, given, prefer="ours").local
    before = found.get("relations", {}).get("dc:replaces", [])
    listed = before if isinstance(before, list) else [before]
    both = [*(one for one in listed if not str(one).endswith(f"/{kept['key']}") and one != uri), uri]
    return {**found, "relations": {**found.get("relations", {}), "dc:replaces": both if len(both) > 1 else uri}}


_SETS = frozenset({"tags", "collections", "relations"})
_ORDER = (
    Action.CREATE, Action.RESTORE, Action.UPDATE, Action.TRASH, Action.DELETE, Action.TAKE, Action.DROP,
)  # fmt: skip


def _rank(step: Step, local: Replica) -> tuple[int, int, int, str]:
    """Collections before items, parents before what hangs on them, and deletions last."""
    gone = step.action in (Action.TRASH, Action.DELETE)
    deep = depth(step.key, local.of(step.kind))
    return (int(gone), int(step.kind == "items"), -deep if gone else deep, f"{_ORDER.index(step.action)} {step.key}")


def _brake(steps: Iterable[Step], known: Mapping[str, Known]) -> str:
    """Why a plan that would delete a great part of either side should not be done; notes go with their items."""
    items = {key for key, one in known.items() if not is_child(one.theirs or one.base or {})}
    deleting = (Action.TRASH, Action.DELETE, Action.DROP)
    gone = {step.key for step in steps if step.action in deleting and step.kind == "items" and step.key in items}
    if len(gone) <= max(FEW, SHARE * len(items)):
        return ""
    return f"this would delete {len(gone)} of {len(items)} items; look at --dry-run, then say --allow-delete"
