"""PubMed's nbib (MEDLINE) for bibkit: an example of a format that comes from another distribution.

Source: "MEDLINE/PubMed Data Element (Field) Descriptions", National Library of Medicine. A tag fills four characters,
then come a hyphen, a blank and the value; six blanks begin a line that continues it. What has no CSL variable is
carried as `extra["nbib:XX"]`, a list of values in order, and written back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bibkit import dates, names
from bibkit.fieldmap import KEYWORD, FieldRule, Table, TypeRule
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.losses import losses
from bibkit.problems import Problem
from bibkit.record import DATE_VARIABLES, TEXT_VARIABLES, Date, Name, Origin, Record, replace

PREFIX = "nbib:"  # of what only this format knows, in Record.extra

# ------------------------------------------------------------------------------------------------ facts

PLAIN = """
    JT=container-title TA=container-title-short VI=volume IP=issue PG=page PMC=PMCID ISBN=ISBN AB=abstract LA=language
    PB=publisher PL=publisher-place
"""  # tags whose values are those of a variable as they stand
TABLE = Table(
    "nbib",
    (  # a record has several publication types: the first one here says what it is, the others are carried
        TypeRule("Preprint", "article"),
        TypeRule("Journal Article", "article-journal"),
        TypeRule("Book", "book"),
        TypeRule("Dataset", "dataset"),
        TypeRule("Technical Report", "report"),
        TypeRule("Academic Dissertation", "thesis"),
    ),
    (
        FieldRule("PMID", "PMID", way="read"),
        FieldRule("TI", "title", "title"),
        FieldRule("FAU", "author", "name"),
        FieldRule("AU", "author", "initials", way="read"),
        FieldRule("CN", "author", "group", way="read"),
        FieldRule("DP", "issued", "date"),
        FieldRule("AID", "DOI", "doi"),
        FieldRule("LID", "DOI", "doi", way="read"),
        FieldRule("IS", "ISSN", "issn"),
        *(FieldRule(tag, variable) for tag, _, variable in (pair.partition("=") for pair in PLAIN.split())),
        FieldRule("MH", KEYWORD, way="read"),
        FieldRule("OT", KEYWORD),
    ),
)
DEFAULT = "article-journal"  # MEDLINE is of journals: a letter or an editorial has no other type
OTHERS = Name(family="et al.")  # where the list of authors was cut

# ------------------------------------------------------------------------------------------------ values

_INITIALS = re.compile(r"(.+?) ([A-ZÀ-ÖØ-Þ]{1,4}(?: (?:Jr|Sr|II|III|IV|2nd|3rd))?)")
_BLANKS = re.compile(r"[ \t\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")  # but not the no-break space, which means something
_MONTHS = dict(enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1))
_MONTHS |= dict(enumerate("Spring Summer Autumn Winter".split(), 21))  # as EDTF numbers them


def one_line(value: str) -> str:
    """The value as it can stand behind a tag."""
    return _BLANKS.sub(" ", value).strip(" ")


def read_name(value: str) -> Name:
    """`King, Martin Luther Jr`: a suffix has no comma of its own."""
    name = names.parse_sorted(value)
    given, _, last = name.given.rpartition(" ")
    return replace(name, given=given, suffix=last) if given and last in names.SUFFIXES and not name.suffix else name


def read_initials(value: str) -> Name:
    """`King ML Jr`."""
    found = _INITIALS.fullmatch(value)
    return read_name(f"{found[1]}, {found[2]}") if found else Name(family=value)


def write_name(name: Name) -> str:
    """The full name, as `FAU` has it."""
    known = name.suffix in names.SUFFIXES
    return f"{names.format_sorted(replace(name, suffix=''))} {name.suffix}" if known else names.format_sorted(name)


def write_initials(name: Name) -> str:
    """The full name's short form, as `AU` has it."""
    family, _, given = names.format_sorted(replace(name, suffix="")).partition(", ")
    initials = "".join(word[0] for word in re.split(r"[ .-]+", given) if word[:1].isupper())
    return " ".join(filter(None, (family.rstrip(","), initials, name.suffix)))


