"""Markdown, Org and Typst: which keys are cited, which files are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibkit import files
from bibkit.documents import Document, scan, scan_source
from bibkit.documents.sources import SourceText


def of(text: str, kind: str) -> Document:
    return scan_source(SourceText("x", files.Text(text)), kind)


def found(text: str, kind: str) -> list[tuple[str, str]]:
    return [(citation.command, citation.key) for citation in of(text, kind).citations]


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a says", "@a"),
        ("[@a; -@b, p. 3] -@c", "[@a [-@b -@c"),
        ("[see @a] (@b) @c.", "[@a @b @c"),
        ("@{a b} @{https://x.org?y=1}", "@https://x.org?y=1"),
        (r"\citep[3]{a} \@b me@c.org `@d` <me@e.org> [x](@f) <!-- @g --> $@h$", "citepa"),
        ("```\n@a\n```\n~~~ {.r}\n@b\n~~~~\n\n    @c\n\n@d", "@d"),
        ("@fig:a @eq:b [@tbl:c] @a:b", "@a:b"),
        ("![x](y.png){#fig-a}\n\n@fig-a @fig-b", "@fig-b"),
        ("(@good) One\n\nSee (@good) and (@a).", "@a"),
    ],
)
def test_markdown(text: str, expected: str) -> None:
    assert [command + key for command, key in found(text, "markdown")] == expected.split()


def test_quarto_cross_references_are_left_out() -> None:
    text = "@fig-x @Tbl-x @sec-x @eq-x -@thm-x [@lst-x] @a @figure2000\n\n{{< include _b.qmd >}}"
    assert [key for _, key in found(text, "quarto")] == ["a", "figure2000"]


def test_a_header(tmp_path: Path) -> None:
    text = """---
title: "As @a says"
bibliography: [refs.bib, "more.json"]
csl: apa.csl
nocite: |
  @b, @c
twitter: "@nobody"
references:
- id: own
  title: Own
---
@own
"""
    lay(tmp_path, {"x.md": text, "refs.bib": "", "more.json": "[]"})
    document = scan(tmp_path / "x.md")
    assert document.keys() == ("a", "b", "c", "own") or set(document.keys()) == {"a", "b", "c", "own"}
    assert [Path(path).name for path in document.bibliographies] == ["refs.bib", "more.json"]
    assert (document.style, document.dialect, document.problems) == ("apa.csl", "csl", ())
    assert [one.key for one in document.defined] == ["own"]


@pytest.mark.parametrize(
    "written", ["bibliography: refs.bib", "bibliography:\n- refs.bib", "bibliography:\n  - 'refs.bib'"]
)
def test_ways_to_name_a_bibliography(tmp_path: Path, written: str) -> None:
    lay(tmp_path, {"x.md": f"---\n{written}\n---\n", "refs.bib": ""})
    assert scan(tmp_path / "x.md").bibliographies == (str(tmp_path / "refs.bib"),)


def test_nocite_of_everything() -> None:
    assert of("---\nnocite: '@*'\n---\n", "markdown").everything


def test_quarto_projects_and_includes(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "_quarto.yml": "project:\n  type: book\nbibliography: refs.bib\n",
            "refs.bib": "",
            "ch/one.qmd": "@a\n\n{{< include _two.qmd >}}\n\n@c",
            "ch/_two.qmd": "@b",
        },
    )
    document = scan(tmp_path / "ch/one.qmd")
    assert document.keys() == ("a", "b", "c")
    assert [Path(path).name for path in document.bibliographies] == ["refs.bib"]


def test_children_of_r_markdown(tmp_path: Path) -> None:
    text = (
        "@a\n\n```{r child='one.Rmd'}\n```\n\n```{r}\n#| child: two.Rmd\n```\n@d\n\n```{r, child=c('gone.Rmd')}\n```\n"
    )
    lay(tmp_path, {"x.Rmd": text, "one.Rmd": "@b", "two.Rmd": "@c"})
    document = scan(tmp_path / "x.Rmd")
    assert document.keys() == ("a", "b", "c", "d")
    assert [problem.code for problem in document.problems] == ["document-no-file"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[cite:@a] [cite/t:see @b p. 3; @c; more]", "citea cite/tb cite/tc"),
        ("[cite/noauthor/bare:@a]", "cite/noauthor/barea"),
        (
            "cite:a,b citep:c. [[cite:&d]] [[citet:see &e p. 3;&f]] [[cite:g][text]]",
            "citea citeb citepc cited citete citetf citeg",
        ),
        (
            "=[cite:@x]= ~[cite:@x]~\n# [cite:@x]\n: [cite:@x]\n\n#+begin_src tex\n[cite:@x]\n#+end_src\n[cite:@a]",
            "citea",
        ),
        ("[cite:see [3]\n@a]", "citea"),
        (r"\citep[3]{a}", "citepa"),
        ("excite: cite: [cite:] website:x", ""),
    ],
)
def test_org(text: str, expected: str) -> None:
    assert [command + key for command, key in found(text, "org")] == expected.split()


def test_org_settings_and_files(tmp_path: Path) -> None:
    text = """#+bibliography: "refs.bib"
