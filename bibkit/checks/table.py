"""The one table of checks, in the order in which they are listed; each family stands in a module of its own."""

from __future__ import annotations

from bibkit.checks import (
    addresses,
    commands,
    dates,
    dialects,
    duplicates,
    entries,
    eprints,
    identifiers,
    members,
    numbers,
    pages,
    people,
    publications,
    references,
    signs,
    texts,
    titles,
)
from bibkit.checks.model import Check

CHECKS: tuple[Check, ...] = (
    *entries.CHECKS,
    *dialects.CHECKS,
    *members.CHECKS,
    *references.CHECKS,
    *duplicates.CHECKS,
    *eprints.CHECKS,
    *identifiers.CHECKS,
    *numbers.CHECKS,
    *addresses.CHECKS,
    *dates.CHECKS,
    *pages.CHECKS,
    *people.CHECKS,
    *titles.CHECKS,
    *publications.CHECKS,
    *texts.CHECKS,
    *signs.CHECKS,
    *commands.CHECKS,
)
