"""Locks of two branches as one: which pins are of one work, and what happens where two works have one key.

The result never depends on which branch is "ours", or on the order of the lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from bibkit.identity import contradict, is_text
from bibkit.lock.pins import INCOMING, Lock, Names, Pin, caseless, in_order, unique_words

BASE, OURS, THEIRS = 0, 1, 2


class Claim(msgspec.Struct, frozen=True, gc=False):
    """A pin as one side has it; `line` is its line there, 0 where that does not matter."""

    pin: Pin
    side: int = OURS
    line: int = 0


class Finding(msgspec.Struct, frozen=True):
    """What two pins disagreed on, and how that ended.

    `key`   `name` was the key of two works: `winner` keeps it, the other work is `loser` now
    `alias` `name` was a name of `winner` and an alias of `loser`, which lost it
    `work`  `loser` and `winner` were keys of one work, known by `name`: `loser` is an alias now
    `text`  `winner` and `loser` both claim the text `name`, and may be one work; `winner` has it now
    """

    kind: Literal["key", "alias", "work", "text"]
    name: str
    winner: str
    loser: str
    lines: tuple[int, int] = (0, 0)  # of the winner, of the loser


class Settled(msgspec.Struct, frozen=True):
    """The lock that the claims come to, and what had to be decided."""

    lock: Lock
    findings: tuple[Finding, ...]


def merge(base: Lock, ours: Lock, theirs: Lock) -> Settled:
    """The three-way merge of locks: what one side changed is changed, what either learned is known.

    A pin that one side deleted goes, unless the other changed it.
    """
    sides = ((BASE, base), (OURS, ours), (THEIRS, theirs))
    return settle(Claim(pin, side) for side, lock in sides for pin in lock.pins)


def settle(claims: Iterable[Claim]) -> Settled:
    """One pin for each work, one work for each name. Of works that have one key, the one that both branches knew keeps
    it, else the one that had it first (by `given`), else content decides; the other gets a suffix. Near linear.
    """
    groups = _Groups()
    for claim in sorted(claims, key=_order):
        groups.add(claim)
    drafts = sorted(filter(None, map(_drafted, groups.members())), key=_rank)
    findings = [finding for draft in drafts for finding in draft.findings]
    _share_texts(drafts, findings)
    pins = _Shares(drafts).pins(findings)
    return Settled(in_order(pins), tuple(sorted(findings, key=lambda found: (max(found.lines), found.name))))


def _order(claim: Claim) -> tuple[object, ...]:
    """By content first: sides and lines must not matter."""
    return (claim.pin.given, claim.pin.identities, claim.pin.seen, *msgspec.structs.astuple(claim.pin), claim.side)


# ------------------------------------------------------------------------------------------------ which are one work


class _Groups:
    """Claims, grouped by work: two are of one if they share a strong identity, or a name and another mark."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []
        self.parents: list[int] = []
        self.known: list[set[str]] = []  # the identities of each group, at its root
        self.marks: dict[object, int] = {}

    def add(self, claim: Claim) -> None:
        number = len(self.claims)
        self.claims.append(claim)
        self.parents.append(number)
        self.known.append(set(claim.pin.identities))
        for mark in _marks(claim.pin):
            other = self.marks.setdefault(mark, number)
            if other != number:
                self.join(other, number, certain=isinstance(mark, str))

    def root(self, number: int) -> int:
        while self.parents[number] != number:
            self.parents[number] = self.parents[self.parents[number]]
            number = self.parents[number]
        return number

    def join(self, one: int, other: int, *, certain: bool) -> None:
        one, other = sorted((self.root(one), self.root(other)))
        if one == other or not (certain or not contradict(self.known[one], self.known[other])):
            return
        self.parents[other] = one
        self.known[one] |= self.known[other]

    def members(self) -> Iterable[list[Claim]]:
        found: defaultdict[int, list[Claim]] = defaultdict(list)
        for number, claim in enumerate(self.claims):
            found[self.root(number)].append(claim)
        return found.values()


