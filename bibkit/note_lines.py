"""Variables in a note, one to a line: `Original Date: 1865`, as Zotero, citeproc-js and their users write them.

Sources: Zotero documentation, "Citing fields from Extra"; citeproc-js manual, "Cheater syntax for odd fields". A name
is `Family || Given`, or a literal where there are no bars. A line whose label is no variable is part of the note.
"""

from __future__ import annotations

import re

import msgspec

from bibkit import dates, names
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES, TYPES, Date, Name, Record, replace

KEY = "citation-key"
ALIAS = "citation-key-alias"  # Better BibTeX's
TYPE = "type"
_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{1,40}?)\s*:\s*(\S.*)")
_NOT_SO = frozenset({"note", "annote", "abstract"})  # a line "Note: …" is a note
_UPPER = {name: name.upper() for name in ("doi", "isbn", "issn", "url", "pmid", "pmcid")}


class Lines(msgspec.Struct):
    """A note taken apart: the lines that are none of ours, and the variables that the others give."""

    note: str = ""
    type: str = ""
    key: str = ""
    aliases: tuple[str, ...] = ()
    texts: dict[str, str] = msgspec.field(default_factory=dict)
    names: dict[str, tuple[Name, ...]] = msgspec.field(default_factory=dict)
    dates: dict[str, Date] = msgspec.field(default_factory=dict)

    def variables(self) -> set[str]:
        """What the lines give, with `type`, `citation-key` and `citation-key-alias`."""
        given = {TYPE: self.type, KEY: self.key, ALIAS: self.aliases}
        return {*self.texts, *self.names, *self.dates, *(name for name, value in given.items() if value)}


def variable(label: str) -> str:
    """The variable that a label names (`Original Date`, `original-date`, `PMID`), or the empty string."""
    name = re.sub(r"[ _]+", "-", label.strip().lower())
    name = _UPPER.get(name, name)
    if name in (TYPE, KEY, ALIAS):
        return name
    for spelled in (label.strip(), name, name.replace("-", "_")):
        if spelled in TEXT_VARIABLES | NAME_VARIABLES | DATE_VARIABLES and spelled not in _NOT_SO:
            return spelled
    return ""


def parse(note: str, taken: frozenset[str] = frozenset()) -> Lines:
    """A note taken apart. A variable in `taken`, and a second line for one, stay in the note; names gather."""
    found = Lines()
    kept = [line for line in note.split("\n") if not _take(line, found, taken)]
    found.note = "\n".join(kept)
    return found


def _take(line: str, found: Lines, taken: frozenset[str]) -> bool:
    match = _LINE.fullmatch(line)
    name = variable(match[1]) if match else ""
    if match is None or not name or name in taken:
        return False
    value = match[2].rstrip()
    if name in NAME_VARIABLES:
        found.names[name] = (*found.names.get(name, ()), _name(value))
        return True
    if name in found.variables() or (name == TYPE and value not in TYPES):
        return False
    if name in DATE_VARIABLES:
        found.dates[name] = dates.parse_text(value)
    elif name == ALIAS:
        found.aliases = tuple(key for part in value.split(",") if (key := part.strip()))
    elif name in (TYPE, KEY):
        setattr(found, "key" if name == KEY else TYPE, value)
    else:
        found.texts[name] = value
    return True


def _name(value: str) -> Name:
    family, bars, given = (part.strip() for part in value.partition("||"))
    return from_two(family, given) if bars else Name(literal=family)


_SUFFIX = re.compile(r"\s*(,!?)\s*")


def from_two(family: str, given: str) -> Name:
    """A name from Zotero's two fields: particles and a suffix (`John, Jr.`) are where citeproc-js looks for them."""
    given, comma, suffix = (*_SUFFIX.split(given, maxsplit=1), "", "")[:3]
    name = names.split_particles(Name(family=family, given=given))
    return replace(name, suffix=suffix, comma_suffix=comma == ",!")


def as_two(name: Name) -> tuple[str, str]:
    """The name as Zotero's two fields, family and given, so that `from_two` gives it back."""
    whole = names.join_particles(name)
    return whole.family, whole.given + (f",{'!' * name.comma_suffix} {name.suffix}" if name.suffix else "")


def label(name: str) -> str:
    """A variable as people write it in front of a line: `Original Date`, `DOI`."""
    return name if not name.islower() else name.replace("-", " ").replace("_", " ").title()


def text_line(name: str, value: str) -> str:
    """The line for a text."""
    return f"{label(name)}: {value}"


def date_text(date: Date) -> str:
    """A date as one text: in EDTF or, where that is not read as it was (a season), in words."""
    forms = (dates.format_edtf(date), dates.format_text(date), date.literal)
    return next((form for form in forms if form and dates.parse_text(form) == date), date.literal or forms[0])


def date_line(name: str, date: Date) -> str:
    """The line for a date."""
    return text_line(name, date_text(date))


def name_lines(name: str, people: tuple[Name, ...]) -> list[str]:
    """A line for each name."""
    return [text_line(name, one.literal or " || ".join(as_two(one)).strip()) for one in people]


def alias_line(aliases: tuple[str, ...]) -> str:
    """The line for the keys that a record had before."""
    return text_line(ALIAS, ", ".join(aliases))


def expand(record: Record) -> Record:
    """The record with the variables that lines of its note give and that it does not have; they leave the note.

    A line `Type: dataset` overrules the type, as in Zotero and citeproc-js. For readers of formats whose users write
    such lines (CSL-JSON from Zotero), on request only: a note may mean its lines otherwise.
    """
    taken = frozenset((*record.variables(), *([KEY] if record.key else [])))
    found = parse(record.texts.get("note", ""), taken)
    if not found.variables():
        return record
    texts = {**{name: text for name, text in record.texts.items() if name != "note"}, **found.texts}
    if found.note:
        texts["note"] = found.note
    return replace(
        record,
        type=found.type or record.type,
        key=record.key or found.key,
        aliases=(*record.aliases, *found.aliases),
        texts=texts,
        names={**record.names, **found.names},
        dates={**record.dates, **found.dates},
    )
