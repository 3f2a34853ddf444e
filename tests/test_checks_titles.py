"""Checks of titles: what triggers them, what must not, and what their fixes write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibkit import checks
from bibkit.checks.model import Terms


def entry(title: str, kind: str = "inproceedings", field: str = "title") -> str:
    return f"@{kind}{{a,\n  {field} = {{{title}}},\n}}\n"


def mended(code: str, text: str, form: str = "bibtex") -> tuple[int, str]:
    """How many findings there are, and the text after all fixes."""
    terms = Terms(select=(code,))
    made = checks.mend(text, "a.bib", form, terms, unsafe=True)
    assert not made.refused
    return len(checks.check_text(text, "a.bib", form, terms)), made.text


UNPROTECTED = [
    ("Extraction with SAGBI-Gr{\\\"o}bner Bases", "Extraction with {SAGBI}-Gr{\\\"o}bner Bases"),
    ("JAHMM", "{JAHMM}"),
    ("A B-Tree for XML and the iPhone", "A {B}-Tree for {XML} and the {iPhone}"),
    ("Regret of O(log n)", "Regret of {O}(log n)"),
    ("Sets, Part II", "Sets, Part {II}"),
    ("Research \\& R\\&D at AT\\&T", "Research \\& {R}\\&{D} at {AT}\\&{T}"),
    ("A Survey: The {GPU} and O'Reilly", "A Survey: The {GPU} and {O'Reilly}"),
    ("Fast $k$NN and $X$ on GPUs", "Fast $k${NN} and $X$ on {GPUs}"),
    ("Landscape-3D and C1-Continuity", "Landscape-{3D} and {C1}-Continuity"),
    ("``X-ray'' vision", "``{X}-ray'' vision"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "expected"), UNPROTECTED)
def test_words_that_styles_lower_are_braced_in_one_finding(title: str, expected: str) -> None:
    assert mended("title-unprotected", entry(title)) == (1, entry(expected))


@pytest.mark.parametrize(
    "title",
    [
        "X-ray vision",  # the first letter stays
        "\n  E-matching for Fun and Profit",
        "Trees: X-ray vision",  # so does one after a colon
        "On {DNA} and {{RNA}}",
        "{The Whole GPU Title}",
        "A Study of the Rails",
        "ON THE WAITING OF TRAINS AND DNA",  # title-capitals
        "Modulateur \\`a l'Utilisant d'Alembert L'Analyse",
        "The \\textbf{GPU} and \\LaTeX",
        "Sums $X + Y$ of \\(Z\\)",
        'GR{\\"U}N und BL\\"AU der Stra{\\ss}e',
        "prÃ©positionnels et repÃ©rage",  # text-mojibake
        "{C}LIP",
        "Analisi E Sintesi",
    ],
)
def test_what_styles_do_not_spoil_is_left_alone(title: str) -> None:
    assert mended("title-unprotected", entry(title)) == (0, entry(title))


@pytest.mark.parametrize("kind", ["book", "phdthesis", "manual", "proceedings"])
def test_the_titles_of_books_are_printed_as_they_stand(kind: str) -> None:
    assert mended("title-unprotected", entry("The GPU", kind))[0] == 0


def test_biblatex_styles_keep_the_case() -> None:
    text = entry("The GPU")
    assert mended("title-unprotected", text, "biblatex")[0] == 0
    found = checks.check_text(text, "a.bib", "biblatex", Terms(select=("title-unprotected",), target="bibtex"))
    assert len(found) == 1


CAPITALS = [
    ("ON THE WAITING OF TRAINS", "On the Waiting of Trains"),
    ("SPECTRUM OF {SU(2)} FIELDS WITH TWIST", "Spectrum of {SU(2)} Fields with Twist"),
    ("TRAINS IN EUROPE, PART III", "Trains in Europe, Part {III}"),
    ("THE 12TH SYMPOSIUM ON 3D VISION", "The 12th Symposium on {3D} Vision"),
    ("{ON THE WAITING OF TRAINS}", "On the Waiting of Trains"),
]


@pytest.mark.parametrize(("title", "expected"), CAPITALS)
def test_shouted_titles_get_title_case(title: str, expected: str) -> None:
    assert mended("title-capitals", entry(title)) == (1, entry(expected))


@pytest.mark.parametrize(
    "title", ["NASA ESA JAXA CNES", "SIAM J. COMPUT.", "HTTP/2", "On the WAITING", "東京 2020 大学 会議"]
)
def test_acronyms_do_not_shout(title: str) -> None:
    assert mended("title-capitals", entry(title))[0] == 0


def test_a_shouted_container_is_found_in_any_format() -> None:
    text = (
        '[{"id": "a", "type": "article-journal", "title": "x", "container-title": "JOURNAL OF RAIL RESEARCH METHODS"}]'
    )
    found = checks.check_text(text, "a.json", "csl-json", Terms(select=("title-capitals",)))
    assert [one.problem.field for one in found] == ["container-title"]


PROTECTED = [
    ("{A study of the TGV on Markov chains}", "A study of the {TGV} on {Markov} chains"),
    ("{Using {\\TeX} to Enhance Your Own Talks}", "Using {\\TeX} to Enhance Your Own Talks"),
]


@pytest.mark.parametrize(("title", "expected"), PROTECTED)
def test_double_braces_give_way_to_braces_around_names(title: str, expected: str) -> None:
    assert mended("title-protected", entry(title)) == (1, entry(expected))


@pytest.mark.parametrize(
    "title",
    ["{CLIP}", "{DNA} and the {RNA}", "{Die Grundlagen der Mathematik und Logik}", "{\\'E}tudes on the way to the sea"],
)
def test_braces_with_a_reason_stay(title: str) -> None:
    assert mended("title-protected", entry(title))[0] == 0


DOTS = [
    ("On the waiting of trains.", "On the waiting of trains"),
    ("{On the waiting of trains.}", "{On the waiting of trains}"),
    ("Definitional tasks (poster).", "Definitional tasks (poster)"),
    ("A history of the Trains.", "A history of the Trains"),
]


@pytest.mark.parametrize(("title", "expected"), DOTS)
def test_a_dot_at_the_end_goes(title: str, expected: str) -> None:
    assert mended("title-dot", entry(title)) == (1, entry(expected))


@pytest.mark.parametrize(
    "title",
    [
        "Smith et al.",
        "A history of Apple Inc.",
        "Tables of the U.S.",
        "And so on...",
        "Who was Plato?",
        "Extensible Markup Language 1.1.",
        "Papers of the Int. Conf. on Rails.",
        "Comments on Proc.",
        "A day in Sept.",
        "Trains vs.",
        "Vitamin C.",
        "Trains.",
    ],
)
def test_a_dot_of_an_abbreviation_stays(title: str) -> None:
    assert mended("title-dot", entry(title))[0] == 0


MARKUP = [
    ("H<sub>2</sub>O and <i>E. <b>coli</b></i>", "H\\textsubscript{2}O and \\emph{E. \\textbf{coli}}"),
    ('A <span class="x">word</span>', "A word"),
    ("On <jats:italic>rails</jats:italic>", "On \\emph{rails}"),
]


@pytest.mark.parametrize(("title", "expected"), MARKUP)
def test_tags_become_commands(title: str, expected: str) -> None:
    assert mended("title-markup", entry(title)) == (1, entry(expected))


def test_mathml_and_single_tags_are_found_and_left_to_people() -> None:
    text = entry("On <mml:math><mml:mi>x</mml:mi></mml:math> and <i>this")
    assert mended("title-markup", text) == (1, text)


@pytest.mark.parametrize("title", ["If x < y and y > z", "A <-> B", "The <foo> tag", "$a<b>c$"])
def test_signs_are_no_tags(title: str) -> None:
    assert mended("title-markup", entry(title))[0] == 0


@given(st.text("GPUa {}\\\"'$O-:.<i>/&~^ÃÉ", max_size=30))
def test_whatever_the_title_a_mend_keeps_its_words(title: str) -> None:
    text = entry(title)
    made = checks.mend(text, "a.bib", "bibtex", Terms(select=("title",)))
    assert checks.mend(made.text, "a.bib", "bibtex", Terms(select=("title",))).text == made.text
    assert not [one for one in made.left if one.problem.code == "check-broken"]


def test_initials_with_dots_are_one_word() -> None:
    text = "@article{a, author = {A. Lind}, title = {Trains in the U.S.A. today}, journal = {J}, year = {1998}}\n"
    done = checks.mend(text, "a.bib", "bibtex", Terms(select=("title-unprotected",)))
    assert "in the {U.S.A.} today" in done.text


def test_signs_of_less_and_more_are_no_tags() -> None:
    text = "@article{a, author = {A. Lind}, title = {If a<b and c>d then <b class='x'>e</b>}}\n"
    found = checks.check_text(text, "a.bib", "bibtex", Terms(select=("title-markup",)))
    assert [one.problem.message for one in found] == ["HTML in the title: <b class='x'>, </b>"]


def double_braced(count: int) -> str:
    return "".join(
        f"@article{{k{n}, author = {{A. Lind}}, title = {{{{The trains of {n}}}}}, journal = {{J}}, year = {{1998}}}}\n"
        for n in range(count)
    )


def test_titles_that_are_protected_as_a_whole_are_said_once_where_a_program_did_it() -> None:
    def number(text: str, **terms: tuple[str, ...]) -> int:
        return sum(
            one.problem.code == "title-protected" for one in checks.check_text(text, "a.bib", "bibtex", Terms(**terms))
        )

    assert number(double_braced(3)) == 3
    assert number(double_braced(9)) == 1
    assert number(double_braced(9), extend=("title",)) == 9


def test_tags_that_were_escaped_as_entities_become_commands() -> None:
    text = "@misc{a, title = {The &lt;i&gt;E. coli&lt;/i&gt; &amp; others}}\n"
    done = checks.mend(text, "a.bib", "bibtex", Terms())
    assert done.text == "@misc{a, title = {The \\emph{E. coli} \\& others}}\n"
    assert not done.left
