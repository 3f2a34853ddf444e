"""Plain-text paper listings: both layouts, the cut between title and authors, dates, profiles; and nothing is lost."""

# ruff: noqa: E501  (titles as they stand)

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from benchmarks.exact_listing import measure
from hypothesis import example, given
from hypothesis import strategies as st

from bibkit import formats
from bibkit.formats import ReadOptions
from bibkit.formats.listing import FORMAT, detect, learn, read
from bibkit.formats.listing_header import full_class
from bibkit.formats.listing_layouts import LAYOUTS
from bibkit.names import format_display
from bibkit.problems import Problem
from bibkit.record import Date, Name, Record

SEEDS = Path(__file__).parent.parent / "seeds"

ABSTRACT = "We show that networks find anomalies in sparse graphs. Experiments on four data sets confirm it."
OTHER = "Sampling from a posterior is slow. This paper makes sampling of long sequences fast, and gives bounds for it."

COMPACT = f"""\
CVJul 27, 2022
Finding Anomalies in Sparse GraphsJane Q. Roe, Max Doe, Li Wang et al.
{ABSTRACT}
78.0LGMar 19
Fast Sampling of Long SequencesAnn Poe, Bo Hall · stanford, meta-ai
{OTHER}
CLFeb 18, 2025Code
What Do Networks Find?Yann LeCun
{ABSTRACT}
"""

SPACED = f"""\
Ann Poe

LG
h-index12
2papers
1,345citations
Novelty46%
AI Score50

2 Papers

LGMar 19, 2024
Fast Sampling of Long Sequences

Ann Poe, Bo Hall et al. · stanford, meta-ai

{OTHER}

It has a second paragraph.

9.5MLNov 3
What Do Networks Find?

Yann LeCun

{ABSTRACT}
"""


def items(text: str, **options: object) -> list[Record | Problem]:
    return list(read(text, "papers.txt", ReadOptions(**options)))


def records(text: str, **options: object) -> list[Record]:
    return [item for item in items(text, **options) if isinstance(item, Record)]


def problems(text: str, **options: object) -> list[Problem]:
    return [item for item in items(text, **options) if isinstance(item, Problem)]


def codes(text: str, **options: object) -> list[str]:
    return [problem.code for problem in problems(text, **options)]


def authors(record: Record) -> list[str]:
    return [format_display(name) for name in record.authors]


# ------------------------------------------------------------------------------------------------ the two layouts


def test_a_compact_entry_becomes_a_record() -> None:
    first, second, third = records(COMPACT, type="article")
    assert (first.type, first.title, first.cut) == ("article", "Finding Anomalies in Sparse Graphs", ("author",))
    assert first.authors == (Name(family="Roe", given="Jane Q."), Name("Doe", "Max"), Name("Wang", "Li"))
    assert first.texts["abstract"] == ABSTRACT
    assert first.dates == {"issued": Date(start=(2022, 7, 27))}
    assert (first.keywords, first.extra) == (("cs.CV",), {})
    assert second.extra == {"listing:score": "78.0", "listing:affiliation": "stanford, meta-ai"}
    assert (second.cut, authors(second)) == ((), ["Ann Poe", "Bo Hall"])
    assert (third.title, authors(third), third.extra) == (
        "What Do Networks Find?",
        ["Yann LeCun"],
        {"listing:code": True},
    )
    assert third.type == "article"
    assert records(COMPACT)[0].type == "document"


def test_the_origin_is_the_exact_text_of_the_entry() -> None:
    first, second, _ = records(COMPACT)
    origin = second.origins[0]
    assert (origin.source, origin.format, origin.line, origin.end_line) == ("papers.txt", "listing:compact", 4, 6)
    assert origin.raw == "\n".join(COMPACT.split("\n")[3:6])
    assert first.origins[0].raw + "\n" + origin.raw in COMPACT


def test_the_cut_leaves_a_trace_of_its_line_and_confidence() -> None:
    for number, record in enumerate(records(COMPACT)):
        for variable in ("title", "author"):
            trace = record.traces[variable]
            assert (trace.line, trace.origin) == (3 * number + 2, 0)
            assert 0.97 <= trace.confidence < 1


def test_a_spaced_entry_becomes_a_record() -> None:
    first, second = records(SPACED)
    assert (first.title, authors(first), first.cut) == (
        "Fast Sampling of Long Sequences",
        ["Ann Poe", "Bo Hall"],
        ("author",),
    )
    assert first.extra == {"listing:affiliation": "stanford, meta-ai"}
    assert first.texts["abstract"] == f"{OTHER}\n\nIt has a second paragraph."
    assert (first.origins[0].format, first.origins[0].line, first.origins[0].end_line) == ("listing:spaced", 12, 19)
    assert (second.keywords, second.extra, second.cut) == (("stat.ML",), {"listing:score": "9.5"}, ())
    assert second.traces.keys() == {"issued"}


