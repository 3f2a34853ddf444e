"""Works -> a CV: which works are the person's, which of them are shown, in which groups, in which order and number.

Pure: the same works, settings and decisions give the same CV, whatever the order of the works.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from bibkit import identity, text, versions
from bibkit.cv import groups, own
from bibkit.cv.model import CV, Entry, Link, Person
from bibkit.cv.own import Self
from bibkit.decisions import Decision, Decisions
from bibkit.dedupe.merging import is_preprint
from bibkit.lock import caseless
from bibkit.names import format_display
from bibkit.problems import Problem, UsageError
from bibkit.record import Name, Record
from bibkit.settings import TYPE_NAMES, Cv

# ------------------------------------------------------------------------------------------------ facts

# Words of BibLaTeX's pubstate (manual 4.9.2.11), and of dates without a year, folded.
_STATUS_WORDS = {
    "forthcoming": "accepted",
    "inpress": "accepted",
    "in press": "accepted",
    "to appear": "accepted",
    "accepted": "accepted",
    "advance online publication": "published",
    "submitted": "submitted",
    "under review": "submitted",
    "in review": "submitted",
    "prepublished": "preprint",
    "preprint": "preprint",
    "inpreparation": "draft",
    "in preparation": "draft",
    "draft": "draft",
    "unpublished": "draft",
}

TITLE = "Publications"
NO_DECISIONS = Decisions()

_CODE = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org|huggingface\.co)/\S+")


# ------------------------------------------------------------------------------------------------ the whole way


def make(works: Iterable[Record], settings: Cv, decisions: Decisions = NO_DECISIONS, *, me: str = "") -> CV:
    """The CV of one person: pure and deterministic.

    `me` is a name as people write it; it overrides the settings' name, whose other spellings still count where it is
    one of them. Raises UsageError where nobody is named, where no work has the name (with the nearest names), and for
    settings that cannot be meant.
    """
    person = _person(settings, me)
    shown = versions.chosen(sorted(works, key=lambda work: (work.key, work.title)), settings.versions)
    claims = _Claims(shown, settings, decisions)
    choosing = _Choosing(person, settings, claims)
    entries = [entry for work in shown if (entry := choosing.entry(work))]
    if shown and not choosing.seen:
        own.check_found(person, shown)
    problems = (*_unknown_keys(shown, settings), *choosing.said(entries, shown))
    return CV(person.names, person.orcid, settings.title or TITLE, groups.sections(entries, settings), problems)


def _person(settings: Cv, me: str) -> Self:
    known = own.names_of(settings.me)
    asked = own.names_of(me)
    if not (asked or known):
        raise UsageError('say whose CV it is: --me "Given Family", or [cv] me = "Given Family" in bibkit.toml')
    ours = [own.spelling(name) for name in known]
    names = asked if asked and own.spelling(asked[0]) not in ours else (*asked, *known)
    return Self(tuple(dict.fromkeys(names)), settings.orcid if names != asked or not known else "")


# ------------------------------------------------------------------------------------------------ whose works


class _Claims:
    """What the settings and the decisions say about whose a work is, by its key."""

    def __init__(self, works: Sequence[Record], settings: Cv, decisions: Decisions) -> None:
        self.places = dict(_listed(settings.works))
        self.narrowed = bool(self.places)
        made = [decision for decision in decisions.made if decision.kind in ("mine", "not-mine")]
        self.by_key: dict[str, bool] = {}
        for decision in made:
            self.by_key.update((work.key, decision.kind == "mine") for work in works if _is_about(decision, work))

    def place(self, work: Record) -> int:
        """Where the settings say that the person stands in the list; 0 where they do not."""
        return next((self.places[key] for key in _keys(work) if key in self.places), 0)

    def says(self, work: Record) -> bool | None:
        """Whether the work is the person's, where that is said."""
        decided = self.by_key.get(work.key)
        if decided is None and any(key in self.places for key in _keys(work)):
            return True
        return decided


def _listed(keys: Iterable[str]) -> Iterator[tuple[str, int]]:
    """`KEY` or `KEY:2`; keys may have colons in them themselves."""
    for written in keys:
        key, colon, place = written.rpartition(":")
        if colon and place.isdecimal():
            yield caseless(key), int(place)
        yield caseless(written), 0


def _keys(work: Record) -> Iterator[str]:
    return map(caseless, (work.key, *work.aliases))


def _is_about(decision: Decision, work: Record) -> bool:
    known, keys = set(identity.identities(work)), set(_keys(work))
    return any(
        not known.isdisjoint(one.known) and not identity.contradict(known, one.known)
        if one.known
        else caseless(one.key) in keys
        for one in decision.works
    )


