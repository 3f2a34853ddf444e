"""`bibkit dedupe` as people run it: files to one file, tables, explain and split, decisions in a project."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from pathlib import Path

import pytest
from building import made, new_project
from command import bibkit, standing
from pybtex.database import parse_string

ONE = """\
@article{smith2020, author={Smith, Jane and Doe, John}, title={On the Waiting of Trains}, journal={J. Rail Res.},
  year=2020, volume=3, pages={494--6}, doi={10.1000/trains.17}}
@article{lee2019, author={Lee, Kim}, title={A short history of level crossings}, journal={Journal of Rails}, year=2019}
"""
TWO = """\
@article{Smith2020x, author={Smith, J. and Doe, J.}, title={On the waiting of trains},
  journal={Journal of Rail Research}, year=2020, volume=3, month=3, pages={494--496}, doi={10.1000/TRAINS.17},
  keywords={rail, waiting}}
@article{lee2019, author={Lee, Kim}, title={Tunnels of the north}, journal={Tunnel Letters}, year=2019}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.bib").write_text(ONE, encoding="utf-8")
    (tmp_path / "b.bib").write_text(TWO, encoding="utf-8")
    return tmp_path


def table(text: str) -> dict[str, tuple[str, str]]:
    return {row["id"]: (row["cluster_id"], row["work_id"]) for row in csv.DictReader(io.StringIO(text))}


# ------------------------------------------------------------------------------------------------ files to one file


def test_two_files_become_one_without_the_duplicate(folder: Path) -> None:
    done = bibkit("dedupe", "a.bib", "b.bib", "-o", "out.bib", cwd=folder)
    assert done.code == 0
    assert done.out == ""
    made = parse_string((folder / "out.bib").read_text(encoding="utf-8"), "bibtex").entries
    assert sorted(made) == ["lee2019", "lee2019a", "smith2020"], "keys that two works came with become two"
    smith = made["smith2020"].fields
    assert smith["ids"] == "Smith2020x"
    assert smith["journal"] == "Journal of Rail Research"
    assert smith["keywords"] == "rail, waiting"
    assert "3 publications of 3 works" in done.err
    assert "'lee2019' is also the key of another work (a.bib:3); this one is 'lee2019a'" in done.err


def test_the_result_goes_to_standard_output_in_the_format_that_came(folder: Path) -> None:
    done = bibkit("dedupe", "a.bib", "b.bib", cwd=folder)
    assert done.out.startswith("@article{smith2020,")
    as_json = bibkit("dedupe", "a.bib", "b.bib", "--to", "csl-json", cwd=folder)
    assert [item["id"] for item in json.loads(as_json.out)] == ["smith2020", "lee2019", "lee2019a"]
    (folder / "c.json").write_text(as_json.out, encoding="utf-8")
    mixed = bibkit("dedupe", "a.bib", "c.json", cwd=folder)
    assert mixed.code == 2
    assert "--to" in mixed.err
    piped = bibkit("dedupe", "-", "--from", "bibtex", "--yes", cwd=folder, given=ONE.encode())
    assert piped.out.count("@article") == 2


def test_the_order_of_files_and_entries_changes_no_cluster(folder: Path) -> None:
    entries = re.split(r"(?m)^(?=@)", ONE + TWO)[1:]
    want = None
    for seed in range(2):
        mixed = random.Random(seed).sample(entries, len(entries))
        (folder / "mixed.bib").write_text(
            "".join(mixed).replace(
                "@article{lee2019, author={Lee, Kim}, title={Tun", "@article{lee-b, author={Lee, Kim}, title={Tun"
            )
        )
        found = table(bibkit("dedupe", "mixed.bib", "--clusters", "-", cwd=folder).out)
        groups = {frozenset(key for key in found if found[key] == number) for number in found.values()}
        want = want or groups
        assert groups == want
    assert want is not None
    assert frozenset({"smith2020", "Smith2020x"}) in want


def test_clusters_as_a_table(folder: Path) -> None:
    done = bibkit("dedupe", "a.bib", "b.bib", "--clusters", "c.csv", "--yes", cwd=folder)
    assert (done.code, done.out) == (0, "")
    assert (folder / "c.csv").read_text(encoding="utf-8") == (
        "id,cluster_id,work_id\nsmith2020,1,1\nlee2019,2,2\nSmith2020x,1,1\nlee2019,3,3\n"
    )


