"""Kinds of events that commerce writes, with what each may tell."""

from django.utils.translation import gettext_lazy as _

from wayloop.commerce.enums import ORDER_PLACED, RETURN_MADE, VISIT_MADE
from wayloop.contracts.ledger import EventKind, Property

_NUMBER = Property("text", _("Number in the system it comes from"))
_LINES = Property("whole", _("How many lines it has"))

KINDS = (
    EventKind(
        ORDER_PLACED,
        1,
        _("Order"),
        "purchases",
        "shopping-bag",
        description=_("The customer bought something. The amount is the total of the order."),
        properties={"number": _NUMBER, "lines": _LINES},
    ),
    EventKind(
        RETURN_MADE,
        1,
        _("Return"),
        "purchases",
        "undo-2",
        "warn",
        description=_("The customer gave something back. The amount is what it came to."),
        properties={"number": _NUMBER, "lines": _LINES},
    ),
    EventKind(
        VISIT_MADE,
        1,
        _("Visit"),
        "other",
        "store",
        description=_("The customer was here, and somebody at the counter noted it."),
    ),
)
