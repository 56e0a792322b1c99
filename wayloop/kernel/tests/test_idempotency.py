"""One effect and one answer, however often and at whatever time the same request comes."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.test import RequestFactory

from wayloop.kernel import clock
from wayloop.kernel.idempotency import FORM_KEY, HEADER, KEPT, REPLAYED, FormsOnceMiddleware, idempotent

View = Callable[[HttpRequest], HttpResponse]


def effect(request: HttpRequest) -> HttpResponse:
    """One row, and an answer that tells its number."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_cache VALUES (gen_random_uuid()::text, '', now())")
        cursor.execute("SELECT nextval('kernel_position')")
        (number,) = cursor.fetchone()
    return JsonResponse({"number": number}, status=201, headers={"X-Made": "yes"})


def effects() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM kernel_cache")
        (count,) = cursor.fetchone()
    assert isinstance(count, int)
    return count


def post(view: View, key: str | None = "k-1", body: str = '{"a": 1}', path: str = "/points/") -> HttpResponse:
    headers = {HEADER: key} if key is not None else {}
    return view(RequestFactory().post(path, body, content_type="application/json", headers=headers))


def guarded(view: View = effect, who: str = "key 7", **options: Any) -> View:
    guard: Any = idempotent(lambda request: who, **options)
    found: View = guard(view)
    return found


@pytest.mark.django_db
def test_the_second_request_gets_the_answer_of_the_first() -> None:
    view = guarded()
    first, second = post(view), post(view)
    assert (first.status_code, second.status_code, effects()) == (201, 201, 1)
    assert first.content == second.content
    assert (REPLAYED in first.headers, second.headers[REPLAYED], second.headers["X-Made"]) == (False, "true", "yes")
    assert second.headers["Content-Type"] == "application/json"


@pytest.mark.django_db
def test_another_content_with_the_same_key_is_refused() -> None:
    view = guarded()
    post(view)
    others = [post(view, body='{"a": 2}'), post(view, path="/points/?x=1")]
    assert ([one.status_code for one in others], effects()) == ([422, 422], 1)


@pytest.mark.django_db
def test_another_key_and_another_caller_are_other_requests() -> None:
    answers = [post(guarded()), post(guarded(), key="k-2"), post(guarded(who="key 8"))]
    assert ([one.status_code for one in answers], effects()) == ([201] * 3, 3)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "ключ", "x" * 256, "a\x00b"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    assert (post(guarded(), key=key).status_code, effects()) == (400, 0)


@pytest.mark.django_db
def test_without_a_key_the_view_runs_only_where_that_is_allowed() -> None:
    assert (post(guarded(), key=None).status_code, effects()) == (400, 0)
    free = guarded(required=False)
    assert ([post(free, key=None).status_code for _ in range(2)], effects()) == ([201, 201], 2)


@pytest.mark.django_db
def test_a_refused_request_is_remembered_too() -> None:
    view = guarded(lambda request: JsonResponse({"error": "points"}, status=409))
    assert [(one.status_code, one.headers.get(REPLAYED)) for one in (post(view), post(view))] == [
        (409, None),
        (409, "true"),
    ]


@pytest.mark.django_db
def test_a_failure_undoes_the_effect_and_may_be_tried_again() -> None:
    def breaks(request: HttpRequest) -> HttpResponse:
        effect(request)
        raise RuntimeError("half-way")

    def fails(request: HttpRequest) -> HttpResponse:
        effect(request)
        return HttpResponse(status=503)

    with pytest.raises(RuntimeError):
        post(guarded(breaks))
    assert effects() == 0
    assert (post(guarded(fails)).status_code, effects()) == (503, 0)
    assert (post(guarded()).status_code, effects()) == (201, 1)


@pytest.mark.django_db
def test_an_answer_is_forgotten_after_its_time() -> None:
    view = guarded()
    post(view)
    with clock.standing_at(clock.now() + KEPT - timedelta(minutes=1)):
        assert post(view).headers[REPLAYED] == "true"
    with clock.standing_at(clock.now() + KEPT + timedelta(minutes=1)):
        assert (REPLAYED in post(view).headers, effects()) == (False, 2)
        post(view, key="k-3")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kernel_idempotency WHERE expires_at <= %s", [clock.now()])
            assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_cookies_are_not_kept() -> None:
    def sets(request: HttpRequest) -> HttpResponse:
        response = effect(request)
        response.headers["Set-Cookie"] = "session=canary"
        return response

    post(guarded(sets))
    assert "Set-Cookie" not in post(guarded(sets)).headers


