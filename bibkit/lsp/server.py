"""The protocol: what an editor sends becomes calls of the functions beside this module, what they say is sent back.

Texts are kept by the `Desk` and not by pygls, for which more ends a line than for the protocol. Checking runs in a
thread, a text at a time, a moment after the last keystroke; what it finds about a text that has changed since is
dropped. Whatever else takes long runs in a thread too, so that messages are read at any time.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method
from pygls.uris import from_fs_path, to_fs_path

from bibkit import checks, settings
from bibkit.documents import KINDS
from bibkit.edits import Edit
from bibkit.library import LOCK
from bibkit.lsp import actions, completion, definition, diagnostics, hover, rename
from bibkit.lsp.desk import BIB, BIB_SUFFIXES, OTHER_SUFFIXES, Desk
from bibkit.lsp.positions import UTF16, Change, Places
from bibkit.problems import BibkitError, Problem

NAME = "bibkit"
PAUSE = 0.2  # seconds without a keystroke before a text is checked
OTHERS = 1.0  # seconds before the documents are checked that may cite from a changed .bib file
REQUEST_FAILED = -32803  # Language Server Protocol 3.17, "ErrorCodes"
_SEVERITIES = {
    "error": types.DiagnosticSeverity.Error,
    "warning": types.DiagnosticSeverity.Warning,
    "note": types.DiagnosticSeverity.Information,
}
_WATCHED = tuple(f"**/*{suffix}" for suffix in (*BIB_SUFFIXES, *KINDS, LOCK, settings.FILE))
_FIX_ALL = "source.fixAll.bibkit"


class _Protocol(LanguageServerProtocol):
    """The protocol with texts that the `Desk` keeps."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """A text was opened."""
        self._server.opened(params.text_document)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """A text was changed."""
        self._server.changed(params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """A text was closed."""
        self._server.closed(params.text_document.uri)


class Server(LanguageServer):
    """One editor's session."""

    protocol: _Protocol

    def __init__(self, version: str) -> None:
        super().__init__(NAME, version, protocol_cls=_Protocol)
        self.desk = Desk()
        self.uris: dict[str, str] = {}  # as the editor writes them
        self.found: dict[str, tuple[int, list[checks.Finding]]] = {}  # of which text, and what
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.turn = asyncio.Lock()  # texts are checked one after the other
        self.ended = False

    # -------------------------------------------------------------------------------------------- paths and places

    def path(self, uri: str) -> str:
        """The path of an address; a text without a file has its address for one."""
        path = to_fs_path(uri) or uri
        self.uris.setdefault(path, uri)
        return path

    def uri(self, path: str) -> str:
        """The address of a path."""
        return self.uris.get(path) or from_fs_path(path) or path

    def place(self, asked: Any) -> tuple[str, int]:
        """The path and the offset that a request is about."""
        path = self.path(asked.text_document.uri)
        return path, self.offset(path, asked.position)

    def offset(self, path: str, position: types.Position) -> int:
        """The offset of a position."""
        return self.desk.places(path).offset((position.line, position.character))

    def edits(self, path: str, edits: Iterable[Edit]) -> list[types.TextEdit]:
        """Edits of a text as the protocol has them."""
        places = self.desk.places(path)
        return [types.TextEdit(_range(places, start, end), new) for start, end, new in edits]

    def workspace_edit(self, changes: rename.Changes) -> types.WorkspaceEdit:
        """Edits of several texts, each for the version that is open, where the editor can take that."""
        edits = {path: self.edits(path, each) for path, each in changes.items()}
        told = self.client_capabilities.workspace
        if not (told and told.workspace_edit and told.workspace_edit.document_changes):
            return types.WorkspaceEdit(changes={self.uri(path): each for path, each in edits.items()})
        versioned = [types.TextDocumentEdit(self._versioned(path), list(each)) for path, each in edits.items()]
        return types.WorkspaceEdit(document_changes=list(versioned))

    def _versioned(self, path: str) -> types.OptionalVersionedTextDocumentIdentifier:
        opened = self.desk.opened.get(path)
        return types.OptionalVersionedTextDocumentIdentifier(self.uri(path), opened.version if opened else None)

    # -------------------------------------------------------------------------------------------- texts

    def opened(self, item: types.TextDocumentItem) -> None:
        """Keep a text and check it."""
        path = self.path(item.uri)
        self.uris[path] = item.uri
        self.desk.open(path, item.version, item.text, str(item.language_id))
        self.check(path, 0)

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """Keep what was typed, and check the text when no more is."""
        path = self.path(params.text_document.uri)
        self.desk.change(path, params.text_document.version, map(_change, params.content_changes))
        self.check(path, PAUSE)
        if self.desk.kind(path) == BIB:
            self.check_again()

    def closed(self, uri: str) -> None:
        """Forget a text, and take back what was said about it."""
        path = self.path(uri)
        self.desk.close(path)
        self.found.pop(path, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    # -------------------------------------------------------------------------------------------- checking

    def check_again(self, *, bibliographies: bool = False) -> None:
        """Check the open documents again in a while, as what they cite may be there now, or no more; or all texts."""
        for path in list(self.desk.opened):
            if bibliographies or self.desk.kind(path) not in ("", BIB):
                self.check(path, OTHERS)

    def check(self, path: str, pause: float) -> None:
        """Check a text after a pause, unless it changes until then."""
        if self.desk.kind(path) or path.lower().endswith(OTHER_SUFFIXES):
            self.tasks[path] = asyncio.get_running_loop().create_task(self._check(path, pause))

    async def _check(self, path: str, pause: float) -> None:
        serial = self.desk.serial(path)
        await asyncio.sleep(pause)
        async with self.turn:
            if self._is_stale(path, serial):
                return
            found = await asyncio.get_running_loop().run_in_executor(self.thread_pool, self._findings, path)
        if not self._is_stale(path, serial):
            self.found[path] = serial, found
            self._publish(path, found)

    def _is_stale(self, path: str, serial: int) -> bool:
        """Whether a text is another one by now, or this check has been followed by another."""
        task = self.tasks.get(path)
        return not serial or self.desk.serial(path) != serial or task is not asyncio.current_task()

    def _findings(self, path: str) -> list[checks.Finding]:
        try:
            return diagnostics.findings(self.desk, path)
        except Exception as error:  # a bug of ours must not end the session
            logging.getLogger(__name__).exception("checking failed")
            problem = Problem("lsp-failed", f"bibkit could not check this text: {error!r}", "error")
            return [checks.Finding(problem, 0, 0, None)]

    def _publish(self, path: str, found: Iterable[checks.Finding]) -> None:
        opened, places = self.desk.opened[path], self.desk.places(path)
        said = [_diagnostic(finding, places) for finding in found]
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(self.uri(path), said, opened.version))

    async def settled(self, path: str) -> list[checks.Finding]:
        """What was found about a text as it is now; waits for a check that is under way."""
        while (task := self.tasks.get(path)) and not task.done():
            await asyncio.wait([task])
        serial, found = self.found.get(path, (0, []))
        return found if serial == self.desk.serial(path) else []


