"""Zotero's items: what they mean, and that what is not changed stands as it stood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bibkit import note_lines
from bibkit.fieldmap import table_faults
from bibkit.formats.zotero import FORMAT, from_data, to_data
from bibkit.formats.zotero_tables import BASE, CREATORS, FIELDS, HOLDS, KINDS, TABLE, best_type, creator, role
from bibkit.problems import Problem
from bibkit.record import TYPES, Date, Name, Record, replace
from bibkit.testing import check_format, read_all, write_all

EMPTY: dict[str, Any] = {"creators": [], "tags": [], "collections": [], "relations": {}}


def data(**members: Any) -> dict[str, Any]:
    """An item as Zotero's API gives it."""
    return {**EMPTY, "itemType": "journalArticle", **members}


def person(kind: str, last: str, first: str) -> dict[str, str]:
    return {"creatorType": kind, "lastName": last, "firstName": first}


def read(value: Any) -> tuple[list[Record], list[Problem]]:
    return read_all(FORMAT, json.dumps(value))


def written(record: Record) -> tuple[dict[str, Any], list[str]]:
    """The item, and the fields of the Problems."""
    text, problems = write_all(FORMAT, [record])
    return json.loads(text)[0], [problem.field for problem in problems]


def test_what_every_format_promises() -> None:
    check_format(FORMAT)


# ------------------------------------------------------------------------------------------------ tables


def test_the_table_has_no_fault() -> None:
    assert table_faults(TABLE, KINDS) == []


def test_the_tables_fit_together() -> None:
    assert set(CREATORS) | {"note", "attachment", "annotation"} == set(FIELDS)
    names = {name for fields in FIELDS.values() for name in fields}
    assert set(BASE) <= names
    assert all(best_type(kind, frozenset()) in CREATORS for kind in TYPES)
    assert all(
        creator(kind, role(kind, name)) for kind, listed in CREATORS.items() for name in listed if role(kind, name)
    )


def test_zoteros_schema_says_the_same(shared: Path) -> None:
    path = shared / "corpora" / "schemas" / "zotero-schema.json"
    if not path.exists():
        pytest.skip("Zotero's schema is not here")
    schema = json.loads(path.read_text(encoding="utf-8"))
    for kind in schema["itemTypes"]:
        name = kind["itemType"]
        assert {field["field"] for field in kind["fields"]} == set(FIELDS[name]), name
        assert {field["field"]: field.get("baseField") for field in kind["fields"]} == {
            field: BASE.get(field) for field in FIELDS[name]
        }, name
        assert {one["creatorType"] for one in kind["creatorTypes"]} == set(CREATORS.get(name, ())), name
        assert [one["creatorType"] for one in kind["creatorTypes"] if one.get("primary")] == list(
            CREATORS.get(name, ())[:1]
        ), name
    for ours, listed in schema["csl"]["types"].items():
        assert all(TABLE.type_in(name).ours == ours for name in listed), ours  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("ours", "variables", "kind"),
    [
        ("broadcast", set(), "podcast"),
        ("broadcast", {"narrator"}, "tvBroadcast"),
        ("broadcast", {"author"}, "radioBroadcast"),
        ("motion_picture", {"volume"}, "videoRecording"),
        ("personal_communication", {"title"}, "letter"),
        ("article", set(), "preprint"),
        ("review-book", set(), "journalArticle"),
        ("document", set(), "document"),
    ],
)
def test_the_item_type_is_the_one_that_holds_most(ours: str, variables: set[str], kind: str) -> None:
    assert best_type(ours, frozenset(variables)) == kind
    assert variables <= HOLDS[kind]


# ------------------------------------------------------------------------------------------------ meaning


