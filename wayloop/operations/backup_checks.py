"""What the doctor asks about backups and about sending."""

from datetime import datetime

from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.doctor import Check, Finding, broken, good, notice
from wayloop.kernel import clock, sending
from wayloop.operations import queries
from wayloop.ui import formats


def backup() -> Finding:
    """There is a backup, and it is as young as it should be."""
    if not queries.has_plan_table():
        return good(_("none yet"))
    found = queries.backups()
    if not found.is_set_up:
        return notice(_("nothing is backed up: choose a place on the page Backup"))
    reached = _told(found.reached_at) if found.reached_at else _("not yet")
    text = _("everything up to %(moment)s") % {"moment": reached}
    problem = found.plan.hindrance
    if found.is_late:
        return broken(f"{text}; {problem}" if problem else text)
    return notice(f"{text}; {problem}") if problem else good(text)


def trial() -> Finding:
    """The newest backup was brought back lately, and every table was the same."""
    if not queries.has_plan_table() or not queries.plan().kind:
        return good(_("none yet"))
    found = queries.backups()
    last = found.last_trial
    if last is None:
        return notice(_("not tried yet")) if found.is_untried else good(_("none yet"))
    moment = _told(last.began_at)
    if found.is_untried:
        return broken(
            _("tried %(moment)s: %(problem)s") % {"moment": moment, "problem": last.hindrance or _("too long ago")}
        )
    return good(_("tried %(moment)s, %(tables)s tables the same") % {"moment": moment, "tables": last.tables})


def held_sending() -> Finding:
    """Nobody waits for a message that a restore held back."""
    if not queries.has_plan_table():
        return good(_("free"))
    hold = sending.held()
    if hold is None:
        return good(_("free"))
    return notice(_("held back since %(moment)s: release it on the page Backup") % {"moment": _told(hold.since)})


def _told(moment: datetime) -> str:
    """How long ago, by the clock of the business, as its pages tell it; the command line has no zone of its own."""
    zone = business.profile().zone_info
    return formats.relative(moment.astimezone(zone), clock.now().astimezone(zone))


CHECKS = (Check("backup", backup), Check("restore trial", trial), Check("sending", held_sending))
