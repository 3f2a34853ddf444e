"""`decisions.toml`: its text, its works found again after edits, and what contradicts itself."""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import require
from hypothesis import given
from hypothesis import strategies as st

from bibkit import decisions
from bibkit.decisions import Decision, Decisions, Work, named, work_of
from bibkit.dedupe import Verdict
from bibkit.lock import Lock, Pin
from bibkit.problems import StateError
from bibkit.record import Date, Name, Origin, Record, replace
from bibkit.rulings import Rulings, rule

LEE, RAY = Name(family="Lee", given="Kim"), Name(family="Ray", given="Ada")


def paper(
    title: str = "On Waiting",
    author: Name = LEE,
    year: int = 2020,
    *,
    source: str = "a.bib",
    line: int = 1,
    **texts: str,
) -> Record:
    key = texts.pop("key", "")
    return Record(
        type="article-journal",
        key=key,
        texts={"title": title, **texts},
        names={"author": (author,)},
        dates={"issued": Date((year,))},
        origins=(Origin(source, "bibtex", line, line),),
    )


def said(kind: str, *works: Record | list[Record] | str, **more: object) -> Decision:
    """A decision about works, each by its records or as a person writes it."""
    named_works = []
    for work in works:
        if isinstance(work, str):
            named_works.append(Work(known=(work,)) if ":" in work else Work(key=work))
        else:
            named_works.append(work_of(work if isinstance(work, list) else [work]))
    return named(Decision(kind, tuple(named_works), **more))  # type: ignore[arg-type]


def ruled(records: list[Record], *made: Decision, lock: Lock = Lock()) -> Rulings:  # noqa: B008
    text = decisions.dumps(Decisions(made))
    return rule(records, decisions.loads(text), lock)


def codes(found: Rulings) -> list[str]:
    return [problem.code for problem in found.problems]


