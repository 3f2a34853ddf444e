"""The review as a page: who may ask, every address, the command, and a person with a keyboard in a real Chromium."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from command import bibkit
from flask.testing import FlaskClient
from test_review import PAPERS, PROGRAM, Kept, doubt

from bibkit import decisions
from bibkit.decisions import Decision, Store
from bibkit.dedupe import Clue, Evidence, Matching, Pair, Verdict
from bibkit.joins import DecisionFile
from bibkit.problems import StateError, UsageError
from bibkit.record import Date, Name, Origin, Record
from bibkit.review import Session
from bibkit.web import app as web_app
from bibkit.web.app import STATIC, create_app
from bibkit.web.desk import Desk
from bibkit.web.server import Server
from bibkit.web.views import DIFFERS, pieces

TOKEN, HOST = "secret", "127.0.0.1:5000"
WORDS = "waiting for trains at night in northern mountain towns with deep snow".split()

# ------------------------------------------------------------------------------------------------ what is reviewed


def paper(title: str, year: int = 2020, source: str = "a.bib", line: int = 1, **texts: str) -> Record:
    return Record(
        type="article-journal",
        key=f"{title.split()[0].strip('<>').lower()}{year}",
        texts={"title": title, **texts},
        names={"author": (Name(family="Núñez", given="Ada"), Name(family="Lee", given="Kim"))},
        dates={"issued": Date((year,))},
        origins=(Origin(source, "bibtex", line, line),),
    )


SCRIPT = "<script>document.title = 'run'</script> &amp; <i>Homo sapiens</i> <b onclick=x>"
RECORDS = [
    paper(SCRIPT, 2019, volume="3"),
    paper(SCRIPT, 2020, "b.bib", volume="3"),
    paper("Bridges of the north", **{"container-title": "Journal of Rails"}),
    paper("Bridges of the North", source="b.bib", line=9, **{"container-title": "J. Rails"}),
    paper("Tunnels, a history", page="1-9"),
    paper("Tunnels: a history", source="b.bib", line=18, page="1-19"),
    paper("Snow on the line", publisher="Rail Press"),
    paper("Snow on the line", source="b.bib", line=27, publisher="The Rail Press"),
]
PAIRS = (doubt(0, 1, 3), doubt(2, 3, 2), doubt(4, 5, 1))
CLUSTERS = ((0,), (1,), (2,), (3,), (4,), (5,), (6, 7))


def session(store: Store, pairs: tuple[Pair, ...] = PAIRS) -> Session:
    return Session(RECORDS, Matching(pairs, CLUSTERS), store, who="Ada", now=lambda: "2026-11-22")


def many(count: int, store: Store) -> Session:
    """So many pairs in doubt, all different."""
    records = []
    for number in range(count):
        words = [WORDS[(number // 12**place) % 12] for place in range(4)]
        records.append(paper(f"Paper {number} on {' '.join(words)}", 1950 + number % 70, line=number))
        records.append(paper(f"Paper {number}, on {' '.join(words)}s", 1951 + number % 70, "b.bib", number))
    clues = (Clue("title", 1.5, "spelled otherwise"), Clue("year", -2.1, "next"))
    pairs = tuple(
        Pair(2 * number, 2 * number + 1, Verdict.MAYBE, Evidence(clues, -0.6, "", "preprint"))
        for number in range(count)
    )
    return Session(records, Matching(pairs, tuple((place,) for place in range(2 * count))), store)


# ------------------------------------------------------------------------------------------------ what is shown


def test_texts_come_as_pieces_with_marks_from_a_safe_list() -> None:
    assert pieces("H<sub>2</sub>O <i>in <b>vivo</b></i>") == [
        ("H", ""), ("2", "sub"), ("O ", ""), ("in ", "i"), ("vivo", "i b"),
    ]  # fmt: skip
    assert pieces('<script>x</script> <img onerror="y">') == [('<script>x</script> <img onerror="y">', "")]
    assert pieces('<span class="nocase">CLIP</span>') == [("CLIP", "")]
    assert pieces("<i>a</i>", rich=False) == [("<i>a</i>", "")]
    assert pieces("") == []


def test_differences_are_marked_within_rich_text() -> None:
    assert pieces("<i>Homo</i> sapiens", "Homo erectus") == [("Homo", "i"), (" ", ""), ("sapien", DIFFERS), ("s", "")]
    assert pieces("<i>Homo</i>", "Homo") == [("Homo", "i")]
    assert pieces("2019", "2020") == [("20", ""), ("19", DIFFERS)]


# ------------------------------------------------------------------------------------------------ every address


class Page:
    """Flask's test client, as a page that knows the token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, code: int = 200) -> Any:
        return self.checked(self.client.get(f"/{TOKEN}/api/{address}", base_url=f"http://{HOST}"), code)

    def post(self, address: str, value: Any = None, code: int = 200) -> Any:
        sent = self.client.post(f"/{TOKEN}/api/{address}", base_url=f"http://{HOST}", json=value or {})
        return self.checked(sent, code)

    def checked(self, response: Any, code: int) -> Any:
        assert response.status_code == code, response.text
        assert response.content_type == "application/json"
        found = response.get_json()
        return found if code == 200 else found["error"]


