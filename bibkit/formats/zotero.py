"""Zotero's item JSON, as its API and its export give it: pure, no network.

The fields and creators of each item type are in `zotero_tables`. An item that is read and written again without a
change is what it was: whatever CSL has no name for is carried in `extra` as `zotero:name`, and so is a value that would
be written otherwise than it stood (`Spring 2019`). Fields that are empty are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from bibkit import dates, note_lines
from bibkit.fieldmap import TypeRule
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.formats.zotero_tables import CHILDREN, CREATORS, FIELDS, NEAREST, TABLE, best_type, creator, role
from bibkit.formats.zotero_written import ZoteroWritten
from bibkit.json_items import Item, items, pretty
from bibkit.json_written import JsonText
from bibkit.losses import losses
from bibkit.names import is_others
from bibkit.problems import Problem
from bibkit.record import Date, Name, Origin, Record, replace
from bibkit.written import Written

PREFIX = "zotero:"  # of what only Zotero knows, in Record.extra
NOTES = f"{PREFIX}children"  # notes and attachments, as they are
Data = dict[str, Any]

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_MEANT = frozenset({"itemType", "creators", "tags", "extra", "citationKey"})  # read by functions of their own
_ALL_FIELDS = frozenset(name for fields in FIELDS.values() for name in fields)

# ------------------------------------------------------------------------------------------------ reading


def read(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    """Every item as a Record, and a Problem for whatever is not as it should be. Never raises.

    Items may stand in the wrapper of the API (`data`) and in an object with `items`. Notes and attachments are carried
    with the item that they belong to. `key` is `citationKey`, or `Citation Key: …` in Extra; Zotero's own key of the
    item is `extra["zotero:key"]`.
    """
    for item in pairs(text, source):
        yield item if isinstance(item, Problem) else item[1]


def pairs(text: str, source: str) -> Iterator[tuple[Item, Record] | Problem]:
    """`read` with each item beside its Record; those that hang on another one come with that."""
    found = list(items(text, source))
    parents = {key for item in found if isinstance(item, Item) and (key := _key(_data(item)))}
    children: dict[str, list[Data]] = {}
    for item in found:
        if isinstance(item, Item) and (parent := _parent(item, parents)):
            children.setdefault(parent, []).append(_data(item))
    for item in found:
        if isinstance(item, Problem):
            yield item
        elif not _parent(item, parents):
            yield from _read_item(item, source, children)
    yield from _in_circles(children, source)


def written(text: str, source: str, _options: ReadOptions) -> Iterator[Written | Problem]:
    """Every item as it stands, in order, and the Problems of `read`."""
    file = JsonText(text)
    for found in pairs(text, source):
        if isinstance(found, Problem):
            yield found
        else:
            item, record = found
            data = _data(item)
            yield ZoteroWritten(file, item, data.get("itemType"), record, wrapped=data is not item.value)


def _in_circles(children: dict[str, list[Data]], source: str) -> Iterator[Problem]:
    """Items that belong to one another and to none that stands by itself."""
    for parent, listed in children.items():
        message = f"{len(listed)} items below {parent} belong to no item that stands by itself"
        yield Problem("zotero-circle", message, "error", source, raw=str(listed)[:10_000])


def _data(item: Item) -> Data:
    inner = item.value.get("data")
    return inner if isinstance(inner, dict) else item.value


def _key(data: Data) -> str:
    return _text(data.get("key"))


def _parent(item: Item, parents: set[str]) -> str:
    """The key of the item that this one hangs on, if that is here too."""
    data = _data(item)
    parent = _text(data.get("parentItem"))
    return parent if parent and parent != _key(data) and parent in parents else ""


def _read_item(item: Item, source: str, children: dict[str, list[Data]]) -> Iterator[tuple[Item, Record] | Problem]:
    data = _data(item)
    kind = data.get("itemType")
    if not isinstance(kind, str) or TABLE.type_in(kind) is None:
        message = f"item {item.number} has {f'the unknown type {kind!r}' if kind else 'no type'}; taken as document"
        yield Problem("zotero-type", message, source=source, line=item.line, field="itemType")
    record = from_data(data)
    for name in _odd(data):
        message = f"{name} is not as Zotero has it; kept as it is"
        yield Problem("zotero-value", message, source=source, line=item.line, key=record.key, field=name)
    below = list(_below(_key(data), children))
    if below:
        record = replace(record, extra={**record.extra, NOTES: below})
    yield item, replace(record, origins=(Origin(source, "zotero-json", item.line, item.end_line),))


def _below(key: str, children: dict[str, list[Data]]) -> Iterator[Data]:
    """What belongs to an item, and what belongs to that: an annotation hangs on an attachment. Taken out."""
    for child in children.pop(key, ()):
        yield child
        yield from _below(_key(child), children)


def _odd(data: Data) -> Iterator[str]:
    """Members whose value is of the wrong type."""
    fields = FIELDS[_rule(data.get("itemType")).theirs]
    yield from (name for name in fields if data.get(name) and not isinstance(data[name], str))
    for name in ("creators", "tags"):
        value = data.get(name)
        if value and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
            yield name


def from_data(data: Data) -> Record:
    """The Record of the data object of an item."""
    given = {name: value for name, value in data.items() if value not in _EMPTY}
    understood = _understood(data)
    extra = {f"{PREFIX}{name}": value for name, value in given.items() if name not in understood}
    record = replace(_meaning(data), extra=extra)
    written = to_data(record)
    other = {f"{PREFIX}{name}": value for name, value in given.items() if written.get(name) != value}
    return replace(record, extra={**extra, **other}) if other else record


def _understood(data: Data) -> set[str]:
    """The members that the Record says in its own words, as far as they go."""
    rule = _rule(data.get("itemType"))
    return {*_MEANT, *TABLE.reading(rule.theirs, rule.ours)}


def _rule(kind: Any) -> TypeRule:
    """The rule for an item type; one that is unknown is taken as `document`."""
    found = TABLE.type_in(kind) if isinstance(kind, str) else None
    return found or TypeRule("document", "document")


def _meaning(data: Data) -> Record:
    """What the item says in CSL's words."""
    rule = _rule(data.get("itemType"))
    texts, found_dates = _values(data, rule)
    people, cut = _creators(rule.theirs, data.get("creators"))
    key = _text(data.get("citationKey"))
    taken = {*texts, *people, *found_dates, *([note_lines.KEY] if key else [])}
    lines = note_lines.parse(_text(data.get("extra")), frozenset(taken))
    if lines.note:
        texts["note"] = lines.note
    return Record(
        type=lines.type or rule.ours,
        key=key or lines.key,
        texts={**texts, **lines.texts},
        names={**people, **lines.names},
        dates={**found_dates, **lines.dates},
        cut=cut,
        keywords=_tags(data.get("tags")),
        aliases=lines.aliases,
    )


