"""What a person changes in a lock: a key, an alias, two keys that are one. Functions from a lock to a lock."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

from bibkit.lock.pins import BY_HAND, Lock, Names, Pin, caseless, in_order, unique_words, usable
from bibkit.problems import UsageError
from bibkit.record import replace

FORBIDDEN = "white space, comma, brace, %, #, \\ or ~"
_COMPARED = 20_000  # names that are compared with a mistyped one: more would take seconds


def find(lock: Lock, name: str) -> Pin | None:
    """The pin that has this name as its key or an alias, ignoring case."""
    wanted = caseless(name)
    return next((pin for pin in lock.pins if any(caseless(one) == wanted for one in pin.names)), None)


def get(lock: Lock, name: str) -> Pin:
    """As `find`. Raises UsageError, with the nearest names, where there is none."""
    pin = find(lock, name)
    if pin is None:
        near = nearest(lock, name)
        hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else "; `bibkit keys list` shows all"
        raise UsageError(f"there is no key {name!r} in the lock{hint}")
    return pin


def nearest(lock: Lock, name: str, number: int = 3) -> list[str]:
    """The keys and aliases that are most like a mistyped one."""
    wanted = caseless(name)
    names = [one for pin in lock.pins for one in pin.names]
    if len(names) > _COMPARED:
        names = [one for one in names if caseless(one)[:2] == wanted[:2]]
    by_form = {caseless(one): one for one in islice(names, _COMPARED)}
    return [by_form[form] for form in get_close_matches(wanted, by_form, number, 0.7)]


def rename(lock: Lock, old: str, new: str, *, day: str = "", made: str = BY_HAND) -> Lock:
    """Give a work another key; the old one becomes an alias. Raises UsageError where that cannot be."""
    pin = get(lock, old)
    _check_usable(new)
    _check_free(lock, new, pin)
    return _with(lock, renamed(pin, new, day=day, made=made)) if new != pin.key else lock


def renamed(pin: Pin, key: str, *, day: str, made: str) -> Pin:
    """The pin under another key."""
    aliases = unique_words(name for name in pin.names if caseless(name) != caseless(key))
    return replace(pin, key=key, aliases=aliases, made=made, given=day or pin.given)


def add_alias(lock: Lock, key: str, alias: str) -> Lock:
    """Let a work be cited by another name too. Raises UsageError where that cannot be."""
    pin = get(lock, key)
    _check_usable(alias)
    holder = find(lock, alias)
    if holder is pin:
        return lock
    if holder is not None:
        hint = f"if they are one work, join them: bibkit keys alias --join {pin.key} {holder.key}"
        raise UsageError(f"{alias!r} is a name of another work, {holder.key!r}; {hint}")
    return _with(lock, replace(pin, aliases=unique_words((*pin.aliases, alias))))


def remove_alias(lock: Lock, key: str, alias: str) -> Lock:
    """Take an alias away; another work may have the name then. Raises UsageError where the work has no such alias."""
    pin = get(lock, key)
    kept = [name for name in pin.aliases if caseless(name) != caseless(alias)]
    if len(kept) == len(pin.aliases):
        known = f"; it has {', '.join(pin.aliases)}" if pin.aliases else "; it has none"
        raise UsageError(f"{alias!r} is no alias of {pin.key!r}{known}")
    return _with(lock, replace(pin, aliases=unique_words(kept)))


def join(lock: Lock, key: str, other: str) -> Lock:
    """Make one of the pins of two works that are one: the other's names become aliases of the first."""
    pin, second = get(lock, key), get(lock, other)
    if pin.key == second.key:
        return lock
    whole = replace(
        pin,
        identities=unique_words((*pin.identities, *second.identities)),
        aliases=unique_words((*pin.aliases, *second.names)),
        was=unique_words((*pin.was, *second.was)),
        joined=unique_words((*pin.joined, *second.joined)),
    )
    return in_order([whole, *(one for one in lock.pins if one.key not in (pin.key, second.key))])


def _with(lock: Lock, changed: Pin) -> Lock:
    """The lock with this pin in place of the one that has a name of it."""
    names = set(map(caseless, changed.names))
    return in_order([changed, *(pin for pin in lock.pins if names.isdisjoint(map(caseless, pin.names)))])


def _check_usable(key: str) -> None:
    if not usable(key):
        raise UsageError(f"{key!r} cannot be a citation key: it is empty, or has {FORBIDDEN} in it")


def _check_free(lock: Lock, key: str, pin: Pin) -> None:
    holder = find(lock, key)
    if holder is not None and holder is not pin:
        free = names_of(lock.pins).unique(key)
        what = "the key" if caseless(holder.key) == caseless(key) else f"an alias of {holder.key!r}, the key"
        raise UsageError(f"{key!r} is {what} of another work; {free!r} is free")


def names_of(pins: Iterable[Pin]) -> Names:
    """All names of these pins, each with the place of its pin."""
    names = Names()
    for number, pin in enumerate(pins):
        for name in pin.names:
            names.take(name, number)
    return names
