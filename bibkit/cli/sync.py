"""The commands that keep a project and a Zotero library in step."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from bibkit.cli.say import end, out, quiet_option, tell
from bibkit.cli.shared import project_option
from bibkit.problems import ConflictsLeft, Problem, Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.settings import Settings
    from bibkit.sync.model import Conflict, LibraryId, Plan, Step
    from bibkit.sync.run import Outcome
    from bibkit.sync.state import Memory, State
    from bibkit.zotero_api import Api
    from bibkit.zotero_project import Project

LINES = 40  # of a plan that are shown before the rest is only counted
WIDEST = 60  # characters of a value that are shown


@click.group()
def sync() -> None:
    """Keep the project and a Zotero library in step, both ways.

    The key is taken from ZOTERO_API_KEY or from the system's keyring (`bibkit sync login`). What both sides have is in
    seeds/zotero.json; what was agreed on is remembered in .bibkit/.
    """


library_option = click.option(
    "--library", metavar="L", default="", help="user, user:NUMBER, group:NUMBER or local; by default bibkit.toml's."
)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask before it is done.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@sync.command("zotero")
@project_option
@library_option
@click.option("--collection", metavar="PATH", default="", help='Only what is in this collection: "Papers/Video".')
@click.option("--dry-run", is_flag=True, help="Do nothing; show what would be done.")
@click.option("--push", is_flag=True, help="Only from the project to Zotero.")
@click.option("--pull", is_flag=True, help="Only from Zotero to the project.")
@click.option(
    "--prefer", type=click.Choice(["ours", "theirs", "newest"]), help="Who wins where both sides changed a field."
)
@click.option("--allow-delete", is_flag=True, help="Move to Zotero's trash what is gone from the files.")
@click.option("--revive", is_flag=True, help="Make again what was deleted in Zotero and is still in other files.")
@yes_option
@json_option
@quiet_option
def zotero(
    folder: Path,
    library: str,
    collection: str,
    dry_run: bool,
    push: bool,
    pull: bool,
    prefer: str | None,
    allow_delete: bool,
    revive: bool,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Bring both sides into step: what one of them changed goes to the other, field by field.

    A field that both changed is asked about, or left alone; the rest goes on, and the exit code is 7.
    """
    from bibkit.sync.plan import Options
    from bibkit.sync.run import sync as run

    if push and pull:
        raise UsageError("--push and --pull are two ways; without either, both are gone")
    with _session(folder, library, quiet) as (site, api, memory):
        chosen = site.settings.sync
        options = Options(
            direction="push" if push else "pull" if pull else "both",
            prefer=prefer or chosen.prefer,  # type: ignore[arg-type]  # click has checked it
            allow_delete=allow_delete,
            file_time=site.file_time(),
            revive=revive,
        )
        outcome = run(
            site,
            api,
            memory,
            options,
            ask=_asker(quiet or yes),
            confirm=_confirmer(yes, quiet),
            dry_run=dry_run,
            scope=collection or chosen.collection,
            watch=_watcher(quiet),
        )
        if chosen.attachments and not outcome.declined:
            outcome.problems += _sync_files(site, api, memory, options.direction, dry_run, quiet)
        _show(outcome, dry_run, as_json, quiet)


def _sync_files(site: Project, api: Api, memory: Memory, way: str, dry_run: bool, quiet: bool) -> list[Problem]:
    from bibkit.sync.files import sync_files

    moved = sync_files(site.folder, site.settings.sync.attachments, api, memory, dry_run=dry_run, way=way)
    would = "would " if dry_run else ""
    for what, names in (("download", moved.downloaded), ("upload", moved.uploaded)):
        for name in names:
            tell(f"{would}{what} {name}", quiet)
    return moved.problems


@sync.command()
@project_option
@library_option
@click.option("--dry-run", is_flag=True, help="Do nothing; show what would be done.")
@yes_option
@json_option
@quiet_option
def undo(folder: Path, library: str, dry_run: bool, yes: bool, as_json: bool, quiet: bool) -> None:
    """Take the last sync back, as far as nobody changed since what it had changed."""
    from bibkit.sync.undo import undo as take_back

    with _session(folder, library, quiet) as (site, api, memory):
        confirm = _confirmer(yes, quiet)
        outcome = take_back(site, api, memory, confirm=confirm, dry_run=dry_run, watch=_watcher(quiet))
        _show(outcome, dry_run, as_json, quiet)


