"""Checks of dates and pages: what triggers them, what does not, mends."""

from __future__ import annotations

import datetime

import pytest
from checking import codes_of, mended

SAID = [
    ("year = {1998}", ""),
    ("year = {forthcoming}", ""),
    ("year = {1993--1994}", ""),
    ("year = {1975/76}", ""),
    ("year = {c. 1850}", ""),
    ("year = {[1990] 2002}", ""),
    ("year = {{\\noopsort{1986b}}1986}", ""),
    ("year = {199?}", ""),
    ("year = {20011}", "date-unreal"),
    ("year = {2001},\n month = feb,\n day = {31}", "date-unreal"),
    ("date = {2001-02-31}", "date-unreal"),
    ("date = {2001-13}", "date-form"),
    ("date = {2001-02-28/2001-02-30}", "date-unreal"),
    ("date = {2000-02-29}", ""),
    ("date = {2001-21}", ""),
    ("date = {199X}", ""),
    ("date = {1723?}", ""),
    ("date = {2004/..}", ""),
    ("date = {y-123456789}", ""),
    ("urldate = {2010-02-30}", "date-unreal"),
    ("year = {2027}", ""),  # today is in November 2026
    ("year = {2028}", ""),
    ("year = {2029}", "date-future"),
    ("year = {2001},\n urldate = {2027-01-01}", "date-future"),
    ("year = {2001},\n urldate = {2026-11-30}", ""),
    ("date = {2011},\n year = {2001}", "date-contradiction"),
    ("date = {2011-05},\n year = {2011},\n month = {5}", ""),
    ("date = {2011-05},\n year = {2011},\n month = {6}", "date-contradiction"),
    ("date = {2011},\n urldate = {2010-12-01}", ""),
    ("date = {2011},\n urldate = {2001-12-01}", "date-contradiction"),
    ("date = {1990},\n origdate = {2001}", "date-contradiction"),
    ("date = {1990},\n origdate = {1890}", ""),
    ("date = {1990},\n eventdate = {1987-05}", ""),
    ("date = {1990},\n eventdate = {1997-05}", "date-contradiction"),
    ("year = {1998a}", "date-form"),
    ("year = {May 1998}", "date-form"),
    ("year = {Nov. 1998}", "date-form"),
    ("year = {1998, May}", "date-form"),
    ("year = {19-22 April 1995}", "date-form"),
    ("year = {98}", "date-form"),
    ("year = {1994, no. 94--05}", "date-form"),
    ("year = {2001-02-20}", "date-form"),
    ("year = {Spring 1998}", ""),
    ("date = {05/12/2001}", "date-form"),
    ("date = {12 May 2001}", "date-form"),
    ("date = {forthcoming}", "date-form"),
    ("month = jan", ""),
    ('month = jan # "~10"', ""),
    ("month = {January}", "month-form"),
    ("month = {Sept.}", "month-form"),
    ("month = {{February}}", "month-form"),
    ("month = {jan}", "month-form"),
    ("month = 3", "month-form"),
    ("month = {03}", "month-form"),
    ("month = {Juin}", ""),
    ("month = {May 12--15}", ""),
    ("month = {in press}", ""),
    ("pages = {12--34}", ""),
    ("pages = {12 -- 34}", ""),
    ("pages = {148~--~188}", ""),
    ("pages = {379--423, 623--656}", ""),
    ("pages = {xiv+755}", ""),
    ("pages = {A-12}", ""),
    ("pages = {S4-76}", ""),
    ("pages = {12-1--12-20}", ""),
    ("pages = {M-1--M-14}", ""),
    ("pages = {032903-7}", ""),
    ("pages = {032903 - 032903-7}", ""),
    ("pages = {Art. 22, 18}", ""),
    ("pages = {92--109 (electronic)}", ""),
    ("pages = {e1000615}", ""),
    ("pages = {arXiv:0912.0201}", ""),
    ("pages = {43+}", ""),
    ("pages = {12-1}", ""),
    ("pages = {xx}", ""),
    ("pages = {xx-xx}", "page-form"),
    ("@book{m, author = {Moreau, Ada}, title = {On trains}, publisher = {Gleis}, year = {161}}", ""),
    ("year = {161}", "date-form"),
    ("year = {20l1}", "date-form"),
    ("year = {2001.}", "date-form"),
    ("year = {1998/1999}", ""),
    ("year = {2021/2019}", "date-unreal"),
    ("date = {2021-05-01/2021-04-01}", "date-unreal"),
    ("date = {2021-05/2021-05-03}", ""),
    ("month = 13", "date-unreal"),
    ("month = {0}", "date-unreal"),
    ("month = sept", "month-form"),
    ("month = {May/June}", ""),
    ("pages = {12−18}", "page-hyphen"),
    ("pages = {12 to 18}", "page-form"),
    ("pages = {12-May-18}", "page-spreadsheet"),
    ("pages = {120-18}", ""),
    ("pages = {5 to appear}", ""),
    ("pages = {Cover 3}", ""),
    ("pages = {12-34}", "page-hyphen"),
    ("pages = {12–34}", "page-hyphen"),
    ("pages = {12---34}", "page-hyphen"),
    ("pages = {54\xad61}", "page-hyphen"),
    ("pages = {vii-xi}", "page-hyphen"),
    ("pages = {H1716-H1722}", "page-hyphen"),
    ("pages = {14:1-14:24}", "page-hyphen"),
    ("pages = {379--423, 623-656}", "page-hyphen"),
    ("pages = {345--312}", "page-reversed"),
    ("pages = {345-312}", "page-reversed"),
    ("pages = {987--12}", "page-reversed"),
    ("pages = {1234-56}", "page-abbreviated"),
    ("pages = {494--6}", "page-abbreviated"),
    ("pages = {379--423, 623--6}", "page-abbreviated"),
    ("pages = {5-Jan}", "page-spreadsheet"),
    ("pages = {Jan-12}", "page-spreadsheet"),
    ("pages = {01-Aug}", "page-spreadsheet"),
    ("pages = {1/12/2004}", "page-spreadsheet"),
    ("pages = {pp. 12--15}", "page-form"),
    ("pages = {p. 4}", "page-form"),
    ("pages = {12 pages}", "page-form"),
    ("pages = {15pp}", "page-form"),
    ("pages = {12--}", "page-form"),
    ("pages = {--}", "page-form"),
    ("pages = {?}", "page-form"),
    ("pages = {??--??}", "page-form"),
    ("pages = {n/a}", "page-form"),
    ("pages = {to appear}", "page-form"),
    ("pages = {775--784 vol.2}", "page-form"),
    ("pages = {Available: http://example.org/a}", "page-form"),
]