def test_both_layouts_and_several_listings_in_one_text() -> None:
    both = records(COMPACT + SPACED + "\n" + SPACED.replace("Ann Poe\n\nLG", "Bo Hall\n\nstat.ML"))
    assert [record.origins[0].format for record in both] == ["listing:compact"] * 3 + ["listing:spaced"] * 4
    found = [problem.message for problem in problems(COMPACT + SPACED + SPACED) if problem.code == "listing-profile"]
    assert len(found) == 2


def variant(text: str, change: str) -> str:
    changes = {
        "crlf": lambda: text.replace("\n", "\r\n"),
        "cr": lambda: text.replace("\n", "\r"),
        "blank lines everywhere": lambda: re.sub(r"\n+", "\n\n\n", text),
        "no blank lines": lambda: re.sub(r"\n+", "\n", text),
        "trailing blanks": lambda: text.replace("\n", " \t \n"),
        "leading blanks": lambda: "  " + text.replace("\n", "\n\t "),
        "form feeds": lambda: "\f" + text.replace("\n", "\f\n"),
        "zero bytes": lambda: text.replace("\n", "\0\n\0"),
        "byte-order mark": lambda: "\ufeff" + text,
        "no line end": lambda: text.rstrip(),
    }
    return changes[change]()


@pytest.mark.parametrize(
    "change",
    [
        *("crlf", "cr", "blank lines everywhere", "trailing blanks", "leading blanks"),
        *("form feeds", "zero bytes", "byte-order mark", "no line end"),
    ],
)
@pytest.mark.parametrize("text", [COMPACT, SPACED], ids=["compact", "spaced"])
def test_white_space_makes_no_difference(text: str, change: str) -> None:
    changed = records(variant(text, change))
    plain = records(text)
    for one, other in zip(plain, changed, strict=True):
        assert (one.title, one.authors, one.cut, one.extra) == (other.title, other.authors, other.cut, other.extra)
        assert one.texts["abstract"].split() == other.texts["abstract"].split()
        assert one.origins[0].format == other.origins[0].format
        assert other.origins[0].raw in variant(text, change)


def test_spaced_entries_without_blank_lines() -> None:
    first, second = records(variant(SPACED, "no blank lines"))
    assert (first.title, authors(first)) == ("Fast Sampling of Long Sequences", ["Ann Poe", "Bo Hall"])
    assert (second.title, authors(second)) == ("What Do Networks Find?", ["Yann LeCun"])


WRAPPED = [
    ("Finding Anomalies in\nSparse GraphsJane Q. Roe, Max Doe et al.", "compact"),
    ("Finding Anomalies in Sparse\nGraphsJane Q. Roe, Max Doe et al.", "compact"),
    ("Finding Anomalies in Sparse GraphsJane Q. Roe,\nMax Doe et al.", "compact"),
    ("Finding Anomalies in Sparse GraphsJane\nQ. Roe, Max Doe et al.", "compact"),
    ("Finding Anomalies in Sparse GraphsJane Q. Roe, Max\nDoe et al.", "compact"),
    ("Finding\nAnomalies in\nSparse GraphsJane Q. Roe, Max Doe\net al.", "compact"),
    ("Finding Anomalies\nin Sparse Graphs\n\nJane Q. Roe, Max Doe et al.\n", "spaced"),
    ("Finding Anomalies in Sparse Graphs\n\nJane Q. Roe, Max\nDoe et al.\n", "spaced"),
    ("Finding Anomalies\nin Sparse Graphs\nJane Q. Roe,\nMax Doe et al.", "spaced"),
]


@pytest.mark.parametrize(("head", "layout"), WRAPPED)
@pytest.mark.parametrize("abstract", [ABSTRACT, ABSTRACT.replace(" ", "\n")], ids=["one line", "wrapped"])
def test_wrapped_lines_are_joined_with_one_blank(head: str, layout: str, abstract: str) -> None:
    (record,) = records(f"CVJul 27, 2022\n{head}\n{abstract}\n")
    assert (record.title, record.origins[0].format) == ("Finding Anomalies in Sparse Graphs", f"listing:{layout}")
    assert (authors(record), record.cut) == (["Jane Q. Roe", "Max Doe"], ("author",))
    assert record.texts["abstract"] == ABSTRACT


def test_all_paragraphs_of_an_abstract_are_kept_as_they_stand() -> None:
    text = f"CVJul 27, 2022\nFinding  GraphsJane Roe\n{ABSTRACT}\n\n\n  It is  $5^i$ \\textbf{{M}}.\nAnd more.\n\nThe end.\n"
    (record,) = records(text)
    assert record.title == "Finding  Graphs"
    assert record.texts["abstract"] == f"{ABSTRACT}\n\nIt is  $5^i$ \\textbf{{M}}. And more.\n\nThe end."


def test_an_entry_without_an_abstract() -> None:
    text = "CVJul 27, 2022\nFinding Anomalies in GraphsJane Roe, Max Doe\nLGJul 28, 2022\nFast Sampling\n\nAnn Poe, Bo Hall\n"
    first, second = records(text)
    assert (first.title, authors(first)) == ("Finding Anomalies in Graphs", ["Jane Roe", "Max Doe"])
    assert (second.title, authors(second)) == ("Fast Sampling", ["Ann Poe", "Bo Hall"])
    assert "abstract" not in {**first.texts, **second.texts}


