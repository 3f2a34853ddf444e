"""RIS: lines, what tags mean for each type, the dialects, and that what is lost is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibkit.fieldmap import table_faults
from bibkit.formats import ReadOptions
from bibkit.formats import ris_syntax as syntax
from bibkit.formats.ris import FORMAT
from bibkit.formats.ris_tables import KINDS, MARKED, TABLE
from bibkit.formats.ris_values import read_date, write_date
from bibkit.problems import Problem
from bibkit.record import TYPES, Date, Name, Record, replace
from bibkit.testing import check_format, read_all, write_all


def read(text: str) -> tuple[list[Record], list[Problem]]:
    return read_all(FORMAT, text)


def one(fields: str, kind: str = "JOUR") -> Record:
    """The one record with these lines, given without the two blanks: `AU Doe, J.`."""
    lines = "\n".join(f"{line[:2]}  - {line[3:]}" for line in fields.split("\n") if line)
    (record,), _ = read(f"TY  - {kind}\n{lines}\nER  - \n")
    return record


def written(record: Record) -> tuple[list[str], list[str]]:
    """The lines between TY and ER, and the fields of the Problems."""
    text, problems = write_all(FORMAT, [record])
    lines = text.split("\n")
    assert lines[-3:] == ["ER  - ", "", ""]
    return lines[:-3], [problem.field for problem in problems]


def test_what_every_format_promises() -> None:
    check_format(FORMAT)


def test_the_table_has_no_fault() -> None:
    assert table_faults(TABLE, KINDS) == []


def test_every_csl_type_is_written() -> None:
    assert {kind for kind in TYPES if TABLE.type_out(kind) is None} == set()


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_every_csl_type_comes_back(kind: str) -> None:
    lines, lost = written(Record(kind, "x", {"title": "T"}))
    assert lost == []
    (record,), _ = read("\n".join([*lines, "ER  - "]))
    assert (record.type, record.texts) == (kind, {"title": "T"})


# ------------------------------------------------------------------------------------------------ lines


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - A title\nER  - \n",
        "TY  - JOUR\r\nTI  - A title\r\nER  - \r\n",
        "TY  - JOUR\rTI  - A title\rER  - \r",
        "\ufeffTY  - JOUR\nTI  - A title\nER  -",
        "TY  - JOUR\nTI  - A title\n",
        "TY  - JOUR\nTI  - A title",
        "TY - JOUR\nTI - A title\nER -\n",
        "TY  -JOUR\nTI  -A title\nER  -\n",
        "TY-JOUR\nTI-A title\nER-\n",
        "TY\t- JOUR\nTI\t- A title\nER\t-\n",
        "ty  - JOUR\nti  - A title\ner  -\n",
        "Ty  - JOUR\nTi  - A title\nEr  -\n",
        "  TY  - JOUR\n  TI  - A title\n  ER  - \n",
        "TY  - JOUR\nTI  - A\n      title\nER  - \n",
        "TY  - JOUR\nTI  - A\ntitle\nER  - \n",
        "TY  - JOUR\nTI  - \nA title\nER  - \n",
        "TY  - JOUR\nTI  - A\u2028 title\nER  - \n",
        "TY  - JOUR\n\n\nTI  - A title\n\nER  - \n\n\n",
        "\n\nTY  - JOUR\nTI  - A title\nER  - \nER  - \n",
        "ID  - \nTY  - JOUR\nTI  - A title\nER  - \n",
    ],
)
def test_lines(text: str) -> None:
    (record,), _ = read(text)
    assert (record.type, record.title) == ("article-journal", "A title")
    assert record.extra == {}


def test_a_record_without_end_is_whole_and_the_next_one_too() -> None:
    records, problems = read("TY  - JOUR\nTI  - A\nTY  - BOOK\nTI  - B\nER  - \nTY  - CHAP\nTI  - C\n")
    assert [(record.type, record.title) for record in records] == [
        ("article-journal", "A"),
        ("book", "B"),
        ("chapter", "C"),
    ]
    assert [(problem.code, problem.line) for problem in problems] == [("ris-no-end", 1), ("ris-no-end", 6)]


def test_a_record_without_type() -> None:
    records, problems = read("TI  - A\nER  - \n")
    assert [record.type for record in records] == ["document"]
    assert [problem.code for problem in problems] == ["ris-no-type"]
    assert FORMAT.read
    assert any(
        isinstance(found, Record) and found.type == "book"
        for found in FORMAT.read("TI  - A\nER  - \n", "", ReadOptions(type="book"))
    )


@pytest.mark.parametrize(
    "lines",
    [
        "",  # as it should be
        "  \n",
        "ab  - c\n",
        "AB  - one\n  two\n",
        "AB  -\n",
        "XY  - z\n",
        "N2  - a - b\nKW  - \nKW  - k\n",
        "TY  - \n",
        "TY  - BOOK\n",
        "TI - with one blank\n",
        "ER  - \nTY  - BOOK\n",
        "ER  - x\nTY  - BOOK\n",
        "\n1.\n",
    ],
)
@pytest.mark.parametrize("pattern", ["ris", "lower", "no end"])
def test_the_short_way_is_the_long_way(lines: str, pattern: str) -> None:
    """Records without anything odd are read whole, the others line by line; a tab makes every line odd."""
    text = f"TY  - JOUR\nTI  - A title\n{lines}AU  - Doe, J.\nER  - \n\nTY  - CHAP\nTI  - B\nER  -"
    text = {"ris": text, "lower": text.lower(), "no end": text.replace("ER  -", "XX  - x")}[pattern]

    def meant(given: str) -> list[object]:
        return [replace(one, origins=()) if isinstance(one, Record) else one.code for one in read_both(given)]

    assert meant(text) == meant(text.replace("TY  - JOUR", "TY\t- JOUR").replace("TY  - CHAP", "TY\t- CHAP"))


def read_both(text: str) -> list[Record | Problem]:
    assert FORMAT.read
    return list(FORMAT.read(text, "", ReadOptions()))


def test_places_and_text() -> None:
    text = "\nTY  - JOUR\nTI  - A\nER  - \n\nTY  - JOUR\nTI  - B\nER  - \n"
    records, _ = read(text)
    origins = [record.origins[0] for record in records]
    assert [(origin.line, origin.end_line, origin.raw) for origin in origins] == [
        (2, 4, "TY  - JOUR\nTI  - A\nER  -"),
        (6, 8, "TY  - JOUR\nTI  - B\nER  -"),
    ]


@pytest.mark.parametrize(
    ("text", "severity", "hint"),
    [
        ("Provider: X\n\nTY  - JOUR\nER  - \n", "note", False),
        ("@article{key, title = {T}}\n", "error", True),
        ("just words\n", "note", False),
    ],
)
def test_what_stands_outside_is_said(text: str, severity: str, hint: bool) -> None:
    _, problems = read(text)
    first = problems[0]
    assert (first.code, first.severity, bool(first.hint)) == ("ris-outside", severity, hint)


@pytest.mark.parametrize(
    "line",
    [
        "IL - 6 was raised",  # no tag of RIS, and one blank
        "ER-positive tumours",
        "in - vivo",
        "of a study",
        "A - b",
    ],
)
def test_a_line_that_only_looks_like_a_tag(line: str) -> None:
    (record,), _ = read(f"TY  - JOUR\nTI  - The effect\n{line}\nVL  - 3\nER  - \n")
    assert record.texts == {"title": f"The effect {line}", "volume": "3"}


@pytest.mark.parametrize(
    ("tag", "lines", "value"),
    [
        ("AB", ["First paragraph.", "Second."], "First paragraph.\nSecond."),
        ("AB", ["a" * 70, "b" * 70, "end"], f"{'a' * 70} {'b' * 70} end"),
        ("AB", ["One.", "", "Two."], "One.\n\nTwo."),
        ("TI", ["One", "two"], "One two"),
        ("KW", ["one", "two"], "one\ntwo"),
    ],
)
def test_values_of_several_lines(tag: str, lines: list[str], value: str) -> None:
    assert syntax.joined(tag, lines) == value


# ------------------------------------------------------------------------------------------------ types


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("JOUR", "article-journal"),
        ("jour", "article-journal"),
        ("Journ", "article-journal"),
        ("EJOUR", "article-journal"),
        ("CONF", "paper-conference"),
        ("CPAPER", "paper-conference"),
        ("THES", "thesis"),
        ("RPRT", "report"),
        ("UNPB", "manuscript"),
        ("ELEC", "webpage"),
        ("WEB", "webpage"),
        ("GEN", "document"),
        ("DATA", "dataset"),
        ("COMP", "software"),
        ("STAND", "standard"),
        ("EDBOOK", "book"),
    ],
)
def test_types(theirs: str, ours: str) -> None:
    assert one("TI T", theirs).type == ours


def test_an_unknown_type_is_kept() -> None:
    records, problems = read("TY  - POEM\nTI  - T\nER  - \n")
    assert [(record.type, dict(record.extra)) for record in records] == [("document", {"ris:TY": ["POEM"]})]
    assert [problem.code for problem in problems] == ["ris-type"]
    lines, lost = written(records[0])
    assert lines == ["TY  - POEM", "TI  - T"]
    assert lost == []


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("TI T", "document"),
        ("TI T\nT2 Journal of X", "article-journal"),
        ("TI T\nJF Journal of X", "article-journal"),
        ("TI T\nM3 preprint", "article"),
        ("TI T\nDO 10.48550/arXiv.2101.00001", "article"),
        ("TI T\nM3 performance", "performance"),
        ("TI T\nM3 Performance", "document"),
    ],
)
def test_what_a_generic_reference_is(fields: str, kind: str) -> None:
    assert one(fields, "GEN").type == kind


def test_a_preprint_is_written_as_zotero_does() -> None:
    record = Record("article", "x", {"title": "T", "publisher": "arXiv", "number": "arXiv:2101.00001"})
    lines, lost = written(record)
    assert lines == ["TY  - GEN", "TI  - T", "M1  - arXiv:2101.00001", "PB  - arXiv", "M3  - preprint", "ID  - x"]
    assert lost == []
    assert MARKED["article"] == "preprint"


# ------------------------------------------------------------------------------------------------ fields


@pytest.mark.parametrize(
    ("kind", "fields", "texts"),
    [
        (
            "JOUR",
            "T1 A\nJF J\nJO Jrnl\nVL 1\nIS 2",
            {"title": "A", "container-title": "J", "container-title-short": "Jrnl", "volume": "1", "issue": "2"},
        ),
        ("JOUR", "JO Nature", {"container-title": "Nature"}),
        ("JOUR", "JA Nat.\nT2 Nature", {"container-title": "Nature", "container-title-short": "Nat."}),
        ("JOUR", "J2 Nat.", {"container-title": "Nat."}),
        ("JOUR", "SP 10\nEP 20", {"page": "10-20"}),
        ("JOUR", "SP 10-20\nEP 20", {"page": "10-20"}),
        ("JOUR", "SP S10\nEP S20", {"page": "S10-S20"}),
        ("JOUR", "SP 10\nEP 10", {"page": "10"}),
        ("JOUR", "SP 10", {"page": "10"}),
        ("JOUR", "DO https://doi.org/10.1000/x(1)", {"DOI": "10.1000/x(1)"}),
        ("JOUR", "DO doi:10.1000/AbC", {"DOI": "10.1000/AbC"}),
        ("JOUR", "M3 doi: 10.1000/x", {"DOI": "10.1000/x"}),
        ("JOUR", "M3 Review", {"genre": "Review"}),
        ("JOUR", "L3 10.1000/x", {"DOI": "10.1000/x"}),
        ("JOUR", "C7 e12345", {"number": "e12345"}),
        ("JOUR", "C2 PMC123456", {"PMCID": "PMC123456"}),
        ("JOUR", "M1 4", {"issue": "4"}),
        ("JOUR", "M1 4\nIS 5", {"issue": "5"}),
        ("JOUR", "SN 0378-5955", {"ISSN": "0378-5955"}),
        ("JOUR", "SN 03785955 (ISSN)", {"ISSN": "0378-5955"}),
        ("JOUR", "SN 0378-5955\nSN 1234-5679", {"ISSN": "0378-5955, 1234-5679"}),
        ("JOUR", "SN 9780306406157", {"ISBN": "9780306406157"}),
        ("BOOK", "SN 0-306-40615-2", {"ISBN": "0-306-40615-2"}),
        ("BOOK", "SN something", {"ISBN": "something"}),
        ("JOUR", "SN something", {"ISSN": "something"}),
        ("RPRT", "SN TR-12", {"number": "TR-12"}),
        ("RPRT", "SN 9780306406157", {"ISBN": "9780306406157"}),
        (
            "PAT",
            "SN US1234567\nA2 USPTO\nC6 granted\nOP 99/123",
            {"number": "US1234567", "authority": "USPTO", "status": "granted", "issue": "99/123"},
        ),
        (
            "BOOK",
            "T2 Series\nM1 12\nSP 300\nNV 2\nET 3",
            {
                "collection-title": "Series",
                "collection-number": "12",
                "number-of-pages": "300",
                "number-of-volumes": "2",
                "edition": "3",
            },
        ),
        ("BOOK", "SP 10\nEP 20", {"page": "10-20"}),
        ("BOOK", "BT The book", {"title": "The book"}),
        (
            "CHAP",
            "TI C\nBT The book\nT3 Series\nSV 4",
            {"title": "C", "container-title": "The book", "collection-title": "Series", "collection-number": "4"},
        ),
        (
            "CONF",
            "TI P\nT2 ICML 2020\nC3 Proceedings\nC1 New York\nCY Vienna",
            {
                "title": "P",
                "event-title": "ICML 2020",
                "container-title": "Proceedings",
                "publisher-place": "New York",
                "event-place": "Vienna",
            },
        ),
        (
            "THES",
            "PB MIT\nM3 PhD thesis\nSP 200",
            {"publisher": "MIT", "genre": "PhD thesis", "number-of-pages": "200"},
        ),
        (
            "CASE",
            "A2 F.3d\nSV 12-345\nPB 9th Cir.",
            {"container-title": "F.3d", "number": "12-345", "authority": "9th Cir."},
        ),
        ("MAP", "C1 1:10000\nM3 road map", {"scale": "1:10000", "genre": "road map"}),
        ("COMP", "ET 2.1\nM1 Linux", {"version": "2.1", "medium": "Linux"}),
        ("MPCT", "SP 90 min\nC5 DVD\nC4 drama", {"dimensions": "90 min", "medium": "DVD", "genre": "drama"}),
        ("ELEC", "T2 The site\nUR https://a.b", {"container-title": "The site", "URL": "https://a.b"}),
        ("JOUR", "N2 Abstract", {"abstract": "Abstract"}),
        ("JOUR", "AB Abstract\nN2 Abstract", {"abstract": "Abstract"}),
        ("JOUR", "AB One\nAB Two", {"abstract": "One\nTwo"}),
        ("JOUR", "N1 a\nN1 b\nRN c", {"note": "a\nb\nc"}),
        ("JOUR", "VO 7", {"volume": "7"}),
        (
            "JOUR",
            "DP PubMed\nDB MEDLINE\nAN 123\nCN QA\nLA en",
            {
                "source": "PubMed",
                "archive": "MEDLINE",
                "archive_location": "123",
                "call-number": "QA",
                "language": "en",
            },
        ),
    ],
)
def test_texts_by_type(kind: str, fields: str, texts: dict[str, str]) -> None:
    record = one(fields, kind)
    assert record.texts == texts
    assert [name for name in record.extra if name not in ("ris:M1", "ris:N2", "ris:EP")] == []


@pytest.mark.parametrize(
    ("kind", "fields", "people"),
    [
        ("JOUR", "AU Doe, J.\nA1 Doe, J.\nED Roe, R.", {"author": [Name("Doe", "J.")], "editor": [Name("Roe", "R.")]}),
        ("JOUR", "A2 Roe, R.", {"editor": [Name("Roe", "R.")]}),
        (
            "BOOK",
            "A2 Roe, R.\nA3 Poe, E.\nA4 Moe, M.",
            {
                "collection-editor": [Name("Roe", "R.")],
                "editor": [Name("Poe", "E.")],
                "translator": [Name("Moe", "M.")],
            },
        ),
        ("BOOK", "ED Poe, E.", {"editor": [Name("Poe", "E.")]}),
        (
            "CHAP",
            "A2 Roe, R.\nA3 Poe, E.\nC2 Noe, N.",
            {
                "editor": [Name("Roe", "R.")],
                "collection-editor": [Name("Poe", "E.")],
                "container-author": [Name("Noe", "N.")],
            },
        ),
        ("EDBOOK", "AU Roe, R.", {"editor": [Name("Roe", "R.")]}),
        (
            "MPCT",
            "AU Roe, R.\nA3 Poe, E.\nC1 Noe, N.",
            {"director": [Name("Roe", "R.")], "producer": [Name("Poe", "E.")], "performer": [Name("Noe", "N.")]},
        ),
        ("PCOMM", "AU Doe, J.\nA2 Roe, R.", {"author": [Name("Doe", "J.")], "recipient": [Name("Roe", "R.")]}),
        (
            "JOUR",
            "AU Doe, John, Jr.\nAU WHO\nAU van Gogh, Vincent\nAU Doe,J.",
            {
                "author": [
                    Name("Doe", "John", suffix="Jr."),
                    Name(literal="WHO"),
                    Name("Gogh", "Vincent", "", "van"),
                    Name("Doe", "J."),
                ]
            },
        ),
        ("JOUR", "AU Doe, J.; Roe, R.", {"author": [Name("Doe", "J."), Name("Roe", "R.")]}),
        (
            "JOUR",
            "A1 Liu R.\nA1 Adler D.G.\nA1 WHO",
            {"author": [Name("Liu", "R."), Name("Adler", "D.G."), Name(literal="WHO")]},
        ),
        ("JOUR", "AU Liu R\nAU Adler DG", {"author": [Name("Liu", "R"), Name("Adler", "DG")]}),
        ("JOUR", "AU Volvo AB", {"author": [Name(literal="Volvo AB")]}),
        ("JOUR", "AU Apple, Inc.\nAU Co, A.", {"author": [Name(literal="Apple, Inc."), Name("Co", "A.")]}),
        (
            "RPRT",
            "AU Department of Physics, University of Graz\nAU Park Lane, University",
            {"author": [Name(literal="Department of Physics, University of Graz"), Name("Park Lane", "University")]},
        ),
        (
            "JOUR",
            "AU Lei, Johan van der\nAU van der Lei, Johan",
            {"author": [Name("Lei", "Johan van der"), Name("Lei", "Johan", "", "van der")]},
        ),
        (
            "JOUR",
            "AU Öztürk, Ş.\nAU de la Cruz, M.",
            {"author": [Name("Öztürk", "Ş."), Name("Cruz", "M.", "", "de la")]},
        ),
    ],
)
def test_names_by_type(kind: str, fields: str, people: dict[str, list[Name]]) -> None:
    assert {variable: list(found) for variable, found in one(fields, kind).names.items()} == people


@pytest.mark.parametrize("others", ["et al.", "et al", "Others", "and others", "et al,"])
def test_et_al_is_no_person(others: str) -> None:
    record = one(f"AU Doe, J.\nAU {others}")
    assert record.authors == (Name("Doe", "J."),)
    assert record.cut == ("author",)
    lines, lost = written(record)
    assert lines == ["TY  - JOUR", "AU  - Doe, J."]
    assert lost == ["cut"]


def test_et_al_is_not_written_even_if_a_record_has_it_as_a_name() -> None:
    record = Record("book", "x", names={"author": (Name("Doe", "J."), Name(literal="others"))})
    text, problems = write_all(FORMAT, [record])
    assert "others" not in text.replace("bibkit:", "")
    assert [(problem.code, problem.field) for problem in problems] == [("ris-lost", "author")]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ("KW a\nKW b", ("a", "b")),
        ("KW a; b;c", ("a", "b", "c")),
        ("KW a, b", ("a, b",)),
        ("KW a\nKW a", ("a",)),
    ],
)
def test_keywords(fields: str, words: tuple[str, ...]) -> None:
    assert one(fields).keywords == words


# ------------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022", Date((2022,))),
        ("2022/07/27/", Date((2022, 7, 27))),
        ("2022/07/27", Date((2022, 7, 27))),
        ("2022/7/", Date((2022, 7))),
        ("2022//", Date((2022,))),
        ("2022///", Date((2022,))),
        ("2022///Spring", Date((2022, 21))),
        ("2022/07/27/14:35:00Z", Date((2022, 7, 27), time="14:35:00Z")),
        ("2022/07/27/27 July 2022", Date((2022, 7, 27))),
        ("2022/07//undefined", Date((2022, 7), literal="undefined")),
        ("2022///2022-03--2022-05", Date((2022, 3), (2022, 5))),
        ("2022///2022~", Date((2022,), qualifier="~")),
        ("1984 - 1985", Date((1984,), (1985,))),
        ("27 July 2022", Date((2022, 7, 27))),
        ("2022/02/31/", Date(literal="2022/02/31/")),
        ("in press", Date(literal="in press")),
    ],
)
def test_dates(text: str, date: Date) -> None:
    assert read_date(text) == date


@pytest.mark.parametrize(
    ("date", "text"),
    [
        (Date((2022,)), "2022///"),
        (Date((2022, 7)), "2022/07//"),
        (Date((2022, 7, 27)), "2022/07/27/"),
        (Date((2022, 21)), "2022///Spring"),
        (Date((800,)), "0800///"),
        (Date((2022, 3), (2022, 5)), "2022/03//2022-03--2022-05"),
        (Date((2022,), qualifier="~"), "2022///2022~"),
        (Date((-43,)), "-0043"),
        (Date(literal="in press"), "in press"),
        (Date((2022,), ()), "2022///2022--.."),
    ],
)
def test_dates_are_written_as_they_are_read(date: Date, text: str) -> None:
    assert write_date(date) == text
    assert read_date(text) == date


@pytest.mark.parametrize(
    ("fields", "date", "left"),
    [
        ("PY 2014\nDA 2014/06/01", Date((2014, 6, 1)), {}),
        ("DA 2014/06/01\nPY 2014", Date((2014, 6, 1)), {}),
        ("PY 0000\nDA 2013/12/01", Date((2013, 12, 1)), {"ris:PY": ["0000"]}),
        ("PY 2014\nDA 2013/12/01", Date((2014,)), {"ris:DA": ["2013/12/01"]}),
        ("PY 2019\nDA JUN 13", Date((2019, 6, 13)), {}),
        ("PY 2019\nDA NOV-DEC", Date((2019, 11), (2019, 12)), {}),
        ("Y1 2014/06//", Date((2014, 6)), {}),
        ("PY 2014\nY1 1-5 Jan. 2014", Date((2014, 1, 1), (2014, 1, 5)), {}),
        (
            "PY 2014/06/01/received\nPY 2014/07/01/accepted",
            Date((2014, 6, 1), literal="received"),
            {"ris:PY": ["2014/07/01/accepted"]},
        ),
    ],
)
def test_dates_of_several_tags(fields: str, date: Date, left: dict[str, list[str]]) -> None:
    record = one(fields)
    assert record.issued == date
    assert record.extra == left


def test_access_and_early_access() -> None:
    record = one("Y2 2022/01/02/\nC6 MAR 2021\nPY 2022")
    assert record.dates == {"accessed": Date((2022, 1, 2)), "available-date": Date((2021, 3)), "issued": Date((2022,))}


# ------------------------------------------------------------------------------------------------ what RIS alone knows


def test_unknown_and_further_values_are_kept_in_order_and_written_back() -> None:
    record = one("TI T\nXY b\nXY a\nUR https://a.b\nUR https://c.d\nL1 x.pdf\nAD Vienna\nM1 4\nIS 5")
    assert record.extra == {
        "ris:XY": ["b", "a"],
        "ris:UR": ["https://c.d"],
        "ris:L1": ["x.pdf"],
        "ris:AD": ["Vienna"],
        "ris:M1": ["4"],
    }
    lines, lost = written(record)
    assert lines[-6:] == [
        "XY  - b",
        "XY  - a",
        "UR  - https://c.d",
        "L1  - x.pdf",
        "AD  - Vienna",
        "M1  - 4",
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("fields", "producer"),
    [
        ("AN WOS:000123", "web-of-science"),
        ("DB Scopus", "scopus"),
        ("N1 Export Date: 1 May 2020", "scopus"),
        ("UR https://www.proquest.com/x", "proquest"),
        ("DB Embase", "embase"),
        ("DB Ovid MEDLINE(R)", "ovid"),
        ("AN CN-01234567", "cochrane"),
        ("UR https://lens.org/000", "lens"),
        ("UR https://app.dimensions.ai/details/publication/pub.1", "dimensions"),
        ("UR https://ieeexplore.ieee.org/document/1", "ieee"),
        ("UR https://pubmed.ncbi.nlm.nih.gov/1", "pubmed"),
        ("L1 internal-pdf://1/x.pdf", "endnote"),
        ("DA 2020/01/02/", "zotero"),
        ("M4 Citavi", "citavi"),
        ("N1 Record ID: 7", "procite"),
        ("TI T", ""),
    ],
)
def test_producers(fields: str, producer: str) -> None:
    assert one(fields).origins[0].format == (f"ris:{producer}" if producer else "ris")


def test_procite_says_in_notes_what_its_tags_are() -> None:
    record = one("N1 Record ID: 7\nTI T\nVL 2\nN1 Call Number: QA 76\nN1 Volume ID: 5\nN1 Author Role: Editor", "BOOK")
    assert record.key == "7"
    assert record.texts == {
        "title": "T",
        "edition": "2",
        "volume": "5",
        "call-number": "QA 76",
        "note": "Author Role: Editor",
    }


# ------------------------------------------------------------------------------------------------ writing


FORM = """\
TY  - JOUR
TI  - A <i>title</i>
AU  - Doe, Jane, Jr.
AU  - van Gogh, V.
AU  - WHO
T2  - Journal of X
AB  - One.
Two.
DA  - 2020/03/05/
PY  - 2020
DO  - 10.1000/x
VL  - 3
SP  - 10
EP  - 20
UR  - https://a.b
Y2  - 2021/01/02/
N1  - a
N1  - b
KW  - one
KW  - two
ID  - doe2020
"""


def test_the_form() -> None:
    texts = {
        "title": "A <i>title</i>",
        "container-title": "Journal of X",
        "volume": "3",
        "page": "10–20",
        "DOI": "10.1000/x",
        "URL": "https://a.b",
        "abstract": "One.\nTwo.",
        "note": "a\nb",
    }
    people = (Name("Doe", "Jane", suffix="Jr."), Name("Gogh", "V.", "", "van"), Name(literal="WHO"))
    days = {"issued": Date((2020, 3, 5)), "accessed": Date((2021, 1, 2))}
    record = Record("article-journal", "doe2020", texts, {"author": people}, days, keywords=("one", "two"))
    assert write_all(FORMAT, [record]) == (f"{FORM}ER  - \n\n", [])


@pytest.mark.parametrize(
    ("record", "lost"),
    [
        (Record(key="x", texts={"PMID": "1"}), ["PMID"]),
        (Record(key="x", names={"guest": (Name("A", "B"),)}), ["guest"]),
        (Record("book", "x", {"collection-title": "S"}), []),
        (Record("book", "x", {"genre": "a", "medium": "b"}), ["medium"]),
        (Record(key="x", texts={"title": "two\nlines"}), ["title"]),
        (Record(key="x", texts={"abstract": "one\nTI  - two"}), ["abstract"]),
        (Record(key="x", keywords=("a;b",)), ["keyword"]),
        (Record(key="x", extra={"bibtex:file": "a"}), ["bibtex:file"]),
        (Record(key="x", aliases=("old",)), ["aliases"]),
        (Record(key="x", names={"author": (Name("A", "B", comma_suffix=True),)}), ["author"]),
        (Record("article-journal", "x", {"volume": "1"}), []),
    ],
)
def test_what_is_lost_is_said(record: Record, lost: list[str]) -> None:
    assert written(record)[1] == lost


def test_long_lines_are_not_folded() -> None:
    title = "word " * 500 + "end"
    lines, lost = written(Record("book", "x", {"title": title}))
    assert f"TI  - {title}" in lines
    assert lost == []


# ------------------------------------------------------------------------------------------------ at large


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\n" * 20_000,
        "AB  - " + "IL - 6 " * 50_000,
        "AU  - " + "A. " * 50_000,
        "\n" * 100_000,
        "TY  - JOUR\nTI  - x\n" + "y\n" * 50_000,
        "SN  - " + "1-" * 50_000,
    ],
)
def test_long_and_odd_texts_are_read_to_their_end(text: str) -> None:
    assert read(text)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("TY  - JOUR\nTI  - T\nER  - \n", True),
        ("\ufeff\n\nTY  - JOUR\r\nTI  - T\r\nER  - ", True),
        ("ty  - JOUR\nti  - T\n", True),
        ("Provider: X\n\nTY  - JOUR\nER  - ", True),
        ("@article{x}", False),
        ("[]", False),
        ("PMID- 123\nTI  - T", False),
        ("", False),
    ],
)
def test_detection(text: str, sure: bool) -> None:
    assert FORMAT.detect
    assert (FORMAT.detect(text) >= 0.5) is sure


def test_every_record_of_the_corpora_is_read(shared: Path) -> None:
    files = sorted((shared / "corpora").glob("*/*.ris"))
    if not files:
        pytest.skip("no RIS files there")
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace")
        starts = sum(line.lstrip("\ufeff \t").startswith(("TY  -", "TY -")) for line in text.splitlines())
        assert len(read(text)[0]) >= starts, path.name
