"""Plain-text paper listings, as they are copied from web pages of paper collections. Read only.

    CVJul 27, 2022                                        score, arXiv class, date, flags: `listing_header`
    A Title of a PaperJane Roe, Max Doe et al. · pku      cut in two by `listing_split`
    The abstract, in one line or in several paragraphs.

A text may hold several listings; a profile (name, area, h-index, number of papers …) begins a new one. Everything in
the text comes out as a Record or as a Problem with its lines. Lines end in LF, CRLF or CR.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain

import msgspec

from bibkit.formats import Format, ReadOptions
from bibkit.formats.listing_header import BLANK, CLASS, END, FLAGS, Dated, day, full_class, is_header, issued
from bibkit.formats.listing_layouts import (
    HEAD_LINES,
    LAYOUTS,
    WRAPPED,
    Body,
    Parts,
    joined,
    leaning,
    paragraphs_of,
    parts_of,
    stripped,
)
from bibkit.formats.listing_split import (
    SURE,
    Known,
    certain_names,
    is_name_list,
    name_list,
    read_credits,
    reading_in_words,
)
from bibkit.formats.listing_written import ListingWritten
from bibkit.names import parse_display
from bibkit.problems import Problem, Severity
from bibkit.record import Json, Origin, Record, Trace
from bibkit.written import Written, by_lines

# ------------------------------------------------------------------------------------------------ blocks

_STATISTIC = re.compile(
    rf"{BLANK}(?:(?P<label>[A-Za-z](?:[A-Za-z0-9-]| (?! )){{1,30}}?){BLANK}:?{BLANK}(?P<value>[0-9][0-9,.]*+[kKM%]?)"
    rf"|(?P<count>[0-9][0-9,.]*+[kKM]?){BLANK}(?P<what>[A-Za-z](?:[A-Za-z-]| (?! )){{1,30}})){END}"
)
_PAPERS = re.compile("([0-9][0-9,]*) papers", re.IGNORECASE)
_AREA = re.compile(CLASS + END)
_ANCHOR = rf"{BLANK}(?:[hH]-index{BLANK}:?{BLANK}[0-9]+|[0-9][0-9,]*+{BLANK}[pP]apers){END}"
_STARTS = "|".join(dict.fromkeys(re.sub(r"\(\?P<\w+>", "(?:", layout.start.pattern) for layout in LAYOUTS))
_MARK = rf"(?P<entry>{_STARTS})|(?P<profile>{_ANCHOR})"
_FIRST_MARK = re.compile(_MARK)
_NEXT_MARK = re.compile(rf"\n(?:{_MARK})")  # the literal first character makes the search fast


class Block(msgspec.Struct, frozen=True):
    """A part of the text: `front` (before all others), `profile` or `entry`, with the number of its listing."""

    kind: str
    start: int
    end: int
    line: int
    listing: int
    header: re.Match[str] | None = None


def _header(text: str, start: int) -> re.Match[str] | None:
    """The header that begins here."""
    found = (layout.start.match(text, start) for layout in LAYOUTS)
    return next((header for header in found if header and is_header(header)), None)


def _marks(text: str) -> Iterator[tuple[int, int, re.Match[str] | None]]:
    """Start, end and header of each line that begins an entry; no header where it belongs to a profile."""
    first = _FIRST_MARK.match(text)
    for found in chain([first] if first else [], _NEXT_MARK.finditer(text)):
        start = found.start(str(found.lastgroup))
        header = None if found.lastgroup == "profile" else _header(text, start)
        if header or found.lastgroup == "profile":
            yield start, found.end(), header


def _blocks(text: str) -> Iterator[Block]:
    """The whole text in blocks without a gap."""
    kind, begin, floor, line, listing, entries, last = "front", 0, 0, 1, 0, 0, None
    for start, end, header in _marks(text):
        if kind == "profile" and not header:
            continue
        if not header:
            start = _profile_start(text, floor, start)
        yield Block(kind, begin, start, line, listing, last)
        line += text.count("\n", begin, start)
        if not header and entries:
            listing, entries = listing + 1, 0
        entries += bool(header)
        kind, begin, floor, last = "entry" if header else "profile", start, end, header
    yield Block(kind, begin, len(text), line, listing, last)


def _profile_start(text: str, floor: int, anchor: int) -> int:
    """Where a profile starts: at the lines right above its first number, or at the name above these."""
    start, above = anchor, _line_above(text, floor, anchor)
    while above is not None and (_AREA.match(text, above) or _STATISTIC.match(text, above)):
        start, above = above, _line_above(text, floor, above)
    while above is not None and not _line_at(text, above):
        above = _line_above(text, floor, above)
    return start if above is None or not _is_person(_line_at(text, above)) else above


def _line_above(text: str, floor: int, start: int) -> int | None:
    """Start of the line above the one that starts here, if it is not above the floor."""
    return None if start - 1 <= floor else text.rfind("\n", floor, start - 1) + 1


def _line_at(text: str, start: int) -> str:
    end = text.find("\n", start)
    return stripped(text[start : end if end >= 0 else len(text)])


def _is_person(line: str) -> bool:
    return "," not in line and is_name_list(line)


# ------------------------------------------------------------------------------------------------ the first pass


class Listing:
    """What is known of one listing before it is read, and what is said about all of it afterwards."""

    def __init__(self) -> None:
        self.latest = 0  # the latest year that a header gives
        self.declared: list[tuple[int, int]] = []  # number of papers, line
        self.records = 0
        self.lines = (0, 0)  # first and last line of the entries
        self.inferred: list[int] = []  # lines of headers whose year was inferred
        self.undated: list[int] = []  # lines of headers whose year is unknown
        self.classes: set[str] = set()  # classes that are unknown
        self.leanings: Counter[str] = Counter()  # the layouts that its entries seem to be in

    def layout(self) -> str:
        """The layout of most entries; the empty string where there are too few to say."""
        best = self.leanings.most_common(1)
        return best[0][0] if best and best[0][1] >= _MOST else ""

    def declare(self, value: str, line: int) -> None:
        """Keep the number of papers that a line of a profile declares."""
        if found := _PAPERS.fullmatch(value):
            self.declared.append((int(found[1].replace(",", "")), line))

    def note_year(self, dated: Dated, line: int) -> None:
        """Keep the line of a header whose year was inferred or is unknown."""
        if dated.inferred:
            self.inferred.append(line)
        elif dated.undated:
            self.undated.append(line)

    def closing(self, source: str) -> Iterator[Problem]:
        """What is said once per listing."""
        if self.inferred:
            message = f"the year of {_entries_at(self.inferred)} is not in the text and was inferred"
            yield Problem("listing-year-inferred", message, "note", source, self.inferred[0], field="issued")
        if self.undated:
            message = f"the year of {_entries_at(self.undated)} is not in the text, and nothing tells it"
            hint = "say on which day the listing was copied (as_of)"
            yield Problem("listing-no-year", message, "warning", source, self.undated[0], field="issued", hint=hint)
        for number, line in self.declared:
            if number != self.records:
                where = f" (lines {self.lines[0]} to {self.lines[1]})" if self.records else ""
                message = f"{number} papers are declared in line {line}, but {self.records} were read{where}"
                yield Problem("listing-count", message, "warning", source, line)


_MOST = 2  # entries of one layout that make it that of the listing
_SHOWN = 50  # line numbers in one message


def _entries_at(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_SHOWN])) + (" …" if len(lines) > _SHOWN else "")
    return f"{len(lines)} entr{'y (line' if len(lines) == 1 else 'ies (lines'} {shown})"


_TAUGHT = 20_000  # characters of one entry from which words and names are learned
_TEACHERS = 4_000  # blocks of one text from which they are learned; the rest of a longer text adds little


def _survey(text: str, known: Known) -> list[Listing]:
    """The latest year of each listing; words and names are learned, up to a bound."""
    found: list[Listing] = []
    for number, block in enumerate(_blocks(text)):
        if block.listing == len(found):
            found.append(Listing())
        if block.header and block.header["year"]:
            found[-1].latest = max(found[-1].latest, int(block.header["year"]))
        if number < _TEACHERS and (paragraphs := _beginning(text, block)):
            _teach(known, block.kind, paragraphs)
            found[-1].leanings[leaning(paragraphs, known)] += bool(block.header)
    return found


def _beginning(text: str, block: Block) -> list[list[str]]:
    start = block.header.end() if block.header else block.start
    return paragraphs_of(text[start : min(block.end, start + _TAUGHT)])


def _teach(known: Known, kind: str, paragraphs: list[list[str]]) -> None:
    for name in _certain(kind, paragraphs):
        known.learn_name(name)
    if kind == "entry":
        lines = [line for paragraph in paragraphs for line in paragraph]
        known.learn_text(joined(line for line in lines[1:HEAD_LINES] if len(line) > WRAPPED))
        known.learn_text(joined(lines[HEAD_LINES:]))


def _certain(kind: str, paragraphs: list[list[str]]) -> Iterator[str]:
    """The names that are certain in a block: of the profile, in a paragraph of their own, after a comma."""
    first = paragraphs[0]
    if kind == "profile" and _is_person(first[0]):
        yield first[0]
    elif kind == "entry" and len(paragraphs) > 1 and is_name_list(joined(paragraphs[1])):
        yield from name_list(read_credits(joined(paragraphs[1])).text)
    elif kind == "entry":
        yield from certain_names(first[1] if len(first) > 1 and is_name_list(first[1]) else first[0])


def learn(text: str) -> frozenset[str]:
    """The author names that are certain in a text: those after the first comma, or all where they stand alone."""
    view = _with_line_feeds(text)
    found: set[str] = set()
    for block in _blocks(view):
        if paragraphs := _beginning(view, block):
            found.update(_certain(block.kind, paragraphs))
    return frozenset(found)


def detect(text: str) -> float:
    """How sure it is that a text is a listing: by the headers with a class, and by a profile. Dates alone are not."""
    view = _with_line_feeds(text[:_SAMPLE])
    if stripped(view)[:1] in _OTHERS:
        return 0.0
    headers = [header for *_, header in _marks(view)]
    classed = sum(1 for header in headers if header and header["category"])
    profile = headers.count(None)
    return 1 - 0.4 ** (classed + min(profile, 2) * any(headers)) if classed or profile > 1 else 0.0


_SAMPLE = 1 << 18
_OTHERS = frozenset("@{[%<")  # what BibTeX, JSON, TeX and XML begin with


def _with_line_feeds(text: str) -> str:
    """The same text, character by character, with LF as the only end of a line."""
    return text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text


# ------------------------------------------------------------------------------------------------ reading


class Span(msgspec.Struct, frozen=True, gc=False):
    """First line, last line, and the text of these lines as it stands."""

    line: int
    end_line: int
    raw: str


class Source(msgspec.Struct, frozen=True):
    """What all steps of one reading share: the text as it stands, the same with LF only, and what is known."""

    name: str
    original: str
    text: str
    known: Known
    type: str
    as_of: date | None

    def span(self, start: int, end: int, line: int) -> Span:
        """The lines from start to end without blank ones around them. `line` is the one in which start is."""
        part = self.text[start:end]
        first = start + len(part) - len(part.lstrip())
        first = max(start, self.text.rfind("\n", start, first) + 1)
        last = start + len(part.rstrip())
        line += self.text.count("\n", start, first)
        return Span(line, line + self.text.count("\n", first, last), self.original[first:last])

    def problem(self, code: str, message: str, severity: Severity, span: Span, field: str = "") -> Problem:
        """A Problem about these lines."""
        return Problem(code, message, severity, self.name, span.line, 0, span.end_line, span.raw, field=field)


def read(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    """Everything in a text, in order, as a Record or a Problem. It takes time linear in the text and never raises."""
    view, known, as_of = _with_line_feeds(text), Known(options.known_names), day(options.as_of)
    if options.as_of and not as_of:
        yield Problem("listing-as-of", f"{options.as_of!r} is no day (YYYY-MM-DD) and was not used", source=source)
    listings = _survey(view, known)
    whole = Source(source, text, view, known, options.type or "document", as_of)
    current = listings[0]
    for block in _blocks(view):
        if current is not listings[block.listing]:
            yield from current.closing(source)
            current = listings[block.listing]
        yield from _READERS[block.kind](whole, current, block)
    yield from current.closing(source)


def written(text: str, source: str, options: ReadOptions) -> Iterator[Written | Problem]:
    """Every entry as it stands, in order, and the Problems of `read`."""
    return by_lines(text, read(text, source, options), ListingWritten)


def _read_front(source: Source, _listing: Listing, block: Block) -> Iterator[Problem]:
    return _unread(source, block.start, block.end, block.line)


def _unread(source: Source, start: int, end: int, line: int) -> Iterator[Problem]:
    if source.text[start:end].strip():
        yield source.problem("listing-unread", "no part of an entry", "warning", source.span(start, end, line))


# ------------------------------------------------------------------------------------------------ profiles


def _read_profile(source: Source, listing: Listing, block: Block) -> Iterator[Problem]:
    """One note with all that the profile says; other lines are unread."""
    said: list[str] = []
    end, odd = block.start, [0, 0, 0]  # the run of lines that are unread: start, end, line
    odds = []
    for line, start, text in _lines(source.text, block):
        if value := _profile_value(text, first=not said):
            said.append(value)
            end, odd = start + len(text), [0, 0, 0]
            listing.declare(value, line)
        elif odd[1]:
            odd[1] = start + len(text)
        else:
            odd = [start, start + len(text), line]
            odds.append(odd)
    message = f"profile, not a record: {', '.join(said)}"
    yield source.problem("listing-profile", message, "note", source.span(block.start, end, block.line))
    for start, stop, line in odds:
        yield from _unread(source, start, stop, line)


def _lines(text: str, block: Block) -> Iterator[tuple[int, int, str]]:
    """Number, start and text of each line of a block that is not blank."""
    line, start = block.line, block.start
    for part in text[block.start : block.end].split("\n"):
        if part.strip():
            yield line, start, part
        line, start = line + 1, start + len(part) + 1


def _profile_value(line: str, *, first: bool) -> str:
    """What a line of a profile says, in words; the empty string where it is none."""
    text = stripped(line)
    if _AREA.fullmatch(text):
        return f"area {text}"
    found = _STATISTIC.fullmatch(text)
    if found:
        return f"{found['label']} {found['value']}" if found["label"] else f"{found['count']} {found['what']}"
    return f"name {text}" if first and _is_person(text) else ""


# ------------------------------------------------------------------------------------------------ entries


def _read_entry(source: Source, listing: Listing, block: Block) -> Iterator[Record | Problem]:
    """A record, and what is doubtful about it. A header with nothing after it is a Problem."""
    header = block.header
    body = source.text[header.end() if header else block.start : block.end]
    span, paragraphs = source.span(block.start, block.end, block.line), paragraphs_of(body)
    listing.lines = (listing.lines[0] or span.line, span.end_line)
    if not paragraphs or header is None:
        yield source.problem("listing-cut", "nothing follows the header of this entry", "warning", span)
        return
    layout, parts = parts_of(Body(paragraphs, listing.layout()), source.known)
    title_line = span.line + body.count("\n", 0, body.find(paragraphs[0][0]))
    listing.records += 1
    dated = issued(header, listing.latest, source.as_of)
    listing.note_year(dated, span.line)
    yield Record(
        type=source.type,
        texts=_texts(parts),
        names={"author": tuple(map(parse_display, parts.authors))} if parts.authors else {},
        dates={"issued": dated.date},
        cut=("author",) if parts.et_al else (),
        keywords=_keywords(header),
        extra=_extra(header, parts),
        origins=(Origin(source.name, f"listing:{layout}", span.line, span.end_line, span.raw),),
        traces=_traces(parts, dated, span.line, title_line),
    )
    yield from _doubts(source, parts, span, title_line)
    yield from _header_problems(source, listing, header, dated, span.line)


def _texts(parts: Parts) -> dict[str, str]:
    texts = {"title": parts.title}
    if parts.abstract:
        texts["abstract"] = parts.abstract
    return texts


def _keywords(header: re.Match[str]) -> tuple[str, ...]:
    found = header["category"]
    return (full_class(found) or found,) if found else ()


def _extra(header: re.Match[str], parts: Parts) -> dict[str, Json]:
    extra: dict[str, Json] = {}
    if header["flags"]:
        flags = re.findall(r"[A-Z][a-z]*", header["flags"])
        extra |= {FLAGS[flag]: True for flag in flags if flag in FLAGS}
        extra |= {} if FLAGS.keys() >= set(flags) else {"listing:flags": stripped(header["flags"])}
    if header["score"]:
        extra["listing:score"] = header["score"]
    if parts.affiliation:
        extra["listing:affiliation"] = parts.affiliation
    return extra


def _traces(parts: Parts, dated: Dated, header_line: int, title_line: int) -> dict[str, Trace]:
    traces: dict[str, Trace] = {}
    if dated.inferred:
        traces["issued"] = Trace(line=header_line, inferred=dated.inferred)
    if parts.confidence < 1:
        cut = Trace(line=title_line, confidence=parts.confidence)
        traces |= {"title": cut, "author": cut} if parts.authors else {"title": cut}
    return traces


def _doubts(source: Source, parts: Parts, span: Span, line: int) -> Iterator[Problem]:
    """A doubtful split with both readings, or that there are no authors."""
    if parts.confidence < SURE:
        best = reading_in_words(parts.title, ", ".join(parts.authors))
        message = f"title and authors are doubtful: read as {best}; it could be {parts.second or 'otherwise'}"
        problem = source.problem("listing-doubtful-split", message, "warning", span, "title")
        yield msgspec.structs.replace(problem, line=line)
    elif not parts.authors:
        message = f"no authors found: {reading_in_words(parts.title, '')}"
        yield source.problem("listing-no-authors", message, "warning", span, "author")


def _header_problems(
    source: Source, listing: Listing, header: re.Match[str], dated: Dated, line: int
) -> Iterator[Problem]:
    """A class that is not known, once per listing; a date that does not exist."""
    short = header["category"] or ""
    if short and not full_class(short) and short not in listing.classes:
        listing.classes.add(short)
        message = f"the class {short!r} is in no archive of arXiv or in several; it was kept as it stands"
        yield Problem("listing-class", message, "note", source.name, line, raw=stripped(header[0]), field="keyword")
    if dated.date.literal and not dated.undated:
        message = f"there is no day {dated.date.literal!r}; it was kept as text"
        yield Problem(
            "listing-bad-date", message, "warning", source.name, line, raw=stripped(header[0]), field="issued"
        )


_READERS: dict[str, Callable[[Source, Listing, Block], Iterator[Record | Problem]]] = {
    "front": _read_front,
    "profile": _read_profile,
    "entry": _read_entry,
}

FORMAT = Format(
    name="listing",
    title="Plain-text paper listing",
    suffixes=(".txt",),
    read=read,
    detect=detect,
    learn=learn,
    written=written,
    layouts=tuple(f"{layout.name}: {layout.title}" for layout in LAYOUTS),
)
