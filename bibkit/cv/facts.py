"""What the data formats say of a work beside its people and its title: where it was published, when, how far it is.

And how they put it: one `Markup` for each language, with its escapes and its bold type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

import msgspec

from bibkit import identity, text
from bibkit.cv.model import CV, Entry, Person, Section, cut_note, legend

ET_AL = "et al."

# ------------------------------------------------------------------------------------------------ a work

_STATUS_WORDS = {"accepted": "accepted", "submitted": "under review", "draft": "in preparation"}
_OWN_WORKS = frozenset({"book", "thesis", "report", "software", "dataset", "standard"})  # in no other work


def venue(entry: Entry) -> str:
    """What it was published in, or by whom; for a preprint the archive and its number there."""
    texts = entry.record.texts
    within = "" if entry.record.type in _OWN_WORKS else texts.get("container-title") or texts.get("event-title", "")
    by = ", ".join(filter(None, (texts.get("genre", ""), texts.get("publisher", ""))))
    return text.plain(within or (f"arXiv:{arxiv(entry)}" if arxiv(entry) else by))


def place(entry: Entry) -> str:
    """Volume, issue and pages: `7(2), 11–29`."""
    texts = entry.record.texts
    issue = f"({texts['issue']})" if texts.get("issue") else ""
    pages = re.sub(r"(?<=\w)--?(?=\w)", "–", texts.get("page", ""))
    return text.plain(", ".join(filter(None, (texts.get("volume", "") + issue, pages))))


def source(entry: Entry) -> str:
    """Venue, place, and how far the work is where it is not published."""
    return ", ".join(filter(None, (venue(entry), place(entry), _STATUS_WORDS.get(entry.status, ""))))


def day(entry: Entry) -> str:
    """The date of publication as ISO 8601 has it, as far as it is known: `2024-03`. Empty outside of 1000 to 2999."""
    parts = entry.record.issued.start if entry.record.issued else ()
    if not parts or not 1000 <= parts[0] < 3000:
        return ""
    known = parts if len(parts) > 1 and parts[1] <= 12 else parts[:1]  # from 21 on it is a season
    return "-".join(f"{part:02}" for part in known)


def whole_day(entry: Entry) -> str:
    """The day, the first one of the month or the year where no more is known."""
    return day(entry) and (day(entry) + "-01-01")[:10]


def doi(entry: Entry) -> str:
    """Its DOI, none for preprints at arXiv."""
    return link(entry, "doi").removeprefix("https://doi.org/")


def arxiv(entry: Entry) -> str:
    """Its number at arXiv."""
    return next((known[6:] for known in identity.identities(entry.record) if known.startswith("arxiv:")), "")


def link(entry: Entry, *kinds: str) -> str:
    """The address of the first of these kinds that the CV shows; of the first link of any kind where none is named."""
    found = {one.kind: one.url for one in reversed(entry.links)}
    return next((found[kind] for kind in kinds or [one.kind for one in entry.links] if kind in found), "")


def explained(entry: Entry) -> list[str]:
    """What the marks behind the names of this one work mean."""
    return list(legend(CV((), sections=(Section("", "", (entry,)),))))


def file_names(entries: Iterable[Entry]) -> dict[str, str]:
    """For each key a name for a file or folder that every system has: no two alike, in whatever case."""
    found: dict[str, str] = {}
    used: set[str] = set()
    for entry in entries:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", entry.key).strip("-") or "work"
        name, number = stem, 2
        while name.lower() in used:
            name, number = f"{stem}-{number}", number + 1
        used.add(name.lower())
        found[entry.key] = name
    return found


# ------------------------------------------------------------------------------------------------ a language


class Markup(msgspec.Struct, frozen=True):
    """A language that text is written in: how it escapes, what stands around bold type, what marks of titles become."""

    escape: Callable[[str], str]
    bold: tuple[str, str]
    raised: tuple[str, str] = ("", "")
    marks: Mapping[str, tuple[str, str]] = msgspec.field(default_factory=dict)

    def rich(self, rich: str) -> str:
        """A rich text; marks that the language has not are left out."""
        out, ends = [], []
        for token in text.tokens(rich):
            if token.kind == "open":
                start, end = self.marks.get(token.mark or "", ("", ""))
                ends.append(end)
                out.append(start)
            elif token.kind == "close":
                out.append(ends.pop())
            else:
                out.append(self.escape(token.text))
        return "".join(out)

    def strong(self, plain: str) -> str:
        """Text in bold type."""
        return f"{self.bold[0]}{self.escape(plain)}{self.bold[1]}" if plain else ""

    def person(self, person: Person, bold: bool = True) -> str:
        """A name with its marks, the own one in bold type."""
        name = self.strong(person.shown) if person.me and bold else self.escape(person.shown)
        return name + (f"{self.raised[0]}{self.escape(person.marks)}{self.raised[1]}" if person.marks else "")

    def cut(self, cv: CV, entry: Entry, bold: bool = True) -> str:
        """What is said of a list that the source has cut, in parentheses; empty where it has not."""
        before, name, after = cut_note(cv, entry)
        shown = self.strong(name) if bold else self.escape(name)
        return f"({self.escape(before)}{shown}{self.escape(after)})" if before else ""

    def people(self, cv: CV, entry: Entry, bold: bool = True) -> list[str]:
        """The names; at the end "et al." where the list goes on, with what is known of the rest."""
        names = [self.person(person, bold) for person in entry.people]
        return [*names, f"{self.escape(ET_AL)} {self.cut(cv, entry, bold)}"] if entry.cut else names

    def byline(self, cv: CV, entry: Entry, bold: bool = True) -> str:
        """The people in one line, editors as such."""
        role = f" ({'eds.' if len(entry.people) > 1 else 'ed.'})" if entry.role == "editor" and entry.people else ""
        return ", ".join(self.people(cv, entry, bold)) + role


PLAIN = Markup(str, ("", ""))  # text that needs no escapes


def sentences(parts: Iterable[str]) -> str:
    """Parts that are not empty as sentences, each with a full stop, but not with two."""
    return " ".join(part if re.search(r"[.?!][})\]]*$", part) else f"{part}." for part in parts if part)
