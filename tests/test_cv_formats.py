"""The data formats of CVs: one table of groups, numbers and own names for all of them, and the real programs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv_cases as cases
import msgspec
import pytest
import yaml
from conftest import ROOT, require
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, FormatChecker
from pybtex.database import parse_string
from witnesses import biber_complaints, output, tex_complaints

from bibkit import cv as cvs
from bibkit.cv import CV, Entry, Link, Options, Person, Section, facts, tex, yaml_text
from bibkit.cv.pages import escape_markdown
from bibkit.formats.bibtex_syntax import parse
from bibkit.record import Date, Name, Record
from bibkit.testing import record_lists

FORMATS = (
    "rendercv",
    "json-resume",
    "hayagriva",
    "hugo",
    "al-folio",
    "academicpages",
    "moderncv",
    "awesome-cv",
    "biblatex",
)


def written(name: str, made: CV, **options: Any) -> Any:
    return cvs.get(name).write(made, Options(**options))


# ------------------------------------------------------------------------------------------------ one table


class Seen(NamedTuple):
    """What a format says of a work. `own` is None where the format leaves it to its reader to find the own name."""

    group: str
    label: str
    own: int | None
    cut: bool


def _place(shown: list[str], bold: str) -> int:
    """Which of the names is in bold type; what is said of a list that was cut is no name."""
    return next((place for place, name in enumerate(shown, 1) if name.startswith(bold)), 0)


def _label(title: str) -> str:
    found = re.match(r"\[\w+\](?= )", title)
    return found[0] if found else ""


def _group(heading: str) -> str:
    return re.sub(r" \(\d+\)$", "", heading)


def see_rendercv(text: str) -> Iterator[Seen]:
    for heading, works in yaml.safe_load(text)["cv"]["sections"].items():
        for work in works:
            people = work["authors"]
            yield Seen(_group(heading), _label(work["title"]), _place(people, "**"), people[-1].startswith("et al."))


def see_json_resume(text: str) -> Iterator[Seen]:
    for work in json.loads(text)["publications"]:
        own = [place for place, person in enumerate(work.get("authors", ()), 1) if person.get("me")]
        yield Seen(work["group"], work.get("number", ""), own[0] if own else 0, work.get("authorsCut", False))


def see_hayagriva(text: str) -> Iterator[Seen]:
    for work in yaml.safe_load(text).values():
        said = work["cv"]
        yield Seen(said["group"], said.get("label", ""), said.get("me", 0), said.get("cut", False))


def _pages(files: Mapping[str, str], ending: str) -> Iterator[tuple[dict[str, Any], str]]:
    for name, text in files.items():
        if name.endswith(ending):
            _, front, body = text.split("---\n", 2)
            yield yaml.safe_load(front), body


def see_hugo(files: Mapping[str, str]) -> Iterator[Seen]:
    for page, body in _pages(files, "/index.md"):
        said, people = page["params"]["cv"], page["authors"]
        yield Seen(said["group"], said.get("label", ""), _place(people, "me"), "et al." in body)


def see_academicpages(files: Mapping[str, str]) -> Iterator[Seen]:
    for page, _ in _pages(files, ".md"):
        people = page["citation"].partition(" &quot;")[0].split(", ")
        yield Seen(page["group"], page.get("number", ""), _place(people, "<b>"), people[-1].startswith("et al."))


def see_al_folio(text: str) -> Iterator[Seen]:
    document = parse(text)
    heads = [line[2:] for line, after in pairwise(text.splitlines()) if after.startswith("@")]
    for head, entry in zip(heads, document.entries(), strict=True):
        group, _, label = head.rpartition(" ") if head.endswith("]") else (head, "", "")
        pairs = dict(entry.pairs)
        yield Seen(_group(group), label, None, (pairs.get("author") or pairs["editor"]).endswith("and others}"))


def see_moderncv(text: str) -> Iterator[Seen]:
    group = ""
    for kind, rest in re.findall(r"^\\(subsection|cvitem)\{(.*)\}$", text, re.MULTILINE):
        label, _, said = rest.partition("}{")
        people = said.split(", ")
        if kind == "subsection":
            group = _group(rest)
        elif not said.startswith(r"\small"):
            yield Seen(group, label, _place(people, r"\textbf{"), "et al" in said)


def see_awesome_cv(text: str) -> Iterator[Seen]:
    group = ""
    for found in re.finditer(r"\\cvsubsection\{(.*)\}|\\cventry\n    \{(.*)\}\n    .*\n    \{(.*)\}", text):
        if found[1]:
            group = _group(found[1])
        else:
            yield Seen(group, found[3], _place(found[2].split(", "), r"\textbf{"), "et al." in found[2])


def see_biblatex(files: Mapping[str, str]) -> Iterator[Seen]:
    titles = dict(re.findall(r"category=(\S+), heading=subbibliography, title=\{(.*)\}\]", files["publications.tex"]))
    groups = re.findall(r"\\addtocategory\{(.*)\}\{(.*)\}", files["publications-setup.tex"])
    of_key = {key: titles[name] for name, keys in groups for key in keys.split(",")}
    entries = {entry.key: dict(entry.pairs) for entry in parse(files["publications.bib"]).entries()}
    for key in re.findall(r"\\nocite\{(.*)\}", files["publications.tex"])[0].split(","):
        pairs = entries[key]
        own = re.search(r"(\d+)=me", pairs.get("author+an", "") + pairs.get("editor+an", ""))
        label = f"[{pairs['shorthand'][1:-1]}]" if "shorthand" in pairs else ""
        people = pairs.get("author") or pairs.get("editor", "")
        yield Seen(_group(of_key[key]), label, int(own[1]) if own else 0, people.endswith("and others}"))


SEE: dict[str, Callable[[Any], Iterator[Seen]]] = {
    "rendercv": see_rendercv,
    "json-resume": see_json_resume,
    "hayagriva": see_hayagriva,
    "hugo": see_hugo,
    "al-folio": see_al_folio,
    "academicpages": see_academicpages,
    "moderncv": see_moderncv,
    "awesome-cv": see_awesome_cv,
    "biblatex": see_biblatex,
}
TITLES = {
    "selected": "Selected works",
    "book": "Books",
    "article-journal": "Journal articles",
    "paper-conference": "Conference papers",
    "article": "Preprints",
    "thesis": "Theses",
    "manuscript": "Manuscripts",
    "other": "Other works",
}


def expected(name: str, rows: tuple[cases.Row, ...], labels: tuple[str, ...]) -> list[Seen]:
    return [
        Seen(TITLES.get(row.group, row.group), label, None if name == "al-folio" else row.own, row.cut)
        for row, label in zip(rows, labels, strict=True)
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_groups_numbers_and_the_own_name_of_the_listing(name: str) -> None:
    labels = tuple(f"[{row.number}]" for row in cases.SEEDS)
    assert list(SEE[name](written(name, cases.seeds_cv()))) == expected(name, cases.SEEDS, labels)


@pytest.mark.parametrize("name", FORMATS)
def test_groups_numbers_and_the_own_name_of_every_kind_of_work(name: str) -> None:
    found = list(SEE[name](written(name, cases.sample_cv())))
    assert found == expected(name, cases.SAMPLE_ROWS, cases.SAMPLE_LABELS)


@pytest.mark.parametrize("name", FORMATS)
def test_without_numbers_and_without_bold_type(name: str) -> None:
    said = msgspec.structs.replace(cases.SAMPLE_SETTINGS, number="none")
    found = list(SEE[name](written(name, cases.sample_cv(said), bold=False)))
    assert {(seen.label, seen.own or 0) for seen in found} == {("", 0)}


@pytest.mark.parametrize("name", FORMATS)
def test_a_cut_list_names_the_person_only_where_that_is_known(name: str) -> None:
    """The words are those of every format; the own name is among them where a decision says so."""
    known = json.dumps(written(name, cases.sample_cv(decided='m1 = { mine = ["ito2023queue"] }\n')))
    assert known.count("author list cut in the source") == 1
    assert known.count("is among the authors") == 1
    unknown = json.dumps(written(name, cases.sample_cv()))
    assert unknown.count("author list cut in the source") == 1
    assert "among the authors" not in unknown


@pytest.mark.parametrize("name", FORMATS)
def test_marks_and_links_are_there(name: str) -> None:
    everything = json.dumps(written(name, cases.sample_cv()), ensure_ascii=False).lower()
    assert "equal" in everything or "ada moreau**\\\\*" in everything
    assert "correspond" in everything or "berg†" in everything
    assert "10.5555/wait.24" in everything
    assert "2501.00001" in everything
    assert "https://example.org/trains.pdf" in everything


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_cv(name: str) -> None:
    made = CV((Name(family="Moreau", given="Ada"),), title="Publications")
    assert written(name, made) is not None


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=30, derandomize=True)
@given(record_lists())
def test_no_record_stops_a_format(name: str, records: list[Record]) -> None:
    works = [msgspec.structs.replace(record, key=f"w{place}") for place, record in enumerate(records)]
    made = CV((Name(family="Moreau"),), sections=(Section("all", "", tuple(map(_entry, works))),))
    result = written(name, made)
    for text in result.values() if isinstance(result, Mapping) else [result]:
        text.encode()


def _entry(record: Record) -> Entry:
    people = tuple(Person(name, me=not place) for place, name in enumerate(record.names.get("author", ())))
    return Entry(record.key, record, people, cut="author" in record.cut, me_listed=bool(people))


def one(title: str, *people: str, url: str = "", **more: Any) -> CV:
    """The CV of one work."""
    record = Record(type="article-journal", key="k", texts={"title": title}, **more)
    listed = tuple(Person(Name(family=person), me=not place) for place, person in enumerate(people))
    entry = Entry("k", record, listed, links=(Link("url", url),) if url else (), label="[1]", number=1)
    return CV((Name(family="Own"),), title="Publications", sections=(Section("all", "All", (entry,)),))


# ------------------------------------------------------------------------------------------------ languages


@settings(max_examples=200, derandomize=True)
@given(st.text())
def test_yaml_gives_every_text_back(text: str) -> None:
    assert yaml.safe_load(yaml_text.dump({"a": [text], text: 1})) == {"a": [text], text: 1}


@pytest.mark.parametrize(
    "text", ["1e5", "0o17", "1_000", "no", "~", "2024-01-02", "1:30", ".5", "null", "=", "0x1F", "-"]
)
def test_texts_that_a_version_of_yaml_takes_for_something_else_are_quoted(text: str) -> None:
    assert yaml_text.dump([text]) == f"- '{text}'\n"


@pytest.mark.parametrize(
    ("plain", "markdown"),
    [
        ("a_b_c and x*y", "a_b_c and x\\*y"),
        ("_both_ [x](y) <script>", "\\_both\\_ \\[x](y) \\<script>"),
        ("R&D &amp; $O(n)$", "R&D \\&amp; $O(n)$"),
    ],
)
def test_markdown_is_escaped_where_it_means_something(plain: str, markdown: str) -> None:
    assert escape_markdown(plain) == markdown


def test_links_in_latex() -> None:
    link = tex.href("https://example.org/~me/a_b%20c?x=1&y={é}#top", "a & b")
    assert link == r"\href{https://example.org/\%7Eme/a\_b\%20c?x=1\&y=\%7B\%C3\%A9\%7D\#top}{a \& b}"


def test_a_page_escapes_its_title() -> None:
    """HugoBlox makes Markdown of titles, with HTML allowed; academicpages puts its citation into the page as it is."""
    script = '<script>alert("x")</script>'
    (page, _), *_ = _pages(written("academicpages", one(script, "<b>Own</b>")), ".md")
    assert "<script" not in page["title"]
    assert "<script" not in page["citation"]
    assert "<b>&lt;b&gt;Own&lt;/b&gt;</b>" in page["citation"]
    (page, _), *_ = _pages(written("hugo", one(script)), "index.md")
    assert page["title"] == '\\<script>alert("x")\\</script>'


def test_file_names_are_safe_and_differ_in_more_than_case() -> None:
    entries = [Entry(key, Record(key=key)) for key in ("A:b", "a-B", "../x", "名", "CON?")]
    assert list(facts.file_names(entries).values()) == ["A-b", "a-B-2", "x", "work", "CON"]


@pytest.mark.parametrize(
    ("date", "day", "whole"),
    [
        (Date((2024,)), "2024", "2024-01-01"),
        (Date((2024, 3)), "2024-03", "2024-03-01"),
        (Date((2024, 3, 9)), "2024-03-09", "2024-03-09"),
        (Date((2024, 22)), "2024", "2024-01-01"),
        (Date((-44,)), "", ""),
        (Date(literal="soon"), "", ""),
    ],
)
def test_days(date: Date, day: str, whole: str) -> None:
    entry = Entry("k", Record(dates={"issued": date}))
    assert (facts.day(entry), facts.whole_day(entry)) == (day, whole)


def test_titles_that_would_be_one_key() -> None:
    work = one("A", "Own").entries[0]
    made = CV((Name(family="Own"),), sections=(Section("a", "Same", (work,)), Section("b", "Same", (work,))))
    assert list(yaml.safe_load(written("rendercv", made))["cv"]["sections"]) == ["Same (1)", "Same (1) (2)"]


def test_marks_in_titles() -> None:
    rich = 'On <i>C. elegans</i> and H<sub>2</sub>O, <span class="nocase">DNA</span> {x} $5'
    texts = {name: json.dumps(written(name, one(rich, "Own"))) for name in FORMATS}
    assert "On *C. elegans* and H2O, DNA" in texts["rendercv"]
    assert "*C. elegans* and H<sub>2</sub>O" in texts["hugo"]
    assert r"\\emph{C. elegans} and H\\textsubscript{2}O" in texts["moderncv"]
    assert r"C. elegans and H2O, {DNA} \\{x\\} \\$5" in texts["hayagriva"]


# ------------------------------------------------------------------------------------------------ real programs


def program(name: str) -> str:
    """A program of a virtual environment of its own, beside Python, or on the path."""
    places = [ROOT / ".venv" / name / "bin", Path(sys.executable).parent, *os.environ["PATH"].split(os.pathsep)]
    found = shutil.which(name, path=os.pathsep.join(map(str, places)))
    if not found:
        require(name)
    return found or name


def compiler() -> Any:
    """Typst as a Python package."""
    if find_spec("typst") is None:
        require("typst (PyPI)")
    return import_module("typst")


def need_moderncv() -> None:
    """Skip without the class; where the tests run in CI it may not be missing."""
    require("kpsewhich")
    if "moderncv" not in output("kpsewhich", "--all", "article.cls", "moderncv.cls"):
        require("moderncv.cls (texlive-latex-extra)")


def put(result: Mapping[str, str], folder: Path) -> None:
    for name, text in result.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(folder: Path, *command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, encoding="utf-8", env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2060\xad\ufe0e]+", "", text)


def latin(made: CV) -> CV:
    """Without works in scripts for which TeX has no fonts here."""
    sections = (
        msgspec.structs.replace(section, entries=tuple(e for e in section.entries if e.title.isascii()))
        for section in made.sections
    )
    return msgspec.structs.replace(made, sections=tuple(sections))


def test_the_schema_of_json_resume() -> None:
    schema = ROOT / ".venv" / "npm" / "node_modules" / "@jsonresume" / "schema" / "schema.json"
    if not schema.is_file():
        reason = "no schema: npm install --prefix .venv/npm @jsonresume/schema"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    validator = Draft7Validator(json.loads(schema.read_text()), format_checker=FormatChecker())
    for made in (cases.sample_cv(), cases.seeds_cv()):
        found = json.loads(written("json-resume", made))
        assert [error.message for error in validator.iter_errors(found)] == []


def stand_in(home: Path) -> None:
    """The one package that RenderCV's own Typst would fetch from the network: the icons of links."""
    package = home / "typst" / "packages" / "preview" / "fontawesome" / "0.5.0"
    package.mkdir(parents=True)
    (package / "typst.toml").write_text('[package]\nname = "fontawesome"\nversion = "0.5.0"\nentrypoint = "lib.typ"\n')
    (package / "lib.typ").write_text("#let fa-icon(name, ..rest) = []\n")


