"""The bench of pages at a size that takes seconds: its data are complete, and every page answers."""

import json

import pytest
from django.db import connection

from wayloop.operations import pages_bench, pages_data


def test_every_page_is_measured_over_exactly_the_data_that_were_asked_for(
    committed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pages_data, "MONTHS", 3)
    monkeypatch.setattr(pages_bench, "REQUESTS", 2)
    try:
        pages_bench.fill(300, 4_000)
        sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
        pages_bench.measure()
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
    finally:
        # Settings of the session and what it knows of the pages' database go with it.
        connection.close()
    assert sizes == {"customers": 300, "events": 4_000}
    pages = {"list", "filtered list", "list by name deep page", "card", "older timeline", "counter"}
    assert pages <= told["pages"].keys()
    kinds = ("phone", "misspelt name", "Latin spelling")
    assert {f"{place} by {kind}" for place in ("search", "palette") for kind in kinds} <= told["pages"].keys()
    assert [0 < times["p50"] <= times["p95"] for times in told["pages"].values()] == [True] * len(told["pages"])
    assert (told["requests"], told["peak"] > 10) == (2, True)
