"""Run a program that is not ours on a file that may be anything: with limits, in a folder of its own, without a shell.

The folder is removed and the program stopped, with everything that it started, however this ends.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

MOST_WRITTEN = 1 << 28  # bytes that one file of a program may grow to
MOST_SAID = 3  # lines of a program's message
WIDEST = 160  # characters of such a line


class Failed(Exception):
    """The program gave no answer; `str()` says why, in a line."""


class Done(msgspec.Struct, frozen=True):
    """How a program ended, and what it printed."""

    code: int
    out: str
    err: str

    def message(self) -> str:
        """The first lines of what it said, as one; how it ended, where it said nothing."""
        lines = [line.strip()[:WIDEST] for line in f"{self.err}\n{self.out}".splitlines() if line.strip()]
        return " / ".join(lines[:MOST_SAID]) or _ending(self.code)


def _ending(code: int) -> str:
    if code == -getattr(signal, "SIGXFSZ", 0):
        return f"it was stopped when a file grew over {MOST_WRITTEN >> 20} MB"
    return f"it was ended by signal {-code}" if code < 0 else f"it ended with code {code}"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever happens."""
    with TemporaryDirectory(prefix="bibkit-verify-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def run(command: Sequence[str], where: Path, limit: float, environment: Mapping[str, str] = {}) -> Done:
    """Run to the end in this folder. Raises Failed after `limit` seconds, or where it cannot be started.

    Its temporary files go to the folder too; what it prints is read from files there, so it has the same bound.
    """
    out, err = where / "printed.out", where / "printed.err"
    with out.open("wb") as to_out, err.open("wb") as to_err:
        try:
            process = subprocess.Popen(  # noqa: S603  (no shell, and our own words)
                command,
                cwd=where,
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
                env={**os.environ, "TMPDIR": str(where), **environment},
                start_new_session=True,
                preexec_fn=_bound(),
            )
        except OSError as error:
            raise Failed(f"it cannot be started: {(error.strerror or str(error)).lower()}") from error
        code = _ended(process, limit)
    return Done(code, *(path.read_text(encoding="utf-8", errors="replace") for path in (out, err)))


def _ended(process: subprocess.Popen[bytes], limit: float) -> int:
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired as error:
        raise Failed(f"it was stopped after {limit:g} s; --limit gives it more time") from error
    finally:
        _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started: they are a session of their own."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _bound() -> Callable[[], None] | None:
    """What keeps a program from filling the disk, where the system can do so."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None

    def bound() -> None:
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        most = MOST_WRITTEN if hard == resource.RLIM_INFINITY else min(MOST_WRITTEN, hard)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))

    return bound
