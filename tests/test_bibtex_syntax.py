"""BibTeX syntax: every text comes apart into blocks and goes together again; what is wrong is said, with its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit.formats.bibtex_syntax import (
    FAULTS,
    MONTHS,
    Block,
    Comment,
    Document,
    Entry,
    Failed,
    Preamble,
    StringBlock,
    Text,
    blocks,
    fields,
    macros,
    parse,
    parts,
    resolve,
)
from bibkit.lines import Lines

GOOD = "@book{after, title = {Next}}"


def entries(text: str) -> list[Entry]:
    return list(parse(text).entries())


def only(text: str) -> Entry:
    (entry,) = entries(text)
    return entry


def codes(text: str) -> list[str]:
    return [problem.code.removeprefix("bibtex-") for problem in parse(text).problems]


def check_blocks(text: str, found: list[Block]) -> None:
    """Blocks cover the text without gap or overlap, and fields stand where they say they do."""
    pos = 0
    for block in found:
        assert block.start == pos
        assert block.end > pos
        pos = block.end
        if isinstance(block, Entry | StringBlock):
            located = fields(text, block)
            assert tuple((field.name, field.raw) for field in located) == block.pairs
            for field in located:
                assert block.start < field.start < field.value_start <= field.value_end <= block.end
                assert text[field.start : field.name_end] == field.name
                assert text[field.value_start : field.value_end] == field.raw
                for part in field.parts:
                    assert part.text in text[part.start : part.end]
    assert pos == len(text)


# ------------------------------------------------------------------------------------------------ what BibTeX takes

ENTRIES = [
    ("@misc{k, a = {b}}", "misc", "k", [("a", "{b}")]),
    ("@MISC(k, a = {b})", "MISC", "k", [("a", "{b}")]),
    ("@misc(k, a = {b)}, c = 1,)", "misc", "k", [("a", "{b)}"), ("c", "1")]),
    ("@ \tMisc \n { \r\n k , \n a \n = \n {b} \n , \n }", "Misc", "k", [("a", "{b}")]),
    ("@misc{k}", "misc", "k", []),
    ("@misc{k,}", "misc", "k", []),
    ("@misc(k)", "misc", "k", []),
    ("@misc{k\n , a = 1\n , b = 2\n}", "misc", "k", [("a", "1"), ("b", "2")]),
    ('@misc{k, a = "in {"}q{"} b"}', "misc", "k", [("a", '"in {"}q{"} b"')]),
    ("@misc{k, a = {1{2{3{4{5{6{7}}}}}}}}", "misc", "k", [("a", "{1{2{3{4{5{6{7}}}}}}}")]),
    ('@misc{k, a = {}, b = ""}', "misc", "k", [("a", "{}"), ("b", '""')]),
    ("@misc{k, a = {ends in a backslash\\}, b = 1}", "misc", "k", [("a", "{ends in a backslash\\}"), ("b", "1")]),
    ('@misc{k, month = 10 # "~" # jan}', "misc", "k", [("month", '10 # "~" # jan')]),
    ('@misc{k, a = b#{c}#"d"}', "misc", "k", [("a", 'b#{c}#"d"')]),
    ("@misc{k, a = {mail: x@y.org}, b = {@}}", "misc", "k", [("a", "{mail: x@y.org}"), ("b", "{@}")]),
    ("@misc{DBLP:conf/ab/X+Y00, a = 1}", "misc", "DBLP:conf/ab/X+Y00", [("a", "1")]),
    ("@misc{Иванов2001, название = {Книга}}", "misc", "Иванов2001", [("название", "{Книга}")]),
    ("@misc{O'Neil#3, a = 1}", "misc", "O'Neil#3", [("a", "1")]),
    ("@misc{k=1, a = 1}", "misc", "k=1", [("a", "1")]),
    ("@misc{k, date-added = {x}, author+an = {1=own}}", "misc", "k", [("date-added", "{x}"), ("author+an", "{1=own}")]),
    ("@misc{k, a = macro.name_1}", "misc", "k", [("a", "macro.name_1")]),
    ("@misc{k, a = {line\n@ 5 GeV}, b = 2}", "misc", "k", [("a", "{line\n@ 5 GeV}"), ("b", "2")]),
]


@pytest.mark.parametrize(("text", "kind", "key", "pairs"), ENTRIES)
def test_what_bibtex_takes(text: str, kind: str, key: str, pairs: list[tuple[str, str]]) -> None:
    entry = only(text)
    assert (entry.type, entry.key, list(entry.pairs)) == (kind, key, pairs)
    assert entry.sound
    assert text[entry.start : entry.end] == text
    assert parse(text).problems == []


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("", []),
        ("free text", [Text]),
        ("@a{b}@c{d}", [Entry, Entry]),
        ("x\n@a{b}\ny\n@c{d}z", [Text, Entry, Text, Entry, Text]),
        ("% Encoding: UTF-8\n\n@a{b}", [Text, Entry]),
        ("\ufeff@a{b}", [Text, Entry]),
        ("@string{a = {b}} @STRING(c = a # 1)", [StringBlock, Text, StringBlock]),
        ('@preamble{ "\\newcommand{\\x}{y}" # {z} }@preamble("p")', [Preamble, Preamble]),
        ("@Comment{jabref-meta: databaseType:bibtex;}\n@a{b}", [Comment, Text, Entry]),
        ("@comment{balanced {@a{b, c = {d}}} here}@a{b}", [Comment, Entry]),
        ("@comment the rest of a line @a{b, c = {d}}\n@a{b}", [Comment, Text, Entry]),
        ("@comment", [Comment]),
        ("@commentary{key, a = 1}", [Entry]),
        ("100 % sure, @a{b, c = 1}\n@a{b}", [Text, Entry]),
        ("me@example.org (office), you@example{b, c}\n@a{b}", [Text, Entry]),
        ("mid-sentence @a{b, c = 1} goes on", [Text, Entry, Text]),
        ("} stray @ and @{ and @a\n@a{b}", [Text, Entry]),
    ],
)
def test_kinds_of_blocks(text: str, kinds: list[type]) -> None:
    found = list(blocks(text))
    assert [type(block) for block in found] == kinds
    check_blocks(text, found)


def test_comment_text_and_macros() -> None:
    document = parse("@comment{ in {braces} }\n@comment on a line\n@string{a = {x}, B = a # a}\n@preamble{{p} # a}")
    comments = [block.text for block in document.blocks if isinstance(block, Comment)]
    assert comments == [" in {braces} ", " on a line"]
    assert macros(document.blocks) == {"a": "x", "b": "xx"}
    assert [block.raw for block in document.blocks if isinstance(block, Preamble)] == ["{p} # a"]


# ------------------------------------------------------------------------------------------------ values


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", []),
        ("{a {b}}", [("brace", "a {b}", 0, 7)]),
        ('"a {"} b"', [("quote", 'a {"} b', 0, 9)]),
        ("1999", [("bare", "1999", 0, 4)]),
        ('jan # "~1" # {x}', [("bare", "jan", 0, 3), ("quote", "~1", 6, 10), ("brace", "x", 13, 16)]),
        ('"The "best" book"', [("quote", 'The "best" book', 0, 17)]),
        ("{never closed", [("brace", "never closed", 0, 13)]),
        ('"never closed', [("quote", "never closed", 0, 13)]),
        ("several bare words", [("bare", "several bare words", 0, 18)]),
        ("{a} {b}", [("bare", "{a} {b}", 0, 7)]),
        ("{a} #", [("bare", "{a} #", 0, 5)]),
        ("12-34", [("bare", "12-34", 0, 5)]),
    ],
)
def test_parts(raw: str, expected: list[tuple[str, str, int, int]]) -> None:
    assert [(part.kind, part.text, part.start, part.end) for part in parts(raw)] == expected
    assert [(part.start, part.end) for part in parts(raw, 100)] == [(s + 100, e + 100) for *_, s, e in expected]


@pytest.mark.parametrize(
    ("raw", "text", "missing"),
    [
        ("{a}", "a", []),
        ('"a" # {b} # 3', "ab3", []),
        ("jan", "January", []),
        ('DEC # "~24"', "December~24", []),
        ("mine # {!}", "My Own!", []),
        ("cacm", "Communications of the ACM", []),
        ("nobody # { }", "nobody ", ["nobody"]),
        ("12-34", "12-34", []),
        ("two words", "two words", []),
        ("{a} # {b}", "ab", []),
        ("", "", []),
    ],
)
def test_resolve(raw: str, text: str, missing: list[str]) -> None:
    found: list[str] = []
    assert resolve(raw, {"mine": "My Own"}, found) == text
    assert found == missing
    assert resolve(raw, {"mine": "My Own"}) == text


def test_macros_of_a_document_come_before_the_standard_ones_and_undefined_ones_are_named() -> None:
    missing: list[str] = []
    strings = macros(parse("@string{Jan = {Jänner}}\n@string{x = jan # nix}\n@string{x = x # x}").blocks, missing)
    assert strings == {"jan": "Jänner", "x": "JännernixJännernix"}
    assert missing == ["nix"]
    assert resolve("JAN", strings) == "Jänner"
    assert list(MONTHS) == "jan feb mar apr may jun jul aug sep oct nov dec".split()


def test_macros_that_double_each_other_do_not_fill_the_memory() -> None:
    strings = macros(parse("@string{a = {0123456789}}" + "@string{a = a # a}" * 60).blocks)
    assert len(strings["a"]) < 20_000
    assert resolve("b # b # b", {"b": "x" * 9_000}) == "b # b # b"


# ------------------------------------------------------------------------------------------------ what it does not take

# text -> type, key, fields; codes of the Problems
MENDED = [
    # commas
    ("@a{k, b = {c} d = {e}}", "k", [("b", "{c}"), ("d", "{e}")], ["no-comma"]),
    ('@a{k,\n b = 1\n d = "e"\n}', "k", [("b", "1"), ("d", '"e"')], ["no-comma"]),
    ("@a{k, b = 1,, c = 2}", "k", [("b", "1"), ("c", "2")], ["extra-comma"]),
    ("@a{k\n b = 1}", "k", [("b", "1")], ["no-comma"]),
    ("@a{k b = 1}", "k", [("b", "1")], ["no-comma"]),
    # keys
    ("@a{, b = 1}", "", [("b", "1")], ["no-key"]),
    ("@a{b = {c}}", "", [("b", "{c}")], ["no-key"]),
    ("@a{}", "", [], ["no-key"]),
    ("@a{Two Words, b = 1}", "Two Words", [("b", "1")], ["bad-key"]),
    # names, equals signs, values
    ("@a{k, b {c}, d = 1}", "k", [("b", "{c}"), ("d", "1")], ["no-equals"]),
    ("@a{k, b ☞ {c}, d = 1}", "k", [("b", "{c}"), ("d", "1")], ["no-equals"]),
    ("@a{k, b c = {d}}", "k", [("b c", "{d}")], ["bad-name"]),
    ("@a{k, b, c = 1}", "k", [("c", "1")], ["unexpected"]),
    ("@a{k, b = , c = 1}", "k", [("b", ""), ("c", "1")], ["no-value"]),
    ("@a{k, b = }", "k", [("b", "")], ["no-value"]),
    ("@a{k, b = two words, c = 1}", "k", [("b", "two words"), ("c", "1")], ["loose-value"]),
    ("@a{k, b = 12-34}", "k", [("b", "12-34")], ["loose-value"]),
    ("@a{k, b = Smith's, c = 1}", "k", [("b", "Smith's"), ("c", "1")], ["loose-value"]),
    ("@a{k, b = {c} {d}, e = 1}", "k", [("b", "{c} {d}"), ("e", "1")], ["loose-value"]),
    ('@a{k, b = "The "best" book", c = 1}', "k", [("b", '"The "best" book"'), ("c", "1")], ["loose-value"]),
    ('@a{k, b = "G\\"odel", c = 1}', "k", [("b", '"G\\"odel"'), ("c", "1")], ["loose-value"]),
    ('@a{k, b = "c" # , d = 1}', "k", [("b", '"c" #'), ("d", "1")], ["loose-value"]),
    # comments
    ("@a{k, % one\n b = 1, % two\n % c = 2,\n d = {3 % 4}}", "k", [("b", "1"), ("d", "{3 % 4}")], ["percent"] * 3),
    ("@a{k % here\n, b = 1}", "k", [("b", "1")], ["percent"]),
    # delimiters
    ("@a(k, b = 1}", "k", [("b", "1")], ["wrong-close"]),
    ("@a{k, b = 1)\n" + GOOD, "k", [("b", "1")], ["wrong-close"]),
    ("@a{k, b = {c}}, d = {e}}", "k", [("b", "{c}"), ("d", "{e}")], ["extra-brace"]),
    ("@a{k,\n b = {c}},\n d = 1,\n}", "k", [("b", "{c}"), ("d", "1")], ["extra-brace"]),
    # values that are never closed
    (
        "@a{k,\n b = {c,\n d = {e},\n f = 1\n}\n" + GOOD,
        "k",
        [("b", "{c"), ("d", "{e}"), ("f", "1")],
        ["unclosed-value"],
    ),
    ("@a{k,\n b = {{c},\n d = {e}\n}\n" + GOOD, "k", [("b", "{{c}"), ("d", "{e}")], ["unclosed-value"]),
    ("@a{k, b = {{c}, d = {e}}\n" + GOOD, "k", [("b", "{{c}"), ("d", "{e}")], ["unclosed-value"]),
    ('@a{k,\n b = "c,\n d = "e"\n}\n' + GOOD, "k", [("b", '"c'), ("d", '"e"')], ["unclosed-value"]),
    ('@a{k, b = "c, d = "e"}\n' + GOOD, "k", [("b", '"c'), ("d", '"e"')], ["unclosed-value"]),
    ('@a{k, b = "c, d = {e}}\n' + GOOD, "k", [("b", '"c'), ("d", "{e}")], ["unclosed-value"]),
    ('@a{k, b = "c}\n' + GOOD, "k", [("b", '"c')], ["unclosed-value"]),
    ('@a{k, b = "c}d", e = {f}}', "k", [("b", '"c}d"'), ("e", "{f}")], ["unclosed-value"]),
    # entries that are never closed
    ("@a{k,\n b = {c},\n d = 1\n\n" + GOOD, "k", [("b", "{c}"), ("d", "1")], ["unclosed"]),
    ("@a{k,\n b = {c},\n\n" + GOOD, "k", [("b", "{c}")], ["unclosed"]),
    ("@a{k,\n b = {c,\n d = {e}\n\n" + GOOD, "k", [("b", "{c"), ("d", "{e}")], ["unclosed", "unclosed-value"]),
    ("@a{k,\n b = {c {d\n\n" + GOOD, "k", [("b", "{c {d")], ["unclosed", "unclosed-value"]),
    ("@a{k, b =\n" + GOOD, "k", [("b", "")], ["unclosed", "no-value"]),
    ("@a{k", "k", [], ["unclosed"]),
    ("@a(k, b = {c}", "k", [("b", "{c}")], ["unclosed"]),
]


@pytest.mark.parametrize(("text", "key", "pairs", "said"), MENDED)
def test_what_bibtex_does_not_take(text: str, key: str, pairs: list[tuple[str, str]], said: list[str]) -> None:
    first = entries(text)[0]
    assert (first.type, first.key, list(first.pairs)) == ("a", key, pairs)
    assert not first.sound
    assert sorted(set(codes(text))) == sorted(set(said))
    check_blocks(text, parse(text).blocks)
    if GOOD in text:
        assert entries(text)[1].key == "after"


@pytest.mark.parametrize("text", [case[0] for case in MENDED if GOOD not in case[0]])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_next_entry_is_found_again(text: str, newline: str) -> None:
    whole = f"{text}\n\n  {GOOD}\n".replace("\n", newline)
    assert [entry.key for entry in entries(whole)][1:] == ["after"]
    check_blocks(whole, parse(whole).blocks)


@pytest.mark.parametrize(
    ("text", "kind", "end"),
    [
        ("@article{\n" + GOOD, "article", 9),
        ("@string{a}\n" + GOOD, "string", 10),
        ('@string{"a"\n' + GOOD, "string", 11),
        ('@preamble{ "never closed\n' + GOOD, "preamble", 24),
    ],
)
def test_blocks_that_cannot_be_read_stay(text: str, kind: str, end: int) -> None:
    document = parse(text, "x.bib")
    failed = document.blocks[0]
    assert isinstance(failed, Failed)
    assert (failed.type, failed.end) == (kind, end)
    (problem,) = document.problems
    assert (problem.code, problem.severity, problem.raw) == ("bibtex-unreadable", "error", text[:end])
    assert problem.where() == "x.bib:1:1"
    assert [entry.key for entry in document.entries()] == ["after"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("@a{b}\n}\n", ["extra-brace"]),
        ("@article Smith, title = {x}\n", ["stray-at"]),
        ("% @a{b, c = 1}\n", ["entry-in-comment"]),
        ("@comment{\n@a{b, c = 1}\n}", ["entry-in-comment"]),
        ("@comment{ never closed\n@a{b}", ["unclosed"]),
        ("The @ here\n", ["at-in-text"]),
        ("@preamble{no delimiters}", ["loose-value"]),
        ("@a{b, c = 1, d = 2, C = 3, c = 4}", ["repeated-field", "repeated-field"]),
        ("@a{b}\n@a{c}\n@a{B}", ["duplicate-key"]),
        ("@a{}\n@a{}", ["no-key", "no-key"]),
        ("% just a comment\n\nand text\n", []),
    ],
)
def test_what_else_is_said(text: str, said: list[str]) -> None:
    assert codes(text) == said
    check_blocks(text, parse(text).blocks)


def test_an_entry_in_a_value_is_part_of_it_where_the_braces_say_so() -> None:
    text = "@a{k, b = {quoted:\n@book{x, y = {z}}\n}, c = 1}\n" + GOOD
    first, second = entries(text)
    assert first.pairs == (("b", "{quoted:\n@book{x, y = {z}}\n}"), ("c", "1"))
    assert second.key == "after"
    (problem,) = parse(text).problems
    assert (problem.code, problem.line) == ("bibtex-entry-in-value", 2)


def test_one_unclosed_entry_costs_no_other() -> None:
    good = "".join(f"@a{{k{i},\n  title = {{T {{U}} {i}}},\n  year = 2000\n}}\n\n" for i in range(40))
    for broken in ("@a{bad,\n title = {x {y},\n year = 1\n}\n\n", '@a{bad,\n title = "x,\n\n', "@a{bad, title = {\n"):
        text = good + broken + good.replace("{k", "{l") + "} } }\n"
        keys = [entry.key for entry in entries(text)]
        assert len(keys) == 81
        assert keys[40] == "bad"


def test_problems_say_where_and_what() -> None:
    text = "first line\r\n@a{k,\r\n  b = {c}\r\n  d = 1,\r\n  D = 2\r\n}\r\n@a{K, b = 1}"
    found = [str(problem) for problem in parse(text, "x.bib").problems]
    assert found == [
        "x.bib:3:10: warning: there is no comma after the value of b [bibtex-no-comma]",
        "x.bib:5:3: warning: the field D was here before; BibTeX takes the first one [bibtex-repeated-field]",
        "x.bib:7:1: warning: an entry before this one has the same key: K, in line 2 [bibtex-duplicate-key]",
    ]


def test_a_block_with_very_many_faults_does_not_say_them_all() -> None:
    assert len(parse("@a{k, b = 1" + "," * 1000 + "}").problems) == 50


def test_every_fault_has_a_message() -> None:
    for code, (severity, message) in FAULTS.items():
        assert code.startswith("bibtex-")
        assert severity in ("error", "warning", "note")
        assert message.format("x")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_and_columns(newline: str) -> None:
    text = f"a{newline}{newline}bc{newline}d"
    lines = Lines(text)
    assert lines.place(0) == (1, 1)
    assert lines.place(text.index("b")) == (3, 1)
    assert lines.place(text.index("c")) == (3, 2)
    assert lines.place(len(text)) == (4, 2)


# ------------------------------------------------------------------------------------------------ any text

TOKENS = (
    *'{}()",#=%@\\ \n\r\t',
    *("@a{", "@a(", "@a{k,", "\n@a{k,\n", "k", "b = ", "b = {", 'b = "', "},\n", "1", "\r\n", "\n}\n", "\n  c = {d}"),
    *(
        "@comment",
        "@comment{",
        "@string{",
        "@string{s = ",
        "@preamble{",
        "jan # ",
        "x y",
        "é",
        "% c\n",
        "\x00",
        "\ud800",
    ),
)
BIB = """% A comment
@string{s = {Some } # "String"}
@article{key1,
  author = {Doe, Jane and {The Group}},
  title  = "A {T}itle with {"}quotes{"}",
  journal = s # { and more},
  month = "10~" # jan, year = 1999,
}

@Book(key2, title={{Braces} in {B{r}aces}}, note = {mail @ me})
@comment{jabref-meta: x;}
"""
any_text = st.text(st.characters(exclude_categories=()), max_size=60)
soup = st.lists(st.sampled_from(TOKENS), max_size=60).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A good file with a few pieces put in, taken out or doubled."""
    text = BIB
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 12)))
        text = text[:start] + draw(st.sampled_from((*TOKENS, "", "", text[start:end] * 2))) + text[end:]
    return text