# ---------------------------------------------------------------------------------------------- as the protocol has it


def _range(places: Places, start: int, end: int) -> types.Range:
    return types.Range(types.Position(*places.at(start)), types.Position(*places.at(end)))


def _change(event: types.TextDocumentContentChangeEvent) -> Change:
    if isinstance(event, types.TextDocumentContentChangePartial):
        start, end = event.range.start, event.range.end
        return Change(event.text, (start.line, start.character), (end.line, end.character))
    return Change(event.text)


def _diagnostic(finding: checks.Finding, places: Places) -> types.Diagnostic:
    problem = finding.problem
    place, severity = _range(places, finding.start, finding.end), _SEVERITIES[problem.severity]
    return types.Diagnostic(place, problem.advised, severity, code=problem.code, source=NAME)


# ------------------------------------------------------------------------------------------------ what is asked


def _initialize(ls: Server, params: types.InitializeParams) -> None:
    folders = [folder.uri for folder in params.workspace_folders or ()] or [params.root_uri or ""]
    encoding = ls.workspace.position_encoding
    ls.desk = Desk(filter(None, map(to_fs_path, folders)), str(getattr(encoding, "value", encoding or UTF16)))


def _initialized(ls: Server, _params: Any) -> None:
    """Ask to be told when files change that no editor has open, where the editor can do that."""
    told = ls.client_capabilities.workspace
    if told and told.did_change_watched_files and told.did_change_watched_files.dynamic_registration:
        watchers = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher(glob) for glob in _WATCHED])
        wish = types.Registration("files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, watchers)
        ls.client_register_capability(types.RegistrationParams([wish]))


def _folders(ls: Server, params: types.DidChangeWorkspaceFoldersParams) -> None:
    gone = {to_fs_path(folder.uri) for folder in params.event.removed}
    added = filter(None, (to_fs_path(folder.uri) for folder in params.event.added))
    ls.desk.folders = [*(folder for folder in ls.desk.folders if folder not in gone), *added]
    ls.desk.look_again()


def _files_changed(ls: Server, params: types.DidChangeWatchedFilesParams) -> None:
    """What documents cite may have changed, or what is looked for in bibliographies."""
    ls.desk.look_again()
    ls.check_again(bibliographies=any(change.uri.endswith(settings.FILE) for change in params.changes))


def _saved(ls: Server, _params: Any) -> None:
    ls.desk.look_again()
    ls.check_again()


def _shutdown(ls: Server, _params: Any = None) -> None:
    ls.ended = True


def _hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
    path, offset = ls.place(params)
    found = hover.hover(ls.desk, path, offset)
    if found is None:
        return None
    shown = types.MarkupContent(types.MarkupKind.Markdown, found.text)
    return types.Hover(shown, _range(ls.desk.places(path), found.start, found.end))


def _completion(ls: Server, params: types.CompletionParams) -> types.CompletionList | None:
    path, offset = ls.place(params)
    found = completion.completions(ls.desk, path, offset)
    if found is None:
        return None
    places = ls.desk.places(path)
    items = [_item(item, number, places) for number, item in enumerate(found.items)]
    return types.CompletionList(is_incomplete=not found.whole, items=items)


def _item(item: completion.Item, number: int, places: Places) -> types.CompletionItem:
    """A key with who and when beside it. Editors filter by all that is searched, and keep our order."""
    return types.CompletionItem(
        label=item.key,
        kind=types.CompletionItemKind.Reference,
        detail=" · ".join(filter(None, (item.detail, item.title))),
        filter_text=" ".join((item.key, item.detail, item.title)),
        sort_text=f"{number:03}",
        text_edit=types.TextEdit(_range(places, item.start, item.end), item.new),
    )


def _definition(ls: Server, params: types.DefinitionParams) -> list[types.Location]:
    found = definition.definitions(ls.desk, *ls.place(params))
    return [
        types.Location(ls.uri(each.path), _range(ls.desk.places(each.path), each.start, each.end)) for each in found
    ]


def _prepare_rename(ls: Server, params: types.PrepareRenameParams) -> types.Range | None:
    path, offset = ls.place(params)
    return _range(ls.desk.places(path), *rename.prepared(ls.desk, path, offset))


def _rename(ls: Server, params: types.RenameParams) -> types.WorkspaceEdit:
    path, offset = ls.place(params)
    return ls.workspace_edit(rename.plan(ls.desk, path, offset, params.new_name))


async def _code_action(ls: Server, params: types.CodeActionParams) -> list[types.CodeAction]:
    path = ls.path(params.text_document.uri)
    found = await ls.settled(path)
    start, end = ls.offset(path, params.range.start), ls.offset(path, params.range.end)
    return await asyncio.get_running_loop().run_in_executor(
        ls.thread_pool, _actions, ls, path, found, (start, end), params.context.only
    )


def _actions(
    ls: Server, path: str, found: Sequence[checks.Finding], asked: tuple[int, int], only: Sequence[str] | None
) -> list[types.CodeAction]:
    made = []
    if _wanted(types.CodeActionKind.QuickFix, only):
        made += [_fix(ls, path, *each) for each in actions.fixes(ls.desk, path, found, *asked)]
    edits = actions.safe_edits(found) if _wanted(_FIX_ALL, only) else ()
    if edits:
        edit = ls.workspace_edit({path: edits})
        made.append(types.CodeAction("Make all safe fixes in this file", kind=_FIX_ALL, edit=edit))
    return made


def _wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether an editor that asks for kinds of actions asks for this one: `source` is all that begin so."""
    kind = getattr(kind, "value", kind)
    names = [str(getattr(one, "value", one)) for one in only or ()]
    return only is None or any(kind == name or kind.startswith(f"{name}.") for name in names)


def _fix(ls: Server, path: str, finding: checks.Finding, fix: checks.Fix) -> types.CodeAction:
    return types.CodeAction(
        fix.title,
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[_diagnostic(finding, ls.desk.places(path))],
        is_preferred=fix.safe,
        edit=ls.workspace_edit({path: fix.edits}),
    )


# ------------------------------------------------------------------------------------------------ the table

Handler = Callable[..., Any]

# What is asked, by whom it is answered, what the editor is told of it, and whether that runs in a thread.
FEATURES: tuple[tuple[str, Handler, Any, bool], ...] = (
    (types.INITIALIZE, _initialize, None, False),
    (types.INITIALIZED, _initialized, None, False),
    (types.SHUTDOWN, _shutdown, None, False),
    (types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, _folders, None, False),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, _files_changed, None, False),
    (types.TEXT_DOCUMENT_DID_SAVE, _saved, None, False),
    (types.TEXT_DOCUMENT_HOVER, _hover, None, True),
    (types.TEXT_DOCUMENT_COMPLETION, _completion, types.CompletionOptions(["{", ",", "@", "<", ":", "&"]), True),
    (types.TEXT_DOCUMENT_DEFINITION, _definition, None, True),
    (types.TEXT_DOCUMENT_PREPARE_RENAME, _prepare_rename, None, True),
    (types.TEXT_DOCUMENT_RENAME, _rename, types.RenameOptions(prepare_provider=True), True),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        _code_action,
        types.CodeActionOptions([types.CodeActionKind.QuickFix, _FIX_ALL]),
        False,
    ),
)


def make(version: str) -> Server:
    """A server that answers all this."""
    server = Server(version)
    for name, handler, options, threaded in FEATURES:
        answer = _answering(server, handler)
        server.feature(name, options)(server.thread()(answer) if threaded else answer)
    return server


def _answering(server: Server, handler: Handler) -> Handler:
    """The handler bound to its server; what the user can act on becomes the message of a failed request."""
    if inspect.iscoroutinefunction(handler):

        async def later(params: Any = None) -> Any:
            return await handler(server, params)

        return later

    def answer(params: Any = None) -> Any:
        try:
            return handler(server, params)
        except BibkitError as error:
            raise JsonRpcException(str(error), REQUEST_FAILED) from None

    return answer


def serve(version: str, given: BinaryIO, out: BinaryIO) -> int:
    """Answer until the editor ends it, or is gone. The exit code: 1 where it ended without asking for a shutdown."""
    server = make(version)
    server.start_io(given, out)
    return 0 if server.ended else 1
