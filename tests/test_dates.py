from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import dates
from bibkit.record import Date


def span(start: tuple[int, ...], end: tuple[int, ...] | None = None, **more: str) -> Date:
    return Date(start=start, end=end, **more)


# ------------------------------------------------------------------------------------------------ EDTF

EDTF = [
    ("2004", span((2004,))),
    ("2004-06", span((2004, 6))),
    ("2004-06-29", span((2004, 6, 29))),
    ("2004-02-29", span((2004, 2, 29))),
    ("2004/2006", span((2004,), (2006,))),
    ("2004-06/2004-08-01", span((2004, 6), (2004, 8, 1))),
    ("2004/..", span((2004,), ())),
    ("../2004-06", span((), (2004, 6))),
    ("2004?", span((2004,), qualifier="?")),
    ("2004-06~", span((2004, 6), qualifier="~")),
    ("2004%", span((2004,), qualifier="%")),
    ("2004~/2006?", span((2004,), (2006,), qualifier="~", end_qualifier="?")),
    ("2004-21", span((2004, 21))),
    ("2004-21/2004-23", span((2004, 21), (2004, 23))),
    ("0000", span((0,))),
    ("-0876", span((-876,))),
    ("-0100/-0090", span((-100,), (-90,))),
    ("y-170000002", span((-170000002,))),
    ("y10000-02", span((10000, 2))),
    ("199X", span((1990,), (1999,), literal="199X")),
    ("19XX", span((1900,), (1999,), literal="19XX")),
    ("1999-XX", span((1999,), literal="1999-XX")),
    ("1999-07-XX", span((1999, 7), literal="1999-07-XX")),
    ("1999-XX-XX", span((1999,), literal="1999-XX-XX")),
    ("2004-04-05T14:34:00", span((2004, 4, 5), time="14:34:00")),
    ("2004-04-05T14:34:00.25Z", span((2004, 4, 5), time="14:34:00.25Z")),
    ("2004-04-05T14:34:00+05:00", span((2004, 4, 5), time="14:34:00+05:00")),
    ("2004-04-05T14:34Z/2004-04-06T01:00", span((2004, 4, 5), (2004, 4, 6), time="14:34Z", end_time="01:00")),
]


@pytest.mark.parametrize(("text", "date"), EDTF)
def test_edtf_both_ways(text, date):
    assert dates.parse_edtf(text) == date
    assert dates.format_edtf(date) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        (" 2004 ", "2004"),
        ("2004/", "2004/.."),
        ("/2004", "../2004"),
        ("2004/open", "2004/.."),
        ("unknown/2004", "../2004"),
        ("2004?~", "2004%"),
        ("Y12345", "y12345"),
        ("199u", "199u"),
    ],
)
def test_other_spellings_of_edtf(text, canonical):
    date = dates.parse_edtf(text)
    assert date is not None
    assert dates.format_edtf(date) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *"99 850 20040 2004-6 2004-13 2004-00 2004-25 2021-02-30 2023-02-29 2004-21-01 2004-06-31 -0000 +2004".split(),
        *"2004/2003 / ../.. 2004-06/2004-05 2004-06T10:00 2004-06-29T25:00 2004-06-29T10:60 y2004".split(),
        *"2004/2005/2006 X004 200X-06 199X/2000 1999-13-XX 2004-22/2004-21 ２００４ May ? .. 20042005 2004‐06".split(),
        "",
        "2004 - 06",
        "2004 2005",
    ],
)
def test_what_is_no_edtf(text):
    assert dates.parse_edtf(text) is None


@pytest.mark.parametrize("date", [Date(), Date(literal="forthcoming"), Date(end=())])
def test_a_date_without_parts_is_no_edtf(date):
    assert dates.format_edtf(date) == ""


MARKS = st.sampled_from(("", "?", "~", "%"))
TIMES = st.sampled_from(("", "14:34:00", "00:00:00Z", "23:59:60+05:30"))


def parts(years: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int, ...]]:
    months = st.tuples(years, st.sampled_from([*range(1, 13), *range(21, 25)]))
    days = st.tuples(years, st.integers(1, 12), st.integers(1, 31))
    return st.tuples(years) | months | days.map(lambda day: day if dates.is_real(day) else day[:2])


