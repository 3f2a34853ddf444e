"""What the Zotero on the user's machine does otherwise: its id, and a key that its user allows."""

from __future__ import annotations

import json

from zotero_server.messages import Answer, Request, as_json, text
from zotero_server.state import World


def answer(world: World, request: Request, parts: list[str]) -> Answer | None:
    """The answer that only the local API gives; None where it answers as the web does."""
    named = request.headers.get("zotero-server-id", "")
    if not parts:
        return text(200, "Nothing to see here.")
    if parts == ["deleted"] or parts[2:] == ["deleted"]:
        return text(404, "Not found")
    if named and named != world.server_id:
        return text(412, "Zotero-Server-ID does not match")
    if request.method == "GET":
        return None
    if not named:
        return text(428, "Zotero-Server-ID not provided")
    if parts == ["local", "authorize"]:
        key = f"allowed-{json.loads(request.body)['appName']}-{len(world.local_keys)}"
        world.local_keys.add(key)
        return as_json({"key": key, "remember": True})
    allowed = request.headers.get("zotero-api-key", "") in world.local_keys
    return None if allowed else text(401, "A local API key is required")
