"""Collections by their paths: those that settings name, the keyword that each is, the items that are in one."""

from __future__ import annotations

from collections.abc import Mapping

from bibkit.problems import UsageError
from bibkit.sync.family import above
from bibkit.sync.model import Data, Kind, is_child
from bibkit.sync.project import made_key
from bibkit.sync.replica import Replica, paths
from bibkit.sync.state import Known


def with_paths(collections: dict[str, Data], known: Mapping[str, Known], wanted: Mapping[str, str]) -> dict[str, Data]:
    """The collections, with those that settings name by a path and nobody has made yet."""
    found = {key: dict(data) for key, data in collections.items()}
    there = _alive(known)
    by_path = {path: key for key, path in paths({**there, **found}).items()}
    for path in wanted:
        above_it = ""
        for depth in range(1, path.count("/") + 2):
            part = "/".join(path.split("/")[:depth])
            if part not in by_path:
                key = made_key((f"collection:{part}",), {**{one: {} for one in known}, **found})
                parent = by_path.get(above_it, False)
                found[key] = {"key": key, "name": part.rpartition("/")[2], "parentCollection": parent}
                by_path[part] = key
            above_it = part
    return found


def _alive(known: Mapping[str, Known]) -> dict[str, Data]:
    return {key: one.theirs for key, one in known.items() if one.theirs and not one.theirs.get("deleted")}


def keywords(collections: Mapping[str, Data], known: Mapping[str, Known], wanted: Mapping[str, str]) -> dict[str, str]:
    """The key of the collection that each keyword is."""
    by_path = {path: key for key, path in paths({**_alive(known), **collections}).items()}
    return {word: by_path[path] for path, word in wanted.items() if path in by_path}


def scope_key(path: str, collections: Mapping[str, Data], known: Mapping[str, Known]) -> str:
    """The key of the collection of this path. Raises UsageError where there is none."""
    by_path = {own: key for key, own in paths({**_alive(known), **collections}).items()}
    if path in by_path:
        return by_path[path]
    there = ", ".join(sorted(by_path)[:5]) or "none at all"
    raise UsageError(f"there is no collection {path!r}; there is {there}; make it in Zotero, then sync again")


def in_scope(
    place: str, collections: Mapping[str, Data], known: Mapping[Kind, Mapping[str, Known]], replica: Replica
) -> frozenset[str]:
    """The keys of the items in a collection, in those below it, and of what hangs on them."""
    every = {**_alive(known["collections"]), **collections}
    inside = {place}
    while more := {key for key, data in every.items() if above(data) in inside} - inside:
        inside |= more
    items = {**{key: one.theirs for key, one in known["items"].items() if one.theirs}, **replica.items}
    chosen = {key for key, data in items.items() if inside & set(data.get("collections") or ())}
    while more := {key for key, data in items.items() if is_child(data) and data.get("parentItem") in chosen} - chosen:
        chosen |= more
    return frozenset(chosen)
