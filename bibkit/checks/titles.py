"""Titles: their letter case and what guards it, marks of HTML, a dot at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bibkit import text as texts
from bibkit.checks.model import BIBTEX, Bibliography, Check, Mend, Remark, putting
from bibkit.checks.prose import blanked, listed, rewriting, short
from bibkit.formats.bibtex_values import in_sentence_case, must_stay, protect
from bibkit.written import Written

_WORD = re.compile(r"(?<![^\W_])(?<![^\W_]['’])[^\W_]++(?:['’][^\W_]++)*+")
_LONG = 4  # letters of a word that could not be an acronym or a particle alone

# ------------------------------------------------------------------------------------------------ all in capitals

_SMALL = re.compile(r"\w{1,20}?[a-z]")
_FEW = 4  # words; fewer may be a name
_FEWEST = 3
_CONTAINERS = ("container-title", "volume-title", "collection-title", "event-title")


def capitals(found: Bibliography) -> Iterator[Remark]:
    """A title of several words without a small letter."""
    for item in found.items:
        for variable in ("title", *_CONTAINERS):
            value = item.record.texts.get(variable, "")
            if value and _may_shout(value) and _shouts(value):
                field = item.field_of(variable)
                if field:
                    yield Remark(
                        item,
                        f"all in capitals: {short(texts.plain(value))}",
                        field,
                        mend=_calmed(found, item, variable, value),
                    )


def _may_shout(value: str) -> bool:
    if "<" in value:
        value = value.replace(texts.OPENING["nocase"], "").replace(texts.CLOSING["nocase"], "")
    return value.isupper() or (("<" in value or "$" in value) and not _SMALL.match(value))


def _shouts(value: str) -> bool:
    """Whether all letters are capitals, in words enough of which some are too long for acronyms."""
    letters = "".join([piece.text for piece in texts.tokens(value) if piece.kind == "text"])
    words = _WORD.findall(letters)
    return letters.isupper() and len(words) >= _FEW and sum(len(word) > _LONG for word in words) >= 2


def _calmed(found: Bibliography, item: Written, variable: str, value: str) -> Mend | None:
    """Title case where a style or a reader expects it; sentence case for the titles of CSL."""
    field = item.field_of(variable)
    if "subtitle" in item.fields or not item.is_plain(field):
        return None
    whole = _unprotected(value)
    new = texts.title_case(whole) if found.dialect or variable in _CONTAINERS else texts.sentence_case(whole)
    new = _restored(whole, new)
    if variable == "title" and found.dialect == "bibtex" and item.type.lower() not in _AS_IT_STANDS:
        new = protect(new)
    return putting(item, variable, new) if new != value else None


_ROMAN = re.compile(r"(?=[IVXL]{2})X{0,3}(?:IX|IV|V?I{0,3})|[0-9]{1,4}+[A-Z]{1,2}(?<!ST|ND|RD|TH)")
_ACRONYMS = frozenset(
    """AAAI ACM AIP AMS ASME ATM CAD CERN CPU DNA EU GIS GPS GPU HIV HPC HTML HTTP IBM IEEE IEE IFAC IFIP IP ISO LNCS
    MIT MRI NASA NATO NMR PDF RNA SIAM SPIE SQL TCP UK UML UN UNESCO UNIX USA VLSI WWW XML""".split()
)


def _restored(shouted: str, calm: str) -> str:
    """The text in its new case, but for Roman numbers, figures with a letter, and the best known acronyms."""
    if len(shouted) != len(calm):
        return calm

    def either(word: re.Match[str]) -> str:
        keeps = word[0] in _ACRONYMS or _ROMAN.fullmatch(word[0])
        return word[0] if keeps else calm[word.start() : word.end()]

    return _WORD.sub(either, shouted)


def _unprotected(value: str) -> str:
    """The text without a protection that covers it all."""
    opening, closing = texts.OPENING["nocase"], texts.CLOSING["nocase"]
    inner = value.removeprefix(opening).removesuffix(closing)
    return inner if len(inner) == len(value) - len(opening) - len(closing) and opening not in inner else value


# ------------------------------------------------------------------------------------------------ protection

# Entry types of which plain.bst, and the styles made after it, print the title as it stands; the titles of all others,
# of types that they do not know too, go through change.case$ "t".
_AS_IT_STANDS = frozenset({"book", "inbook", "proceedings", "manual", "phdthesis", "periodical", "collection"})
_PART = re.compile(rf"[{{}}]|{_WORD.pattern}")
_WORDS_OF_A_LETTER = frozenset("AEOYÀÉÓ")
_INNER = re.compile(r"[^\W\d_][A-Z0-9]|[0-9][A-Z]|(?<![^\W_])[B-Z](?![^\W_])")  # of any word that `must_stay`
_GROUP = re.compile(r"\{[^{}]*+\}")
_MOJIBAKE = re.compile(r"[ÃÂâ][^\w\s]")
_NEAR = 40  # characters, as many blanks as a line may begin with
_SPACED_COLON = re.compile(r":\s+\Z")
_TEXT_SIGNS = frozenset("&%$#_-/ ,")  # `\&` is a sign of text, `\"` begins an accent


def unprotected(found: Bibliography) -> Iterator[Remark]:
    """Acronyms and names with capitals within, where BibTeX's styles make small letters of them."""
    if found.dialect != "bibtex":
        return
    for item in found.items:
        title = item.fields.get("title", "")
        if title and item.type.lower() not in _AS_IT_STANDS and (spans := _lowered(title)):
            words = [title[start:end] for start, end in spans]
            new = _braced(title, spans)
            message = f"BibTeX's styles make small letters of {listed(words)}"
            yield rewriting(item, "title", message, words[0], new, f"brace {listed(words)}")


