"""Events that other systems may tell of by themselves: what somebody did on the site, in the app, on the phone."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from wayloop.contracts.ledger import EventKind, Property

_CODE = Property("text", _("Code of the product"), is_required=True)

OPEN_KINDS = (
    EventKind(
        "page.viewed",
        1,
        _("Looked at a page"),
        "other",
        "globe",
        is_open=True,
        description=_("Somebody opened a page of the site."),
        properties={"page": Property("text", _("Name or path of the page"), is_required=True, longest=200)},
    ),
    EventKind(
        "product.viewed",
        1,
        _("Looked at a product"),
        "other",
        "eye",
        is_open=True,
        description=_("Somebody opened the page of a product."),
        properties={"code": _CODE},
    ),
    EventKind(
        "search.made",
        1,
        _("Searched the site"),
        "other",
        "search",
        is_open=True,
        description=_("Somebody searched the site; what for is not kept."),
        properties={"found": Property("whole", _("How many results"))},
    ),
    EventKind(
        "form.sent",
        1,
        _("Sent a form"),
        "other",
        "check",
        is_open=True,
        description=_("Somebody filled in a form of the site; what they wrote is not kept."),
        properties={"form": Property("text", _("Name of the form"), is_required=True)},
    ),
    EventKind(
        "app.opened",
        1,
        _("Opened the app"),
        "other",
        "star",
        is_open=True,
        description=_("Somebody opened the app."),
    ),
    EventKind(
        "call.made",
        1,
        pgettext_lazy("event", "Call"),
        "talks",
        "phone",
        is_open=True,
        description=_("Somebody called us, or we called them."),
        properties={
            "direction": Property("choice", _("Who called"), is_required=True, options=("in", "out")),
            "seconds": Property("whole", _("How long, in seconds")),
            "is_answered": Property("flag", _("Whether somebody answered")),
        },
    ),
)
