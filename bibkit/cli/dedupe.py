"""The commands about duplicates: join files or look at a project, explain a work, split a merge."""

from __future__ import annotations

import getpass
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from bibkit.cli.say import end, out, quiet_option, steps, tell, watch
from bibkit.problems import Report, UsageError

if TYPE_CHECKING:  # at run time the library is imported by the command that needs it: `bibkit --version` stays quick
    from bibkit.formats import Format
    from bibkit.joins import DecisionFile, Joined
    from bibkit.lock import Lock
    from bibkit.record import Record

_NOTHING = ""  # the name of the command that runs where no command is named


class InputsOrCommand(click.Group):
    """A group whose first argument is a command's name or, if it is none, an input of the command without a name.

    A file that is called like a command is given as `./explain`.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Hand everything to the command without a name, unless another is named or help is asked for."""
        named = bool(args) and (args[0] in self.list_commands(ctx) or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["--", _NOTHING, *args])

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands that have a name."""
        return [name for name in super().list_commands(ctx) if name]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Both ways to call it."""
        formatter.write_usage(ctx.command_path, "[OPTIONS] [IN]...")
        formatter.write_usage(ctx.command_path, f"{'|'.join(self.list_commands(ctx))} KEY [IN]...")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of the command without a name, then the commands."""
        join_options = click.Command.format_options
        join_options(self.commands[_NOTHING], click.Context(self.commands[_NOTHING], parent=ctx), formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=InputsOrCommand)
def dedupe() -> None:
    """Find duplicates: what is surely the same is joined, what is in doubt is listed with its evidence.

    IN is one file or several; - is standard input. Without IN, the project's seeds/ are looked at: `bibkit build`
    joins them, and what you answer here is kept in seeds/decisions.toml, which every build reads.
    """


inputs_argument = click.argument("inputs", metavar="[IN]...", nargs=-1, type=click.Path(allow_dash=True))
from_option = click.option("--from", "from_format", metavar="F", help="Format of the inputs; without it, they tell.")
decisions_option = click.option(
    "--decisions",
    metavar="F",
    type=click.Path(dir_okay=False),
    help="Where decisions are kept; by default seeds/decisions.toml, or decisions.toml where there is no seeds/.",
)


@dedupe.command(_NOTHING)
@inputs_argument
@from_option
@click.option("--to", metavar="F", help="Format of the result; without it, the ending of -o or the inputs tell.")
@click.option("-o", "--output", metavar="OUT", default="", help="File for the joined records; - is standard output.")
@click.option("--clusters", metavar="CSV", default="", help="File for a table: id, cluster_id, work_id; - is allowed.")
@decisions_option
@click.option("--review", is_flag=True, help="Ask about each pair in doubt, side by side, one key for an answer.")
@click.option("--web", is_flag=True, help="The same as a page in the browser, which only this machine can open.")
@click.option("--no-open", is_flag=True, help="With --web: print the address of the page and open no browser.")
@click.option("--port", metavar="N", type=click.IntRange(0, 65535), help="With --web: the port; by default a free one.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print pairs with their evidence, clusters and works as JSON.")
@click.option(
    "--versions",
    type=click.Choice(["both", "published", "latest"]),
    default="both",
    help="Which versions of a work the result holds; both are linked.",
)
@click.option("--published-first", is_flag=True, help="What a published record says goes before what a preprint says.")
@quiet_option
def join(inputs: tuple[str, ...], quiet: bool, decisions: str | None, from_format: str | None, **asked: Any) -> None:
    """Join the records of files, or look at the project's seeds/."""
    said = Report()
    wanted = _Wanted(inputs, **asked)
    wanted.check()
    desk = _open(inputs, from_format, decisions, said, quiet, new=wanted.asks)
    joined = desk.join(quiet)
    if wanted.asks:
        joined = _reviewed(wanted, desk, joined)
    _deliver(wanted, desk, joined, said)
    tell(_summary(joined, asks=not inputs), quiet)
    end(said, quiet)


