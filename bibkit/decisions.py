"""`decisions.toml`: what people said about works, so that nobody is asked twice. A value, and its text.

One decision is one line, named by a digest of what it says: a line is added or taken out and every other one, with all
comments, stays as it stands; two branches that both added lines merge by union without losing one. A table that a
person wrote over several lines is read as well.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any, Literal, NoReturn, Protocol

import msgspec

from bibkit import text
from bibkit.identity import identities, is_text, sight
from bibkit.lock.pins import MARKERS
from bibkit.problems import StateError
from bibkit.record import Json, Record

FILE = "decisions.toml"
HEADER = (
    "# bibkit decisions 1\n"
    "# What people said about works, one decision a line: same, different, version-of, prefer, mine, or not-mine.\n"
    "# Add comments as you like; delete a line to be asked again. Keep this file in git.\n\n"
)
WIDEST_TITLE = 200  # characters of a title that a decision shows

Kind = Literal["same", "different", "version-of", "prefer", "mine", "not-mine"]
KINDS: tuple[Kind, ...] = ("same", "different", "version-of", "prefer", "mine", "not-mine")
CLAIMS: tuple[Kind, ...] = ("mine", "not-mine")  # of works one by one: whether the person of the CV is an author

# ------------------------------------------------------------------------------------------------ values


class Work(msgspec.Struct, frozen=True, omit_defaults=True):
    """A work as a decision names it. `known` decides which records it is; the others say it to people, and break ties.

    `known` are identities (see `identity`) of all its records, `seen` the digests of these as they were. A person may
    write a work as a string: an identity ("doi:10.1000/x") or a citation key.
    """

    key: str = ""
    title: str = ""
    sources: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()


class Decision(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody said about two or more works, or for `prefer` about the values of one.

    `values` are by variable, as JSON. `when` is a date or time as in RFC 3339. `name` is the line's name in the file;
    without one, `named` gives it its digest.
    """

    kind: Kind
    works: tuple[Work, ...]
    values: Mapping[str, Json] = msgspec.field(default_factory=dict)
    why: str = ""
    who: str = ""
    when: str = ""
    name: str = ""


class Decisions(msgspec.Struct, frozen=True):
    """All decisions in the order of the file, and the line of each by its name."""

    made: tuple[Decision, ...] = ()
    source: str = FILE
    lines: Mapping[str, int] = msgspec.field(default_factory=dict)

    def line(self, decision: Decision) -> int:
        """Where it stands; 0 where that is not known."""
        return self.lines.get(decision.name, 0)


class Store(Protocol):
    """Where decisions are kept. A file, or for a test a list."""

    def add(self, decision: Decision) -> Decision:
        """Keep a decision; it comes back with its name."""

    def remove(self, decision: Decision) -> None:
        """Forget a decision that was added."""


def now_in_utc() -> str:
    """The moment of a decision, to the second."""
    return _written(datetime.datetime.now(datetime.UTC).replace(microsecond=0))


def work_of(records: Sequence[Record], key: str = "") -> Work:
    """How a decision names the work that these records are of."""
    known = {record: identities(one) for record, one in enumerate(records)}
    names = {name for found in known.values() for name in found}
    return Work(
        key=key or next((record.key for record in records if record.key), ""),
        title=text.plain(records[0].title)[:WIDEST_TITLE] if records else "",
        sources=tuple(sorted({record.place()[0] for record in records} - {""})),
        known=tuple(sorted(names, key=lambda name: (is_text(name), name))),
        seen=tuple(sorted({sight(record, known[place]) for place, record in enumerate(records)})),
    )


def named(decision: Decision) -> Decision:
    """The decision with its name: a digest of all that it says."""
    digest = blake2b(_body(decision).encode("utf-8", "replace"), digest_size=6).hexdigest()
    return decision if decision.name else msgspec.structs.replace(decision, name=f"d{digest}")


# ------------------------------------------------------------------------------------------------ writing


def dumps(decisions: Decisions) -> str:
    """The text of decisions, one a line in their order. `loads` is its inverse."""
    return HEADER + "".join(map(_line, decisions.made))


def _line(decision: Decision) -> str:
    whole = named(decision)
    return f"{_toml_key(whole.name)} = {_body(whole)}\n"


def _body(decision: Decision) -> str:
    works = [_table(work) for work in decision.works]
    said: dict[str, str] = {}
    if decision.kind == "prefer":
        said["prefer"], said["work"] = _toml(decision.values), _toml(works[0])
    else:
        said[decision.kind] = _toml(works)
    said |= {name: _toml(value) for name in ("why", "who") if (value := getattr(decision, name))}
    if decision.when:
        said["when"] = decision.when if _moment(decision.when) else _toml(decision.when)
    return _inline(said)