@pytest.mark.parametrize(
    ("kind", "fields", "texts"),
    [
        ("journalArticle", {"title": "T", "publicationTitle": "J", "journalAbbreviation": "J.", "DOI": "10.1/x"},
         {"title": "T", "container-title": "J", "container-title-short": "J.", "DOI": "10.1/x"}),
        ("bookSection", {"bookTitle": "B", "seriesNumber": "2"}, {"container-title": "B", "collection-number": "2"}),
        ("thesis", {"university": "MIT", "thesisType": "PhD"}, {"publisher": "MIT", "genre": "PhD"}),
        ("preprint", {"repository": "arXiv", "archiveID": "arXiv:1", "genre": "P"},
         {"publisher": "arXiv", "number": "arXiv:1", "genre": "P"}),
        ("case", {"caseName": "A v. B", "court": "C", "reporter": "R", "firstPage": "1"},
         {"title": "A v. B", "authority": "C", "container-title": "R", "page": "1"}),
        ("email", {"subject": "S"}, {"title": "S"}),
        ("presentation", {"meetingName": "M", "place": "P"}, {"event-title": "M", "event-place": "P"}),
        ("conferencePaper", {"proceedingsTitle": "P", "conferenceName": "C", "place": "X", "eventPlace": "Y"},
         {"container-title": "P", "event-title": "C", "publisher-place": "X", "event-place": "Y"}),
        ("journalArticle", {"seriesTitle": "A", "series": "B"}, {"collection-title": "A"}),
        ("computerProgram", {"programmingLanguage": "C", "system": "Unix", "versionNumber": "7"},
         {"genre": "C", "medium": "Unix", "version": "7"}),
        ("book", {"numPages": 12}, {"number-of-pages": "12"}),
    ],
)  # fmt: skip
def test_fields(kind: str, fields: dict[str, Any], texts: dict[str, str]) -> None:
    assert from_data(data(itemType=kind, **fields)).texts == texts


@pytest.mark.parametrize(
    ("kind", "creator_type", "variable"),
    [
        ("book", "author", "author"),
        ("book", "seriesEditor", "collection-editor"),
        ("patent", "inventor", "author"),
        ("film", "director", "director"),
        ("film", "castMember", "performer"),
        ("podcast", "podcaster", "host"),
        ("audioRecording", "performer", "author"),
        ("hearing", "contributor", "contributor"),
        ("interview", "interviewee", "author"),
        ("bill", "cosponsor", ""),
    ],
)
def test_creators(kind: str, creator_type: str, variable: str) -> None:
    record = from_data(data(itemType=kind, creators=[person(creator_type, "Doe", "Jane")]))
    assert record.names == ({variable: (Name("Doe", "Jane"),)} if variable else {})


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"lastName": "Doe", "firstName": "Jane"}, Name("Doe", "Jane")),
        ({"name": "WHO"}, Name(literal="WHO")),
        ({"lastName": "WHO", "fieldMode": 1}, Name(literal="WHO")),
        ({"lastName": "van Gogh", "firstName": "Vincent"}, Name("Gogh", "Vincent", "", "van")),
        ({"lastName": "King", "firstName": "Martin Luther, Jr."}, Name("King", "Martin Luther", suffix="Jr.")),
        ({"lastName": "King", "firstName": "Martin,! Jr."}, Name("King", "Martin", suffix="Jr.", comma_suffix=True)),
        ({"lastName": "Plato", "firstName": ""}, Name("Plato")),
    ],
)
def test_names(value: dict[str, Any], name: Name) -> None:
    assert from_data(data(creators=[{"creatorType": "author", **value}])).authors == (name,)


def test_et_al_is_no_person() -> None:
    record = from_data(data(creators=[person("author", "Doe", "J."), {"creatorType": "author", "name": "others"}]))
    assert (record.authors, record.cut) == ((Name("Doe", "J."),), ("author",))
    assert len(to_data(record)["creators"]) == 2
    fresh = Record("book", "x", names={"author": (Name("Doe", "J."),)}, cut=("author",))
    item, lost = written(fresh)
    assert [one["lastName"] for one in item["creators"]] == ["Doe"]
    assert lost == ["cut"]


def test_et_al_is_not_written_even_if_a_record_has_it_as_a_name() -> None:
    record = Record("book", "x", names={"author": (Name("Doe", "J."), Name(literal="others"))})
    text, problems = write_all(FORMAT, [record])
    assert "others" not in text.replace("bibkit:", "")
    assert [(problem.code, problem.field) for problem in problems] == [("zotero-lost", "author")]


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2022-07-27", Date((2022, 7, 27))),
        ("Spring 2019", Date((2019, 21))),
        ("forthcoming", Date(literal="forthcoming")),
    ],
)
def test_dates(value: str, date: Date) -> None:
    record = from_data(data(date=value))
    assert record.issued == date
    assert to_data(record)["date"] == value


def test_access_with_its_time() -> None:
    record = from_data(data(accessDate="2022-07-27T10:11:12Z"))
    assert record.dates["accessed"] == Date((2022, 7, 27), time="10:11:12Z")
    assert to_data(record)["accessDate"] == "2022-07-27T10:11:12Z"


# ------------------------------------------------------------------------------------------------ Extra


