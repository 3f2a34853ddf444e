"""What BibTeX and BibLaTeX entries mean, and that they come back."""

from __future__ import annotations

import pytest

from bibkit.fieldmap import table_faults
from bibkit.formats import ReadOptions, WriteOptions
from bibkit.formats.bibtex import BIBLATEX, BIBTEX
from bibkit.formats.bibtex_tables import BIBLATEX_TABLE, BIBTEX_TABLE, KINDS
from bibkit.formats.bibtex_values import protect
from bibkit.problems import Problem
from bibkit.record import Date, Name, Record, replace


def read(text: str, dialect: str = "biblatex") -> list[Record | Problem]:
    reader = (BIBLATEX if dialect == "biblatex" else BIBTEX).read
    assert reader
    return list(reader(text, "x.bib", ReadOptions()))


def one(text: str, dialect: str = "biblatex") -> Record:
    (record,) = [item for item in read(text, dialect) if isinstance(item, Record)]
    return record


def write(record: Record, dialect: str = "biblatex", **options: object) -> tuple[str, list[Problem]]:
    writer = (BIBLATEX if dialect == "biblatex" else BIBTEX).write
    assert writer
    items = list(writer([record], WriteOptions(**options)))  # type: ignore[arg-type]
    return "".join(item for item in items if isinstance(item, str)), [
        item for item in items if isinstance(item, Problem)
    ]


@pytest.mark.parametrize("table", [BIBTEX_TABLE, BIBLATEX_TABLE], ids=lambda table: table.name)
def test_the_tables_have_no_fault(table: object) -> None:
    assert table_faults(table, KINDS) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "variable", "value"),
    [
        (r"title = {On the {DNA} of M\"uller}", "title", 'On the <span class="nocase">DNA</span> of Müller'),
        ("title = {Main}, subtitle = {Sub}", "title", "Main: Sub"),
        ("title = {Why?}, subtitle = {Because}", "title", "Why? Because"),
        ("journal = {J. of X}", "container-title", "J. of X"),
        ("journaltitle = {J. of X}", "container-title", "J. of X"),
        ("pages = {12--34}", "page", "12-34"),
        (r"doi = {https://doi.org/10.1000/a\_b}", "DOI", "10.1000/a_b"),
        (r"url = {http://x.org/~me/a\%20b}", "URL", "http://x.org/~me/a%20b"),
        ("number = 4", "issue", "4"),
        ("eid = {123}", "number", "123"),
        ("address = {Berlin and Paris}", "publisher-place", "Berlin; Paris"),
        ("publisher = {{Smith and Sons}}", "publisher", "Smith and Sons"),
        ("organization = {ACM}, publisher = {Springer}", "publisher", "Springer"),
        ("langid = {ngerman}", "language", "de-DE"),
        ("type = {phdthesis}", "genre", "PhD thesis"),
        ("license = {CC BY}", "license", "CC BY"),
    ],
)
def test_a_field_is_a_variable(field: str, variable: str, value: str) -> None:
    assert one(f"@article{{k, {field}}}").texts[variable] == value


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ("date = {2022-07-27}", Date((2022, 7, 27))),
        ("date = {2004/2006}", Date((2004,), (2006,))),
        ("year = 2022, month = jul, day = 27", Date((2022, 7, 27))),
        ('year = 2022, month = "27~" # jul', Date((2022, 7, 27))),
        ("year = {1999--2000}", Date((1999,), (2000,))),
        ("year = {forthcoming}", Date(literal="forthcoming")),
    ],
)
def test_dates(fields: str, date: Date) -> None:
    assert one(f"@article{{k, {fields}}}").issued == date


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("@article{k, entrysubtype = {magazine}}", "article-magazine"),
        ("@misc{k, eprint = {2207.12345}, archiveprefix = {arXiv}}", "article"),
        ("@misc{k, entrysubtype = {preprint}}", "article"),
        ("@phdthesis{k, title = {T}}", "thesis"),
        ("@conference{k, title = {T}}", "paper-conference"),
        ("@www{k, title = {T}}", "webpage"),
        ("@nonesuch{k, title = {T}}", "document"),
    ],
)
def test_types(entry: str, kind: str) -> None:
    assert one(entry).type == kind


def test_people_and_others() -> None:
    record = one("@book{k, author = {van der Hoeven, Dirk and {Smith and Sons} and others}}")
    assert record.authors == (
        Name(family="Hoeven", given="Dirk", dropping_particle="van der"),
        Name(literal="Smith and Sons"),
    )
    assert record.cut == ("author",)


def test_an_editor_with_a_role_is_who_the_role_says() -> None:
    record = one(
        "@book{k, editor = {Doe, Jane}, editortype = {compiler}, editora = {Roe, Rick}, editoratype = {director}}"
    )
    assert set(record.names) == {"compiler", "director"}


