"""Requests and answers, as values."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Request:
    """What a client sent; the names of the headers are in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    base: str = ""

    @classmethod
    def of(cls, method: str, target: str, headers: dict[str, str], body: bytes = b"", base: str = "") -> Request:
        split = urlsplit(target)
        lowered = {name.lower(): value for name, value in headers.items()}
        return cls(method, split.path, dict(parse_qsl(split.query, keep_blank_values=True)), lowered, body, base)

    def version(self, name: str) -> int | None:
        value = self.headers.get(name, "")
        return int(value) if value.isdigit() else None


@dataclass
class Answer:
    """What goes back; `cut` says that the connection ends instead of the answer."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


def text(status: int, message: str, version: int | None = None, **headers: str) -> Answer:
    shown = {"Content-Type": "text/html; charset=UTF-8", **headers}
    if version is not None:
        shown["Last-Modified-Version"] = str(version)
    return Answer(status, message.encode(), shown)


def as_json(value: Any, version: int | None = None, status: int = 200, **headers: str) -> Answer:
    shown = {"Content-Type": "application/json", **headers}
    if version is not None:
        shown["Last-Modified-Version"] = str(version)
    return Answer(status, json.dumps(value, indent=4, ensure_ascii=False).encode(), shown)
