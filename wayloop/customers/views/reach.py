"""How we contact a customer: what may be sent now, and why they were asked or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.contracts.customers import Wish, WishTeller
from wayloop.customers.views.opened import Opened, opened
from wayloop.identity import api as identity
from wayloop.kernel import registry
from wayloop.privacy import api as privacy

KINDS = {"contact": "send", "refusal": "ban", "hold": "clock", "kept": "flag", "consent": "badge-check"}


@dataclass(frozen=True)
class Now:
    """What would be answered to one purpose at this moment."""

    label: str
    reasons: Sequence[str]
    later: datetime | None


@dataclass(frozen=True)
class Line:
    """One thing that was done or said."""

    at: datetime
    icon: str
    text: str
    about: str
    reasons: Sequence[str]
    later: datetime | None


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def reach(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What may be sent to this customer now and what not, each with its reasons; and what was done so far."""
    page = opened(request, uuid)
    address = _first_address(page)
    context = {
        "page": page,
        "wishes": _wishes(page),
        "card": page.card,
        "address": address.value if address else "",
        "now": _now(page, address),
        "lines": [_line(one) for one in privacy.history_of(page.card.person)],
    }
    return render(request, "customers/reach.html", context)


def _first_address(page: Opened) -> identity.IdentifierInfo | None:
    """The address we would write to."""
    found = [
        one for one in identity.identifiers_of(page.handles) if one.contact_point and one.kind in privacy.CHANNELS_OF
    ]
    kinds = list(privacy.CHANNELS_OF)
    return min(found, key=lambda one: kinds.index(one.kind), default=None)


def _now(page: Opened, first: identity.IdentifierInfo | None) -> list[Now]:
    channel = privacy.CHANNELS_OF[first.kind][0] if first else privacy.Channel.EMAIL
    answers = privacy.preview_each(
        asks=[
            privacy.ContactAsks(
                purpose=purpose.value,
                channel=channel.value,
                subject_kind="preview",
                subject_ids=[0],
                keys=["now"],
                handles=[first.handle if first else page.card.person],
                points=[first.contact_point if first else None],
            )
            for purpose in privacy.CHOOSABLE
        ]
    )
    return [
        Now(str(purpose.label), _words(answer.reasons), answer.later)
        for purpose, (answer,) in zip(privacy.CHOOSABLE, answers, strict=True)
    ]


def _wishes(page: Opened) -> list[Wish]:
    """Why they were meant to be asked for something, the latest first; addresses only for those who may open them."""
    found: list[Wish] = []
    for teller in registry.offers(WishTeller):  # type: ignore[type-abstract]
        for one in teller.wishes(page.card.person, page.member.scope):
            may_open = bool(one.url) and page.member.may(Permission(one.permission))
            found.append(one if may_open else replace(one, url=""))
    return sorted(found, key=lambda one: one.at, reverse=True)


def _line(step: privacy.Step) -> Line:
    about = [
        str(privacy.Purpose(step.purpose).label) if step.purpose else "",
        str(privacy.Channel(step.channel).label) if step.channel else "",
    ]
    if step.what == "contact":
        text = _("Was contacted") if step.ended_at is None else _("Was to be contacted, it did not take place")
    elif step.what == "refusal":
        text = _("Was not contacted")
    elif step.what == "hold":
        text = _("Left in peace") if step.ended_at is None else _("Was left in peace, settled since")
    elif step.what == "kept":
        text = _("A place is kept") if step.ended_at is None else _("A place was kept")
    else:
        text = str(privacy.ConsentAct(step.act).label)
        about = [one for one in about if one] or [_("everything")]
    return Line(step.at, KINDS[step.what], text, " · ".join(filter(None, about)), _words(step.reasons), step.later)


def _words(reasons: Sequence[str]) -> list[str]:
    return [str(privacy.Reason(reason).label) for reason in reasons]
