"""The n-th-call loop: a flow is broken at its first call of the database, then at its second, its third … until it runs
through untouched; after each break it is taken up again, and what must be true is looked at. No chance is involved.

    for point in every_call(cut(proxy)):
        with point:
            flow()
        recover()
        assert …

The loop ends by itself after the first run in which nothing was left to break.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from tests.faults.proxy import Armed, Mode, Proxy

LIMIT = 500  # a flow of more calls than this is no flow but a batch
Break = Callable[[int], AbstractContextManager["Outcome"]]


class Outcome:
    """Whether the break happened."""

    def __init__(self) -> None:
        self.has_fired = False


class Point:
    """One run of the flow, broken at its n-th call. What the break makes the flow raise is swallowed."""

    def __init__(self, number: int, breaking: Break) -> None:
        self.number = number
        self.has_fired = False
        self._manager = breaking(number)
        self._outcome = Outcome()

    def __enter__(self) -> "Point":
        self._outcome = self._manager.__enter__()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        self._manager.__exit__(None, None, None)
        self.has_fired = self._outcome.has_fired
        return self.has_fired and isinstance(error, DatabaseError | InterfaceError)


def every_call(breaking: Break) -> Iterator[Point]:
    """The runs, one per call, and a last one that stays untouched."""
    for number in count(1):
        assert number <= LIMIT, "the flow never ran through"
        point = Point(number, breaking)
        yield point
        if not point.has_fired:
            return


def fail() -> Break:
    """The n-th statement of Django's connection raises, without reaching the server; BEGIN and COMMIT do not count."""

    @contextmanager
    def breaking(number: int) -> Iterator[Outcome]:
        outcome, calls = Outcome(), count(1)

        def wrap(execute: Any, *arguments: Any) -> Any:
            if next(calls) == number:
                outcome.has_fired = True
                raise OperationalError("broken on purpose")
            return execute(*arguments)

        with connection.execute_wrapper(wrap):
            yield outcome

    return breaking


def cut(proxy: Proxy) -> Break:
    """The connection is cut at the n-th statement on the wire, BEGIN and COMMIT counted."""
    return _through(proxy, lambda number: proxy.arm(at_statement=number))


def lose_answer(proxy: Proxy) -> Break:
    """The n-th statement is done by the server, and the connection is cut before anybody knows."""
    return _through(proxy, lambda number: proxy.arm(answer_of=number))


def cut_after_commit(proxy: Proxy) -> Break:
    """The connection is cut after the n-th COMMIT was done and before anybody knows."""
    return _through(proxy, lambda number: proxy.arm(after_commit=number))


def _through(proxy: Proxy, arm: Callable[[int], Armed]) -> Break:
    @contextmanager
    def breaking(number: int) -> Iterator[Outcome]:
        outcome = Outcome()
        with by_way_of(proxy):
            armed = arm(number)
            try:
                yield outcome
            finally:
                outcome.has_fired = armed.has_fired
                proxy.arm()

    return breaking


@contextmanager
def proxy_to_database() -> Iterator[Proxy]:
    """A proxy in front of the database of this test run, which passes everything on until it is told otherwise."""
    settings = connection.settings_dict
    host, port = str(settings["HOST"] or "127.0.0.1"), int(settings["PORT"] or 5432)
    proxy = Proxy(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port))
    try:
        yield proxy
    finally:
        proxy.mode = Mode.PASS
        proxy.close()


@contextmanager
def by_way_of(proxy: Proxy) -> Iterator[None]:
    """Django's connection goes through the proxy inside the block."""
    connection.close()
    before = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    connection.settings_dict.update(HOST="127.0.0.1", PORT=str(proxy.port))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def killed_at(number: int, flow: Callable[[], None]) -> bool:
    """Runs the flow in a process of its own that is killed with -9 at its n-th statement; answers whether it was."""
    connection.close()
    child = os.fork()
    if child == 0:
        calls = count(1)

        def wrap(execute: Any, *arguments: Any) -> Any:
            if next(calls) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*arguments)

        try:
            with connection.execute_wrapper(wrap):
                flow()
            connection.close()
        except BaseException:
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the flow failed by itself"
    return os.WIFSIGNALED(status)
