"""The command line: what it says, where, and how it ends. The main job is in `test_build.py`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import COMMAND, bibkit, standing
from conftest import ROOT

from bibkit import __version__

LISTING = (ROOT / "seeds" / "listing-compact.txt").read_text(encoding="utf-8")
GIVEN = LISTING.encode()
BINARY = bytes(range(256)) * 40
FORMATS = ("listing", "bibtex", "biblatex", "csl-json", "ris")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one good and one bad input."""
    (tmp_path / "good.txt").write_bytes(GIVEN)
    (tmp_path / "bad.txt").write_bytes(BINARY)
    return tmp_path


# ------------------------------------------------------------------------------------------------ what it says


def test_version(tmp_path: Path) -> None:
    assert bibkit("--version", cwd=tmp_path) == (0, f"bibkit, version {__version__}\n", "")


@pytest.mark.parametrize("words", [("--help",), ("-h",), ("build", "-h"), ("convert", "-h"), ("formats", "-h")])
def test_help(words: tuple[str, ...], tmp_path: Path) -> None:
    done = bibkit(*words, cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: ")


def test_help_tells_a_newcomer_what_to_do(tmp_path: Path) -> None:
    said = bibkit("--help", cwd=tmp_path).out
    for words in ("seeds", "bibkit build", "exports/", "build ", "convert ", "formats ", "Exit codes:"):
        assert words in said


def test_formats(tmp_path: Path) -> None:
    done = bibkit("formats", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines() if not line.startswith(" ")]
    assert {row[0]: row[1:3] for row in rows if row[0] in FORMATS} == {
        "listing": ["read", "-"],
        **{name: ["read", "write"] for name in FORMATS[1:]},
    }
    assert "spaced: " in done.out
    assert "compact: " in done.out


@pytest.mark.parametrize("words", [("biuld",), ("build", "--chekc"), ("convert",), ("convert", "x.txt", "--to")])
def test_wrong_usage(words: tuple[str, ...], tmp_path: Path) -> None:
    done = bibkit(*words, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "Error: " in done.err


def test_the_completion_of_a_shell(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        done = bibkit("completion", shell, cwd=tmp_path)
        assert (done.code, done.err) == (0, "")
        assert "_BIBKIT_COMPLETE" in done.out
    assert bibkit("completion", "tcsh", cwd=tmp_path).code == 2


def test_a_word_is_completed(tmp_path: Path) -> None:
    """What the script asks for when a person types `bibkit con` and the tabulator key."""
    program = "import sys; sys.argv = ['bibkit']; from bibkit.cli import main; main()"
    asked = {"_BIBKIT_COMPLETE": "bash_complete", "COMP_WORDS": "bibkit con", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, **asked}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"plain,convert\n", b"")


# ------------------------------------------------------------------------------------------------ convert


@pytest.mark.parametrize(
    ("to", "first"),
    [("bibtex", "@misc{"), ("biblatex", "@misc{"), ("csl-json", "[\n"), ("ris", "TY  - ")],
)
def test_from_standard_input_to_standard_output(to: str, first: str, tmp_path: Path) -> None:
    done = bibkit("convert", "-", "--to", to, cwd=tmp_path, given=GIVEN)
    assert done.code == 0
    assert done.out.startswith(first)
    assert "liu2022learning" in done.out
    assert standing(tmp_path) == {}


def test_the_target_may_be_named_by_the_file(folder: Path) -> None:
    for name, to in {"a.bib": "bibtex", "a.biblatex.bib": "biblatex", "a.json": "csl-json", "a.ris": "ris"}.items():
        assert bibkit("convert", "good.txt", "-o", name, cwd=folder).code == 0
        printed = bibkit("convert", "good.txt", "--to", to, cwd=folder).out
        assert (folder / name).read_text(encoding="utf-8") == printed


def test_nothing_is_merged(folder: Path) -> None:
    done = bibkit("convert", "good.txt", "good.txt", "--to", "csl-json", cwd=folder)
    ids = [item["id"] for item in json.loads(done.out)]
    assert len(ids) == len(set(ids)) == 32


def test_incoming_keys_are_kept(tmp_path: Path) -> None:
    given = b"@misc{Foo:1, title = {A Quiet Method}, year = 2001}\n"
    done = bibkit("convert", "-", "--to", "csl-json", cwd=tmp_path, given=given)
    assert [item["id"] for item in json.loads(done.out)] == ["Foo:1"]


def test_all_that_was_written_reads_back(folder: Path) -> None:
    first = bibkit("convert", "good.txt", "--to", "biblatex", cwd=folder)
    again = bibkit("convert", "-", "--to", "biblatex", cwd=folder, given=first.out.encode())
    assert again.out == first.out


def test_messages_name_standard_input(tmp_path: Path) -> None:
    done = bibkit("convert", "-", "--to", "ris", "--report", cwd=tmp_path, given=GIVEN)
    assert "<stdin>:13: note: the year of 4 entries " in done.err


@pytest.mark.parametrize("words", [("--to", "bibtx"), ("--to", "csl-json", "--from", "listng")])
def test_an_unknown_format(words: tuple[str, ...], folder: Path) -> None:
    done = bibkit("convert", "good.txt", *words, cwd=folder)
    assert done.code == 4
    assert "did you mean " in done.err
    assert done.out == ""


def test_an_input_that_no_format_recognises(folder: Path) -> None:
    (folder / "letter").write_text("Dear Ada,\n\nthe train was late.\n", encoding="utf-8")
    done = bibkit("convert", "letter", "--to", "ris", cwd=folder)
    assert done.code == 4
    assert "letter: error: " in done.err


def test_a_format_that_can_only_be_read(folder: Path) -> None:
    assert bibkit("convert", "good.txt", "--to", "listing", cwd=folder).code == 4


def test_no_target(folder: Path) -> None:
    done = bibkit("convert", "good.txt", cwd=folder)
    assert done.code == 2
    assert "--to" in done.err


@pytest.mark.parametrize("name", ["bad.txt", "missing.txt", "."])
def test_an_input_that_cannot_be_read(name: str, folder: Path) -> None:
    (folder / "out.bib").write_text("mine\n", encoding="utf-8")
    before = standing(folder)
    done = bibkit("convert", name, "-o", "out.bib", cwd=folder)
    assert done.code == 3
    assert f"{name}: error: " in done.err
    assert standing(folder) == before


def test_one_good_and_one_bad_input(folder: Path) -> None:
    done = bibkit("convert", "bad.txt", "good.txt", "--to", "csl-json", cwd=folder)
    assert done.code == 0
    assert len(json.loads(done.out)) == 16
    assert "bad.txt: error: " in done.err


def test_under_strict_that_is_a_failure(folder: Path) -> None:
    (folder / "out.bib").write_text("mine\n", encoding="utf-8")
    before = standing(folder)
    done = bibkit("convert", "--strict", "bad.txt", "good.txt", "-o", "out.bib", cwd=folder)
    assert done.code == 3
    assert standing(folder) == before


@pytest.mark.parametrize(("to", "nothing"), [("bibtex", ""), ("biblatex", ""), ("csl-json", "[]\n"), ("ris", "")])
def test_an_empty_input_is_an_empty_result(to: str, nothing: str, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    assert bibkit("convert", "empty.txt", "--to", to, cwd=tmp_path)[:2] == (0, nothing)
    assert bibkit("convert", "-", "--from", "listing", "--to", to, cwd=tmp_path)[:2] == (0, nothing)


def test_quiet(folder: Path) -> None:
    """Warnings and notes are left out, errors are not."""
    assert bibkit("convert", "-q", "good.txt", "--to", "ris", cwd=folder).err == ""
    said = bibkit("convert", "--quiet", "bad.txt", "good.txt", "--to", "ris", cwd=folder).err
    assert [line.split(" ")[:2] for line in said.splitlines()] == [["bad.txt:", "error:"]]
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    assert bibkit("build", "--quiet", cwd=folder) == (0, "", "")


def test_results_and_messages_do_not_mix(folder: Path) -> None:
    done = bibkit("convert", "bad.txt", "good.txt", "--to", "bibtex", cwd=folder)
    assert "error" not in done.out
    assert "@misc" not in done.err


# ------------------------------------------------------------------------------------------------ the file written


def test_a_file_keeps_its_mode_and_its_link(folder: Path) -> None:
    (folder / "real.bib").write_text("old\n", encoding="utf-8")
    (folder / "real.bib").chmod(0o640)
    (folder / "out.bib").symlink_to("real.bib")
    assert bibkit("convert", "good.txt", "-o", "out.bib", cwd=folder).code == 0
    assert (folder / "out.bib").is_symlink()
    assert (folder / "real.bib").read_text(encoding="utf-8").startswith("@")
    assert (folder / "real.bib").stat().st_mode & 0o777 == 0o640


def test_an_input_may_be_the_output(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("@misc{a, title={T}, year=2001}\n", encoding="utf-8")
    assert bibkit("convert", "a.bib", "--to", "biblatex", "-o", "a.bib", cwd=tmp_path).code == 0
    assert "  date = {2001},\n" in (tmp_path / "a.bib").read_text(encoding="utf-8")


@pytest.mark.parametrize("output", ["sub", "good.txt/out.bib"])
def test_an_output_that_cannot_be_written(output: str, folder: Path) -> None:
    (folder / "sub").mkdir()
    before = standing(folder)
    done = bibkit("convert", "good.txt", "--to", "bibtex", "-o", output, cwd=folder)
    assert done.code == 2
    assert f"{output}: cannot write it: " in done.err
    assert standing(folder) == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("words", [("convert", "good.txt", "--to", "ris"), ("fmt", "-"), ("fmt", "--diff", "-")])
def test_standard_output_is_full(folder: Path, words: tuple[str, ...]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *words],
            input=b"@a{b,c=1}",
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert b"Traceback" not in done.stderr
    assert b"no space left on device" in done.stderr.lower()
    assert done.returncode == 2


# ------------------------------------------------------------------------------------------------ terminals, signals


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals")
@pytest.mark.parametrize(
    ("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)]
)
@pytest.mark.parametrize(
    "words", [("convert", "bad.txt", "good.txt", "--to", "ris"), ("convert", "x.txt", "--to", "no")]
)
def test_colours(words: tuple[str, ...], environment: dict[str, str], coloured: bool, folder: Path) -> None:
    """On a terminal, unless NO_COLOR is set and not empty (no-color.org)."""
    given = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    assert ("\x1b[" in said_on_a_terminal(words, folder, {**given, **environment})) is coloured


def said_on_a_terminal(words: tuple[str, ...], folder: Path, environment: dict[str, str]) -> str:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *words], cwd=folder, env={"TERM": "xterm", **environment}, stdout=subprocess.DEVNULL, stderr=theirs
    ):
        os.close(theirs)
        said = b"".join(received(ours))
    os.close(ours)
    return said.decode()


def received(terminal: int) -> Iterator[bytes]:
    """What is printed on a terminal. Linux reports its end as an error."""
    try:
        while piece := os.read(terminal, 4096):
            yield piece
    except OSError:
        return


def test_no_colours_in_a_file(folder: Path) -> None:
    assert "\x1b" not in bibkit("convert", "bad.txt", "good.txt", "--to", "ris", cwd=folder).err


def long_listing(entries: int) -> bytes:
    """The listing again and again, each time with other titles."""
    body = LISTING.rstrip("\n") + "\n"
    rounds = range(entries // 16)
    return "".join(
        body.replace("Video", f"Video{number}").replace(" Learning", f" Learning{number}") for number in rounds
    ).encode()


def started(*words: str, cwd: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *words], cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ended(running: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    """What a process that is about to end still prints. Pipes that a test has closed are left alone."""
    if running.stdin and running.stdin.closed:
        running.stdin = None
    if running.stdout and running.stdout.closed:
        running.stdout = None
    try:
        out, err = running.communicate(timeout=30)
    finally:
        running.kill()
    return out or b"", err


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise there")
@pytest.mark.parametrize("old", [None, b"mine\n"])
def test_ctrl_c_during_a_long_conversion(old: bytes | None, tmp_path: Path) -> None:
    """All of the input is in; it takes seconds to turn it into the output."""
    output = tmp_path / "out.bib"
    if old is not None:
        output.write_bytes(old)
    with started("convert", "-", "-o", "out.bib", cwd=tmp_path) as running:
        assert running.stdin
        running.stdin.write(long_listing(16_000))
        running.stdin.close()
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.3)
        running.send_signal(signal.SIGINT)
        out, err = ended(running)
    assert running.returncode == 130
    assert b"interrupted" in err
    assert b"Traceback" not in err
    assert out == b""
    assert (output.read_bytes() if output.exists() else None) == old
    assert [path.name for path in tmp_path.iterdir()] == ([] if old is None else ["out.bib"])


@pytest.mark.skipif(os.name != "posix", reason="signals are sent otherwise there")
def test_ctrl_c_while_waiting_for_input(tmp_path: Path) -> None:
    with started("convert", "-", "--to", "ris", cwd=tmp_path) as running:
        assert running.stdin
        running.stdin.write(long_listing(1600))  # more than a pipe holds: the program is reading
        running.send_signal(signal.SIGINT)
        _, err = ended(running)
    assert running.returncode == 130
    assert b"Traceback" not in err


@pytest.mark.skipif(os.name != "posix", reason="pipes break otherwise there")
def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    """As `bibkit convert … | head -1` does."""
    (tmp_path / "long.txt").write_bytes(long_listing(1600))
    with started("convert", "long.txt", "--to", "ris", cwd=tmp_path) as running:
        assert running.stdout
        assert running.stdout.readline() == b"TY  - GEN\n"
        running.stdout.close()
        _, err = ended(running)
    assert b"Traceback" not in err
    assert b"Broken pipe" not in err
    assert running.returncode in (0, -signal.SIGPIPE)


def test_files_in_several_encodings_become_one_text(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_bytes("@book{a, title = {Ä}}".encode("utf-8-sig"))
    (tmp_path / "b.bib").write_bytes("@book{b, title = {Ö}}\n".encode("utf-16"))
    done = bibkit("convert", "a.bib", "b.bib", "--to", "bibtex", cwd=tmp_path)
    assert (done.code, done.out) == (0, "@book{a, title = {Ä}}\n@book{b, title = {Ö}}\n")