def test_entries_that_are_cut_off() -> None:
    assert codes("CVJul 27, 2022") == ["listing-cut"]
    (record,) = records("CVJul 27, 2022\nFinding anomalies in spar")
    assert (record.title, record.authors) == ("Finding anomalies in spar", ())
    assert codes("CVJul 27, 2022\nFinding anomalies in spar") == ["listing-no-authors"]
    cut = records(f"{SPACED}\nLGMar 20, 2024\nImageNet Pretraining")[-1]
    assert (cut.title, cut.authors) == ("ImageNet Pretraining", ())


def test_a_cut_title_is_never_split_in_silence() -> None:
    assert codes("CVJul 27, 2022\nA Note on ImageNet Pretraining") == ["listing-doubtful-split"]


def test_authors_that_look_like_none_are_said() -> None:
    text = f"CVJul 27, 2022\nFinding Graphs\n\nInstitute for the Study of Graphs\n\n{ABSTRACT}\n"
    (record,) = records(text)
    assert (record.title, record.authors) == ("Finding Graphs", (Name(literal="Institute for the Study of Graphs"),))
    assert codes(text) == ["listing-doubtful-split"]


@pytest.mark.parametrize("abstract", ["We propose Deep Nets", "Withdrawn.", "We study graphs.", "Sampling is slow."])
def test_a_short_abstract_is_no_part_of_the_authors(abstract: str) -> None:
    (record,) = records(f"CVJul 27, 2022\nFinding Anomalies in GraphsJane Roe, Max Doe et al. · pku\n{abstract}\n")
    assert (authors(record), record.texts["abstract"]) == (["Jane Roe", "Max Doe"], abstract)


def test_a_short_abstract_after_a_complete_list() -> None:
    (record,) = records("CVJul 27, 2022\nFinding Anomalies in GraphsJane Roe, Max Doe\nDeep nets win\n")
    assert (authors(record), record.texts["abstract"]) == (["Jane Roe", "Max Doe"], "Deep nets win")


def test_no_authors_at_all() -> None:
    text = f"CVJul 27, 2022\nFinding graphs\n\n{ABSTRACT}\n\nCVJul 28, 2022\nFinding more graphs\n{ABSTRACT}\n"
    assert [(record.title, record.texts["abstract"]) for record in records(text)] == [
        ("Finding graphs", ABSTRACT),
        ("Finding more graphs", ABSTRACT),
    ]
    assert codes(text) == ["listing-no-authors"] * 2


# ------------------------------------------------------------------------------------------------ headers and dates

HEADERS = [
    ("CVJul 27, 2022", ("cs.CV",), (2022, 7, 27), {}),
    ("CLFeb 18, 2025Code", ("cs.CL",), (2025, 2, 18), {"listing:code": True}),
    ("78.0LGMar 19, 2021", ("cs.LG",), (2021, 3, 19), {"listing:score": "78.0"}),
    ("7LGMar 19, 2021 Code", ("cs.LG",), (2021, 3, 19), {"listing:score": "7", "listing:code": True}),
    ("32.80 LG Mar 19 2021", ("cs.LG",), (2021, 3, 19), {"listing:score": "32.80"}),
    ("Mar 19, 2021", (), (2021, 3, 19), {}),
    ("5.5Mar 19, 2021", (), (2021, 3, 19), {"listing:score": "5.5"}),
    ("MLMarch 3, 2020", ("stat.ML",), (2020, 3, 3), {}),
    ("NISept. 3, 2020", ("cs.NI",), (2020, 9, 3), {}),
    ("ROMay 1,2020", ("cs.RO",), (2020, 5, 1), {}),
    ("math.OCMay 3, 2020", ("math.OC",), (2020, 5, 3), {}),
    ("eess.IVJul 3, 2020", ("eess.IV",), (2020, 7, 3), {}),
    ("q-bio.NCDec 3, 2020", ("q-bio.NC",), (2020, 12, 3), {}),
    ("cond-mat.mes-hallOct 3, 2020", ("cond-mat.mes-hall",), (2020, 10, 3), {}),
    ("quant-phNov 3, 2020", ("quant-ph",), (2020, 11, 3), {}),
    ("hep-thAug 3, 2020", ("hep-th",), (2020, 8, 3), {}),
    ("OCJun 3, 2020", ("math.OC",), (2020, 6, 3), {}),
    ("CVApr 2020", ("cs.CV",), (2020, 4), {}),
    ("CVApr 2, 2020CodeData", ("cs.CV",), (2020, 4, 2), {"listing:code": True, "listing:flags": "CodeData"}),
]


