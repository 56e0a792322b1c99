"""The bench of results: how long the page of a survey's results takes with every combination of filters, and the
scorecard with forty goals, over many answers.

The pages are the real views in a process set up as a web worker is. The first request of each is told apart: a process
that has just begun reads the sets it will remember.
"""

import random
import time
from itertools import combinations
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from wayloop.contracts.benches import Bench, Measured
from wayloop.operations.bench_homes import BenchHome, answer, count, peak, quantile
from wayloop.operations.errors import OperationError

ANSWERS = 20_000
# How many orders lie behind the numbers of the scorecard.
REQUESTS = 3
GOALS = 40


def results(answers: int = ANSWERS) -> list[Measured]:
    """The p95 of the results page first, then of the scorecard, of each page alone, and what was counted."""
    if answers < 1000:
        raise OperationError("bench results needs at least a thousand answers.")
    told, size = BenchHome("results", __name__, answers).run()
    return [
        Measured("p95", told["results"]["p95"], "ms", told["results"]["n"], of="results"),
        Measured("p50", told["results"]["p50"], "ms", told["results"]["n"], of="results"),
        Measured("worst", told["results"]["worst"], "ms", of="results"),
        Measured("filters tried", told["results"]["filters"], "", of="results"),
        Measured("first request of a process", told["first"], "ms", of="results"),
        Measured("p95", told["scorecard"]["p95"], "ms", told["scorecard"]["n"], of="scorecard"),
        Measured("p50", told["scorecard"]["p50"], "ms", told["scorecard"]["n"], of="scorecard"),
        Measured("goals", told["goals"], "", of="scorecard"),
        *(Measured("p95", value, "ms", of=page) for page, value in told["pages"].items()),
        *(Measured(name, value, "") for name, value in size.items()),
        Measured("peak", told["peak"], "MB"),
    ]


BENCH = Bench("results", "server time of results of a survey and of the scorecard", results, {"answers": ANSWERS})


def fill(answers: int) -> None:
    """A step in its own process: makes the data; tells how many there are."""
    # slow import: the data are made once
    from wayloop.operations.results_data import build

    build(answers)
    tables = {"answers": "surveys_answer", "responses": "surveys_response", "blocks": "surveys_tallyblock"}
    tables |= {"invitations": "surveys_invitation", "goals": "metrics_goal"}
    answer({name: count(table) for name, table in tables.items()})


def measure() -> None:
    """A step in its own process, a web worker: asks for each page, tells the times."""
    # slow import: nobody else in the program asks its own pages
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get())
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuid FROM surveys_survey ORDER BY id LIMIT 1")
        (uuid,) = cursor.fetchone()
    page = reverse("survey_desk:results", args=[uuid])

    def timed(address: str) -> float:
        begun = time.perf_counter()
        found = client.get(address)
        if found.status_code != 200:
            raise OperationError(f"{address} answered {found.status_code}")
        return (time.perf_counter() - begun) * 1000

    first = timed(page)
    addresses = [f"{page}?{urlencode(one, doseq=True)}" for one in _filters()]
    times = [timed(address) for _round in range(REQUESTS) for address in addresses]
    scorecard = reverse("metrics:goals")
    timed(scorecard)
    goals = [timed(scorecard) for _round in range(20)]
    others = {
        name: quantile([timed(address) for _round in range(10)], 95)
        for name, address in {
            "answers": reverse("survey_desk:answers", args=[uuid]),
            "drivers": reverse("survey_desk:drivers", args=[uuid]),
            "list": reverse("survey_desk:list"),
        }.items()
    }
    answer(
        {
            "results": {
                "p50": quantile(times, 50),
                "p95": quantile(times, 95),
                "worst": max(times),
                "n": len(times),
                "filters": len(addresses),
            },
            "first": first,
            "scorecard": {"p50": quantile(goals, 50), "p95": quantile(goals, 95), "n": len(goals)},
            "goals": count("metrics_goal"),
            "pages": others,
            "peak": peak(),
        }
    )


def _filters() -> list[dict[str, str | list[str]]]:
    """Every choice of fields, each with a value that some of the answers have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM business_location")
        (place,) = cursor.fetchone()
        cursor.execute("SELECT min(id) FROM customers_savedview")
        (people,) = cursor.fetchone()
    fields: dict[str, str | list[str]] = {
        "location": str(place),
        "channel": "qr",
        "language": "uk",
        "version": "1",
        "answer": ["q1:good", "q2:o1"],
    }
    if people:
        fields["who"] = f"views:{people}"
    found: list[dict[str, str | list[str]]] = []
    for size in range(len(fields) + 1):
        for names in combinations(fields, size):
            found.extend(
                {"period": period, **{name: fields[name] for name in names}} for period in ("30d", "12m", "all")
            )
    random.Random(1).shuffle(found)  # noqa: S311 – an order, no secret
    return found
