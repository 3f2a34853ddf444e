from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibkit import text

SICI = "10.1002/(SICI)1097-0258(19980815)17:15<1661::AID-SIM968>3.0.CO;2-2"
NOCASE = '<span class="nocase">'
SC = '<span style="font-variant:small-caps;">'


def spelled(rich: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in text.tokens(rich)]


@pytest.mark.parametrize(
    ("rich", "pieces"),
    [
        ("", []),
        ("plain & simple", [("text", "plain & simple")]),
        ("a<i>b</i>", [("text", "a"), ("open", "<i>"), ("text", "b"), ("close", "</i>")]),
        ("<EM>b</em>", [("open", "<i>"), ("text", "b"), ("close", "</i>")]),
        ("<strong>b</strong>", [("open", "<b>"), ("text", "b"), ("close", "</b>")]),
        ("<span class='nocase'>X</span>", [("open", NOCASE), ("text", "X"), ("close", "</span>")]),
        ('<span class="smallcaps">x</span>', [("open", SC), ("text", "x"), ("close", "</span>")]),
        ('<span style="font-variant: small-caps">x</span>', [("open", SC), ("text", "x"), ("close", "</span>")]),
        ("<sc>x</sc>", [("open", SC), ("text", "x"), ("close", "</span>")]),
        # what is no mark, or has no partner, is literal
        ("a < b > c", [("text", "a < b > c")]),
        ("<blink>x</blink>", [("text", "<blink>x</blink>")]),
        ('<span lang="de">x</span>', [("text", '<span lang="de">x</span>')]),
        ("<i>x", [("text", "<i>x")]),
        ("x</i>", [("text", "x</i>")]),
        ("<i>a<b>c</i></b>", [("open", "<i>"), ("text", "a<b>c"), ("close", "</i>"), ("text", "</b>")]),
        ("<i>a<i>b</i>", [("text", "<i>a"), ("open", "<i>"), ("text", "b"), ("close", "</i>")]),
        # mathematics, by pandoc's rule
        ("in $O(n)$ time", [("text", "in "), ("math", "$O(n)$"), ("text", " time")]),
        ("$$x$$", [("math", "$$x$$")]),
        ("$a < b$ <i>c</i>", [("math", "$a < b$"), ("text", " "), ("open", "<i>"), ("text", "c"), ("close", "</i>")]),
        (r"$\$5$", [("math", r"$\$5$")]),
        ("costs $5 to $10", [("text", "costs $5 to $10")]),
        ("from 20$ to 30$", [("text", "from 20$ to 30$")]),
        ("US$1-US$2", [("text", "US$1-US$2")]),
        ("$ x$", [("text", "$ x$")]),
        (r"\$x$", [("text", r"\$x$")]),
        # what TeX could not read as a formula
        ("$a{b$", [("text", "$a{b$")]),
        ("$5%$", [("text", "$5%$")]),
        ("$a\n\nb$", [("text", "$a\n\nb$")]),
        ("$a&b$", [("text", "$a&b$")]),
        (r"$\begin{array}a&b\end{array}$", [("math", r"$\begin{array}a&b\end{array}$")]),
    ],
)
def test_tokens(rich: str, pieces: list[tuple[str, str]]) -> None:
    assert spelled(rich) == pieces


TAGGED = st.lists(
    st.sampled_from(
        ["<i>", "</i>", "<b>", "</b>", NOCASE, SC, "</span>", "<sub>", "</sub>", "$", "\\", "{", "}", "a", " "]
    )
).map("".join)


@settings(derandomize=True, deadline=None)
@given(TAGGED)
def test_tokens_are_balanced_and_lose_nothing(rich: str) -> None:
    stack = []
    pieces = text.tokens(rich)
    for token in pieces:
        if token.kind == "open":
            stack.append(token.mark)
        elif token.kind == "close":
            assert stack.pop() == token.mark
    assert not stack
    assert "".join(token.text for token in pieces) == rich
    assert not any(one.kind == other.kind == "text" for one, other in pairwise(pieces))


