"""What entries mean: BibTeX and BibLaTeX as Records.

Both dialects are read with every field name of the other, since real files mix them. Fields without a CSL variable are
carried as `extra["bibtex:field"]`, in LaTeX as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property, lru_cache

import msgspec

from bibkit import dates, latex, names
from bibkit.fieldmap import EXTRA, FieldRule, Table
from bibkit.formats import ReadOptions
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats import bibtex_values as values
from bibkit.formats.bibtex_dialect import ENTRY_TYPE, PREFIX, Dialect
from bibkit.formats.bibtex_tables import DATE_FIELDS, ROLE_FIELDS, ROLES, SUBTITLES, SUBTYPES, inherited_names
from bibkit.problems import Problem, Severity
from bibkit.record import NAME_VARIABLES, TYPES, Date, Json, Name, Origin, Record

CRUMBS = ("crossref", "xdata")  # fields that name entries to inherit from
_DEEPEST = 30  # parents of parents that are followed
_MOST_IN_VAIN = 20_000  # parents in circles that are looked at: with several parents each, there is no end to it


class Entry(msgspec.Struct):
    """An entry as the meaning layer sees it: field names in lower case, values resolved, in the order of the file."""

    type: str
    key: str
    fields: dict[str, str]
    origin: Origin
    block: syntax.Entry
    own: dict[str, str]  # its fields without those that it inherits


class _Draft(msgspec.Struct):
    """A record in the making."""

    texts: dict[str, str]
    names: dict[str, tuple[Name, ...]]
    dates: dict[str, Date]
    extra: dict[str, Json]
    keywords: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


def read(source_text: str, source: str, options: ReadOptions, dialect: Dialect) -> Iterator[Record | Problem]:
    """Every entry as a Record, in order; what was wrong with the file as Problems with line and column."""
    yield from read_document(syntax.parse(source_text, source), dialect)


def read_document(document: syntax.Document, dialect: Dialect) -> Iterator[Record | Problem]:
    """`read` for a text that is parsed already."""
    for item in _items(document, dialect):
        yield item if isinstance(item, Problem) else _record(item, dialect)


def written(document: syntax.Document, dialect: Dialect) -> Iterator[tuple[Entry, Record] | Problem]:
    """`read_document` with each entry as it stands beside what it means."""
    for item in _items(document, dialect):
        yield item if isinstance(item, Problem) else (item, _record(item, dialect))


def inspect(source_text: str, source: str, dialect: Dialect) -> Iterator[Problem]:
    """The Problems of `read` without the Records, for a file that is handed on as it stands."""
    for item in _items(syntax.parse(source_text, source), dialect):
        if isinstance(item, Problem):
            yield item


def _items(document: syntax.Document, dialect: Dialect) -> Iterator[Entry | Problem]:
    """What is wrong with the file, and every entry with what it inherits."""
    yield from document.problems
    strings = syntax.macros(document.blocks)
    parents = _Parents(document, strings)
    for block in document.entries():
        missing: list[str] = []
        fields = _fields(block, strings, missing)
        entry = Entry(block.type.lower(), block.key, fields, _origin(document, block, dialect), block, fields)
        if missing or dialect.table.type_in(entry.type) is None:
            yield from _remarks(entry, missing, dialect)
        if not fields.keys().isdisjoint(CRUMBS):
            yield from parents.missing(entry)
            entry.fields = parents.inherited(entry.type, entry.key, fields)
        yield entry


def _remarks(entry: Entry, missing: list[str], dialect: Dialect) -> Iterator[Problem]:
    if missing:
        message = f"undefined macro {', '.join(dict.fromkeys(missing))}; its name was taken as text"
        yield _about(entry, "bibtex-undefined-macro", message, field=_field_with(entry.block, missing[0]))
    if dialect.table.type_in(entry.type) is None:
        yield _about(entry, "bibtex-unknown-type", f"unknown entry type @{entry.type}, read as a document", "note")


def _field_with(block: syntax.Entry, macro: str) -> str:
    """The first field that has this macro."""
    pieces = ((name, part.strip()) for name, raw in block.pairs if macro in raw for part in raw.split("#"))
    return next((name.lower() for name, piece in pieces if piece == macro), "")


def _fields(block: syntax.Entry, strings: Mapping[str, str], missing: list[str]) -> dict[str, str]:
    """The first value of each field, as BibTeX takes it; further ones are kept under a name of their own."""
    fields: dict[str, str] = {}
    for written, raw in block.pairs:
        name = written.lower()
        while name in fields:
            name += "+"
        if raw.rfind("{") == 0 and raw[-1] == "}":  # as most values are: no group within
            fields[name] = raw[1:-1]
        else:
            fields[name] = syntax.resolve(raw, strings, missing)
    return fields


def _origin(document: syntax.Document, block: syntax.Entry, dialect: Dialect) -> Origin:
    first, last = document.lines.line(block.start), document.lines.line(block.end)
    return Origin(document.source, dialect.name, first, last, document.text[block.start : block.end])


def _about(entry: Entry, code: str, message: str, severity: Severity = "warning", field: str = "") -> Problem:
    return Problem(code, message, severity, entry.origin.source, entry.origin.line, key=entry.key, field=field)


class _Parents:
    """Inheritance by crossref and xdata (biblatex manual 2.4.1, 3.13.6 and appendix B)."""

    def __init__(self, document: syntax.Document, strings: Mapping[str, str]) -> None:
        self.document = document
        self.strings = strings
        self.whole: dict[str, dict[str, str]] = {}  # by key, what a parent hands down, where no circle is in the way
        self.cut = False  # whether a circle or a long chain was met
        self.in_vain = 0  # parents that were looked at and could not be kept

    @cached_property
    def by_key(self) -> dict[str, syntax.Entry]:
        """Of entries with one key, the first."""
        return {block.key.lower(): block for block in reversed(list(self.document.entries()))}

    def inherited(self, kind: str, key: str, own: Mapping[str, str], below: tuple[str, ...] = ()) -> dict[str, str]:
        """The fields of an entry with those that it inherits; its own come first and win. A circle is left open.

        So is a chain of parents that is longer than any that people write.
        """
        fields = dict(own)
        for crumb, name in _crumbs(own):
            parent = self.by_key.get(name.lower())
            if parent is None or self.ends(name.lower(), below):
                continue
            parent_type = parent.type.lower()
            for field, value in self.of_parent(parent, (*below, key.lower())).items():
                for as_ours in (field,) if crumb == "xdata" else inherited_names(field, parent_type, kind):
                    if not (as_ours in DATE_FIELDS and DATE_FIELDS & own.keys()):
                        fields.setdefault(as_ours, value)
        return fields

    def ends(self, name: str, below: tuple[str, ...]) -> bool:
        """Whether the way up ends here: in a circle, or after more parents than there is sense in."""
        stop = name in below or len(below) > _DEEPEST or self.in_vain > _MOST_IN_VAIN
        self.cut = self.cut or stop
        return stop

    def of_parent(self, parent: syntax.Entry, below: tuple[str, ...]) -> dict[str, str]:
        """All fields of a parent; found once, unless a circle makes them depend on who asks."""
        key = parent.key.lower()
        if key in self.whole:
            return self.whole[key]
        before, self.cut = self.cut, False
        own = _fields(parent, self.strings, [])
        found = self.inherited(parent.type.lower(), parent.key, own, below)
        if self.cut:
            self.in_vain += 1
        else:
            self.whole[key] = found
        self.cut = self.cut or before
        return found

    def missing(self, entry: Entry) -> Iterator[Problem]:
        """A Problem for each parent that is not there."""
        for crumb, name in _crumbs(entry.fields):
            if name.lower() not in self.by_key:
                message = f"{crumb} = {{{name}}}: there is no such entry in this file"
                yield _about(entry, "bibtex-no-parent", message, field=crumb)


def _crumbs(fields: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the entry inherits from: xdata first."""
    for crumb in reversed(CRUMBS):
        for name in fields.get(crumb, "").split(","):
            if name.strip():
                yield crumb, name.strip()


