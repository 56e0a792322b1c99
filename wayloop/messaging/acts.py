"""What the audit trail tells of messaging."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.audit import Act

RUN_STOPPED = Act("messages.stopped", _("Stopped messages"), "data")
RUN_RESUMED = Act("messages.resumed", _("Let stopped messages go on"), "data")
ADDRESS_DECIDED = Act("messages.address", _("Decided about a dead address"), "data")
DOUBTS_DECIDED = Act("messages.decided", _("Decided about messages in doubt"), "data")
