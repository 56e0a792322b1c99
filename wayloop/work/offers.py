"""What the work offers: kinds of events, what it holds, a question for the doctor, a gauge."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext_lazy

from wayloop.contracts.business import MoneyKeeper
from wayloop.contracts.doctor import Check, Finding, broken, good
from wayloop.contracts.gauges import Gauge, Sample
from wayloop.contracts.identity import HandleKeeper, Held
from wayloop.contracts.ledger import EventKind
from wayloop.kernel import clock
from wayloop.kernel.registry import offer
from wayloop.work.kinds import KINDS
from wayloop.work.models import Case, Playbook

HELD = """
SELECT handle FROM work_case WHERE handle = ANY (%(handles)s)
UNION SELECT handle FROM work_task WHERE handle = ANY (%(handles)s)
"""
APART = """
SELECT count(*) FROM work_case c WHERE c.closed_at IS NULL AND c.removed_at IS NULL AND c.handle IS NOT NULL
AND (c.deadline_at IS NOT NULL AND c.deadline_at < %(before)s AND c.overdue_told IS DISTINCT FROM c.deadline_at)
"""


class WorkKeeper:
    """Whoever has a case or a task stays, whatever import is undone."""

    def held(self, handles: Sequence[int], *, batch: str) -> Held:
        with connection.cursor() as cursor:
            cursor.execute(HELD, {"handles": list(handles)})
            return Held(frozenset(handle for (handle,) in cursor.fetchall()), frozenset())


class Compensations:
    """Limits of playbooks and what was given count in the business's currency."""

    def keeps_money(self) -> bool:
        return Playbook.objects.filter(limit__isnull=False).exists() or Case.objects.filter(given__gt=0).exists()


def deadlines_are_told() -> Finding:
    """Whether each deadline that passed was told."""
    with connection.cursor() as cursor:
        cursor.execute(APART, {"before": clock.now() - timedelta(minutes=10)})
        (number,) = cursor.fetchone()
    if number:
        return broken(f"{number} cases are overdue and nobody was told: is the worker running?")
    return good("every deadline that passed was told")


def read_open_cases() -> Iterable[Sample]:
    """Open cases by whether they are overdue."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE deadline_at < %s), count(*) FROM work_case "
            "WHERE closed_at IS NULL AND removed_at IS NULL",
            [clock.now()],
        )
        late, number = cursor.fetchone()
    yield Sample(late, {"overdue": "yes"})
    yield Sample(number - late, {"overdue": "no"})


for kind in KINDS:
    offer(EventKind, kind)
offer(HandleKeeper, WorkKeeper())  # type: ignore[type-abstract]
offer(MoneyKeeper, Compensations())  # type: ignore[type-abstract]
offer(
    Check,
    Check(
        "deadlines",
        deadlines_are_told,
        gettext_lazy("Overdue cases are told"),
        gettext_lazy("The worker tells who has a case when its deadline is over. Look whether it runs."),
    ),
)
offer(Gauge, Gauge("wayloop_open_cases", "Cases that are open, by whether they are overdue.", read_open_cases))
