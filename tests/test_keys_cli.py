"""`bibkit keys`: what a project's lock holds, changes by hand, and what is said where something is wrong."""

from __future__ import annotations

import contextlib
import json
import re
import resource
import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from command import bibkit, standing

from bibkit.cli import cli
from bibkit.keys import loads
from bibkit.lock import Pin
from bibkit.problems import BibkitError

BIB = """\
@article{Liu:2022, author = {Liu, Yang}, title = {Graphs at Night}, year = 2022, doi = {10.1000/a}}
@article{mor98, author = {Moreau, Ada}, title = {Trees}, year = 1998}
"""
LISTING = "@misc{, author = {Kim, Jo}, title = {On Waiting}, year = 2020}\n"
DAY = {"SOURCE_DATE_EPOCH": "1795305600"}  # 2026-11-22


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "my refs.bib").write_text(BIB, encoding="utf-8")
    (folder / "seeds" / "other.bib").write_text(LISTING, encoding="utf-8")
    done = bibkit("build", cwd=folder, **DAY)
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "paper")


def lock_of(project: Path) -> str:
    return (project / "seeds" / "keys.lock").read_text(encoding="utf-8")


def pins(project: Path) -> dict[str, Pin]:
    return {pin.key: pin for pin in loads(lock_of(project)).pins}


def keys(*arguments: str, cwd: Path, code: int = 0, **environment: str) -> str:
    """The results of a command, or what it said where it failed. In this process: it is quicker."""
    with contextlib.chdir(cwd):
        done = CliRunner().invoke(cli, ["keys", *arguments], env={**DAY, **environment})
    error = done.exception if isinstance(done.exception, BibkitError | click.UsageError) else None
    assert error or done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert (error.exit_code if error else done.exit_code) == code, done.stderr
    return str(error or done.stderr) if code else done.stdout


# ------------------------------------------------------------------------------------------------ incoming keys


def test_incoming_keys_are_kept_and_pinned(project: Path) -> None:
    assert keys("list", cwd=project) == "Liu:2022\nkim2020waiting\nmor98\n"
    pin = pins(project)["Liu:2022"]
    assert (pin.made, pin.given, pin.source) == ("incoming", "2026-11-22", "seeds/my%20refs.bib")
    assert pins(project)["kim2020waiting"].made == ""


def test_the_day_is_written_once(project: Path) -> None:
    before = lock_of(project)
    assert "all files were current" in bibkit("build", cwd=project, SOURCE_DATE_EPOCH="0").err
    (project / "seeds" / "other.bib").write_text(LISTING + LISTING.replace("Waiting", "Sleep"), encoding="utf-8")
    assert bibkit("build", cwd=project, SOURCE_DATE_EPOCH="0").code == 0
    assert set(before.splitlines()) < set(lock_of(project).splitlines())
    assert pins(project)["kim2020sleep"].given == "1970-01-01"


def test_a_day_that_is_no_number(project: Path) -> None:
    done = bibkit("build", cwd=project, SOURCE_DATE_EPOCH="soon")
    assert done.code == 2
    assert "SOURCE_DATE_EPOCH is 'soon'" in done.err


def test_rekey_is_a_choice_of_a_build(project: Path) -> None:
    (project / "seeds" / "keys.lock").unlink()
    assert bibkit("build", "--rekey", cwd=project, **DAY).code == 0
    assert keys("list", cwd=project) == "kim2020waiting\nliu2022graphs Liu:2022\nmoreau1998trees mor98\n"
    assert re.search(r"ids = \{mor98\}", (project / "exports" / "references.biblatex.bib").read_text(encoding="utf-8"))
    before = lock_of(project)
    assert bibkit("build", cwd=project, **DAY).code == 0
    assert lock_of(project) == before, "a key that is given stays"


