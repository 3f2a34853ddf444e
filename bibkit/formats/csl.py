"""CSL-JSON, the data format of citation processors: reads what is found, writes the variables of CSL 1.0.2.

Sources: CSL specification 1.0.2, appendices III and IV; `csl-data.json` of the same version, which has some variables
under other names, leaves two out and forbids what it does not list. Processors go by the specification, and so do we;
only on request by the schema. What neither has a place for is written into the `custom` object.

An item that is written has its members in this order: `id`, `citation-key`, `type`, `title`, the names, the dates, the
other variables in alphabetical order, `keyword`, `custom`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from sys import intern
from typing import Any

import msgspec

from bibkit import note_lines
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.formats.csl_syntax import date_in, date_out, name_in, person, text_in
from bibkit.formats.csl_tables import NOT_IN_SCHEMA, ORDER, SCHEMA_NAMES, SCHEMA_ONLY, SYNONYMS, TYPE_SYNONYMS
from bibkit.formats.csl_written import CslWritten
from bibkit.json_items import Item, items, pretty
from bibkit.json_written import JsonText
from bibkit.names import is_others
from bibkit.problems import Problem
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES, TYPES, Date, Name, Origin, Record
from bibkit.written import Written

_RECURRING = frozenset({"container-title", "issue", "language", "publisher", "volume"})  # the same in many records
_NONE: dict[str, Any] = {}  # what most records have no more of; maps of a Record are never changed
_PLACE = {name: place for place, name in enumerate(ORDER)}
CUSTOM = "bibkit:"  # our own members of `custom`
_OURS = re.compile(r"[a-z][a-z0-9-]*:")  # a member of `custom` that is a key of Record.extra as it stands


# ------------------------------------------------------------------------------------------------ reading


def read(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    """Every item as a Record, one at a time, and a Problem for whatever is not as it should be. Never raises.

    `key` is the citation key where there is one and the id where not. A name "others" or "et al." at the end of a list
    is no person: the variable is in `cut`. What CSL has no name for is in `extra`, as `csl:name`. With
    `options.note_lines`, lines of the note that name a variable which the item does not have leave the note.
    """
    for item in pairs(text, source, options):
        yield item if isinstance(item, Problem) else item[1]


def pairs(text: str, source: str, options: ReadOptions) -> Iterator[tuple[Item, Record] | Problem]:
    """`read` with each item beside its Record."""
    seen: dict[str, int] = {}
    for item in items(text, source):
        if isinstance(item, Problem):
            yield item
            continue
        reading = _Reading(item, source, options)
        record = reading.record()
        yield from reading.problems
        yield from _twice(record, item, seen, source)
        yield item, note_lines.expand(record) if options.note_lines else record


def written(text: str, source: str, options: ReadOptions) -> Iterator[Written | Problem]:
    """Every item as it stands, in order, and the Problems of `read`."""
    file = JsonText(text)
    for found in pairs(text, source, options):
        if isinstance(found, Problem):
            yield found
        else:
            item, record = found
            yield CslWritten(file, item, item.value.get("type"), record)


def _twice(record: Record, item: Item, seen: dict[str, int], source: str) -> Iterator[Problem]:
    identifier = str(record.extra.get("csl:id", record.key))
    first = seen.setdefault(identifier, item.number) if identifier else item.number
    if first != item.number:
        message = f"item {item.number} has the id of item {first}"
        yield Problem("csl-id-twice", message, source=source, line=item.line, key=record.key, field="id")


class _Reading:
    """One item on its way to a Record."""

    def __init__(self, item: Item, source: str, options: ReadOptions) -> None:
        self.item = item
        self.value = item.value
        self.source = source
        self.default = options.type or "document"
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}
        self.names: dict[str, tuple[Name, ...]] = {}
        self.dates: dict[str, Date] = {}
        self.cut: list[str] = []
        self.keywords: tuple[str, ...] = ()
        self.aliases: tuple[str, ...] = ()
        self.extra: dict[str, Any] = {}
        self.key = self._key()

    def record(self) -> Record:
        """The Record; what was wrong is in `problems`."""
        kind = self._type()
        for name, value in self.value.items():
            if type(value) is str and name in TEXT_VARIABLES:
                if value:
                    self._text(name, value)
            elif value is not None and name != "type" and name != "id":
                self._variable(name, value)
        custom = self.value.get("custom")
        if isinstance(custom, dict):
            self._custom(custom)
        origin = Origin(self.source, "csl-json", self.item.line, self.item.end_line)
        values = (self.texts, self.names, self.dates, tuple(self.cut), self.keywords, self.extra or _NONE, self.aliases)
        return Record(kind, self.key, *values, (origin,), _NONE)

    def warn(self, code: str, message: str, field: str, hint: str = "") -> None:
        """Keep a Problem about a member."""
        self.problems.append(
            Problem(code, message, source=self.source, line=self.item.line, key=self.key, field=field, hint=hint)
        )

    # ---------------------------------------------------------------- head

    def _key(self) -> str:
        identifier = text_in(self.value.get("id")) or ""
        key = text_in(self.value.get("citation-key")) or identifier
        if identifier != key:
            self.extra["csl:id"] = identifier
        return key

    def _type(self) -> str:
        given = self.value.get("type")
        if isinstance(given, str) and given in TYPES:
            return intern(given)  # one string for a million records
        if not given:
            self.warn("csl-no-type", f"item {self.item.number} has no type; taken as {self.default}", "type")
            return self.default
        self.extra["csl:type"] = given
        found = TYPE_SYNONYMS.get(given.lower().replace("_", "-"), "") if isinstance(given, str) else ""
        self.warn("csl-type", f"{given!r} is no CSL type; taken as {found or self.default}", "type")
        return found or self.default

    # ---------------------------------------------------------------- variables

    def _text(self, name: str, value: str) -> None:
        if name in SYNONYMS and self._is_free(SYNONYMS[name], value):
            name = SYNONYMS[name]
        if name not in TEXT_VARIABLES:
            self._keep(name, value)
        elif name != "citation-key":
            self.texts[name] = intern(value) if name in _RECURRING else value

    def _is_free(self, name: str, value: str) -> bool:
        return self.value.get(name) in (None, "", value)

    def _variable(self, name: str, value: Any) -> None:
        """A member that is no text variable with a string."""
        if name in NAME_VARIABLES:
            self._people(name, value)
        elif name in DATE_VARIABLES:
            self._date(name, value)
        elif name in TEXT_VARIABLES or name in SYNONYMS:
            self._odd_text(name, value)
        elif name == "keyword":
            self._keywords(value)
        elif name != "custom" or not isinstance(value, dict):
            self._keep(name, value)

    def _odd_text(self, name: str, value: Any) -> None:
        written = text_in(value)
        if written is None and isinstance(value, list) and all(isinstance(part, str) for part in value):
            written = "; ".join(value)  # Crossref has lists of titles
        if written is None:
            self._wrong(name, value)
        elif written:
            self._text(name, written)

    def _people(self, name: str, value: Any) -> None:
        people: list[Name] = []
        for one in value if isinstance(value, list) else [value]:
            if type(one) is dict and len(one) == 2 and type(one.get("family")) is str and type(one.get("given")) is str:
                people.append(person(one["family"], one["given"]))
            else:
                self._other_name(name, one, people)
        if people and is_others(people[-1]):
            people.pop()
            self._cut(name)
        if people:
            self.names[name] = tuple(people)
        elif name not in self.cut and value:
            self._wrong(name, value)

    def _other_name(self, variable: str, value: Any, people: list[Name]) -> None:
        """A name that is not just family and given; what else its object says is kept beside it, by its place."""
        person, rest = name_in(value)
        if person is not None:
            if rest:
                self.extra.setdefault("csl:names", {}).setdefault(variable, {})[str(len(people) + 1)] = rest
            people.append(person)

    def _cut(self, name: str) -> None:
        if name not in self.cut:
            self.cut.append(name)

    def _date(self, name: str, value: Any) -> None:
        date = date_in(value)
        if date is not None:
            self.dates[name] = date
        elif not _says_nothing(value):
            self._wrong(name, value)

    def _keywords(self, value: Any) -> None:
        if isinstance(value, list):
            self.keywords = tuple(word for one in value if (word := text_in(one)))
        elif isinstance(value, str):
            self.keywords = split_keywords(value)
        else:
            self._wrong("keyword", value)

    def _wrong(self, name: str, value: Any) -> None:
        self.warn("csl-value", f"{name} is {_shown(value)}, which it cannot be; kept as csl:{name}", name)
        self._keep(name, value)

    def _keep(self, name: str, value: Any) -> None:
        self.extra[name if _OURS.match(name) else f"csl:{name}"] = _finite(value)

    # ---------------------------------------------------------------- custom

    def _custom(self, custom: dict[str, Any]) -> None:
        for name, value in custom.items():
            if name.startswith(CUSTOM) and self._own(name.removeprefix(CUSTOM), value):
                continue
            if name in NOT_IN_SCHEMA and name not in self.value and value:
                if name in NAME_VARIABLES:
                    self._people(name, value)
                else:
                    self._odd_text(name, value)
            else:
                self._keep(name, value)

    def _own(self, name: str, value: Any) -> bool:
        """A member that our writer made; False where its value is not as the writer makes it."""
        if name == "dates" and isinstance(value, dict):
            known = [self._own_date(variable, date) for variable, date in value.items()]
            return all(known)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            return False
        if name == "cut":
            for variable in value:
                self._cut(variable)
        elif name == "aliases":
            self.aliases = tuple(value)
        elif name == "keywords":
            self.keywords = tuple(value)
        return name in ("cut", "aliases", "keywords")

    def _own_date(self, name: str, value: Any) -> bool:
        """The date in full, where nobody has changed the one that CSL can say since it was written."""
        try:
            date = msgspec.convert(value, Date)
        except msgspec.ValidationError:
            return False
        if date_in(date_out(date)) == self.dates.get(name):
            self.dates[name] = date
        return True


def _says_nothing(value: Any, depth: int = 4) -> bool:
    """Whether there is no text and no number in it: `{"date-parts": [[null]]}` is how Crossref has no date."""
    if isinstance(value, (dict, list)):
        inner = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_says_nothing(one, depth - 1) for one in inner)
    return value is None or (isinstance(value, str) and not value.strip())


def split_keywords(text: str) -> tuple[str, ...]:
    """The keywords of a text, between semicolons where there is one and between commas where not."""
    parts = text.split(";" if ";" in text else ",")
    return tuple(word for part in parts if (word := part.strip()))


def _shown(value: Any) -> str:
    kinds = {list: "a list", dict: "an object", bool: "a truth value", str: "text"}
    return kinds.get(type(value), "a number")


def _finite(value: Any) -> Any:
    """NaN and the infinities are no JSON: as text."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


