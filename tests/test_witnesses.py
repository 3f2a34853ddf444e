"""Other programs read what `bibkit build` writes, and see the same works: the committed exports, on a copy of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import witnesses
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from conftest import ROOT, require
from jsonschema import Draft7Validator
from witnesses import Catalogue, Seen

from bibkit import text
from bibkit.library import build
from bibkit.problems import Report
from bibkit.record import Name, Record

WORKS = 37


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's seeds and exports."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("seeds", "exports"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def exports(project: Path) -> Path:
    return project / "exports"


@pytest.fixture(scope="session")
def works(project: Path) -> tuple[Record, ...]:
    """The works that the exports are made from."""
    found = build(project, Report()).works
    assert len(found) == WORKS
    return found


@pytest.fixture(scope="session")
def expected(works: tuple[Record, ...]) -> Catalogue:
    """What a witness must see. Titles hold rich text: a reader shows its words without the marks."""
    return {work.key: _seen(work) for work in works}


def _seen(work: Record) -> Seen:
    assert work.issued
    assert work.issued.year
    return Seen(text.plain(work.title), tuple(map(_family, work.authors)), work.issued.year, "author" in work.cut)


def _family(name: Name) -> str:
    return " ".join(filter(None, (name.dropping_particle, name.non_dropping_particle, name.family, name.literal)))


# ------------------------------------------------------------------------------------------------ readers


class Witness(NamedTuple):
    """A reader, the file that it reads, and the program that must be there for it."""

    read: Callable[[Path], Catalogue]
    file: str
    program: str = ""


WITNESSES = (
    Witness(witnesses.pandoc_bibtex, "references.bib", "pandoc"),
    Witness(witnesses.pandoc_biblatex, "references.biblatex.bib", "pandoc"),
    Witness(witnesses.pandoc_csl, "references.json", "pandoc"),
    Witness(witnesses.bibutils_bibtex, "references.bib", "bib2xml"),
    Witness(witnesses.bibutils_biblatex, "references.biblatex.bib", "biblatex2xml"),
    Witness(witnesses.bibutils_ris, "references.ris", "ris2xml"),
    Witness(witnesses.bibtexparser_bibtex, "references.bib"),
    Witness(witnesses.bibtexparser_bibtex, "references.biblatex.bib"),
    Witness(witnesses.pybtex_bibtex, "references.bib"),
    Witness(witnesses.pybtex_bibtex, "references.biblatex.bib"),
    Witness(witnesses.rispy_ris, "references.ris"),
    Witness(witnesses.citeproc_csl, "references.json"),
)


def composed(seen: Seen) -> Seen:
    """In NFC: that an accent is one character with its letter or follows it is not a difference that a person sees."""
    families = tuple(unicodedata.normalize("NFC", family) for family in seen.families)
    return seen._replace(title=unicodedata.normalize("NFC", seen.title), families=families)


def differences(seen: Catalogue, expected: Catalogue) -> dict[str, tuple[Seen | None, Seen | None]]:
    """What a witness sees otherwise, by key: title, authors and year to the letter, and in the same order.

    Whether the list of authors goes on counts where the reader can tell: CSL-JSON and RIS have no word for it.
    """
    found = {}
    for key in sorted(seen.keys() | expected.keys()):
        theirs, ours = seen.get(key), expected.get(key)
        if theirs and ours and theirs.cut is None:
            ours = ours._replace(cut=None)
        if not theirs or not ours or composed(theirs) != composed(ours):
            found[key] = (theirs, ours)
    return found


@pytest.mark.parametrize("witness", WITNESSES, ids=lambda witness: f"{witness.read.__name__}-{witness.file}")
def test_a_witness_agrees(witness: Witness, exports: Path, expected: Catalogue) -> None:
    require(*filter(None, [witness.program]))
    assert differences(witness.read(exports / witness.file), expected) == {}


def test_pandoc_agrees_on_ris(exports: Path, expected: Catalogue) -> None:
    require("pandoc")
    if "ris" not in witnesses.output("pandoc", "--list-input-formats").split():
        pytest.skip("this pandoc does not read RIS (3.0 and newer do)")
    by_title = {seen.title: seen for seen in expected.values()}
    assert differences(witnesses.pandoc_ris(exports / "references.ris"), by_title) == {}


def test_nobody_is_called_others(exports: Path) -> None:
    """`and others` is BibTeX's word for a list that goes on; no other format may hold it as a person."""
    for name in ("references.json", "references.ris"):
        assert not re.search(r"\bothers\b[\"',]|et al", _authors_in(exports / name), re.IGNORECASE)


