"""What renders a style: a thin seam, and behind it refkit, citeproc-py, pandoc, and pybtex for styles of BibTeX.

refkit (hayagriva, in Rust) is the default. It prints all 37 works of the repository as citeproc-js prints them, in APA,
Chicago, IEEE, MLA, Nature and Vancouver. citeproc-py does so in APA, Nature and Vancouver, and for no work in the
three others: it puts points behind quotation marks, and makes initials where a style says `initialize="false"`; it
takes 3 to 14 times as long. `tests/test_cv_render.py` holds the texts, and every difference with its cause.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Protocol

from bibkit.cv.runs import Run
from bibkit.cv.styles import Style
from bibkit.formats import WriteOptions, csl
from bibkit.problems import Report, UsageError
from bibkit.record import Record

DEFAULT = "refkit"
BST = "pybtex"

# Where each engine is: the module below this package that has it as ENGINE; and what it is.
ENGINES = {
    "refkit": ("engine_refkit", "hayagriva, in Rust (the default)"),
    "citeproc-py": ("engine_citeproc", "CSL in Python; needs files of styles"),
    "pandoc": ("engine_pandoc", "pandoc's citeproc, where pandoc is installed; needs files of styles"),
    "pybtex": ("engine_pybtex", "styles of BibTeX (.bst)"),
}


class Engine(Protocol):
    """One engine."""

    def render(self, records: Sequence[Record], style: Style, lang: str) -> list[tuple[Run, ...]]:
        """One entry of a bibliography for each record, in their order, without its number.

        Each record is rendered as if it were alone: a CV has no citations that year suffixes and the like would serve.
        Private-use characters in names come through. An entry is empty where the engine cannot render the record.
        Raises UsageError for a style with errors.
        """


def get(name: str, style: Style) -> Engine:
    """The engine of this name, or the default for the style. Raises UsageError, with the nearest names."""
    name = name or (BST if style.is_bst else DEFAULT)
    if name not in ENGINES:
        near = get_close_matches(name, ENGINES, 1) or list(ENGINES)
        raise UsageError(f"no engine is called {name!r}; there is {', '.join(near)}")
    if style.is_bst != (name == BST):
        hint = "it renders .bst files" if name == BST else "a .bst file is rendered by pybtex"
        raise UsageError(f"the engine {name} cannot render {style.name}: {hint}")
    found: Engine = import_module(f"bibkit.cv.{ENGINES[name][0]}").ENGINE
    return found


def described() -> Iterator[tuple[str, str]]:
    """Names of engines, and what they are."""
    return ((name, title) for name, (_, title) in ENGINES.items())


# ------------------------------------------------------------------------------------------------ items

# What no bibliography shows; and notes, which processors read commands from.
_NOT_SHOWN = ("custom", "abstract", "annote", "keyword", "citation-key", "note")


def items(records: Iterable[Record]) -> list[dict[str, Any]]:
    """CSL-JSON for an engine, one item for each record, with an id for its place."""
    written: list[dict[str, Any]] = json.loads("".join(Report().sift(csl.write(records, WriteOptions(schema=True)))))
    for place, item in enumerate(written):
        item["id"] = f"w{place}"
        for name in _NOT_SHOWN:
            item.pop(name, None)
    return written


def missing(package: str, engine: str) -> UsageError:
    """What is said where an engine's package is not installed."""
    return UsageError(f"the engine {engine} needs the package {package}: pip install 'bibkit-toolkit[cv]'")