@given(st.one_of(any_text, soup, mutated()))
def test_any_text_comes_apart_and_goes_together(text: str) -> None:
    document = parse(text)
    check_blocks(text, document.blocks)
    assert document.to_text() == text
    assert list(blocks(text)) == document.blocks
    for problem in document.problems:
        assert problem.code in FAULTS
        assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 1
        assert problem.column >= 1
    for entry in document.entries():
        for _, raw in entry.pairs:
            assert isinstance(resolve(raw, {}), str)


@given(st.one_of(any_text, soup, mutated()))
def test_a_good_entry_on_a_line_of_its_own_is_read_whatever_comes_before(text: str) -> None:
    assert entries(f"{text}\n{GOOD}")[-1].key == "after"


FLOODS = [*'{}"@#=,% \n\r', "@a{", "@a{\n", "@a{b,c={", "@a{b,c={\n", '@a{b,c="\n', "@a{k,t={ ,b={}}"]
FLOODS += ["@string{t={,b={}}", '@a{k,t="{}', '@a(k,t=1, %",c=1,%"\n b="\n', "{},\n)\n@@string{t={}", "@a{b,c=1)"]
FLOODS += ["b=1,\\=% @a{@comment{", "@a{b,% x\n", "\nt={", '\nt="{', "@a(k,\n", "@a(k,t={ ,b={})"]
FLOODS += ["@comment{", "@string{", '\n@preamble{"']


