"""A Zotero server for tests: the Web API v3 over real HTTP, in this process, with faults on request.

It answers as the recorded exchanges of a real server do (`tests/test_zotero_server.py` replays them). `Server` is a
context manager; `Server.world` is its state, which a test may read and edit as another client would.
"""

from __future__ import annotations

from zotero_server.faults import Fault
from zotero_server.serving import Server
from zotero_server.state import Library, World

__all__ = ["Fault", "Library", "Server", "World"]
