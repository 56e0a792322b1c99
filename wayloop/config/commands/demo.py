"""`wayloop demo`, which `make run` calls."""

import os
from pathlib import Path

import click

from wayloop.config.environment import read_environment
from wayloop.operations.home import Home
from wayloop.operations.supervisor import Plan, Supervisor


@click.command("demo")
def command() -> None:
    """Start the sample business in ./var/demo (or WAYLOOP_HOME), for this machine only."""
    found = read_environment()
    home = found.home if os.environ.get("WAYLOOP_HOME") else Path("var/demo").absolute()
    # Its passwords are printed for everybody: never on an address others can reach.
    Supervisor(
        Home(home), Plan("127.0.0.1", found.port, found.url, found.database_url, sample=True), tell=click.echo
    ).run()
