"""The one table of checks, in the order in which they are listed; each family stands in a module of its own."""

from __future__ import annotations

from bibkit.checks import addresses, dates, identifiers, numbers, pages, people
from bibkit.checks.model import Check

CHECKS: tuple[Check, ...] = (
    *identifiers.CHECKS,
    *numbers.CHECKS,
    *addresses.CHECKS,
    *dates.CHECKS,
    *pages.CHECKS,
    *people.CHECKS,
)
