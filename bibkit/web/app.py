"""The Flask app: who may ask, the files of the page, and one address for each thing that the desk does."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from importlib.resources import files
from typing import Any, TypeVar

import msgspec
from flask import Blueprint, Flask, Response, abort, request
from werkzeug.exceptions import HTTPException

from bibkit.problems import BibkitError
from bibkit.record import Json
from bibkit.web.desk import Answer, Desk, Preference

LARGEST = 1 << 20  # bytes of a request

# The page. Types are said here: what a system thinks that .js is differs.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
PAGE = "index.html"
STATIC = (
    PAGE, "style.css", "icon.svg",
    "app.js", "api.js", "dom.js", "list.js", "pairs.js", "question.js", "works.js",
)  # fmt: skip

# Nothing is loaded from elsewhere, nothing inline runs, no text becomes markup, no other page may frame or read this.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

T = TypeVar("T")


def create_app(desk: Desk, token: str, hosts: frozenset[str], finish: Callable[[], None] = lambda: None) -> Flask:
    """The app. Every address begins with the token; `hosts` are the values of Host under which it may be called.

    `finish` is called when the page has been told that the review ends.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.before_request(lambda: _guard(token, hosts))
    app.after_request(_with_headers)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(BibkitError, _impossible)
    app.register_error_handler(Exception, lambda error: _broken(app, error))
    app.register_blueprint(_addresses(desk, finish), url_prefix="/<token>")
    return app


def _addresses(desk: Desk, finish: Callable[[], None]) -> Blueprint:
    at = Blueprint("review", __name__)
    at.url_value_preprocessor(_without_token)
    table: tuple[tuple[str, str, Callable[..., Response]], ...] = (
        ("GET", "/", lambda: _static(PAGE)),
        ("GET", "/<name>", _static),
        ("GET", "/api/pairs", lambda: _json(desk.pairs())),
        ("GET", "/api/pairs/<int:one>/<int:other>", lambda one, other: _json(desk.question(one, other))),
        ("GET", "/api/standing", lambda: _json(desk.standing())),
        ("POST", "/api/answer", lambda: _json(desk.answer(_given(Answer)))),
        ("POST", "/api/undo", lambda: _json(desk.undo())),
        ("GET", "/api/works", lambda: _json(desk.works())),
        ("GET", "/api/works/<int:place>", lambda place: _json(desk.work(place))),
        ("POST", "/api/prefer", lambda: _json(desk.prefer(_given(Preference)))),
        ("POST", "/api/finish", lambda: _finished(finish)),
    )
    for method, rule, view in table:
        at.add_url_rule(rule, endpoint=rule.replace(".", ""), view_func=view, methods=[method])
    return at


def _without_token(_: str | None, values: dict[str, Any] | None) -> None:
    """The guard has looked at it."""
    if values:
        values.pop("token", None)


# ------------------------------------------------------------------------------------------------ who may ask


def _guard(token: str, hosts: frozenset[str]) -> None:
    """Turn away whoever does not know the token, and whatever another site makes a browser send.

    A name that somebody else lets point to 127.0.0.1 (DNS rebinding) stands in Host. A form of another site can send no
    JSON, and its scripts send their Origin.
    """
    if request.host.lower() not in hosts:
        abort(403, "this page is only for the machine that it runs on")
    if not hmac.compare_digest(request.path.split("/", 2)[1].encode(), token.encode()):
        abort(404, "no such page; open the address that bibkit has printed")
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"{request.scheme}://{request.host}".lower():
        abort(403, "another site may ask nothing here")
    if request.method == "POST" and request.mimetype != "application/json":
        abort(415, "only JSON is taken here")


def _with_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


# ------------------------------------------------------------------------------------------------ requests and answers


def _static(name: str) -> Response:
    if name not in STATIC:
        abort(404, f"no file {name!r} here")
    data = files("bibkit.web").joinpath("static", name).read_bytes()
    return Response(data, content_type=_TYPES[name[name.rindex(".") :]])


def _json(value: Json, code: int = 200) -> Response:
    """In ASCII: half a surrogate pair, which a source may hold, is no UTF-8."""
    return Response(json.dumps(value, separators=(",", ":")), code, content_type="application/json")


def _given(kind: type[T]) -> T:
    """What the request says. Answers 400 where it cannot be understood."""
    try:
        return msgspec.convert(json.loads(request.get_data()), kind)
    except msgspec.ValidationError as error:
        abort(400, f"this cannot be understood: {error}")
    except (ValueError, RecursionError):
        abort(400, "this is no JSON")


def _finished(finish: Callable[[], None]) -> Response:
    """Say so first, then end."""
    response = _json({"finished": True})
    response.call_on_close(finish)
    return response


# ------------------------------------------------------------------------------------------------ what goes wrong


def _refused(error: HTTPException) -> Response:
    return _json({"error": error.description}, error.code or 500)


def _impossible(error: BibkitError) -> Response:
    return _json({"error": str(error)}, 409)


def _broken(app: Flask, error: Exception) -> Response:
    """A bug of ours: its traceback goes to where Flask logs, and the review goes on."""
    app.logger.error("the review could not answer %s", request.path.split("/", 2)[-1], exc_info=error)
    return _json(
        {"error": f"an error of bibkit itself ({error!r}); the terminal shows more. Answers so far are kept"}, 500
    )