def test_lines_of_extra_are_understood() -> None:
    extra = "Seen in Oslo.\nPMID: 123\nCitation Key: doe2020\nOriginal Date: 1865\nEditor: Doe || Jane\nFoo: bar"
    record = from_data(data(extra=extra))
    assert record.key == "doe2020"
    assert record.texts == {"PMID": "123", "note": "Seen in Oslo.\nFoo: bar"}
    assert record.dates == {"original-date": Date((1865,))}
    assert record.names == {"editor": (Name("Doe", "Jane"),)}
    assert to_data(record)["extra"] == extra
    changed = to_data(replace(record, texts={**record.texts, "PMID": "124"}))
    assert changed["PMID"] == "124"
    assert changed["extra"] == "Seen in Oslo.\nFoo: bar\nOriginal Date: 1865"


def test_a_field_goes_before_its_line() -> None:
    record = from_data(data(DOI="10.1/x", extra="DOI: 10.1/y", citationKey="a"))
    assert record.texts == {"DOI": "10.1/x", "note": "DOI: 10.1/y"}


@pytest.mark.parametrize(
    ("kind", "said", "item_type"),
    [("article", "preprint", "document"), ("review-book", "", "journalArticle"), ("treaty", "", "statute")],
)
def test_types_that_extra_says(kind: str, said: str, item_type: str) -> None:
    item = data(itemType=item_type, extra=f"Type: {kind}")
    record = from_data(item)
    assert record.type == kind
    assert to_data(record) == {**item}
    fresh, lost = written(Record(kind, "x"))
    assert fresh["itemType"] == said or item_type
    assert lost == []


def test_what_has_no_field_is_a_line() -> None:
    record = Record(
        "book",
        "x",
        {"note": "Mine.", "PMID": "1", "archive_location": "A"},
        {"director": (Name("Doe", "Jane", "", "van", "Jr."), Name(literal="WHO"))},
        {"event-date": Date((2020, 5))},
        aliases=("old", "older"),
    )
    item, lost = written(record)
    assert item["extra"] == (
        "Mine.\nCitation Key Alias: old, older\nDirector: van Doe || Jane, Jr.\nDirector: WHO\n"
        "Event Date: 2020-05\nPMID: 1"
    )
    assert lost == []
    (again,), _ = read([item])
    assert (again.texts, again.names, again.dates, again.aliases) == (
        record.texts,
        record.names,
        record.dates,
        record.aliases,
    )


@pytest.mark.parametrize(
    ("label", "variable"),
    [
        ("DOI", "DOI"),
        ("pmid", "PMID"),
        ("Original Date", "original-date"),
        ("original-date", "original-date"),
        ("archive_location", "archive_location"),
        ("Archive Location", "archive_location"),
        ("journalAbbreviation", "journalAbbreviation"),
        ("Citation Key", "citation-key"),
        ("Note", ""),
        ("Colour", ""),
    ],
)
def test_labels(label: str, variable: str) -> None:
    assert note_lines.variable(label) == variable
    assert not variable or note_lines.variable(note_lines.label(variable)) == variable


# ------------------------------------------------------------------------------------------------ as it stood


WHOLE = data(
    key="ABCD2345",
    version=7,
    title="T",
    date="3. Mai 1999",
    seriesText="x",
    volume=5,
    creators=[
        person("author", "Doe", "Jane"),
        person("editor", "Roe", "R."),
        person("author", "Poe", "E."),
        person("wordsBy", "Moe", "M."),
    ],
    tags=[{"tag": "b", "type": 1}, {"tag": "a"}],
    collections=["CCCC2222"],
    relations={"owl:sameAs": ["x"]},
    extra="tex.eprint: 1\nDOI: 10.1/x",
    citationKey="doe",
    dateAdded="2020-01-01T00:00:00Z",
    unheardOf={"a": [1]},
)


@pytest.mark.parametrize(
    "item", [WHOLE, data(), data(itemType="case", caseName="A"), data(tags=[{"tag": "a", "type": 0}])]
)
def test_an_item_that_is_not_changed_stands_as_it_stood(item: dict[str, Any]) -> None:
    assert to_data(from_data(item)) == item
    (record,), _ = read([item])
    assert written(record) == (item, [])


def test_a_change_changes_only_itself() -> None:
    record = from_data(WHOLE)
    changed = to_data(replace(record, texts={**record.texts, "title": "U"}))
    assert changed == {**WHOLE, "title": "U"}


def test_changed_creators_and_tags_keep_what_csl_has_no_name_for() -> None:
    record = from_data(WHOLE)
    changed = to_data(replace(record, names={"author": (Name("New", "N."),)}, keywords=("b", "c")))
    assert changed["creators"] == [person("author", "New", "N."), person("wordsBy", "Moe", "M.")]
    assert changed["tags"] == [{"tag": "b", "type": 1}, {"tag": "c"}]


