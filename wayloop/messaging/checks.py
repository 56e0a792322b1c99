"""What the doctor asks messaging."""

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wayloop.contracts.doctor import Finding, good, notice
from wayloop.kernel import clock
from wayloop.messaging.enums import State
from wayloop.messaging.queries.messages import counts_now, oldest_due

LATE = timedelta(minutes=15)


def messages_settled() -> Finding:
    """Whether messages are in doubt, or wait although their time has come."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('messaging_message') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return good(_("none yet"))
    counts, since = counts_now(), oldest_due()
    doubtful = counts[State.DOUBTFUL]
    if doubtful:
        told = ngettext("%(n)s message is in doubt", "%(n)s messages are in doubt", doubtful)
        return notice(told % {"n": doubtful})
    if since is not None and clock.now() - since > LATE:
        return notice(_("messages wait longer than they should: %(n)s") % {"n": counts[State.WAITING]})
    return good(_("%(n)s wait") % {"n": counts[State.WAITING]})
