"""The checks over real files: fixes do what they say and nothing else, and what is right is left in peace."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bibkit import checks, files, formats
from bibkit.checks.model import Finding, Terms
from bibkit.formats import ReadOptions, WriteOptions
from bibkit.record import Record

ROOT = Path(__file__).parents[1]
FOLDERS = ("robust_serde_wild", "real_bibs", "ris_real_asreview", "ris_real_citesource")
ENDINGS = (".bib", ".ris", ".json")
LARGEST = 400_000  # bytes; what larger files have is in smaller ones as well
TERMS = Terms(today=datetime.date(2026, 12, 1), folder=Path("nowhere"))


def sources(shared: Path) -> Iterator[tuple[str, str, str]]:
    """Name, text and format of every file of the corpora that is not too large."""
    for folder in FOLDERS:
        for path in sorted((shared / "corpora" / folder).rglob("*")):
            if path.suffix in ENDINGS and path.stat().st_size < LARGEST:
                text = files.decode(path.read_bytes()).text
                if form := formats.detect(text):
                    yield f"{folder}/{path.name}", text, form


def csl(text: str, form: str) -> list[dict[str, Any]]:
    """The entries of a text as CSL-JSON, in order; what only their format has stands with the rest."""
    read, write = formats.get(form).read, formats.get("csl-json").write
    assert read and write  # noqa: PT018  (for mypy)
    records = [item for item in read(text, "file", ReadOptions()) if isinstance(item, Record)]
    written = "".join(part for part in write(records, WriteOptions()) if isinstance(part, str))
    return [{**item.pop("custom", {}), **item} for item in msgspec.json.decode(written)] if records else []


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The members in which two items differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def kinds(findings: tuple[Finding, ...] | list[Finding]) -> Counter[tuple[int, str]]:
    """How many findings of each code an entry has; those across entries come and go with the others."""
    known = checks.available()[0]
    return Counter(
        (one.item, one.problem.code)
        for one in findings
        if one.problem.code not in known or not known[one.problem.code].across
    )


def complaints(name: str, text: str, form: str, *, unsafe: bool) -> Iterator[str]:
    """What the fixes of a file do that they must not."""
    first = checks.look(text, name, form, TERMS)
    done = checks.mend(text, name, form, TERMS, unsafe=unsafe, first=first)
    if done.text == text:
        return
    again = checks.mend(done.text, name, form, TERMS, unsafe=unsafe)
    if again.text != done.text:
        yield f"{name}: a second run mends {again.made[0].problem}"
    yield from (f"{name}: made {code} in entry {item}" for item, code in kinds(done.left) - kinds(first.findings))
    refused = {(one.item, one.problem.code) for one in done.refused}
    for one in done.left:
        if one.fix and (one.fix.safe or unsafe) and (one.item, one.problem.code) not in refused:
            yield f"{name}: left {one.problem}"
    yield from unnamed(name, first, done, form, text)


def unnamed(name: str, first: checks.Look, done: checks.Mended, form: str, text: str) -> Iterator[str]:
    """Where an entry says something else as CSL than the fixes of it, or of what it inherits from, name."""
    named: dict[int, set[str]] = {}
    for one in done.made:
        named.setdefault(one.item, set()).update(one.changes)
    everywhere = set().union(*named.values())
    before, after = csl(text, form), csl(done.text, form)
    assert len(before) == len(after) == len(first.items), name
    for number, (ours, theirs) in enumerate(zip(before, after, strict=True)):
        may = everywhere if first.items[number].parents else named.get(number, set())
        if more := changed(ours, theirs) - may:
            yield f"{name}: {ours.get('id')} changes in {more}"


@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_fixes_change_what_they_name_and_make_no_findings(shared: Path, unsafe: bool) -> None:
    wrong = [said for name, text, form in sources(shared) for said in complaints(name, text, form, unsafe=unsafe)]
    assert not wrong, "\n".join(wrong[:40])


@pytest.mark.parametrize("path", sorted((ROOT / "exports").glob("references.*")), ids=lambda path: path.name)
def test_nothing_is_said_of_what_bibkit_wrote(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not [one.problem for one in checks.check_text(text, path.name, formats.detect(text), TERMS)]


EXAMPLES = Path("/usr/share/texlive/texmf-dist/bibtex/bib/biblatex/biblatex/biblatex-examples.bib")


@pytest.mark.skipif(not EXAMPLES.exists(), reason="TeX Live's biblatex-examples.bib is not installed")
def test_what_is_said_of_the_examples_of_biblatex() -> None:
    """One finding, and a right one: baez/online is the preprint of baez/article."""
    text = files.decode(EXAMPLES.read_bytes()).text
    found = checks.check_text(text, EXAMPLES.name, "biblatex", TERMS)
    assert [(one.problem.code, one.problem.key) for one in found] == [("preprint-published", "baez/online")]