def title_before(subtitle: str, fields: Mapping[str, str]) -> str:
    """The field that a field holds the subtitle for, or the empty string where it is not among these."""
    home = SUBTITLES.get(subtitle, "")
    return home if home in fields else "journal" if home == "journaltitle" and "journal" in fields else ""


def _join_subtitles(fields: dict[str, str]) -> dict[str, Json]:
    """CSL has one title, of which a subtitle is the end. Where it begins stays known as `extra["bibtex:subtitle"]`."""
    kept: dict[str, Json] = {}
    for name in SUBTITLES:
        subtitle, home = fields.get(name, ""), title_before(name, fields)
        if subtitle.strip() and (title := fields.get(home, "").rstrip()):
            fields[home] = values.joined_title(title, subtitle)
            kept[PREFIX + name] = fields.pop(name)
    return kept


def _record(entry: Entry, dialect: Dialect) -> Record:
    our_type = type_of(entry.type, entry.fields, dialect)
    kept: dict[str, Json] = {}
    if not entry.fields.keys().isdisjoint(SUBTITLES):
        entry.fields = dict(entry.fields)
        kept = _join_subtitles(entry.fields)
    draft = _Draft({}, {}, {}, kept)
    rules = dialect.table.reading(entry.type, our_type)
    plain, texts = _plain(dialect.table, entry.type, our_type), draft.texts
    aliases = []
    for name, value in entry.fields.items():
        usual = plain.get(name)
        if usual and usual[0] not in texts:  # the straight way for most fields
            if decoded := usual[1](value):
                texts[usual[0]] = decoded
        elif name in _SPECIAL:
            _SPECIAL[name](draft, entry, name)
        elif name in rules and rules[name][0].way == "both":
            _take_first(draft, rules[name], value, entry, name)
        else:
            aliases.append(name)
    for name in aliases:  # after the dialect's own fields, which win: `publisher` before `organization`
        _take_first(draft, rules.get(name, ()), entry.fields[name], entry, name)
    _add_type(draft, entry, our_type, dialect)
    return Record(
        our_type,
        entry.key,
        draft.texts,
        draft.names,
        draft.dates,
        draft.cut,
        draft.keywords,
        draft.extra,
        draft.aliases,
        (entry.origin,),
    )


