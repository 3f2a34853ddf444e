"""`bibkit check` as a person runs it: what is listed and where, exceptions, fixes, forms of the result, wrong input."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from command import COMMAND, bibkit, standing
from conftest import ROOT

BIB = """@article{moreau1998,
  author = {Moreau, Ada},
  title = {On the waiting of trains},
  journal = {Journal of Rail Research},
  year = {1998},
  pages = "12-15",
}
"""
FOUND = "refs.bib:6:12: note: a hyphen in the page range 12-15; --fix: write 12--15 [page-hyphen]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    return tmp_path


# ------------------------------------------------------------------------------------------------ finding


def test_a_finding_names_line_and_column_of_the_field_and_what_to_do(folder: Path) -> None:
    done = bibkit("check", "refs.bib", cwd=folder)
    assert done == (1, FOUND, "1 finding in 1 entry in 1 file; --fix mends 1\n")


def test_nothing_found_is_0(folder: Path) -> None:
    (folder / "refs.bib").write_text(BIB.replace("12-15", "12--15"))
    assert bibkit("check", "refs.bib", cwd=folder) == (0, "", "no findings in 1 entry in 1 file\n")
    assert bibkit("check", "--quiet", "refs.bib", cwd=folder) == (0, "", "")


@pytest.mark.parametrize("name", ["refs.bib", "refs.ris", "refs.json", "refs.txt"])
def test_an_empty_file_is_0(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("")
    assert bibkit("check", name, cwd=tmp_path) == (0, "", "no findings in 0 entries in 1 file\n")


def test_without_files_the_sources_of_the_project_are_checked(folder: Path) -> None:
    (folder / "seeds").mkdir()
    (folder / "seeds" / "refs.bib").write_text(BIB)
    done = bibkit("check", cwd=folder)
    assert done.out == f"seeds/{FOUND}"


def test_the_exports_have_no_findings(tmp_path: Path) -> None:
    exports = sorted(path for path in (ROOT / "exports").iterdir() if path.name != "report.md")
    done = bibkit("check", *exports, cwd=tmp_path)
    assert (done.code, done.out) == (0, "")


def test_the_seeds_have_no_findings(tmp_path: Path) -> None:
    assert bibkit("check", *sorted((ROOT / "seeds").glob("*.txt")), cwd=tmp_path).out == ""


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["--select", "page-hyphen"], {"page-hyphen"}),
        (["--select", "page"], {"page-hyphen"}),
        (["--select", "page-reversed"], set()),
        (["--ignore", "page"], set()),
        (["--ignore", "page-hyphen,page-reversed"], set()),
        (["--ignore", "all"], set()),
        (["--select", "page", "--ignore", "page-hyphen"], set()),
    ],
)
def test_codes_and_families_are_chosen(folder: Path, options: list[str], codes: set[str]) -> None:
    done = bibkit("check", "refs.bib", *options, cwd=folder)
    assert set(re.findall(r"\[([\w-]+)\]$", done.out, re.MULTILINE)) == codes
    assert done.code == bool(codes)


def test_what_readers_say_is_found_too(folder: Path) -> None:
    (folder / "refs.bib").write_text(BIB + BIB)
    done = bibkit("check", "refs.bib", "--select", "bibtex", cwd=folder)
    (line,) = done.out.splitlines()
    assert line.startswith("refs.bib:8:1: warning: an entry before this one has the same key")
    assert done.code == 1


# ------------------------------------------------------------------------------------------------ exceptions


@pytest.mark.parametrize(
    "comment",
    [
        "% bibkit: ignore[page-hyphen]\n",
        "% bibkit: ignore[page]\n",
        "% bibkit: ignore\n",
        "% bibkit: ignore-file[page-hyphen] because\n",
        "@comment{bibkit: ignore-file[bibtex, page]}\n",
    ],
)
def test_a_comment_before_the_entry_makes_an_exception(folder: Path, comment: str) -> None:
    (folder / "refs.bib").write_text(comment + BIB)
    assert bibkit("check", "refs.bib", cwd=folder).out == ""


def test_a_comment_holds_for_the_next_entry_only(folder: Path) -> None:
    (folder / "refs.bib").write_text(
        f"% bibkit: ignore[page]\n{BIB}\n{BIB.replace('1998,', '1999,').replace('On', 'Off')}"
    )
    done = bibkit("check", "refs.bib", "--select", "page", cwd=folder)
    assert [line.split(":")[1] for line in done.out.splitlines()] == ["15"]


def test_a_comment_with_an_unknown_code_is_said(folder: Path) -> None:
    (folder / "refs.bib").write_text("% bibkit: ignore[page-hyphn]\n" + BIB)
    done = bibkit("check", "refs.bib", cwd=folder)
    said = "refs.bib:1:3: warning: there is no check 'page-hyphn'; did you mean page-hyphen? [check-unknown-code]"
    assert said in done.out.splitlines()


@pytest.mark.parametrize(
    "settings",
    [
        '[check]\nignore = ["page"]\n',
        '[check]\nselect = ["page-reversed"]\n',
        '[check.entries]\nmoreau1998 = ["page-hyphen"]\n',
        '[check.files]\n"*.bib" = ["page-hyphen"]\n',
    ],
)
def test_the_settings_make_exceptions(folder: Path, settings: str) -> None:
    (folder / "bibkit.toml").write_text(settings)
    assert bibkit("check", "refs.bib", cwd=folder).out == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            '[check]\nignore = ["page-hyfen"]\n',
            "bibkit.toml: check: there is no check 'page-hyfen'; did you mean page-hyphen?",
        ),
        ('[check.entries]\nx = ["pages"]\n', "there is no check 'pages'; did you mean page?"),
        ("[check]\nignroe = []\n", "did you mean 'ignore'?"),
        ('[check]\ntarget = "latex"\n', "it is one of bibtex, biblatex"),
    ],
)
def test_a_wrong_setting_is_named_with_the_nearest(folder: Path, settings: str, said: str) -> None:
    (folder / "bibkit.toml").write_text(settings)
    done = bibkit("check", "refs.bib", cwd=folder)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


def test_an_unknown_code_on_the_command_line(folder: Path) -> None:
    done = bibkit("check", "refs.bib", "--select", "page-hypen", cwd=folder)
    assert (done.code, done.out) == (2, "")
    assert "did you mean page-hyphen?" in done.err


# ------------------------------------------------------------------------------------------------ fixing


def test_fix_touches_the_span_and_nothing_else(folder: Path) -> None:
    done = bibkit("check", "--fix", "refs.bib", cwd=folder)
    assert done == (0, "", "1 mended; no findings left in 1 entry in 1 file\n")
    assert (folder / "refs.bib").read_text() == BIB.replace("12-15", "12--15")
    assert bibkit("check", "--fix", "refs.bib", cwd=folder) == (0, "", "no findings in 1 entry in 1 file\n")


def test_diff_finds_too_and_has_one_form(folder: Path) -> None:
    assert bibkit("check", "--diff", "refs.bib", cwd=folder)[0] == 1
    assert bibkit("check", "--diff", "--format", "json", "refs.bib", cwd=folder)[0] == 2


def test_a_file_that_is_named_twice_is_checked_once(folder: Path) -> None:
    assert bibkit("check", "refs.bib", "./refs.bib", cwd=folder) == (
        1,
        FOUND,
        "1 finding in 1 entry in 1 file; --fix mends 1\n",
    )


def test_diff_writes_nothing(folder: Path) -> None:
    done = bibkit("check", "--diff", "refs.bib", cwd=folder)
    assert '-  pages = "12-15",\n+  pages = "12--15",\n' in done.out
    assert standing(folder) == {"refs.bib": BIB.encode()}


def test_standard_input_is_mended_to_standard_output(folder: Path) -> None:
    done = bibkit("check", "--fix", "-", cwd=folder, given=BIB.encode())
    assert done.out == BIB.replace("12-15", "12--15")
    assert bibkit("check", "-", cwd=folder, given=BIB.encode()).out == FOUND.replace("refs.bib", "<stdin>")


@pytest.mark.parametrize(
    ("encoding", "newline"),
    [("utf-8-sig", "\n"), ("utf-8", "\r\n"), ("cp1252", "\n"), ("utf-16", "\r\n"), ("utf-8", "\r")],
)
def test_encoding_and_newlines_stay(folder: Path, encoding: str, newline: str) -> None:
    text = BIB.replace("Moreau, Ada", "Müller, Ada").replace("\n", newline)
    (folder / "refs.bib").write_bytes(text.encode(encoding))
    bibkit("check", "--fix", "--select", "page", "refs.bib", cwd=folder)
    assert (folder / "refs.bib").read_bytes() == text.replace("12-15", "12--15").encode(encoding)


def test_fixes_are_judged_by_what_the_settings_say_of_the_source(folder: Path) -> None:
    (folder / "bibkit.toml").write_text('[sources."*"]\ntype = "report"\n')
    (folder / "refs.ris").write_text("TI  - Trains\nDO  - https://doi.org/10.1000/17\nER  - \n")
    bibkit("check", "--fix", "refs.ris", cwd=folder)
    assert "DO  - 10.1000/17\n" in (folder / "refs.ris").read_text()


def test_unsafe_alone_is_wrong_usage(folder: Path) -> None:
    done = bibkit("check", "--unsafe", "refs.bib", cwd=folder)
    assert (done.code, done.out) == (2, "")
    assert "--unsafe goes with --fix" in done.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said(folder: Path) -> None:
    folder.chmod(0o500)
    done = bibkit("check", "--fix", "refs.bib", cwd=folder)
    folder.chmod(0o700)
    assert done.code == 2
    assert "refs.bib" in done.err


# ------------------------------------------------------------------------------------------------ forms


def test_json(folder: Path) -> None:
    (one,) = json.loads(bibkit("check", "--format", "json", "refs.bib", cwd=folder).out)["findings"]
    assert (one["code"], one["file"], one["line"], one["column"]) == ("page-hyphen", "refs.bib", 6, 12)
    assert (one["key"], one["field"]) == ("moreau1998", "pages")
    text = BIB
    for edit in one["fix"]["edits"]:
        text = text[: edit["start"]] + edit["text"] + text[edit["end"] :]
    assert text == BIB.replace("12-15", "12--15")


def test_sarif(folder: Path) -> None:
    log = json.loads(bibkit("check", "--format", "sarif", "refs.bib", cwd=folder).out)
    (run,) = log["runs"]
    (rule,), (result,) = run["tool"]["driver"]["rules"], run["results"]
    assert (log["version"], rule["id"], result["ruleId"], result["ruleIndex"]) == (
        "2.1.0",
        "page-hyphen",
        "page-hyphen",
        0,
    )
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "refs.bib"}, "region": {"startLine": 6, "startColumn": 12}}


def test_annotations_of_github(folder: Path) -> None:
    done = bibkit("check", "--format", "github", "refs.bib", cwd=folder)
    assert done.out == (
        "::notice file=refs.bib,line=6,col=12,title=page-hyphen::"
        "a hyphen in the page range 12-15; --fix: write 12--15\n"
    )


def test_statistics(folder: Path) -> None:
    done = bibkit("check", "--statistics", "refs.bib", cwd=folder)
    assert done.out.split()[:5] == "1 page-hyphen 1 with a".split()


def test_explain_a_code_a_family_and_what_is_none(folder: Path) -> None:
    one = bibkit("check", "--explain", "page-hyphen", cwd=folder)
    assert one.code == 0
    assert "pages = {12-34}" in one.out
    assert "btxdoc" in one.out
    family = bibkit("check", "--explain", "page", cwd=folder)
    assert one.out in family.out
    assert "page-reversed:" in family.out
    none = bibkit("check", "--explain", "page-hyphn", cwd=folder)
    assert (none.code, none.out) == (2, "")
    assert bibkit("check", "--explain", "bibtex-unclosed", cwd=folder).code == 0


# ------------------------------------------------------------------------------------------------ wrong input


def test_what_cannot_be_read_is_said_and_the_rest_is_checked(folder: Path) -> None:
    (folder / "odd.bin").write_bytes(bytes(range(256)) * 10)
    done = bibkit("check", "missing.bib", "odd.bin", "refs.bib", cwd=folder)
    assert done.out == FOUND
    assert "missing.bib: error: cannot read it" in done.err
    assert done.code == 1
    assert bibkit("check", "missing.bib", cwd=folder).code == 3


def test_a_file_whose_encoding_lies_is_not_mended(folder: Path) -> None:
    (folder / "refs.bib").write_bytes(BIB.encode() + "@comment{é}".encode() + b"\xff\xfe\n")
    before = standing(folder)
    done = bibkit("check", "--fix", "--select", "page", "refs.bib", cwd=folder)
    after = standing(folder)
    assert before.keys() == after.keys()
    assert after["refs.bib"] in (before["refs.bib"], before["refs.bib"].replace(b"12-15", b"12--15"))
    assert done.code in (0, 1)


def test_ctrl_c_leaves_the_file_as_it_was(folder: Path) -> None:
    (folder / "refs.bib").write_text(BIB * 20_000)
    before = standing(folder)
    running = subprocess.Popen([*COMMAND, "check", "--fix", "refs.bib"], cwd=folder, stderr=subprocess.PIPE)
    try:
        running.communicate(timeout=1.0)
    except subprocess.TimeoutExpired:
        running.send_signal(2)
    err = running.communicate(timeout=60)[1]
    assert standing(folder).keys() == before.keys()
    if running.returncode == 130:
        assert standing(folder) == before
        assert b"interrupted" in err
