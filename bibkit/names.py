"""Personal names <-> text, every convention in one place.

    parse_bibtex_list  parse_bibtex  format_bibtex  format_bibtex_list    BibTeX and BibLaTeX: `van der Hoeven, Dirk`
    parse_display      format_display                                     as printed: `Dirk van der Hoeven`
    parse_sorted       format_sorted                                      as in RIS: `van der Hoeven, Dirk, Jr.`
    split_particles    join_particles                                     CSL's particles, as citeproc-js finds them

Sources: for BibTeX see `bibkit.names_bibtex`; CSL 1.0.2, "Name particles" and "Names"; RIS specification, tags `A1` to
`A4`. Nothing here raises because of a text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from bibkit.names_bibtex import (
    OTHERS,
    format_bibtex,
    format_bibtex_list,
    is_von,
    join_words,
    parse_bibtex,
    parse_bibtex_list,
    split_bibtex_list,
    strip_braces,
)
from bibkit.record import Name, replace

__all__ = [
    "OTHERS",
    "format_bibtex",
    "format_bibtex_list",
    "format_display",
    "format_sorted",
    "is_von",
    "join_particles",
    "parse_bibtex",
    "parse_bibtex_list",
    "parse_display",
    "parse_sorted",
    "split_bibtex_list",
    "split_particles",
    "strip_braces",
]

# ------------------------------------------------------------------------------------------------ facts

# Words that are a particle when they stand in lower case between the given and the family name.
PARTICLES = frozenset(
    """
    van von vom zu zum zur und der den dem des de het ter ten te op aan aus in 't d' d’ l' l’ della dello dei degli
    delle dell' dell’ dalla dall' dall’ dal di da del do dos das du la le les lo los las af av al el ul ben bin bint
    ibn abu ap
    """.split()
)

# Written with a capital they are part of the family name: El Mhamdi, Van Gool, Le Roux.
FAMILY_OPENERS = frozenset(
    """
    Van Von Vanden Vander Ter Ten De Del Della Di Da Das Dos Du La Le Les Los El Al Ben Bin Ibn Abu Abou St. Saint
    """.split()
)

# Before these family names, Vietnam's most frequent ones, Van and Le are middle names.
VIETNAMESE = frozenset(
    """
    Nguyen Tran Le Pham Hoang Huynh Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Dinh Truong Doan Mai Trinh Dao Luong
    Nguyễn Trần Lê Phạm Hoàng Huỳnh Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trương Đoàn Trịnh Đào Lương
    """.split()
)

# They join two family names: Ortega y Gasset, Gaudí i Cornet, Silva e Souza.
CONNECTORS = frozenset("y i e".split())

SUFFIXES = frozenset("Jr Jr. Sr Sr. II III IV 2nd 3rd".split())

# A name with one of these words is no person's. For `parse_display` alone: the other conventions say it themselves.
ORGANISATIONS = frozenset(
    """
    academy agency alliance association authority board bureau center centre college collaboration commission committee
    community company conference consortium consortia corp corporation council department developers division federation
    forum foundation gmbh group groups inc institut institute initiative institution investigators laboratories
    laboratory library llc ltd ministry museum network office organisation organization partnership program programme
    project research school secretariat services society task team teams trust union universität université university
    workgroup
    """.split()
)

# ------------------------------------------------------------------------------------------------ particles

_LEADING = re.compile(r"\s*('[^\W\d_]+ +|[^\s'’ʼʻ‐-]+(?:['’ʼʻ‐-] *| +))(?=\S)")


def split_particles(name: Name) -> Name:
    """Particles out of the names that they were written into: before the family name, behind the given name.

    The rule of citeproc-js for items from Zotero. In front of the family name every word in lower case is a
    non-dropping particle, `d'` and `al-` included; behind the given name the words of `PARTICLES` are a dropping one.
    Where the family name is in quotation marks there is none, nor where all of it is in lower case. Particles that
    are known already stay, and their side is not searched.
    """
    if _is_quoted(name.family):
        return replace(name, family=name.family[1:-1])
    particle, family = "", name.family
    if not name.non_dropping_particle:
        particle, family = _leading_particle(family)
    given, dropping = name.given, ""
    if not name.dropping_particle:
        given, dropping = _trailing_particle(given)
    return replace(
        name,
        family=family,
        given=given,
        non_dropping_particle=particle or name.non_dropping_particle,
        dropping_particle=dropping or name.dropping_particle,
    )


def join_particles(name: Name, *, quote: bool = True) -> Name:
    """The name as two texts, as Zotero holds it; `split_particles` gives it back, if it finds these particles.

    With `quote` the family name of a name without particles is put in quotation marks where one would be found.
    """
    joined = replace(
        name,
        family=join_words(name.non_dropping_particle, name.family),
        given=" ".join(filter(None, (name.given, name.dropping_particle))),
        dropping_particle="",
        non_dropping_particle="",
    )
    if quote and joined == name and split_particles(name) != name:
        return replace(name, family=f'"{name.family}"')
    return joined


def _is_quoted(text: str) -> bool:
    return len(text) > 2 and text[0] == text[-1] == '"'


def _leading_particle(family: str) -> tuple[str, str]:
    place = 0
    while (found := _LEADING.match(family, place)) and is_von(found[1]) and "." not in found[1]:
        place = found.end()
    rest = family[place:]
    if not place or is_von(rest):
        return "", family
    return family[:place].strip(), rest


def _trailing_particle(given: str) -> tuple[str, str]:
    words = given.split(" ")
    place = len(words)
    while place > 1 and words[place - 1] in PARTICLES:
        place -= 1
    return " ".join(words[:place]), " ".join(words[place:])


# ------------------------------------------------------------------------------------------------ as printed


_OTHERS = re.compile(r"\s*(?:(?:and )?others|et\.? al)[\s.]*", re.IGNORECASE)


def is_others(name: Name) -> bool:
    """Whether this is no person but "et al." or "and others", which some programs write as a name."""
    return not name.given and bool(_OTHERS.fullmatch(name.literal or name.family))


@lru_cache(maxsize=1 << 14)
def parse_display(text: str) -> Name:
    """A name as printed: `Given van der Family Jr.`. `format_display` gives the text back, white space made single.

    - With a word of `ORGANISATIONS`, or with commas that no suffix explains, it is a `literal`.
    - A particle is non-dropping, as it stands where the name is shown in full and nothing says that it may go. It
      begins at the first word in lower case of `PARTICLES` and ends before the next word that is none; all that
      follows is the family name (Rémi | de | Joannis de Verclos).
    - Otherwise the family name is the last word, or both sides of a connector (José | Ortega y Gasset).
    - Words of `FAMILY_OPENERS` before it belong to the family name (El Mahdi | El Mhamdi), but not before a Vietnamese
      one (Quoc Van | Nguyen).
    - One word is a family name, and so is a name in Chinese, Japanese or Korean script. Two such words are family
      name and given name, in this order (`static_ordering`).
    """
    text = " ".join(text.split())
    name = _as_printed(text)
    return name if format_display(name) == text else Name(literal=text)


def format_display(name: Name) -> str:
    """Given name, particles, family name, suffix: CSL's order for names in full. A literal as it is."""
    if name.literal and not (name.family or name.given):
        return name.literal
    family = join_words(name.dropping_particle, name.non_dropping_particle, name.family)
    parts = (family, name.given) if name.static_ordering else (name.given, family)
    shown = " ".join(filter(None, parts))
    if not name.suffix:
        return shown
    return f"{shown}, {name.suffix}" if name.comma_suffix else f"{shown} {name.suffix}".lstrip()