@pytest.mark.parametrize(("header", "classes", "start", "extra"), HEADERS)
def test_headers(header: str, classes: tuple[str, ...], start: tuple[int, ...], extra: dict[str, object]) -> None:
    (record,) = records(f"{header}\nFinding Anomalies in GraphsJane Roe, Max Doe\n{ABSTRACT}\n")
    assert (record.keywords, record.issued, record.extra) == (classes, Date(start=start), extra)
    assert record.title == "Finding Anomalies in Graphs"


NO_HEADERS = [
    *("5 Mar 2022", "CVMar", "Mar 192", "CVMar 19, 20223", "CV Mar 19 was the day", "See Mar 19, 2022", "XYZMar 19"),
    *("Mar 19 Meeting", "CVMar 19.", "cvMar 19", "Marathon 19", "CVMay"),
]


@pytest.mark.parametrize("line", NO_HEADERS)
def test_no_headers(line: str) -> None:
    assert codes(f"{line}\nFinding Anomalies in GraphsJane Roe, Max Doe\n{ABSTRACT}\n") == ["listing-unread"]
    (record,) = records(f"CVJul 27, 2022\nFinding Anomalies in GraphsJane Roe\n{ABSTRACT}\n\n{line}\n")
    assert record.texts["abstract"] == f"{ABSTRACT}\n\n{line}"


@pytest.mark.parametrize(
    ("short", "full"),
    [
        *(("CV", "cs.CV"), ("ML", "stat.ML"), ("IV", "eess.IV"), ("SY", "cs.SY"), ("GR", "cs.GR"), ("AG", "math.AG")),
        *(("SP", ""), ("AP", ""), ("ST", ""), ("XX", ""), ("cs.ZZ", "cs.ZZ"), ("hep-th", "hep-th")),
    ],
)
def test_classes_in_full(short: str, full: str) -> None:
    assert full_class(short) == full


def test_a_class_that_cannot_be_known_is_kept_and_said_once() -> None:
    text = "".join(f"SPJul {day}, 2022\nFinding Graphs {day}Jane Roe\n{ABSTRACT}\n" for day in (1, 2))
    assert [record.keywords for record in records(text)] == [("SP",), ("SP",)]
    (problem,) = [problem for problem in problems(text) if problem.code == "listing-class"]
    assert (problem.severity, problem.line, problem.raw) == ("note", 1, "SPJul 1, 2022")


def dated(*headers: str, **options: object) -> list[Date | None]:
    text = "\n".join(f"{header}\nFinding AnomaliesJane Roe, Max Doe\n{ABSTRACT}" for header in headers)
    return [record.issued for record in records(text, **options)]


YEARS = [
    (["CVMar 19", "CVJul 2, 2021", "CVJul 2, 2019"], "", [(2022, 3, 19), (2021, 7, 2), (2019, 7, 2)]),
    (["CVMar 19", "CVJul 2, 2021"], "2024-03-19", [(2024, 3, 19), (2021, 7, 2)]),
    (["CVMar 20", "CVJul 2, 2021"], "2024-03-19", [(2023, 3, 20), (2021, 7, 2)]),
    (["CVMar 19"], "2024-03-19", [(2024, 3, 19)]),
    (["CVFeb 29"], "2026-06-01", [(2024, 2, 29)]),
    (["CVFeb 29"], "2024-02-28", [(2020, 2, 29)]),
    (["CVFeb 29", "CVMar 1, 2022"], "", [(2024, 2, 29), (2022, 3, 1)]),
    (["CVFeb 29, 2024"], "", [(2024, 2, 29)]),
]


@pytest.mark.parametrize(("headers", "as_of", "starts"), YEARS)
def test_years_that_are_not_in_the_text(headers: list[str], as_of: str, starts: list[tuple[int, ...]]) -> None:
    assert dated(*headers, as_of=as_of) == [Date(start=start) for start in starts]


def test_an_inferred_year_is_said_in_words_and_once_per_listing() -> None:
    text = "\n".join(
        f"CV{day}\nFinding AnomaliesJane Roe, Max Doe\n{ABSTRACT}" for day in ("Mar 1", "Mar 2", "Mar 3, 2021")
    )
    first, _, third = records(text)
    assert first.traces["issued"].inferred == (
        "2022 is the first year that has this day after 2021, the latest year in this listing"
    )
    assert first.traces["issued"].line == 1
    assert "issued" not in third.traces
    (problem,) = problems(text)
    assert (problem.code, problem.severity, problem.line) == ("listing-year-inferred", "note", 1)
    assert "2 entries (lines 1, 4)" in problem.message
    told = records(text, as_of="2030-01-01")[0].traces["issued"].inferred
    assert told == "2029 is the latest year in which this day is not after 2030-01-01, the day of the copy"


def test_the_latest_year_is_that_of_the_same_listing() -> None:
    later = SPACED.replace("2024", "2010")
    assert [record.issued.year for record in records(SPACED + later) if record.issued] == [2024, 2025, 2010, 2011]