def test_a_part_of_a_book_has_the_authors_of_the_book_unless_it_has_its_own() -> None:
    book = "@book{b, author={Ito, Kenji}, title={Whole}, year=2000}\n"
    both = "@inbook{c, crossref={b}, title={Part}}@inbook{d, crossref={b}, author={Li, Wei}, title={Part}}"
    without, own = [item for item in read(both + book) if isinstance(item, Record)][:2]
    assert [name.family for name in (*without.authors, *without.names["container-author"])] == ["Ito", "Ito"]
    assert [name.family for name in (*own.authors, *own.names["container-author"])] == ["Li", "Ito"]


def test_children_inherit_under_the_names_that_biblatex_gives() -> None:
    items = read(
        "@incollection{c, crossref = {p}, title = {Part}}"
        "@collection{p, title = {Whole}, editor = {Doe, Jane}, date = {2001}, shorttitle = {W}}"
    )
    child = items[0]
    assert isinstance(child, Record)
    assert child.texts == {"title": "Part", "container-title": "Whole"}
    assert child.names["editor"] == (Name(family="Doe", given="Jane"),)
    assert child.issued == Date((2001,))


def test_a_circle_of_parents_ends_and_a_missing_one_is_said() -> None:
    items = read("@book{a, crossref = {b}, title = {A}}\n@book{b, crossref = {a}}\n@book{c, crossref = {none}}")
    assert [item.code for item in items if isinstance(item, Problem)] == ["bibtex-no-parent"]
    assert "x.bib:3" in str(next(item for item in items if isinstance(item, Problem)))


def test_what_has_no_variable_is_carried_and_written_back() -> None:
    record = one(r"@book{k, title = {T}, file = {a.pdf}, author+an = {1=first}, title = {Second \"O}}")
    assert record.extra == {"bibtex:file": "a.pdf", "bibtex:author+an": "1=first", "bibtex:title+": r"Second \"O"}
    assert "file = {a.pdf}" in write(record)[0]


def test_a_value_that_a_backslash_was_meant_to_balance() -> None:
    record = one("@article{k,\n title = {\\{},\n year = 2000\n}\n")
    assert record.title == "{"
    assert record.issued == Date((2000,))


def test_a_value_that_is_never_closed_keeps_its_last_letter() -> None:
    assert one("@book{l, title = {Never closed").title == "Never closed"


def test_a_key_that_bibtex_cannot_hold_is_mended_and_said() -> None:
    text, problems = write(Record(type="book", key="Doe, J. {2001}"))
    assert text.startswith("@book{Doe_J._2001,")
    assert [problem.field for problem in problems] == ["key"]


def test_the_class_of_an_eprint_is_carried() -> None:
    record = one("@misc{k, eprint = {2207.12345}, eprinttype = {arxiv}, eprintclass = {cs.CV}}")
    assert record.texts == {"archive": "arxiv", "archive_location": "2207.12345"}
    assert record.extra == {"bibtex:eprintclass": "cs.CV"}
    assert "primaryclass = {cs.CV}" in write(record, "bibtex")[0]


def test_aliases_are_ids() -> None:
    assert one("@book{k, ids = {old,older}}").aliases == ("old", "older")
    assert "ids = {old,older}" in write(Record(type="book", key="k", aliases=("old", "older")))[0]


def test_macros_that_nothing_defines_are_said() -> None:
    items = read("@article{k, journal = jams, title = {T}}")
    assert [item.code for item in items if isinstance(item, Problem)] == ["bibtex-undefined-macro"]


@pytest.mark.parametrize("dialect", ["bibtex", "biblatex"])
@pytest.mark.parametrize(
    "record",
    [
        Record(
            type="article-journal",
            key="k",
            texts={"title": "T & Co. 100%", "issue": "3", "page": "1-9", "DOI": "10.1000/a_b"},
        ),
        Record(type="chapter", key="k", texts={"title": "T", "container-title": "W", "collection-number": "7"}),
        Record(type="thesis", key="k", texts={"title": "T", "genre": "PhD thesis", "publisher": "ETH"}),
        Record(type="thesis", key="k", texts={"title": "T", "genre": "Diplomarbeit", "publisher": "ETH"}),
        Record(type="report", key="k", texts={"title": "T", "publisher": "A; B and C", "number": "3"}),
        Record(type="webpage", key="k", texts={"URL": "http://x.org/a_b%20~c"}, dates={"accessed": Date((2020, 1, 2))}),
        Record(type="patent", key="k", texts={"jurisdiction": "France", "number": "7"}),
        Record(
            type="broadcast",
            key="k",
            names={"script-writer": (Name(family="Doe"),), "director": (Name(literal="BBC"),)},
        ),
        Record(type="book", key="k", dates={"issued": Date((1999,), (2001,)), "original-date": Date((-43, 3, 15))}),
        Record(type="book", key="k", dates={"issued": Date((2001, 21), qualifier="~")}),
        Record(type="book", key="k", dates={"issued": Date(literal="in press")}),
        Record(
            type="article",
            key="k",
            keywords=("cs.CV", "a, b"),
            names={"author": (Name(family="Doe"),)},
            cut=("author",),
        ),
        Record(type="motion_picture", key="k", texts={"license": "CC0", "dimensions": "90 min", "authority": "X"}),
    ],
    ids=lambda record: record.type,
)
def test_what_is_written_is_read_back(record: Record, dialect: str) -> None:
    text, problems = write(record, dialect)
    assert problems == []
    back = one(text, dialect)
    kept = {name: value for name, value in back.extra.items() if name != "bibtex:entrytype"}
    assert replace(back, origins=(), extra=kept) == record


