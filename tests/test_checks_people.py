"""Checks of names: what triggers them, what does not, mends; and that no text makes them slow or fail."""

from __future__ import annotations

import pytest
from checking import codes_of, mended

from bibkit import checks

RIGHT = [
    "Moreau, Ada",
    "Moreau, Ada and Lind, B. and others",
    "Ada Moreau and {World Health Organization}",
    "Assmus, Jr., E. F. and Rumsey, Jr., Howard",
    "{Ford}, Jr., W. Kent",
    "{U.S. Department of Health and Human Services, National Institute of Mental Health}",
    "van der Berg, Jan and de la Vall{\\'e}e Poussin, Charles",
    "family=Hoen, given=Peter A. C., prefix=’t, useprefix=false",
    "{Real Academia Española} and {PZ Myers} and {Sarnoff Corporation}",
    "Mohandas {Gandhi} and {{\\TeX} Project Team}",
    "J.-P. Serre and Ch. Ehresmann",
    "Wu, YU and Smith, JR",
    "S.R.S.",
    "Hans-J{\\&quot;o}rg Limbach",
    "IEEE and NASA and W3C",
    "Charles Louis Xavier Joseph de la Vall{\\'e}e Poussin",
    "J. Ortega y Gasset and Karl von und zu Guttenberg",
    "{Simon \\& Schuster}",
    "Company, Jaume and Union, Paul",
    "Dr. Seuss",
    "{Builders}, PS1",
    "Alan {\\relax \\v{S}}tern and 司马懿",
    "Peter Bruell and {Alex A. J.}",
    "KIM, J.",
    "James R. {Celoni, S.J.} and Walter J. Ong, S.J. and Ong, Jr., S.J.",
    "ACM SIGGRAPH",
    "ACM\\slash SIGGRAPH and the {\\LaTeX{} Project Team}",
    "J&ouml;rg Limbach",
    "Moreau, J.\\,R.\\,S.\\,T.",
    "Christian School and Paul Group",
    "Peter Council and F. M. Academy",
    "Price Waterhouse \\& Coopers Lybrand",
    "{Martin Marietta} and {Universities and Colleges}",
    "Martin Smith, John Paul",  # two given names behind a family name of two words
    "García Lorca, Federico Andrés",
    "Thomas Mann, Heinrich",
]


@pytest.mark.parametrize("names", RIGHT)
def test_nothing_is_said_of_right_names(names: str) -> None:
    assert codes_of(f"author = {{{names}}}") == set()