def test_a_year_that_nothing_tells_is_left_out() -> None:
    assert dated("CVMar 19") == [Date(literal="Mar 19")]
    (problem,) = problems(f"CVMar 19\nFinding AnomaliesJane Roe, Max Doe\n{ABSTRACT}")
    assert (problem.code, problem.severity) == ("listing-no-year", "warning")


@pytest.mark.parametrize("day", ["Feb 31, 2022", "Feb 29, 2023", "Jun 31", "Mar 0, 2022", "Apr 99, 2022"])
def test_a_day_that_does_not_exist_stays_text(day: str) -> None:
    assert dated(f"CV{day}", "CVMar 1, 2021")[0] == Date(literal=day)
    found = codes(f"CV{day}\nFinding AnomaliesJane Roe, Max Doe\n{ABSTRACT}", as_of="2024-01-01")
    assert found == ["listing-bad-date"]


def test_a_day_of_the_copy_that_is_none_is_said() -> None:
    assert codes(COMPACT, as_of="yesterday") == ["listing-as-of", "listing-year-inferred"]
    assert dated("CVJan 1", as_of="0001-01-01") == [Date(start=(1, 1, 1))]


# ------------------------------------------------------------------------------------------------ the cut

# The end of a title, the authors, and the abstract's word that helps, if any.
CUTS = [
    ("Learning with CNNs", "Jane Roe, Max Doe", "CNNs"),
    ("Recovery under RIP", "Satya Rao, Max Doe", "RIP"),
    ("Robust Online PCA", "Tina Zhu, Max Doe", "PCA"),
    ("Prompting with GPT-3", "Jane Roe, Max Doe", "GPT-3"),
    ("A Test of M2S2L", "Jane Roe, Max Doe", "M2S2L"),
    ("Training on ImageNet", "Jane Roe, Max Doe", "ImageNet"),
    ("Merging LLMs", "J. Zico Kolter, Max Doe", "LLMs"),
    ("Sampling for RL", "A. David Marshall, Max Doe", "RL"),
    ("Sampling for RL", "DJ Strouse, Max Doe", "RL"),
    ("Deep Learning", "D. Sculley", "learning"),
    ("Deep Learning", "Yann LeCun", "learning"),
    ("Deep Learning", "Jan MacDonald, Max Doe", "learning"),
    ("Deep Learning", "El Mahdi El Mhamdi, Max Doe", "learning"),
    ("Deep Learning", "Dirk van der Hoeven, Max Doe", "learning"),
    ("Deep Learning", "Martin Luther King, Jr., Max Doe", "learning"),
    ("Deep Learning", "Christopher R, Max Doe", "learning"),
    ("Deep Learning", "Haitz Sez de Ocriz Borde, Max Doe", "learning"),
    ("Deep Learning", "Jean-Baptiste O'Hara, Max Doe", "learning"),
    ("Deep Learning", "Émile Øster, Max Doe", "learning"),
    ("Deep Learning", "YooJung Choi, Max Doe", "learning"),
    ("Deep Networks", "agatay Yildiz, Max Doe, Bo Hall", "networks"),
    ("Deep Networks", "Jane Roe, agatay Yildiz, Oliver strand, Yann LeCun", "networks"),
    ("Is it Any Good?", "Jane Roe", ""),
    ("It Works!", "Jane Roe, Max Doe", ""),
    ("Release 3.0", "Jane Roe, Max Doe", ""),
    ("Nets (GANs)", "Jane Roe, Max Doe", ""),
    ("Margins, Bounds, and Fat Tails", "Jane Roe", "tails"),
    ("Texts, Bags, and LSTMs", "Jane Roe, Max Doe, Bo Hall", "LSTMs"),
    ("Learning ImageNet, and What AlphaZero Knows", "Jane Roe, Max Doe", "knows"),
    ("Attention · All You Need", "Jane Roe, Max Doe", "need"),
]


@pytest.mark.parametrize(("title", "names", "word"), CUTS)
def test_the_cut_between_title_and_authors(title: str, names: str, word: str) -> None:
    text = f"CVJul 27, 2022\n{title}{names} et al. · pku\nWe speak of {word} here. {ABSTRACT}\n"
    (record,) = records(text)
    assert (record.title, ", ".join(authors(record))) == (title, names)
    assert (record.cut, record.extra) == (("author",), {"listing:affiliation": "pku"})


def test_a_dot_in_a_title_is_no_affiliation() -> None:
    (record,) = records(f"CVJul 27, 2022\nGraphs · All You NeedJane Roe, Max Doe\nAll that we need. {ABSTRACT}\n")
    assert (record.title, authors(record), record.extra) == ("Graphs · All You Need", ["Jane Roe", "Max Doe"], {})


def test_the_last_two_names_may_have_an_and_between_them() -> None:
    text = f"CVJul 27, 2022\nFast Sampling\n\nAnn Poe, Bo Hall, and Jane Roe\n\n{OTHER}\n\n"
    assert authors(records(text)[0]) == ["Ann Poe", "Bo Hall", "Jane Roe"]
    assert authors(records(text.replace(", and", " and"))[0]) == ["Ann Poe", "Bo Hall", "Jane Roe"]
    (record,) = records(text.replace("Bo Hall, and Jane Roe", "Bayes and Graphs Group"))
    assert authors(record) == ["Ann Poe", "Bayes and Graphs Group"]