# ------------------------------------------------------------------------------------------------ the text

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values = st.recursive(
    st.booleans() | st.integers(-(2**60), 2**60) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
works = st.builds(
    Work,
    key=st.just("k1") | words.filter(bool),
    title=words,
    sources=st.lists(words, max_size=2).map(tuple),
    known=st.lists(words, max_size=3).map(tuple),
    seen=st.lists(words, max_size=2).map(tuple),
)
moments = st.sampled_from(
    ["", "2026-11-22T09:00:00Z", "2026-11-22", "last week", "2026-13-99", "2026-11-22T09:00:00+01:00"]
)
pairs = st.builds(
    Decision,
    kind=st.sampled_from(["same", "different", "version-of"]),
    works=st.lists(works, min_size=2, max_size=3).map(tuple),
    why=words,
    who=words,
    when=moments,
)
preferences = st.builds(
    Decision,
    kind=st.just("prefer"),
    works=works.map(lambda work: (work,)),
    values=st.dictionaries(words, json_values, max_size=3),
    why=words,
    who=words,
    when=moments,
)
all_decisions = st.lists((pairs | preferences).map(named), max_size=5, unique_by=lambda one: one.name)


@given(all_decisions)
def test_loads_is_the_inverse_of_dumps(made: list[Decision]) -> None:
    text = decisions.dumps(Decisions(tuple(made)))
    read = decisions.loads(text)
    assert list(read.made) == made
    assert decisions.dumps(read) == text


@given(all_decisions.filter(bool), st.randoms())
def test_a_line_more_and_a_line_less_leave_everything_else(made: list[Decision], rng: random.Random) -> None:
    *others, last = made
    before = decisions.dumps(Decisions(tuple(others))) + "\n# What Ada said:\n"
    after = decisions.added(before, last)
    assert after.startswith(before)
    assert decisions.removed(after, last.name) == before
    assert list(decisions.loads(after).made) == made


def test_one_decision_is_one_line_and_says_who_when_and_why() -> None:
    made = said(
        "different", paper(key="lee2020"), paper(year=2021), who="Ada", when="2026-11-22T09:00:00Z", why='"II"\nof it'
    )
    line = decisions.dumps(Decisions((made,))).splitlines()[-1]
    assert line.startswith(f'{made.name} = {{ different = [{{ key = "lee2020", title = "On Waiting", in = ["a.bib"], ')
    assert line.endswith('why = "\\"II\\"\\nof it", who = "Ada", when = 2026-11-22T09:00:00Z }')


def test_a_table_of_a_person_stays_and_is_read() -> None:
    hand = '# Ada has both.\n[two-editorials]\ndifferent = ["doi:10.1000/a", "lee2020"]\nwhy = "two issues"\n'
    text = decisions.added(hand, said("same", paper(), paper("On Waiting, again")))
    read = decisions.loads(text)
    assert text.endswith(hand)
    assert [one.kind for one in read.made] == ["same", "different"]
    assert read.made[1].works == (Work(known=("doi:10.1000/a",)), Work(key="lee2020"))
    assert read.line(read.made[1]) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = {\n", "d.toml:1: this is no TOML"),
        ("# fine\n\nx = [1, 2\ny = 3\n", "d.toml:4: this is no TOML"),
        ("x = 5\n", "d.toml:1: the decision 'x' is no table"),
        (
            'x = { diferent = ["a", "b"] }\n',
            "d.toml:1: the decision 'x' has an unknown word 'diferent'; did you mean 'different'?",
        ),
        ("x = { why = 'so' }\n", "d.toml:1: the decision 'x' must have one of same, different, version-of, prefer"),
        ('x = { same = ["a", "b"], different = ["a", "b"] }\n', "it has same and different"),
        ('\nx = { same = ["a"] }\n', "d.toml:2: the decision 'x' must name two works or more"),
        ('x = { prefer = { title = "T" } }\n', "must name its work"),
        ('x = { prefer = "T", work = "a" }\n', "must name variables"),
        ("x = { same = [{ title = 'T' }, 'b'] }\n", "neither known-by nor key"),
        ("x = { same = [{ key = 3 }, 'b'] }\n", "names a work that cannot be understood"),
        ("<<<<<<< HEAD\n", "d.toml:1: git left conflict marks"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(StateError) as error:
        decisions.loads(text, "d.toml")
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@given(st.text(max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(StateError):
        decisions.loads(text)


def test_two_branches_merge_by_union(tmp_path: Path) -> None:
    """Lines of both branches, though both end in the same words and stand at the same place."""
    require("git")
    git = [shutil.which("git") or "git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    base = decisions.dumps(Decisions((said("same", paper("One"), paper("Uno"), who="Ada"),)))
    mine, theirs = (
        said("different", paper("Two"), paper("Due"), who="Ada"),
        said("same", paper("Three"), paper("Tre"), who="Ada"),
    )
    both = said("different", paper("Four"), paper("Quattro"), who="Ada")
    for name, text in (
        ("base", base),
        ("mine", decisions.added(decisions.added(base, mine), both)),
        ("theirs", decisions.added(decisions.added(base, both), theirs)),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    subprocess.run([*git, "merge-file", "--union", "mine", "base", "theirs"], cwd=tmp_path, check=True)
    read = decisions.loads((tmp_path / "mine").read_text(encoding="utf-8"))
    assert {one.name for one in read.made} == {
        said("same", paper("One"), paper("Uno"), who="Ada").name,
        mine.name,
        both.name,
        theirs.name,
    }


# ------------------------------------------------------------------------------------------------ works found again


@pytest.mark.parametrize("kind", ["same", "different", "version-of"])
def test_a_decision_is_about_its_two_records(kind: str) -> None:
    records = [paper("Other"), paper(), paper("On Waiting II"), paper("More")]
    found = ruled(records, said(kind, records[2], records[1]))
    assert found.decided == {(1, 2): Verdict(kind.removesuffix("-of"))}
    assert not found.problems


EDITS = {
    "year": lambda record: replace(record, dates={"issued": Date((1999,))}),
    "second author": lambda record: replace(record, names={"author": (*record.authors, RAY)}),
    "journal": lambda record: replace(record, texts={**record.texts, "container-title": "Rails"}),
    "a DOI": lambda record: replace(record, texts={**record.texts, "DOI": "10.1000/new"}),
    "a typo in the title": lambda record: replace(
        record, texts={**record.texts, "title": "On the Long Wayting for Trains"}
    ),
    "another source": lambda record: replace(record, origins=(Origin("z.ris", "ris", 70, 80),)),
    "its key": lambda record: replace(record, key="new2020"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_it_survives_edits_and_reordering(edit: str) -> None:
    one, other = (
        paper("On the Long Waiting for Trains", key="lee2020"),
        paper("Platforms", RAY, line=9, DOI="10.1000/p"),
    )
    made = said("different", one, other)
    found = ruled([other, paper("Third"), EDITS[edit](one)], made)
    assert found.decided == {(0, 2): Verdict.DIFFERENT}
    assert not found.problems


def test_a_changed_title_is_found_by_the_key_of_its_source_or_by_the_lock() -> None:
    one, other = paper("On Waiting", key="lee2020"), paper("Platforms", RAY)
    made = said("different", one, other)
    renamed = replace(one, texts={"title": "A theory of delays"})
    assert ruled([renamed, other], made).decided == {(0, 1): Verdict.DIFFERENT}
    bare = replace(renamed, key="")
    assert codes(ruled([bare, other], made)) == ["decision-gone"]
    pin = Pin("lee2020", tuple(sorted((*work_of([one]).known, *work_of([bare]).known))))
    assert ruled([bare, other], made, lock=Lock((pin,))).decided == {(0, 1): Verdict.DIFFERENT}


def test_a_person_may_write_identities_and_keys() -> None:
    records = [paper(DOI="10.1000/A"), paper("Platforms", key="ray2020"), paper("More", key="lee1999")]
    assert ruled(records, said("same", "doi:10.1000/a", "Ray2020")).decided == {(0, 1): Verdict.SAME}
    pin = Pin("made1999", work_of([records[0]]).known)
    assert ruled(records, said("same", "made1999", "lee1999"), lock=Lock((pin,))).decided == {(0, 2): Verdict.SAME}


def test_works_of_one_title_and_author_are_told_apart() -> None:
    """Nothing but the year, or nothing but the source, or a decision on equal DOIs."""
    years = [paper("Editorial", year=2019), paper("Editorial", year=2020), paper("Editorial", year=2021)]
    assert ruled(years, said("different", years[0], years[2])).decided == {(0, 2): Verdict.DIFFERENT}
    twins = [paper("Editorial"), paper("Editorial", source="b.bib")]
    assert ruled(twins, said("different", *twins)).decided == {(0, 1): Verdict.DIFFERENT}
    dois = [paper("Abstract 1", DOI="10.1000/s"), paper("Abstract 2", DOI="10.1000/s")]
    assert ruled(dois, said("different", *dois)).decided == {(0, 1): Verdict.DIFFERENT}


def test_an_edited_twin_is_still_the_other_one() -> None:
    twins = [paper("Editorial", year=2019), paper("Editorial", year=2020)]
    made = said("different", *twins)
    assert ruled([paper("Editorial", year=1990), twins[1]], made).decided == {(0, 1): Verdict.DIFFERENT}


def test_where_nobody_can_say_which_is_meant_it_is_said() -> None:
    twins = [paper("Editorial", line=line) for line in (1, 2)]
    made = said("different", *twins)
    assert ruled(twins, made).decided == {(0, 1): Verdict.DIFFERENT}
    found = ruled([*twins, paper("Editorial", line=3)], made)
    assert found.decided == {}
    assert "decision-unclear" in codes(found)


def test_a_copy_that_comes_later_is_covered_by_different_but_not_joined_by_same() -> None:
    one, other, copy = paper(DOI="10.1000/a"), paper("Platforms"), paper(year=2021, source="c.bib")
    assert (1, 2) in ruled([one, other, copy], said("different", one, other)).decided
    assert ruled([one, other, copy], said("same", one, other)).decided == {(0, 1): Verdict.SAME}


def test_what_is_gone_is_said_with_its_line() -> None:
    made = said("same", paper(), paper("Platforms", RAY))
    found = ruled([paper()], made)
    (problem,) = map(str, found.problems)
    assert problem.startswith("decisions.toml:5: warning: this decision is about 'Platforms', which is not among")
    assert found.decided == {}


# ------------------------------------------------------------------------------------------------ contradictions

A, B, C, D = paper("A"), paper("B"), paper("C"), paper("D")


def test_apart_wins_over_same_and_is_said_once() -> None:
    found = ruled([A, B], said("same", A, B), said("different", A, B))
    assert found.decided == {(0, 1): Verdict.DIFFERENT}
    (problem,) = map(str, found.problems)
    assert problem.startswith("decisions.toml:5: warning: this decision (same) contradicts line 6 (different): ")


def test_a_chain_joins_nothing_that_is_apart() -> None:
    found = ruled([A, B, C, D], said("different", A, D), said("same", A, B), said("same", B, C), said("same", C, D))
    assert codes(found) == ["decision-contradiction"]
    assert found.problems[0].line == 8, "the one that would close the chain"
    assert {pair for pair, verdict in found.decided.items() if verdict == "same"} == {(0, 1), (0, 2), (1, 2)}
    assert {pair for pair, verdict in found.decided.items() if verdict == "different"} == {(0, 3), (1, 3), (2, 3)}


def test_versions_are_not_folded_by_a_chain() -> None:
    found = ruled([A, B, C], said("version-of", A, C), said("same", A, B), said("same", B, C))
    assert codes(found) == ["decision-contradiction"]
    assert found.decided[0, 2] == "version"
    assert found.decided[1, 2] == "version"


def test_of_different_and_version_the_later_counts() -> None:
    found = ruled([A, B], said("different", A, B), said("version-of", A, B))
    assert codes(found) == ["decision-contradiction"]
    assert found.decided == {(0, 1): Verdict.VERSION}


def test_of_two_preferred_values_the_later_counts() -> None:
    found = ruled([A], said("prefer", A, values={"title": "a"}), said("prefer", A, values={"title": "b", "page": "1"}))
    assert found.preferred == {0: {"title": "b", "page": "1"}}
    assert codes(found) == ["decision-contradiction"]


def test_saying_the_same_twice_is_no_contradiction() -> None:
    found = ruled([A, B, C], said("same", A, B), said("same", B, A), said("same", A, B, C), said("different", C, D))
    assert codes(found) == ["decision-gone"]


@given(
    st.lists(
        st.tuples(st.sampled_from(["same", "different", "version-of"]), st.integers(0, 5), st.integers(0, 5)),
        max_size=8,
    )
)
def test_the_verdicts_never_contradict_each_other(made: list[tuple[str, int, int]]) -> None:
    records = [paper(f"Paper {number}", Name(family=f"F{number}")) for number in range(6)]
    chosen = [said(kind, records[one], records[other]) for kind, one, other in made if one != other]
    found = ruled(records, *chosen)
    near = {place: {place} for place in range(6)}
    for (one, other), verdict in found.decided.items():
        assert one < other
        if verdict == "same":
            near[one] |= near[other]
            for place in near[one]:
                near[place] = near[one]
    assert all(verdict == "same" or near[one] is not near[other] for (one, other), verdict in found.decided.items())


@given(st.permutations(range(5)))
def test_the_order_of_the_records_does_not_matter(order: list[int]) -> None:
    records = [paper("Editorial", year=2015 + number, line=number) for number in range(3)] + [
        paper("B"),
        paper(DOI="10.1000/x"),
    ]
    made = [
        said("different", records[0], records[2]),
        said("same", records[1], records[3]),
        said("version-of", records[3], records[4]),
    ]
    straight = ruled(records, *made).decided
    mixed = ruled([records[place] for place in order], *made).decided
    moved = {tuple(sorted((order[one], order[other]))): verdict for (one, other), verdict in mixed.items()}
    assert moved == straight