def _lowered(title: str) -> list[tuple[int, int]]:
    """Where words stand that change.case$ "t" spoils: outside of braces, not at the beginning nor after a colon."""
    if not _INNER.search(_GROUP.sub("{}", title)) or _MOJIBAKE.search(title):
        return []
    prose = blanked(title)
    if _is_mostly_capitals(prose):
        return []
    depth = 0
    spans: list[tuple[int, int]] = []
    for part in _PART.finditer(prose):
        word = part[0]
        depth += (word == "{") - (word == "}")
        if not depth and _is_name(part) and _is_spoilt(part) and _is_apart(title, prose, part):
            start, end = _letters_with_dots(prose, part)
            if not spans or start >= spans[-1][1]:
                spans.append((start, end))
    return spans


_DOTTED = re.compile(r"(?:[A-Z]\.){2,9}")


def _letters_with_dots(prose: str, part: re.Match[str]) -> tuple[int, int]:
    """The word, or all of the U.S.A. that it begins."""
    dotted = _DOTTED.match(prose, part.start())
    return dotted.span() if dotted and part.end() == part.start() + 1 else part.span()


def _is_name(part: re.Match[str]) -> bool:
    """Whether capitals belong to the word: in `L'Analyse` they may be the title's, and `Y` may be a word."""
    word = part[0]
    first, _, rest = word.replace("’", "'").partition("'")
    if not rest:
        return must_stay(word) and (word not in _WORDS_OF_A_LETTER or part.string[part.end() : part.end() + 1] in "-(")
    return (first == "O" and rest[0].isupper()) or any(len(one) > 1 and must_stay(one) for one in (first, rest))


def _is_spoilt(part: re.Match[str]) -> bool:
    """The first letter of a title, and one after a colon and a blank, stays as it is (bibtex.web, change.case$)."""
    word, before = part[0], part.string[max(0, part.start() - _NEAR) : part.start()]
    first = len(part.string) - len(part.string.lstrip())
    kept = word[1:] if part.start() <= first or _SPACED_COLON.search(before) else word
    return kept != kept.lower()


def _is_apart(title: str, prose: str, part: re.Match[str]) -> bool:
    """Whether it is a whole word, not a piece between braces or beside an accent."""
    start, end = part.span()
    before, after = title[start - 1 : start], title[end : end + 1]
    if before in ("{", "}") or after in ("{", "}") or (after == "\\" and title[end + 1 : end + 2] not in _TEXT_SIGNS):
        return False
    return not before or prose[start - 1] != "\x00" or before in _TEXT_SIGNS


def _is_mostly_capitals(prose: str) -> bool:
    capitals = sum(map(str.isupper, prose))
    return capitals * 2 > sum(map(str.isalpha, prose)) and len(_WORD.findall(prose)) > 2


