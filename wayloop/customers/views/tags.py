"""Tags: the page on which they are kept, and the stars and tags of one customer."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.customers.models import Card
from wayloop.customers.queries.cards import card_by_uuid
from wayloop.customers.queries.tags import COLOURS, all_tags, count_tagged, starred_among, tag_by_id
from wayloop.customers.services import stars, tags
from wayloop.ui.requests import came_from
from wayloop.ui.toasts import notify

CHANGES = frozenset({"edit", "archive", "restore", "merge", "unmerge"})


@require_safe
@permission_required(Permission.CUSTOMERS_BULK)
def tag_list(request: HttpRequest) -> HttpResponse:
    """All tags with how many customers have each."""
    found = all_tags()
    active = [tag for tag in found if tag.archived_at is None]
    counts = count_tagged([tag.id for tag in active], member_of(request).scope)
    context = {
        "tags": [(tag, counts.get(tag.id), [other for other in active if other.id != tag.id]) for tag in active],
        "archived": [tag for tag in found if tag.archived_at is not None],
        "colours": range(COLOURS),
    }
    return render(request, "customers/tags.html", context)


@require_POST
@permission_required(Permission.CUSTOMERS_BULK)
def add_tag(request: HttpRequest) -> HttpResponse:
    """Makes a tag."""
    try:
        tags.create_tag(name=request.POST.get("name", ""), colour=_number(request.POST.get("colour", "")))
        notify(request, _("The tag is ready."))
    except tags.TagRefused as refused:
        notify(request, str(refused), kind="warn")
    return redirect("customers:tags")


@require_POST
@permission_required(Permission.CUSTOMERS_BULK)
def change_tag(request: HttpRequest, tag_id: int, what: str) -> HttpResponse:
    """Renames, merges or archives one, and takes the latter two back."""
    if tag_by_id(tag_id) is None or what not in CHANGES:
        raise Http404
    undo: dict[str, str] = {}
    try:
        if what == "edit":
            colour = _number(request.POST.get("colour", ""))
            tags.change_tag(tag_id=tag_id, name=request.POST.get("name", ""), colour=colour)
            told = _("The tag is changed.")
        elif what == "archive":
            tags.archive_tag(tag_id=tag_id)
            told, undo = _("The tag is put away. Customers keep it unseen."), {"what": "restore"}
        elif what == "restore":
            tags.restore_tag(tag_id=tag_id)
            told = _("The tag is back in use.")
        elif what == "merge":
            tags.merge_tags(tag_id=tag_id, into=_number(request.POST.get("into", "")))
            told, undo = _("Both tags are one now."), {"what": "unmerge"}
        else:
            tags.unmerge_tag(tag_id=tag_id)
            told = _("The tags stand for themselves again.")
    except tags.TagRefused as refused:
        notify(request, str(refused), kind="warn")
        return redirect("customers:tags")
    undo_url = reverse("customers:tag_change", args=[tag_id, undo["what"]]) if undo else ""
    notify(request, told, undo_url=undo_url)
    return redirect("customers:tags")


@require_POST
@permission_required(Permission.CUSTOMERS_VIEW)
def star(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Stars one customer for the member, or takes the star away."""
    member, card = member_of(request), _card(request, uuid)
    was_starred = bool(starred_among([card.person], member.id))
    if was_starred:
        stars.remove_stars(member=member.id, people=[card.person])
    else:
        stars.add_stars(member=member.id, people=[card.person])
    if request.headers.get("HX-Request"):
        return render(request, "customers/_star.html", {"uuid": uuid, "is_starred": not was_starred})
    return redirect(came_from(request, reverse("customers:card", args=[uuid])))


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def tag_card(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Puts a tag on one customer, or takes it away."""
    member, card = member_of(request), _card(request, uuid)
    back = came_from(request, reverse("customers:card", args=[uuid]))
    try:
        if removed := _number(request.POST.get("remove", "")):
            tags.remove_tag(tag_id=removed, people=[card.person])
        else:
            added = _number(request.POST.get("add", ""))
            tags.add_tag(tag_id=added, people=[card.person], member=member.id)
    except tags.TagRefused as refused:
        notify(request, str(refused), kind="warn")
    return redirect(back)


def _card(request: HttpRequest, uuid: UUID) -> Card:
    card = card_by_uuid(uuid, member_of(request).scope)
    if card is None:
        raise Http404
    return card


def _number(text: Any) -> int:
    return int(text) if str(text).isdecimal() and len(str(text)) < 19 else 0
