"""The bench of surveys: answers taken per second, and how long each waits, by as many processes as there are cores.

Each process is set up as a web worker and takes whole responses, question after question, through the real view with
all that stands before and behind it, as the page's script sends them; every guest has an address of their own. The
server of HTTP itself is left out. Machines differ: what the same processes can do at most, one bare row for each
request, is measured beside it.
"""

import multiprocessing
import os
import queue
import random
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections, connection

from wayloop.contracts.benches import Bench, Measured
from wayloop.operations.bench_homes import BenchHome, answer, count, peak, quantile
from wayloop.operations.errors import OperationError

RESPONSES = 400
LANGUAGES = ("en", "ru", "uk")
ASKED = {
    "REQUEST_METHOD": "POST",
    "SERVER_NAME": "localhost",
    "SERVER_PORT": "80",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.url_scheme": "http",
    "CONTENT_TYPE": "application/x-www-form-urlencoded;charset=UTF-8",
    "HTTP_ACCEPT_LANGUAGE": "en",
    "HTTP_X_SURVEY_SCRIPT": "1",
}
ROW = "INSERT INTO bench_row (told) VALUES (%s)"
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
        Measured("bare rows", told["bare"], "rows/s"),
        Measured("share of bare rows", told["accepted"] / told["seconds"] / told["bare"], ""),
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
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, told text NOT NULL)")
    number = int(settings.HOME.path.name.rpartition("-")[2])
    # Each process has connections of its own: two that spoke by one would wait for each other for ever.
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    processes = max(2, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2)
    alone = _run(_guests, link, 1, max(number // 8, 5))
    bare = _run(_rows, link, processes, number)
    together = _run(_guests, link, processes, number)
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
            "bare": len(bare["times"]) / bare["seconds"],
            "peak": peak(),
        }
    )


def _run(what: Callable[..., None], link: str, processes: int, responses: int) -> dict[str, Any]:
    """So many guests, shared among processes that begin together."""
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(processes + 1, timeout=PATIENCE)
    told: Any = context.Queue()
    share = -(-responses // processes)
    children = [
        context.Process(target=what, args=(link, place, processes, share, ready, told)) for place in range(processes)
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
    post = poster()
    rng = random.Random(f"{place} {processes} {time.time_ns()}")  # noqa: S311 – invents, guards nothing
    for _guest in range(WARM_UP):
        answer_all(post, link, rng)
    ready.wait()
    times: list[float] = []
    refused = 0
    for _guest in range(share):
        mine, wrong = answer_all(post, link, rng)
        times += mine
        refused += wrong
    told.put({"times": times, "refused": refused})
    connection.close()


def _rows(_link: str, _place: int, _processes: int, share: int, ready: Any, told: Any) -> None:
    """One row after another, each a transaction: what the database and its driver could do at most."""
    with connection.cursor() as cursor:
        cursor.execute(ROW, ["warm"])
        ready.wait()
        times = []
        for _row in range(5 * share):
            begun = time.perf_counter()
            cursor.execute(ROW, ["good coffee"])
            times.append((time.perf_counter() - begun) * 1000)
    told.put({"times": times, "refused": 0})
    connection.close()


def poster(*, connects: bool = True) -> Callable[[str, dict[str, Any], str], int]:
    """What posts a form to a path from an address, as it reaches Django; it answers the status.

    `connects`: whether each request takes its connection from the pool and gives it back, as those of a server do.
    """
    handler = BaseHandler()
    handler.load_middleware()

    def post(path: str, sent: dict[str, Any], address: str) -> int:
        body = urlencode(sent).encode()
        environ = ASKED | {
            "PATH_INFO": path,
            "REMOTE_ADDR": address,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        if connects:
            close_old_connections()
        answer = handler.get_response(WSGIRequest(environ))
        if connects:
            close_old_connections()
        return int(answer.status_code)

    return post


def answer_all(
    post: Callable[[str, dict[str, Any], str], int], link: str, rng: random.Random
) -> tuple[list[float], int]:
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
        if post(f"/s/{link}/", sent, address) != 200:
            return times, 1
        times.append((time.perf_counter() - begun) * 1000)
    return times, 0