class _Wanted(NamedTuple):
    """What was asked for."""

    inputs: tuple[str, ...]
    to: str | None
    output: str
    clusters: str
    review: bool
    web: bool
    no_open: bool
    port: int | None
    yes: bool
    as_json: bool
    versions: str
    published_first: bool

    def check(self) -> None:
        """Raises UsageError where two things cannot be had together."""
        self.check_review()
        printed = [self.as_json, self.clusters == "-", self.result and self.output in ("", "-")]
        if sum(printed) > 1:
            raise UsageError("standard output can take one result; give -o or --clusters a file")

    def check_review(self) -> None:
        """Raises UsageError where nobody can be asked in the way that is wanted."""
        if self.asks and self.yes:
            raise UsageError(f"--{'web' if self.web else 'review'} asks and --yes does not; give one of them")
        if self.review and self.web:
            raise UsageError("--review asks at the terminal and --web in a browser; give one of them")
        if (self.no_open or self.port is not None) and not self.web:
            raise UsageError("--no-open and --port are for --web")
        if self.review:
            from bibkit.cli.review import check_terminal

            check_terminal()
        if self.web:
            from bibkit.cli.review_web import check_flask

            check_flask()

    @property
    def asks(self) -> bool:
        """Whether there is a review, of either kind."""
        return self.review or self.web

    @property
    def result(self) -> bool:
        """Whether the joined records are asked for: by name, or because nothing else is."""
        return bool(self.output or self.to or (self.inputs and not (self.clusters or self.as_json or self.asks)))


class _Desk(NamedTuple):
    """Inputs that were read, with the decisions and keys that count for them."""

    formats: list[Format]  # of the inputs, whose text is not needed any more
    records: list[Record]
    store: DecisionFile
    lock: Lock
    all_there: bool  # whether a decision about a work that is not here is worth a word

    def join(self, quiet: bool) -> Joined:
        """What belongs together, by the decisions as they stand now."""
        from bibkit import joins
        from bibkit.record import replace

        joined = joins.join(self.records, self.store.load(), self.lock, watch=steps(quiet))
        if self.all_there:
            return joined
        rest = tuple(one for one in joined.rulings.problems if one.code != "decision-gone")
        return replace(joined, rulings=replace(joined.rulings, problems=rest))


def _open(
    inputs: Sequence[str],
    from_format: str | None,
    decisions: str | None,
    said: Report,
    quiet: bool,
    *,
    new: bool = False,
) -> _Desk:
    """Read the inputs, or without any the project's seeds; a decisions file that is named must exist, unless `new`."""
    from bibkit import joins, library, settings

    if decisions and not new and not Path(decisions).exists():
        raise UsageError(f"{decisions}: there is no such file")
    folder = Path()
    project = settings.load(folder)
    sources = library.open_sources(inputs or library.source_paths(folder), from_format or "", project, said)
    records = list(said.sift(library.records(sources, watch(quiet))))
    store = joins.DecisionFile(Path(decisions)) if decisions else library.decision_file(folder)
    known = library.load_lock(folder / library.SEEDS / library.LOCK)
    return _Desk([source.format for source in sources], records, store, known, all_there=not inputs or bool(decisions))


def _reviewed(wanted: _Wanted, desk: _Desk, joined: Joined) -> Joined:
    """Ask, and join anew by the answers."""
    from bibkit.cli import review, review_web
    from bibkit.review import Session

    rulings = joined.rulings
    session = Session(
        joined.records, joined.matching, desk.store, decided=rulings.decided, preferred=rulings.preferred, who=_who()
    )
    if wanted.web:
        answers = review_web.review(session, desk.store.shown, wanted.port or 0, opens=not wanted.no_open)
    else:
        answers = review.review(session, desk.store.shown)
    return desk.join(quiet=True) if answers else joined


def _who() -> str:
    """The name that git knows, else the login name."""
    git = shutil.which("git")
    if git:
        asked = subprocess.run([git, "config", "user.name"], capture_output=True, text=True, check=False)  # noqa: S603
        if name := asked.stdout.strip():
            return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a system without login names
        return ""


def _deliver(wanted: _Wanted, desk: _Desk, joined: Joined, said: Report) -> None:
    """Write what was asked for. Nothing is written over what stands on disk when nothing could be read."""
    from bibkit import joins

    if wanted.result:
        text = _result(wanted, desk, joined, said)
        _put(wanted.output or "-", text, said)
    else:
        said.add(*joined.doubts())
    if wanted.as_json:
        out([joins.as_json(joined.records, joined.matching)])
    if wanted.clusters:
        _put(wanted.clusters, list(joins.clusters_csv(joined.records, joined.matching)), said)


def _put(path: str, text: list[str], said: Report) -> None:
    from bibkit import files

    if path == "-":
        out(text)
    elif not said.exit_code:
        files.write(Path(path), text)


def _result(wanted: _Wanted, desk: _Desk, joined: Joined, said: Report) -> list[str]:
    from bibkit import library

    to = _target(wanted, desk, said)
    if not to:
        return []
    merged = joined.merged(published_first=wanted.published_first)
    said.add(*joined.rulings.problems, *merged.problems)
    return list(library.write_merged(merged, to, said, wanted.versions))  # type: ignore[arg-type]  # click has checked it


