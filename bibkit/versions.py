"""Versions of one work: linked in the set of works, and for each export both, the published one, or the latest.

The link is `extra["bibkit:versions"]`: the keys of the other versions. CSL-JSON carries it as it stands, (Bib)LaTeX as
`related` (biblatex manual 3.4, "Related Entries").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from bibkit import dates, identity
from bibkit.dedupe.merging import ALSO, is_preprint
from bibkit.record import Record, Trace, replace

VERSIONS = "bibkit:versions"
RELATED = "bibtex:related"

Choice = Literal["both", "published", "latest"]
CHOICES: tuple[Choice, ...] = get_args(Choice)


def versions_of(work: Record) -> tuple[str, ...]:
    """The keys of the other versions of this work."""
    return tuple(work.extra.get(VERSIONS, ()))


def linked(works: Sequence[Record], groups: Iterable[Sequence[int]]) -> list[Record]:
    """The works, those of a group with the keys of the others of the group. Every work has its key."""
    made = list(works)
    for group in groups:
        for number in group:
            others = sorted(works[other].key for other in group if other != number)
            made[number] = replace(works[number], extra={**works[number].extra, VERSIONS: others})
    return made


def chosen(works: Iterable[Record], choice: Choice) -> list[Record]:
    """The works that an export shows, in their order.

    `published` leaves a preprint out where there is a published version, `latest` all but the version with the latest
    date. The version that stays (the oldest of several published ones) answers to the keys of those that are left out,
    and has the arXiv id of the preprint, if it has none of its own.
    """
    listed = list(works)
    if choice == "both":
        return listed
    by_key = {work.key: work for work in listed}
    heirs: dict[str, str] = {}
    for work in listed:
        group = [by_key[key] for key in (work.key, *versions_of(work)) if key in by_key]
        heirs.update(_heir(work, group, choice))
    left: dict[str, list[Record]] = {}
    for key, heir in heirs.items():
        left.setdefault(heir, []).append(by_key[key])
    return [_inheriting(work, left.get(work.key, ()), heirs) for work in listed if work.key not in heirs]


def _heir(work: Record, group: Sequence[Record], choice: Choice) -> Mapping[str, str]:
    """Which version stands for this one, if it is left out."""
    published = [one for one in group if not is_preprint(one)]
    if choice == "published":
        stays = min(published, key=_age) if published and is_preprint(work) else work
    else:
        stays = max(group, key=lambda one: (_age(one)[0], not is_preprint(one), one.key))
    return {} if stays.key == work.key else {work.key: stays.key}


def _age(work: Record) -> tuple[tuple[int, ...], str]:
    return (dates.sort_key(work.issued), work.key)


def _inheriting(work: Record, left: Iterable[Record], heirs: Mapping[str, str]) -> Record:
    """The work with what those knew that it stands for."""
    for other in left:
        work = _with_preprint(work, other)
        work = replace(work, aliases=tuple(sorted({*work.aliases, other.key, *other.aliases} - {work.key})))
    others = [key for key in versions_of(work) if key not in heirs]
    if list(versions_of(work)) == others:
        return work
    rest = {name: value for name, value in work.extra.items() if name != VERSIONS}
    return replace(work, extra={**rest, VERSIONS: others} if others else rest)


def _with_preprint(work: Record, preprint: Record) -> Record:
    """The arXiv id of the preprint, or its DOI beside the work's own."""
    arxiv = next((name for name in identity.identities(preprint) if name.startswith("arxiv:")), "")
    if arxiv and "archive_location" not in work.texts and "archive" not in work.texts:
        found = {"archive": "arXiv", "archive_location": arxiv.removeprefix("arxiv:")}
        traces = dict.fromkeys(found, Trace(inferred=f"of its version {preprint.key}"))
        return replace(work, texts={**work.texts, **found}, traces={**work.traces, **traces})
    doi = preprint.texts.get("DOI", "")
    if arxiv or not doi:
        return work
    also = dict(work.extra.get(ALSO, {}))
    also["DOI"] = [*also.get("DOI", ()), doi]
    return replace(work, extra={**work.extra, ALSO: also})


def as_related(work: Record) -> Record:
    """The work as (Bib)LaTeX has it: the other versions are related entries."""
    if VERSIONS not in work.extra:
        return work
    stated = str(work.extra.get(RELATED, "")).replace(" ", "").split(",")
    related = ",".join(dict.fromkeys(filter(None, (*stated, *versions_of(work)))))
    rest = {name: value for name, value in work.extra.items() if name not in (VERSIONS, RELATED)}
    return replace(work, extra={**rest, RELATED: related})
