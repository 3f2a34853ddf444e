"""The three-way merge of one item."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.sync.merge import MISSING, citation_key, same, three_way, value_of, with_citation_key

BASE = {
    "key": "AAAA2222",
    "version": 7,
    "itemType": "book",
    "title": "On Names",
    "date": "1998",
    "creators": [{"creatorType": "author", "firstName": "Ada", "lastName": "Moreau"}],
    "tags": [{"tag": "a"}, {"tag": "b", "type": 1}],
    "collections": ["CCCC2222"],
    "relations": {"dc:relation": "http://zotero.org/users/1/items/BBBB2222"},
    "extra": "Original Date: 1901\nfree text",
}


def but(**changes: Any) -> dict[str, Any]:
    return {**BASE, **changes}


def test_each_side_keeps_its_edits_and_nothing_else_is_sent() -> None:
    found = three_way(BASE, but(title="On Given Names"), but(date="1999", version=9))
    assert found.local == but(title="On Given Names", date="1999", version=9)
    assert found.send == {"title": "On Given Names"}
    assert found.conflicts == ()


def test_a_field_that_both_changed_is_left_alone_until_it_is_answered() -> None:
    ours, theirs = but(title="Ours"), but(title="Theirs", date="2000")
    found = three_way(BASE, ours, theirs)
    (conflict,) = found.conflicts
    assert (conflict.field, conflict.base, conflict.ours, conflict.theirs) == ("title", "On Names", "Ours", "Theirs")
    assert found.local["title"] == "Ours"
    assert found.local["date"] == "2000"
    assert found.send == {}
    assert found.base["title"] == "On Names"
    again = three_way(found.base, found.local, theirs)
    assert [each.field for each in again.conflicts] == ["title"]


@pytest.mark.parametrize(("prefer", "title", "send"), [("ours", "Ours", {"title": "Ours"}), ("theirs", "Theirs", {})])
def test_a_preference_answers(prefer: Any, title: str, send: dict[str, str]) -> None:
    for found in (
        three_way(BASE, but(title="Ours"), but(title="Theirs"), prefer=prefer),
        three_way(BASE, but(title="Ours"), but(title="Theirs"), prefer="newest", newest=prefer),
        three_way(BASE, but(title="Ours"), but(title="Theirs"), answers={("AAAA2222", "title"): prefer}),
    ):
        assert (found.local["title"], found.send, found.base["title"]) == (title, send, title)
        assert found.conflicts[0].answer == prefer


def test_sets_take_what_either_side_added_and_leave_what_either_side_took_away() -> None:
    ours = but(tags=[{"tag": "a"}, {"tag": "ours"}], collections=["CCCC2222", "OOOO2222"])
    theirs = but(tags=[{"tag": "b", "type": 1}, {"tag": "theirs"}], collections=["TTTT2222"])
    found = three_way(BASE, ours, theirs)
    assert found.local["tags"] == [{"tag": "theirs"}, {"tag": "ours"}]
    assert found.local["collections"] == ["TTTT2222", "OOOO2222"]
    assert found.conflicts == ()


def test_the_order_of_a_set_is_no_change() -> None:
    assert three_way(BASE, BASE, but(tags=BASE["tags"][::-1])).send == {}  # type: ignore[index]


def test_relations_are_pairs() -> None:
    uri = "http://zotero.org/users/1/items/"
    ours = but(relations={"dc:relation": [f"{uri}BBBB2222", f"{uri}DDDD2222"]})
    theirs = but(relations={"dc:replaces": f"{uri}EEEE2222"})
    assert three_way(BASE, ours, theirs).local["relations"] == {
        "dc:relation": f"{uri}DDDD2222",
        "dc:replaces": f"{uri}EEEE2222",
    }


def test_extra_is_merged_line_by_line() -> None:
    ours, theirs = but(extra="Original Date: 1902\nfree text"), but(extra="Original Date: 1901\nfree text\nPMID: 12")
    assert three_way(BASE, ours, theirs).local["extra"] == "Original Date: 1902\nfree text\nPMID: 12"
    theirs = but(extra="Original Date: 1903\nfree text")
    assert [each.field for each in three_way(BASE, ours, theirs).conflicts] == ["extra"]


def test_without_a_base_empty_fields_are_filled_and_differences_are_asked() -> None:
    found = three_way(None, but(date="", DOI="10.1/x"), but(title="Another", DOI=""))
    assert found.local["date"] == "1998"
    assert found.send == {"DOI": "10.1/x"}
    assert [each.field for each in found.conflicts] == ["title"]


def test_a_cleared_field_is_cleared_on_the_other_side() -> None:
    assert three_way(BASE, but(date=""), BASE).send == {"date": ""}
    assert three_way(BASE, BASE, but(date="")).local["date"] == ""


@pytest.mark.parametrize(
    ("data", "native", "expected"),
    [
        ({"extra": "Citation Key: old\nx"}, True, {"citationKey": "new", "extra": "Citation Key: new\nx"}),
        ({"extra": "x", "citationKey": "old"}, True, {"citationKey": "new", "extra": "x"}),
        ({"extra": "x"}, False, {"extra": "Citation Key: new\nx"}),
        ({}, False, {"extra": "Citation Key: new"}),
    ],
)
def test_both_places_of_a_citation_key(data: dict[str, str], native: bool, expected: dict[str, str]) -> None:
    assert with_citation_key(data, "new", native=native) == expected
    assert citation_key(expected) == "new"


VALUES = {
    "title": st.sampled_from(["", "A", "B", "C"]),
    "creators": st.lists(st.sampled_from([{"creatorType": "author", "name": name} for name in "ABC"]), max_size=2),
    "tags": st.lists(
        st.sampled_from([{"tag": "a"}, {"tag": "b", "type": 1}, {"tag": "c"}]), unique_by=lambda t: t["tag"]
    ),
    "collections": st.lists(st.sampled_from(["C1", "C2", "C3"]), unique=True),
    "extra": st.lists(st.sampled_from(["PMID: 1", "PMID: 2", "free", "more"]), max_size=3).map("\n".join),
}
ITEMS = st.fixed_dictionaries({"key": st.just("AAAA2222"), "version": st.just(1)}, optional=VALUES)


@given(ITEMS, ITEMS, ITEMS)
def test_both_sides_agree_afterwards_but_for_open_conflicts(base: Any, ours: Any, theirs: Any) -> None:
    found = three_way(base, ours, theirs)
    left = {conflict.field for conflict in found.conflicts}
    remote = {**theirs, **found.send}
    for field in {*found.local, *remote} - {"key", "version"}:
        agree = same(field, value_of(found.local, field), value_of(remote, field))
        assert agree or field in left
        if field in left:
            assert value_of(found.local, field) == value_of(ours, field)
            assert field not in found.send


@given(ITEMS, ITEMS, ITEMS)
def test_a_second_merge_changes_nothing(base: Any, ours: Any, theirs: Any) -> None:
    found = three_way(base, ours, theirs)
    again = three_way(found.base, found.local, {**theirs, **found.send})
    assert (again.local, again.send) == (found.local, {})
    assert {each.field for each in again.conflicts} == {each.field for each in found.conflicts}


@given(ITEMS, ITEMS, ITEMS)
def test_no_value_that_one_side_typed_is_lost_in_silence(base: Any, ours: Any, theirs: Any) -> None:
    found = three_way(base, ours, theirs)
    left = {conflict.field for conflict in found.conflicts}
    for field in VALUES.keys() - left - {"extra", "tags", "collections"}:
        was, mine, yours = (value_of(side, field) for side in (base, ours, theirs))
        for now in (mine, yours):
            assert now in (was, value_of(found.local, field)) or now == MISSING.get(field, "")


@pytest.mark.parametrize("value", [None, 0, False, [], {}, "", "\x00", " \n"])
def test_all_that_is_empty_is_one(value: Any) -> None:
    assert three_way(but(rating=value), but(), but(rating=value)).send == {}
    assert three_way(but(), but(), but(rating=value)).send == {}


@pytest.mark.parametrize(
    ("field", "sent", "kept"),
    [
        ("title", " On Names\x00 ", "On Names"),
        ("tags", [{"tag": "z "}, {"tag": "a"}, {"tag": " "}], [{"tag": "a"}, {"tag": "z"}]),
        (
            "creators",
            [{"creatorType": "author", "lastName": "Moreau "}, {"creatorType": "editor"}],
            [{"creatorType": "author", "lastName": "Moreau"}],
        ),
    ],
)
def test_what_the_server_tidies_is_no_difference(field: str, sent: Any, kept: Any) -> None:
    assert same(field, sent, kept)
    assert not same(field, sent, [] if isinstance(kept, list) else "Another")


def test_lines_that_stand_twice_stay_twice() -> None:
    base = but(extra="a\n\nb\n\na")
    ours, theirs = but(extra="a\n\nb\n\na\nours"), but(extra="theirs\na\n\nb\n\na")
    assert three_way(base, ours, theirs).local["extra"] == "theirs\na\n\nb\n\na\nours"
