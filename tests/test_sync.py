"""Whole syncs against a server over real HTTP: both ways, conflicts, deletions, faults at every request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from zotero_server import Fault, Server

from bibkit import dedupe, files, keys
from bibkit.dedupe.works import merged
from bibkit.formats import zotero
from bibkit.lock import Lock, edits
from bibkit.problems import Problem, ServiceError, UsageError
from bibkit.record import Name, Record
from bibkit.sync.model import Action, Conflict, LibraryId
from bibkit.sync.plan import Options
from bibkit.sync.project import freshened, linked
from bibkit.sync.replica import Replica, dumps, load
from bibkit.sync.run import Outcome, sync
from bibkit.sync.state import Memory, State, opened
from bibkit.zotero_api import Api
from bibkit.zotero_project import joined_keys

pytest.importorskip("pyzotero")


class Site:
    """A project in a folder: records of other sources, the replica, and keys."""

    def __init__(self, folder: Path, library: LibraryId, records: Sequence[Record] = ()) -> None:
        self.folder, self.library, self.records = folder, library, list(records)
        self.collections: dict[str, str] = {}
        self.lock = Lock()
        folder.mkdir(exist_ok=True)

    @property
    def path(self) -> Path:
        return self.folder / "zotero.json"

    def works(self) -> list[Record]:
        replica, _ = self.load()
        mine = [zotero.from_data(data) for data in replica.items.values() if "parentItem" not in data]
        records = [*self.records, *mine]
        found = dedupe.match(records, decided=linked(records))
        fresh, preferred = freshened(records, found.clusters)
        assigned = keys.assign(merged(fresh, found, preferred=preferred).works, self.lock)
        self.lock = assigned.lock
        return list(assigned.records)

    def load(self) -> tuple[Replica, bytes | None]:
        return load(self.path)

    def save(
        self, text: str | None, renamed: Sequence[tuple[str, str]], joined: Sequence[tuple[str, str]] = ()
    ) -> list[Problem]:
        for gone, kept in joined:
            self.lock = joined_keys(self.lock, gone, kept)
        for old, new in renamed:
            with suppress(UsageError):  # the key of another work; the next sync says so
                self.lock = edits.rename(self.lock, old, new)
        if text is not None:
            files.write(self.path, text)
        return []

    def now(self) -> str:
        return "2026-11-22T10:00:00Z"

    # what a person does

    def items(self) -> dict[str, Any]:
        return self.load()[0].items

    def edit(self, key: str, **fields: Any) -> None:
        replica, _ = self.load()
        replica.items[key] = {**replica.items[key], **fields}
        self.path.write_text(dumps(replica), encoding="utf-8")

    def put(self, key: str, data: dict[str, Any], kind: str = "items") -> None:
        replica, _ = self.load()
        replica.of(kind)[key] = data
        self.path.write_text(dumps(replica), encoding="utf-8")

    def remove(self, key: str) -> None:
        replica, _ = self.load()
        del replica.items[key]
        self.path.write_text(dumps(replica), encoding="utf-8")


def book(title: str, **texts: str) -> Record:
    return Record("book", texts={"title": title, **texts}, names={"author": (Name("Moreau", "Ada"),)})


class Case:
    """A server, a project, and its state."""

    def __init__(self, server: Server, folder: Path, records: Sequence[Record] = ()) -> None:
        self.server = server
        self.site = Site(folder, LibraryId(server.url, "user", 1), records)
        self.waits: list[float] = []

    def sync(self, **options: Any) -> Outcome:
        more = {name: options.pop(name) for name in ("ask", "dry_run", "scope") if name in options}
        with opened(self.site.folder) as state, self.api() as api:
            return sync(self.site, api, self.memory(state), Options(**options), **more)

    def api(self) -> Api:
        return Api(self.site.library, self.server.key, wait=lambda seconds, why: self.waits.append(seconds), timeout=5)

    def memory(self, state: State) -> Memory:
        return state.library(self.site.library)

    # what another client does

    @property
    def there(self) -> dict[str, Any]:
        return self.server.world.library.items

    def edit_there(self, key: str, **fields: Any) -> None:
        self.server.world.library.store("items", {**self.there[key], **fields})

    def make_there(self, key: str, **fields: Any) -> None:
        given = {"key": key, "itemType": "book", "tags": [], "collections": [], "relations": {}, **fields}
        self.server.world.library.store("items", given)

    def titles(self) -> tuple[list[str], list[str]]:
        alive = (each for each in self.there.values() if not each.get("deleted"))
        return sorted(each["title"] for each in self.site.items().values()), sorted(each["title"] for each in alive)

    def requests(self) -> int:
        found = len(self.server.requests)
        self.server.requests.clear()
        return found


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def case(server: Server, tmp_path: Path) -> Case:
    return Case(server, tmp_path / "project", [book("On Names"), book("On Dates")])


def key_of(case: Case, title: str) -> str:
    return next(key for key, each in case.there.items() if each.get("title") == title)


def test_a_first_sync_makes_the_items_and_a_second_one_asks_once(case: Case) -> None:
    assert case.sync().done == 2
    assert case.titles() == (["On Dates", "On Names"], ["On Dates", "On Names"])
    assert {each["citationKey"] for each in case.there.values()} == {"moreaundnames", "moreaunddates"}
    case.requests()
    assert case.sync().plan.steps == ()
    assert case.requests() == 1


def test_edits_of_different_fields_meet(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, date="1998")
    case.edit_there(key, publisher="Presses", title="On Given Names")
    case.requests()
    case.sync()
    assert case.requests() <= 6
    for side in (case.site.items()[key], case.there[key]):
        assert (side["title"], side["date"], side["publisher"]) == ("On Given Names", "1998", "Presses")


def test_one_changed_work_each_way_takes_at_most_five_requests(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.requests()
    case.site.edit(key, date="1998")
    case.sync()
    assert case.requests() <= 5
    case.edit_there(key, date="1999")
    case.sync()
    assert case.requests() <= 5
    assert case.site.items()[key]["date"] == "1999"


def test_an_edit_of_another_source_reaches_zotero(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, publisher="Presses")
    case.site.records[0] = book("On Names", publisher="Editions", volume="2")
    case.sync()
    assert case.there[key]["volume"] == "2"
    assert case.there[key]["publisher"] == "Editions" or case.there[key]["publisher"] == "Presses"


def test_a_conflict_is_left_alone_and_the_rest_goes_on(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, title="Ours", date="1998")
    case.edit_there(key, title="Theirs")
    outcome = case.sync()
    assert [(one.field, one.ours, one.theirs) for one in outcome.open()] == [("title", "Ours", "Theirs")]
    assert (case.site.items()[key]["title"], case.there[key]["title"], case.there[key]["date"]) == (
        "Ours",
        "Theirs",
        "1998",
    )
    asked: list[Conflict] = []

    def ask(conflict: Conflict) -> Any:
        asked.append(conflict)
        return "theirs"

    assert case.sync(ask=ask).open() == []
    assert case.site.items()[key]["title"] == "Theirs"
    assert len(asked) == 1
    assert case.sync(ask=ask).plan.conflicts == ()


def test_nothing_is_deleted_without_leave(case: Case) -> None:
    case.sync()
    case.site.records.clear()
    key = key_of(case, "On Names")
    case.site.remove(key)
    outcome = case.sync()
    assert [problem.code for problem in outcome.problems or outcome.plan.problems] == ["sync-kept"]
    assert "deleted" not in case.there[key]
    case.sync(allow_delete=True)
    assert case.there[key]["deleted"] == 1
    assert case.sync(allow_delete=True).plan.steps == ()


def test_what_is_trashed_there_goes_here_and_is_not_made_again(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, deleted=1)
    case.sync()
    assert case.titles() == (["On Dates"], ["On Dates"])
    assert case.sync().plan.steps == ()
    assert len(case.there) == 2


def test_what_was_edited_here_and_trashed_there_is_asked(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, date="1998")
    case.edit_there(key, deleted=1)
    assert [one.field for one in case.sync().open()] == ["*"]
    assert key in case.site.items()
    case.sync(prefer="ours")
    assert not case.there[key].get("deleted")
    assert case.there[key]["date"] == "1998"


def test_a_mass_deletion_is_stopped(case: Case) -> None:
    case.site.records = [book(f"Number {n}", ISBN=f"{n}") for n in range(30)]
    case.sync()
    for key in list(case.there):
        case.edit_there(key, deleted=1)
    with pytest.raises(UsageError, match="delete 30 of 30"):
        case.sync()
    assert len(case.site.items()) == 30


def test_new_items_of_the_server_come_with_their_notes(case: Case) -> None:
    case.make_there("NNNN2222", title="New There")
    case.server.world.library.store(
        "items", {"key": "NNNN3333", "itemType": "note", "note": "<p>hm</p>", "parentItem": "NNNN2222", "tags": []}
    )
    case.sync()
    assert case.site.items()["NNNN3333"]["note"] == "<p>hm</p>"
    assert case.sync().plan.steps == ()


def test_a_dry_run_does_nothing(case: Case) -> None:
    outcome = case.sync(dry_run=True)
    assert [step.action for step in outcome.plan.steps] == [Action.CREATE, Action.CREATE]
    assert case.there == {}
    assert not case.site.path.exists()


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_one_way_only(case: Case, direction: str) -> None:
    case.make_there("NNNN2222", title="New There")
    case.sync(direction=direction)
    here, there = case.titles()
    assert here == (["On Dates", "On Names"] if direction == "push" else ["New There"])
    assert there == (["New There", "On Dates", "On Names"] if direction == "push" else ["New There"])
    case.sync()
    assert case.titles() == (["New There", "On Dates", "On Names"],) * 2


def test_a_citation_key_that_is_changed_there_is_a_rename_here(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.edit_there(key, citationKey="moreau1998")
    assert case.sync().renamed == [("moreaundnames", "moreau1998")]
    assert case.site.items()[key]["citationKey"] == "moreau1998"


def test_duplicates_that_were_merged_here_are_merged_there(case: Case) -> None:
    case.site.records.clear()
    for key in ("AAAA2222", "BBBB2222"):
        case.make_there(key, title="One Work", DOI="10.1000/one", creators=[{"creatorType": "author", "name": "X"}])
    case.server.world.library.store(
        "items", {"key": "CCCC2222", "itemType": "note", "note": "n", "parentItem": "BBBB2222", "tags": []}
    )
    case.sync()
    case.sync()
    assert case.there["AAAA2222"]["relations"] == {"dc:replaces": "http://zotero.org/users/1/items/BBBB2222"}
    assert case.there["BBBB2222"]["deleted"] == 1
    assert case.there["CCCC2222"]["parentItem"] == "AAAA2222"
    assert case.sync().plan.steps == ()


def test_collections_that_settings_name_are_made_and_are_keywords(case: Case) -> None:
    case.site.collections = {"Papers/Video": "video"}
    case.site.records[0] = Record(
        "book", texts={"title": "On Names"}, names={"author": (Name("Moreau", "Ada"),)}, keywords=("video", "other")
    )
    case.sync()
    names = {key: each["name"] for key, each in case.server.world.library.collections.items()}
    assert sorted(names.values()) == ["Papers", "Video"]
    (member,) = case.there[key_of(case, "On Names")]["collections"]
    assert names[member] == "Video"
    assert [tag["tag"] for tag in case.there[key_of(case, "On Names")]["tags"]] == ["other"]
    assert case.sync().plan.steps == ()


def test_a_refused_object_is_said_and_the_others_go_on(case: Case) -> None:
    case.site.records.append(book("Too long", abstract="x" * 70_000))
    outcome = case.sync()
    assert [problem.code for problem in outcome.problems] == ["sync-refused"]
    assert "too long" in outcome.problems[0].message
    assert case.titles()[1] == ["On Dates", "On Names"]


def test_somebody_writes_in_between(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    case.site.edit(key, date="1998")

    def meanwhile(world: Any) -> None:
        world.library.store("items", {**world.library.items[key], "publisher": "Presses"})

    case.server.faults.append(Fault(meanwhile=meanwhile, when=lambda request: request.method == "POST"))
    case.sync()
    assert (case.there[key]["date"], case.there[key]["publisher"]) == ("1998", "Presses")
    assert case.site.items()[key]["publisher"] == "Presses"


FAULTS = [
    Fault(429, {"Retry-After": "1"}, "Request rate limit exceeded"),
    Fault(503, {}, "Server updates in progress."),
    Fault(cut="before"),
    Fault(cut="after"),
    Fault(status=500, body="An error occurred"),
    Fault(backoff=3),
]


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.status or fault.cut or 'backoff'}")
def test_a_fault_at_any_request_is_survived(server: Server, tmp_path: Path, fault: Fault, place: int) -> None:
    case = Case(server, tmp_path / "p", [book(f"Number {n}", ISBN=str(n)) for n in range(60)])
    server.faults.append(Fault(**{**vars(fault), "skip": place, "times": 1}))
    case.sync()
    assert case.titles() == (sorted(f"Number {n}" for n in range(60)),) * 2
    assert len(case.there) == 60
    assert case.sync().plan.steps == ()


@pytest.mark.parametrize("place", range(4))
def test_a_run_that_breaks_off_is_finished_by_the_next(server: Server, tmp_path: Path, place: int) -> None:
    case = Case(server, tmp_path / "p", [book(f"Number {n}", ISBN=str(n)) for n in range(120)])
    server.faults.append(Fault(cut="after", skip=place, times=99))
    with pytest.raises(ServiceError):
        case.sync()
    server.faults.clear()
    case.sync()
    assert case.titles() == (sorted(f"Number {n}" for n in range(120)),) * 2
    assert len(case.there) == 120


def test_a_lost_state_asks_and_loses_nothing(case: Case) -> None:
    case.sync()
    key = key_of(case, "On Names")
    (case.site.folder / ".bibkit" / "sync.sqlite").unlink()
    case.edit_there(key, publisher="Presses")
    outcome = case.sync()
    assert outcome.open() == []
    assert len(case.there) == 2
    assert case.site.items()[key]["publisher"] == "Presses"


def test_two_projects_and_an_editor_agree_in_the_end(server: Server, tmp_path: Path) -> None:
    one = Case(server, tmp_path / "one", [book("On Names")])
    two = Case(server, tmp_path / "two", [book("On Names"), book("On Dates")])
    one.sync()
    two.sync()
    one.sync()
    assert one.titles() == two.titles()
    assert len(one.there) == 2
    own = {key: {**each, "bibkit": None} for key, each in one.site.items().items()}
    assert own == {key: {**each, "bibkit": None} for key, each in two.site.items().items()}
