"""The lock: which key each work has for ever. A value, and its text, which git can merge.

A pin knows its work by **identities** (see `identity`), and holds a digest of the work as it was last seen. What a
lock is stands in `pins`, its text in `text`, how two locks become one in `merge`, what people change in `edits`.
"""

from __future__ import annotations

from bibkit.lock.edits import FORBIDDEN, add_alias, find, get, join, nearest, remove_alias, rename, renamed
from bibkit.lock.merge import Finding, Settled, merge, told
from bibkit.lock.pins import BY_HAND, INCOMING, PATTERN, Lock, Names, Pin, caseless, cleaned, in_order, usable
from bibkit.lock.text import VERSION, Reading, dumps, loads, mend, mendable, read

__all__ = [
    "BY_HAND", "FORBIDDEN", "INCOMING", "PATTERN", "VERSION", "Finding", "Lock", "Names", "Pin", "Reading", "Settled",
    "add_alias", "caseless", "cleaned", "dumps", "find", "get", "in_order", "join", "loads", "mend", "mendable",
    "merge", "nearest", "read", "remove_alias", "rename", "renamed", "told", "usable",
]  # fmt: skip
