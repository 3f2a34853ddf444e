"""Whose works a CV has, in which groups, under which numbers: pure, and through the command."""

from __future__ import annotations

import json
from pathlib import Path

import cv_cases as cases
import msgspec
import pytest
from command import bibkit, standing
from conftest import ROOT
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bibkit import cv, decisions, settings
from bibkit.cv import own
from bibkit.cv.select import status
from bibkit.problems import UnknownFormat, UsageError
from bibkit.record import Date, Name, Record


def work(key: str = "w", *names: Name, **said: object) -> Record:
    texts = {"title": f"Title {key}", **said.pop("texts", {})}  # type: ignore[dict-item]
    dates = said.pop("dates", {"issued": Date((2020,))})
    kind = said.pop("type", "article-journal")
    return Record(kind, key, texts, {"author": names} if names else {}, dates, **said)  # type: ignore[arg-type]


def named(*written: str) -> list[Name]:
    return list(own.names_of(written))


LIANG, LEI, JAN = Name("Song", "Liang"), Name("Song", "Lei"), Name("Berg", "Jan", non_dropping_particle="van der")


# ------------------------------------------------------------------------------------------------ the expected table


def rows(found: cv.CV) -> list[cases.Row]:
    return [
        cases.Row(section.id, entry.number, entry.key, entry.position, entry.cut)
        for section in found.sections
        for entry in section.entries
    ]


def test_the_listings_have_the_groups_numbers_and_own_names_of_the_table() -> None:
    assert rows(cases.seeds_cv()) == list(cases.SEEDS)


def test_the_made_up_works_have_those_of_theirs() -> None:
    found = cases.sample_cv()
    assert rows(found) == list(cases.SAMPLE_ROWS)
    assert [entry.label for entry in found.entries] == list(cases.SAMPLE_LABELS)


def test_the_order_of_the_works_changes_nothing() -> None:
    works = cases.seeds_works()
    said = settings.Cv(me=cases.ME)
    assert cv.make(works, said) == cv.make(works[::-1], said)


# ------------------------------------------------------------------------------------------------ own name


@pytest.mark.parametrize(
    ("mine", "theirs", "same"),
    [
        ("Liang Song", "Liang Song", True),
        ("Liang Song", "L. Song", True),
        ("Liang Song", "Song, Liang", True),
        ("Liang Song", "LIANG SONG", True),
        ("Liang Song", "Lei Song", False),
        ("Liang Song", "Liang Sung", False),
        ("Liang Song", "Song Liang", False),
        ("Liang Song", "Liang Y. Song", True),
        ("Liang Yu Song", "L. Y. Song", True),
        ("Liang Yu Song", "L. Z. Song", False),
        ("Liang-Yu Song", "Liangyu Song", True),
        ("Liang-Yu Song", "LY Song", True),
        ("Xiaoguang Zhu", "X.-G. Zhu", True),
        ("Jan van der Berg", "J. van der Berg", True),
        ("Jan van der Berg", "Jan Berg", False),
        ("José Núñez", "Jose Nunez", True),
        ("宋亮", "宋, 亮", True),
        ("宋亮", "宋明", False),
        ("نور العلمي", "نور العلمي", True),
        ("Plato", "Plato", True),
        ("Liang Song", "Song", False),
    ],
)
def test_names_of_one_person(mine: str, theirs: str, same: bool) -> None:
    ours, other = map(own.spelling, named(mine, theirs))
    assert own.same_person(ours, other) is same
    assert own.same_person(other, ours) is same


def test_the_name_most_like_the_own_one_is_marked_and_no_second_one() -> None:
    found = own.Self(named("Liang Song")).find(work("w", Name("Song", "L."), LIANG), "author")
    assert found.place == 2


def test_two_of_one_name_in_one_work_are_not_marked_and_said_with_the_way_out() -> None:
    twins = work("twins", LIANG, Name("Ito", "K."), LIANG)
    made = cv.make([twins], settings.Cv(), me="Liang Song")
    assert not made.entries[0].me_listed
    problem = next(one for one in made.problems if one.code == "cv-two-people")
    assert 'works = ["twins:2"' in problem.hint
    told = cv.make([twins], settings.Cv(works=("twins:3",)), me="Liang Song")
    assert told.entries[0].position == 3
    assert not told.problems