def test_ids_of_json_are_the_incoming_ones(folder: Path) -> None:
    items = [{"id": name, "type": "book", "title": f"Book of {name}"} for name in ('a,"b"', "http://x.example/1", "7")]
    (folder / "in.json").write_text(json.dumps(items), encoding="utf-8")
    done = bibkit("dedupe", "in.json", "--from", "csl-json", "--clusters", "-", "--yes", cwd=folder)
    assert list(table(done.out)) == [item["id"] for item in items]


def test_pairs_and_clusters_as_json(folder: Path) -> None:
    done = bibkit("dedupe", "a.bib", "b.bib", "--json", cwd=folder)
    found = json.loads(done.out)
    assert ["smith2020", "Smith2020x"] in found["clusters"]
    pair = next(pair for pair in found["pairs"] if pair["one"] == "smith2020")
    assert (pair["other"], pair["verdict"]) == ("Smith2020x", "same")
    assert {clue["name"] for clue in pair["evidence"]["clues"]} >= {"title", "authors"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["a.bib", "--review", "--yes"], 2, "give one of them"),
        (["a.bib", "--json", "--clusters", "-"], 2, "standard output can take one result"),
        (["a.bib", "--decisions", "none.toml"], 2, "none.toml: there is no such file"),
        (["a.bib", "--to", "docx"], 4, "unknown format 'docx'"),
        (["missing.bib"], 3, "missing.bib: error: cannot read it"),
        (["missing.bib", "--clusters", "c.csv"], 3, "missing.bib: error: cannot read it"),
        (["explain", "nobody", "a.bib"], 2, "no work has the key 'nobody'"),
        (["explain", "smith202", "a.bib"], 2, "did you mean 'smith2020'?"),
        (["explain"], 2, "Missing argument 'KEY'"),
        (["split", "lee2019", "a.bib"], 2, "lee2019 stands once in these files"),
        (["a.bib", "--nonsense"], 2, "No such option"),
        ([], 2, "seeds: there is no such folder"),
    ],
)
def test_wrong_usage_is_said_and_nothing_is_written(
    arguments: list[str], code: int, message: str, folder: Path
) -> None:
    before = standing(folder)
    done = bibkit("dedupe", *arguments, cwd=folder)
    assert done.code == code
    assert message in done.err
    assert standing(folder) == before


def test_an_empty_input_is_an_empty_result(folder: Path) -> None:
    (folder / "empty.bib").write_text("", encoding="utf-8")
    done = bibkit("dedupe", "empty.bib", "--clusters", "-", cwd=folder)
    assert (done.code, done.out) == (0, "id,cluster_id,work_id\n")


def test_a_file_that_is_called_like_a_command(folder: Path) -> None:
    (folder / "explain").write_text(ONE, encoding="utf-8")
    assert bibkit("dedupe", "./explain", cwd=folder).out.count("@article") == 2
    shown = bibkit("dedupe", "--help", cwd=folder).out
    assert "--clusters CSV" in shown
    assert "split" in shown


# ------------------------------------------------------------------------------------------------ decisions about files


def test_split_and_explain_for_files(folder: Path) -> None:
    told = bibkit("dedupe", "explain", "smith2020x", "a.bib", "b.bib", cwd=folder).out
    assert told.startswith("smith2020: one work from 2 entries\n  aliases: Smith2020x\n")
    assert "container-title: Journal of Rail Research\n  from b.bib:1\n  a.bib:1 has: J. Rail Res.\n" in told
    before = standing(folder)
    dry = bibkit("dedupe", "split", "smith2020", "a.bib", "b.bib", "--dry-run", cwd=folder)
    assert "would keep apart: a.bib:1 | b.bib:1" in dry.err
    assert standing(folder) == before
    done = bibkit("dedupe", "split", "smith2020", "a.bib", "b.bib", "--why", "two talks", cwd=folder)
    assert done.code == 0
    assert 'why = "two talks"' in (folder / "decisions.toml").read_text(encoding="utf-8")
    assert table(bibkit("dedupe", "a.bib", "b.bib", "--clusters", "-", cwd=folder).out)["Smith2020x"][0] == "3"
    named = bibkit("dedupe", "b.bib", "a.bib", "--clusters", "-", "--decisions", "decisions.toml", cwd=folder)
    assert table(named.out)["smith2020"][0] == "3"
    assert "Problem" not in named.err