class _Choosing:
    """Makes entries of the works that are the person's and that the settings want to show."""

    def __init__(self, person: Self, settings: Cv, claims: _Claims) -> None:
        self.person = person
        self.settings = settings
        self.claims = claims
        self.years = _years(settings.years)
        self.types = {TYPE_NAMES.get(kind, kind) for kind in settings.types}
        self.keywords = set(map(text.fold, settings.keywords))
        self.hidden, self.selected = (frozenset(map(caseless, keys)) for keys in (settings.hidden, settings.selected))
        self.topics = {text.fold(word): title for title, words in settings.topics.items() for word in (*words, title)}
        self.seen = False  # whether any work is the person's, shown or not
        self.marked: list[tuple[Record, str, int]] = []
        self.unclear: list[Record] = []
        self.odd: list[tuple[Record, Name]] = []

    def entry(self, work: Record) -> Entry | None:
        """The entry of a work, without its number; None where it is not the person's or not to be shown."""
        role = "author" if work.names.get("author") or not work.names.get("editor") else "editor"
        place, is_mine = self.whose(work, role)
        if place:
            self.marked.append((work, role, place))
        self.seen = self.seen or bool(place) or self.claims.says(work) is True or work in self.unclear[-1:]
        if not is_mine or not self.wanted(work):
            return None
        return Entry(
            key=work.key,
            record=work,
            people=_people(work, role, place, self.settings),
            role=role,
            cut=role in work.cut,
            me_listed=bool(place),
            claimed=self.claims.says(work) is True,
            links=_links(work, self.settings.links),
            status=status(work),
            selected=not self.selected.isdisjoint(_keys(work)),
            topics=self.topics_of(work),
        )

    def whose(self, work: Record, role: str) -> tuple[int, bool]:
        """Where the person stands in the list, and whether the work is theirs."""
        said, told = self.claims.says(work), self.claims.place(work)
        if said is False:
            return 0, False
        found = self.person.find(work, role)
        place = told if 0 < told <= len(work.names.get(role, ())) else found.place
        if said:
            self.unclear.extend([work] if found.unclear and not place else [])
            return place, True
        if self.claims.narrowed:
            return 0, False
        if place or found.unclear:
            self.unclear.extend([work] if found.unclear else [])
            return place, True
        self.odd.extend((work, name) for name in work.names.get(role, ()) if self.person.swapped(name))
        return 0, role in work.cut and self.settings.unlisted == "keep"

    def wanted(self, work: Record) -> bool:
        """Whether the settings show it."""
        year = work.issued.year if work.issued else None
        first, last = self.years
        return (
            self.hidden.isdisjoint(_keys(work))
            and (not self.types or work.type in self.types)
            and (not self.settings.years or (year is not None and first <= year <= last))
            and (not self.keywords or not self.keywords.isdisjoint(map(text.fold, work.keywords)))
        )

    def topics_of(self, work: Record) -> tuple[str, ...]:
        """Its topics: the settings' in their order, or without these its keywords."""
        if not self.topics:
            return work.keywords
        found = {self.topics[word] for word in map(text.fold, work.keywords) if word in self.topics}
        return tuple(title for title in self.settings.topics if title in found)

    # ---------------------------------------------------------------- what is said

    def said(self, entries: Sequence[Entry], works: Sequence[Record]) -> Iterator[Problem]:
        """What a person should look at."""
        yield from own.doubts(self.person, self.marked)
        if works and not entries:
            wanted = [name for name in _FILTERS if getattr(self.settings, name)]
            message = f"none of the works is shown: see {', '.join(wanted) or 'works'} in [cv]"
            yield Problem("cv-empty", message, "warning")
        for work in self.unclear:
            message = "two people of this work have the own name; neither is marked"
            yield _about(work, "cv-two-people", message, hint=f'say which: [cv] works = ["{work.key}:2", ...]')
        for work, name in self.odd:
            message = f"{format_display(name)} is the own name in the other order; taken for somebody else"
            yield _about(work, "cv-other-order", message, hint="add this spelling to [cv] me if it is yours")
        unknown = [entry.key for entry in entries if entry.cut and not entry.me_listed and not entry.claimed]
        if unknown:
            yield Problem(
                "cv-cut",
                f'{len(unknown)} of {len(entries)} works end in "et al." before the own name; they are in the CV, and '
                f"do not show it: {', '.join(unknown[:3])}{' ...' if len(unknown) > 3 else ''}",
                "note",
                hint='claim one with a line  m1 = { mine = ["KEY"] }  in decisions.toml, or leave all of them out with '
                '[cv] unlisted = "drop"',
            )


_FILTERS = ("works", "types", "years", "keywords", "hidden")


def _about(work: Record, code: str, message: str, hint: str = "") -> Problem:
    source, line = work.place()
    return Problem(code, message, "warning", source, line, key=work.key, field="author", hint=hint)


