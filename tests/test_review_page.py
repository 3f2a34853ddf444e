"""The review's page in a real Chromium: a person with a keyboard, 5,000 pairs, light and dark, no request elsewhere."""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from conftest import require
from test_review import Kept, doubt
from test_review_web import kinds, many, served, session

from bibkit import decisions
from bibkit.joins import DecisionFile
from bibkit.review import Session

try:
    from playwright.sync_api import Browser, sync_playwright
    from playwright.sync_api import Page as Tab
except ImportError:  # pragma: no cover
    sync_playwright = None  # type: ignore[assignment]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    require("chromium")
    if sync_playwright is None:
        if os.environ.get("CI"):
            pytest.fail("CI lacks playwright")
        pytest.skip("playwright not installed")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def store() -> Kept:
    return Kept()


Opened = Callable[..., "Tab"]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Opened]:
    """Opens the page of a session. At the end: no request went elsewhere, and no error stands in the console."""
    said: list[str] = []
    asked: list[tuple[str, str]] = []
    with ExitStack() as stack:

        def open_page(of: Session, scheme: str = "light", width: int = 1280) -> Tab:
            server = stack.enter_context(served(of))
            context = chromium.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 800}, reduced_motion="reduce"
            )
            stack.callback(context.close)
            tab = context.new_page()
            tab.set_default_timeout(20_000)
            tab.on("console", lambda one: said.append(f"{one.type}: {one.text}"))
            tab.on("pageerror", lambda error: said.append(str(error)))
            tab.on("request", lambda one: asked.append((server.url, one.url)))
            tab.goto(server.url)
            tab.wait_for_selector("html[data-ready]")
            tab.wait_for_selector(".sides, .nothing")
            return tab

        open_page.said = said  # type: ignore[attr-defined]
        yield open_page
    assert asked
    assert [url for own, url in asked if not url.startswith(own)] == []
    assert said == []


def title(tab: Tab) -> str:
    return tab.locator('tr[data-variable="title"] td').first.inner_text().removesuffix("take").strip()


READY = "() => !document.querySelector('.answer[aria-disabled=true]')"


def press(tab: Tab, key: str, until: str) -> None:
    """Press a key when the page takes one, and wait until the progress says so."""
    tab.wait_for_function(READY)
    tab.keyboard.press(key)
    tab.wait_for_function("words => document.getElementById('progress-text').textContent.includes(words)", arg=until)
    tab.wait_for_function(READY)


