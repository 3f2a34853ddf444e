"""The workflow: read -> merge -> key -> write. The one place that knows the whole way, and where state is kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from bibkit import decisions, difference, files, formats, joins, keys, lock, patterns, report, settings, text, versions
from bibkit.dedupe import Merged
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.lock import Lock
from bibkit.patterns import Pattern
from bibkit.problems import Problem, Report, StateError, UnknownFormat, UsageError
from bibkit.record import Record
from bibkit.rekey import anew
from bibkit.sync import replica
from bibkit.sync.project import labelled

SEEDS = "seeds"
EXPORTS = "exports"
LOCK = "keys.lock"
NOT_SOURCES = frozenset({settings.FILE, LOCK, decisions.FILE})
REPORT = "report.md"
TITLES = frozenset({"title", "title-short", "container-title", "collection-title", "volume-title", "event-title"})
BUILT = WriteOptions(protect=True)

# What `bibkit build` writes, and in which format.
TARGETS = {
    "references.bib": "bibtex",
    "references.biblatex.bib": "biblatex",
    "references.json": "csl-json",
    "references.ris": "ris",
}

Watch = Callable[[Iterable[Record | Problem], int], Iterable[Record | Problem]]  # items and the number of lines


def unwatched(items: Iterable[Record | Problem], _lines: int) -> Iterable[Record | Problem]:
    """A `Watch` that shows nothing."""
    return items


# ------------------------------------------------------------------------------------------------ reading


class Source(msgspec.Struct, frozen=True):
    """One input: the name that messages use, its text, its format, and what the reader is told."""

    name: str
    text: str
    format: Format
    options: ReadOptions
    data: bytes  # as they stood, of formats that can be given back unchanged


def open_sources(
    paths: Sequence[str], format_name: str, project: settings.Settings, said: Report, *, base: Path = Path()
) -> list[Source]:
    """The inputs that can be read, each with its format; the others become Problems in `said`.

    A format that is asked for by name must exist (UnknownFormat); one that is not recognised is a Problem of its file.
    """
    if format_name:
        formats.get(format_name)
    found = []
    for path in paths:
        source = _open(path, format_name, project, said, base)
        if source:
            found.append(source)
    return _introduced(found)


def _open(path: str, format_name: str, project: settings.Settings, said: Report, base: Path) -> Source | None:
    opened = open_source(path, format_name, project, said, base=base)
    return opened[0] if opened else None


def open_source(
    path: str, format_name: str, project: settings.Settings, said: Report, *, base: Path = Path()
) -> tuple[Source, files.Text] | None:
    """One input with its format, and the file as it was read; None where it cannot be, which is a Problem in `said`."""
    content = files.read(path if path == files.STDIN else str(base / path))
    name = files.STDIN_NAME if path == files.STDIN else path
    said.add(*(msgspec.structs.replace(problem, source=name) for problem in content.problems))
    if not content.readable:
        said.unread += 1
        return None
    told = project.source(Path(path).name)
    chosen = format_name or told.format or formats.detect(content.text) or _by_ending(path, content.text)
    if not chosen:
        said.unread += 1
        said.unknown += 1
        hint = "say which with --from; bibkit formats lists them"
        said.add(Problem("format-unknown", "no format recognises this file", "error", name, hint=hint))
        return None
    said.read += 1
    as_of = told.as_of.isoformat() if told.as_of else ""
    found = formats.get(chosen)
    data = content.data if found.inspect else b""  # other formats are never given back as they stood
    return Source(name, content.text, found, ReadOptions(type=told.type, as_of=as_of), data), content


def _by_ending(path: str, text: str) -> str:
    """An empty file is in the format of its name; else the ending counts only where the content does not speak."""
    return formats.by_suffix(path) or ("" if text.strip() else "listing")


def _introduced(sources: list[Source]) -> list[Source]:
    """Tell each reader the names that are certain in the other sources."""
    known = frozenset[str]().union(*(source.format.learn(source.text) for source in sources if source.format.learn))
    if not known:
        return sources
    return [_told(source, known_names=known) for source in sources]


def _told(source: Source, **options: Any) -> Source:
    """The source with options for its reader."""
    return msgspec.structs.replace(source, options=msgspec.structs.replace(source.options, **options))


def records(sources: Iterable[Source], watch: Watch = unwatched) -> Iterator[Record | Problem]:
    """Everything in the sources, in order."""
    for source in sources:
        if source.format.read is None:
            raise UnknownFormat(f"{source.format.name} can be written but not read")
        found = formats.guarded(source.format, source.format.read(source.text, source.name, source.options))
        yield from watch(found, source.text.count("\n") + 1)


def _counted(sources: Iterable[Source], said: Report, watch: Watch) -> Iterator[Record | Problem]:
    """Everything in the sources; one that gives errors and not a single record counts as unread."""
    for source in sources:
        gave = failed = False
        for item in records([source], watch):
            gave = gave or not isinstance(item, Problem)
            failed = failed or (isinstance(item, Problem) and item.severity == "error")
            yield item
        if failed and not gave:
            said.read -= 1
            said.unread += 1


def read(path: str | Path, format: str = "") -> Iterator[Record | Problem]:  # noqa: A002 (the field's own word)
    """Read one file, or standard input for `-`: its records in order, and Problems where there are any."""
    said = Report()
    sources = open_sources([str(path)], format, settings.Settings(), said)
    yield from said.problems
    yield from records(sources)


# ------------------------------------------------------------------------------------------------ writing


def write(
    items: Iterable[Record],
    format: str,  # noqa: A002
    options: WriteOptions = WriteOptions(),  # noqa: B008 (frozen)
    *,
    pattern: Pattern = keys.default_key,
) -> Iterator[str | Problem]:
    """Write records: the text in pieces, and a Problem for each value that the format cannot hold.

    Records without a key get one, unique among these records. Raises UnknownFormat.
    """
    target = formats.get(format)
    if target.write is None:
        raise UnknownFormat(f"{format} can be read but not written")
    return formats.guarded(target, target.write(keys.fill(items, pattern=pattern), options))


def convert(
    paths: Sequence[str],
    to: str,
    said: Report,
    *,
    from_format: str = "",
    options: WriteOptions = WriteOptions(),  # noqa: B008 (frozen)
    sentence_case: bool = False,
    note_lines: bool = False,
    pattern: str = "",
    rekey: bool = False,
    watch: Watch = unwatched,
) -> Iterator[str | bytes]:
    """The text of all inputs in another format; nothing is merged, incoming keys are kept; Problems go to `said`.

    (Bib)LaTeX to the same dialect gives back the bytes that came, unless an option asks for a change. With
    `sentence_case`, titles are lowered but for their first words and what is protected or has inner capitals; with
    `note_lines`, lines like `DOI: 10.1000/x` in the notes of CSL-JSON are variables. New keys are made by `pattern`;
    with `rekey` every record gets one, and its old key is an alias.
    """
    making = patterns.compile(pattern) if pattern else keys.default_key
    sources = open_sources(paths, from_format, settings.load(Path()), said)
    unchanged = not (sentence_case or options.latex or rekey) and all(source.format.name == to for source in sources)
    if sources and unchanged and (inspect := formats.get(to).inspect):
        said.add(*(problem for source in sources for problem in inspect(source.text, source.name)))
        return _as_they_stand(sources)
    if note_lines:
        sources = [_told(source, note_lines=True) for source in sources]
    found: Iterable[Record] = said.sift(_counted(sources, said, watch))
    found = map(_in_sentence_case, found) if sentence_case else found
    return said.sift(write(anew(found, making) if rekey else found, to, options, pattern=making))


def _as_they_stand(sources: Sequence[Source]) -> Iterator[str | bytes]:
    """One file as its bytes; several as their texts: bytes in two encodings, or two byte-order marks, are no file."""
    if len(sources) == 1:
        yield sources[0].data
        return
    for number, source in enumerate(sources):
        yield ("\n" if number and not source.text.startswith("\n") else "") + source.text


def _in_sentence_case(record: Record) -> Record:
    texts = {name: text.sentence_case(value) if name in TITLES else value for name, value in record.texts.items()}
    return msgspec.structs.replace(record, texts=texts)


# ------------------------------------------------------------------------------------------------ building


class Build(msgspec.Struct, frozen=True):
    """What a build makes: the works, and the text of each file, by its path below the project's folder."""

    folder: Path
    works: tuple[Record, ...]
    outputs: dict[str, str]
    on_lock: tuple[Problem, ...] = ()  # what its lock says about itself: true until the files are saved

    def save(self) -> list[str]:
        """Write the files that are not as they should be, all or none, and say which. Raises UsageError."""
        stale = self.stale()
        files.write_all({self.folder / name: self.outputs[name] for name in stale})
        return stale

    def stale(self) -> list[str]:
        """The files on disk that are not byte for byte what this build makes."""
        return [name for name, wanted in self.outputs.items() if self._standing(name) != files.encode(wanted)]

    def diff(self) -> Iterator[str]:
        """A unified diff from what stands on disk to what this build makes."""
        for name in self.stale():
            before = (self._standing(name) or b"").decode("utf-8", "replace")
            yield from difference.unified(before, self.outputs[name], f"{name} (on disk)", f"{name} (built now)")

    def _standing(self, name: str) -> bytes | None:
        path = self.folder / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise UsageError(f"{path}: cannot read it: {(error.strerror or str(error)).lower()}") from error


