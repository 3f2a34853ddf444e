"""What the page shows, as JSON: questions side by side, evidence, publications. Nothing here knows of HTTP or HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from bibkit import text
from bibkit.dedupe import Evidence
from bibkit.dedupe.values import as_json, home_of, shown
from bibkit.explain import Field, Saying, leaves
from bibkit.names import format_sorted
from bibkit.record import Json, Record
from bibkit.review import FIRST, Question, Row, marked

DIFFERS = "differs"
SMALLEST = 3  # characters: a shorter stretch that two texts share between two differences is chance, and hard to read
UNPICKED = frozenset({"citation-key"})  # variables of which nobody chooses a value here: keys are the lock's

Piece = tuple[str, str]  # a text, and in words how it is shown: i b sub sup sc, or differs

# ------------------------------------------------------------------------------------------------ texts


def pieces(value: str, opposite: str | None = None, *, rich: bool = True) -> list[Piece]:
    """A text in pieces, each with its marks and, beside an opposite text, with whether that lacks it.

    The pieces are literal text for a page to show: what is no mark of rich text (`<script>`) stands in them as it is.
    """
    styled = list(_styled(value)) if rich else [(char, "") for char in value]
    bare = "".join(char for char, _ in styled)
    flags = [""] * len(bare)
    if opposite is not None:
        flags = list(_flags(bare, text.plain(opposite) if rich else opposite))
    words = ((char, f"{style} {flag}".strip()) for (char, style), flag in zip(styled, flags, strict=True))
    return [("".join(char for char, _ in run), style) for style, run in groupby(words, key=lambda one: one[1])]


def _styled(rich: str) -> Iterator[tuple[str, str]]:
    """Each character with the marks around it; `nocase` cannot be seen."""
    around: list[str] = []
    for token in text.tokens(rich):
        if token.kind == "open":
            around.append(str(token.mark))
        elif token.kind == "close":
            around.pop()
        else:
            style = " ".join(dict.fromkeys(mark for mark in around if mark != "nocase"))
            yield from ((char, style) for char in token.text)


def _flags(value: str, opposite: str) -> Iterator[str]:
    found = marked(value, opposite)
    for place, (piece, differs) in enumerate(found):
        between = 0 < place < len(found) - 1 and len(piece) < SMALLEST
        yield from [DIFFERS if differs or between else ""] * len(piece)


# ------------------------------------------------------------------------------------------------ questions


def brief(record: Record) -> dict[str, Json]:
    """A record in one line of a list."""
    families = [format_sorted(name) for name in record.authors[:3]]
    more = " et al." if len(record.authors) > 3 or "author" in record.cut else ""
    return {
        "title": _line(record.title) or "(no title)",
        "who": "; ".join(families) + more,
        "year": (record.issued.year if record.issued else None) or "",
        "key": record.key,
        "place": place(record),
    }


def _line(rich: str) -> str:
    return " ".join(text.plain(rich).split())


def place(record: Record) -> str:
    """Where a record stands: `file:line`, as far as known."""
    return ":".join(str(part) for part in record.place() if part)


def asked(question: Question) -> dict[str, Json]:
    """A question in a list of questions."""
    one, other = brief(question.one), brief(question.other)
    return {"pair": question.pair, "one": one, "other": other, "total": question.evidence.total}


def question(about: Question, works: tuple[int, int]) -> dict[str, Json]:
    """A question in full; `works` are the places under which the publications of both sides are found."""
    sides = zip((about.one, about.other), about.sides, works, strict=True)
    return {
        "pair": about.pair,
        "sides": [_side(record, len(members) - 1, work) for record, members, work in sides],
        "rows": [row(one) for one in about.rows()],
        "evidence": evidence(about.evidence),
    }


def _side(record: Record, joined: int, work: int) -> dict[str, Json]:
    return {"place": place(record), "key": record.key, "joined": joined, "work": work}


def row(found: Row) -> dict[str, Json]:
    """One variable of both records; `pick` says whether a person can choose one of the two values."""
    rich = home_of(found.variable) == "texts"
    compared = found.differs
    return {
        "variable": found.variable,
        "differs": compared,
        "pick": compared and found.variable not in UNPICKED,
        "one": pieces(found.one, found.other if compared else None, rich=rich),
        "other": pieces(found.other, found.one if compared else None, rich=rich),
    }


def evidence(found: Evidence) -> dict[str, Json]:
    """What speaks for and against, the weightiest first; `start` is what the sum begins with."""
    clues = sorted((clue for clue in found.clues if clue.weight or clue.detail), key=lambda clue: -abs(clue.weight))
    return {
        "total": found.total,
        "start": round(found.total - sum(clue.weight for clue in found.clues), 2),
        "work": found.work,
        "veto": found.veto,
        "kind": found.kind,
        "clues": [(clue.name, clue.weight, clue.detail) for clue in clues],
    }


# ------------------------------------------------------------------------------------------------ publications


def work_in_list(records: Sequence[Record], members: tuple[int, ...]) -> dict[str, Json]:
    """A publication in a list: the brief of its first record that has a title, and how many it has."""
    chosen = next((records[one] for one in members if records[one].title), records[members[0]])
    return {"place": members[0], "members": len(members), "one": brief(chosen)}


def work(number: int, merged: Record, fields: Iterable[Field]) -> dict[str, Json]:
    """A publication in full: its records, and for each variable the values with where each stands."""
    entries = [_entry(entry) for entry in leaves(merged)]
    rank = {variable: turn for turn, variable in enumerate(FIRST)}
    ordered = sorted(fields, key=lambda one: rank.get(one.variable, len(rank)))
    return {"place": number, "one": brief(merged), "entries": entries, "fields": list(map(_field, ordered))}


def _entry(entry: Record) -> dict[str, Json]:
    kind = entry.origins[0].format if entry.origins else ""
    return {"place": place(entry), "key": entry.key, "format": kind, "type": entry.type}


def _field(field: Field) -> dict[str, Json]:
    rich = home_of(field.variable) == "texts"
    values = [_value(field.value, field.says, rich, taken=True)] if field.value is not None else []
    others: dict[str, list[Saying]] = {}
    for saying in field.instead:
        others.setdefault(repr(as_json(saying.value)), []).append(saying)
    values += [_value(sayings[0].value, sayings, rich) for sayings in others.values()]
    pick = len(values) > 1 and field.variable not in UNPICKED
    return {"variable": field.variable, "values": values, "pick": pick}


def _value(value: Json, sayings: Sequence[Saying], rich: bool, *, taken: bool = False) -> dict[str, Json]:
    places = [f"{one.place} ({one.inferred})" if one.inferred else one.place for one in sayings]
    return {"taken": taken, "shown": pieces(shown(value), rich=rich), "json": as_json(value), "places": places}
