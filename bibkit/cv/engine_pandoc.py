"""The engine pandoc: its own citeproc, where the program is installed. It needs the file of a style.

All works go through one call, so styles that tell works of one author and year apart by letters do so here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bibkit.cv import engines, styles
from bibkit.cv.runs import PLAIN, Look, Run, joined
from bibkit.cv.styles import Style
from bibkit.problems import UsageError
from bibkit.record import Record


class Pandoc:
    """See `engines.Engine`."""

    def render(self, records: Sequence[Record], style: Style, lang: str) -> list[tuple[Run, ...]]:
        """One entry for each record."""
        program = shutil.which("pandoc")
        if not program:
            raise UsageError("the engine pandoc needs the program pandoc, which is not installed")
        items = engines.items(records)
        path = styles.file_of(style, "pandoc")
        found = {key: joined(runs) for key, runs in _entries(_run(program, items, path, lang or "en-US"))}
        return [found.get(item["id"], ()) for item in items]


ENGINE = Pandoc()


def _run(program: str, items: list[dict[str, Any]], style: Path, lang: str) -> list[Any]:
    """The blocks of a document that cites everything."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "works.json").write_text(json.dumps(items), encoding="utf-8")
        heading = {"nocite": "@*", "bibliography": str(Path(folder) / "works.json"), "csl": str(style), "lang": lang}
        (Path(folder) / "head.json").write_text(json.dumps(heading), encoding="utf-8")
        command = [program, "--citeproc", "--from=markdown", "--to=json", f"--metadata-file={folder}/head.json"]
        done = subprocess.run(command, input=b"", capture_output=True, check=False)  # noqa: S603  (no shell)
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())
        raise UsageError(f"{style}: pandoc cannot render this style: {said}")
    blocks: list[Any] = json.loads(done.stdout)["blocks"]
    return blocks


def _entries(blocks: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[Run]]]:
    """The key and the runs of each entry: `Div`s whose id begins with `ref-`."""
    for block in blocks:
        if block["t"] == "Div":
            (identifier, _, _), inner = block["c"]
            if identifier.startswith("ref-"):
                yield identifier.removeprefix("ref-"), list(_blocks(inner))
            else:
                yield from _entries(inner)


def _blocks(blocks: Iterable[Mapping[str, Any]]) -> Iterator[Run]:
    for block in blocks:
        if block["t"] in ("Para", "Plain"):
            yield from _inlines(block["c"], PLAIN)
        elif block["t"] == "Div":
            yield from _blocks(block["c"][1])


_CHANGES = {
    "Emph": {"italic": True},
    "Strong": {"bold": True},
    "SmallCaps": {"small_caps": True},
    "Superscript": {"up": True},
    "Subscript": {"down": True},
    "Underline": {"underlined": True},
}
_BLANKS = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}


def _inlines(nodes: Iterable[Mapping[str, Any]], look: Look) -> Iterator[Run]:
    for node in nodes:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind in ("Str", *_BLANKS):
            yield Run(_BLANKS.get(kind) or str(content), look)
        elif kind in _CHANGES:
            yield from _inlines(content, msgspec.structs.replace(look, **_CHANGES[kind]))
        elif kind == "Quoted":
            marks = "‘’" if content[0]["t"] == "SingleQuote" else "“”"
            yield from (Run(marks[0], look), *_inlines(content[1], look), Run(marks[1], look))
        elif kind == "Link":
            yield from _inlines(content[1], msgspec.structs.replace(look, url=content[2][0]))
        elif kind == "Span" and "csl-left-margin" not in content[0][1]:
            yield from _inlines(content[1], look)
        elif kind in ("Math", "Code"):
            yield Run(content[1], look)
