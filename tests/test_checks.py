"""Every check of the table against its own examples: one that triggers it, one that does not, and its fix."""

from __future__ import annotations

import pytest
from checking import found

from bibkit import checks
from bibkit.checks.model import Check, Terms
from bibkit.checks.table import CHECKS
from bibkit.testing import check_check

EACH = pytest.mark.parametrize("check", CHECKS, ids=[check.code for check in CHECKS])


@EACH
def test_it_keeps_what_every_check_promises(check: Check) -> None:
    check_check(check)


@EACH
def test_what_it_says_of_its_bad_example_is_as_grave_as_the_table_says(check: Check) -> None:
    _, _, findings = found(check, check.bad)
    assert all(one.problem.code == check.code and one.problem.severity == check.severity for one in findings)
    assert all(one.problem.line >= 1 for one in findings)


@EACH
def test_nothing_is_said_of_its_good_example(check: Check) -> None:
    text, form, _ = found(check, check.good)
    assert not [one.problem for one in checks.check_text(text, "example", form)]


@EACH
def test_only_a_safe_fix_is_made_unasked(check: Check) -> None:
    text, form, findings = found(check, check.bad)
    mended = checks.mend(text, "example", form, Terms(checks=(check,)))
    assert (mended.text != text) == any(one.fix.safe for one in findings if one.fix)


def test_codes_are_unique() -> None:
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)
