"""What a writer reports as lost is exactly what is lost, over all CSL items of the corpora and for cases of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibkit import formats
from bibkit.formats import ReadOptions, WriteOptions
from bibkit.losses import losses
from bibkit.problems import Problem
from bibkit.record import TYPES, Date, Name, Record, replace
from bibkit.testing import check_format, check_losses

WAYS = ("bibtex", "biblatex", "ris")
LARGEST = 3_000_000  # bytes of a file that is searched for items


def written(record: Record, name: str, **options: Any) -> tuple[str, list[Problem]]:
    target = formats.get(name)
    assert target.write
    items = list(target.write([record], WriteOptions(**options)))
    text = "".join(item for item in items if isinstance(item, str))
    return text, [item for item in items if isinstance(item, Problem)]


def read(text: str, name: str) -> list[Record]:
    source = formats.get(name)
    assert source.read
    return [item for item in source.read(text, "a file", ReadOptions()) if isinstance(item, Record)]


def there_and_back(record: Record, name: str) -> tuple[Record, list[Problem]]:
    text, problems = written(record, name)
    (after,) = read(text, name)
    return after, problems


def items(folder: Path) -> Iterator[dict[str, Any]]:
    """Every object in a list in a JSON file that says a CSL type and has a title."""
    for path in sorted(folder.rglob("*.json")):
        if path.stat().st_size <= LARGEST:
            found = json.loads(path.read_text(encoding="utf-8"))
            listed = found if isinstance(found, list) else []
            yield from (one for one in listed if isinstance(one, dict) and one.get("type") in TYPES and "title" in one)


@pytest.fixture(scope="module")
def corpus() -> list[Record]:
    """The CSL items of the corpora as Records, each with a key of its own."""
    folder = Path(__file__).parents[2] / "shared" / "corpora"
    if not folder.is_dir():
        pytest.skip("the corpora beside the repository are not here")
    found = read(json.dumps(list(items(folder))), "csl-json")
    return [replace(record, key=f"item{number}") for number, record in enumerate(found)]


@pytest.mark.parametrize("name", WAYS)
def test_what_is_lost_of_the_corpora_is_what_is_reported(corpus: list[Record], name: str) -> None:
    assert len(corpus) > 100
    for record in corpus:
        after, problems = there_and_back(record, name)
        check_losses(name, record, after, problems)


# The share of types, texts, names, dates and keywords that must come back.
SHARES = {"bibtex": 0.93, "biblatex": 0.94, "ris": 0.90}


@pytest.mark.parametrize("name", WAYS)
def test_most_values_of_the_corpora_come_back(corpus: list[Record], name: str) -> None:
    values = lost = 0
    for record in corpus:
        bare = replace(record, extra={})
        values += 1 + len(list(bare.variables()))
        lost += len({variable for variable, _, _ in losses(bare, there_and_back(bare, name)[0])})
    assert 1 - lost / values >= SHARES[name]


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_bibtex_keeps_the_promises_of_a_format(name: str) -> None:
    check_format(formats.get(name), examples=60)


# ------------------------------------------------------------------------------------------------ what is held


HELD = (
    "don't look 'back'",
    "the authors' words: 'x'",
    "“a” ‘b’ it’s ''c'' ,,d,, ``e``",
    r"C:\new\table and a \ alone",
    "costs $5, or {10} % of #1_2 & ~3^4",
    "a -- b --- c–d—e",
    "5 < 6 > 4, <b>bold</b>, <i>open",
    "Größe, Łódź, 東京, Ελλάς, naïve façade",
    "phdthesis",
    "Smith and Sons",
)


@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
@pytest.mark.parametrize("value", HELD)
def test_texts_that_come_back(value: str, name: str) -> None:
    texts = dict.fromkeys(("title", "publisher", "note", "genre", "container-title"), value)
    record = Record("book", "k", texts=texts, names={"author": (Name(literal=value), Name(family=value, given="A."))})
    after, problems = there_and_back(record, name)
    assert list(losses(record, after)) == []
    assert [problem for problem in problems if problem.is_loss] == []


@pytest.mark.parametrize(
    ("people", "options"),
    [
        ((Name(family="Gaulle", given="Charles", non_dropping_particle="de"), Name("Doe", "Jane")), True),
        ((Name(family="Beethoven", given="Ludwig", dropping_particle="van"),), False),
    ],
)
@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_particles_that_belong_to_the_family_name_are_an_option(
    people: tuple[Name, ...], options: bool, name: str
) -> None:
    record = Record("book", "k", names={"author": people})
    text, problems = written(record, name)
    assert ("options = {useprefix=true}" in text) is options
    assert problems == []
    assert read(text, name)[0].authors == people


def test_particles_of_both_kinds() -> None:
    people = (Name("Gaulle", "Charles", non_dropping_particle="de"), Name("Goethe", "J. W.", dropping_particle="von"))
    record = Record("book", "k", names={"author": people})
    text, problems = written(record, "biblatex")
    assert "{family=Gaulle, given=Charles, prefix=de, useprefix=true and von Goethe, J. W.}" in text
    assert problems == []
    assert [problem.field for problem in written(record, "bibtex")[1]] == ["author"]


def test_a_web_page_on_arxiv_stays_a_web_page() -> None:
    record = Record("webpage", "k", texts={"archive": "arXiv", "archive_location": "2207.12345"})
    assert there_and_back(record, "biblatex") == (
        replace(record, origins=there_and_back(record, "biblatex")[0].origins),
        [],
    )


# ------------------------------------------------------------------------------------------------ what is not


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (Record("book", "k", texts={"title": "two\nlines"}), "title"),
        (Record("book", "k", texts={"title": "a  b"}), "title"),
        (Record("book", "k", texts={"title": " a"}), "title"),
        (Record("book", "k", texts={"note": "bell\x07"}), "note"),
        (Record("book", "k", texts={"note": r"Poincar\'e"}), "note"),
        (Record("book", "k", texts={"title": r"$\alpha$"}), "title"),
        (Record("book", "k", texts={"title": "a\u0301"}), "title"),
        (Record("book", "k", texts={"language": "English"}), "language"),
        (Record("book", "k", texts={"publisher": '<span class="nocase">X</span>'}), "publisher"),
        (Record("book", "k", texts={"nonesuch": "x"}), "nonesuch"),
        (Record("book", "k", dates={"issued": Date((1999,), literal="about then")}), "issued"),
        (Record("book", "k", dates={"event-date": Date(literal="1999")}), "event-date"),
        (Record("book", "k", names={"author": (Name("Doe", "J.", suffix="Jr.", comma_suffix=True),)}), "author"),
        (Record("book", "k", names={"author": (Name("王", "伟", static_ordering=True),)}), "author"),
        (Record("book", "k", names={"author": (Name(literal="et al."),)}), "author"),
        (Record("book", "k", cut=("author",)), "cut"),
        (Record("book", "k", keywords=("a", "a")), "keyword"),
        (Record("book", "k", extra={"ris:C7": ["x"]}), "ris:C7"),
        (Record("book", "k", extra={"bibtex:title": "x"}, texts={"title": "y"}), "bibtex:title"),
        (Record("book", "k", extra={"bibtex:editortype": "editor"}), "bibtex:editortype"),
        (Record("book", "k", extra={"bibtex:A": "x"}), "bibtex:A"),
        (Record("book", "k", extra={"bibtex:file": "}{"}), "bibtex:file"),
        (Record("book", "a b"), "key"),
        (Record("book", "k", aliases=("a,b",)), "aliases"),
        (Record("nonesuch", "k"), "type"),
    ],
)
@pytest.mark.parametrize("name", ["bibtex", "biblatex"])
def test_what_does_not_come_back_is_said(record: Record, field: str, name: str) -> None:
    after, problems = there_and_back(record, name)
    assert {variable for variable, _, _ in losses(record, after)} == {field}
    (problem,) = [problem for problem in problems if problem.is_loss]
    assert (problem.code, problem.field, problem.key) == (f"{name}-lost", field, record.key)
    assert problem.severity == ("note" if ":" in field else "warning")


def test_the_message_tells_what_comes_back() -> None:
    record = Record("book", "k", texts={"title": r"On $\alpha$"}, extra={"my:x": "y"})
    said = [problem.message for problem in written(record, "biblatex")[1]]
    assert said == [
        r"title comes back from BibLaTeX as 'On α', not as 'On $\\alpha$'",
        "BibLaTeX has no field for my:x",
    ]


def test_protection_that_was_asked_for_is_no_loss() -> None:
    record = Record("book", "k", texts={"title": "CLIP isn't  all", "note": "CLIP"})
    assert [problem.field for problem in written(record, "bibtex", protect=True)[1]] == ["title"]
    record = replace(record, texts={"title": "CLIP isn't all", "note": "a  b"})
    assert [problem.field for problem in written(record, "bibtex", protect=True)[1]] == ["note"]


def test_an_entry_type_that_the_dialect_does_not_have_is_a_note() -> None:
    (record,) = read("@mvbook{k, title = {T}}", "biblatex")
    (problem,) = written(record, "bibtex")[1]
    assert problem.message == "BibTeX has no type @mvbook; written as @book"
    assert problem.severity == "note"
    assert written(record, "biblatex")[1] == []