def test_the_project_may_say_so(project: Path) -> None:
    (project / "seeds" / "keys.lock").unlink()
    (project / "bibkit.toml").write_text('[keys]\nincoming = false\npattern = "auth.lower + year"\n', encoding="utf-8")
    assert bibkit("build", cwd=project, **DAY).code == 0
    assert keys("list", cwd=project) == "kim2020\nliu2022 Liu:2022\nmoreau1998 mor98\n"
    assert "by the pattern auth.lower + year" in keys("explain", "liu2022", cwd=project)


def test_a_pattern_that_cannot_be_read_stops_the_build(project: Path) -> None:
    (project / "bibkit.toml").write_text('[keys]\npattern = "auth.nothing + "\n', encoding="utf-8")
    done = bibkit("build", cwd=project)
    assert done.code == 2
    assert "auth.nothing" in done.err


def test_convert_keeps_keys_and_gives_new_ones_where_asked(project: Path) -> None:
    source = "seeds/my refs.bib"
    assert bibkit("convert", source, "--to", "bibtex", cwd=project).out == BIB
    rekeyed = bibkit("convert", source, "--to", "biblatex", "--rekey", cwd=project).out
    assert re.findall(r"@article\{(.*),", rekeyed) == ["liu2022graphs", "moreau1998trees"]
    assert re.findall(r"ids = \{(.*)\}", rekeyed) == ["Liu:2022", "mor98"]
    short = bibkit("convert", source, "--to", "bibtex", "--rekey", "--pattern", "auth.lower + year", cwd=project).out
    assert re.findall(r"@article\{(.*),", short) == ["liu2022", "moreau1998"]


# ------------------------------------------------------------------------------------------------ what is there


def test_list_and_show_as_json(project: Path) -> None:
    found = json.loads(keys("list", "--json", cwd=project))
    assert [entry["key"] for entry in found] == ["Liu:2022", "kim2020waiting", "mor98"]
    shown = json.loads(keys("show", "liu:2022", "--json", cwd=project))
    assert shown == found[0]
    assert shown["identities"][0] == "doi:10.1000/a"
    assert (shown["made"], shown["given"], shown["source"]) == ("incoming", "2026-11-22", "seeds/my refs.bib")


def test_show(project: Path) -> None:
    assert keys("show", "kim2020waiting", cwd=project).splitlines()[:4] == [
        "key:        kim2020waiting",
        "made:       default",
        "given:      2026-11-22",
        "source:     seeds/other.bib",
    ]


def test_explain(project: Path) -> None:
    assert keys("explain", "mor98", cwd=project).splitlines()[:6] == [
        "mor98",
        "  work       Trees",
        "  stands in  seeds/my refs.bib:2",
        "  made       brought by its source",
        "  given      2026-11-22",
        "  from       seeds/my refs.bib",
    ]
    found = json.loads(keys("explain", "mor98", "--json", cwd=project))
    assert found["places"] == [{"source": "seeds/my refs.bib", "line": 2}]


def test_explain_an_alias_and_a_work_that_went(project: Path) -> None:
    keys("set", "mor98", "trees", cwd=project)
    (project / "seeds" / "my refs.bib").unlink()
    told = keys("explain", "MOR98", cwd=project)
    assert told.startswith("MOR98 is an alias of trees\n  work       in no source now; its key is kept\n")
    assert "  made       by hand\n" in told


def test_an_unknown_key(project: Path) -> None:
    for command in (["show", "Liu2022"], ["explain", "Liu2022"], ["set", "Liu2022", "x"], ["alias", "Liu2022", "x"]):
        said = keys(*command, cwd=project, code=2)
        assert "there is no key 'Liu2022' in the lock; did you mean 'Liu:2022'?" in said
    assert "`bibkit keys list` shows all" in keys("show", "zzzz", cwd=project, code=2)


def test_another_folder_may_be_named(project: Path, tmp_path: Path) -> None:
    assert keys("list", "-C", "paper", cwd=tmp_path) == keys("list", cwd=project)
    assert "there is no such folder" in keys("list", cwd=tmp_path, code=2)
    (project / "seeds" / "keys.lock").unlink()
    assert "there is no lock yet; `bibkit build` makes one" in keys("list", cwd=project, code=2)


