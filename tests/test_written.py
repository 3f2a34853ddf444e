"""Entries as they stand in their source, in every format: places, and changes that touch nothing else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from bibkit import checks, files, formats
from bibkit.checks import registry
from bibkit.checks.fixing import changes
from bibkit.checks.model import Bibliography, Check, Remark, Terms
from bibkit.edits import Edit, apply_edits
from bibkit.formats import ReadOptions, ris_syntax
from bibkit.formats.listing_written import ListingWritten
from bibkit.formats.ris_written import MOST
from bibkit.problems import Problem
from bibkit.record import Origin, Record, Trace, replace
from bibkit.written import Written, by_lines

Found = tuple[list[Written], list[Problem]]


def written(text: str, form: str) -> Found:
    reader = formats.get(form).written
    assert reader
    found = list(reader(text, "x", ReadOptions()))
    return [one for one in found if isinstance(one, Written)], [one for one in found if isinstance(one, Problem)]


def read(text: str, form: str) -> tuple[list[Record], list[Problem]]:
    reader = formats.get(form).read
    assert reader
    found = list(reader(text, "x", ReadOptions()))
    return [one for one in found if isinstance(one, Record)], [one for one in found if isinstance(one, Problem)]


# ------------------------------------------------------------------------------------------------ what holds everywhere


def check_places(text: str, form: str) -> list[Written]:
    """The records and Problems are those of `read`, and all places are inside of their entry and in order."""
    items, problems = written(text, form)
    assert ([item.record for item in items], problems) == read(text, form)
    before = 0
    for item in items:
        assert before <= item.start <= item.end <= len(text)
        before = item.end
        check_fields(text, item)
    return items


def check_fields(text: str, item: Written) -> None:
    place = item.start
    for field, value in item.fields.items():
        (name, name_end), (start, end) = item.name_span(field), item.span(field)
        assert item.start <= start <= end <= item.end, field
        if item.is_plain(field):
            assert text[start:end] == value
        if item.editable:
            assert place <= name <= name_end <= start, field
            place = end


def unchanged(text: str, form: str, number: int, edits: list[Edit], meant: Callable[[dict[str, str]], Any]) -> str:
    """Make the edits: of this entry only what is meant has changed, of the others nothing."""
    before = written(text, form)[0]
    new = apply_edits(text, edits)
    after = written(new, form)[0]
    assert len(after) == len(before)
    for place, (old, now) in enumerate(zip(before, after, strict=True)):
        if place == number:
            assert dict(now.fields) == meant(dict(old.fields))
        else:
            assert now.fields == old.fields
            assert inherits(old) or meaning(now.record) == meaning(old.record)
    return new


def inherits(item: Written) -> bool:
    """Whether the entry may change with another one."""
    return not {"crossref", "xref", "xdata"}.isdisjoint(item.fields)


def meaning(record: Record) -> tuple[Any, ...]:
    return record.type, record.key, record.texts, record.names, record.dates, record.keywords, record.extra


def unnamed(fields: dict[str, str]) -> list[tuple[str, str]]:
    """Fields without what tells repeated ones apart."""
    return sorted((name.rstrip("+"), value) for name, value in fields.items())


def check_edits(text: str, form: str, number: int, field: str, new: str, name: str) -> set[str]:
    """All changes of one field; which of them were done."""
    done = set()
    item = written(text, form)[0][number]
    value = item.fields[field]
    assert apply_edits(text, item.put(field, value)) == text
    if edits := item.put(field, new):
        unchanged(text, form, number, edits, lambda old: {**old, field: new})
        done.add("put")
    if edits := item.drop(field):
        dropped = [one for one in item.fields.items() if one[0] != field]
        made = apply_edits(text, edits)
        assert unnamed(dict(written(made, form)[0][number].fields)) == unnamed(dict(dropped))
        others_stay(text, made, form, number)
        done.add("drop")
    if edits := item.rename(field, name):
        renamed = {(name if one == field else one): kept for one, kept in item.fields.items()}
        made = apply_edits(text, edits)
        assert unnamed(dict(written(made, form)[0][number].fields)) == unnamed(renamed)
        others_stay(text, made, form, number)
        done.add("rename")
    if name not in item.fields and (edits := item.put(name, new)):
        made = unchanged(text, form, number, edits, lambda old: {**old, name: new})
        assert [start == end for start, end, _ in edits] == [True]
        assert len(made) > len(text)
        done.add("add")
    return done


def others_stay(text: str, made: str, form: str, number: int) -> None:
    before, after = written(text, form)[0], written(made, form)[0]
    assert len(before) == len(after)
    for place, (old, now) in enumerate(zip(before, after, strict=True)):
        if place != number:
            assert now.fields == old.fields
            assert inherits(old) or meaning(now.record) == meaning(old.record)


def corpus(shared: Path, *patterns: str) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        for path in sorted((shared / "corpora").glob(pattern)):
            if path.stat().st_size < 100_000:
                yield str(path), files.decode(path.read_bytes(), str(path)).text


# ------------------------------------------------------------------------------------------------ every format

NEW = ("A new text", "10.1000/x&y", 'sp"am \\ é', "12", "ß, {b}")

BIBTEX = """@article{a,
  title = {One {Two}},
  year = 1999, % a remark
  pages = "1--9",
}
@book{b, title = {Third}, isbn={978}}
"""
RIS = """TY  - JOUR
AU  - Roe, Jane
AU  - Doe, Max
TI  - One
      and two
