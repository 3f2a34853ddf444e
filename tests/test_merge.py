"""Merging: which value wins, that nothing is lost, versions linked, where each value is from, and splitting again."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit import explain, splits, versions
from bibkit.decisions import Decisions
from bibkit.dedupe import Verdict, merge
from bibkit.dedupe.merging import ALSO
from bibkit.dedupe.values import as_json, value_of
from bibkit.keys import assign
from bibkit.lock import Lock
from bibkit.problems import UsageError
from bibkit.record import Date, Json, Name, Origin, Record, Trace, replace
from bibkit.rulings import rule

LEE, RAY, MOOR = Name(family="Lee", given="Kim"), Name(family="Ray", given="Ada"), Name(family="Moor", given="Ida")


def entry(source: str = "a.bib", key: str = "", line: int = 1, **more: Json) -> Record:
    """A record with these texts; names, dates and the rest by their own names."""
    fields = {name: more.pop(name) for name in ("type", "names", "dates", "cut", "keywords", "extra") if name in more}
    texts = {name.replace("_", "-") if name != "archive_location" else name: value for name, value in more.items()}
    return Record(
        **{"type": "article-journal", **fields},
        key=key,
        texts={"title": "On Waiting", **texts},
        origins=(Origin(source, "bibtex", line, line),),
    )


def merged(*parts: Record, **options: Json) -> Record:
    return merge(parts, **options)[0]


def said(*parts: Record, **options: Json) -> list[str]:
    return [problem.message for problem in merge(parts, **options)[1]]


# ------------------------------------------------------------------------------------------------ which value wins

WINNERS = [
    # variable, what is said, which of it wins
    ("title", ["ON WAITING FOR TRAINS", "On Waiting for Trains"], 1),
    ("title", ["On Waiting", "On Waiting: Trains at Night"], 1),
    ("title", ["On waiting for H2 trains", "On waiting for H<sub>2</sub> trains"], 1),
    ("title", ["On Waiting for Trains at Ni...", "On Waiting for Trains"], 1),
    ("title", ["Dvorak on trains", "Dvořák on trains"], 1),
    ("abstract", ["Short.", "Short, and longer."], 1),
    ("container-title", ["J. Rail Res.", "Journal of Rail Research"], 1),
    ("container-title", ["JOURNAL OF RAILS", "Journal of Rails"], 1),
    ("page", ["494-6", "494-496"], 1),
    ("volume", ["3", "3"], 0),
]


@pytest.mark.parametrize(("variable", "values", "winner"), WINNERS)
def test_the_best_value_wins_wherever_it_stands(variable: str, values: list[str], winner: int) -> None:
    parts = [replace(entry(f"{number}.bib"), texts={variable: value}) for number, value in enumerate(values)]
    for order in (parts, parts[::-1]):
        assert merged(*order).texts[variable] == values[winner]
    swapped = [replace(part, origins=(Origin(f"{9 - number}.bib"),)) for number, part in enumerate(parts)]
    assert merged(*swapped).texts[variable] == values[winner]


def test_the_longest_complete_list_of_authors_wins() -> None:
    full = entry("c.bib", names={"author": (LEE, RAY, MOOR)})
    initials = entry("b.bib", names={"author": (LEE, replace(RAY, given="A."), MOOR)})
    cut = entry("a.bib", names={"author": (LEE, RAY, MOOR, LEE)}, cut=("author",))
    work = merged(cut, initials, full)
    assert work.authors == full.authors
    assert work.cut == ()
    assert work.origins[work.traces["author"].origin].source == "c.bib"


def test_the_most_precise_date_wins_and_one_that_stands_there_beats_an_inferred_one() -> None:
    dates = [Date((2020,)), Date((2020, 3)), Date((2020, 3, 14))]
    assert merged(*(entry(f"{n}.bib", dates={"issued": date}) for n, date in enumerate(dates))).issued == dates[2]
    guess = replace(entry(dates={"issued": Date((2026, 3, 14))}), traces={"issued": Trace(inferred="after 2025")})
    assert merged(guess, entry("b.bib", dates={"issued": Date((2025,))})).issued == Date((2025,))


def test_keywords_links_and_identifiers_are_united() -> None:
    one = entry(
        ISBN="978-0-306-40615-7", ISSN="1234-5679", DOI="10.1000/a", URL="https://a.example", keywords=("Rail", "night")
    )
    other = entry(
        "b.bib", ISBN="9780306406157 0-306-40615-2", ISSN="0317-8471", DOI="10.1000/b", URL="https://b.example",
        PMID="17", keywords=("rail", "trains"),
    )  # fmt: skip
    work = merged(one, other)
    assert work.keywords == ("Rail", "night", "trains")
    assert work.texts["ISBN"] == "978-0-306-40615-7 0-306-40615-2"
    assert work.texts["ISSN"] == "1234-5679, 0317-8471"
    assert (work.texts["DOI"], work.texts["URL"], work.texts["PMID"]) == ("10.1000/a", "https://a.example", "17")
    assert work.extra[ALSO] == {"DOI": ["10.1000/b"], "URL": ["https://b.example"]}


def test_an_identifier_of_one_copy_alone_is_kept() -> None:
    assert merged(entry(), entry("b.bib", DOI="10.1000/a")).texts["DOI"] == "10.1000/a"


def test_the_type_that_says_most_wins() -> None:
    kinds = ["document", "article", "article-journal"]
    assert merged(*(entry(f"{n}.bib", type=kind) for n, kind in enumerate(kinds))).type == "article-journal"
    assert said(entry(type="paper-conference"), entry("b.bib")) == [
        "type of one work differs: 'paper-conference' was taken, 'article-journal' stands at b.bib:1"
    ]


def test_published_before_preprint_when_told() -> None:
    preprint = entry(
        type="article",
        title="On Waiting: Trains at Night",
        dates={"issued": Date((2019, 1, 2))},
        URL="https://arxiv.org",
    )
    article = entry("z.bib", dates={"issued": Date((2020,))}, publisher="Rails")
    assert merged(preprint, article).title == preprint.title
    told = merged(preprint, article, published_first=True)
    assert (told.title, told.issued) == (article.title, article.issued)
    assert told.texts["URL"] == "https://arxiv.org", "what only the preprint has is kept"


# ------------------------------------------------------------------------------------------------ nothing is lost


def test_other_keys_become_aliases_and_the_shorter_one_of_a_file_stays() -> None:
    work = merged(entry(key="lee2020-dup"), entry(key="lee2020", line=9), entry("b.bib", key="Lee:2020"))
    assert (work.key, work.aliases) == ("lee2020", ("lee2020-dup", "Lee:2020"))


def test_every_record_is_a_part_as_it_was_with_all_its_origins() -> None:
    parts = [entry(f"{number}.bib", f"k{number}", number, volume=str(number)) for number in range(1, 5)]
    work = merged(*parts)
    assert work.parts == tuple(parts)
    assert work.origins == tuple(origin for part in parts for origin in part.origins)


QUIET = [
    ("page", "494-496", "494-6"),
    ("page", "494–496", "494"),
    ("container-title", "Journal of the American Rail Society", "J. Am. Rail Soc."),
    ("DOI", "10.1000/A", "https://doi.org/10.1000/a"),
    ("title", "On Waiting: Trains", "On waiting"),
    ("ISBN", "978-0-306-40615-7", "0-306-40615-2"),
]


@pytest.mark.parametrize(("variable", "one", "other"), QUIET)
def test_what_says_the_same_in_other_words_is_no_contradiction(variable: str, one: str, other: str) -> None:
    name = {variable: one}
    assert said(replace(entry(), texts=name), replace(entry("b.bib"), texts={variable: other})) == []


@pytest.mark.parametrize(
    ("variable", "one", "other"),
    [
        ("page", "494-6", "594-6"),
        ("volume", "3", "4"),
        ("container-title", "Trains", "Rails"),
        ("DOI", "10.1000/a", "10.1000/b"),
    ],
)
def test_a_contradiction_is_said_with_both_values_and_both_places(variable: str, one: str, other: str) -> None:
    (problem,) = merge(
        [replace(entry(), texts={variable: one}), replace(entry("b.bib", line=7), texts={variable: other})]
    )[1]
    assert problem.where() == "a.bib:1"
    assert f"{one!r} was taken, {other!r} stands at b.bib:7" in problem.message
    assert (problem.code, problem.field) == ("merge-contradiction", variable)


values = st.sampled_from(["", "On Waiting", "On waiting: at night", "ON WAITING", "3", "3-5"])
records = st.builds(
    entry,
    source=st.sampled_from(["a.bib", "b.bib"]),
    key=st.sampled_from(["", "k", "k2", "K"]),
    line=st.integers(1, 4),
    type=st.sampled_from(["document", "article", "book", "chapter"]),
    title=values,
    page=values,
    DOI=st.sampled_from(["10.1000/a", "10.1000/b"]),
    names=st.sampled_from([{}, {"author": (LEE,)}, {"author": (LEE, RAY)}, {"editor": (RAY,)}]),
    dates=st.sampled_from(
        [{}, {"issued": Date((2020,))}, {"issued": Date((2020, 3))}, {"issued": Date(literal="soon")}]
    ),
    cut=st.sampled_from([(), ("author",)]),
    keywords=st.lists(st.sampled_from(["Rail", "rail", "night"]), max_size=3).map(tuple),
    extra=st.sampled_from([{}, {"ris:C7": ["x"]}, {"ris:C7": ["y"]}]),
)


@given(st.lists(records, min_size=1, max_size=5), st.randoms(), st.booleans())
def test_the_order_of_the_records_does_not_matter_and_every_value_is_kept(
    parts: list[Record], rng: random.Random, published_first: bool
) -> None:
    shuffled = rng.sample(parts, len(parts))
    work, problems = merge(parts, published_first=published_first)
    again, problems_again = merge(shuffled, published_first=published_first)
    assert work == again
    assert problems == problems_again
    assert sorted(map(repr, explain.leaves(work))) == sorted(map(repr, parts))
    told = "\n".join(explain.told(work))
    for part in parts:
        assert part.texts["DOI"] in told
    assert {key.lower() for part in parts for key in [part.key] if key} <= {
        key.lower() for key in (work.key, *work.aliases) if key
    }


# ------------------------------------------------------------------------------------------------ preferred values


def test_a_preferred_value_wins_and_is_no_contradiction() -> None:
    parts = [entry(volume="3"), entry("b.bib", volume="4")]
    work, problems = merge(parts, preferred={"volume": "4", "type": "book", "keyword": ["rail"]})
    assert (work.texts["volume"], work.type, work.keywords, problems) == ("4", "book", ("rail",), [])
    assert work.origins[work.traces["volume"].origin].source == "b.bib"


def test_a_preferred_value_that_nobody_has_says_where_it_is_from() -> None:
    work = merged(entry(volume="3"), preferred={"volume": "5"})
    assert work.texts["volume"] == "5"
    assert work.traces["volume"].inferred == "as decisions.toml says"
    assert work.parts[0].texts["volume"] == "3"


def test_an_empty_preferred_value_takes_the_variable_away() -> None:
    work = merged(entry(volume="3", names={"editor": (RAY,)}), preferred={"volume": "", "editor": []})
    assert "volume" not in work.texts
    assert "editor" not in work.names


@pytest.mark.parametrize(
    ("variable", "written", "value"),
    [
        ("author", ["Lee, Kim", "Ada Ray"], (LEE, RAY)),
        ("author", [{"family": "Lee", "given": "Kim"}], (LEE,)),
        ("issued", "2020-03-14", Date((2020, 3, 14))),
        ("issued", {"start": [2020, 3]}, Date((2020, 3))),
        ("volume", 3, "3"),
        ("bibtex:file", ":a.pdf:", ":a.pdf:"),
    ],
)
def test_values_as_a_person_writes_them(variable: str, written: Json, value: Json) -> None:
    assert value_of(variable, written) == value
    assert value_of(variable, as_json(value)) == value


def test_a_preferred_value_that_cannot_be_is_said_and_does_not_count() -> None:
    work, (problem, *_) = merge([entry(), entry("b.bib")], preferred={"type": "papyrus", "title": ["x"], "author": [5]})
    assert work.type == "article-journal"
    assert problem.code == "decision-value"


# ------------------------------------------------------------------------------------------------ versions


def family() -> list[Record]:
    """A preprint, the paper at a conference, the article in a journal, and another work."""
    rows = [
        ("pre2019", "article", 2019, {"archive": "arXiv", "archive_location": "1901.00001v2"}),
        ("conf2020", "paper-conference", 2020, {"container-title": "Rails 20"}),
        ("art2021", "article-journal", 2021, {"container-title": "Journal of Rails"}),
        ("other2021", "article-journal", 2021, {"container-title": "Journal of Rails"}),
    ]
    works = [
        replace(entry(key=key, type=kind, dates={"issued": Date((year,))}), texts={"title": "T", **texts})
        for key, kind, year, texts in rows
    ]
    return versions.linked(works, [(0, 1, 2)])


def test_versions_are_linked_by_keys() -> None:
    works = family()
    assert [versions.versions_of(work) for work in works] == [
        ("art2021", "conf2020"), ("art2021", "pre2019"), ("conf2020", "pre2019"), (),
    ]  # fmt: skip
    assert versions.as_related(works[0]).extra == {"bibtex:related": "art2021,conf2020"}
    assert versions.as_related(works[3]) == works[3]


def test_both_shows_all() -> None:
    assert versions.chosen(family(), "both") == family()


def test_published_leaves_the_preprint_out_and_has_its_arxiv_id() -> None:
    shown = versions.chosen(family(), "published")
    assert [work.key for work in shown] == ["conf2020", "art2021", "other2021"]
    conference, article, _ = shown
    assert (conference.texts["archive"], conference.texts["archive_location"]) == ("arXiv", "1901.00001")
    assert conference.aliases == ("pre2019",), "what documents cite still works"
    assert versions.versions_of(conference) == ("art2021",)
    assert "archive" not in article.texts


def test_latest_leaves_one() -> None:
    shown = versions.chosen(family(), "latest")
    assert [work.key for work in shown] == ["art2021", "other2021"]
    assert shown[0].aliases == ("conf2020", "pre2019")
    assert shown[0].texts["archive_location"] == "1901.00001"
    assert shown[0].extra == {}


def test_preprints_alone_stay() -> None:
    works = versions.linked([entry(key="a", type="article"), entry(key="b", type="article")], [(0, 1)])
    assert versions.chosen(works, "published") == works


# ------------------------------------------------------------------------------------------------ explain, split


def test_explain_tells_places_and_what_others_say() -> None:
    work = merged(entry(key="lee2020", volume="3", line=4), entry("b.bib", "x", 9, volume="4", page="1"))
    told = "\n".join(explain.told(work))
    assert told.startswith("lee2020: one work from 2 entries\n  aliases: x\n  entry: a.bib:4 (bibtex), there lee2020\n")
    assert "volume: 3\n  from a.bib:4\n  b.bib:9 has: 4" in told
    assert "page: 1\n  from b.bib:9" in told
    assert [field.variable for field in explain.choices(work)] == ["volume"]


def test_split_is_exact_and_frees_keys() -> None:
    parts = [entry(key="lee2020", DOI="10.1000/a"), entry("b.bib", "lee-b", DOI="10.1000/A"), entry("c.bib")]
    work, lock, _ = assign([merged(*parts)], Lock())
    work = work[0]
    assert (work.key, work.aliases) == ("lee2020", ("lee-b",))
    parting = splits.plan(work, parts, Decisions(), who="Ada", when="2026-11-22")
    decided = rule(parts, Decisions((parting.decision,))).decided
    assert decided == dict.fromkeys([(0, 1), (0, 2), (1, 2)], Verdict.DIFFERENT)
    again = assign(parts, splits.unlocked(lock, work, parting.apart))
    keys = [record.key for record in again.records]
    assert keys[:2] == ["lee2020", "lee-b"]
    assert [
        replace(record, key=part.key, aliases=()) for record, part in zip(again.records, parts, strict=True)
    ] == parts
    assert assign(parts[::-1], again.lock).records[::-1] == again.records, "and they stay so"


def test_one_entry_can_be_taken_out() -> None:
    parts = [entry(key="a"), entry("b.bib", "b", 7), entry("c.bib", "c")]
    work = merged(*parts)
    assert [len(group) for group in splits.groups(work, ["b.bib:7"])] == [2, 1]
    assert splits.groups(work, ["b"]) == splits.groups(work, ["b.bib:7"])
    with pytest.raises(UsageError, match="a has no entry z; it has a"):
        splits.groups(work, ["z"])
    with pytest.raises(UsageError, match="nothing to split"):
        splits.groups(parts[0])


def test_splitting_ends_what_was_said_to_be_the_same() -> None:
    parts = [entry(key="a"), entry("b.bib", "b", title="On Waiting, again")]
    from bibkit.decisions import Decision, named, work_of

    same = named(Decision("same", tuple(work_of([part]) for part in parts)))
    parting = splits.plan(merged(*parts), parts, Decisions((same,)))
    assert parting.ended == (same,)
