"""`wayloop bench`."""

import json
import re
from typing import Any

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.home import Home


@click.command("bench")
@click.argument("name", required=False)
@click.option("--list", "only_list", is_flag=True, help="Only say which benches there are.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line of standard output.")
@click.option("--customers", type=click.IntRange(min=1), help="How many customers; for benches that make some.")
@click.option("--events", type=click.IntRange(min=1), help="How many events; for benches that make some.")
@click.option("--orders", type=click.IntRange(min=1), help="How many orders; for benches that make some.")
@click.option("--answers", type=click.IntRange(min=1), help="How many answers; for benches that make some.")
@click.option("--cases", type=click.IntRange(min=1), help="How many cases; for benches that make some.")
@click.option("--rows", type=click.IntRange(min=1), help="How many rows of a file; for benches that make one.")
@click.option("--lines", type=click.IntRange(min=1), help="How many lines an order has on average.")
def command(name: str | None, only_list: bool, as_json: bool, **sizes: int | None) -> None:
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
        asked = {size: count for size, count in sizes.items() if count is not None}
        for bench in [known[name]] if name else known.values():
            measured = bench.run(**{size: asked.get(size, usual) for size, usual in bench.sizes.items()})
            click.echo(f"{bench.name}: {bench.meaning}")
            for figure in measured:
                click.echo(f"  {f'{figure.of} {figure.name}'.strip():<30} {figure.value:>12,.1f} {figure.unit}")
            rows += [
                {
                    "bench": bench.name,
                    "of": it.of,
                    "name": it.name,
                    "value": round(it.value, 3),
                    "unit": it.unit,
                    "n": it.n,
                }
                for it in measured
            ]
        if as_json:
            first = rows[0]
            told = {"value": first["value"], "n": first["n"] or len(rows), "unit": first["unit"]}
            # Of one bench each figure has a field of its own: "delay p95" in ms is delay_p95_ms.
            fields = (
                {_field(f"{row['of']} {row['name']}", str(row["unit"])): row["value"] for row in rows} if name else {}
            )
            click.echo(json.dumps(told | fields | _by_thing(rows) | {"rows": rows}))


def _by_thing(rows: list[dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    """Of benches that measured several things: bench → thing → its figures."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in rows:
        if row["of"]:
            thing = found.setdefault(row["bench"], {}).setdefault(row["of"], {})
            thing[_field(row["name"], row["unit"])] = row["value"]
    return found


def _field(name: str, unit: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", f"{name} {unit.replace('/s', ' per s')}".lower()).strip("_")