def test_a_doubtful_cut_shows_both_readings() -> None:
    text = "CVJul 27, 2022\nOn X and XMLSungJu Choi\nWords that do not help at all.\n"
    (record,) = records(text)
    (problem,) = problems(text)
    assert (problem.code, problem.severity, problem.line) == ("listing-doubtful-split", "warning", 2)
    assert problem.message.count("title '") == 2
    assert repr(record.title) in problem.message
    assert record.traces["title"].confidence < 0.97


def test_names_from_elsewhere_help() -> None:
    text = "CVJul 27, 2022\nOn X and XMLSungJu Choi\nWords that do not help at all.\n"
    (record,) = records(text, known_names=frozenset({"SungJu Choi", "SungJu Kim"}))
    assert authors(record) == ["SungJu Choi"]


def test_learn_returns_the_names_that_are_certain() -> None:
    assert learn(COMPACT) == {"Max Doe", "Li Wang", "Bo Hall"}
    assert learn(SPACED) == {"Ann Poe", "Bo Hall", "Yann LeCun"}
    assert learn("") == learn("no listing, Jane Roe, Max Doe") == frozenset()


# ------------------------------------------------------------------------------------------------ profiles, the rest


def test_a_profile_is_one_note_with_its_values() -> None:
    found = [problem for problem in problems(SPACED) if problem.code == "listing-profile"]
    (problem,) = found
    assert (problem.severity, problem.line, problem.end_line) == ("note", 1, 10)
    assert problem.raw == SPACED[: SPACED.index("\n\nLGMar")]
    for value in ("name Ann Poe", "area LG", "h-index 12", "2 papers", "1,345 citations", "Novelty 46%", "AI Score 50"):
        assert value in problem.message
    assert codes(SPACED) == ["listing-profile", "listing-year-inferred"]


@pytest.mark.parametrize(("declared", "wrong"), [("2papers", 0), ("3papers", 1), ("1,002papers", 1)])
def test_the_declared_number_is_compared_with_what_was_read(declared: str, wrong: int) -> None:
    found = [problem for problem in problems(SPACED.replace("2papers", declared)) if problem.code == "listing-count"]
    assert len(found) == wrong
    for problem in found:
        assert problem.line == 5
        assert f"{declared.removesuffix('papers').replace(',', '')} papers" in problem.message
        assert "2 were read (lines 12 to 26)" in problem.message


def test_what_no_rule_takes_is_unread() -> None:
    text = f"Home\nLog in\n\n{SPACED.replace('2 Papers', '2 Papers' + chr(10) + 'Sort: newest' + chr(10) * 2 + 'All')}"
    found = [
        (problem.line, problem.end_line, problem.raw) for problem in problems(text) if problem.code == "listing-unread"
    ]
    assert found == [(1, 2, "Home\nLog in"), (14, 16, "Sort: newest\n\nAll")]


def test_a_profile_right_after_a_header() -> None:
    found = [(problem.code, problem.line) for problem in problems(f"0 Papers\n\nCVJul 28, 2022\nh-index12\n\n{SPACED}")]
    assert found[:3] == [("listing-profile", 1), ("listing-cut", 3), ("listing-profile", 4)]


def test_a_text_without_entries_is_one_problem() -> None:
    (problem,) = problems("\n\nDear Jane,\nthank you.\n")
    assert (problem.code, problem.line, problem.end_line) == ("listing-unread", 3, 4)
    assert items("") == items(" \n\t\n") == []


