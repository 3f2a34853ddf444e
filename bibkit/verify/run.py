"""Ask the witnesses about files: read, write as BibTeX what is in another format, ask, compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bibkit import keys, library, settings
from bibkit.formats import WriteOptions
from bibkit.library import Source
from bibkit.problems import NothingRead, Report
from bibkit.record import Record
from bibkit.verify import ours
from bibkit.verify.compare import compare
from bibkit.verify.model import Asked, Difference, Ours, Reading, Skill, Verdict
from bibkit.verify.running import Failed, folder
from bibkit.verify.witnesses import INPUT, Call, Witness

LIMIT = 60.0  # seconds for one witness and one file
PACE = 10_000  # characters for which there is a second more: biber reads some 30,000 in one
DIALECTS = ("bibtex", "biblatex")
OPTIONS = WriteOptions(protect=True)

Steps = Callable[[Iterable[Any], int], Iterable[Any]]  # shows how far it has come


def verify(
    paths: Sequence[str],
    witnesses: Sequence[Witness],
    said: Report,
    *,
    to: str = "",
    limit: float = 0,
    steps: Steps | None = None,
) -> list[Verdict]:
    """A verdict for each file that can be read; what is wrong with the others goes to `said`.

    A file in another format than `to` is written in it first, and the witnesses are asked about that; without `to` a
    (Bib)LaTeX file stays as it is. `limit` is how many seconds a witness has; 0 goes by the length of the file. Raises
    NothingRead where none of the witnesses is installed.
    """
    if not any(witness.program() for witness in witnesses):
        names = ", ".join(witness.name for witness in witnesses)
        raise NothingRead(f"nobody can be asked: not installed: {names}")
    versions: dict[str, str] = {}
    sources = library.open_sources(paths, "", settings.load(Path()), said)
    questions = [witness for _ in sources for witness in witnesses]
    watched = iter(steps(questions, len(questions)) if steps else questions)
    ask = partial(_ask, limit=limit, versions=versions)
    return [_verdict(_prepared(source, to, said), source, islice(watched, len(witnesses)), ask) for source in sources]


Prepared = tuple[str, str, list[Ours]]  # the dialect, the text that the witnesses read, and what bibkit sees


def _verdict(
    prepared: Prepared,
    source: Source,
    witnesses: Iterable[Witness],
    ask: Callable[[Witness, str, str], tuple[Asked, Reading | None]],
) -> Verdict:
    dialect, text, mine = prepared
    asked: list[Asked] = []
    readings: dict[str, Reading] = {}
    skills: dict[str, Skill] = {}
    for witness in witnesses:
        how, reading = ask(witness, text, dialect)
        asked.append(how)
        if reading is not None:
            readings[witness.name], skills[witness.name] = reading, witness.skill(dialect)
    differences = compare(mine, readings, skills)
    counted = tuple(_with_count(one, differences) for one in asked)
    written = source.format.name if source.format.name != dialect else ""
    return Verdict(source.name, dialect, len(mine), differences, counted, written)


def _with_count(asked: Asked, differences: Sequence[Difference]) -> Asked:
    return replace(asked, differences=sum(asked.name in one.witnesses for one in differences))


def _prepared(source: Source, to: str, said: Report) -> Prepared:
    name = source.format.name
    dialect = to or (name if name in DIALECTS else DIALECTS[0])
    found = list(_read(source, said))
    if name == dialect:
        return dialect, source.text, list(ours.entries(found, source.text))
    keyed = list(keys.fill(found))
    written = Report()
    text = "".join(written.sift(library.write(keyed, dialect, OPTIONS)))
    return dialect, text, list(ours.entries(keyed, text))


def _read(source: Source, said: Report) -> Iterator[Record]:
    """The records of a source; one that gives errors and not a single record counts as unread."""
    report = Report()
    found = list(report.sift(library.records([source])))
    errors = [problem for problem in report.problems if problem.severity == "error"]
    said.add(*errors)
    if errors and not found:
        said.read -= 1
        said.unread += 1
    yield from found


def _ask(
    witness: Witness, text: str, dialect: str, *, limit: float, versions: dict[str, str]
) -> tuple[Asked, Reading | None]:
    """How it went, and what was read, if anything. `versions` keeps what is known already."""
    program = witness.program()
    if not program:
        return Asked(witness.name, why="not installed"), None
    with folder() as place:
        (place / INPUT).write_bytes(text.encode("utf-8", "replace"))
        call = Call(place, dialect, program, limit or LIMIT + len(text) // PACE)
        if witness.name not in versions:
            versions[witness.name] = witness.version(call)
        asked = Asked(witness.name, versions[witness.name])
        try:
            reading = witness.read(call)
        except Failed as error:
            return replace(asked, why=str(error), failed=True), None
    return replace(asked, entries=len(reading.entries), said=reading.said), reading
