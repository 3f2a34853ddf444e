"""Records from and to the databases of bibtexparser (1.4 and 2.x) and of pybtex.

These packages hold what BibTeX reads: entries with a type, a key, and fields in LaTeX. So what an entry means is found
by the reader of .bib files, and a database gets what the writer of .bib files would write: `to_...` gives what the
package itself reads in bibkit's output. Neither package need be installed to read from its database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, Literal

import msgspec

from bibkit import keys
from bibkit.formats import WriteOptions, bibtex_dialect
from bibkit.formats import bibtex_edit as edit
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_blocks import Pairs
from bibkit.formats.bibtex_read import read_document
from bibkit.formats.bibtex_write import STYLE, entry
from bibkit.lines import Lines
from bibkit.problems import Problem, Report, UsageError
from bibkit.record import Record

DialectName = Literal["bibtex", "biblatex"]
OPTIONS = WriteOptions(latex="utf8", protect=True)
DIALECTS = {dialect.name: dialect for dialect in (bibtex_dialect.BIBTEX, bibtex_dialect.BIBLATEX)}

_NOT_FIELDS = frozenset({"ENTRYTYPE", "ID"})  # of an entry in bibtexparser 1.4
_BARE = "no-enclosing"  # how bibtexparser 2 marks a value that stands without delimiters


class Found(msgspec.Struct, frozen=True):
    """An entry of a database: fields with their values as they would stand in a file, its text and line if known."""

    type: str
    key: str
    pairs: Pairs
    raw: str = ""
    line: int = 0


# ------------------------------------------------------------------------------------------------ bibtexparser


def from_bibtexparser(database: Any, *, dialect: DialectName = "bibtex") -> Iterator[Record | Problem]:
    """The entries of a `BibDatabase` (1.4) or a `Library` (2.x) as Records, in order.

    Values may be what the package's own customizations and middlewares make of them: lists, names in parts, macros. A
    block of a `Library` that bibtexparser failed to read is read here, from its text.
    """
    if hasattr(database, "blocks"):
        macros = {string.key: _raw_of_field(string) for string in database.strings}
        found = [item for block in database.blocks for item in _of_block(block)]
    else:
        macros = {name: _raw(name, value) for name, value in database.strings.items()}
        found = [_of_dict(item) for item in database.entries]
    return _read(found, macros, dialect)


def to_bibtexparser(
    records: Iterable[Record],
    *,
    dialect: DialectName = "bibtex",
    options: WriteOptions = OPTIONS,
    said: Report | None = None,
) -> Any:
    """A `BibDatabase` or a `Library`, by the version of bibtexparser that is installed. UsageError without one.

    What the dialect cannot hold becomes Problems in `said`. Records without a key get one.
    """
    package = _package("bibtexparser")
    entries = _entries(records, dialect, options, said)
    return _library(package, entries) if hasattr(package, "Library") else _database(package, entries)


def _of_dict(item: Mapping[str, Any]) -> Found:
    """An entry of version 1.4. Names with an underscore before them are its own notes about cross-references."""
    fields = {name: value for name, value in item.items() if name not in _NOT_FIELDS and name[:1] != "_"}
    return Found(item["ENTRYTYPE"], item["ID"], tuple((name, _raw(name, value)) for name, value in fields.items()))


def _of_block(block: Any) -> Iterator[Found | Problem]:
    """What a block of version 2 holds: an entry, or what can be read of a block that failed, or nothing."""
    line = 0 if block.start_line is None else block.start_line + 1
    if hasattr(block, "error"):
        yield from _recovered(block, line)
    elif hasattr(block, "fields"):
        pairs = tuple((field.key, _raw_of_field(field)) for field in block.fields)
        yield Found(block.entry_type, block.key, pairs, block.raw or "", line)


def _recovered(block: Any, line: int) -> Iterator[Found | Problem]:
    if block.raw is None:
        yield from _of_block(block.ignore_error_block) if block.ignore_error_block else ()
        return
    document = syntax.parse(block.raw)
    for problem in document.problems:
        yield msgspec.structs.replace(problem, line=problem.line + line - 1 if line else 0)
    for found in document.entries():
        above = document.lines.place(found.start)[0] - 1
        yield Found(found.type, found.key, found.pairs, block.raw[found.start : found.end], line + above if line else 0)


def _raw_of_field(field: Any) -> str:
    """The value of a field or a macro of version 2."""
    if getattr(field, "enclosing", None) == _BARE and isinstance(field.value, str):
        return field.value
    return _raw(field.key, field.value)


def _raw(name: str, value: Any) -> str:
    """A value as it would stand in a file."""
    if hasattr(value, "expr"):  # version 1.4 without interpolation: texts and macros that are joined
        return " # ".join(part.name if hasattr(part, "name") else edit.delimited(part) for part in value.expr)
    return edit.delimited(_plain(name, value))


def _plain(name: str, value: Any) -> str:
    """The text of a value, whatever customization or middleware made it."""
    if isinstance(value, Mapping):
        return _plain(name, value.get("name", value.get("url", "")))
    if isinstance(value, list | tuple):
        words = [_plain(name, one) for one in value]
        if words and words[-1].strip(" ,") == "others":  # 1.4 makes a name of it
            words[-1] = "others"
        return (", " if name.startswith("keyword") else " and ").join(words)
    return str(getattr(value, "merge_last_name_first", "" if value is None else value))


def _database(package: Any, entries: Iterable[tuple[str, str, Mapping[str, str]]]) -> Any:
    database = package.bibdatabase.BibDatabase()
    database.load_common_strings()
    for kind, key, fields in entries:
        database.entries.append({**_texts(fields), "ENTRYTYPE": kind, "ID": key})
    return database


def _library(package: Any, entries: Iterable[tuple[str, str, Mapping[str, str]]]) -> Any:
    library = package.Library()
    for kind, key, fields in entries:
        raw = edit.write_entry(kind, key, fields.items(), STYLE)
        found = [_field(package.model, name, value) for name, value in fields.items()]
        library.add(package.model.Entry(kind, key, found, raw=raw), fail_on_duplicate_key=False)
    return library


def _field(model: Any, name: str, value: str) -> Any:
    field = model.Field(name, str(value))
    if isinstance(value, edit.Bare):
        field.enclosing = _BARE
    return field


# ------------------------------------------------------------------------------------------------ pybtex


def from_pybtex(data: Any, *, dialect: DialectName = "bibtex") -> Iterator[Record | Problem]:
    """The entries of a `BibliographyData` as Records, in order."""
    return _read([_of_pybtex(key, item) for key, item in data.entries.items()], {}, dialect)


def to_pybtex(
    records: Iterable[Record],
    *,
    dialect: DialectName = "bibtex",
    options: WriteOptions = OPTIONS,
    said: Report | None = None,
) -> Any:
    """A `BibliographyData`. UsageError where pybtex is not installed.

    What cannot be held becomes Problems in `said`; of records with one key, without regard to case, the first is held.
    Records without a key get one.
    """
    database = _package("pybtex.database")
    data = database.BibliographyData()
    for kind, key, fields in _entries(records, dialect, options, said):
        if key not in data.entries:
            data.add_entry(key, _pybtex_entry(database, kind, _texts(fields)))
        elif said is not None:
            message = f"the key {key} is there already, and pybtex holds one entry for each key"
            said.add(Problem("pybtex-lost", message, "error", key=key))
    return data


def _of_pybtex(key: str, item: Any) -> Found:
    people = {role: " and ".join(map(_person, persons)) for role, persons in item.persons.items()}
    fields = (*people.items(), *item.fields.items())
    return Found(item.original_type, key, tuple((name, edit.delimited(value)) for name, value in fields))


def _person(person: Any) -> str:
    """A name in BibTeX's order; an empty given name where without one the family name would be taken apart."""
    family = [*person.prelast_names, *person.last_names]
    given = " ".join(person.bibtex_first_names) or "{}"
    if person.lineage_names:
        return f"{' '.join(family)}, {' '.join(person.lineage_names)}, {given}"
    return f"{' '.join(family)}, {given}" if given != "{}" or len(family) > 1 else "".join(family)


