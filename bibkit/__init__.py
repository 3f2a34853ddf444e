"""bibkit: one canonical set of works from every bibliography, written wherever it is needed.

    for item in bibkit.read("papers.bib"):
        if isinstance(item, bibkit.Record):
            print(item.key, item.title)

Everything named in `__all__` is public; it is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bibkit.library import build, convert, read, write
    from bibkit.problems import Problem, Report
    from bibkit.record import Date, Name, Record

__version__ = "0.1.0"
__all__ = ["Date", "Name", "Problem", "Record", "Report", "build", "convert", "read", "write"]

_HOMES = {
    **dict.fromkeys(("build", "convert", "read", "write"), "bibkit.library"),
    **dict.fromkeys(("Problem", "Report"), "bibkit.problems"),
    **dict.fromkeys(("Date", "Name", "Record"), "bibkit.record"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'bibkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