def test_an_orcid_decides() -> None:
    mine, other = "0000-0002-1825-0097", "0000-0001-5109-3700"
    extra = {"csl:names": {"author": {"1": {"ORCID": f"https://orcid.org/{other}"}, "2": {"ORCID": mine}}}}
    person = own.Self(named("Liang Song"), mine)
    assert person.find(work("w", LIANG, Name("Soong", "L."), extra=extra), "author").place == 2
    only = {"csl:names": {"author": {"1": {"ORCID": other}}}}
    assert person.find(work("w", LIANG, extra=only), "author").place == 0
    noted = {"bibtex:author+an:orcid": f'2="{mine}"'}
    assert person.find(work("w", LEI, Name("S", "L"), extra=noted), "author").place == 2


def test_two_people_that_the_own_initial_fits_are_said() -> None:
    made = cv.make([work("a", LIANG), work("b", LEI)], settings.Cv(), me="L. Song")
    problem = next(one for one in made.problems if one.code == "cv-two-people")
    assert "Liang Song (a) and Lei Song (b) are two people" in problem.message
    assert "[cv] works" in problem.hint


def test_a_shared_name_is_narrowed_to_the_listed_works() -> None:
    works = [work("a", LIANG), work("b", LIANG), work("c", Name("Ito", "K."), cut=("author",))]
    made = cv.make(works, settings.Cv(works=("a",)), me="Liang Song")
    assert [entry.key for entry in made.entries] == ["a"]


def test_nobody_of_the_name_is_a_usage_error_with_the_nearest_names() -> None:
    with pytest.raises(UsageError, match=r"nobody in these works is called Liang Sogn; did you mean Liang Song"):
        cv.make(cases.seeds_works(), settings.Cv(), me="Liang Sogn")
    with pytest.raises(UsageError, match="say whose CV it is"):
        cv.make(cases.seeds_works(), settings.Cv())


def test_no_works_at_all_is_an_empty_cv() -> None:
    made = cv.make([], settings.Cv(), me="Liang Song")
    assert made.sections == ()
    for name in ("text", "markdown", "html-fragment"):
        assert cv.get(name).write(made, cv.Options())


def test_the_other_order_is_said_and_counts_when_it_is_a_spelling() -> None:
    works = [work("a", LIANG), work("b", Name("Liang", "Song"))]
    made = cv.make(works, settings.Cv(), me="Liang Song")
    assert [entry.key for entry in made.entries] == ["a"]
    assert [problem.code for problem in made.problems] == ["cv-other-order"]
    both = cv.make(works, settings.Cv(me=("Liang Song", "Song Liang")))
    assert [entry.me_listed for entry in both.entries] == [True, True]
    assert not both.problems


def test_all_spellings_of_the_settings_count_when_one_of_them_is_asked_for() -> None:
    said = settings.Cv(me=("Liang Song", "宋亮"))
    works = [work("a", LIANG), work("b", Name("宋", "亮"))]
    assert [entry.me_listed for entry in cv.make(works, said, me="Liang Song").entries] == [True, True]
    assert [entry.key for entry in cv.make([*works, work("c", LEI)], said, me="Lei Song").entries] == ["c"]


@hypothesis_settings(derandomize=True, max_examples=200)
@given(st.text(max_size=12), st.text(max_size=12))
def test_no_name_raises_and_every_name_is_its_own(family: str, given_name: str) -> None:
    name = Name(family, given_name)
    spelled = own.spelling(name)
    assert own.same_person(spelled, spelled) is bool(spelled.family)
    own.swapped(spelled, own.spelling(Name(given_name, family)))


# ------------------------------------------------------------------------------------------------ cut lists, claims


CUT = work("cut", Name("Ito", "Kenji"), cut=("author",))
FULL = work("full", Name("Ito", "Kenji"))
MINE = work("mine", LIANG)


def keys(made: cv.CV) -> list[str]:
    return sorted(entry.key for entry in made.entries)