def _authors_in(path: Path) -> str:
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.dumps([item["author"] for item in json.loads(content)])
    return "\n".join(f"{line}," for line in content.splitlines() if line.startswith("AU  -"))


def test_citeproc_renders_every_work(exports: Path, works: tuple[Record, ...]) -> None:
    source = witnesses.citeproc_source(exports / "references.json")
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Citation([CitationItem(work.key) for work in works]))
    rendered = "\n".join(map(str, bibliography.bibliography()))
    for work in works:
        assert text.plain(work.title) in rendered
        assert _family(work.authors[0]) in rendered


def test_the_json_is_csl(exports: Path, shared: Path) -> None:
    schema_file = shared / "corpora" / "schemas" / "csl-data.json"
    if not schema_file.is_file():
        pytest.skip("the CSL-JSON schema is not here")
    validator = Draft7Validator(json.loads(schema_file.read_text(encoding="utf-8")))
    items = json.loads((exports / "references.json").read_text(encoding="utf-8"))
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(items)] == []
    assert len(items) == WORKS


# ------------------------------------------------------------------------------------------------ LaTeX

ENGINES = ("pdflatex", "lualatex")

# Words are not divided and lines not justified, so that the text of the PDF is the text of the entries.
PREAMBLE = r"""\documentclass{article}
\ifdefined\directlua\else\usepackage[T1]{fontenc}\usepackage{lmodern}\fi
\hyphenpenalty=10000 \exhyphenpenalty=10000
"""
CLASSIC = (
    PREAMBLE
    + r"""
\pagestyle{empty}
\begin{document}
\raggedright
\cite{%(keys)s}
\bibliographystyle{%(style)s}
\bibliography{references}
\end{document}
"""
)
AUXILIARY = r"""\relax
\citation{%(keys)s}
\bibstyle{%(style)s}
\bibdata{references}
"""
MODERN = (
    PREAMBLE
    + r"""
\usepackage[backend=biber, maxbibnames=99]{biblatex}
\addbibresource{references.biblatex.bib}
\renewbibmacro*{finentry}{\finentry\par\printfield{abstract}}
\pagestyle{empty}
\begin{document}
\raggedright
\cite{%(keys)s}
\printbibliography
\end{document}
"""
)

# The standard styles print no abstracts; this one prints what it is about, as it stands in the entry.
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
ABSTRACTS_STYLE = "\n".join(f'MACRO {{{month}}} {{"{month}"}}' for month in MONTHS)
ABSTRACTS_STYLE += r"""
ENTRY { abstract author month title year } { } { }
FUNCTION {misc}
{ newline$ "\bibitem{" cite$ * "} " * author #1 "{ff~}{vv~}{ll}{, jj}" format.name$ * write$
  ". " title * ". " * month * " " * year * "." * write$ newline$
  "\par " abstract * write$ newline$
}
READ
FUNCTION {begin} { "\begin{thebibliography}{99}" write$ newline$ }
FUNCTION {end} { newline$ "\end{thebibliography}" write$ newline$ }
EXECUTE {begin}
ITERATE {call.type$}
EXECUTE {end}
"""


def typeset(engine: str, folder: Path) -> str:
    """Run TeX on `document.tex` once; its log. The lines of the log are not broken at 79 characters."""
    command = [engine, "-interaction=nonstopmode", "document.tex"]
    environment = {**witnesses.os.environ, "max_print_line": "10000"}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)
    return (folder / "document.log").read_text(encoding="utf-8", errors="replace")


def printed(folder: Path) -> str:
    return squeezed(witnesses.output("pdftotext", "-enc", "UTF-8", folder / "document.pdf", "-"))


# TeX prints these quotation marks and dashes for what is typed.
_TYPED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-"})


