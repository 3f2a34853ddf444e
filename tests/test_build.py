"""`bibkit build`, the main job: the repository's two listings to exports, again and again, and its options."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
import rispy
from building import (
    BIBLIOGRAPHIES,
    COMPACT,
    EXPORTS,
    RIVAL,
    SPACED,
    built_project,
    csl,
    keys,
    made,
    new_project,
    rewrite,
)
from command import bibkit, standing
from conftest import ROOT
from pybtex.database import BibliographyData, parse_file

from bibkit import text
from bibkit.record import Record

CUT = 33  # of the 37 works, those whose authors end in "et al." wherever the work stands


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return new_project(tmp_path)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    return built_project(tmp_path)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build makes of the repository's seeds."""
    folder = tmp_path_factory.mktemp("exported")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    made(folder).save()
    return folder / "exports"


@pytest.fixture(scope="module")
def works() -> tuple[Record, ...]:
    return made(ROOT).works


# ------------------------------------------------------------------------------------------------ what is in it


def test_the_listings_have_16_and_27_entries(works: tuple[Record, ...]) -> None:
    counted = Counter(origin.source for work in works for origin in work.origins)
    assert counted == {f"seeds/{COMPACT}": 16, f"seeds/{SPACED}": 27}
    assert Counter(origin.format for work in works for origin in work.origins) == {
        "listing:compact": 16,
        "listing:spaced": 27,
    }


def test_there_are_37_works_and_6_of_them_in_both(works: tuple[Record, ...]) -> None:
    assert len(works) == 37
    assert sum(len({origin.source for origin in work.origins}) == 2 for work in works) == 6
    assert all(len(work.origins) <= 2 for work in works)


def test_the_committed_exports_are_current() -> None:
    assert made(ROOT).stale() == []


def test_keys_do_not_depend_on_the_lock_or_differ_from_it(project: Path, works: tuple[Record, ...]) -> None:
    assert keys(made(project).works) == keys(works)


def test_what_a_key_looks_like(works: tuple[Record, ...]) -> None:
    assert (
        keys(works)[text.fold("Learning Appearance-motion Normality for Video Anomaly Detection")] == "liu2022learning"
    )


def test_nothing_is_said_that_a_person_must_act_on(project: Path) -> None:
    done = bibkit("build", cwd=project)
    assert done.code == 0
    assert "37 works from 43 entries" in done.err
    assert "error" not in done.err
    assert done.out == ""


def test_the_report_tells_of_merges_and_inferred_years(exports: Path) -> None:
    report = (exports / "report.md").read_text(encoding="utf-8")
    assert "37 works from 43 entries in 2 sources; 6 of them stood in more than one place." in report
    # Five papers have no year in their header: three in the compact listing, one in the other, and one in both.
    assert len(re.findall(r"^- `\w+`, issued: 2026 ", report, re.MULTILINE)) == 5


# ------------------------------------------------------------------------------------------------ the four formats


def bibliography(exports: Path, name: str) -> BibliographyData:
    return parse_file(str(exports / name), "bibtex")


def test_dates_are_to_the_day_in_every_format(exports: Path, works: tuple[Record, ...]) -> None:
    days = {work.key: work.issued.start for work in works if work.issued}
    assert {len(day) for day in days.values()} == {3}
    assert days["liu2022learning"] == (2022, 7, 27)
    assert classic_dates(exports) == days
    assert {key: numbers(entry.fields["date"]) for key, entry in entries(exports, "references.biblatex.bib")} == days
    assert {item["id"]: tuple(item["issued"]["date-parts"][0]) for item in csl(exports)} == days
    assert {work["id"]: numbers(work["date"]) for work in ris(exports)} == days


def classic_dates(exports: Path) -> dict[str, tuple[int, ...]]:
    """Pybtex expands the macros of the months to their names."""
    months = "January February March April May June July August September October November December".split()
    return {
        key: (int(entry.fields["year"]), months.index(entry.fields["month"]) + 1, int(entry.fields["day"]))
        for key, entry in entries(exports, "references.bib")
    }


def entries(exports: Path, name: str) -> list[tuple[str, object]]:
    return list(bibliography(exports, name).entries.items())


