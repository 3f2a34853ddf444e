from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bibkit import latex_tables as tables
from bibkit.latex import decode, decode_verbatim, encode, encode_verbatim, unencodable
from bibkit.text import tokens

NOCASE = '<span class="nocase">'
SC = '<span style="font-variant:small-caps;">'

# ------------------------------------------------------------------------------------------------ decode

SPELLINGS = {
    "ö": [r"\"o", r"{\"o}", r"\"{o}", r"\" o", r"{\"{o}}", r"\"{{o}}", "o\u0308"],
    "í": [r"\'\i", r"\'{\i}", r"{\'\i}", r"{\'{\i}}", r"\'i", "\\'\\i "],
    "č": [r"\v{c}", r"\v c", r"{\v c}", r"{\v{c}}"],
    "ç": [r"\c{c}", r"\c c", r"{\c c}"],
    "ą": [r"\k{a}", r"\k a"],
    "İ": [r"\.I", r"\.{I}"],
    "i": [r"\.i", r"\.{\i}"],
    "ő": [r"\H{o}", r"\H o"],
    "å": [r"\r a", r"\r{a}", r"\aa", r"{\aa}"],
    "ụ": [r"\d{u}"],
    "o̱": [r"\b{o}"],
    "ă": [r"\u{a}"],
    "o͡o": [r"\t{oo}"],
    "ș": [r"\textcommabelow{s}"],
    "ǘ": [r"\'{\"u}", r"\'{\"{u}}", r"{\'{{\"u}}}"],
    "ǽ": [r"\'{\ae}", r"\'\ae"],
    "ế": [r"\'{\^e}"],
    "ñ": [r"\~n", r"\~{n}"],
    "ī": [r"\={\i}", r"\=i"],
    "ẹ́": [r"\d{\'e}", r"\'{\d{e}}"],
    "<i>é</i>": [r"\'{\emph{e}}"],
}