def _marks(pin: Pin) -> Iterator[object]:
    """Pins that share one of these are of one work; a pair counts only where no identifier contradicts."""
    texts = [identity for identity in pin.identities if is_text(identity)]
    yield from (identity for identity in pin.identities if not is_text(identity))
    tokens = (*texts, pin.seen) if pin.seen or texts else ("-",)
    for name in map(caseless, pin.names):
        yield from ((name, token) for token in tokens if token)
    if pin.seen:
        yield from ((pin.seen, identity) for identity in texts)


# ------------------------------------------------------------------------------------------------ one pin for a work


class _Draft(msgspec.Struct):
    """The pin of one work, before its names and texts are held against those of others."""

    pin: Pin
    agreed: bool  # the common base had it
    line: int
    findings: tuple[Finding, ...] = ()


def _drafted(claims: list[Claim]) -> _Draft | None:
    """The claims of one work as one pin; None where a side deleted it and the other did not change it."""
    if plain := _undisputed(claims):
        return plain
    base, ours, theirs = ([claim.pin for claim in claims if claim.side == side] for side in (BASE, OURS, THEIRS))
    changed = [side for side in (ours, theirs) if side and side != base]
    if base and not (ours and theirs) and not changed:
        return None
    if base and len(changed) < 2:
        ours = theirs = changed[0] if changed else base
    pin = _joined(base, ours, theirs)
    lines = {claim.pin.key: claim.line for claim in reversed(claims)}
    strong = next((name for name in pin.identities if not is_text(name)), next(iter(pin.identities), pin.seen))
    findings = tuple(
        Finding("work", strong, pin.key, key, (lines.get(pin.key, 0), lines[key]))
        for key in sorted({one.key for one in (*ours, *theirs)} - {pin.key})
        if not base and caseless(key) not in {caseless(alias) for one in (*ours, *theirs) for alias in one.aliases}
    )
    return _Draft(pin, bool(base), max(lines.values()), findings)


def _undisputed(claims: list[Claim]) -> _Draft | None:
    """The usual case: one side alone has the pin, or all have it just so."""
    first = claims[0]
    sides = {claim.side for claim in claims}
    if (BASE in sides and len(sides) < 3) or any(claim.pin != first.pin for claim in claims[1:]):
        return None
    return _Draft(first.pin, BASE in sides, max(claim.line for claim in claims))


def _joined(base: list[Pin], ours: list[Pin], theirs: list[Pin]) -> Pin:
    chosen = _chosen(base, ours, theirs)

    def both(words: Callable[[Pin], Iterable[str]]) -> set[str]:
        before, one, other = ({word for pin in side for word in words(pin)} for side in (base, ours, theirs))
        return (one | other) - (before - one) - (before - other)

    aliases = {caseless(name): name for name in sorted(both(lambda pin: pin.names)) if name != chosen.key}
    aliases.pop(caseless(chosen.key), None)
    return Pin(
        chosen.key,
        unique_words(both(lambda pin: pin.identities)),
        unique_words(aliases.values()),
        chosen.made,
        _last_seen(base, ours, theirs),
        chosen.given,
        chosen.source,
        unique_words(both(lambda pin: pin.was)),
        unique_words(both(lambda pin: pin.joined)),
    )


def _last_seen(base: list[Pin], ours: list[Pin], theirs: list[Pin]) -> str:
    before = {pin.seen for pin in base}
    seen = {pin.seen for pin in (*ours, *theirs)}
    return max(seen - before, default="") or max(seen)


def _chosen(base: list[Pin], ours: list[Pin], theirs: list[Pin]) -> Pin:
    """The pin whose key stays: a new one before an old one, the one that others were renamed to, then the oldest."""
    before = {pin.key for pin in base}
    pins = [pin for side in (ours, theirs) if {pin.key for pin in side} != before for pin in side] or ours
    renamed = {caseless(alias) for pin in pins for alias in pin.aliases}
    latest = [pin for pin in pins if caseless(pin.key) not in renamed]
    if not latest:
        return max(pins, key=lambda pin: (pin.given, *msgspec.structs.astuple(pin)))
    dated = [pin for pin in latest if pin.given] if len({pin.key for pin in latest}) == 1 else []
    return min(dated or latest, key=lambda pin: (pin.given, pin.made != INCOMING, pin.key, pin.made, pin.source))