def write_date(date: Date) -> str:
    """`2020 Jan 15`, `2020 Jan-Feb`, `2020 Spring`; what cannot be said so in EDTF, or as its text."""
    given = [(*parts, 0)[:2] + parts[2:] for parts in (date.start, date.end) if parts]
    sides = [" ".join([f"{year:04}", *_MONTHS.get(month, "").split(), *map(str, day)]) for year, month, *day in given]
    year = sides[0][:5] if sides else ""
    text = "-".join([*sides[:1], *(side.removeprefix(year) for side in sides[1:])])
    return text if dates.parse_text(text) == date else dates.format_edtf(date) or date.literal


KINDS: dict[str, tuple[Callable[[str], Any], Callable[[Any], str]]] = {  # to read and to write a value of each kind
    "text": (str, str),
    # MEDLINE ends titles with a full stop.
    "title": (
        lambda value: value.removesuffix(".") or value,
        lambda title: title if title[-1] in "?!" else f"{title}.",
    ),
    "doi": (lambda value: value.removesuffix(" [doi]") if value.endswith(" [doi]") else "", "{} [doi]".format),
    "issn": (lambda value: value.partition(" (")[0], str),
    "date": (dates.parse_text, write_date),
    "name": (read_name, write_name),
    "initials": (read_initials, write_initials),
    "group": (lambda value: Name(literal=value), names.format_sorted),
}

# ------------------------------------------------------------------------------------------------ reading

_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}-(?: (.*)|$)")


def blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number of the first line and the lines of each record: an empty line or a second `PMID` ends it."""
    block: list[str] = []
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        again = line.startswith("PMID-") and any(above.startswith("PMID-") for above in block)
        if block and (again or not line.strip()):
            yield number - len(block), block
            block = []
        if line.strip():
            block.append(line)


Line = tuple[int, str, str]  # number, tag (empty where there is none) and value


def tagged(start: int, block: list[str]) -> list[Line]:
    """The lines of a record, each with those that continue it."""
    lines: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(block, start):
        if found := _LINE.match(line):
            lines.append((number, found[1], [found[2] or ""]))
        elif line.startswith(" ") and lines and lines[-1][1]:
            lines[-1][2].append(line)
        else:
            lines.append((number, "", [line]))
    return [(number, tag, one_line(" ".join(parts))) for number, tag, parts in lines]


def read(text: str, source: str, options: ReadOptions) -> Iterator[Record | Problem]:
    """Every record, and a Problem for what is not as it should be. Never raises."""
    for start, block in blocks(text):
        lines = tagged(start, block)
        for number, code, message, value in _faults(lines):
            yield Problem(code, message, source=source, line=number, raw=value)
        if any(tag for _, tag, _ in lines):
            if not any(tag == "PT" and TABLE.type_in(value) for _, tag, value in lines):
                message = f"no known publication type; taken as {options.type or DEFAULT}"
                yield Problem("nbib-type", message, "note", source, start)
            origin = Origin(source, "nbib", start, start + len(block) - 1, "\n".join(block))
            yield _record(lines, options.type or DEFAULT, origin)


def _faults(lines: list[Line]) -> Iterator[tuple[int, str, str, str]]:
    for number, tag, value in lines:
        if not tag:
            yield number, "nbib-line", "this line has no tag and continues none", value
        elif tag == "DP" and value and not dates.parse_text(value).year:
            yield number, "nbib-date", f"{value!r} is not understood as a date", value


def _record(lines: list[Line], default: str, origin: Origin) -> Record:
    """The Record: each value goes to the first rule for its tag that can use it, and else into `extra`."""
    given = {value for _, tag, value in lines if tag == "PT"}
    kind = next((rule.ours for rule in TABLE.type_rules if rule.theirs in given), default)
    rules, own = TABLE.reading("", kind), TABLE.type_out(kind)
    found: dict[str, list[Any]] = {}
    extra: dict[str, list[str]] = {}
    tags = {tag for _, tag, _ in lines}
    for _, tag, value in lines:
        said = not tag or not value or (tag == "PT" and own and value == own.theirs)
        if not said and not any(_use(found, rule, value, tags) for rule in rules.get(tag, ())):
            extra.setdefault(f"{PREFIX}{tag}", []).append(value)
    authors = tuple(name for name in found.get("author", ()) if name != OTHERS)
    return Record(
        type=kind,
        texts={name: values[0] for name, values in found.items() if values and name in TEXT_VARIABLES},
        names={"author": authors} if authors else {},
        dates={name: values[0] for name, values in found.items() if name in DATE_VARIABLES},
        cut=("author",) if OTHERS in found.get("author", ()) else (),
        keywords=tuple(dict.fromkeys(found.get(KEYWORD, ()))),
        extra=extra,
        origins=(origin,),
    )


def _use(found: dict[str, list[Any]], rule: FieldRule, value: str, tags: set[str]) -> bool:
    """Take a value. Whether the rule's variable says all of it then."""
    held = found.setdefault(rule.ours, [])
    one = KINDS[rule.kind][0](value)
    if rule.theirs == "AU" and "FAU" in tags and one != OTHERS:  # the short form of the name above
        return bool(held) and value.startswith(write_initials(replace(held[-1], given="", suffix="")))
    if rule.ours in ("author", KEYWORD):
        held.append(one)
        return rule.theirs != "MH"  # which keywords are subject headings is carried
    if one and not held:
        held.append(one)
    return held == [one] and (rule.kind != "issn" or one == value)


