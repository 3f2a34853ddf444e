"""Whole sessions with `bibkit lsp`: a process of its own, and pygls's own client at the other end of its pipes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

import building
import pytest
from command import COMMAND, bibkit
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

from bibkit import checks, library, lock
from bibkit.lsp import server

PATIENCE = 120  # seconds for an answer: nothing here measures time

BIB = """\
@article{moreau2020trains,
  author = {Moreau, Ada and Müller, Jörg},
  title = {🚆 Waiting for the Second Train},
  year = {2020},,
}
@book{🚆2021, title = {Rails}, year = 2021,,
}
"""
TEX = """\
\\documentclass{article}
\\begin{document}
Trains 🚆 wait \\cite{moreau2020trains}; nobody knows \\cite{moreau2020train}.
\\bibliography{refs}
\\end{document}
"""


class Session:
    """One editor and its server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("test", "1")
        self.said: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: self.said.put_nowait(said))
        self.client.feature(types.WINDOW_SHOW_MESSAGE)(lambda _: None)
        self.registered: list[types.RegistrationParams] = []
        self.client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda said: self.registered.append(said))

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri(name))

    async def start(
        self,
        *,
        command: tuple[str, ...] = (*COMMAND, "lsp", "--stdio"),
        versioned: bool = True,
        encodings: Iterable[Any] | None = None,
    ) -> types.InitializeResult:
        await self.client.start_io(*command, cwd=self.folder)
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=versioned),
                did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            ),
            general=types.GeneralClientCapabilities(position_encodings=list(encodings) if encodings else None),
        )
        params = types.InitializeParams(
            capabilities, workspace_folders=[types.WorkspaceFolder(self.folder.as_uri(), "folder")]
        )
        result = await wait(self.client.initialize_async(params))
        self.client.initialized(types.InitializedParams())
        return result

    async def end(self) -> int:
        """Shut down as an editor does; the exit code."""
        await wait(self.client.shutdown_async(None))
        self.client.exit(None)
        server = self.client._server
        assert server is not None
        code = await wait(server.wait())
        await wait(self.client.stop())
        assert b"Traceback" not in await wait(server.stderr.read())
        return code

    def open(self, name: str, text: str, version: int = 1, language: str = "") -> None:
        item = types.TextDocumentItem(self.uri(name), language, version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, name: str, version: int, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        change = types.TextDocumentContentChangePartial(span(*start, *end), text)
        document = types.VersionedTextDocumentIdentifier(version, self.uri(name))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def diagnostics(self, name: str, version: int | None = None) -> list[types.Diagnostic]:
        """What is said next about a text, or about this version of it."""
        while True:
            said = await wait(self.said.get())
            if said.uri == self.uri(name) and (version is None or said.version == version):
                return list(said.diagnostics)

    async def complete(self, name: str, line: int, character: int) -> types.CompletionList:
        params = types.CompletionParams(self.document(name), types.Position(line, character))
        found = await wait(self.client.text_document_completion_async(params))
        assert isinstance(found, types.CompletionList)
        return found

    async def hover(self, name: str, line: int, character: int) -> types.Hover | None:
        params = types.HoverParams(self.document(name), types.Position(line, character))
        return await wait(self.client.text_document_hover_async(params))

    async def rename(self, name: str, line: int, character: int, new: str) -> types.WorkspaceEdit:
        params = types.RenameParams(self.document(name), types.Position(line, character), new)
        return await wait(self.client.text_document_rename_async(params))

    async def actions(self, name: str, where: types.Range, only: list[Any] | None = None) -> list[types.CodeAction]:
        params = types.CodeActionParams(self.document(name), where, types.CodeActionContext([], only))
        return [*await wait(self.client.text_document_code_action_async(params))]


async def wait(answer: Any) -> Any:
    return await asyncio.wait_for(answer, PATIENCE)


def span(line: int, start: int, end_line: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(end_line, end))


@contextlib.asynccontextmanager
async def session(folder: Path, **options: Any) -> AsyncIterator[Session]:
    """A session that ends cleanly."""
    made = Session(folder)
    await made.start(**options)
    yield made
    assert await made.end() == 0


def running(test: Callable[[Path], Coroutine[Any, Any, None]]) -> Callable[[Path], None]:
    """A test that is a coroutine."""

    def run(tmp_path: Path) -> None:
        (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
        (tmp_path / "main.tex").write_text(TEX, encoding="utf-8")
        asyncio.run(test(tmp_path))

    run.__name__ = test.__name__
    return run


COMMA = "bibtex-extra-comma"  # the one fault of the .bib files here that these tests look at


def commas(found: Iterable[types.Diagnostic]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [(start, end) for code, start, end in places(found) if code == COMMA]


def places(found: Iterable[types.Diagnostic]) -> list[tuple[object, tuple[int, int], tuple[int, int]]]:
    return [
        (
            each.code,
            (each.range.start.line, each.range.start.character),
            (each.range.end.line, each.range.end.character),
        )
        for each in found
    ]


def utf16(text: str) -> list[str]:
    """The units of a text, so that the tests count them in a way of their own."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [data[at : at + 2].decode("utf-16-le", "surrogatepass") for at in range(0, len(data), 2)]


def apply(folder: Path, edit: types.WorkspaceEdit) -> None:
    """Write what a WorkspaceEdit says, as an editor would."""
    for change in edit.document_changes or ():
        assert isinstance(change, types.TextDocumentEdit)
        _apply(Path(change.text_document.uri.removeprefix("file://")), change.edits)
    for uri, edits in (edit.changes or {}).items():
        _apply(Path(uri.removeprefix("file://")), edits)


def _apply(path: Path, edits: Iterable[Any]) -> None:
    lines = [utf16(line) for line in path.read_text(encoding="utf-8").split("\n")]
    for edit in sorted(edits, key=lambda edit: (-edit.range.start.line, -edit.range.start.character)):
        start, end = edit.range.start, edit.range.end
        new = "".join((*lines[start.line][: start.character], edit.new_text, *lines[end.line][end.character :]))
        lines[start.line : end.line + 1] = [utf16(line) for line in new.split("\n")]
    text = "\n".join("".join(line) for line in lines)
    path.write_bytes(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode())


# ------------------------------------------------------------------------------------------------ diagnostics


@running
async def test_faults_come_with_their_ranges_and_go_with_them(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        editor.open("refs.bib", BIB)
        column = len(utf16("@book{🚆2021, title = {Rails}, year = 2021,"))
        assert commas(await editor.diagnostics("refs.bib", 1)) == [((3, 16), (3, 17)), ((5, column), (5, column + 1))]
        editor.type("refs.bib", 2, (5, column), (5, column + 1), "")
        assert commas(await editor.diagnostics("refs.bib", 2)) == [((3, 16), (3, 17))]
        editor.type("refs.bib", 3, (3, 16), (3, 17), "")
        assert commas(await editor.diagnostics("refs.bib", 3)) == []
        editor.client.text_document_did_close(types.DidCloseTextDocumentParams(editor.document("refs.bib")))
        assert await editor.diagnostics("refs.bib") == []


@running
async def test_only_the_latest_of_many_versions_is_said(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        editor.open("refs.bib", "")
        for version in range(2, 60):
            editor.type("refs.bib", version, (0, 0), (0, 0), "% a comment\n")
        editor.type("refs.bib", 60, (0, 0), (0, 0), "@misc{a,,}\n")
        seen = []
        while 60 not in seen:
            said = await wait(editor.said.get())
            seen.append(said.version)
        assert seen == sorted(seen)
        assert len(seen) < 59
        assert commas(said.diagnostics) == [((0, 8), (0, 9))]


def test_what_is_found_about_a_text_that_has_changed_since_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    checked, said = [], []
    entered, go = threading.Event(), threading.Event()
    editor = server.make("1")

    def slow(path: str) -> list[checks.Finding]:
        checked.append(editor.desk.source(path).text)
        entered.set()
        assert go.wait(PATIENCE)
        return []

    async def test() -> None:
        editor.opened(types.TextDocumentItem("untitled:x", "bibtex", 1, "one"))
        await asyncio.get_running_loop().run_in_executor(None, entered.wait, PATIENCE)
        for version, text in ((2, "two"), (3, "three")):
            document = types.VersionedTextDocumentIdentifier(version, "untitled:x")
            change = types.TextDocumentContentChangeWholeDocument(text)
            editor.changed(types.DidChangeTextDocumentParams(document, [change]))
        go.set()
        await editor.settled("untitled:x")

    monkeypatch.setattr(editor, "_findings", slow)
    monkeypatch.setattr(editor, "text_document_publish_diagnostics", said.append)
    asyncio.run(test())
    editor.shutdown()
    assert checked == ["one", "three"]
    assert [each.version for each in said] == [3]


@running
async def test_two_texts_at_once_and_what_is_typed_in_one_counts_in_the_other(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        editor.open("main.tex", TEX)
        editor.open("refs.bib", BIB)
        start = len(utf16("Trains 🚆 wait \\cite{moreau2020trains}; nobody knows \\cite{"))
        undefined = [("cite-undefined", (2, start), (2, start + 15))]
        assert places(await editor.diagnostics("main.tex", 1)) == undefined
        editor.type("refs.bib", 2, (0, 9), (0, 25), "moreau2020train")
        found = places(await editor.diagnostics("main.tex", 1))
        assert [(code, begin) for code, begin, _ in found] == [
            ("cite-undefined", (2, len(utf16("Trains 🚆 wait \\cite{"))))
        ]


@running
async def test_what_is_missing_deleted_empty_or_no_bibliography_at_all(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        editor.open("main.tex", TEX)
        assert [each.code for each in await editor.diagnostics("main.tex")] == ["cite-undefined"]
        (tmp_path / "refs.bib").unlink()
        (tmp_path / "main.tex").unlink()
        gone = [types.FileEvent(editor.uri("refs.bib"), types.FileChangeType.Deleted)]
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(gone))
        assert [each.code for each in await editor.diagnostics("main.tex")] == ["document-no-bibliography"]
        assert await editor.hover("main.tex", 2, 25) is None
        editor.open("empty.bib", "")
        assert await editor.diagnostics("empty.bib") == []
        assert not (await editor.complete("main.tex", 2, 22)).items
        editor.open("bad.bib", "@article{\x00@{{{{,,,=\n@string(", 7)
        assert await editor.diagnostics("bad.bib", 7)
        editor.open("notes.txt", "nothing that we know")
        assert await editor.hover("notes.txt", 0, 3) is None
        assert await editor.hover("never-opened.bib", 0, 3) is None
        assert editor.registered


@running
async def test_other_settings_count_at_once(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        editor.open("refs.bib", BIB)
        assert "bibtex-extra-comma" in [each.code for each in await editor.diagnostics("refs.bib")]
        (tmp_path / "bibkit.toml").write_text('[check]\nignore = ["all"]\n', encoding="utf-8")
        made = [types.FileEvent(editor.uri("bibkit.toml"), types.FileChangeType.Created)]
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(made))
        assert await editor.diagnostics("refs.bib") == []


@running
async def test_another_encoding_of_positions_is_used_if_the_editor_wants_it(tmp_path: Path) -> None:
    async with session(tmp_path, encodings=[types.PositionEncodingKind.Utf8]) as editor:
        editor.open("refs.bib", BIB)
        column = len("@book{🚆2021, title = {Rails}, year = 2021,".encode())
        assert commas(await editor.diagnostics("refs.bib"))[1] == ((5, column), (5, column + 1))


# ------------------------------------------------------------------------------------------------ what is asked


@running
async def test_hover_definition_and_completion_in_a_document(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        editor.open("main.tex", TEX)
        start = len(utf16("Trains 🚆 wait \\cite{"))
        found = await editor.hover("main.tex", 2, start + 3)
        assert found is not None
        assert found.range == span(2, start, 2, start + 16)
        assert isinstance(found.contents, types.MarkupContent)
        assert "Waiting for the Second Train" in found.contents.value
        assert await editor.hover("main.tex", 2, 3) is None

        params = types.DefinitionParams(editor.document("main.tex"), types.Position(2, start + 3))
        assert await wait(editor.client.text_document_definition_async(params)) == [
            types.Location(editor.uri("refs.bib"), span(0, 9, 0, 25))
        ]

        editor.type("main.tex", 2, (2, start), (2, start + 16), "second tr")
        offered = await editor.complete("main.tex", 2, start + 9)
        assert not offered.is_incomplete
        (item,) = offered.items
        assert (item.label, item.detail) == (
            "moreau2020trains",
            "Moreau & Müller (2020) · 🚆 Waiting for the Second Train",
        )
        assert item.text_edit == types.TextEdit(span(2, start, 2, start + 9), "moreau2020trains")


@running
async def test_of_many_keys_some_are_offered_and_more_are_asked_for(tmp_path: Path) -> None:
    entries = "".join(f"@misc{{key{number:04}, title = {{T}}}}\n" for number in range(2000))
    async with session(tmp_path) as editor:
        editor.open("refs.bib", entries)
        editor.open("note.md", "---\nbibliography: refs.bib\n---\nsee @key\n")
        offered = await editor.complete("note.md", 3, 8)
        assert offered.is_incomplete
        assert 0 < len(offered.items) < 200
        assert sorted(offered.items, key=lambda item: item.sort_text or "") == list(offered.items)
        editor.type("note.md", 2, (3, 8), (3, 8), "1999")
        assert [item.label for item in (await editor.complete("note.md", 3, 12)).items] == ["key1999"]


@pytest.mark.parametrize("versioned", [True, False])
def test_rename_is_one_edit_of_bibliography_and_documents(tmp_path: Path, versioned: bool) -> None:
    text = TEX.replace("moreau2020train}", "🚆2021}")

    async def test(folder: Path) -> None:
        (folder / "note.md").write_text("---\nbibliography: refs.bib\n---\n🚆 @moreau2020trains.\n", encoding="utf-8")
        async with session(folder, versioned=versioned) as editor:
            editor.open("main.tex", text, 5)
            start = len(utf16("Trains 🚆 wait \\cite{"))
            where = types.PrepareRenameParams(editor.document("main.tex"), types.Position(2, start + 2))
            assert await wait(editor.client.text_document_prepare_rename_async(where)) == span(2, start, 2, start + 16)
            edit = await editor.rename("main.tex", 2, start + 2, "trains")
            assert bool(edit.document_changes) == versioned
            for new, said in (("🚆2021", "is the key of another entry"), ("a b", "cannot be a citation key")):
                with pytest.raises(JsonRpcException, match=said):
                    await editor.rename("main.tex", 2, start + 2, new)
            with pytest.raises(JsonRpcException, match="no citation key here"):
                await editor.rename("main.tex", 0, 0, "x")
        apply(folder, edit)

    (tmp_path / "refs.bib").write_text(BIB, encoding="utf-8")
    (tmp_path / "main.tex").write_text(text, encoding="utf-8")
    asyncio.run(test(tmp_path))
    assert (tmp_path / "refs.bib").read_text(encoding="utf-8") == BIB.replace("moreau2020trains", "trains")
    assert (tmp_path / "main.tex").read_text(encoding="utf-8") == text.replace("moreau2020trains", "trains")
    assert (tmp_path / "note.md").read_text(encoding="utf-8").endswith("🚆 @trains.\n")


def test_rename_in_a_project_goes_through_its_lock(tmp_path: Path) -> None:
    folder = building.built_project(tmp_path)
    (folder / "paper.tex").write_text("\\cite{song2023sc}\\bibliography{exports/references}\n", encoding="utf-8")

    async def test() -> None:
        async with session(folder) as editor:
            apply(folder, await editor.rename("paper.tex", 0, 8, "song2023nerf"))

    asyncio.run(test())
    assert "\\cite{song2023nerf}" in (folder / "paper.tex").read_text(encoding="utf-8")
    pin = lock.get(library.load_lock(folder / "seeds" / "keys.lock"), "song2023sc")
    assert (pin.key, pin.aliases) == ("song2023nerf", ("song2023sc",))
    assert bibkit("build", cwd=folder).code == 0
    assert bibkit("tex", "check", "--no-unused", "paper.tex", cwd=folder).code == 0


# The server with a check that is known here: it finds each comma too many, and has a fix for it.
ONE_CHECK = """
from bibkit import checks, problems
from bibkit.cli import main
def check_text(text, *_):
    at = [place for place in range(1, len(text)) if text[place - 1 : place + 1] == ",,"]
    fixes = [checks.Fix("Remove the comma", True, ((each, each + 1, ""),)) for each in at]
    problem = problems.Problem("bibtex-extra-comma", "a comma too many")
    return [checks.Finding(problem, fix.edits[0][0], fix.edits[0][1], fix) for fix in fixes]
checks.check_text = check_text
main()
"""


@running
async def test_a_fix_is_offered_and_mends_the_file(tmp_path: Path) -> None:
    async with session(tmp_path, command=(sys.executable, "-c", ONE_CHECK, "lsp")) as editor:
        editor.open("refs.bib", BIB)
        (action,) = await editor.actions("refs.bib", span(3, 0, 3, 20), [types.CodeActionKind.QuickFix])
        assert action.is_preferred
        assert commas(action.diagnostics or []) == [((3, 16), (3, 17))]
        assert await editor.actions("refs.bib", span(0, 0, 0, 0), [types.CodeActionKind.QuickFix]) == []
        (everything,) = await editor.actions("refs.bib", span(0, 0, 0, 0), [types.CodeActionKind.SourceFixAll])
        assert everything.edit is not None
        apply(tmp_path, everything.edit)
        assert (tmp_path / "refs.bib").read_text(encoding="utf-8") == BIB.replace(",,", ",")

        editor.open("main.tex", TEX)
        (action,) = await editor.actions("main.tex", span(2, 0, 2, 90))
        assert action.title == "Cite moreau2020trains"
        assert action.edit is not None
        apply(tmp_path, action.edit)
        assert (tmp_path / "main.tex").read_text(encoding="utf-8") == TEX.replace("train}", "trains}")


# ------------------------------------------------------------------------------------------------ how it ends


def served(given: bytes, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([*COMMAND, "lsp"], input=given, cwd=cwd, capture_output=True, check=False, timeout=PATIENCE)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def message(**content: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


INITIALIZE = message(id=1, method="initialize", params={"capabilities": {}, "processId": None, "rootUri": None})


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"hello\n",
        b"\x00\xff\xfe" * 1000,
        b"Content-Length: 5\r\n\r\nhello",
        b"Content-Length: 99999\r\n\r\n{",
        b"Content-Length: x\r\n\r\n{}",
        message(id=1, method="initialize"),
        message(id=1, method="no/such/method"),
        message(method="textDocument/didOpen", params={}),
        message(method="textDocument/didChange", params={"textDocument": {"uri": 3}}),
        INITIALIZE + b"garbage",
    ],
)
def test_garbage_ends_the_server_cleanly(tmp_path: Path, given: bytes) -> None:
    done = served(given, tmp_path)
    assert done.returncode == 1  # nobody asked for a shutdown
    assert not done.stdout or done.stdout.startswith(b"Content-Length: ")


def test_after_garbage_the_session_goes_on(tmp_path: Path) -> None:
    text = {"uri": (tmp_path / "x.bib").as_uri(), "languageId": "bibtex", "version": 1, "text": "@misc{a,,}"}
    given = (
        message(id=0, method="initialize", params={"capabilities": 3})
        + INITIALIZE
        + message(method="initialized", params={})
        + message(method="textDocument/didChange", params={"textDocument": {"uri": "file:///x", "version": 1}})
        + message(
            method="textDocument/didChange",
            params={"textDocument": {"uri": "file:///x.bib", "version": 1}, "contentChanges": [{"text": "x"}]},
        )
        + message(method="textDocument/didOpen", params={"textDocument": text})
        + message(id=2, method="textDocument/hover", params={"textDocument": text, "position": "here"})
        + message(
            id=3, method="textDocument/hover", params={"textDocument": text, "position": {"line": 9, "character": 99}}
        )
        + message(id=4, method="shutdown")
        + message(method="exit")
    )
    done = served(given, tmp_path)
    assert done.returncode == 0
    answered = [json.loads(part.partition(b"\r\n\r\n")[2]) for part in done.stdout.split(b"Content-Length: ")[1:]]
    by_number = {each["id"]: each for each in answered if "method" not in each and "id" in each}
    assert by_number[1]["result"]["capabilities"]["hoverProvider"]
    assert by_number[4]["result"] is None


def test_without_pygls_the_extra_is_named_and_nothing_is_printed(tmp_path: Path) -> None:
    hide = "import sys; sys.modules['pygls'] = None; from importlib import util; found = util.find_spec\n"
    hide += "util.find_spec = lambda name, *more: None if name == 'pygls' else found(name, *more)\n"
    program = hide + "sys.argv = ['bibkit', 'lsp']; from bibkit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=False, env=os.environ
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"pip install 'bibkit-toolkit[lsp]'" in done.stderr
    assert b"Traceback" not in done.stderr


def test_help_needs_no_server(tmp_path: Path) -> None:
    run = bibkit("lsp", "--help", cwd=tmp_path)
    assert (run.code, run.err) == (0, "")
    assert "Language Server Protocol" in run.out
