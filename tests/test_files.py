"""Reading whatever the encoding; replacing files whole or not at all."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit import files
from bibkit.problems import UsageError

SAMPLE = "@book{müller, title = {Über Größe}}\n" * 3


@pytest.mark.parametrize(
    ("data", "encoding", "bom"),
    [
        (SAMPLE.encode(), "utf-8", False),
        (SAMPLE.encode("utf-8-sig"), "utf-8", True),
        (b"\xff\xfe" + SAMPLE.encode("utf-16-le"), "utf-16-le", True),
        (b"\xfe\xff" + SAMPLE.encode("utf-16-be"), "utf-16-be", True),
        (SAMPLE.encode("utf-16-le"), "utf-16-le", False),
        (SAMPLE.encode("utf-16-be"), "utf-16-be", False),
        (SAMPLE.encode("cp1252"), "cp1252", False),
        (b"% Encoding: ISO8859_1\n" + SAMPLE.encode("latin-1"), "iso8859-1", False),
    ],
)
def test_decodes(data: bytes, encoding: str, bom: bool) -> None:
    got = files.decode(data, "x.bib")
    assert got.text.removeprefix("% Encoding: ISO8859_1\n") == SAMPLE
    assert (got.encoding, got.bom) == (encoding, bom)
    assert got.readable


def test_says_in_which_line_utf_8_ends() -> None:
    got = files.decode(b"a\nb\nM\xfcller\n", "x.bib")
    assert [str(problem).split(";")[0] for problem in got.problems] == [
        "x.bib:3: warning: not UTF-8 from here on; the file was read as Windows-1252".split(";")[0]
    ]
    assert got.text == "a\nb\nMüller\n"


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)])
def test_a_binary_file_is_said_to_be_one(data: bytes) -> None:
    got = files.decode(data, "x.png")
    assert not got.readable
    assert got.problems[0].code == "file-unreadable"


@pytest.mark.parametrize("name", ["rot13", "base64", "undefined", "punycode", "idna", "unicode_escape", "UTF-16", "?"])
def test_a_declared_encoding_in_which_the_text_cannot_be_is_none(name: str) -> None:
    data = f"% Encoding: {name}\n@book{{k, title = {{\\u Größe}}}}\n".encode()
    got = files.decode(data)
    assert (got.encoding, got.text, got.problems) == ("utf-8", data.decode(), ())


@pytest.mark.parametrize(
    "data", [SAMPLE.encode("utf-8-sig"), SAMPLE.encode("utf-16"), SAMPLE.encode("cp1252"), gzip.compress(b"a", mtime=0)]
)
def test_a_text_goes_back_into_the_bytes_that_it_came_from(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    got = files.read(str(tmp_path / "a"))
    assert got.exact
    assert files.encoded(got.text, got) == data


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfM\xfcller", b"M\xfcller\x81"])
def test_a_text_that_cannot_is_not_exact(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    assert not files.read(str(tmp_path / "a")).exact


@given(st.binary(max_size=300))
def test_decoding_never_raises(data: bytes) -> None:
    files.decode(data, "any")


def test_reads_gzip_and_says_when_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.bib.gz"
    path.write_bytes(gzip.compress(SAMPLE.encode()))
    assert files.read(str(path)).text == SAMPLE
    path.write_bytes(path.read_bytes()[:30])
    assert "damaged gzip" in files.read(str(path)).problems[0].message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    got = files.read(str(tmp_path / "none.bib"))
    assert not got.readable
    assert "no such file" in got.problems[0].message


def test_writes_whole_and_keeps_the_mode(tmp_path: Path) -> None:
    path = tmp_path / "out.bib"
    path.write_text("old")
    path.chmod(0o640)
    files.write(path, ["new ", "text \ud800\n"])
    assert path.read_text(encoding="utf-8") == "new text �\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["out.bib"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_an_interrupted_write_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old a")
    (tmp_path / "b").write_text("old b")

    def cut() -> Iterator[str]:
        yield "new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_all({tmp_path / "a": "new a", tmp_path / "b": cut()})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old a", "b": "old b"}


def test_a_full_disk_leaves_everything_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_text("old a")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="a: cannot write it: no space left on device"):
        files.write_all({tmp_path / "a": "new a", tmp_path / "b": "new b"})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old a"}


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("a file")
    with pytest.raises(UsageError, match="cannot write it"):
        files.write(tmp_path / "exports" / "a.bib", "x")
