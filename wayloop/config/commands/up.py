"""`wayloop up`."""

import click

from wayloop.config.environment import read_environment
from wayloop.operations.home import Home
from wayloop.operations.supervisor import Plan, Supervisor


@click.command("up")
def command() -> None:
    """Start this installation: database, web and worker. Ctrl-C stops all of it."""
    found = read_environment()
    tls = (found.tls_cert, found.tls_key) if found.tls_cert and found.tls_key else None
    plan = Plan(found.host, found.port, found.url, found.database_url, tls=tls)
    Supervisor(Home(found.home), plan, tell=click.echo).run()
