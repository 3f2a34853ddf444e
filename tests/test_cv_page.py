"""The HTML page of a CV: what it says, and how it behaves in a real Chromium."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import cv_cases as cases
import msgspec
import pytest
from conftest import require
from hypothesis import given, settings
from hypothesis import strategies as st
from test_review_page import CONTRAST

from bibkit import cv
from bibkit import settings as project
from bibkit.cv import CV, Entry, Options, Person, Section, charts, html
from bibkit.cv.html import MOST_TOPICS, policy
from bibkit.cv.render import Rendered
from bibkit.cv.runs import Look, Run
from bibkit.record import Date, Name, Record

try:
    from playwright.sync_api import Browser, expect, sync_playwright
    from playwright.sync_api import Page as Tab
except ImportError:  # pragma: no cover
    sync_playwright = None  # type: ignore[assignment]

VOID = {"meta", "link", "input"}


def page(made: CV, **options: object) -> str:
    return str(cv.get("html").write(made, Options(**options)))  # type: ignore[arg-type]


class Read(HTMLParser):
    """A page as a browser would see it: every element with its attributes and its text; nothing left open."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[list[str]] = []
        self.open: list[int] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.words.append([])
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))  # type: ignore[arg-type]
        self.words.append([])

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open.pop()][0] == tag

    def handle_data(self, data: str) -> None:
        for place in self.open:
            self.words[place].append(data)

    def texts(self, tag: str, name: str = "") -> list[str]:
        return [
            "".join(self.words[place])
            for place, (kind, said) in enumerate(self.elements)
            if kind == tag and (not name or name in said.get("class", "").split())
        ]

    def values(self, attribute: str, tag: str = "") -> list[str]:
        return [said[attribute] for kind, said in self.elements if attribute in said and tag in ("", kind)]


def made_of(*records: Record, name: str = "Ada Moreau") -> CV:
    return cv.make(records, project.Cv(), me=name)


def work(title: str, key: str = "k", **texts: str) -> Record:
    names = {"author": (Name("Moreau", "Ada"),)}
    return Record("article-journal", key, {"title": title, **texts}, names, {"issued": Date((2020,))})


# ------------------------------------------------------------------------------------------------ what it says


@pytest.mark.parametrize(
    ("made", "rows", "labels"),
    [
        (cases.sample_cv, cases.SAMPLE_ROWS, cases.SAMPLE_LABELS),
        (cases.seeds_cv, cases.SEEDS, [f"[{row.number}]" for row in cases.SEEDS]),
    ],
)
def test_groups_numbers_and_the_own_name(
    made: Callable[[], CV], rows: tuple[cases.Row, ...], labels: tuple[str, ...]
) -> None:
    read = Read(page(made()))
    assert read.values("id", "li") == [f"work-{row.key}" for row in rows]
    assert read.texts("span", "label") == list(labels)
    assert read.values("id", "section") == [f"group-{row}" for row in dict.fromkeys(row.group for row in rows)]
    shown = page(made())
    items = re.findall(r"<li id.*?</li>", shown, re.DOTALL)
    assert [item.count('<strong class="me">') for item in items] == [int(row.own > 0) for row in rows]
    assert shown.count('<strong class="me">') == sum(row.own > 0 for row in rows)
    assert ["author list cut" in item for item in items] == [row.cut for row in rows]