def numbers(date: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", date))


def ris(exports: Path) -> list[dict[str, object]]:
    return rispy.loads((exports / "references.ris").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("Baichuan 2: Open Large-scale Language Models", "cs.CL"),
        ("Collaborative Adaptive Curriculum for Progressive Knowledge Distillation", "cs.LG"),
        ("Robust Embodied Perception in Dynamic Environments via Disentangled Weight Fusion", "cs.CV"),
        ("A Survey on Video Analytics in Cloud-Edge-Terminal Collaborative Systems", "cs.NI"),
        ("End-Cloud Collaboration Framework for Advanced AI Customer Service in E-commerce", "cs.DC"),
    ],
)
def test_categories_are_keywords(title: str, category: str, exports: Path, works: tuple[Record, ...]) -> None:
    key = keys(works)[text.fold(title)]
    for name in ("references.bib", "references.biblatex.bib"):
        assert bibliography(exports, name).entries[key].fields["keywords"] == category
    assert {item["id"]: item["keyword"] for item in csl(exports)}[key] == category
    assert {work["id"]: work["keywords"] for work in ris(exports)}[key] == [category]


def test_every_work_has_a_category(works: tuple[Record, ...]) -> None:
    assert all(re.fullmatch(r"cs\.[A-Z]{2}", " ".join(work.keywords)) for work in works)


def test_cut_lists_are_and_others_in_bibtex_and_nobody_elsewhere(exports: Path, works: tuple[Record, ...]) -> None:
    longer = {work.key for work in works if "author" in work.cut}
    assert len(longer) == CUT
    for name in ("references.bib", "references.biblatex.bib"):
        source = (exports / name).read_text(encoding="utf-8")
        assert source.count(" and others}") == CUT
        assert {key for key, entry in entries(exports, name) if str(entry.persons["author"][-1]) == "others"} == longer
    people = [name.get("family") for item in csl(exports) for name in item["author"]]
    people += [name.partition(",")[0] for work in ris(exports) for name in work["authors"]]
    assert not {str(name).casefold() for name in people} & {"others", "et al.", "et al", "al.", "none"}


def test_they_are_preprints(exports: Path, project: Path) -> None:
    """CSL calls a preprint `article`. Zotero's RIS has no type for one: GEN."""
    for name in ("references.bib", "references.biblatex.bib"):
        assert {entry.type for _, entry in entries(exports, name)} == {"misc"}
    assert {item["type"] for item in csl(exports)} == {"article"}
    assert {work["type_of_reference"] for work in ris(exports)} == {"GEN"}
    (project / "seeds" / "bibkit.toml").unlink()
    assert {work.type for work in made(project).works} == {"document"}, "nothing may guess that they are preprints"


def test_abstracts_keep_their_percent_signs(exports: Path) -> None:
    shown = {name: (exports / name).read_text(encoding="utf-8") for name in BIBLIOGRAPHIES}
    assert all("98.1\\%" in shown[name] for name in BIBLIOGRAPHIES[:2])
    assert all("98.1%" in shown[name] for name in BIBLIOGRAPHIES[2:])


def test_text_files_as_git_likes_them(exports: Path) -> None:
    for name in ("references.bib", "references.biblatex.bib", "references.json", "report.md"):
        content = (exports / name).read_bytes()
        assert content.endswith(b"\n")
        assert not content.endswith(b"\n\n")
        assert b"\r" not in content


# ------------------------------------------------------------------------------------------------ the same again


def test_a_second_build_touches_nothing(project: Path) -> None:
    assert bibkit("build", cwd=project).code == 0
    before, times = standing(project), touched(project)
    done = bibkit("build", cwd=project)
    assert done.code == 0
    assert "all files were current" in done.err
    assert standing(project) == before
    assert touched(project) == times