def _braced(title: str, spans: list[tuple[int, int]]) -> str:
    pieces, done = [], 0
    for start, end in spans:
        pieces.append(f"{title[done:start]}{{{title[start:end]}}}")
        done = end
    return "".join((*pieces, title[done:]))


# English words that are seldom in titles of languages with capitals of their own.
_ENGLISH = re.compile(r"(?i)(?<!\w)(?:the|of|and|for|with|from|by|using|on|to)(?!\w)")


_HABIT = 5  # so many titles of a file, and most of them, are written so: a program did that
_MANY = 20  # more would drown what else is said


def protected(found: Bibliography) -> Iterator[Remark]:
    """A title in double braces, which no style can bring into its own case.

    Of a file in which most titles or many are so, only the first is shown unless the code is asked for.
    """
    rows = [(item, title) for item in found.items if _is_kept(item, title := item.fields.get("title", ""))]
    habit = len(rows) > _MANY or (len(rows) >= _HABIT and 2 * len(rows) > len(found.items))
    if habit and not found.terms.asks("title-protected"):
        said = f"the whole title is protected from changes of case, as {len(rows)} are in this file"
        yield Remark(rows[0][0], said, "title", hint="--extend title-protected shows all of them")
        return
    for item, title in rows:
        inner = title[1:-1]
        spans = sorted({*_lowered(inner), *_names(inner)})
        yield rewriting(item, "title", "the whole title is protected from changes of case", "", _braced(inner, spans))


def _is_kept(item: Written, title: str) -> bool:
    if title[:1] != "{" or item.type.lower() in _AS_IT_STANDS or not _is_one_group(title):
        return False
    if item.record.texts.get("language", "en")[:2] != "en":
        return False
    words = _WORD.findall(blanked(title[1:-1]))
    small = sum(word.islower() or (word[0].isupper() and word[1:].islower()) for word in words if len(word) > 1)
    return len(words) >= _FEWEST and small > len(words) / 2 and bool(_ENGLISH.search(title[1:-1]))


def _names(title: str) -> list[tuple[int, int]]:
    """Where capitalised words stand within the sentences of a title that is in sentence case."""
    prose = blanked(title)
    if not in_sentence_case(_WORD.findall(prose)[1:]):
        return []
    depth, spans = 0, []
    for part in _PART.finditer(prose):
        depth += (part[0] == "{") - (part[0] == "}")
        before = prose[max(0, part.start() - _NEAR) : part.start()]
        begins = before.rstrip()[-1:] in ("", ":", ".", "?", "!")
        if not depth and part[0][0].isupper() and not begins and _is_apart(title, prose, part):
            spans.append(part.span())
    return spans


def _is_one_group(title: str) -> bool:
    """Whether one pair of braces goes around it all."""
    if title[:1] != "{" or title[-1:] != "}" or title.startswith(("{\\", "{$")):
        return False
    depth = 0
    for brace in re.finditer(r"[{}]", title):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.end() == len(title)
    return False


# ------------------------------------------------------------------------------------------------ dot at the end

_DOT = re.compile(r"(?<![\w.])([A-Za-z]{4,})[}'’”»)\]]*+\.(?P<close>[}\s]*)\Z")
_ABBREVIATIONS = frozenset(
    """proc conf symp trans univ dept inst assoc acad natl intl appl math phys chem biol comp comput engrg engr mech
    electr electron commun syst soc bull lett quart amer london mgmt technol theor rept tech suppl spec publ publs ming
    hist stat stats probab prob anal geom topol alg algebr arith autom informat inform inst lect notes ined diss abstr
    resp approx corp bros inst pref repr seds trad illus bearb hrsg herausg aufl univers prof mass calif conn wash penn
    tenn minn mich miss colo ariz okla hons sect chap para vols nrs cols figs refs misc nucl capt gebr sept""".split()
)


def dot(found: Bibliography) -> Iterator[Remark]:
    """A title that ends in a dot which belongs to no abbreviation."""
    for item, field, title in found.values("title"):
        if title.rstrip("} \t\n")[-1:] != ".":
            continue
        ending = _DOT.search(title)
        if ending and ending[1].lower() not in _ABBREVIATIONS and title.count(".") == 1 and title.count(" ") > 1:
            at = ending.start("close") - 1
            yield rewriting(item, field, "a dot at the end of the title", "", title[:at] + title[at + 1 :])


# ------------------------------------------------------------------------------------------------ marks of HTML