def test_answers_by_keyboard(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    tab = opened(session(DecisionFile(path)))
    assert tab.locator("#progress-text").inner_text() == "0 answered, 3 left of 3 pairs"
    tab.keyboard.press("w")
    tab.keyboard.type("sdvku? is a reason")
    tab.keyboard.press("Enter")
    press(tab, "s", "1 answered, 2 left")
    (first,) = decisions.loads(path.read_text(encoding="utf-8")).made
    assert (first.kind, first.why, first.who) == ("same", "sdvku? is a reason", "Ada")
    tab.wait_for_function("() => document.title.startsWith('Bridges')")
    press(tab, "d", "2 answered, 1 left")
    tab.wait_for_function("() => document.title.startsWith('Tunnels')")
    press(tab, "v", "3 answered, 0 left")
    tab.wait_for_selector("text=All pairs are dealt with")
    assert kinds(path) == ["same", "different", "version-of"]
    press(tab, "u", "2 answered, 1 left")
    tab.wait_for_selector(".sides")
    assert title(tab).startswith("Tunnels")
    press(tab, "k", "2 answered, 0 left, 1 skipped")
    assert kinds(path) == ["same", "different"]


def test_arrows_help_filter_and_search(opened: Opened, store: Kept) -> None:
    tab = opened(session(store))
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function("() => document.title.startsWith('Bridges')")
    assert tab.locator('[role=option][aria-selected="true"]').get_attribute("aria-posinset") == "2"
    tab.keyboard.press("End")
    tab.wait_for_function("() => document.title.startsWith('Tunnels')")
    tab.keyboard.press("?")
    assert tab.locator("dialog#help").is_visible()
    tab.keyboard.press("s")
    tab.keyboard.press("Escape")
    assert store.made == [], "keys answer nothing while the help is open"
    tab.keyboard.press("/")
    tab.keyboard.type("NUNEZ bridges b.bib")
    tab.wait_for_function("() => document.title.startsWith('Bridges')")
    assert tab.locator("#count").inner_text() == "1 pair found"
    tab.keyboard.press("Escape")
    press(tab, "d", "1 answered, 2 left")
    tab.wait_for_selector("text=No open pair fits")
    tab.click("[data-kind=answered]")
    tab.wait_for_selector(".said[data-state=d]")
    assert tab.locator('.answer[aria-pressed="true"]').inner_text().startswith("Different")
    press(tab, "v", "1 answered, 2 left")
    tab.wait_for_selector(".said[data-state=v]")
    assert [one.kind for one in store.made] == ["version-of"]


def test_what_a_title_says_is_text(opened: Opened, store: Kept) -> None:
    tab = opened(session(store))
    assert title(tab) == "<script>document.title = 'run'</script> &amp; Homo sapiens <b onclick=x>"
    assert tab.locator('tr[data-variable="title"] i').first.inner_text() == "Homo sapiens"
    assert tab.title().startswith("<script>")
    assert tab.locator("main script, main [onclick], #list script, #list i").count() == 0
    assert tab.locator('tr[data-variable="issued"] mark').all_inner_texts() == ["19", "20"]


def test_a_value_is_picked_with_an_answer(opened: Opened, store: Kept) -> None:
    tab = opened(session(store))
    tab.keyboard.press("ArrowDown")
    tab.wait_for_function("() => document.title.startsWith('Bridges')")
    pick = tab.get_by_role("button", name="Take the right title")
    pick.click()
    assert pick.get_attribute("aria-pressed") == "true"
    tab.get_by_role("button", name="Take the left container-title").click()
    assert "title, container-title" in tab.locator(".picked").inner_text()
    tab.get_by_role("button", name="Take the left container-title").click()
    press(tab, "s", "1 answered, 2 left")
    assert [(one.kind, dict(one.values)) for one in store.made] == [
        ("same", {}), ("prefer", {"title": "Bridges of the North"}),
    ]  # fmt: skip


def test_a_value_is_picked_in_a_publication_and_undone(opened: Opened, store: Kept) -> None:
    tab = opened(session(store))
    tab.keyboard.press("2")
    row = tab.locator('tr[data-variable="publisher"]')
    before = row.locator("label.taken .value").inner_text()
    row.locator("label:not(.taken)").click()
    tab.wait_for_selector("text=is taken from there")
    after = row.locator("label.taken .value").inner_text()
    assert {before, after} == {"Rail Press", "The Rail Press"}
    assert [dict(one.values) for one in store.made] == [{"publisher": after}]
    tab.keyboard.press("u")
    tab.wait_for_function("words => document.querySelector('label.taken .value').textContent === words", arg=before)
    assert store.made == []
    assert tab.locator(".entries li").all_inner_texts()[1].startswith("b.bib:27 snow2020")


def test_the_records_that_go_with_one_are_looked_at(opened: Opened, store: Kept) -> None:
    tab = opened(session(store, (doubt(0, 6, 3), doubt(0, 1, 2), doubt(1, 6, 1))))
    tab.get_by_role("button", name="and 1 joined with it").click()
    tab.wait_for_selector("text=One publication from 2 records")
    assert tab.locator(".work-title").inner_text() == "Snow on the line"
    tab.keyboard.press("1")
    tab.wait_for_selector(".sides")
    press(tab, "s", "1 answered, 2 left")
    press(tab, "d", "2 answered, 0 left, 1 follow of 3")
    tab.click("[data-kind=all]")
    tab.locator("[role=option]").last.click()
    tab.wait_for_selector("text=This follows from your other answers")
    assert tab.get_by_role("button", name="Same").is_disabled()
    tab.keyboard.press("s")
    tab.keyboard.press("2")
    tab.wait_for_selector("text=One publication from 3 records")
    assert [one.kind for one in store.made] == ["same", "different"]


def test_what_goes_wrong_is_shown(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    tab = opened(session(DecisionFile(path)))
    path.write_text("<<<<<<< ours\n[[", encoding="utf-8")
    tab.keyboard.press("s")
    tab.wait_for_selector("text=git left conflict marks")
    assert title(tab).startswith("<script>"), "the question is still there"
    path.unlink()
    press(tab, "s", "1 answered, 2 left")
    assert not tab.locator("#error").is_visible()
    tab.get_by_role("button", name="Finish").click()
    tab.wait_for_selector("text=The review has ended")
    opened.said[:] = [one for one in opened.said if "409" not in one]  # type: ignore[attr-defined]


def test_a_value_that_cannot_be_kept_is_not_shown_as_taken(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    tab = opened(session(DecisionFile(path)))
    tab.keyboard.press("2")
    row = tab.locator('tr[data-variable="publisher"]')
    before = row.locator("label.taken .value").inner_text()
    path.write_text("<<<<<<< ours\n[[", encoding="utf-8")
    row.locator("label:not(.taken)").click()
    tab.wait_for_selector("text=git left conflict marks")
    assert row.locator("label:has(:checked) .value").inner_text() == before
    opened.said[:] = [one for one in opened.said if "409" not in one]  # type: ignore[attr-defined]


def test_a_page_whose_server_has_gone_says_so(opened: Opened, store: Kept) -> None:
    tab = opened(session(store))
    tab.route("**/api/answer", lambda route: route.abort())
    tab.keyboard.press("s")
    tab.wait_for_selector("text=bibkit does not answer")
    tab.unroute("**/api/answer")
    press(tab, "s", "1 answered, 2 left")
    assert not tab.locator("#error").is_visible()
    opened.said[:] = [one for one in opened.said if "ERR_FAILED" not in one]  # type: ignore[attr-defined]


TIMED = """async (count) => {
  const times = [];
  for (let number = 0; number < count; number += 1) {
    const before = document.title, began = performance.now();
    document.getElementById("list").dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
    while (document.title === before) await new Promise((done) => setTimeout(done));
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - began);
  }
  return times;
}"""


def test_five_thousand_pairs(opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "decisions.toml"
    asked = many(5000, DecisionFile(path))
    began = time.monotonic()
    tab = opened(asked)
    load = time.monotonic() - began
    times = tab.evaluate(TIMED, 30)
    assert tab.locator("#progress-text").inner_text() == "30 answered, 4,970 left of 5,000 pairs"
    assert len(kinds(path)) == 30
    assert tab.locator("[role=option]").count() < 60, "only what can be seen is drawn"
    tab.locator("#list").focus()
    tab.keyboard.press("End")
    tab.wait_for_function("() => document.title.startsWith('Paper 4999')")
    assert tab.locator('[role=option][aria-selected="true"]').get_attribute("aria-posinset") == "4970"
    began = time.monotonic()
    tab.fill("#search", "paper 4321")
    tab.wait_for_function("() => document.title.startsWith('Paper 4321')")
    search = time.monotonic() - began
    median = statistics.median(times)
    print(
        f"\n5,000 pairs: load {load:.2f} s, an answer {median:.0f} ms (worst {max(times):.0f}), search {search:.2f} s"
    )
    assert load < 10
    assert median < 1000


# The contrast of each text against what is behind it, WCAG 2.2, 1.4.3.
CONTRAST = """() => {
  const parts = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = parts(getComputedStyle(at).backgroundColor);
      if (found.length && found[3] !== 0) return found;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    const says = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const aside = element.closest(".unseen, :disabled, .status, dialog:not([open])");
    if (!says || aside || !element.checkVisibility()) continue;
    const [one, other] = [parts(getComputedStyle(element).color), behind(element)].map(light);
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) bad.push(`${element.className || element.tagName} ${element.textContent}: ${ratio.toFixed(2)}`);
  }
  return [getComputedStyle(document.body).backgroundColor, bad];
}"""


def test_light_and_dark_can_be_read_at_any_width(opened: Opened, store: Kept) -> None:
    grounds = set()
    for scheme, width in (("light", 1280), ("dark", 420)):
        tab = opened(session(store), scheme, width)
        for key in ("", "1", "2", "?"):
            if key:
                tab.keyboard.press(key)
                tab.wait_for_selector({"1": ".sides", "2": ".fields", "?": "dialog[open]"}[key])
            ground, bad = tab.evaluate(CONTRAST)
            assert bad == []
        grounds.add(ground)
        assert tab.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    assert len(grounds) == 2


def test_everything_has_a_name_and_a_place_in_the_order_of_tabs(opened: Opened, store: Kept) -> None:
    tab = opened(session(store))
    tree = tab.locator("body").aria_snapshot()
    named = (
        'heading "bibkit duplicates"', "progressbar", 'listbox "Pairs in doubt"', 'searchbox "Search the list"',
        'button "Same s"', 'rowheader "title"', 'columnheader "a.bib:1', "main",
    )  # fmt: skip
    for said in named:
        assert said in tree, tree
    assert "button:" not in tree, "every button has a name"
    reached = set()
    tab.evaluate("() => document.activeElement.blur()")
    for _ in range(40):
        tab.keyboard.press("Tab")
        reached.add(tab.evaluate("() => document.activeElement.id || document.activeElement.dataset.verdict || ''"))
    assert {"show-pairs", "finish", "search", "list", "same", "different", "version", "skip", "why"} <= reached
