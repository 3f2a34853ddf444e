"""Fixes into text: as many as fit beside each other, round by round, each entry held to what its fixes name.

After every round the text is read and checked anew. Where an entry then says something else than its fixes name, or has
a finding that it had not before, all fixes of this entry are taken back and not tried again. What an entry inherits
changes with the fixes of its parents, which are to blame for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import msgspec

from bibkit.checks import registry
from bibkit.checks.model import Finding, Terms
from bibkit.checks.run import Look, look
from bibkit.edits import apply_edits
from bibkit.formats import ReadOptions
from bibkit.record import Record
from bibkit.written import Written

ROUNDS = 60  # an entry seldom needs more than three; finding out which fix spoils another entry takes some


class Mended(msgspec.Struct, frozen=True):
    """A text with its fixes made, what was mended, and what is found in it now. `refused` are fixes taken back."""

    text: str
    made: tuple[Finding, ...]
    left: tuple[Finding, ...]
    refused: tuple[Finding, ...] = ()


def mend(
    text: str,
    source: str,
    format_name: str,
    terms: Terms,
    *,
    unsafe: bool = False,
    options: ReadOptions = ReadOptions(),  # noqa: B008 (frozen)
    first: Look | None = None,
) -> Mended:
    """Make all safe fixes, and the others where asked for. Mending the result once more changes nothing.

    The reader gets the options; `first` is what `look` gave for this text with them, if it is known.
    """
    return _Mending(source, format_name, terms, options, unsafe=unsafe).run(text, first)


class _Step(msgspec.Struct):
    """Fixes that were made, the text after them and what is found in it."""

    made: list[Finding]
    text: str
    seen: Look


class _Mending:
    """The rounds of one text."""

    def __init__(self, source: str, format_name: str, terms: Terms, options: ReadOptions, *, unsafe: bool) -> None:
        self.source = source
        self.format = format_name
        self.terms = terms
        self.options = options
        self.unsafe = unsafe
        self.made: list[Finding] = []
        self.refused: dict[tuple[object, ...], Finding] = {}

    def run(self, text: str, first: Look | None) -> Mended:
        seen = first or self.look(text)
        for _ in range(ROUNDS):
            step = self.step(text, seen, fitting(self.open(seen.findings)))
            if step is None:
                break
            self.made += step.made
            text, seen = step.text, step.seen
        return Mended(text, tuple(self.made), tuple(seen.findings), tuple(self.refused.values()))

    def step(self, text: str, seen: Look, chosen: list[Finding]) -> _Step | None:
        """Those of the fixes that come out as they say, made; the others are not tried again.

        Where it cannot be known which of them spoiled an entry without fixes, one half is tried, and then the other.
        """
        while chosen:
            new = apply_edits(text, (edit for one in chosen for edit in one.edits))
            after = self.look(new)
            bad = spoilt(seen, after, chosen)
            if bad is None:
                return _Step(chosen, new, after)
            if not bad and (halves := _halves(chosen)):
                return self.step(text, seen, halves[0]) or self.step(text, seen, halves[1])
            bad = bad or {chosen[0].item}
            self.refused.update({_identity(one): one for one in chosen if one.item in bad})
            chosen = [one for one in chosen if one.item not in bad]
        return None

    def look(self, text: str) -> Look:
        return look(text, self.source, self.format, self.terms, options=self.options)

    def open(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those that may be mended and were not refused."""
        return [
            one for one in findings if one.fix and (one.fix.safe or self.unsafe) and _identity(one) not in self.refused
        ]


def spoilt(before: Look, after: Look, chosen: Sequence[Finding]) -> set[int] | None:
    """The entries whose fixes made something else than they say, of themselves or of what inherits from them.

    None where all is well; an empty set where something is wrong and no one is known to be to blame.
    """
    ours, theirs = before.items, after.items
    if len(ours) != len(theirs):
        return set()
    may_change: dict[int, set[str]] = {}
    for one in chosen:
        may_change.setdefault(one.item, set()).update(one.changes)
    blamed = _Blamed(ours, may_change)
    changed = [number for number in range(len(ours)) if blamed.unnamed(number, ours[number], theirs[number])]
    there = (one for one in after.findings if not _is_across(one))
    worse = Counter(map(_kind, there)) - Counter(map(_kind, before.findings))
    if not changed and not worse:
        return None
    found = {number for each in changed for number in blamed.of(each)}
    return found | {number for (each, _, field) in worse for number in blamed.of(each, field)}


