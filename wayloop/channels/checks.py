"""What the doctor asks channels."""

from django.db import connection
from django.utils.translation import gettext as _

from wayloop.channels.queries.setup import mail_server, sender_rows
from wayloop.contracts.doctor import Finding, good, notice


def mail_leaves() -> Finding:
    """Whether the mail server can be used, as far as the last letter tells."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('channels_mailserver') IS NOT NULL")
        if cursor.fetchone() != (True,):
            return good(_("not set up"))
    server = mail_server()
    if server is None:
        return good(_("not set up"))
    if not server.is_on:
        return notice(_("mail is switched off"))
    if not any(one.brand_id is None for one in sender_rows()):
        return notice(_("nobody is named as the sender"))
    if server.trouble:
        return notice(_("the mail server does not take letters: %(words)s") % {"words": server.trouble})
    return good(_("the mail server takes letters"))