@pytest.mark.parametrize("unit", FLOODS)
def test_floods_are_read_to_their_end(unit: str) -> None:
    """How long they take, and that four times the text takes four times as long, the benchmark shows."""
    text = "@a{b" + unit * (80_000 // len(unit))
    assert "".join([text[block.start : block.end] for block in blocks(text)]) == text


# ------------------------------------------------------------------------------------------------ files of others


def read(path: Path) -> Document:
    data = path.read_bytes()
    try:
        return parse(data.decode("utf-8-sig"), path.name)
    except UnicodeDecodeError:
        return parse(data.decode("cp1252", "replace"), path.name)


def test_no_entry_of_the_corpora_is_lost(shared: Path) -> None:
    """An entry that can be seen by eye: a line that begins with type, brace and key. Those in @comment do not count."""
    seen = missing = 0
    for path in sorted((shared / "corpora").rglob("*.bib")):
        document = read(path)
        check_blocks(document.text, document.blocks)
        starts = {entry.start for entry in document.entries()}
        hidden = [block for block in document.blocks if isinstance(block, Comment)]
        for match in re.finditer(
            r"^[ \t]*(@)[ \t]*(?!(?i:comment|string|preamble)\b)\w+\s*[{(]\s*[^\s,]+\s*,", document.text, re.M
        ):
            if not any(block.start < match.start(1) < block.end for block in hidden):
                seen += 1
                missing += match.start(1) not in starts
    assert seen > 1000
    assert missing <= seen // 1000


@given(st.text(alphabet="a\n\r", max_size=30), st.lists(st.integers(0, 30), max_size=6))
def test_the_line_of_an_offset_is_that_of_its_place(text: str, offsets: list[int]) -> None:
    lines = Lines(text)
    for offset in offsets:
        assert lines.line(min(offset, len(text))) == Lines(text).place(min(offset, len(text)))[0]
