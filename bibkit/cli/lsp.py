"""`bibkit lsp`: the language server, which an editor starts and talks to by standard input and output."""

from __future__ import annotations

import gc
import logging
import os
import sys
from importlib.util import find_spec
from typing import BinaryIO

import click

from bibkit.problems import UsageError


@click.command()
@click.option("--stdio", is_flag=True, expose_value=False, help="What it does anyway; some editors say so.")
def lsp() -> None:
    """Serve an editor by the Language Server Protocol, over standard input and output.

    Not for people: the editor starts it. It gives diagnostics, hover, completion of citation keys, go to definition,
    rename and quick fixes in .bib files, LaTeX, Markdown, Quarto, Typst and Org; diagnostics and quick fixes in RIS,
    CSL-JSON and Zotero's JSON. README says how editors are set up.
    """
    if find_spec("pygls") is None:
        raise UsageError("bibkit lsp needs pygls: run pip install 'bibkit-toolkit[lsp]'")
    from bibkit import __version__
    from bibkit.lsp import server

    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL, format="bibkit lsp: %(message)s")
    logging.getLogger("bibkit").setLevel(logging.ERROR)  # what pygls says of a broken message goes to the editor
    gc.freeze()  # `main` turns the collection of circles off for a short run; a server makes some with each request
    gc.enable()
    code = server.serve(__version__, sys.stdin.buffer, _own_output())
    if code:
        raise SystemExit(code)


def _own_output() -> BinaryIO:
    """Standard output for the protocol alone: whatever else is written there goes to standard error from now on."""
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return os.fdopen(own, "wb")