def squeezed(some: str) -> str:
    """Letters without the blanks: a PDF has lines and ligatures where the entry has words. NFKC undoes ligatures."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", some)).translate(_TYPED)


def as_printed(rich: str) -> str:
    """What a page shows of a text: no dollars, no carets, no commands."""
    return squeezed(re.sub(r"[$^{}]|\\textbf", "", text.plain(rich)))


@pytest.fixture
def desk(tmp_path: Path, exports: Path) -> Path:
    """A folder to typeset in, with both bibliographies."""
    for name in ("references.bib", "references.biblatex.bib"):
        shutil.copy(exports / name, tmp_path)
    return tmp_path


def classic(engine: str, style: str, folder: Path, works: tuple[Record, ...]) -> str:
    """The text of a document that BibTeX served, after every log was found clean.

    The first of LaTeX's three runs only collects the keys for BibTeX: the file that it would leave is written here.
    """
    keys = ",".join(work.key for work in works)
    (folder / "document.tex").write_text(CLASSIC % {"keys": keys, "style": style}, encoding="utf-8")
    (folder / "abstracts.bst").write_text(ABSTRACTS_STYLE, encoding="utf-8")
    (folder / "document.aux").write_text(AUXILIARY % {"keys": keys, "style": style}, encoding="utf-8")
    done = subprocess.run(["bibtex", "document"], cwd=folder, capture_output=True, check=False)
    log = (folder / "document.blg").read_text(encoding="utf-8", errors="replace")
    assert witnesses.bibtex_complaints(log) == []
    assert done.returncode == 0
    typeset(engine, folder)
    assert witnesses.tex_complaints(typeset(engine, folder)) == []
    return printed(folder)


@pytest.mark.parametrize("engine", ENGINES)
def test_bibtex_prints_the_abstracts(engine: str, desk: Path, works: tuple[Record, ...]) -> None:
    require("bibtex", "pdftotext", engine)
    page = classic(engine, "abstracts", desk, works)
    assert missing(page, works, str) == []
    assert_abstracts(page, works)


@pytest.mark.parametrize("style", ["plain", "alpha", "unsrt"])
@pytest.mark.parametrize("engine", ENGINES)
def test_bibtex_in_the_standard_styles(engine: str, style: str, desk: Path, works: tuple[Record, ...]) -> None:
    """These styles lower the letters of titles, as BibTeX always did."""
    require("bibtex", "pdftotext", engine)
    page = classic(engine, style, desk, works)
    assert missing(page, works, str.casefold) == []
    assert page.count("etal.") == sum("author" in work.cut for work in works)


@pytest.mark.parametrize("engine", ENGINES)
def test_biber_prints_the_abstracts(engine: str, desk: Path, works: tuple[Record, ...]) -> None:
    require("biber", "pdftotext", engine)
    keys = ",".join(work.key for work in works)
    (desk / "document.tex").write_text(MODERN % {"keys": keys}, encoding="utf-8")
    typeset(engine, desk)
    done = subprocess.run(["biber", "document"], cwd=desk, capture_output=True, check=False)
    assert witnesses.biber_complaints((desk / "document.blg").read_text(encoding="utf-8")) == []
    assert done.returncode == 0
    typeset(engine, desk)
    assert witnesses.tex_complaints(typeset(engine, desk)) == []
    page = printed(desk)
    assert missing(page, works, str) == []
    assert_abstracts(page, works)


def missing(page: str, works: tuple[Record, ...], case: Callable[[str], str]) -> list[str]:
    """Titles and first authors that are not on the page."""
    shown = case(page)
    parts = [part for work in works for part in (work.title, f"{work.authors[0].given} {_family(work.authors[0])}")]
    return [part for part in parts if case(as_printed(part)) not in shown]


def assert_abstracts(page: str, works: tuple[Record, ...]) -> None:
    """Every abstract is there from its first to its last letter: nothing was taken for a comment or a command."""
    assert [work.key for work in works if as_printed(work.texts["abstract"]) not in page] == []
    for probe in (
        "98.1% and 89.8%",
        "PASCAL-5i and",
        "Model Exclusive Task Arithmetic",
        "(α=0.1)",
        "https://github.com/",
    ):
        assert squeezed(probe) in page


def test_the_data_model_of_biblatex(exports: Path, tmp_path: Path) -> None:
    require("biber")
    shutil.copy(exports / "references.biblatex.bib", tmp_path / "references.bib")
    command = ["biber", "--tool", "--validate-datamodel", "--output-file=checked.bib", "references.bib"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, encoding="utf-8")
    assert witnesses.biber_complaints(done.stdout) == []
    assert done.returncode == 0
    assert (tmp_path / "checked.bib").read_text(encoding="utf-8").count("@") >= WORKS
