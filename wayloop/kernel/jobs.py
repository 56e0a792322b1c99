"""Jobs: work that runs in the worker, by name, with ids as arguments only.

A context names its jobs in `enums.py`, binds a name to a service in `tasks.py`, and enqueues by name inside its own
transaction: when that rolls back, the job never existed. A job may run twice; every service behind one is written so.
"""

from collections.abc import Callable
from typing import TypeVar

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

F = TypeVar("F", bound=Callable[..., None])
RETRIES = RetryStrategy(max_attempts=8, exponential_wait=2)


def job(name: str) -> Callable[[F], F]:
    """Binds `name` to a function of integer ids. A run that fails is tried again, at growing distance, eight times."""

    def bind(function: F) -> F:
        app.task(name=name, retry=RETRIES)(function)
        return function

    return bind


def enqueue(name: str, *, lock: str | None = None, **ids: int) -> None:
    """Adds one job to the queue, in the caller's transaction.

    `lock`: jobs with the same lock run one after the other.
    """
    app.configure_task(name, lock=lock).defer(**ids)
