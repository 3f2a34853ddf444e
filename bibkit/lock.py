"""The lock: which key each work has for ever. A value, and its text, which git can merge.

A pin knows its work by **identities** (see `identity`), and holds a digest of the work as it was last seen.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from operator import lt

import msgspec

from bibkit.identity import contradict, is_text
from bibkit.problems import StateError

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

VERSION = 1
_TITLE = "# bibkit keys.lock "
_HEADER = (
    f"{_TITLE}{VERSION}\n"
    "# One work a line: its citation key, then all that it was known by. Written by bibkit; keep it in git.\n"
)


class Pin(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One key that is given. `identities` and `aliases` only ever grow, and are sorted.

    `made` says how the key came about: nothing for the default pattern, `incoming` for one that a source brought,
    `pattern:NAME` for another pattern. `seen` is the digest of the work as it was last seen.
    """

    key: str
    identities: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    made: str = ""
    seen: str = ""


class Lock(msgspec.Struct, frozen=True, omit_defaults=True):
    """All keys that were ever given: the pins in the order of their keys."""

    pins: tuple[Pin, ...] = ()


def dumps(lock: Lock) -> str:
    """The text of a lock: canonical, so that the same pins are the same bytes. `loads` is its inverse.

    One pin a line, sorted by key: `KEY IDENTITY… [alias:KEY…] [made:HOW] seen:DIGEST`, single blanks between. Nothing
    is quoted, for no word has a blank in it.
    """
    return _HEADER + "".join(sorted(map(_line, lock.pins)))


def _line(pin: Pin) -> str:
    words = [pin.key, *pin.identities, *map("alias:".__add__, pin.aliases)]
    if pin.made:
        words.append(f"made:{pin.made}")
    return " ".join(words) + f" seen:{pin.seen or '-'}\n"


def loads(content: str, source: str = "keys.lock") -> Lock:
    """The lock that a text holds. Raises StateError, with file and line, for one that cannot be used.

    The lines may be in any order and may stand twice, as after a merge of two branches. Two lines of one key that share
    an identity, and contradict in none, are one pin. A text that two pins claim, though their identifiers say that they
    are two works, stays with the first of them by key. A line is whole if it ends in `seen:…`.
    """
    content = content.removeprefix("\ufeff").replace("\r\n", "\n")
    return _canonical(content) or _Reader(source).read(content)


# A line as `dumps` writes it. Each word begins with a blank and has none inside: there is one way to match a line.
_CANONICAL = re.compile(
    r"^([^ #\n][^ \n]*+)((?: (?!alias:|made:|seen:)[^ :\n]++:[^ \n]++)*+)"
    r"((?: alias:[^ \n]++)*+)(?: made:([^ \n]++))? seen:(?:-|([0-9a-f]{16}))\n",
    re.MULTILINE,
)


def _canonical(content: str) -> Lock | None:
    """The lock, if its text is as `dumps` writes it: the usual case, read in bulk. Else None, and no reason why."""
    if not content.startswith(_HEADER) or not content.endswith("\n"):
        return None
    body = content.removeprefix(_HEADER)
    found = _CANONICAL.findall(body)
    if len(found) != body.count("\n") or not body.replace("\n", "").isprintable():
        return None
    pins = [
        Pin(key, tuple(sorted(known.split())), _aliases(names) if names else (), made, seen)
        for key, known, names, made, seen in found
    ]
    return Lock(tuple(pins)) if _sound(pins) else None


def _aliases(words: str) -> tuple[str, ...]:
    return tuple(sorted(word.removeprefix("alias:") for word in words.split()))


def _sound(pins: list[Pin]) -> bool:
    """Whether the keys can be keys and are in order, and nothing is said twice."""
    names = [pin.key for pin in pins]
    ordered = all(map(lt, names, names[1:]))
    names += [alias for pin in pins if pin.aliases for alias in pin.aliases]
    known = [identity for pin in pins for identity in pin.identities]
    distinct = len(set(map(caseless, names))) == len(names) and len(set(known)) == len(known)
    return ordered and distinct and all(map(usable, names))


_WORD = re.compile(r"[^:]++:.+")
_SEEN = re.compile(r"seen:(?:-|[0-9a-f]{16})")


