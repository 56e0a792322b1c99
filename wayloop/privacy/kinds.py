"""Events of consent."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.ledger import EventKind, Property
from wayloop.privacy.enums import CONSENT_GIVEN, CONSENT_WITHDRAWN, Purpose

PURPOSES = ("all", *Purpose.values)
KINDS = (
    EventKind(
        CONSENT_GIVEN,
        1,
        _("Agreed to be contacted"),
        "other",
        "check",
        description=_("The customer agreed to be contacted for a purpose through a channel. The proof stays with it."),
        properties={"purpose": Property("choice", _("What for"), is_required=True, options=PURPOSES)},
    ),
    EventKind(
        CONSENT_WITHDRAWN,
        1,
        _("Does not want to be contacted"),
        "other",
        "ban",
        tone="warn",
        description=_("The customer withdrew a consent or said no. It is in force at once."),
        properties={"purpose": Property("choice", _("What for"), is_required=True, options=PURPOSES)},
    ),
)
