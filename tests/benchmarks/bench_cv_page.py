"""The HTML page of a CV with 2,000 works: its size, how long it takes to write, to load and to search in Chromium.

    python tests/benchmarks/bench_cv_page.py [--works 2000] [--repeat 3]

Loading is the wall time until the page has loaded and one frame is drawn; searching and filtering are the time of the
script with the layout that follows. The best of several runs.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import tempfile
import time
from pathlib import Path

from bench_cv import ME, made_up
from playwright.sync_api import Browser, sync_playwright

from bibkit import cv
from bibkit.cv.model import Options
from bibkit.settings import Cv

SEARCHED = """async () => {
  const search = document.getElementById("search");
  const began = performance.now();
  search.value = "song 1999";
  search.dispatchEvent(new Event("input"));
  await new Promise(requestAnimationFrame);
  document.body.offsetHeight;
  return performance.now() - began;
}"""
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def seen(browser: Browser, path: Path) -> tuple[float, float]:
    """Seconds until it is there, milliseconds for a search."""
    tab = browser.new_page()
    began = time.perf_counter()
    tab.goto(path.as_uri())
    tab.evaluate(DRAWN)
    loaded = time.perf_counter() - began
    searched = float(tab.evaluate(SEARCHED))
    tab.close()
    return loaded, searched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--works", type=int, default=2000)
    parser.add_argument("--repeat", type=int, default=3)
    told = parser.parse_args()
    made = cv.make(made_up(told.works), Cv(), me=ME)
    began = time.perf_counter()
    page = str(cv.get("html").write(made, Options()))
    wrote, data = time.perf_counter() - began, page.encode()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = Path(folder) / "cv.html"
        path.write_bytes(data)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        runs = [seen(browser, path) for _ in range(told.repeat)]
        browser.close()
    packed = len(gzip.compress(data)) / 1e6
    print(f"{told.works} works: {len(data) / 1e6:.2f} MB, {packed:.2f} MB packed; written in {wrote:.2f} s")
    print(f"load {min(load for load, _ in runs):.2f} s, a search {min(search for _, search in runs):.0f} ms")


if __name__ == "__main__":
    main()
