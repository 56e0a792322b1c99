"""The bench of surveys: answers taken per second, and how long each waits, by as many processes as there are cores.

Each process is set up as a web worker and takes whole responses, question after question, through the real view with
all that stands before it; every guest has an address of their own. The server of HTTP itself is left out.
"""

import multiprocessing
import os
import queue
import random
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from wayloop.contracts.benches import Bench, Measured
from wayloop.operations.bench_homes import BenchHome, answer, count, peak, quantile
from wayloop.operations.errors import OperationError

RESPONSES = 400
LANGUAGES = ("en", "ru", "uk")
SCRIPT = {"X-Survey-Script": "1"}
WARM_UP = 5
PATIENCE = 120.0  # seconds


def answers(responses: int = RESPONSES) -> list[Measured]:
    """Accepted answers per second first; then p50 and p95 of one answer, and what was written."""
    if responses < 10:
        raise OperationError("bench surveys needs at least ten responses.")
    told, size = BenchHome("surveys", __name__, responses).run()
    return [
        Measured("accepted", told["accepted"] / told["seconds"], "answers/s", told["accepted"]),
        Measured("p50", told["p50"], "ms", told["accepted"]),
        Measured("p95", told["p95"], "ms", told["accepted"]),
        Measured("refused", told["refused"], ""),
        Measured("processes", told["processes"], ""),
        Measured("of one process", told["alone"], "answers/s"),
        *(Measured(name, value, "") for name, value in size.items()),
        Measured("peak", told["peak"], "MB"),
    ]


BENCH = Bench("surveys", "answers of respondents taken per second", answers, {"responses": RESPONSES})


def fill(responses: int) -> None:
    """A step in its own process: a business with one published survey."""
    # slow import: the data are made once
    from wayloop.operations.bench_business import begin_business
    from wayloop.surveys import api as surveys

    begin_business(categories=())
    surveys.publish_ready(key="visit", languages=LANGUAGES)
    answer({"surveys": count("surveys_survey"), "responses": responses})


def measure() -> None:
    """A step in its own process: guests answer, first by one process, then by one for each core."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM surveys_survey ORDER BY id LIMIT 1")
        (link,) = cursor.fetchone()
    number = int(settings.HOME.path.name.rpartition("-")[2])
    # Each process has connections of its own: two that spoke by one would wait for each other for ever.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    processes = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
    alone = _run(link, 1, max(number // 8, 5))
    together = _run(link, processes, number)
    times = together["times"]
    if not times:
        raise OperationError("bench surveys: no answer was accepted.")
    answer(
        {
            "accepted": len(times),
            "seconds": together["seconds"],
            "p50": quantile(times, 50),
            "p95": quantile(times, 95),
            "refused": together["refused"] + alone["refused"],
            "processes": processes,
            "alone": len(alone["times"]) / alone["seconds"],
            "peak": peak(),
        }
    )


def _run(link: str, processes: int, responses: int) -> dict[str, Any]:
    """So many guests, shared among processes that begin together."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(processes + 1, timeout=PATIENCE)
    told: Any = context.Queue()
    share = -(-responses // processes)
    children = [
        context.Process(target=_guests, args=(link, place, processes, share, ready, told)) for place in range(processes)
    ]
    for child in children:
        child.start()
    ready.wait()
    begun = time.perf_counter()
    parts = [_told_by(children, told) for _child in children]
    seconds = time.perf_counter() - begun
    for child in children:
        child.join()
    return {
        "times": [one for part in parts for one in part["times"]],
        "refused": sum(part["refused"] for part in parts),
        "seconds": seconds,
    }


def _told_by(children: Sequence[Any], told: Any) -> dict[str, Any]:
    """What the next process that is done tells. Raises `OperationError` when one failed."""
    while True:
        try:
            found: dict[str, Any] = told.get(timeout=1)
        except queue.Empty:
            if any(child.exitcode for child in children):
                raise OperationError("a process of the bench ended early; what stands above says why.") from None
        else:
            return found


def _guests(link: str, place: int, processes: int, share: int, ready: Any, told: Any) -> None:
    # slow import: nobody else in the program asks its own pages
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    rng = random.Random(f"{place} {processes} {time.time_ns()}")  # noqa: S311 – invents, guards nothing
    for _guest in range(WARM_UP):
        _answer_all(client, link, rng)
    ready.wait()
    times: list[float] = []
    refused = 0
    for _guest in range(share):
        mine, wrong = _answer_all(client, link, rng)
        times += mine
        refused += wrong
    told.put({"times": times, "refused": refused})
    connection.close()


def _answer_all(client: Any, link: str, rng: random.Random) -> tuple[list[float], int]:
    """One guest: every question the way leads to; milliseconds of each answer, and how many were refused."""
    secret = f"{rng.getrandbits(88):022x}"
    address = f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    times: list[float] = []
    mark = rng.randrange(1, 6)
    # The way of this survey: what went wrong, or what was remembered, then the rest.
    way = {
        "q1": str(mark),
        **({"q2": "o1"} if mark < 4 else {"q3": "o2"}),
        "q4": "glad",
        "q5": "9",
        "q6": "good coffee",
    }
    for counter, (question, value) in enumerate(way.items(), 1):
        sent = {"secret": secret, "question": question, "a": value, "counter": counter, "lang": "en"}
        begun = time.perf_counter()
        found = client.post(f"/s/{link}/", sent, headers=SCRIPT, REMOTE_ADDR=address)
        if found.status_code != 200:
            return times, 1
        times.append((time.perf_counter() - begun) * 1000)
    return times, 0