@st.composite
def ranges(draw: st.DrawFn) -> Date:
    """Every date and range that can be, but for texts."""
    years = st.integers(-20000, 20000) | st.integers(1990, 2010)
    start, end = draw(parts(years)), draw(st.none() | st.just(()) | parts(years))
    if end:
        start, end = sorted((start, end))
        start, end = ((), end) if draw(st.booleans()) or (len(start) > 1) != (len(end) > 1) else (start, end)
    return Date(
        start=start,
        end=end,
        qualifier=draw(MARKS) if start else "",
        end_qualifier=draw(MARKS) if end else "",
        time=draw(TIMES) if len(start) == 3 else "",
        end_time=draw(TIMES) if end and len(end) == 3 else "",
    )


@settings(derandomize=True, max_examples=800, deadline=None)
@given(ranges())
def test_every_date_is_read_back(date):
    assert dates.parse_edtf(dates.format_edtf(date)) == date


# ------------------------------------------------------------------------------------------------ what people write

WRITTEN = [
    ("2022", span((2022,))),
    ("27 July 2022", span((2022, 7, 27))),
    ("July 27, 2022", span((2022, 7, 27))),
    ("July 27th 2022", span((2022, 7, 27))),
    ("27th of July, 2022", span((2022, 7, 27))),
    ("2022 Jul 27", span((2022, 7, 27))),
    ("27-Jul-2022", span((2022, 7, 27))),
    ("Jul 2022", span((2022, 7))),
    ("JUL 2022", span((2022, 7))),
    ("Sept. 2022", span((2022, 9))),
    ("2022-07", span((2022, 7))),
    ("2022-07-27", span((2022, 7, 27))),
    ("2022/07/27", span((2022, 7, 27))),
    ("2022.07.27", span((2022, 7, 27))),
    ("2022/7", span((2022, 7))),
    ("20220727", span((2022, 7, 27))),
    ("27.07.2022", span((2022, 7, 27))),
    ("7.12.2022", span((2022, 12, 7))),
    ("27. 7. 2022", span((2022, 7, 27))),
    ("07/27/2022", span((2022, 7, 27))),
    ("27/07/2022", span((2022, 7, 27))),
    ("27-7-2022", span((2022, 7, 27))),
    ("07/07/2022", span((2022, 7, 7))),
    ("9/2015", span((2015, 9))),
    ("2022-07-27 14:33:21", span((2022, 7, 27), time="14:33:21")),
    ("2022-07-27T14:33:21Z", span((2022, 7, 27), time="14:33:21Z")),
    # languages
    ("27. Juli 2022", span((2022, 7, 27))),
    ("3. März 2022", span((2022, 3, 3))),
    ("Jänner 2022", span((2022, 1))),
    ("1er août 2022", span((2022, 8, 1))),
    ("27 de julio de 2022", span((2022, 7, 27))),
    ("1º dicembre 2022", span((2022, 12, 1))),
    ("outubro 2022", span((2022, 10))),
    ("mei 2022", span((2022, 5))),
    ("2022年7月27日", span((2022, 7, 27))),
    ("2022年7月", span((2022, 7))),
    # seasons
    ("Spring 2019", span((2019, 21))),
    ("2019 Fall", span((2019, 23))),
    ("Herbst 2019", span((2019, 23))),
    ("Fall/Winter 2019", span((2019, 23), (2019, 24))),
    # ranges
    ("1999-2000", span((1999,), (2000,))),
    ("1999--2000", span((1999,), (2000,))),
    ("1999 – 2000", span((1999,), (2000,))),
    ("1999/2000", span((1999,), (2000,))),
    ("1998-99", span((1998,), (1999,))),
    ("1998/99", span((1998,), (1999,))),
    ("1909–10", span((1909,), (1910,))),
    ("2021-22", span((2021,), (2022,))),
    ("Jul-Aug 2022", span((2022, 7), (2022, 8))),
    ("2022 Jul-Aug", span((2022, 7), (2022, 8))),
    ("July and August 2022", span((2022, 7), (2022, 8))),
    ("July 27-30, 2022", span((2022, 7, 27), (2022, 7, 30))),
    ("27 to 30 July 2022", span((2022, 7, 27), (2022, 7, 30))),
    ("27.-30. Juli 2022", span((2022, 7, 27), (2022, 7, 30))),
    ("July 30 - August 2, 2022", span((2022, 7, 30), (2022, 8, 2))),
    ("30 Dec 1999 - 2 Jan 2000", span((1999, 12, 30), (2000, 1, 2))),
    ("15 January 2015/25 February 2015", span((2015, 1, 15), (2015, 2, 25))),
    # qualifiers and eras
    ("c. 1850", span((1850,), qualifier="~")),
    ("ca. 1850", span((1850,), qualifier="~")),
    ("circa 850", span((850,), qualifier="~")),
    ("~1850", span((1850,), qualifier="~")),
    ("1850?", span((1850,), qualifier="?")),
    ("c. May 1850?", span((1850, 5), qualifier="%")),
    ("c. 1850-1860?", span((1850,), (1860,), qualifier="~", end_qualifier="?")),
    ("429 BCE", span((-428,))),
    ("1 B.C.", span((0,))),
    ("AD 79", span((79,))),
    ("1000–900 BC", span((-999,), (-899,))),
    # written by programs
    ("2022/07/27/", span((2022, 7, 27))),
    ("2022/07//", span((2022, 7))),
    ("2022///", span((2022,))),
    ("2022///Spring", span((2022, 21))),
    ("2022/07/27/Late edition", span((2022, 7, 27), literal="2022/07/27/Late edition")),
    ("1993-00-00", span((1993,))),
    ("1993-05-00", span((1993, 5))),
    # what stays text
    ("[1999]", span((1999,), literal="[1999]")),
    ("[ca. 1999?]", span((1999,), qualifier="%", literal="[ca. 1999?]")),
    ("", Date()),
    ("  ", Date()),
]