def test_nothing_but_its_own_style_and_script_can_run() -> None:
    source = page(cases.sample_cv())
    read = Read(source)
    for tag in ("style", "script"):
        (inner,) = re.findall(f"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode() in policy()
    assert policy() in read.values("content", "meta")
    assert "unsafe" not in policy()
    assert not [name for _, said in read.elements for name in said if name.startswith("on") or name in ("style", "src")]
    assert read.values("href", "link") == ["data:,"]


def test_small_capitals_need_no_attribute_of_style(monkeypatch: pytest.MonkeyPatch) -> None:
    words = 'style="font-variant:small-caps;"'
    rendered = Rendered("k", (Run("Moreau", Look(small_caps=True)), Run(words)))
    monkeypatch.setattr(html, "render", lambda *_: {"k": rendered})
    read = Read(page(made_of(work("Title"))))
    assert read.texts("span", "small-caps") == ["Moreau"]
    assert read.texts("bdi", "text") == [f"Moreau{words}"], "text stays text"
    assert read.values("style") == []


NASTY = (
    "<script>alert(1)</script>",
    "</pre></template><img src=x onerror=alert(1)>",
    "\"><svg onload='x'>",
    "<!-- no comment -->",
    "]]> &amp;lt; &#60;",
    "<i>Homo</i> <b onclick=x>",
)


@pytest.mark.parametrize("nasty", NASTY)
def test_a_title_is_text(nasty: str) -> None:
    record = msgspec.structs.replace(work(nasty, publisher=nasty), keywords=(nasty,))
    plain, read = Read(page(made_of(work("Plain"), name="Ada Moreau"))), Read(page(made_of(record)))
    mine = [tag for tag, _ in read.elements if tag not in ("i", "sup", "sub")]
    assert {"img", "b"}.isdisjoint(mine)
    assert mine.count("script") == 1
    assert mine.count("svg") == [tag for tag, _ in plain.elements].count("svg")
    assert not [name for _, said in read.elements for name in said if name.startswith("on")]


@given(st.text(min_size=1, max_size=40), st.text(max_size=20))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_any_words_leave_the_page_whole(words: str, key: str) -> None:
    record = msgspec.structs.replace(work(words, key or "k"), keywords=(words,))
    entry = Entry(record.key, record, (Person(Name(literal=words), me=True),), topics=(words,), label="[1]")
    made = CV((Name(literal=words),), title=words, sections=(Section("all", words, (entry,)),))
    read = Read(page(made))
    assert [tag for tag, _ in read.elements].count("script") == 1
    assert len(read.texts("pre")) == 1


def test_without_a_script_everything_can_be_read() -> None:
    source = page(cases.sample_cv())
    read = Read(source)
    assert not [one for one in read.elements if one[0] in ("li", "section", "figure", "pre") and "hidden" in one[1]]
    assert "@article{moreau2024waiting," in read.texts("pre")[0]
    assert ".tools, .copy, .clear { display: none; }" in source


def test_filters_count_the_works() -> None:
    read = Read(page(cases.sample_cv()))
    options = read.texts("option")
    assert options[:3] == ["All years", "2025 (1)", "2024 (1)"]
    assert "No year (2)" in options
    assert "Journal articles (4)" in options
    assert options[-3:] == ["All topics", "patience (2)", "trains (3)"]


def test_of_many_topics_the_most_frequent_are_in_the_filter() -> None:
    records = [
        msgspec.structs.replace(work(f"Title {place}", f"k{place}"), keywords=("Common", f"word {place}"))
        for place in range(MOST_TOPICS + 20)
    ]
    read = Read(page(made_of(*records)))
    topics = [words for words in read.texts("option") if words.startswith(("Common", "word"))]
    assert len(topics) == MOST_TOPICS
    assert "Common (220)" in topics


def test_a_page_without_works_or_years_or_topics() -> None:
    empty = page(CV((Name("Moreau", "Ada"),), title="Publications"))
    assert "0 works" in empty
    record = msgspec.structs.replace(work("Undated"), dates={})
    assert "No year (1)" in page(made_of(record))


def test_the_same_works_give_the_same_page() -> None:
    assert page(cases.sample_cv()) == page(cases.sample_cv())


def test_the_ending_of_a_page_means_the_whole_page() -> None:
    assert cv.by_suffix(".html") == "html"


# ------------------------------------------------------------------------------------------------ charts


def test_charts_say_what_they_show() -> None:
    read = Read(page(cases.seeds_cv()))
    assert read.texts("figcaption") == ["Works per year", "Works by type", "Co-authors"]
    ids = set(read.values("id"))
    assert len(ids) == len(read.values("id"))
    for name in ("aria-labelledby", "aria-describedby"):
        assert set(read.values(name)) <= ids
    assert read.texts("desc")[0] == "37 works; most in 2025: 13."
    assert len(read.texts("table")) == 3


def test_years_have_no_gaps_and_end_with_what_has_none() -> None:
    bars = charts.years(cases.sample_cv()).bars
    assert [bar.label for bar in bars] == [*map(str, range(2016, 2026)), "No year"]
    assert sum(bar.count for bar in bars) == 10
    slip = msgspec.structs.replace(work("Slip", "s"), dates={"issued": Date((220,))})
    assert [bar.label for bar in charts.years(made_of(slip, work("Right"))).bars] == ["220", "2020"]


def test_types_are_those_of_the_sections() -> None:
    bars = charts.types(cases.sample_cv()).bars
    assert (bars[0].label, bars[1].label, bars[-1].label) == ("Books", "Journal articles", "Other works")


def written_by(key: str, *names: str) -> Record:
    people = (Name("Moreau", "Ada"), *(Name(*reversed(name.rsplit(" ", 1))) for name in names))
    return msgspec.structs.replace(work(key, key), names={"author": people})


def test_a_coauthor_is_one_person_in_all_spellings_that_can_be_theirs() -> None:
    network = charts.coauthors(made_of(written_by("a", "Kenji Ito", "Per Lund"), written_by("b", "K. Ito")))
    assert [(one.name, one.works) for one in network.authors] == [("Kenji Ito", 2), ("Per Lund", 1)]
    assert network.ties == (charts.Tie(0, 1, 1),)


def test_an_initial_that_could_be_two_people_stands_alone() -> None:
    network = charts.coauthors(made_of(written_by("a", "Li Wang", "Lu Wang"), written_by("b", "L. Wang")))
    assert sorted(one.name for one in network.authors) == ["L. Wang", "Li Wang", "Lu Wang"]


def test_the_most_frequent_coauthors_are_shown_and_the_others_counted() -> None:
    network = charts.coauthors(cases.seeds_cv(), 5)
    assert len(network.authors) == 5
    assert network.left_out > 20
    assert network.authors[0].works >= network.authors[-1].works
    assert all(tie.first < tie.second < 5 for tie in network.ties)
    assert "lists of authors cut in the source" in charts.summary(network)


# ------------------------------------------------------------------------------------------------ in Chromium


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    require("chromium")
    if sync_playwright is None:
        if os.environ.get("CI"):
            pytest.fail("CI lacks playwright")
        pytest.skip("playwright not installed")
    with sync_playwright() as driver:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        yield browser
        browser.close()


Opened = Callable[..., "Tab"]


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Opens a page from its file. At the end: nothing else was asked for, and no error stands in the console."""
    said: list[str] = []
    asked: list[str] = []
    contexts = []
    path = tmp_path / "cv.html"

    def open_page(made: CV, scheme: str = "light", width: int = 1280, **more: object) -> Tab:
        path.write_text(page(made), encoding="utf-8")
        viewport = {"width": width, "height": 800}
        context = chromium.new_context(color_scheme=scheme, viewport=viewport, **more)  # type: ignore[arg-type]
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda one: said.append(f"{one.type}: {one.text}"))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.on("request", lambda one: asked.append(one.url))
        tab.goto(path.as_uri())
        return tab

    yield open_page
    for context in contexts:
        context.close()
    assert {url.partition("#")[0] for url in asked} - {"data:,"} == {path.as_uri()}
    assert said == []


SHOWN = """() => [...document.querySelectorAll("main li")].filter((one) => one.checkVisibility())
  .map((one) => one.id.slice(5))"""


def shown(tab: Tab) -> list[str]:
    return tab.evaluate(SHOWN)  # type: ignore[no-any-return]


def test_search_and_filters(opened: Opened) -> None:
    tab = opened(cases.sample_cv())
    tab.keyboard.press("/")
    assert tab.evaluate("() => document.activeElement.id") == "search"
    tab.keyboard.type("TRAIN ito")
    expect(tab.locator("#count")).to_have_text("2 of 10 works")
    assert shown(tab) == ["moreau2024waiting", "moreau2021trains"]
    assert tab.locator("main h2:visible").all_inner_texts() == ["Selected works (1)", "Journal articles (1 of 3)"]
    tab.keyboard.press("Escape")
    expect(tab.locator("#count")).to_have_text("10 works")
    for name, label, keys in (
        ("year", "2022 (1)", ["song2022han"]),
        ("year", "No year (2)", ["moreau_soon", "nobody_undated"]),
        ("type", "Theses (1)", ["moreau2016thesis"]),
        ("topic", "patience (2)", ["moreau2024waiting", "ito2023queue"]),
    ):
        tab.select_option(f"#{name}", label=label)
        assert shown(tab) == keys
        tab.click(".tools .clear")
    tab.select_option("#topic", label="trains (3)")
    tab.select_option("#type", label="Preprints (1)")
    assert shown(tab) == ["moreau2025preprint"]
    tab.fill("#search", "候车")
    assert shown(tab) == []
    tab.locator("#nothing .clear").click()
    assert len(shown(tab)) == 10
    tab.fill("#search", "候车")
    assert shown(tab) == ["song2022han"]


@pytest.mark.parametrize("allowed", [True, False])
def test_bibtex_is_copied(opened: Opened, allowed: bool) -> None:
    tab = opened(cases.sample_cv(), permissions=["clipboard-read", "clipboard-write"])
    if not allowed:
        tab.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    tab.get_by_role("button", name="Copy BibTeX: On <script>alert").press("Enter")
    expect(tab.locator("#count")).to_have_text("BibTeX copied")
    copied = tab.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("@article{moreau2021trains,")
    assert r"title = {On \textless{}script\textgreater{}alert(" in copied
    assert copied.endswith("}\n")
    expect(tab.locator("#count")).to_have_text("10 works")


def test_a_title_runs_nothing(opened: Opened) -> None:
    records = [work(nasty, f"k{place}") for place, nasty in enumerate(NASTY)]
    tab = opened(made_of(*records))
    assert tab.locator("main script, main img, main svg, main [onclick], main [onerror]").count() == 0
    assert tab.locator("#work-k0 .text").inner_text().count("<script>alert(1)</script>") == 1
    assert "<img src=x onerror=alert(1)>" in tab.locator("#work-k1 .text").inner_text()


def test_light_and_dark_can_be_read_at_any_width_and_are_kept_as_pictures(opened: Opened, tmp_path: Path) -> None:
    folder = Path(os.environ.get("CI_ARTIFACTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    grounds = set()
    for scheme, width in (("light", 1280), ("dark", 400)):
        tab = opened(cases.seeds_cv(), scheme, width)
        tab.evaluate("() => document.querySelectorAll('details').forEach((one, place) => { one.open = place < 2; })")
        ground, bad = tab.evaluate(CONTRAST)
        assert bad == []
        grounds.add(ground)
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
        tab.screenshot(path=folder / f"cv-page-{scheme}.png", full_page=True)
        assert (folder / f"cv-page-{scheme}.png").stat().st_size > 50_000
    assert len(grounds) == 2


def test_everything_has_a_name_and_a_place_in_the_order_of_tabs(opened: Opened) -> None:
    tab = opened(cases.sample_cv())
    tree = tab.locator("body").aria_snapshot()
    for said in (
        'heading "Ada Moreau" [level=1]', 'searchbox "Search /"', 'combobox "Year"', "main", 'img "Works per year"',
        'region "Journal articles (3)"', 'button "Copy BibTeX: Waiting for the Second Train"', "- list",
    ):  # fmt: skip
        assert said in tree, tree
    reached = []
    for _ in range(9):
        tab.keyboard.press("Tab")
        reached.append(tab.evaluate("() => document.activeElement.id || document.activeElement.className"))
    assert reached[:2] == ["jump", ""]
    assert reached[2:6] == ["search", "year", "type", "topic"]


def test_it_works_without_a_script_and_on_paper(opened: Opened) -> None:
    tab = opened(cases.sample_cv(), java_script_enabled=False)
    assert tab.locator("main li:visible").count() == 10
    assert tab.locator(".tools:visible, .copy:visible").count() == 0
    tab.locator("summary").first.click()
    assert tab.locator("pre").first.is_visible()
    tab = opened(cases.sample_cv())
    tab.emulate_media(media="print")
    assert tab.locator("main li:visible").count() == 10
    assert tab.locator(".tools:visible, .copy:visible, main details:visible").count() == 0


def test_many_works_are_there_at_once(opened: Opened) -> None:
    tab = opened(made_of(*(work(f"Title number{place}", f"k{place}") for place in range(400))))
    tab.fill("#search", "number399")
    assert shown(tab) == ["k399"]
    assert tab.locator("body.many").count() == 1
