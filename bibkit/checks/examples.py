"""The examples of checks: fields that stand for an entry, completed to one of which nothing else is to be said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import indent

from bibkit.checks.model import Check

_REST = {
    "author": "Moreau, Ada",
    "title": "On the waiting of trains",
    "journal": "Journal of Rail Research",
    "year": "1998",
}
_NAME = re.compile(r"^[ ]{0,8}([a-z-]{1,40}) =", re.MULTILINE)


def whole(example: str) -> str:
    """The example as a file: whole entries as they are, fields within an article that has whatever they lack."""
    if example.startswith(("@", "%", "[", "{", "TY  -")):
        return example + "\n"
    given = set(_NAME.findall(example))
    given |= {"year"} if "date" in given else set()
    rest = {name: value for name, value in _REST.items() if name not in given}
    lines = [*(f"{name} = {{{value}}}" for name, value in rest.items()), example.rstrip().rstrip(",")]
    return "@article{moreau1998,\n  " + ",\n  ".join(lines) + ",\n}\n"


def format_of(check: Check, example: str) -> str:
    """The format that an example is in."""
    if example.startswith(("[", "{")):
        return "csl-json"
    if example.startswith("TY  -"):
        return "ris"
    return "biblatex" if check.formats == {"biblatex"} else "bibtex"


_FIXES = {"": "none: a person has to look", "safe": "safe (--fix)", "unsafe": "wants a look (--fix --unsafe)"}


def explanation(check: Check) -> Iterator[str]:
    """What `--explain` says of a check, in lines."""
    yield f"{check.code}: {check.name}\n\n{check.why}\n\n"
    yield f"severity  {check.severity}\nfix       {_FIXES[check.fix]}\n"
    if check.formats:
        yield f"formats   {', '.join(sorted(check.formats))}\n"
    if not check.default:
        yield "           off unless --select or [check] extend asks for it\n"
    yield f"bad\n{indent(check.bad, '    ')}\ngood\n{indent(check.good, '    ')}\n"
    if check.rule:
        yield f"rule      {check.rule}\n"