@pytest.mark.parametrize(("text", "date"), WRITTEN)
def test_written_dates(text, date):
    assert dates.parse_text(text) == date


@pytest.mark.parametrize(
    "text",
    [
        *"n.d. forthcoming 07/12/2022 99 12 Mayhem Monday 2021-02-30 31.02.2021 2022/13/01 2022//27".split(),
        *"1996-1995 13/2022 20222 c. ? ~".split(),
        "in press",
        "to appear",
        "May",
        "12 May",
        "2 March 2021, 5",
        "1994, no. 94-05",
        "Winter 1998/1999",
        "30 February 2020",
        "500-750 BCE",
        "2022 2023",
        "volume 2022",
    ],
)
def test_what_is_not_understood_stays_whole(text):
    assert dates.parse_text(text) == Date(literal=text)


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        (("1999",), span((1999,))),
        (("{1999}",), span((1999,))),
        (("1999", "jan"), span((1999, 1))),
        (("1999", "January~10"), span((1999, 1, 10))),
        (("1999", "10~jan"), span((1999, 1, 10))),
        (("1999", "6"), span((1999, 6))),
        (("1999", "06", "12"), span((1999, 6, 12))),
        (("1999", "june", "12th"), span((1999, 6, 12))),
        (("1999", "Jan.-Feb."), span((1999, 1), (1999, 2))),
        (("1999", "January--February"), span((1999, 1), (1999, 2))),
        (("1999", "March/April"), span((1999, 3), (1999, 4))),
        (("1999", "nov, dec"), span((1999, 11), (1999, 12))),
        (("1999", "5--6"), span((1999, 5), (1999, 6))),
        (("1999", "12 May"), span((1999, 5, 12))),
        (("1999", "May 12--15"), span((1999, 5, 12), (1999, 5, 15))),
        (("1999", "Aug 23--Sep 2"), span((1999, 8, 23), (1999, 9, 2))),
        (("1999", "May 12, 1999"), span((1999, 5, 12))),
        (("", "May 12, 1999"), span((1999, 5, 12))),
        (("1999", "Spring"), span((1999, 21))),
        (("1999?", "may"), span((1999, 5), qualifier="?")),
        (("19-22 April 1995",), span((1995, 4, 19), (1995, 4, 22))),
        (("2017-2020",), span((2017,), (2020,))),
        (("2004", "Sommersemester"), span((2004,), literal="Sommersemester 2004")),
        (("2004", "feb", "30"), span((2004,), literal="30 feb 2004")),
        (("2004", "", "12"), span((2004,), literal="12 2004")),
        (("1999-2000", "may"), span((1999,), (2000,), literal="may 1999-2000")),
        (("forthcoming", "may"), Date(literal="may forthcoming")),
        (("", "may"), Date(literal="may")),
        (("in press",), Date(literal="in press")),
        (("", "", ""), Date()),
    ],
)
def test_bibtex_fields(fields, date):
    assert dates.parse_fields(*fields) == date


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("jan", 1), ("March", 3), ("märz", 3), ("Sept.", 9), ("12", 12), ("07", 7), ("août", 8), ("{dec}", 12)],
        *[("Juillet", 7), ("", 0), ("0", 0), ("13", 0), ("ju", 0), ("jui", 0), ("spring", 0), ("²", 0)],
    ],
)
def test_month_numbers(text, number):
    assert dates.month_number(text) == number