# ------------------------------------------------------------------------------------------------ writing


def write(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    """A JSON array, record by record, indented by two, and a Problem for each value that is not in it.

    With `options.schema` it satisfies `csl-data.json`, always; else as far as no record has one of the five variables
    that the specification has and the schema has not: `editor-translator`, `license`, and the numbers of part,
    printing and supplement, which have other names there.
    `id` is the key, made unique where two records share one; a record without a key gets an id and no `citation-key`.
    "et al." is never a person: `cut` is `custom["bibkit:cut"]`. `extra`, `aliases`, keywords with a comma in them and
    what a CSL date cannot say are in `custom` too, and are read from there.
    """
    taken: set[str] = set()
    before = "[\n  "
    for record in records:
        writing = _Writing(record, taken, strict=options.schema)
        text = writing.text()
        yield from writing.problems
        yield before + text
        before = ",\n  "
    yield "[]\n" if before.startswith("[") else "\n]\n"


class _Writing:
    """One Record on its way to an item."""

    def __init__(self, record: Record, taken: set[str], *, strict: bool) -> None:
        self.record = record
        self.names = SCHEMA_NAMES if strict else {}
        self.apart = NOT_IN_SCHEMA if strict else frozenset()
        self.problems: list[Problem] = []
        self.custom: dict[str, Any] = {}
        self.cut = dict.fromkeys(record.cut)
        self.out: dict[str, Any] = {"id": self._id(taken)}
        if record.key:
            self.out["citation-key"] = record.key

    def text(self) -> str:
        """The item as indented JSON."""
        record = self.record
        self._type()
        self._texts(record.texts)
        for name, people in record.names.items():
            self._people(name, people)
        for variable, date in record.dates.items():
            self._date(variable, date)
        if record.keywords:
            self._keywords(record.keywords)
        self._beyond()
        text, changed = pretty({name: self.out[name] for name in sorted(self.out, key=_PLACE.__getitem__)})
        for name in changed:
            self.warn("csl-changed", f"{name} is no sound JSON; written without what is not", name)
        return text

    def warn(self, code: str, message: str, field: str) -> None:
        """Keep a Problem about a variable."""
        source, line = self.record.place()
        self.problems.append(Problem(code, message, source=source, line=line, key=self.record.key, field=field))

    # ---------------------------------------------------------------- head

    def _id(self, taken: set[str]) -> str:
        wanted = self.record.key
        found = wanted or _numbered("item", taken, 1)
        if not wanted:
            self.warn("csl-id-made", f"the record has no key; its id is {found}", "key")
        elif found in taken:
            found = _numbered(wanted, taken, 2)
            self.warn("csl-id-twice", f"the id {wanted} is taken; it is {found} here", "key")
        taken.add(found)
        return found

    def _type(self) -> None:
        kind = self.record.type
        if kind not in TYPES:
            self.warn("csl-type", f"{kind!r} is no CSL type; written as document", "type")
            self.custom["type"] = kind
            kind = "document"
        self.out["type"] = kind

    # ---------------------------------------------------------------- variables

    def _texts(self, texts: Mapping[str, str]) -> None:
        for name, value in texts.items():
            if not value:
                continue
            if name == "citation-key":
                self._other_key(value)
            elif name in self.apart:
                self.custom[name] = value
            elif name in TEXT_VARIABLES:
                self.out[self.names.get(name, name)] = value
            else:
                self._unknown(name, value)

    def _other_key(self, value: str) -> None:
        if value != self.record.key:
            self.warn("csl-lost", f"citation-key {value!r} is not the key of the record", "citation-key")

    def _people(self, name: str, people: tuple[Name, ...]) -> None:
        listed = [person for person in people if person != Name()]
        if listed and is_others(listed[-1]):
            self.warn("csl-others", f"the last {name} is no person but says that there are more", name)
            listed.pop()
            self.cut[name] = None
        if listed and name in self.apart:
            self.custom[name] = listed
        elif listed and name in NAME_VARIABLES:
            self.out[name] = listed
        elif listed:
            self._unknown(name, msgspec.to_builtins(listed))

    def _date(self, name: str, date: Date) -> None:
        if date == Date():
            return
        if name not in DATE_VARIABLES:
            self._unknown(name, msgspec.to_builtins(date))
            return
        written = date_out(date)
        if written:
            self.out[name] = written
        if not _is_plain(date) and date_in(written) != date:
            self.custom.setdefault(f"{CUSTOM}dates", {})[name] = msgspec.to_builtins(date)

    def _keywords(self, keywords: tuple[str, ...]) -> None:
        joined = ("; " if any("," in word for word in keywords) else ", ").join(keywords)
        self.out["keyword"] = joined
        if split_keywords(joined) != keywords:
            self.custom[f"{CUSTOM}keywords"] = list(keywords)

    def _unknown(self, name: str, value: Any) -> None:
        self.warn("csl-unknown", f"{name} is no variable of CSL 1.0.2; kept in custom", name)
        self.custom[name] = value

    # ---------------------------------------------------------------- what CSL has no name for

    def _beyond(self) -> None:
        record = self.record
        for name, value in record.extra.items():
            self._extra(name, value)
        if self.cut:
            self.custom[f"{CUSTOM}cut"] = list(self.cut)
        if record.aliases:
            self.custom[f"{CUSTOM}aliases"] = list(record.aliases)
        if self.custom:
            self.out["custom"] = {name: self.custom[name] for name in sorted(self.custom)}

    def _extra(self, name: str, value: Any) -> None:
        own = name.removeprefix("csl:") if name.startswith("csl:") else ""
        if own == "id" and value == self.out["id"]:
            return
        if own in SCHEMA_ONLY and _fits(value, SCHEMA_ONLY[own]):
            self.out[own] = value
        else:
            self.custom[own or name] = _finite(value)


def _numbered(stem: str, taken: set[str], number: int) -> str:
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _is_plain(date: Date) -> bool:
    return date.end is None and not (date.qualifier or date.time or date.literal)


def _fits(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str)
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


# ------------------------------------------------------------------------------------------------ detection

_EMPTY_OR_OBJECTS = re.compile(r"\[\s*(?:\{|\]\s*$)|\{\s*\"")
_MEMBER = re.compile(r'"type"\s*:\s*"([a-z_-]+)"')


def detect(text: str) -> float:
    """JSON with items of a CSL type; Zotero's items have an `itemType` instead."""
    start = text.removeprefix("\ufeff").lstrip()
    if start[:1] not in ("[", "{") or '"itemType"' in start:
        return 0.0
    kinds = {found[1] for found in _MEMBER.finditer(start[:20_000])}
    if kinds & (TYPES | TYPE_SYNONYMS.keys()):
        return 0.95
    return 0.7 if _EMPTY_OR_OBJECTS.match(start) else 0.2


FORMAT = Format(
    name="csl-json",
    title="CSL-JSON (CSL 1.0.2)",
    suffixes=(".json", ".csl.json"),
    read=read,
    write=write,
    detect=detect,
    written=written,
)
