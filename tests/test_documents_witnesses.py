"""The citations that bibkit finds, against those that LaTeX, biblatex, pandoc and Typst find in the same text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibkit.documents import scan

CLASSIC = r"""\documentclass{article}
\usepackage{natbib}
\usepackage{verbatim,url}
\usepackage{local}
\newcommand{\seealso}[2][]{see also~\citep[#1]{#2}}
\newcommand\both[2]{\cite{#1,#2}}
\def\plain#1{\citet{#1}}
\let\shout\Citet
\newcommand{\fixed}{\cite{fixed}}
\begin{document}
\cite{one}, \cite{ two , three },\cite{four,% a comment with {braces}
  five} \citep[see][p.~{[}3]{six} \citet*{seven} \citep[see \citealp{inner}][{\S~4]}]{eight}
% \cite{commented}
\% \cite{afterpercent} \\% \cite{commented2}
\verb|\cite{verb}| \verb*+\cite{verbstar}+ \url{http://example.org/a%20b} \citeauthor{nine}
\begin{verbatim}
\cite{inverbatim}
\end{verbatim}
\begin{comment}
\cite{incomment}
\end{comment}
\iffalse \cite{notread} \ifnum1=1 \cite{notread2}\fi \else \cite{otherwise} \fi
\seealso[5]{ten} \both{eleven,twelve}{thirteen} \plain{fourteen} \shout{fifteen} \fixed
\string\cite{shown}
\nocite{sixteen} \localcite{seventeen}
\input{sub/part}
\include{chapter}
\citetext{as \citealp{eighteen} says}
\bibliographystyle{plainnat}
\bibliography{refs,more}
\end{document}
\cite{afterwards}
"""
MODERN = r"""\documentclass{article}
\usepackage[style=authoryear,backend=biber,mincrossrefs=3]{biblatex}
\addbibresource{refs.bib}
\DeclareCiteCommand{\mine}{}{\printnames{labelname}}{;}{}
\NewDocumentCommand{\tagged}{s O{} m}{\parencite[#2]{#3}}
\begin{document}
\autocites(see)(and others)[1]{one}[][3]{two,three}{four} \textcite[12]{five} \parencite*{six}
\volcite[see]{2}[4]{seven} \pvolcites(a)(b)[x]{1}[2]{eight}{3}{nine} \footcite{ten} \citefield{eleven}{title}
\citename{twelve}[given-family]{author} \Cites{thirteen}{fourteen} \fullcite{fifteen} \mine{sixteen}
\tagged*[3]{seventeen} \defbibentryset{set}{eighteen,nineteen}\cite{set}
\begin{refsection}\cite{twenty}\end{refsection}
\footcite[An aside]{twentytwo}
\nocite{twentythree}
\begin{filecontents}{\jobname-made.txt}
\cite{infile}
\end{filecontents}
\end{document}
"""
FILES = {
    "classic.tex": CLASSIC,
    "modern.tex": MODERN,
    "local.sty": r"\ProvidesPackage{local}\newcommand{\localcite}[1]{\textbf{\citep{#1}}}" + "\n",
    "sub/part.tex": "\\cite{inpart}\n\\endinput\n\\cite{afterend}\n",
    "chapter.tex": "\\section{C}\\cite{inchapter}\n",
    "refs.bib": "@book{one, title={One}}\n",
    "more.bib": "",
}
needs_latex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="needs pdflatex")
needs_pandoc = pytest.mark.skipif(not shutil.which("pandoc"), reason="needs pandoc")


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def latex(name: str, folder: Path) -> None:
    command = ["pdflatex", "-interaction=nonstopmode", "-draftmode", name]
    subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)


@needs_latex
def test_latex_writes_the_same_keys_into_its_aux(tmp_path: Path) -> None:
    lay(tmp_path, FILES)
    latex("classic.tex", tmp_path)
    aux = "".join(path.read_text() for path in (tmp_path / "classic.aux", tmp_path / "chapter.aux"))
    expected = {key.strip() for keys in re.findall(r"\\citation\{(.*)\}", aux) for key in keys.split(",")}
    document = scan(tmp_path / "classic.tex")
    assert set(document.keys()) == expected
    assert not document.problems
    assert set(scan(tmp_path / "classic.aux").keys()) == expected
    assert not scan(tmp_path / "classic.aux").problems


@needs_latex
def test_biblatex_writes_the_same_keys_into_its_control_file(tmp_path: Path) -> None:
    lay(tmp_path, FILES)
    latex("modern.tex", tmp_path)
    text = (tmp_path / "modern.bcf").read_text()
    expected = set(re.findall(r'<bcf:citekey (?!type="set")[^>]*>([^<]*)<', text))
    document, control, aux = (scan(tmp_path / f"modern.{suffix}") for suffix in ("tex", "bcf", "aux"))
    assert set(document.keys()) == set(control.keys()) == set(aux.keys()) == expected
    assert document.sets == control.sets == {"set": ("eighteen", "nineteen")}
    for found in (document, control, aux):
        assert found.bibliographies == (str(tmp_path / "refs.bib"),)
        assert found.options["mincrossrefs"] == "3"
        assert (found.dialect, found.backend, found.problems) == ("biblatex", "biber", ())


# ------------------------------------------------------------------------------------------------ pandoc

MARKDOWN = """---
title: A title with @intitle
nocite: |
  @nocited, @nocited2
author: someone@example.org
---

In text @one and [see @two, p. 3; also @three; -@four]. Say -@five, @six. And @seven: so @{eight nine}x.

@{a b} is no key, @{https://example.org/x?y=1} is; @Smith_2004:a/b.c, @doi:10.1000/182. (@ten) "@eleven" *@twelve*

`@code` and ``a ` @code2 ``; `unclosed @thirteen

    @indented

- item @fourteen

    @fifteen in the item

~~~
@fenced
~~~

```{.r}
[@fenced2]
```

<!-- @comment --> \\@escaped me@example.org <me@example.org> [link @sixteen](http://x.org/@target "t") $x @ y$ $a@b$

(@good) An example.

See (@good) and [@seventeen]{.class} and x@y and _@eighteen_ and [^1] and @nineteen[p. 3].

[^1]: A note by @twenty.

<span title="@attribute">@twentyone</span> @twentytwo--- @a..b @b.- @x::y @_under @1st @éa

| a | b |
|---|---|
| @cell | `@cell2` |

> @quoted

# Heading @inheading {#sec @z}
"""


def cited_by_pandoc(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        if tree.get("t") == "Cite":
            yield from (one["citationId"] for one in tree["c"][0])
        tree = tree.values()
    if isinstance(tree, (list, type({}.values()))):
        for each in tree:
            yield from cited_by_pandoc(each)


def pandoc(path: Path, kind: str) -> list[str]:
    done = subprocess.run(["pandoc", "-f", kind, "-t", "json", path], capture_output=True, check=True, timeout=60)
    return sorted(cited_by_pandoc(json.loads(done.stdout)))


@needs_pandoc
def test_pandoc_finds_the_same_citations_in_markdown(tmp_path: Path) -> None:
    path = tmp_path / "paper.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    assert sorted(citation.key for citation in scan(path).citations) == pandoc(path, "markdown")


ORG = """#+title: Title
#+bibliography: refs.bib
#+cite_export: biblatex authoryear

* Heading [cite:@one]
Text [cite/t:see @two p. 3; @three] and [cite:@four:a/b.c].
[cite:see [nested] @five
p. 3]

# [cite:@comment]
: [cite:@fixed]
=[cite:@verbatim]= ~[cite:@code]~ a=b [cite:@six] c=d

#+begin_src latex
[cite:@source]
#+end_src
- item [cite:@seven]
[cite:@eight;@nine]
| [cite:@cell] |
"""


@needs_pandoc
def test_pandoc_finds_the_same_citations_in_org(tmp_path: Path) -> None:
    path = tmp_path / "paper.org"
    path.write_text(ORG, encoding="utf-8")
    (tmp_path / "refs.bib").write_text("")
    assert sorted(citation.key for citation in scan(path).citations) == pandoc(path, "org")


# ------------------------------------------------------------------------------------------------ Typst

TYPST = """#import "lib.typ": helper
#set heading(numbering: "1.")
#let note(body) = [Note: #body @innote]
#let address = "me@example.org"
= Introduction <intro>
See @intro and @one[p. 3], @two. Also @three: so. #cite(<four>, form: "prose") and #cite(label("five/a")).
// @comment
/* @block /* @nested */ */
`@raw` ```@raw2``` #text("@string") #note[with @six] #emph[a [b] @seven]
#if true [ @eight ] else [ @nine ]
$ x @ y "text @math" $ https://example.org/@url
#{
  let a = 1
  [ @ten ]
}
#helper(<eleven>)
#include "part.typ"
#figure(rect(), caption: [Of @twelve]) <fig>
@fig
#bibliography("refs.bib")
"""


def test_typst_finds_the_same_citations(tmp_path: Path) -> None:
    typst = pytest.importorskip("typst")
    keys = "one two three four five/a six seven eight nine ten eleven twelve innote inpart".split()
    files = {
        "paper.typ": TYPST,
        "lib.typ": "#let helper(key) = cite(key)\n",
        "part.typ": "@inpart\n",
        "refs.bib": "".join(f"@book{{{key}, title={{T}}, author={{A}}, date={{2000}}}}\n" for key in keys),
    }
    lay(tmp_path, files)
    found = json.loads(typst.query(str(tmp_path / "paper.typ"), "cite"))
    expected = {one["key"].removeprefix('label("').removesuffix('")').strip("<>") for one in found}
    document = scan(tmp_path / "paper.typ")
    assert set(document.keys()) | {"eleven"} == expected | {"nine"}  # a branch that is not taken; a key in an argument
    assert document.bibliographies == (str(tmp_path / "refs.bib"),)
