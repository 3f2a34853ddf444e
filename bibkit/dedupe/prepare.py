"""What the matching knows of a record: everything folded, parsed and normalised once, small enough for a million.

`prepare` looks at one record only and needs no other, so that it can run anywhere and in any order.
"""

from __future__ import annotations

import re
from sys import intern
from zlib import crc32

import msgspec

from bibkit import text
from bibkit.dedupe import people, places, remnants, titles
from bibkit.record import Record

SKETCH = 12  # words of an abstract that are kept
LONG_WORD = 8


class Prepared(msgspec.Struct, frozen=True, gc=False, order=True):
    """One record as it is compared. Strings are folded; what is not known is empty or 0.

    `registered` are identifiers other than the DOI, `scheme:value`; `sketch` samples the words of the abstract.
    """

    title: str = ""
    families: tuple[str, ...] = ()
    givens: tuple[str, ...] = ()
    year: int = 0
    venue: str = ""
    volume: str = ""
    issue: str = ""
    first: str = ""
    last: str = ""
    doi: str = ""
    kind: str = ""
    cut: bool = False
    generic: bool = False
    second: str = ""
    marks: str = ""
    numbers: str = ""
    part: str = ""
    edition: str = ""
    isbn: str = ""
    publisher: str = ""
    language: str = ""
    registered: tuple[str, ...] = ()
    sketch: bytes = b""
    translated: bool = False


def prepare(record: Record) -> Prepared:
    """The record in the form that is compared. Never fails; linear in the record."""
    texts = record.texts
    mended = remnants.mend(texts.get("title", ""), people.people(record))
    title, persons = titles.title(mended.title), mended.people
    venue = intern(places.venue(texts["container-title"])) if "container-title" in texts else ""
    place = places.place(record)
    doi = _doi(texts.get("DOI", "")) or _review(venue, place.first)
    return Prepared(
        title=title.folded,
        families=persons.families,
        givens=persons.givens,
        year=_year(record) or mended.year,
        venue=venue,
        volume=place.volume,
        issue=place.issue,
        first=place.first,
        last=place.last,
        doi=doi,
        kind="preprint" if mended.unpublished else places.kind(record, venue, doi),
        cut=persons.cut,
        generic=title.generic or bool(venue and _is_venue(title.folded, venue)),
        second=title.second or _second(record),
        marks=intern(title.marks),
        numbers=intern(title.numbers),
        part=intern(title.part),
        edition=_edition(record) or title.edition,
        isbn=text.isbn_key(texts["ISBN"]) if "ISBN" in texts else "",
        publisher=intern(text.fold(texts["publisher"])) if "publisher" in texts else "",
        language=texts.get("language", "")[:2].lower(),
        registered=_registered(record),
        sketch=_sketch(texts["abstract"]) if "abstract" in texts else b"",
        translated=title.translated,
    )


_PLAIN_DOI = re.compile(r"10\.\d{4,9}/[\w./-]*\w")  # most are: nothing around them, nothing to unquote
_COCHRANE = re.compile(r"(10\.1002/14651858\.\w+)\.pub\d+")
_VERSIONED = re.compile(r"(10\.(?:1101|21203|20944|26434)/.+?)(?:v\d+|/v\d+)$")


def _doi(raw: str) -> str:
    """In lower case; updates of a Cochrane review (pub2, pub3) and versions of one preprint count as one."""
    doi = raw.lower() if _PLAIN_DOI.fullmatch(raw) else text.doi_key(raw) if raw else ""
    if doi.startswith("10.1002/14651858") and (found := _COCHRANE.match(doi)):
        return found[1]
    found = _VERSIONED.match(doi)
    return found[1] if found else doi


def _review(venue: str, page: str) -> str:
    """A Cochrane review has its number for a page: CD002273."""
    return f"10.1002/14651858.cd{page[2:]:0>6}" if page[:2] == "cd" and page[2:].isdigit() and "coch" in venue else ""


def _year(record: Record) -> int:
    """0 where it is not known, or was inferred from its neighbours in a list."""
    date = record.issued
    trace = record.traces.get("issued")
    if date is None or not date.start or (trace is not None and trace.inferred):
        return 0
    return date.start[0]


def _is_venue(title: str, venue: str) -> bool:
    """Whether the title only repeats the name of the container ("Communications of the ACM Volume 52 Paper 41")."""
    return title.startswith(venue) and not any(
        word.isalpha() and len(word) > 3 and word not in venue and word not in ("volume", "issue", "paper", "number")
        for word in title.replace(venue, " ").split()
    )


def _second(record: Record) -> str:
    return text.fold(record.texts["original-title"]) if "original-title" in record.texts else ""


def _edition(record: Record) -> str:
    folded = text.fold(record.texts["edition"]) if "edition" in record.texts else ""
    return titles.numbers(folded) or ("1" if folded == "i" else "")


_ARXIV_PLACES = ("archive_location", "number", "URL", "DOI")
_ARXIV_VERSION = re.compile(r"v\d+$")


def _registered(record: Record) -> tuple[str, ...]:
    """An arXiv id without its version, PubMed id, Zotero key: what registers one record of a work."""
    texts, found = record.texts, []
    for place in _ARXIV_PLACES:
        named = place in texts and "arxiv" in f"{texts.get('archive', '')}{texts[place]}".lower()
        if named and (known := text.arxiv_id(texts[place]).lower()):
            found.append(f"arxiv:{_ARXIV_VERSION.sub('', known)}")
            break
    if "PMID" in texts and (known := text.pmid(texts["PMID"])):
        found.append(f"pmid:{known}")
    if key := record.extra.get("zotero:key"):
        found.append(f"zotero:{record.extra.get('zotero:library', '')}/{key}")
    return tuple(found)


def _sketch(abstract: str) -> bytes:
    """A sample of its long words, the same wherever they occur: those of the smallest checksums (min-wise hashing)."""
    words = {word for word in abstract[:6000].lower().split() if len(word) >= LONG_WORD and word.isalpha()}
    return b"".join(sorted(crc32(word.encode()).to_bytes(4, "big") for word in words)[:SKETCH])
