"""`wayloop bench`: how figures are told, and what cannot be asked for."""

import pytest
from click.testing import CliRunner

from wayloop.config.commands import bench as command


def test_figures_of_several_things_stand_under_the_name_of_the_bench() -> None:
    figures = [("", "p95", 9.0), ("card", "p50", 4.0), ("card", "p95", 9.0)]
    rows = [
        {"bench": "pages", "of": thing, "name": name, "unit": "ms", "value": value} for thing, name, value in figures
    ]
    assert command._by_thing(rows) == {"pages": {"card": {"p50_ms": 4.0, "p95_ms": 9.0}}}


@pytest.mark.parametrize("option", ["--customers", "--events"])
def test_no_customers_and_no_events_are_refused_in_one_line(option: str) -> None:
    told = CliRunner().invoke(command.command, ["pages", option, "0"])
    assert (told.exit_code, "Invalid value" in told.output) == (2, True)
