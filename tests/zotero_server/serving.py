"""The server itself: real HTTP on loopback, in threads of this process."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from zotero_server.answers import answer
from zotero_server.faults import Fault
from zotero_server.messages import Answer, Request
from zotero_server.state import World

KEY = "abcdefghijklmnopqrstuvwx"


class Server:
    """A running server: `with Server() as server:`. `server.url`, `server.key`, `server.world`, `server.requests`."""

    def __init__(self, world: World | None = None, *, delay: float = 0.0) -> None:
        self.world = world or World()
        self.key = self.world.add_key(KEY)
        self.delay = delay  # seconds before every answer
        self.faults: list[Fault] = []
        self.requests: list[Request] = []
        self.lock = threading.Lock()
        self.most_at_once = 0
        self._now = 0
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()

    def answer(self, request: Request) -> Answer:
        with self.lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            time.sleep(self.delay)
            with self.lock:
                fault = next((each for each in self.faults if each.strikes(request)), None)
            if fault:
                time.sleep(fault.delay)
            with self.lock:
                self.requests.append(request)
                return self._faulty(request, fault) if fault else answer(self.world, request)
        finally:
            with self.lock:
                self._now -= 1

    def _faulty(self, request: Request, fault: Fault) -> Answer:
        if fault.meanwhile:
            fault.meanwhile(self.world)
        if fault.cut == "before":
            return Answer(0, cut=True)
        instead = fault.instead()
        if instead is not None:
            return instead
        found = answer(self.world, request)
        if fault.cut:
            return Answer(0, cut=True)
        if fault.backoff:
            found.headers["Backoff"] = str(fault.backoff)
        return found


class _Http(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, which some tests are about, is no error of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler(server: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            request = Request.of(self.command, self.path, dict(self.headers.items()), body, server.url)
            self.send(server.answer(request))

        def send(self, found: Answer) -> None:
            if found.cut:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            head = f"HTTP/1.1 {found.status} -\r\n"
            bare = found.status in (204, 304)
            headers = dict(found.headers) if bare else {**found.headers, "Content-Length": str(len(found.body))}
            head += "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            body = b"" if bare or self.command == "HEAD" else found.body
            self.wfile.write(head.encode("latin-1", "replace") + b"\r\n" + body)

        def log_message(self, *_: Any) -> None:
            """Requests are kept in `Server.requests`; nothing is printed."""

    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.handle_any)
    return Handler