class _Reader:
    """Reads a lock line by line, and says what is wrong where."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pins: dict[str, Pin] = {}
        self.lines: dict[str, int] = {}  # the line of each key
        self.names: dict[str, str] = {}  # caseless key or alias -> key
        self.owners: dict[str, str] = {}  # identity -> key

    def read(self, content: str) -> Lock:
        lines = content.split("\n")
        self.check_conflicts(lines)
        self.check_version(lines)
        for number, line in enumerate(lines, 1):
            if line and line[0] != "#":
                self.add(self.parse(line, number), number)
        pins = [self.pins[key] for key in sorted(self.pins)]
        for pin in pins:
            self.claim_names(pin)
        return Lock(tuple(map(self.claim_identities, pins)))

    def fault(self, line: int, message: str) -> StateError:
        return StateError(f"{self.source}:{line}: {message}")

    def check_conflicts(self, lines: list[str]) -> None:
        found = [number for number, line in enumerate(lines, 1) if line.startswith(MARKERS)]
        if found:
            where = f"line{'s' * (len(found) > 1)} {', '.join(map(str, found))}"
            message = f"git left conflict marks on {where}; delete these, keep the lines of both sides, and build again"
            raise self.fault(found[0], message)

    def check_version(self, lines: list[str]) -> None:
        found = [(number, line.removeprefix(_TITLE)) for number, line in enumerate(lines, 1) if line.startswith(_TITLE)]
        if not found:
            what = f"the line {_TITLE + str(VERSION)!r} is missing" if any(lines) else "the file is empty"
            raise self.fault(1, f"this is no lock, {what}; restore it from git, for it holds your citation keys")
        for number, version in found:
            if version.strip() != str(VERSION):
                raise self.fault(number, _of_version(version.strip()))

    def parse(self, line: str, number: int) -> Pin:
        key, *words = line.split(" ")
        said: dict[str, list[str]] = {"alias": [], "made": [], "seen": [], "": []}
        for word in words:
            name, _, value = word.partition(":")
            said.get(name, said[""]).append(value if name in said else word)
        whole = words and _SEEN.fullmatch(words[-1]) and all(map(_WORD.fullmatch, words))
        if not whole or not line.isprintable() or not all(map(usable, (key, *said["alias"]))):
            message = "this line is damaged or cut short ('KEY IDENTITY… seen:DIGEST' is expected); restore it from git"
            raise self.fault(number, message)
        last = {name: values[-1] for name, values in said.items() if values}
        seen = last["seen"].removeprefix("-")
        return Pin(key, _unique(said[""]), _unique(said["alias"]), last.get("made", ""), seen)

    def add(self, pin: Pin, number: int) -> None:
        """Keep a pin, or what it says beyond an earlier line of its key."""
        earlier = self.pins.get(pin.key)
        if earlier is None:
            self.pins[pin.key] = pin
            self.lines[pin.key] = number
        elif _one_work(earlier, pin):
            self.pins[pin.key] = _union(earlier, pin)
        else:
            raise self.key_twice(pin.key, self.lines[pin.key], number)

    def claim_names(self, pin: Pin) -> None:
        for name in (pin.key, *pin.aliases):
            holder = self.names.setdefault(caseless(name), pin.key)
            if holder != pin.key:
                raise self.key_twice(name, self.lines[holder], self.lines[pin.key])

    def claim_identities(self, pin: Pin) -> Pin:
        """The pin without the texts that belong to another one."""
        kept = set(pin.identities)
        for identity in pin.identities:
            holder = self.owners.setdefault(identity, pin.key)
            if holder == pin.key:
                continue
            if not is_text(identity) or not contradict(pin.identities, self.pins[holder].identities):
                raise self.work_twice(identity, holder, pin.key)
            kept.discard(identity)
        return msgspec.structs.replace(pin, identities=_unique(kept))

    def key_twice(self, name: str, *lines: int) -> StateError:
        first, second = sorted(lines)
        message = f"this line and line {first} give the key {name!r} to two works"
        return self.fault(second, f"{message}; change it on one of them, where fewer documents cite it")

    def work_twice(self, identity: str, *keys: str) -> StateError:
        (first, one), (second, other) = sorted((self.lines[key], key) for key in keys)
        message = f"this line (key {other!r}) and line {first} (key {one!r}) are of one work, {identity}"
        return self.fault(second, f"{message}; delete the one whose key no document cites")


def _of_version(version: str) -> str:
    if version.isdecimal() and len(version) < 9 and int(version) > VERSION:
        return f"a newer bibkit wrote this lock (version {version}, this bibkit reads {VERSION}); update bibkit"
    return f"there is no lock of version {version!r}; restore the file from git"


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def _one_work(one: Pin, other: Pin) -> bool:
    """Whether two lines of one key are of one work: one branch knew more of it than the other."""
    if contradict(one.identities, other.identities):
        return False
    return not set(one.identities).isdisjoint(other.identities) or one.seen == other.seen != ""


def _union(one: Pin, other: Pin) -> Pin:
    known = _unique((*one.identities, *other.identities))
    aliases = _unique((*one.aliases, *other.aliases))
    return Pin(one.key, known, aliases, max(one.made, other.made), max(one.seen, other.seen))
