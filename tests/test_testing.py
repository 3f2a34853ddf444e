"""The promises that `check_format` holds every format to: a format that breaks one is found out, and told why."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import msgspec
import pytest
from hypothesis import Phase, settings

from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.losses import losses
from bibkit.problems import Problem
from bibkit.record import Date, Name, Record, replace
from bibkit.testing import check_format


def read(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    for line in filter(None, text.split("\n")):
        try:
            yield msgspec.json.decode(line, type=Record)
        except (ValueError, RecursionError) as error:
            yield Problem("line", str(error))


def write(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    for record in records:
        yield msgspec.json.encode(record).decode() + "\n"


SOUND = Format("lines", "Records as JSON lines", (".jsonl",), read, write, lambda text: float('{"' in text))


def test_a_sound_format_passes() -> None:
    check_format(SOUND, examples=20)


@pytest.mark.parametrize("part", [{"read": None}, {"write": None}, {"detect": None}])
def test_half_a_format_passes(part: dict[str, None]) -> None:
    check_format(msgspec.structs.replace(SOUND, **part), examples=20)


@pytest.fixture
def without_shrinking() -> Iterator[None]:
    """The first failing example will do; making it small takes longer than all the rest."""
    before = settings.get_current_profile_name()
    settings.register_profile("quick", settings.get_profile(before), phases=[Phase.generate])
    settings.load_profile("quick")
    yield
    settings.load_profile(before)


def raising(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    json.loads(text)
    yield from read(text, source, options)


def chatting(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    yield "hello"  # type: ignore[misc]


def merging(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    yield from list(read(text, source, options))[:1]


def forgetting(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    yield from write([replace(record, keywords=()) for record in records], options)


def alarming(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    for record in records:
        yield Problem("lines-lost", "the title is lost", key=record.key, field="title")
        yield from write([record], options)


def counting(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    COUNTED.append(1)
    yield from write([replace(record, key=f"{record.key}{len(COUNTED)}") for record in records], options)


COUNTED: list[int] = []


def growing(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    yield from write(
        [replace(record, texts={**record.texts, "seen": "x" * len(str(record))}) for record in records], options
    )


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"read": raising}, "reading raised JSONDecodeError"),
        ({"read": chatting}, "Records and Problems only"),
        ({"read": merging}, "read again"),
        ({"write": forgetting}, "lost, but not reported"),
        ({"write": alarming}, "reported as lost, but not lost"),
        ({"write": counting}, "written in two ways"),
        ({"write": growing}, "a second pass changes"),
        ({"detect": lambda text: 2.0}, "not between 0 and 1"),
        ({"detect": lambda text: 0.0}, "does not recognise what it wrote"),
        ({"name": "Lines"}, "lower case"),
        ({"suffixes": ("jsonl",)}, "begin with a dot"),
        ({"read": None, "write": None}, "can be read or written"),
    ],
)
@pytest.mark.usefixtures("without_shrinking")
def test_a_broken_promise_is_named(part: dict[str, object], says: str) -> None:
    with pytest.raises(AssertionError, match=says):
        check_format(msgspec.structs.replace(SOUND, **part), examples=40)


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (Record("book"), Record("thesis"), ["type"]),
        (Record(key="a"), Record(key="b"), ["key"]),
        (Record(), Record(key="b", texts={"title": "T"}), []),
        (Record(texts={"title": "T", "note": ""}), Record(), ["title"]),
        (Record(texts={"page": "1–5"}), Record(texts={"page": "1-5"}), []),
        (Record(texts={"title": "1–5"}), Record(texts={"title": "1-5"}), ["title"]),
        (Record(names={"author": (Name("A"),)}), Record(names={"author": (Name("B"),)}), ["author"]),
        (Record(dates={"issued": Date((1,))}), Record(), ["issued"]),
        (Record(cut=("author", "editor")), Record(cut=("editor",)), ["cut"]),
        (Record(keywords=("a", "b")), Record(keywords=("b", "a")), ["keyword"]),
        (Record(extra={"a:b": 0, "c:d": 1}), Record(), ["c:d"]),
        (Record(aliases=("a", "b")), Record(aliases=("b",)), ["aliases"]),
    ],
)
def test_losses(before: Record, after: Record, lost: list[str]) -> None:
    assert [variable for variable, _, _ in losses(before, after)] == lost
