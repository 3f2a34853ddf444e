"""The commands of citation keys: what a project's lock holds, and ways to change it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bibkit.cli.say import end, out, quiet_option, tell, watch
from bibkit.cli.shared import LazyGroup, project_option
from bibkit.problems import Problem, Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.lock import Lock

# Where each command that is not in this module is: module of this package, function.
COMMANDS = {
    "merge-driver": ("keys_git", "merge_driver"),
    "preview": ("keys_preview", "preview"),
}


@click.group(cls=LazyGroup, places=COMMANDS)
def keys() -> None:
    """Citation keys: list and explain them, change them, mend the lock.

    They are kept in seeds/keys.lock. After a change, `bibkit build` brings exports/ up to date.
    """


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
dry_option = click.option("--dry-run", is_flag=True, help="Write nothing; say what would be done.")


def _load(folder: Path) -> Lock:
    """The project's lock; what it says about itself is said."""
    from bibkit import key_history

    reading = key_history.load(folder)
    for problem in reading.problems:
        tell(str(problem), quiet=problem.severity == "note")
    return reading.lock


def _save(
    folder: Path, held: Lock, done: str, *, dry_run: bool, quiet: bool, beside: Mapping[Path, str] | None = None
) -> None:
    from bibkit import key_history

    if dry_run:
        tell(f"dry run, nothing is written: {done}", quiet)
    elif key_history.save(folder, held, beside or {}):
        tell(f"{done}; run `bibkit build` to bring exports/ up to date", quiet)
    else:
        tell("nothing to do", quiet)


def _json(value: Any) -> None:
    import msgspec

    out([msgspec.json.format(msgspec.json.encode(value), indent=2), b"\n"])


# ------------------------------------------------------------------------------------------------ what is there


@keys.command("list")
@project_option
@json_option
def list_keys(folder: Path, as_json: bool) -> None:
    """List all keys that were ever given, one a line, each with its aliases behind it."""
    from bibkit import key_history

    pins = _load(folder).pins
    if as_json:
        _json([key_history.entry(pin) for pin in pins])
    else:
        out(" ".join(pin.names) + "\n" for pin in pins)


@keys.command()
@click.argument("key")
@project_option
@json_option
def show(key: str, folder: Path, as_json: bool) -> None:
    """Show what the lock holds about KEY, which may be an alias. Sources are not read."""
    from bibkit import key_history, lock

    found = key_history.entry(lock.get(_load(folder), key))
    if as_json:
        _json(found)
    else:
        import msgspec

        values = msgspec.structs.asdict(found).items()
        shown = ((name, " ".join(value) if isinstance(value, tuple) else value) for name, value in values)
        out(f"{name + ':':<12}{value}\n" for name, value in shown if value)


@keys.command()
@click.argument("key")
@project_option
@json_option
@quiet_option
def explain(key: str, folder: Path, as_json: bool, quiet: bool) -> None:
    """Tell where KEY comes from: when, by which pattern, from which source, and what it was or is now."""
    from bibkit import key_history

    held = _load(folder)
    found = key_history.history(held, key, key_history.works(folder, watch(quiet)).works)
    if as_json:
        _json(found)
    else:
        out(f"{line}\n" for line in key_history.told(found))


# ------------------------------------------------------------------------------------------------ changes


@keys.command("set")
@click.argument("old")
@click.argument("new")
@project_option
@dry_option
@quiet_option
def set_key(old: str, new: str, folder: Path, dry_run: bool, quiet: bool) -> None:
    """Give the work with the key OLD the key NEW; OLD stays as an alias."""
    from bibkit import library, lock

    held = _load(folder)
    changed = lock.rename(held, old, new, day=library.today())
    _save(folder, changed, f"{lock.get(held, old).key} is {new} now", dry_run=dry_run, quiet=quiet)


@keys.command()
@click.argument("key")
@click.argument("alias")
@click.option("--remove", is_flag=True, help="Take the alias away; another work may have the name then.")
@click.option("--join", is_flag=True, help="ALIAS is the key of the same work: make the two one.")
@project_option
@dry_option
@quiet_option
def alias(key: str, alias: str, remove: bool, join: bool, folder: Path, dry_run: bool, quiet: bool) -> None:
    """Let the work KEY be cited as ALIAS too: BibLaTeX has it in `ids`."""
    from bibkit import lock

    if remove and join:
        raise UsageError("--remove and --join do not go together")
    held = _load(folder)
    change = lock.remove_alias if remove else lock.join if join else lock.add_alias
    what = "no name of" if remove else "an alias of"
    _save(folder, change(held, key, alias), f"{alias} is {what} {key} now", dry_run=dry_run, quiet=quiet)


@keys.command()
@click.argument("key", nargs=-1)
@click.option("--pattern", metavar="P", help="The pattern or its name; without it, the project's.")
@click.option("-o", "--output", metavar="MAP", default="-", help="File for the map; - is standard output.")
@project_option
@dry_option
@quiet_option
def rekey(key: tuple[str, ...], pattern: str | None, output: str, folder: Path, dry_run: bool, quiet: bool) -> None:
    """Give works new keys by a pattern: those of KEY..., or all. The old ones stay as aliases.

    Prints one line old=new for each key that changed; `bibkit tex rewrite --map MAP` makes documents follow.
    """
    from bibkit import key_history

    done = key_history.rekeyed(folder, _load(folder), key, pattern or "", watch(quiet))
    number, lines = len(done.changed), "".join(done.lines())
    piped = output == "-" or dry_run
    if piped:
        out([lines])
    beside = {} if piped else {Path(output): lines}
    what = f"{number} key{'s' * (number != 1)} changed"
    _save(folder, done.lock, what, dry_run=dry_run, quiet=quiet, beside=beside)


# ------------------------------------------------------------------------------------------------ what is wrong


@keys.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended, and write the lock.")
@project_option
@json_option
@dry_option
@quiet_option
def check(fix: bool, folder: Path, as_json: bool, dry_run: bool, quiet: bool) -> None:
    """Say what is wrong with the lock, with its lines: conflict marks, a key of two works, a work with two keys.

    Exit 1 if anything is left. Of two works with one key, the one that had it first keeps it; the other gets a
    suffix, and `bibkit keys explain` finds it by both.
    """
    from bibkit import key_history, lock

    reading = key_history.load_anyhow(folder)
    final = [problem for problem in reading.problems if not lock.mendable(problem)]
    fixed = fix and not final
    said = Report()
    if as_json:
        _json(
            {"lock": str(key_history.lock_path(folder)), "problems": reading.problems, "fixed": fixed and not dry_run}
        )
    else:
        said.add(*reading.problems)
    if fixed:
        _save(folder, reading.lock, "the lock is mended", dry_run=dry_run, quiet=quiet)
    elif fix:
        tell("bibkit: nothing was written, for the damaged lines would be lost")
    said.found = (not fixed or dry_run) and any(map(_counts, reading.problems))
    end(said, quiet, everything=not quiet)


def _counts(problem: Problem) -> bool:
    return problem.severity != "note"