def test_a_file_that_dedupe_made_carries_no_parts(folder: Path) -> None:
    bibkit("dedupe", "a.bib", "b.bib", "-o", "out.bib", cwd=folder)
    done = bibkit("dedupe", "split", "smith2020", "out.bib", cwd=folder)
    assert done.code == 2
    assert "name the files that they came from" in done.err


def test_decisions_about_works_that_are_elsewhere_are_no_news(folder: Path) -> None:
    bibkit("dedupe", "split", "smith2020", "a.bib", "b.bib", cwd=folder)
    assert "decision-gone" not in bibkit("dedupe", "a.bib", cwd=folder).err
    assert "decision-gone" in bibkit("dedupe", "a.bib", "--decisions", "decisions.toml", cwd=folder).err


# ------------------------------------------------------------------------------------------------ in a project


@pytest.fixture
def project(folder: Path) -> Path:
    (folder / "seeds").mkdir()
    for name in ("a.bib", "b.bib"):
        (folder / name).rename(folder / "seeds" / name)
    made(folder).save()
    return folder


def exported(project: Path) -> dict[str, dict[str, str]]:
    text = (project / "exports" / "references.bib").read_text(encoding="utf-8")
    return {key: dict(entry.fields) for key, entry in parse_string(text, "bibtex").entries.items()}


def test_split_in_a_project_gives_each_its_own_key_again(project: Path) -> None:
    assert sorted(exported(project)) == ["lee2019", "lee2019a", "smith2020"]
    done = bibkit("dedupe", "split", "smith2020", cwd=project)
    assert "kept apart: seeds/a.bib:1 | seeds/b.bib:1" in done.err
    made(project).save()
    found = exported(project)
    assert sorted(found) == ["Smith2020x", "lee2019", "lee2019a", "smith2020"]
    assert found["smith2020"]["pages"] == "494--6"
    assert "keywords" not in found["smith2020"]
    assert found["Smith2020x"]["pages"] == "494--496"
    assert "ids" not in found["smith2020"]
    quiet = bibkit("build", cwd=project)
    assert "all files were current" in quiet.err
    assert "key-work-twice" not in quiet.err, "they are known to be two"
    assert "Decisions" in (project / "exports" / "report.md").read_text(encoding="utf-8")
    for line in (project / "seeds" / "keys.lock").read_text(encoding="utf-8").splitlines():
        assert "alias:Smith2020x" not in line


def test_a_split_is_undone_by_deleting_its_line(project: Path) -> None:
    before = exported(project)
    bibkit("dedupe", "split", "smith2020", cwd=project)
    made(project).save()
    path = project / "seeds" / "decisions.toml"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:4]), encoding="utf-8")
    again = made(project)
    again.save()
    assert len(again.works) == 3
    (trains,) = [fields for fields in exported(project).values() if "doi" in fields]
    assert {**trains, "ids": ""} == {**before["smith2020"], "ids": ""}


def test_a_decision_is_read_on_every_build(project: Path) -> None:
    decisions = project / "seeds" / "decisions.toml"
    decisions.write_text(
        '[crossings]\nsame = ["lee2019", "lee2019a"]\nwhy = "for the test"\n\n'
        '[trains]\nprefer = { pages = "", page = "500", author = ["Smith, Jane"] }\nwork = "doi:10.1000/trains.17"\n',
        encoding="utf-8",
    )
    made(project).save()
    found = exported(project)
    assert sorted(found) == ["lee2019", "smith2020"]
    assert found["smith2020"]["pages"] == "500"
    told = bibkit("dedupe", "explain", "smith2020", cwd=project).out
    assert "page: 500\n  from as decisions.toml says\n  seeds/a.bib:1 has: 494-6" in told


