"""What writes do: many objects at once, each for itself; single objects; deletions."""

from __future__ import annotations

import json
from typing import Any

from bibkit.formats.zotero_tables import BASE
from zotero_server import rules
from zotero_server.listing import Shown
from zotero_server.messages import Answer, Request, as_json, text
from zotero_server.rules import Refused
from zotero_server.state import Data, Library, World

NOUNS = {"items": "Item", "collections": "Collection", "searches": "Search"}
MOST_OBJECTS = 50
KEY_PARAMETERS = {"items": "itemKey", "collections": "collectionKey", "searches": "searchKey"}
NO_VERSION = "Either If-Unmodified-Since-Version or 'version' property must be provided for 'key'-based writes"
NO_OBJECT_VERSION = (
    "Either If-Unmodified-Since-Version or object version property must be provided for key-based writes"
)
_QUIET = frozenset({"version", "dateModified", "collections", "deleted"})  # changes that leave dateModified alone


def library_moved(library: Library, expected: int) -> Answer:
    message = f"Library has been modified since specified version (expected {expected}, found {library.version})"
    return text(412, message)


# ------------------------------------------------------------------------------------------------ many objects


def many(world: World, library: Library, request: Request, kind: str) -> Answer:
    since = request.version("if-unmodified-since-version")
    if request.method == "DELETE":
        return _delete_many(library, request, kind, since)
    token = request.headers.get("zotero-write-token", "")
    if refused := _token_refused(world, token) or _moved(library, since):
        return refused
    try:
        objects = _objects(request.body)
    except Refused as error:
        return text(error.code, error.message)
    if token:
        world.tokens.add(token)
    return _write_many(world, library, request, kind, objects)


def _token_refused(world: World, token: str) -> Answer | None:
    if token and not 5 <= len(token) <= 32:
        return text(400, "Write token must be 5-32 characters in length")
    return text(412, "Write token already used") if token in world.tokens else None


def _moved(library: Library, since: int | None) -> Answer | None:
    return library_moved(library, since) if since is not None and library.version > since else None


def _objects(body: bytes) -> list[Any]:
    if not body:
        raise Refused(400, "POST data not provided")
    try:
        objects = json.loads(body)
    except ValueError as error:
        raise Refused(400, "JSON Error: Syntax error, malformed JSON") from error
    if not isinstance(objects, list):
        raise Refused(400, "Uploaded data must be a JSON array")
    if len(objects) > MOST_OBJECTS:
        raise Refused(413, f"Cannot add more than {MOST_OBJECTS} items at a time")
    return objects


def _write_many(world: World, library: Library, request: Request, kind: str, objects: list[Any]) -> Answer:
    shown = Shown(world, library, request.base)
    result: dict[str, Data] = {"successful": {}, "success": {}, "unchanged": {}, "failed": {}}
    has_header = "if-unmodified-since-version" in request.headers
    for number, given in enumerate(objects):
        try:
            key, changed = _write(world, library, kind, given, number, has_header=has_header)
        except Refused as error:
            result["failed"][str(number)] = error.as_json()
            continue
        if changed:
            result["successful"][str(number)] = shown.object(kind, library.objects[kind][key], ["data"])
            result["success"][str(number)] = key
        else:
            library.next_version()
            result["unchanged"][str(number)] = key
    return as_json(result, library.version)


def _write(world: World, library: Library, kind: str, given: Any, number: int, *, has_header: bool) -> tuple[str, bool]:
    if not isinstance(given, dict):
        raise Refused(400, f"Invalid value for index {number} in uploaded data; expected JSON item object")
    key = given.get("key", "")
    standing = library.objects[kind].get(key)
    if key:
        _check_version(kind, given, standing, has_header=has_header)
    if standing is not None:
        return key, _update(world, library, kind, standing, given, whole=False)
    return _create(world, library, kind, given), True


def _check_version(kind: str, given: Data, standing: Data | None, *, has_header: bool) -> None:
    version = given.get("version")
    if version is None:
        if not has_header:
            raise Refused(428, NO_VERSION)
    elif standing is None:
        if version > 0:
            raise Refused(404, f"{NOUNS[kind]} doesn't exist (expected version {version}; use 0 instead)")
    elif version < standing["version"]:
        raise Refused(412, _stale(kind, version, standing))


def _stale(kind: str, version: int, standing: Data) -> str:
    return f"{NOUNS[kind]} has been modified since specified version (expected {version}, found {standing['version']})"


def _create(world: World, library: Library, kind: str, given: Data) -> str:
    data = {name: value for name, value in given.items() if name != "version"}
    _check(kind, data, library, given)
    data.setdefault("key", "")
    data["key"] = data["key"] or library.new_key()
    for name in ("dateAdded", "dateModified"):
        data[name] = data.get(name) or world.clock()
    library.store(kind, _settled(world, kind, data))
    return str(data["key"])