def _unknown_keys(works: Sequence[Record], settings: Cv) -> Iterator[Problem]:
    """Keys in the settings that no work has."""
    known = {key for work in works for key in _keys(work)}
    named = {
        "works": [key.rpartition(":")[0] if key.rpartition(":")[2].isdecimal() else key for key in settings.works],
        "hidden": settings.hidden,
        "selected": settings.selected,
        "equal": settings.equal,
        "corresponding": settings.corresponding,
    }
    for name, keys in named.items():
        for key in keys:
            if caseless(key) not in known:
                yield Problem("cv-key", f"[cv] {name} names {key!r}, which no work has", "warning", key=key)


# ------------------------------------------------------------------------------------------------ one entry


def _people(work: Record, role: str, me: int, settings: Cv) -> tuple[Person, ...]:
    names = work.names.get(role, ())
    notes = own.annotated(work, role) if work.extra else {}
    equal, corresponding = (
        _places(next((said[key] for key in said if caseless(key) in set(_keys(work))), ()), names)
        for said in (settings.equal, settings.corresponding)
    )
    return tuple(
        Person(
            name,
            place == me,
            place in equal or not _EQUAL.isdisjoint(notes.get(place, ())),
            place in corresponding or not _CORRESPONDING.isdisjoint(notes.get(place, ())),
        )
        for place, name in enumerate(names, 1)
    )


_EQUAL = frozenset({"equal", "equal-contribution", "equalcontribution", "cofirst", "co-first", "joint"})
_CORRESPONDING = frozenset({"corresponding", "correspondence", "corresp", "corr"})


def _places(said: Iterable[str | int], names: Sequence[Name]) -> set[int]:
    """Places from 1, or names as people write them."""
    found = {one for one in said if isinstance(one, int)}
    for written in (one for one in said if isinstance(one, str)):
        person = Self(own.names_of(written))
        found.update(place for place, name in enumerate(names, 1) if person.likeness(name) or _family(name, written))
    return found


def _family(name: Name, written: str) -> bool:
    return bool(name.family) and text.fold(name.family) == text.fold(written)


def status(work: Record) -> str:
    """published, accepted, submitted, preprint or draft: what the source says, else by type and date."""
    for said in (work.texts.get("status", ""), work.issued.literal if work.issued and not work.issued.year else ""):
        if found := _STATUS_WORDS.get(text.fold(said)):
            return found
    if is_preprint(work):
        return "preprint"
    return "draft" if work.type == "manuscript" else "published"


def _links(work: Record, wanted: Iterable[str]) -> tuple[Link, ...]:
    found = {kind: url for kind, read in _LINKS.items() if (url := read(work))}
    if found.get("url", "").rstrip("/") in {
        found.get(kind, "").rstrip("/") for kind in ("doi", "arxiv", "code", "pdf")
    }:
        found.pop("url", None)
    return tuple(Link(kind, found[kind]) for kind in dict.fromkeys(wanted) if kind in found)


def _doi(work: Record) -> str:
    doi = text.doi(work.texts.get("DOI", ""))
    return f"https://doi.org/{doi}" if doi and not text.arxiv_id(doi) else ""


def _arxiv(work: Record) -> str:
    found = next((name for name in identity.identities(work) if name.startswith("arxiv:")), "")
    return f"https://arxiv.org/abs/{found.removeprefix('arxiv:')}" if found else ""


def _web(value: object) -> str:
    """An address that may stand in a link; `javascript:` is none."""
    return value if isinstance(value, str) and re.match(r"https?://[^\s<>\"]+$", value) else ""


def _code(work: Record) -> str:
    stated = next(
        (url for name in ("bibtex:code", "csl:code", "listing:code") if (url := _web(work.extra.get(name)))), ""
    )
    seen = _CODE.search(" ".join(work.texts.get(name, "") for name in ("note", "URL", "abstract")))
    return stated or (seen[0].rstrip(".,;)'\"") if seen else "")


def _pdf(work: Record) -> str:
    stated = next((url for name in ("bibtex:pdf", "csl:pdf") if (url := _web(work.extra.get(name)))), "")
    url = _web(work.texts.get("URL", ""))
    return stated or (url if url.lower().endswith(".pdf") else "")


_LINKS: dict[str, Callable[[Record], str]] = {
    "doi": _doi,
    "arxiv": _arxiv,
    "code": _code,
    "pdf": _pdf,
    "url": lambda work: _web(work.texts.get("URL", "")),
}


# ------------------------------------------------------------------------------------------------ years


def _years(written: str | int) -> tuple[int, int]:
    """From and to. Raises UsageError."""
    found = _SPAN.fullmatch(str(written))
    if not found:
        raise UsageError(f'[cv] years is {written!r}; write 2024, "2020-2024", "2020-" or "-2019"')
    first, dash, last = found.groups()
    return int(first or 0), int(last or (9999 if dash or not first else first))


_SPAN = re.compile(r"\s*(\d{0,4})\s*([-–]?)\s*(\d{0,4})\s*")
