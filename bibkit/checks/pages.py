"""Page ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark

_ONE_HYPHEN = re.compile(r"(?<![\w-])([0-9]+) ?(?:-|‐|‑) ?([0-9]+)(?![\w-])")
_ANY_RANGE = re.compile(r"(?<![\w.:/-])([0-9]+)[ ]?(?:-{1,3}|[‐‑–—])[ ]?([0-9]+)(?![\w.:/-])")


def hyphen(found: Bibliography) -> Iterator[Remark]:
    """`12-34` where LaTeX makes a hyphen of it and not a dash."""
    for item, field, text in found.values("page"):
        if _ONE_HYPHEN.search(text):
            new = _ONE_HYPHEN.sub(r"\1--\2", text)
            mend = Mend(f"write {new}", (Change(field, new),))
            yield Remark(item, f"a hyphen in the page range {text}", field, mend=mend)


def reversed_range(found: Bibliography) -> Iterator[Remark]:
    """`345-312`."""
    for item, field, text in found.values("page"):
        for pair in _ANY_RANGE.finditer(text):
            if len(pair[1]) <= len(pair[2]) and int(pair[1]) > int(pair[2]):
                yield Remark(item, f"the page range {pair[0]} runs backwards", field, pair[0])


CHECKS = (
    Check(
        "page-hyphen",
        "page range with one hyphen",
        hyphen,
        fix="safe",
        why="TeX prints a hyphen where a range wants an en dash.",
        bad="pages = {12-34}",
        good="pages = {12--34}",
        rule="btxdoc, section 3.2 (pages)",
        formats=frozenset({"bibtex"}),
    ),
    Check(
        "page-reversed",
        "page range that runs backwards",
        reversed_range,
        why="The last page stands before the first one: a digit is wrong or missing.",
        bad="pages = {345--312}",
        good="pages = {312--345}",
        formats=BIBTEX,
    ),
)
