"""A flow of the smallest kind: due work writes a row and adds a job, which writes another. Tables are the test's."""

import time

from django.db import connection

from wayloop.kernel.due.handlers import Tick, due
from wayloop.kernel.jobs import enqueue, job


@due("model.tick")
def tick(tick: Tick) -> None:
    """One effect, without anything that would hide a second one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.01)")
        cursor.execute("INSERT INTO model_effect (number) VALUES (%s)", [tick.ids["number"]])
    enqueue("model.follow", number=int(tick.ids["number"]))


@job("model.follow")
def follow(number: int) -> None:
    """A job may run twice; this one notes each run, and its effect once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.02)")
        cursor.execute("INSERT INTO model_follow (number) VALUES (%s) ON CONFLICT DO NOTHING", [number])


@job("model.long")
def take_long(seconds: int) -> None:
    """A job as long as an import of a large file, noted when it begins."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO model_effect (number) VALUES (-1)")
    time.sleep(seconds)
