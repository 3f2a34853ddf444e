"""Records as BibTeX and BibLaTeX entries; every value that would not come back when it is read again is said.

Most values are certain to come back by what they are made of. An entry with one that is not is read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial

from bibkit import dates, latex
from bibkit.fieldmap import EXTRA, FieldRule, Table
from bibkit.formats import WriteOptions, bibtex_losses
from bibkit.formats import bibtex_edit as edit
from bibkit.formats import bibtex_read as reading
from bibkit.formats import bibtex_values as values
from bibkit.formats.bibtex_dialect import ENTRY_TYPE, PREFIX, Dialect
from bibkit.formats.bibtex_tables import ROLE_FIELDS, ROLES, SUBTITLES, SUBTYPES
from bibkit.problems import Problem
from bibkit.record import TYPES, Date, Record, replace

STYLE = edit.Style()  # of entries that are written anew
_OPTIONS = f"{PREFIX}options"


@lru_cache(maxsize=8)
def _encoder(target: latex.Target, from_latex: bool, protect: bool) -> values.Encode:
    """One function for each way to write LaTeX, so that what was written can be kept."""
    return partial(latex.encode, target=target, protect=protect, foreign="keep" if from_latex else "escape")


class _Entry:
    """One entry in the making: the fields in the order of the table, and whether all of them are sure to come back."""

    def __init__(self, record: Record, dialect: Dialect, options: WriteOptions) -> None:
        self.record = record
        self.dialect = dialect
        kept = record.extra.get(ENTRY_TYPE)
        kept = kept if isinstance(kept, str) else ""
        self.type = _entry_type(dialect, record.type, record.texts.get("genre", ""), kept)
        self.fields: dict[str, str] = {}
        self.sure = True
        self.homeless: list[str] = []  # members of `extra` that there is no field for
        self.subtitles: set[str] = set()  # fields that are the end of a title
        from_latex = any(origin.format.startswith("bib") for origin in record.origins)
        self.protect = options.protect and not from_latex
        target = options.latex or dialect.latex
        self.encode = _encoder(target, from_latex, False)
        self.encode_title = _encoder(target, from_latex, True)
        self._fill()

    def _fill(self) -> None:
        record = self.record
        variables = (*record.variables(), *[EXTRA + name for name in record.extra])
        plan = _plan(self.dialect.table, self.type, record.type, variables)
        self.people = self._how_people_are_written()
        for rule, sure in plan.rules:
            _PUT[rule.kind](self, rule)
            self.sure = self.sure and sure
        self._add_roles(plan.roles)
        self._add_subtype()
        self._add_aliases()
        if self.people.useprefix and _OPTIONS not in record.extra:
            self.fields["options"] = "useprefix=true"
        self._add_extra(plan.taken)
        self.sure = self.sure and plan.complete and (not record.cut or record.names.keys() >= set(record.cut))
        if "abstract" in self.fields:
            self.fields["abstract"] = self.fields.pop("abstract")  # last, where it hides nothing

    # ---- one rule each

    def put_text(self, rule: FieldRule) -> None:
        """One text."""
        record, encode, kind = self.record, self.encode, values.TEXT_KINDS[rule.kind]
        value = record.texts[rule.ours]
        if kind.quick and value.isalnum() and value.isascii():  # a number, a word
            self.fields[rule.theirs] = value
            return
        if rule.ours == "genre" and self._said_by_type(value):
            return
        if rule.kind == "title":
            value = values.protect(value) if self.protect else value
            encode = self.encode_title
            if record.extra and self._split(rule, value):
                return
        written = self.fields[rule.theirs] = kind.encode(value, encode)
        self.sure = self.sure and (kind.comes_back(value, written) or _same_pages(rule, kind, value, written))

    def _split(self, rule: FieldRule, whole: str) -> bool:
        """Write title and subtitle, where the record came with both and still says the same."""
        name = _SUBTITLE_OF.get(rule.theirs, "")
        subtitle = self.record.extra.get(PREFIX + name)
        if not isinstance(subtitle, str) or not self.dialect.is_biblatex or self.protect:
            return False
        main = values.main_title(whole, subtitle, self.encode_title)
        if main:
            self.fields.update({rule.theirs: main, name: subtitle})
            self.subtitles.add(name)
            self.sure = self.sure and _is_tame(subtitle)
        return bool(main)

    def put_people(self, rule: FieldRule) -> None:
        """A list of names."""
        self._add_people(rule.theirs, rule.ours)

    def put_keywords(self, rule: FieldRule) -> None:
        """The keywords."""
        words = self.record.keywords
        written = self.fields[rule.theirs] = values.encode_keywords(words, self.encode)
        self.sure = self.sure and values.decode_keywords(written) == words

    def put_raw(self, rule: FieldRule) -> None:
        """A member of `extra` that both dialects have a field for."""
        value = self.record.extra[rule.ours.removeprefix(EXTRA)]
        self.fields[rule.theirs] = str(value)
        self.sure = self.sure and isinstance(value, str) and _is_tame(value)

    def put_edtf(self, rule: FieldRule) -> None:
        """A date in a field of its own."""
        date = self.record.dates[rule.ours]
        written = self.fields[rule.theirs] = values.encode_edtf(date, self.encode)
        self.sure = self.sure and values.decode_edtf(written) == date

    def put_issued(self, _rule: FieldRule) -> None:
        """The date of publication: `date`, or `year`, `month` and `day`."""
        fields, sure = _issued(self.record.dates["issued"], self.dialect.is_biblatex, self.encode)
        self.fields.update(fields)
        self.sure = self.sure and sure

    # ---- names

    def _how_people_are_written(self) -> values.People:
        """`options = {useprefix=true}` says that particles belong to the family names (biblatex manual 3.1.3)."""
        biblatex, given = self.dialect.is_biblatex, self.record.extra.get(_OPTIONS)
        useprefix = isinstance(given, str) and reading.uses_prefix(given)
        if given is None:
            people = [name for listed in self.record.names.values() for name in listed]
            if any(name.non_dropping_particle for name in people):
                useprefix = not any(name.dropping_particle for name in people)
        return values.People(biblatex, useprefix, self.encode)

    def _add_people(self, field: str, variable: str) -> None:
        record = self.record
        self.fields[field], sure = self.people.written(record.names[variable], variable in record.cut)
        self.sure = self.sure and sure

    def _add_roles(self, roles: tuple[str, ...]) -> None:
        """Roles that BibLaTeX has a word for: `editora` with `editoratype`, and so on; others under their own names."""
        free = [name for name in ROLE_FIELDS if name not in self.fields] if roles else []
        for variable in roles:
            name = free.pop(0) if free else variable
            self._add_people(name, variable)
            if name != variable:
                self.fields[f"{name}type"] = _ROLE_WORDS[variable]

    # ---- the rest

    def _said_by_type(self, genre: str) -> bool:
        rule = self.dialect.table.type_in(self.type)
        return rule is not None and bool(rule.genre) and rule.genre == genre

    def _add_subtype(self) -> None:
        """What the entry type alone would not say."""
        ours = self.record.type
        if reading.type_of(self.type, self.fields, self.dialect) != ours:
            self.fields["entrysubtype"] = _SUBTYPE_NAMES.get(ours, ours)
            self.sure = self.sure and ours in TYPES

    def _add_aliases(self) -> None:
        if aliases := self.record.aliases:
            self.fields["ids"] = ",".join(aliases)
            self.sure = self.sure and all(map(_USUAL_KEY.fullmatch, aliases))

    def _add_extra(self, taken: frozenset[str]) -> None:
        """Fields that only (Bib)LaTeX knows, as they came; a field that stood twice can be written once."""
        for name, value in self.record.extra.items():
            field = name.removeprefix(PREFIX).rstrip("+")
            if name in taken or field in self.subtitles:
                continue
            said = field in self.fields or reading.title_before(field, self.fields)
            if not said and name.startswith(PREFIX) and isinstance(value, str):
                self.fields[field] = value
                self.sure = self.sure and name == PREFIX + field and self._is_foreign(field) and _is_tame(value)
            elif value:
                self.homeless.append(name)

    def _is_foreign(self, field: str) -> bool:
        """Whether this is the name of a field that has no meaning for us, so that it is only carried."""
        return bool(_FIELD.fullmatch(field)) and not reading.knows(self.type, self.record.type, field, self.dialect)

    # ---- what came out

    def text(self, key: str) -> str:
        """The entry as text."""
        return edit.write_entry(self.type, key, self.fields.items(), STYLE)

    def problems(self) -> Iterator[Problem]:
        """What does not come back, and which letters are not LaTeX."""
        record = self.record
        if self.sure and _USUAL_KEY.fullmatch(record.key):
            yield from (bibtex_losses.no_field(record, name, self.dialect) for name in self.homeless)
        else:
            yield from bibtex_losses.lost(self._expected(), self.text(mended(record.key)), self.dialect)
        kept = record.extra.get(ENTRY_TYPE, self.type)
        if kept != self.type:
            message = f"{self.dialect.title} has no type @{kept}; written as @{self.type}"
            yield bibtex_losses.missing(record, ENTRY_TYPE, message, self.dialect)
        if not self.dialect.is_biblatex:
            yield from self._unicode()

    def _expected(self) -> Record:
        """The record with the marks that were put around words of its titles."""
        record = self.record
        if not self.protect:
            return record
        rules = self.dialect.table.rules(self.type, record.type)
        titles = {rule.ours for rule in rules if rule.kind == "title"}
        marked = {name: values.protect(text) if name in titles else text for name, text in record.texts.items()}
        return replace(record, texts=marked)

    def _unicode(self) -> Iterator[Problem]:
        """What has no LaTeX command stays as it is; the classic BibTeX takes its bytes for letters of their own."""
        if odd := {
            char for value in self.fields.values() if not value.isascii() for char in value if not char.isascii()
        }:
            source, line = self.record.place()
            message = f"no LaTeX command for {' '.join(sorted(odd))}; the file needs a UTF-8 LaTeX"
            yield Problem("bibtex-unicode", message, "note", source, line, key=self.record.key)


_PUT: Mapping[str, Callable[[_Entry, FieldRule], None]] = {
    **dict.fromkeys(values.TEXT_KINDS, _Entry.put_text),
    "names": _Entry.put_people,
    "keywords": _Entry.put_keywords,
    "raw": _Entry.put_raw,
    "edtf": _Entry.put_edtf,
    "date": _Entry.put_issued,
}

_ROLE_WORDS = {variable: word for word, variable in reversed(ROLES.items()) if variable != "editor"}
_SUBTYPE_NAMES = {ours: theirs for theirs, ours in SUBTYPES.items()}
_SUBTITLE_OF = {home: name for name, home in SUBTITLES.items()}
_FIELD = re.compile(r"[a-z][a-z0-9_-]*+")
_USUAL_KEY = re.compile(r"[A-Za-z0-9_:.+/-]++")


def _is_tame(value: str) -> bool:
    """Whether a value that is written as it stands is read so."""
    return "\r" not in value and value.strip() == value and edit.balanced(value) == value


def _same_pages(rule: FieldRule, kind: values.Kind, value: str, written: str) -> bool:
    """Dashes in page ranges are one."""
    return rule.ours == "page" and kind.comes_back(value.replace("–", "-"), written)


class _Plan:
    """Which rules are used for a record with these variables, and whether what they say is read as the same."""

    def __init__(self, table: Table, theirs: str, ours: str, variables: tuple[str, ...]) -> None:
        left = dict.fromkeys(variables)
        read, used, rules = table.reading(theirs, ours), set[str](), []
        for rule in table.rules(theirs, ours):
            if rule.ours in left and rule.theirs not in used and rule.ours not in _ROLE_WORDS:
                rules.append((rule, rule.theirs in read and read[rule.theirs][0].ours == rule.ours))
                used.add(rule.theirs)
                del left[rule.ours]
        self.rules = tuple(rules)
        self.roles = tuple(name for name in left if name in _ROLE_WORDS)
        done = {*variables} - {*left}
        self.taken = frozenset(name.removeprefix(EXTRA) for name in done if name.startswith(EXTRA)) | {ENTRY_TYPE}
        self.complete = all(name in _ROLE_WORDS or name.startswith(EXTRA) for name in left)


_plan = lru_cache(maxsize=1 << 12)(_Plan)


@lru_cache(maxsize=1 << 12)
def _entry_type(dialect: Dialect, ours: str, genre: str, kept: str) -> str:
    """The type that the entry came with, where it still fits, or the one that the table has for ours."""
    rule = dialect.table.type_in(kept)
    if kept in dialect.writable and rule is not None and rule.ours == ours:
        return kept
    found = dialect.table.type_out(ours, genre)
    return found.theirs if found else "misc"


@lru_cache(maxsize=1 << 13)
def _issued(date: Date, biblatex: bool, encode: Callable[[str], str]) -> tuple[dict[str, str], bool]:
    """The fields for a date of publication, and whether they are read as it was."""
    usual = date == Date(date.start) and bool(date.start) and 999 < date.start[0] < 10_000 and dates.is_real(date.start)
    edtf = dates.format_edtf(date)
    sure = usual or not edtf or dates.parse_edtf(edtf) == date
    if biblatex and edtf:
        return {"date": edtf}, sure
    fields = _classic_date(date, encode)
    if (usual and len(fields) == len(date.start)) or _reads_as(fields, date):
        return fields, sure
    also = {"date": edtf} if edtf else {}  # for programs that know it; styles print the year
    return {**fields, **also}, sure and bool(edtf)


def _classic_date(date: Date, encode: Callable[[str], str]) -> dict[str, str]:
    """`year`, `month` as a macro and `day`, as far as they can say the date."""
    if not date.start:
        return {"year": encode(date.literal)} if date.literal else {}
    fields: dict[str, str] = {"year": str(date.start[0])}
    if len(date.start) > 1 and date.start[1] < len(dates.MONTHS):
        fields["month"] = edit.Bare(dates.MONTHS[date.start[1]])
    if len(date.start) > 2:
        fields["day"] = str(date.start[2])
    return fields


def _reads_as(fields: Mapping[str, str], date: Date) -> bool:
    return reading.written_date(fields.get("year", ""), fields.get("month", ""), fields.get("day", "")) == date


def entry(record: Record, options: WriteOptions, dialect: Dialect) -> tuple[str, dict[str, str], list[Problem]]:
    """Type and fields of a record in the order in which they are written, and what they cannot hold.

    Values are LaTeX without delimiters; a macro is an `edit.Bare`.
    """
    made = _Entry(record, dialect, options)
    return made.type, made.fields, list(made.problems())


_NOT_IN_KEY = re.compile(r"[\s,{}%#\\\"~]+")  # what ends a key for BibTeX, biber or \cite


def mended(key: str) -> str:
    """The key without what no entry can be called by."""
    return _NOT_IN_KEY.sub("_", key).strip("_") if _NOT_IN_KEY.search(key) else key


def write(records: Iterable[Record], options: WriteOptions, dialect: Dialect) -> Iterator[str | Problem]:
    """Each record as an entry, with a blank line between; what the dialect cannot hold as Problems."""
    used: set[str] = set()
    for record in records:
        entry = _Entry(record, dialect, options)
        key = mended(record.key)
        yield from entry.problems()
        if key.lower() in used:
            source, line = record.place()
            yield Problem("bibtex-duplicate-key", f"the key {key} was written before", "error", source, line, key=key)
        head = "\n" if used else ""
        used.add(key.lower())
        yield f"{head}{entry.text(key)}\n"
