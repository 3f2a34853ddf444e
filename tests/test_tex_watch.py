"""`bibkit tex watch`, as a process of its own beside somebody who writes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import COMMAND, bibkit

if not os.environ.get("CI"):  # there nothing may be missing
    pytest.importorskip("watchfiles")

PATIENCE = 15.0  # seconds: far more than is needed, even where the machine is busy
LIBRARY = "".join(
    f"@misc{{{key}, title = {{{key.title()}}}, year = 2001}}\n\n" for key in ("one", "two", "three", "four")
)


class Watcher:
    """A running `bibkit tex watch`: what it has said, and when it says something."""

    def __init__(self, desk: Path, bib: str = "library.bib") -> None:
        self.desk = desk
        library = ("--bib", bib) if bib else ()
        self.process = subprocess.Popen(
            [*COMMAND, "tex", "watch", "paper.tex", "-o", "refs.bib", *library],
            cwd=desk,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            text=True,
        )
        self.lines: list[str] = []
        self.listener = threading.Thread(target=self._listen)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stderr
        self.lines.extend(iter(self.process.stderr.readline, ""))

    def until(self, what: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not what():
            assert time.monotonic() < end, "".join(self.lines)
            assert self.process.poll() is None, "".join(self.lines)
            time.sleep(0.02)

    def says(self, words: str, times: int = 1) -> None:
        self.until(lambda: "".join(self.lines).count(words) >= times)

    def keys(self, *expected: str) -> None:
        self.until(lambda: keys(self.desk) == list(expected))

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE)
        self.listener.join()
        return code

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.listener.join()
        assert self.process.stderr
        self.process.stderr.close()


def keys(desk: Path) -> list[str]:
    try:
        lines = (desk / "refs.bib").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [line.removeprefix("@misc{").partition(",")[0] for line in lines if line.startswith("@misc{")]


def write(desk: Path, name: str, *cited: str, more: str = "") -> None:
    """As many editors do: a new file is moved over the old one."""
    text = "\n".join(rf"\cite{{{key}}}" for key in cited) + more
    if name == "paper.tex":
        text = f"\\documentclass{{article}}\\begin{{document}}\n{text}\n\\bibliography{{refs}}\\end{{document}}\n"
    temporary = desk / f"{name}.new"
    temporary.parent.mkdir(exist_ok=True)
    temporary.write_text(text)
    temporary.replace(desk / name)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "library.bib").write_text(LIBRARY)
    write(tmp_path, "paper.tex", "one")
    return tmp_path


@pytest.fixture
def watcher(desk: Path) -> Iterator[Watcher]:
    started = Watcher(desk)
    try:
        started.says("watching paper.tex")
        yield started
    finally:
        started.end()


def test_once(desk: Path) -> None:
    run = bibkit("tex", "watch", "paper.tex", "-o", "refs.bib", "--bib", "library.bib", "--once", cwd=desk)
    assert run.code == 0
    assert run.err[8:] == " refs.bib: 1 cited entry\n"
    assert keys(desk) == ["one"]
    write(desk, "paper.tex", "two", "lost")
    run = bibkit("tex", "watch", "paper.tex", "-o", "refs.bib", "--bib", "library.bib", "--once", cwd=desk)
    first, second = run.err.splitlines()
    assert first[8:] == " refs.bib: +two -one; 1 cited entry; not in the library: 1"
    assert "paper.tex:3:7: error: lost is cited" in second
    assert (run.code, keys(desk)) == (0, ["two"])


def test_it_follows_the_writer_until_it_is_stopped(watcher: Watcher, desk: Path) -> None:
    watcher.keys("one")
    write(desk, "paper.tex", "one", "two")
    watcher.keys("one", "two")
    watcher.says("refs.bib: +two; 2 cited entries")
    (desk / "parts").mkdir()
    write(desk, "paper.tex", "one", more=r"\input{parts/new}")
    watcher.says("there is no file parts/new")
    watcher.keys("one")
    write(desk, "parts/new.tex", "three")
    watcher.keys("one", "three")
    write(desk, "parts/new.tex", "three", "four")
    watcher.keys("four", "one", "three")
    (desk / "library.bib").write_text(LIBRARY.replace("{Four}", "{Fourth}"))
    watcher.says("refs.bib: ~four; 3 cited entries")
    assert watcher.stop() == 0
    assert watcher.lines[-1].strip() == "stopped"
    assert "Traceback" not in "".join(watcher.lines)
    assert not list(desk.glob("*.tmp")) + list(desk.glob(".*.tmp"))


def test_what_is_broken_for_a_moment_takes_nothing_away(watcher: Watcher, desk: Path) -> None:
    write(desk, "part.tex", "two")
    write(desk, "paper.tex", "one", more=r"\input{part}")
    watcher.keys("one", "two")
    before = (desk / "refs.bib").read_bytes()
    for name in ("paper.tex", "library.bib"):
        (desk / name).rename(desk / "away")
        watcher.says(f"{name}: ", times=1)
        watcher.says("; waiting", times=1 + (name == "library.bib"))
        (desk / "away").rename(desk / name)
        watcher.says("all there again", times=1 + (name == "library.bib"))
    (desk / "paper.tex").write_text("")
    watcher.says("paper.tex: the file is empty; waiting")
    write(desk, "paper.tex", "one", more=r"\input{part}")
    watcher.says("all there again", times=3)
    (desk / "part.tex").rename(desk / "away")
    watcher.says("there is no file part")
    assert (desk / "refs.bib").read_bytes() == before
    (desk / "away").rename(desk / "part.tex")
    write(desk, "part.tex", "three")
    watcher.keys("one", "three")
    write(desk, "paper.tex", "four")
    watcher.keys("four")
    assert watcher.stop() == 0


def test_a_library_that_the_document_names_may_be_away_for_a_moment(desk: Path) -> None:
    write(desk, "paper.tex", "one", more=r"\bibliography{library}")
    watcher = Watcher(desk, bib="")
    try:
        watcher.keys("one")
        (desk / "library.bib").rename(desk / "away")
        watcher.says("there is no library to take entries from")
        (desk / "away").rename(desk / "library.bib")
        watcher.says("all there again")
        assert (watcher.stop(), keys(desk)) == (0, ["one"])
    finally:
        watcher.end()


def test_a_problem_is_said_once(watcher: Watcher, desk: Path) -> None:
    write(desk, "paper.tex", "one", "lost")
    watcher.says("lost is cited")
    write(desk, "paper.tex", "one", "lost", "two")
    watcher.keys("one", "two")
    write(desk, "paper.tex", "one", "three")
    watcher.keys("one", "three")
    assert "".join(watcher.lines).count("lost is cited") == 1


def test_without_watchfiles(desk: Path) -> None:
    (desk / "watchfiles.py").write_text("raise ImportError('gone')\n")
    command = ("tex", "watch", "paper.tex", "-o", "refs.bib", "--bib", "library.bib")
    run = bibkit(*command, cwd=desk, PYTHONPATH=os.pathsep.join([str(desk), os.environ.get("PYTHONPATH", "")]))
    assert run.code == 2
    assert "tex watch needs watchfiles: pip install 'bibkit-toolkit[watch]'" in run.err


def test_a_start_that_cannot_be_is_an_error(desk: Path) -> None:
    run = bibkit("tex", "watch", "none.tex", "-o", "refs.bib", "--bib", "library.bib", cwd=desk)
    assert (run.code, "none.tex: cannot read it" in run.err) == (3, True)