NASTY = (
    '<script>alert("x")</script>',
    "C# in #let x = [brackets] and {braces}",
    "50 % of $5, ~x_1^2 & `code' \\ @me *stars*",
    "[a](b) $$x$$ = - + /* no comment */ // none",
)


def test_rendercv_makes_a_pdf(tmp_path: Path) -> None:
    rendercv = program("rendercv")
    require("pdftotext")
    stand_in(tmp_path / "data")
    made = cases.sample_cv()
    nasty = tuple(one(title, "Own, Jr.").entries[0] for title in NASTY)
    made = msgspec.structs.replace(made, sections=(*made.sections, Section("nasty", "Nasty *titles*", nasty)))
    (tmp_path / "cv.yaml").write_text(written("rendercv", made), encoding="utf-8")
    run(tmp_path, rendercv, "render", "cv.yaml", "--pdf-path", "cv.pdf", XDG_DATA_HOME=str(tmp_path / "data"))
    page = squeezed(output("pdftotext", tmp_path / "cv.pdf", "-"))
    for label in cases.SAMPLE_LABELS:
        assert label in page
    assert '<script>alert("x")</script>' in page.replace("“", '"').replace("”", '"')
    for part in (
        "[brackets]and{braces}",
        "50%of$5",
        "*stars*",
        "[a](b)",
        "code’∖@me",
        "Nasty∗titles∗(4)",
        "/*nocomment*///none",
        "(author list cut",
    ):
        assert squeezed(part) in page
    typst = next(tmp_path.rglob("*.typ")).read_text(encoding="utf-8")
    assert typst.count("#strong[Ada Moreau]") == 7
    assert typst.count("#strong[A. Moreau]") == typst.count("#strong[Ada B. Moreau]") == 1


