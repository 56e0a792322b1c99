"""The kind of event that a message is."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.ledger import EventKind, Property
from wayloop.messaging.enums import MESSAGE_SENT
from wayloop.privacy.api import Purpose

KINDS = (
    EventKind(
        MESSAGE_SENT,
        1,
        _("Message from us"),
        "sent",
        "send",
        description=_("We wrote to the customer, and their server took the message. The words stay with the message."),
        properties={
            "purpose": Property("choice", _("What for"), is_required=True, options=tuple(Purpose.values)),
        },
    ),
)
