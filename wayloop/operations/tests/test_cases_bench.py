"""The bench of cases at a size that takes seconds: its data are complete, and every page answers."""

import json

import pytest
from django.db import connection

from wayloop.operations import cases_bench


def test_every_page_of_cases_is_measured(
    committed: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cases_bench, "REQUESTS", 1)
    monkeypatch.setattr(cases_bench, "OF_OTHERS", 1)
    try:
        cases_bench.fill(1000)
        sizes = json.loads(capsys.readouterr().out.splitlines()[-1])
        cases_bench.measure()
        told = json.loads(capsys.readouterr().out.splitlines()[-1])
    finally:
        # Settings of the session go with it.
        connection.close()
    # Each was opened and has a note; all but those that are new went on.
    assert (sizes["cases"], sizes["tasks"], 2900 < sizes["entries"] < 3000) == (1000, 100, True)
    pages = told["pages"]
    assert {"board", "case", "list deeper", "list closed by late", "what goes wrong all", "tasks"} <= pages.keys()
    assert [one["p95"] > 0 for one in pages.values()] == [True] * len(pages)
