"""Merging: one record out of several of the same work, without losing anything.

Which value wins is a table (`rules`). The records stay in `Record.parts` as they were, with every losing value and its
source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from bibkit import dates, text
from bibkit.dedupe.rules import DEFAULTS, QUIET, VAGUE, Candidate, Rule, agree, rule_for
from bibkit.dedupe.values import home_of, value_of
from bibkit.problems import Problem, Severity
from bibkit.record import Date, Json, Origin, Record, Trace

ALSO = "bibkit:also"  # in Record.extra: identifiers and links beside the one that the record shows, by variable
CHOSEN = "as decisions.toml says"

_PREPRINT_DOIS = re.compile(
    # the prefixes of preprint servers, as Crossref and DataCite list them
    r"10\.(?:1101|2139|14293|20944|21203|22541|26434|31219|31222|31223|31234|31235|35542|36227|48550|51094)/"
)


def is_preprint(record: Record) -> bool:
    """Whether this is a preprint: by its type, its genre, or where it is registered, if it names no journal or book."""
    if record.type == "article" or "preprint" in record.texts.get("genre", "").lower():
        return True
    served = _PREPRINT_DOIS.match(text.doi_key(record.texts.get("DOI", "")))
    on_arxiv = (
        "arxiv" in record.texts.get("archive", "").lower() or "arxiv" in record.texts.get("publisher", "").lower()
    )
    container = record.texts.get("container-title", "").lower()
    return bool(served or on_arxiv) and (not container or "rxiv" in container)


def merge(
    records: Iterable[Record], *, preferred: Mapping[str, Json] | None = None, published_first: bool = False
) -> tuple[Record, list[Problem]]:
    """One record out of several of the same work, and a Problem for each value that another one contradicts.

    All origins are kept, each variable's trace says which of them its value is from, and `parts` holds the records as
    they were; their keys become aliases. `preferred` values (JSON by variable; an empty one takes the variable away)
    win over all, and are no contradiction. With `published_first`, what a published record says comes before what a
    preprint says. The result does not depend on the order of the records.
    """
    parts = _in_order(list(records))
    if len(parts) == 1 and not preferred:
        return parts[0], []
    return _Merge(parts, preferred or {}, published_first).result()


def _in_order(parts: list[Record]) -> list[Record]:
    """By source, then by key, the shorter first, then by content: lines change when entries change places."""
    if len(parts) < 2:
        return parts
    rough = [(part.place()[0], len(part.key), part.key) for part in parts]
    tie = len(set(rough)) < len(parts)
    keys = [
        (*key, _content(part) if tie else "", part.place()[1], repr(part.traces) if tie else "")
        for key, part in zip(rough, parts, strict=True)
    ]
    return [parts[place] for place in sorted(range(len(parts)), key=keys.__getitem__)]


def _content(record: Record) -> str:
    bare = msgspec.structs.replace(record, origins=(), traces={}, parts=())
    return repr(msgspec.to_builtins(bare, order="deterministic"))


class _Merge:
    """The state of one merge: parts in, values and what was said about them out."""

    def __init__(self, parts: list[Record], preferred: Mapping[str, Json], published_first: bool) -> None:
        self.parts = parts
        self.published_first = published_first
        self.offsets = _offsets(parts)
        self.origins = [origin for part in parts for origin in part.origins]
        self.traces: dict[str, Trace] = {}
        self.also: dict[str, list[str]] = {}
        self.cut: list[str] = []
        self.problems: list[Problem] = []
        self.preferred = self._readable(preferred)

    def result(self) -> tuple[Record, list[Problem]]:
        """The merged record and the Problems."""
        keys = list(dict.fromkeys(key for part in self.parts for key in (part.key, *part.aliases) if key))
        maps = {name: self._map(name) for name in DEFAULTS}
        if self.also:
            maps["extra"][ALSO] = self.also
        merged = Record(
            type=self._type(),
            key=keys[0] if keys else "",
            aliases=tuple(keys[1:]),
            texts=maps["texts"],
            names=maps["names"],
            cut=tuple(self.cut),
            dates=maps["dates"],
            keywords=self._keywords(),
            extra=maps["extra"],
            origins=tuple(self.origins),
            traces=self.traces,
            parts=tuple(self.parts),
        )
        return merged, self.problems

    def _readable(self, preferred: Mapping[str, Json]) -> dict[str, Json]:
        """The preferred values as Record has them; one that cannot be read is said, and does not count."""
        found = {}
        for variable, value in preferred.items():
            try:
                found[variable] = value_of(variable, value)
            except ValueError as error:
                self._say("decision-value", f"the preferred {variable} cannot be used: {error}", 0, variable)
        return found

    def _type(self) -> str:
        """The first type of those that say most."""
        if self.preferred.get("type"):
            return str(self.preferred["type"])
        found = [part.type for part in self.parts]
        best = max(found, key=lambda kind: VAGUE.index(kind) if kind in VAGUE else len(VAGUE))
        for place, kind in enumerate(found):
            if kind not in VAGUE and kind != best:
                at = self.origins[self.offsets[place]] if len(self.origins) > self.offsets[place] else Origin()
                self._say("merge-contradiction", _differs("type", best, kind, at), 0, "type")
        return best

    def _keywords(self) -> tuple[str, ...]:
        """All of them; two that differ in case alone are one."""
        if "keyword" in self.preferred:
            return tuple(self.preferred["keyword"])
        words = {word.casefold(): word for part in reversed(self.parts) for word in reversed(part.keywords)}
        return tuple(dict.fromkeys(words[word.casefold()] for part in self.parts for word in part.keywords))

    def _map(self, name: str) -> dict[str, Json]:
        variables = dict.fromkeys(
            variable for part in self.parts for variable in getattr(part, name) if variable != ALSO
        )
        wanted = [variable for variable in self.preferred if home_of(variable) == name]
        found = {}
        for variable in dict.fromkeys((*variables, *wanted)):
            value = self._value(name, variable)
            if value not in ("", ()):
                found[variable] = value
        return found

    def _value(self, name: str, variable: str) -> Json:
        """The value that wins; what it is from, and what contradicts it, is kept."""
        candidates = self._candidates(name, variable)
        rule = rule_for(name, variable)
        best = self._chosen(variable, candidates, rule)
        self.traces[variable] = best.trace
        if best.cut:
            self.cut.append(variable)
        if rule.union and variable not in self.preferred:
            return _united([best, *candidates], rule.union)
        others = [other for other in candidates if not agree(best, other, rule.agree)]
        if rule.also:
            self._keep(variable, others)
        if variable not in self.preferred:
            for other in others:
                self._contradiction(variable, best, other)
        return best.value

    def _chosen(self, variable: str, candidates: list[Candidate], rule: Rule) -> Candidate:
        if variable not in self.preferred:
            return max(candidates, key=lambda one: (one.published, *rule.prefer(one)))  # the first of equals
        value = self.preferred[variable]
        standing = (one for one in candidates if one.value == value)
        return next(standing, Candidate(value, Trace(inferred=CHOSEN)))

    def _candidates(self, name: str, variable: str) -> list[Candidate]:
        found = []
        for part, offset in zip(self.parts, self.offsets, strict=True):
            if variable in getattr(part, name):
                trace = part.traces.get(variable, Trace())
                moved = msgspec.structs.replace(trace, origin=trace.origin + offset)
                published = self.published_first and not is_preprint(part)
                found.append(Candidate(getattr(part, name)[variable], moved, variable in part.cut, published))
        return found

    def _keep(self, variable: str, others: Iterable[Candidate]) -> None:
        kept = [str(other.value) for other in others]
        kept += [value for part in self.parts for value in _also(part).get(variable, ())]
        if kept:
            self.also[variable] = list(dict.fromkeys(kept))

    def _contradiction(self, variable: str, best: Candidate, other: Candidate) -> None:
        message = _differs(variable, best.value, other.value, _at(self.origins, other.trace))
        quiet = variable in QUIET or home_of(variable) == "extra"
        self._say("merge-contradiction", message, best.trace.origin, variable, "note" if quiet else "warning")

    def _say(self, code: str, message: str, origin: int, field: str, severity: Severity = "warning") -> None:
        """Keep a Problem about a variable, at the place of the value that won."""
        at = self.origins[origin] if origin < len(self.origins) else Origin()
        self.problems.append(Problem(code, message, severity, at.source, at.line, field=field))


def _also(part: Record) -> Mapping[str, Sequence[str]]:
    found = part.extra.get(ALSO)
    return found if isinstance(found, Mapping) else {}


def _united(candidates: Iterable[Candidate], between: str) -> str:
    """Each value once, though they are written with other hyphens or more than one in a record."""
    found: dict[str, str] = {}
    for candidate in candidates:
        for value in re.split(r"[\s,;]+", str(candidate.value)):
            found.setdefault(value.replace("-", "").lower(), value)
    return between.join(filter(None, found.values()))


def _offsets(parts: Sequence[Record]) -> list[int]:
    """Where each part's origins begin among all origins."""
    offsets = [0]
    for part in parts[:-1]:
        offsets.append(offsets[-1] + len(part.origins))
    return offsets


def _at(origins: Sequence[Origin], trace: Trace) -> Origin:
    return origins[trace.origin] if trace.origin < len(origins) else Origin()


def _differs(variable: str, best: Json, other: Json, at: Origin) -> str:
    return f"{variable} of one work differs: {_short(best)} was taken, {_short(other)} stands at {at.source}:{at.line}"


def _short(value: Json) -> str:
    if isinstance(value, Date):
        return dates.format_text(value)
    if isinstance(value, tuple):
        return f"{len(value)} names"
    shown = str(value)
    return repr(shown if len(shown) <= 60 else shown[:57] + "...")