@pytest.fixture
def store() -> Kept:
    return Kept()


@pytest.fixture
def client(store: Kept) -> FlaskClient:
    return create_app(Desk(session(store), "decisions.toml"), TOKEN, frozenset({HOST})).test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    return Page(client)


ADDRESSES = ("", "app.js", "style.css", "api/pairs", "api/pairs/0/1", "api/works", "api/nothing")


TOKENS = ("", "wrong", "secre", "secrets", "s\u00e9cret", "%ff", "..", "%2e%2e")


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "HEAD"])
def test_without_the_token_there_is_nothing(client: FlaskClient, method: str) -> None:
    for token, address in product(TOKENS, ADDRESSES):
        found = client.open(f"/{token}/{address}", base_url=f"http://{HOST}", method=method, json={})
        assert found.status_code == 404, (token, address)
        assert "secret" not in found.text


def test_under_another_name_there_is_nothing(client: FlaskClient) -> None:
    hosts = ("evil.example", "evil.example:5000", "127.0.0.1", "127.0.0.1:80", "localhost:5001")
    for host, address in product(hosts, ADDRESSES):
        assert client.get(f"/{TOKEN}/{address}", base_url=f"http://{host}").status_code == 403


def test_another_site_can_send_nothing(client: FlaskClient, store: Kept) -> None:
    answer = {"pair": [0, 1], "verdict": "same"}
    at = {"path": f"/{TOKEN}/api/answer", "base_url": f"http://{HOST}"}
    for origin in ("http://evil.example", "null", "http://127.0.0.1:5001"):
        assert client.post(**at, json=answer, headers={"Origin": origin}).status_code == 403
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        assert client.post(**at, data=json.dumps(answer), content_type=kind).status_code == 415
    assert store.made == []
    same = client.post(**at, json=answer, headers={"Origin": f"http://{HOST}"})
    assert same.status_code == 200
    assert not any(name.lower().startswith("access-control") for name, _ in same.headers)
    assert [one.kind for one in store.made] == ["same"]


@pytest.mark.parametrize("name", STATIC)
def test_the_files_of_the_page(client: FlaskClient, name: str) -> None:
    found = client.get(f"/{TOKEN}/{name}", base_url=f"http://{HOST}")
    assert found.status_code == 200
    assert "default-src 'self'" in found.headers["Content-Security-Policy"]
    assert "unsafe" not in found.headers["Content-Security-Policy"]
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Referrer-Policy"] == "no-referrer"
    assert found.content_type.split(";")[0] in ("text/html", "text/css", "text/javascript", "image/svg+xml")
    outside = found.text.replace("http://www.w3.org/2000/svg", "")
    assert "http:" not in outside
    assert "https:" not in outside
    assert "innerHTML" not in outside
    assert not any(word in outside for word in (" style=", "onclick=", "<script>", "<style"))


