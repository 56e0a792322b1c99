"""Changes of many customers: pressed on the list, watched, stopped, taken back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, Role, member_of, permission_required
from wayloop.contracts.conditions import Condition, Where
from wayloop.customers.enums import BulkKind, TraitType
from wayloop.customers.fields.known import Fields
from wayloop.customers.fields.own import PERSON
from wayloop.customers.listing import Desk, desk_of, read_query
from wayloop.customers.queries.bulk import bulk_by_id, in_words, latest_bulks
from wayloop.customers.queries.conditions import ConditionRefused
from wayloop.customers.queries.definitions import definition_for
from wayloop.customers.rules.values import ValueRefused, read_value
from wayloop.customers.services import bulk
from wayloop.customers.services.tags import TagRefused, create_tag
from wayloop.ui.formats import number
from wayloop.ui.requests import asks_for, came_from
from wayloop.ui.toasts import notify

MOST_TICKED = 500
STARS = (BulkKind.STAR, BulkKind.UNSTAR)


@require_POST
@permission_required(Permission.CUSTOMERS_VIEW)
def press(request: HttpRequest) -> HttpResponse:
    """Does one thing to the ticked customers, or to all that match; the way back is in the toast."""
    member, desk = member_of(request), desk_of(member_of(request))
    back = reverse("customers:list") + (f"?{query}" if (query := request.POST.get("query", "")) else "")
    try:
        kind, detail = _wanted(request, member, desk)
        condition, fields = _whom(request, desk)
        pressed = bulk.press_bulk(kind=kind, detail=detail, condition=condition, eyes=desk.eyes, fields=fields)
    except (bulk.BulkRefused, ConditionRefused, TagRefused, ValueRefused) as refused:
        notify(request, str(refused), kind="warn")
        return redirect(back)
    text = ngettext("%(what)s: %(n)s customer.", "%(what)s: %(n)s customers.", pressed.total) % {
        "what": in_words((kind, detail))[0],
        "n": number(pressed.total),
    }
    notify(request, text, undo_url=reverse("customers:bulk_act", args=[pressed.id, "undo"]))
    return redirect(back)


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def bulk_list(request: HttpRequest) -> HttpResponse:
    """What the member has changed lately."""
    return render(request, "customers/bulks.html", {"bulks": latest_bulks(member_of(request).id)})


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def bulk_progress(request: HttpRequest, action_id: int) -> HttpResponse:
    """How far one is; asks for itself again while it runs."""
    info = bulk_by_id(action_id, member_of(request).id)
    if info is None:
        raise Http404
    if not asks_for(request, f"bulk-{action_id}"):
        return redirect("customers:bulks")
    return render(request, "customers/_bulk.html", {"bulk": info})


@require_POST
@permission_required(Permission.CUSTOMERS_VIEW)
def act(request: HttpRequest, action_id: int, what: str) -> HttpResponse:
    """Stops it, lets it go on, or takes it back."""
    member = member_of(request).id
    try:
        if what == "undo":
            pressed = bulk.undo_bulk(action_id=action_id, member=member)
            notify(
                request, _("Everything is as it was.") if pressed.is_done else _("It is being taken back."), kind="info"
            )
        elif what == "stop":
            bulk.stop_bulk(action_id=action_id, member=member)
        elif what == "resume":
            bulk.resume_bulk(action_id=action_id, member=member)
        else:
            raise Http404
    except bulk.BulkRefused as refused:
        notify(request, str(refused), kind="warn")
    return redirect(came_from(request, reverse("customers:bulks")))


@require_safe
@permission_required(Permission.CUSTOMERS_CHANGE)
def trait_value(request: HttpRequest) -> HttpResponse:
    """The control in which a value of the chosen trait is written."""
    member = member_of(request)
    trait = definition_for(request.GET.get("trait", ""), member.role, member.scope)
    options = [(option.code, option.label) for option in trait.choices if not option.is_archived] if trait else []
    if trait and trait.type == TraitType.YES_NO:
        options = [("yes", _("yes")), ("no", _("no"))]
    return render(request, "customers/_bulk_value.html", {"trait": trait, "options": options})


def _wanted(request: HttpRequest, member: MemberInfo, desk: Desk) -> tuple[BulkKind, dict[str, Any]]:
    word = request.POST.get("do", "")
    if word not in BulkKind:
        raise bulk.BulkRefused(_("Choose what to do."))
    kind = BulkKind(word)
    is_all = "all" in request.POST
    if kind not in STARS and not member.may(Permission.CUSTOMERS_BULK if is_all else Permission.CUSTOMERS_CHANGE):
        raise PermissionDenied
    if kind == BulkKind.TRAIT:
        return kind, _trait_detail(request, member, desk)
    if kind in STARS:
        return kind, {}
    name = request.POST.get("new_tag", "").strip()
    if kind == BulkKind.TAG and name:
        if not member.may(Permission.CUSTOMERS_BULK):
            raise PermissionDenied
        return kind, {"tag": create_tag(name=name, colour=len(name))}
    tag = request.POST.get("tag_add" if kind == BulkKind.TAG else "tag_remove", "")
    return kind, {"tag": int(tag) if tag.isdecimal() and len(tag) < 19 else 0}


def _trait_detail(request: HttpRequest, member: MemberInfo, desk: Desk) -> dict[str, Any]:
    trait = definition_for(request.POST.get("trait", ""), Role(member.role), member.scope)
    if trait is None or trait.is_computed:
        raise bulk.BulkRefused(_("Choose what to write."))
    value = read_value(trait, request.POST.getlist("value"), currency=desk.eyes.currency)
    if value is None and "erase" not in request.POST:
        raise bulk.BulkRefused(_("Write the value, or tick that it is to be taken away."))
    return {"trait": trait.key, "value": None if "erase" in request.POST else value}


def _whom(request: HttpRequest, desk: Desk) -> tuple[Condition, Fields]:
    if "all" in request.POST:
        asked = read_query(request.POST.get("query", ""), desk)
        if asked.filters.problems:
            raise bulk.BulkRefused(asked.filters.problems[0].text)
        return asked.filters.condition, desk.fields
    ticked = [int(one) for one in request.POST.getlist("person") if one.isdecimal() and len(one) < 19]
    if not ticked:
        raise bulk.BulkRefused(_("Tick some customers first."))
    return Where("person", "is", tuple(ticked[:MOST_TICKED])), Fields(desk.eyes, (PERSON,))