def test_a_complete_list_without_the_own_name_is_somebody_elses_work() -> None:
    made = cv.make([CUT, FULL, MINE], settings.Cv(), me="Liang Song")
    assert keys(made) == ["cut", "mine"]
    assert [(problem.code, problem.severity) for problem in made.problems] == [("cv-cut", "note")]
    assert keys(cv.make([CUT, FULL, MINE], settings.Cv(unlisted="drop"), me="Liang Song")) == ["mine"]


@pytest.mark.parametrize("written", ['["cut", "full"]', '["CUT", "text:title-full|ito~x", "full"]'])
def test_works_are_claimed(written: str) -> None:
    decided = decisions.loads(f"m1 = {{ mine = {written} }}\n")
    made = cv.make([CUT, FULL, MINE], settings.Cv(unlisted="drop"), decided, me="Liang Song")
    assert keys(made) == ["cut", "full", "mine"]
    assert [entry.claimed for entry in made.entries if entry.key == "cut"] == [True]
    assert not made.problems


def test_works_are_disowned_by_key_and_by_identity() -> None:
    other = work("other", LIANG, texts={"DOI": "10.5555/x"})
    decided = decisions.loads('a = { not-mine = "cut" }\nb = { not-mine = ["doi:10.5555/x"] }\n')
    made = cv.make([CUT, other, MINE], settings.Cv(), decided, me="Liang Song")
    assert keys(made) == ["mine"]


def test_a_claim_comes_back_from_its_own_line() -> None:
    claim = decisions.named(decisions.Decision("mine", (decisions.work_of([CUT]),), who="me"))
    text = decisions.dumps(decisions.Decisions((claim,)))
    assert decisions.loads(text).made == (claim,)
    assert keys(cv.make([CUT], settings.Cv(unlisted="drop"), decisions.loads(text), me="Liang Song")) == ["cut"]


def test_claims_decide_nothing_about_pairs() -> None:
    from bibkit.rulings import rule

    decided = decisions.loads('a = { mine = ["cut", "full"] }\nb = { not-mine = ["gone", "mine"] }\n')
    ruled = rule([CUT, FULL, MINE], decided)
    assert not ruled.decided
    assert [problem.code for problem in ruled.problems] == ["decision-gone"]


# ------------------------------------------------------------------------------------------------ works and groups


def sample(**said: object) -> cv.CV:
    return cases.sample_cv(settings.Cv(**said))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ({"types": ("preprint",)}, ["moreau2025preprint"]),
        ({"types": ("thesis", "book")}, ["moreau2016thesis", "moreau2019book"]),
        ({"years": 2024}, ["moreau2024waiting"]),
        ({"years": "2023–2024"}, ["ito2023queue", "moreau2024waiting"]),
        ({"years": "2024-"}, ["moreau2024waiting", "moreau2025preprint"]),
        ({"years": "-2018"}, ["alami2018rtl", "moreau2016thesis"]),
        ({"keywords": ("Patience",)}, ["ito2023queue", "moreau2024waiting"]),
        ({"keywords": ("trains",), "hidden": ("MOREAU2024waiting",)}, ["moreau2021trains", "moreau2025preprint"]),
    ],
)
def test_which_works_are_shown(said: dict[str, object], wanted: list[str]) -> None:
    assert keys(sample(**said)) == wanted


@pytest.mark.parametrize("years", ["20x0", "2020-2021-2022", "twenty"])
def test_years_that_cannot_be_meant_are_a_usage_error(years: str) -> None:
    with pytest.raises(UsageError, match=r"\[cv\] years"):
        sample(years=years)


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        ("year", "Forthcoming 2025 2024 2023 2022 2021 2019 2018 2016 No_year"),
        ("type", "Books Journal_articles Conference_papers Preprints Theses Manuscripts Other_works"),
        ("status", "Published Under_review Preprints"),
        ("topic", "patience trains Other_topics"),
        ("none", ""),
    ],
)
def test_groups(group: str, wanted: str) -> None:
    made = sample(group=group)
    assert [section.title.replace(" ", "_") for section in made.sections] == wanted.split() or [""]
    assert sum(section.count for section in made.sections) == 10


