"""`bibkit fmt`: the canonical form, what it may not touch, and files that keep their encoding."""

from __future__ import annotations

import gzip
import os
import subprocess
from pathlib import Path

import pytest
from command import COMMAND, bibkit, standing
from conftest import ROOT, require
from hypothesis import example, given
from hypothesis import strategies as st

from bibkit import changes as changing
from bibkit import files, fmt
from bibkit.fmt import formatted
from bibkit.formats import bibtex_syntax as syntax
from bibkit.formats.bibtex_syntax import Block, Entry, StringBlock, Text
from bibkit.problems import Report, UsageError
from bibkit.settings import Fmt

WILD = """% what stands here stays
@String{ acm = "ACM" }
@string(ieee = {IEEE})

@ARTICLE(Moreau:1998a,Author="Ada {M}oreau and Li, Wei", title = {{T}he "x"} # acm,
 year=1998 , month = jan
)@book{zebra, title={First},}
@misc{alone,
}


@comment{left
  as it is}
@preamble{ "\\newcommand{\\x}{y}" }
@inproceedings{middle, crossref = {Zebra}, Title = "Lines
   that   stay"}
"""
TIDY = """% what stands here stays
@string{acm = {ACM}}
@string{ieee = {IEEE}}

@article{Moreau:1998a,
  author = {Ada {M}oreau and Li, Wei},
  title = {{T}he "x"} # acm,
  year = 1998,
  month = jan,
}

@book{zebra,
  title = {First},
}

@misc{alone,
}

@comment{left
  as it is}
@preamble{ "\\newcommand{\\x}{y}" }

@inproceedings{middle,
  crossref = {Zebra},
  title = {Lines
   that   stay},
}
"""
SAID = "@a{k,\n  x = {1},\n}\n"


def test_the_canonical_form() -> None:
    assert formatted(WILD) == TIDY
    assert formatted(TIDY) == TIDY


@pytest.mark.parametrize(
    ("style", "line"),
    [
        (Fmt(indent=4), "    year = 1998,"),
        (Fmt(indent="tab"), "\tyear = 1998,"),
        (Fmt(indent=0), "year = 1998,"),
        (Fmt(align=True), "  year   = 1998,"),
        (Fmt(delimiter="quote"), '  author = "Ada {M}oreau and Li, Wei",'),
        (Fmt(trailing_comma=False), "  month = jan"),
        (Fmt(case="upper"), "@ARTICLE{Moreau:1998a,"),
        (Fmt(case="title"), "  Author = {Ada {M}oreau and Li, Wei},"),
        (Fmt(case="keep"), "  Author = {Ada {M}oreau and Li, Wei},"),
    ],
)
def test_options(style: Fmt, line: str) -> None:
    assert line in formatted(WILD, style).splitlines()


def test_field_order_names_the_first_ones_and_the_rest_follow_as_they_stand() -> None:
    found = formatted("@a{k, z=1, title=2, y=3, Title=4, author=5}", Fmt(field_order=("author", "TITLE")))
    assert found == formatted("@a{k, author=5, title=2, Title=4, z=1, y=3}")


def test_blank_lines() -> None:
    entries = "@a{k, x=1}\n\n\n@b{l, y=2}"
    assert formatted(entries, Fmt(blank_lines=0)) == "@a{k,\n  x = 1,\n}\n@b{l,\n  y = 2,\n}\n"
    assert formatted(entries, Fmt(blank_lines=2)).count("\n") == 8
    assert formatted("@string{a = 1}\n@string{b = 2}\n\n\n@string{c = 3}\n", Fmt()) == (
        "@string{a = 1}\n@string{b = 2}\n\n@string{c = 3}\n"
    )


@pytest.mark.parametrize("text", ["", "\n", "no entry\n", "% only\r\n% comments", "@", "\x0c", "\u00a0"])
def test_a_text_without_entries_stays(text: str) -> None:
    assert formatted(text) == text


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_newlines_stay(newline: str) -> None:
    assert formatted(WILD.replace("\n", newline)) == TIDY.replace("\n", newline)


