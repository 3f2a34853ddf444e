"""`--web`: the review as a page in the browser, which this process serves to this machine alone."""

from __future__ import annotations

import gc
import os
import sys
import threading
import webbrowser
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bibkit.cli.say import tell
from bibkit.problems import UsageError

if TYPE_CHECKING:
    from bibkit.review import Session


def check_flask() -> None:
    """Raises UsageError where Flask is not installed; it is looked for before the matching, which may take a while."""
    if find_spec("flask") is None:
        raise UsageError("--web needs Flask: run pip install 'bibkit-toolkit[web]'; --review asks at the terminal")


def review(session: Session, where: str, port: int, *, opens: bool) -> int:
    """Serve until the page or Ctrl-C ends it. How many decisions were made; they are kept in the file `where`."""
    from bibkit.web.server import Server

    if not session.pairs() and not session.clusters():
        tell("no pair is in doubt, and no publication has two records: there is nothing to review")
        return 0
    _collect_again()
    with Server(session, where, port) as server:
        tell(f"review at {server.url}")
        tell(f"every answer is kept in {where} at once; Finish on the page or Ctrl-C here ends the review")
        if opens and _has_screen():
            threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()  # some browsers block
        server.serve()
    tell(_summary(session, where))
    return sum(bool(step.decisions) for step in session.steps)


def _collect_again() -> None:
    """`main` turns the collection of circles off for a short run; a server makes some with each request."""
    gc.freeze()  # the records are none
    gc.enable()


def _has_screen() -> bool:
    """Whether a browser would have a window: on a machine without one, a text browser would take the terminal."""
    wanted = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin", "cygwin") or any(os.environ.get(name) for name in wanted)


def _summary(session: Session, where: str) -> str:
    made = len(session.answers())
    picked = sum(step.kind == "prefer" for step in session.steps)
    left = session.progress.left + session.progress.skipped
    said = [f"{number} {word}{'s' * (number != 1)}" for number, word in ((made, "answer"), (picked, "value")) if number]
    kept = f"{' and '.join(said)} kept in {where}" if said else "no answers"
    return f"{kept}; {left} pair{'s' * (left != 1)} left"
