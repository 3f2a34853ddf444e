"""A review: what differs is marked, every answer is kept at once, and a session in a real terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from command import bibkit
from hypothesis import given
from hypothesis import strategies as st

from bibkit import decisions
from bibkit.decisions import Decision, Decisions, named
from bibkit.dedupe import Clue, Evidence, Matching, Pair, Verdict
from bibkit.joins import DecisionFile
from bibkit.problems import UsageError
from bibkit.record import Date, Name, Origin, Record
from bibkit.review import Progress, Session, marked, rows
from bibkit.rulings import rule

SAME, DIFFERENT, VERSION, MAYBE = Verdict.SAME, Verdict.DIFFERENT, Verdict.VERSION, Verdict.MAYBE

# ------------------------------------------------------------------------------------------------ what differs

texts = st.text("ab c", max_size=12) | st.text(max_size=12)


@given(texts, texts)
def test_marks_are_pieces_of_the_text_and_the_rest_is_shared(one: str, other: str) -> None:
    ours, theirs = marked(one, other), marked(other, one)
    for pieces, whole in ((ours, one), (theirs, other)):
        assert "".join(piece for piece, _ in pieces) == whole
        assert all(piece for piece, _ in pieces)
        assert all(a[1] != b[1] for a, b in pairwise(pieces))
        assert one != other or pieces == ([(one, False)] if one else [])
    shared = "".join(piece for piece, different in ours if not different)
    left = iter(other)
    assert all(char in left for char in shared), "what is not marked stands in the other text, in order"


@pytest.mark.parametrize(
    ("one", "other", "pieces"),
    [
        ("2019", "2020", [("20", False), ("19", True)]),
        ("Journal", "", [("Journal", True)]),
        ("", "Journal", []),
        ("part I", "part II", [("part I", False)]),
        ("a" * 9000 + "x", "a" * 9000 + "yy", [("a" * 9000, False), ("x", True)]),
    ],
)
def test_what_is_marked(one: str, other: str, pieces: list[tuple[str, bool]]) -> None:
    assert marked(one, other) == pieces


def test_texts_too_long_to_compare_are_marked_whole_and_at_once() -> None:
    one, other = "xab" * 30_000, "yba" * 30_000
    started = time.monotonic()
    assert marked(one, other) == [(one, True)]
    assert time.monotonic() - started < 2


def test_rows_show_what_either_has() -> None:
    one, other = paper("On Waiting", 2019), paper("On waiting", 2020, volume="3")
    found = {row.variable: (row.one, row.other, row.differs) for row in rows(one, other)}
    assert found["title"] == ("On Waiting", "On waiting", True)
    assert found["volume"] == ("", "3", False)
    assert found["author"] == ("Lee, Kim", "Lee, Kim", False)
    assert next(iter(found)) == "title"


# ------------------------------------------------------------------------------------------------ a session


def paper(title: str, year: int = 2020, **texts: str) -> Record:
    return Record(
        type="article-journal",
        key=f"k{title[-1]}",
        texts={"title": title, **texts},
        names={"author": (Name(family="Lee", given="Kim"),)},
        dates={"issued": Date((year,))},
        origins=(Origin("a.bib", "bibtex", 1, 1),),
    )


RECORDS = [paper(f"Paper {letter}") for letter in "ABCDE"]


def doubt(one: int, other: int, total: float = 0.0) -> Pair:
    return Pair(one, other, MAYBE, Evidence((Clue("title", total),), total))


class Kept:
    """A store in memory."""

    def __init__(self) -> None:
        self.made: list[Decision] = []

    def add(self, decision: Decision) -> Decision:
        self.made.append(named(decision))
        return self.made[-1]

    def remove(self, decision: Decision) -> None:
        self.made.remove(decision)


def session(
    *pairs: Pair, clusters: tuple[tuple[int, ...], ...] = ((0,), (1,), (2,), (3,), (4,)), **more: object
) -> Session:
    return Session(RECORDS, Matching(pairs, clusters), Kept(), who="Ada", now=lambda: "2026-11-22", **more)  # type: ignore[arg-type]


def made(of: Session) -> list[tuple[str, ...]]:
    """What is in the store: kinds and titles."""
    store = of.store
    assert isinstance(store, Kept)
    return [(one.kind, *(work.title for work in one.works)) for one in store.made]


def test_the_likeliest_is_asked_first_and_answers_are_kept() -> None:
    asked = session(doubt(0, 1, -1), doubt(2, 3, 2), doubt(1, 4, 1))
    assert [question.pair for question in asked.pairs()] == [(2, 3), (1, 4), (0, 1)]
    asked.answer((2, 3), SAME, "the same page")
    asked.answer((4, 1), VERSION)
    asked.answer((0, 1), DIFFERENT)
    assert made(asked) == [
        ("same", "Paper C", "Paper D"), ("version-of", "Paper B", "Paper E"), ("different", "Paper A", "Paper B"),
    ]  # fmt: skip
    assert asked.store.made[0].why == "the same page"  # type: ignore[attr-defined]
    assert (asked.store.made[0].who, asked.store.made[0].when) == ("Ada", "2026-11-22")  # type: ignore[attr-defined]
    assert asked.current is None
    assert asked.progress == Progress(total=3, answered=3, implied=0, skipped=0)


def test_what_follows_from_answers_is_not_asked() -> None:
    asked = session(doubt(0, 1, 3), doubt(1, 2, 2), doubt(0, 2, 1), doubt(2, 3))
    asked.answer((0, 1), SAME)
    asked.answer((1, 2), DIFFERENT)
    assert [question.pair for question in asked.pairs()] == [(2, 3)]
    assert asked.progress == Progress(total=4, answered=2, implied=1, skipped=0)
    asked.undo()
    assert [question.pair for question in asked.pairs()] == [(1, 2), (0, 2), (2, 3)]
    assert made(asked) == [("same", "Paper A", "Paper B")]


def test_undo_goes_back_to_the_beginning() -> None:
    asked = session(doubt(0, 1, 2), doubt(2, 3, 1))
    asked.skip((0, 1))
    asked.answer((2, 3), SAME, values={"title": "Paper D"})
    asked.prefer(3, "volume", "7")
    assert [one.kind for one in asked.store.made] == ["same", "prefer", "prefer"]  # type: ignore[attr-defined]
    assert asked.undo() is None, "a preference is about no question"
    assert asked.undo() == asked.question((2, 3))
    assert asked.current == asked.question((2, 3))
    assert asked.undo() == asked.question((0, 1))
    assert asked.undo() is None
    assert made(asked) == []
    assert asked.progress == Progress(2, 0, 0, 0)


def test_a_second_answer_takes_the_place_of_the_first() -> None:
    asked = session(doubt(0, 1))
    asked.answer((0, 1), SAME)
    asked.answer((0, 1), DIFFERENT)
    assert made(asked) == [("different", "Paper A", "Paper B")]
    asked.answer((0, 1), MAYBE)
    assert made(asked) == []
    assert asked.progress.skipped == 1


def test_two_clusters_are_one_question_and_the_answer_names_all_their_records() -> None:
    asked = session(doubt(0, 2), doubt(1, 2, 1), clusters=((0, 1), (2,), (3,), (4,)))
    (question,) = asked.pairs()
    assert question.pair == (1, 2)
    assert question.sides == ((0, 1), (2,))
    asked.answer((1, 2), DIFFERENT)
    decided = rule(RECORDS, Decisions(tuple(asked.store.made))).decided  # type: ignore[attr-defined]
    assert decided == {(0, 2): DIFFERENT, (1, 2): DIFFERENT}


def test_a_new_session_asks_only_what_is_left() -> None:
    pairs = (doubt(0, 1, 3), doubt(1, 2, 2), doubt(3, 4, 1))
    first = session(*pairs)
    first.answer((0, 1), DIFFERENT)
    first.skip((1, 2))
    decided = rule(RECORDS, Decisions(tuple(first.store.made))).decided  # type: ignore[attr-defined]
    again = session(*pairs, decided=decided)
    assert [question.pair for question in again.pairs()] == [(1, 2), (3, 4)]


def test_values_of_a_publication_can_be_preferred() -> None:
    asked = session(doubt(0, 1), clusters=((0,), (1,), (2, 3), (4,)))
    assert asked.clusters() == [(2, 3)]
    (field,) = [one for one in asked.fields(2) if one.variable == "title"]
    assert field.value == "Paper C"
    assert [saying.value for saying in field.instead] == ["Paper D"]
    asked.prefer(3, "title", "Paper D")
    assert next(one for one in asked.fields(2) if one.variable == "title").value == "Paper D"
    asked.answer((0, 1), SAME)
    assert asked.clusters() == [(0, 1), (2, 3)]
    with pytest.raises(UsageError, match="type: 'papyrus' is no type"):
        asked.prefer(0, "type", "papyrus")
    with pytest.raises(UsageError, match="no question about"):
        asked.answer((0, 4), SAME)


def test_five_thousand_questions_are_answered_quickly() -> None:
    records = [paper(f"Paper {number}") for number in range(10_000)]
    pairs = tuple(doubt(number, number + 1) for number in range(0, 10_000, 2))
    asked = Session(records, Matching(pairs, tuple((number,) for number in range(10_000))), Kept())
    started = time.monotonic()
    for pair in pairs[:50]:
        asked.answer((pair.one, pair.other), DIFFERENT)
        assert asked.current is not None
        assert asked.progress.left
    assert (time.monotonic() - started) / 50 < 0.2


def test_a_file_keeps_what_others_wrote_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    asked = Session(RECORDS, Matching((doubt(0, 1), doubt(2, 3)), tuple((n,) for n in range(5))), DecisionFile(path))
    asked.answer((0, 1), SAME)
    path.write_text(path.read_text(encoding="utf-8") + "# Ada was here.\n", encoding="utf-8")
    asked.answer((2, 3), SAME)
    assert "\n# Ada was here.\n" in path.read_text(encoding="utf-8")
    assert len(decisions.loads(path.read_text(encoding="utf-8")).made) == 2
    asked.undo()
    assert len(decisions.loads(path.read_text(encoding="utf-8")).made) == 1


# ------------------------------------------------------------------------------------------------ in a terminal

PAPERS = """\
@article{lee2019, author={Lee, Kim and Ray, Ada}, title={Waiting for trains at night in the northern mountains},
  journal={Journal of Rails}, year=2019, volume=3, number=2}
