"""The examples of checks: fields that stand for an entry, completed to one of which nothing else is to be said."""

from __future__ import annotations

import re

_REST = {
    "author": "Moreau, Ada",
    "title": "On the waiting of trains",
    "journal": "Journal of Rail Research",
    "year": "1998",
}
_NAME = re.compile(r"^\s*([a-z-]+)\s*=", re.MULTILINE)


def whole(example: str) -> str:
    """The example as a file: whole entries as they are, fields within an article that has whatever they lack."""
    if example.startswith(("@", "%", "[", "{", "TY  -")):
        return example + "\n"
    given = set(_NAME.findall(example))
    given |= {"year"} if "date" in given else set()
    rest = {name: value for name, value in _REST.items() if name not in given}
    lines = [*(f"{name} = {{{value}}}" for name, value in rest.items()), example.rstrip().rstrip(",")]
    return "@article{moreau1998,\n  " + ",\n  ".join(lines) + ",\n}\n"
