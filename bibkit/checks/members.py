"""CSL-JSON items: what they lack, and members of another kind than CSL has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bibkit.checks.model import Bibliography, Check, Remark
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES
from bibkit.written import Written

_TITLE = ("title",)
_PART = ("title", "container-title")
_NEEDS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("book", "thesis", "report", "webpage", "dataset", "software", "paper-conference"), _TITLE),
    **dict.fromkeys(("article-journal", "article-magazine", "article-newspaper", "chapter"), _PART),
}


def required(found: Bibliography) -> Iterator[Remark]:
    """An item without id, or without what every style prints of its type. Of a missing type the reader speaks."""
    for item in found.items:
        record = item.record
        missing = [] if record.key or "id" in item.fields else ["id"]
        missing += [name for name in _NEEDS.get(record.type, ()) if not record.texts.get(name)]
        if missing and not _is_bare(item) and found.text.find('"type"', item.start, item.end) >= 0:
            yield Remark(item, f"an item of the type {item.type} needs {' and '.join(missing)}")


def _is_bare(item: Written) -> bool:
    """Whether this is no item at all but some other object of JSON."""
    record = item.record
    return not record.texts and not record.names and not record.dates


def shape(found: Bibliography) -> Iterator[Remark]:
    """Names, dates and titles that are no list, no object, no text: schema and processors want them so."""
    for item in found.items:
        for name in item.fields:
            if name in NAME_VARIABLES:
                yield Remark(item, f"{name} is a text, where CSL has a list of names", name)
            elif name in DATE_VARIABLES:
                yield Remark(item, f"{name} is a text, where CSL has an object with date-parts", name)


CHECKS = (
    Check(
        "csl-required",
        "what an item of CSL-JSON needs",
        required,
        why="The schema asks for an id and a type; without a title, or a journal's name, every style prints a hole.",
        bad='[{"id": "a", "type": "article-journal", "title": "On Trains"}]',
        good='[{"id": "a", "type": "article-journal", "title": "On Trains", "container-title": "Rails"}]',
        rule="CSL 1.0.2, csl-data.json (required)",
        formats=frozenset({"csl-json"}),
    ),
    Check(
        "csl-shape",
        "names or dates of CSL-JSON that are a text",
        shape,
        severity="error",
        why="CSL processors read names from a list of objects and dates from date-parts; a text makes them stop.",
        bad='[{"id": "a", "type": "book", "title": "On Trains", "author": "Ada Moreau"}]',
        good='[{"id": "a", "type": "book", "title": "On Trains", "author": [{"family": "Moreau", "given": "Ada"}]}]',
        rule="CSL 1.0.2, csl-data.json (name-variable, date-variable)",
        formats=frozenset({"csl-json"}),
    ),
)
