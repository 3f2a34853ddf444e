"""What only BibLaTeX reads, in a file for BibTeX: fields and types that hide something from the classic styles.

The other way is no fault: BibLaTeX takes all classic types and fields (manual 2.1.2 and 2.2.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark
from bibkit.checks.model_tables import CLASSIC_TYPES, IN_SOME_STYLES, ONLY_BIBLATEX, THESES, TYPE_ALIASES
from bibkit.written import Written

_BIBLATEX_ONLY = frozenset("date journaltitle eprinttype eprintclass langid eventdate origdate xdata ids".split())
_CLASSIC_ONLY = frozenset("journal year month address school archiveprefix primaryclass key annote".split())
_SURELY = 3  # classic fields for each of BibLaTeX's


def is_classic(found: Bibliography) -> bool:
    """Whether a file is for BibTeX: because that was said, or because hardly anything in it is BibLaTeX's own.

    Files with some of both are most often for BibLaTeX, which reads both.
    """
    if found.dialect != "bibtex" or found.terms.target:
        return found.dialect == "bibtex"
    biblatex = sum(len(_BIBLATEX_ONLY & item.fields.keys()) for item in found.items)
    classic = sum(len(_CLASSIC_ONLY & item.fields.keys()) for item in found.items)
    return classic >= _SURELY * biblatex


_BOOKS = "book booklet inbook incollection manual mastersthesis phdthesis techreport"

# Field, the field that classic styles want in its place, the types, and whether the two mean just the same.
_ROWS = (
    ("journaltitle", "journal", "article", True),
    ("date", "year", "", True),
    ("institution", "school", "mastersthesis phdthesis", True),
    ("school", "institution", "techreport", False),
    ("location", "address", _BOOKS, False),
)
_ALL = frozenset(field for field, *_ in _ROWS)
_WANTED: Mapping[str, tuple[str, frozenset[str], bool]] = {
    field: (wanted, frozenset(kinds.split()), same) for field, wanted, kinds, same in _ROWS
}
_PLACE = re.compile(r"[A-Z][\w. ]{1,40}, ")  # and not where in the house a book stands
_YEAR = re.compile(r"[0-9]{4}\Z")


def other_field(found: Bibliography) -> Iterator[Remark]:
    """A field that only BibLaTeX reads in this type, where the one that the classic styles read is not there."""
    if found.dialect != "bibtex":
        return
    hidden = [
        row
        for item in found.items
        if not _ALL.isdisjoint(item.fields)
        for row in _hidden(item, bool(found.terms.target))
    ]
    if hidden and not found.terms.target:
        hidden = [row for row in hidden if row[1] != "location" or _is_place(row[0].fields["location"], found)]
    classic = bool(hidden) and found.once(is_classic)
    for item, field, wanted in hidden if classic else ():
        message = f"the classic styles do not read {field} in @{item.type}, but {wanted}"
        yield Remark(item, message, field, mend=_renaming(item, field, wanted))


def _is_place(location: str, found: Bibliography) -> bool:
    """Whether it looks like a place, and the file has an `address` in other entries."""
    return bool(_PLACE.match(location)) and any("address" in item.fields for item in found.items)


def _hidden(item: Written, for_bibtex: bool) -> Iterator[tuple[Written, str, str]]:
    """In types that BibTeX does not have, only where the file is to be for BibTeX."""
    kind = classic_type(item) if for_bibtex else item.type
    for field in sorted(_ALL & item.fields.keys()):
        wanted, kinds, _ = _WANTED[field]
        is_read = kind in kinds if kinds else for_bibtex or kind in CLASSIC_TYPES
        if is_read and item.fields[field] and not item.whole.get(wanted):
            yield item, field, wanted


def _renaming(item: Written, field: str, wanted: str) -> Mend | None:
    """A date of more than a year is not what `year` may hold."""
    if field == "date" and not _YEAR.match(item.fields[field]):
        return None
    return Mend(f"write {wanted}", (Change(field, name=wanted),), safe=_WANTED[field][2])


def other_type(found: Bibliography) -> Iterator[Remark]:
    """A type that the classic styles do not have.

    Where BibTeX was not asked for, only types that none of them has, and only in a file that otherwise has the classic
    ones for the same things: whoever writes @thesis throughout most often writes for BibLaTeX.
    """
    if found.dialect != "bibtex":
        return
    types = _NOT_CLASSIC if found.terms.target else ONLY_BIBLATEX
    items = [item for item in found.items if item.type in types]
    classic = bool(items) and found.once(is_classic)
    if classic and (found.terms.target or _has_classic_types(found, len(items))):
        for item in items:
            near = classic_type(item)
            is_other = near != item.type
            mend = Mend(f"write @{near}", type=near) if is_other else None
            hint = f"@{near} is the nearest one that they have" if is_other else ""
            yield Remark(item, f"the classic styles have no entry type @{item.type}", mend=mend, hint=hint)


def _has_classic_types(found: Bibliography, number: int) -> bool:
    """Whether it has at least this many entries of types that BibLaTeX calls by another name."""
    return sum(item.type in TYPE_ALIASES for item in found.items) >= number


_NOT_CLASSIC = {**ONLY_BIBLATEX, **IN_SOME_STYLES}


def classic_type(item: Written) -> str:
    """The type under which the classic styles have such an entry; of a @thesis by its `type`. Without any, its own."""
    if item.type == "thesis":
        return THESES.get(item.fields.get("type", "").strip().lower().replace("’", "'"), item.type)
    return _NOT_CLASSIC.get(item.type) or item.type


_TECHREPORT = (
    "@techreport{reis2001,\n  author = {Reis, Bo},\n  title = {Platforms},\n  institution = {University of Lyon},\n"
    "  year = {2001},\n}\n"
)

CHECKS = (
    Check(
        "field-dialect",
        "field that only the other dialect reads",
        other_field,
        fix="unsafe",
        why="BibTeX ignores BibLaTeX's names for classic fields, without a word. Only looked for in files for BibTeX "
        "(see --target), since BibLaTeX reads both.",
        bad="@phdthesis{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  institution = {University of Lyon},\n  year = {1998},\n}",
        good="@phdthesis{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  school = {University of Lyon},\n  year = {1998},\n}",
        rule="btxdoc, section 3; biblatex manual, section 2.2.5",
        formats=BIBTEX,
    ),
    Check(
        "type-dialect",
        "entry type that only BibLaTeX has",
        other_type,
        fix="unsafe",
        why="BibTeX warns and prints such an entry as @misc, that is, without most of its fields. Types that some "
        "classic styles have too, such as @online, are named with --target bibtex only; others also where the file has "
        "classic types for such things.",
        bad=_TECHREPORT + "@report{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  institution = {University of Lyon},\n  year = {1998},\n}",
        good=_TECHREPORT + "@techreport{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  institution = {University of Lyon},\n  year = {1998},\n}",
        rule="btxdoc, section 3.1; biblatex manual, section 2.1.2",
        formats=BIBTEX,
    ),
)