@pytest.mark.parametrize(("text", "written"), [(text, one) for text, all_ in SPELLINGS.items() for one in all_])
def test_accents_in_every_spelling(text: str, written: str) -> None:
    assert decode(written) == text
    assert decode(f"x{written}", protect=True) == f"x{text}"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        # symbols, and the blank behind a command
        (r"\ss\ \o\l{} \AE x", "ß øł Æx"),
        (r"stra{\ss}e, \OE uvre", "straße, Œuvre"),
        (r"\S 3, \P{} \copyright\ 2020, \pounds5 \euro", "§3, ¶ © 2020, £5 €"),
        (r"\dots \ldots\textellipsis", "……" + "…"),
        (r"\textquoteleft a\textquoteright{} \guillemotleft b\guillemotright", "‘a’ «b»"),
        (r"\alpha\textbeta\Gamma\textmu \leq\times\infty", "αβΓµ≤×∞"),
        (r"\TeX nik and \LaTeX{} by \BibTeX", "TeXnik and LaTeX by BibTeX"),
        (r"\textreferencemark \rightsquigarrow", "※⇝"),  # the second one is known to pylatexenc alone
        ("\\char65 \\char'101 \\char\"41 \\char`A\\char`\\% \\symbol{65}", "AAAA%A"),
        (r"\symbol{39}\char39", "’’"),
        (r"\char1 \symbol{x}", r"\char1 \symbol{x}"),
        (r"\apj{} and \mnras", "ApJ and MNRAS"),
        # signs
        (r"\& \% \$ \# \_ \{ \}", "& % $ # _ { }"),
        (r"a\textbackslash b \textasciitilde{} \~{} \textasciicircum \^{}", "a\\b ~ ~ ^^"),
        (r"soft\-hyphen, \/italic, a\,b, a\ b, a\\b", "softhyphen, italic, a\u202fb, a b, a b"),
        # ligatures and ties
        ("pp. 1--2---3", "pp. 1–2—3"),
        ("``a'' `b' ?`c !`d", "“a” ‘b’ ¿c ¡d"),
        ("-{}- `{}`", "-- ‘‘"),
        ("Y.~Matsumoto", "Y.\u00a0Matsumoto"),
        ("don't", "don’t"),
        ('say "so"', 'say "so"'),
        # white space and percent signs
        (" a\n  b\t c  ", "a b c"),
        ("a\r\n\r\n b", "a\n\nb"),
        (r"a\par b", "a\n\nb"),
        ("98% of 5 %", "98% of 5 %"),
        ("com%\n  ment", "comment"),
        ("98%\n of them", "98% of them"),
        ("a\x00b\x1f", "ab"),
        # formatting
        (r"\emph{a \textbf{b}} \textit c", "<i>a <b>b</b></i> <i>c</i>"),
        (r"{\em a} {\bf b {\it c} d}", "<i>a</i> <b>b <i>c</i> d</b>"),
        (r"a\it b\rm c", "a<i>b</i>c"),
        (r"\begin{it}a\end{it}b", "<i>a</i>b"),
        (r"\begin{foo}a\end{foo}", r"\begin{foo}a\end{foo}"),
        (r"1\textsuperscript{st} H\textsubscript2O \textsc{Abc}", f"1<sup>st</sup> H<sub>2</sub>O {SC}Abc</span>"),
        (r"\mkbibquote{a \enquote{b} c} \mkbibparens{d}", "“a ‘b’ c” (d)"),
        (r"\texttt{a} \mbox{b-c} {\rm d} \uppercase{e}", "a b-c d e"),
        (r"\emph{}{\it}{\bf {}}{\it \emph{{}}}x", "x"),
        (r"\textcolor{red}{a} \foreignlanguage{german}{b} \texorpdfstring{$x$}{y}", "a b y"),
        (r"\noopsort{1973a}1973 \hspace{2em}x", "1973 x"),
        ("<i>a</i> from HTML", "<i>a</i> from HTML"),
        # addresses
        (r"\url{http://a.org/b\_c%20~d}", "http://a.org/b_c%20~d"),
        (r"\href{http://a.org}{the text}", "the text (http://a.org)"),
        (r"\href{http://a.org}{http://a.org}", "http://a.org"),
        # mathematics
        ("in $O(n \\log n)$", "in $O(n \\log n)$"),
        (r"\(a+b\) \[c\] $ d $ $$e$$", "$a+b$ $$c$$ $d$ $$e$$"),
        (r"$\alpha$-helix {$\beta$} \ensuremath{\gamma} $<$", "α-helix β γ <"),
        (r"H$_2$O $^{13}$C 5$^\circ$ m$^{-1}$", "H<sub>2</sub>O <sup>13</sup>C 5° m<sup>−1</sup>"),
        (r"$\sp{a}\sb{b}$", "<sup>a</sup><sub>b</sub>"),
        ("$x$2D", "$x2$D"),
        ("$5%$ $a#$", r"$5\%$ $a\#$"),
        (r"\ensuremath{x_1}", "$x_1$"),
        (r"\$5 and \$6", "$5 and $6"),
        ("a $ b", "a $ b"),
        ("$a{b$", "$ab$"),
        ("$$", "$$"),
        # what means nothing stays
        (r"\foo{b\_r}[x] \baz qux", r"\foo{b\_r}[x] \baz qux"),
        (r"\foo {b} {\TUG}boat {\TUG} b", r"\foo b \TUG{}boat \TUG b"),
        (r"\cite[p.~1]{key} \footnote{a -- b}", r"\cite[p.~1]{key} \footnote{a -- b}"),
        ("a}b", "a}b"),
        ("\\", "\\"),
        ("\\emph", "\\emph"),
        (r"\'", "´"),
        ("{\\textsuperscript 4}", "⁴"),
        ("", ""),
    ],
)  # fmt: skip
def test_decode(written: str, text: str) -> None:
    assert decode(written) == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("The {DNA} of {{GPT}}", f"The {NOCASE}DNA</span> of {NOCASE}GPT</span>"),
        ("m{RNA}s", f"m{NOCASE}RNA</span>s"),
        ("{Whole Title}", f"{NOCASE}Whole Title</span>"),
        ("{A {B} C}", f"{NOCASE}A B C</span>"),
        (r"{\"O}zg{\"u}r, {\LaTeX}, {\emph{X} Y}", "Özgür, LaTeX, <i>X</i> Y"),
        (r"{{\'E}cole} {{\emph{X}}}", f"{NOCASE}École</span> {NOCASE}<i>X</i></span>"),
        (r"\emph{On {DNA}}", f"<i>On {NOCASE}DNA</span></i>"),
        (r"{\em On {DNA}}", f"<i>On {NOCASE}DNA</span></i>"),
        (r"{} {1} {$N$} {$\Gamma$} {-}", "1 $N$ Γ -"),
        (r"\'{{E}}", "É"),
        (r"\foo{{DNA}}", r"\foo{{DNA}}"),
        (r"\href{http://a.org}{The Title}", "The Title"),
        ("{unclosed", f"{NOCASE}unclosed</span>"),
    ],
)
def test_protection(written: str, text: str) -> None:
    assert decode(written, protect=True) == text


