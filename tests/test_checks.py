"""Every check of the table against its own examples: one that triggers it, one that does not, and its fix."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from checking import found

from bibkit import checks
from bibkit.checks import registry
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
    assert all(code == code.lower() and "-" in code for code in codes)


PARENT = """@proceedings{p, title = {Trains}, year = {1998}, editor = {J.R. Moreau}, isbn = {3-16-148410-X}}
"""
CHILD = """@inproceedings{c, crossref = {p}, title = {Waiting}, author = {Ada Lind}, pages = {12-34}}
"""


def test_the_fix_of_a_parent_may_change_what_its_children_inherit() -> None:
    done = checks.mend(CHILD + PARENT, "example", "bibtex", Terms(select=("name", "page")))
    assert not done.refused
    assert done.text == (CHILD + PARENT).replace("J.R.", "J. R.").replace("12-34", "12--34")


def test_a_fix_that_spoils_a_child_is_the_parents_and_the_others_stay() -> None:
    def spoil(found: checks.Bibliography) -> Iterator[checks.Remark]:
        for item in found.items:
            if item.type == "proceedings":
                change = checks.Change("editor", "B. Roth and others")
                yield checks.Remark(item, "no", "editor", mend=checks.Mend("spoil it", (change,)))

    def said(found: checks.Bibliography) -> Iterator[checks.Remark]:
        return (
            checks.Remark(item, "bad editor", "editor")
            for item in found.items
            if item.type == "inproceedings" and "editor" in item.record.cut
        )

    extra = (Check("test-spoils", "", spoil, fix="safe"), Check("test-says", "", said))
    with pytest.MonkeyPatch.context() as patch:
        checks_known = {check.code: check for check in (*CHECKS, *extra)}
        patch.setattr(registry, "available", lambda: registry.Available(checks_known, ()))
        done = checks.mend(CHILD + PARENT, "example", "bibtex", Terms(select=("test", "page-hyphen")))
    assert [one.problem.code for one in done.refused] == ["test-spoils"]
    assert done.text == (CHILD + PARENT).replace("12-34", "12--34")


def test_a_fix_that_spoils_another_entry_is_found_among_many() -> None:
    def doubled(found: checks.Bibliography) -> Iterator[checks.Remark]:
        seen: set[str] = set()
        for item in reversed(found.items):  # said of the first of two, which has no fix
            if (doi := item.record.texts.get("DOI", "")) in seen:
                yield checks.Remark(item, "the same DOI twice", "doi")
            seen |= {doi} - {""}

    lines = ["@misc{a0, title = {T}, doi = {10.1000/5}}"]
    lines += [
        f"@misc{{a{number}, title = {{T}}, url = {{https://doi.org/10.1000/{number}}}}}" for number in range(1, 30)
    ]
    text = "\n".join(lines) + "\n"
    with pytest.MonkeyPatch.context() as patch:
        known = {check.code: check for check in (*CHECKS, Check("doi-twice", "", doubled))}
        patch.setattr(registry, "available", lambda: registry.Available(known, ()))
        done = checks.mend(text, "example", "bibtex", Terms(select=("doi",)))
    assert [one.problem.key for one in done.refused] == ["a5"]
    assert len(done.made) == 28
