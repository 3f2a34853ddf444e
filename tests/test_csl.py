"""CSL-JSON: what items mean, what is written, and that damage stays where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import json_items
from bibkit.formats import ReadOptions, WriteOptions
from bibkit.formats.csl import FORMAT, split_keywords
from bibkit.formats.csl_tables import NOT_IN_SCHEMA, ORDER, SCHEMA_NAMES, SYNONYMS, TYPE_SYNONYMS
from bibkit.note_lines import expand
from bibkit.problems import Problem
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES, TYPES, Date, Name, Record, replace
from bibkit.testing import check_format, read_all, record_lists, write_all


def read(text: str) -> tuple[list[Record], list[Problem]]:
    return read_all(FORMAT, text)


def item(**members: Any) -> Record:
    """The one record of an item with these members, `_` for `-` in their names."""
    value = {"id": "x", "type": "book", **{name.replace("_", "-"): member for name, member in members.items()}}
    (record,), _ = read(json.dumps([value]))
    return record


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def written(*records: Record) -> tuple[list[dict[str, Any]], list[Problem]]:
    text, problems = write_all(FORMAT, records)
    return json.loads(text), problems


STRICT = WriteOptions(schema=True)


def strictly(*records: Record) -> list[dict[str, Any]]:
    """What is written where only the schema counts."""
    assert FORMAT.write
    pieces = [piece for piece in FORMAT.write(records, STRICT) if isinstance(piece, str)]
    found: list[dict[str, Any]] = json.loads("".join(pieces))
    return found


def test_what_every_format_promises() -> None:
    check_format(FORMAT)


# ------------------------------------------------------------------------------------------------ the vocabulary


def test_every_variable_has_a_place() -> None:
    assert set(ORDER) >= TEXT_VARIABLES | NAME_VARIABLES | DATE_VARIABLES | set(SCHEMA_NAMES.values())
    assert set(SYNONYMS.values()) <= TEXT_VARIABLES
    assert set(TYPE_SYNONYMS.values()) <= TYPES
    assert not set(TYPE_SYNONYMS) & TYPES


def schema(shared: Path) -> Any:
    path = shared / "corpora" / "schemas" / "csl-data.json"
    if not path.exists():
        pytest.skip("CSL's schema is not here")
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_schema_is_as_our_table_says(shared: Path) -> None:
    allowed = set(schema(shared)["items"]["properties"])
    ours = TEXT_VARIABLES | NAME_VARIABLES | DATE_VARIABLES
    assert ours - allowed == NOT_IN_SCHEMA | set(SCHEMA_NAMES)
    assert set(SCHEMA_NAMES.values()) <= allowed
    assert set(schema(shared)["items"]["properties"]["type"]["enum"]) == TYPES


NOT_SCHEMA = NOT_IN_SCHEMA | SCHEMA_NAMES.keys()


def without_these(record: Record) -> Record:
    """The record without the variables that only the specification has."""
    texts = {name: text for name, text in record.texts.items() if name not in NOT_SCHEMA}
    people = {name: listed for name, listed in record.names.items() if name not in NOT_SCHEMA}
    return replace(record, texts=texts, names=people)


@pytest.mark.parametrize("strict", [False, True])
def test_what_is_written_satisfies_the_schema(shared: Path, strict: bool) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(schema(shared))

    @settings(max_examples=100)
    @given(record_lists())
    def satisfies(records: list[Record]) -> None:
        twice = [*records, *records]
        items = strictly(*twice) if strict else written(*map(without_these, twice))[0]
        assert [error.message for error in validator.iter_errors(items)] == []
        assert len({one["id"] for one in items}) == len(items)

    satisfies()


@settings(max_examples=50)
@given(record_lists())
def test_both_ways_of_writing_are_read_alike(records: list[Record]) -> None:
    loose, strict = (read_all(FORMAT, json.dumps(items))[0] for items in (written(*records)[0], strictly(*records)))
    assert [replace(one, origins=()) for one in loose] == [replace(one, origins=()) for one in strict]


def test_the_specification_counts_and_the_schema_on_request() -> None:
    texts = {"license": "CC0", "part-number": "2", "printing-number": "3", "supplement-number": "4"}
    record = Record("book", "x", texts, {"editor-translator": (Name("Doe", "J."),)})
    doe = [{"family": "Doe", "given": "J."}]
    head = {"id": "x", "citation-key": "x", "type": "book"}
    assert written(record) == ([{**head, **texts, "editor-translator": doe}], [])
    custom = {"editor-translator": doe, "license": "CC0"}
    assert strictly(record) == [{**head, "part": "2", "printing": "3", "supplement": "4", "custom": custom}]


# ------------------------------------------------------------------------------------------------ key and type


@pytest.mark.parametrize(
    ("members", "key", "extra"),
    [
        ({"id": "smith2020"}, "smith2020", {}),
        ({"id": 57}, "57", {}),
        ({"id": 57.0}, "57", {}),
        ({"id": "http://zotero.org/x", "citation_key": "smith"}, "smith", {"csl:id": "http://zotero.org/x"}),
        ({"id": "a", "citation_key": "a"}, "a", {}),
        ({"id": None}, "", {}),
    ],
)
def test_key(members: dict[str, Any], key: str, extra: dict[str, Any]) -> None:
    record = item(**members)
    assert (record.key, dict(record.extra)) == (key, extra)


def test_the_key_becomes_the_id_and_the_old_id_is_kept() -> None:
    ((record,), _) = read('[{"id": "http://zotero.org/1", "citation-key": "smith", "type": "book"}]')
    (value,), problems = written(record)
    assert (value["id"], value["citation-key"], value["custom"]) == ("smith", "smith", {"id": "http://zotero.org/1"})
    assert problems == []


def test_ids_are_unique_and_made_where_there_is_no_key() -> None:
    items, problems = written(Record(key="a"), Record(key="a"), Record(), Record(key="item-1"))
    assert [one["id"] for one in items] == ["a", "a-2", "item-1", "item-1-2"]
    assert [one.get("citation-key") for one in items] == ["a", "a", None, "item-1"]
    assert codes(problems) == ["csl-id-twice", "csl-id-made", "csl-id-twice"]


@pytest.mark.parametrize(
    ("given_type", "kind", "code"),
    [
        ("thesis", "thesis", None),
        ("journal-article", "article-journal", "csl-type"),
        ("Motion-Picture", "motion_picture", "csl-type"),
        ("poem", "document", "csl-type"),
        (None, "document", "csl-no-type"),
        (7, "document", "csl-type"),
    ],
)
def test_type(given_type: Any, kind: str, code: str | None) -> None:
    (record,), problems = read(json.dumps([{"id": "x", "type": given_type}]))
    assert record.type == kind
    assert codes(problems) == ([code] if code else [])


def test_the_default_type_is_the_one_asked_for() -> None:
    assert FORMAT.read
    found = [one for one in FORMAT.read('[{"id": "x"}]', "", ReadOptions(type="book")) if isinstance(one, Record)]
    assert found[0].type == "book"


# ------------------------------------------------------------------------------------------------ texts


def test_older_names_of_variables_are_understood_where_they_say_nothing_else() -> None:
    record = item(event="ICML", shortTitle="T", journalAbbreviation="J. X", part=3)
    assert record.texts == {
        "event-title": "ICML",
        "title-short": "T",
        "container-title-short": "J. X",
        "part-number": "3",
    }
    both = item(event="a", event_title="b")
    assert both.texts == {"event-title": "b"}
    assert both.extra == {"csl:event": "a"}


@pytest.mark.parametrize(
    ("value", "text"), [("5", "5"), (5, "5"), (5.0, "5"), (5.5, "5.5"), (["A", "B"], "A; B"), (10**30, str(10**30))]
)
def test_texts(value: Any, text: str) -> None:
    assert item(volume=value).texts == {"volume": text}


@pytest.mark.parametrize("value", [True, {"a": 1}, [1, 2], [["x"]]])
def test_what_is_no_text_is_kept_and_said(value: Any) -> None:
    (record,), problems = read(json.dumps([{"id": "x", "type": "book", "title": value}]))
    assert record.texts == {}
    assert record.extra == {"csl:title": value}
    assert codes(problems) == ["csl-value"]
    (again,), _ = read(json.dumps(written(record)[0]))
    assert again.extra == record.extra


def test_rich_text_is_kept() -> None:
    title = 'On <i>E. coli</i>, H<sub>2</sub>O & <span class="nocase">NASA</span>'
    assert written(item(title=title))[0][0]["title"] == title


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a, b c", ("a", "b c")),
        ("a; b, c", ("a", "b, c")),
        ("one", ("one",)),
        (" , ;", (",",)),
        ("", ()),
    ],
)
def test_keywords_are_split(text: str, words: tuple[str, ...]) -> None:
    assert split_keywords(text) == words


@pytest.mark.parametrize(
    ("words", "keyword"),
    [(("a", "b"), "a, b"), (("a, b", "c"), "a, b; c"), (("a, b",), "a, b"), (("a;b", "c,d"), "a;b; c,d")],
)
def test_keywords_come_back(words: tuple[str, ...], keyword: str) -> None:
    record = Record(key="x", keywords=words)
    items, problems = written(record)
    assert items[0]["keyword"] == keyword
    (again,), _ = read(json.dumps(items))
    assert again.keywords == words
    assert problems == []


# ------------------------------------------------------------------------------------------------ names


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"family": "Doe", "given": "Jane"}, Name("Doe", "Jane")),
        ({"literal": "WHO"}, Name(literal="WHO")),
        ({"name": "WHO"}, Name(literal="WHO")),
        ({"family": "WHO", "isInstitution": "true"}, Name(literal="WHO")),
        ("WHO", Name(literal="WHO")),
        ("Doe, Jane", Name("Doe", "Jane")),
        ({"family": "Gogh", "given": "V.", "non-dropping-particle": "van"}, Name("Gogh", "V.", "", "van")),
        ({"family": "van Gogh", "given": "V.", "parse-names": True}, Name("Gogh", "V.", "", "van")),
        ({"family": "King", "given": "M.", "suffix": "Jr.", "comma-suffix": "true"},
         Name("King", "M.", suffix="Jr.", comma_suffix=True)),
        ({"family": "毛", "given": "泽东", "static-ordering": 1}, Name("毛", "泽东", static_ordering=True)),
        ({"family": 5, "given": None}, Name("5")),
    ],
)  # fmt: skip
def test_names(value: Any, name: Name) -> None:
    assert item(author=[value]).authors == (name,)
    assert item(author=value).authors == (name,)


@pytest.mark.parametrize(
    "others", [{"literal": "others"}, {"family": "others"}, {"literal": "et al."}, "others", {"family": "Et Al"}]
)
def test_et_al_is_no_person(others: Any) -> None:
    record = item(author=[{"family": "Doe", "given": "J."}, others])
    assert record.authors == (Name("Doe", "J."),)
    assert record.cut == ("author",)
    (value,), problems = written(record)
    assert value["author"] == [{"family": "Doe", "given": "J."}]
    assert value["custom"] == {"bibkit:cut": ["author"]}
    assert problems == []
    (again,), _ = read(json.dumps([value]))
    assert again.cut == ("author",)


def test_et_al_is_not_written_even_if_a_record_has_it_as_a_name() -> None:
    record = Record("book", "x", names={"author": (Name("Doe", "J."), Name(literal="others"))})
    text, problems = write_all(FORMAT, [record])
    assert "others" not in text.replace("bibkit:", "")
    assert [(problem.code, problem.field) for problem in problems] == [("csl-others", "author")]


def test_others_in_the_middle_is_somebody() -> None:
    assert len(item(author=[{"literal": "others"}, {"family": "Doe"}]).authors) == 2


def test_what_else_a_name_says_is_kept() -> None:
    people = [{"family": "Doe", "given": "J."}, {"family": "Roe", "ORCID": "0000-0002-1825-0097"}]
    record = item(author=people)
    assert record.extra == {"csl:names": {"author": {"2": {"ORCID": "0000-0002-1825-0097"}}}}
    (again,), _ = read(json.dumps(written(record)[0]))
    assert again.extra == record.extra


# ------------------------------------------------------------------------------------------------ dates


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ({"date-parts": [[2020, 3, 15]]}, Date((2020, 3, 15))),
        ({"date-parts": [["2020", "03", 15]]}, Date((2020, 3, 15))),
        ({"date-parts": [[2020, 0, 0]]}, Date((2020,))),
        ({"date-parts": [[2020, None]]}, Date((2020,))),
        ({"date-parts": [2020, 3]}, Date((2020, 3))),
        ({"date-parts": [[2020], [2021, 2]]}, Date((2020,), (2021, 2))),
        ({"date-parts": [[2020], [0]]}, Date((2020,), ())),
        ({"date-parts": [[0], [2020]]}, Date((), (2020,))),
        ({"date-parts": [[-44, 3, 15]]}, Date((-43, 3, 15))),
        ({"date-parts": [[-1]]}, Date((0,))),
        ({"date-parts": [[2020, 14]]}, Date((2020, 22))),
        ({"date-parts": [[2020]], "season": 1}, Date((2020, 21))),
        ({"date-parts": [["2020"]], "season": "4"}, Date((2020, 24))),
        ({"date-parts": [[2020]], "season": "Autumn"}, Date((2020, 23))),
        ({"date-parts": [[2020]], "season": "Trinity"}, Date((2020,), literal="Trinity 2020")),
        ({"date-parts": [[1850]], "circa": True}, Date((1850,), qualifier="~")),
        ({"date-parts": [[1850]], "circa": "true"}, Date((1850,), qualifier="~")),
        ({"date-parts": [[1850]], "circa": "false"}, Date((1850,))),
        ({"date-parts": [[1850]], "circa": 1}, Date((1850,), qualifier="~")),
        ({"literal": "forthcoming"}, Date(literal="forthcoming")),
        ({"raw": "2020-03"}, Date((2020, 3))),
        ({"raw": "15 March 2020"}, Date((2020, 3, 15))),
        ({"raw": "sometime"}, Date(literal="sometime")),
        ({"date-parts": [["2020", "March"]]}, Date((2020, 3))),
        ({"date-parts": [[2020, 2, 31]]}, Date(literal="2020-2-31")),
        ({"year": "2020", "month": 3}, Date((2020, 3))),
        ([{"year": 2020}, {"year": 2021}], Date((2020,), (2021,))),
        ("2020-03/2020-05", Date((2020, 3), (2020, 5))),
        ("1999~", Date((1999,), qualifier="~")),
        (2020, Date((2020,))),
        ([2020, 3], Date((2020, 3))),
        ({"date-parts": [[2020]], "date-time": "2020-01-01T00:00:00Z"}, Date((2020,))),
    ],
)  # fmt: skip
def test_dates(value: Any, date: Date) -> None:
    assert item(issued=value).issued == date


@pytest.mark.parametrize("value", [{}, [], "", " ", None, {"date-parts": [[None]]}, {"date-parts": [[]]}])
def test_no_date(value: Any) -> None:
    (record,), problems = read(json.dumps([{"id": "x", "type": "book", "issued": value}]))
    assert record.dates == {}
    assert problems == []


@pytest.mark.parametrize(
    ("date", "value"),
    [
        (Date((2020, 3, 15)), {"date-parts": [[2020, 3, 15]]}),
        (Date((-43,)), {"date-parts": [[-44]]}),
        (Date((2020, 22)), {"date-parts": [[2020]], "season": 2}),
        (Date((2020, 22), (2020, 23)), {"date-parts": [[2020, 22], [2020, 23]]}),
        (Date((2020,), ()), {"date-parts": [[2020], [0]]}),
        (Date((2020,), qualifier="~"), {"date-parts": [[2020]], "circa": True}),
        (Date(literal="soon"), {"literal": "soon"}),
        (Date((2020,), literal="about then"), {"date-parts": [[2020]], "literal": "about then"}),
    ],
)
def test_dates_are_written(date: Date, value: Any) -> None:
    items, problems = written(Record(key="x", dates={"issued": date}))
    assert items[0]["issued"] == value
    assert "custom" not in items[0]
    assert problems == []


def test_what_a_csl_date_cannot_say_is_beside_it_until_the_date_is_changed() -> None:
    record = Record(key="x", dates={"issued": Date((1999,), (2000,), "?", "~")})
    (value,), problems = written(record)
    assert problems == []
    assert value["issued"] == {"date-parts": [[1999], [2000]]}
    (again,), _ = read(json.dumps([value]))
    assert again.dates == record.dates
    value["issued"] = {"date-parts": [[1998]]}
    (changed,), _ = read(json.dumps([value]))
    assert changed.issued == Date((1998,))


# ------------------------------------------------------------------------------------------------ beyond CSL


def test_extra_goes_to_custom_and_back() -> None:
    extra = {"bibtex:file": "a.pdf", "csl:memo": {"a": [1]}, "csl:categories": ["x"], "ris:C8": ["1", "2"]}
    record = Record(key="x", extra=extra, aliases=("old",), texts={"license": "CC-BY", "part-number": "2"})
    (value,), problems = written(record)
    assert value["categories"] == ["x"]
    assert value["part-number"] == "2"
    assert list(value["custom"]) == ["bibkit:aliases", "bibtex:file", "memo", "ris:C8"]
    assert problems == []
    (again,), _ = read(json.dumps([value]))
    assert (again.extra, again.aliases, again.texts) == (record.extra, record.aliases, record.texts)


def test_members_of_custom_that_others_made_are_kept() -> None:
    record = item(custom={"short_id": "xyz", "bibkit:cut": 5, "bibkit:dates": {"issued": 3}})
    assert record.extra == {"csl:short_id": "xyz", "bibkit:cut": 5, "bibkit:dates": {"issued": 3}}


@pytest.mark.parametrize("record", [Record(key="x", texts={"colour": "red"}), Record(key="x", type="poem")])
def test_what_is_not_csl_is_said(record: Record) -> None:
    assert len(written(record)[1]) == 1


def test_lines_of_the_note_are_variables_on_request() -> None:
    record = item(title="T", note="Seen.\nDOI: 10.1000/x\nOriginal Date: 1865\neditor: Doe || Jane\nTitle: other")
    found = expand(record)
    assert record.texts["note"].count("\n") == 4
    assert found.texts == {"title": "T", "DOI": "10.1000/x", "note": "Seen.\nTitle: other"}
    assert found.dates == {"original-date": Date((1865,))}
    assert found.names == {"editor": (Name("Doe", "Jane"),)}
    assert expand(found) == found


def test_note_lines_are_an_option_of_reading() -> None:
    note = "Seen.\nType: dataset\nPMID: 1\ncitation-key-alias: old, older"
    text = json.dumps([{"id": "x", "type": "book", "note": note}])
    assert read(text)[0][0].texts == {"note": note}
    assert FORMAT.read
    (found,) = FORMAT.read(text, "", ReadOptions(note_lines=True))
    assert isinstance(found, Record)
    assert (found.type, found.texts, found.aliases) == ("dataset", {"note": "Seen.", "PMID": "1"}, ("old", "older"))


# ------------------------------------------------------------------------------------------------ how it looks


def test_the_form_is_canonical() -> None:
    people = {"editor": (Name("B", "C"),), "author": (Name(literal="Ü"),)}
    record = Record("book", "x", {"volume": "1", "title": "T", "DOI": "10.1/x"}, people, {"issued": Date((2020,))})
    assert FORMAT.write
    assert "".join(map(str, FORMAT.write([record], WriteOptions()))) == (
        '[\n  {\n    "id": "x",\n    "citation-key": "x",\n    "type": "book",\n    "title": "T",\n'
        '    "author": [\n      {\n        "literal": "Ü"\n      }\n    ],\n'
        '    "editor": [\n      {\n        "family": "B",\n        "given": "C"\n      }\n    ],\n'
        '    "issued": {\n      "date-parts": [\n        [\n          2020\n        ]\n      ]\n    },\n'
        '    "DOI": "10.1/x",\n    "volume": "1"\n  }\n]\n'
    )


def test_nothing_is_an_empty_array() -> None:
    assert write_all(FORMAT, [])[0] == "[]\n"


def test_half_a_surrogate_pair_is_replaced_and_said() -> None:
    record = Record(key="x", texts={"title": "a\ud800b"})
    text, problems = write_all(FORMAT, [record])
    assert "a\ufffdb" in text
    assert codes(problems) == ["csl-changed"]


# ------------------------------------------------------------------------------------------------ shapes and damage

ITEM = '{"id": "a", "type": "book", "title": "A"}'
OTHER = '{"id": "b", "type": "book", "title": "B"}'


@pytest.mark.parametrize(
    "text",
    [
        f"[{ITEM},{OTHER}]",
        f"\ufeff [ {ITEM} , {OTHER} ] \n",
        f'{{"items": [{ITEM},{OTHER}]}}',
        f'{{"schema": 1, "references": [{ITEM},{OTHER}]}}',
        f'{{"status": "ok", "message": {{"total": 2, "items": [{ITEM},{OTHER}]}}}}',
        f"{ITEM}\n{OTHER}\n",
        f"{ITEM}{OTHER}",
    ],
)
def test_shapes(text: str) -> None:
    assert [record.key for record in read(text)[0]] == ["a", "b"]


def test_one_item_alone() -> None:
    records, problems = read(ITEM)
    assert [record.key for record in records] == ["a"]
    assert problems == []


@pytest.mark.parametrize("text", ["", " \n", "\ufeff"])
def test_nothing(text: str) -> None:
    assert read(text) == ([], [])


@pytest.mark.parametrize(
    "text", ["5", '"text"', "null", "true", "nonsense", "@book{x, title={T}}", "[5]", '["a", null]', "TY  - JOUR"]
)
def test_no_items(text: str) -> None:
    records, problems = read(text)
    assert records == []
    assert {problem.severity for problem in problems} == {"error"}


@pytest.mark.parametrize(
    ("broken", "keys"),
    [
        ('{"id": "x", "type": "book", "title": }', ["a", "x", "b"]),
        ('{"id": "x", "type": "book" "title": "T"}', ["a", "x", "b"]),
        ('{"id": "x", "type": "book", "author": [{"family": "Y"}', ["a", "x", "b"]),
        ('{"id": "x", "type": "book", "title": "no end}', ["a", "x", "b"]),
        ('{"id": "x", "type": "book", "title": NaN}', ["a", "x", "b"]),
        ('{"id": "x", "type": "book", "title": "control \x01 and\nbreak"}', ["a", "x", "b"]),
        ('{"id": "x", "type": "book", "title": "half \\ud83d pair"}', ["a", "x", "b"]),
        ('{"title": }', ["a", "b"]),
        ("]]", ["a", "b"]),
        ("garbage", ["a", "b"]),
        ("[" * 2000, ["a", "b"]),
    ],
)
@pytest.mark.parametrize("gap", ["", "\n  "])
def test_damage_stays_where_it_is(broken: str, keys: list[str], gap: str) -> None:
    records, problems = read(f"[{gap}{ITEM},{gap}{broken},{gap}{OTHER}\n]")
    assert [record.key for record in records] == keys
    assert problems


@pytest.mark.parametrize("cut", range(len(ITEM) + 3, 2 * len(ITEM)))
def test_a_cut_file_loses_only_its_end(cut: int) -> None:
    records, problems = read(f"[{ITEM},{OTHER}]"[:cut])
    assert records[0].title == "A"
    assert any(problem.severity == "error" for problem in problems)


def test_nesting_too_deep_to_decode() -> None:
    deep = "[" * 20_000
    assert read(deep)[0] == []
    records, problems = read(f'[{ITEM}, {{"id": "x", "note": {deep}}}, {OTHER}]')
    assert [record.key for record in records] == ["a", "x", "b"]
    assert codes(problems) == ["json-damaged", "json-item", "csl-no-type"]


def test_deep_but_sound_values_do_not_break_writing() -> None:
    value: Any = "x"
    for _ in range(900):
        value = [value]
    text, problems = write_all(FORMAT, [Record(key="x", extra={"csl:deep": value})])
    assert json.loads(text)[0]["id"] == "x"
    assert len(problems) <= 1


def test_lines_and_numbers() -> None:
    sound = '  {\n    "id": "a", "type": "book"\n  },\n\n  {"id": "a", "type": "book"},'
    text = f'[\n{sound}\n  5,\n  {{"id": "c", "type": }}\n]'
    records, problems = read(text)
    assert [(record.origins[0].line, record.origins[0].end_line) for record in records] == [(2, 4), (6, 6), (8, 8)]
    assert [(problem.code, problem.line) for problem in problems] == [
        ("json-damaged", 1),
        ("csl-id-twice", 6),
        ("json-shape", 7),
        ("json-item", 8),
        ("csl-no-type", 8),
    ]


MEMBERS = ("id", "type", "title", "author", "issued", "date-parts", "custom", "keyword", "bibkit:cut")
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(MEMBERS), inner),
)


@given(JSON)
@settings(max_examples=100)
def test_any_json_is_read(value: Any) -> None:
    read(json.dumps(value))
    read(json.dumps([{"id": "x", "type": "book", "author": value, "issued": value, "custom": value, "title": value}]))


def test_items_come_one_by_one() -> None:
    """The second item is not decoded before it is asked for: a large array does not stand in memory as objects."""
    found = json_items.items("[" + ",".join([ITEM] * 1000) + "]")
    first = next(found)
    assert isinstance(first, json_items.Item)
    assert first.number == 1


@pytest.mark.parametrize(
    "text",
    ["[" + '{"id":' * 2_000, '[{"a": "' + '\\"{' * 20_000, "[" + '{"id": "x", "type": }, ' * 2_000, "[" + "}" * 9_000],
)
def test_long_damage_is_read_to_its_end(text: str) -> None:
    assert read(text)


# ------------------------------------------------------------------------------------------------ detection


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        (f"[{ITEM}]", True),
        ("[]", True),
        ('{"items": [{"id": 1, "type": "article-journal"}]}', True),
        ('[{"itemType": "book", "title": "T"}]', False),
        ("@book{x}", False),
        ("TY  - JOUR", False),
        ("", False),
        ("5", False),
    ],
)
def test_detection(text: str, sure: bool) -> None:
    assert FORMAT.detect
    assert (FORMAT.detect(text) >= 0.5) is sure
