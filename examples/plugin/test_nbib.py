"""What every format promises, and what is this one's own."""

from __future__ import annotations

from bibkit_nbib import FORMAT, KINDS, TABLE, read

from bibkit.fieldmap import table_faults
from bibkit.formats import ReadOptions
from bibkit.problems import Problem
from bibkit.record import Date, Name, Record
from bibkit.testing import check_format, read_all, write_all

EXAMPLE = """\
PMID- 12345678
OWN - NLM
IS  - 1234-5679 (Print)
IS  - 1234-5679 (Linking)
VI  - 12
IP  - 3
DP  - 2020 Jan-Feb
TI  - A title that goes on
      in a second line.
PG  - 101-9
LID - 10.1000/xyz [doi]
LID - S1234(20)1 [pii]
FAU - King, Anna Maria Jr
AU  - King AM Jr
AD  - A town.
FAU - van der Berg, Jo
AU  - van der Berg J
CN  - A Study Group
LA  - eng
PT  - Journal Article
PT  - Review
TA  - J Ex
JT  - Journal of examples
MH  - Humans
OT  - plugins
SO  - J Ex. 2020 Jan-Feb;12(3):101-9.
"""


def test_format() -> None:
    check_format(FORMAT)


def test_table() -> None:
    assert table_faults(TABLE, frozenset(KINDS)) == []


def test_reading() -> None:
    (record,), problems = read_all(FORMAT, EXAMPLE)
    assert problems == []
    assert record.type == "article-journal"
    assert record.texts == {
        "PMID": "12345678",
        "ISSN": "1234-5679",
        "volume": "12",
        "issue": "3",
        "title": "A title that goes on in a second line",
        "page": "101-9",
        "DOI": "10.1000/xyz",
        "language": "eng",
        "container-title-short": "J Ex",
        "container-title": "Journal of examples",
    }
    assert record.authors == (
        Name("King", "Anna Maria", suffix="Jr"),
        Name("Berg", "Jo", non_dropping_particle="van der"),
        Name(literal="A Study Group"),
    )
    assert record.issued == Date((2020, 1), (2020, 2))
    assert record.keywords == ("Humans", "plugins")
    assert record.extra == {
        "nbib:OWN": ["NLM"],
        "nbib:IS": ["1234-5679 (Print)", "1234-5679 (Linking)"],
        "nbib:LID": ["S1234(20)1 [pii]"],
        "nbib:AD": ["A town."],
        "nbib:PT": ["Review"],
        "nbib:MH": ["Humans"],
        "nbib:SO": ["J Ex. 2020 Jan-Feb;12(3):101-9."],
    }
    assert record.origins[0].end_line == EXAMPLE.count("\n")


def test_everything_is_written_back() -> None:
    records, _ = read_all(FORMAT, EXAMPLE)
    text, problems = write_all(FORMAT, records)
    assert problems == []
    unfolded = EXAMPLE.replace("\n      ", " ").replace("LID - 10.1000", "AID - 10.1000")
    assert sorted(text.split("\n")) == sorted([*unfolded.split("\n"), ""])


def test_initials_alone() -> None:
    (record,), _ = read_all(FORMAT, "PMID- 1\nAU  - Wang Y\nAU  - Wang Y\nAU  - King ML Jr\nAU  - et al.\n")
    assert record.authors == (Name("Wang", "Y"), Name("Wang", "Y"), Name("King", "ML", suffix="Jr"))
    assert record.cut == ("author",)


def test_records_without_an_empty_line_between_and_with_any_line_end() -> None:
    for end in ("\n", "\r\n", "\r"):
        records, _ = read_all(FORMAT, end.join(["PMID- 1", "TI  - One.", "PMID- 2", "TI  - Two?"]))
        assert [record.title for record in records] == ["One", "Two?"]


def test_what_is_wrong_has_its_line() -> None:
    text = "PMID- 1\nPT  - Letter\nno tag\nDP  - soon\n\nno tag either\n"
    said = [item for item in read(text, "a.nbib", ReadOptions()) if isinstance(item, Problem)]
    assert [(one.code, one.where()) for one in said] == [
        ("nbib-line", "a.nbib:3"),
        ("nbib-date", "a.nbib:4"),
        ("nbib-type", "a.nbib:1"),
        ("nbib-line", "a.nbib:6"),
    ]


def test_what_cannot_be_held_is_said() -> None:
    _, problems = write_all(FORMAT, [Record("webpage", "a1", {"title": "T", "URL": "https://example.org"})])
    assert {(one.code, one.key, one.field) for one in problems} == {
        ("nbib-lost", "a1", "type"),
        ("nbib-lost", "a1", "key"),
        ("nbib-lost", "a1", "URL"),
    }


def test_a_comma_within_a_name_settles_after_one_pass() -> None:
    records = [Record(names={"author": (Name("Smith", "One, two"),)})]
    passes = []
    for _ in range(3):
        passes.append(write_all(FORMAT, records)[0])
        records, _ = read_all(FORMAT, passes[-1])
    assert "FAU - Smith, One, two" in passes[0]
    assert passes[1] == passes[2]
