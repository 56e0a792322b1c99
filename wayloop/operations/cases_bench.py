"""The bench of cases: how long the board, the list with its filters, a case, its history, what goes wrong and tasks
take over many cases.

The pages are the real views in a process set up as a web worker is.
"""

import random
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from wayloop.contracts.benches import Bench, Measured
from wayloop.operations.bench_homes import BenchHome, answer, count, peak, quantile
from wayloop.operations.errors import OperationError

CASES = 20_000
REQUESTS = 20
OF_OTHERS = 4


def cases(cases: int = CASES) -> list[Measured]:
    """The worst p95 of all pages first, then p50 and p95 of each, and what was counted."""
    if cases < 1000:
        raise OperationError("bench cases needs at least a thousand cases.")
    told, size = BenchHome("cases", __name__, cases).run()
    figures = [
        Measured(name, one[name], "ms", one["n"], of=page)
        for page, one in told["pages"].items()
        for name in ("p50", "p95")
    ]
    worst = max((one for one in figures if one.name == "p95"), key=lambda one: one.value)
    return [
        worst,
        *figures,
        *(Measured(name, value, "") for name, value in size.items()),
        Measured("peak", told["peak"], "MB"),
    ]


BENCH = Bench("cases", "server time of the board, the list and the page of cases", cases, {"cases": CASES})


def fill(cases: int) -> None:
    """A step in its own process: makes the data; tells how many there are."""
    # slow import: the data are made once
    from wayloop.operations.cases_data import build

    build(cases)
    tables = {"cases": "work_case", "entries": "work_caseentry", "tasks": "work_task"}
    answer({name: count(table) for name, table in tables.items()})


def measure() -> None:
    """A step in its own process, a web worker: asks for each page, tells the times."""
    # slow import: nobody else in the program asks its own pages
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get())
    times: dict[str, list[float]] = {}

    def ask(page: str, address: str) -> str:
        begun = time.perf_counter()
        found = client.get(address)
        times.setdefault(page, []).append((time.perf_counter() - begun) * 1000)
        if found.status_code != 200:
            raise OperationError(f"{address} answered {found.status_code}")
        return found.content.decode()

    board, dice = reverse("work:board"), random.Random(3)  # noqa: S311 – which ones are asked for
    uuids = _drawn(dice)
    for number in range(REQUESTS):
        ask("board", board)
        ask("board filtered", f"{board}?{urlencode(_wishes(number))}")
        ask("case", reverse("work:case", args=[uuids[number]]))
    for page, address in _lists():
        for _round in range(OF_OTHERS):
            text = ask(page, address)
        if page in ("list open", "list closed", "list all"):
            for _page in range(OF_OTHERS):
                if following := _next(text):
                    text = ask("list deeper", reverse("work:cases") + following)
    answer(
        {
            "pages": {
                page: {"p50": quantile(mine, 50), "p95": quantile(mine, 95), "n": len(mine)}
                for page, mine in times.items()
            },
            "peak": peak(),
        }
    )


def _wishes(number: int) -> dict[str, str]:
    place, book = _first("business_location"), _first("work_playbook")
    return ({"location": str(place)}, {"playbook": str(book)}, {"mine": "1"}, {"location": str(place), "mine": "1"})[
        number % 4
    ]


def _lists() -> Iterator[tuple[str, str]]:
    """Each page with its address; every filter of the list by itself and with others."""
    listed = reverse("work:cases")
    for which in ("open", "late", "free", "closed", "all"):
        yield f"list {which}", f"{listed}?which={which}"
    place, cause, book = _first("business_location"), _first("work_cause"), _first("work_playbook")
    for name, wishes in (
        ("location", {"location": place}),
        ("cause", {"cause": cause}),
        ("cause and playbook", {"cause": cause, "playbook": book, "location": place}),
        ("severity", {"severity": "high", "mine": 1}),
        ("word", {"q": "Late"}),
        ("words", {"q": "посилка broken"}),
        ("number", {"q": "777"}),
        ("late", {"late": 1, "took": 100_000, "paid": 1}),
        ("days", {"since": "2000-01-01", "until": "2199-01-01", "solved": 1}),
    ):
        for which in ("open", "closed", "all"):
            yield f"list {which} by {name}", f"{listed}?{urlencode({'which': which} | wishes)}"
    loop = reverse("work:loop")
    for by in ("cause", "stage", "location", "playbook"):
        for period in ("30d", "12m", "all"):
            yield f"what goes wrong {period}", f"{loop}?by={by}&period={period}"
    yield "tasks", f"{reverse('work:tasks')}?whose=all"
    yield "tasks done", f"{reverse('work:tasks')}?whose=all&which=done"
    yield "home", reverse("home")


def _next(text: str) -> str:
    """The address of the next page."""
    for piece in text.split('href="')[1:]:
        address = unescape(piece.partition('"')[0])
        if "after=" in address:
            return "?" + address.partition("?")[2]
    return ""


def _first(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {table}")  # noqa: S608 – our own names
        ((number,),) = cursor.fetchall()
        return int(number)


def _drawn(dice: random.Random) -> list[str]:
    last = count("work_case")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uuid FROM work_case WHERE number = ANY (%s)", [dice.sample(range(1, last + 1), REQUESTS)]
        )
        return [str(uuid) for (uuid,) in cursor.fetchall()]