@pytest.mark.parametrize(("fields", "codes"), SAID)
def test_what_is_said(fields: str, codes: str) -> None:
    target = "biblatex" if "date = {" in fields else ""
    assert codes_of(fields, target=target, today=datetime.date(2026, 11, 30)) == set(codes.split())


def test_biber_reads_every_dash() -> None:
    assert codes_of("pages = {12-34}", target="biblatex") == set()
    assert codes_of("pages = {345-312}", target="biblatex") == {"page-reversed"}


def test_numbers_are_months_for_biblatex() -> None:
    assert codes_of("month = {3}", target="biblatex") == set()
    assert codes_of("month = {March}", target="biblatex") == {"month-form"}


def test_a_file_in_which_pages_are_abbreviated_has_that_style() -> None:
    entries = [
        f"@article{{a{page}, title = {{T}}, year = {{1998}}, pages = {{{page}--9}}}}" for page in range(101, 108)
    ]
    assert codes_of("\n".join(entries)) == set()
    assert codes_of("\n".join(entries[:3])) == {"page-abbreviated"}


MENDED = [
    ("month = {January}", "month = jan"),
    ('month = "Sept."', "month = sep"),
    ("month = 3", "month = mar"),
    ("pages = {12 - 34}", "pages = {12--34}"),
    ("pages = {379--423, 623-656}", "pages = {379--423, 623--656}"),
    ("pages = {pp 100- 103}", "pages = {100--103}"),
]


@pytest.mark.parametrize(("fields", "expected"), MENDED)
def test_safe_mends(fields: str, expected: str) -> None:
    assert expected in mended(fields)


UNSAFE = [
    ("year = {Nov. 1998}", "", "year = {1998},\n  month = nov"),
    ("year = {1998a}", "", "year = {1998}"),
    ("year = {2001-02-20}", "biblatex", "date = {2001-02-20}"),
    ("pages = {1234-56}", "", "pages = {1234--1256}"),
    ("pages = {5-Jan}", "", "pages = {1--5}"),
    ("pages = {1/12/2004}", "", "pages = {1--12}"),
    ("pages = {12 pages}", "biblatex", "pagetotal = {12}"),
    ("pages = {775 - 784 vol.2}", "", "pages = {775--784}"),
]


@pytest.mark.parametrize(("fields", "target", "expected"), UNSAFE)
def test_other_mends(fields: str, target: str, expected: str) -> None:
    assert expected not in mended(fields, target=target)
    assert expected in mended(fields, target=target, unsafe=True)


def test_words_of_a_date_become_edtf() -> None:
    assert "date = {2001-05-12}" in mended("date = {12 May 2001}", target="biblatex")


def test_other_formats_have_dates_and_pages_too() -> None:
    item = '[{"id": "a", "type": "book", "title": "T", "page": "345-312", "issued": {"raw": "2001-02-31"}}]'
    assert codes_of(item) == {"page-reversed", "date-unreal"}
    assert codes_of("TY  - JOUR\nTI  - T\nPY  - 2001/02/31/\nSP  - 5-Jan\nER  - ") == {
        "date-unreal",
        "page-spreadsheet",
    }


RANGES = [
    ('[{"id": "a", "type": "book", "title": "T", "issued": {"date-parts": [[2005], [2001]]}}]', {"date-unreal"}),
    ('[{"id": "a", "type": "book", "title": "T", "issued": {"date-parts": [[2005], [2006]]}}]', set()),
    ('[{"id": "a", "type": "chapter", "title": "T", "container-title": "B", "page": "120-18"}]', {"page-reversed"}),
    ('[{"id": "a", "type": "chapter", "title": "T", "container-title": "B", "page": "120-38"}]', set()),
    ("TY  - JOUR\nTI  - T\nJO  - J\nSP  - 120\nEP  - 18\nER  - \n", {"page-reversed"}),
]


@pytest.mark.parametrize(("text", "codes"), RANGES)
def test_ranges_of_other_formats(text: str, codes: set[str]) -> None:
    assert codes_of(text) == codes