def test_every_file_of_the_page_is_served() -> None:
    there = Path(web_app.__file__).parent / "static"
    assert sorted(path.name for path in there.iterdir()) == sorted(STATIC)


@pytest.mark.parametrize("name", ["nothing.js", "../app.py", "..%2fapp.py", "%2e%2e/app.py", "static/app.js"])
def test_no_other_file_is_served(client: FlaskClient, name: str) -> None:
    assert client.get(f"/{TOKEN}/{name}", base_url=f"http://{HOST}").status_code == 404


def test_the_list_of_pairs(page: Page) -> None:
    found = page.get("pairs")
    assert found["states"] == "???"
    assert found["where"] == "decisions.toml"
    assert [one["pair"] for one in found["pairs"]] == [[0, 1], [2, 3], [4, 5]]
    assert found["pairs"][1]["other"] == {
        "title": "Bridges of the North", "who": "Núñez, Ada; Lee, Kim", "year": 2020, "key": "bridges2020",
        "place": "b.bib:9",
    }  # fmt: skip


def test_a_question_in_full(page: Page) -> None:
    found = page.get("pairs/3/2")
    assert found["pair"] == [2, 3]
    assert found["sides"][1] == {"place": "b.bib:9", "key": "bridges2020", "joined": 0, "work": 3}
    rows = {row["variable"]: row for row in found["rows"]}
    assert next(iter(rows)) == "title"
    assert rows["title"]["one"] == [["Bridges of the ", ""], ["n", "differs"], ["orth", ""]]
    assert rows["title"]["pick"]
    assert not rows["author"]["differs"]
    assert found["evidence"] == {"total": 2, "start": 0, "work": 0, "veto": "", "kind": "", "clues": [["title", 2, ""]]}


def test_answers_are_kept_and_undone(page: Page, store: Kept) -> None:
    assert page.post("answer", {"pair": [0, 1], "verdict": "different", "why": " two years "})["states"] == "d??"
    assert (store.made[0].kind, store.made[0].why, store.made[0].who) == ("different", "two years", "Ada")
    assert page.post("answer", {"pair": [3, 2], "verdict": "version"})["states"] == "dv?"
    assert page.post("answer", {"pair": [4, 5], "verdict": "skip"}) == {"states": "dvk", "steps": 3}
    assert page.post("undo") == {"kind": "skip", "pair": [4, 5], "states": "dv?", "steps": 2}
    assert page.post("answer", {"pair": [0, 1], "verdict": "same"})["states"] == "sv?"
    assert [one.kind for one in store.made] == ["version-of", "same"]
    assert page.post("undo")["pair"] == [0, 1]
    assert page.post("undo")["pair"] == [2, 3]
    assert page.post("undo") == {"kind": "", "pair": None, "states": "???", "steps": 0}
    assert store.made == []
    assert page.get("standing") == {"states": "???", "steps": 0}


def test_what_follows_is_told(store: Kept) -> None:
    pairs = (doubt(0, 1, 3), doubt(1, 2, 2), doubt(0, 2, 1))
    made = create_app(Desk(session(store, pairs), "f"), TOKEN, frozenset({HOST})).test_client()
    page = Page(made)
    page.post("answer", {"pair": [0, 1], "verdict": "same"})
    assert page.post("answer", {"pair": [1, 2], "verdict": "different"})["states"] == "sdi"
    assert "follows from other answers" in page.post("answer", {"pair": [0, 2], "verdict": "same"}, 409)
    assert page.post("answer", {"pair": [1, 2], "verdict": "same"})["states"] == "ssi"
    assert [one.kind for one in store.made] == ["same", "same"]


def test_picked_values_are_preferred_with_the_answer(page: Page, store: Kept) -> None:
    picks = {"title": "other", "container-title": "one"}
    page.post("answer", {"pair": [2, 3], "verdict": "same", "picks": picks})
    same, prefer = store.made
    assert (same.kind, prefer.kind) == ("same", "prefer")
    assert prefer.values == {"title": "Bridges of the North", "container-title": "Journal of Rails"}
    page.post("undo")
    assert store.made == []


