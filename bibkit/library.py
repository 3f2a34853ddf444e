"""The workflow: read -> merge -> key -> write. The one place that knows the whole way, and where state is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bibkit import dedupe, difference, files, formats, keys, lock, report, settings, text
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.lock import Lock
from bibkit.problems import Problem, Report, StateError, UnknownFormat, UsageError
from bibkit.record import Record

SEEDS = "seeds"
EXPORTS = "exports"
LOCK = "keys.lock"
NOT_SOURCES = frozenset({settings.FILE, LOCK, "decisions.toml"})
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
    data: bytes


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
    return Source(name, content.text, formats.get(chosen), ReadOptions(type=told.type, as_of=as_of), content.data)


def _by_ending(path: str, text: str) -> str:
    """An empty file is in the format of its name; else the ending counts only where the content does not speak."""
    return formats.by_suffix(path) or ("" if text.strip() else "listing")


def _introduced(sources: list[Source]) -> list[Source]:
    """Tell each reader the names that are certain in the other sources."""
    known = frozenset[str]().union(*(source.format.learn(source.text) for source in sources if source.format.learn))
    if not known:
        return sources
    told = msgspec.structs.replace
    return [told(source, options=told(source.options, known_names=known)) for source in sources]


def records(sources: Iterable[Source], watch: Watch = unwatched) -> Iterator[Record | Problem]:
    """Everything in the sources, in order."""
    for source in sources:
        if source.format.read is None:
            raise UnknownFormat(f"{source.format.name} can be written but not read")
        found = formats.guarded(source.format, source.format.read(source.text, source.name, source.options))
        yield from watch(found, source.text.count("\n") + 1)


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
) -> Iterator[str | Problem]:
    """Write records: the text in pieces, and a Problem for each value that the format cannot hold.

    Records without a key get one, unique among these records. Raises UnknownFormat.
    """
    target = formats.get(format)
    if target.write is None:
        raise UnknownFormat(f"{format} can be read but not written")
    return formats.guarded(target, target.write(keys.fill(items), options))


def convert(
    paths: Sequence[str],
    to: str,
    said: Report,
    *,
    from_format: str = "",
    options: WriteOptions = WriteOptions(),  # noqa: B008 (frozen)
    sentence_case: bool = False,
    watch: Watch = unwatched,
) -> Iterator[str | bytes]:
    """The text of all inputs in another format; nothing is merged, incoming keys are kept; Problems go to `said`.

    (Bib)LaTeX to the same dialect gives back the bytes that came, unless an option asks for a change. With
    `sentence_case`, titles are lowered but for their first words and what is protected or has inner capitals.
    """
    sources = open_sources(paths, from_format, settings.load(Path()), said)
    unchanged = not sentence_case and not options.latex and all(source.format.name == to for source in sources)
    if sources and unchanged and (inspect := formats.get(to).inspect):
        said.add(*(problem for source in sources for problem in inspect(source.text, source.name)))
        return _as_they_stand(sources)
    found = said.sift(records(sources, watch))
    return said.sift(write(map(_in_sentence_case, found) if sentence_case else found, to, options))


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


def build(folder: Path, said: Report, *, frozen: bool = False, watch: Watch = unwatched) -> Build:
    """`seeds/` to `exports/`: the result is a value; nothing is written before `Build.save`.

    The same inputs and lock give the same bytes, whatever the machine or the order of the entries. Raises UsageError
    for a folder without seeds or a bad `bibkit.toml`, StateError for a lock that cannot be used.
    """
    project = settings.load(folder)
    sources = open_sources(source_paths(folder), "", project, said, base=folder)
    found = list(said.sift(records(sources, watch)))
    merged = dedupe.works(found)
    said.add(*merged.problems)
    assigned = keys.assign(merged.works, load_lock(folder / SEEDS / LOCK), frozen=frozen)
    said.add(*assigned.problems)
    works = tuple(sorted(assigned.records, key=lambda work: work.key))
    outputs = {f"{SEEDS}/{LOCK}": lock.dumps(assigned.lock)}
    for name, format_name in TARGETS.items():
        outputs[f"{EXPORTS}/{name}"] = "".join(said.sift(write(works, format_name, BUILT)))
    outputs[f"{EXPORTS}/{REPORT}"] = report.markdown(works, [source.name for source in sources], said.sorted())
    return Build(folder, works, outputs)


def source_paths(folder: Path) -> list[str]:
    """The files in `seeds/` that hold papers, below the folder, in the order of their names."""
    seeds = folder / SEEDS
    if not seeds.is_dir():
        raise UsageError(f"{seeds}: there is no such folder; put your listings and bibliographies there")
    paths = sorted(path for path in seeds.iterdir() if not path.is_dir())
    return [f"{SEEDS}/{path.name}" for path in paths if path.name not in NOT_SOURCES and not path.name.startswith(".")]


def load_lock(path: Path) -> Lock:
    """The lock of a project; an empty one where there is none yet. Raises StateError with file and line."""
    if not path.exists():
        return Lock()
    content = files.read(str(path))
    if not content.readable:
        raise StateError(f"{path}: {content.problems[0].message}; restore it from git, it holds your citation keys")
    return lock.loads(content.text, str(path))