@cache
def _plain(table: Table, entry_type: str, our_type: str) -> dict[str, tuple[str, Callable[[str], str]]]:
    """The fields that are one text variable: which one, and how it is decoded."""
    return {
        name: (rules[0].ours, values.TEXT_KINDS[rules[0].kind].decode)
        for name, rules in table.reading(entry_type, our_type).items()
        if rules[0].way == "both" and _TAKE.get(rules[0].kind) is _take_text and name not in _SPECIAL
    }


def type_of(kind: str, fields: Mapping[str, str], dialect: Dialect) -> str:
    """The CSL type of an entry of this type with these fields."""
    subtype = fields.get("entrysubtype", "").strip().lower()
    if subtype in SUBTYPES or subtype in TYPES:
        return SUBTYPES.get(subtype, subtype)
    rule = dialect.table.type_in(kind)
    ours = rule.ours if rule else "document"
    return "article" if "eprint" in fields and ours in _PREPRINTS and _on_arxiv(fields) else ours


_PREPRINTS = frozenset({"document", "manuscript", "webpage"})  # what arXiv's papers are entered as


def _on_arxiv(fields: Mapping[str, str]) -> bool:
    archive = fields.get("eprinttype") or fields.get("archiveprefix") or ""
    return archive.strip().lower() == "arxiv"


def _add_type(draft: _Draft, entry: Entry, our_type: str, dialect: Dialect) -> None:
    """What the entry type says beyond the CSL type: a genre, or that it is not the type we would write."""
    rule = dialect.table.type_in(entry.type)
    if rule is not None and rule.genre:
        draft.texts.setdefault("genre", rule.genre)
    if _usual_type(dialect.table, our_type, draft.texts.get("genre", "")) != entry.type:
        draft.extra[ENTRY_TYPE] = entry.type


@lru_cache(maxsize=1 << 12)
def _usual_type(table: Table, our_type: str, genre: str) -> str:
    rule = table.type_out(our_type, genre)
    return rule.theirs if rule else ""


def _take_first(draft: _Draft, rules: tuple[FieldRule, ...], value: str, entry: Entry, name: str) -> None:
    """By the first rule whose variable is free; where there is none, the field is carried along."""
    for rule in rules:
        if _TAKE[rule.kind](draft, rule, value, entry):
            return
    draft.extra[PREFIX + name] = value


def _take_text(draft: _Draft, rule: FieldRule, value: str, _entry: Entry) -> bool:
    """Set the rule's variable, unless it has a value already."""
    if rule.ours in draft.texts:
        return False
    if decoded := values.TEXT_KINDS[rule.kind].decode(value):
        draft.texts[rule.ours] = decoded
    return True


def _take_raw(draft: _Draft, rule: FieldRule, value: str, _entry: Entry) -> bool:
    draft.extra.setdefault(rule.ours.removeprefix(EXTRA), value.strip())
    return True