OTHERS = [
    "@article{roe, title = {Anomalies}, date = {2022-07-27}}\n",
    "TY  - JOUR\nTI  - Anomalies\nDA  - Jul 27, 2022\nER  - \n",
    '[{"id": "roe", "title": "Anomalies", "issued": {"date-parts": [[2022, 7, 27]]}}]\n',
    "On Mar 19 we met.\nMar 19\nIt rained.\nMar 20, 2021\nIt rained again.\n",
    "",
    "\\documentclass{article}\n",
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_texts_are_no_listings(text: str) -> None:
    assert detect(text) == 0


@pytest.mark.parametrize("text", [COMPACT, SPACED, COMPACT[:60], SPACED.replace("\n", "\r\n"), "\ufeff" + COMPACT])
def test_listings_are_recognised(text: str) -> None:
    assert 0.5 <= detect(text) <= 1
    assert formats.get("listing") is FORMAT


def test_each_layout_is_a_row_that_says_what_it_is() -> None:
    assert FORMAT.layouts == tuple(f"{layout.name}: {layout.title}" for layout in LAYOUTS)
    assert [layout.name for layout in LAYOUTS] == ["spaced", "compact"]


# ------------------------------------------------------------------------------------------------ nothing is lost


def uncovered(text: str) -> list[int]:
    """Lines that are not blank and in no origin and no Problem."""
    covered: set[int] = set()
    for item in items(text):
        if isinstance(item, Problem):
            covered.update(range(item.line, max(item.line, item.end_line) + 1))
        else:
            covered.update(range(item.origins[0].line, item.origins[0].end_line + 1))
    lines = re.split(r"\r\n|\r|\n", text)
    return [number for number, line in enumerate(lines, 1) if line.strip() and number not in covered]


LINES = [
    *COMPACT.split("\n"),
    *SPACED.split("\n"),
    "27 Papers",
    "h-index3",
    "\0",
    "\f",
    " \t",
    "\u2028",
    "Feb 30",
    "\ud800",
]


@given(st.lists(st.sampled_from(LINES), max_size=30), st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
@example(lines=["27 Papers", "CVSep 1", "h-index5", "x", "CVMay 1"], end="\n")
def test_every_line_of_a_shuffled_listing_comes_out(lines: list[str], end: str) -> None:
    assert uncovered(end.join(lines)) == []


@given(st.sampled_from([COMPACT, SPACED, COMPACT + SPACED]), st.data())
def test_every_line_of_a_damaged_listing_comes_out(text: str, data: st.DataObject) -> None:
    lines = text.split("\n")
    for _ in range(data.draw(st.integers(1, 5))):
        here, there = (data.draw(st.integers(0, len(lines) - 1)) for _ in range(2))
        change = data.draw(st.sampled_from(["delete", "double", "swap", "cut", "glue"]))
        if change == "delete" and len(lines) > 2:
            del lines[here]
        elif change == "double":
            lines.insert(there, lines[here])
        elif change == "swap":
            lines[here], lines[there] = lines[there], lines[here]
        elif change == "cut":
            lines[here] = lines[here][: there * 3]
        else:
            lines[here] += lines[there]
    assert uncovered("\n".join(lines)) == []


@given(st.text(st.characters(codec=None), max_size=400))
@example("CVMar 19\n\ud800")
@example("\r\nCVMar 19\r\r\n")
def test_any_text_can_be_read(text: str) -> None:
    assert uncovered(text) == []
    assert 0 <= detect(text) <= 1
    assert isinstance(learn(text), frozenset)


@pytest.mark.parametrize(
    "text",
    [
        "aB " * 1_700_000,
        "CVMar 19, 2020\n" + "AbCd, " * 850_000,
        "CVMar 19, 2020\nTitleJane Roe\n" + "aB c, " * 850_000,
    ],
    ids=["no entry", "a title", "an abstract"],
)
def test_a_line_of_five_megabytes_is_read(text: str) -> None:
    assert items(text)
    learn(text)
    detect(text)


# ------------------------------------------------------------------------------------------------ the seeds

# Title, first author, date; a date in brackets is inferred.
COMPACT_SEED = """\
Learning Appearance-motion Normality for Video Anomaly Detection | Yang Liu | 2022-7-27
Rethinking Saliency Map: An Context-aware Perturbation Method to Explain EEG-based Deep Learning Model | Hanqi Wang | 2022-5-30
M2S2L: Mamba-based Multi-Scale Spatial-temporal Learning for Video Anomaly Detection | Yang Liu | 2025-11-4
Supplementing Missing Visions via Dialog for Scene Graph Generations | Zhenghao Zhao | 2022-4-23
Diffusion-Guided Semantic Consistency for Multimodal Heterogeneity | Jing Liu | (2026-3-19)
Embracing Aleatoric Uncertainty in Medical Multimodal Learning with Missing Modalities | Linxiao Gong | (2026-1-29)
Robust Multimodal Representation Learning in Healthcare | Xiaoguang Zhu | (2026-1-29)
Robust Embodied Perception in Dynamic Environments via Disentangled Weight Fusion | Juncen Guo | (2026-4-2)
Privacy-Preserving Video Anomaly Detection: A Survey | Yang Liu | 2024-11-21
Adaptive Weighted Parameter Fusion with CLIP for Class-Incremental Learning | Juncen Guo | 2025-3-25
Causal Debiasing Medical Multimodal Representation Learning with Missing Modalities | Xiaoguang Zhu | 2025-9-6
X-Intelligence 3.0: Training and Evaluating Reasoning LLM for Semiconductor Display | Xiaolin Yan | 2025-7-19
CRCL: Causal Representation Consistency Learning for Anomaly Detection in Surveillance Videos | Yang Liu | 2025-3-24
CalFuse: Multi-Modal Continual Learning via Feature Calibration and Parameter Fusion | Juncen Guo | 2025-3-24
A Survey on Video Analytics in Cloud-Edge-Terminal Collaborative Systems | Linxiao Gong | 2025-2-10
Skeleton Sequence and RGB Frame Based Multi-Modality Feature Fusion Network for Action Recognition | Xiaoguang Zhu | 2022-2-23
"""
SPACED_SEED = """\
Baichuan 2: Open Large-scale Language Models | Aiyuan Yang | 2023-9-19
Generalized Video Anomaly Event Detection: Systematic Taxonomy and Comparison of Deep Models | Yang Liu | 2023-2-10
Spatio-Temporal Domain Awareness for Multi-Agent Collaborative Perception | Kun Yang | 2023-7-26
Learning Appearance-motion Normality for Video Anomaly Detection | Yang Liu | 2022-7-27
A novel efficient Multi-view traffic-related object detection framework | Kun Yang | 2023-2-23
Learning from Attacks: Attacking Variational Autoencoder for Improving Image Classification | Jianzhang Zheng | 2022-3-11
SC-NeRF: Self-Correcting Neural Radiance Field with Sparse Views | Liang Song | 2023-9-10
End-Cloud Collaboration Framework for Advanced AI Customer Service in E-commerce | Liangyu Teng | 2024-9-20
Rethinking Saliency Map: An Context-aware Perturbation Method to Explain EEG-based Deep Learning Model | Hanqi Wang | 2022-5-30
Baichuan-M1: Pushing the Medical Capability of Large Language Models | Bingning Wang | 2025-2-18
Networking Systems for Video Anomaly Detection: A Tutorial and Survey | Jing Liu | 2024-5-16
A Survey on Diffusion Models for Anomaly Detection | Jing Liu | 2025-1-20
Multi-scale Spatial-temporal Interaction Network for Video Anomaly Detection | Zhiyuan Ning | 2023-6-17
DSRC: Learning Density-insensitive and Semantic-aware Collaborative Representation against Corruptions | Jingyu Zhang | 2024-12-14
Collaborative Adaptive Curriculum for Progressive Knowledge Distillation | Jing Liu | (2026-3-19)
SplatBright: Generalizable Low-Light Scene Reconstruction from Sparse Views via Physically-Guided Gaussian Enhancement | Yue Wen | 2025-12-21
Robust Embodied Perception in Dynamic Environments via Disentangled Weight Fusion | Juncen Guo | (2026-4-2)
KORGym: A Dynamic Game Platform for LLM Reasoning Evaluation | Jiajun Shi | 2025-5-20
Evaluating the Sensitivity of LLMs to Prior Context | Robert Hankache | 2025-5-29
Adaptive Weighted Parameter Fusion with CLIP for Class-Incremental Learning | Juncen Guo | 2025-3-25
FreeDriveRF: Monocular RGB Dynamic NeRF without Poses for Autonomous Driving via Point-Level Dynamic-Static Decoupling | Yue Wen | 2025-5-14
CRCL: Causal Representation Consistency Learning for Anomaly Detection in Surveillance Videos | Yang Liu | 2025-3-24
CalFuse: Multi-Modal Continual Learning via Feature Calibration and Parameter Fusion | Juncen Guo | 2025-3-24
MetaGPT: Merging Large Language Models Using Model Exclusive Task Arithmetic | Yuyan Zhou | 2024-6-17
BiOpt: Bi-Level Optimization for Few-Shot Segmentation | Jinlu Liu | 2020-11-23
Generalized Adaptation for Few-Shot Learning | Liang Song | 2019-11-25
Prototype Rectification for Few-Shot Learning | Jinlu Liu | 2019-11-25
"""


def row(record: Record) -> str:
    day = "-".join(map(str, record.dates["issued"].start))
    return f"{record.title} | {authors(record)[0]} | {f'({day})' if 'issued' in record.traces else day}"


@pytest.mark.parametrize(
    ("name", "rows", "said"),
    [
        ("listing-compact.txt", COMPACT_SEED, ["listing-year-inferred"]),
        ("listing-liang-song.txt", SPACED_SEED, ["listing-profile", "listing-year-inferred"]),
    ],
)
def test_the_seeds(name: str, rows: str, said: list[str]) -> None:
    text = (SEEDS / name).read_text(encoding="utf-8")
    found = records(text)
    assert [row(record) for record in found] == rows.splitlines()
    assert codes(text) == said
    assert {len(record.authors) for record in found} == {3}
    assert all(record.texts["abstract"] in text for record in found)


def test_an_entry_of_the_seed_that_stands_alone_is_cut_the_same() -> None:
    text = (SEEDS / "listing-compact.txt").read_text(encoding="utf-8")
    lines = text.splitlines()
    for number, whole in enumerate(records(text)):
        (alone,) = records("\n".join(lines[3 * number : 3 * number + 3]))
        assert (alone.title, alone.authors) == (whole.title, whole.authors)


@pytest.mark.parametrize(("name", "bar"), [("spaced", 0.998), ("glued", 0.995)])
def test_the_bars_on_labelled_listings(shared: Path, name: str, bar: float) -> None:
    folder = shared / "listings"
    if not folder.is_dir():
        pytest.skip("the labelled listings beside the repository are not here")
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))[name]
    figures = measure((folder / f"{name}.txt").read_text(encoding="utf-8"), truth)
    assert figures["all fields"] >= bar
    assert figures["silently wrong"] < 0.002
    assert figures["doubtful"] <= 0.03
