"""What every format and every check must satisfy, for our own and for plugins.

`check_format(FORMAT)` and `check_check(CHECK)` are one test each.

Needs Hypothesis, which comes with the extra `dev`; it is imported when a check runs.

    from bibkit.testing import check_format
    from my_format import FORMAT

    def test_format():
        check_format(FORMAT)
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from bibkit.checks import Check, Finding, Terms, check_text, mend
from bibkit.checks.examples import format_of, whole
from bibkit.checks.run import BROKEN
from bibkit.formats import Format, ReadOptions, WriteOptions
from bibkit.losses import losses
from bibkit.problems import Problem
from bibkit.record import DATE_VARIABLES, NAME_VARIABLES, TEXT_VARIABLES, TYPES, Date, Name, Record, replace

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

# Two names of one variable, and what is `Record.key`: records that are in order do not have them as texts.
NOT_AS_TEXT = frozenset({"citation-key", "journalAbbreviation", "shortTitle"})

# Texts that have broken converters: scripts, marks, quotes, brackets, what is a tag or a date elsewhere, long lines.
TEXTS = (
    "A plain title",
    "Ein Überblick über Größen – naïve „Zitate“",
    "Исследование о природе",
    "機械学習の基礎",
    "한국어 제목",
    "كتاب الموسيقى",
    "עברית",
    "พิพิธภัณฑ์",
    "On <i>Escherichia coli</i> and H<sub>2</sub>O",
    "<span class=\"nocase\">NASA</span> in <b>bold",
    "it's ``so'' and 'that' -- or — ‘this’, “that”",
    "$\\alpha$-decay in $O(n)$: Poincar\\'e's \\textbf{M}odel, \\foo{bar} \\",
    "costs $5 & 10 % of #1_2 {braces} ~tilde^ \\command",
    "TY  - JOUR",
    "@article{key, title={x}}",
    '{"id": "x"}',
    "key: value; a, b",
    "1234-5679",
    "10.1000/xyz(1)",
    "https://example.org/a_b?c=d&e=%20f",
    "emoji 🧪 and a\u0301 combining",
    "tab\tin it",
    "two\nlines",
    "three\n\nparagraphs\nhere",
    "word " * 400 + "end",
    "x" * 3000,
    " blanks at the ends ",
    "\x07bell and \x1b escape",
    "12",
    "iv-x",
    "12-15",
)  # fmt: skip
NAME_PARTS = (
    "Smith",
    "Ó Briain",
    "van der Berg",
    "李",
    "Müller-Lüdenscheidt",
    "d'Alembert",
    "O’Neill",
    "{Braced} and Sons",
    "others",
    "X.",
    "Jean-Paul M.",
    "Al-Khwārizmī",
)


def check_format(format: Format, *, examples: int = 100) -> None:  # noqa: A002 (the field's own word)
    """Raises AssertionError, saying what is wrong, unless the format keeps what every format promises.

    - Reading never raises, whatever the text; it yields Records and Problems only.
    - Writing yields text and Problems only, never raises, and the same bytes for the same records.
    - Each record comes back, in order, and what does not come back as it was is what the writer reported: each of these
      variables has a Problem that is a loss (`Problem.is_loss`) with the record's key and the variable as `field`, and
      there is no such Problem for a value that does come back.
    - What was read and written once does not change any more when it is read and written again.
    - The format recognises what it has written.
    """
    _check_names(format)
    if format.read is not None:
        _check_reading(format, examples)
    if format.write is not None:
        _check_writing(format, examples)


def _require(holds: object, otherwise: str) -> None:
    """`assert`, which stays when Python runs with -O."""
    if not holds:
        raise AssertionError(otherwise)


def _check_names(format: Format) -> None:  # noqa: A002
    _require(format.name and format.name == format.name.lower(), f"{format.name!r}: a format's name is in lower case")
    _require(format.title, f"{format.name}: a format has a title")
    _require(format.read or format.write, f"{format.name}: a format can be read or written")
    _require(all(one.startswith(".") for one in format.suffixes), f"{format.name}: suffixes begin with a dot")


# ------------------------------------------------------------------------------------------------ reading


def _check_reading(format: Format, examples: int) -> None:  # noqa: A002
    from hypothesis import strategies as st

    def never_raises(text: str) -> None:
        read_all(format, text)

    def never_raises_on_damage(records: list[Record], place: int, instead: str) -> None:
        text = write_all(format, records)[0]
        at = place % (len(text) + 1)
        read_all(format, text[:at])
        read_all(format, text[:at] + instead + text[at + 1 :])

    _try(examples, never_raises, st.one_of(st.text(), texts(), st.lists(st.sampled_from(TEXTS)).map("\n".join)))
    if format.write is not None:
        marks = st.sampled_from(["", "\n", '"', "}", "]", "{", "\0", ",", "-", "@"])
        _try(examples, never_raises_on_damage, record_lists(), st.integers(0, 10_000), marks)


def read_all(format: Format, text: str) -> tuple[list[Record], list[Problem]]:  # noqa: A002
    """The Records and the Problems that are read from a text; AssertionError if the reader raises or gives others."""
    if format.read is None:
        return [], []
    try:
        items = list(format.read(text, "a source", ReadOptions()))
    except Exception as error:
        raise AssertionError(f"{format.name}: reading raised {error!r} on {text[:500]!r}") from error
    records = [item for item in items if isinstance(item, Record)]
    problems = [item for item in items if isinstance(item, Problem)]
    _require(len(items) == len(records) + len(problems), f"{format.name}: a reader gives Records and Problems only")
    rate = format.detect(text) if format.detect else 0
    _require(0 <= rate <= 1, f"{format.name}: detect gave {rate}, which is not between 0 and 1")
    return records, problems


# ------------------------------------------------------------------------------------------------ writing


def _check_writing(format: Format, examples: int) -> None:  # noqa: A002
    def comes_back(records: list[Record]) -> None:
        text, problems = write_all(format, records)
        _require(write_all(format, records)[0] == text, f"{format.name}: the same records were written in two ways")
        if format.read is not None:
            _compare(format, records, text, problems)

    _try(examples, comes_back, record_lists())


def write_all(format: Format, records: Sequence[Record]) -> tuple[str, list[Problem]]:  # noqa: A002
    """The text and the Problems that are written for records; AssertionError if the writer raises or gives others."""
    if format.write is None:
        return "", []
    try:
        items = list(format.write(records, WriteOptions()))
    except Exception as error:
        raise AssertionError(f"{format.name}: writing raised {error!r} on {records!r}") from error
    pieces = [item for item in items if isinstance(item, str)]
    problems = [item for item in items if isinstance(item, Problem)]
    _require(len(items) == len(pieces) + len(problems), f"{format.name}: a writer gives text and Problems only")
    text = "".join(pieces)
    _require(_is_unicode(text), f"{format.name}: half a surrogate pair in what was written")
    return text, problems


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def _compare(format: Format, records: list[Record], text: str, problems: list[Problem]) -> None:  # noqa: A002
    name = format.name
    again, _ = read_all(format, text)
    _require(
        len(again) == len(records), f"{name}: {len(records)} records written, {len(again)} read again\n{text[:2000]}"
    )
    for before, after in zip(records, again, strict=True):
        check_losses(name, before, after, problems)
    if records and format.detect:
        _require(format.detect(text) >= 0.5, f"{name}: does not recognise what it wrote\n{text[:500]}")
    once, _ = write_all(format, again)
    twice, _ = write_all(format, read_all(format, once)[0])
    _require(once == twice, f"{name}: a second pass changes what the first one wrote\n{once[:2000]}\n{twice[:2000]}")


def check_losses(name: str, before: Record, after: Record, problems: Iterable[Problem]) -> None:
    """Raises AssertionError unless what is lost between two records is exactly what the Problems report."""
    lost = {variable: (value, instead) for variable, value, instead in losses(before, after)}
    reported = {one.field for one in problems if one.key == before.key and one.is_loss}
    silent = {variable: lost[variable] for variable in sorted(lost.keys() - reported)}
    _require(not silent, f"{name}: lost, but not reported (variable: before, after): {silent!r}")
    alarms = sorted(reported - lost.keys())
    _require(not alarms, f"{name}: reported as lost, but not lost: {alarms} of {before!r}")


# ------------------------------------------------------------------------------------------------ what is tried


def _try(examples: int, property_: Callable[..., None], *values: SearchStrategy[Any]) -> None:
    """Run a property on that many examples, the same ones each time."""
    from hypothesis import HealthCheck, given, settings

    chosen = settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    chosen(given(*values)(property_))()


def texts() -> SearchStrategy[str]:
    """Values of texts: never empty, never half a surrogate pair, otherwise anything."""
    from hypothesis import strategies as st

    anything = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
    return st.one_of(st.sampled_from(TEXTS), st.sampled_from(TEXTS), anything).filter(str.strip)


def people() -> SearchStrategy[Name]:
    """Names: persons in all their parts, and organisations."""
    from hypothesis import strategies as st

    part = st.one_of(st.sampled_from(NAME_PARTS), texts().filter(lambda text: len(text) < 100))
    rest = {
        "suffix": st.sampled_from(["", "", "Jr.", "III"]),
        "dropping_particle": st.sampled_from(["", "", "von", "d'"]),
        "non_dropping_particle": st.sampled_from(["", "", "van", "de la"]),
        "comma_suffix": st.booleans(),
        "static_ordering": st.sampled_from([False, False, True]),
    }
    plain = st.builds(Name, family=part, given=part)
    return st.one_of(plain, plain, st.builds(Name, family=part, given=part, **rest), st.builds(Name, literal=part))


def days() -> SearchStrategy[Date]:
    """Dates: of each precision, ranges, open ones, uncertain ones, and texts."""
    from hypothesis import strategies as st

    year = st.one_of(st.integers(1400, 2100), st.integers(-3000, 9999))
    month = st.tuples(year, st.integers(1, 12))
    season = st.tuples(year, st.integers(21, 24))
    full = st.tuples(year, st.integers(1, 12), st.integers(1, 28))
    last = month.map(lambda parts: (*parts, monthrange(2000 + parts[0] % 400, parts[1])[1]))
    parts: SearchStrategy[tuple[int, ...]] = st.one_of(st.tuples(year), month, season, full, last)
    qualifier = st.sampled_from(["", "", "~", "?", "%"])
    spans = st.tuples(parts, parts).map(lambda two: sorted(two, key=lambda one: one[0]))
    return st.one_of(
        st.builds(Date, start=parts),
        st.builds(Date, start=parts, qualifier=qualifier),
        st.builds(Date, start=full, time=st.sampled_from(["14:35:00Z", "09:00:00"])),
        st.builds(lambda two, one, other: Date(two[0], two[1], one, other), spans, qualifier, qualifier),
        st.builds(Date, start=parts, end=st.just(())),
        st.builds(Date, end=parts),
        st.builds(Date, literal=st.sampled_from(["forthcoming", "in press", "Trinity term"])),
        st.builds(Date, start=parts, literal=st.sampled_from(["about then", "Michaelmas"])),
    )


def record_lists() -> SearchStrategy[list[Record]]:
    """Up to three records with keys of their own."""
    from hypothesis import strategies as st

    def with_keys(records: list[Record]) -> list[Record]:
        return [replace(record, key=f"{record.key}{number}") for number, record in enumerate(records)]

    return st.lists(one_record(), max_size=3).map(with_keys)


def one_record() -> SearchStrategy[Record]:
    """A record of any type with any variables."""
    from hypothesis import strategies as st

    return st.builds(
        Record,
        type=st.sampled_from(sorted(TYPES)),
        key=st.sampled_from(["smith2020", "doe", "müller-1999", "a:b", "x_1"]),
        texts=_some(TEXT_VARIABLES - NOT_AS_TEXT, texts()),
        names=_some(NAME_VARIABLES, st.lists(people(), min_size=1, max_size=3).map(tuple)),
        dates=_some(DATE_VARIABLES, days()),
        cut=st.sampled_from([(), (), ("author",), ("author", "editor")]),
        keywords=st.lists(texts().filter(lambda text: len(text) < 100), max_size=3, unique=True).map(tuple),
        extra=_some({"bibtex:file", "ris:C8", "zotero:key", "csl:memo", "my:own"}, _json()),
        aliases=st.sampled_from([(), (), ("old1",), ("old1", "old2")]),
    )


def _some(names: Iterable[str], values: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    from hypothesis import strategies as st

    return st.dictionaries(st.sampled_from(sorted(names)), values, max_size=4)


def _json() -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    word = st.sampled_from(["a", "b c", "d\ne", "ü"])
    return st.one_of(
        word, st.lists(word, min_size=1, max_size=3), st.integers(1, 99), st.dictionaries(word, word, min_size=1)
    )


# ------------------------------------------------------------------------------------------------ checks


def check_check(check: Check, *, examples: int = 100) -> None:
    """Raises AssertionError, saying what is wrong, unless the check keeps what every check promises.

    - It finds something in its bad example, at a place in the text, and nothing in its good one.
    - It never raises, whatever the text, and says the same of the same text.
    - If it says that it mends, mending the bad example leaves nothing to find, and a second time changes nothing.
    """
    _require("-" in check.code and check.code == check.code.lower(), f"{check.code}: a code is family-word")
    _require(check.name and check.why, f"{check.code}: a check has a name, and says why")
    found = find(check, check.bad)
    _require(found, f"{check.code}: the bad example has nothing to find")
    text = whole(check.bad)
    _require(all(0 <= one.start <= one.end <= len(text) for one in found), f"{check.code}: a place outside of the text")
    _require(not find(check, check.good), f"{check.code}: the good example has something to find")
    _check_mends(check, found)
    from hypothesis import strategies as st

    def never_raises(text: str) -> None:
        first, second = find(check, text, "bibtex"), find(check, text, "bibtex")
        _require(not any(one.problem.code == BROKEN for one in first), f"{check.code}: {first!r}")
        _require(first == second, f"{check.code}: the same text was judged in two ways")

    _try(examples, never_raises, st.one_of(texts(), st.lists(texts(), max_size=6).map(_entry)))


def find(check: Check, example: str, format_name: str = "") -> list[Finding]:
    """What one check finds in an example: whole entries, or fields within an article that has what they lack.

    With the name of a format, the example is a text in it, as it is.
    """
    text = example if format_name else whole(example)
    found = check_text(text, "example", format_name or format_of(check, example), Terms(checks=(check,)))
    return [one for one in found if one.problem.code in (check.code, BROKEN)]


def _entry(values: Sequence[str]) -> str:
    names = ("title", "author", "pages", "doi", "year", "note")
    return (
        "@article{a,\n"
        + "".join(f"{name} = {{{value}}},\n" for name, value in zip(names, values, strict=False))
        + "}\n"
    )


def _check_mends(check: Check, found: Sequence[Finding]) -> None:
    code, text, form = check.code, whole(check.bad), format_of(check, check.bad)
    _require(
        bool(check.fix) == any(one.fix for one in found), f"{code}: the table and the function disagree on the fix"
    )
    mended = mend(text, "example", form, Terms(checks=(check,)), unsafe=True)
    _require(not mended.refused, f"{code}: its mend changes more than it says: {mended.refused!r}")
    _require(not (check.fix and mended.left), f"{code}: its mend leaves {mended.left!r}")
    again = mend(mended.text, "example", form, Terms(checks=(check,)), unsafe=True)
    _require(again.text == mended.text, f"{code}: a second mend changes something")
