"""Other keys into documents: only keys change."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit import files
from bibkit.documents import mapping, rewrite, save, scan, scan_source
from bibkit.documents.sources import SourceText
from bibkit.problems import UsageError


def rewritten(text: str, kind: str, **keys: str) -> str:
    source = SourceText("x", files.Text(text))
    changed = rewrite([scan_source(source, kind)], keys, source)
    return changed[0].text if changed else text


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("latex", r"\cite[a]{a , b}% \cite{a}", r"\cite[a]{b , a}% \cite{a}"),
        ("latex", r"\verb|\cite{a}| \bibitem{a} a", r"\verb|\cite{a}| \bibitem{b} a"),
        ("latex", r"\defbibentryset{s}{a,c}\addtocategory{x}{a}", r"\defbibentryset{s}{b,c}\addtocategory{x}{b}"),
        ("latex", "\\cite{aa,\r\n a}", "\\cite{aa,\r\n b}"),
        ("markdown", "@a [-@b; @a:c] `@a` a@a", "@b [-@a; @a:c] `@a` a@a"),
        ("markdown", "@{a} \\cite{a}", "@{b} \\cite{b}"),
        ("org", "[cite:@a;@b] cite:a,b ~cite:a~", "[cite:@b;@a] cite:b,a ~cite:a~"),
        ("typst", '@a #cite(<a>) #cite(label("a")) `@a` "a"', '@b #cite(<b>) #cite(label("b")) `@a` "a"'),
    ],
)
def test_a_swap(kind: str, old: str, new: str) -> None:
    assert rewritten(old, kind, a="b", b="a") == new
    assert rewritten(new, kind, a="b", b="a") == old


@pytest.mark.parametrize(
    ("kind", "old", "key", "new"),
    [
        ("markdown", "@a x", "b(1)", "@{b(1)} x"),
        ("markdown", "@{a} x", "b(1)", "@{b(1)} x"),
        ("markdown", "@a.", "b.", "@{b.}."),
        ("markdown", r"\cite{a}", "b(1)", r"\cite{b(1)}"),
        ("typst", "@a x #cite(<a>)", "b/1", '#cite(label("b/1")) x #cite(label("b/1"))'),
        ("latex", r"\cite{a}", "müller:2020", r"\cite{müller:2020}"),
    ],
)
def test_a_key_is_written_so_that_it_is_read_again(kind: str, old: str, key: str, new: str) -> None:
    assert rewritten(old, kind, a=key) == new
    source = SourceText("x", files.Text(new))
    assert {citation.key for citation in scan_source(source, kind).citations} == {key}


@pytest.mark.parametrize(
    ("kind", "old", "key"), [("latex", r"\cite{a}", "b c"), ("typst", "@a[p. 3]", "b/1"), ("org", "[cite:@a]", "b|c")]
)
def test_a_key_that_cannot_stand_there_is_refused(kind: str, old: str, key: str) -> None:
    with pytest.raises(UsageError):
        rewritten(old, kind, a=key)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_bytes_stay_as_they_are(tmp_path: Path, encoding: str, newline: str) -> None:
    text = f"Ä é \\cite{{old}}{newline}% \\cite{{old}}{newline}\\cite{{x, old}}  {newline}"
    path = tmp_path / "x.tex"
    path.write_bytes(text.encode(encoding))
    (changed,) = rewrite([scan(path)], {"old": "new"})
    assert save([changed]) == [str(path)]
    expected = text.replace("{old}", "{new}").replace(", old}", ", new}").replace("% \\cite{new}", "% \\cite{old}")
    assert path.read_bytes() == expected.encode(encoding)


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "x.tex"
    path.write_bytes(b"\xff\xfe\x81\x00 odd \xc3\x28 \\cite{old} \x9d\n")
    before = path.read_bytes()
    changed = rewrite([scan(path, "latex")], {"old": "new"})
    save(changed)
    assert path.read_bytes() == (before.replace(b"{old}", b"{new}") if changed else before)


def test_all_followed_files_are_rewritten(tmp_path: Path) -> None:
    (tmp_path / "x.tex").write_text(r"\input{y}\cite{a}")
    (tmp_path / "y.tex").write_text(r"\cite{a,b}")
    (tmp_path / "z.tex").write_text(r"\cite{a}")
    document = scan(tmp_path / "x.tex")
    assert sum(each.changes for each in rewrite([document, document], {"a": "c"})) == 2
    save(rewrite([document], {"a": "c"}))
    assert (tmp_path / "y.tex").read_text() == r"\cite{c,b}"
    assert (tmp_path / "z.tex").read_text() == r"\cite{a}"


def test_a_file_that_changed_meanwhile_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "x.tex"
    path.write_text(r"\cite{a}")
    document = scan(path)
    path.write_text(r" \cite{a}")
    with pytest.raises(UsageError, match="changed"):
        rewrite([document], {"a": "b"})


def test_what_latex_writes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.aux").write_text("\\relax\n\\citation{a}\n")
    with pytest.raises(UsageError, match="LaTeX writes"):
        rewrite([scan(tmp_path / "x.aux")], {"a": "b"})


def test_a_letter_that_the_encoding_does_not_have(tmp_path: Path) -> None:
    (tmp_path / "x.tex").write_bytes("é \\cite{a}".encode("latin-1"))
    (changed,) = rewrite([scan(tmp_path / "x.tex")], {"a": "王2020"})
    with pytest.raises(UsageError, match="王"):
        save([changed])


def test_maps(tmp_path: Path) -> None:
    path = tmp_path / "map"
    path.write_text("# old=new\na = b\n\nc=d\n")
    assert mapping([str(path), "e=f=g"]) == {"a": "b", "c": "d", "e": "f=g"}
    for bad in ("nothing", "=b", "a="):
        with pytest.raises(UsageError):
            mapping([bad])
    with pytest.raises(UsageError, match="already"):
        mapping(["a=b", "a=c"])


KEYS = st.sampled_from(["a", "b", "c:1", "d_2020", "é"])
CITED = {
    "latex": st.builds("\\cite[p]{{{}, {}}} % {}\n".format, KEYS, KEYS, KEYS),
    "markdown": st.builds("text @{} and [-@{}; see @{}, 3]\n\n".format, KEYS, KEYS, KEYS),
    "org": st.builds("x [cite:@{};see @{}] cite:{} y\n".format, KEYS, KEYS, KEYS),
}


@pytest.mark.parametrize("kind", CITED)
@given(data=st.data(), new=st.permutations(["a", "b", "c:1", "d_2020", "é"]))
def test_rewriting_renames_the_citations_and_nothing_else(kind: str, data: st.DataObject, new: list[str]) -> None:
    text = "".join(data.draw(st.lists(CITED[kind], max_size=8)))
    keys = dict(zip(["a", "b", "c:1", "d_2020", "é"], new, strict=True))
    before = [citation.key for citation in scan_source(SourceText("x", files.Text(text)), kind).citations]
    there = rewritten(text, kind, **keys)
    after = [citation.key for citation in scan_source(SourceText("x", files.Text(there)), kind).citations]
    assert after == [keys[key] for key in before]
    assert rewritten(there, kind, **{value: key for key, value in keys.items()}) == text
