"""Types and fields: what is needed and missing, misspelt, unknown, or empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from rapidfuzz.distance import OSA

from bibkit.checks.foreign_fields import CSL_MEMBERS, is_known, known
from bibkit.checks.model import BIBTEX, Bibliography, Change, Check, Mend, Remark
from bibkit.checks.model_tables import EQUALS, KNOWN_TYPES, MISPLACED, NEEDS, OTHER_WORDS, USES
from bibkit.formats.csl_tables import ORDER
from bibkit.written import Written

# ------------------------------------------------------------------------------------------------ types


def unknown_type(found: Bibliography) -> Iterator[Remark]:
    """An entry type that neither dialect has, nor any style that we know."""
    for item in found.items:
        if item.type not in KNOWN_TYPES:
            near = nearest_type(item.type)
            mend = Mend(f"write @{near}", type=near) if near else None
            hint = f"did you mean @{near}?" if near else ""
            yield Remark(item, f"neither BibTeX nor BibLaTeX has an entry type @{item.type}", mend=mend, hint=hint)


_OTHER_TYPES: Mapping[str, str] = {
    "inproc": "inproceedings",
    "mscthesis": "mastersthesis",
    "masterthesis": "mastersthesis",
    "msthesis": "mastersthesis",
    "paper": "article",
    "phd": "phdthesis",
    "techrep": "techreport",
    "web": "online",
}


@cache
def nearest_type(kind: str) -> str:
    """The type that was probably meant, or the empty string where there is none or more than one."""
    if kind in _OTHER_TYPES:
        return _OTHER_TYPES[kind]
    names = sorted(KNOWN_TYPES)
    return _nearest(kind, names)


def _nearest(word: str, names: list[str]) -> str:
    """The one name within one edit, or two of a long word."""
    for most, length in ((1, 4), (2, 8)):
        if len(word) < length:
            return ""
        near = [name for name in names if OSA.distance(word, name, score_cutoff=most) <= most]
        if near:
            return near[0] if len(near) == 1 else ""
    return ""


# ------------------------------------------------------------------------------------------------ missing


def required(found: Bibliography) -> Iterator[Remark]:
    """All that an entry lacks of what its type needs, in one remark.

    Nothing is said of an entry whose parent is in another file, nor of one that others only refer to by `related`.
    """
    lacking = list(_with_holes(found))
    keys = {item.record.key.lower() for item in found.items} if lacking else set()
    parts = {key for item in found.items for key in named(item, "related")} if lacking else set()
    for item, missing in lacking:
        partial = item.record.key in parts or not keys.issuperset(map(str.lower, named(item, "crossref", "xdata")))
        if not partial and (names := _lacking(item, missing)):
            yield Remark(item, f"@{item.type} needs {_listed(names)}", hint=_elsewhere(item, names))


def _elsewhere(item: Written, names: list[str]) -> str:
    """Where what is missing may be."""
    places = [place for name in names if (place := MISPLACED.get(name)) and item.fields.get(place)]
    return f"{_listed(places)} is here, where styles do not look for it" if places else ""


def _with_holes(found: Bibliography) -> Iterator[tuple[Written, list[tuple[str, ...]]]]:
    needs = NEEDS.get(found.dialect, {})
    for item in found.items:
        fields = item.whole
        if any(map(str.isspace, fields.values())):
            fields = {name: text for name, text in fields.items() if not text.isspace()}
        get = fields.get
        missing = [group for group in needs.get(item.type, ()) if not any(map(get, group))]
        if missing:
            yield item, missing


def named(item: Written, *fields: str) -> Iterator[str]:
    """The keys that stand in fields of the entry, which hold lists of keys."""
    for field in fields:
        if field in item.fields:
            yield from filter(None, map(str.strip, item.fields[field].split(",")))


def _lacking(item: Written, missing: list[tuple[str, ...]]) -> list[str]:
    """The first names of what is missing, without what only stands under a misspelt name."""
    meant = {meant for name in item.fields if (meant := meant_field(name, item.type, item.fields))}
    shown = _SHOWN.get(item.type, {})
    return [shown.get(group[0], group[0]) for group in missing if meant.isdisjoint(group)]


_SHOWN: Mapping[str, Mapping[str, str]] = {
    **{kind: {"author": "author or editor"} for kind in ("book", "inbook", "collection", "mvbook", "mvcollection")},
    "inbook": {"author": "author or editor", "chapter": "chapter or pages"},
    "online": {"url": "url, doi or eprint"},
    "misc": {"title": "title, author or note"},
}


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


# ------------------------------------------------------------------------------------------------ names of fields


def misspelt(found: Bibliography) -> Iterator[Remark]:
    """A name that nobody knows, near one that this type uses and this entry lacks."""
    for item, name in _foreign(found):
        meant = meant_field(name, item.type, item.fields) if found.dialect else _meant_variable(item, name)
        if meant:
            mend = Mend(f"write {meant}", (Change(name, name=meant),))
            yield Remark(item, f"no program reads the field {name}; {meant} is meant?", name, mend=mend)


def unknown(found: Bibliography) -> Iterator[Remark]:
    """A name that nobody knows, near no other one; each is said once, with how many entries have it."""
    rows: dict[str, list[Written]] = {}
    for item, name in _foreign(found):
        if not _is_meant(found, item, name):
            rows.setdefault(name, []).append(item)
    for name, items in rows.items():
        more = f"; {len(items) - 1} more entries have it" if len(items) > 1 else ""
        if found.dialect:
            yield Remark(items[0], f"neither a dialect nor a program that we know has a field {name}{more}", name)
        else:
            hint = "members of one's own belong into custom"
            yield Remark(items[0], f"CSL has no variable {name}{more.replace('entries', 'items')}", name, hint=hint)


def _is_meant(found: Bibliography, item: Written, name: str) -> bool:
    """Whether it is known after all, or near a name that is."""
    if found.dialect:
        return is_known(name) or bool(meant_field(name, item.type, item.fields))
    return bool(_meant_variable(item, name))


def _foreign(found: Bibliography) -> Iterator[tuple[Written, str]]:
    """Entries with names that no table has."""
    if not found.dialect:
        yield from _foreign_members(found)
        return
    names = known()
    for item in found.items:
        if item.fields.keys() <= names:
            continue
        for name in item.fields.keys() - names:
            if not name.endswith("+"):
                yield item, name


_CSL = "csl:"


def _foreign_members(found: Bibliography) -> Iterator[tuple[Written, str]]:
    """Of an item with a `custom` nothing is said, since a record does not tell what stood in it."""
    customs = '"custom"' in found.text
    for item in found.items:
        if (customs and found.text.find('"custom"', item.start, item.end) >= 0) or not item.record.texts:
            continue
        names = [name.removeprefix(_CSL) for name in item.record.extra if name.startswith(_CSL)]
        foreign = [name for name in names if name not in CSL_MEMBERS and name not in _MEMBERS and name not in _BESIDE]
        if 0 < len(foreign) <= _OTHER_FORMAT:
            yield from ((item, name) for name in foreign)


_OTHER_FORMAT = 2  # more members that CSL does not have, and the item is of some other format
_MEMBERS = frozenset(ORDER)
_BESIDE = frozenset({"id", "type", "names"})  # what the reader keeps under `csl:` that is no member of its own


@cache
def _near_members(name: str) -> tuple[str, ...]:
    near = _nearest(name, sorted(_MEMBERS))
    return (near,) if near else ()


def _meant_variable(item: Written, name: str) -> str:
    record = item.record
    return next((near for near in _near_members(name) if not _has(record, near)), "")


def _has(record: object, name: str) -> bool:
    return any(name in getattr(record, part) for part in ("texts", "names", "dates"))


def meant_field(name: str, kind: str, fields: Mapping[str, str]) -> str:
    """The field that a name nobody knows was probably to be; only one that the type uses and the entry lacks."""
    meant = _near_fields(name, kind)
    if not meant or fields.get(meant) or fields.get(EQUALS.get(meant, "")):
        return ""
    return meant


_HIDING = "xzo_-"  # a letter before the name takes the field out of use, as people do


@cache
def _near_fields(name: str, kind: str) -> str:
    used = USES.get(kind, frozenset())
    if is_known(name) and name not in OTHER_WORDS:
        return ""
    if OTHER_WORDS.get(name) in used:
        return OTHER_WORDS[name]
    if name[0] in _HIDING and name[1:] in known():
        return ""
    return _nearest(name, sorted(used)) if name.isalpha() else ""


# ------------------------------------------------------------------------------------------------ empty

_CONTROLS = frozenset({"ieeetranbstctl", "control", "ctrl"})  # no works, but settings: there, empty says something


def empty(found: Bibliography) -> Iterator[Remark]:
    """`title = {}`. Not `{{}}`, which is how people tell BibTeX not to warn."""
    for item in found.items:
        texts = item.fields.values()
        if ("" in texts or any(map(str.isspace, texts))) and item.type not in _CONTROLS:
            for name, text in item.fields.items():
                if not text or text.isspace():
                    yield _empty(item, name)


def _empty(item: Written, name: str) -> Remark:
    """What an entry could inherit is safe from being changed: an empty field hides its parent's."""
    inherits = "crossref" in item.fields or "xdata" in item.fields
    mend = Mend("take it away", (Change(name),), safe=False if inherits else None)
    return Remark(item, f"the field {name.rstrip('+')} is empty", name, mend=mend)


