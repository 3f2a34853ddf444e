"""A check from outside: publications that PubMed says were retracted."""

from __future__ import annotations

from collections.abc import Iterator

from bibkit.checks import Bibliography, Check, Remark

RETRACTED = "Retracted Publication"  # MEDLINE's publication type


def retracted(found: Bibliography) -> Iterator[Remark]:
    """Whatever PubMed calls a retracted publication, in its own format or as the genre of a record."""
    for item in found.items:
        record = item.record
        if RETRACTED in (*record.extra.get("nbib:PT", ()), record.texts.get("genre", "")):
            yield Remark(item, "this publication was retracted", hint="cite the notice of its retraction beside it")


CHECK = Check(
    "publication-retracted",
    "a publication that was retracted",
    retracted,
    severity="error",
    why="Its authors or its journal have withdrawn it; who cites it should know.",
    bad="type = {Retracted Publication}",
    good="type = {Review}",
    rule="MEDLINE/PubMed data element descriptions, PT",
)
