"""The figures of `/metrics`, in the text format of Prometheus, and who may read them."""

import hmac
import math
import shutil
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest

from wayloop import __version__
from wayloop.contracts.gauges import Gauge, Sample
from wayloop.kernel import clock
from wayloop.kernel.due.checks import due_health
from wayloop.kernel.registry import offers
from wayloop.kernel.stream import health as stream
from wayloop.operations import queries
from wayloop.operations.doctor import worker_is_alive
from wayloop.operations.https_check import is_loopback

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
TOKEN = "metrics-token"  # noqa: S105 - the name of a file among the secrets of the home


def may_read(request: HttpRequest) -> bool:
    """Whether the figures are for this caller.

    With the token of the home from anywhere. Without it only from this machine, and only while the installation is not
    published: behind a proxy everybody seems to come from this machine.
    """
    token = settings.HOME.read_secret(TOKEN)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return True
    is_forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"))
    own = urlsplit(settings.ENVIRONMENT.url).hostname or ""
    return not is_forwarded and is_loopback(request.META.get("REMOTE_ADDR", "")) and is_loopback(own)


def exposition() -> str:
    """All figures, ours first, then those of the contexts."""
    lines: list[str] = []
    failed = []
    for gauge in (*OWN, *offers(Gauge)):
        try:
            # A failed statement must not spoil the next figure.
            with transaction.atomic():
                samples = list(gauge.read())
        except (DatabaseError, OSError):
            failed.append(Sample(1, {"gauge": gauge.name}))
            continue
        lines += _told(gauge, samples)
    trouble = Gauge("wayloop_gauge_failed", "Figures that could not be read just now.", lambda: failed)
    return "\n".join([*lines, *_told(trouble, failed)]) + "\n"


def _told(gauge: Gauge, samples: Sequence[Sample]) -> Iterator[str]:
    yield f"# HELP {gauge.name} {_escaped(gauge.meaning)}"
    yield f"# TYPE {gauge.name} gauge"
    for sample in samples:
        labels = ",".join(f'{name}="{_escaped(value, quotes=True)}"' for name, value in sample.labels.items())
        yield f"{gauge.name}{{{labels}}} {_number(sample.value)}" if labels else f"{gauge.name} {_number(sample.value)}"


def _escaped(text: str, *, quotes: bool = False) -> str:
    text = text.replace("\\", r"\\").replace("\n", r"\n")
    return text.replace('"', r"\"") if quotes else text


def _number(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))


def _rows(question: str, *values: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return list(cursor.fetchall())


def _build() -> list[Sample]:
    return [Sample(1, {"version": __version__})]


def _worker() -> list[Sample]:
    return [Sample(1, {"process": "web"}), Sample(worker_is_alive(), {"process": "worker"})]


def _jobs() -> list[Sample]:
    found: dict[str, int] = dict(_rows("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
    states = sorted({"todo", "doing", "succeeded", "failed", *found})
    return [Sample(found.get(state, 0), {"state": state}) for state in states]


def _oldest_job() -> list[Sample]:
    ((seconds,),) = _rows(
        "SELECT coalesce(extract(epoch FROM max(now() - coalesce(j.scheduled_at, e.at))), 0) "
        "FROM procrastinate_jobs j LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events "
        "WHERE job_id = j.id) e ON true WHERE j.status = 'todo' AND coalesce(j.scheduled_at, now()) <= now()"
    )
    return [Sample(float(seconds))]


def _due() -> list[Sample]:
    health = due_health()
    figures = {
        "planned": health.waiting,
        "overdue": health.overdue,
        "retried": health.retried,
        "parked": health.parked,
    }
    return [Sample(count, {"state": state}) for state, count in figures.items()]


def _stream_lag() -> list[Sample]:
    return [
        Sample(one.behind.total_seconds(), {"listener": one.listener, "part": str(one.part)})
        for one in stream.cursors()
        if one.is_known
    ]


def _stream_parked() -> list[Sample]:
    return [Sample(stream.parked_count())]


def _horizon() -> list[Sample]:
    holder = stream.horizon_holder()
    return [Sample(holder.age.total_seconds() if holder and holder.age else 0)]


def _database_size() -> list[Sample]:
    ((size,),) = _rows("SELECT pg_database_size(current_database())")
    return [Sample(size)]


def _connections() -> list[Sample]:
    return [
        Sample(count, {"application": name})
        for name, count in _rows(
            "SELECT coalesce(nullif(application_name, ''), 'other'), count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() GROUP BY 1 ORDER BY 1"
        )
    ]


def _free_space() -> list[Sample]:
    return [Sample(shutil.disk_usage(settings.HOME.path).free)]


def _backup_age() -> list[Sample]:
    found = queries.backups() if queries.has_plan_table() else None
    if found is None or found.reached_at is None:
        return []
    return [Sample((clock.now() - found.reached_at).total_seconds())]


OWN = (
    Gauge("wayloop_build_info", "The version that runs.", _build),
    Gauge("wayloop_up", "Whether the process is at work.", _worker),
    Gauge("wayloop_jobs", "Jobs by state; finished ones are kept for three days.", _jobs),
    Gauge("wayloop_job_oldest_seconds", "How long the oldest job waits that could run.", _oldest_job),
    Gauge("wayloop_due", "Scheduled work by state; overdue is later than five minutes.", _due),
    Gauge("wayloop_stream_lag_seconds", "Age of the oldest row a listener has not digested.", _stream_lag),
    Gauge("wayloop_stream_parked_rows", "Rows of the stream that were set aside.", _stream_parked),
    Gauge("wayloop_horizon_age_seconds", "Age of the transaction that holds all listeners back.", _horizon),
    Gauge("wayloop_database_bytes", "Size of the database.", _database_size),
    Gauge("wayloop_database_connections", "Connections to the database.", _connections),
    Gauge("wayloop_backup_age_seconds", "How old the moment is that could be brought back.", _backup_age),
    Gauge("wayloop_disk_free_bytes", "Free space under the home.", _free_space),
)
