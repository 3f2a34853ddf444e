"""Files of attachments: down, up, verified, resumed, and never outside their folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from test_sync import Case, book, key_of, server  # noqa: F401  (a fixture)
from zotero_server import Fault, Server

from bibkit.problems import UsageError
from bibkit.sync.files import Moved, check_pattern, name_of, sync_files
from bibkit.sync.state import opened

PDF = b"%PDF-1.7 " + bytes(range(256)) * 5000  # more than one piece


@pytest.fixture
def case(server: Server, tmp_path: Path) -> Case:  # noqa: F811
    found = Case(server, tmp_path / "project", [book("On Names")])
    found.sync()
    return found


def files(case: Case, pattern: str = "files/{citekey}{ext}", **options: Any) -> Moved:
    with opened(case.site.folder) as state, case.api() as api:
        return sync_files(case.site.folder, pattern, api, case.memory(state), **options)


def attach_there(case: Case, content: bytes, key: str = "PPPP2222", **fields: Any) -> None:
    md5 = hashlib.md5(content).hexdigest()
    case.server.world.stored[md5] = content
    case.server.world.library.files[key] = content
    given = {
        "itemType": "attachment",
        "linkMode": "imported_file",
        "filename": "a.pdf",
        "contentType": "application/pdf",
    }
    case.server.world.library.store(
        "items",
        {"key": key, "parentItem": key_of(case, "On Names"), "tags": [], "mtime": 1, **given, "md5": md5, **fields},
    )
    case.sync()


def stored(case: Case) -> list[bytes]:
    return list(case.server.world.library.files.values())


def test_a_file_of_zotero_comes_down_once(case: Case) -> None:
    attach_there(case, PDF)
    assert files(case).downloaded == ["files/moreaundnames.pdf"]
    assert (case.site.folder / "files" / "moreaundnames.pdf").read_bytes() == PDF
    assert files(case) == Moved()


def test_a_new_pdf_goes_up_with_an_item_of_its_own(case: Case) -> None:
    path = case.site.folder / "files" / "moreaundnames.pdf"
    path.parent.mkdir()
    path.write_bytes(PDF)
    assert files(case).uploaded == ["files/moreaundnames.pdf"]
    assert stored(case) == [PDF]
    case.sync()
    assert files(case) == Moved()
    (attachment,) = [each for each in case.site.items().values() if each["itemType"] == "attachment"]
    assert attachment["md5"] == hashlib.md5(PDF).hexdigest()


def test_the_side_that_changed_a_file_wins_and_two_changes_clash(case: Case) -> None:
    attach_there(case, PDF)
    files(case)
    path = case.site.folder / "files" / "moreaundnames.pdf"
    path.write_bytes(b"new here")
    assert files(case).uploaded == ["files/moreaundnames.pdf"]
    assert stored(case) == [b"new here"]
    attach_there(case, b"new there")
    assert files(case).downloaded == ["files/moreaundnames.pdf"]
    attach_there(case, b"newer there")
    path.write_bytes(b"newer here")
    assert [problem.code for problem in files(case).problems] == ["sync-file-conflict"]
    assert (path.read_bytes(), stored(case)) == (b"newer here", [b"newer there"])


@pytest.mark.parametrize("place", range(4))
def test_an_upload_that_breaks_off_anywhere_is_finished(case: Case, place: int) -> None:
    path = case.site.folder / "files" / "moreaundnames.pdf"
    path.parent.mkdir()
    path.write_bytes(PDF)
    case.server.faults.append(Fault(cut="after", skip=place, when=lambda request: request.method == "POST"))
    files(case)
    case.sync()
    files(case)
    assert stored(case) == [PDF]
    assert sum(each["itemType"] == "attachment" for each in case.there.values()) == 1


def test_a_download_goes_on_where_it_broke_off(case: Case) -> None:
    attach_there(case, PDF)
    part = case.site.folder / "files" / "moreaundnames.pdf.part"
    part.parent.mkdir()
    part.write_bytes(PDF[:1000])
    case.requests()
    files(case)
    assert case.server.requests[0].headers["range"] == "bytes=1000-"
    assert part.with_suffix("").read_bytes() == PDF
    assert not part.exists()


def test_a_file_that_is_not_what_zotero_says_is_not_kept(case: Case) -> None:
    attach_there(case, PDF, md5="0" * 32)
    case.server.world.stored["0" * 32] = b"something else"
    assert [problem.code for problem in files(case).problems] == ["sync-file"]
    assert list((case.site.folder / "files").iterdir()) == []


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"filename": "../../../etc/passwd"}, "files/etc passwd"),
        ({"filename": "/etc/passwd"}, "files/etc passwd"),
        ({"filename": "..\\..\\x.pdf"}, "files/x.pdf"),
        ({"filename": ".hidden"}, "files/hidden"),
        ({"filename": "CON.pdf"}, "files/_CON.pdf"),
        ({"filename": "a\x00b.pdf"}, "files/a b.pdf"),
        ({"filename": "…" * 300 + ".pdf"}, f"files/{'…' * 80}.pdf"),
        ({"filename": ".."}, "files/_"),
    ],
)
def test_no_name_leaves_the_folder(fields: dict[str, str], path: str) -> None:
    assert str(name_of("files/{filename}", {"key": "K", **fields}, {"key": "P"})) == path


@pytest.mark.parametrize("pattern", ["../{key}", "/tmp/{key}", "files/{nope}", "files/all.pdf", "{key}/../../x"])
def test_a_pattern_that_cannot_be_one(pattern: str) -> None:
    with pytest.raises(UsageError):
        check_pattern(pattern)