# ------------------------------------------------------------------------------------------------ writing


def write(records: Iterable[Record], options: WriteOptions) -> Iterator[str | Problem]:
    """Each record, and a Problem for each value that does not come back. `PMID` is always there: it begins a record."""
    for record in records:
        text = "".join(f"{tag:<4}- {one_line(value)}\n" for tag, value in _lines(record) if value or tag == "PMID")
        after = next(item for item in read(text, "", ReadOptions()) if isinstance(item, Record))
        source, line = record.place()
        for variable, value, instead in losses(record, after):
            message = f"nbib cannot hold {variable} {value!r:.80}" + (f", only {instead!r:.80}" if instead else "")
            yield Problem("nbib-lost", message, source=source, line=line, key=record.key, field=variable)
        yield f"{text}\n"


def _lines(record: Record) -> Iterator[tuple[str, str]]:
    """Tag and value of each line."""
    yield "PMID", record.texts.get("PMID", "")
    for rules in TABLE.writing("", record.type).values():
        yield from _written(record, rules[0])
    kind = TABLE.type_out(record.type)
    yield "PT", kind.theirs if kind else ""
    for name in record.extra:
        tag = name.removeprefix(PREFIX)
        if name != tag and tag not in ("PMID", "MH") and _LINE.fullmatch(f"{tag}-"):
            yield from ((tag, value) for value in _carried(record, tag))


def _written(record: Record, rule: FieldRule) -> Iterator[tuple[str, str]]:
    """The lines of one variable."""
    write_value = KINDS[rule.kind][1]
    if rule.ours == "author":
        for name in record.authors:
            full = [("FAU", write_value(name)), ("AU", write_initials(name))]
            yield from [("CN", name.literal)] if name.literal else full
        yield "AU", OTHERS.family if "author" in record.cut else ""
    elif rule.ours == KEYWORD:
        headings = set(_carried(record, "MH"))
        yield from (("MH" if word in headings else rule.theirs, word) for word in record.keywords)
    else:
        value = (record.dates if rule.ours in DATE_VARIABLES else record.texts).get(rule.ours)
        said = rule.kind == "issn" and value in [line.partition(" (")[0] for line in _carried(record, rule.theirs)]
        if value and not said:
            yield rule.theirs, write_value(value)


def _carried(record: Record, tag: str) -> list[str]:
    """What was read from a tag and has no variable."""
    values = record.extra.get(f"{PREFIX}{tag}")
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def detect(text: str) -> float:
    """Each record has a `PMID-` line."""
    return 0.9 if re.search(r"(?:\A\ufeff?|[\r\n])PMID-", text) else 0.0


FORMAT = Format("nbib", "PubMed (MEDLINE, nbib)", (".nbib",), read, write, detect)
