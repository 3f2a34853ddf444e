"""The text of a lock: canonical, line by line, made to be merged by git; what is wrong with one, and where."""

from __future__ import annotations

import re
from operator import lt
from typing import NamedTuple

from bibkit.lock.merge import Claim, Finding, settle
from bibkit.lock.pins import MARKERS, Lock, Pin, caseless, unique_words, usable
from bibkit.problems import Problem, Severity, StateError

VERSION = 2
_TITLE = "# bibkit keys.lock "
_REMARK = "# One work a line: its citation key, then all that it was known by. Written by bibkit; keep it in git.\n"
_HEADER = f"{_TITLE}{VERSION}\n{_REMARK}"

# Which problems a lock may have; `mend` cannot do away with those that are final.
_FINAL = frozenset({"lock-empty", "lock-foreign", "lock-line-damaged"})


class Reading(NamedTuple):
    """A lock as its text has it, and what is worth saying about that."""

    lock: Lock
    problems: list[Problem]

    @property
    def sound(self) -> bool:
        """Whether no error is left."""
        return not any(problem.severity == "error" for problem in self.problems)


# ------------------------------------------------------------------------------------------------ writing


def dumps(lock: Lock) -> str:
    """The text of a lock: canonical, so that the same pins are the same bytes. `loads` is its inverse.

    One pin a line, sorted by key: `KEY IDENTITY… [alias:KEY…] [was:KEY…] [with:IDENTITY…] [made:HOW] [given:DAY]
    [from:SOURCE] seen:DIGEST`, single blanks between. Nothing is quoted, for no word has a blank in it.
    """
    return _HEADER + "".join(sorted(map(_line, lock.pins)))


def _line(pin: Pin) -> str:
    words = [pin.key, *pin.identities]
    if pin.aliases or pin.was or pin.joined:
        words += [f"alias:{name}" for name in pin.aliases]
        words += [f"was:{name}" for name in pin.was]
        words += [f"with:{identity}" for identity in pin.joined]
    made = f" made:{pin.made}" if pin.made else ""
    given = f" given:{pin.given}" if pin.given else ""
    source = f" from:{pin.source}" if pin.source else ""
    return f"{' '.join(words)}{made}{given}{source} seen:{pin.seen or '-'}\n"


# ------------------------------------------------------------------------------------------------ reading


def loads(content: str, source: str = "keys.lock") -> Lock:
    """The lock of `read`."""
    return read(content, source).lock


def read(content: str, source: str = "keys.lock") -> Reading:
    """The lock that a text holds. Raises StateError, with file and line, for one that cannot be used.

    The lines may be in any order and may stand twice, as after a merge of two branches. Lines that are surely of one
    work (see `merge.settle`) are one pin, with a warning where they had two keys. A text that two works claim stays
    with one of them. A line is whole if it ends in `seen:…`. A lock of an earlier version is read as it is.
    """
    content = content.removeprefix("\ufeff").replace("\r\n", "\n")
    if found := _canonical(content):
        return Reading(found, [])
    reading = mend(content, source)
    for problem in reading.problems:
        if problem.severity == "error":
            raise StateError(f"{problem.source}:{problem.line}: {problem.advised}")
    return reading


def mend(content: str, source: str = "keys.lock") -> Reading:
    """The lock that is left when all is done about a text that can be done, and all that is wrong with the text.

    Lines that are damaged are left out, each with its error. Raises StateError for a lock of a newer version.
    """
    content = content.removeprefix("\ufeff").replace("\r\n", "\n")
    reader = _Reader(source, content.split("\n"))
    claims = reader.claims()
    settled = settle(claims)
    return Reading(settled.lock, sorted([*reader.problems, *map(reader.explained, settled.findings)], key=_by_line))


def mendable(problem: Problem) -> bool:
    """Whether `mend` does away with this problem of a lock."""
    return problem.code not in _FINAL


def _by_line(problem: Problem) -> tuple[bool, int, str]:
    return (problem.severity != "error", problem.line, problem.message)


