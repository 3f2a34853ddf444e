"""Names of publishers by the words that tell them apart.

What they leave out or put in at will is left out: `The`, legal forms, `Verlag` and `Publishing`, the place.
"""

from __future__ import annotations

import re

from bibkit import text
from bibkit.serials import LONGEST, Word, significant

# Words that end names without changing who is meant.
_FORMS = frozenset(
    """
    ab ag as bv cie co company corp corporation edition editions editore editorial editrice edizioni gmbh inc
    incorporated kg kgaa limited llc llp ltd nv plc pty pub publ publication publications publisher publishers
    publishing sa sarl sl spa srl uitgeverij und verlag verlagsgesellschaft
    """.split()
)
_PLACES = frozenset(
    " ".join(place.split())
    for place in """
    amsterdam | auckland | baltimore | basel | beijing | belmont | berkeley | berlin | birmingham | boca raton |
    bonn | boston | bristol | brussels | burlington | ca | calif | california | cambridge | canada | cham | chicago
    | chichester | cologne | columbus | copenhagen | ct | dc | delft | dordrecht | dublin | edinburgh | england | fl
    | france | frankfurt | geneva | germany | great britain | hamburg | heidelberg | hillsdale | hoboken | hong kong
    | il | india | italy | jena | koln | leiden | leipzig | london | los alamitos | los angeles | ma | madrid |
    malden | maryland | mass | massachusetts | md | menlo park | milan | milano | mineola | moscow | munchen |
    munich | netherlands | new delhi | new jersey | new york | newbury park | nj | ny | oxford | oxon | pa |
    palo alto | paris | pennsylvania | philadelphia | princeton | providence | reading | redwood city | ri | roma |
    rome | san diego | san francisco | san mateo | singapore | st louis | stuttgart | switzerland | sydney |
    the netherlands | thousand oaks | tokyo | toronto | tubingen | uk | united kingdom | united states |
    united states of america | upper saddle river | us | usa | utrecht | va | vienna | waltham | washington |
    washington dc | weinheim | west sussex | wien | wiesbaden | zurich
    """.split("|")
)
_WITH_PLACES = frozenset("acm birkhauser elsevier kluwer springer wiley".split())
_NOT_WITHOUT_PLACE = frozenset(
    "university univ universite universitat universidad universita college institute".split()
)

ALIASES = {
    "aaai press": "aaai",
    "acm press": "acm",
    "addison wesley longman": "addison wesley",
    "aip": "american institute physics",
    "association computing machinery": "acm",
    "benjamins": "john benjamins",
    "cup": "cambridge university press",
    "elsevier science": "elsevier",
    "erlbaum": "lawrence erlbaum",
    "erlbaum associates": "lawrence erlbaum",
    "ieee": "institute electrical electronics engineers",
    "j wiley": "wiley",
    "j wiley sons": "wiley",
    "john wiley": "wiley",
    "john wiley sons": "wiley",
    "kluwer academic": "kluwer",
    "lawrence erlbaum associates": "lawrence erlbaum",
    "o reilly": "oreilly",
    "o reilly media": "oreilly",
    "oreilly media": "oreilly",
    "oup": "oxford university press",
    "siam press": "society industrial applied mathematics",
    "siam": "society industrial applied mathematics",
    "springer international": "springer",
    "springer science business media": "springer",
    "usenix": "usenix association",
    "wiley sons": "wiley",
}
_PART = re.compile(r"[,;:]")
_YEAR = re.compile(r"\d{4}")


def publisher_words(name: str) -> list[Word]:
    """The words by which a publisher is known; one of its names where it has several (`ALIASES`).

    None for what names no publisher: a place, a line of a library's catalogue (`Berlin : Springer, 1999`), a long text.
    """
    if len(name) > LONGEST or _YEAR.search(name) or all(map(_is_place, _PART.split(name))):
        return []
    words = _without_forms(significant(_without_place(name)))
    known = ALIASES.get(_named(words))
    return [Word(" ", word, word) for word in known.split()] if known else words


def _without_place(name: str) -> str:
    """Without `New York:` before it and `, Cambridge, MA` behind it; universities are where they are."""
    before, colon, after = name.partition(":")
    if colon and after.strip() and all(_is_place(part) for part in _PART.split(before)):
        name = after
    parts = name.split(",")
    if not _NOT_WITHOUT_PLACE.isdisjoint(text.fold(name).split()) and "press" not in name.lower():
        return name
    while len(parts) > 1 and (_is_place(parts[-1]) or not parts[-1].strip()):
        parts.pop()
    return ",".join(parts)


def _is_place(part: str) -> bool:
    return text.fold(part.replace(".", "")) in _PLACES


def _without_forms(words: list[Word]) -> list[Word]:
    """Without what may end a name; the first word stays, whatever it is."""
    if len(words) > 1 and words[0].folded == "the":
        words = words[1:]
    words = _without_end(words, _FORMS)
    if words and words[0].folded in _WITH_PLACES:
        words = _without_end(_without_end(words, _PLACES), _FORMS)
    return words


def _without_end(words: list[Word], some: frozenset[str]) -> list[Word]:
    """Without what is among these at the end, one word or two, as often as it stands there; the first word stays."""
    while size := next((size for size in (1, 2) if len(words) > size and _named(words[-size:]) in some), 0):
        words = words[:-size]
    return words


def _named(words: list[Word]) -> str:
    return " ".join(word.folded for word in words)