def test_topics_of_the_settings_have_their_order_and_each_work_one() -> None:
    made = sample(group="topic", topics={"Railways": ("Trains",), "Waiting": ("patience",)})
    assert [(section.id, section.count) for section in made.sections] == [
        ("railways", 3), ("waiting", 1), ("other-topics", 6),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ({"number": "none"}, [""] * 10),
        ({"group": "none"}, [f"[{n}]" for n in range(1, 11)]),
        ({"group": "none", "descending": True}, [f"[{n}]" for n in range(10, 0, -1)]),
        ({"group": "status", "number": "group"}, [*(f"[{n}]" for n in range(1, 9)), "[1]", "[1]"]),
        ({"group": "none", "number": "type", "prefix": {"article-journal": "A", "preprint": "X"}},
         "[U1] [X1] [A1] [C1] [A2] [A3] [B1] [A4] [T1] [O1]".split()),
    ],
)  # fmt: skip
def test_numbers(said: dict[str, object], labels: list[str]) -> None:
    assert [entry.label for entry in sample(**said).entries] == labels


def test_an_order_by_title_or_author_or_the_oldest_first() -> None:
    oldest = sample(group="year", order="oldest")
    assert [section.id for section in oldest.sections][:3] == ["forthcoming", "2016", "2018"]
    titles = [entry.title.casefold() for entry in sample(group="none", order="title").entries]
    assert [one for one in titles if one.isascii()] == sorted(one for one in titles if one.isascii())
    authors = [entry.people[0].name.family for entry in sample(group="none", order="author").entries]
    assert authors[:2] == ["Ito", "Ito"]


# ------------------------------------------------------------------------------------------------ one entry


def test_marks_come_from_annotations_and_from_the_settings() -> None:
    found = {entry.key: [person.marks for person in entry.people] for entry in cases.sample_cv().entries}
    assert found["moreau2024waiting"] == ["*", "*", "†"]
    said = settings.Cv(
        equal={"moreau2025preprint": (1, "Alami")}, corresponding={"moreau2025preprint": ("Ada Moreau",)}
    )
    told = {entry.key: [person.marks for person in entry.people] for entry in cases.sample_cv(said).entries}
    assert told["moreau2025preprint"] == ["*†", "*"]


def test_links_are_those_that_are_wanted_in_that_order_and_never_a_program() -> None:
    entry = next(one for one in cases.sample_cv().entries if one.key == "moreau2025preprint")
    assert [(link.kind, link.url) for link in entry.links] == [
        ("arxiv", "https://arxiv.org/abs/2501.00001"),
        ("code", "https://github.com/example/slow"),
    ]
    bad = work("w", LIANG, texts={"URL": "javascript:alert(1)"}, extra={"bibtex:code": 'https://x/"><script>'})
    assert cv.make([bad], settings.Cv(), me="Liang Song").entries[0].links == ()
    few = sample(links=("code",))
    assert {link.kind for one in few.entries for link in one.links} == {"code"}


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (work("w", texts={"status": "inpress"}), "accepted"),
        (work("w", texts={"status": "Submitted"}), "submitted"),
        (work("w", dates={"issued": Date(literal="forthcoming")}), "accepted"),
        (work("w", type="article"), "preprint"),
        (work("w", type="manuscript"), "draft"),
        (work("w", texts={"status": "who knows"}), "published"),
    ],
)
def test_status(record: Record, wanted: str) -> None:
    assert status(record) == wanted


def test_a_cv_that_the_settings_leave_empty_is_said() -> None:
    problem = next(one for one in sample(types=("map",), years=1900).problems if one.code == "cv-empty")
    assert "types, years" in problem.message


def test_keys_in_the_settings_that_no_work_has_are_said() -> None:
    made = sample(hidden=("moreau_son",), works=(), selected=("nobody",))
    assert [problem.key for problem in made.problems if problem.code == "cv-key"] == ["moreau_son", "nobody"]


def test_works_without_anything_are_entries() -> None:
    bare = Record(key="bare", cut=("author",))
    made = cv.make([bare, MINE], settings.Cv(), me="Liang Song")
    assert keys(made) == ["bare", "mine"]
    assert "bare" in str(cv.get("text").write(made, cv.Options()))