def test_publications_and_a_value_picked(page: Page, store: Kept) -> None:
    assert [(one["place"], one["members"]) for one in page.get("works")["works"]] == [(6, 2)]
    found = page.get("works/7")
    assert found["place"] == 6
    assert [entry["place"] for entry in found["entries"]] == ["a.bib:1", "b.bib:27"]
    fields = {field["variable"]: field for field in found["fields"]}
    assert next(iter(fields)) == "title"
    assert fields["title"]["values"][0]["places"] == ["a.bib:1", "b.bib:27"]
    taken, other = fields["publisher"]["values"]
    assert (taken["taken"], other["taken"], fields["publisher"]["pick"]) == (True, False, True)
    chosen = {"place": 6, "variable": "publisher", "value": other["json"], "why": "the imprint"}
    after = page.post("prefer", chosen)
    values = next(field for field in after["fields"] if field["variable"] == "publisher")["values"]
    assert [one["json"] for one in values] == [other["json"], taken["json"]]
    assert (store.made[0].kind, store.made[0].values) == ("prefer", {"publisher": other["json"]})
    assert store.made[0].why == "the imprint"
    assert page.post("undo")["kind"] == "prefer"
    assert page.get("works/6") == found
    page.post("answer", {"pair": [0, 1], "verdict": "same"})
    assert [one["place"] for one in page.get("works")["works"]] == [0, 6]


BAD = [
    ("answer", {}, 400, "missing required field"),
    ("answer", {"pair": [0], "verdict": "same"}, 400, "cannot be understood"),
    ("answer", {"pair": [0, 1], "verdict": "perhaps"}, 400, "Invalid enum value"),
    ("answer", {"pair": [0, 1], "verdict": "same", "surprise": 1}, 400, "unknown field"),
    ("answer", {"pair": [0, 1], "verdict": "same", "why": "x" * 5000}, 400, "length"),
    ("answer", {"pair": [0, 1], "verdict": "same", "picks": {"title": "both"}}, 400, "Invalid enum value"),
    ("answer", {"pair": [0, 4], "verdict": "same"}, 409, "no question about the records 0 and 4"),
    ("answer", {"pair": [-1, 99], "verdict": "same"}, 409, "no question"),
    ("answer", {"pair": [0, 1], "verdict": "same", "picks": {"publisher": "one"}}, 409, "no publisher"),
    ("prefer", {"place": 6, "variable": "publisher", "value": "Nobody"}, 409, "no record of this publication"),
    ("prefer", {"place": 6, "variable": "title", "value": "Snow"}, 409, "no record of this publication"),
    ("prefer", {"place": 99, "variable": "title", "value": "Snow"}, 409, "no record 99"),
    ("prefer", {"place": 6}, 400, "missing required field"),
]


