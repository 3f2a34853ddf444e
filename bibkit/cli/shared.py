"""What several families of commands share: groups that import a command when it is asked for, and options."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that knows commands by name, and imports the module of one when that command is asked for.

    `places` says where each command is: a module of this package, and a function.
    """

    def __init__(self, *arguments: Any, places: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the alphabet."""
        return sorted({*self.places, *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, or None."""
        if cmd_name not in self.places:
            return super().get_command(ctx, cmd_name)
        module, function = self.places[cmd_name]
        found: click.Command = getattr(import_module(f"bibkit.cli.{module}"), function)
        return found


project_option = click.option(
    "-C",
    "--project",
    "folder",
    default=".",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="The project, by default the folder that you are in.",
)
