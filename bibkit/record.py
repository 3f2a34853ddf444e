"""One bibliographic record in CSL's vocabulary: frozen, typed, and JSON both ways.

Sources of the vocabulary: the Citation Style Language specification 1.0.2, appendices III (types) and IV (variables).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

# ------------------------------------------------------------------------------------------------ vocabulary

TYPES = frozenset(
    """
    article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset
    document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation
    manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
    personal_communication post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage
    """.split()
)

NAME_VARIABLES = frozenset(
    """
    author chair collection-editor compiler composer container-author contributor curator director editor
    editor-translator editorial-director executive-producer guest host illustrator interviewer narrator organizer
    original-author performer producer recipient reviewed-author script-writer series-creator translator
    """.split()
)

DATE_VARIABLES = frozenset("accessed available-date event-date issued original-date submitted".split())

NUMBER_VARIABLES = frozenset(
    """
    chapter-number citation-number collection-number edition first-reference-note-number issue locator
    number number-of-pages number-of-volumes page page-first part-number printing-number section supplement-number
    version volume
    """.split()
)

TEXT_VARIABLES = NUMBER_VARIABLES | frozenset(
    """
    abstract annote archive archive-place archive_collection archive_location authority call-number
    citation-key citation-label collection-title container-title container-title-short dimensions division DOI
    event-place event-title genre ISBN ISSN journalAbbreviation jurisdiction language license medium note
    original-publisher original-publisher-place original-title part-title PMCID PMID publisher publisher-place
    references reviewed-genre reviewed-title scale shortTitle source status title title-short URL volume-title
    year-suffix
    """.split()
)

VARIABLES = NAME_VARIABLES | DATE_VARIABLES | TEXT_VARIABLES


# ------------------------------------------------------------------------------------------------ values


class Name(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """A personal name in CSL's parts, or an organisation as `literal`.

    `dropping_particle` is left out where only the family name is shown (Ludwig *van* Beethoven); a
    `non_dropping_particle` belongs to it (Charles *de* Gaulle in French, BibLaTeX `useprefix=true`).
    """

    family: str = ""
    given: str = ""
    dropping_particle: str = ""
    non_dropping_particle: str = ""
    suffix: str = ""
    literal: str = ""
    comma_suffix: bool = False
    static_ordering: bool = False


class Date(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """A date or a range, in the shape of EDTF levels 0 and 1.

    `start` and `end` are `(year,)`, `(year, month)` or `(year, month, day)`, with month 21 to 24 for the seasons from
    spring to winter (EDTF level 1); year 0 is 1 BCE. `end` is None where there is no range, `()` where the range is
    open; an empty `start` with an `end` is a range that is open at its beginning. The qualifiers are `""`, `"~"`
    (circa), `"?"` (uncertain) or `"%"` (both). What does not parse, and what the parts cannot say, is in `literal`.
    """

    start: tuple[int, ...] = ()
    end: tuple[int, ...] | None = None
    qualifier: str = ""
    end_qualifier: str = ""
    time: str = ""  # as in EDTF, after the T: 14:35:00Z
    end_time: str = ""
    literal: str = ""

    @property
    def year(self) -> int | None:
        """The first year, where one is known."""
        return self.start[0] if self.start else None


class Origin(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """Where a record was read: the source as the user named it, the format or layout, lines (1-based), text."""

    source: str = ""
    format: str = ""
    line: int = 0
    end_line: int = 0
    raw: str = ""


class Trace(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """Where the value of one variable came from.

    `origin` is an index into `Record.origins`; `confidence` (0 to 1) is less than 1 where the value was cut out of
    running text; `inferred` says, in words, how a value came about that does not stand in the source.
    """

    origin: int = 0
    line: int = 0
    confidence: float = 1.0
    inferred: str = ""


Json = Any  # str | int | float | bool | None | list | dict: what JSON can say


class Record(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """One record. Its maps are never changed: `msgspec.structs.replace` makes a new record.

    `texts` hold rich text: CSL's inline marks (`<i>`, `<b>`, `<sub>`, `<sup>`, `<span class="nocase">`,
    `<span style="font-variant:small-caps;">`) and TeX mathematics between dollars, everything else literal.
    `cut` names the name variables whose list ends in "et al.": there were more people than are listed.
    `extra` holds what CSL has no name for, as `format:field`. `parts` are the records that a merged one was made from.
    """

    type: str = "document"
    key: str = ""
    texts: Mapping[str, str] = msgspec.field(default_factory=dict)
    names: Mapping[str, tuple[Name, ...]] = msgspec.field(default_factory=dict)
    dates: Mapping[str, Date] = msgspec.field(default_factory=dict)
    cut: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    extra: Mapping[str, Json] = msgspec.field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    origins: tuple[Origin, ...] = ()
    traces: Mapping[str, Trace] = msgspec.field(default_factory=dict)
    parts: tuple[Record, ...] = ()

    @property
    def title(self) -> str:
        """The title, or the empty string."""
        return self.texts.get("title", "")

    @property
    def authors(self) -> tuple[Name, ...]:
        """The authors, as far as they are listed."""
        return self.names.get("author", ())

    @property
    def issued(self) -> Date | None:
        """The date of publication."""
        return self.dates.get("issued")

    def variables(self) -> Iterator[str]:
        """The names of all variables that have a value, `keyword` included."""
        yield from self.texts
        yield from self.names
        yield from self.dates
        if self.keywords:
            yield "keyword"

    def place(self) -> tuple[str, int]:
        """Source and line of its first origin."""
        return (self.origins[0].source, self.origins[0].line) if self.origins else ("", 0)


replace = msgspec.structs.replace