def _pybtex_entry(database: Any, kind: str, fields: Mapping[str, str]) -> Any:
    split = _package("pybtex.bibtex.utils").split_name_list
    made = database.Entry(kind)
    for name, value in fields.items():
        if name in database.Person.valid_roles:
            made.persons[name] = [database.Person(person) for person in split(value)]
        else:
            made.fields[name] = value
    return made


# ------------------------------------------------------------------------------------------------ both


def _package(name: str) -> Any:
    try:
        return import_module(name)  # only who exchanges databases needs it
    except ImportError as error:
        package = name.partition(".")[0]
        raise UsageError(f"{package} cannot be imported ({error}): pip install {package}") from error


class _Lines(Lines):
    """The lines of the file that a database was read from, as far as it tells them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.known: dict[int, int] = {}

    def line(self, offset: int) -> int:
        """The line; 0 where it is not known."""
        return self.known.get(offset, 0)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column; 0 where they are not known."""
        return self.line(offset), 0


def _read(
    found: Iterable[Found | Problem], macros: Mapping[str, str], dialect: DialectName
) -> Iterator[Record | Problem]:
    """What the entries mean: as a document whose blocks are known already, so that odd keys cannot break it."""
    problems = [item for item in found if isinstance(item, Problem)]
    blocks: list[syntax.Block] = [syntax.StringBlock(0, 0, "string", tuple(macros.items()))]
    lines, texts, place = _Lines(""), [], 0
    for item in found:
        if isinstance(item, Found):
            text = item.raw or edit.write_entry(item.type, item.key, _bare(item.pairs), STYLE)
            end = place + len(text)
            blocks.append(syntax.Entry(place, end, item.type, item.key, item.pairs))
            if item.line:
                lines.known |= {place: item.line, end: item.line + text.count("\n")}
            texts.append(text)
            place = end + 1
    return read_document(syntax.Document("\n".join(texts), blocks, problems, "", lines), DIALECTS[dialect])


def _bare(pairs: Pairs) -> Iterator[tuple[str, str]]:
    return ((name, edit.Bare(raw)) for name, raw in pairs)


def _entries(
    records: Iterable[Record], dialect: DialectName, options: WriteOptions, said: Report | None
) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Type, key and fields of each record, with balanced braces."""
    for record in keys.fill(records):
        kind, fields, problems = entry(record, options, DIALECTS[dialect])
        if said is not None:
            said.add(*problems)
        yield kind, record.key, {name: _balanced(value) for name, value in fields.items()}


def _balanced(value: str) -> str:
    return value if isinstance(value, edit.Bare) else edit.balanced(value)


def _texts(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with macros replaced and white space as BibTeX reads it."""
    texts = {
        name: syntax.resolve(value, {}) if isinstance(value, edit.Bare) else value for name, value in fields.items()
    }
    return {name: " ".join(value.split()) for name, value in texts.items()}