@sync.command()
@project_option
@json_option
def status(folder: Path, as_json: bool) -> None:
    """Say which libraries this project was synced with, how many items there are, and how the last sync ended."""
    import msgspec

    rows = []
    with _remembered(folder) as state:
        for one, version, memory in _synced(state):
            known = memory.known("items").values()
            alive = [each for each in known if each.theirs and not each.theirs.get("deleted")]
            apart = sum(1 for each in alive if each.base != each.theirs)
            last = next(iter(memory.runs()), None)
            rows.append(
                {"library": str(one), "version": version, "items": len(alive), "apart": apart}
                | {"last": last.started if last else "", "finished": bool(last and last.ended)}
            )
    if as_json:
        out([msgspec.json.encode(rows), "\n"])
        return
    if not rows:
        tell("this project was never synced; `bibkit sync zotero --dry-run` shows what a first sync would do")
    for row in rows:
        ended = "" if row["finished"] or not row["last"] else ", broken off: the next sync goes on"
        last_time = f"last changed something {row['last']}{ended}" if row["last"] else "nothing changed yet"
        held = f"{row['items']} items at version {row['version']}, {row['apart']} not agreed"
        out([f"{row['library']}: {held}; {last_time}\n"])


@sync.command("log")
@project_option
@click.option("--run", "number", type=int, default=0, help="Show the steps of this run.")
@json_option
def show_log(folder: Path, number: int, as_json: bool) -> None:
    """List the syncs that changed something, or the steps of one of them."""
    import msgspec

    with _remembered(folder) as state:
        memories = [memory for _, _, memory in _synced(state)]
        if number:
            entries = [entry for memory in memories[:1] for entry in memory.entries(number)]
            if as_json:
                out([msgspec.json.encode(entries), "\n"])
            else:
                out(f"{entry.status:<8}{_line(entry.step)}{_why(entry.message)}\n" for entry in entries)
            return
        runs = [(run, len(memory.entries(run.number))) for memory in memories for run in memory.runs()]
    if as_json:
        shown = [{"run": run.number, "started": run.started, "ended": run.ended, "steps": steps} for run, steps in runs]
        out([msgspec.json.encode(shown), "\n"])
        return
    for run, steps in runs:
        what = f"undoes {run.undoes}" if run.undoes else "finished" if run.ended else "broken off"
        out([f"{run.number:>4}  {run.started}  {steps} steps, {what}\n"])


def _why(message: str) -> str:
    return f": {message}" if message else ""


@sync.command()
@project_option
def login(folder: Path) -> None:
    """Ask for a key of Zotero, say what it may do, and keep it in the system's keyring.

    A key is made at zotero.org/settings/keys. It is stored nowhere else, and never shown.
    """
    from bibkit import settings, zotero_project

    server = zotero_project.server_of(settings.load(folder), "")
    key = click.prompt("Key", hide_input=True, err=True).strip() if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not key:
        raise UsageError("no key was given")
    found = zotero_project.rights(server, key, _waiter(False))
    rights = {"read": True, "write": found.write, "notes": found.notes, "files": found.files}
    may = ", ".join(word for word, can in rights.items() if can)
    tell(f"the key of {found.name} (user {found.user}); it may: {may}")
    if not found.write:
        tell("it may not write: only --pull will work with it")
    zotero_project.keep_key(server, key)
    tell("kept in the keyring")


# ------------------------------------------------------------------------------------------------ one session


@contextmanager
def _session(folder: Path, library: str, quiet: bool) -> Iterator[tuple[Project, Api, Memory]]:
    """The project, its library and what is remembered of it, for this process alone."""
    try:
        import pyzotero  # noqa: F401
    except ImportError as error:
        raise UsageError("this needs pyzotero: pip install 'bibkit-toolkit[zotero]'") from error
    from bibkit import settings, zotero_project
    from bibkit.sync.state import opened

    chosen: Settings = settings.load(folder)
    zotero_project.check(folder)
    with opened(folder) as state, zotero_project.connect(chosen, library, state, _waiter(quiet)) as api:
        yield zotero_project.Project(folder, api.library), api, state.library(api.library)


@contextmanager
def _remembered(folder: Path) -> Iterator[State | None]:
    """What is remembered of the project's syncs; nothing is made where there was none."""
    from bibkit.sync.state import FILE, FOLDER, opened

    if not (folder / FOLDER / FILE).exists():
        yield None
        return
    with opened(folder) as state:
        yield state


def _synced(state: State | None) -> list[tuple[LibraryId, int, Memory]]:
    """Every library that was synced, its version, and what is remembered of it."""
    return [(one, version, state.library(one)) for one, version in state.libraries()] if state else []