# ------------------------------------------------------------------------------------------------ encode


@pytest.mark.parametrize(
    ("text", "utf8", "ascii_"),
    [
        ("plain text, with: signs!", "plain text, with: signs!", "plain text, with: signs!"),
        ("a & b % c # d _ e $ f", r"a \& b \% c \# d \_ e \$ f", None),
        ("{ } \\", r"\textbraceleft{} \textbraceright{} \textbackslash{}", None),
        ("~ ^", r"\textasciitilde{} \textasciicircum{}", None),
        ("< > | `", r"\textless{} \textgreater{} \textbar{} \textasciigrave{}", None),
        ("1–2—3 … “a” ‘b’ c\u00a0d", "1--2---3 \\ldots{} ``a'' `b' c~d", None),
        ("it’s, it's \"so\"", "it's, it's \"so\"", None),
        ("a--b '' ,, ?‘ “‘ ——", "a-{}-b '{}' ,{}, ?{}` ``{}` ---{}---", None),
        ("é Ø ß ñ İ í", "é Ø ß ñ İ í", r"{\'e} {\O} {\ss} {\~n} {\.I} {\'{\i}}"),
        ("č ç ą ő å ș ī", "č ç ą ő å ș ī", r"{\v{c}} {\c{c}} {\k{a}} {\H{o}} {\aa} {\textcommabelow{s}} {\={\i}}"),
        ("ế o̱ o͡o", r"{\'{\^e}} {\b{o}} {\t{oo}}", None),
        ("½ € № ©", "½ € № ©", r"\textonehalf{} \texteuro{} \textnumero{} \textcopyright{}"),
        ("α Γ ≤ − ′", r"$\alpha$ {$\Gamma$} $\leq$ $-$ $'$", None),
        ("→", "→", r"\textrightarrow{}"),
        ("x⁴ y₂", r"x{\textsuperscript 4} y{\textsubscript 2}", None),
        ("中文 и ο", "中文 и ο", None),
        ("<i>a</i><b>b</b><sub>c</sub><sup>d</sup>", r"\emph{a}\textbf{b}\textsubscript{c}\textsuperscript{d}", None),
        (f"<em>a</em> {SC}b</span> <i>c", r"\emph{a} \textsc{b} \textless{}i\textgreater{}c", None),
        (f"{NOCASE}DNA</span> {NOCASE}<i>x</i></span> {NOCASE}α</span>", r"{DNA} {{\emph{x}}} {{$\alpha$}}", None),
        (f"{NOCASE}a {NOCASE}b</span> c</span>", "{a b c}", None),
        ("$x_1$ $O(N)$ costs $5 to $10", r"$x_1$ {$O(N)$} costs \$5 to \$10", None),
        ("a\n\n b\nc\td\x07", "a\n\nb c d", None),
        # commands that stand in the text
        (r"\textbf{M}odel, 98\%, \{x\}", r"\textbf{M}odel, 98\%, \textbraceleft{}x\textbraceright{}", None),
        (r"Poincar\'e, Erd\H{o}s, Stra{\ss}e", "Poincaré, Erdős, Straße", r"Poincar{\'e}, Erd{\H{o}}s, Stra{\ss}e"),
        (r"\emph{see $x$} \cite{k} \alpha{}", r"\emph{see $x$} \cite{k} $\alpha$", None),
        (r"C:\textfiles\new", r"C:\textbackslash{}textfiles\textbackslash{}new", None),
        (r"\emph{open", r"\textbackslash{}emph\textbraceleft{}open", None),
        (r"\foo{x}", r"\textbackslash{}foo\textbraceleft{}x\textbraceright{}", None),
    ],
)  # fmt: skip
def test_encode(text: str, utf8: str, ascii_: str | None) -> None:
    assert encode(text) == utf8
    assert encode(text, target="ascii") == (utf8 if ascii_ is None else ascii_)


def test_encode_without_protection_adds_no_braces() -> None:
    assert encode(f"{NOCASE}DNA</span> $N$", protect=False) == "DNA $N$"


