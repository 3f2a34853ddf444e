"""The command line: the only part that prints, asks or exits; each command is one call into the library.

A new command is a function in a module here and a row in `COMMANDS`; its module is imported when it is used.
"""

from __future__ import annotations

import gc
import signal
import sys

import click

from bibkit import __version__
from bibkit.cli.say import tell
from bibkit.cli.shared import LazyGroup
from bibkit.problems import BibkitError, UsageError

INTERRUPTED = 130  # 128 + SIGINT, as a shell reports it

EXIT_CODES = """
\b
Exit codes:
  0  what could be read was written
  1  check, verify, or a --check found something
  2  wrong usage, a bad bibkit.toml, or an output that cannot be written
  3  nothing could be read, or --strict and there was an error or a loss
  4  unknown format
  5  keys.lock or another state file cannot be used
  6  a plugin cannot be loaded
  7  a sync left conflicts open
  8  network or server
"""


# Where each command is: module below this one, function.
COMMANDS = {
    "build": ("convert", "build"),
    "check": ("check", "check"),
    "completion": ("convert", "completion"),
    "convert": ("convert", "convert"),
    "cv": ("cv", "cv"),
    "dedupe": ("dedupe", "dedupe"),
    "fmt": ("convert", "format_files"),
    "formats": ("convert", "list_formats"),
    "keys": ("keys", "keys"),
    "lsp": ("lsp", "lsp"),
    "plot": ("plot", "plot"),
    "sync": ("sync", "sync"),
    "tex": ("tex", "tex"),
    "verify": ("verify", "verify"),
}


@click.group(
    cls=LazyGroup,
    places=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_CODES,
)
@click.version_option(__version__, prog_name="bibkit")
def cli() -> None:
    """Turn paper listings and bibliographies into one clean bibliography.

    Put your files into a folder named seeds and run `bibkit build`: exports/ then holds the same works as BibTeX,
    BibLaTeX, CSL-JSON and RIS, each paper once, each with a citation key that never changes.

    To turn one file into another format, use `bibkit convert`.
    """


# ------------------------------------------------------------------------------------------------ the one boundary


def main() -> None:
    """Run the command line: the one place where errors become messages and exit codes."""
    gc.disable()  # one short run that makes no circles: looking for them costs a quarter of the time
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `bibkit ... | head` ends quietly, as other programs do
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.Exit as ending:
        sys.exit(ending.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(UsageError.exit_code)
    except BibkitError as error:
        tell(f"bibkit: {click.style('error:', fg='red', bold=True)} {error}")
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        tell("\nbibkit: interrupted; no file was left half-written")
        sys.exit(INTERRUPTED)
