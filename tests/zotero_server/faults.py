"""What can be told to go wrong, at which request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from zotero_server.messages import Answer, Request
from zotero_server.state import World


@dataclass
class Fault:
    """One thing that goes wrong, `times` times, at requests that `when` accepts, after `skip` of them went well.

    `status`, `headers` and `body` are answered instead of the real answer; `cut` ends the connection, `"before"` or
    `"after"` the request took effect; `delay` is waited first, in seconds; `meanwhile` changes the world before the
    request is answered, as another client would; `backoff` is added to the real answer.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    cut: str = ""
    delay: float = 0.0
    backoff: int = 0
    meanwhile: Callable[[World], None] | None = None
    when: Callable[[Request], bool] = lambda request: True
    skip: int = 0
    times: int = 1

    def strikes(self, request: Request) -> bool:
        """Whether it is this request's turn."""
        if self.times <= 0 or not self.when(request):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= 1
        return True

    def instead(self) -> Answer | None:
        from zotero_server.answers import Answer

        if not self.status:
            return None
        headers = {"Content-Type": "text/html; charset=UTF-8", **self.headers}
        return Answer(self.status, self.body.encode(), headers)


def too_many(after: str = "1", **more: object) -> Fault:
    return Fault(429, {"Retry-After": after}, "Request rate limit exceeded", **more)  # type: ignore[arg-type]


def maintenance(**more: object) -> Fault:
    return Fault(503, {}, "Server updates in progress. Please try again in a few minutes.", **more)  # type: ignore[arg-type]