BIBLIOGRAPHY = '#set page(width: 60cm)\n#bibliography("works.yml", full: true, style: "{}")\n'


@pytest.mark.parametrize("style", ["apa", "ieee"])
def test_typst_reads_the_bibliography(style: str, tmp_path: Path) -> None:
    typst = compiler()
    require("pdftotext")
    (tmp_path / "works.yml").write_text(written("hayagriva", cases.sample_cv()), encoding="utf-8")
    (tmp_path / "cv.typ").write_text(BIBLIOGRAPHY.format(style))
    typst.compile(str(tmp_path / "cv.typ"), output=str(tmp_path / "cv.pdf"))
    page = squeezed(output("pdftotext", tmp_path / "cv.pdf", "-")).casefold()
    for part in ("waiting for the second", "journal of waiting", "10.5555/wait.24", "club"):
        assert squeezed(part) in page
    for entry in cases.sample_cv().entries:
        assert not entry.title.isascii() or squeezed(entry.title[:12]).casefold() in page.replace("“", '"')


def test_typst_takes_every_title(tmp_path: Path) -> None:
    typst = compiler()
    made = CV((), sections=tuple(one(title, "Own").sections[0] for title in NASTY))
    keyed = [
        msgspec.structs.replace(section, entries=(_with_key(section.entries[0], f"k{place}"),))
        for place, section in enumerate(made.sections)
    ]
    text = written("hayagriva", msgspec.structs.replace(made, sections=tuple(keyed)))
    (tmp_path / "works.yml").write_text(text, encoding="utf-8")
    (tmp_path / "cv.typ").write_text(BIBLIOGRAPHY.format("ieee"))
    typst.compile(str(tmp_path / "cv.typ"), output=str(tmp_path / "cv.pdf"))
    assert len(list(yaml.safe_load(text))) == len(NASTY)