@pytest.mark.parametrize(("address", "value", "code", "says"), BAD)
def test_what_cannot_be_is_said_and_changes_nothing(
    page: Page, store: Kept, address: str, value: Any, code: int, says: str
) -> None:
    assert says in page.post(address, value, code)
    assert store.made == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1, 2]", b"\xff", b'"text"', b"[" * 100_000, b"NaN", b"x" * (2 << 20)])
def test_bad_json_is_said(client: FlaskClient, store: Kept, body: bytes) -> None:
    sent = client.post(f"/{TOKEN}/api/answer", base_url=f"http://{HOST}", data=body, content_type="application/json")
    assert sent.status_code in (400, 413)
    assert sent.get_json()["error"]
    assert store.made == []


def test_unknown_addresses_and_methods_are_json(page: Page, client: FlaskClient) -> None:
    assert page.get("pairs/0/9", 409) == "there is no question about the records 0 and 9"
    assert page.get("pairs/a/b", 404)
    assert page.get("works/99", 409) == "there is no record 99"
    assert page.get("nothing", 404)
    assert page.get("answer", 405)
    assert page.post("pairs", code=405)


class Full:
    """A store that nothing can be written to, or that is broken."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def add(self, decision: Decision) -> Decision:
        raise self.error

    def remove(self, decision: Decision) -> None:
        raise self.error


def test_a_file_that_cannot_be_written_is_said() -> None:
    for error in (UsageError("d.toml: cannot write it: no space left on device"), StateError("d.toml:3: no TOML")):
        page = Page(create_app(Desk(session(Full(error)), "d.toml"), TOKEN, frozenset({HOST})).test_client())
        assert page.post("answer", {"pair": [0, 1], "verdict": "same"}, 409) == str(error)
        assert page.get("standing")["states"] == "???"


def test_a_bug_is_told_in_json_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    page = Page(create_app(Desk(session(Full(KeyError("odd"))), "f"), TOKEN, frozenset({HOST})).test_client())
    assert "KeyError('odd')" in page.post("answer", {"pair": [0, 1], "verdict": "same"}, 500)
    assert "KeyError: 'odd'" in caplog.text
    assert TOKEN not in caplog.text


def test_half_a_surrogate_pair_is_shown(store: Kept) -> None:
    records = [paper("Half \ud83d here"), paper("Half here")]
    asked = Session(records, Matching((doubt(0, 1),), ((0,), (1,))), store)
    page = Page(create_app(Desk(asked, "f"), TOKEN, frozenset({HOST})).test_client())
    assert page.get("pairs")["pairs"][0]["one"]["title"] == "Half \ud83d here"
    page.post("answer", {"pair": [0, 1], "verdict": "same", "picks": {"title": "one"}})
    assert [one.kind for one in store.made] == ["same", "prefer"]


def test_answers_from_many_threads_come_one_after_the_other(tmp_path: Path) -> None:
    desk = Desk(many(40, DecisionFile(tmp_path / "d.toml")), "d.toml")
    app = create_app(desk, TOKEN, frozenset({HOST}))

    def answered(first: int) -> None:
        page = Page(app.test_client())
        for number in range(first, 40, 4):
            page.post("answer", {"pair": [2 * number, 2 * number + 1], "verdict": "different"})

    threads = [threading.Thread(target=answered, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(decisions.loads((tmp_path / "d.toml").read_text(encoding="utf-8")).made) == 40
    assert desk.standing() == {"states": "d" * 40, "steps": 40}


# ------------------------------------------------------------------------------------------------ server and command


@contextmanager
def served(asked: Session) -> Iterator[Server]:
    """A page that is answered by a thread of its own."""
    with Server(asked, "decisions.toml") as server:
        thread = threading.Thread(target=server.serve)
        thread.start()
        try:
            yield server
        finally:
            server.finish()
            thread.join()


def posted(url: str, address: str, value: Any) -> Any:
    """What the server says to a POST; no proxy is asked."""
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{url}api/{address}", json.dumps(value).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=20) as found:
        return json.load(found)


def test_the_server_is_on_loopback_alone_and_its_address_cannot_be_guessed(store: Kept) -> None:
    with served(session(store)) as one, served(session(store)) as other:
        assert one.url.startswith(f"http://127.0.0.1:{one.port}/")
        assert len(one.url.rsplit("/", 2)[1]) >= 32
        assert one.url.rsplit("/", 2)[1] != other.url.rsplit("/", 2)[1]
        assert posted(one.url, "undo", {})["kind"] == ""
        with pytest.raises(urllib.error.HTTPError) as refused:
            posted(f"http://127.0.0.1:{one.port}/guess/", "undo", {})
        assert refused.value.code == 404
        refused.value.close()
        with pytest.raises(UsageError, match=f"port {one.port} cannot be used"):
            Server(session(store), "f", one.port)


def test_after_the_end_nothing_is_taken_on(store: Kept) -> None:
    desk = Desk(session(store), "f")
    desk.close()
    page = Page(create_app(desk, TOKEN, frozenset({HOST})).test_client())
    assert "has ended" in page.post("answer", {"pair": [0, 1], "verdict": "same"}, 409)
    assert store.made == []


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "a.bib").write_text(PAPERS, encoding="utf-8")
    return tmp_path


@contextmanager
def command(folder: Path, *arguments: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`bibkit dedupe --web` in a process of its own, and the address that it prints."""
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "dedupe", "a.bib", "--web", *arguments],
        cwd=folder, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert running.stderr
        told = ""
        while "review at " not in told:
            line = running.stderr.readline()
            assert line, told
            told += line
        yield running, told.rpartition("review at ")[2].strip()
    finally:
        running.kill()
        running.communicate()