def _table(work: Work) -> dict[str, Json]:
    found: dict[str, Json] = msgspec.to_builtins(work)
    return {_OUR_WORDS.get(name, name): value for name, value in found.items()}


_OUR_WORDS = {"sources": "in", "known": "known-by"}


def _moment(when: str) -> bool:
    """Whether TOML has this date or time as a value of its own, and gives it back in the same letters."""
    try:
        return (
            _written(datetime.datetime.fromisoformat(when) if "T" in when else datetime.date.fromisoformat(when))
            == when
        )
    except ValueError:
        return False


def _written(moment: datetime.datetime | datetime.date) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _toml(value: Json) -> str:
    """A value of JSON on one line of TOML. TOML has no null: it is the empty string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, Mapping):
        return _inline({_toml_key(name): _toml(each) for name, each in value.items()})
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    return _quoted(value or "")


def _inline(members: Mapping[str, str]) -> str:
    return f"{{ {', '.join(f'{name} = {value}' for name, value in members.items())} }}" if members else "{}"


_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f\x85\u2028\u2029\ud800-\udfff]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _toml_key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _quoted(name)


def _quoted(value: str) -> str:
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _escape(found: re.Match[str]) -> str:
    """TOML's escapes; half a surrogate pair, which TOML cannot hold, becomes U+FFFD."""
    char = found[0]
    return _SHORT.get(char) or ("\ufffd" if "\ud800" <= char <= "\udfff" else f"\\u{ord(char):04x}")


# ------------------------------------------------------------------------------------------------ reading


def loads(content: str, source: str = FILE) -> Decisions:
    """The decisions that a text holds. Raises StateError, with file and line, for a text that cannot be used."""
    content = content.removeprefix("\ufeff").replace("\r\n", "\n")
    _check_conflicts(content, source)
    lines: dict[str, int] = {}
    kept = _without_repeats(content)
    try:
        found = tomllib.loads(kept)
    except tomllib.TOMLDecodeError as error:
        raise _broken(str(error), source, kept.rstrip().count("\n") + 1) from error
    for number, line in enumerate(kept.split("\n"), 1):
        if begun := _BEGUN.match(line):
            lines.setdefault(begun[1].strip("\"'"), number)
    made = tuple(_Reader(source, name, lines.get(name, 0)).read(table) for name, table in found.items())
    return Decisions(made, source, lines)


_BEGUN = re.compile(r"""\[?[ \t]*([A-Za-z0-9_-]+|"[^"\\\n]*"|'[^'\n]*')[ \t]*[=\]]""")
_OURS = re.compile(r"d[0-9a-f]{12} = \{")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def _without_repeats(content: str) -> str:
    """A line that a merge of two branches left twice counts once; all lines keep their numbers."""
    seen: set[str] = set()
    kept = []
    for line in content.split("\n"):
        repeated = line in seen and _OURS.match(line)
        seen.add(line)
        kept.append("" if repeated else line)
    return "\n".join(kept)


def _check_conflicts(content: str, source: str) -> None:
    for number, line in enumerate(content.split("\n"), 1):
        if line.startswith(MARKERS):
            advice = "delete the marks, keep the lines of both sides, and build again"
            raise StateError(f"{source}:{number}: git left conflict marks; {advice}")


def _broken(message: str, source: str, last: int) -> StateError:
    """Tomllib's message with the line that it names; what is open at the end of the text is said of its last line."""
    place = _AT.search(message)
    line = place[1] or last if place else 1
    what = _AT.sub("", message)
    return StateError(f"{source}:{line}: this is no TOML: {what[:1].lower()}{what[1:]}; mend or delete this line")


