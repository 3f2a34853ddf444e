"""Citation keys: each work has one for ever.

A key is state, not a function of the record. `assign` gives each work the key of its pin in the `Lock`; only a work
that no pin knows gets a new key, made by a pattern (`patterns`). What a pin knows a work by is in `identity`, the lock
and its text in `lock`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypedDict

from bibkit import text
from bibkit.identity import as_word, contradict, identities, is_text, sight
from bibkit.lock import INCOMING, PATTERN, Lock, Names, Pin, caseless, cleaned, dumps, in_order, loads, usable
from bibkit.patterns import NOBODY, Pattern, default_key
from bibkit.problems import Problem, Severity, StateError
from bibkit.record import Record, replace
from bibkit.relink import relinked
from bibkit.works import Work, leaves, ranked, source_word

__all__ = [
    "Assignment", "Lock", "Pattern", "Pin", "StateError", "Terms", "assign", "caseless", "default_key", "dumps", "fill",
    "identities", "loads", "usable",
]  # fmt: skip

# ------------------------------------------------------------------------------------------------ new keys


def fill(records: Iterable[Record], *, pattern: Pattern = default_key) -> Iterator[Record]:
    """The records in their order, each with a key: given ones as they are, new ones unique ignoring case.

    For conversions, where there is no lock. Of two new keys that collide, the first in the input stays bare. Records
    are handed on one by one up to the first without a key; then all are read, for a new key must be no later one's.
    """
    names = Names()
    waiting = iter(records)
    for record in waiting:
        if not record.key:
            yield from _fill_all([record, *waiting], names, pattern)
            return
        _note(record, names)
        yield record


def _note(record: Record, names: Names) -> None:
    for name in filter(None, (record.key, *record.aliases)):
        names.take(name, -1)


def _fill_all(records: list[Record], names: Names, pattern: Pattern) -> Iterator[Record]:
    for record in records:
        _note(record, names)
    for record in records:
        yield record if record.key else _filled(record, names, pattern)


def _filled(record: Record, names: Names, pattern: Pattern) -> Record:
    key = names.unique(cleaned(pattern(record)) or NOBODY)
    names.take(key, -1)
    return replace(record, key=key)


# ------------------------------------------------------------------------------------------------ assign


class Assignment(NamedTuple):
    """The records in the order in which they came, each with its key; the lock to keep; what is worth saying."""

    records: list[Record]
    lock: Lock
    problems: list[Problem]


class Terms(TypedDict, total=False):
    """How new keys are given: the arguments of `assign`."""

    pattern: Pattern
    pattern_name: str
    frozen: bool
    rekey: bool
    day: str


def assign(
    records: Iterable[Record],
    lock: Lock,
    *,
    pattern: Pattern = default_key,
    pattern_name: str = "",
    frozen: bool = False,
    rekey: bool = False,
    day: str = "",
) -> Assignment:
    """Give each work its key: that of its pin, else a new one, which is pinned.

    A work's pin is the one that saw it last just as it is; else the one that shares a strong identity; else the one
    of its text, where no identifier contradicts that or the source itself still calls it by that key; else the one
    whose key its source gives it, where title or first author agree. No pin goes to two works.

    A new key is the one that the source brought, else the pattern's, with a suffix where it is taken: the oldest work
    gets the bare key, equally old ones go by their identities; the order of the records does not matter. Keys and
    aliases differ ignoring case. A pin without a work stays. The same works and lock give the same lock; assigning
    once more changes nothing. Near linear in records and pins.

    With `frozen`, a work without a pin raises StateError, and the lock comes back as it was. With `rekey`, a new work
    gets the pattern's key even where its source brought one, which becomes an alias. `day` is written into new pins.
    """
    works = ranked(records)
    ledger = _Ledger(lock)
    _match_sights(works, ledger)
    wanted = {work.place: _wanted(work.record, pattern) for work in works if work.place not in ledger.homes}
    _match_identities(works, ledger, wanted)
    strangers = [work for work in works if work.place not in ledger.homes]
    if frozen and strangers:
        raise _unpinned(strangers)
    for work in works:
        if work.place in ledger.homes:
            ledger.learn(work)
    bringing = {work.place for work in strangers if cleaned(work.record.key) and not rekey}
    for work in sorted(strangers, key=lambda work: work.place not in bringing):
        base = made_by(pattern, work.record) if rekey else wanted[work.place]
        made = INCOMING if work.place in bringing else made_word(pattern_name)
        ledger.open(work, base, Pin("", made=made, given=day, source=source_word(work.record)))
    for work in works:
        ledger.part(work)
    _tell_apart(works, ledger)
    return _result(works, ledger, lock if frozen else None)


def made_word(pattern_name: str) -> str:
    """How a lock says that this pattern made a key; the default one has no name."""
    return PATTERN + as_word(pattern_name) if pattern_name else ""


def made_by(pattern: Pattern, record: Record) -> str:
    """What a pattern makes of a record, as a usable key."""
    return cleaned(pattern(record)) or NOBODY


def _wanted(record: Record, pattern: Pattern) -> str:
    return cleaned(record.key) or made_by(pattern, record)


def _unpinned(strangers: Sequence[Work]) -> StateError:
    shown = ", ".join(_shown(work.record) for work in strangers[:3])
    more = f" and {len(strangers) - 3} more" if len(strangers) > 3 else ""
    number = f"{len(strangers)} works have" if len(strangers) > 1 else "1 work has"
    return StateError(f"{number} no key in keys.lock yet: {shown}{more}; build without --frozen and commit keys.lock")


def _shown(record: Record) -> str:
    source, line = record.place()
    title = text.plain(record.title)
    place = f" ({source}:{line})" if source else ""
    return repr(title if len(title) <= 60 else f"{title[:57]}…") + place


class _Ledger:
    """A lock, opened: its pins by name, identity and last sight; which work has which pin."""

    def __init__(self, lock: Lock) -> None:
        self.pins: list[Pin] = []
        self.names = Names()
        self.owners: dict[str, int] = {}
        self.sights: defaultdict[str, list[int]] = defaultdict(list)
        self.homes: dict[int, int] = {}  # place of a work -> its pin
        self.holders: dict[int, Work] = {}  # pin -> its work
        for pin in lock.pins:
            self.add(pin)

    def add(self, pin: Pin) -> int:
        number = len(self.pins)
        self.pins.append(pin)
        for name in (pin.key, *pin.aliases):
            self.names.take(name, number)
        for identity in pin.identities:
            self.owners[identity] = number
        self.sights[pin.seen].append(number)
        return number

    def strong_pins(self, work: Work) -> Iterator[int]:
        """The pins that hold a strong identity of the work."""
        return (self.owners[identity] for identity in work.strong if identity in self.owners)

    def settle(self, work: Work, pin: int) -> None:
        """The work has this pin."""
        self.homes[work.place] = pin
        self.holders[pin] = work

    def open(self, work: Work, wanted: str, blank: Pin) -> None:
        """A pin for a work that has none; its key is made unique here, and nothing is done to it after."""
        new = tuple(sorted(identity for identity in work.identities if identity not in self.owners))
        joined = work.joined
        pin = replace(blank, key=self.names.unique(wanted), identities=new, seen=work.sight, joined=joined)
        self.settle(work, self.add(pin))

    def learn(self, work: Work) -> None:
        """The pin of the work sees it as it is now, and gains its identities, but for those of other pins."""
        home = self.homes[work.place]
        pin = self.pins[home]
        joined = set(pin.joined).difference(work.identities)
        if work.record.parts:
            joined = {*pin.joined, *work.joined}.difference(set(pin.identities).difference(pin.joined))
        self.gain(home, work.identities)
        if pin.seen != work.sight or joined.symmetric_difference(pin.joined):
            self.pins[home] = replace(self.pins[home], seen=work.sight, joined=tuple(sorted(joined)))

    def part(self, work: Work) -> None:
        """What merged works brought under the key of another one goes with this work, which has parted from it."""
        home = self.homes[work.place]
        for identity in work.identities:
            other = self.owners[identity]
            holder = self.holders.get(other)
            if holder is None or identity in holder.identities or identity not in self.pins[other].joined:
                continue
            rest = tuple(name for name in self.pins[other].identities if name != identity)
            self.pins[other] = replace(self.pins[other], identities=rest)
            del self.owners[identity]
            self.gain(home, [identity])

    def gain(self, home: int, found: Iterable[str]) -> None:
        """A pin gains the identities that no other one has."""
        known = self.pins[home].identities
        new = [name for name in found if self.owners.setdefault(name, home) == home and name not in known]
        if new:
            self.pins[home] = replace(self.pins[home], identities=tuple(sorted((*known, *new))))


def _match_sights(works: list[Work], ledger: _Ledger) -> None:
    """Works that did not change since they were seen last. Twins, which nothing tells apart, go by their keys.

    A pin that another work calls by a strong identity is left to that one, unless this work has a strong one in it too.
    """
    groups: defaultdict[str, list[Work]] = defaultdict(list)
    for work in works:
        if work.sight in ledger.sights:
            groups[work.sight].append(work)
    called = {pin for work in works if work.sight not in ledger.sights for pin in ledger.strong_pins(work)}
    for seen, group in groups.items():
        others = called.intersection(ledger.sights[seen]).difference(ledger.strong_pins(group[0]))
        free = [pin for pin in ledger.sights[seen] if pin not in others]
        if len(group) == len(free) == 1:
            ledger.settle(group[0], free[0])
        else:
            _share(group, sorted(free, key=lambda pin: _turn(ledger.pins[pin])), ledger)


def _share(group: list[Work], pins: list[int], ledger: _Ledger) -> None:
    """Give pins to twins: the one of its key to each, then incoming keys to those that came with one, then the rest."""
    named = {name: pin for pin in reversed(pins) for name in reversed(ledger.pins[pin].names)}
    for work in group:
        pin = named.get(cleaned(work.record.key))
        if pin is not None and pin not in ledger.holders:
            ledger.settle(work, pin)
    group = sorted(group, key=lambda work: ledger.names.pin(work.record.key) is not None)  # these have a hope elsewhere
    for kind in (True, False, None):
        left = [
            work for work in group if work.place not in ledger.homes and kind in (bool(cleaned(work.record.key)), None)
        ]
        fit = [n for n in pins if n not in ledger.holders and kind in (ledger.pins[n].made == INCOMING, None)]
        for work, pin in zip(left, fit, strict=False):
            ledger.settle(work, pin)


def _turn(pin: Pin) -> tuple[int, str]:
    """The order in which suffixes are given: z before aa. A key that was changed counts as it was."""
    return min((len(name), name) for name in pin.names)


# What speaks for a pin; a greater number outweighs all smaller ones together.
_KEY, _TEXT, _DATED, _STRONG = 1, 2, 4, 8


def _match_identities(works: list[Work], ledger: _Ledger, wanted: dict[int, str]) -> None:
    """Pins for changed works, the best evidence first; among equals the order of the works decides, then age."""
    links = []
    for rank, work in enumerate(works):
        if work.place not in ledger.homes:
            for number, weight in _evidence(work, ledger, wanted[work.place]):
                pin = ledger.pins[number]
                links.append((*_strength(work, pin, weight), rank, pin.given, number))
    for *_, rank, _, number in sorted(links):
        if number not in ledger.holders and works[rank].place not in ledger.homes:
            ledger.settle(works[rank], number)


def _evidence(work: Work, ledger: _Ledger, wanted: str) -> Iterator[tuple[int, int]]:
    """The pins that may be of this work, and what speaks for each."""
    found: defaultdict[int, int] = defaultdict(int)
    for weight, known in ((_STRONG, work.strong), (_DATED, work.dated()), (_TEXT, work.texts)):
        for identity in known:
            if identity in ledger.owners:
                found[ledger.owners[identity]] |= weight
    named = ledger.names.pin(wanted)
    if named is not None:
        found[named] |= _KEY
    for pin, weight in found.items():
        if pin not in ledger.holders and _credible(work, ledger.pins[pin], weight):
            yield pin, weight


def _strength(work: Work, pin: Pin, weight: int) -> tuple[bool, int, int, int]:
    """The less, the better.

    A work by which the pin was known before others were merged into it goes first; then one with more strong
    identities, so that a merged work gets the pin that knows most of its parts.
    """
    merely_joined = bool(pin.joined) and not any(
        name in pin.identities and name not in pin.joined for name in (*work.identities, *work.dated())
    )
    strong = sum(name in pin.identities or name in pin.joined for name in work.strong) if weight >= _STRONG else 0
    texts = sum(name in pin.identities or name in pin.joined for name in work.texts)
    return (merely_joined, -strong, -weight, -texts)


def _credible(work: Work, pin: Pin, weight: int) -> bool:
    """Text counts where no identifier contradicts it, or the source keeps the key; a key alone where texts are akin."""
    if weight >= _STRONG:
        return True
    called = bool(work.record.key) and weight & _KEY > 0
    opposed = contradict(work.identities, pin.identities)
    if weight > _KEY:
        return called or not opposed
    return called and not opposed and _akin(work, pin)


def _akin(work: Work, pin: Pin) -> bool:
    """Whether title or first author agree, or the pin says nothing of either."""
    theirs = {part for identity in filter(is_text, pin.identities) for part in _text_parts(identity)}
    return not theirs or any(part in theirs for identity in work.texts for part in _text_parts(identity))


def _text_parts(identity: str) -> Iterator[str]:
    title, _, author = identity.rpartition("~")[0].rpartition("|")
    yield title
    if author:
        yield f"|{author}"


def _tell_apart(works: list[Work], ledger: _Ledger) -> None:
    """Works that share a text learn it with the year too, the owner of the bare one first."""
    wishes = Counter(identity for work in works for identity in work.texts)
    shared = {identity for identity, number in wishes.items() if number > 1}
    contested = [work for work in works if not shared.isdisjoint(work.texts)]
    owned = {work.place: any(ledger.owners[i] == ledger.homes[work.place] for i in work.texts) for work in contested}
    for work in sorted(contested, key=lambda work: not owned[work.place]):
        ledger.gain(ledger.homes[work.place], work.dated())


# ------------------------------------------------------------------------------------------------ the result


def _result(works: list[Work], ledger: _Ledger, frozen: Lock | None) -> Assignment:
    keyed: list[Record] = [Record()] * len(works)
    problems: list[Problem] = []
    lent: dict[str, int] = {}
    for work in works:
        keyed[work.place] = _keyed(work, ledger, lent)
    for work in works:
        problems += _remarks(work, keyed[work.place], ledger)
    came = [work.record for work in sorted(works, key=lambda work: work.place)]
    keyed = relinked(came, keyed)
    return Assignment(keyed, in_order(ledger.pins) if frozen is None else frozen, problems)


def _keyed(work: Work, ledger: _Ledger, lent: dict[str, int]) -> Record:
    """The record with its key; other names that its sources have for it become aliases where they are free.

    A merged work also bears the names of pins that are of its parts: lent only, for the parts may part again.
    """
    home = ledger.homes[work.place]
    orphans = set(_orphans(work, ledger)) if len(ledger.holders) < len(ledger.pins) else ()
    names = sorted({name for pin in orphans for name in ledger.pins[pin].names})
    borrowed = [name for name in names if lent.setdefault(caseless(name), home) == home]
    for name in filter(usable, (work.record.key, *work.record.aliases)):
        pin = ledger.names.pin(name)
        if pin is None:
            ledger.names.take(name, home)
            aliases = tuple(sorted((*ledger.pins[home].aliases, name)))
            ledger.pins[home] = replace(ledger.pins[home], aliases=aliases)
        elif pin not in ledger.holders and work.record.parts and lent.setdefault(caseless(name), home) == home:
            borrowed.append(name)
    pin_now = ledger.pins[home]
    return replace(work.record, key=pin_now.key, aliases=tuple(sorted({*pin_now.aliases, *borrowed})))


def _orphans(work: Work, ledger: _Ledger) -> Iterator[int]:
    """The pins without a work that surely were of this one, or of what it was merged from."""
    parts = leaves(work.record) if work.record.parts else ()
    seen = (pin for part in parts for pin in ledger.sights.get(sight(part, identities(part)), ()))
    sure = work.identities if work.record.parts else work.strong
    known = (ledger.owners[identity] for identity in sure if identity in ledger.owners)
    return (pin for pin in (*seen, *known) if pin not in ledger.holders)


def _remarks(work: Work, keyed: Record, ledger: _Ledger) -> Iterator[Problem]:
    source, line = work.record.place()
    for code, message, hint in (*_on_names(work.record, keyed, ledger), *_on_twice(work, ledger)):
        severity: Severity = "note" if code == "key-pinned" else "warning"
        yield Problem(code, message, severity, source, line, key=keyed.key, hint=hint)


def _on_names(record: Record, keyed: Record, ledger: _Ledger) -> Iterator[tuple[str, str, str]]:
    if record.key and record.key != keyed.key:
        yield _on_key(record.key, keyed.key, ledger)
    for alias in record.aliases:
        if caseless(alias) not in map(caseless, (keyed.key, *keyed.aliases)):
            why = "is taken" if usable(alias) else "cannot be a key"
            yield "key-alias-dropped", f"the alias {alias!r} of {keyed.key!r} {why}; it was left out", ""


def _on_key(incoming: str, key: str, ledger: _Ledger) -> tuple[str, str, str]:
    if not usable(incoming):
        return "key-unusable", f"{incoming!r} cannot be a citation key; this work is {key!r}", ""
    holder = ledger.names.pin(incoming)
    if holder is not None and ledger.pins[holder].key != key:
        hint = "cite it by this key, and give it this key in its source"
        return "key-taken", f"{incoming!r} is the key of another work; this one is {key!r}", hint
    return "key-pinned", f"this work keeps its key {key!r}; {incoming!r} of the source is an alias", ""


def _on_twice(work: Work, ledger: _Ledger) -> Iterator[tuple[str, str, str]]:
    """Works that came apart though they seem to be one."""
    home = ledger.homes[work.place]
    for identity in work.identities:
        pin = ledger.owners[identity]
        other = ledger.holders.get(pin)
        if pin != home and other and _seem_one(work, other, identity):
            key = ledger.pins[pin].key
            hint = "merge them if they are one work"
            yield "key-work-twice", f"{_shown(work.record)} and the work {key!r} are both {identity}", hint
            return


def _seem_one(one: Work, other: Work, identity: str) -> bool:
    if not is_text(identity):
        return True
    years = {one.year, other.year} - {None}
    return len(years) < 2 and not contradict(one.identities, other.identities)