def kinds(path: Path) -> list[str]:
    return [one.kind for one in decisions.loads(path.read_text(encoding="utf-8")).made] if path.exists() else []


def test_ctrl_c_ends_the_review_and_the_result_is_written(papers: Path) -> None:
    with command(papers, "--no-open", "-o", "out.bib") as (running, url):
        posted(url, "answer", {"pair": [0, 1], "verdict": "same"})
        assert kinds(papers / "decisions.toml") == ["same"], "kept at once"
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
    assert running.returncode == 0, said
    assert "1 answer kept in decisions.toml; 2 pairs left" in said
    assert "Traceback" not in said
    assert (papers / "out.bib").read_text(encoding="utf-8").count("@article") == 5
    assert url.rsplit("/", 2)[1] not in said
    assert sorted(path.name for path in papers.iterdir()) == ["a.bib", "decisions.toml", "out.bib"]


def test_the_page_ends_the_review(papers: Path) -> None:
    with command(papers, "--no-open", "--quiet") as (running, url):
        posted(url, "answer", {"pair": [2, 3], "verdict": "different"})
        assert posted(url, "finish", {}) == {"finished": True}
        assert running.wait(20) == 0
    with command(papers, "--no-open", "--port", "0") as (running, url):
        assert len(posted(url, "undo", {})["states"]) == 2, "what was answered is not asked again"


def test_the_browser_is_opened_with_the_address(papers: Path) -> None:
    opened = papers / "opened"
    browser = papers / "browser"
    browser.write_text(f"#!/bin/sh\nprintf '%s' \"$1\" > '{opened}.part' && mv '{opened}.part' '{opened}'\n")
    browser.chmod(0o755)
    with command(papers, BROWSER=str(browser)) as (_, url):
        limit = time.monotonic() + 20
        while not opened.exists() and time.monotonic() < limit:
            time.sleep(0.02)
        assert opened.read_text() == url


def test_a_killed_process_has_lost_nothing(papers: Path) -> None:
    with command(papers, "--no-open") as (running, url):
        posted(url, "answer", {"pair": [0, 1], "verdict": "version"})
        running.kill()
    assert kinds(papers / "decisions.toml") == ["version-of"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--web", "--yes"], "--web asks and --yes does not"),
        (["--web", "--review"], "give one of them"),
        (["--port", "8000"], "--no-open and --port are for --web"),
        (["--no-open"], "--no-open and --port are for --web"),
        (["--web", "--port", "70000"], "70000 is not in the range"),
    ],
)
def test_what_cannot_be_asked_for_together(papers: Path, arguments: list[str], says: str) -> None:
    done = bibkit("dedupe", "a.bib", *arguments, cwd=papers)
    assert done.code == 2
    assert says in done.err


def test_a_port_that_is_taken_is_said(papers: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-c", PROGRAM, "dedupe", "a.bib", "--web", "--no-open", "--port", port]
        done = subprocess.run(command, cwd=papers, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"port {port} cannot be used: address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_to_review_is_said(papers: Path) -> None:
    (papers / "a.bib").write_text("@article{lee2019, title={Waiting}, year=2019}\n", encoding="utf-8")
    done = bibkit("dedupe", "a.bib", "--web", cwd=papers)
    assert done.code == 0
    assert "nothing to review" in done.err


def test_without_flask_it_says_what_to_install(papers: Path) -> None:
    program = f"from importlib import util\nutil.find_spec = lambda name: None\n{PROGRAM}"
    done = subprocess.run(
        [sys.executable, "-c", program, "dedupe", "a.bib", "--web"],
        cwd=papers, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "pip install 'bibkit-toolkit[web]'" in done.stderr
