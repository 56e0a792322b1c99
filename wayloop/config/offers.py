"""What the kernel offers the worker and the doctor. It stands below their contracts and cannot say so itself."""

from django.conf import settings
from django.db import connection

from wayloop.contracts.beside import Beside
from wayloop.contracts.doctor import Check, Finding, broken, good, notice
from wayloop.kernel.due.checks import due_health, job_health
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.registry import offer
from wayloop.operations.processes import is_locked


def _has_tables() -> bool:
    return "kernel_due" in connection.introspection.table_names()


def due_work() -> Finding:
    """Everything that was due is done, nothing was given up."""
    if not _has_tables():
        return good("none yet")
    health = due_health()
    text = f"{health.waiting} planned, {health.overdue} overdue, {health.retried} tried again, {health.parked} parked"
    if health.parked:
        names = ", ".join(health.parked_names)
        return broken(f"{text} ({names}): mend the cause (logs/worker.log), then `wayloop manage parked --retry`")
    if health.overdue and is_locked(settings.HOME.run / "up.lock"):
        return broken(f"{text} (first {health.oldest}): see logs/worker.log of the home")
    return notice(f"{text}: done as soon as `wayloop up` runs") if health.overdue else good(text)


def parked_jobs() -> Finding:
    """No job was parked because its worker died again and again, and none runs on paper only."""
    if not _has_tables():
        return good("none yet")
    health = job_health()
    text = f"{health.parked} parked, {health.orphans} without a living worker"
    if health.parked:
        names = ", ".join(health.parked_names)
        return broken(f"{text} ({names}): the worker died of them; then `wayloop manage parked --retry`")
    if health.orphans and is_locked(settings.HOME.run / "up.lock"):
        return broken(f"{text}: see logs/worker.log of the home")
    return good(text)


offer(Beside, Beside("due work", Runner().run))
offer(Check, Check("due work", due_work))
offer(Check, Check("parked jobs", parked_jobs))