def test_plain_and_has_marks() -> None:
    assert text.plain("<i>a</i> < $x<y$ <b>") == "a < $x<y$ <b>"
    assert text.has_marks("H<sub>2</sub>O")
    assert not text.has_marks("a < b, $x$ and <i>")


@pytest.mark.parametrize(
    ("one", "folded"),
    [
        ("Learning, Appearance-Motion  Normality!", "learning appearance motion normality"),
        ("<i>Homo</i> sapiens", "homo sapiens"),
        ("Straße ÉCOLE Łódź Ærø", "strasse ecole lodz aero"),
        ("H<sub>2</sub>O", "h2o"),
        ("H$_2$O", "h2o"),
        ("H₂O", "h2o"),
        (r"$\alpha$-decay", "alpha decay"),
        ("α-decay", "alpha decay"),
        (r"the $\varepsilon$-greedy rule", "the epsilon greedy rule"),
        (r"\textbf{M}odel Schr\"odinger", "model schrodinger"),
        (r"{\"O}zg{\"u}r", "ozgur"),
        ("ελλάδα", "ελλαδα"),
        ("がか", "がか"),
        ("हिन्दी", "हिन्दी"),
        ("a\u00adb\u200bc", "abc"),
        ("ﬁne №5", "fine no5"),
        ("", ""),
    ],
)
def test_fold(one: str, folded: str) -> None:
    assert text.fold(one) == unicodedata.normalize("NFKD", folded)


@settings(derandomize=True, deadline=None)
@given(st.text())
def test_fold_is_idempotent_on_what_it_returns(one: str) -> None:
    folded = text.fold(one)
    assert text.fold(folded) == folded
    assert "  " not in folded
    assert folded == folded.strip()


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("The Art of Computer Programming", "The art of computer programming"),
        ("A Study: The Second Part", "A study: The second part"),
        ("What Is It? An Answer", "What is it? An answer"),
        ("GPT-Based Analysis of McDonald's iPhone", "GPT-based analysis of McDonald's iPhone"),
        ("Vitamin D and X-Ray", "Vitamin D and X-ray"),
        ("Once Upon A Time", "Once upon a time"),
        (f"On {NOCASE}Markov</span> Chains", f"On {NOCASE}Markov</span> chains"),
        (f"{NOCASE}Markov</span> Chains", f"{NOCASE}Markov</span> chains"),
        ("On <i>Big Data</i> in $Big$ Sums", "On <i>big data</i> in $Big$ sums"),
        ("<b>M</b>odel Theory", "<b>M</b>odel theory"),
        ("THE ORIGIN OF SPECIES", "The origin of species"),
        ("NATO", "NATO"),
        ("", ""),
    ],
)
def test_sentence_case(title: str, sentence: str) -> None:
    assert text.sentence_case(title) == sentence