def build(
    folder: Path,
    said: Report,
    *,
    frozen: bool = False,
    rekey: bool = False,
    day: str = "",
    watch: Watch = unwatched,
    steps: Watch | None = None,
) -> Build:
    """`seeds/` to `exports/`: the result is a value; nothing is written before `Build.save`.

    The same inputs and lock give the same bytes, whatever the machine or the order of the entries. Raises UsageError
    for a folder without seeds or a bad `bibkit.toml`, StateError for a lock that cannot be used. With `frozen` no new
    key is given; with `rekey` the keys that new works bring are aliases only. `day` is written into new pins: today.
    `watch` sees the reading, `steps` the comparing.
    """
    project = settings.load(folder)
    reading = read_lock(folder / SEEDS / LOCK)
    known = reading.lock
    terms = key_terms(project.keys, frozen=frozen, rekey=rekey, day=day or today())
    decided = decision_file(folder).load()
    sources = open_sources(source_paths(folder), "", project, said, base=folder)
    found = _labelled(folder, project, list(said.sift(_counted(sources, said, watch))))
    joined = joins.join(found, decided, known, watch=steps)
    works = _keyed(joined, project, known, said, terms)
    outputs = {f"{SEEDS}/{LOCK}": lock.dumps(works.lock)}
    for name, format_name in TARGETS.items():
        shown = versions.chosen(works.records, project.exports.versions_in(name))
        outputs[f"{EXPORTS}/{name}"] = "".join(said.sift(write(_fitting(shown, format_name), format_name, BUILT)))
    names = [source.name for source in sources]
    outputs[f"{EXPORTS}/{REPORT}"] = report.markdown(works.records, names, said.sorted(), decided.made)
    return Build(folder, tuple(works.records), outputs, tuple(reading.problems))


