"""What a work is known by: its names in other registries, and its title with its first author.

These strings stand in locks for ever. Whoever changes what a function here gives for a record, changes what locks know,
and must raise `lock.VERSION` and migrate.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import quote

from bibkit import text
from bibkit.record import Date, Record

# Whose name a work goes by: the first of these that a record has.
CREATORS = ("author", "editor", "director", "composer", "performer", "container-author", "translator")
WIDEST = 40  # characters of a title, or of a name, that are shown in a textual identity

_ALNUM = re.compile(r"[a-z0-9]+")


def identities(record: Record) -> tuple[str, ...]:
    """The names under which a pin knows this work, the strong ones first; those of its parts are among them.

    Each is one word without blanks, `scheme:value`. `text:` holds a readable beginning of the folded title, the last
    word of the first creator's family name, and a digest of both in full. Neither the year nor the other authors are
    in it, for they get corrected. An ISBN is no identity: chapters share it, and one book has several.
    """
    if not record.parts:
        return (*_strong(record), *_text(record))
    strong: set[str] = set()
    weak: set[str] = set()
    for one in _whole(record):
        strong.update(_strong(one))
        weak.update(_text(one))
    return (*sorted(strong), *sorted(weak))


def _whole(record: Record) -> Iterator[Record]:
    """The record and the records that it was merged from."""
    yield record
    for part in record.parts:
        yield from _whole(part)


def _strong(record: Record) -> Iterator[str]:
    for scheme, read in _SCHEMES.items():
        if value := read(record):
            yield f"{scheme}:{as_word(value)}"


def _doi(record: Record) -> str:
    doi = text.doi_key(record.texts["DOI"]) if "DOI" in record.texts else ""
    return "" if text.arxiv_id(doi) else doi  # 10.48550/arXiv.… is an arXiv id in another dress


def _arxiv(record: Record) -> str:
    """The arXiv id without its version, for versions are one work. A bare number counts where arXiv is named."""
    archive = record.texts.get("archive", "")
    for place in filter(None, map(record.texts.get, _ARXIV_PLACES)):
        if "arxiv" in f"{archive}{place}".lower() and (found := text.arxiv_id(place).lower()):
            return _VERSION.sub("", found)
    return ""


_ARXIV_PLACES = ("archive_location", "number", "DOI", "URL")
_VERSION = re.compile(r"v\d+$")


def _zotero(record: Record) -> str:
    if not (key := record.extra.get("zotero:key")):
        return ""
    library = record.extra.get("zotero:library")
    return f"{library}/{key}" if library else str(key)


def _pmid(record: Record) -> str:
    return text.pmid(record.texts["PMID"]) if "PMID" in record.texts else ""


# By name, the order in which `identities` gives them.
_SCHEMES: dict[str, Callable[[Record], str]] = {
    "arxiv": _arxiv,
    "doi": _doi,
    "pmid": _pmid,
    "zotero": _zotero,
}


def _text(record: Record) -> Iterator[str]:
    if title := _folded(text.plain(record.title)):
        author = _first_family(record)
        yield f"text:{_beginning(title)}|{author[:WIDEST]}~{_digest(title, author)}"


def _first_family(record: Record) -> str:
    """Its last word: sources disagree on whether "van der", or a first of two surnames, belongs to the family name."""
    names = next((record.names[role] for role in CREATORS if record.names.get(role)), ())
    return _family(names[0].family or names[0].literal or names[0].given).rpartition(" ")[2] if names else ""


def _beginning(title: str) -> str:
    short = title if len(title) <= WIDEST else title[: WIDEST + 1].rpartition(" ")[0] or title[:WIDEST]
    return short.replace(" ", "-")


def _folded(plain: str) -> str:
    """Letters and digits without case and accents, single blanks between words.

    Not `text.fold`, which may learn, and not anyascii, whose tables change.
    """
    if plain.isascii():
        return " ".join(_ALNUM.findall(plain.lower()))
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return " ".join("".join(map(_letter, decomposed)).split())


_family = lru_cache(maxsize=1 << 15)(_folded)


def _letter(char: str) -> str:
    if unicodedata.combining(char):
        return ""
    return char if char.isalnum() or unicodedata.category(char)[0] == "M" else " "


def _digest(*parts: str) -> str:
    """16 hexadecimal digits: among a million works, two different ones meet with a chance of 1 to 37 million."""
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def as_word(value: str) -> str:
    """The value as one printable word; what cannot be in one is percent-encoded."""
    if value.isprintable() and " " not in value and "%" not in value:
        return value
    return quote(value, safe="!#$&'()*+,/:;<=>?@[]^`{|}~\"\\", errors="surrogatepass")


def is_text(identity: str) -> bool:
    """Whether this is a title with its author; else it is a strong identity."""
    return identity.startswith("text:")


def _scheme(identity: str) -> str:
    """What an identity is a name in: the registry, or for Zotero the library."""
    return identity.rpartition("/" if identity.startswith("zotero:") else ":")[0] or "zotero"


def contradict(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether these identities are of two works: both have a name in the same registry, and no strong one is shared."""
    ours, theirs = set(filter(_is_strong, one)), set(filter(_is_strong, other))
    return ours.isdisjoint(theirs) and not set(map(_scheme, ours)).isdisjoint(map(_scheme, theirs))


def _is_strong(identity: str) -> bool:
    return not is_text(identity)


# Beside the identities, the names and the date: what tells works of one title and author apart.
_DETAILS = (
    "container-title", "volume", "issue", "number", "page", "edition", "version", "genre", "publisher", "event-title",
    "collection-title", "collection-number", "chapter-number", "part-number", "volume-title", "part-title",
)  # fmt: skip


def sight(record: Record, known: tuple[str, ...]) -> str:
    """A digest of all that tells this work from others; `known` are its identities.

    Works of one sight are twins: nothing but abstracts, notes, keywords and addresses tells them apart.
    """
    date = record.issued or Date()
    names = (name for role in ("author", "editor") for name in record.names.get(role, ()))
    families = "|".join(_family(name.family or name.literal) for name in names)
    details = (f"{variable}={record.texts[variable]}" for variable in _DETAILS if variable in record.texts)
    title = "" if any(map(is_text, known)) else record.title
    return _digest(*known, families, f"{date.start}{date.end}{date.literal}", title, *details)
