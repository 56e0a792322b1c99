"""`wayloop up`."""

import click

from wayloop.config.environment import read_environment
from wayloop.operations.home import Home
from wayloop.operations.supervisor import Plan, Supervisor


@click.command("up")
def command() -> None:
    """Start this installation: database, web and worker. Ctrl-C stops all of it."""
    found = read_environment()
    Supervisor(Home(found.home), Plan(found.host, found.port, found.url, found.database_url), tell=click.echo).run()
