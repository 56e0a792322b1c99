"""`wayloop doctor`."""

import json
import sys

import click

from wayloop.config.environment import read_environment
from wayloop.contracts.doctor import State
from wayloop.operations.database import database
from wayloop.operations.home import Home

_SIGNS = {State.GOOD: "✓", State.NOTICE: "!", State.BROKEN: "✗"}


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line of standard output.")
def command(as_json: bool) -> None:
    """Prove that nothing is broken. Exit code 1 when something is."""
    found = read_environment()
    # Not migrated on the way: that tables are behind is one of the findings.
    with database(Home(found.home), found.database_url, migrate=False):
        # app ready: the checks need Django
        from wayloop.operations.doctor import examine, is_broken

        findings = list(examine())
        for name, finding in findings:
            click.echo(f"{_SIGNS[finding.state]} {name:<12} {finding.text}")
        healthy = not is_broken(findings)
        if as_json:
            rows = [{"name": name, "state": finding.state.value, "text": finding.text} for name, finding in findings]
            broken = sum(finding.state is State.BROKEN for _, finding in findings)
            click.echo(
                json.dumps({"value": broken, "n": len(rows), "unit": "broken", "healthy": healthy, "rows": rows})
            )
    sys.exit(0 if healthy else 1)
