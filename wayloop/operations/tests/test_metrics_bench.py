"""The bench of numbers at a size that takes seconds: its data are complete, and every page counts them."""

import json

import pytest
from django.db import connection

from wayloop.metrics.api import METRICS
from wayloop.operations import metrics_bench


def test_every_page_of_numbers_is_measured_beside_a_plain_count(
    committed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(metrics_bench, "REQUESTS", 1)
    monkeypatch.setattr(metrics_bench, "PERIODS", ("12m",))
    try:
        metrics_bench.fill(500)
        sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
        metrics_bench.measure()
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
    finally:
        # Settings of the session go with it.
        connection.close()
    assert sizes == {"customers": 200, "orders": 500, "lines": 750}
    assert told["pages"].keys() == {"home 12m", "numbers 12m", *(f"{metric.name} 12m" for metric in METRICS)}
    assert [one["p95"] > 0 for one in told["pages"].values()] == [True] * len(told["pages"])
    assert (told["too_long"], told["plain"]["12m"] > 0) == ([], True)
