"""Kinds of events that cases write, with what each may tell."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.ledger import EventKind, Property
from wayloop.work.enums import (
    CASE_COMPENSATED,
    CASE_MOVED,
    CASE_OPENED,
    CASE_OVERDUE,
    CASE_REOPENED,
    CASE_SOLVED,
    CASE_UNSOLVED,
    CaseKind,
)

_PROMISED = Property("instant", _("Promised time"))
_MOVE = {
    "came_from": Property("whole", _("Stage it left, by its number")),
    "to": Property("whole", _("Stage it went into, by its number"), is_required=True),
}
_END = _MOVE | {"minutes": Property("whole", _("Business minutes from opening to here"))}

KINDS = (
    EventKind(
        CASE_OPENED,
        1,
        _("Case opened"),
        "service",
        "life-buoy",
        "warn",
        description=_("Work on a complaint or a bad score began."),
        properties={
            "what": Property("choice", _("What it came from"), True, tuple(CaseKind.values)),
            "promised": _PROMISED,
        },
    ),
    EventKind(
        CASE_MOVED,
        1,
        _("Case moved on"),
        "service",
        "arrow-right",
        description=_("A case went into another stage."),
        properties=_MOVE,
    ),
    EventKind(
        CASE_SOLVED,
        1,
        _("Case solved"),
        "service",
        "circle-check",
        "good",
        description=_("A case was closed with a solution."),
        properties=_END,
    ),
    EventKind(
        CASE_UNSOLVED,
        1,
        _("Case closed without a solution"),
        "service",
        "circle-x",
        "warn",
        description=_("A case was closed although nothing could be done."),
        properties=_END,
    ),
    EventKind(
        CASE_REOPENED,
        1,
        _("Case opened anew"),
        "service",
        "undo-2",
        "warn",
        description=_("A case that was closed is worked on again."),
        properties=_MOVE,
    ),
    EventKind(
        CASE_OVERDUE,
        1,
        _("Case overdue"),
        "service",
        "timer",
        "bad",
        description=_("The deadline of an open case is over. Told once for each deadline."),
        properties={"promised": _PROMISED},
    ),
    EventKind(
        CASE_COMPENSATED,
        1,
        _("Compensation given"),
        "service",
        "gift",
        "good",
        description=_("The customer was given something for their trouble. The amount is its worth to them."),
    ),
)
