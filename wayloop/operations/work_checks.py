"""What the doctor asks of jobs and scheduled work, and of what is kept beside the database. Django must be ready."""

from django.conf import settings
from django.utils.translation import gettext as _

from wayloop.contracts.doctor import Check, Finding, broken, good, notice
from wayloop.kernel import files, secrets
from wayloop.kernel.due.checks import due_health, job_health
from wayloop.operations.processes import is_locked
from wayloop.operations.queries import has_table


def _is_up() -> bool:
    return is_locked(settings.HOME.run / "up.lock")


def jobs() -> Finding:
    """No job hangs with a dead worker, and none was given up."""
    if not has_table("kernel_stalledjob"):
        return good(_("none yet"))
    health = job_health()
    text = _("%(waiting)s waiting, %(stalled)s stalled, %(failed)s given up in the last days") % {
        "waiting": health.waiting,
        "stalled": health.orphans,
        "failed": health.failed + health.parked,
    }
    if health.parked:
        names = ", ".join(health.parked_names)
        return broken(_("%(text)s: the worker died of %(names)s") % {"text": text, "names": names})
    if health.orphans and _is_up():
        return broken(_("%(text)s: see logs/worker.log of the home") % {"text": text})
    return notice(text) if health.orphans or health.failed else good(text)


def due_work() -> Finding:
    """Everything that was due is done, nothing was given up."""
    if not has_table("kernel_due"):
        return good(_("none yet"))
    health = due_health()
    text = _("%(planned)s planned, %(overdue)s overdue, %(retried)s tried again, %(parked)s given up") % {
        "planned": health.waiting,
        "overdue": health.overdue,
        "retried": health.retried,
        "parked": health.parked,
    }
    if health.parked:
        return broken(f"{text} ({', '.join(health.parked_names)})")
    if health.overdue and _is_up():
        return broken(_("%(text)s: see logs/worker.log of the home") % {"text": f"{text} ({health.oldest})"})
    return notice(_("%(text)s: done as soon as `wayloop up` runs") % {"text": text}) if health.overdue else good(text)


def kept_files() -> Finding:
    """What the database knows of as kept lies on the disk, whole."""
    if not has_table("kernel_storedfile"):
        return good(_("none yet"))
    looked, missing = files.missing()
    if missing:
        return broken(_("missing or cut short: %(missing)s of %(count)s") % {"missing": missing, "count": looked})
    return good(_("all %(count)s there") % {"count": looked})


def sealing_keys() -> Finding:
    """Every secret in the database has its key in the home."""
    if not has_table("kernel_storedfile"):
        return good(_("none yet"))
    used = secrets.keys_in_use()
    gone = sorted(set(used) - set(secrets.key_numbers()))
    if gone:
        return broken(
            _("secrets/sealing-key-%(number)s is missing: it seals rows of %(table)s")
            % {"number": gone[0], "table": used[gone[0]]}
        )
    return good(_("all there"))


CHECKS = (
    Check("jobs", jobs),
    Check("due work", due_work),
    Check("files", kept_files),
    Check("sealing keys", sealing_keys),
)