_USEPREFIX = re.compile(r"\buseprefix\b(?!\s*=\s*false)")


def uses_prefix(options: str) -> bool:
    """Whether an entry's options say that particles belong to the family names (biblatex manual 3.1.3)."""
    return bool(_USEPREFIX.search(options))


def _take_names(draft: _Draft, rule: FieldRule, value: str, entry: Entry) -> bool:
    return _add_people(draft, rule.ours, value, entry)


def _add_people(draft: _Draft, variable: str, value: str, entry: Entry) -> bool:
    if variable in draft.names:
        return False
    useprefix = "options" in entry.fields and uses_prefix(entry.fields["options"])
    people, cut = names.parse_bibtex_list(value, decode=values.decode_text, useprefix=useprefix)
    if people:
        draft.names[variable] = people
    if cut:
        draft.cut += (variable,)
    return True


def _take_edtf(draft: _Draft, rule: FieldRule, value: str, _entry: Entry) -> bool:
    if rule.ours in draft.dates:
        return False
    draft.dates[rule.ours] = values.decode_edtf(value)
    return True


def _take_keywords(draft: _Draft, _rule: FieldRule, value: str, _entry: Entry) -> bool:
    words = values.decode_keywords(value)
    draft.keywords = tuple(dict.fromkeys((*draft.keywords, *words))) if draft.keywords else words
    return True


_TAKE: Mapping[str, Callable[[_Draft, FieldRule, str, Entry], bool]] = {
    **dict.fromkeys(values.TEXT_KINDS, _take_text),
    "raw": _take_raw,
    "names": _take_names,
    "edtf": _take_edtf,
    "keywords": _take_keywords,
}

# ------------------------------------------------------------------------------------------------ special fields


def _special_date(draft: _Draft, entry: Entry, _name: str) -> None:
    """`date`, or `year`, `month` and `day` together."""
    if "issued" in draft.dates:
        return
    get = entry.fields.get
    if written := get("date"):
        draft.dates["issued"] = values.decode_edtf(written)
    else:
        draft.dates["issued"] = written_date(get("year", ""), get("month", ""), get("day", ""))


@lru_cache(maxsize=1 << 12)
def written_date(year: str, month: str, day: str) -> Date:
    """What the fields `year`, `month` and `day` say together."""
    return dates.parse_fields(*(latex.decode(part) for part in (year, month, day)))


def _special_editor(draft: _Draft, entry: Entry, name: str) -> None:
    """`editor`, `editora`, ... are who their `editortype`, `editoratype`, ... says."""
    role = entry.fields.get(f"{name}type", "editor" if name == "editor" else "").strip().lower()
    variable = role if role in NAME_VARIABLES else ROLES.get(role, "")
    if not variable or not _add_people(draft, variable, entry.fields[name], entry):
        draft.extra[PREFIX + name] = entry.fields[name]


def _special_editor_type(draft: _Draft, entry: Entry, name: str) -> None:
    """Said by the variable, unless it says nothing that we know."""
    role = entry.fields[name].strip().lower()
    if role not in NAME_VARIABLES and ROLES.get(role) not in NAME_VARIABLES:
        draft.extra[PREFIX + name] = entry.fields[name]


def _special_ids(draft: _Draft, entry: Entry, name: str) -> None:
    draft.aliases = tuple(key.strip() for key in entry.fields[name].split(",") if key.strip())


def _special_subtype(draft: _Draft, entry: Entry, name: str) -> None:
    value = entry.fields[name].strip()
    if value.lower() not in SUBTYPES and value.lower() not in TYPES:
        draft.extra[PREFIX + name] = value


_SPECIAL: Mapping[str, Callable[[_Draft, Entry, str], None]] = {
    **dict.fromkeys(DATE_FIELDS, _special_date),
    **dict.fromkeys(("editor", *ROLE_FIELDS), _special_editor),
    **dict.fromkeys(("editortype", *(f"{name}type" for name in ROLE_FIELDS)), _special_editor_type),
    "ids": _special_ids,
    "entrysubtype": _special_subtype,
}


def knows(kind: str, ours: str, field: str, dialect: Dialect) -> bool:
    """Whether a field means something in entries of these types, so that it is not only carried along."""
    known = (dialect.table.reading(kind, ours), _SPECIAL, SUBTITLES, CRUMBS, ("options",))
    return any(field in names for names in known)
