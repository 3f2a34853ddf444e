"""Databases of bibtexparser and pybtex: there and back, witnesses of what bibkit writes, and the programs of pybtex."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bibtexparser
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from pybtex.database import BibliographyData, Entry, Person, parse_string
from pybtex.exceptions import PybtexError
from pybtex.plugin import find_plugin
from pybtex.richtext import Text

from bibkit import formats, interop, keys, library, text
from bibkit.formats import ReadOptions, WriteOptions
from bibkit.problems import Problem, Report, UsageError
from bibkit.record import Date, Name, Record

V2 = hasattr(bibtexparser, "Library")
only_1 = pytest.mark.skipif(V2, reason="bibtexparser 2 is installed, this is about 1.4")
only_2 = pytest.mark.skipif(not V2, reason="bibtexparser 1.4 is installed, this is about 2.x")

# pyparsing gives up names that bibtexparser 1.4 uses, and says so.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

BEETHOVEN = Name("Beethoven", "Ludwig", dropping_particle="van")
NASTY = (
    Record(
        "article-journal",
        "beethoven:1998",
        {
            "title": 'The <span class="nocase">DNA</span> of $x_1^2$ & 100% "quoted" #3 {brace',
            "container-title": "Barnes & Noble Review",
            "page": "1-20",
            "DOI": "10.1000/a_b%20c",
            "URL": "https://example.org/~a_b%20#z",
        },
        {"author": (BEETHOVEN, Name("King", "Martin Luther", suffix="Jr."), Name(literal="Barnes and Noble, Inc."))},
        {"issued": Date((1998, 5))},
        cut=("author",),
    ),
    Record(
        "book",
        "Größe2001",
        {"title": "Über Größe: déjà vu?", "publisher": "Müller & Söhne", "publisher-place": "Köln"},
        {"author": (Name("王", "小明"), Name("Li"), Name("de la Vallée Poussin", "Jean"), Name("Ångström", "Ælfric"))},
        {"issued": Date((2001, 2, 3))},
    ),
    Record(
        "chapter",
        "x/y+z",
        {"title": "Why not? <i>Homo sapiens</i> in CO<sub>2</sub>", "container-title": "Alles, und Nichts"},
        {"author": (Name(literal="others"),), "editor": (Name("van der Berg", "A."), Name("O'Neill-Łukasz", "Ó. Ś."))},
        {"issued": Date((1987,))},
    ),
)
DIALECTS = ("bibtex", "biblatex")


def written(records: Iterable[Record], dialect: str = "bibtex") -> str:
    write = formats.get(dialect).write
    assert write
    return "".join(Report().sift(write(records, interop.OPTIONS)))


def read(source: str, dialect: str = "bibtex") -> list[Record]:
    reader = formats.get(dialect).read
    assert reader
    return only_records(reader(source, "", ReadOptions()))


def only_records(items: Iterable[Record | Problem]) -> list[Record]:
    return list(Report().sift(items))


def meaning(records: Iterable[Record]) -> list[tuple[Any, ...]]:
    """What records say; where they were read does not count."""
    return [(one.type, one.key, one.texts, one.names, one.dates, one.cut, one.keywords, one.extra) for one in records]


def loaded(source: str) -> Any:
    """The database that bibtexparser itself makes of a text."""
    if V2:
        return bibtexparser.parse_string(source)
    parser = bibtexparser.bparser.BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    return bibtexparser.loads(source, parser)


def contents(database: Any) -> list[dict[str, Any]]:
    """The entries of a database of either version, with the words of 1.4 for type and key."""
    return [dict(entry.items()) for entry in database.entries]


@pytest.fixture(scope="module")
def works() -> list[Record]:
    """All works of the exports."""
    return read((ROOT / "exports" / "references.bib").read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------------------ there and back


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_bibtexparser_database_is_what_it_reads_itself(dialect: Any) -> None:
    made = interop.to_bibtexparser(NASTY, dialect=dialect)
    assert contents(made) == contents(loaded(written(NASTY, dialect)))
    if V2:
        assert [[field.enclosing for field in entry.fields if field.key == "month"] for entry in made.entries] == [
            [field.enclosing for field in entry.fields if field.key == "month"]
            for entry in loaded(written(NASTY, dialect)).entries
        ]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_pybtex_database_is_what_it_reads_itself(dialect: Any) -> None:
    assert interop.to_pybtex(NASTY, dialect=dialect) == parse_string(written(NASTY, dialect), "bibtex")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("there", "back"),
    [(interop.to_bibtexparser, interop.from_bibtexparser), (interop.to_pybtex, interop.from_pybtex)],
    ids=["bibtexparser", "pybtex"],
)
def test_nothing_is_lost_there_and_back(there: Callable[..., Any], back: Callable[..., Any], dialect: Any) -> None:
    found = only_records(back(there(NASTY, dialect=dialect), dialect=dialect))
    assert meaning(found) == meaning(read(written(NASTY, dialect), dialect))


def test_all_works_of_the_exports_there_and_back(works: list[Record]) -> None:
    assert meaning(only_records(interop.from_pybtex(interop.to_pybtex(works)))) == meaning(works)
    assert meaning(only_records(interop.from_bibtexparser(interop.to_bibtexparser(works)))) == meaning(works)


WORDS = st.text(st.sampled_from("abÅ李 -'.,{}\\&~\""), max_size=8).map(str.strip)
NAMES = st.builds(
    Name,
    WORDS.filter(bool),
    WORDS,
    st.sampled_from(("", "von")),
    st.sampled_from(("", "de")),
    st.sampled_from(("", "Jr.")),
) | st.builds(Name, literal=WORDS.filter(bool))


@given(st.lists(NAMES, min_size=1, max_size=3))
def test_databases_hold_the_names_that_a_file_holds(people: list[Name]) -> None:
    record = Record("book", "k", names={"author": tuple(people)})
    expected = meaning(read(written([record])))
    assert meaning(only_records(interop.from_bibtexparser(interop.to_bibtexparser([record])))) == expected


def test_what_a_dialect_cannot_hold_is_said() -> None:
    record = Record("book", "k", {"title": "T"}, extra={"ris:C7": "x"})
    for to in (interop.to_pybtex, interop.to_bibtexparser):
        said = Report()
        to([record], said=said)
        assert [problem.field for problem in said.problems if problem.is_loss] == ["ris:C7"]


def test_records_without_a_key_get_one() -> None:
    record = Record(
        "book", "", {"title": "On Waiting"}, {"author": (Name("Moreau", "Ada"),)}, {"issued": Date((1998,))}
    )
    assert list(interop.to_pybtex([record, record]).entries) == [one.key for one in keys.fill([record, record])]


def test_of_two_entries_with_one_key_pybtex_holds_the_first_and_it_is_said() -> None:
    said = Report()
    data = interop.to_pybtex([Record("book", "k", {"title": "A"}), Record("book", "K", {"title": "B"})], said=said)
    assert [entry.fields["title"] for entry in data.entries.values()] == ["A"]
    assert [problem.code for problem in said.problems] == ["pybtex-lost"]


@pytest.mark.parametrize(
    ("convert", "package"), [(interop.to_bibtexparser, "bibtexparser"), (interop.to_pybtex, "pybtex")]
)
def test_a_missing_package_is_said(
    convert: Callable[[list[Record]], Any], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*sys.modules]:
        if name.split(".")[0] == package:
            monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(UsageError, match=f"pip install {package}"):
        convert([])


# ------------------------------------------------------------------------------------------------ witnesses


Seen = tuple[list[str], str, str]  # family names, title, year

# What all these packages have a way to decode; none of them knows commands such as \emph and \textbraceleft.
WITNESSED = (
    NASTY[1],
    Record(
        "article-journal",
        "vonbeethoven",
        {"title": 'The <span class="nocase">DNA</span> of $x_1^2$ & 100% #3'},
        {"author": (BEETHOVEN, Name("King", "Martin Luther", suffix="Jr."), Name(literal="Institut für Übermut"))},
        {"issued": Date((1998, 5))},
        cut=("author",),
    ),
    Record(
        "chapter",
        "x/y+z",
        {"title": "Why not? Ça va: l'âme de José"},
        {"author": (Name("van der Berg", "A."), Name("O'Neill-Łukasz", "Ó. Ś."), Name("de Gaulle", "Charles"))},
        {"issued": Date((1987,))},
    ),
)


def seen_by_pybtex(source: str) -> Iterator[Seen]:
    for entry in parse_string(source, "bibtex").entries.values():
        people = [str(Text.from_latex(" ".join(one.prelast_names + one.last_names))) for one in entry.persons["author"]]
        yield people, str(Text.from_latex(entry.fields["title"])), entry.fields["year"]


def seen_by_bibtexparser_1(source: str) -> Iterator[Seen]:
    from bibtexparser.customization import splitname
    from bibtexparser.latexenc import latex_to_unicode

    for entry in loaded(source).entries:
        names = [splitname(name) for name in entry["author"].split(" and ")]
        people = [latex_to_unicode(" ".join(name["von"] + name["last"])) for name in names]
        yield people, latex_to_unicode(entry["title"]), entry["year"]


def seen_by_bibtexparser_2(source: str) -> Iterator[Seen]:
    """Its LaTeX middleware leaves lists of names alone; what it calls for a text is called for them here."""
    from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
    from pylatexenc.latex2text import LatexNodes2Text

    decode = LatexNodes2Text().latex_to_text
    middleware = [SeparateCoAuthors(), SplitNameParts(), LatexDecodingMiddleware()]
    for entry in bibtexparser.parse_string(source, append_middleware=middleware).entries:
        yield [decode(" ".join(name.von + name.last)) for name in entry["author"]], entry["title"], entry["year"]


def expected(record: Record) -> Seen:
    families = [" ".join(filter(None, (one.dropping_particle, one.family, one.literal))) for one in record.authors]
    assert record.issued
    return families + ["others"] * ("author" in record.cut), text.plain(record.title), str(record.issued.year)


def unbraced(seen: Seen) -> Seen:
    families, title, year = seen
    return [family.strip("{}") for family in families], title, year


@pytest.mark.parametrize("latex", ["utf8", "ascii"])
@pytest.mark.parametrize(
    "witness",
    [
        seen_by_pybtex,
        pytest.param(seen_by_bibtexparser_1, marks=only_1),
        pytest.param(seen_by_bibtexparser_2, marks=only_2),
    ],
)
def test_packages_see_the_works_that_bibkit_writes(witness: Callable[[str], Iterator[Seen]], latex: Any) -> None:
    write = formats.get("bibtex").write
    assert write
    source = "".join(Report().sift(write(WITNESSED, WriteOptions(latex=latex, protect=True))))
    assert [unbraced(seen) for seen in witness(source)] == [expected(record) for record in WITNESSED]


# ------------------------------------------------------------------------------------------------ bibtexparser


MACROS = """@string{acm = "ACM"}
@book{k, author = {Moreau, Ada and others}, month = jan, year = 1998, publisher = acm # " Press", keywords = {a, b}}
"""


def people_and_more(record: Record) -> tuple[Any, ...]:
    return record.authors, record.cut, record.issued, record.texts.get("publisher"), record.keywords


READ = ((Name("Moreau", "Ada"),), ("author",), Date((1998, 1)), "ACM Press", ("a", "b"))


@only_1
def test_1_4_with_macros_that_were_not_replaced() -> None:
    parser = bibtexparser.bparser.BibTexParser(common_strings=True, interpolate_strings=False)
    (record,) = only_records(interop.from_bibtexparser(bibtexparser.loads(MACROS, parser)))
    assert people_and_more(record) == READ


@only_1
def test_1_4_with_its_customizations() -> None:
    from bibtexparser import customization

    def customize(record: dict[str, Any]) -> dict[str, Any]:
        for change in (customization.author, customization.editor, customization.journal, customization.keyword):
            record = change(record)
        return record

    parser = bibtexparser.bparser.BibTexParser(common_strings=True, customization=customize)
    source = MACROS.replace("author", "journal = {Nature}, editor = {Li, Wei and de la Vallée Poussin, J.}, author")
    (record,) = only_records(interop.from_bibtexparser(bibtexparser.loads(source, parser)))
    assert people_and_more(record) == READ
    assert [name.family for name in record.names["editor"]] == ["Li", "Vallée Poussin"]
    assert record.texts["container-title"] == "Nature"


@only_2
def test_2_with_its_middlewares() -> None:
    from bibtexparser.middlewares import MonthIntMiddleware, SeparateCoAuthors, SplitNameParts

    for middleware in ([], [MonthIntMiddleware()], [SeparateCoAuthors()], [SeparateCoAuthors(), SplitNameParts()]):
        library = bibtexparser.parse_string(MACROS, append_middleware=middleware)
        (record,) = only_records(interop.from_bibtexparser(library))
        assert people_and_more(record) == READ
        assert record.place() == ("", 2)


BROKEN = """@book{a, title = {One}}
@book{b, title = {Two} year = 1999, title = {Again}}
@book{a, title = {Three}}
@book{c, title = {Four
@book{d, title = {Five}}
"""


@only_2
def test_2_what_it_failed_to_read_is_read() -> None:
    items = list(interop.from_bibtexparser(bibtexparser.parse_string(BROKEN)))
    found = [(item.key, item.title, item.place()[1]) for item in items if isinstance(item, Record)]
    assert found == [("a", "One", 1), ("b", "Two", 2), ("a", "Three", 3), ("c", "Four", 4), ("d", "Five", 5)]
    assert {(item.line, item.severity) for item in items if isinstance(item, Problem)} >= {(4, "error")}


@only_2
def test_2_two_entries_with_one_key_can_be_written() -> None:
    made = interop.to_bibtexparser([Record("book", "k", {"title": "One"}), Record("book", "k", {"title": "Two"})])
    assert [record.title for record in only_records(interop.from_bibtexparser(made))] == ["One", "Two"]
    assert bibtexparser.write_string(made).count("@book{k") == 2


def block(**known: Any) -> SimpleNamespace:
    return SimpleNamespace(**{"start_line": None, "raw": None, **known})


def field(key: str, value: Any, enclosing: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(key=key, value=value, enclosing=enclosing)


def test_2_by_the_shape_of_its_objects() -> None:
    """Without the package: what a `Library` looks like from outside."""
    name = SimpleNamespace(merge_last_name_first="Moreau, Ada")
    fields = [
        field("author", [name, SimpleNamespace(merge_last_name_first="others")]),
        field("month", "jan", "no-enclosing"),
        field("year", 1998),
        field("publisher", 'acm # " Press"', "no-enclosing"),
        field("keywords", ["a", "b"]),
    ]
    blocks = [
        block(comment="none of our business"),
        block(entry_type="book", key="k, odd", fields=fields, start_line=3, raw="@book{\n}"),
        block(
            error=ValueError(), raw="% x\n@book{l, title = {Two} year = 1999}\n", start_line=6, ignore_error_block=None
        ),
        block(error=ValueError(), ignore_error_block=block(entry_type="misc", key="m", fields=[])),
        block(error=ValueError(), ignore_error_block=None),
    ]
    library = SimpleNamespace(blocks=blocks, strings=[field("acm", "ACM")])
    items = list(interop.from_bibtexparser(library))
    first, second, third = only_records(items)
    assert people_and_more(first) == READ
    assert (first.key, first.origins[0].line, first.origins[0].end_line, first.origins[0].raw) == (
        "k, odd",
        4,
        5,
        "@book{\n}",
    )
    assert (second.key, second.title, second.place()) == ("l", "Two", ("", 8))
    assert (third.type, third.key, third.place()) == ("document", "m", ("", 0))
    assert [(item.code, item.line) for item in items if isinstance(item, Problem)] == [("bibtex-no-comma", 8)]


# ------------------------------------------------------------------------------------------------ pybtex


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (Person("Ludwig van Beethoven"), BEETHOVEN),
        (Person("King, Jr., Martin Luther"), Name("King", "Martin Luther", suffix="Jr.")),
        (Person(last="King", lineage="Jr."), Name("King", suffix="Jr.")),
        (Person(last="Barnes Noble"), Name("Barnes Noble")),
        (Person("{Barnes and Noble}"), Name(literal="Barnes and Noble")),
        (Person(first="Ada", middle="M.", last="Moreau"), Name("Moreau", "Ada M.")),
    ],
)
def test_a_person_is_the_same_person(theirs: Person, ours: Name) -> None:
    data = BibliographyData({"k": Entry("book", persons={"author": [theirs, Person("Li, Wei")]})})
    (record,) = only_records(interop.from_pybtex(data))
    assert record.authors == (ours, Name("Li", "Wei"))


def test_people_in_any_role_and_fields_in_any_case() -> None:
    entry = Entry("Book", {"Title": "{DNA}", "Crossref": "p"}, {"Translator": [Person("Li, Wei")]})
    parent = Entry("proceedings", {"publisher": "ACM"})
    (record, _) = only_records(interop.from_pybtex(BibliographyData({"k": entry, "p": parent})))
    assert record.names == {"translator": (Name("Li", "Wei"),)}
    assert record.texts["publisher"] == "ACM"


# ------------------------------------------------------------------------------------------------ pybtex's plugins

FORMATS = {"listing": "listing-compact.txt", "csl-json": "references.json", "ris": "references.ris"}


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the exports and the listings."""
    for path in (*(ROOT / "exports").iterdir(), *(ROOT / "seeds").glob("*.txt")):
        shutil.copy(path, tmp_path)
    return tmp_path


def run(program: str, *arguments: str, cwd: Path) -> str:
    """What a program of pybtex says; the program is started as its script does it."""
    start = f"import sys; from pybtex.database.{program}.__main__ import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", start, *arguments], cwd=cwd, capture_output=True, check=False, encoding="utf-8"
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.mark.parametrize("name", FORMATS.values())
def test_pybtex_convert_to_bibtex(name: str, desk: Path) -> None:
    run("convert", name, "out.bib", cwd=desk)
    found = read((desk / "out.bib").read_text(encoding="utf-8"))
    wanted = list(Report().sift(library.read(desk / name)))
    assert [(text.plain(one.title), one.authors, one.issued) for one in found] == [
        (text.plain(one.title), one.authors, one.issued) for one in wanted
    ]
    assert len(found) > 10


def test_pybtex_convert_writes_the_exports_again(desk: Path) -> None:
    run("convert", "references.json", "out.bib", cwd=desk)
    assert (desk / "out.bib").read_bytes() == (desk / "references.bib").read_bytes()


@pytest.mark.parametrize(("name", "to"), [("out.json", "csl-json"), ("out.ris", "ris"), ("out.bib", "biblatex")])
def test_pybtex_convert_from_bibtex(name: str, to: str, desk: Path, works: list[Record]) -> None:
    run("convert", "references.bib", name, "--to", to, cwd=desk)
    found = list(Report().sift(library.read(desk / name, to)))
    assert [(one.title, one.issued) for one in found] == [(one.title, one.issued) for one in works]


def test_pybtex_convert_says_what_it_could_not_hold(desk: Path) -> None:
    assert "values could not be held" in run("convert", "references.bib", "out.ris", cwd=desk)


@pytest.mark.parametrize("name", [*FORMATS.values(), "references.biblatex.bib"])
def test_a_style_of_pybtex_prints_every_work(name: str, desk: Path) -> None:
    source = [name, "--bibliography-format", "biblatex"] if name.endswith(".bib") else [name]
    run("format", *source, "out.txt", cwd=desk)
    page = squeezed((desk / "out.txt").read_text(encoding="utf-8"))
    wanted = list(Report().sift(library.read(desk / name)))
    assert [one.title for one in wanted if squeezed(text.plain(one.title)) not in page] == []
    assert [one.key for one in wanted if squeezed(one.authors[0].family) not in page] == []


def squeezed(some: str) -> str:
    """Letters and digits: styles change case, and dashes and quotes are typed in several ways."""
    return "".join(filter(str.isalnum, some.casefold()))


def parser(name: str, **options: Any) -> Any:
    return find_plugin("pybtex.database.input", name)(**options)


@pytest.mark.parametrize("name", ["listing", "csl-json", "csljson", "ris", "biblatex"])
def test_a_parser_takes_text_and_bytes(name: str, desk: Path) -> None:
    path = desk / {**FORMATS, "csljson": "references.json", "biblatex": "references.biblatex.bib"}[name]
    data = path.read_bytes()
    assert (
        parser(name).parse_string(data.decode()) == parser(name).parse_bytes(data) == parser(name).parse_file(str(path))
    )
    assert len(parser(name).parse_bytes(data).entries) > 10


RIS = "TY  - BOOK\nID  - k\nTI  - Größe\nER  - \n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(RIS.encode(), None), (RIS.encode("cp1252"), None), (RIS.encode("utf-16"), None), (RIS.encode("cp437"), "cp437")],
)
def test_a_parser_finds_out_the_encoding(data: bytes, encoding: str | None) -> None:
    assert parser("ris", encoding=encoding).parse_bytes(data).entries["k"].fields["title"] == "Größe"


def test_a_parser_keeps_to_what_is_wanted() -> None:
    data = parser("ris", wanted_entries=["K"]).parse_string(RIS + RIS.replace("k", "l"))
    assert list(data.entries) == ["K"]


def test_errors_go_to_pybtex_and_warnings_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(PybtexError, match="this is not a text file"):
        parser("ris").parse_bytes(bytes(range(256)) * 20)
    with caplog.at_level(logging.INFO, "bibkit"):
        parser("ris").parse_string(RIS + "no tag\n")
    assert "bibkit" in {record.name for record in caplog.records}


def test_json_is_written_as_json() -> None:
    data = BibliographyData({"k": Entry("book", {"title": r"M{\"u}ller \& {DNA}"})})
    (item,) = json.loads(data.to_string("csl-json"))
    assert (item["id"], item["type"], item["title"]) == ("k", "book", 'Müller & <span class="nocase">DNA</span>')