def test_a_file_that_contradicts_itself_is_said_and_the_build_goes_on(project: Path) -> None:
    both = '["lee2019", "lee2019a"]'
    gone = '["doi:10.1000/nothing", "smith2020"]'
    (project / "seeds" / "decisions.toml").write_text(
        f"a = {{ same = {both} }}\nb = {{ different = {both} }}\nc = {{ same = {gone} }}\n", encoding="utf-8"
    )
    done = bibkit("build", cwd=project)
    assert done.code == 0
    assert "seeds/decisions.toml:1: warning: this decision (same) contradicts line 2 (different)" in done.err
    assert "seeds/decisions.toml:3: warning: this decision is about 'doi:10.1000/nothing'" in done.err
    assert sorted(exported(project)) == ["lee2019", "lee2019a", "smith2020"]


@pytest.mark.parametrize("text", ["a = {", "a = { same = ['x'] }", "<<<<<<< HEAD\n"])
def test_a_broken_file_stops_the_build_with_its_line(text: str, project: Path) -> None:
    (project / "seeds" / "decisions.toml").write_text(f"# fine\n{text}", encoding="utf-8")
    before = standing(project)
    for command in (["build"], ["dedupe", "explain", "smith2020"]):
        done = bibkit(*command, cwd=project)
        assert done.code == 5
        assert re.search(r"seeds/decisions\.toml:[12]: ", done.err)
    assert standing(project) == before


PREPRINT = """\
@misc{smith2019, author={Smith, Jane and Doe, John}, title={On the Waiting of Trains}, year=2019, eprint={1901.00001},
  archiveprefix={arXiv}}
"""


@pytest.mark.parametrize(
    ("setting", "bib", "ris"),
    [
        ('"both"', {"smith2019", "smith2020"}, 4),
        ('"published"', {"smith2020"}, 3),
        ('"latest"', {"smith2020"}, 3),
        ('{ "references.bib" = "published" }', {"smith2020"}, 4),
        ('{ "*" = "published", "references.bib" = "both" }', {"smith2019", "smith2020"}, 3),
    ],
)
def test_each_export_shows_the_versions_that_are_asked_for(
    setting: str, bib: set[str], ris: int, project: Path
) -> None:
    (project / "seeds" / "c.bib").write_text(PREPRINT, encoding="utf-8")
    (project / "seeds" / "decisions.toml").write_text('a = { version-of = ["smith2019", "doi:10.1000/trains.17"] }\n')
    (project / "bibkit.toml").write_text(f"[exports]\nversions = {setting}\n", encoding="utf-8")
    made(project).save()
    found = exported(project)
    assert {key for key in found if key.startswith("smith")} == bib
    assert (project / "exports" / "references.ris").read_text(encoding="utf-8").count("TY  - ") == ris
    if bib == {"smith2020"}:
        assert found["smith2020"]["eprint"] == "1901.00001"
        assert "smith2019" in found["smith2020"]["ids"]
    else:
        assert found["smith2020"]["related"] == "smith2019"
        assert found["smith2019"]["related"] == "smith2020"
    report = (project / "exports" / "report.md").read_text(encoding="utf-8")
    assert "- `smith2019` (article, 2019), `smith2020` (article-journal, 2020)" in report


def test_an_unknown_choice_of_versions_is_said(project: Path) -> None:
    (project / "bibkit.toml").write_text('[exports]\nversions = "newest"\n', encoding="utf-8")
    done = bibkit("build", cwd=project)
    assert done.code == 2
    assert "versions" in done.err


def test_the_listings_of_the_repository(tmp_path: Path) -> None:
    project = new_project(tmp_path)
    made(project).save()
    looked = bibkit("dedupe", cwd=project)
    assert (looked.code, looked.out) == (0, "")
    assert "43 records: 37 publications of 37 works" in looked.err
    lock = (project / "seeds" / "keys.lock").read_bytes()
    key = re.search(
        r"^- `(\w+)`: .* and .*", (project / "exports" / "report.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert key
    told = bibkit("dedupe", "explain", key[1], cwd=project).out
    assert told.startswith(f"{key[1]}: one work from 2 entries\n")
    assert (project / "seeds" / "keys.lock").read_bytes() == lock
    assert bibkit("dedupe", "split", key[1], cwd=project).code == 0
    built = made(project)
    built.save()
    assert len(built.works) == 38
    assert bibkit("dedupe", cwd=project).err.startswith("43 records: 38 publications of 38 works\n")
    assert made(project).stale() == []
