"""`wayloop bench`."""

import json
import re

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.home import Home


@click.command("bench")
@click.argument("name", required=False)
@click.option("--list", "only_list", is_flag=True, help="Only say which benches there are.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line of standard output.")
def command(name: str | None, only_list: bool, as_json: bool) -> None:
    """Measure ratios in one run: one bench by NAME, or all of them."""
    found = read_environment()
    with database(Home(found.home), found.database_url):
        # app ready: the benches need Django
        from wayloop.operations.benches import benches

        known = benches()
        if only_list:
            for bench in known.values():
                click.echo(f"{bench.name:<12} {bench.meaning}")
            return
        if name and name not in known:
            raise click.UsageError(f"no bench is called {name}. There are: {', '.join(known)}.")
        rows = []
        for bench in [known[name]] if name else known.values():
            measured = bench.run()
            click.echo(f"{bench.name}: {bench.meaning}")
            for figure in measured:
                click.echo(f"  {figure.name:<24} {figure.value:>12,.1f} {figure.unit}")
            rows += [
                {"bench": bench.name, "name": it.name, "value": round(it.value, 3), "unit": it.unit, "n": it.n}
                for it in measured
            ]
        if as_json:
            first = rows[0]
            told = {"value": first["value"], "n": first["n"] or len(rows), "unit": first["unit"]}
            # Of one bench each figure has a field of its own: "delay p95" in ms is delay_p95_ms.
            fields = {_field(str(row["name"]), str(row["unit"])): row["value"] for row in rows} if name else {}
            click.echo(json.dumps(told | fields | {"rows": rows}))


def _field(name: str, unit: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", f"{name} {unit.replace('/s', ' per s')}".lower()).strip("_")
