"""BibTeX edits change one place and follow the style around it; the canonical form is read back as it was meant."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bibkit.edits import apply_edits
from bibkit.formats.bibtex_edit import (
    Bare,
    Edit,
    Style,
    add_field,
    append_entry,
    balanced,
    delimited,
    newline,
    remove_block,
    remove_field,
    set_field,
    set_key,
    set_type,
    write_block,
    write_entry,
    write_string,
)
from bibkit.formats.bibtex_syntax import Entry, Text, parse, parts, resolve

ALIGNED = "@article{k,\n  title  = {T},\n  author = {A},\n  year   = 1999\n}\n"
EMACS = "@Article{k,\n  title =     {T},\n  author =    {A},\n}\n"
QUOTED = '@ARTICLE{k,\r\n\tTITLE="T",\r\n\tAUTHOR="A",\r\n}\r\n'
COMMA_FIRST = "@article{k\n  , Title = {T}\n  , Year = 1999\n}"
ONE_LINE = "@article{k, title={T}, year=1999}"


def first(text: str) -> Entry:
    return next(parse(text).entries())


def pairs(text: str) -> dict[str, str]:
    return {name.lower(): resolve(raw, {}) for name, raw in first(text).pairs}


# ------------------------------------------------------------------------------------------------ edits


def test_apply_edits_in_any_order_and_refuses_overlaps() -> None:
    edits: list[Edit] = [(4, 5, "E"), (0, 1, ""), (2, 2, "+"), (2, 3, "C")]
    assert apply_edits("abcdef", edits) == "b+CdEf"
    assert apply_edits("abc", []) == "abc"
    with pytest.raises(ValueError, match="overlap at offset 1"):
        apply_edits("abc", [(0, 2, ""), (1, 3, "")])


@pytest.mark.parametrize(
    ("text", "name", "value", "old", "new"),
    [
        (ALIGNED, "title", "New", "{T}", "{New}"),
        (QUOTED, "title", "New", '"T"', '"New"'),
        (QUOTED, "title", 'The "new"', '"T"', '{The "new"}'),
        (QUOTED, "title", 'The {"}new{"}', '"T"', '"The {"}new{"}"'),
        (ALIGNED, "YEAR", "2001", "1999", "2001"),
        (ALIGNED, "year", "2001a", "1999", "{2001a}"),
        (ALIGNED, "year", Bare("jan # {x}"), "1999", "jan # {x}"),
        ("@a{k, b = x # y}", "b", "z", "x # y", "{z}"),
        ('@a{k, b = x # y, c = "d"}', "b", "z", "x # y", '"z"'),
        ("@a{k, b = 1, B = 2}", "b", "3", "1", "3"),
        (ALIGNED, "title", "un{balanced", "{T}", "{un\\textbraceleft{}balanced}"),
        ("@a{k, b = , c = 1}", "b", "x", "b = ", "b = {x}"),
        ("@a{k,\n b = {c,\n d = {e}\n}", "b", "x", "{c", "{x}"),
    ],
)
def test_set_field_changes_one_value(text: str, name: str, value: str, old: str, new: str) -> None:
    changed = apply_edits(text, set_field(text, first(text), name, value))
    assert changed == text.replace(old, new, 1)
    assert first(changed).sound


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (ALIGNED, ALIGNED.replace("1999", "1999,\n  volume = {3}")),
        (EMACS, EMACS.replace("{A}", "{A},\n  volume =    {3}")),
        (QUOTED, QUOTED.replace('"A"', '"A",\r\n\tVOLUME="3"')),
        (COMMA_FIRST, COMMA_FIRST.replace("1999", "1999\n  , Volume = {3}")),
        (ONE_LINE, ONE_LINE.replace("1999", "1999, volume={3}")),
        ("@a{k,b=1}", "@a{k,b=1,volume={3}}"),
        ("@a(k,\n b = 1)", "@a(k,\n b = 1,\n volume = {3})"),
        ("@a{k}", "@a{k,\n  volume = {3},\n}"),
        ("@a{k,}", "@a{k,\n  volume = {3},\n}"),
        ("@a{k,\r\n}", "@a{k,\r\n  volume = {3},\r\n}"),
        ("@a{}", "@a{,\n  volume = {3},\n}"),
        ("@a{k,\n  b = 1, % one\n  c = 2 % two\n}", "@a{k,\n  b = 1, % one\n  c = 2,\n  volume = {3} % two\n}"),
        ("@a{k, b = 1 c = 2}", "@a{k, b = 1 c = 2, volume = {3}}"),
        ("@a{k,\n  bb = 1,\n  cc = 2\n}", "@a{k,\n  bb = 1,\n  cc = 2,\n  volume = {3}\n}"),
        ("@a{k,\n  b  = 1,\n  cc=2\n}", "@a{k,\n  b  = 1,\n  cc=2,\n  volume={3}\n}"),
    ],
)
def test_add_field_follows_the_style_around_it(text: str, changed: str) -> None:
    entry = first(text)
    assert apply_edits(text, add_field(text, entry, "Volume", "3")) == changed
    assert set_field(text, entry, "Volume", "3") == add_field(text, entry, "Volume", "3")
    assert pairs(changed)["volume"] == "3"


def test_a_name_too_long_for_the_column_keeps_one_blank() -> None:
    for text in (ALIGNED, EMACS):
        changed = apply_edits(text, add_field(text, first(text), "containertitle", "x"))
        assert "  containertitle = {x}" in changed


@pytest.mark.parametrize(
    ("text", "name", "changed"),
    [
        (ALIGNED, "title", "@article{k,\n  author = {A},\n  year   = 1999\n}\n"),
        (ALIGNED, "Year", "@article{k,\n  title  = {T},\n  author = {A}\n}\n"),
        (EMACS, "author", "@Article{k,\n  title =     {T},\n}\n"),
        (COMMA_FIRST, "title", "@article{k\n  , Year = 1999\n}"),
        (ONE_LINE, "year", "@article{k, title={T}}"),
        (ONE_LINE, "nothing", ONE_LINE),
        ("@a{k, b = 1}", "b", "@a{k, }"),
        ("@a{k}", "b", "@a{k}"),
        ("@a{k, b=1, b=2, c=3, b=4, d=5, b=6}", "b", "@a{k, c=3, d=5}"),
        ("@a{k, b=1, b=2}", "b", "@a{k, }"),
        ("@a{k, b=1, % one\n c=2, % two\n d=3}", "c", "@a{k, b=1, % one\n % two\n d=3}"),
        ("@a{k, b=1, % one\n c=2, % two\n d=3}", "b", "@a{k, % one\n c=2, % two\n d=3}"),
    ],
)
def test_remove_field(text: str, name: str, changed: str) -> None:
    done = apply_edits(text, remove_field(text, first(text), name))
    assert done.replace("  ", " ") == changed.replace("  ", " ")
    assert name.lower() not in pairs(done)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (ONE_LINE, "@article{new:1, title={T}, year=1999}"),
        ("@a{ k , b = k}", "@a{ new:1 , b = k}"),
        ("@a{a, b = 1}", "@a{new:1, b = 1}"),
        ("@a{, b = 1}", "@a{new:1, b = 1}"),
        ("@a{b = 1}", "@a{new:1,b = 1}"),
        ("@a{}", "@a{new:1}"),
        ("@a(k)", "@a(new:1)"),
        ("@a{Two Words, b = 1}", "@a{new:1, b = 1}"),
    ],
)
def test_set_key(text: str, changed: str) -> None:
    assert apply_edits(text, set_key(text, first(text), "new:1")) == changed
    assert first(changed).key == "new:1"


def test_set_type() -> None:
    assert apply_edits(
        "@ Article {article}", set_type("@ Article {article}", first("@ Article {article}"), "book")
    ) == ("@ book {article}")


@pytest.mark.parametrize("bad", ["", "two words", "a,b", "a{b", "a=b"])
def test_names_that_bibtex_cannot_read_are_refused(bad: str) -> None:
    entry = first(ONE_LINE)
    with pytest.raises(ValueError, match="not a key"):
        set_key(ONE_LINE, entry, bad)
    with pytest.raises(ValueError, match="not a type"):
        set_type(ONE_LINE, entry, bad)
    with pytest.raises(ValueError, match="not a field name"):
        add_field(ONE_LINE, entry, bad, "x")


def test_blocks_can_be_removed_and_added() -> None:
    text = "% top\n\n@a{one}\n\n@a{two}\n\n@a{three}\n"
    one, two, three = parse(text).entries()
    assert apply_edits(text, remove_block(text, two)) == "% top\n\n@a{one}\n\n@a{three}\n"
    assert apply_edits(text, remove_block(text, three)) == "% top\n\n@a{one}\n\n@a{two}\n"
    assert apply_edits(text, [*remove_block(text, one), *remove_block(text, two)]) == "% top\n\n@a{three}\n"
    assert apply_edits("@a{b}", remove_block("@a{b}", first("@a{b}"))) == ""


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", "@x{y}\n"),
        ("@a{b}", "@a{b}\n\n@x{y}\n"),
        ("@a{b}\r\n", "@a{b}\r\n\r\n@x{y}\r\n"),
        ("t\n\n", "t\n\n@x{y}\n"),
    ],
)
def test_append_entry(text: str, changed: str) -> None:
    assert apply_edits(text, append_entry(text, "@x{y}")) == changed


def test_newline() -> None:
    assert [newline(text) for text in ("", "a", "a\nb\r\n", "a\r\nb\n", "a\rb")] == ["\n", "\n", "\n", "\r\n", "\r"]


# ------------------------------------------------------------------------------------------------ canonical form


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("a {b} c", "a {b} c"),
        ("a\\{b\\}", "a\\{b\\}"),
        ("a{b", "a\\textbraceleft{}b"),
        ("a}b", "a\\textbraceright{}b"),
        ("a\\{b", "a\\textbraceleft{}b"),
        ("a\\\\{b", "a\\\\\\textbraceleft{}b"),
        ("}{", "\\textbraceright{}\\textbraceleft{}"),
        ("{{}", "\\textbraceleft{}{}"),
    ],
)
def test_balanced(value: str, safe: str) -> None:
    assert balanced(value) == safe
    assert balanced(safe) == safe


def test_delimited() -> None:
    assert delimited("a") == "{a}"
    assert delimited("a", "quote") == '"a"'
    assert delimited('a "b"', "quote") == '{a "b"}'
    assert delimited("a}", "quote") == '"a\\textbraceright{}"'
    assert delimited(Bare("jan")) == "jan"


FIELDS = [("Title", "A {B}"), ("month", Bare("jan"))]


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (Style(), "@article{k,\n  title = {A {B}},\n  month = jan,\n}"),
        (Style(trailing_comma=False, case="keep"), "@Article{k,\n  Title = {A {B}},\n  month = jan\n}"),
        (Style(case="upper", newline="\r\n"), "@ARTICLE{k,\r\n  TITLE = {A {B}},\r\n  MONTH = jan,\r\n}"),
        (Style(case="title", indent="\t", delimiter="quote"), '@Article{k,\n\tTitle = "A {B}",\n\tMonth = jan,\n}'),
    ],
)
def test_write_entry(style: Style, text: str) -> None:
    assert write_entry("Article", "k", FIELDS, style) == text


def test_write_entry_aligned_and_empty() -> None:
    style = Style(align=True, blank_lines=2)
    assert write_entry("a", "k", [("b", "1"), ("long", "2")], style) == "@a{k,\n  b    = {1},\n  long = {2},\n}"
    assert write_entry("a", "k", [], style) == "@a{k,\n}"
    assert write_string("s", "x", style) == "@string{s = {x}}"
    assert style.gap == "\n\n\n"


def test_write_block_is_canonical_and_leaves_what_it_does_not_understand() -> None:
    text = '% c\n@A( k,b="x" # jan,C = "d", e={f}, g = 7 )@STRING(s="x")@string{a=1,b={2}}@preamble{ {p} }@a{b c={d}}'
    done = [write_block(text, block, Style()) for block in parse(text).blocks]
    assert done == [
        "% c\n",
        '@a{k,\n  b = "x" # jan,\n  c = {d},\n  e = {f},\n  g = 7,\n}',
        "@string{s = {x}}",
        "@string{\n  a = 1,\n  b = {2},\n}",
        "@preamble{ {p} }",
        "@a{b c={d}}",
    ]


# ------------------------------------------------------------------------------------------------ any value, any style

values = st.text(st.characters(exclude_categories=()), max_size=30) | st.lists(
    st.sampled_from(["{", "}", '"', "\\", "@a{k,", "\n", "#", ",", "x", " = "]), max_size=12
).map("".join)
names = st.sampled_from(["title", "Year", "DOI", "x-y", "author+an", "имя"])
styles = st.builds(
    Style,
    indent=st.sampled_from(["", " ", "\t", "    "]),
    align=st.booleans(),
    delimiter=st.sampled_from(["brace", "quote"]),
    trailing_comma=st.booleans(),
    case=st.sampled_from(["lower", "upper", "title", "keep"]),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
)
fields = st.lists(st.tuples(names, values), max_size=4, unique_by=lambda pair: pair[0].lower())


@given(fields, styles)
def test_what_is_written_is_read_back(found: list[tuple[str, str]], style: Style) -> None:
    text = write_entry("misc", "k", found, style)
    entry = first(text)
    assert text[entry.start : entry.end] == text
    assert entry.sound
    assert [(name.lower(), resolve(raw, {})) for name, raw in entry.pairs] == [
        (name.lower(), balanced(value)) for name, value in found
    ]
    assert write_block(text, entry, style) == text


@given(fields, styles, names, values)
def test_an_edit_changes_its_own_span_and_nothing_else(
    found: list[tuple[str, str]], style: Style, name: str, value: str
) -> None:
    before, after = f"% before{style.newline}", f"{style.newline}@book{{next}}{style.newline}"
    text = before + write_entry("misc", "k", found, style) + after
    entry = first(text)
    ((start, end, _),) = edits = set_field(text, entry, name, value)
    changed = apply_edits(text, edits)
    assert entry.start < start <= end < entry.end
    assert changed[:start] == text[:start]
    assert changed[len(changed) - (len(text) - end) :] == text[end:]
    assert pairs(changed) == {**pairs(text), name.lower(): balanced(value)}
    assert first(changed).sound


@given(fields, styles, names)
def test_a_field_that_was_added_can_be_removed(found: list[tuple[str, str]], style: Style, name: str) -> None:
    assume(found and all(name.lower() != other.lower() for other, _ in found))
    text = write_entry("misc", "k", found, style)
    added = apply_edits(text, add_field(text, first(text), name, "x"))
    assert apply_edits(added, remove_field(added, first(added), name)) == text


def test_text_between_blocks_is_left_alone() -> None:
    text = "a\n\n\nb"
    assert [write_block(text, block, Style()) for block in parse(text).blocks] == [text]
    assert isinstance(parse(text).blocks[0], Text)
    assert parts("") == ()