# names as written, the code, the names as they are mended (where they are), whether that is safe
MENDED = [
    ("Smith, J., Doe, A., Roe, B.", "name-separator", "Smith, J. and Doe, A. and Roe, B.", True),
    ("Smith, J., Doe, A. and Roe, B.", "name-separator", "Smith, J. and Doe, A. and Roe, B.", True),
    ("Smith, John, Doe, Anna", "name-separator", "Smith, John and Doe, Anna", False),
    ("Smith, Doe, Roe, Lind", "name-separator", "", False),
    ("A. Smith, B. Jones and C. Brown", "name-separator", "A. Smith and B. Jones and C. Brown", True),
    ("A. Smith, B. Jones, and C. Brown", "name-separator", "A. Smith and B. Jones and C. Brown", True),
    ("F. Fernández de Vega, E. Cantú-Paz", "name-separator", "F. Fernández de Vega and E. Cantú-Paz", True),
    ("Ada Moreau, Bo H. Lind, Cy Roth", "name-separator", "Ada Moreau and Bo H. Lind and Cy Roth", False),
    ("John Smith, Jane Doe", "name-separator", "John Smith and Jane Doe", False),
    ("Peter Lind, Anna Moreau and Li, Wei", "name-separator", "Peter Lind and Anna Moreau and Li, Wei", False),
    ("Smith J; Doe A", "name-separator", "Smith, J. and Doe, A.", False),
    ("Smith JR, Doe A", "name-separator", "Smith, J. R. and Doe, A.", False),
    ("Moreau, Ada; Lind, Bo;", "name-separator", "Moreau, Ada and Lind, Bo", True),
    ("A. Moreau \\& B. Lind", "name-separator", "A. Moreau and B. Lind", False),
    ("A. Moreau, B. Lind & C. Roth", "name-separator", "A. Moreau and B. Lind and C. Roth", False),
    ("Anna Moreau und Peter Lind", "name-separator", "Anna Moreau and Peter Lind", False),
    ("Smith and Jones, and Brown", "name-separator", "Smith and Jones and Brown", True),
    ("Ada Moreau and and Bo Lind", "name-separator", "Ada Moreau and Bo Lind", True),
    ("and Bo Lind", "name-separator", "Bo Lind", False),
    ("Moreau, A.and Lind, B.", "name-separator", "Moreau, A. and Lind, B.", True),
    ("Ada Moreau et al.", "name-et-al", "Ada Moreau and others", True),
    ("Ada Moreau, et. al.", "name-et-al", "Ada Moreau and others", True),
    ("Ada Moreau and et al.", "name-et-al", "Ada Moreau and others", True),
    ("Ada Moreau and {others}", "name-et-al", "Ada Moreau and others", True),
    ("Ada Moreau and Others", "name-et-al", "Ada Moreau and others", True),
    ("Ada Moreau \\emph{et al.}", "name-et-al", "Ada Moreau and others", True),
    ("{Ada Moreau et al.}", "name-et-al", "", False),
    ("{John Moreau}", "name-braced", "John Moreau", False),
    ("{Moreau, J.} and Bo Lind", "name-braced", "Moreau, J. and Bo Lind", False),
    ("{Moreau, J. and Lind, Peter H.}", "name-braced", "Moreau, J. and Lind, Peter H.", False),
    ("{J.R. Moreau}", "name-braced", "J. R. Moreau", False),
    ("World Health Organization", "name-organisation", "{World Health Organization}", True),
    ("Ada Moreau and Acme Research, Inc.", "name-organisation", "Ada Moreau and {Acme Research, Inc.}", True),
    ("The LSST Project and Ada Moreau", "name-organisation", "{The LSST Project} and Ada Moreau", True),
    (
        "Centers for Disease Control Foundation and Prevention",
        "name-organisation",
        "{Centers for Disease Control Foundation and Prevention}",
        False,
    ),
    ("J.R. Smith and\n    Lind, B.C.", "name-initials", "J. R. Smith and\n    Lind, B. C.", True),
    ("F.T.Leighton", "name-initials", "F. T. Leighton", True),
    ("van Benthem, Johan F.A.K.", "name-initials", "van Benthem, Johan F. A. K.", True),
    ("Shen, SM", "name-initials", "Shen, S. M.", False),
    ("SMITH, JOHN and O'NEIL, ANN-MARIE", "name-capitals", "Smith, John and O'Neil, Ann-Marie", False),
    ("Ada Moreau1 and Bo Lind2", "name-number", "Ada Moreau and Bo Lind", False),
    ("Ada Moreau$^{1}$ and Bo Lind*", "name-number", "Ada Moreau and Bo Lind", False),
    ("Ada Moreau\\thanks{Supported by Acme}", "name-number", "Ada Moreau", False),
    ("Dr. Ada Moreau and Lind, Bo", "name-titles", "Ada Moreau and Lind, Bo", False),
    ("Ada Moreau, PhD", "name-titles", "Ada Moreau", False),
    ('Sch{\\"o}ning, Dr. Harald', "name-titles", "", False),
]


@pytest.mark.parametrize(("names", "code", "expected", "safe"), MENDED)
def test_names_are_mended(names: str, code: str, expected: str, safe: bool) -> None:
    fields = f"author = {{{names}}}"
    assert codes_of(fields) == {code}
    if expected:
        assert (f"author = {{{expected}}}" in mended(fields)) == safe
        assert f"author = {{{expected}}}" in mended(fields, unsafe=True)
    else:
        assert fields in mended(fields, unsafe=True)


def test_other_formats_have_names_too() -> None:
    ris = "TY  - JOUR\nTI  - T\nAU  - {}\nER  - "
    assert codes_of(ris.format("MOREAU, ADA")) == {"name-capitals"}
    assert codes_of(ris.format("KIM, J")) == set()
    assert codes_of(ris.format("Moreau1, Ada")) == {"name-number"}
    assert codes_of(ris.format("Moreau, Dr. Ada")) == {"name-titles"}
    assert codes_of(ris.format("Moreau, A.B.")) == set()
    assert codes_of(ris.format("Moreau, Ada\nAU  - et al.")) == {"name-et-al"}
    item = '[\n{"id": "a", "type": "book", "title": "T",\n"author": [{"family": "Moreau"}, {"literal": "et al."}]\n}\n]'
    assert codes_of(item) == {"name-et-al"}
    assert codes_of(item.replace(', {"literal": "et al."}]', '], "custom": {"bibkit:cut": ["author"]}')) == set()


