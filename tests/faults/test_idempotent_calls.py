"""A POST with a key and a form, broken at every single call and sent again: one effect, one answer. And a crowd."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.test import RequestFactory

from tests.faults.nth_call import (
    Break,
    cut,
    cut_after_commit,
    every_call,
    fail,
    killed_at,
    lose_answer,
)
from tests.faults.proxy import Proxy
from wayloop.kernel.idempotency import FORM_KEY, HEADER, FormsOnceMiddleware, idempotent


def pay(key: str) -> int:
    """The effect: a row, and the number of the rows of this key."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_cache VALUES (%s || gen_random_uuid(), '', now())", [key])
        cursor.execute("SELECT count(*) FROM kernel_cache WHERE cache_key LIKE %s", [f"{key}%"])
        (number,) = cursor.fetchone()
    return int(number)


def of_a_program(key: str) -> HttpResponse:
    guarded: Any = idempotent(lambda request: "key 7")(
        lambda request: JsonResponse({"paid": pay(request.headers[HEADER])}, status=201)
    )
    answer: HttpResponse = guarded(RequestFactory().post("/points/", b"{}", "application/json", headers={HEADER: key}))
    return answer


def of_a_person(key: str) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(f"/paid/{pay(key)}/")

    request = RequestFactory().post("/new/", {FORM_KEY: key.rjust(32, "0")})
    request.user = SimpleNamespace(pk=1, is_authenticated=True)  # type: ignore[assignment]
    return FormsOnceMiddleware(view).process_view(request, view, [], {}) or view(request)


def told(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("Location", "") or answer.content.decode()


def effects() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT substr(cache_key, 1, 8), count(*) FROM kernel_cache GROUP BY 1")
        return Counter(dict(cursor.fetchall()))


FLOWS = {"a program": (of_a_program, (201, '{"paid": 1}')), "a person": (of_a_person, (302, "/paid/1/"))}


@pytest.mark.parametrize("who", FLOWS)
def test_sent_again_after_any_break_there_is_one_effect_and_one_answer(proxy: Proxy, who: str) -> None:
    send, once = FLOWS[who]
    breaks: list[tuple[str, Break]] = [
        ("statement fails", fail()),
        ("cut at the statement", cut(proxy)),
        ("answer lost", lose_answer(proxy)),
        ("cut after COMMIT", cut_after_commit(proxy)),
    ]
    keys, points = [], []
    for name, breaking in breaks:
        for point in every_call(breaking):
            keys.append(f"{len(keys):08d}")
            with point:
                send(keys[-1])
            connection.close()
            # Twice: whoever does not trust the answer asks again.
            assert [told(send(keys[-1])) for _ in range(2)] == [once, once], (name, point.number)
        points.append(point.number - 1)
    number, was_killed = 0, True
    while was_killed:
        number += 1
        keys.append(f"{len(keys):08d}")
        was_killed = killed_at(number, lambda key=keys[-1]: told(send(key)))  # type: ignore[misc]
        assert told(send(keys[-1])) == once, f"kill -9 {number}"
    assert effects() == Counter(dict.fromkeys(keys, 1))
    assert (min(points[:3]) > 3, points[3], number > 3) == (True, 1, True)
    print(f"\n  a POST of {who}: {sum(points) + number - 1} points, each one effect and one answer", end="")


@pytest.mark.faults
def test_ten_thousand_repeats_have_no_second_effect(committed: None) -> None:
    keys, crowd, begun = 500, 8, time.monotonic()
    names = [f"{number:08d}" for number in range(keys)]

    def send_all(_: int) -> list[tuple[int, str]]:
        try:
            return [told(of_a_program(key)) for key in names]
        finally:
            connection.close()

    with ThreadPoolExecutor(crowd) as pool:
        answers = [one for some in pool.map(send_all, range(20)) for one in some]
    statuses = Counter(status for status, _ in answers)
    assert {text for status, text in answers if status == 201} == {'{"paid": 1}'}
    assert (set(statuses) <= {201, 409}, effects()) == (True, Counter(dict.fromkeys(names, 1)))
    print(
        f"\n  {len(answers):,} posts of {keys} keys by {crowd} at once: {effects().total()} effects, 0 double, "
        f"{dict(statuses)}, {time.monotonic() - begun:.0f} s",
        end="",
    )
