"""What the audit trail tells of channels."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.audit import Act

MAIL_CHANGED = Act("mail.changed", _("Changed how mail is sent"), "settings")