@pytest.mark.django_db
def test_a_stream_cannot_be_repeated() -> None:
    view: Any = guarded(lambda request: StreamingHttpResponse(iter([b"a"])))  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="stream"):
        post(view)


def test_the_twin_of_a_running_request_is_told_to_wait(committed: None) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(request: HttpRequest) -> HttpResponse:
        response = effect(request)
        inside.set()
        assert go_on.wait(10)
        return response

    def first() -> HttpResponse:
        try:
            return post(guarded(slow))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert inside.wait(10)
        twin = post(guarded())
        other = post(guarded(), key="k-other")
        go_on.set()
        done = running.result(10)
    after = post(guarded())
    assert (twin.status_code, twin.headers["Retry-After"], other.status_code, done.status_code) == (409, "1", 201, 201)
    assert (after.content, after.headers[REPLAYED], effects()) == (done.content, "true", 2)


def test_a_crowd_with_one_key_makes_one_effect(committed: None, capsys: pytest.CaptureFixture[str]) -> None:
    keys, crowd = 40, 8

    def send(number: int) -> tuple[int, bytes]:
        try:
            answer = post(guarded(), key=f"k-{number % keys}")
            return answer.status_code, answer.content if answer.status_code == 201 else b""
        finally:
            connection.close()

    with ThreadPoolExecutor(crowd) as pool:
        answers = list(pool.map(send, [number for number in range(keys) for _ in range(crowd)]))
    statuses = Counter(status for status, _ in answers)
    assert set(statuses) <= {201, 409}
    assert (effects(), len({content for _, content in answers if content})) == (keys, keys)
    with capsys.disabled():
        print(f"\nidempotency: {len(answers)} posts of {keys} keys, {effects()} effects, {dict(statuses)}")  # noqa: T201


read: list[bytes] = []


def form_view(request: HttpRequest) -> HttpResponse:
    """Makes a row and leads to it; refuses a form without a name."""
    if not request.POST.get("name"):
        return HttpResponse("a name, please", status=422)
    effect(request)
    read.extend(file.read() for file in request.FILES.values())
    return HttpResponseRedirect(f"/made/{effects()}/")


def submit(key: str, name: str = "Anna", member: int | None = 1, **more: Any) -> tuple[int, str]:
    request = RequestFactory().post("/new/", {FORM_KEY: key, "name": name, "csrfmiddlewaretoken": uuid4().hex, **more})
    request.user = SimpleNamespace(pk=member, is_authenticated=member is not None)  # type: ignore[assignment]
    middleware = FormsOnceMiddleware(form_view)
    answer = middleware.process_view(request, form_view, [], {}) or form_view(request)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.django_db
def test_a_form_sent_twice_leads_where_it_led_first() -> None:
    key = uuid4().hex
    assert [submit(key), submit(key), submit(uuid4().hex)] == [(302, "/made/1/"), (302, "/made/1/"), (302, "/made/2/")]


@pytest.mark.django_db
def test_a_form_that_was_refused_may_be_put_right_and_another_content_is_another_form() -> None:
    key = uuid4().hex
    told = [submit(key, ""), submit(key, ""), submit(key, "Anna"), submit(key, "Anna"), submit(key, "Ірина")]
    assert [status for status, _ in told] == [422, 422, 302, 302, 302]
    assert [to for _, to in told[2:]] == ["/made/1/", "/made/1/", "/made/2/"]


@pytest.mark.django_db
def test_a_file_that_was_put_right_is_another_content_though_name_and_size_are_the_same() -> None:
    key = uuid4().hex
    files = [SimpleUploadedFile("prices.csv", content) for content in (b"tea;2", b"tea;2", b"tea;3")]
    assert [submit(key, file=file)[1] for file in files] == ["/made/1/", "/made/1/", "/made/2/"]
    assert read == [b"tea;2", b"tea;3"]


@pytest.mark.django_db
def test_the_key_of_one_member_says_nothing_to_another_and_a_wrong_or_missing_one_changes_nothing() -> None:
    key = uuid4().hex
    wrong = [submit("", "a"), submit("", "a"), submit("x" * 32, "a"), submit(key, "a", None), submit(key, "a", None)]
    assert [to for _, to in wrong] == [f"/made/{number}/" for number in range(1, 6)]
    assert [submit(key)[1], submit(key, member=2)[1], submit(key)[1]] == ["/made/6/", "/made/7/", "/made/6/"]


def test_a_button_pressed_by_a_nervous_finger_makes_one_effect(committed: None) -> None:
    key = uuid4().hex

    def press(_: int) -> tuple[int, str]:
        try:
            return submit(key)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(press, range(6)))
    assert (answers, effects()) == ([(302, "/made/1/")] * 6, 1)
