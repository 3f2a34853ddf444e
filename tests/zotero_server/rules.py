"""What the server accepts: the checks of one object, with the messages that the real server gives."""

from __future__ import annotations

import re
from typing import Any

from bibkit.formats.zotero_tables import CREATORS, FIELDS
from zotero_server.state import Data, Library, listed

FIELD_BYTES = 65_535
NAME_LETTERS = 255
NOTE_LETTERS = 500_000
LINK_MODES = ("imported_file", "imported_url", "linked_file", "linked_url", "embedded_image")
PREDICATES = {
    "items": re.compile(r"owl:sameAs|dc:relation|dc:replaces|mendeleyDB:\w+"),
    "collections": re.compile(r"owl:sameAs|mendeleyDB:remoteFolderUUID"),
}
_URI = re.compile(r"http://zotero\.org/(?:users|groups)/\d+/(?:items|collections)/[A-Z0-9]{8}")
_KEY = re.compile(r"[23456789ABCDEFGHIJKLMNPQRSTUVWXYZ]{8}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\dZ?)?")
_COMMON = ("creators", "tags", "collections", "relations", "dateAdded", "dateModified")
_META = frozenset({"key", "version", "itemType", "deleted", "parentItem", "inPublications", "collections", *_COMMON})
_ATTACHMENT = (
    "linkMode",
    "title",
    "accessDate",
    "url",
    "note",
    "contentType",
    "charset",
    "filename",
    "md5",
    "mtime",
    "path",
)
_CHILD = {
    "note": ("note",),
    "attachment": _ATTACHMENT,
    "annotation": (
        "annotationType", "annotationAuthorName", "annotationText", "annotationComment", "annotationColor",
        "annotationPageLabel", "annotationSortIndex", "annotationPosition",
    ),
}  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
EVERY_FIELD = frozenset(name for fields in FIELDS.values() for name in fields)


