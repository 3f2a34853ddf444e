"""RIS: reads what Reference Manager's two specifications and the databases make of it, writes what Zotero writes.

The tags are in `ris_tables`, the lines in `ris_syntax`, the values in `ris_values`. What has no CSL variable is carried
as `extra["ris:XX"]`, a list of values in order, and written back.
"""

from __future__ import annotations

import re

from bibkit.formats import Format
from bibkit.formats.ris_read import read
from bibkit.formats.ris_write import write
from bibkit.formats.ris_written import written

_FIRST = re.compile(r"^[ \t\ufeff]*(?:TY[ \t]{0,4}-|ty  - )[ \t]*\w", re.MULTILINE)
_ANY = re.compile(r"^[ \t\ufeff]*[A-Z][A-Z0-9] {1,2}- ", re.MULTILINE)


def detect(source_text: str) -> float:
    """Lines that begin with `TY  -` and others with a tag."""
    if not _FIRST.search(source_text.replace("\r", "\n")):
        return 0.0
    return 0.95 if len(_ANY.findall(source_text[:20_000])) > 1 else 0.7


FORMAT = Format(
    name="ris",
    title="RIS (Reference Manager, EndNote, Zotero, databases)",
    suffixes=(".ris",),
    read=read,
    write=write,
    detect=detect,
    written=written,
)