@article{lee2020, author={Lee, Kim and Ray, Ada}, title={Waiting for trains at night in the northern mountains},
  journal={J. Rails}, year=2020, pages={4}}
@article{ray2010, author={Ray, Ada}, title={A theory of platforms and their edges}, year=2010}
@article{ray2010b, author={Ray, Ada}, title={A theory of platforms and edges}, year=2010}
@article{poe1999, author={Poe, Eva}, title={Rust on rails and what it costs}, year=1999}
@article{poe1999b, author={Poe, Eva}, title={Rust on rails and what that costs}, year=1999}
"""


# Bibkit with a matching that is in doubt about each pair of neighbours, so that these tests are about reviews alone.
PROGRAM = """
import sys
from bibkit import dedupe
from bibkit.dedupe import Clue, Evidence, Matching, Pair, Verdict

def match(records, *, decided=None, **_):
    pairs, clusters = [], []
    for one in range(0, len(records), 2):
        clue = Clue("title", 1.5 - one, "words in one")
        pairs.append(Pair(one, one + 1, Verdict.MAYBE, Evidence((clue,), clue.weight)))
        joined = (decided or {}).get((one, one + 1)) == Verdict.SAME
        clusters += [(one, one + 1)] if joined else [(one,), (one + 1,)]
    return Matching(tuple(pairs), tuple(clusters), tuple((number,) for number in range(len(clusters))))