def _as_printed(text: str) -> Name:
    if not text or _is_organisation(text):
        return Name(literal=text)
    words = text.split(" ")
    if all(map(_is_han, words)):
        return _east_asian(words)
    suffix, comma = "", False
    if len(words) > 1 and words[-1] in SUFFIXES:
        suffix = words.pop()
        comma = words[-1].endswith(",")
        words[-1] = words[-1].removesuffix(",")
    if any("," in word for word in words):
        return Name(literal=text)
    start = _family_start(words)
    end = _particle_end(words, start)
    given, particle, family = (" ".join(part) for part in (words[:start], words[start:end], words[end:]))
    return Name(family=family, given=given, non_dropping_particle=particle, suffix=suffix, comma_suffix=comma)


def _is_organisation(text: str) -> bool:
    return any(word.strip(".,;:()").lower() in ORGANISATIONS for word in text.split(" "))


def _is_han(word: str) -> bool:
    """Chinese, Japanese or Korean script: the blocks from Hangul Jamo, and from CJK radicals on."""
    return all("\u1100" <= char <= "\u11ff" or "\u2e80" <= char <= "\ufaff" or char > "\U0001ffff" for char in word)


def _east_asian(words: list[str]) -> Name:
    if len(words) == 1:
        return Name(family=words[0])
    if len(words) == 2:
        return Name(family=words[0], given=words[1], static_ordering=True)
    return Name(literal=" ".join(words))


def _family_start(words: Sequence[str]) -> int:
    """Where the family name begins, its particle included."""
    last = len(words) - 1
    for place in range(last):
        if words[place] in PARTICLES and (place or last == 1 or words[1] in PARTICLES):
            return _with_openers(words, place)
        if place > 1 and words[place] in CONNECTORS:
            return place - 1
    return last if words[last] in VIETNAMESE else _with_openers(words, last)


def _with_openers(words: Sequence[str], start: int) -> int:
    """Back over the capitalised particles before it (Jan | Van den Bussche), but not to the first word of the name."""
    while start > 1 and words[start - 1] in FAMILY_OPENERS:
        start -= 1
    return start


def _particle_end(words: Sequence[str], start: int) -> int:
    end = start
    while end < len(words) - 1 and words[end] in PARTICLES:
        end += 1
    return end


# ------------------------------------------------------------------------------------------------ as in RIS


def parse_sorted(text: str) -> Name:
    """`Family, Given, Suffix`; without a comma it is a `literal`, as in RIS, where only organisations have none.

    Particles are found as by `split_particles`. `King, Jr., Martin Luther` is understood: no one is called Jr.
    """
    text = " ".join(text.split())
    family, comma, rest = text.partition(",")
    if not comma:
        return Name(literal=text)
    given, _, suffix = (part.strip() for part in rest.partition(","))
    if given in SUFFIXES and suffix:
        given, suffix = suffix, given
    return split_particles(Name(family=family.strip(), given=given, suffix=suffix))


def format_sorted(name: Name) -> str:
    """`Family, Given, Suffix`, a non-dropping particle before the family name, a dropping one behind the given name.

    `parse_sorted` gives the same Name back, but for `comma_suffix` and `static_ordering`, commas within a part, and
    particles that `split_particles` would not find.
    """
    if name.literal and not (name.family or name.given):
        return name.literal
    name = join_particles(name, quote=False)
    parts = [name.family, name.given, name.suffix] if name.suffix else [name.family, name.given]
    return ", ".join(parts).strip() if any(parts) else ""
