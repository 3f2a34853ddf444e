"""Files of attachments: permission, upload, registration, download. The storage is a part of the same server."""

from __future__ import annotations

import hashlib
from urllib.parse import parse_qs

from zotero_server.messages import Answer, Request, as_json, text
from zotero_server.state import Data, Library, World

BOUNDARY = "---------------------------6590ab3012b800922a6e2e0aa929b536"
NEEDED = {
    "md5": "MD5 hash not provided",
    "mtime": "File modification time not provided",
    "filename": "Filename not provided",
    "filesize": "File size not provided",
}


def file(world: World, library: Library, request: Request, key: str, rest: list[str]) -> Answer:
    data = library.items.get(key)
    if data is None or data.get("itemType") != "attachment":
        return text(404, "Item does not exist")
    if request.method == "POST":
        return _post(world, library, request, data)
    if not data.get("md5"):
        return text(404, "Not found")
    headers = {
        "Zotero-File-Modification-Time": str(data["mtime"]),
        "Zotero-File-MD5": data["md5"],
        "Zotero-File-Size": str(len(library.files.get(key, b""))),
        "Zotero-File-Compressed": "No",
    }
    return text(302, "", None, Location=f"{request.base}/storage/{data['md5']}", **headers)


def _post(world: World, library: Library, request: Request, data: Data) -> Answer:
    form = {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
    if refused := _condition(request, data):
        return refused
    if "upload" in form:
        return _register(world, library, data, form["upload"])
    for name, message in NEEDED.items():
        if not form.get(name):
            return text(400, message)
    if form["md5"] in world.stored:
        return _known(library, data, world.stored[form["md5"]], form)
    return _permitted(world, library, request, data, form)


def _condition(request: Request, data: Data) -> Answer | None:
    match, none_match = request.headers.get("if-match"), request.headers.get("if-none-match")
    if match is None and none_match is None:
        return text(428, "If-Match/If-None-Match header not provided")
    if none_match is not None and none_match != "*":
        return text(400, "Invalid value for If-None-Match header")
    if none_match and data.get("md5"):
        return text(412, "If-None-Match: * set but file exists", data["version"])
    if match and not data.get("md5"):
        return text(412, "If-Match set but file does not exist")
    if match and match != data["md5"]:
        return text(412, "ETag does not match current version of file", data["version"])
    return None


def _known(library: Library, data: Data, content: bytes, form: Data) -> Answer:
    _attach(library, data, content, form)
    headers = {"Content-Type": "application/json", "Last-Modified-Version": str(data["version"])}
    return Answer(200, b'{"exists":1}', headers)


def _permitted(world: World, library: Library, request: Request, data: Data, form: Data) -> Answer:
    upload = hashlib.md5(f"{data['key']}{len(world.uploads)}".encode()).hexdigest()
    world.uploads[upload] = {**form, "key": data["key"], "library": library.prefix}
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{upload}\r\n'
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    found: Data = {"url": f"{request.base}/storage", "contentType": kind, "uploadKey": upload}
    if form.get("params"):
        found["params"] = {"key": upload}
    else:
        found |= {"prefix": head, "suffix": f"\r\n--{BOUNDARY}--\r\n"}
    return as_json(found)


def _register(world: World, library: Library, data: Data, upload: str) -> Answer:
    promised = world.uploads.get(upload)
    if promised is None or promised["md5"] not in world.stored:
        return text(400, "Remote file not found")
    _attach(library, data, world.stored[promised["md5"]], promised)
    return text(204, "", data["version"])


def _attach(library: Library, data: Data, content: bytes, form: Data) -> None:
    library.files[data["key"]] = content
    data |= {"md5": form["md5"], "mtime": int(form["mtime"])}
    data["filename"] = form.get("filename") or data["filename"]
    library.store("items", data)


def serve(world: World, request: Request, parts: list[str]) -> Answer:
    """The storage itself: takes what was promised, gives what was stored."""
    if request.method == "GET":
        return _stored(world.stored.get(parts[-1]), request)
    boundary = request.headers.get("content-type", "").partition("boundary=")[2]
    fields = _multipart(request.body, boundary.strip('"').encode())
    promised = world.uploads.get(fields.get("key", b"").decode(), {})
    content = fields.get("file", b"")
    if len(content) != int(promised.get("filesize", -1)) or hashlib.md5(content).hexdigest() != promised.get("md5"):
        return text(400, "The Content-MD5 you specified did not match what we received")
    world.stored[promised["md5"]] = content
    return Answer(201, b"")


def _stored(content: bytes | None, request: Request) -> Answer:
    if content is None:
        return text(404, "NoSuchKey")
    wanted = request.headers.get("range", "").removeprefix("bytes=").partition("-")[0]
    headers = {"Content-Type": "application/pdf"}
    if not wanted:
        return Answer(200, content, headers)
    if int(wanted) >= len(content):
        return text(416, "InvalidRange")
    return Answer(206, content[int(wanted) :], headers)


def _multipart(body: bytes, boundary: bytes) -> dict[str, bytes]:
    found = {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = head.partition(b'name="')[2].partition(b'"')[0].decode()
        found[name] = content.removesuffix(b"\r\n")
    return found
