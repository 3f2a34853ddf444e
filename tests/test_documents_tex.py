"""LaTeX and what it writes: which keys are cited where, which files are read, and what is said of bad input."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit import files
from bibkit.documents import Document, scan, scan_source
from bibkit.documents.sources import SourceText


def of(text: str, kind: str = "latex", **options: tuple[str, ...]) -> Document:
    return scan_source(SourceText("x.tex", files.Text(text)), kind, **options)


def keys(text: str, **options: tuple[str, ...]) -> list[str]:
    return [citation.key for citation in of(text, **options).citations]


def codes(text: str) -> list[str]:
    return [problem.code for problem in of(text).problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"\cite{a}", "a"),
        (r"\cite {a} \cite%" + "\n  {b}", "a b"),
        (r"\cite{ a , b,c }", "a b c"),
        ("\\cite{a,% why\n b}", "a b"),
        ("\\cite{a,\n\tb}", "a b"),
        (r"\citep[see][p.~3]{a} \citet*[5]{b}", "a b"),
        (r"\cite[{]}][\S~]{a}", "a"),
        (r"\cite[see [3]]{a}", "a"),
        (r"\cite[\cite{b}]{a}", "a b"),
        (r"\cites(see)(more)[1]{a}[2][3]{b,c}{d} {e}", "a b c d e"),
        ("\\textcites\n  {a}\n  [3]{b}.", "a b"),
        (r"\volcite[see]{2}[3]{a} \volcites{1}[2]{b}{3}{c}", "a b c"),
        (r"\cite<see>[3]{a} \citeA<e.g.,>{b} \cite<2->{c}", "a b c"),
        (r"\citefield{a}{title} \citename{b}{author}", "a b"),
        (r"\Citeauthor{a} \parencite*{b} \footfullcite{c} \autocite*{d} \citeyearpar{e}", "a b c d e"),
        (r"\cite{first,*second}", "first second"),
        (r"\cite{o'neil:2000/a+b_c.d}", "o'neil:2000/a+b_c.d"),
        (r"\cite{Müller2020,王2021}", "Müller2020 王2021"),
        (r"\bibentry{a} \nocite{b}", "a b"),
        (r"\upcite{a} \citestyle{plain} \citereset", "a"),
        (r"\verb|\cite{x}| \verb*!\cite{x}! \lstinline[language=TeX]{\cite{x}} \cite{a}", "a"),
        (r"\mintinline{tex}|\cite{x}| \Verb+\cite{x}+ \path|\cite{x}| \cite{a}", "a"),
        (r"\url{http://x.org/a%b} \cite{a} \href{http://x.org/%7E}{\cite{b}}", "a b"),
        ("% \\cite{x}\n\\% \\cite{a}\\\\% \\cite{x}", "a"),
        ("\\begin{verbatim}\n\\cite{x}\n\\end{verbatim}\\cite{a}", "a"),
        ("\\begin{lstlisting}[language=TeX]\n\\cite{x}\n\\end{lstlisting}\\cite{a}", "a"),
        ("\\begin{minted}{tex}\n\\cite{x}\n\\end{minted}\\cite{a}", "a"),
        ("\\begin{comment}\n\\cite{x}\n\\end{comment}\\cite{a}", "a"),
        ("\\lstnewenvironment{code}{}{}\\begin{code}\n\\cite{x}\n\\end{code}\\cite{a}", "a"),
        (r"\iffalse\cite{x}\ifnum1>0 \cite{x}\fi\cite{x}\fi\cite{a}", "a"),
        (r"\iffalse\cite{x}\iff\iffree{b}{c}\else\cite{a}\fi", "a"),
        (r"\newif\ifdraft\iffalse\newif\ifother\cite{x}\fi\cite{a}", "a"),
        (r"\string\cite{x}", ""),
        (r"\end{document}\cite{x}", ""),
        (r"\cite{a}\endinput\cite{x}", "a"),
        (r"\let\mine\cite \mine{a}\let\yours=\autocites\yours{b}{c}", "a b c"),
        (r"\newcommand{\mine}[1]{see \cite{#1}}\mine{a}", "a"),
        (r"\newcommand\mine[2][]{\citep[#1]{#2}}\mine[3]{a} \mine{b}", "a b"),
        (r"\newcommand*{\mine}[2]{\cite[#1]{#2}}\mine{p. 3}{a}", "a"),
        (r"\newcommand{\mine}[2]{\cite{#1,#2} and \textbf{\cite{x}}}\mine{a}{b}", "x a b"),
        (r"\newcommand{\mine}{\citep}\mine[3]{a}", "a"),
        (r"\newcommand{\deep}[1]{\mine{#1}}\newcommand{\mine}[1]{\cite{#1}}\deep{a}", ""),
        (r"\def\mine#1#2{\emph{#1}\cite{#2}}\mine{x}{a}", "a"),
        (r"\def\mine[#1]#2{\cite[#1]{#2}}\mine[3]{a}", "a"),
        (r"\NewDocumentCommand\mine{s O{} m}{\cite[#2]{#3}}\mine*[3]{a}", "a"),
        (r"\NewDocumentCommand{\mine}{ m d() +m }{\cite{#1}}\mine{a}(x){y}", "a"),
        (r"\renewcommand{\cite}[1]{\oldcite{#1}}\cite{a}", "a"),
        (
            r"\DeclareCiteCommand{\mine}{}{}{}{}\mine[3]{a}\DeclareMultiCiteCommand{\mines}{\mine}{}\mines{b}{c}",
            "a b c",
        ),
        (r"\newcites{own}{My papers}\citeown{a}\nociteown{b}", "a b"),
        (r"\newcommand{\recite}[1]{#1}\recite{x}", ""),
        (r"\defcitealias{x}{Paper I}\citetalias{a}", "a"),
    ],
)
def test_keys(text: str, expected: str) -> None:
    assert keys(text) == expected.split()


def test_commands_can_be_named() -> None:
    assert keys(r"\zit[3]{a}") == []
    assert keys(r"\zit[3]{a}", commands=(r"\zit",)) == ["a"]


def test_a_citation_knows_its_place() -> None:
    text = "Ä\r\nsee \\cite{a,\r\n  bé}\r"
    found = of(text).citations
    assert [(one.line, one.column, one.command) for one in found] == [(2, 11, "cite"), (3, 3, "cite")]
    assert [text[one.start : one.end] for one in found] == ["a", "bé"]


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("\\cite{a\n\n\\cite{b}", "document-unclosed", ["b"]),
        (r"\cite{a \cite{b}", "document-unclosed", ["b"]),
        (r"\cite{a b}", "document-odd-key", ["a b"]),
        ("\\cite{50%of}\n\\cite{b}", "document-odd-key", ["50%of", "b"]),
        (r"\cite{}\cite{ , }\cite{b}", "document-empty-key", ["b"]),
        (r"\cite{\thekey, b}", "document-macro-key", ["b"]),
        (r"\begin{verbatim}\cite{b}", "document-unclosed", ["b"]),
        (r"\iffalse\cite{b}", "document-unclosed", ["b"]),
        (r"\input{\jobname-x}\cite{b}", "document-dynamic-input", ["b"]),
        (r"\input{nowhere}\cite{b}", "document-no-file", ["b"]),
        (r"\bibliography{nowhere}\cite{b}", "document-no-bibliography", ["b"]),
    ],
)
def test_bad_input_is_said_and_the_rest_is_read(text: str, code: str, expected: list[str]) -> None:
    found = of(text)
    assert {problem.code for problem in found.problems} == {code}
    assert [citation.key for citation in found.citations] == expected


def test_nothing_is_said_of_what_is_fine() -> None:
    assert codes(r"\newcommand{\a}[1]{\cite{#1}}\cite[{]]}{b}\InputIfFileExists{c}{}{}\usepackage{d}\cite") == []


def lay(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_files_are_followed_in_the_order_of_reading(tmp_path: Path) -> None:
    lay(
        tmp_path,
        main_tex=r"\cite{a}\input{one}\include{ch/two}\import{parts/}{three}\subfile{sub/four}\input plain \cite{z}",
        one_tex=r"\cite{b}",
        ch__two_tex=r"\cite{c}\input{ch/deep.tex}",
        ch__deep_tex=r"\cite{d}",
        parts__three_tex=r"\cite{e}\input{inner}\subimport{more/}{x}",
        parts__inner_tex=r"\cite{f}",
        parts__more__x_tex=r"\cite{g}",
        sub__four_tex=r"\documentclass[../main]{subfiles}\begin{document}\cite{h}\input{beside}\end{document}\cite{x}",
        sub__beside_tex=r"\cite{i}",
        plain_tex=r"\cite{j}",
    )
    found = scan(tmp_path / "main.tex")
    assert "".join(found.keys()) == "abcdefghijz"
    assert found.problems == ()
    assert [Path(name).name for name in found.files][:3] == ["main.tex", "one.tex", "two.tex"]


def test_a_subfile_alone_has_the_preamble_of_its_main_file(tmp_path: Path) -> None:
    lay(
        tmp_path,
        main_tex="\\usepackage{biblatex}\\addbibresource{refs.bib}\n\\begin{document}\\cite{x}\\subfile{sub/one}",
        sub__one_tex=r"\documentclass[../main]{subfiles}\begin{document}\cite{a}\end{document}",
        refs_bib="",
    )
    found = scan(tmp_path / "sub/one.tex")
    assert found.keys() == ("a",)
    assert found.bibliographies == (str(tmp_path / "refs.bib"),)
    assert (found.dialect, found.problems) == ("biblatex", ())


def test_a_package_beside_the_document_is_read(tmp_path: Path) -> None:
    lay(tmp_path, main_tex=r"\usepackage{amsmath,ours}\mine{a}", ours_sty=r"\newcommand{\mine}[1]{\cite{#1}}")
    assert scan(tmp_path / "main.tex").keys() == ("a",)


def test_a_circle_is_said_once_and_left_open(tmp_path: Path) -> None:
    lay(tmp_path, a_tex=r"\cite{a}\input{b}\cite{c}", b_tex="\\cite{b}\n\\input{a}\\input{b}")
    found = scan(tmp_path / "a.tex")
    assert found.keys() == ("a", "b", "c")
    assert [(problem.code, problem.line) for problem in found.problems] == [("document-circular", 2)] * 2


def test_a_missing_file_is_said_with_its_place(tmp_path: Path) -> None:
    lay(tmp_path, main_tex="text\n  \\input{gone}\\cite{a}")
    (problem,) = scan(tmp_path / "main.tex").problems
    assert problem.where() == f"{tmp_path}/main.tex:2:3"
    assert "gone" in problem.message


def test_a_long_chain_of_files_is_read(tmp_path: Path) -> None:
    for number in range(1500):
        (tmp_path / f"f{number}.tex").write_text(f"\\cite{{k{number}}}\\input{{f{number + 1}}}")
    found = scan(tmp_path / "f0.tex")
    assert len(found.citations) == 1500
    assert [problem.code for problem in found.problems] == ["document-no-file"]


def test_odd_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_bytes("é \\cite{a}".encode("latin-1"))
    (tmp_path / "b.tex").write_bytes(b"\xef\xbb\xbf\\cite{a}")
    (tmp_path / "c.tex").write_bytes("\\cite{a}".encode("utf-16"))
    for name in "abc":
        assert scan(tmp_path / f"{name}.tex").keys() == ("a",)


def test_what_the_document_loads(tmp_path: Path) -> None:
    lay(tmp_path, refs_bib="", more_bib="")
    document = lay(
        tmp_path, a_tex=r"\usepackage[sort&compress]{natbib}\bibliographystyle{plainnat}\bibliography{refs, more}"
    )
    found = scan(document / "a.tex")
    assert (found.dialect, found.backend, found.style) == ("bibtex", "bibtex", "plainnat")
    assert [Path(path).name for path in found.bibliographies] == ["refs.bib", "more.bib"]
    lay(
        tmp_path,
        b_tex=r"\usepackage[style=apa,backend=bibtex8,maxnames={3}]{biblatex}\addbibresource[label=x]{refs.bib}",
    )
    found = scan(tmp_path / "b.tex")
    assert (found.dialect, found.backend, found.style) == ("biblatex", "bibtex", "apa")
    assert found.options == {"style": "apa", "backend": "bibtex8", "maxnames": "3"}


def test_everything_sets_and_own_entries() -> None:
    assert of(r"\nocite{*}").everything
    assert of(r"\nocite{*}").citations == ()
    found = of(
        r"\defbibentryset{s}{a,b}\cite{s}\addtocategory{x}{c}\begin{thebibliography}{9}\bibitem[A]{ d }\bibitem{e}"
    )
    assert found.sets == {"s": ("a", "b")}
    assert found.keys() == ("s",)
    assert [one.key for one in found.mentioned] == ["a", "b", "c"]
    assert [one.key for one in found.defined] == ["d", "e"]


def test_sweave(tmp_path: Path) -> None:
    text = "\\cite{a}\n<<fig=TRUE>>=\nx <- '\\\\cite{no}'\n@\n\\cite{b}\n<<child='one.Rnw'>>=\n@\n"
    lay(tmp_path, main_Rnw=text, one_Rnw=r"\cite{c}")
    assert set(scan(tmp_path / "main.Rnw").keys()) == {"a", "b", "c"}


# ------------------------------------------------------------------------------------------------ .aux and .bcf


def test_aux(tmp_path: Path) -> None:
    lay(
        tmp_path,
        p_aux="\\relax \n\\citation{a,b}\n\\citation{REVTEX42Control}\n\\bibdata{pNotes,refs}\n"
        "\\@input{ch.aux}\n\\bibstyle{unsrt}\n",
        ch_aux="\\relax\n\\citation{c}\n\\citation{*}\n",
        refs_bib="",
    )
    found = scan(tmp_path / "p.aux")
    assert found.keys() == ("a", "b", "c")
    assert found.everything
    assert found.style == "unsrt"
    assert found.bibliographies == (str(tmp_path / "refs.bib"),)
    assert found.problems == ()


def test_an_aux_of_another_job_is_said(tmp_path: Path) -> None:
    lay(tmp_path, p_aux="\\relax\n\\citation{x,y}\n\\@input{gone.aux}\n", p_tex=r"\cite{a}", q_aux="no LaTeX\n")
    assert [problem.code for problem in scan(tmp_path / "p.aux").problems] == ["document-no-file", "document-other-job"]
    assert [problem.code for problem in scan(tmp_path / "q.aux").problems] == ["document-other-job"]


def test_an_old_aux_is_said(tmp_path: Path) -> None:
    lay(tmp_path, p_aux="\\relax\n\\citation{a,b}\n", p_tex=r"\cite{a,b,c}")
    os.utime(tmp_path / "p.aux", (1, 1))
    assert [problem.code for problem in scan(tmp_path / "p.aux").problems] == ["document-old"]


def test_bcf(tmp_path: Path) -> None:
    text = """<?xml version="1.0" encoding="UTF-8"?>