def test_a_value_without_a_field_is_said() -> None:
    text, problems = write(Record(type="book", key="k", extra={"ris:C7": ["x"]}))
    assert [problem.code for problem in problems] == ["biblatex-lost"]
    assert problems[0].key == "k"
    assert "C7" not in text


def test_letters_without_a_command_are_said_for_the_classic_dialect() -> None:
    record = Record(type="book", key="k", texts={"title": "Über 漢字"})
    text, problems = write(record, "bibtex")
    assert r"{\"U}ber 漢字" in text
    assert [problem.message for problem in problems] == ["no LaTeX command for 字 漢; the file needs a UTF-8 LaTeX"]
    assert write(record, "biblatex")[1] == []


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Weighted Fusion with CLIP for ImageNet", "Weighted Fusion with {CLIP} for {ImageNet}"),
        ("EEG-based Models", "{EEG}-based Models"),
        ("A Survey: A Tutorial", "A Survey: A Tutorial"),
        ("Prompting GPT-3 in practice", "Prompting {GPT}-3 in practice"),
        (
            "The works of Johann Bernoulli in historical context",
            "The works of {Johann} {Bernoulli} in historical context",
        ),
        ("Learning in $L^2$ Spaces", "Learning in $L^2$ Spaces"),
    ],
)
def test_capitals_that_a_style_would_lower_are_protected_on_request(title: str, shown: str) -> None:
    record = Record(type="book", key="k", texts={"title": title})
    assert f"title = {{{title}}}".replace("$L^2$", "{$L^2$}") in write(record)[0]  # maths with capitals always
    assert f"title = {{{shown}}}".replace("$L^2$", "{$L^2$}") in write(record, protect=True)[0]
    assert protect(protect(title)) == protect(title)


@pytest.mark.parametrize(
    "fields",
    [
        "title = {Main}, subtitle = {Sub of {DNA}}",
        "title = {Why?}, subtitle = {Because}, titleaddon = {An Addendum}",
        r"title = {A \emph{B}}, subtitle = {\emph{C}}",
        "journaltitle = {J}, journalsubtitle = {S}, title = {T}",
        "subtitle = {Alone}",
    ],
)
def test_subtitles_come_back_as_they_were(fields: str) -> None:
    record = one(f"@article{{k, {fields}}}")
    text, problems = write(record)
    assert problems == []
    assert sorted(", ".join(line.strip(" ,") for line in text.splitlines()[1:-1]).split(", ")) == sorted(
        fields.split(", ")
    )


def test_subtitles_of_books_come_back() -> None:
    fields = "booktitle = {B}, booksubtitle = {Bs}, maintitle = {M}, mainsubtitle = {Ms}, title = {T}, subtitle = {S}"
    record = one(f"@inbook{{k, {fields}}}", "bibtex")
    assert [record.texts[name] for name in ("title", "container-title", "volume-title")] == ["T: S", "B: Bs", "M: Ms"]
    text, problems = write(record)
    assert problems == []
    assert all(field in text for field in fields.split(", "))


def test_a_title_that_was_changed_keeps_no_subtitle() -> None:
    record = one("@book{k, title = {Main}, subtitle = {Sub}}")
    text, problems = write(replace(record, texts={"title": "Main: Other"}))
    assert "title = {Main: Other}" in text
    assert [problem.field for problem in problems] == ["bibtex:subtitle"]


def test_the_classic_dialect_prints_the_whole_title() -> None:
    text, problems = write(one("@article{k, journaltitle = {Main}, journalsubtitle = {Sub}}"), "bibtex")
    assert "journal = {Main: Sub}" in text
    assert "subtitle" not in text
    assert [(problem.field, problem.severity) for problem in problems] == [("bibtex:journalsubtitle", "note")]
