"""Taking a merge apart again: the decision that keeps its entries apart, and the lock in which each has its own key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from bibkit import files, lock
from bibkit.decisions import Decision, Decisions, Work, added, named, removed, work_of
from bibkit.explain import leaves
from bibkit.identity import identities, sight
from bibkit.joins import DecisionFile
from bibkit.lock import Lock, Pin, caseless
from bibkit.problems import UsageError
from bibkit.record import Record
from bibkit.rulings import rule


class Parting(msgspec.Struct, frozen=True):
    """A merge that is to be taken apart: groups of entries, what is decided, and earlier decisions that this ends."""

    work: Record
    apart: tuple[tuple[Record, ...], ...]
    decision: Decision
    ended: tuple[Decision, ...] = ()

    def __str__(self) -> str:
        told = (", ".join(map(_place, group)) for group in self.apart)
        ended = f"; this ends {len(self.ended)} earlier decision{'s' * (len(self.ended) > 1)}" if self.ended else ""
        return f"{' | '.join(told)}{ended}"

    def save(self, store: DecisionFile, lock_path: Path | None, known: Lock) -> None:
        """Keep the decision and, in a project, the lock: both files or none. Raises UsageError."""
        text = store.text()
        for decision in self.ended:
            text = removed(text, decision.name)
        changes: dict[Path, str] = {store.path: added(text, self.decision)}
        if lock_path and known.pins:
            changes[lock_path] = lock.dumps(unlocked(known, self.work, self.apart))
        files.write_all(changes)


def plan(
    work: Record,
    records: Sequence[Record],
    decided: Decisions,
    places: Sequence[str] = (),
    *,
    who: str = "",
    when: str = "",
    why: str = "",
) -> Parting:
    """What splitting this work means: every entry on its own, or those at these places. Raises UsageError."""
    apart = tuple(map(tuple, groups(work, places)))
    made = named(decision(work, apart, who=who, when=when, why=why))
    odd = rule(records, Decisions((*decided.made, made), decided.source)).at_odds
    ended = tuple(one for one in decided.made if one.kind == "same" and one.name in odd)
    return Parting(work, apart, made, ended)


def groups(work: Record, wanted: Sequence[str] = ()) -> list[list[Record]]:
    """The entries of a work, each on its own; or those that are wanted (`file:line` or a key), the rest together.

    Raises UsageError for a work of one entry, and where it has no such entry, or more than one.
    """
    entries = leaves(work)
    if len(entries) < 2:
        raise UsageError(f"{work.key} was not merged: it is one entry, {_place(work)}, so there is nothing to split")
    if not wanted:
        return [[entry] for entry in entries]
    off = [_entry(work, entries, name) for name in dict.fromkeys(wanted)]
    rest = [entry for entry in entries if not any(entry is one for one in off)]
    return [rest, *([entry] for entry in off)] if rest else [[entry] for entry in off]


def _entry(work: Record, entries: Sequence[Record], name: str) -> Record:
    found = [entry for entry in entries if name in (_place(entry), entry.key)]
    if len(found) != 1:
        have = ", ".join(f"{_place(entry)}{f' ({entry.key})' if entry.key else ''}" for entry in entries)
        raise UsageError(f"{work.key} has {'no entry' if not found else 'more than one entry'} {name}; it has {have}")
    return found[0]


def _place(entry: Record) -> str:
    return ":".join(map(str, entry.place()))


def decision(
    work: Record, apart: Sequence[Sequence[Record]], *, who: str = "", when: str = "", why: str = ""
) -> Decision:
    """That these groups of entries are different works."""
    return Decision("different", tuple(_named(group, work) for group in apart), why=why, who=who, when=when)


def _named(group: Sequence[Record], work: Record) -> Work:
    return work_of(group, next((entry.key for entry in group if entry.key), work.key))


def unlocked(known: Lock, work: Record, apart: Sequence[Sequence[Record]]) -> Lock:
    """The lock without what the work's pin learned from the entries that leave it.

    The pin stays with the group whose own key it is, else with the first one. The keys and identities of the others
    are free, so that the next build gives each the key that its source has for it, or a new one.
    """
    pin = next((pin for pin in known.pins if pin.key == work.key), None)
    if pin is None:
        return known
    stays = next((group for group in apart if any(entry.key == pin.key for entry in group)), apart[0])
    kept = {name for entry in stays for name in identities(entry)}
    leaving = [entry for group in apart if group is not stays for entry in group]
    gone = {name for entry in leaving for name in identities(entry)} - kept
    keys = {caseless(key) for entry in leaving for key in (entry.key, *entry.aliases) if key}
    keys -= {caseless(key) for entry in stays for key in (entry.key, *entry.aliases)}
    return Lock(tuple(_without(one, gone, keys, stays) if one is pin else one for one in known.pins))


def _without(pin: Pin, gone: set[str], keys: set[str], stays: Sequence[Record]) -> Pin:
    known = tuple(name for name in pin.identities if name not in gone and name.rpartition("@")[0] not in gone)
    aliases = tuple(alias for alias in pin.aliases if caseless(alias) not in keys)
    seen = sight(stays[0], identities(stays[0])) if len(stays) == 1 else ""
    return msgspec.structs.replace(pin, identities=known, aliases=aliases, seen=seen)
