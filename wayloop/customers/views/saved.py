"""Saved lists: kept from the list, ordered and renamed on a page of their own."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.customers.listing import desk_of, read_query, stored_view
from wayloop.customers.queries.saved import view_by_id, views_of
from wayloop.customers.services import saved
from wayloop.ui.toasts import notify

CHANGES = frozenset({"name", "share", "pin", "up", "down", "delete", "restore"})


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def view_list(request: HttpRequest) -> HttpResponse:
    """The member's lists and the team's."""
    member = member_of(request)
    may_all = member.may(Permission.SETTINGS_CHANGE)
    views = [(view, view.owner_id == member.id or may_all) for view in views_of(member.id)]
    context = {"views": views, "may_share": member.may(Permission.CUSTOMERS_CHANGE), "member": member}
    return render(request, "customers/views.html", context)


@require_POST
@permission_required(Permission.CUSTOMERS_VIEW)
def save(request: HttpRequest) -> HttpResponse:
    """Keeps what the list shows under a name, or in the list it began at."""
    member, desk = member_of(request), desk_of(member_of(request))
    query = request.POST.get("query", "")
    back = reverse("customers:list") + (f"?{query}" if query else "")
    asked = read_query(query, desk)
    if asked.filters.problems:
        notify(request, asked.filters.problems[0].text, kind="warn")
        return redirect(back)
    try:
        if "over" in request.POST:
            view_id = _number(request.POST["over"])
            saved.change_view(view_id=view_id, **_who(member), **stored_view(asked))
        else:
            view_id = saved.save_view(
                member=member.id,
                name=request.POST.get("name", ""),
                is_shared="is_shared" in request.POST and member.may(Permission.CUSTOMERS_CHANGE),
                is_pinned=True,
                **stored_view(asked),
            )
    except saved.ViewRefused as refused:
        notify(request, str(refused), kind="warn")
        return redirect(back)
    notify(request, _("The list is saved."))
    return redirect(f"{reverse('customers:list')}?view={view_id}")


@require_POST
@permission_required(Permission.CUSTOMERS_VIEW)
def change(request: HttpRequest, view_id: int, what: str) -> HttpResponse:
    """Renames, shares, pins, moves, deletes or brings back one."""
    member = member_of(request)
    view = view_by_id(view_id, member.id)
    if what not in CHANGES:
        raise Http404
    try:
        if what in ("up", "down"):
            saved.move_view(view_id=view_id, is_up=what == "up", **_who(member))
        elif what == "delete":
            saved.remove_view(view_id=view_id, **_who(member))
            undo = reverse("customers:view_change", args=[view_id, "restore"])
            notify(request, _("The list is deleted."), undo_url=undo)
        elif what == "restore":
            saved.restore_view(view_id=view_id, **_who(member))
            notify(request, _("The list is back."), kind="info")
        elif what == "name":
            saved.change_view(view_id=view_id, name=request.POST.get("name", ""), **_who(member))
        elif what == "pin" and view:
            saved.change_view(view_id=view_id, is_pinned=not view.is_pinned, **_who(member))
        elif what == "share" and view and member.may(Permission.CUSTOMERS_CHANGE):
            saved.change_view(view_id=view_id, is_shared=not view.is_shared, **_who(member))
    except saved.ViewRefused as refused:
        notify(request, str(refused), kind="warn")
    return redirect("customers:views")


def _who(member: MemberInfo) -> dict[str, Any]:
    return {"member": member.id, "may_change_all": member.may(Permission.SETTINGS_CHANGE)}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0