CHECKS = (
    Check(
        "type-unknown",
        "entry type that does not exist",
        unknown_type,
        fix="unsafe",
        why="Styles have no layout for it and print the entry as a @misc, or not at all.",
        bad="@artcile{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  journal = {Journal of Rail Research},\n  year = {1998},\n}",
        good="@article{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  journal = {Journal of Rail Research},\n  year = {1998},\n}",
        rule="btxdoc, section 3.1; biblatex manual, sections 2.1.1 to 2.1.3",
        formats=BIBTEX,
    ),
    Check(
        "field-required",
        "fields that the entry type needs",
        required,
        why="The styles warn and print an entry with a hole. What is inherited counts, and so do the names of the "
        "other dialect.",
        bad="@book{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n}",
        good="@book{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  publisher = {Gleis},\n  year = {1998},\n}",
        rule="btxdoc, section 3.1; biblatex manual, section 2.1.1",
        formats=BIBTEX,
    ),
    Check(
        "field-misspelt",
        "field with a misspelt name",
        misspelt,
        fix="unsafe",
        why="BibTeX ignores fields that it does not know, without a word: what is in them is not printed.",
        bad="volumn = {12}",
        good="volume = {12}",
        rule="btxdoc, section 3.2",
        formats=BIBTEX | {"csl-json"},
    ),
    Check(
        "field-unknown",
        "field that nobody knows",
        unknown,
        severity="note",
        why="Neither dialect reads it, nor any program of which we know what it writes. It may be your own and in "
        "order; so it is a note, and said once in a file.",
        bad="colour = {green}",
        good="usera = {green}",
        rule="biblatex manual, section 2.2.2; CSL 1.0.2, appendix IV",
        formats=BIBTEX | {"csl-json"},
    ),
    Check(
        "field-empty",
        "empty field",
        empty,
        severity="note",
        fix="safe",
        why="It says nothing, and BibTeX warns of it as if it were missing.",
        bad="volume = {}",
        good="volume = {12}",
        rule="btxhak, section 4 (empty$)",
        formats=BIBTEX,
    ),
)
