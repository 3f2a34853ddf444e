"""The matching: what is the same, what is a version, what is never joined, whatever the order and the size."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import dedupe
from bibkit.dedupe import Verdict, authors, comparing, deciding, people, places, titles
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.dedupe.scale import unwatched
from bibkit.record import Date, Name, Record

TITLE = "A slow start to the warm season in northern lakes"


def names(text: str) -> tuple[Name, ...]:
    """`Doe, Jane; Roe, Richard`"""
    parts = (one.partition(", ") for one in text.split("; ") if one)
    return tuple(Name(family=family, given=given) for family, _, given in parts)


def paper(
    title: str = TITLE,
    authors: str = "Doe, Jane; Roe, Richard",
    year: int = 2011,
    kind: str = "article-journal",
    **texts: str,
) -> Record:
    variables = {name.replace("_", "-"): value for name, value in texts.items()}
    return Record(
        kind,
        texts={"title": title, **variables} if title else variables,
        names={"author": names(authors)} if authors else {},
        dates={"issued": Date((year,))} if year else {},
    )


def lake(**changes: object) -> Record:
    """A complete record of one article, but for what is changed."""
    full: dict[str, object] = {
        "container_title": "Journal of Lake Studies", "volume": "12", "issue": "3", "page": "210-225",
        "DOI": "10.1234/jls.77",
    }  # fmt: skip
    return paper(**{name: value for name, value in (full | changes).items() if value != ""})  # type: ignore[arg-type]


def verdict(one: Record, other: Record) -> Verdict:
    found = dedupe.decide(dedupe.compare(one, other))
    assert found == dedupe.decide(dedupe.compare(other, one)), "the order of a pair decides nothing"
    return found


# ------------------------------------------------------------------------------------------------ one publication


@pytest.mark.parametrize(
    "other",
    [
        lake(),
        lake(title="A SLOW START TO THE WARM SEASON IN NORTHERN LAKES."),
        lake(title="A slow start to the warm saeson in northern lakes"),
        lake(title="<i>A slow start</i> to the warm season in northern lakes [see comment]"),
        lake(title="A slow start to the warm season in northern lakes: evidence from satellites"),
        lake(title="A slow start to the warm season in northern lakes [Ein langsamer Beginn der warmen Jahreszeit]"),
        lake(authors="Doe, J.; Roe, R."),
        lake(authors="Roe, R.; Doe, J."),
        lake(authors="Doe, J", DOI=""),
        lake(authors="", DOI=""),
        lake(container_title="J. Lake Stud."),
        lake(page="210-25"),
        lake(page="210‐225", DOI=""),
        lake(volume="12(3)", issue="", DOI=""),
        lake(year=0, DOI=""),
        lake(year=2010, page="1-16", volume="", issue="", DOI=""),
        lake(DOI="10.9999/mirror.1"),
        paper(),
        paper(kind="document"),
    ],
)
def test_two_records_of_one_article_are_the_same(other: Record) -> None:
    assert verdict(lake(), other) is Verdict.SAME


def test_bare_records_of_a_long_title_are_the_same() -> None:
    assert verdict(paper(), paper(authors="Doe, J.; Roe, R.")) is Verdict.SAME


# ------------------------------------------------------------------------------------------------ never joined


@pytest.mark.parametrize(
    "other",
    [
        lake(title=f"Erratum: {TITLE}"),
        lake(title=f"Correction to: {TITLE}", page="300"),
        lake(title=f"{TITLE} (vol 12, pg 210, 2011)", page="301"),
        lake(title=f"Retraction: {TITLE}"),
        lake(title=f"Reply to: {TITLE}", DOI=""),
        lake(title=f"Comment on: {TITLE}", authors="Poe, Edgar", DOI=""),
        lake(title=f"{TITLE}: authors' reply", DOI=""),
        lake(title=f"{TITLE} II", page="300-310", DOI="10.1234/jls.78"),
        lake(title=f"{TITLE}. Part 2", page="", DOI=""),
        lake(title=f"{TITLE}, part II: Birds", page="", DOI=""),
        lake(authors="Poe, Edgar; Moe, Mary", page="226-230", DOI=""),
        lake(title="A late end of the dry season in southern rivers", authors="Poe, Edgar", DOI="10.1234/jls.77"),
    ],
)
def test_what_a_hard_rule_keeps_apart_is_different_whatever_else_agrees(other: Record) -> None:
    assert verdict(lake(), other) not in (Verdict.SAME, Verdict.VERSION)


def test_both_parts_of_a_series_differ() -> None:
    one, other = (lake(title=f"{TITLE}. Part {part}", DOI="", page="") for part in ("I", "II"))
    assert verdict(one, other) is Verdict.DIFFERENT
    assert verdict(one, lake(title=f"{TITLE}. Part 1", DOI="", page="")) is Verdict.SAME


@pytest.mark.parametrize("part", ["II", ". Part 2", ", part two"])
def test_a_number_elsewhere_in_the_title_is_no_part(part: str) -> None:
    one = paper("Two cohorts of fish with type 2 scales in lakes")
    assert verdict(one, paper(f"{one.title} {part}")) is Verdict.DIFFERENT
    assert verdict(paper("Fish of the cold lakes, part 2"), paper("Fish of the cold lakes 2")) is Verdict.SAME


def test_a_given_name_in_common_is_no_author_in_common() -> None:
    one, other = (paper(authors=names) for names in ("Psaila, Giuseppe; Meo, Rosa", "Davies, Giuseppe; Eggo, Rosa"))
    assert verdict(one, other) is Verdict.DIFFERENT
    assert verdict(one, paper(authors="Giuseppe, Psaila; Rosa, Meo")) is Verdict.SAME
    assert verdict(paper(authors="Zhang, Wei"), paper(authors="Zhang, Hao")) is Verdict.DIFFERENT
    assert verdict(paper(authors="Zhang, Wei"), paper(authors="Zheng, Hao")) is Verdict.DIFFERENT
    assert verdict(paper(authors="Schapire, R."), paper(authors="Shapire, Robert")) is Verdict.SAME


def test_a_reply_is_one_also_where_its_title_has_two_languages() -> None:
    both = f"{TITLE} / Ein langsamer Beginn der warmen Jahreszeit"
    assert verdict(paper(both), paper(f"{both}: Authors' reply")) is Verdict.DIFFERENT


@pytest.mark.parametrize(
    "word", ["Editorial", "Book review", "From the editor", "Introduction to the special issue on lakes"]
)
def test_a_column_is_the_same_only_in_the_same_place(word: str) -> None:
    here = paper(word, container_title="Lakes", volume="3", issue="1", page="1-2")
    assert verdict(here, paper(word, container_title="Lakes", volume="3", issue="1", page="1-2")) is Verdict.SAME
    for changes in ({"issue": "2"}, {"volume": "4"}, {"page": "9-10"}):
        other = {"container_title": "Lakes", "volume": "3", "issue": "1", "page": "1-2", **changes}
        assert verdict(here, paper(word, **other)) is Verdict.DIFFERENT
    assert verdict(paper(word), paper(word)) is not Verdict.SAME
    assert verdict(paper(word, DOI="10.1234/a"), paper(word, DOI="10.1234/b")) is Verdict.DIFFERENT


def test_a_title_that_recurs_in_every_issue_is_a_column() -> None:
    issues = [
        paper("Notes from the shore", container_title="Lakes", volume=str(3 + year), issue="1", year=2000 + year)
        for year in range(5)
    ]
    found = dedupe.match([*issues, paper("Notes from the shore", container_title="Lakes", year=2002)])
    assert all(len(cluster) == 1 for cluster in found.clusters)


def test_updates_of_a_cochrane_review_are_one_publication() -> None:
    container = "Cochrane Database of Systematic Reviews"
    one, other = (lake(year=year, container_title=container, volume="", page="", DOI="") for year in (2008, 2012))
    assert verdict(one, other) is Verdict.SAME
    assert verdict(lake(year=2008, DOI="", page=""), lake(year=2012, DOI="", page="", volume="16")) is not Verdict.SAME


@pytest.mark.parametrize("title", ["UNKNOWN", "", "[no title]", "n/a"])
def test_no_title_matches_no_title(title: str) -> None:
    assert verdict(paper(title), paper(title)) is not Verdict.SAME


def test_a_title_that_is_the_name_of_the_journal_matches_nothing() -> None:
    one = paper("Journal of Lake Studies Volume 12 Paper 41", container_title="Journal of Lake Studies", volume="12")
    other = paper(one.title, "Poe, Edgar", container_title="Journal of Lake Studies", volume="12")
    assert verdict(one, other) is Verdict.DIFFERENT


def test_an_equal_doi_is_not_identity_and_an_unequal_one_no_veto() -> None:
    supplement = {"container_title": "Lakes", "volume": "3", "DOI": "10.1234/suppl.1"}
    one = paper("An inhibitor of algae prevents foam in warm lakes", page="S1", **supplement)
    twin = paper("A nutrient for algae makes more foam in cold lakes", page="S2", **supplement)
    assert verdict(one, twin) is not Verdict.SAME
    assert verdict(lake(), lake(DOI="10.9999/other.5")) is Verdict.SAME


def test_chapters_of_one_book_stay_apart() -> None:
    book = {"kind": "chapter", "container_title": "Handbook of Lakes", "ISBN": "978-3-16-148410-0"}
    one = paper("Fish of the cold lakes", page="1-20", **book)
    assert verdict(one, paper("Birds of the cold lakes", page="21-40", **book)) is not Verdict.SAME


def test_a_series_of_near_identical_titles_is_not_chained() -> None:
    topics = ("fire", "water and ice", "invasive mussels", "roads", "birds of prey")
    series = [
        paper(
            f"Regional lake management strategy, actionable plan completion, {topic} topic", container_title="Reports"
        )
        for topic in topics
    ]
    assert len(dedupe.match(series).clusters) == len(topics)


# ------------------------------------------------------------------------------------------------ versions


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (paper(kind="manuscript", container_title="bioRxiv", DOI="10.1101/2010.01.01.123456"), lake(), "preprint"),
        (paper(kind="article", archive="arXiv", number="2101.00001"), lake(year=2012), "preprint"),
        (paper(kind="paper-conference", container_title="Proceedings of the Lake Conference"), lake(), "conference"),
        (paper(kind="paper-conference"), paper(container_title="Lakes", year=2012), "conference"),
        (paper(kind="report", container_title="Technical Report 12"), lake(), "report"),
        (paper(kind="book", edition="1"), paper(kind="book", edition="2nd", year=2015), "edition"),
    ],
)
def test_versions_of_one_work_are_linked_and_never_joined(one: Record, other: Record, kind: str) -> None:
    assert verdict(one, other) is Verdict.VERSION
    assert dedupe.compare(one, other).kind == kind
    found = dedupe.match([one, other])
    assert (found.clusters, found.works) == (((0,), (1,)), ((0, 1),))


def test_two_copies_of_a_preprint_are_the_same() -> None:
    preprint = paper(kind="manuscript", container_title="medRxiv", DOI="10.1101/2010.01.01.123456")
    assert verdict(preprint, paper(kind="manuscript", container_title="medRxiv")) is Verdict.SAME


def test_a_container_that_only_one_of_two_spells_out_is_of_one_kind() -> None:
    preprint = paper(kind="manuscript", container_title="Research Square", page="1-9")
    assert verdict(preprint, paper(kind="document", container_title="Res. Squ.", page="1-9")) is Verdict.SAME


def test_a_bare_record_may_be_of_the_preprint() -> None:
    preprint = paper(kind="manuscript", container_title="medRxiv", DOI="10.1101/2010.01.01.123456")
    assert verdict(preprint, paper(kind="document")) is Verdict.SAME


def test_two_preprints_of_a_team_are_two_works() -> None:
    team = "Doe, Jane; Roe, Richard; Poe, Edgar; Moe, Mary"
    one = paper("Trends of algae in warm lakes: a cohort study", team, kind="manuscript", container_title="medRxiv",
                DOI="10.1101/2010.01.01.111111")  # fmt: skip
    other = paper("Trends of fish in warm lakes: a cohort study", team, kind="manuscript", container_title="medRxiv",
                  DOI="10.1101/2010.01.01.222222")  # fmt: skip
    assert verdict(one, other) in (Verdict.MAYBE, Verdict.DIFFERENT)


# ------------------------------------------------------------------------------------------------ clusters


def clusters(records: list[Record], decided: Mapping[tuple[int, int], Verdict] | None = None) -> list[list[int]]:
    return [list(cluster) for cluster in dedupe.match(records, decided=decided).clusters]


def test_a_bridge_does_not_join_what_contradicts_itself() -> None:
    ends = [lake(DOI="10.1234/a", page="", volume="", issue=""), lake(DOI="10.1234/b", page="", volume="", issue="")]
    assert sorted(map(len, clusters([ends[0], paper(), ends[1]]))) == [1, 2]
    pair = [lake(title=f"{TITLE}: I", DOI="", page=""), paper(), lake(title=f"{TITLE}: II", DOI="", page="")]
    assert [0, 1, 2] not in clusters(pair)


def test_people_overrule_everything() -> None:
    records = [lake(), lake(), lake(title="Quite another paper on rivers", DOI="", page="1-9", authors="Poe, Edgar")]
    assert clusters(records) == [[0, 1], [2]]
    assert clusters(records, {(0, 1): Verdict.DIFFERENT}) == [[0], [1], [2]]
    assert clusters(records, {(0, 2): Verdict.SAME, (0, 1): Verdict.DIFFERENT}) == [[0, 2], [1]]
    assert clusters(records, {(1, 2): Verdict.SAME}) == [[0, 1, 2]]


def test_what_was_decided_different_is_not_joined_by_a_chain() -> None:
    records = [lake(), lake(), lake()]
    found = clusters(records, {(0, 2): Verdict.DIFFERENT})
    assert sorted(map(len, found)) == [1, 2]
    assert not any({0, 2} <= set(cluster) for cluster in found)


def test_a_version_by_decision_is_linked_and_not_joined() -> None:
    found = dedupe.match([lake(), lake()], decided={(0, 1): Verdict.VERSION})
    assert (found.clusters, found.works) == (((0,), (1,)), ((0, 1),))
    assert [pair.verdict for pair in found.pairs] == [Verdict.VERSION]


def test_decisions_that_contradict_each_other_are_said() -> None:
    decided = {(0, 1): Verdict.SAME, (1, 2): Verdict.SAME, (0, 2): Verdict.DIFFERENT}
    found = dedupe.match([lake(), lake(), lake()], decided=decided)
    assert [problem.code for problem in found.problems] == ["dedupe-decisions-contradict"]
    assert not any({0, 2} <= set(cluster) for cluster in found.clusters)


STOCK = [
    lake(), lake(page="210-25", DOI=""), paper(), paper(f"{TITLE} II"), lake(title=f"Erratum: {TITLE}"),
    paper(kind="paper-conference", container_title="Lake Conference"), paper("Editorial"),
    paper("Editorial", year=1999),
    paper("Editorial", container_title="Lakes", volume="3", issue="1", page="1"), paper("", ""), lake(DOI="10.1234/b"),
    paper(authors="Doe, J."), paper(authors=""), lake(year=2012), paper("Another paper on the fish of cold lakes"),
]  # fmt: skip
stocks = st.lists(st.sampled_from(STOCK), max_size=10)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(stocks, st.randoms(use_true_random=False))
def test_the_order_of_the_records_decides_nothing(records: list[Record], draw: random.Random) -> None:
    order = list(range(len(records)))
    draw.shuffle(order)
    straight, shuffled = dedupe.match(records), dedupe.match([records[place] for place in order])
    assert contents(straight.clusters, records) == contents(shuffled.clusters, [records[place] for place in order])
    assert sorted(len(work) for work in straight.works) == sorted(len(work) for work in shuffled.works)


def contents(groups: tuple[tuple[int, ...], ...], records: list[Record]) -> list[list[str]]:
    return sorted(sorted(repr(records[place]) for place in group) for group in groups)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(stocks)
def test_every_record_is_in_one_cluster_and_every_cluster_in_one_work(records: list[Record]) -> None:
    found = dedupe.match(records)
    assert sorted(place for cluster in found.clusters for place in cluster) == list(range(len(records)))
    assert sorted(number for work in found.works for number in work) == list(range(len(found.clusters)))
    home = {place: number for number, cluster in enumerate(found.clusters) for place in cluster}
    for pair in found.pairs:
        assert pair.one < pair.other
        assert (home[pair.one] == home[pair.other]) == (pair.verdict is Verdict.SAME)
    for cluster in found.clusters:
        assert not any(dedupe.compare(records[a], records[b]).veto for a in cluster for b in cluster if a < b)


def test_a_pair_and_a_matching_agree() -> None:
    for one in STOCK:
        for other in STOCK:
            if one.title == other.title == "Editorial":
                continue
            assert ([0, 1] in clusters([one, other])) == (verdict(one, other) is Verdict.SAME)


def test_several_processes_find_what_one_finds() -> None:
    draw = random.Random(7)
    records = [
        paper(f"{TITLE} {draw.choice('abcdefgh')}{number % 50}", year=2000 + number % 3) for number in range(5000)
    ]
    assert dedupe.match(records, processes=2) == dedupe.match(records, processes=1)


# ------------------------------------------------------------------------------------------------ bad input and size


@settings(derandomize=True, max_examples=150, deadline=None)
@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_preparing_never_fails(title: str, family: str, page: str, volume: str, container: str) -> None:
    texts = {
        "title": title,
        "page": page,
        "volume": volume,
        "container-title": container,
        "DOI": page,
        "abstract": title,
    }
    record = Record(
        "article", texts=texts, names={"author": (Name(family=family, given=title), Name(literal=container))}
    )
    assert dedupe.compare(record, record)


def test_many_records_of_one_title_stay_quick_and_are_said() -> None:
    records = [paper("Editorial", f"F{number}, A") for number in range(4000)]
    before = time.process_time()
    found = dedupe.match(records)
    assert time.process_time() - before < 6
    assert len(found.clusters) == len(records)
    assert "dedupe-wide-block" in {problem.code for problem in found.problems}


def test_many_bare_copies_of_a_column_are_left_apart() -> None:
    assert len(dedupe.match([paper("Editorial", "", 0)] * 3000).clusters) == 3000
    assert len(dedupe.match([lake()] * 3000).clusters) == 1


def test_the_pairs_to_compare_are_bounded() -> None:
    records = [paper(f"A study of the lake number {number}", f"F{number}, A") for number in range(1500)]
    assert len(list(dedupe.block(records))) < 60 * len(records)


def test_a_block_is_proposed_once_and_never_with_itself() -> None:
    found = list(dedupe.block(STOCK))
    assert len(found) == len(set(found))
    assert all(one < other for one, other in found)


def test_watching_goes_through_all() -> None:
    seen: list[int] = []
    dedupe.match(STOCK, watch=lambda items, steps: seen.append(steps) or unwatched(items, steps))
    assert seen[0] == len(STOCK)


# ------------------------------------------------------------------------------------------------ parts


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("494-6", "494", "496"), ("1030–41", "1030", "1041"), ("480‐486", "480", "486"), ("01-Aug", "1", "8"),
        ("5-Jan", "1", "5"), ("Jan-65", "1", "65"), ("S4-76-S4-101", "s476", "s4101"), ("e43268", "e43268", ""),
        ("pp. 78-87", "78", "87"), ("(no pagination)", "", ""), ("xii, 388 pages", "", ""), ("433444", "433", "444"),
        ("", "", ""), ("12, 14-16", "12", ""), ("1 online resource (x, 159 p.)", "", ""), ("p. 7", "7", ""),
    ],
)  # fmt: skip
def test_pages(raw: str, first: str, last: str) -> None:
    assert places.pages(raw) == (first, last)


@pytest.mark.parametrize(
    ("raw", "volume", "issue"),
    [("4 (1) (no pagination)", "4", "1"), ("vol. 5, no. 2", "5", "2"), ("5(2)", "5", "2"), ("No pagination", "", "")],
)
def test_volumes(raw: str, volume: str, issue: str) -> None:
    placed = places.place(Record(texts={"volume": raw}))
    assert (placed.volume, placed.issue) == (volume, issue)


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("curr opin limnol", "current opinion in limnology", "abbreviated"),
        ("j lake stud", "journal of lake studies", "abbreviated"),
        ("pnas", "proceedings of the national academy of sciences", "different"),
        ("jls", "journal of lake studies", "abbreviated"),
        ("diabetes", "diabetologia", "different"),
        ("the lancet", "lancet", "equal"),
        ("in eurocolt 95", "second european conference on computational learning theory", "abbreviated"),
        ("5th colt", "proceedings of the fourth workshop on computational learning theory", "abbreviated"),
        ("focs 90", "31st annual symposium on foundations of computer science", "abbreviated"),
        ("proc 5th ann workshop on lakes", "proceedings of the fifth acm workshop on lakes", "equal"),
        ("heart", "history of early art", "different"),
    ],
)
def test_containers(one: str, other: str, level: str) -> None:
    assert places.same_venue(one, other) == level == places.same_venue(other, one)


@pytest.mark.parametrize(
    ("title", "marks"),
    [
        ("Erratum to: Fish", "erratum"), ("Author Correction: Fish", "erratum"), ("Fish - corrigendum", "erratum"),
        ("Correction of refractive errors in fish", "erratum"), ("RETRACTED: Fish", ""),
        ("Retraction notice: Fish", "retraction"),
        ("Reply to comments on fish", "reply"), ("The response of fish to light", ""), ("Comment on fish", "comment"),
        ("Fish [comment]", ""), ("Fish", ""),
    ],
)  # fmt: skip
def test_marks(title: str, marks: str) -> None:
    assert titles.title(title).marks == marks


@pytest.mark.parametrize(
    ("title", "numbers", "part"),
    [
        ("Fish of the lakes, part II", "2", "2"), ("Fish of the lakes. Part 3: Birds", "3", "3"), ("Fish V", "", "5"),
        ("The fifth 5th V2 of twenty", "5 5 2 20", ""), ("Fish in COVID-19", "", ""), ("Fish in 2019-nCoV", "", ""),
        ("Fish XVI", "16", "16"), ("1,25-dihydroxy fish", "1 25", ""),
    ],
)  # fmt: skip
def test_numbers_and_parts(title: str, numbers: str, part: str) -> None:
    found = titles.title(title)
    assert (found.numbers, found.part) == (numbers, part)


@pytest.mark.parametrize(
    ("title", "people", "folded", "last", "year"),
    [
        ("Roe (1997). Fish of the lakes", "Doe, J.; R, ", "fish of the lakes", "roe", 1997),
        ("Roe [1997]. 'Fish of the lakes,'", "Doe, J.; R, ", "fish of the lakes", "roe", 1997),
        ("Roe & W.S. Poe (1997), Fish of the lakes", "Doe, J.; R, M", "fish of the lakes", "roe", 1997),
        ("(1997) Fish of the lakes", "Doe, J.; Roe, R.", "fish of the lakes", "roe", 1997),
        ("[1997] Fish of the lakes", "Doe, J.; Roe, R.", "fish of the lakes", "roe", 1997),
        ("Roe 'Fish of the lakes'", "Doe, J.; K, M", "fish of the lakes", "roe", 0),
        ("R.S.: Fish of the lakes", "Doe, J.; Roe, ", "fish of the lakes", "roe", 0),
        ("and W.S. Poe. Fish of the lakes", "Doe, J.; Roe, R.", "fish of the lakes", "poe", 0),
        ("Fish of the lakes. In Proceedings of Fish", "Roe, R.", "fish of the lakes", "roe", 0),
        ("Fish of the lakes, in Roe R. (ed.)", "Roe, R.", "fish of the lakes", "roe", 0),
        ("Fish of the lakes. Unpublished manuscript", "Roe, R.", "fish of the lakes", "roe", 0),
        # what only looks like it
        ("U.S. fish of the lakes", "Doe, J.; Roe, R.", "u s fish of the lakes", "roe", 0),
        ("Comment 'Fish of the lakes'", "Doe, J.; Roe, R.", "comment fish of the lakes", "roe", 0),
        ("E. coli and S. aureus: fish of the lakes", "Doe, J.", "e coli and s aureus fish of the lakes", "doe", 0),
        ("Fish. In search of lakes", "Doe, J.", "fish in search of lakes", "doe", 0),
        ("1984: fish of the lakes", "Doe, J.", "1984 fish of the lakes", "doe", 0),
        ("Progress in 1997. Fish of the lakes", "Doe, J.", "progress in 1997 fish of the lakes", "doe", 0),
    ],
)
def test_what_a_parser_of_references_leaves_in_a_title_is_put_in_its_place(
    title: str, people: str, folded: str, last: str, year: int
) -> None:
    found = prepare(paper(title, people, year=0))
    assert (found.title, found.families[-1], found.year) == (folded, last, year)


@pytest.mark.parametrize(
    ("raw", "translated"),
    [
        ("[Fish of the lakes].", True), ('"[Fish of the lakes: a study]"', True), ("[Fish of a title cut o", True),
        ("Fish. <ORIGINAL> Fische", True), ("[18F]FDG in fish", False), ("Fish [of lakes]", False), ("Fish", False),
    ],
)  # fmt: skip
def test_titles_that_a_database_translated(raw: str, translated: bool) -> None:
    assert titles.title(raw).translated is translated


def families(*given_names: Name) -> tuple[str, ...]:
    return people.people(Record(names={"author": given_names})).families


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (Name(family="Li Z. M.Kong C. Y.Zhang S. L."), ("li", "kong", "zhang")),
        (Name(family="a. doe", given="m. roe, and richard j. poe"), ("doe", "roe", "poe")),
        (Name(family="Doe", given="J., & Roe, R. E."), ("doe", "roe")),
        (Name(literal="Jane Doe; Richard Roe"), ("doe", "roe")),
        (Name(literal="edited by Jane Doe, Richard Roe"), ("doe", "roe")),
        (Name(family="Doe J.", given="Roe R.E.:"), ("doe", "roe")),
        (Name(family="(eds.)", given="Jane J. Doe ... [and others]"), ("doe",)),
        (Name(family="van der Berg", given="Ada"), ("berg",)),
        (Name(literal="UNKNOWN"), ()),
        (Name(family="Müller", given="Å."), ("muller",)),
    ],
)
def test_people(name: Name, expected: tuple[str, ...]) -> None:
    assert families(name) == expected


def test_families_in_another_order_or_spelling_are_found() -> None:
    one = prepare(paper(authors="Wei, Zhang; Müller, Hans; Doe, Jane"))
    other = prepare(paper(authors="Zhang, Wei; Mueller, Hans; Doe, Jane"))
    assert authors.compare_authors(one, other)[0] == "equal"


def test_families_and_given_names_exchanged_are_found_by_their_initials() -> None:
    one = prepare(paper(authors="Ciçek, F. A.; Doe-Roe, Z.; Moe, E.; Poe, Y."))
    other = prepare(paper(authors="Amber, C. F.; Zeynep, D. R.; Evren, M.; Yusuf, P."))
    assert authors.compare_authors(one, other)[0] == "equal, many"
    other = prepare(paper(authors="Amber, C. F.; Zeynep, D. R.; Evren, K.; Yusuf, L."))
    assert authors.compare_authors(one, other)[0] == "disjoint"


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("SQ", "Shiqiang", "agree"),
        ("Y. W.", "Yiwen", "agree"),
        ("Bruce", "P. Bruce", "agree"),
        ("N. L.", "Leigh", "agree"),
        ("JR", "James", "first differs"),
        ("Anna", "Zoe", "first is another"),
    ],
)
def test_given_names(one: str, other: str, level: str) -> None:
    pair = (prepare(paper(authors=f"Doe, {given}")) for given in (one, other))
    assert authors.compare_authors(*pair)[1] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("The Ca<inf>3</inf>.1 channels of fish", "The Ca3.1 channels of fish", "short"),
        ("Fish of the cold northern lakes. Journal of Lake Studies 12", "Fish of the cold northern lakes", "equal"),
        ("Fish of the cold north-ern lakes. J Lake Stud", "Fish of the cold northern lakes", "equal"),
        ("Fish of the cold north-ern lakes and rivers", "Fish of the cold northern lakes", "subtitle in one"),
        (
            "Training algorithm for linear fish classi fiers. In Hans Frei, editor",
            "Training algorithms for linear fish classifiers",
            "subtitle in one",
        ),
        (
            "Release of gammaproteobacteria from cold lakes",
            "Release of gammaproteobacteriapfrom cold lakes",
            "spelled otherwise",
        ),
        (
            f"{TITLE} and in the southern ones: a long record of the ice and of the water belo",
            f"{TITLE} and in the southern ones: a long record of ice and of water below",
            "spelled otherwise",
        ),
        ("Reply on CC1", "Reply on RC1", "exchanged"),
        (
            "Tumours of double-blinded fish randomised in lakes",
            "Tumors of double blind fish randomized in lakes",
            "equal",
        ),
        (
            "Hypotension of the fish in northern lakes",
            "Hypertension of the fish in northern lakes",
            "spelled otherwise",
        ),
        ("Fish of lakes: a trial [corrected] of the cold", "Fish of lakes: a trial of the cold", "equal"),
        ("[The fish in cold lakes of the north]", "The fish of cold lakes, north and south", "translated"),
        ("The fish of the northern lakes", "Fish of the northern lakes", "short"),
    ],
)
def test_titles(one: str, other: str, level: str) -> None:
    pair = [prepare(paper(title, container_title="Journal of Lake Studies")) for title in (one, other)]
    assert comparing.compare_titles(*pair) == level == comparing.compare_titles(*reversed(pair))


@pytest.mark.parametrize(
    ("raw", "venue"),
    [
        ("To appear in the Journal of Lakes", "the journal of lakes"), ("1997", ""), ("12 (3)", ""),
        ("An extended abstract appeared in Proceedings of Lakes", ""),
        ("The Appearance of Lakes", "the appearance of lakes"),
    ],
)  # fmt: skip
def test_what_is_no_container_is_left_out(raw: str, venue: str) -> None:
    assert prepare(paper(container_title=raw)).venue == venue


def test_an_unpublished_manuscript_is_a_version() -> None:
    published = paper(kind="paper-conference", container_title="Proceedings of the Lake Conference")
    assert verdict(paper(kind="document", container_title="Unpublished manuscript"), published) is Verdict.VERSION
    assert verdict(paper(f"{TITLE}. Unpublished manuscript", kind="document"), published) is Verdict.VERSION


def test_evidence_reads_as_words() -> None:
    evidence = dedupe.compare(lake(), lake(title=f"Erratum: {TITLE}"))
    assert str(evidence).startswith("title ")
    assert "never the same: a correction, reply or comment and what it is about" in str(evidence)
    assert evidence.total == pytest.approx(deciding.PRIOR + sum(clue.weight for clue in evidence.clues), abs=0.01)


def test_every_weight_is_of_a_field() -> None:
    for weights in (deciding.WEIGHTS, deciding.VERSION_WEIGHTS):
        assert set(weights) <= set(comparing.FIELDS)


def test_a_prepared_record_is_small() -> None:
    assert len(Prepared.__struct_fields__) < 25
    assert prepare(Record()) == Prepared()
