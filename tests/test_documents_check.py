"""What is said of citations against bibliographies, and near keys."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bibkit.documents import Terms, check, scan
from bibkit.documents.nearest import Nearest
from bibkit.problems import Problem, Report, UsageError

LOCK = """# bibkit keys.lock 1
# One work a line: its citation key, then all that it was known by. Written by bibkit; keep it in git.
moreau1998dna doi:10.1/a alias:moreau98 seen:-
okafor2003 doi:10.1/b seen:-
"""


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def said(folder: Path, *names: str, **terms: object) -> list[tuple[str, str, str]]:
    """Code, severity and key of each finding, as `name:line:column` at the end."""
    return [(one.code, one.severity, one.key) for one in findings(folder, *names, **terms)]


def findings(folder: Path, *names: str, **terms: object) -> list[Problem]:
    documents = [scan(folder / name) for name in names]
    return check(documents, Terms(**terms), Report())  # type: ignore[arg-type]


def book(key: str, **fields: str) -> str:
    return f"@book{{{key}, title={{T}}{''.join(f', {name}={{{value}}}' for name, value in fields.items())}}}\n"


def test_classic(tmp_path: Path) -> None:
    bib = book("a") + book("b", crossref="c") + book("c") + book("d", ids="e") + book("A") + book("unused")
    lay(tmp_path, {"x.tex": "\\cite{a,b}\n\\cite{B, e, nobody}\\bibliography{x}", "x.bib": bib})
    assert said(tmp_path, "x.tex") == [
        ("cite-doubled", "warning", "A"),
        ("cite-unused", "warning", "unused"),
        ("cite-case", "warning", "B"),
        ("cite-alias", "error", "e"),
        ("cite-undefined", "error", "nobody"),
    ]
    places = [(one.line, one.column) for one in findings(tmp_path, "x.tex") if one.source.endswith("x.tex")]
    assert places == [(2, 7), (2, 10), (2, 13)]


def test_biblatex(tmp_path: Path) -> None:
    text = "\\usepackage{biblatex}\\addbibresource{x.bib}\n\\cite{a,B,e,s1,set}\\defbibentryset{set}{m,gone}"
    bib = book("a", related="r") + book("r") + book("b") + book("d", ids="e, f") + book("s1", entryset="s2,s3")
    lay(tmp_path, {"x.tex": text, "x.bib": bib + book("s2") + book("s3") + book("m")})
    assert said(tmp_path, "x.tex") == [
        ("cite-unused", "warning", "b"),
        ("cite-case", "error", "B"),
        ("cite-alias", "warning", "e"),
        ("cite-undefined", "error", "gone"),
    ]


def test_unused_is_said_of_all_documents_together(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "x.tex": "\\cite{a}\\bibliography{x}",
            "y.md": "---\nbibliography: x.bib\n---\n@b",
            "x.bib": book("a") + book("b"),
        },
    )
    assert said(tmp_path, "x.tex") == [("cite-unused", "warning", "b")]
    assert said(tmp_path, "x.tex", unused=False) == []
    lay(tmp_path, {"z.tex": "\\cite{b}\\bibliography{x}"})
    assert said(tmp_path, "x.tex", "z.tex") == []


def test_everything_cited_leaves_nothing_unused(tmp_path: Path) -> None:
    lay(tmp_path, {"x.tex": "\\nocite{*}\\bibliography{x}", "x.bib": book("a")})
    assert said(tmp_path, "x.tex") == []


def test_doubled_over_two_files(tmp_path: Path) -> None:
    lay(tmp_path, {"x.tex": "\\cite{a}\\bibliography{x,y,x}", "x.bib": book("a"), "y.bib": "\n" + book("a")})
    (problem,) = findings(tmp_path, "x.tex")
    assert (problem.code, Path(problem.source).name, problem.line) == ("cite-doubled", "y.bib", 2)
    assert f"{tmp_path / 'x.bib'}:1" in problem.message


def test_aliases_of_the_lock(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "seeds/keys.lock": LOCK,
            "doc/x.tex": "\\cite{moreau98,moreau1998dna}\\bibliography{x}",
            "doc/x.bib": book("moreau1998dna"),
            "doc/y.tex": "\\cite{moreau98,okafor2003,okafor203}",
            "doc/z.tex": "\\cite{moreau98}\\bibliography{z}",
            "doc/z.bib": book("other"),
        },
    )
    (problem,) = findings(tmp_path, "doc/x.tex")
    assert (problem.code, problem.severity, problem.key) == ("cite-alias", "error", "moreau98")
    assert "moreau1998dna" in problem.message
    assert "rewrite --aliases" in problem.hint
    alias, undefined = findings(tmp_path, "doc/y.tex")  # no bibliography: the lock of the project tells
    assert (alias.code, undefined.code) == ("cite-alias", "cite-undefined")
    assert "okafor2003" in undefined.hint
    assert said(tmp_path, "doc/z.tex", unused=False) == [("cite-undefined", "error", "moreau98")]
    lay(tmp_path, {"exports/references.bib": book("moreau1998dna") + book("more")})
    assert said(tmp_path, "doc/y.tex")[1:] == [
        ("cite-undefined", "error", "okafor2003"),
        ("cite-undefined", "error", "okafor203"),
    ]


def test_another_project(tmp_path: Path) -> None:
    lay(tmp_path, {"lib/seeds/keys.lock": LOCK, "x.md": "@moreau1998dna @moreau98"})
    assert said(tmp_path, "x.md") == [("cite-no-bibliography", "error", "")]
    assert said(tmp_path, "x.md", project=tmp_path / "lib") == [("cite-alias", "error", "moreau98")]
    with pytest.raises(UsageError, match="no project"):
        findings(tmp_path, "x.md", project=tmp_path)


def test_a_bibliography_that_is_not_there_is_said_once(tmp_path: Path) -> None:
    lay(tmp_path, {"x.tex": "\\cite{a,b}\\bibliography{gone}"})
    assert said(tmp_path, "x.tex") == [("document-no-bibliography", "error", "")]


def test_own_entries(tmp_path: Path) -> None:
    lay(tmp_path, {"x.tex": "\\cite{a,b}\\begin{thebibliography}{9}\\bibitem{a} A\\end{thebibliography}"})
    assert said(tmp_path, "x.tex") == [("cite-undefined", "error", "b")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("refs.json", '[{"id": "a", "type": "book"}, {"id": "b", "type": "book"}]'),
        ("refs.yml", "a:\n  type: book\n  title: T\nb:\n  type: book\n"),
        ("refs.yaml", "---\nreferences:\n- id: a\n  type: book\n- type: book\n  id: b\n"),
        ("refs.ris", "TY  - BOOK\nID  - a\nER  -\n\nTY  - BOOK\nID  - b\nER  -\n"),
    ],
)
def test_bibliographies_of_other_formats(tmp_path: Path, name: str, text: str) -> None:
    lay(tmp_path, {"x.md": f"---\nbibliography: {name}\n---\n@a @c", name: text})
    assert said(tmp_path, "x.md") == [("cite-unused", "warning", "b"), ("cite-undefined", "error", "c")]


def test_bibliographies_named_on_the_command_line_replace_those_of_the_document(tmp_path: Path) -> None:
    lay(tmp_path, {"x.tex": "\\cite{a}\\bibliography{x}", "x.bib": "", "y.bib": book("a")})
    assert said(tmp_path, "x.tex", bibliographies=(str(tmp_path / "y.bib"),)) == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("smith2021", "smith2020"),
        ("smiht2020", "smith2020"),
        ("Smith_2020", "smith2020"),
        ("garcialopez", "garcia-lopez"),
    ],
)
def test_near_keys(wrong: str, right: str) -> None:
    assert Nearest(["smith2020", "garcia-lopez", "zzz", "a"]).to(wrong)[0] == right


def test_nothing_is_near() -> None:
    assert Nearest(["smith2020"]).to("knuth") == []
    assert Nearest([]).to("knuth") == []


def test_near_keys_are_found_quickly_among_many() -> None:
    nearest = Nearest(f"author{number % 977}{1900 + number % 120}word{number}" for number in range(50_000))
    start = time.process_time()
    assert nearest.to("author611961wrod1000") == nearest.to("author611961wrod1000")
    for number in range(50):
        nearest.to(f"autor{number}1950word{number * 7}")
    assert time.process_time() - start < 6