@pytest.mark.parametrize(
    ("sentence", "title"),
    [
        ("the art of computer programming", "The Art of Computer Programming"),
        ("a study: the second part", "A Study: The Second Part"),
        ("what we live for", "What We Live For"),
        ("state-of-the-art models on the iPhone", "State-of-the-Art Models on the iPhone"),
        (f"on {NOCASE}van der waals</span> forces", f"On {NOCASE}van der waals</span> Forces"),
        ("the <b>m</b>odel in $x in y$", "The <b>m</b>odel in $x in y$"),
        ("don't panic", "Don't Panic"),
        ("THE ORIGIN OF SPECIES", "The Origin of Species"),
    ],
)
def test_title_case(sentence: str, title: str) -> None:
    assert text.title_case(sentence) == title


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("10.1000/xyz123", "10.1000/xyz123"),
        ("https://doi.org/10.1000/XyZ.", "10.1000/XyZ"),
        ("http://dx.doi.org/10.1002%2Fabc", "10.1002/abc"),
        ("doi:10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("DOI 10.1145/3292500, 2019", "10.1145/3292500"),
        ("(doi.org/10.1234/a(b)).", "10.1234/a(b)"),
        (SICI, SICI),
        ("https://doi.acm.org/10.1145/1", "10.1145/1"),
        ("https://www.biorxiv.org/content/10.1101/2020.01.01v2.full.pdf", ""),
        ("pages 10.1234 / 5", ""),
        ("10.1234/", ""),
        ("10.1234/...", ""),
        ("", ""),
    ],
)
def test_doi(source: str, found: str) -> None:
    assert text.doi(source) == found
    assert text.doi_key(source) == found.lower()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("2107.05580", "2107.05580"),
        ("2107.05580v2", "2107.05580v2"),
        ("arXiv:2107.05580 [cs.LG]", "2107.05580"),
        ("2107.05580 [cs.LG]", "2107.05580"),
        ("https://arxiv.org/abs/2107.05580v1", "2107.05580v1"),
        ("http://arxiv.org/pdf/math.GT/0309136v1.pdf", "math.GT/0309136v1"),
        ("hep-th/9901001", "hep-th/9901001"),
        ("10.48550/arXiv.2301.12345", "2301.12345"),
        ("arXiv preprint arXiv:1706.03762", "1706.03762"),
        ("arXiv e-prints, 0704.0001", "0704.0001"),
        ("1913.1234", ""),
        ("0601.12345", ""),
        ("see 2107.05580", ""),
        ("chapter/1234567", ""),
        ("", ""),
    ],
)
def test_arxiv_id(source: str, found: str) -> None:
    assert text.arxiv_id(source) == found


@pytest.mark.parametrize(
    ("read", "source", "found"),
    [
        (text.isbn, "ISBN 0-306-40615-2", "0306406152"),
        (text.isbn, "978-0-306-40615-7 (hardback)", "9780306406157"),
        (text.isbn, "0-8044-2957-x", "080442957X"),
        (text.isbn, "978‑0‑306‑40615‑7", "9780306406157"),
        (text.isbn, "0-306-40615-3", ""),
        (text.isbn, "0306406153; 0306406152", "0306406152"),
        (text.isbn_key, "0-306-40615-2", "9780306406157"),
        (text.isbn_key, "080442957X", "9780804429573"),
        (text.isbn_key, "no", ""),
        (text.issn, "ISSN 0378-5955", "0378-5955"),
        (text.issn, "2434561x", "2434-561X"),
        (text.issn, "0378-5956", ""),
        (text.pmid, "PMID: 0012345", "12345"),
        (text.pmid, "31452104", "31452104"),
        (text.pmid, "https://pubmed.ncbi.nlm.nih.gov/31452104/", "31452104"),
        (text.pmid, "https://www.ncbi.nlm.nih.gov/pubmed/31452104", "31452104"),
        (text.pmid, "123456789", ""),
        (text.pmcid, "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC3531190/", "PMC3531190"),
        (text.pmcid, "3531190", ""),
        (text.orcid, "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        (text.orcid, "000000021694233x", "0000-0002-1694-233X"),
        (text.orcid, "0000-0002-1825-0098", ""),
    ],
)
def test_other_identifiers(read, source: str, found: str) -> None:
    assert read(source) == found


HOSTILE = [
    "<i>",
    "</i>",
    "<b></i>",
    NOCASE,
    "<i ",
    "$",
    "$x",
    "\\",
    "{",
    ":",
    "a.",
    "doi.",
    ")",
    "A ",
    "978-",
    "10.1234/)",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_input_is_read_to_its_end(piece: str) -> None:
    long = piece * (40_000 // len(piece))
    functions = (text.tokens, text.fold.__wrapped__, text.sentence_case, text.doi, text.arxiv_id, text.isbn, text.issn)
    for function in functions:
        function(long)
