"""`wayloop metrics NAME`: one number and what is behind it, for people or for scripts."""

import json
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from wayloop.config.environment import read_environment
from wayloop.operations.database import database
from wayloop.operations.errors import OperationError
from wayloop.operations.home import Home

if TYPE_CHECKING:
    from wayloop.metrics.api import Answer, Metric, Reading

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("metrics")
@click.argument("name", required=False)
@click.option("--where", "where", multiple=True, help="Only rows with FIELD=VALUE; nothing after = is “not stated”.")
@click.option("--by", "by", default="", help="One row for each location, channel, product, category, month…")
@click.option("--from", "start", type=DAY, help="First day, in the business's zone.")
@click.option("--to", "end", type=DAY, help="First day that no longer counts.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on the last line.")
def command(
    name: str | None, where: tuple[str, ...], by: str, start: datetime | None, end: datetime | None, as_json: bool
) -> None:
    """Print the metric NAME, with what it stands on. Without a name: which metrics there are."""
    environment = read_environment()
    with database(Home(environment.home), environment.database_url):
        # slow import: Django is ready only inside the block
        from wayloop.customers import api as customers
        from wayloop.metrics import api as metrics

        if name is None:
            _list(metrics.METRICS, as_json)
            return
        if name not in metrics.BY_NAME:
            raise OperationError(f"there is no metric {name!r}. Known: {', '.join(metrics.BY_NAME)}.")
        try:
            question = metrics.question_of(
                metric=metrics.BY_NAME[name], where=where, by=by, first=_day(start), end=_day(end),
                traits=customers.every_trait_cut(),
            )  # fmt: skip
        except metrics.QuestionRefused as refused:
            raise OperationError(str(refused)) from refused
        (answer,) = metrics.read([name], question)
        rows = metrics.with_labels(question, answer.rows)
        if as_json:
            print(json.dumps(metrics.as_json(answer, rows, question), ensure_ascii=False))
        else:
            _print(answer, rows)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _list(metrics: "tuple[Metric, ...]", as_json: bool) -> None:
    if as_json:
        rows = [
            {"name": one.name, "version": one.version, "label": str(one.label), "kind": one.kind} for one in metrics
        ]
        print(json.dumps({"value": len(rows), "n": len(rows), "unit": "metrics", "interval": None, "rows": rows}))
        return
    width = max(len(one.name) for one in metrics)
    for one in metrics:
        print(f"{one.name.ljust(width)}  {one.definition}")


def _print(answer: "Answer", rows: "tuple[Reading, ...]") -> None:
    whole = answer.whole
    print(f"{whole.metric.label}: {_line(whole)}")
    print(whole.metric.definition)
    for reason, number in whole.left_out.items():
        print(f"Left out, {reason.replace('_', ' ')}: {number}")
    width = max((len(row.label) for row in rows), default=0)
    for row in rows:
        print(f"  {row.label.ljust(width)}  {_line(row)}")
    if not rows:
        for cohort in answer.cohorts:
            print(f"  {cohort.key}  {' '.join(map(str, cohort.active))}")


def _line(reading: "Reading") -> str:
    # slow import: Django is ready only inside the block
    from wayloop.metrics.api import reading_as_json

    told = reading_as_json(reading)
    value = "–" if told["value"] is None else told["value"]
    between = f", {told['interval'][0]} … {told['interval'][1]}" if told["interval"] else ""
    beside = "".join(f", {name} {told[name]}" for name in ("mean", "median") if name in told)
    return f"{value} {reading.unit}{between}{beside} (n = {reading.n})"