@pytest.mark.parametrize(
    "faulty",
    [
        "@article{a, title = {x} author = {y}}",
        "@article{a, title = {never closed}\n",
        "@article{, TITLE = {x}}",
        "@article{a, %  TITLE = {x}\n  Author={y}}",
        "@article{a,, TITLE = {x}}",
        "@ARTICLE{a, TITLE = x y}",
        "@ARTICLE",
    ],
)
def test_a_block_with_a_fault_stays_as_it_stands(faulty: str) -> None:
    text = f"{SAID}\n{faulty.rstrip()}\n\n{SAID}"
    assert formatted(text) == text


def test_names_beyond_ascii_keep_their_case() -> None:
    assert "@BOOK{é,\n  Größe = {a},\n}" in formatted("@BOOK{é, Größe={a}}", Fmt(case="upper"))


# ------------------------------------------------------------------------------------------------ order


def keys(text: str) -> list[str]:
    return [entry.key for entry in syntax.parse(text).entries()]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("@a{c,x=1}@a{B,x=1}@a{a,x=1}", "a B c"),
        ("@a{c,x=1}@a{a,x=1}\n@string{s = 1}\n@a{b,x=1}@a{a2,x=s}", "a c a2 b"),
        ("@a{c,x=1}@a{a,x=1}\n\n% Part 2\n\n@a{b,x=1}@a{a2,x=1}", "a c a2 b"),
        ("% this is about c\n@a{c,x=1}@a{b,x=1}@a{a,x=1}", "c a b"),
        ("@a{c,x=1}@a{b,x=1} % about b\n\n@a{a,x=1}", "c b a"),
        ("@a{c,x=1}@a{z, y}@a{a,x=1}", "c z a"),
        ("@a{book,x=1}@a{child,crossref={BOOK}}@a{zoo,x=1}", "child zoo book"),
        ("@a{k,x=1}@a{K,x=2}@a{a,x=3}", "a k K"),
    ],
)
def test_sort_by_key(text: str, order: str) -> None:
    found = formatted(text, Fmt(sort="key"))
    assert keys(found) == order.split()
    assert formatted(found, Fmt(sort="key")) == found
    assert keys(formatted(text)) == keys(text)


# ------------------------------------------------------------------------------------------------ properties

STYLES = st.builds(
    Fmt,
    indent=st.sampled_from((0, 2, 4, "tab")),
    align=st.booleans(),
    delimiter=st.sampled_from(("brace", "quote")),
    trailing_comma=st.booleans(),
    case=st.sampled_from(("lower", "upper", "title", "keep")),
    blank_lines=st.integers(0, 2),
    sort=st.sampled_from(("none", "key")),
    field_order=st.sampled_from(((), ("title", "author"), ("year",))),
)
WORDS = """
    @ @article @string @comment @preamble { } ( ) , = # " " \\ % k , {x} {a} = a b1 title author crossref = {x}, "x"
    {{x}} {"} "{"}" jan 1999 @a{b, @book{k2, ß İ é : - @article{k,title={x}} @string{a={b}} @misc(c,x="y")
    """
