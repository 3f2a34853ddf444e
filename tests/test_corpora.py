"""Ratchets: which of the cases that other tools' authors wrote come out right.

`tests/ratchets/AREA.txt` lists every case, `+` where all its values agree and `-` where not. A success that fails now,
or a failure that succeeds, fails the run; `pytest --accept` writes what is so now. The corpora and the tool
that compares (its docstring says how) are not part of the repository; without them the tests are skipped.
"""

from __future__ import annotations

import importlib.util
import sys
from argparse import Namespace
from hashlib import blake2b
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bibkit import library, patterns
from bibkit.files import encode
from bibkit.problems import BibkitError, Report
from bibkit.settings import Settings

RATCHETS = Path(__file__).parent / "ratchets"
TEXTUAL = frozenset(
    {"names", "latex", "keys"}
)  # areas whose cases have no names but their text, which stays where it is
AREAS = ("bib2csl", "names", "latex", "robust", "roundtrip", "csl2bib", "ris2csl", "keys")


@pytest.fixture(scope="module")
def score() -> ModuleType:
    path = Path(__file__).parents[2] / "shared" / "tools" / "score.py"
    if not path.is_file():
        pytest.skip("the corpora beside the repository are not here")
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def converted(path: str, source: str, target: str) -> tuple[bytes | None, str, float]:
    """What the command line would print, without starting a process for each of a thousand cases."""
    said = Report()
    try:
        pieces = list(library.convert([path], target, said, from_format=source))
    except BibkitError as error:
        return None, str(error), 0.0
    if said.exit_code:
        return None, f"exit {said.exit_code}", 0.0
    return b"".join(encode(piece) if isinstance(piece, str) else piece for piece in pieces), "", 0.0


def previewed(path: str, source: str, pattern: str) -> tuple[bytes | None, str, float]:
    """What `bibkit keys preview` would print for the first entry."""
    said = Report()
    try:
        found = said.sift(library.records(library.open_sources([path], source, Settings(), said)))
        key = next((patterns.compile(pattern)(record) for record in found), "")
    except BibkitError as error:
        return None, str(error), 0.0
    return f"{key}\n".encode(), "", 0.0


def _label(area: str, case: str) -> str:
    return blake2b(case.encode(), digest_size=6).hexdigest() if area in TEXTUAL else case


def outcomes(score: ModuleType, area: str) -> dict[str, bool]:
    root = Path(score.__file__).parent.parent / "corpora"
    arguments = Namespace(
        converter="",
        keyer="",
        jobs=1,
        timeout=60,
        sources=[],
        exclude=[],
        max_mb=1e9,
        schema=None,
        show=0,
        per_case=True,
    )
    runner, corpora = score.Runner(arguments), score.Corpora(root, arguments)
    runner.convert = lambda path, source, target: converted(str(path), source, target)
    runner.keyer, runner.run = ["{input}", "{from}", "{formula}"], lambda words: previewed(*words)
    tallies: dict[str, Any] = score.DO[area](runner, corpora, score.find_schema(arguments, corpora))
    found: dict[str, bool] = {}
    for source, tally in tallies.items():
        for case in tally.cases:
            right = case.get("ok", True) and not (case.get("differ") or case.get("missing") or case.get("note"))
            name = f"{source}/{_label(area, case['case'] + case.get('formula', ''))}"
            found[name] = found.get(name, True) and right
    return found


@pytest.mark.parametrize("area", AREAS)
def test_ratchet(area: str, score: ModuleType, request: pytest.FixtureRequest) -> None:
    now = outcomes(score, area)
    path = RATCHETS / f"{area}.txt"
    if request.config.getoption("--accept"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            "".join(f"{'+' if right else '-'} {name}\n" for name, right in sorted(now.items())), encoding="utf-8"
        )
    lines = path.read_text(encoding="utf-8").splitlines()
    listed = {line[2:]: line[0] == "+" for line in lines}
    if listed.keys() != now.keys():
        pytest.skip("the corpora here are others than those that the ratchet was made with")
    changed = {name: right for name, right in now.items() if listed[name] != right}
    assert not changed, "these cases changed (True: it now succeeds); pytest --accept writes it down"
