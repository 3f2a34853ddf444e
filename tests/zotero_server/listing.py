"""What is shown of a library: which objects, in which order and form."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from bibkit import dates
from bibkit.formats import zotero
from bibkit.formats.zotero_tables import CHILDREN, CREATORS, FIELDS
from zotero_server import rules
from zotero_server.messages import Answer, Request, as_json, text
from zotero_server.state import Data, Library, World

FORMATS = frozenset({"json", "keys", "versions", "csljson", "bibtex", "biblatex", "ris", "atom"})
SORTS = frozenset({"dateAdded", "dateModified", "title", "creator", "itemType", "date"})
CONTENT_TYPES = {
    "csljson": "application/vnd.citationstyles.csl+json",
    "keys": "text/plain;charset=UTF-8",
    "bibtex": "application/x-bibtex",
    "biblatex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
}


def select(library: Library, query: dict[str, str], parts: list[str], *, notes: bool) -> tuple[str, list[Data]] | None:
    """The kind of what a path names, and the objects in order; None where there is no such collection or item."""
    kind, found = _scope(library, parts)
    if found is None:
        return None
    keys = query.get("itemKey" if kind == "items" else "collectionKey")
    wanted = set(keys.split(",")) if keys else None
    since = int(query.get("since", query.get("newer", 0)))
    trash = parts[-1] == "trash"
    trashed = trash or query.get("includeTrashed") == "1" or kind != "items"
    kept = [
        data
        for data in found
        if data["version"] > since
        and (wanted is None or data["key"] in wanted)
        and (trashed or not data.get("deleted"))
        and (not trash or data.get("deleted"))
        and (notes or data.get("itemType") != "note")
        and query.get("q", "").lower() in str(data.get("title", "")).lower()
    ]
    return kind, _sorted(kept, query)


def _scope(library: Library, parts: list[str]) -> tuple[str, list[Data] | None]:
    kind, *rest = parts
    everything = list(library.objects[kind].values())
    match rest:
        case [] | ["trash"]:
            return kind, everything
        case ["top"]:
            above = "parentItem" if kind == "items" else "parentCollection"
            return kind, [data for data in everything if not data.get(above)]
        case [key, *_] if key not in library.objects[kind]:
            return kind, None
        case [key, "children"]:
            return "items", [library.items[child] for child in library.children(key)]
        case [key, "collections"]:
            return "collections", [data for data in everything if data.get("parentCollection") == key]
        case [key, "items", *_]:
            return "items", [data for data in library.items.values() if key in data.get("collections", ())]
    return kind, None


def _sorted(found: list[Data], query: dict[str, str]) -> list[Data]:
    """By default the last modified come first; of equals the newest."""
    sort = query.get("sort", "dateModified")
    falling = query.get("direction", "desc" if sort.startswith("date") else "asc") == "desc"
    newest_first = sorted(found, key=lambda data: data["version"], reverse=True)
    return sorted(newest_first, key=lambda data: str(data.get(sort, "")).casefold(), reverse=falling)


class Shown:
    """Shows objects as clients get them: with library, links and meta around the data."""

    def __init__(self, world: World, library: Library, base: str) -> None:
        self.world, self.library, self.base = world, library, base
        self.home = f"https://www.zotero.org/{world.users.get(library.number, 'user')}"

    def object(self, kind: str, data: Data, include: list[str]) -> Data:
        found: Data = {
            "key": data["key"],
            "version": data["version"],
            "library": self._library(),
            "links": self._links(kind, data),
        }
        if kind == "searches":
            return {**found, "data": data}
        found["meta"] = self._meta(kind, data)
        for name in include:
            if name == "data":
                found["data"] = data
            elif name == "csljson":
                found["csljson"] = self._csl(data)
            else:
                found[name] = f"\n@book{{{data.get('citationKey', '')},\n}}\n"
        return found

    def _library(self) -> Data:
        alternate = {"alternate": {"href": self.home, "type": "text/html"}}
        return {"type": self.library.kind, "id": self.library.number, "name": self.library.name, "links": alternate}

    def _links(self, kind: str, data: Data) -> Data:
        place = f"{self.base}/{self.library.prefix}/{kind}"
        links: Data = {
            "self": {"href": f"{place}/{data['key']}", "type": "application/json"},
        }
        if kind != "searches":
            links["alternate"] = {"href": f"{self.home}/{kind}/{data['key']}", "type": "text/html"}
        if data.get("parentItem"):
            links["up"] = {"href": f"{place}/{data['parentItem']}", "type": "application/json"}
        if data.get("parentCollection"):
            links["up"] = {"href": f"{place}/{data['parentCollection']}", "type": "application/json"}
        if data["key"] in self.library.files and data.get("md5"):
            size = len(self.library.files[data["key"]])
            where = f"{place}/{data['key']}/file/view"
            links["enclosure"] = {"type": data["contentType"], "href": where, "title": data["filename"], "length": size}
        return links

    def _meta(self, kind: str, data: Data) -> Data:
        if kind == "collections":
            below = [each for each in self.library.collections.values() if each.get("parentCollection") == data["key"]]
            held = [each for each in self.library.items.values() if data["key"] in each.get("collections", ())]
            return {"numCollections": len(below), "numItems": len(held)}
        meta: Data = {}
        if summary := _summary(data):
            meta["creatorSummary"] = summary
        if parsed := _parsed(str(data.get("date", ""))):
            meta["parsedDate"] = parsed
        if data.get("itemType") != "attachment" or data.get("parentItem") or data.get("md5"):
            meta["numChildren"] = len(self.library.children(data["key"]))
        return meta

    def _csl(self, data: Data) -> Data:
        record = zotero.from_data(data)
        return {"id": f"{self.library.number}/{data['key']}", "type": record.type, "title": record.title}


def _summary(data: Data) -> str:
    names = [
        each.get("lastName") or each.get("name", "")
        for each in data.get("creators", ())
        if each["creatorType"] == "author"
    ]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def _parsed(value: str) -> str:
    start = dates.parse_text(value).start if value else ()
    return "-".join(f"{part:02d}" for part in start)


# ------------------------------------------------------------------------------------------------ bodies


def body(form: str, page: list[Any]) -> bytes:
    if form == "keys":
        return "".join(f"{key}\n" for key in page).encode()
    if form == "versions":
        return json.dumps(dict(page), indent=4).encode()
    if form == "csljson":
        return json.dumps({"items": [each.get("csljson", each) for each in page]}).encode()
    if form in CONTENT_TYPES:
        return "".join(f"{each['key']}\n" for each in page).encode()
    return json.dumps(page, indent=4, ensure_ascii=False).encode()


def tags(library: Library, request: Request) -> list[Data]:
    since = int(request.query.get("since", 0))
    counted: dict[tuple[int, str], int] = {}
    for data in library.items.values():
        for tag in data.get("tags", ()):
            kind = (tag.get("type", 0), tag["tag"])
            counted[kind] = counted.get(kind, 0) + 1
    place = f"{library.prefix}/tags"
    return [
        {
            "tag": name,
            "links": {
                "self": {"href": f"{request.base}/{place}/{quote(name)}", "type": "application/json"},
                "alternate": {"href": f"http://zotero.org/{place}/{quote(name)}", "type": "text/html"},
            },
            "meta": {"type": kind, "numItems": number},
        }
        for (kind, name), number in sorted(counted.items())
        if library.tag_versions.get(name, 0) > since
    ]


def templates(name: str, query: dict[str, str], *, native_keys: bool = True) -> Answer:
    kind = query.get("itemType", "")
    if name == "itemTypes":
        return as_json([{"itemType": each, "localized": each} for each in sorted(FIELDS) if each != "annotation"])
    if kind not in FIELDS:
        return text(400, f"Invalid item type '{kind}'")
    if name == "itemTypeFields":
        return as_json([{"field": each, "localized": each} for each in rules.fields_of(kind, native_keys)])
    if name == "itemTypeCreatorTypes":
        return as_json([{"creatorType": each, "localized": each} for each in sorted(CREATORS[kind])])
    return as_json(_template(kind, query))


def _template(kind: str, query: dict[str, str]) -> Data:
    given: Data = {"itemType": kind, "linkMode": query.get("linkMode", "")}
    empty = rules.settled_item(given)
    for name in ("key", "version", *(["url"] if kind == "attachment" else [])):
        empty.pop(name)
    if kind not in CHILDREN:
        empty["creators"] = [{"creatorType": CREATORS[kind][0], "firstName": "", "lastName": ""}]
    return empty