def test_months_are_bibtex_macros():
    assert len(dates.MONTHS) == 13
    assert [dates.month_number(macro) for macro in dates.MONTHS[1:]] == list(range(1, 13))


PIECES = """
    1999 2000-01 99 3 12 31 0 May jan. Spring winter / // - -- – . , ~ ? c. ca. [ ] {x} of de BCE AD th 年 月 日 X T
    10:00 und &
""".split()
ROWS = st.lists(st.sampled_from(PIECES), max_size=7)


@settings(derandomize=True, max_examples=1000, deadline=None)
@given(ROWS.map(" ".join) | ROWS.map("".join) | st.text())
def test_no_text_is_lost(text):
    date = dates.parse_text(text)
    assert date != Date() or not text.split()
    if not date.start and not date.end:
        assert date.literal == " ".join(text.split())
    assert dates.parse_fields(text) != Date() or not text.replace("~", " ").split()
    assert dates.parse_fields("1999", text, text).start[:1] in ((1999,), ())
    dates.parse_edtf(text)
    dates.format_text(date)
    dates.sort_key(date)
    if date.start or date.end:
        date = Date(date.start, date.end, date.qualifier, date.end_qualifier, date.time, date.end_time)
        assert dates.parse_edtf(dates.format_edtf(date)) == date


def test_long_texts_are_read_to_their_end():
    for piece in "1|1 |1-|19-|1999-|May |b. c. |1 b. c|~|[|/|年| |ca. |?|X".split("|"):
        text = piece * 20_000
        dates.parse_text(text)
        dates.parse_edtf(text)
        assert dates.parse_fields("1999", text, text).year == 1999 or not text.strip(" ~")


def test_a_long_text_is_no_date():
    text = "in press " * 30
    assert dates.parse_text(text) == Date(literal=text.strip())


# ------------------------------------------------------------------------------------------------ text and order


@pytest.mark.parametrize(
    ("edtf", "text"),
    [
        ("2022", "2022"),
        ("2022-07", "July 2022"),
        ("2022-07-27", "27 July 2022"),
        ("2022-07-27T10:00Z", "27 July 2022, 10:00Z"),
        ("2019-23", "Autumn 2019"),
        ("1999/2000", "1999–2000"),
        ("1999/..", "1999–"),
        ("../1999", "–1999"),
        ("1999-05/1999-06", "May 1999 – June 1999"),
        ("1850~", "c. 1850"),
        ("1850?", "1850?"),
        ("1850%", "c. 1850?"),
        ("-0876", "877 BCE"),
        ("199X", "199X"),
    ],
)
def test_dates_for_people(edtf, text):
    date = dates.parse_edtf(edtf)
    assert date is not None
    assert dates.format_text(date) == text


@settings(derandomize=True, max_examples=500, deadline=None)
@given(parts(st.integers(-9998, 9999)), MARKS)
def test_dates_for_people_are_understood(start, qualifier):
    date = Date(start=start, qualifier=qualifier)
    assert dates.parse_text(dates.format_text(date)) == date


def test_order_puts_what_is_unknown_first():
    ordered = ["-0876", "1999", "1999-05", "1999-05-12", "1999-22", "1999-06-01", "1999-23", "2000/2001", "../2002"]
    keys = [dates.sort_key(dates.parse_edtf(text)) for text in ordered]
    assert keys == sorted(keys)
    assert dates.sort_key(None) == dates.sort_key(Date(literal="in press")) < keys[0]


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("2022-07-27", "2022-07", True),
        ("2022-07-27", "2022", True),
        ("2022", "2022", True),
        ("2022", "2022-07", False),
        ("2022-07", "2022-08", False),
        ("2022", "2022?", True),
        ("2022?", "2022", False),
        ("2022/2023", "2022", False),
        ("2022", "2022/2023", False),
        ("2022-07/2023-01", "2022/2023", True),
        ("2022/..", "2022/2023", False),
        ("2022-07-27T10:00Z", "2022-07-27", True),
        ("2022-07-27", "2022-07-27T10:00Z", False),
        ("../2023", "../2023", True),
    ],
)
def test_a_date_covers_the_less_precise(ours, theirs, expected):
    first, second = dates.parse_edtf(ours), dates.parse_edtf(theirs)
    assert first is not None
    assert second is not None
    assert dates.covers(first, second) is expected


def test_texts_cover_themselves():
    text = Date(literal="in press")
    assert dates.covers(text, text)
    assert dates.covers(text, Date())
    assert not dates.covers(Date(start=(1999,)), text)
    assert not dates.covers(text, Date(start=(1999,)))