dedupe.match = match
from bibkit.cli import main
main()
"""


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "a.bib").write_text(PAPERS, encoding="utf-8")
    return tmp_path


class Terminal:
    """bibkit in a pseudo-terminal of its own."""

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.shown = b""
        self.pid, self.end = pty.fork()
        if not self.pid:
            os.chdir(folder)
            settings = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "50", **environment}
            os.execve(sys.executable, [sys.executable, "-c", PROGRAM, *arguments], settings)

    def until(self, words: str, times: int = 1) -> str:
        """Wait until these words have been shown so often."""
        limit = time.monotonic() + 20
        while self.shown.count(words.encode()) < times and time.monotonic() < limit and self.read():
            pass
        assert self.shown.count(words.encode()) >= times, self.shown.decode()
        return self.shown.decode()

    def read(self) -> bool:
        if not select.select([self.end], [], [], 0.5)[0]:
            return True
        try:
            piece = os.read(self.end, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += piece
        return bool(piece)

    def press(self, keys: str) -> None:
        os.write(self.end, keys.encode())

    def close(self) -> int:
        """Read to the end; the exit code. What does not end by itself is a failed test, and is ended."""
        limit = time.monotonic() + 10
        while self.read():
            if time.monotonic() > limit:
                os.kill(self.pid, signal.SIGKILL)
        os.close(self.end)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def kinds(folder: Path) -> list[str]:
    path = folder / "decisions.toml"
    return [one.kind for one in decisions.loads(path.read_text(encoding="utf-8")).made] if path.exists() else []


def test_a_review_asks_keeps_undoes_and_resumes(papers: Path) -> None:
    terminal = Terminal(papers, "dedupe", "a.bib", "--review")
    shown = terminal.until("? help")
    assert "evidence" in shown
    assert "1 of " in shown
    assert kinds(papers) == []
    terminal.press("s")
    terminal.until("? help", 2)
    assert kinds(papers) == ["same"], "kept before the next question"
    terminal.press("u")
    terminal.until("? help", 3)
    assert kinds(papers) == []
    terminal.press("d")
    terminal.until("? help", 4)
    terminal.press("q")
    shown = terminal.until("kept in decisions.toml")
    assert terminal.close() == 0
    assert "1 answer kept in decisions.toml" in shown
    assert kinds(papers) == ["different"]
    again = Terminal(papers, "dedupe", "a.bib", "--review")
    left = again.until("? help").count("1 of ")
    assert left == 1
    again.press("q")
    assert again.close() == 0


def test_ctrl_c_keeps_all_answers_so_far(papers: Path) -> None:
    terminal = Terminal(papers, "dedupe", "a.bib", "--review", "-o", "out.bib")
    terminal.until("? help")
    terminal.press("v")
    terminal.until("? help", 2)
    terminal.press("\x03")
    shown = terminal.until("interrupted")
    assert terminal.close() == 130
    assert "1 answer kept" in shown
    assert "Traceback" not in shown
    assert kinds(papers) == ["version-of"]
    assert sorted(path.name for path in papers.iterdir()) == ["a.bib", "decisions.toml"]


def test_a_killed_terminal_keeps_all_answers_so_far(papers: Path) -> None:
    terminal = Terminal(papers, "dedupe", "a.bib", "--review")
    terminal.until("? help")
    terminal.press("d")
    terminal.until("? help", 2)
    os.kill(terminal.pid, signal.SIGKILL)
    terminal.close()
    assert kinds(papers) == ["different"]


def test_without_colour_differences_are_still_marked(papers: Path) -> None:
    for settings, mark in (({"NO_COLOR": "1"}, "\x1b[1;4m"), ({"TERM": "dumb"}, "[their ]")):
        terminal = Terminal(papers, "dedupe", "a.bib", "--review", **settings)
        shown = terminal.until("? help")
        if "platforms" not in shown:
            terminal.press(" ")
            shown = terminal.until("? help", 2)
        assert mark in shown
        assert "\x1b[3" not in shown.replace("\x1b[3m", ""), "no colour"
        terminal.press("q")
        terminal.close()


def test_a_field_can_be_picked_and_a_reason_given(papers: Path) -> None:
    terminal = Terminal(papers, "dedupe", "a.bib", "--review")
    terminal.until("? help")
    terminal.press("f")
    terminal.until("field:")
    terminal.press("1\r")
    terminal.until("1 left, 2 right:")
    terminal.press("2\r")
    terminal.until("if you press s")
    terminal.press("w")
    terminal.until("why:")
    terminal.press("I have both\r")
    terminal.press("s")
    terminal.until("? help", 2)
    terminal.press("q")
    assert terminal.close() == 0
    same, prefer = decisions.loads((papers / "decisions.toml").read_text(encoding="utf-8")).made
    assert (same.kind, same.why, prefer.kind, len(prefer.values)) == ("same", "I have both", "prefer", 1)


def test_without_a_terminal_it_says_so(papers: Path) -> None:
    done = bibkit("dedupe", "a.bib", "--review", cwd=papers)
    assert done.code == 2
    assert "needs a terminal" in done.err
    assert kinds(papers) == []
