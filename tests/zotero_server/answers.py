"""From a request to its answer: the Web API v3, without the network."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from zotero_server import listing, local, storage, writing
from zotero_server.listing import Shown
from zotero_server.messages import Answer, Request, as_json, text
from zotero_server.state import KINDS, Data, Library, World

WRITES = ("POST", "PUT", "PATCH", "DELETE")


def answer(world: World, request: Request) -> Answer:
    """The answer to one request; the world changes with it."""
    found = _answer(world, request)
    found.headers |= {"Zotero-API-Version": "3", "Zotero-Schema-Version": str(world.schema_version)}
    found.headers |= {"Zotero-Server-ID": world.server_id} if world.server_id else {}
    return found


def _answer(world: World, request: Request) -> Answer:
    parts = [part for part in request.path.split("/") if part]
    if world.server_id and (found := local.answer(world, request, parts)):
        return found
    if parts[:1] == ["keys"]:
        return _key_info(world, request, parts)
    if parts[:1] in (["itemTypes"], ["itemTypeFields"], ["itemTypeCreatorTypes"], ["itemFields"]) or parts == [
        "items",
        "new",
    ]:
        return listing.templates(parts[0], request.query, native_keys=world.has_citation_keys)
    if parts[:1] == ["storage"]:
        return storage.serve(world, request, parts)
    if len(parts) < 3 or parts[0] not in ("users", "groups"):
        return text(404, "Not found")
    library, refused = _open(world, request, parts[0], parts[1])
    if refused is not None or library is None:
        return refused or text(404, "Not found")
    return _in_library(world, library, request, parts[2:])


# ------------------------------------------------------------------------------------------------ who may what


def _key_of(request: Request) -> str:
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
    return request.headers.get("zotero-api-key") or bearer or request.query.get("key", "")


def _key_info(world: World, request: Request, parts: list[str]) -> Answer:
    key = _key_of(request) if parts[1:] == ["current"] else parts[-1]
    if key not in world.keys:
        return text(403, "Invalid key") if key else text(403, "Forbidden")
    return as_json(_shown_key(world, key))


def _shown_key(world: World, key: str) -> Data:
    known = world.keys[key]
    user = known["userID"]
    return {
        "key": key,
        "userID": user,
        "username": world.users[user],
        "displayName": "Real Name",
        "access": known["access"],
    }


def _open(world: World, request: Request, kind: str, number: str) -> tuple[Library | None, Answer | None]:
    """The library, or why this client may not have it."""
    if not number.isdigit():
        return None, text(400, "Invalid user ID" if kind == "users" else "Invalid group ID")
    library = world.libraries.get(f"{kind}/{number}")
    if library is None:
        return None, text(404, f"User {number} not found" if kind == "users" else "Group not found")
    key = next(iter(world.keys)) if world.server_id else _key_of(request)
    if not key:
        writes = request.method in WRITES
        return None, text(403, "An API key is required for write requests." if writes else "Forbidden")
    if key not in world.keys:
        return None, text(403, "Invalid key")
    rights = _rights(world, key, library)
    if not rights.get("library"):
        return None, text(403, "Forbidden")
    if request.method in WRITES and not rights.get("write"):
        return None, text(403, "Write access denied")
    return library, None


def _rights(world: World, key: str, library: Library) -> Data:
    known = world.keys[key]
    if library.kind == "user":
        found = known["access"].get("user", {}) if known["userID"] == library.number else {}
        return dict(found)
    groups = known["access"].get("groups", {})
    found = groups.get(str(library.number), groups.get("all", {}))
    return {"files": True, "notes": True, **found} if found else {}


# ------------------------------------------------------------------------------------------------ in one library


def _in_library(world: World, library: Library, request: Request, parts: list[str]) -> Answer:
    head = parts[0]
    if head in ("settings", "fulltext"):
        return _unchanged(library, request) or as_json({}, library.version)
    if head == "deleted":
        return _deleted(library, request)
    if head == "tags":
        return _tags(library, request)
    if head == "keys" and request.method == "POST":
        return _new_key(world, request, library)
    if head not in KINDS:
        return text(404, "Not found")
    if parts[2:3] == ["file"]:
        return storage.file(world, library, request, parts[1], parts[3:])
    if len(parts) == 2 and parts[1] not in ("top", "trash"):
        return _single(world, library, request, head, parts[1])
    if len(parts) == 1 and request.method in WRITES:
        return writing.many(world, library, request, head)
    return _unchanged(library, request) or _listed(world, library, request, parts)


def _unchanged(library: Library, request: Request) -> Answer | None:
    since = request.version("if-modified-since-version")
    return text(304, "") if since is not None and library.version <= since else None


def _deleted(library: Library, request: Request) -> Answer:
    if "since" not in request.query:
        return text(400, "'since' parameter must be provided")
    since = int(request.query["since"])
    order = ("collections", "items", "searches", "tags", "settings")
    found = {kind: sorted(key for key, at in library.deleted[kind].items() if at > since) for kind in order}
    return as_json(found, library.version)


def _tags(library: Library, request: Request) -> Answer:
    since = request.version("if-unmodified-since-version")
    if request.method == "DELETE":
        if since is None:
            return text(428, "If-Unmodified-Since-Version not provided")
        if library.version > since:
            return writing.library_moved(library, since)
        library.delete_tags([tag.strip() for tag in request.query.get("tag", "").split("||")])
        return text(204, "", library.version)
    return _unchanged(library, request) or _paged(library, request, listing.tags(library, request), "json", "tags")


def _new_key(world: World, request: Request, library: Library) -> Answer:
    sent = json.loads(request.body)
    access = {kind: {name: right for name, right in given.items() if right} for kind, given in sent["access"].items()}
    access["user"].setdefault("files", True)
    key = world.add_key(library.new_key() + library.new_key() + library.new_key(), library.number, access)
    shown = {**_shown_key(world, key), "name": sent["name"], "dateAdded": world.clock()}
    return as_json(shown, status=201, Location=f"{request.base}/{library.number}/keys/{key}")


def _single(world: World, library: Library, request: Request, kind: str, key: str) -> Answer:
    if request.method in WRITES:
        return writing.one(world, library, request, kind, key)
    data = library.objects[kind].get(key)
    if data is None:
        return text(404, f"{writing.NOUNS[kind]} does not exist")
    shown = Shown(world, library, request.base)
    return as_json(shown.object(kind, data, request.query.get("include", "data").split(",")), data["version"])


# ------------------------------------------------------------------------------------------------ lists

DEFAULT_LIMIT, MOST = 25, 100


def _listed(world: World, library: Library, request: Request, parts: list[str]) -> Answer:
    form = request.query.get("format", "json")
    if form not in listing.FORMATS:
        return text(400, f"Invalid 'format' value '{form}'")
    if (sort := request.query.get("sort", "dateModified")) not in listing.SORTS:
        return text(400, f"Invalid 'sort' value '{sort}'")
    key = world.keys[next(iter(world.keys)) if world.server_id else _key_of(request)]
    notes = library.kind == "group" or key["access"].get("user", {}).get("notes", False)
    chosen = listing.select(library, request.query, parts, notes=notes)
    if chosen is None:
        return text(404, "Collection not found" if parts[0] == "collections" else "Item does not exist")
    kind, found = chosen
    if form == "versions":
        return _paged(library, request, [(data["key"], data["version"]) for data in found], form, "/".join(parts))
    if form == "keys":
        return _paged(library, request, [data["key"] for data in found], form, "/".join(parts))
    shown = Shown(world, library, request.base)
    include = request.query.get("include", "data").split(",")
    return _paged(library, request, [shown.object(kind, data, include) for data in found], form, "/".join(parts))


def _paged(library: Library, request: Request, found: list[Any], form: str, path: str) -> Answer:
    total, start = len(found), int(request.query.get("start", 0))
    limit = _limit(request, form, total)
    page = found[start : start + limit]
    links = _links(library, request, path, total, start, limit)
    kind = listing.CONTENT_TYPES.get(form, "application/json")
    headers = {"Total-Results": str(total), "Link": ", ".join(links), "Content-Type": kind}
    body = listing.body(form, page)
    return Answer(200, body, {**headers, "Last-Modified-Version": str(library.version)})


def _limit(request: Request, form: str, total: int) -> int:
    asked = int(request.query.get("limit", 0))
    if asked > 0:
        return min(asked, MOST)
    if form in ("versions", "keys"):
        return max(total, 1)
    return MOST if "itemKey" in request.query or "collectionKey" in request.query else DEFAULT_LIMIT


def _links(library: Library, request: Request, path: str, total: int, start: int, limit: int) -> list[str]:
    place = f"{library.prefix}/{path}"

    def link(at: int, rel: str) -> str:
        rest = {
            name: value
            for name, value in request.query.items()
            if name not in ("start", "key") and (name, value) != ("format", "json")
        }
        query = urlencode(sorted({**rest, **({"start": str(at)} if at else {})}.items()), safe=",")
        return f'<{request.base}/{place}{"?" + query if query else ""}>; rel="{rel}"'

    links = []
    last = (total - 1) // limit * limit if start < total else max(0, total - limit)
    if start:
        links += [link(0, "first"), link(max(0, start - limit), "prev")]
    if start + limit < total:
        links.append(link(start + limit, "next"))
    if start != last and total > limit:
        links.append(link(last, "last"))
    return [*links, f'<https://www.zotero.org/{place}>; rel="alternate"']