AB  - First paragraph.

Second paragraph.
JO  - J. Test
SP  - 12
EP  - 20
KW  - one
KW  - two
DO  - 10.1000/x
C7  -
UR  - https://example.org/a-b
ER  -

TY  - BOOK
T1  - Third
SN  - 9783161484100
ER  -
"""
CSL = r"""[
  {
    "id": "a", "type": "article-journal",
    "title": "One \u2013 \"two\" <i>x</i>\/y",
    "volume": 12,
    "author": [{"family": "Roe", "given": "Jane"}],
    "journalAbbreviation": "J. Test",
    "issued": {"date-parts": [[1999]]},
    "note": null,
    "custom": {"license": "CC0"}
  },
  {"id":2,"type":"book","title":"Third","DOI":""}
]
"""
ZOTERO = """[
  {
    "key": "ABCD2345",
    "version": 3,
    "itemType": "bookSection",
    "title": "One",
    "bookTitle": "Whole\\n",
    "creators": [{"creatorType": "author", "firstName": "Jane", "lastName": "Roe"}],
    "tags": [{"tag": "one"}],
    "DOI": "",
    "extra": "Original Date: 1865\\nsome note"
  },
  {"key": "EFGH2345", "data": {"key": "EFGH2345", "itemType": "webpage", "title": "Two", "websiteTitle": "Site"}}
]
"""
SAMPLES = {"biblatex": BIBTEX, "ris": RIS, "csl-json": CSL, "zotero-json": ZOTERO}
OTHER_NAME = {"bibtex": "note", "biblatex": "note", "ris": "PB", "csl-json": "annote", "zotero-json": "archiveLocation"}


SHAPES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "CR LF": lambda text: text.replace("\n", "\r\n"),
    "CR": lambda text: text.replace("\n", "\r"),
    "mixed": lambda text: text.replace("\n", "\r\n", 5),
    "mark": lambda text: "\ufeff" + text,
    "no end": lambda text: text.rstrip("\n"),
    "blanks": lambda text: "\n \n" + text.replace("\n", " \n"),
}
RIS_SHAPES: dict[str, Callable[[str], str]] = {
    "lower": lambda text: "".join(f"{line[:2].lower()}{line[2:]}" for line in text.splitlines(keepends=True)),
    "tight": lambda text: text.replace("  -", "-"),
    "one blank": lambda text: text.replace("  -", " -").replace("C7 -\n", ""),
    "indented": lambda text: "".join(f" {line}" for line in text.splitlines(keepends=True)),
    "no ER": lambda text: text.replace("ER  -\n", ""),
    "other breaks": lambda text: text.replace("First ", "First \u2028").replace("J. Test", "J.\x0b Test \x1c"),
}
CASES = [(form, shape, change) for form in SAMPLES for shape, change in SHAPES.items()]
CASES += [("ris", shape, change) for shape, change in RIS_SHAPES.items()]


@pytest.mark.parametrize(("form", "shape", "change"), CASES, ids=[f"{form}, {shape}" for form, shape, _ in CASES])
def test_each_field_can_be_changed_alone(form: str, shape: str, change: Callable[[str], str]) -> None:
    text = change(SAMPLES[form])
    items = check_places(text, form)
    assert len(items) == 2
    done: set[str] = set()
    for number, item in enumerate(items):
        for field in item.fields:
            for new in NEW:
                done |= check_edits(text, form, number, field, new, OTHER_NAME[form])
    assert done == {"put", "drop", "rename", "add"}


@pytest.mark.parametrize("form", SAMPLES)
def test_another_type(form: str) -> None:
    text = SAMPLES[form]
    kind = {"ris": "CHAP", "zotero-json": "thesis"}.get(form, "report")
    for number, item in enumerate(written(text, form)[0]):
        made = unchanged(text, form, number, item.retype(kind), lambda old: old)
        assert written(made, form)[0][number].type == kind


@pytest.mark.parametrize("form", ["bibtex", "biblatex", "ris", "csl-json", "zotero-json"])
def test_corpora(form: str, shared: Path) -> None:
    """Every file of the corpora: places of all fields, and the changes of some of them."""
    endings = {"ris": "ris", "csl-json": "json", "zotero-json": "json"}
    patterns = [f"{folder}/**/*.{endings.get(form, 'bib')}" for folder in CORPORA]
    dice, seen = random.Random(1), 0
    for _, text in corpus(shared, *patterns):
        if formats.detect(text) != form:
            continue
        items = check_places(text, form)
        fields = [(number, field) for number, item in enumerate(items) for field in item.fields]
        for number, field in dice.sample(fields, min(2 if len(text) < 20_000 else 0, len(fields))):
            seen += bool(check_edits(text, form, number, field, dice.choice(NEW), OTHER_NAME[form]))
    assert seen > 50


@pytest.mark.parametrize("form", ["ris", "csl-json", "zotero-json"])
def test_a_change_of_a_field_changes_no_variable_but_its_own(form: str, shared: Path) -> None:
    dice, seen = random.Random(2), 0
    ending = "ris" if form == "ris" else "json"
    for path, text in corpus(shared, *(f"{folder}/**/*.{ending}" for folder in CORPORA)):
        if len(text) > 20_000 or formats.detect(text) != form:
            continue
        items = written(text, form)[0]
        fields = [(number, field) for number, item in enumerate(items) for field in item.fields]
        for number, field in dice.sample(fields, min(4, len(fields))):
            for edits in (items[number].put(field, dice.choice(NEW)), items[number].drop(field)):
                after = written(apply_edits(text, edits), form)[0][number]
                changed = changes(items[number].record, after.record)
                assert changed <= set(items[number].variables_of(field)), (path, field)
                seen += bool(changed)
    assert seen > 50


@pytest.mark.parametrize("form", ["ris", "csl-json", "zotero-json"])
def test_each_variable_of_a_record_has_a_field(form: str, shared: Path) -> None:
    seen = 0
    for path, text in corpus(shared, *(f"{folder}/**/*.{'ris' if form == 'ris' else 'json'}" for folder in CORPORA)):
        for item in written(text, form)[0] if formats.detect(text) == form else ():
            for variable in (*item.record.variables(), *(["key"] if item.record.key else [])):
                field = item.field_of(variable)
                assert field, (path, variable)
                assert field in item.fields or field in ("author", "editor", "creators", "tags") or form == "csl-json"
                assert field in ("creators", "tags", "custom") or variable in item.variables_of(field)
                seen += 1
    assert seen > 500


@pytest.mark.parametrize("form", ["ris", "csl-json", "zotero-json"])
def test_findings_in_corpora_have_line_and_column(form: str, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "chosen", lambda *_: [Check("test-place", "place", find)])
    seen, ending = 0, "ris" if form == "ris" else "json"
    for path, text in corpus(shared, *(f"{folder}/**/*.{ending}" for folder in CORPORA)):
        if formats.detect(text) != form:
            continue
        lines = re.split(r"\r\n?|\n", text)
        for one in checks.check_text(text, path, form, Terms(select=("test-place",))):
            if one.problem.message != "names":
                value = one.problem.message.split("\n")[0][:5]
                there = lines[one.problem.line - 1][one.problem.column - 1 :]
                seen += there.startswith(value)
                assert there.startswith(value) or "\\" in there or not there.isprintable(), (path, there)
    assert seen > 50


CORPORA = ("ris_real_asreview", "ris_real_citesource", "rispy", "zotero_translators", "citation_js", "jabref", "pybtex")
CORPORA += ("bbt_export", "bolognese", "pandoc_command", "citeproc_lua", "zotero_types", "real_bibs")


# ------------------------------------------------------------------------------------------------ RIS

TAGS = st.sampled_from(["TI", "AU", "KW", "AB", "N1", "SP", "EP", "DO", "M3", "ZZ", "UR", "ID"])
VALUES = st.text(st.sampled_from("abc -:;/éT Y1\t\u2028\x0b"), max_size=12) | st.sampled_from(
    ["TY", "ER  - x", "10.1/x"]
)
LINES = st.tuples(TAGS, st.sampled_from(["  - ", "  -", " - ", "- "]), st.lists(VALUES, min_size=1, max_size=3))
RECORDS = st.tuples(
    st.sampled_from(["TY  - JOUR", "TY  - BOOK", "TY  - ", ""]), st.lists(LINES, max_size=5), st.booleans()
)


def ris_text(found: list[Any], newline: str, start: str, end: str) -> str:
    lines = []
    for head, fields, ended in found:
        lines += [head] if head else []
        lines += [
            line for tag, between, values in fields for line in f"{tag}{between}{newline.join(values)}".split(newline)
        ]
        lines += ["ER  - ", ""] if ended else []
    return start + newline.join(lines) + end


@given(
    st.lists(RECORDS, min_size=1, max_size=3),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["", "\ufeff", "\n", "some words\n"]),
    st.sampled_from(["", "\n", "\r\n"]),
    st.sampled_from(NEW) | VALUES,
    st.data(),
)
def test_any_ris(found: list[Any], newline: str, start: str, end: str, new: str, data: st.DataObject) -> None:
    text = ris_text(found, newline, start, end)
    items = check_places(text, "ris")
    fields = [(number, field) for number, item in enumerate(items) for field in item.fields]
    if fields:
        check_edits(text, "ris", *data.draw(st.sampled_from(fields)), new, data.draw(TAGS))


def test_ris_has_the_fields_that_the_reader_sees(shared: Path) -> None:
    for _, text in corpus(shared, "ris_real_*/*.ris", "rispy/*.ris", "zotero_translators/*.ris"):
        ours: list[dict[str, list[str]]] = []
        for item in written(text, "ris")[0]:
            grouped: dict[str, list[str]] = {}
            for name, value in item.fields.items():
                grouped.setdefault(name.rstrip("+"), []).append(value)
            ours.append(grouped)
        entries = [entry.fields for entry in ris_syntax.entries(text) if isinstance(entry, ris_syntax.Entry)]
        theirs = [{tag: values[:MOST] for tag, values in fields.items() if tag != "TY"} for fields in entries]
        assert ours == theirs


def edited(text: str, edits: list[Edit]) -> str:
    return apply_edits(text, edits) if edits else "refused"


def ris(*lines: str) -> tuple[str, Written]:
    text = "\n".join(["TY  - JOUR", *lines, "ER  - ", ""])
    return text, written(text, "ris")[0][0]


def test_a_line_is_added_behind_those_of_its_tag_in_their_style() -> None:
    text, item = ris("AU  -Roe", "AU  -Doe", "TI  -x")
    assert "AU  -Doe\nAU  -Poe\nTI" in edited(text, item.put("AU++", "Poe"))
    assert "TI  -x\nVL  -7\nER" in edited(text, item.put("VL", "7"))
    assert item.put("AU+++", "Poe") == []


@pytest.mark.parametrize(
    ("field", "new"),
    [
        ("TI", ""),
        ("TI", " x"),
        ("TI", "one\ntwo"),
        ("AB", "one\nTY  - two"),
        ("page", "12-20"),
        ("SP", "12-20"),
        ("EP", "12-20"),
        ("title", "x"),
        ("ER", "x"),
        ("KW", "a\rb"),
    ],
)
def test_what_ris_cannot_say_is_refused(field: str, new: str) -> None:
    _, item = ris("TI  - x", "SP  - 12", "EP  - 20", "AB  - x", "KW  - a")
    assert item.put(field, new) == []


def test_what_cannot_be_changed_in_ris() -> None:
    _, item = ris("TI  - x", "T2  - y")
    assert item.rename("TI", "T2") == item.rename("TI", "TY") == item.rename("TI", "title") == []
    assert item.drop("TY") == item.drop("XX") == item.rename("XX", "T2") == []
    alone = written("TI  - x\n", "ris")[0][0]
    assert alone.drop("TI") == alone.retype("JOUR") == []


def test_paragraphs_are_put_with_the_line_ends_of_the_file() -> None:
    text, item = ris("AB  - One.", "Two.")
    text = text.replace("\n", "\r\n")
    item = written(text, "ris")[0][0]
    assert (item.fields["AB"], item.is_plain("AB")) == ("One.\nTwo.", False)
    assert "AB  - One.\r\nThree.\r\nER" in edited(text, item.put("AB", "One.\nThree."))


@pytest.mark.parametrize(
    ("lines", "variable", "field"),
    [
        (["SP  - 1", "EP  - 2"], "page", "SP"),
        (["T1  - x"], "title", "T1"),
        (["JO  - x"], "container-title", "JO"),
        (["JF  - x", "JO  - y"], "container-title-short", "JO"),
        (["SN  - 9783161484100", "SN  - 1234-5679"], "ISSN", "SN+"),
        (["SN  - 9783161484100", "SN  - 1234-5679"], "ISBN", "SN"),
        (["SN  - 1234-5679"], "ISBN", ""),
        (["M3  - 10.1000/x"], "DOI", "M3"),
        (["L3  - 10.1000/x"], "DOI", "L3"),
        (["PY  - 1999", "DA  - 1999/02/03"], "issued", "PY"),
        (["A1  - Roe, J."], "author", "A1"),
        (["KW  - x"], "keyword", "KW"),
        (["ID  - x"], "key", "ID"),
        (["N1  - Record ID: 7", "N1  - Call Number: QA 76"], "call-number", "N1+"),
        (["TI  - x"], "DOI", ""),
    ],
)
def test_the_field_of_a_variable_in_ris(lines: list[str], variable: str, field: str) -> None:
    _, item = ris(*lines)
    assert item.field_of(variable) == field
    assert not field or variable in item.variables_of(field)


def test_many_lines_of_one_tag_do_not_blow_up() -> None:
    _, item = ris(*["KW  - x"] * 5000)
    assert len(item.fields) == MOST


# ------------------------------------------------------------------------------------------------ JSON

TEXTS = st.text(st.sampled_from('abé"\\/\n\U0001f600{},') | st.characters(exclude_categories=["Cs"]), max_size=9)
SCALARS = TEXTS | st.integers(-5, 10**6) | st.floats(allow_nan=False, allow_infinity=False)
ITEMS = st.dictionaries(
    st.sampled_from(["id", "title", "note", "volume", "issued", "author", "custom", "é", "DOI"]),
    SCALARS | st.none() | st.lists(TEXTS, max_size=2) | st.dictionaries(TEXTS, TEXTS, max_size=2),
    min_size=1,
)
WRAPS: tuple[Callable[[Any], Any], ...] = (
    list,
    lambda found: {"items": list(found)},
    lambda found: {"references": list(found), "items": 7},
)


@given(
    st.lists(ITEMS.map(lambda item: {"type": "book", **item}), min_size=1, max_size=3),
    st.sampled_from(WRAPS),
    st.sampled_from([None, 2, "\t"]),
    st.booleans(),
    st.sampled_from(["", "\ufeff", "\n "]),
    TEXTS,
    st.data(),
)
def test_any_json(
    found: list[Any], wrap: Any, indent: Any, ascii_: bool, start: str, new: str, data: st.DataObject
) -> None:
    text = start + json.dumps(wrap(found), indent=indent, ensure_ascii=ascii_)
    if start == "\n ":
        text = text.replace("\n", "\r\n")
    items = check_places(text, "csl-json")
    assert [json.loads(text[item.start : item.end]) for item in items] == found
    fields = [(number, field) for number, item in enumerate(items) for field in item.fields]
    if fields:
        done = check_edits(text, "csl-json", *data.draw(st.sampled_from(fields)), new, "annote")
        assert done == {"put", "drop", "rename", "add"}


def test_what_is_not_touched_in_a_string_stays_as_it_was_written() -> None:
    text = CSL
    item = written(text, "csl-json")[0][0]
    made = apply_edits(text, item.put("title", 'One \u2013 "two" <i>z</i>/y'))
    assert made == text.replace("<i>x</i>", "<i>z</i>")
    assert '"volume": 13,' in apply_edits(text, item.put("volume", "13"))
    assert '"volume": "12a",' in apply_edits(text, item.put("volume", "12a"))
    assert '"note": "x",' in apply_edits(text, item.put("note", "x"))
    assert '"custom": {"license": "CC0"},\n    "annote": "\\u00e9"\n  }' in apply_edits(text, item.put("annote", "é"))


def test_what_is_no_text_has_a_place_but_is_not_changed() -> None:
    item = written(CSL, "csl-json")[0][0]
    start, end = item.span("author")
    assert CSL[start:end] == '[{"family": "Roe", "given": "Jane"}]'
    assert item.field_of("author") == "author"
    assert item.put("author", "x") == item.put("editor", "x") == item.rename("title", "editor") == []
    assert item.rename("title", "volume") == item.drop("type") == item.drop("none") == []


@pytest.mark.parametrize(
    "text",
    [
        '[{"type": "book", "title": "x", "title": "y"}]',
        '[{"type": "book", "title": "x" "note": "y"}, {"type": "book", "id": "b", "title": "z"}]',
        '{"type": "book", "title": "a\nb"}',
        '[{"type": "book", "title": "x", "note": "cut off',
        '{"type": "book", "title": "\\ud800 x"}',
        '[{"type": "book", "volume": 1e400, "n": NaN}]',
    ],
)
def test_damaged_json(text: str) -> None:
    for number, item in enumerate(check_places(text, "csl-json")):
        for field in item.fields:
            check_edits(text, "csl-json", number, field, "new", "annote")


@pytest.mark.parametrize(
    ("form", "number", "variable", "field"),
    [
        ("csl-json", 0, "container-title-short", "journalAbbreviation"),
        ("csl-json", 0, "license", "custom"),
        ("csl-json", 0, "issued", "issued"),
        ("csl-json", 0, "key", "id"),
        ("csl-json", 1, "author", ""),
        ("zotero-json", 0, "container-title", "bookTitle"),
        ("zotero-json", 0, "author", "creators"),
        ("zotero-json", 0, "keyword", "tags"),
        ("zotero-json", 0, "original-date", "extra"),
        ("zotero-json", 0, "note", "extra"),
        ("zotero-json", 0, "version", ""),
        ("zotero-json", 0, "key", ""),
        ("zotero-json", 0, "DOI", "DOI"),
        ("zotero-json", 1, "container-title", "websiteTitle"),
    ],
)
def test_the_field_of_a_variable_in_json(form: str, number: int, variable: str, field: str) -> None:
    item = written(SAMPLES[form], form)[0][number]
    assert item.field_of(variable) == field
    if field not in ("", "custom", "creators", "tags"):
        assert variable in item.variables_of(field)


def test_a_field_is_added_to_a_zotero_item_only_if_its_type_has_it() -> None:
    item = written(ZOTERO, "zotero-json")[0][1]
    assert item.put("bookTitle", "x") == item.put("container-title", "x") == []
    made = apply_edits(ZOTERO, item.put("rights", "CC0"))
    assert '"websiteTitle": "Site", "rights": "CC0"}}' in made


# ------------------------------------------------------------------------------------------------ listings, plugins


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda path: path.name)
def test_titles_of_our_listings_stand_letter_for_letter(path: Path) -> None:
    text = files.read(str(path)).text
    items = check_places(text, "listing")
    assert items
    for item in items:
        start, end = item.span("title")
        assert text[start:end] == item.record.title


def test_listings_have_places() -> None:
    text = (
        "CVJul 27, 2022\nA Title of a PaperJane Roe, Max Doe et al.\nThe abstract of the paper, which is a sentence.\n"
    )
    for change in SHAPES.values():
        (item,) = check_places(change(text), "listing")
        start, end = item.span("title")
        assert change(text)[start:end] == item.record.title == "A Title of a Paper"
        assert item.put("title", "x") == item.drop("title") == item.rename("title", "x") == item.retype("x") == []


def test_a_traced_variable_is_on_its_line() -> None:
    record = Record(texts={"title": "Two"}, origins=(Origin("x", "listing", 1, 3),), traces={"title": Trace(line=3)})
    text = "Two\nx\nThe Two"
    (item,) = by_lines(text, [record], ListingWritten)
    assert isinstance(item, Written)
    assert item.span("title") == (len(text) - 3, len(text))
    assert [item.field_of(name) for name in ("title", "author")] == ["title", ""]
    traced = replace(record, traces={"issued": Trace(line=2)})
    (item,) = by_lines(text, [traced], ListingWritten)
    assert isinstance(item, Written)
    assert (item.span("issued"), item.field_of("issued")) == ((4, 4), "issued")


# ------------------------------------------------------------------------------------------------ checks


def find(found: Bibliography) -> Iterator[Remark]:
    for item, field, text in found.values("title", "author"):
        yield Remark(item, text, field, "Third")
    for item in found.items:
        yield Remark(item, "names", "author")


@pytest.mark.parametrize(
    ("form", "places"),
    [
        ("ris", [(2, 7), (4, 7), (19, 1), (20, 7)]),
        ("csl-json", [(4, 15), (6, 15), (12, 3), (12, 34)]),
    ],
)
def test_findings_have_line_and_column(
    form: str, places: list[tuple[int, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    check = Check("test-place", "place", find)
    monkeypatch.setattr(registry, "chosen", lambda *_: [check])
    for change in (SHAPES["as it is"], SHAPES["CR LF"], SHAPES["CR"]):
        found = checks.check_text(change(SAMPLES[form]), "x", form, Terms(select=("test-place",)))
        assert sorted({(one.problem.line, one.problem.column) for one in found}) == places
