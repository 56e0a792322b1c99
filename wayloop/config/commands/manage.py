"""`wayloop manage`."""

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.home import Home


@click.command("manage", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> None:
    """Django's own commands, with the database they need: wayloop manage shell."""
    found = read_environment()
    with database(Home(found.home), found.database_url, migrate=False):
        # app ready: Django's settings are read on import
        from django.core.management import execute_from_command_line

        execute_from_command_line(["wayloop manage", *arguments])