# A line as `dumps` writes it, with identities of the usual schemes; one with others is read line by line. Each word
# begins with a blank and has none inside: there is one way to match a line.
_CANONICAL = re.compile(
    r"^([^ #\n][^ \n]*+)((?: (?:text|doi|arxiv|pmid|zotero):[^ \n]++)*+)"
    r"((?: (?:alias|was|with):[^ \n]++)*+)(?: made:([^ \n]++))?(?: given:(\d{4}-\d\d-\d\d))?(?: from:([^ \n]++))?"
    r" seen:(?:-|([0-9a-f]{16}))\n",
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
        _pin(key, known, names, made, seen, given, source)
        if names
        else Pin(key, tuple(sorted(known.split())), (), made, seen, given, source)
        for key, known, names, made, given, source, seen in found
    ]
    return Lock(tuple(pins)) if _sound(pins) else None


def _pin(key: str, known: str, names: str, made: str, seen: str, given: str, source: str) -> Pin:
    words = names.split()
    aliases, was, joined = (_with_prefix(words, prefix) for prefix in ("alias:", "was:", "with:"))
    return Pin(key, tuple(sorted(known.split())), aliases, made, seen, given, source, was, joined)


def _with_prefix(words: list[str], prefix: str) -> tuple[str, ...]:
    return tuple(sorted(word.removeprefix(prefix) for word in words if word.startswith(prefix)))


def _sound(pins: list[Pin]) -> bool:
    """Whether the keys can be keys and are in order, and nothing is said twice."""
    names = [pin.key for pin in pins]
    ordered = all(map(lt, names, names[1:]))
    names += [name for pin in pins if pin.aliases for name in pin.aliases]
    known = [identity for pin in pins for identity in pin.identities]
    distinct = len(set(map(caseless, names))) == len(names) and len(set(known)) == len(known)
    lists = (words for pin in pins for words in (pin.was, pin.joined) if words)
    listed = all(all(map(lt, one, one[1:])) for one in lists)
    names += [name for pin in pins if pin.was for name in pin.was]
    return ordered and distinct and listed and all(map(usable, names))


# ------------------------------------------------------------------------------------------------ line by line

_WORD = re.compile(r"[^:]++:.+")
_SEEN = re.compile(r"seen:(?:-|[0-9a-f]{16})")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MANY = ("alias", "was", "with")
_ONE = ("made", "given", "from", "seen")
RESTORE = "restore it from git"


