"""The command line. Commands load only when they are called, so that `wayloop --help` answers at once."""

import importlib
import sys

import click

from wayloop import __version__
from wayloop.config.environment import SettingError
from wayloop.operations.errors import OperationError

COMMANDS = {
    "up": ("wayloop.config.commands.up", "Start this installation: database, web and worker."),
    "demo": ("wayloop.config.commands.demo", "Start the sample business in ./var/demo."),
    "import": ("wayloop.config.commands.import_files", "Bring a file in."),
    "metrics": ("wayloop.config.commands.metrics", "Print one number and what is behind it."),
    "doctor": ("wayloop.config.commands.doctor", "Prove that nothing is broken."),
    "backup": ("wayloop.config.commands.backup", "Back everything up, sealed, to a folder or the place of the plan."),
    "restore": ("wayloop.config.commands.restore", "Bring everything back to a moment, into an empty home."),
    "owner": ("wayloop.config.commands.owner", "Let an owner who is locked out back in."),
    "bench": ("wayloop.config.commands.bench", "Measure ratios in one run."),
    "manage": ("wayloop.config.commands.manage", "Django's own commands, with the database they need."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported on use (slow import: Django and DuckDB cost half a second)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, meaning) for name, (_, meaning) in COMMANDS.items()])


@click.command(cls=LazyGroup)
@click.version_option(__version__, prog_name="wayloop")
def cli() -> None:
    """Wayloop: know every customer, hear them, answer them, act, and prove what it earned."""


def main() -> None:
    """Runs one command. What a person can mend is told in one line, with exit code 2 and no traceback."""
    try:
        cli()
    except (OperationError, SettingError) as error:
        print(f"wayloop: {error}", file=sys.stderr)
        sys.exit(2)