def test_order_of_members() -> None:
    assert list(to_data(from_data(WHOLE)))[:6] == ["key", "version", "itemType", "title", "creators", "date"]
    assert list(to_data(from_data(WHOLE)))[-4:] == ["tags", "collections", "relations", "dateAdded"]


def test_fields_of_another_type_are_lost_and_said() -> None:
    record = replace(from_data(data(itemType="patent", country="NO")), type="book")
    item, lost = written(replace(record, key="x"))
    assert "country" not in item
    assert lost == ["zotero:country"]


def test_what_comes_from_elsewhere_is_said() -> None:
    assert written(Record("book", "x", extra={"bibtex:file": "a.pdf"}))[1] == ["bibtex:file"]


# ------------------------------------------------------------------------------------------------ children


def test_children_stay_with_their_item() -> None:
    attachment = {
        "key": "ATT",
        "itemType": "attachment",
        "parentItem": "TOP",
        "linkMode": "linked_url",
        "url": "https://a",
    }
    mark = {"key": "ANN", "itemType": "annotation", "parentItem": "ATT", "annotationText": "x"}
    note = {"key": "NOT", "itemType": "note", "parentItem": "TOP", "note": "<p>n</p>"}
    records, problems = read([attachment, mark, data(key="TOP", title="T"), note, data(key="TWO")])
    assert [record.extra["zotero:key"] for record in records] == ["TOP", "TWO"]
    assert problems == []
    text, lost = write_all(FORMAT, records)
    assert [one["key"] for one in json.loads(text)] == ["TOP", "ATT", "ANN", "NOT", "TWO"]
    assert json.loads(text)[1:4] == [attachment, mark, note]
    assert lost == []


def test_a_note_that_stands_alone() -> None:
    note = {"key": "N", "itemType": "note", "note": "<p>n</p>", "tags": [], "collections": [], "relations": {}}
    (record,), _ = read([note])
    assert record.type == "document"
    assert written(record) == (note, [])


def test_children_without_their_item_are_read_alone() -> None:
    (record,), _ = read([{"key": "N", "itemType": "note", "parentItem": "GONE", "note": "n"}])
    assert record.extra["zotero:parentItem"] == "GONE"


def test_items_that_hang_on_one_another_are_said() -> None:
    ring = [{"key": "A", "itemType": "note", "parentItem": "B"}, {"key": "B", "itemType": "note", "parentItem": "A"}]
    records, problems = read(ring)
    assert records == []
    assert {problem.code for problem in problems} == {"zotero-circle"}


# ------------------------------------------------------------------------------------------------ shapes


@pytest.mark.parametrize(
    "value",
    [
        [data(title="T")],
        data(title="T"),
        [{"key": "A", "version": 1, "library": {}, "data": data(title="T")}],
        {"config": {}, "items": [data(title="T")]},
    ],
)
def test_shapes(value: Any) -> None:
    (record,), problems = read(value)
    assert (record.type, record.title) == ("article-journal", "T")
    assert problems == []


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"itemType": "poem"}, "zotero-type"),
        ({"itemType": None}, "zotero-type"),
        ({"creators": "Doe"}, "zotero-value"),
        ({"creators": [1]}, "zotero-value"),
        ({"tags": {"a": 1}}, "zotero-value"),
        ({"title": ["T"]}, "zotero-value"),
        ({"title": {"a": "T"}}, "zotero-value"),
    ],
)
def test_what_is_not_as_zotero_has_it(members: dict[str, Any], code: str) -> None:
    item = {**data(key="X"), **members}
    (record,), problems = read([item])
    assert [problem.code for problem in problems] == [code]
    again = written(record)[0]
    if members != {"itemType": None}:
        assert {name: again[name] for name in members} == members


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ('[{"itemType": "book"}]', True),
        ('{"items": [{"key": "x", "itemType": "book"}]}', True),
        ('[{"type": "book"}]', False),
        ("itemType", False),
        ("", False),
    ],
)
def test_detection(text: str, sure: bool) -> None:
    assert FORMAT.detect
    assert (FORMAT.detect(text) >= 0.5) is sure


def test_every_item_of_the_corpora_stands_as_it_stood(shared: Path) -> None:
    files = sorted((shared / "corpora" / "zotero_types").glob("type.*.in.json"))
    if not files:
        pytest.skip("no Zotero items there")
    for path in files:
        found = json.loads(path.read_text(encoding="utf-8"))
        item = found[0] if isinstance(found, list) else found
        (record,), problems = read([item])
        assert problems == [], path.name
        assert written(record) == (item, []), path.name