class _Reader:
    """Reads a lock line by line, and says what is wrong where."""

    def __init__(self, source: str, lines: list[str]) -> None:
        self.source = source
        self.lines = lines
        self.problems: list[Problem] = []

    def say(self, code: str, line: int, message: str, hint: str, severity: Severity = "error", key: str = "") -> None:
        self.problems.append(Problem(code, message, severity, self.source, line, hint=hint, key=key))

    def claims(self) -> list[Claim]:
        self.check_version()
        self.check_conflicts()
        rows = ((number, line) for number, line in self.undisputed() if line and line[0] != "#")
        return [Claim(pin, line=number) for number, line in rows if (pin := self.parse(line, number))]

    def check_version(self) -> None:
        found = {
            line.removeprefix(_TITLE).strip(): n for n, line in enumerate(self.lines, 1) if line.startswith(_TITLE)
        }
        if not found and not any(self.lines):
            self.say(
                "lock-empty", 1, "this is no lock, the file is empty", f"{RESTORE}, for it holds your citation keys"
            )
        elif not found:
            missing = f"this is no lock, the line {_TITLE + str(VERSION)!r} is missing"
            self.say("lock-headless", 1, missing, f"{RESTORE}, for it holds your citation keys")
        for version, line in found.items():
            self.check_one_version(version, line)
        if found.keys() == {"1"}:
            message = (
                f"this lock is of version 1; it will be written as version {VERSION}, which also holds days and sources"
            )
            self.say("lock-version", found["1"], message, "", "note")

    def check_one_version(self, version: str, line: int) -> None:
        number = int(version) if version.isdecimal() and len(version) < 9 else 0
        if number > VERSION:
            newer = f"a newer bibkit wrote this lock (version {version}, this bibkit reads {VERSION}); update bibkit"
            raise StateError(f"{self.source}:{line}: {newer}")
        if not number:
            self.say("lock-foreign", line, f"there is no lock of version {version!r}", "restore the file from git")

    def check_conflicts(self) -> None:
        found = [number for number, line in enumerate(self.lines, 1) if line.startswith(MARKERS)]
        if found:
            where = f"line{'s' * (len(found) > 1)} {', '.join(map(str, found))}"
            hint = "run `bibkit keys check --fix`, or delete these and keep the lines of both sides"
            self.say("lock-conflict", found[0], f"git left conflict marks on {where}", hint)

    def undisputed(self) -> list[tuple[int, str]]:
        """The lines without conflict marks, and without what stood before the two sides changed it (diff3)."""
        kept, before = [], False
        for number, line in enumerate(self.lines, 1):
            if line.startswith(MARKERS):
                before = line.startswith("|||||||")
            elif not before:
                kept.append((number, line))
        return kept

    def parse(self, line: str, number: int) -> Pin | None:
        key, *words = line.split(" ")
        said: dict[str, list[str]] = {name: [] for name in ("", *_MANY, *_ONE)}
        for word in words:
            name, _, value = word.partition(":")
            said.get(name, said[""]).append(value if name in said else word)
        if fault := _fault(line, words, (key, *said["alias"], *said["was"]), said["given"]):
            shape = "'KEY IDENTITY… seen:DIGEST' is expected"
            self.say("lock-line-damaged", number, f"this line is damaged or cut short: {fault} ({shape})", RESTORE)
            return None
        made, given, source, seen = (said[name][-1] if said[name] else "" for name in _ONE)
        aliases, was, joined = (unique_words(said[name]) for name in _MANY)
        return Pin(key, unique_words(said[""]), aliases, made, seen.removeprefix("-"), given, source, was, joined)

    def explained(self, finding: Finding) -> Problem:
        """A finding, with its lines. The message is about the later one."""
        severity, template, hint = _SAYINGS[finding.kind]
        first, second = sorted(finding.lines)
        told = {"name": finding.name, "winner": finding.winner, "loser": finding.loser, "first": first}
        code, message = f"lock-{finding.kind}-twice", template.format(**told)
        return Problem(code, message, severity, self.source, second, key=finding.winner, hint=hint.format(**told))


def _fault(line: str, words: list[str], names: tuple[str, ...], days: list[str]) -> str:
    """What is wrong with a line, if anything."""
    if not words or not _SEEN.fullmatch(words[-1]):
        return "it does not end in seen:…"
    if not line.isprintable():
        return "there is a character in it that cannot be printed"
    if bad := [name for name in names if not usable(name)]:
        return f"{bad[0]!r} cannot be a key"
    if bad := [word for word in words if not _WORD.fullmatch(word)]:
        return f"{bad[0]!r} is no word of a lock"
    if bad := [day for day in days if not _DAY.fullmatch(day)]:
        return f"{bad[0]!r} is no day"
    return ""


_TWO = "this line and line {first} give the key {name!r} to two works"
_FIX = "`bibkit keys check --fix` lets {winner!r} keep it; the other becomes {loser!r}"

# What is said of each kind of finding: severity, message, hint.
_SAYINGS: dict[str, tuple[Severity, str, str]] = {
    "key": ("error", _TWO, _FIX),
    "alias": ("error", f"{_TWO}, to one of them as an alias", "`bibkit keys check --fix` leaves it to {winner!r}"),
    "work": (
        "warning",
        "this line and line {first} are of one work, {name}; {loser!r} is an alias of {winner!r} now",
        "",
    ),
    "text": (
        "warning",
        "this line and line {first} claim one text, {name}; {winner!r} has it now",
        "if they are one work: bibkit keys alias --join {winner} {loser}",
    ),
}
