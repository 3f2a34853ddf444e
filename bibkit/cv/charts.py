"""Charts of a CV as values: works per year, works by type, who wrote with whom. Nothing is drawn here.

The page draws them as SVG and `bibkit plot` with matplotlib: both show the same numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations

import msgspec

from bibkit.cv import groups, own
from bibkit.cv.model import CV, Entry
from bibkit.cv.own import Spelling
from bibkit.names import format_display
from bibkit.record import Name

LONGEST = 120  # years between the first and the last, beyond which one of them is taken for a slip: no gaps are shown
MOST = 30  # co-authors that a circle has room for


class Bar(msgspec.Struct, frozen=True):
    """So many works of one kind."""

    label: str
    count: int


class Bars(msgspec.Struct, frozen=True):
    """A chart of bars: `what` says what the labels are."""

    title: str
    what: str
    bars: tuple[Bar, ...]


class Author(msgspec.Struct, frozen=True):
    """A co-author, under their longest name, with the works that they share with the CV's person."""

    name: str
    works: int


class Tie(msgspec.Struct, frozen=True):
    """Two co-authors, by their places in the network, and the works of the CV that both have written."""

    first: int
    second: int
    works: int


class Network(msgspec.Struct, frozen=True):
    """Co-authors, those with the most works first, and ties between them; the CV's person is tied to all of them.

    `left_out` counts those who are not shown; `cut` the works whose list of authors the source has cut, in which there
    are more people than are known.
    """

    title: str
    me: str
    authors: tuple[Author, ...]
    ties: tuple[Tie, ...] = ()
    left_out: int = 0
    cut: int = 0


Chart = Bars | Network


# ------------------------------------------------------------------------------------------------ bars


def years(cv: CV) -> Bars:
    """Works per year, the oldest first. Years without works are there too; works without a year come last."""
    counts = Counter(entry.year for entry in cv.entries if entry.year is not None)
    shown = [Bar(str(year), counts[year]) for year in _span(sorted(counts))]
    undated = sum(entry.year is None for entry in cv.entries)
    return Bars("Works per year", "Year", (*shown, *([Bar("No year", undated)] if undated else ())))


def _span(known: list[int]) -> Iterable[int]:
    if not known or known[-1] - known[0] > LONGEST:
        return known
    return range(known[0], known[-1] + 1)


def types(cv: CV) -> Bars:
    """Works by type, in the order in which a CV has them."""
    counts = Counter(type_of(entry) for entry in cv.entries)
    order = (*groups.TYPES, OTHER)
    return Bars("Works by type", "Type", tuple(Bar(title(kind), counts[kind]) for kind in order if counts[kind]))


OTHER = "other"


def type_of(entry: Entry) -> str:
    """The type of a work, or "other" for those that a CV has no section for."""
    return entry.record.type if entry.record.type in groups.TYPES else OTHER


def title(kind: str) -> str:
    """What the works of a type are called: Journal articles."""
    return groups.TYPES.get(kind, groups.OTHER_TYPE)[0]


# ------------------------------------------------------------------------------------------------ the network


def coauthors(cv: CV, most: int = MOST) -> Network:
    """Who wrote with the CV's person, and with each other.

    Spellings are of one person where `own.same_person` says that they can be, and where there is only one whom they
    can be: "L. Wang" stands alone beside a Li Wang and a Lu Wang.
    """
    works = [[person.name for person in entry.people if not person.me] for entry in cv.entries]
    heads = _heads(name for people in works for name in people)
    teams = [list(dict.fromkeys(heads[own.spelling(name)] for name in people)) for people in works]
    counts = Counter(one for team in teams for one in team)
    shown = sorted(counts, key=lambda one: (-counts[one], one.family, one.given))[:most]
    names = _names(works, heads)
    return Network(
        "Co-authors",
        cv.name,
        tuple(Author(names[one], counts[one]) for one in shown),
        tuple(_ties(teams, {one: place for place, one in enumerate(shown)})),
        len(counts) - len(shown),
        sum(entry.cut for entry in cv.entries),
    )


def _heads(names: Iterable[Name]) -> dict[Spelling, Spelling]:
    """Every spelling with the one that stands for its person: the longest that fits.

    Spellings are compared with those of the same family name and initial only: of these there are few.
    """
    by_family: dict[tuple[str, str], list[Spelling]] = {}
    found: dict[Spelling, Spelling] = {}
    for one in sorted(set(map(own.spelling, names)), key=_fullest):
        known = by_family.setdefault((one.family, "".join(one.given)[:1]), [])
        fitting = [other for other in known if own.same_person(one, other)]
        found[one] = fitting[0] if len(fitting) == 1 else one
        if len(fitting) != 1:
            known.append(one)
    return found


def _fullest(one: Spelling) -> tuple[int, str, tuple[str, ...]]:
    return -len("".join(one.given)), one.family, one.given


def _names(works: Iterable[Iterable[Name]], heads: Mapping[Spelling, Spelling]) -> dict[Spelling, str]:
    """The name that is shown of each person: as it is first written in its fullest spelling."""
    found: dict[Spelling, str] = {}
    for people in works:
        for name in people:
            spelled = own.spelling(name)
            if heads[spelled] == spelled:
                found.setdefault(spelled, format_display(name))
    return found


def _ties(teams: Iterable[list[Spelling]], places: Mapping[Spelling, int]) -> Iterator[Tie]:
    counts: Counter[tuple[int, int]] = Counter()
    for team in teams:
        counts.update(combinations(sorted(places[one] for one in team if one in places), 2))
    for (first, second), works in sorted(counts.items()):
        yield Tie(first, second, works)


# What `bibkit plot --kind` takes.
CHARTS: Mapping[str, Callable[[CV], Chart]] = {"years": years, "types": types, "coauthors": coauthors}


# ------------------------------------------------------------------------------------------------ as words


def summary(chart: Chart) -> str:
    """What a chart shows, in a sentence or two, for people who do not see it."""
    if isinstance(chart, Network):
        return _network_summary(chart)
    most = max(chart.bars, key=lambda bar: bar.count, default=None)
    total = sum(bar.count for bar in chart.bars)
    return f"{counted(total, 'work')}; most in {most.label}: {most.count}." if most else "No works."


def _network_summary(chart: Network) -> str:
    cut = f" {counted(chart.cut, 'list')} of authors cut in the source: more people are not known." if chart.cut else ""
    everybody = len(chart.authors) + chart.left_out
    shown = (
        f"{len(chart.authors)} of {counted(everybody, 'co-author')}"
        if chart.left_out
        else counted(everybody, "co-author")
    )
    return f"{shown} of {chart.me}; a line is a work in common.{cut}"


def counted(number: int, noun: str) -> str:
    """`1 work`, `2,000 works`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def table(chart: Chart) -> tuple[tuple[str, str], tuple[tuple[str, int], ...]]:
    """Its numbers as a table: the two headings, and the rows."""
    if isinstance(chart, Network):
        return ("Co-author", "Works"), tuple((one.name, one.works) for one in chart.authors)
    return (chart.what, "Works"), tuple((bar.label, bar.count) for bar in chart.bars)
