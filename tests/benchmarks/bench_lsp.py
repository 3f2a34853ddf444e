"""How long an editor waits for `bibkit lsp`: a session over pipes with a .bib file and a document that cites from it.

    python tests/benchmarks/bench_lsp.py [ENTRIES] [REPEAT]

Prints seconds of wall time, the median of REPEAT; the first of each kind, in which something is read or indexed, is
printed beside it. Diagnostics come a fifth of a second after the last keystroke, which is in these numbers.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench_bibtex_syntax import make
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from bibkit.formats import bibtex_syntax as syntax

Answer = Callable[[int], Awaitable[object]]


class Editor:
    """An editor, as far as it is needed here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("bench", "1")
        self.said: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(lambda said: self.said.put_nowait(said))
        self.versions: dict[str, int] = {}

    async def start(self) -> None:
        await self.client.start_io(sys.executable, "-m", "bibkit", "lsp", cwd=self.folder)
        folders = [types.WorkspaceFolder(self.folder.as_uri(), "bench")]
        params = types.InitializeParams(types.ClientCapabilities(), workspace_folders=folders)
        await self.client.initialize_async(params)
        self.client.initialized(types.InitializedParams())

    async def end(self) -> None:
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()

    def document(self, name: str) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier((self.folder / name).as_uri())

    async def open(self, name: str, text: str) -> None:
        self.versions[name] = 1
        item = types.TextDocumentItem(self.document(name).uri, "", 1, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        await self.checked(name)

    def type(self, name: str, line: int, character: int, text: str) -> None:
        self.versions[name] += 1
        here = types.Position(line, character)
        change = types.TextDocumentContentChangePartial(types.Range(here, here), text)
        document = types.VersionedTextDocumentIdentifier(self.versions[name], self.document(name).uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def checked(self, name: str) -> None:
        while True:
            said = await self.said.get()
            if said.uri == self.document(name).uri and said.version == self.versions[name]:
                return

    async def typed(self, name: str, line: int) -> None:
        self.type(name, line, 0, "%")
        await self.checked(name)

    def hover(self, name: str, line: int, character: int) -> Awaitable[object]:
        params = types.HoverParams(self.document(name), types.Position(line, character))
        return self.client.text_document_hover_async(params)

    def complete(self, name: str, line: int, character: int) -> Awaitable[object]:
        params = types.CompletionParams(self.document(name), types.Position(line, character))
        return self.client.text_document_completion_async(params)

    def rename(self, name: str, line: int, character: int) -> Awaitable[object]:
        params = types.RenameParams(self.document(name), types.Position(line, character), "anotherkey")
        return self.client.text_document_rename_async(params)

    async def measured(
        self, what: str, repeat: int, ask: Answer, before: Callable[[], None] | None = None, after: str = ""
    ) -> None:
        """Print how long an answer takes, with `before` done just before; the check of `after` is waited for then."""
        times = []
        for number in range(repeat):
            if before:
                before()
            start = time.perf_counter()
            await ask(number)
            times.append(time.perf_counter() - start)
            if after:
                await self.checked(after)
        print(f"{what:<44} {statistics.median(times):7.3f} s   first {times[0]:7.3f} s", flush=True)


async def bench(folder: Path, entries: int, repeat: int) -> None:
    text = make(entries)
    keys = [block.key for block in syntax.blocks(text) if type(block) is syntax.Entry]
    key, middle = keys[len(keys) // 2], text[: text.index(f"{{{keys[len(keys) // 2]},")].count("\n")
    (folder / "refs.bib").write_text(text, encoding="utf-8")
    lines = [f"\\bibliography{{refs}}\n\\cite{{{key}}}\n\\cite{{{key[:4]}\n"]
    lines += [f"Some words, and then \\cite{{{each}}}.\n" for each in keys[:1000]]
    print(f"{len(keys)} entries, {len(text) / 1e6:.1f} MB")
    editor = Editor(folder)
    await editor.start()
    await editor.measured("open the .bib file, its diagnostics", 1, lambda _: editor.open("refs.bib", text))
    await editor.measured("type in it, its diagnostics", repeat, lambda _: editor.typed("refs.bib", middle - 1))
    await editor.measured("open the document, its diagnostics", 1, lambda _: editor.open("main.tex", "".join(lines)))
    await editor.measured("type in it, its diagnostics", repeat, lambda _: editor.typed("main.tex", 3))
    await editor.measured("completion by four letters", repeat, lambda _: editor.complete("main.tex", 2, 10))
    await editor.measured("hover in the document", repeat, lambda _: editor.hover("main.tex", 1, 8))
    await editor.measured("hover in the .bib file", repeat, lambda _: editor.hover("refs.bib", middle, 12))
    await editor.measured("rename", repeat, lambda _: editor.rename("main.tex", 1, 8))

    def keystroke() -> None:
        editor.type("refs.bib", middle - 1, 0, "%")

    print("at once after a keystroke in the .bib file:")
    await editor.measured(
        "  hover there", repeat, lambda _: editor.hover("refs.bib", middle, 12), keystroke, "refs.bib"
    )
    await editor.measured("  completion", repeat, lambda _: editor.complete("main.tex", 2, 10), keystroke, "refs.bib")
    await editor.measured(
        "  an answer that needs no parsing", repeat, lambda _: editor.hover("x.txt", 0, 0), keystroke, "refs.bib"
    )
    await editor.end()


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    repeat = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(bench(Path(folder), entries, repeat))


if __name__ == "__main__":
    main()