# ------------------------------------------------------------------------------------------------ the command


def project(folder: Path, settings_text: str = "") -> Path:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "mine.bib").write_text(cases.SAMPLE, encoding="utf-8")
    (folder / "bibkit.toml").write_text(settings_text, encoding="utf-8")
    return folder


def test_a_project_says_whose_cv_it_is_and_how(tmp_path: Path) -> None:
    folder = project(
        tmp_path, '[cv]\nme = "Ada Moreau"\ngroup = "type"\nprefix = true\nnumber = "type"\nstyle = "ieee"\n'
    )
    run = bibkit("cv", cwd=folder)
    assert run.code == 0
    assert "Journal articles (4)" in run.out
    assert "[J1] A. Moreau*, K. Ito*, and J. van der Berg†" in run.out
    assert not (folder / "exports").exists()


def test_one_listing_without_a_project(tmp_path: Path) -> None:
    listing = ROOT / "seeds" / "listing-liang-song.txt"
    run = bibkit("cv", listing, "--me", "Liang Song", "--to", "markdown", "-o", "cv.md", cwd=tmp_path)
    assert run.code == 0
    assert "**Song, L.**" in (tmp_path / "cv.md").read_text(encoding="utf-8")
    assert standing(tmp_path).keys() == {"cv.md"}


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    folder = project(tmp_path)
    before = standing(folder)
    run = bibkit("cv", "--me", "Ada Moreau", "-o", "cv.docx", "--dry-run", cwd=folder)
    assert (run.code, standing(folder)) == (0, before)
    assert "would write cv.docx" in run.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--me", "Ada Moreua"), 2, "did you mean Ada Moreau"),
        ((), 2, "say whose CV it is"),
        (("--me", "Ada Moreau", "--style", "iee"), 2, "did you mean ieee"),
        (("--me", "Ada Moreau", "--style", "none.csl"), 2, "there is no such style file"),
        (("--me", "Ada Moreau", "--style", "broken.csl"), 2, "broken.csl:2:1: this is no XML"),
        (("--me", "Ada Moreau", "--style", "odd.csl"), 2, "odd.csl: this style has an error"),
        (("--me", "Ada Moreau", "--style", "page.csl"), 2, "no citation style of CSL"),
        (("--me", "Ada Moreau", "--engine", "refkitt"), 2, "there is refkit"),
        (("--me", "Ada Moreau", "--to", "markdwn"), 4, "there is markdown"),
        (("--me", "Ada Moreau", "-o", "cv.xyz"), 4, "no CV format has the ending '.xyz'"),
        (("--me", "Ada Moreau", "gone.bib"), 4, "gone.bib"),
    ],
)
def test_bad_input(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    folder = project(tmp_path)
    (folder / "broken.csl").write_text("<style>\n")
    (folder / "page.csl").write_text("<html/>")
    odd = '<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0"><info><title>x</title></info></style>'
    (folder / "odd.csl").write_text(odd)
    run = bibkit("cv", *arguments, cwd=folder)
    assert said in run.err, run.err
    if "gone.bib" not in arguments:
        assert run.code == code


def test_an_unknown_setting_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    run = bibkit("cv", cwd=project(tmp_path, '[cv]\ngrup = "year"\n'))
    assert run.code == 2
    assert "did you mean 'group'" in run.err


def test_a_setting_that_has_no_such_choice_is_told_the_choices(tmp_path: Path) -> None:
    run = bibkit("cv", cwd=project(tmp_path, '[cv]\ngroup = "yaer"\n'))
    assert run.code == 2
    assert "it is one of year, type, status, topic, none" in run.err


def test_the_list_names_every_format_engine_and_built_in_style(tmp_path: Path) -> None:
    run = bibkit("cv", "--list", cwd=tmp_path)
    assert run.code == 0
    for word in ("markdown", "docx", "refkit", "pandoc", "apa", "vancouver"):
        assert word in run.out


def test_an_unknown_format_is_an_error_of_its_own() -> None:
    with pytest.raises(UnknownFormat):
        cv.get("nothing")


def test_a_cv_is_plain_data() -> None:
    assert json.loads(msgspec.json.encode(cases.sample_cv()))["sections"]