def _with_key(entry: Entry, key: str) -> Entry:
    return msgspec.structs.replace(entry, key=key, record=msgspec.structs.replace(entry.record, key=key))


def test_another_reader_of_bibtex_reads_the_bibliographies() -> None:
    """The front matter and the comments of al-folio's file are no entries, nor part of one."""
    made = cases.sample_cv()
    found = parse_string(written("al-folio", made), "bibtex").entries
    assert list(found) == [entry.key for entry in made.entries]
    marked = [str(person) for person in found["moreau2024waiting"].persons["author"]]
    assert marked == ["Moreau*, Ada", "Ito*, Kenji", "van der Berg†, Jan"]
    for name in ("hugo", "academicpages"):
        bibs = {path: text for path, text in written(name, made).items() if path.endswith(".bib")}
        assert [key for text in bibs.values() for key in parse_string(text, "bibtex").entries] == list(found)


HUGO_SITE = """\
baseURL: https://example.org/
title: Site
disableKinds: [taxonomy, term, RSS, sitemap]
markup: { goldmark: { renderer: { unsafe: true } } }
"""
HUGO_PAGE = """\
<h1>{{ .Title | markdownify }}</h1><p>{{ .Params.cv.group }}|{{ .Params.cv.label }}|{{ delimit .Params.authors ", " }}
|{{ .Date.Format "2006-01-02" }}|{{ with .Params.hugoblox }}{{ .ids.doi }}{{ end }}|</p>{{ .Content }}
<pre>{{ with .Resources.Get "cite.bib" }}{{ .Content }}{{ end }}</pre>
"""


