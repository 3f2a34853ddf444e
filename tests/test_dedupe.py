"""One work for each paper: what is joined, what is left apart, and what a merge keeps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bibkit import dedupe
from bibkit.record import Date, Name, Origin, Record, Trace, replace

LIU, ZHU, GONG = Name(family="Liu", given="Yang"), Name(family="Zhu", given="Ye"), Name(family="Gong", given="Lin")


def paper(
    title: str = "Seeing the Unseen",
    authors: tuple[Name, ...] = (LIU, ZHU),
    date: tuple[int, ...] = (2022, 7, 27),
    *,
    cut: bool = False,
    inferred: bool = False,
    source: str = "a.txt",
    line: int = 1,
    **texts: str,
) -> Record:
    return Record(
        type="article",
        texts={"title": title, **texts},
        names={"author": authors},
        dates={"issued": Date(date)},
        cut=("author",) if cut else (),
        origins=(Origin(source, "test", line, line, title),),
        traces={"issued": Trace(inferred="the year after 2021")} if inferred else {},
    )


def verdict(one: Record, other: Record) -> dedupe.Verdict:
    return dedupe.decide(dedupe.compare(one, other))


def test_a_cut_list_of_authors_fits_a_longer_one() -> None:
    assert verdict(paper(), paper(authors=(LIU,), cut=True)) == "same"


def test_a_shorter_list_is_often_a_cut_one_and_another_one_is_not() -> None:
    assert verdict(paper(), paper(authors=(LIU,))) == "same"
    assert verdict(paper(), paper(authors=(GONG,))) == "different"


def test_initials_stand_for_given_names() -> None:
    assert verdict(paper(), paper(authors=(Name(family="Liu", given="Y."), Name(family="Zhu", given="Ye")))) == "same"
    assert verdict(paper(), paper(authors=(Name(family="Liu", given="Jing"), ZHU))) == "maybe"


def test_titles_are_compared_folded() -> None:
    assert verdict(paper("Seeing the unseen."), paper("Seeing <i>the</i> Unseen")) == "same"
    assert verdict(paper("Seeing the Unseen II"), paper()) == "different"


def test_identifiers_decide() -> None:
    assert verdict(paper(DOI="10.1000/A"), paper(DOI="https://doi.org/10.1000/a")) == "same"
    assert verdict(paper(DOI="10.1000/a"), paper(DOI="10.1000/b")) == "maybe"
    assert verdict(paper(DOI="10.1000/a"), paper("Another Title", DOI="10.1000/a")) == "maybe"


def test_years_far_apart_are_doubtful_but_an_inferred_year_is_not_evidence() -> None:
    assert verdict(paper(), paper(date=(2023, 1, 2))) == "maybe"
    assert verdict(paper(), paper(date=(2019, 7, 27))) == "maybe"
    assert verdict(paper(), paper(date=(2030, 7, 27), inferred=True)) == "same"


def test_nothing_vanishes_and_no_value_is_lost() -> None:
    parts = [paper(authors=(LIU,), cut=True), paper(source="b.txt", line=9, abstract="More of it.")]
    merged = dedupe.works(parts)
    (work,) = merged.works
    assert work.authors == (LIU, ZHU)
    assert work.cut == ()
    assert [origin.source for origin in work.origins] == ["a.txt", "b.txt"]
    assert work.traces["author"].origin == 1
    assert work.traces["title"].origin == 0
    assert work.parts == tuple(parts)
    assert merged.problems == ()


def test_an_explicit_year_beats_an_inferred_one_and_the_longer_abstract_wins() -> None:
    early = paper(date=(2026, 3, 19), inferred=True, abstract="Short.")
    late = paper(date=(2025, 3, 19), source="b.txt", abstract="Short. And more.")
    (work,) = dedupe.works([early, late]).works
    assert work.issued == Date((2025, 3, 19))
    assert work.texts["abstract"] == "Short. And more."
    assert not work.traces["issued"].inferred


def test_flags_and_categories_are_united() -> None:
    one = replace(paper(), keywords=("cs.CV",), extra={"listing:code": True})
    other = replace(paper(source="b.txt"), keywords=("cs.LG", "cs.CV"), extra={"listing:affiliation": "pku"})
    (work,) = dedupe.works([one, other]).works
    assert work.keywords == ("cs.CV", "cs.LG")
    assert work.extra == {"listing:code": True, "listing:affiliation": "pku"}


def test_a_contradiction_is_said_with_both_places() -> None:
    merged = dedupe.works([paper(publisher="Springer"), paper(source="b.txt", line=7, publisher="Elsevier")])
    message = "publisher of one work differs: 'Springer' was taken, 'Elsevier' stands at b.txt:7"
    assert [str(problem) for problem in merged.problems] == [f"a.txt:1: warning: {message} [merge-contradiction]"]


def test_a_doubt_is_said_and_both_stay() -> None:
    merged = dedupe.works([paper(), paper(date=(2019, 7, 27), source="b.txt", line=3)])
    assert len(merged.works) == 2
    assert [problem.code for problem in merged.problems] == ["dedupe-maybe"]
    assert "b.txt:3" in merged.problems[0].message


def test_no_chain_joins_what_contradicts_itself() -> None:
    bridge = paper(line=2)
    ends = [paper(DOI="10.1000/a", line=1), paper(DOI="10.1000/b", line=3)]
    works = dedupe.works([ends[0], bridge, ends[1]]).works
    assert sorted(len(work.origins) for work in works) == [1, 2]
    assert not any({"10.1000/a", "10.1000/b"} <= {part.texts.get("DOI") for part in work.parts} for work in works)


def test_ten_thousand_editorials_stay_quick() -> None:
    records = [paper("Editorial", (Name(family=f"F{number}"),), line=number) for number in range(10_000)]
    assert len(dedupe.works(records).works) == 10_000


papers = st.builds(
    paper,
    title=st.sampled_from(["Seeing", "Seeing!", "Hearing"]),
    authors=st.sampled_from([(LIU,), (LIU, ZHU), (GONG,)]),
    date=st.sampled_from([(2022, 7, 27), (2022,), (2012,)]),
    cut=st.booleans(),
    inferred=st.booleans(),
    source=st.sampled_from(["a.txt", "b.txt"]),
    line=st.integers(1, 9),
)


@given(st.lists(papers, max_size=8), st.randoms())
def test_every_record_is_in_one_work_and_merging_does_not_depend_on_order(
    records: list[Record], random: object
) -> None:
    works = dedupe.works(records).works
    assert sum(len(work.origins) for work in works) == len(records)
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert dedupe.merge(shuffled) == dedupe.merge(records) if records else True
