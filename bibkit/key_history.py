"""The lock of a project on disk, and where a key comes from: when, how, from which source, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

import msgspec

from bibkit import files, library, lock, rekey, settings, text
from bibkit.lock import Lock, Pin, caseless
from bibkit.problems import Report, StateError, UsageError
from bibkit.record import Origin, Record

# ------------------------------------------------------------------------------------------------ the file


def lock_path(folder: Path) -> Path:
    """Where the lock of a project is. Raises UsageError for a folder that is no project."""
    seeds = folder / library.SEEDS
    if not seeds.is_dir():
        raise UsageError(f"{seeds}: there is no such folder; name the project's folder with --project")
    return seeds / library.LOCK


def load(folder: Path) -> lock.Reading:
    """The lock of a project. Raises StateError where it cannot be used, UsageError where there is none."""
    return library.read_lock(_standing(folder))


def load_anyhow(folder: Path) -> lock.Reading:
    """As `load`, with all that is wrong with the lock among its problems, and what is left when that is mended."""
    path = _standing(folder)
    content = files.read(str(path))
    if not content.readable:
        raise StateError(f"{path}: {content.problems[0].message}; restore it from git, it holds your citation keys")
    return lock.mend(content.text, str(path))


def save(folder: Path, held: Lock, beside: Mapping[Path, str] = MappingProxyType({})) -> bool:
    """Write the lock if it is not as it stands, and files that go with it, all or none; whether the lock changed.

    Raises UsageError where one of them cannot be written.
    """
    path, wanted = lock_path(folder), lock.dumps(held)
    changed = not path.exists() or path.read_bytes() != wanted.encode()
    files.write_all({**beside, **({path: wanted} if changed else {})})
    return changed


def works(folder: Path, watch: library.Watch = library.unwatched) -> library.Build:
    """What the project's sources hold now, with their keys. Nothing is written."""
    return library.build(folder, Report(), watch=watch)


def rekeyed(
    folder: Path, held: Lock, asked: Collection[str], pattern: str = "", watch: library.Watch = library.unwatched
) -> rekey.Rekeyed:
    """New keys for the works that are asked for, or for all, by a pattern or the project's own. Nothing is written.

    Raises UsageError for an unknown key, for one whose work stands in no source, and for a bad pattern.
    """
    said = settings.load(folder).keys
    terms = library.key_terms(msgspec.structs.replace(said, pattern=pattern) if pattern else said)
    only = {lock.get(held, name).key for name in asked}
    found = works(folder, watch).works
    if gone := sorted(only.difference(work.key for work in found)):
        raise UsageError(f"{gone[0]!r}: its work stands in no source now, so that no pattern can make a key of it")
    return rekey.rekey(
        found, held, terms["pattern"], pattern_name=terms["pattern_name"], only=only, day=library.today()
    )


def _standing(folder: Path) -> Path:
    path = lock_path(folder)
    if not path.exists():
        raise UsageError(f"{path}: there is no lock yet; `bibkit build` makes one")
    return path


# ------------------------------------------------------------------------------------------------ a pin, in words


class Standing(msgspec.Struct, frozen=True):
    """A place where an entry of a work stands."""

    source: str
    line: int


class Entry(msgspec.Struct, frozen=True):
    """What a lock holds about one key, to be shown. `made` is `default`, `incoming`, `hand` or `pattern`."""

    key: str
    aliases: tuple[str, ...]
    made: str
    pattern: str
    given: str
    source: str
    identities: tuple[str, ...]
    was: tuple[str, ...]


class History(msgspec.Struct, frozen=True):
    """Where a key comes from. `asked` is the name that was asked for; `kind` says what it is of the entry.

    `lost_by` are the keys of works that had the name on another branch. `title` and `places` are of the work as the
    sources have it now: both empty where it is in none.
    """

    asked: str
    kind: str  # key, alias
    entry: Entry
    lost_by: tuple[str, ...]
    title: str
    places: tuple[Standing, ...]


def entry(pin: Pin) -> Entry:
    """A pin, to be shown."""
    how = "pattern" if pin.made.startswith(lock.PATTERN) else pin.made or "default"
    pattern = _word(pin.made.removeprefix(lock.PATTERN)) if how == "pattern" else ""
    return Entry(pin.key, pin.aliases, how, pattern, pin.given, _word(pin.source), pin.identities, pin.was)


def _word(word: str) -> str:
    """The inverse of `identity.as_word`."""
    return unquote(word) if "%" in word else word


def history(held: Lock, name: str, found: Iterable[Record]) -> History:
    """Where a name comes from; `found` are the works of the project. Raises UsageError for an unknown name."""
    pin = lock.get(held, name)
    wanted = caseless(name)
    lost_by = tuple(other.key for other in held.pins if wanted in map(caseless, other.was))
    work = next((work for work in found if work.key == pin.key), None) or _merged_in(pin, found)
    places = tuple(Standing(origin.source, origin.line) for origin in _origins(work))
    kind = "key" if caseless(pin.key) == wanted else "alias"
    return History(name, kind, entry(pin), lost_by, text.plain(work.title) if work else "", places)


def _merged_in(pin: Pin, found: Iterable[Record]) -> Record | None:
    """The work that bears this key as an alias: it was merged with another."""
    return next((work for work in found if pin.key in work.aliases), None)


def _origins(work: Record | None) -> tuple[Origin, ...]:
    return tuple(origin for origin in work.origins if origin.source) if work else ()


MADE = {
    "default": "by the default pattern",
    "incoming": "brought by its source",
    "hand": "by hand",
    "zotero": "by a rename in Zotero",
    "pattern": "by the pattern {}",
}


def told(found: History) -> Iterator[str]:
    """The history in lines: a heading, then what is known, each under its word."""
    one = found.entry
    yield found.asked if found.kind == "key" else f"{found.asked} is an alias of {one.key}"
    for word, values in (
        ("work", [found.title] if found.title else ["in no source now; its key is kept"]),
        ("stands in", [f"{place.source}:{place.line}" for place in found.places]),
        ("made", [MADE[one.made].format(one.pattern)]),
        ("given", [one.given or "before the lock held days"]),
        ("from", [one.source] if one.source else []),
        ("aliases", one.aliases),
        ("known by", one.identities),
        ("was also", [f"{name}, which is the key of another work since two branches were merged" for name in one.was]),
        ("mind", [f"{key} was {found.asked} too, on another branch" for key in found.lost_by]),
    ):
        yield from (f"  {word if not place else '':<10} {value}" for place, value in enumerate(values))