def test_hugo_builds_the_pages(tmp_path: Path) -> None:
    hugo = program("hugo")
    put(written("hugo", cases.sample_cv()), tmp_path / "content" / "publications")
    put({"hugo.yaml": HUGO_SITE, "config.yaml": HUGO_SITE}, tmp_path)
    put({"single.html": HUGO_PAGE, "list.html": "{{ len .Pages }}"}, tmp_path / "layouts" / "_default")
    run(tmp_path, hugo, "--buildFuture")
    pages = {
        path.parent.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("public/publications/*/*.html")
    }
    assert len(pages) == len(cases.SAMPLE_ROWS)
    for row, label in zip(cases.SAMPLE_ROWS, cases.SAMPLE_LABELS, strict=True):
        assert f"<p>{TITLES[row.group]}|{label}|" in pages[row.key]
        assert row.key in pages[row.key].partition("<pre>")[2]
    assert "<script" not in pages["moreau2021trains"].partition("<p>")[0]
    assert "|me, Kenji Ito, Jan van der Berg\n|2024-01-01|10.5555/wait.24|" in pages["moreau2024waiting"]


BIBLATEX = r"""\documentclass{article}
\usepackage[T1]{fontenc}\usepackage{lmodern}
\usepackage[backend=biber, style=numeric, sorting=none, defernumbers=true, maxbibnames=99]{biblatex}
\addbibresource{publications.bib}
\input{publications-setup}
\pagestyle{empty}
\begin{document}
\raggedright
\input{publications}
\end{document}
"""


