"""`--review` at a terminal: two records side by side, the evidence as a table, one key for an answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bibkit.cli.say import coloured, tell
from bibkit.problems import UsageError

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from bibkit.review import Question, Row, Session

# Key, what it does; a blank skips as well.
KEYS = {
    "s": "same",
    "d": "different",
    "v": "version",
    "k": "skip",
    "u": "undo",
    "f": "field",
    "w": "why",
    "q": "quit",
}
HELP = """\
s  same: one publication; the two become one work
d  different: two works, never to be joined
v  version: two publications of one work (a preprint and its article, a talk and its paper); linked, not joined
k  skip: ask again next time (the blank does the same)
u  undo: take the last answer back
f  pick a field's value: it is taken if you then press s
w  say why: a line of text that is kept with your next answer
q  quit: all answers so far are kept"""


def check_terminal() -> None:
    """Raises UsageError where there is nobody who could press a key."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("--review asks questions and needs a terminal; without it, the pairs in doubt are listed")


def review(session: Session, where: str) -> int:
    """Ask all that is left. How many answers were given; they are kept in the file `where`, also after Ctrl-C."""
    screen = _Screen(session, where)
    try:
        with screen.keyboard:
            while (question := session.current) and screen.ask(question):
                pass
    except (KeyboardInterrupt, EOFError, click.Abort):
        tell(f"\n{screen.summary()}")
        raise KeyboardInterrupt from None
    tell(screen.summary())
    return len(session.answers())


def _number(asked: str, least: int, most: int) -> int:
    """A number that is typed; 0 for none, where that is allowed."""
    default = None if least else "0"
    found: int = click.prompt(asked, type=click.IntRange(least, most), default=default, show_default=False, err=True)
    return found


class _Keyboard:
    """Keys as they are pressed, also those that are pressed while a question is still being drawn.

    `click.getchar` sets the terminal for each key anew, and what was pressed before is lost; so the terminal is set
    once here. Where there is no termios, click does it.
    """

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.before: Any = None

    def __enter__(self) -> _Keyboard:
        """Lines are not waited for, and keys are not shown. Ctrl-C is what it always is."""
        try:
            import termios
            import tty
        except ImportError:  # Windows
            return self
        self.before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin, termios.TCSANOW)
        return self

    def __exit__(self, *_: object) -> None:
        """As it was before."""
        if self.before is not None:
            import termios

            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.before)

    def press(self) -> str:
        """Wait for a key. Raises KeyboardInterrupt where the terminal is gone."""
        while not self.pressed:
            piece = (
                click.getchar() if self.before is None else os.read(sys.stdin.fileno(), 64).decode("utf-8", "replace")
            )
            if not piece or piece[0] in "\x03\x04":
                raise KeyboardInterrupt
            self.pressed += [] if piece[0] == "\x1b" else piece  # an arrow or a function key is no answer
        return self.pressed.pop(0)


