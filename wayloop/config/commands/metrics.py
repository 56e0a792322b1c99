"""`wayloop metrics NAME`: one number, for people or for scripts."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home


@click.command("metrics")
@click.argument("name")
@click.option("--from", "start", type=click.DateTime(["%Y-%m-%d"]), help="First day, in the business's zone.")
@click.option("--to", "end", type=click.DateTime(["%Y-%m-%d"]), help="First day that no longer counts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line.")
def command(name: str, start: datetime | None, end: datetime | None, as_json: bool) -> None:
    """Print the metric NAME, with what it stands on."""
    environment = read_environment()
    with database(Home(environment.home), environment.database_url):
        # slow import: Django is ready only inside the block
        from wayloop.business import api as business
        from wayloop.contracts.scope import EVERYTHING
        from wayloop.kernel.money import to_decimal
        from wayloop.metrics import api as metrics

        if name not in metrics.BY_NAME:
            raise OperationError(f"there is no metric {name!r}. Known: {', '.join(metrics.BY_NAME)}.")
        profile = business.profile()
        zone = ZoneInfo(profile.zone)
        reading = metrics.read_metric(
            name=name,
            scope=EVERYTHING,
            currency=profile.currency,
            start=start.replace(tzinfo=zone) if start else None,
            end=end.replace(tzinfo=zone) if end else None,
        )
        is_money = reading.metric.kind == "money"
        value = reading.value
        shown = float(to_decimal(value, reading.unit)) if is_money and value is not None else value
        if as_json:
            print(
                json.dumps({"value": shown, "n": reading.n, "unit": reading.unit, "left_out": dict(reading.left_out)})
            )
        else:
            print(f"{reading.metric.label}: {shown} {reading.unit} (n = {reading.n})")
            print(reading.metric.definition)