def test_foreign_commands_stay_on_request() -> None:
    assert encode(r"\foo{a_b} & \baz", foreign="keep") == r"\foo{a_b} \& \baz"
    assert decode(r"\foo{a_b} \& \baz") == r"\foo{a_b} & \baz"


def test_unencodable() -> None:
    assert unencodable("Ж中é α½ ﬁ中", "utf8") == ("Ж", "中")
    assert unencodable("Ж中é α½ ﬁ中", "ascii") == ("Ж", "中", "ﬁ")
    assert unencodable("<i>plain</i> $x$", "ascii") == ()
    assert unencodable("$α$", "utf8") == ("α",)


FRAGMENTS = r"""
    \'e {\"o} \v{c} \ss {\ss} \o { } {DNA} {$ $ $\alpha$ $x^2$ $_2$ $^{a}$ -- --- `` '' ` ' ~ \, \& \% % \emph{
    \textbf \textsc{a} {\em \it \rm \enquote{ \foo{x} \foo \bar \alpha \Gamma \leq \textbackslash
    \{ \} \_ \^ \= \t{oo} \i \ldots ? ! - , < > <i> </i> é α ’ “ – ⁴ ₂ Ω 中 а a B i 5 \( \) \char65 \url{a_b} \href{u}{
    \begin{it} \end{it} \noopsort{a} ^ _ # & | " \ensuremath{ ﬁ ḱ ế ı̈ \ \hspace{0pt} \par \quad ͡
""".split()
BLANKS = [" ", "\n", "\n\n", "%\n", "\u00a0", "\u202f", "\u2009", "\u0301", "\u0323", "\\ ", "{\\textsuperscript 4}"]
WRITTEN = st.lists(st.sampled_from(FRAGMENTS + BLANKS) | st.text(max_size=3), max_size=14).map("".join)


def standing(rich: str) -> bool:
    """Whether something stands literally in a text that LaTeX, or a mark, would spell: it cannot be told apart."""
    formulas = (token.text for token in tokens(rich) if token.kind == "math")
    return (
        "'" in rich
        or re.search(r"\\([&%$#_{}\"'`^~]|[A-Za-z])|<(\w+)[^>]*></|\{", rich) is not None
        or any(decode(formula) != formula for formula in formulas)
    )


@settings(derandomize=True, deadline=None, max_examples=300)
@given(WRITTEN, st.booleans(), st.sampled_from(["utf8", "ascii"]))
@example("{{\\'E}cole} -- ``a'' ?`b \\t{oo}", True, "ascii")
@example(r"\foo{x}", False, "utf8")
def test_what_is_written_is_read_back(written: str, protect: bool, target: str) -> None:
    rich = decode(written, protect=protect)
    assume(not standing(rich))
    latex = encode(rich, target=target, protect=protect)
    assert decode(latex, protect=protect) == rich
    assert encode(decode(latex, protect=protect), target=target, protect=protect) == latex
    if target == "ascii" and not latex.isascii():
        assert unencodable(rich, "ascii")


@pytest.mark.parametrize("target", ["utf8", "ascii"])
@pytest.mark.parametrize("table", ["LETTERS", "ESCAPES", "SYMBOLS", "MATH"])
def test_every_character_of_the_tables_comes_back(table: str, target: str) -> None:
    for char in getattr(tables, table).values():
        assert decode(f"a{encode(char, target=target)}b", protect=True) == f"a{char}b"


def test_tables_have_no_faults() -> None:
    for name in ("LETTERS", "ESCAPES", "SYMBOLS", "MATH"):
        table = getattr(tables, name)
        assert len(set(table.values())) == len(table), name
    assert not {*tables.FORMATS} & {*tables.SWITCHES} | {*tables.PLAIN} & {*tables.CHARACTERS}
    assert all(mark in tables.FORMAT_OF for mark in tables.FORMATS.values())


# ------------------------------------------------------------------------------------------------ verbatim fields


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("http://a.org/b_c%20d~e#f&g", "http://a.org/b_c%20d~e#f&g"),
        (r"http://a.org/b\_c\%20d\~{}e\#f\&g", "http://a.org/b_c%20d~e#f&g"),
        (r"10.1000/a{\_}b", "10.1000/a_b"),
        (r"10.1000/a{\textunderscore}b\textunderscore c", "10.1000/a_b_c"),
        (r"http://a.org/$\sim$b/{\textasciitilde}c", "http://a.org/~b/~c"),
        (r"\url{http://a.org}", "http://a.org"),
        (r"C:\Users\x.pdf", r"C:\Users\x.pdf"),
        ("a\n  b", "a b"),
    ],
)
def test_decode_verbatim(written: str, text: str) -> None:
    assert decode_verbatim(written) == text
    assert decode_verbatim(encode_verbatim(text)) == text