def _text(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else ""


def _values(data: Data, rule: TypeRule) -> tuple[dict[str, str], dict[str, Date]]:
    texts: dict[str, str] = {}
    found: dict[str, Date] = {}
    for field, rules in TABLE.reading(rule.theirs, rule.ours).items():
        value = _text(data.get(field))
        if not value.strip():
            continue
        if rules[0].kind == "date":
            found.setdefault(rules[0].ours, dates.parse_text(value))
        else:
            texts.setdefault(rules[0].ours, value)
    return texts, found


def _tags(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else []
    words = (_text(one.get("tag") if isinstance(one, dict) else one) for one in listed)
    return tuple(dict.fromkeys(word for word in words if word))


# ------------------------------------------------------------------------------------------------ creators


def _creators(kind: str, value: Any) -> tuple[dict[str, tuple[Name, ...]], tuple[str, ...]]:
    """The names by variable, and the variables whose last name is "et al."."""
    people: dict[str, tuple[Name, ...]] = {}
    for one in value if isinstance(value, list) else []:
        variable = role(kind, _text(one.get("creatorType"))) if isinstance(one, dict) else ""
        name = _name_in(one) if variable else Name()
        if name != Name():
            people[variable] = (*people.get(variable, ()), name)
    cut = tuple(variable for variable, listed in people.items() if is_others(listed[-1]))
    kept = {variable: listed[:-1] if variable in cut else listed for variable, listed in people.items()}
    return {variable: listed for variable, listed in kept.items() if listed}, cut


def _name_in(value: Data) -> Name:
    one = _text(value.get("name"))
    family, given = _text(value.get("lastName")), _text(value.get("firstName"))
    if one or (value.get("fieldMode") == 1 and not given):
        return Name(literal=one or family)
    return note_lines.from_two(family, given)


def _name_out(name: Name) -> Data:
    if name.literal and not (name.family or name.given):
        return {"name": name.literal}
    family, given = note_lines.as_two(name)
    return {"firstName": given, "lastName": family}


def _people(record: Record, kind: str) -> list[Data]:
    """The creators that the item type has, in the order of the table, and those that CSL has no name for."""
    found = []
    for variable in dict.fromkeys(role(kind, name) for name in CREATORS[kind]):
        creator_type = creator(kind, variable)
        people = record.names.get(variable, ()) if variable else ()
        persons = [name for name in people if name != Name() and not is_others(name)]
        found += [{"creatorType": creator_type, **_name_out(name)} for name in persons]
    before = record.extra.get(f"{PREFIX}creators")
    others = [one for one in before if isinstance(one, dict)] if isinstance(before, list) else []
    return found + [one for one in others if not role(kind, _text(one.get("creatorType")))]


# ------------------------------------------------------------------------------------------------ writing


def write(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    """A JSON array of item data, and a Problem for each value that does not come back when the item is read.

    What the item type has no field for is a line in Extra, where Zotero understands it (`Original Date: 1865`). The
    notes and attachments of an item follow it, as they were.
    """
    before = "[\n  "
    for record in records:
        data = to_data(record)
        yield from _lost(record, data)
        for one in (data, *_children(record)):
            text, changed = pretty(one)
            yield from _changed(record, changed)
            yield before + text
            before = ",\n  "
    yield "[]\n" if before.startswith("[") else "\n]\n"


def _changed(record: Record, names: list[str]) -> Iterator[Problem]:
    source, line = record.place()
    for name in names:
        message = f"{name} is no sound JSON; written without what is not"
        yield Problem("zotero-changed", message, source=source, line=line, key=record.key, field=name)


def _children(record: Record) -> list[Data]:
    found = record.extra.get(NOTES)
    return found if isinstance(found, list) else []


def _lost(record: Record, data: Data) -> Iterator[Problem]:
    """What reading the item gives otherwise than it was."""
    source, line = record.place()
    understood = _understood(data)
    left = {name: value for name, value in record.extra.items() if not _is_carried(name, data, understood)}
    for variable, _value, instead in losses(replace(record, extra=left), _meaning(data)):
        message = f"Zotero has no place for {variable} in an item of type {data['itemType']}"
        if variable == "cut":
            message = f"Zotero cannot say that there are more {_value}s than are listed"
        elif instead is not None:
            message = f"{variable} comes back from Zotero otherwise than it was"
        yield Problem("zotero-lost", message, source=source, line=line, key=record.key, field=variable)


def _is_carried(name: str, data: Data, understood: set[str]) -> bool:
    """Whether a member of `extra` is in the item, or says only how the item stood before."""
    own = name.removeprefix(PREFIX)
    return name.startswith(PREFIX) and (own in data or name == NOTES or own in understood)


def to_data(record: Record) -> Data:
    """The data object of an item; what was read from an item and is not changed stands as it stood."""
    kind, given = _kind(record)
    data = {**_item(record, kind), "itemType": given}
    for own in ("extra", "creators", "tags", *FIELDS[kind]):
        value = record.extra.get(f"{PREFIX}{own}")
        if value is not None and data.get(own) != value:
            data = _as_it_stood(record, data, own)
    return _ordered(data, kind)


def _kind(record: Record) -> tuple[str, str]:
    """The item type whose fields are written, and its name: the type that it had, if that still fits."""
    given = record.extra.get(f"{PREFIX}itemType")
    if isinstance(given, str):
        rule = _rule(given)
        said = note_lines.parse(_text(record.extra.get(f"{PREFIX}extra"))).type
        if record.type in (rule.ours, said) or record.type in NEAREST:
            return rule.theirs, given
    best = best_type(record.type, frozenset(record.variables()))
    return best, best


def _as_it_stood(record: Record, data: Data, own: str) -> Data:
    """The item with a member as it was read, if that says of the record what we would write."""
    value = record.extra[f"{PREFIX}{own}"]
    trial = {**data, own: value}
    if own == "extra":
        trial = _without(trial, note_lines.parse(_text(value)).variables())
    return trial if _differences(record, trial) <= _differences(record, data) else data


def _without(data: Data, variables: set[str]) -> Data:
    """The item without the fields and creators that say these variables."""
    rule = _rule(data["itemType"])
    fields = TABLE.reading(rule.theirs, rule.ours)
    said = {name: listed[0].ours for name, listed in fields.items()} | {"citationKey": note_lines.KEY}
    kept = {name: value for name, value in data.items() if said.get(name) not in variables}
    if "creators" in kept:
        kept["creators"] = [one for one in kept["creators"] if role(rule.theirs, one["creatorType"]) not in variables]
    return kept


def _differences(record: Record, data: Data) -> set[str]:
    """The variables in which an item and a record differ."""
    bare, found = replace(record, extra={}), _meaning(data)
    return {one[0] for one in losses(bare, found)} | {one[0] for one in losses(found, bare)}


def _item(record: Record, kind: str) -> Data:
    """The item as the tables have it."""
    data: Data = {"itemType": kind, "tags": _tags_out(record), "collections": [], "relations": {}}
    done: set[str] = set()
    for rule in TABLE.rules(kind, record.type):
        value = _field(record, rule.ours)
        if value and rule.ours not in done and rule.theirs not in data:
            data[rule.theirs] = value
            done.add(rule.ours)
    if record.key and kind not in CHILDREN:
        data["citationKey"] = record.key
    if kind in CREATORS:
        data["creators"] = _people(record, kind)
        done.update(role(kind, name) for name in CREATORS[kind])
    lines = [] if kind in CHILDREN else _lines(record, kind, done)
    if lines:
        data["extra"] = "\n".join(lines)
    understood = _understood(data)
    for name, value in record.extra.items():
        own = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and name != NOTES and own not in understood and _may_have(kind, own):
            data[own] = value
    return data


def _may_have(kind: str, own: str) -> bool:
    """Whether an item of this type can have the member: a field of other types only it cannot."""
    return own in FIELDS[kind] or own not in _ALL_FIELDS


def _field(record: Record, variable: str) -> str:
    date = record.dates.get(variable)
    if date is None:
        return record.texts.get(variable, "")
    return note_lines.date_text(date)


def _tags_out(record: Record) -> list[Data]:
    """The keywords, each as the tag that it was."""
    before = record.extra.get(f"{PREFIX}tags")
    listed = [one for one in before if isinstance(one, dict)] if isinstance(before, list) else []
    known = {_text(one.get("tag")): one for one in listed}
    return [known.get(word, {"tag": word}) for word in record.keywords]


def _lines(record: Record, kind: str, done: set[str]) -> list[str]:
    """Extra: the note, and a line for each variable that has no field."""
    note = record.texts.get("note", "")
    lines = [note] if note else []
    if _rule(kind).ours != record.type:
        lines.append(note_lines.text_line(note_lines.TYPE, record.type))
    lines += [note_lines.alias_line(record.aliases)] if record.aliases else []
    for name, people in record.names.items():
        lines += note_lines.name_lines(name, people) if name not in done else []
    for name, date in record.dates.items():
        lines += [note_lines.date_line(name, date)] if name not in done else []
    for name, text in record.texts.items():
        lines += [note_lines.text_line(name, text)] if text and name not in done and name != "note" else []
    return lines


def _ordered(data: Data, kind: str) -> Data:
    """The members in the order of Zotero's API: what it is, fields, then the rest."""
    first, *others = FIELDS[kind] or ("",)
    head = ("key", "version", "parentItem", "itemType", first, "creators", *others)
    tail = ("tags", "collections", "relations", "dateAdded", "dateModified")
    rest = sorted(name for name in data if name not in head and name not in tail)
    return {name: data[name] for name in (*head, *rest, *tail) if name in data}


# ------------------------------------------------------------------------------------------------ detection


def detect(text: str) -> float:
    """JSON whose objects have an `itemType`."""
    start = text.removeprefix("\ufeff").lstrip()[:20_000]
    return 0.97 if start[:1] in ("[", "{") and _ITEM_TYPE.search(start) else 0.0


_ITEM_TYPE = re.compile(r'"itemType"\s*:\s*"\w+"')

FORMAT = Format(
    name="zotero-json",
    title="Zotero item JSON (API and export)",
    suffixes=(".zotero.json",),
    read=read,
    write=write,
    detect=detect,
    written=written,
)