# ------------------------------------------------------------------------------------------------ changes


def test_set_keeps_the_old_key_as_an_alias(project: Path) -> None:
    keys("set", "Liu:2022", "liu2022night", cwd=project, SOURCE_DATE_EPOCH="86400")
    pin = pins(project)["liu2022night"]
    assert (pin.aliases, pin.made, pin.given) == (("Liu:2022",), "hand", "1970-01-02")
    assert bibkit("build", cwd=project, **DAY).code == 0
    exported = (project / "exports" / "references.biblatex.bib").read_text(encoding="utf-8")
    assert "@article{liu2022night," in exported
    assert "ids = {Liu:2022}" in exported
    keys("set", "Liu:2022", "Liu:2022", cwd=project)
    assert pins(project)["Liu:2022"].aliases == ("liu2022night",), "and back: a key may be called by its alias"


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ("a b", "cannot be a citation key"),
        ("50%", "cannot be a citation key"),
        ("", "cannot be a citation key"),
        ("MOR98", "is the key of another work; 'MOR98a' is free"),
    ],
)
def test_set_what_cannot_be(new: str, says: str, project: Path) -> None:
    before = standing(project)
    assert says in keys("set", "Liu:2022", new, cwd=project, code=2)
    assert standing(project) == before


def test_alias(project: Path) -> None:
    keys("alias", "mor98", "moreau98", cwd=project)
    assert pins(project)["mor98"].aliases == ("moreau98",)
    assert "is a name of another work, 'mor98'" in keys("alias", "Liu:2022", "Moreau98", cwd=project, code=2)
    assert "an alias of 'mor98', the key of another work" in keys("set", "Liu:2022", "moreau98", cwd=project, code=2)
    keys("alias", "--remove", "moreau98", "moreau98", cwd=project)
    assert pins(project)["mor98"].aliases == ()
    assert "is no alias of 'mor98'; it has none" in keys("alias", "--remove", "mor98", "x", cwd=project, code=2)


def test_join(project: Path) -> None:
    keys("alias", "--join", "Liu:2022", "mor98", cwd=project)
    assert pins(project).keys() == {"Liu:2022", "kim2020waiting"}
    assert pins(project)["Liu:2022"].aliases == ("mor98",)
    assert "do not go together" in keys("alias", "--join", "--remove", "a", "b", cwd=project, code=2)


def test_rekey_prints_the_map_that_documents_follow(project: Path) -> None:
    assert keys("rekey", cwd=project) == "Liu:2022=liu2022graphs\nmor98=moreau1998trees\n"
    assert keys("list", cwd=project) == "kim2020waiting\nliu2022graphs Liu:2022\nmoreau1998trees mor98\n"
    assert keys("rekey", cwd=project) == "", "to do it again changes nothing"
    assert bibkit("build", cwd=project, **DAY).code == 0
    assert keys("list", cwd=project) == "kim2020waiting\nliu2022graphs Liu:2022\nmoreau1998trees mor98\n"


def test_rekey_some_by_a_pattern_into_a_file(project: Path) -> None:
    assert keys("rekey", "MOR98", "--pattern", "auth + year", "-o", "map.txt", cwd=project) == ""
    assert (project / "map.txt").read_text(encoding="utf-8") == "mor98=Moreau1998\n"
    assert pins(project)["Moreau1998"].made == "pattern:auth%20+%20year"
    assert "Liu:2022" in pins(project)


def test_rekey_what_stands_nowhere(project: Path) -> None:
    (project / "seeds" / "other.bib").unlink()
    assert "its work stands in no source now" in keys("rekey", "kim2020waiting", cwd=project, code=2)


@pytest.mark.parametrize(
    "command",
    [["set", "mor98", "x"], ["alias", "mor98", "x"], ["rekey", "-o", "map.txt"], ["check", "--fix"]],
)
def test_dry_run_writes_nothing(command: list[str], project: Path) -> None:
    path = project / "seeds" / "keys.lock"
    path.write_text(lock_of(project).replace("lock 2", "lock 1"), encoding="utf-8")
    before = standing(project)
    done = bibkit("keys", *command, "--dry-run", cwd=project)
    assert done.code == 0
    assert "dry run, nothing is written" in done.err
    assert standing(project) == before