def touched(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_entries_changes_nothing(seed: int, project: Path, works: tuple[Record, ...]) -> None:
    """Neither a key nor a byte of the bibliographies, though no lock is there. The report names lines: it differs."""
    straight = made(project).outputs
    for name in (COMPACT, SPACED):
        rewrite(project, name, lambda entries: random.Random(seed).sample(entries, len(entries)))
    mixed = made(project)
    assert keys(mixed.works) == keys(works)
    for name in ("seeds/keys.lock", *(f"exports/{name}" for name in BIBLIOGRAPHIES)):
        assert mixed.outputs[name] == straight[name], name


@pytest.mark.parametrize("place", [0, 7, 15])
@pytest.mark.parametrize("name", [COMPACT, SPACED])
def test_one_out_one_in_changes_no_other_key(name: str, place: int, built: Path, works: tuple[Record, ...]) -> None:
    before = (built / "seeds" / name).read_text(encoding="utf-8")
    rewrite(built, name, lambda entries: [RIVAL[name], *entries[:place], *entries[place + 1 :]])
    changed = made(built)
    changed.save()
    now, old = keys(changed.works), keys(works)
    assert now.pop(text.fold("Learning to Wait for the Second Train")) == "liu2022learninga"
    assert now.items() <= old.items()
    assert len(now) in (36, 37), "a work that stands in both listings is still there"
    (built / "seeds" / name).write_text(before, encoding="utf-8")
    assert keys(made(built).works) == old, "a removed work gets its key back when it returns"


def test_a_source_may_go_and_come_back(built: Path, works: tuple[Record, ...]) -> None:
    kept = (built / "seeds" / SPACED).rename(built / "kept.txt")
    made(built).save()
    kept.rename(built / "seeds" / SPACED)
    assert keys(made(built).works) == keys(works)


def test_an_edited_title_keeps_its_key(built: Path, works: tuple[Record, ...]) -> None:
    for name in (COMPACT, SPACED):
        path = built / "seeds" / name
        content = path.read_text(encoding="utf-8")
        path.write_text(content.replace("Learning Appearance-motion Normality", "Learning Appearance-Motion Normality"))
    assert {work.key for work in made(built).works} == {work.key for work in works}


# ------------------------------------------------------------------------------------------------ options


def test_check_is_content_with_current_exports(built: Path) -> None:
    before = standing(built)
    done = bibkit("build", "--check", cwd=built)
    assert (done.code, done.out) == (0, "")
    assert standing(built) == before


@pytest.mark.parametrize("name", EXPORTS)
def test_check_shows_what_is_stale(name: str, built: Path) -> None:
    path = built / "exports" / name
    path.write_text(path.read_text(encoding="utf-8").replace("2022", "1922"), encoding="utf-8")
    before = standing(built)
    done = bibkit("build", "--check", cwd=built)
    assert done.code == 1
    assert f"--- exports/{name}" in done.out
    assert re.search(r"^-.*1922", done.out, re.MULTILINE)
    assert re.search(r"^\+.*2022", done.out, re.MULTILINE)
    assert standing(built) == before


def test_check_shows_what_is_missing(built: Path) -> None:
    (built / "exports" / "references.ris").unlink()
    before = standing(built)
    done = bibkit("build", "--check", cwd=built)
    assert done.code == 1
    assert "+TY  - GEN" in done.out
    assert standing(built) == before


def test_check_before_the_first_build(project: Path) -> None:
    before = standing(project)
    done = bibkit("build", "--check", cwd=project)
    assert done.code == 1
    assert "+@misc{liu2022learning," in done.out
    assert standing(project) == before


def test_dry_run_writes_nothing(project: Path) -> None:
    before = standing(project)
    done = bibkit("build", "--dry-run", cwd=project)
    assert done.code == 0
    assert "would write seeds/keys.lock, exports/references.bib" in done.err
    assert standing(project) == before


def test_frozen_makes_no_key(built: Path) -> None:
    assert bibkit("build", "--frozen", cwd=built).code == 0
    rewrite(built, COMPACT, lambda entries: [*entries, RIVAL[COMPACT]])
    before = standing(built)
    done = bibkit("build", "--frozen", cwd=built)
    assert done.code == 5
    assert "Learning to Wait for the Second Train" in done.err
    assert f"seeds/{COMPACT}:" in done.err
    assert standing(built) == before


def test_a_folder_may_be_named(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert bibkit("build", project, cwd=elsewhere).code == 0
    assert sorted(path.name for path in (project / "exports").iterdir()) == sorted(EXPORTS)
    assert standing(elsewhere) == {}
    assert str(project) not in (project / "exports" / "report.md").read_text(encoding="utf-8")