def _target(wanted: _Wanted, desk: _Desk, said: Report) -> str:
    """The format of the result: as named, by the ending of the file, or the one that all inputs share."""
    from bibkit import formats

    if found := wanted.to or (formats.by_suffix(wanted.output) if wanted.output not in ("", "-") else ""):
        return found
    shared = {each.name for each in desk.formats if each.write}
    if len(shared) == 1 and all(each.write for each in desk.formats):
        return shared.pop()
    if not desk.formats and said.problems:
        return ""  # nothing could be read, which is said
    raise UsageError("say which format to write, with --to; `bibkit formats` lists them")


def _summary(joined: Joined, *, asks: bool) -> str:
    from bibkit.dedupe.works import doubts

    found = joined.matching
    left = len(doubts(found, joined.rulings.decided))
    works = f"{_counted(len(found.clusters), 'publication')} of {_counted(len(found.works), 'work')}"
    told = f"{_counted(len(joined.records), 'record')}: {works}"
    if not left:
        return told
    ask = "; bibkit dedupe --review asks" if asks else "; --review asks"
    return f"{told}, {_counted(left, 'pair')} in doubt{ask}"


def _counted(number: int, name: str) -> str:
    return f"{number} {name}{'s' * (number != 1)}"


# ------------------------------------------------------------------------------------------------ explain, split


@dedupe.command()
@click.argument("key")
@inputs_argument
@from_option
@decisions_option
@quiet_option
def explain(key: str, inputs: tuple[str, ...], from_format: str | None, decisions: str | None, quiet: bool) -> None:
    """Show where each value of a work came from, and what its other entries say."""
    from bibkit import explain as explaining
    from bibkit import versions

    said = Report()
    desk = _open(inputs, from_format, decisions, said, quiet)
    work = _find(key, _works(desk, quiet, project=not inputs))
    out(f"{line}\n" for line in explaining.told(work, versions.versions_of(work)))
    end(said, quiet=True)


def _works(desk: _Desk, quiet: bool, *, project: bool) -> Sequence[Record]:
    """The works with the keys that a build gives them, or for files those that they have."""
    from bibkit import library

    joined = desk.join(quiet)
    return library.keyed_works(joined, Path(), desk.lock if project else None)


def _find(key: str, works: Sequence[Record]) -> Record:
    """The work of this key or alias. Raises UsageError, naming near ones."""
    from difflib import get_close_matches

    from bibkit.lock import caseless

    named = {caseless(name): work for work in reversed(works) for name in (*work.aliases, work.key)}
    if caseless(key) in named:
        return named[caseless(key)]
    near = get_close_matches(caseless(key), named, 1)
    raise UsageError(f"no work has the key {key!r}" + (f"; did you mean {named[near[0]].key!r}?" if near else ""))


@dedupe.command()
@click.argument("key")
@inputs_argument
@from_option
@decisions_option
@click.option(
    "--entry",
    "entries",
    metavar="WHERE",
    multiple=True,
    help="Take only this entry (FILE:LINE or its key) out; may be repeated.",
)
@click.option("--why", default="", help="A reason, which is kept with the decision.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be kept apart.")
@quiet_option
def split(
    key: str,
    inputs: tuple[str, ...],
    from_format: str | None,
    decisions: str | None,
    entries: tuple[str, ...],
    why: str,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Take a merge apart again: its entries are kept as different works, each with a key of its own.

    The decision goes into decisions.toml, so that no later build joins them again; in a project, keys.lock gives the
    keys of the others free.
    """
    from bibkit import decisions as decided
    from bibkit import library, splits

    said = Report()
    desk = _open(inputs, from_format, decisions, said, quiet, new=True)
    work = _find(key, _works(desk, quiet, project=not inputs))
    if inputs and not work.parts:
        raise UsageError(
            f"{work.key} stands once in these files, and a file does not tell what its entries were merged from; "
            "name the files that they came from, or run this in the project"
        )
    parting = splits.plan(
        work, desk.records, desk.store.load(), entries, who=_who(), when=decided.now_in_utc(), why=why
    )
    if not dry_run:
        parting.save(desk.store, None if inputs else Path(library.SEEDS, library.LOCK), desk.lock)
    tell(f"{'would keep' if dry_run else 'kept'} apart: {parting}", quiet)
    tell("run `bibkit build`" if not inputs else f"kept in {desk.store.shown}", quiet or dry_run)
    end(said, quiet=True)