class Refused(Exception):
    """One object that the server does not take."""

    def __init__(self, code: int, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data

    def as_json(self) -> Data:
        found: Data = {"code": self.code, "message": self.message}
        if self.data:
            found["data"] = self.data
        return found


def shortened(value: str, at: int) -> str:
    return value if len(value) <= at else value[:at] + "…"


# ------------------------------------------------------------------------------------------------ items


def fields_of(kind: str, world_has_keys: bool = True) -> tuple[str, ...]:
    if kind in _CHILD:
        return _CHILD[kind]
    return tuple(name for name in FIELDS[kind] if world_has_keys or name != "citationKey")


def check_item(data: Data, library: Library, given: Data) -> None:
    """Raises Refused for what the real server refuses; `data` is the whole object, `given` what was sent."""
    kind = data.get("itemType")
    if kind is None:
        raise Refused(400, "'itemType' property not provided")
    if kind not in FIELDS:
        raise Refused(400, f"'{kind}' is not a valid itemType")
    _check_key(data, "item")
    _check_properties(kind, given)
    _check_creators(kind, data.get("creators", []))
    _check_tags(data.get("tags", []))
    _check_relations("items", data.get("relations", {}))
    _check_times(data)
    _check_parents(kind, data, library)
    if kind == "attachment":
        _check_attachment(data)


def _check_key(data: Data, what: str) -> None:
    if "key" in data and not _KEY.fullmatch(str(data["key"])):
        raise Refused(400, f"'{data['key']}' is not a valid {what} key")


def _check_properties(kind: str, given: Data) -> None:
    allowed = {*_META, *fields_of(kind)}
    for name, value in given.items():
        if name not in allowed:
            if name in EVERY_FIELD and kind not in _CHILD:
                raise Refused(400, f"'{name}' is not a valid field for type '{kind}'")
            raise Refused(400, f"Invalid property '{name}'")
        if isinstance(value, str) and name != "note" and len(value.encode()) > FIELD_BYTES:
            shown, label = shortened(value, 54), re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()
            item = f"1/{given.get('key', 'XXXXXXXX')}"
            raise Refused(413, f"{label} field value '{shown}' too long for item '{item}'", field=label, value=shown)
    if len(str(given.get("note", ""))) > NOTE_LETTERS:
        raise Refused(413, "Note too long", field="note")


def _check_creators(kind: str, creators: Any) -> None:
    if not isinstance(creators, list):
        raise Refused(400, "'creators' property must be an array")
    for creator in creators:
        if not creator.get("creatorType"):
            raise Refused(400, "creator object must contain 'creatorType'")
        if creator["creatorType"] not in CREATORS.get(kind, ()):
            raise Refused(400, f"'{creator['creatorType']}' is not a valid creator type for item type '{kind}'")
        if "name" in creator and ("firstName" in creator or "lastName" in creator):
            raise Refused(400, "'firstName' and 'name' creator fields are mutually exclusive")
        if long := [str(value) for value in creator.values() if len(str(value)) > NAME_LETTERS]:
            raise Refused(413, "Creator name too long", field="creator", value=long[0])


def _check_tags(tags: Any) -> None:
    for tag in tags:
        if not isinstance(tag, dict):
            raise Refused(400, "Tag must be an object")
        if len(tag.get("tag", "")) > NAME_LETTERS:
            raise Refused(413, f"Tag '{shortened(tag['tag'], 50)}' too long", tag=tag["tag"])


def _check_relations(kind: str, relations: Any) -> None:
    for predicate, values in dict(relations or {}).items():
        if not PREDICATES[kind].fullmatch(predicate):
            raise Refused(400, f"Unsupported predicate '{predicate}'")
        for value in listed(values):
            if not predicate.startswith("mendeleyDB") and not _URI.fullmatch(str(value)):
                raise Refused(400, "'relations' values currently must be Zotero item URIs")


def _check_times(data: Data) -> None:
    if (value := data.get("accessDate")) and not _TIME.fullmatch(value):
        form = "must be in ISO 8601 or UTC 'YYYY-MM-DD[ hh:mm:ss]' format or 'CURRENT_TIMESTAMP'"
        raise Refused(400, f"'accessDate' {form} ({value})")
    for name in ("dateAdded", "dateModified"):
        if (value := data.get(name)) and not _TIME.fullmatch(value):
            raise Refused(400, f"'{name}' must be in ISO 8601 or UTC 'YYYY-MM-DD hh:mm:ss' format ({value})")


def _check_parents(kind: str, data: Data, library: Library) -> None:
    for key in data.get("collections", ()):
        if key not in library.collections:
            raise Refused(409, f"Collection {key} not found", collection=key)
    if parent := data.get("parentItem"):
        if kind not in _CHILD:
            raise Refused(400, "Child item must be note, attachment, or annotation")
        if parent not in library.items:
            raise Refused(409, f"Parent item {parent} not found", parentItem=parent)


def _check_attachment(data: Data) -> None:
    if data.get("linkMode") not in LINK_MODES:
        raise Refused(400, f"'{data.get('linkMode')}' is not a valid linkMode")
    name = str(data.get("filename") or "")
    if "/" in name:
        raise Refused(400, f"Stored-file filename '{name}' cannot contain a directory path")


# ------------------------------------------------------------------------------------------------ as it is kept


def settled_item(data: Data, *, native_keys: bool = True) -> Data:
    """An item as it is kept: every field of its type there, values trimmed, tags sorted, relations in short form."""
    kind = data["itemType"]
    kept: Data = {"key": data.get("key", ""), "version": data.get("version", 0)}
    if data.get("parentItem"):
        kept["parentItem"] = data["parentItem"]
    kept["itemType"] = kind
    names = _attachment_fields(data) if kind == "attachment" else fields_of(kind, native_keys)
    for name in names:
        kept[name] = settled(data.get(name), name)
    if kind not in _CHILD:
        kept["creators"] = [_creator(each) for each in data.get("creators") or [] if len(each) > 1]
    if data.get("deleted"):
        kept["deleted"] = 1
    kept["tags"] = _tags(data.get("tags") or [])
    if not data.get("parentItem"):
        kept["collections"] = list(dict.fromkeys(data.get("collections") or []))
    kept["relations"] = relations(data.get("relations") or {})
    kept |= {name: _timestamp(data[name]) for name in ("dateAdded", "dateModified") if data.get(name)}
    if kept.get("accessDate"):
        kept["accessDate"] = _timestamp(kept["accessDate"])
    return kept


def _attachment_fields(data: Data) -> tuple[str, ...]:
    mode = str(data.get("linkMode"))
    names = ["linkMode", "title", "accessDate", "url", "note", "contentType", "charset"]
    if mode.startswith("imported") or mode == "embedded_image":
        names += ["filename", "md5", "mtime"]
    if mode == "linked_file":
        names.append("path")
    return tuple(names)


def settled(value: Any, name: str) -> Any:
    if name in ("md5", "mtime"):
        return value
    return (
        _CONTROL.sub("", "" if value is None else str(value)).strip() if not isinstance(value, (dict, list)) else value
    )


def _creator(creator: Data) -> Data:
    return {name: value.strip() if isinstance(value, str) else value for name, value in creator.items()}


def _tags(tags: list[Data]) -> list[Data]:
    kept: dict[str, Data] = {}
    for tag in tags:
        name = tag.get("tag", "").strip()
        if name and name not in kept:
            kept[name] = {"tag": name, **({"type": 1} if tag.get("type") == 1 else {})}
    return [kept[name] for name in sorted(kept)]


def relations(given: Data) -> Data:
    found: Data = {}
    for predicate, values in given.items():
        every = listed(values)
        if every:
            found[predicate] = every[0] if len(every) == 1 else every
    return found


def _timestamp(value: str) -> str:
    return value if len(value) <= 10 else value.replace(" ", "T").removesuffix("Z") + "Z"


# ------------------------------------------------------------------------------------------------ collections


def check_collection(data: Data, library: Library, given: Data) -> None:
    if "name" not in data:
        raise Refused(400, "'name' property not provided")
    if not str(data["name"]).strip():
        raise Refused(400, "Collection name cannot be empty")
    if len(data["name"]) > NAME_LETTERS:
        shown = shortened(data["name"], 50)
        raise Refused(413, f"Collection name '{shown}' too long", value=shown)
    _check_key(data, "collection")
    parent = data.get("parentCollection")
    if parent and parent not in library.collections:
        raise Refused(409, f"Parent collection {parent} not found", collection=parent)
    _check_relations("collections", data.get("relations", {}))


def settled_collection(data: Data) -> Data:
    kept: Data = {
        "key": data.get("key", ""),
        "version": data.get("version", 0),
        "name": str(data["name"]).strip(),
        "parentCollection": data.get("parentCollection") or False,
        "relations": relations(data.get("relations") or {}),
    }
    if data.get("deleted"):
        kept["deleted"] = True
    return kept