class _Screen:
    """What is shown, and what the keys do."""

    def __init__(self, session: Session, where: str) -> None:
        from rich.console import Console

        self.session = session
        self.where = where
        self.console = Console(stderr=True, highlight=False, no_color=True if coloured() is False else None)
        self.keyboard = _Keyboard()
        self.why = ""
        self.values: dict[str, Any] = {}

    @contextmanager
    def lines(self) -> Iterator[None]:
        """The terminal as it is for typing a line."""
        self.keyboard.__exit__()
        try:
            yield
        finally:
            self.keyboard.__enter__()

    def summary(self) -> str:
        """What a session came to."""
        made, left = len(self.session.answers()), self.session.progress.left + self.session.progress.skipped
        kept = f"{made} answer{'s' * (made != 1)} kept in {self.where}" if made else "no answers"
        return f"{kept}; {left} pair{'s' * (left != 1)} left"

    def ask(self, question: Question) -> bool:
        """Show one question and do what the key says. False after q."""
        self.show(question)
        while True:
            key = self.key()
            if key == "q":
                return False
            if self.press(key, question):
                return True

    def key(self) -> str:
        """The next key that means something."""
        while True:
            key = self.keyboard.press().lower().replace(" ", "k")
            if key in KEYS or key == "?":
                return key

    def press(self, key: str, question: Question) -> bool:
        """Do what a key says; whether the question is dealt with."""
        doing: Mapping[str, Callable[[Question], bool]] = {
            "u": self.undo,
            "f": self.pick,
            "w": self.reason,
            "?": self.help,
        }
        return doing[key](question) if key in doing else self.answer(key, question)

    def answer(self, key: str, question: Question) -> bool:
        """Keep an answer."""
        from bibkit.dedupe import Verdict

        verdict = {"s": Verdict.SAME, "d": Verdict.DIFFERENT, "v": Verdict.VERSION, "k": Verdict.MAYBE}[key]
        self.session.answer(question.pair, verdict, self.why, self.values)
        self.console.print(f"→ {KEYS[key]}", style="bold")
        self.why, self.values = "", {}
        return True

    def undo(self, _: Question) -> bool:
        """Take the last answer back; its question comes again."""
        if self.session.undo() is None:
            self.console.print("nothing to undo")
            return False
        self.why, self.values = "", {}
        self.console.print("→ taken back", style="bold")
        return True

    def help(self, _: Question) -> bool:
        """What the keys do."""
        self.console.print(HELP)
        return False

    def reason(self, _: Question) -> bool:
        """A line of text for the next answer."""
        with self.lines():
            self.why = click.prompt("why", default="", show_default=False, err=True)
        return False

    def pick(self, question: Question) -> bool:
        """Choose the value of a field for the work that both records are, should they be the same."""
        from bibkit.dedupe.values import as_json, value_in

        differing = [row for row in question.rows() if row.differs and row.variable != "citation-key"]
        for number, row in enumerate(differing, 1):
            self.console.print(f"{number:>3}  {row.variable}", markup=False)
        with self.lines():
            number = _number("field", 0, len(differing))
            side = _number("1 left, 2 right", 1, 2) if number else 0
        if number:
            variable = differing[number - 1].variable
            self.values[variable] = as_json(value_in((question.one, question.other)[side - 1], variable))
            self.console.print(f"{variable} of the {('left', 'right')[side - 1]} one, if you press s", markup=False)
        return False

    # -------------------------------------------------------------------------------------------- drawing

    def show(self, question: Question) -> None:
        """The question, the evidence, the keys."""
        done = self.session.progress
        self.console.rule(f"{done.total - done.left + 1} of {done.total}")
        self.console.print(self.records(question))
        self.console.print(self.evidence(question))
        keys = "  ".join(f"{key} {does}" for key, does in KEYS.items())
        self.console.print(f"{keys}  ? help", style="bold", markup=False)

    def records(self, question: Question) -> Table:
        """Both records side by side."""
        from rich.table import Table
        from rich.text import Text

        table = Table(expand=True, show_lines=False, box=None, padding=(0, 1))
        table.add_column("", style="dim", no_wrap=True)
        for record, side in zip((question.one, question.other), question.sides, strict=True):
            place = ":".join(str(part) for part in record.place() if part)
            more = f" and {len(side) - 1} joined with it" if len(side) > 1 else ""
            table.add_column(Text(f"{place}{more}"), ratio=1, overflow="fold")
        table.add_row("key", Text(question.one.key), Text(question.other.key))
        for row in question.rows():
            table.add_row(
                Text(row.variable), self.marked(row, row.one, row.other), self.marked(row, row.other, row.one)
            )
        return table

    def marked(self, row: Row, value: str, opposite: str) -> Text:
        """A value, with what the opposite one does not have marked; in brackets where a terminal shows no marks."""
        from rich.text import Text

        from bibkit.review import marked

        if not row.differs or row.variable == "abstract":
            return Text(value)
        shown = Text()
        for piece, different in marked(value, opposite):
            if different and (self.console.is_dumb_terminal or not self.console.is_terminal):
                shown.append(f"[{piece}]")
            else:
                shown.append(piece, "bold underline yellow" if different else "")
        return shown

    def evidence(self, question: Question) -> Table:
        """What speaks for and against, the weightiest first."""
        from rich.table import Table
        from rich.text import Text

        table = Table(title=f"evidence {question.evidence.total:+.1f}", title_justify="left", box=None, padding=(0, 1))
        for justify in ("left", "right", "left"):
            table.add_column(justify=justify)
        for clue in sorted(question.evidence.clues, key=lambda clue: -abs(clue.weight)):
            if clue.weight or clue.detail:
                table.add_row(Text(clue.name), f"{clue.weight:+.1f}", Text(clue.detail))
        for name, text in (("never the same", question.evidence.veto), ("could be", question.evidence.kind)):
            if text:
                table.add_row(Text(name), "", Text(text))
        return table
