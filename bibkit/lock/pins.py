"""What can be a key, and what the lock holds: one pin for each key that was given. Values without text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import count, product
from string import ascii_lowercase

import msgspec

# ------------------------------------------------------------------------------------------------ what can be a key

MARKERS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")  # where git left a conflict

# BibTeX ends a key at white space, a comma or a brace; TeX does not pass on the others in \cite.
_UNUSABLE = re.compile(r"[\s,{}%#\\~]")


def usable(key: str) -> bool:
    r"""Whether this can stand in a `.bib`, in `\cite` and in the lock, as it is. `*` cannot: `\nocite{*}` means all."""
    if key.isascii() and key.isalnum():
        return True
    return bool(key) and key.isprintable() and not _UNUSABLE.search(key) and key != "*" and not key.startswith(MARKERS)


def caseless(key: str) -> str:
    """The form in which keys are compared: keys that differ in case alone, or in how an accent is coded, are one."""
    if key.isascii():
        return key.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", key).casefold())


def cleaned(key: str) -> str:
    """What remains of a key without the characters that cannot be in one."""
    if usable(key):
        return key
    rest = "".join(char for char in key if char.isprintable() and not _UNUSABLE.match(char))
    return rest if usable(rest) else ""


# ------------------------------------------------------------------------------------------------ the lock

INCOMING = "incoming"
BY_HAND = "hand"
PATTERN = "pattern:"


class Pin(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One key that is given. All its tuples are sorted.

    `identities` are its own: no other pin has one of them. `made` says how the key came about: nothing for the default
    pattern, `incoming` for one that a source brought, `hand` for one that a person gave, `pattern:NAME` for another
    pattern. `seen` is the digest of the work as it was last seen. `given` is the day of the key (ISO 8601) and
    `source` the file in which its work stood then, both empty where the lock did not hold them yet. `was` are names
    that it lost to another work when two branches were merged. `joined` are the identities that works merged from
    several entries brought under this key: memories, which several pins may have.
    """

    key: str
    identities: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    made: str = ""
    seen: str = ""
    given: str = ""
    source: str = ""
    was: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its key and its aliases: all by which it can be cited."""
        return (self.key, *self.aliases)


class Lock(msgspec.Struct, frozen=True, omit_defaults=True):
    """All keys that were ever given: the pins in the order of their keys."""

    pins: tuple[Pin, ...] = ()


def unique_words(words: Iterable[str]) -> tuple[str, ...]:
    """The words sorted, each once: the form of every tuple in a pin."""
    return tuple(sorted(set(words)))


def in_order(pins: Iterable[Pin]) -> Lock:
    """The lock of these pins."""
    return Lock(tuple(sorted(pins, key=lambda pin: pin.key)))


# ------------------------------------------------------------------------------------------------ new keys


def _suffixes() -> Iterator[str]:
    """From a to z, aa to zz, and on."""
    for length in count(1):
        yield from map("".join, product(ascii_lowercase, repeat=length))


def _turn(suffix: str) -> int:
    """The place of a suffix in their order, from 0 for `a`; -1 where this is no suffix."""
    if not (suffix.isascii() and suffix.isalpha() and suffix.islower()) or len(suffix) > 6:
        return -1
    turn = 0
    for letter in suffix:
        turn = turn * 26 + ord(letter) - ord("a") + 1
    return turn - 1


class Names:
    """The keys and aliases that are given, by their caseless form, with the number of the pin that has each."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}
        self._next: dict[str, Iterator[str]] = {}
        self._tried: dict[str, int] = {}

    def take(self, name: str, pin: int) -> None:
        """The name is this pin's from now on."""
        self.taken[caseless(name)] = pin

    def pin(self, name: str) -> int | None:
        """The pin that has this name."""
        return self.taken.get(caseless(name))

    def unique(self, base: str, own: Iterable[str] = ()) -> str:
        """The base itself, or the first suffix that makes it free; a name of `own` is as good as free.

        Linear over all calls: no suffix is tried twice.
        """
        mine = {caseless(name): name for name in own}
        bare = caseless(base)
        if bare not in self.taken or bare in mine:
            return base
        passed = [(turn, name) for name in mine if (turn := self._passed(bare, name)) >= 0]
        return base + min(passed)[1][len(bare) :] if passed else self._first_free(base, mine)

    def _passed(self, bare: str, name: str) -> int:
        """The turn of a name that is the base with a suffix which was tried already; else -1."""
        turn = _turn(name.removeprefix(bare)) if name.startswith(bare) else -1
        return turn if turn < self._tried.get(bare, 0) else -1

    def _first_free(self, base: str, mine: Iterable[str]) -> str:
        bare = caseless(base)
        for suffix in self._next.setdefault(bare, _suffixes()):
            self._tried[bare] = self._tried.get(bare, 0) + 1
            name = caseless(base + suffix)
            if name not in self.taken or name in mine:
                return base + suffix
        raise AssertionError("suffixes do not end")