#+cite_export: natbib plainnat
[cite/nocite:@*]
#+include: "one.org" :lines "1-"
#+include: "code.py" src python
bibliography:more.bib
[cite:@b
"""
    lay(tmp_path, {"x.org": text, "one.org": "[cite:@a]", "refs.bib": "", "more.bib": ""})
    document = scan(tmp_path / "x.org")
    assert document.keys() == ("a",)
    assert document.everything
    assert (document.dialect, document.style) == ("bibtex", "plainnat")
    assert [Path(path).name for path in document.bibliographies] == ["refs.bib", "more.bib"]
    assert [problem.code for problem in document.problems] == ["document-unclosed"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@a, @b-c. @d:e: @f[p. 3]", "@a @b-c @d:e @f"),
        ('#cite(<a>) #cite(label("b/c"), form: "prose") #ref(<d>)', "#citea #citeb/c #refd"),
        ('"@a" #text("@x") #let y = "@x"\n@b', "@a @b"),
        ("// @x\n/* @x /* @x */ @x */ `@x` ```\n@x\n``` @a", "@a"),
        ("= T <t>\n@t @a #figure([@b], caption: [@c]) <f>\n@f", "@a @b @c"),
        ('#if x [@a] else [@b]\n@c #let f(x) = [@d]; @e\n#set text(lang: "@x")\n@g', "@a @b @c @d @e @g"),
        ("#let a = {\n  let b = [@a]\n}\n@b #emph[see [@c] @d] @e ] @f", "@a @b @c @d @e @f"),
        ('$ x @x "@x" $ @a https://x.org/@x', "@a"),
        (r"\@x me@", ""),
        ("#context {\n cite(<a>)\n}", "#citea"),
    ],
)
def test_typst(text: str, expected: str) -> None:
    assert [command + key for command, key in found(text, "typst")] == expected.split()


def test_typst_files(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "x.typ": '#import "@preview/a:0.1.0": b\n#import "t.typ": *\n#show: t\n@a\n#include "ch/one.typ"\n@c',
            "t.typ": '#let t(body) = [#body #bibliography(("refs.bib", "more.yml"), full: true, style: "apa")]',
            "ch/one.typ": '@b #include "/ch/gone.typ"',
            "refs.bib": "",
            "more.yml": "",
        },
    )
    document = scan(tmp_path / "x.typ")
    assert document.keys() == ("a", "b", "c")
    assert [Path(path).name for path in document.bibliographies] == ["refs.bib", "more.yml"]
    assert (document.everything, document.style, document.dialect) == (True, "apa", "biblatex")
    assert [(problem.code, problem.line) for problem in document.problems] == [("document-no-file", 1)]