def _labelled(folder: Path, project: settings.Settings, found: list[Record]) -> list[Record]:
    """The records with the keywords that the collections of the Zotero library are."""
    if not project.sync.collections:
        return found
    held, _ = replica.load(folder / project.sync.file)
    return labelled(found, held, project.sync.collections)


def _keyed(
    joined: joins.Joined, project: settings.Settings, known: Lock, said: Report, terms: keys.Terms
) -> keys.Assignment:
    """The works in the order of their keys, the versions of one work linked; what is worth saying goes to `said`."""
    merged = joined.merged(published_first=project.merge.published_first)
    assigned = keys.assign(merged.works, known, **terms)
    apart = {
        (assigned.records[one].key, assigned.records[other].key) for one, other in joins.settled(merged, joined.rulings)
    }
    said.add(*joined.rulings.problems, *merged.problems)
    said.add(*(problem for problem in assigned.problems if not _settled(problem, apart)))
    works = versions.linked(assigned.records, merged.versions)
    return keys.Assignment(sorted(works, key=lambda work: work.key), assigned.lock, [])


def keyed_works(joined: joins.Joined, folder: Path, known: Lock | None) -> list[Record]:
    """The works with the keys that a build of the project gives them, or without a lock with those that they came with.

    The versions of one work are linked. Nothing is said and nothing is written.
    """
    if known is not None:
        project = settings.load(folder)
        return _keyed(joined, project, known, Report(), key_terms(project.keys, day=today())).records
    return _with_own_keys(joined.merged(), Report())


