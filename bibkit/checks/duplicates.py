"""One work under two keys, and preprints beside what became of them.

Candidates are cheap: one DOI, one number on arXiv, or one title; for duplicates with year and first author. The
matching of `bibkit.dedupe` has the last word, as it has for `bibkit dedupe`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

from bibkit.checks.model import BIBTEX, Bibliography, Check, Remark
from bibkit.dedupe.deciding import AT_MOST, decide, weigh
from bibkit.dedupe.evidence import Evidence, Verdict
from bibkit.dedupe.prepare import Prepared, prepare
from bibkit.record import Record
from bibkit.text import fold
from bibkit.written import Written

FORMATS = BIBTEX | {"csl-json", "ris"}
_COMPARED = 8  # entries of one group that each is compared with
_SHORTEST = 8  # letters of a title that tells anything

Name = Callable[[Record], object]


def _by_doi(record: Record) -> str:
    return record.texts["DOI"].lower() if "DOI" in record.texts else ""


_VERSION = re.compile(r"v[0-9]+\Z")


def _by_eprint(record: Record) -> str:
    texts = record.texts
    if "archive_location" not in texts or texts.get("archive", "").lower() != "arxiv":
        return ""
    return _VERSION.sub("", texts["archive_location"].lower())


def _by_title(record: Record) -> object:
    title = folded_title(record)
    return title and (title, _year(record), _first_author(record))


_NO_LETTERS = str.maketrans(dict.fromkeys(map(chr, (*range(48), *range(58, 65), *range(91, 97), *range(123, 128)))))


def folded_title(record: Record) -> str:
    """The letters and digits of the title, or the empty string where these are too few to tell anything."""
    title = record.texts.get("title", "")
    letters = (title if title.isascii() else fold(title)).translate(_NO_LETTERS).lower()
    return letters if len(letters) >= _SHORTEST else ""


def _year(record: Record) -> object:
    date = record.dates.get("issued")
    return date and (date.start[:1] or date.literal)


def _first_author(record: Record) -> str:
    people = record.names.get("author") or record.names.get("editor")
    name = (people[0].family or people[0].literal) if people else ""
    return name.lower() if name.isascii() else fold(name)


class _Seen:
    """Each record prepared once, when it is first asked for."""

    def __init__(self) -> None:
        self.made: dict[int, Prepared] = {}

    def __call__(self, item: Written) -> Prepared:
        found = self.made.get(id(item))
        if found is None:
            found = self.made[id(item)] = prepare(item.record)
        return found


def _groups(found: Bibliography, name: Name) -> Iterator[list[Written]]:
    """Entries of one name, where there are several, in order."""
    groups: dict[object, list[Written]] = {}
    for item in found.items:
        if value := name(item.record):
            groups.setdefault(value, []).append(item)
    return (group for group in groups.values() if len(group) > 1)


def _pairs(found: Bibliography, name: Name) -> Iterator[tuple[Written, Written]]:
    """Two entries of one name, the earlier one first; linear, however large a group is."""
    for group in _groups(found, name):
        for place, item in enumerate(group):
            for other in group[max(0, place - _COMPARED) : place]:
                yield other, item


# ------------------------------------------------------------------------------------------------ duplicates


def duplicate(found: Bibliography) -> Iterator[Remark]:
    """The same publication as an entry before; said once of each."""
    said: set[int] = set()
    seen = _Seen()
    for name in (_by_doi, _by_eprint, _by_title):
        for one, other in _pairs(found, name):
            if id(other) not in said and _is_same(one, other, seen):
                said.add(id(other))
                yield Remark(other, _told(one, other))


def _is_same(one: Written, other: Written, seen: _Seen) -> bool:
    """Of entries with one key, only those that are equal letter for letter; the readers have spoken of the others."""
    if _is_copy(one, other):
        return True
    if (one.record.key and one.record.key.lower() == other.record.key.lower()) or _is_told(one, other):
        return False
    evidence = weigh(seen(one), seen(other))
    return decide(evidence) is Verdict.SAME and not _differ(one.record, other.record, evidence)


def _is_told(one: Written, other: Written) -> bool:
    """Whether one of the two names another entry as related, and so is there on purpose."""
    return any("related" in item.fields or "xref" in item.fields for item in (one, other))


_LOOSE = frozenset({"document", "manuscript", "webpage", "article"})  # what says nothing of where it appeared
_ONCE = ("volume", "issue", "pages", "year")


def _differ(one: Record, other: Record, evidence: Evidence) -> bool:
    """Whether they disagree in what a publication has once.

    In a file that somebody keeps, a column under one title in two issues is likelier than an entry with a wrong number.
    """
    if (one.type in _LOOSE) != (other.type in _LOOSE) or _is_volume_of(one, other) or _is_volume_of(other, one):
        return True
    if any(clue.detail == "different" for clue in evidence.clues if clue.name in _ONCE):
        return True
    numbers = [record.texts.get("number") or record.texts.get("collection-number") for record in (one, other)]
    return bool(numbers[0] and numbers[1] and numbers[0] != numbers[1])


def _is_volume_of(one: Record, other: Record) -> bool:
    """Whether the first is a volume, and the second the whole in several volumes."""
    return "volume" in one.texts and "number-of-volumes" in other.texts and "volume" not in other.texts


def _is_copy(one: Written, other: Written) -> bool:
    """Whether both stand there in the same letters."""
    return one.text[one.start : one.end] == other.text[other.start : other.end] and one.end > one.start


def _told(one: Written, other: Written) -> str:
    if _is_copy(one, other):
        return f"this entry stands, letter for letter, in {_line(one)} already"
    return f"this is the same work as {_name(one)}"


def _line(item: Written) -> str:
    return f"line {item.record.origins[0].line}" if item.record.origins else "the file"


def _name(item: Written) -> str:
    return f"{item.record.key}, in {_line(item)}" if item.record.key else f"the entry in {_line(item)}"


# ------------------------------------------------------------------------------------------------ preprints


def published(found: Bibliography) -> Iterator[Remark]:
    """A preprint whose published version is in the file as well."""
    said: set[int] = set()
    seen = _Seen()
    for pair in chain(_pairs(found, _by_eprint), _pairs(found, folded_title)):
        for preprint, paper in (pair, pair[::-1]):
            if id(preprint) not in said and _has_appeared(preprint, paper, seen):
                said.add(id(preprint))
                yield Remark(preprint, f"this preprint has been published: {_name(paper)}")


def _has_appeared(preprint: Written, paper: Written, seen: _Seen) -> bool:
    """By the verdict of the matching; not where the entries say so themselves."""
    there = seen(paper)
    if there.kind not in _APPEARED or not (there.venue or there.publisher) or not _is_preprint(preprint, seen):
        return False
    return not _is_told(preprint, paper) and _is_one_work(weigh(seen(preprint), there))


def _is_one_work(evidence: Evidence) -> bool:
    """By the verdict; or, since they have one title or number, by the same authors and nothing that forbids it."""
    if decide(evidence) in (Verdict.VERSION, Verdict.SAME):
        return True
    authors = next((clue.detail for clue in evidence.clues if clue.name == "authors"), "")
    return authors.startswith("equal") and AT_MOST.get(evidence.veto) is not Verdict.DIFFERENT


_APPEARED = frozenset({"journal", "conference", "chapter", "book"})


def _is_preprint(item: Written, seen: _Seen) -> bool:
    """Also a @misc or @unpublished with nothing but its address on arXiv."""
    here = seen(item)
    on_arxiv = item.record.type in _LOOSE and any(name.startswith("arxiv:") for name in here.registered)
    return here.kind == "preprint" or (on_arxiv and not here.venue)


CHECKS = (
    Check(
        "entry-duplicate",
        "the same work twice",
        duplicate,
        why="Two entries for one publication are cited as two works, and only one of them gets corrected. `bibkit "
        "dedupe` tells why they are one, and joins them.",
        bad="@article{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  journal = {Journal of Rail Research},\n  year = {1998},\n  volume = {3},\n  pages = {1--9},\n}\n"
        "@article{moreau98,\n  author = {Moreau, A.},\n  title = {On the Waiting of Trains},\n"
        "  journal = {Journal of Rail Research},\n  year = {1998},\n  volume = {3},\n  pages = {1--9},\n}",
        good="@article{moreau1998,\n  author = {Moreau, Ada},\n  title = {On the waiting of trains},\n"
        "  journal = {Journal of Rail Research},\n  year = {1998},\n  volume = {3},\n  pages = {1--9},\n}",
        formats=FORMATS,
        across=True,
    ),
    Check(
        "preprint-published",
        "preprint beside its published version",
        published,
        severity="note",
        why="Readers and counts of citations are better served by the version of record.",
        bad="@misc{moreau1997,\n  author = {Moreau, Ada and Reis, Bo},\n"
        "  title = {On the waiting of trains in winter},\n  year = {1997},\n  eprint = {physics/9701001},\n"
        "  archiveprefix = {arXiv},\n}\n@article{moreau1998,\n  author = {Moreau, Ada and Reis, Bo},\n"
        "  title = {On the waiting of trains in winter},\n  journal = {Journal of Rail Research},\n  year = {1998},\n}",
        good="@article{moreau1998,\n  author = {Moreau, Ada and Reis, Bo},\n"
        "  title = {On the waiting of trains in winter},\n  journal = {Journal of Rail Research},\n  year = {1998},\n"
        "  eprint = {physics/9701001},\n  archiveprefix = {arXiv},\n}",
        formats=FORMATS,
        across=True,
    ),
)