# ------------------------------------------------------------------------------------------------ one work for a name


def _rank(draft: _Draft) -> tuple[object, ...]:
    """Who keeps what two works claim: the least."""
    pin = draft.pin
    return (not draft.agreed, pin.given, pin.made != INCOMING, pin.identities, pin.seen, *msgspec.structs.astuple(pin))


def _share_texts(drafts: list[_Draft], findings: list[Finding]) -> None:
    """Each text stays with the first; the other work is still known by all else, as it was last seen too."""
    owners: dict[str, _Draft] = {}
    for draft in drafts:
        lost = {text for text in draft.pin.identities if owners.setdefault(text, draft) is not draft}
        for text in sorted(lost):
            first = owners[text]
            if not contradict(first.pin.identities, draft.pin.identities):
                lines = (first.line, draft.line)
                findings.append(Finding("text", text, first.pin.key, draft.pin.key, lines))
        if lost:
            kept = unique_words(set(draft.pin.identities) - lost)
            draft.pin = msgspec.structs.replace(draft.pin, identities=kept)


class _Shares:
    """Gives out the names: all keys before any alias, both in the order of the drafts, suffixes last."""

    def __init__(self, drafts: list[_Draft]) -> None:
        self.drafts = drafts
        self.names = Names()
        self.lost: defaultdict[int, list[str]] = defaultdict(list)

    def pins(self, findings: list[Finding]) -> list[Pin]:
        for number, draft in enumerate(self.drafts):
            self.claim(draft.pin.key, number)
        for number, draft in enumerate(self.drafts):
            for alias in draft.pin.aliases:
                self.claim(alias, number)
        found = {number: self.without(number, names) for number, names in self.lost.items()}
        for number, names in self.lost.items():
            findings += (self.finding(name, number, found) for name in names)
        return [found.get(number, draft.pin) for number, draft in enumerate(self.drafts)]

    def claim(self, name: str, number: int) -> None:
        if self.names.pin(name) is None:
            self.names.take(name, number)
        elif self.names.pin(name) != number:
            self.lost[number].append(name)

    def without(self, number: int, lost: list[str]) -> Pin:
        pin = self.drafts[number].pin
        key = pin.key
        if key in lost:
            key = self.names.unique(key)
            self.names.take(key, number)
        aliases = unique_words(alias for alias in pin.aliases if alias not in lost)
        return msgspec.structs.replace(pin, key=key, aliases=aliases, was=unique_words((*pin.was, *lost)))

    def finding(self, name: str, number: int, found: dict[int, Pin]) -> Finding:
        first = self.names.taken[caseless(name)]
        winner, loser = self.drafts[first], self.drafts[number]
        kind: Literal["key", "alias"] = "key" if name == loser.pin.key else "alias"
        keys = found.get(first, winner.pin).key, found[number].key
        return Finding(kind, name, *keys, (winner.line, loser.line))


# ------------------------------------------------------------------------------------------------ in words

_TOLD = {
    "key": "two works had the key {name!r}: {winner!r} keeps it, the other is {loser!r} now",
    "alias": "{name!r} is a name of {winner!r}, and no longer an alias of {loser!r}",
    "work": "{winner!r} and {loser!r} were keys of one work, {name}: {loser!r} is an alias now",
    "text": "{winner!r} and {loser!r} may be one work, {name}; if they are: bibkit keys alias --join {winner} {loser}",
}


def told(finding: Finding) -> str:
    """A finding in words, without places."""
    return _TOLD[finding.kind].format(name=finding.name, winner=finding.winner, loser=finding.loser)