def test_encode_verbatim_keeps_everything_but_single_braces() -> None:
    assert encode_verbatim("a_{b}%20#&~") == "a_{b}%20#&~"
    assert encode_verbatim("a{b") == "a%7Bb"
    assert encode_verbatim("}a{") == "%7Da%7B"


# ------------------------------------------------------------------------------------------------ speed

HOSTILE = r"""{ } \ $ {\' \'{ \emph{ {\em \foo{ \href{ \href{u}{ \ensuremath{ \( \[ $x \enquote{ \begin{it} {$ ` --
    \t{a % \char {} <i> \$ \textcolor{ $^ $^{2} \'{{\em \'{\emph{ [ \foo[""".split()


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("closing", ["", "}"])
def test_hostile_input_is_read_to_its_end(piece: str, closing: str) -> None:
    count = 10_000 // len(piece)
    latex = piece * count + closing * count
    encode(decode(latex, protect=True))
    encode(latex, target="ascii")


def test_deep_nesting() -> None:
    depth = 100_000
    assert decode("{" * depth + "x" + "}" * depth) == "x"
    assert decode("\\emph{" * depth + "x" + "}" * depth).count("<i>") == depth
    assert decode("{" * 200_000) == ""


# ------------------------------------------------------------------------------------------------ real engines

SAMPLE = [
    "a--b ---c ``x'' `y` ?` !‘ <<a>> ,,b,, {x} [y] \\z ~ ^ _ & % # $ | \" @ \\\\ “‘q’”",
    f"<i>Homo <b>sapiens</b></i> {NOCASE}DNA \\emph</span> H<sub>2</sub>O x<sup>2</sup> {SC}Abc</span>",
    r"$O(n^2)$ and $\alpha_\Gamma$ costs $5 to $10 \textbf{M}odel Poincar\'e \foo{bar} 98\% {a} $5%$ $a{b$",
    "ế ǘ o̱ o͡o s̈ ș ț ǣ ḱ ǻ\n\nnew paragraph",
    f"<i><i>nested</i></i> </b> <sub> {NOCASE}é</span> x⁻¹ y₁₂ a\u202fb\u2003c\u200bd",
]
# Characters that pdflatex knows, but that Latin Modern has no glyph for in LuaLaTeX.
NO_GLYPH = frozenset("ǄǅǆǇǈǉǊǋǌ‒―〈〉ﬅﬆ")
PREAMBLE = {
    "pdflatex": r"\usepackage[T1]{fontenc}\usepackage[utf8]{inputenc}",
    "lualatex": r"\usepackage{fontspec}",
}


def sample(target: str) -> str:
    facts = (tables.LETTERS, tables.ESCAPES, tables.SYMBOLS, tables.MATH, tables.SPACES)
    chars = (
        {char for table in facts for char in table.values()} | tables.INPUT | {*tables.SUPERSCRIPTS, *tables.SUBSCRIPTS}
    )
    lines = [f"a{encode(char, target=target)}b" for char in sorted(chars - NO_GLYPH) if char.strip()]
    return "\n".join([*lines, *(encode(line, target=target) for line in SAMPLE)])


@pytest.mark.parametrize("engine", PREAMBLE)
def test_output_compiles_without_a_word(engine: str, tmp_path: Path) -> None:
    if not shutil.which(engine):
        pytest.skip(f"{engine} is not installed")
    body = sample("utf8") + "\n\n" + sample("ascii")
    document = f"\\documentclass{{article}}{PREAMBLE[engine]}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (tmp_path / "sample.tex").write_text(document, encoding="utf-8")
    command = [engine, "-interaction=nonstopmode", "-file-line-error", "sample.tex"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120, check=False)
    log = (tmp_path / "sample.log").read_text(encoding="utf-8", errors="replace")
    assert "Output written" in log
    assert re.findall(r"(?m)^.*(?:tex:\d+:|^!|Missing character|Warning).*$", log) == []