def test_biblatex_prints_the_groups_with_their_numbers(tmp_path: Path) -> None:
    require("latexmk", "biber", "pdflatex", "pdftotext")
    made = latin(cases.sample_cv())
    put({"cv.tex": BIBLATEX, **written("biblatex", made)}, tmp_path)
    run(tmp_path, "latexmk", "-pdf", "-interaction=nonstopmode", "cv.tex", max_print_line="10000")
    assert biber_complaints((tmp_path / "cv.blg").read_text(encoding="utf-8")) == []
    assert tex_complaints((tmp_path / "cv.log").read_text(encoding="utf-8", errors="replace")) == []
    page = squeezed(output("pdftotext", "-layout", tmp_path / "cv.pdf", "-"))
    parts = [part for section in made.sections for part in _printed(section)]
    places = [page.find(squeezed(part)) for part in parts]
    assert -1 not in places
    assert places == sorted(places)
    assert "AdaMoreau*,KenjiIto*,andJanvanderBerg†" in page
    fonts = output("pdffonts", tmp_path / "cv.pdf")
    assert "LMRoman10-Bold" in fonts


def _printed(section: Section) -> list[str]:
    return [f"{section.title} ({section.count})", *(entry.label for entry in section.entries)]


@pytest.mark.parametrize("name", ["moderncv", "awesome-cv"])
def test_latex_takes_every_title_and_address(name: str, tmp_path: Path) -> None:
    require("latexmk", "pdflatex", "pdftotext", "pdfinfo")
    if name == "moderncv":
        need_moderncv()
    address = "https://example.org/~me/a_b%20c?x=1&y=2#top"
    nasty = tuple(one(title, "Own", "Other & Co.", url=address).entries[0] for title in NASTY)
    made = latin(cases.sample_cv())
    made = msgspec.structs.replace(made, sections=(*made.sections, Section("nasty", "Nasty #1 & $2", nasty)))
    folder = tmp_path / "cv"
    shutil.copytree(ROOT / "examples" / "cv" / name, folder, ignore=shutil.ignore_patterns("*.pdf", "*.log", "*.aux"))
    (folder / "publications.tex").write_text(written(name, made), encoding="utf-8")
    run(folder, "latexmk", "-interaction=nonstopmode", max_print_line="10000")
    page = squeezed(output("pdftotext", "-layout", folder / "cv.pdf", "-"))
    for entry in made.entries:
        assert entry.label in page
    for part in ("50%of$5", "{braces}", "Other&Co.", "Nasty#1&$2(4)", "equalcontribution"):
        assert part in page
    assert "https://example.org/%7Eme/a_b%20c?x=1&y=2#top" in output("pdfinfo", "-url", folder / "cv.pdf")