def _no_room() -> None:
    """As on a full disk or in a folder that may not be written; root is stopped by this too."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_a_lock_that_cannot_be_written(project: Path) -> None:
    before = standing(project)
    done = bibkit("keys", "rekey", "-o", "map.txt", cwd=project, prepare=_no_room)
    assert done.code == 2
    assert "cannot write it" in done.err
    assert standing(project) == before, "neither the map nor the lock"


# ------------------------------------------------------------------------------------------------ what is wrong


def test_check_is_content(project: Path) -> None:
    assert keys("check", cwd=project) == ""
    found = json.loads(keys("check", "--json", cwd=project))
    assert found == {"lock": "seeds/keys.lock", "problems": [], "fixed": False}


def test_check_explains_and_mends(project: Path) -> None:
    path = project / "seeds" / "keys.lock"
    head, remark, *lines = lock_of(project).splitlines(keepends=True)
    rival = "mor98 doi:10.1000/z given:2026-11-23 seen:0123456789abcdef\n"
    conflict = ["<<<<<<< HEAD\n", rival, "=======\n", lines.pop(), ">>>>>>> other\n"]
    path.write_text("".join([head, remark, *lines, *conflict]), encoding="utf-8")
    said = keys("check", cwd=project, code=1)
    assert "seeds/keys.lock:5: error: git left conflict marks on lines 5, 7, 9; run `bibkit keys check --fix`" in said
    assert "seeds/keys.lock:8: error: this line and line 6 give the key 'mor98' to two works" in said
    assert "lets 'mor98' keep it; the other becomes 'mor98a'" in said
    assert "conflict marks" in keys("list", cwd=project, code=5)
    assert bibkit("build", cwd=project).code == 5
    keys("check", "--fix", cwd=project)
    assert keys("check", cwd=project) == ""
    assert pins(project)["mor98a"].identities == ("doi:10.1000/z",)
    told = keys("explain", "mor98", cwd=project)
    assert "  mind       mor98a was mor98 too, on another branch\n" in told


def test_check_fix_writes_nothing_where_lines_would_be_lost(project: Path) -> None:
    path = project / "seeds" / "keys.lock"
    path.write_text(lock_of(project)[:-5], encoding="utf-8")
    before = standing(project)
    said = keys("check", "--fix", cwd=project, code=1)
    assert re.search(r"seeds/keys.lock:5: error: this line is damaged or cut short: .*; restore it from git", said)
    assert "nothing was written" in said
    assert standing(project) == before


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        ("", 1, "the file is empty; restore it from git"),
        ("# bibkit keys.lock 3\n", 5, "a newer bibkit wrote this lock (version 3, this bibkit reads 2); update bibkit"),
        ("# bibkit keys.lock 2\na%b doi:10.1/a seen:-\n", 1, "'a%b' cannot be a key"),
        ("\x01\x02\x03" * 100, 5, "this is not a text file"),
    ],
)
def test_check_of_what_is_no_lock(content: str, code: int, says: str, project: Path) -> None:
    (project / "seeds" / "keys.lock").write_text(content, encoding="utf-8")
    assert says in keys("check", cwd=project, code=code)
    assert says in keys("list", cwd=project, code=5)


def test_a_lock_of_the_first_version_is_migrated_with_one_note(project: Path) -> None:
    path = project / "seeds" / "keys.lock"
    path.write_text(lock_of(project).replace("lock 2", "lock 1"), encoding="utf-8")
    first = bibkit("build", cwd=project, **DAY)
    assert "seeds/keys.lock:1: note: this lock is of version 1" in first.err
    assert bibkit("build", "--check", cwd=project, **DAY).code == 0
    assert "version 1" not in bibkit("build", cwd=project, **DAY).err
    assert lock_of(project).startswith("# bibkit keys.lock 2\n")