def _waiter(quiet: bool) -> Any:
    """Waits with a countdown on a terminal, with one line elsewhere."""

    def wait(seconds: float, why: str) -> None:
        if quiet or not sys.stderr.isatty():
            tell(f"waiting {seconds:.0f} s: {why}", quiet)
            time.sleep(seconds)
            return
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            click.echo(f"\rwaiting {left:3.0f} s: {why} ", nl=False, err=True)
            time.sleep(min(1.0, left))
        click.echo("\r\033[K", nl=False, err=True)

    return wait


def _watcher(quiet: bool) -> Any:
    """Shows on a terminal how far the writing is."""

    def watch(done: int, total: int) -> None:
        if total > 50 and not quiet and sys.stderr.isatty():
            click.echo(f"\r{done} of {total} written\033[K" + ("\n" if done == total else ""), nl=False, err=True)

    return watch


# ------------------------------------------------------------------------------------------------ asking


def _asker(silent: bool) -> Any:
    from bibkit.sync.run import nobody

    return nobody if silent or not sys.stdin.isatty() else _ask


def _ask(conflict: Conflict) -> Literal["", "ours", "theirs"]:
    """Both values of a field, and one key for an answer."""
    what = "the item" if conflict.field == "*" else conflict.field
    tell(f"\n{conflict.title}: {what} was changed on both sides")
    for label, value in (("before", conflict.base), ("here", conflict.ours), ("Zotero", conflict.theirs)):
        tell(f"  {label:<7} {_value(value)}")
    answers: dict[str, Literal["", "ours", "theirs"]] = {"h": "ours", "z": "theirs", "s": ""}
    click.echo("take (h) what is here, (z) Zotero's, (s) skip: ", nl=False, err=True)
    while (pressed := click.getchar().lower()) not in answers:
        if pressed in ("\x03", "\x04"):
            raise KeyboardInterrupt
    tell(pressed)
    return answers[pressed]


def _confirmer(yes: bool, quiet: bool) -> Any:
    """Shows the plan and asks once, where there is something to do."""

    def confirm(plan: Plan) -> bool:
        if not plan.steps or yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError("nobody is here to ask: say --yes to do it, or --dry-run to see it")
        _show_plan(plan)
        return click.confirm("do this?", default=True, err=True)

    return confirm


# ------------------------------------------------------------------------------------------------ showing


def _show(outcome: Outcome, dry_run: bool, as_json: bool, quiet: bool) -> None:
    import msgspec

    if as_json:
        out([msgspec.json.format(msgspec.json.encode(outcome.plan), indent=2), "\n"])
    elif dry_run:
        out(f"{line}\n" for line in _plan_lines(outcome.plan))
    said = Report()
    said.add(*outcome.plan.problems, *(one for one in outcome.problems if one not in outcome.plan.problems))
    tell(_summary(outcome, dry_run), quiet)
    end(said, quiet, where="`bibkit sync log` has the steps")
    if outcome.open():
        raise ConflictsLeft(
            f"{_counted(len(outcome.open()), 'conflict')} left open; sync at a terminal, or say --prefer"
        )


def _summary(outcome: Outcome, dry_run: bool) -> str:
    if not outcome.plan.steps:
        return "nothing to do"
    counts: dict[str, int] = {}
    for step in outcome.plan.steps:
        name = f"{'would ' if dry_run else ''}{step.action}"
        counts[name] = counts.get(name, 0) + 1
    return ", ".join(f"{name} {number}" for name, number in counts.items())


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _show_plan(plan: Plan) -> None:
    lines = list(_plan_lines(plan))
    for line in lines[:LINES]:
        tell(line)
    if len(lines) > LINES:
        tell(f"... and {len(lines) - LINES} more lines; --dry-run shows all")


def _plan_lines(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        yield _line(step)
        yield from (f"    {one.field}: {_value(one.before)} -> {_value(one.after)}" for one in step.changes)
    for conflict in plan.open():
        what = "the whole item" if conflict.field == "*" else conflict.field
        sides = f"here {_value(conflict.ours)}, Zotero {_value(conflict.theirs)}"
        yield f"conflict  {conflict.title} ({conflict.key}): {what}: {sides}"


def _line(step: Step) -> str:
    place = "here" if step.is_local else "Zotero"
    kind = "collection " if step.kind == "collections" else ""
    return f"{step.action:<8} {place:<7} {kind}{step.work or step.key}: {_short(step.title)}"


def _value(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    return _short(value if isinstance(value, str) else str(value))


def _short(value: str) -> str:
    return value if len(value) <= WIDEST else f"{value[: WIDEST - 1]}…"