HOSTILE = [
    "{" * 5000,
    "and " * 5000,
    ", " * 5000,
    "; " * 5000,
    "A." * 5000,
    "A. " * 5000,
    "A. B, " * 3000,
    " & " * 3000,
    "et al. " * 3000,
    "{et al." * 3000,
    "Dr. Dr" * 3000,
    "$^" * 5000,
    "1-" * 5000,
    "10.1000/" * 3000,
    "http://" * 3000,
    "978-" * 5000,
    "\\" * 5001,
    "} {" * 3000,
    "\x00\x1e\x1f\u2028\ud7ff",
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:6].strip() or "blank" for text in HOSTILE])
def test_no_text_breaks_a_check(text: str) -> None:
    if text.count("{") != text.count("}"):
        text = text.replace("{", "(").replace("}", ")")
    text = text.replace("@", "")
    names = ("author", "year", "month", "pages", "doi", "url", "isbn", "issn", "eprint", "orcid", "note", "pmid")
    fields = ",\n  ".join(f"{name} = {{{text}}}" for name in names)
    assert "check-broken" not in codes_of(f"@book{{a,\n  archiveprefix = {{arXiv}},\n  {fields}\n}}", everything=True)


OF_NAMES = [
    ("author = {Organization, World Health}", "name-organisation"),
    ("author = {Council, Anna}", ""),
    ("author = {Institute, J.}", ""),
    ("author = {R Core Team}", "name-organisation"),
    ("author = {Anna Team}", ""),
    ("author = {Ada Moreau \\and Ben Lind}", "name-separator"),
    ("author = {Ada Moreau \\andreas}", ""),
    ("author = {Smith, John, Jr.}", "name-separator"),
    ("author = {Smith, Jr., John}", ""),
    ("author = {King, Jr, Martin Luther}", ""),
    ("editor = {Smith, John (ed.)}", "name-number"),
    ("author = {Smith (Miller), Ada}", ""),
    ("author = {SMITH, J. and DOE, J.}", "name-capitals"),
    ("author = {JANE DOE}", "name-capitals"),
    ("author = {ACM SIG}", ""),
    ("author = {DOE, J.}", ""),
]


@pytest.mark.parametrize(("fields", "codes"), OF_NAMES)
def test_what_is_said_of_names(fields: str, codes: str) -> None:
    assert codes_of(fields) == set(codes.split())


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("author = {Organization, World Health}", "author = {{World Health Organization}}"),
        ("author = {Ada Moreau \\and Ben Lind}", "author = {Ada Moreau and Ben Lind}"),
        ("author = {Smith, John, Jr. and Lind, Ben}", "author = {Smith, Jr., John and Lind, Ben}"),
        ("editor = {Smith, John (ed.)}", "editor = {Smith, John}"),
        ("author = {SMITH, J. and DOE, J.}", "author = {Smith, J. and Doe, J.}"),
    ],
)
def test_how_names_are_mended(wrong: str, right: str) -> None:
    assert right in mended(wrong, unsafe=True)


IN_JSON = [
    ('{"family": "Organization", "given": "World Health"}', "name-organisation"),
    ('{"family": "World Health", "given": "Organization"}', "name-organisation"),
    ('{"literal": "World Health Organization"}', ""),
    ('{"family": "Council", "given": "Anna"}', ""),
    ('{"family": "Smith, John and Doe, Jane"}', "name-separator"),
    ('{"literal": "John Smith; Jane Doe"}', "name-separator"),
    ('{"literal": "Smith and Wesson"}', ""),
    ('{"literal": "Centers for Disease Control and Prevention"}', ""),
    ('{"family": "DOE", "given": "JANE"}', "name-capitals"),
]


@pytest.mark.parametrize(("name", "codes"), IN_JSON)
def test_what_is_said_of_names_in_json(name: str, codes: str) -> None:
    item = f'[{{"id": "a", "type": "book", "title": "T", "author": [{name}]}}]'
    assert codes_of(item) == set(codes.split())


def test_several_names_in_a_line_of_ris() -> None:
    assert codes_of("TY  - JOUR\nAU  - Smith, J. and Doe, J.\nTI  - T\nJO  - J\nER  - \n") == {"name-separator"}


def test_et_al_in_ris_is_said_where_it_stands() -> None:
    text = "TY  - JOUR\nAU  - Lind, Ben\nAU  - et al.\nTI  - T\nJO  - J\nER  - \n"
    assert [(one.problem.code, one.problem.line) for one in checks.check_text(text, "a.ris", "ris")] == [
        ("name-et-al", 3)
    ]
