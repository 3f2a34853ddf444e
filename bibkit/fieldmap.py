"""One table per format, read in both directions.

A format's table says which of its types is which CSL type, and which of its fields is which CSL variable for which
types. Reading asks `Table.reading`, writing asks `Table.writing`; both compile the same rules. Where several rules fit,
the first one in the table wins and the others are the fallback. `table_faults` finds what is wrong with a table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from bibkit.record import TYPES, VARIABLES

Way = Literal["both", "read", "write"]

KEYWORD = "keyword"  # Record.keywords
EXTRA = "extra:"  # ours="extra:bibtex:file" is Record.extra["bibtex:file"]


class TypeRule(msgspec.Struct, frozen=True):
    """`theirs` is our CSL type `ours`; `genre` is what the type says beyond that (`phdthesis`: "PhD thesis")."""

    theirs: str
    ours: str
    genre: str = ""
    way: Way = "both"


class FieldRule(msgspec.Struct, frozen=True):
    """Their field is our variable, for these types.

    `kind` names the pair of functions with which the format turns the value (text, names, date, ...); `types` are CSL
    types and `their_types` the format's own, each empty for all; `way` is not "both" for rules of one direction.
    """

    theirs: str
    ours: str
    kind: str = "text"
    types: frozenset[str] = frozenset()
    their_types: frozenset[str] = frozenset()
    way: Way = "both"

    def fits(self, their_type: str, our_type: str) -> bool:
        """Whether the rule holds for a record of these types."""
        return (not self.types or our_type in self.types) and (not self.their_types or their_type in self.their_types)


def types(names: str) -> frozenset[str]:
    """A set of types from their names with blanks between."""
    return frozenset(names.split())


Compiled = Mapping[str, tuple[FieldRule, ...]]


class Table:
    """The rules of a format, compiled on demand for each pair of types and kept."""

    def __init__(self, name: str, type_rules: tuple[TypeRule, ...], field_rules: tuple[FieldRule, ...]) -> None:
        self.name = name
        self.type_rules = type_rules
        self.field_rules = field_rules
        self._types_in = {rule.theirs: rule for rule in reversed(type_rules) if rule.way != "write"}
        self._types_out: dict[str, list[TypeRule]] = {}
        for rule in type_rules:
            if rule.way != "read":
                self._types_out.setdefault(rule.ours, []).append(rule)
        self._compiled: dict[tuple[str, str, Way], Compiled] = {}
        self._ordered: dict[tuple[str, str], tuple[FieldRule, ...]] = {}

    def type_in(self, theirs: str) -> TypeRule | None:
        """What their type means, or None where the table does not know it."""
        return self._types_in.get(theirs)

    def type_out(self, ours: str, genre: str = "") -> TypeRule | None:
        """Which of their types says most of our type and genre; None where the table has none for the type."""
        fitting = self._types_out.get(ours, ())
        wanted = genre.casefold()
        return next((rule for rule in fitting if rule.genre.casefold() == wanted), None) or next(
            (rule for rule in fitting if not rule.genre), None
        )

    def reading(self, their_type: str, our_type: str) -> Compiled:
        """Their field name -> the rules for it, the first one that has a free variable holds."""
        return self._compile(their_type, our_type, "read")

    def writing(self, their_type: str, our_type: str) -> Compiled:
        """Our variable -> the rules for it, the first one that has a free field holds."""
        return self._compile(their_type, our_type, "write")

    def rules(self, their_type: str, our_type: str) -> tuple[FieldRule, ...]:
        """The rules for writing a record of these types, in the order of the table."""
        found = self._ordered.get((their_type, our_type))
        if found is None:
            fitting = (rule for rule in self.field_rules if rule.way != "read" and rule.fits(their_type, our_type))
            found = self._ordered[their_type, our_type] = tuple(fitting)
        return found

    def _compile(self, their_type: str, our_type: str, way: Way) -> Compiled:
        found = self._compiled.get((their_type, our_type, way))
        if found is None:
            collected: dict[str, list[FieldRule]] = {}
            for rule in self.field_rules:
                if rule.way in ("both", way) and rule.fits(their_type, our_type):
                    collected.setdefault(rule.theirs if way == "read" else rule.ours, []).append(rule)
            found = {name: tuple(rules) for name, rules in collected.items()}
            self._compiled[their_type, our_type, way] = found
        return found


# ------------------------------------------------------------------------------------------------ the table's own test


def table_faults(table: Table, kinds: frozenset[str]) -> list[str]:
    """What is wrong with a table, in words; empty when nothing is.

    `kinds` are the conversions that the format offers. Every name must be in the vocabulary, no rule may stand in
    another's shadow, and a rule of both ways must come back to itself for every type that it holds for.
    """
    return [
        *_type_faults(table),
        *_name_faults(table, kinds),
        *_shadow_faults(table),
        *_return_faults(table),
    ]


def _type_faults(table: Table) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for rule in table.type_rules:
        if rule.ours not in TYPES:
            yield f"{rule.theirs}: {rule.ours} is no CSL type"
        for side in ("read", "write"):
            if rule.way not in ("both", side):
                continue
            name = rule.theirs if side == "read" else f"{rule.ours}/{rule.genre}"
            if (side, name) in seen:
                yield f"{name}: two rules to {side} it"
            seen.add((side, name))
        if rule.way == "both" and table.type_out(rule.ours, rule.genre) is not rule:
            yield f"{rule.theirs}: is not what {rule.ours} is written as"


def _name_faults(table: Table, kinds: frozenset[str]) -> Iterator[str]:
    their_types = {rule.theirs for rule in table.type_rules}
    for rule in table.field_rules:
        label = f"{rule.theirs} -> {rule.ours}"
        if rule.ours not in VARIABLES and rule.ours != KEYWORD and not rule.ours.startswith(EXTRA):
            yield f"{label}: {rule.ours} is no CSL variable"
        if rule.kind not in kinds:
            yield f"{label}: unknown kind {rule.kind}"
        yield from (f"{label}: {name} is no CSL type" for name in sorted(rule.types - TYPES))
        yield from (f"{label}: {name} is no type of {table.name}" for name in sorted(rule.their_types - their_types))


def _pairs(table: Table) -> list[tuple[str, str]]:
    return sorted({(rule.theirs, rule.ours) for rule in table.type_rules})


def _shadow_faults(table: Table) -> Iterator[str]:
    """A rule that is never the first choice and never a fallback to another variable or field is dead."""
    for rule in table.field_rules:
        if not any(rule.fits(*pair) for pair in _pairs(table)):
            yield f"{rule.theirs} -> {rule.ours}: holds for no type"
    seen: set[FieldRule] = set()
    for rule in table.field_rules:
        if rule in seen:
            yield f"{rule.theirs} -> {rule.ours}: stands twice"
        seen.add(rule)


def _return_faults(table: Table) -> Iterator[str]:
    """What is written by the first rule for a variable must be read back into it."""
    for theirs, ours in _written_pairs(table):
        reading = table.reading(theirs, ours)
        for variable, rules in table.writing(theirs, ours).items():
            if rules[0].way != "both":
                continue
            back = reading.get(rules[0].theirs, ())
            if not back or (back[0].ours != variable):
                got = back[0].ours if back else "nothing"
                yield f"{ours}: {variable} is written as {rules[0].theirs}, which is read as {got}"


def _written_pairs(table: Table) -> list[tuple[str, str]]:
    pairs = {(rule.theirs, rule.ours) for rule in table.type_rules if rule.way == "both"}
    return sorted(pairs)