def _is_across(one: Finding) -> bool:
    check = registry.available().checks.get(one.problem.code)
    return check is not None and check.across


class _Blamed:
    """Which fixes can have changed an entry: its own, and those of the entries that it inherits from."""

    def __init__(self, items: Sequence[Written], may_change: Mapping[int, set[str]]) -> None:
        self.items = items
        self.may_change = may_change

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The entries by key; of equal ones the first."""
        return {item.record.key.lower(): number for number, item in reversed(list(enumerate(self.items)))}

    def fixed_above(self, number: int) -> set[int]:
        """The entries with fixes that this one inherits from."""
        above: set[int] = set()
        waiting = [number]
        while waiting:
            for key in self.items[waiting.pop()].parents:
                parent = self.numbers.get(key.lower())
                if parent is not None and parent not in above:
                    above.add(parent)
                    waiting.append(parent)
        return above & self.may_change.keys()

    def unnamed(self, number: int, ours: Written, theirs: Written) -> bool:
        """Whether anything of the entry changed that no fix has named. What it inherits changes with the parent's."""
        changed = changes(ours.record, theirs.record) - self.may_change.get(number, set())
        if changed and self.fixed_above(number):
            changed = {name for name in changed if ours.field_of(name)}
        return bool(changed)

    def of(self, number: int, field: str = "") -> set[int]:
        """The entries whose fixes are to blame for an entry, or for a field that it may inherit."""
        if not 0 <= number < len(self.items):  # something said of the file
            return set()
        own = {number} & self.may_change.keys()
        above = self.fixed_above(number)
        inherited = field and above and not self.items[number].field_of(field)
        return above if inherited else own or above


def _halves(chosen: Sequence[Finding]) -> tuple[list[Finding], list[Finding]] | None:
    """The fixes in two parts, those of an entry together; None where there is one entry."""
    numbers = sorted({one.item for one in chosen})
    first = set(numbers[: len(numbers) // 2])
    if not first:
        return None
    return [one for one in chosen if one.item in first], [one for one in chosen if one.item not in first]


def fitting(findings: Iterable[Finding]) -> list[Finding]:
    """As many of the fixes as do not overlap, the first ones first; each whole or not at all."""
    taken: list[Finding] = []
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in findings:
        beside = spans.setdefault(one.item, [])
        if all(not _touch(edit[:2], span) for edit in one.edits for span in beside):
            beside += [edit[:2] for edit in one.edits]
            taken.append(one)
    return taken


def _touch(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _kind(one: Finding) -> tuple[int, str, str]:
    return one.item, one.problem.code, one.problem.field


def _identity(one: Finding) -> tuple[object, ...]:
    return (*_kind(one), one.fix.title if one.fix else "", one.problem.message)


def changes(one: Record, other: Record) -> set[str]:
    """The names of everything that two readings of an entry disagree in."""
    found = {
        name
        for ours, theirs in _maps(one, other)
        for name in ours.keys() | theirs.keys()
        if ours.get(name) != theirs.get(name)
    }
    if one.type != other.type:
        found.add("type")
    if one.keywords != other.keywords:
        found.add("keyword")
    found |= {name for name in (*one.cut, *other.cut) if (name in one.cut) != (name in other.cut)}
    if one.aliases != other.aliases:
        found.add("aliases")
    if one.key != other.key:
        found.add("key")
    return found


def _maps(one: Record, other: Record) -> Iterable[tuple[dict[str, object], dict[str, object]]]:
    for name in ("texts", "names", "dates", "extra"):
        yield dict(getattr(one, name)), dict(getattr(other, name))
