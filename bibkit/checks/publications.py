"""Names of journals and publishers that are spelled in more than one way in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from bibkit import latex, spellings, text
from bibkit.checks.model import Bibliography, Change, Check, Mend, Remark
from bibkit.checks.prose import listed
from bibkit.checks.signs import bare
from bibkit.spellings import Spellings
from bibkit.written import Written

_JOURNALS = frozenset({"article-journal", "article-magazine", "article-newspaper", "review", "review-book"})
_SHOWN = 3  # other spellings in a message

Use = tuple[Written, str, str, str]  # entry, field, name, name as written


def journals(found: Bibliography) -> Iterator[Remark]:
    """A journal under another name than most entries have for it."""
    uses = [use for use in _uses(found, "container-title") if use[0].record.type in _JOURNALS]
    return _variants(found, uses, spellings.journals, "journal")


def publishers(found: Bibliography) -> Iterator[Remark]:
    """A publisher under another name than most entries have for it."""
    uses = [use for use in _uses(found, "publisher") if use[1] == "publisher" or not found.dialect]
    return _variants(found, uses, spellings.publishers, "publisher")


def _uses(found: Bibliography, variable: str) -> Iterator[Use]:
    """The fields of a variable, and the name that each says."""
    for item, field, written in found.values(variable):
        is_list = found.dialect and variable == "publisher"  # of which `Wiley and Sons` would be two items
        name = latex.decode(written) if is_list else text.plain(item.record.texts.get(variable, ""))
        if name:
            yield item, field, name, " ".join(written.split())


def _variants(
    found: Bibliography, uses: list[Use], group: Callable[[Mapping[str, int]], list[Spellings]], what: str
) -> Iterator[Remark]:
    counts = Counter(name for _, _, name, _ in uses)
    other = {name: one for one in group(counts) for name in one.others}
    if not other:
        return
    preferred = {one.preferred for one in other.values()}
    as_written = {
        name: written
        for item, field, name, written in reversed(uses)
        if name in preferred and item.is_plain(field) and not (found.dialect and bare(written))
    }
    for item, field, name, _ in uses:
        # A macro is spelled in one place, where it is defined.
        if name in other and not item.is_bare(field):
            yield _remark(item, field, name, other[name], counts, as_written, what)


def _remark(
    item: Written,
    field: str,
    name: str,
    one: Spellings,
    counts: Mapping[str, int],
    as_written: Mapping[str, str],
    what: str,
) -> Remark:
    new = as_written.get(one.preferred) or item.encoded(item.variables_of(field)[0], one.preferred)
    uses = f"{counts[one.preferred]} to {counts[name]} in this file"
    message = f"the {what} {name} is called {one.preferred} elsewhere ({uses})"
    rest = [spelled for spelled in one.others if spelled != name][:_SHOWN]
    hints = [f"also {listed(rest)}"] * bool(rest) + [f"in short by ISO 4: {one.abbreviation}"] * bool(one.abbreviation)
    return Remark(item, message, field, mend=Mend(f"write {new}", (Change(field, new),)), hint="; ".join(hints))


_PAIR = """@article{{one,
  author = {{Moreau, Ada}},
  title = {{On the waiting of trains}},
  {field} = {{{first}}},
  year = {{1998}},
}}

@article{{two,
  author = {{Moreau, Ada}},
  title = {{On the leaving of trains}},
  {field} = {{{second}}},
  year = {{1999}},
}}"""


def _journals(first: str, second: str) -> str:
    return _PAIR.format(field="journal", first=first, second=second)


def _publishers(first: str, second: str) -> str:
    return _PAIR.format(field="journal = {Rails},\n  publisher", first=first, second=second)


CHECKS = (
    Check(
        "journal-variants",
        "one journal under several names",
        journals,
        severity="note",
        across=True,
        fix="unsafe",
        why="The list prints one journal in two ways, and nobody who sorts or counts by journal finds all of it.",
        bad=_journals("Journal of Rail Research", "J. Rail Res."),
        good=_journals("Journal of Rail Research", "Journal of Rail Research"),
        rule="ISO 4:1997 and its List of Title Word Abbreviations",
    ),
    Check(
        "publisher-variants",
        "one publisher under several names",
        publishers,
        severity="note",
        across=True,
        fix="unsafe",
        default=False,
        why="The list prints one publisher in two ways. Off by itself: publishers have changed their names in time.",
        bad=_publishers("Springer-Verlag", "Springer"),
        good=_publishers("Springer", "Springer"),
    ),
)
