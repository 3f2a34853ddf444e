"""The house rules that a machine can hold: imports go down, one module prints, everything is documented."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
import pytest

from bibkit import problems
from bibkit.cli import cli

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "bibkit"

# README's "How it is built", the lowest first; a row of it is several lines where its modules build on one another.
# A module imports only from the lines above its own.
LAYERS = (
    {"problems"},
    {"record"},
    {"text", "lines", "edits", "files", "settings", "json_items", "losses", "difference", "annotations", "ltwa"},
    {"written", "changes"},
    {"dates", "identity", "fieldmap", "names_bibtex", "latex_tables", "serials", "json_written"},
    {"names", "latex_math", "works", "publishers"},
    {"latex_decode", "note_lines", "spellings"},
    {"latex"},
    {"formats"},
    {"dedupe", "lock", "patterns", "fmt", "cited", "zotero_api"},
    {"checks"},
    {"relink", "testing"},
    {"excerpt", "keys", "decisions", "versions", "explain", "sync"},
    {"report", "rulings", "cv"},
    {"joins", "rekey"},
    {"library", "interop", "review", "splits"},
    {"documents", "key_history", "web", "checking", "verify"},
    {"supply"},
    {"export"},
    {"watching", "zotero_project", "lsp"},
    {"__init__", "pybtex_plugins"},
    {"cli"},
    {"__main__"},
)


def modules() -> dict[str, Path]:
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts): path for path in sorted(PACKAGE.rglob("*.py"))}


def part(module: str) -> str:
    """`formats.bibtex` belongs to the part `formats`."""
    return module.split(".")[0]


def layer(module: str) -> int:
    found = [level for level, names in enumerate(LAYERS) if part(module) in names]
    assert found, f"bibkit/{module}.py has no layer: add it to LAYERS and to README"
    return found[0]


def imported(path: Path) -> set[str]:
    """The modules of bibkit that a module imports when it is itself imported, below `bibkit.`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bibkit":
            base = node.module.removeprefix("bibkit").removeprefix(".")
            names = {".".join(filter(None, (base, alias.name))) for alias in node.names}
            found |= {name if name in modules() else base for name in names} - {""}
        elif isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("bibkit.") for alias in node.names if alias.name.startswith("bibkit.")}
    return found


@pytest.mark.parametrize("module", modules())
def test_imports_go_down(module: str) -> None:
    for other in imported(modules()[module]):
        if part(module) == part(other):  # a package is one part
            continue
        if module == "__init__":
            continue
        assert layer(other) < layer(module), f"{module} imports {other}, which is not below it"


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith("formats.")])
def test_a_format_imports_no_other_format(module: str) -> None:
    family = module.split(".")[1].split("_")[0]
    for other in imported(modules()[module]):
        if other.startswith("formats.") and not other.endswith("__init__"):
            assert other.split(".")[1].split("_")[0] == family, f"{module} imports {other}"


@pytest.mark.parametrize("module", [name for name in modules() if part(name) not in ("cli", "__main__")])
def test_only_the_command_line_prints_or_exits(module: str) -> None:
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        assert not (isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "input", "sys.exit", "exit"))
        assert not (isinstance(node, ast.Attribute) and ast.unparse(node) in ("sys.stdout", "sys.stderr"))


def test_the_readme_has_every_module_once_and_in_this_order() -> None:
    """Each row of its table is one line of LAYERS, or several that follow one another."""
    built = (ROOT / "README.md").read_text(encoding="utf-8").partition("## How it is built")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| \d \| ([^|]*) \|", built, re.MULTILINE)
    named = [[name.rstrip("/") for name in re.findall(r"`([^`]+)`", row)] for row in reversed(rows)]
    left = list(LAYERS)
    for names in named:
        row = set(names)
        assert len(row) == len(names), "a module stands twice"
        while row:
            line = left.pop(0) - {"__init__", "__main__"}
            assert line <= row, f"LAYERS has {sorted(line - row)} below what README has"
            row -= line
    assert left == [{"__main__"}]


def commands(group: click.Group, prefix: str = "bibkit") -> dict[str, click.Command]:
    found: dict[str, click.Command] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found[f"{prefix} {name}"] = command
        if isinstance(command, click.Group):
            found |= commands(command, f"{prefix} {name}")
    return found


@pytest.mark.parametrize("name", commands(cli))
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    command = commands(cli)[name]
    assert command.help
    assert name in (ROOT / "README.md").read_text(encoding="utf-8")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts[0]}"


def test_every_exit_code_stands_in_the_readme_and_in_the_help() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    errors = [
        kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, problems.BibkitError)
    ]
    for code in {problems.OK, problems.CHECK_FOUND, *(error.exit_code for error in errors)}:
        assert re.search(rf"^\| {code} \|", readme, re.MULTILINE), code
        assert re.search(rf"^  {code}  ", str(cli.epilog), re.MULTILINE), code


def test_every_module_says_what_it_is_for() -> None:
    for name, path in modules().items():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), name


def test_no_machine_path_and_no_secret_in_the_repository() -> None:
    for name, path in modules().items():
        assert not re.search(r"(?<![\w.])/(?:work|root|home/\w+|tmp/\w+)/", path.read_text(encoding="utf-8")), name