def _with_own_keys(merged: Merged, said: Report) -> list[Record]:
    works, problems = joins.distinct(list(keys.fill(merged.works)))
    said.add(*problems)
    return versions.linked(works, merged.versions)


def write_merged(merged: Merged, to: str, said: Report, shown: versions.Choice = "both") -> Iterator[str]:
    """The text of merged records in a format, each with a key of its own; Problems go to `said`."""
    works = versions.chosen(_with_own_keys(merged, said), shown)
    return said.sift(write(_fitting(works, to), to, BUILT))


def _settled(problem: Problem, apart: Iterable[tuple[str, str]]) -> bool:
    """Whether this asks about two works that are known to be two."""
    others = (other for one, other in apart if one == problem.key)
    return problem.code == "key-work-twice" and any(f"the work {other!r} " in problem.message for other in others)


def _fitting(works: Iterable[Record], format_name: str) -> Iterable[Record]:
    """Versions as (Bib)LaTeX has them; the other formats carry them as they are, or say that they cannot."""
    return map(versions.as_related, works) if format_name in ("bibtex", "biblatex") else works


def decision_file(folder: Path) -> joins.DecisionFile:
    """Where the decisions of a project are kept, or those about files in a folder that is no project."""
    name = f"{SEEDS}/{decisions.FILE}" if (folder / SEEDS).is_dir() else decisions.FILE
    return joins.DecisionFile(folder / name, name)


def source_paths(folder: Path) -> list[str]:
    """The files in `seeds/` that hold papers, below the folder, in the order of their names."""
    seeds = folder / SEEDS
    if not seeds.is_dir():
        raise UsageError(f"{seeds}: there is no such folder; put your listings and bibliographies there")
    paths = sorted(path for path in seeds.iterdir() if not path.is_dir())
    return [f"{SEEDS}/{path.name}" for path in paths if path.name not in NOT_SOURCES and not path.name.startswith(".")]


def load_lock(path: Path) -> Lock:
    """The lock of a project; an empty one where there is none yet. Raises StateError with file and line."""
    return read_lock(path).lock


def read_lock(path: Path) -> lock.Reading:
    """As `load_lock`, with what is worth saying about the lock."""
    if not path.exists():
        return lock.Reading(Lock(), [])
    content = files.read(str(path))
    if not content.readable:
        raise StateError(f"{path}: {content.problems[0].message}; restore it from git, it holds your citation keys")
    return lock.read(content.text, str(path))


def key_terms(said: settings.Keys, *, frozen: bool = False, rekey: bool = False, day: str = "") -> keys.Terms:
    """How new keys are given in a project. Raises UsageError for a pattern that cannot be read."""
    pattern = patterns.compile(said.pattern) if said.pattern else keys.default_key
    return keys.Terms(
        pattern=pattern, pattern_name=said.pattern, frozen=frozen, rekey=rekey or not said.incoming, day=day
    )


def today() -> str:
    """The day, in UTC as for everybody; with SOURCE_DATE_EPOCH that one (reproducible-builds.org)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        now = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is {epoch!r}, which is no number of seconds since 1970") from error
    return now.date().isoformat()