def _update(world: World, library: Library, kind: str, standing: Data, given: Data, *, whole: bool) -> bool:
    """Whether the object changed; one that did not bumps the version of the library alone."""
    kept = {name: standing[name] for name in ("key", "dateAdded", "dateModified") if name in standing}
    merged = {**kept, **given} if whole else _retyped({**standing, **given}, standing, given)
    _check(kind, merged, library, given)
    settled = _settled(world, kind, merged)
    changed = {name for name in {*settled, *standing} if settled.get(name) != standing.get(name)} - {"version"}
    if not changed:
        return False
    if "dateModified" not in given and kind == "items" and changed - _QUIET:
        settled["dateModified"] = world.clock()
    library.store(kind, settled)
    return True


def _retyped(merged: Data, standing: Data, given: Data) -> Data:
    """After a change of type, fields that the new type has under another name move there; the others go."""
    kind = given.get("itemType", standing.get("itemType"))
    if kind == standing.get("itemType") or kind not in rules.FIELDS:
        return merged
    by_base = {BASE.get(name, name): name for name in rules.fields_of(str(kind))}
    for name in rules.fields_of(str(standing["itemType"])):
        value = merged.pop(name, "") if name not in given else merged[name]
        target = by_base.get(BASE.get(name, name))
        if value and target and target not in given:
            merged[target] = value
    return merged


def _check(kind: str, data: Data, library: Library, given: Data) -> None:
    if kind == "items":
        rules.check_item(data, library, given)
    elif kind == "collections":
        rules.check_collection(data, library, given)


def _settled(world: World, kind: str, data: Data) -> Data:
    if kind == "items":
        return rules.settled_item(data, native_keys=world.has_citation_keys)
    if kind == "collections":
        return rules.settled_collection(data)
    return {name: value for name, value in data.items() if not name.startswith("date")}


def _delete_many(library: Library, request: Request, kind: str, since: int | None) -> Answer:
    if refused := _moved(library, since):
        return refused
    keys = request.query.get(KEY_PARAMETERS[kind], "").split(",")
    library.delete(kind, [key for key in keys if key in library.objects[kind]])
    return text(204, "", library.version)


# ------------------------------------------------------------------------------------------------ one object


def one(world: World, library: Library, request: Request, kind: str, key: str) -> Answer:
    standing = library.objects[kind].get(key)
    if request.method == "DELETE":
        return _delete(library, request, kind, key, standing)
    try:
        given = json.loads(request.body)
        return _put(world, library, request, kind, key, standing, given)
    except Refused as error:
        return text(error.code, error.message, standing["version"] if standing and error.code == 412 else None)
    except ValueError:
        return text(400, "JSON Error: Syntax error, malformed JSON")


def _put(
    world: World, library: Library, request: Request, kind: str, key: str, standing: Data | None, given: Data
) -> Answer:
    header, version = request.version("if-unmodified-since-version"), given.get("version")
    if None not in (header, version) and header != version:
        reason = f"does not match JSON 'version' property ({header} != {version})"
        raise Refused(400, f"If-Unmodified-Since-Version value {reason}")
    expected = version if header is None else header
    if standing is None:
        return _put_new(world, library, request, kind, key, given, expected)
    if expected is None:
        raise Refused(428, NO_OBJECT_VERSION)
    if expected < standing["version"]:
        raise Refused(412, _stale(kind, expected, standing))
    whole = request.method == "PUT"
    if whole and kind == "items" and "itemType" not in given:
        raise Refused(400, "'itemType' property not provided")
    _update(world, library, kind, standing, given, whole=whole)
    return text(204, "", library.objects[kind][key]["version"])


def _put_new(
    world: World, library: Library, request: Request, kind: str, key: str, given: Data, expected: int | None
) -> Answer:
    if expected is None and request.method == "PATCH":
        ways = "use If-Unmodified-Since-Version: 0, JSON 'version' 0, or PUT method"
        return text(404, f"{NOUNS[kind]} not found (to create, {ways})")
    if expected:
        return text(412, f"{NOUNS[kind]} not found (expected version {expected})")
    library.next_version()
    _create(world, library, kind, {**given, "key": key})
    return text(204, "", library.objects[kind][key]["version"])


def _delete(library: Library, request: Request, kind: str, key: str, standing: Data | None) -> Answer:
    expected = request.version("if-unmodified-since-version")
    if expected is None:
        return text(428, "If-Unmodified-Since-Version must be provided for delete requests")
    if standing is None:
        return text(412, f"{NOUNS[kind]} not found (expected version {expected})")
    if expected < standing["version"]:
        return text(412, _stale(kind, expected, standing), standing["version"])
    library.delete(kind, [key])
    return text(204, "", library.version)
