"""`bibkit keys merge-driver`: how git merges two branches' locks, and how it is told to."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import click

from bibkit.cli.say import out, tell
from bibkit.cli.shared import project_option
from bibkit.problems import CHECK_FOUND, UsageError

NAME = "bibkit-keys"
FALLBACK = "merge=union"  # what git does for those who have not installed the driver; `bibkit keys check` does the rest
PLACES = "%O %A %B %P"  # gitattributes(5), "Defining a custom merge driver"


@click.command("merge-driver")
@click.argument("files", metavar="[BASE OURS THEIRS [PATH]]", nargs=-1)
@click.option("--install", is_flag=True, help="Tell git to merge this project's lock with bibkit from now on.")
@click.option("--dry-run", is_flag=True, help="With --install: print what would be set, and set nothing.")
@project_option
def merge_driver(files: tuple[str, ...], install: bool, dry_run: bool, folder: Path) -> None:
    """Merge the locks of two branches, for git: the result is written into OURS.

    What both branches did is done. Of two works with one key, the one that had it first keeps it, and the other gets
    a suffix; a work with two keys has one and an alias; each is said. Exit 1 if a damaged line had to be left out.

    `bibkit keys merge-driver --install` sets it up: in this clone's git config and info/attributes, for the lock alone.
    Who does not install it has what .gitattributes says, merge=union.
    """
    if install and not files:
        _install(folder, dry_run=dry_run)
    elif len(files) in (3, 4) and not install:
        _merge(*map(Path, files[:3]), name=files[3] if len(files) == 4 else files[1])
    else:
        raise UsageError("give the three files that git names (%O %A %B), or --install")


def _merge(base: Path, ours: Path, theirs: Path, *, name: str) -> None:
    from bibkit import files, lock

    sides = [(side, files.read(str(path))) for side, path in (("base", base), ("ours", ours), ("theirs", theirs))]
    for side, content in sides:
        if not content.readable:
            raise UsageError(f"{name} ({side}): {content.problems[0].message}")
    readings = [lock.mend(content.text, f"{name} ({side})") for side, content in sides]
    settled = lock.merge(*(reading.lock for reading in readings))
    files.write(ours, lock.dumps(settled.lock))
    for finding in settled.findings:
        tell(f"{name}: {lock.told(finding)}")
    left = [problem for reading in readings[1:] for problem in reading.problems if not lock.mendable(problem)]
    for problem in left:
        tell(str(problem))
    if left:
        raise SystemExit(CHECK_FOUND)


# ------------------------------------------------------------------------------------------------ telling git


def _install(folder: Path, *, dry_run: bool) -> None:
    """Settings of this clone, for a driver that is not on a machine must not be asked for in a file that all share."""
    from bibkit import key_history

    path = key_history.lock_path(folder)
    top = Path(_git(folder, "rev-parse", "--show-toplevel"))
    inside = path.resolve().relative_to(top.resolve()).as_posix()
    local = Path(folder, _git(folder, "rev-parse", "--git-path", "info/attributes"))
    driver = f"{shlex.join([sys.executable, '-m', 'bibkit'])} keys merge-driver {PLACES}"
    settings = {f"merge.{NAME}.name": "bibkit's citation keys", f"merge.{NAME}.driver": driver}
    lines = {local: f"/{inside} merge={NAME}", top / ".gitattributes": f"{inside} {FALLBACK}"}
    if dry_run:
        out(f"git config {name} {shlex.quote(value)}\n" for name, value in settings.items())
        out(f"{file}: {line}\n" for file, line in lines.items())
        return
    for name, value in settings.items():
        _git(folder, "config", name, value)
    for file, line in lines.items():
        _add_line(file, line)
    tell(f"git merges {inside} with bibkit now, in this clone")


def _add_line(path: Path, line: str) -> None:
    """Add a line to a file that does not have it yet."""
    from bibkit import files

    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if line not in before.splitlines():
        files.write(path, before + "\n" * bool(before and not before.endswith("\n")) + line + "\n")


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603  (no shell, and only our own words)
            ["git", *arguments],  # noqa: S607  (the git that the user calls)
            cwd=folder,
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise UsageError(f"git: cannot run it: {(error.strerror or str(error)).lower()}") from error
    except subprocess.CalledProcessError as error:
        raise UsageError(f"git {arguments[0]}: {error.stderr.strip() or 'failed'}") from error
    return done.stdout.strip()