<bcf:controlfile version="3.10">
  <!-- <bcf:citekey order="1">no</bcf:citekey> -->
  <bcf:options component="biber" type="global"><bcf:option type="singlevalued">
    <bcf:key>mincrossrefs</bcf:key><bcf:value>2</bcf:value></bcf:option></bcf:options>
  <bcf:bibdata section="0"><bcf:datasource type="file" datatype="bibtex">refs.bib</bcf:datasource></bcf:bibdata>
  <bcf:section number="0"><bcf:citekey order="1" intorder="1">a&amp;b</bcf:citekey>
    <bcf:citekey type="set" members="m,n">s</bcf:citekey><bcf:citekey order="2" nocite="1">*</bcf:citekey></bcf:section>
"""
    lay(tmp_path, p_bcf=text, refs_bib="", q_bcf="<xml/>")
    found = scan(tmp_path / "p.bcf")
    assert (found.keys(), found.everything, found.sets) == (("a&b",), True, {"s": ("m", "n")})
    assert found.options == {"mincrossrefs": "2"}
    assert found.bibliographies == (str(tmp_path / "refs.bib"),)
    assert [problem.code for problem in scan(tmp_path / "q.bcf").problems] == ["document-other-job"]


# ------------------------------------------------------------------------------------------------ any text

PIECES = [
    *r"""
    \cite \cites \newcommand \def \begin{verbatim} \end{verbatim} \iffalse \fi \verb| \url{ \input{x} { } [ ] ( ) < > %
    , a #1 \ * \let \usepackage \bibliography \bibitem @ [cite: cite: [[ ]] ` $ ~~~ --- #( #let " <a> /* */ // #cite(
    ]( {{< <!-- --> :: \citation{ <bcf:citekey> </bcf:citekey> #+include: #+begin_src #bibliography( nocite: #fig
    """.split(),
    " ",
    "\n",
    "\n\n",
    "\r\n",
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)


@given(TEXTS, st.sampled_from(["latex", "aux", "bcf", "typst", "markdown", "quarto", "org"]))
def test_no_text_makes_a_scanner_fail(text: str, kind: str) -> None:
    found = of(text, kind)
    for citation in (*found.citations, *found.mentioned, *found.defined):
        assert kind == "bcf" or text[citation.start : citation.end] == citation.key
        assert citation.key


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        *(("latex", unit) for unit in (r"\cite[", r"\cite{a ", r"\cite{{", r"\verb|", r"\newcommand{\a}{", r"\def\a")),
        *(("markdown", unit) for unit in ("[", "` `` ", "<!-- ", "](", "$a ", "@{a", "<a ")),
        *(("typst", unit) for unit in ("#a[", "#let a = \"", "/*", "#bibliography(", "` `` ")),
        *(("org", unit) for unit in ("[cite:", " =a", "[[cite:", "a\n")),
    ],
)  # fmt: skip
def test_time_is_linear(kind: str, unit: str) -> None:
    def seconds(size: int) -> float:
        start = time.process_time()
        of(unit * (size // len(unit)), kind)
        return time.process_time() - start

    short, long = seconds(10_000), seconds(80_000)
    assert long < max(short, 0.02) * 8 * 4
