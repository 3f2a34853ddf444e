"""Reading: bring what is remembered of the server up to what it has now. Nothing of the project is touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from bibkit.problems import ServiceError
from bibkit.sync.model import Data, Kind
from bibkit.sync.state import Known, Memory
from bibkit.zotero_api import Deleted, Listing, Rights, Written

RESTARTS = 5  # of a read while the library moves under it
KINDS: tuple[Kind, ...] = ("collections", "items")


class Remote(Protocol):
    """What sync needs of a server: `zotero_api.Api`, or a stand-in."""

    is_local: bool  # the Zotero on this machine, which has no list of what was deleted

    @property
    def counts(self) -> bool:
        """Whether versions tell what changed."""

    def rights(self) -> Rights:
        """What the key may do."""

    def has_citation_keys(self) -> bool:
        """Whether items have a field for citation keys."""

    def changed(self, kind: Kind, since: int) -> Listing | None:
        """As `versions`; None where the library is still at this version."""

    def versions(self, kind: Kind, since: int = 0) -> Listing:
        """Keys and versions of what is newer."""

    def fetch(self, kind: Kind, keys: list[str]) -> Iterator[Data]:
        """The data of objects."""

    def deleted(self, since: int) -> Deleted:
        """What is gone for good."""

    def write(self, kind: Kind, objects: list[Data], version: int | None = None) -> Written:
        """Write at most 50 objects."""


def pull(api: Remote, memory: Memory) -> bool:
    """Remember what the server has; whether anything was new. One request where nothing is.

    A library that moves while it is read is read again from its last agreed version, at most `RESTARTS` times. Notes
    that the key may not see are not taken as deleted; once it may, all is read again.
    """
    since = memory.version if api.counts else 0
    items = api.changed("items", since) if since else None
    if since and items is None:
        return False
    if _introduced(api, memory) or (since and api.is_local):
        since, items = 0, None
    for _ in range(RESTARTS):
        if _pull_once(api, memory, since, items or api.versions("items", since)):
            return True
        items = None
    raise ServiceError("the library changes faster than it can be read; try again when nothing else is syncing")


def _introduced(api: Remote, memory: Memory) -> bool:
    """Ask what the key may do and what the server has, once; whether the key may now see notes that it could not."""
    if memory.version and memory.notes:
        return False
    before, notes = memory.notes, api.rights().notes
    memory.introduce(notes=notes, native=api.has_citation_keys())
    return notes and not before


def _pull_once(api: Remote, memory: Memory, since: int, items: Listing) -> bool:
    """Whether the library stood still while it was read; only then anything is kept."""
    listings: dict[Kind, Listing] = {"collections": api.versions("collections", since), "items": items}
    # With everything listed, what is not there is gone.
    deleted = api.deleted(since) if since else Deleted(frozenset(), frozenset(), items.version)
    version = deleted.version
    if any(listing.version != version for listing in listings.values()):
        return False
    seen: dict[tuple[Kind, str], Data | None] = {}
    for kind, listing in listings.items():
        known = memory.known(kind)
        versions = listing.versions.items()
        wanted = [key for key, number in versions if not (api.counts and _has(known, key, number))]
        found = {data["key"]: data for data in api.fetch(kind, wanted)}
        if any(data["version"] > version for data in found.values()) or len(found) < len(wanted):
            return False
        gone = (deleted.items if kind == "items" else deleted.collections) & known.keys()
        if since == 0:
            gone |= {key for key in known.keys() - listing.versions.keys() if _was_listed(known[key], memory)}
        seen |= {(kind, key): None for key in gone - listing.versions.keys()}
        seen |= {(kind, key): data for key, data in found.items()}
    if deleted.collections:
        seen = {**_lost_with_parents(memory, deleted.collections, listings["collections"].versions), **seen}
    memory.saw_all(version, ((kind, key, data) for (kind, key), data in seen.items()))
    return True


def _has(known: Mapping[str, Known], key: str, version: int) -> bool:
    theirs = known[key].theirs if key in known else None
    return theirs is not None and theirs.get("version") == version


def _was_listed(known: Known, memory: Memory) -> bool:
    return known.theirs is not None and (memory.notes or known.theirs.get("itemType") != "note")


def _lost_with_parents(
    memory: Memory, deleted: frozenset[str], listed: Collection[str]
) -> dict[tuple[Kind, str], Data | None]:
    """What the server drops without a word when a collection goes: those below it, and the membership of items."""
    collections = {key: one.theirs for key, one in memory.known("collections").items() if one.theirs}
    gone = set(deleted)
    kept = {key: data for key, data in collections.items() if key not in listed}  # one that moved away stays
    while more := {key for key, data in kept.items() if data.get("parentCollection") in gone} - gone:
        gone |= more
    lost: dict[tuple[Kind, str], Data | None] = {("collections", key): None for key in gone - deleted}
    for key, one in memory.known("items").items():
        members = (one.theirs or {}).get("collections") or []
        if one.theirs and gone & set(members):
            lost["items", key] = {**one.theirs, "collections": [each for each in members if each not in gone]}
    return lost
