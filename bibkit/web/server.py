"""The server: on 127.0.0.1 alone, under an address that nobody can guess, until the page or Ctrl-C ends it."""

from __future__ import annotations

import secrets
import socket
import threading
from types import TracebackType

from werkzeug.serving import WSGIRequestHandler, make_server

from bibkit.problems import UsageError
from bibkit.review import Session
from bibkit.web.app import create_app
from bibkit.web.desk import Desk

ADDRESS = "127.0.0.1"
TOKEN_BYTES = 24


class Server:
    """A page for one session. It listens from the beginning; `serve` answers.

    Raises UsageError for a port that cannot be had; port 0 is any that is free.
    """

    def __init__(self, session: Session, where: str, port: int = 0) -> None:
        self.desk = Desk(session, where)
        self._socket = _bound(port)
        self.port = int(self._socket.getsockname()[1])
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.url = f"http://{ADDRESS}:{self.port}/{token}/"
        hosts = frozenset({f"{ADDRESS}:{self.port}", f"localhost:{self.port}"})
        app = create_app(self.desk, token, hosts, self.finish)
        self._server = make_server(
            ADDRESS, self.port, app, threaded=True, request_handler=_Handler, fd=self._socket.fileno()
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """What is being written is written to its end."""
        self.desk.close()
        self._server.server_close()
        self._socket.close()

    def serve(self) -> None:
        """Answer until `finish` or Ctrl-C: both are an ordinary end."""
        self._server.serve_forever(poll_interval=0.1)  # werkzeug returns at Ctrl-C

    def finish(self) -> None:
        """End `serve`, from whatever thread."""
        threading.Thread(target=self._server.shutdown, daemon=True).start()


class _Handler(WSGIRequestHandler):
    """Writes no log, which would show the token, and answers at once instead of waiting for more to send."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "bibkit", ""
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 (werkzeug's name)
        """Nothing."""


def _bound(port: int) -> socket.socket:
    """A listening socket. werkzeug's own ends the process where a port is taken."""
    try:
        return socket.create_server((ADDRESS, port))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"port {port} cannot be used: {reason}; leave --port away for one that is free") from error
