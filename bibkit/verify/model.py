"""What is compared: the people, the title and the year of an entry, as one reader sees them."""

from __future__ import annotations

import msgspec

from bibkit.problems import Problem


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name in BibTeX's parts; particles stand before the family name, and an organisation is all family."""

    family: str = ""
    given: str = ""
    suffix: str = ""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.family, self.suffix, self.given)))


class Seen(msgspec.Struct, frozen=True, omit_defaults=True):
    """One entry as one reader sees it, in Unicode. `cut` is None where it cannot say whether authors are left out."""

    key: str
    authors: tuple[Person, ...] = ()
    title: str = ""
    year: str = ""
    cut: bool | None = None


class Ours(msgspec.Struct, frozen=True):
    """An entry as bibkit sees it: where it stands, which fields are its own, and whether nobody else need see it."""

    seen: Seen
    source: str
    line: int
    own: frozenset[str]  # "author", "title", "year": what does not come from a parent
    named_parts: bool = False  # an author is written as `family=..., given=...`
    silent: bool = False  # a container of fields or entries, which many readers do not hand on
    addon: str = ""  # what some readers add to the title


class Reading(msgspec.Struct, frozen=True):
    """What a witness answered: its entries, or why there are none. `said` is what it complained about meanwhile."""

    entries: tuple[Seen, ...] = ()
    failed: str = ""
    said: str = ""


class Skill(msgspec.Struct, frozen=True):
    """What a witness reads beyond classic BibTeX, so that nothing else is held against it."""

    inherits: bool = False  # fields of parents, by BibLaTeX's rules
    named_parts: bool = False  # names as `family=..., given=...`


class Difference(msgspec.Struct, frozen=True):
    """One thing that witnesses see otherwise than bibkit. `agree` are the witnesses that see what bibkit sees."""

    field: str  # key, author, title, year
    key: str
    ours: str
    theirs: str
    witnesses: tuple[str, ...]
    agree: tuple[str, ...] = ()
    source: str = ""
    line: int = 0

    def problem(self) -> Problem:
        """As one line for people."""
        others = f"; {', '.join(self.agree)} agree{'s' * (len(self.agree) == 1)} with bibkit" if self.agree else ""
        has = f"{', '.join(self.witnesses)} {'has' if len(self.witnesses) == 1 else 'have'}"
        message = f"{self.key}: {self.field}: bibkit has {self.ours}; {has} {self.theirs}{others}"
        return Problem(
            f"verify-{self.field}", message, source=self.source, line=self.line, key=self.key, field=self.field
        )


class Asked(msgspec.Struct, frozen=True):
    """How it went with one witness and one file. `why` it was not asked or failed; `differences` counts its own."""

    name: str
    version: str = ""
    entries: int = 0
    differences: int = 0
    why: str = ""
    failed: bool = False
    said: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """The answer for one file. `written` is the format that the file was in, where it had to be written as BibTeX."""

    file: str
    dialect: str
    entries: int
    differences: tuple[Difference, ...]
    asked: tuple[Asked, ...]
    written: str = ""

    @property
    def agreed(self) -> bool:
        """Whether every witness that was asked read the file and saw what bibkit sees."""
        return not self.differences and not any(asked.failed for asked in self.asked)
