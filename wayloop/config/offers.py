"""What the kernel offers the worker and the doctor. It stands below their contracts and cannot say so itself."""

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.beside import Beside
from wayloop.contracts.doctor import Check, Finding, broken, good, notice
from wayloop.contracts.shell import NavItem
from wayloop.kernel.due.checks import due_health, job_health
from wayloop.kernel.due.runner import Runner
from wayloop.kernel.registry import offer
from wayloop.operations.processes import is_locked


def _has_tables() -> bool:
    return "kernel_due" in connection.introspection.table_names()


def due_work() -> Finding:
    """Everything that was due is done, nothing was given up."""
    if not _has_tables():
        return good(_("none yet"))
    health = due_health()
    text = _("%(planned)s planned, %(overdue)s overdue, %(retried)s tried again, %(parked)s parked") % {
        "planned": health.waiting,
        "overdue": health.overdue,
        "retried": health.retried,
        "parked": health.parked,
    }
    if health.parked:
        names = ", ".join(health.parked_names)
        return broken(
            _("%(text)s: mend the cause (logs/worker.log), then `wayloop manage parked --retry`")
            % {"text": f"{text} ({names})"}
        )
    if health.overdue and is_locked(settings.HOME.run / "up.lock"):
        return broken(_("%(text)s: see logs/worker.log of the home") % {"text": f"{text} ({health.oldest})"})
    return notice(_("%(text)s: done as soon as `wayloop up` runs") % {"text": text}) if health.overdue else good(text)


def parked_jobs() -> Finding:
    """No job was parked because its worker died again and again, and none runs on paper only."""
    if not _has_tables():
        return good(_("none yet"))
    health = job_health()
    text = _("%(parked)s parked, %(orphans)s without a living worker") % {
        "parked": health.parked,
        "orphans": health.orphans,
    }
    if health.parked:
        names = ", ".join(health.parked_names)
        return broken(
            _("%(text)s: the worker died of them; mend that, then `wayloop manage parked --retry`")
            % {"text": f"{text} ({names})"}
        )
    if health.orphans and is_locked(settings.HOME.run / "up.lock"):
        return broken(_("%(text)s: see logs/worker.log of the home") % {"text": text})
    return good(text)


offer(
    NavItem,
    NavItem(
        step="settings",
        section="system",
        label=gettext_lazy("API"),
        url_name="developers",
        icon="blocks",
        permission=Permission.SETTINGS_VIEW,
        order=90,
        note=gettext_lazy("What other programs can do here"),
    ),
)
offer(Beside, Beside("due work", Runner().run))
offer(Check, Check("due work", due_work))
offer(Check, Check("parked jobs", parked_jobs))