SPACES = ("\n", "\n\n", "\r\n", "\r", " ", "\n  ", "\u00a0", "\x0c", "\n@", "\n}\n", "% c\n", "\n% c\n\n", "} % c\n")
PIECES = st.sampled_from((*WORDS.split(), *SPACES))
SOUPS = st.lists(PIECES, max_size=40).map("".join)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A bibliography after a few cuts and additions, as hands and programs make them."""
    text = draw(st.sampled_from((WILD, TIDY, WILD + TIDY, WILD.replace("\n", "\r\n"))))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(start + draw(st.integers(0, 12)), len(text))
        text = text[:start] + draw(PIECES | st.just("")) + text[end:]
    return text


TEXTS = SOUPS | mutated() | st.text(max_size=60)


@given(TEXTS, STYLES)
@example("@a{b,x={1}}@comment", Fmt())
def test_twice_is_once(text: str, style: Fmt) -> None:
    once = formatted(text, style)
    assert formatted(once, style) == once


@given(TEXTS, STYLES)
def test_nothing_is_refused(text: str, style: Fmt) -> None:
    """The guard against a change of meaning is never needed."""
    assert fmt.format_document(syntax.parse(text), style) is not None


def said(text: str) -> list[object]:
    """What a text says: its entries and macros, and everything else to the letter."""
    return sorted([_said(text, block) for block in syntax.parse(text).blocks if text[block.start : block.end].strip()])


def _said(text: str, block: Block) -> tuple[str, ...]:
    if not isinstance(block, Entry | StringBlock) or not block.sound:
        return (text[block.start : block.end],)
    pairs = [
        (name.lower(), *(f"{part.kind == 'bare'}{part.text}" for part in syntax.parts(raw)))
        for name, raw in block.pairs
    ]
    key = block.key if isinstance(block, Entry) else ""
    return (block.type.lower(), key, *map(str, sorted(pairs, key=lambda pair: pair[0])))


@given(TEXTS, STYLES)
def test_says_the_same_as_before(text: str, style: Fmt) -> None:
    assert said(formatted(text, style)) == said(text)


@given(TEXTS)
def test_text_and_comments_stay_in_their_places(text: str) -> None:
    def marks(some: str) -> list[str]:
        return [
            some[block.start : block.end] if type(block) not in (Entry, StringBlock) else type(block).__name__
            for block in syntax.parse(some).blocks
            if type(block) is not Text or some[block.start : block.end].strip(" \t\r\n")
        ]

    assert marks(formatted(text)) == marks(text)


def test_what_would_change_the_meaning_is_not_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("bibkit.formats.bibtex_edit.write_block", lambda *_: "@a{k, x = {lost}}")
    assert formatted("@a{k,x={1}}") == "@a{k,x={1}}"
    path = tmp_path / "a.bib"
    path.write_text("@a{k,x={1}}", encoding="utf-8")
    report = Report()
    (change,) = fmt.plan([str(path)], Fmt(), report)
    assert not change.needed
    assert [problem.code for problem in report.problems] == ["fmt-unsafe"]


# ------------------------------------------------------------------------------------------------ files


@pytest.mark.parametrize("name", ["references.bib", "references.biblatex.bib"])
def test_what_bibkit_writes_is_in_canonical_form(name: str) -> None:
    text = (ROOT / "exports" / name).read_text(encoding="utf-8")
    assert formatted(text) == text


MUELLER = "@book{m,\n  author={Müller}}\n"
BYTES = {
    "utf-8": MUELLER.encode(),
    "bom": MUELLER.encode("utf-8-sig"),
    "utf-16": b"\xff\xfe" + MUELLER.encode("utf-16-le"),
    "utf-16-be": MUELLER.encode("utf-16-be"),
    "cp1252": MUELLER.encode("cp1252"),
    "declared": b"% Encoding: ISO8859_15\n\n" + MUELLER.encode("iso8859-15"),
    "gzip": gzip.compress(MUELLER.encode(), mtime=0),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_keeps_its_encoding(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.bib"
    path.write_bytes(BYTES[name])
    before = files.read(str(path))
    assert bibkit("fmt", "a.bib", cwd=tmp_path).code == 0
    after = files.read(str(path))
    assert (after.encoding, after.bom, after.packed) == (before.encoding, before.bom, before.packed)
    assert after.text == formatted(before.text) != before.text
    piped = subprocess.run([*COMMAND, "fmt", "-"], cwd=tmp_path, input=BYTES[name], capture_output=True, check=True)
    assert piped.stdout == path.read_bytes()


def test_bytes_that_the_text_does_not_hold_stay(tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf@book{m,author={M\xfcller}}\n"
    (tmp_path / "a.bib").write_bytes(data)
    done = bibkit("fmt", "a.bib", cwd=tmp_path)
    assert (done.code, (tmp_path / "a.bib").read_bytes()) == (3, data)
    assert "a.bib: error: not all of it is utf-8; left as it stands [fmt-encoding]" in done.err


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files that are not in canonical form, one that is, and one that is no BibTeX."""
    for name, text in {
        "a.bib": "@a{k,x={1}}",
        "b.bib": WILD,
        "good.bib": SAID,
        "c.ris": "TY  - JOUR\nER  - \n",
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_only_files_that_change_are_replaced(folder: Path) -> None:
    (folder / "a.bib").chmod(0o640)
    good = (folder / "good.bib").stat()
    done = bibkit("fmt", "a.bib", "b.bib", "good.bib", cwd=folder)
    assert done == (0, "", "wrote a.bib, b.bib\n")
    assert (folder / "a.bib").read_text() == "@a{k,\n  x = {1},\n}\n"
    assert (folder / "b.bib").read_text() == TIDY
    assert (folder / "a.bib").stat().st_mode & 0o777 == 0o640
    assert ((folder / "good.bib").stat().st_ino, (folder / "good.bib").stat().st_mtime_ns) == (
        good.st_ino,
        good.st_mtime_ns,
    )
    assert bibkit("fmt", "a.bib", "b.bib", cwd=folder) == (0, "", "all files were current\n")


def test_check_names_the_files_and_writes_nothing(folder: Path) -> None:
    before = standing(folder)
    assert bibkit("fmt", "--check", "a.bib", "good.bib", "b.bib", cwd=folder) == (1, "a.bib\nb.bib\n", "")
    assert bibkit("fmt", "--check", "good.bib", cwd=folder) == (0, "", "")
    assert standing(folder) == before


def test_diff_is_a_patch_and_writes_nothing(folder: Path) -> None:
    before = standing(folder)
    done = bibkit("fmt", "--diff", "a.bib", "b.bib", "good.bib", cwd=folder)
    assert (done.code, done.err) == (0, "")
    assert bibkit("fmt", "--diff", "--check", "a.bib", cwd=folder).code == 1
    assert standing(folder) == before
    require("patch")
    subprocess.run(["patch", "--batch"], cwd=folder, input=done.out.encode(), check=True, capture_output=True)
    assert bibkit("fmt", "--check", "a.bib", "b.bib", cwd=folder).code == 0


def test_what_is_no_bibtex_is_said_and_left_alone(folder: Path) -> None:
    before = standing(folder)
    assert bibkit("fmt", "c.ris", cwd=folder).code == 3
    assert standing(folder) == before
    done = bibkit("fmt", "c.ris", "a.bib", cwd=folder)
    assert done.code == 0
    assert "c.ris: error: this is ris, not BibTeX; left as it stands [fmt-not-bibtex]" in done.err
    assert standing(folder).keys() == before.keys()


def test_a_bib_file_of_comments_is_bibtex(tmp_path: Path) -> None:
    (tmp_path / "a.bib").write_text("% nothing yet\n", encoding="utf-8")
    assert bibkit("fmt", "a.bib", cwd=tmp_path) == (0, "", "all files were current\n")


def test_a_full_disk_changes_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = standing(folder)
    changes = fmt.plan([str(folder / "a.bib"), str(folder / "b.bib")], Fmt(), Report())
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="no space left"):
        changing.save(changes)
    assert standing(folder) == before


def test_the_settings_are_those_of_the_folder(folder: Path) -> None:
    (folder / "bibkit.toml").write_text('[fmt]\nindent = "tab"\ncase = "upper"\ntrailing-comma = false\n')
    bibkit("fmt", "--quiet", "a.bib", cwd=folder)
    assert (folder / "a.bib").read_text() == "@A{k,\n\tX = {1}\n}\n"
    (folder / "bibkit.toml").write_text('[fmt]\ndelimiter = "brackets"\n')
    done = bibkit("fmt", "a.bib", cwd=folder)
    assert done.code == 2
    assert "it is one of brace, quote" in done.err