_NAMES = "i|em|b|strong|sub|sup|u|sc|scp|tt|span|font|p|br|jats:[a-z]+|(?:mml:)?(?:math|mrow|mi|mn|mo|msub|msup|mtext)"
_TAG = re.compile(rf"</?({_NAMES})(?:\s[^<>=]{{0,99}}=[^<>]*+)?\s?/?>", re.IGNORECASE)
_PAIR = re.compile(
    r"<(i|em|b|strong|sub|sup|u|sc|scp|tt|span|jats:(?:italic|bold|sub|sup|sc))(?:\s[^<>]*+)?>([^<>]*+)</\1>",
    re.IGNORECASE,
)
_COMMANDS = {
    "i": "emph", "em": "emph", "u": "emph", "b": "textbf", "strong": "textbf", "sub": "textsubscript",
    "sup": "textsuperscript", "sc": "textsc", "scp": "textsc", "tt": "texttt", "span": "",
    "jats:italic": "emph", "jats:bold": "textbf", "jats:sub": "textsubscript", "jats:sup": "textsuperscript",
    "jats:sc": "textsc",
}  # fmt: skip
MARKED = frozenset(
    "title subtitle booktitle journal journaltitle shorttitle maintitle series note eventtitle titleaddon".split()
)


def markup(found: Bibliography) -> Iterator[Remark]:
    """`<i>`, `<sub>`, MathML in a file of BibTeX, which prints them as they stand."""
    for item, field, text in found.having("<"):
        if field in MARKED and (tags := [tag[0] for tag in _TAG.finditer(blanked(text))]):
            new = in_latex(text)
            message = f"HTML in the {field}: {listed(tags)}"
            yield rewriting(item, field, message, tags[0], None if _TAG.search(new) else new)


def in_latex(text: str) -> str:
    """The text with commands for pairs of tags, from within outwards."""
    for _ in range(8):  # as deep as anybody nests them
        new = _PAIR.sub(_command, text)
        if new == text:
            break
        text = new
    return text


def _command(pair: re.Match[str]) -> str:
    name = _COMMANDS[pair[1].lower()]
    return f"\\{name}{{{pair[2]}}}" if name else pair[2]


CHECKS = (
    Check(
        "title-capitals",
        "title all in capitals",
        capitals,
        fix="unsafe",
        why="Which words are names or acronyms cannot be seen any more, and no style can bring it into its own case.",
        bad="title = {ON THE WAITING OF TRAINS}",
        good="title = {On the Waiting of Trains}",
        rule="CSL 1.0.2, Title case conversion",
    ),
    Check(
        "title-unprotected",
        "acronym or name that BibTeX's styles write in small letters",
        unprotected,
        fix="safe",
        why="Styles put titles of articles and papers into sentence case; what keeps its capitals stands in braces.",
        bad="title = {Timetables for the TGV and other Trains}",
        good="title = {Timetables for the {TGV} and other Trains}",
        rule='btxdoc, section 3.2 (title); btxhak (change.case$ with "t"); books keep their titles',
        formats=BIBTEX,
    ),
    Check(
        "title-protected",
        "whole title in double braces",
        protected,
        severity="note",
        fix="unsafe",
        why="Names and acronyms want braces; around the whole title they keep a style from its own letter case.",
        bad="title = {{The Timetables of the TGV and other Trains}}",
        good="title = {The Timetables of the {TGV} and other Trains}",
        rule="btxdoc, section 3.2 (title); biblatex manual (MakeSentenceCase)",
        formats=BIBTEX,
    ),
    Check(
        "title-dot",
        "dot at the end of a title",
        dot,
        severity="note",
        fix="safe",
        why="Styles put the punctuation after a title; where that is a comma, both are printed.",
        bad="title = {On the waiting of trains.}",
        good="title = {On the waiting of trains}",
        rule="btxhak (add.period$)",
    ),
    Check(
        "title-markup",
        "marks of HTML in a title",
        markup,
        fix="safe",
        why="TeX knows no tags and prints them as they stand.",
        bad="title = {Rust from H<sub>2</sub>O on <i>Locomotives</i>}",
        good=r"title = {Rust from H\textsubscript{2}O on \emph{Locomotives}}",
        rule="LaTeX2e, text commands",
        formats=BIBTEX,
    ),
)
