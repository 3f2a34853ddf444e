"""Run bibkit as a person does: a process of its own, in a folder. For tests of what the whole program does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

COMMAND = (sys.executable, "-m", "bibkit")


class Run(NamedTuple):
    """How a run ended, and what it printed."""

    code: int
    out: str
    err: str


def bibkit(
    *arguments: str | Path,
    cwd: Path,
    given: bytes = b"",
    prepare: Callable[[], None] | None = None,
    **environment: str,
) -> Run:
    """Run to the end. Whatever the input, a traceback is a failed test; `prepare` runs in the new process first."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        input=given,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, **environment},
        preexec_fn=prepare,
    )
    err = done.stderr.decode()
    assert "Traceback" not in err, err
    return Run(done.returncode, done.stdout.decode(), err)


def standing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, temporary ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
