"""Checks of names of journals and publishers over a whole file."""

from __future__ import annotations

import json

from bibkit import checks
from bibkit.checks.model import Terms


def library(field: str, *values: str, kind: str = "article") -> str:
    return "".join(f"@{kind}{{k{number},\n  {field} = {value},\n}}\n\n" for number, value in enumerate(values))


def mended(code: str, text: str) -> tuple[list[str], str]:
    """The keys of what is found, and the text after all fixes."""
    terms = Terms(select=(code,))
    found = checks.check_text(text, "a.bib", "bibtex", terms)
    made = checks.mend(text, "a.bib", "bibtex", terms, unsafe=True)
    assert not made.refused
    return [one.problem.key for one in found], made.text


FULL = "{{IEEE} Transactions on Information Theory}"
SHORT = "{IEEE Trans. Inf. Theory}"


def test_the_name_that_most_entries_have_is_written_as_they_write_it() -> None:
    text = library("journal", FULL, SHORT, FULL, "{IEEE TRANSACTIONS ON INFORMATION THEORY}")
    assert mended("journal-variants", text) == (["k1", "k3"], library("journal", FULL, FULL, FULL, FULL))


def test_the_message_says_what_is_used_how_often_and_what_iso_4_has() -> None:
    found = checks.check_text(
        library("journal", FULL, SHORT, FULL), "a.bib", "bibtex", Terms(select=("journal-variants",))
    )
    problem = found[0].problem
    assert "IEEE Transactions on Information Theory elsewhere (2 to 1 in this file)" in problem.message
    assert "IEEE Trans. Inf. Theory" in problem.hint


def test_a_name_that_is_not_written_well_is_not_copied() -> None:
    good = r"{Trains and Tracks \& Rails}"
    text = library("journal", "{Trains & Tracks and Rails}", "{Trains & Tracks and Rails}", good)
    made = checks.mend(text, "a.bib", "bibtex", Terms(select=("journal-variants", "text-unescaped")), unsafe=True)
    assert not made.refused
    assert made.text == library("journal", *[r"{Trains \& Tracks and Rails}"] * 3)


def test_different_journals_are_not_joined() -> None:
    names = [
        "{Physical Review A}",
        "{Physical Review B}",
        "{Journal of Rails}",
        "{Journal of Rail Research}",
        "{Nature}",
    ]
    assert mended("journal-variants", library("journal", *names))[0] == []


def test_a_name_in_other_braces_is_the_same_name() -> None:
    assert mended("journal-variants", library("journal", "{{ACM} Surveys}", '"ACM {S}urveys"'))[0] == []


def test_a_macro_counts_and_is_left_alone() -> None:
    text = "@string{it = {IEEE Trans. Inf. Theory}}\n" + library("journal", "it", "it", FULL)
    found, after = mended("journal-variants", text)
    assert found == ["k2"]
    assert after == text.replace(FULL, "{IEEE Trans. Inf. Theory}")


def test_books_have_no_journal() -> None:
    text = library("booktitle", "{Proceedings of the Rail Conference}", "{Proc. Rail Conf.}", kind="inproceedings")
    assert mended("journal-variants", text)[0] == []


def test_publishers_are_compared_if_asked_for() -> None:
    text = library(
        "publisher",
        "{Wiley and Sons}",
        r"{John Wiley \\& Sons}".replace("\\\\", "\\"),
        "{The MIT Press}",
        "{MIT Press}",
        kind="book",
    )
    assert len(mended("publisher-variants", text)[0]) == 2
    assert not [one for one in checks.check_text(text, "a.bib", "bibtex") if one.problem.code == "publisher-variants"]


def test_the_journals_of_other_formats_are_compared_too() -> None:
    items = [
        {"id": str(number), "type": "article-journal", "title": "x", "container-title": name}
        for number, name in enumerate(["Journal of Rail Research", "J. Rail Res.", "Journal of Rail Research"])
    ]
    found = checks.check_text(json.dumps(items), "a.json", "csl-json", Terms(select=("journal-variants",)))
    assert [one.problem.key for one in found] == ["1"]
