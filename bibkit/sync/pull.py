"""Reading: bring what is remembered of the server up to what it has now. Nothing of the project is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from bibkit.problems import ServiceError
from bibkit.sync.model import Data, Kind
from bibkit.sync.state import Memory
from bibkit.zotero_api import Deleted, Listing, Rights, Written

RESTARTS = 5  # of a read while the library moves under it
KINDS: tuple[Kind, ...] = ("collections", "items")


class Remote(Protocol):
    """What sync needs of a server: `zotero_api.Api`, or a stand-in."""

    def rights(self) -> Rights:
        """What the key may do."""

    def is_unchanged(self, since: int) -> bool:
        """Whether the library is still at this version."""

    def versions(self, kind: Kind, since: int = 0) -> Listing:
        """Keys and versions of what is newer."""

    def fetch(self, kind: Kind, keys: list[str]) -> Iterator[Data]:
        """The data of objects."""

    def deleted(self, since: int) -> Deleted:
        """What is gone for good."""

    def write(self, kind: Kind, objects: list[Data], version: int | None = None) -> Written:
        """Write at most 50 objects."""


def pull(api: Remote, memory: Memory, *, notes: bool = True) -> bool:
    """Remember what the server has; whether anything was new. One request where nothing is.

    A library that moves while it is read is read again from its last agreed version, at most `RESTARTS` times. With
    `notes` false the key may not see notes: those that are not listed are not taken as deleted.
    """
    since = memory.version
    if since and api.is_unchanged(since):
        return False
    for _ in range(RESTARTS):
        if _pull_once(api, memory, since, notes=notes):
            return True
    raise ServiceError("the library changes faster than it can be read; try again when nothing else is syncing")


def _pull_once(api: Remote, memory: Memory, since: int, *, notes: bool) -> bool:
    """Whether the library stood still while it was read; only then anything is kept."""
    listings = {kind: api.versions(kind, since) for kind in KINDS}
    deleted = api.deleted(since)
    version = deleted.version
    if any(listing.version != version for listing in listings.values()):
        return False
    seen: list[tuple[Kind, str, Data | None]] = []
    for kind in KINDS:
        known = memory.known(kind)
        new = listings[kind].versions
        wanted = [key for key, number in new.items() if not _has(known, key, number)]
        found = {data["key"]: data for data in api.fetch(kind, wanted)}
        if any(data["version"] > version for data in found.values()) or len(found) < len(wanted):
            return False
        seen += [(kind, key, data) for key, data in found.items()]
        gone = (deleted.items if kind == "items" else deleted.collections) & known.keys()
        if since == 0:
            gone |= {key for key in known.keys() - new.keys() if _was_listed(known[key].theirs, notes=notes)}
        seen += [(kind, key, None) for key in gone - found.keys()]
    memory.saw_all(version, [*seen, *_lost_with_parents(memory, deleted.collections)])
    return True


def _has(known: Mapping[str, object], key: str, version: int) -> bool:
    theirs = getattr(known.get(key), "theirs", None)
    return theirs is not None and theirs.get("version") == version


def _was_listed(theirs: Data | None, *, notes: bool) -> bool:
    return theirs is not None and (notes or theirs.get("itemType") != "note")


def _lost_with_parents(memory: Memory, deleted: frozenset[str]) -> Iterator[tuple[Kind, str, Data | None]]:
    """What the server drops without a word when a collection goes: those below it, and the membership of items."""
    if not deleted:
        return
    collections = {key: one.theirs for key, one in memory.known("collections").items() if one.theirs}
    gone = set(deleted)
    while more := {key for key, data in collections.items() if data.get("parentCollection") in gone} - gone:
        gone |= more
    yield from (("collections", key, None) for key in gone - deleted)
    for key, one in memory.known("items").items():
        members = (one.theirs or {}).get("collections", [])
        if one.theirs and gone & set(members):
            yield "items", key, {**one.theirs, "collections": [each for each in members if each not in gone]}
