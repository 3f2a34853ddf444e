"""New keys for works that have one: by a pattern, the old ones stay as aliases. And the map that documents follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec

from bibkit import keys
from bibkit.lock import Lock, Names, in_order, renamed
from bibkit.patterns import Pattern
from bibkit.record import Record
from bibkit.works import ranked


class Rekeyed(msgspec.Struct, frozen=True):
    """The lock to keep, and the new key of each old one that changed."""

    lock: Lock
    changed: dict[str, str]

    def lines(self) -> Iterator[str]:
        """The map as `bibkit tex rewrite --map` reads it: `old=new`, one a line, in the order of the old keys."""
        return (f"{old}={self.changed[old]}\n" for old in sorted(self.changed))


def rekey(
    works: Iterable[Record],
    lock: Lock,
    pattern: Pattern,
    *,
    pattern_name: str = "",
    only: Collection[str] = (),
    day: str = "",
) -> Rekeyed:
    """Give works the keys that a pattern makes of them; `works` have their keys, `only` names some of these keys.

    A key that another work has, or ever had, is not given away: a suffix makes it unique, for the oldest work first,
    equally old ones by their identities. A key that is already as the pattern makes it, suffix included, stays: to do
    it again changes nothing. The order of the works does not matter.
    """
    pins = list(lock.pins)
    places = {pin.key: place for place, pin in enumerate(pins)}
    names = _names(lock)
    changed: dict[str, str] = {}
    for work in ranked(works):
        place = places.get(work.record.key)
        if place is None or (only and work.record.key not in only):
            continue
        pin = pins[place]
        key = names.unique(keys.made_by(pattern, work.record), pin.names)
        names.take(key, place)
        if key != pin.key:
            changed[pin.key] = key
            pins[place] = renamed(pin, key, day=day, made=keys.made_word(pattern_name))
    return Rekeyed(in_order(pins), changed)


def _names(lock: Lock) -> Names:
    names = Names()
    for place, pin in enumerate(lock.pins):
        for name in pin.names:
            names.take(name, place)
    return names


def anew(records: Iterable[Record], pattern: Pattern = keys.default_key) -> list[Record]:
    """The records with keys of this pattern in place of their own, which are aliases now. For conversions."""
    return keys.assign(records, Lock(), pattern=pattern, rekey=True).records
