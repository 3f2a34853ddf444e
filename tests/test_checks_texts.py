"""Checks of text: encodings, HTML, hidden characters, TeX's signs; what triggers them, what must not, the fixes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit import checks
from bibkit.checks.model import Terms
from bibkit.checks.prose import blanked


def entry(value: str, field: str = "title") -> str:
    return f"@article{{a,\n  {field} = {{{value}}},\n}}\n"


def mended(code: str, value: str, field: str = "title", target: str = "") -> tuple[int, str]:
    """How many findings there are of one field, and what it is after all fixes."""
    terms = Terms(select=(code,), target=target)  # type: ignore[arg-type]
    text = entry(value, field)
    made = checks.mend(text, "a.bib", "bibtex", terms, unsafe=True)
    assert not made.refused
    before, after = entry("\0", field).split("\0")
    findings = checks.check_text(text, "a.bib", "bibtex", terms)
    return len(findings), made.text.removeprefix(before).removesuffix(after)


FIXED = [
    ("text-entity", "AT&amp;T &lt;x&gt; &#233; &#x2013;", r"AT\&T \textless{}x\textgreater{} é --"),
    ("text-entity", r"AT\&amp;T \&\#233; R&amp;amp;D", r"AT\&T é R\&D"),
    ("text-entity", r"Hans-J{\&quot;o}rg", r"Hans-J{\"o}rg"),
    ("text-entity", "The &quot;best&quot; one", "The ``best'' one"),
    ("text-entity", r"Yemen\&apos;s", "Yemen's"),
    ("text-entity", "a&nbsp;b&shy;c&#xFB01;n", "a~bcfin"),
    ("text-entity", "$a &lt; b$", "$a < b$"),
    ("text-mojibake", "MÃ¼ller, â€œThe ZÃ¼richâ€\x9d", "Müller, “The Zürich”"),
    ("text-mojibake", "ÃƒÂ¼ber", "über"),
    ("text-mojibake", "Ã–GAI und MÃ¼ller", "ÖGAI und Müller"),
    ("text-mojibake", "HÃ¡skÃ³la Ã\x8dslands, pokrovskiÇ\x90, Ã\u00a0 noyau", "Háskóla Íslands, pokrovskiǐ, à noyau"),
    ("text-mojibake", "SzczeciÅ„ska, Ä‡ma, Ã–sterreich", "Szczecińska, ćma, Österreich"),
    ("text-mojibake", "\x93quoted\x94", "“quoted”"),
    ("text-mojibake", "naÃ¯ve â€“ cafÃ©Â\u00a0bar", "naïve – café~bar"),
    ("text-mojibake", "Ð¢ÐµÐ¾Ñ€Ð¸Ñ\x8f", "Теория"),
    ("text-normal-form", "Mu\u0308ller e\u0301", "Müller é"),
    ("text-ligature", "An eﬃcient ﬂow", "An efficient flow"),
    ("text-control", "Time\u00adta\u200bble\u200e\ufeff\x07", "Timetable"),
    ("text-no-break", "19th\u00a0century\u202f:", "19th~century\\,:"),
    ("text-unescaped", "R&D #1: 50% of a_b", r"R\&D \#1: 50\% of a\_b"),
    ("text-unescaped", r"\emph{R&D} \& $a_b$", r"\emph{R\&D} \& $a_b$"),
    ("text-quotes", 'The "best" and ("worst") one', "The ``best'' and (``worst'') one"),
    ("text-hyphenation", "Non- linear trains: on nonlinear trains", "Non- linear trains: on nonlinear trains"),
    ("text-hyphenation", "A recog- nition, or recognition", "A recognition, or recognition"),
    ("text-hyphenation", "A two- phase, or two-phase clock", "A two-phase, or two-phase clock"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "expected"), FIXED)
def test_each_is_found_once_in_a_field_and_put_right(code: str, value: str, expected: str) -> None:
    assert mended(code, value) == (int(value != expected), expected)


LEFT = [
    ("text-entity", "A & B; C"),
    ("text-entity", "<p>Read &amp; reread</p>"),
    ("text-entity", "R&D; &foo; &;"),
    ("text-mojibake", "CAFÉ—BAR, À «là», Ångström, naïve, São, AMANHÃ’S, AMANHÃ’s, İstanbul, Ça, ÉTUDES…"),
    ("text-mojibake", "Łódź, Đà Nẵng, Ōe, Ñandú, Größe, Ægir"),
    ("text-normal-form", "Müller ǫ́ שָׁלוֹם हिन्दी"),
    ("text-normal-form", "神社 福"),  # compatibility ideographs would turn into others
    ("text-control", "می\u200cخواهم क्\u200dष 👩\u200d🔬 א\u200fב"),
    ("text-control", "a\n\tb"),
    ("text-unescaped", r"AT\&T \url{http://a/b_c%20d#e} \href{x_y}{z} \cite{a_b} $a_{b}$ \(x_1\) \verb|a_b|"),
    ("text-unescaped", r"\begin{tabular}{ll} a & b \end{tabular}"),
    ("text-unescaped", "AT&amp;T"),  # text-entity
    ("text-unescaped", "costs 5 $ a_b"),  # text-dollar
    ("text-dollar", r"\$5 and $x$ and $$y$$ and \url{a$b}"),
    ("text-quotes", r'G{\"o}del, Erd\H{o}s, \"uber'),
    ("text-quotes", 'a 3" disk and a 5" disk'),
    ("text-quotes", '"בשורה לנשים" של'),
    ("text-hyphenation", "pre- and postfix, first- or second-order, Vor- und Nachteile, to - from"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value"), LEFT)
def test_what_is_as_it_should_be_is_left_alone(code: str, value: str) -> None:
    assert mended(code, value) == (0, value)


@pytest.mark.parametrize("field", ["url", "doi", "file", "bdsk-url-1", "eprint"])
@pytest.mark.parametrize("code", ["text-entity", "text-unescaped", "text-mojibake", "text-no-break"])
def test_addresses_are_nobodys_text(code: str, field: str) -> None:
    assert mended(code, "http://a.org/?a=1&amp;b_c#d%20MÃ¼\u00a0", field)[0] == 0


@pytest.mark.parametrize("field", ["abstract", "keywords", "annote", "comment"])
def test_signs_count_only_where_they_are_printed(field: str) -> None:
    assert mended("text-unescaped", "50% of R&D", field)[0] == 0


def test_a_forgotten_macro_is_named_and_left() -> None:
    findings = checks.check_text(entry("IEEE_J_IT", "journal"), "a.bib", "bibtex", Terms(select=("text-unescaped",)))
    assert [(one.fix, "macro" in one.problem.hint) for one in findings] == [(None, True)]


@pytest.mark.parametrize("value", ["M\ufffdller", "M\ufffd\ufffdller", "qualitÃ¯Â¿Â½", "voilÃ ", "saidâ€ he"])
def test_what_was_lost_has_no_fix(value: str) -> None:
    findings = checks.check_text(entry(value), "a.bib", "bibtex", Terms(select=("text-mojibake",)))
    assert [one.fix for one in findings] == [None]


def test_a_soft_hyphen_between_pages_was_a_hyphen() -> None:
    assert mended("text-control", "54\u00ad61", "pages") == (1, "54--61")


def test_letters_beyond_ascii_are_named_for_bibtex_alone() -> None:
    author = "Müller, É and Łoś, Ǻ and 東"
    assert not checks.check_text(entry(author, "author"), "a.bib", "bibtex", Terms(select=("text",)))
    assert mended("text-non-ascii", author, "author", "bibtex") == (1, author)  # no command for one of them
    expected = r"M{\"u}ller, {\'E} and {\L}o{\'s}"
    assert mended("text-non-ascii", "Müller, É and Łoś", "author", "bibtex") == (1, expected)
    findings = checks.check_text("@misc{müller, note = {x}}\n", "a.bib", "bibtex", Terms(target="bibtex"))
    assert "text-non-ascii" in [one.problem.code for one in findings]


@pytest.mark.parametrize(
    ("code", "value"),
    [("text-entity", "a &amp; b"), ("text-mojibake", "MÃ¼ller"), ("text-ligature", "ﬁn"), ("text-control", "a\u200bb")],
)
def test_other_formats_are_looked_at_too(code: str, value: str) -> None:
    item = [{"id": "a", "type": "book", "title": value}]
    for form, text in (
        ("csl-json", json.dumps(item, ensure_ascii=False)),
        ("ris", f"TY  - BOOK\nTI  - {value}\nER  - \n"),
    ):
        findings = checks.check_text(text, "a", form, Terms(select=(code,)))
        assert [one.problem.code for one in findings] == [code]


@given(st.text("aG&;#$%_\"'{}\\ÃÂ©¼â€œé\u0301\u00a0\u200b-.^x1", max_size=30))
def test_a_second_mend_changes_nothing_whatever_the_text(value: str) -> None:
    text = entry(value, "note")
    terms = Terms(select=("text",))
    made = checks.mend(text, "a.bib", "bibtex", terms)
    assert checks.mend(made.text, "a.bib", "bibtex", terms).text == made.text
    assert not [one for one in made.left if one.problem.code == "check-broken"]


@given(st.text('a$\\{}()[] "%é', max_size=40))
def test_blanks_keep_the_places(latex: str) -> None:
    shown = blanked(latex)
    assert len(shown) == len(latex)
    assert all(char in ("\x00", latex[place]) for place, char in enumerate(shown))


@pytest.mark.parametrize(
    ("latex", "prose"),
    [
        (r"a \emph{b} c", "a \0\0\0\0\0{b} c"),
        (r"\url{x}y", "\0" * 7 + "y"),
        (r"a $x$ \$ b", "a \0\0\0 \0\0 b"),
        (r"{\"o}", '{\0\0o}'),
        (r"\textcolor{red}{x}", "\0" * 18),
    ],
)  # fmt: skip
def test_prose_is_what_is_no_command(latex: str, prose: str) -> None:
    assert blanked(latex) == prose


def test_a_macro_that_is_not_defined_is_no_text() -> None:
    text = "@article{a, journal = IEEE_J_IT, title = {Of trains}}\n"
    found = checks.check_text(text, "a.bib", "bibtex", Terms(select=("text-unescaped", "bibtex-undefined-macro")))
    assert {one.problem.code for one in found} == {"bibtex-undefined-macro"}
