"""Fixes into text: as many as fit beside each other, round by round, each entry held to what its fixes name.

After every round the text is read and checked anew. Where an entry then says something else than its fixes name, or has
a finding that it had not before, all fixes of this entry are taken back and not tried again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from bibkit.checks.model import Finding, Terms
from bibkit.checks.registry import available
from bibkit.checks.run import Look, look
from bibkit.formats.bibtex_edit import apply_edits
from bibkit.record import Record
from bibkit.written import Written

ROUNDS = 20  # an entry seldom needs more than three


class Mended(msgspec.Struct, frozen=True):
    """A text with its fixes made, what was mended, and what is found in it now. `refused` are fixes taken back."""

    text: str
    made: tuple[Finding, ...]
    left: tuple[Finding, ...]
    refused: tuple[Finding, ...] = ()


def mend(
    text: str, source: str, format_name: str, terms: Terms, *, unsafe: bool = False, first: Look | None = None
) -> Mended:
    """Make all safe fixes, and the others where asked for. Mending the result once more changes nothing.

    `first` is what `look` gave for this text, if it is known.
    """
    return _Mending(source, format_name, terms, unsafe).run(text, first)


class _Mending:
    """The rounds of one text."""

    def __init__(self, source: str, format_name: str, terms: Terms, unsafe: bool) -> None:
        self.source = source
        self.format = format_name
        self.terms = terms
        self.unsafe = unsafe
        self.made: list[Finding] = []
        self.refused: dict[tuple[object, ...], Finding] = {}

    def run(self, text: str, first: Look | None) -> Mended:
        seen = first or self.look(text)
        for _ in range(ROUNDS):
            chosen = fitting(self.open(seen.findings))
            while chosen:
                new = apply_edits(text, (edit for one in chosen if one.fix for edit in one.fix.edits))
                after = self.look(new)
                bad = spoilt(seen, after, chosen)
                if not bad:
                    break
                self.refused.update({_identity(one): one for one in chosen if one.item in bad})
                chosen = [one for one in chosen if one.item not in bad]
            if not chosen:
                break
            self.made += chosen
            text, seen = new, after
        return Mended(text, tuple(self.made), tuple(seen.findings), tuple(self.refused.values()))

    def look(self, text: str) -> Look:
        return look(text, self.source, self.format, self.terms)

    def open(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those that may be mended and were not refused."""
        return [
            one for one in findings if one.fix and (one.fix.safe or self.unsafe) and _identity(one) not in self.refused
        ]


def spoilt(before: Look, after: Look, chosen: Sequence[Finding]) -> set[int]:
    """The entries that came out otherwise than their fixes say; all of them where that cannot be told apart."""
    fixed = {one.item for one in chosen}
    if len(before.items) != len(after.items):
        return fixed
    may_change: dict[int, set[str]] = {}
    for one in chosen:
        may_change.setdefault(one.item, set()).update(one.changes)
    pairs = enumerate(zip(before.items, after.items, strict=True))
    changed = {number for number, (old, new) in pairs if _unasked(old, new, may_change.get(number, set()))}
    there = (one for one in after.findings if not _is_across(one))
    more = Counter(map(_kind, there)) - Counter(map(_kind, before.findings))
    bad = changed | {number for number, _, _ in more}
    return bad if bad <= fixed else fixed


def _unasked(one: Written, other: Written, may_change: set[str]) -> set[str]:
    """The variables that changed and may not; what an entry inherits may change with its parent."""
    found = changes(one.record, other.record) - may_change
    return found and found - _inherited(one) - _inherited(other)


def _inherited(item: Written) -> set[str]:
    return {variable for name in item.whole.keys() - item.fields.keys() for variable in item.variables_of(name)}


def _is_across(one: Finding) -> bool:
    check = available()[0].get(one.problem.code)
    return check is not None and check.across


def fitting(findings: Iterable[Finding]) -> list[Finding]:
    """As many of the fixes as do not overlap, the first ones first; each whole or not at all."""
    taken: list[Finding] = []
    spans: dict[int, list[tuple[int, int]]] = {}
    for one in findings:
        edits = one.fix.edits if one.fix else ()
        beside = spans.setdefault(one.item, [])
        if all(not _touch(edit[:2], span) for edit in edits for span in beside):
            beside += [edit[:2] for edit in edits]
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