class _Reader:
    """Reads one decision, and says what is wrong with it."""

    def __init__(self, source: str, name: str, line: int) -> None:
        self.place = f"{source}:{line}" if line else source
        self.name = name

    def fault(self, message: str) -> NoReturn:
        raise StateError(f"{self.place}: the decision {self.name!r} {message}")

    def read(self, table: Any) -> Decision:
        if not isinstance(table, dict):
            self.fault("is no table such as { same = [WORK, WORK] }")
        self.check_words(table)
        kind = self.kind(table)
        values = table["prefer"] if kind == "prefer" else {}
        works = self.works(*self.named(kind, table))
        if not isinstance(values, dict):
            self.fault('must name variables: prefer = { title = "..." }')
        why, who = self.words(table, "why"), self.words(table, "who")
        return Decision(kind, works, _plain(values), why, who, self.when(table), self.name)

    def check_words(self, table: Mapping[str, Any]) -> None:
        known = (*KINDS, "work", "why", "who", "when")
        for word in table:
            if word not in known:
                near = get_close_matches(word, known, 1)
                self.fault(f"has an unknown word {word!r}" + (f"; did you mean {near[0]!r}?" if near else ""))

    def kind(self, table: Mapping[str, Any]) -> Kind:
        found = [kind for kind in KINDS if kind in table]
        if len(found) != 1:
            self.fault(f"must have one of {', '.join(KINDS)}" + (f"; it has {' and '.join(found)}" if found else ""))
        return found[0]

    def named(self, kind: Kind, table: Mapping[str, Any]) -> tuple[Any, int]:
        """The works as they are written, and how many there must be. A claim may name one without brackets."""
        if kind == "prefer":
            return [table.get("work")], 1
        given = table[kind]
        return ([given], 1) if kind in CLAIMS and isinstance(given, (str, dict)) else (given, 1 + (kind not in CLAIMS))

    def works(self, given: Any, least: int) -> tuple[Work, ...]:
        if not isinstance(given, list) or len(given) < least:
            self.fault("must name two works or more" if least > 1 else 'must name its work: ["KEY"]')
        return tuple(map(self.work, given))

    def work(self, given: Any) -> Work:
        if isinstance(given, str) and given:
            return Work(known=(given,)) if _IDENTITY.match(given) else Work(key=given)
        if not isinstance(given, dict):
            self.fault('must name its work: work = "KEY", or "doi:10.1000/x"')
        theirs = {word: name for name, word in _OUR_WORDS.items()}
        try:
            found = msgspec.convert({theirs.get(word, word): value for word, value in given.items()}, Work)
        except msgspec.ValidationError as error:
            self.fault(f"names a work that cannot be understood: {error}")
        if not found.known and not found.key:
            self.fault("names a work that has neither known-by nor key")
        return found

    def words(self, table: Mapping[str, Any], name: str) -> str:
        value = table.get(name, "")
        return value if isinstance(value, str) else self.fault(f"has {name} = {value!r}, which is no text")

    def when(self, table: Mapping[str, Any]) -> str:
        value = table.get("when", "")
        if isinstance(value, (datetime.datetime, datetime.date)):
            return _written(value)
        return self.words(table, "when")


_IDENTITY = re.compile(r"(?:doi|arxiv|pmid|zotero|text):.")


def _plain(value: Any) -> Any:
    """TOML's dates and times as text; all else is JSON already."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else value


# ------------------------------------------------------------------------------------------------ editing


def added(content: str, decision: Decision) -> str:
    """The text with one decision more; everything else stays as it stands, byte for byte.

    The line goes to the end, or before the first table that a person wrote: behind it, it would be part of the table.
    """
    body = content if content.strip() else HEADER
    line = _line(decision)
    table = _TABLE.search(body)
    if not table:
        return f"{body}{'' if body.endswith(chr(10)) else chr(10)}{line}"
    place = _above_comments(body, table.start())
    changed = body[:place] + line + body[place:]
    if _holds(changed, body, named(decision).name):
        return changed
    return dumps(Decisions((*loads(body).made, named(decision))))


_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)


def _above_comments(body: str, place: int) -> int:
    """Comments right above a table belong to it."""
    while place and body[: place - 1].rpartition("\n")[2].lstrip().startswith("#"):
        place = body.rfind("\n", 0, place - 1) + 1
    return place


def _holds(changed: str, body: str, name: str) -> bool:
    """Whether the changed text says what the old one said, and at its top the decision of this name."""
    try:
        found = tomllib.loads(changed)
    except tomllib.TOMLDecodeError:
        return False
    return found.pop(name, None) is not None and found == tomllib.loads(body)


def removed(content: str, name: str) -> str:
    """The text without the line of this decision. A table that a person wrote over several lines is left alone."""
    lines = content.split("\n")
    return "\n".join(line for line in lines if not line.startswith(f"{_toml_key(name)} = {{"))


def taken_out(content: str, names: Iterable[str]) -> str:
    """The text without the lines of these decisions."""
    for name in names:
        content = removed(content, name)
    return content


def all_works(decisions: Decisions) -> Iterator[Work]:
    """Every work that a decision names."""
    for decision in decisions.made:
        yield from decision.works
