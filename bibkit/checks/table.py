"""The one table of checks, in the order in which they are listed; each family stands in a module of its own."""

from __future__ import annotations

from bibkit.checks import pages
from bibkit.checks.model import Check

CHECKS: tuple[Check, ...] = (*pages.CHECKS,)
