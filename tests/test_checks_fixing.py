"""Fixes in entries that hand fields down to others."""

from __future__ import annotations

import pytest

from bibkit import checks
from bibkit.checks.model import Terms

CHILD = "@inproceedings{{{key},\n  title = {{On the waiting of TGV trains}},\n  {how} = {{{parent}}},\n}}\n\n"
PARENT = '@proceedings{{{key},\n  title = {{Papers of the "Best" Workshop}},\n{more}}}\n\n'
TERMS = Terms(select=("text-quotes", "title-unprotected"))


def mended(text: str, form: str) -> checks.Mended:
    made = checks.mend(text, "a.bib", form, TERMS)
    assert checks.mend(made.text, "a.bib", form, TERMS).text == made.text
    return made


def expected(text: str) -> str:
    return text.replace('"Best"', "``Best''").replace("TGV", "{TGV}")


@pytest.mark.parametrize("how", ["crossref", "xdata"])
def test_what_a_parent_hands_down_is_no_reason_to_take_its_fix_back(how: str) -> None:
    text = CHILD.format(key="a", how=how, parent="P") + PARENT.format(key="P", more="")
    made = mended(text, "bibtex")
    assert (made.text, made.refused) == (expected(text), ())


def test_nor_is_what_it_hands_down_through_others() -> None:
    middle = "@inproceedings{b,\n  title = {On the leaving of trains},\n  crossref = {p},\n}\n\n"
    text = CHILD.format(key="a", how="xdata", parent="b, c") + middle + PARENT.format(key="p", more="")
    made = mended(text, "bibtex")
    assert (made.text, made.refused) == (expected(text), ())


def test_entries_that_inherit_from_each_other_are_mended_one_after_the_other() -> None:
    text = PARENT.format(key="p", more="  crossref = {q},\n") + PARENT.format(key="q", more="  crossref = {p},\n")
    made = mended(text, "bibtex")
    assert (made.text, made.refused) == (expected(text), ())
