"""`wayloop owner`: a way back in for an owner who forgot the password or lost the second factor."""

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home


@click.command("owner")
@click.option("--email", default="", help="Which owner, where there are several.")
@click.option("--remove-second-factor", "remove_factors", is_flag=True, help="Phone and recovery codes are lost.")
def command(email: str, remove_factors: bool) -> None:
    """Let an owner back in: print a link for a new password, good once, for an hour. The audit trail tells of it."""
    environment = read_environment()
    with database(Home(environment.home), environment.database_url):
        # slow import: Django is ready only inside the block
        from wayloop.accounts import api as accounts

        try:
            told = accounts.let_owner_in(email=email, remove_factors=remove_factors)
        except accounts.RescueRefused as refused:
            raise OperationError(str(refused)) from refused
    click.echo(f"{told.name} <{told.email}> is signed out everywhere. Open this within an hour:")
    click.echo(told.link)
    if told.lost_factors:
        click.echo("The second factor and its recovery codes are gone; set up a new one after signing in.")
    elif remove_factors:
        click.echo("There was no second factor to remove.")
