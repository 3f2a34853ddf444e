"""What the server holds: users, keys, groups, and libraries whose version grows with every write."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Data = dict[str, Any]
KEY_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
KINDS = ("items", "collections", "searches")


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def listed(values: Any) -> list[Any]:
    """One value, or several, as a list."""
    return values if isinstance(values, list) else [values]


@dataclass
class Library:
    """One user's or group's library."""

    kind: str = "user"
    number: int = 1
    name: str = "Real Name"
    version: int = 0
    objects: dict[str, dict[str, Data]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    deleted: dict[str, dict[str, int]] = field(
        default_factory=lambda: {kind: {} for kind in (*KINDS, "tags", "settings")}
    )
    files: dict[str, bytes] = field(default_factory=dict)  # item key -> what was uploaded
    tag_versions: dict[str, int] = field(default_factory=dict)
    key_source: Callable[[], str] | None = None

    @property
    def prefix(self) -> str:
        return f"{self.kind}s/{self.number}"

    @property
    def items(self) -> dict[str, Data]:
        return self.objects["items"]

    @property
    def collections(self) -> dict[str, Data]:
        return self.objects["collections"]

    def new_key(self) -> str:
        if self.key_source:
            return self.key_source()
        return "".join(random.choice(KEY_LETTERS) for _ in range(8))

    def next_version(self) -> int:
        self.version += 1
        return self.version

    def store(self, kind: str, data: Data) -> None:
        """Write an object: it gets a version of its own, and is no longer among the deleted."""
        data["version"] = self.next_version()
        self.objects[kind][data["key"]] = data
        self.deleted[kind].pop(data["key"], None)
        for tag in data.get("tags", ()):
            self.tag_versions.setdefault(tag["tag"], self.version)
        if kind == "items":
            self._relate_back(data)

    def _relate_back(self, data: Data) -> None:
        """Of two related items each shows the other one."""
        ours = f"http://zotero.org/{self.prefix}/items/{data['key']}"
        for uri in listed(data.get("relations", {}).get("dc:relation", [])):
            other = self.items.get(uri.rpartition("/")[2])
            if other and ours not in (known := listed(other["relations"].get("dc:relation", []))):
                both = [*known, ours]
                relations = {**other["relations"], "dc:relation": both if len(both) > 1 else ours}
                other |= {"relations": relations, "version": data["version"]}

    def children(self, key: str) -> list[str]:
        return [child for child, data in self.items.items() if data.get("parentItem") == key]

    def delete(self, kind: str, keys: list[str]) -> None:
        """Delete objects for good, with one new version. A collection's subcollections go unsaid, its items stay."""
        version = self.next_version()
        for key in keys:
            for gone in list(self._below(kind, key)):
                if self.objects[kind].pop(gone, None) is not None and (kind != "collections" or gone == key):
                    self.deleted[kind][gone] = version
                if kind == "collections":
                    self._forget(gone)

    def _below(self, kind: str, key: str) -> Iterator[str]:
        yield key
        if kind == "items":
            for child in self.children(key):
                yield from self._below(kind, child)
        elif kind == "collections":
            for other, data in list(self.collections.items()):
                if data.get("parentCollection") == key:
                    yield from self._below(kind, other)

    def _forget(self, collection: str) -> None:
        for data in self.items.values():
            if collection in data.get("collections", ()):
                data["collections"] = [each for each in data["collections"] if each != collection]

    def delete_tags(self, tags: list[str]) -> None:
        version = self.next_version()
        for tag in tags:
            self.deleted["tags"][tag] = version
            self.tag_versions.pop(tag, None)
        for data in self.items.values():
            if any(each["tag"] in tags for each in data.get("tags", ())):
                data["tags"] = [each for each in data["tags"] if each["tag"] not in tags]
                data["version"] = version


def _full_access() -> Data:
    return {
        "user": {"library": True, "files": True, "notes": True, "write": True},
        "groups": {"all": {"library": True, "write": True}},
    }


@dataclass
class World:
    """All of a server's state. `keys` maps an API key to user and rights; `uploads` what storage was promised."""

    libraries: dict[str, Library] = field(default_factory=dict)
    users: dict[int, str] = field(default_factory=lambda: {1: "phpunit", 2: "other"})
    keys: dict[str, Data] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    uploads: dict[str, Data] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)  # md5 -> bytes, the storage behind the server
    schema_version: int = 44
    has_citation_keys: bool = True
    server_id: str = ""  # of a Zotero on the user's machine: the local API
    local_keys: set[str] = field(default_factory=set)  # what its user allowed
    clock: Callable[[], str] = now

    def __post_init__(self) -> None:
        for number in self.users:
            self.libraries.setdefault(f"users/{number}", Library("user", number))

    @property
    def library(self) -> Library:
        return self.libraries["users/1"]

    def add_key(self, key: str, user: int = 1, access: Data | None = None) -> str:
        self.keys[key] = {"userID": user, "access": access or _full_access()}
        return key

    def add_group(self, number: int, name: str = "A group") -> Library:
        return self.libraries.setdefault(f"groups/{number}", Library("group", number, name))
