"""Notes on the card: written, edited, pinned, taken off and brought back."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import Permission, permission_required
from wayloop.customers.forms.notes import NoteForm
from wayloop.customers.models import Note
from wayloop.customers.queries.notes import note_for, versions_of
from wayloop.customers.services import notes as services
from wayloop.customers.views.card import card_page
from wayloop.customers.views.opened import Opened, back_to, opened
from wayloop.customers.views.panels import MAY_REMOVE_NOTES, notes_panel
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def add_note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Writes a new note."""
    page = opened(request, uuid)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _panel(request, page, form)
    places = page.member.scope.locations
    note = services.add_note(
        person=page.card.person,
        text=form.cleaned_data["text"],
        member_id=page.member.id,
        # Who sees one place only writes for those of that place.
        location_id=places[0] if places is not None and len(places) == 1 else None,
        is_pinned=form.cleaned_data["is_pinned"],
    )
    notify(request, _("Noted"), undo_url=reverse("customers:remove_note", args=[uuid, note.pk]))
    return _done(request, page)


@require_safe
@permission_required(Permission.CUSTOMERS_VIEW)
def note_page(request: HttpRequest, uuid: UUID, note_id: int) -> HttpResponse:
    """A note with the texts it had before."""
    page = opened(request, uuid)
    note = _note(page, note_id)
    context = {"page": page, "card": page.card, "note": note, "versions": versions_of(note)}
    return render(request, "customers/note.html", context)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def edit_note(request: HttpRequest, uuid: UUID, note_id: int) -> HttpResponse:
    """Writes a note anew; only its author does."""
    page = opened(request, uuid)
    note = _note(page, note_id)
    if note.author_id != page.member.id:
        raise Http404
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _panel(request, page, form, note)
    try:
        services.edit_note(
            note_id=note.pk,
            text=form.cleaned_data["text"],
            seen=form.cleaned_data["seen"] or 0,
            member_id=page.member.id,
        )
    except services.NoteChanged:
        data = request.POST.copy()
        data["seen"] = str(_note(page, note_id).version)
        form = NoteForm(data)
        form.is_valid()
        form.add_error("text", _("It was written anew meanwhile. Save again if yours is right."))
        return _panel(request, page, form, note)
    services.pin_note(note_id=note.pk, is_pinned=form.cleaned_data["is_pinned"])
    return _done(request, page)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def pin_note(request: HttpRequest, uuid: UUID, note_id: int) -> HttpResponse:
    """Keeps a note at the top, or lets it go."""
    page = opened(request, uuid)
    services.pin_note(note_id=_note(page, note_id).pk, is_pinned=request.POST.get("pin") == "yes")
    return _done(request, page)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def remove_note(request: HttpRequest, uuid: UUID, note_id: int) -> HttpResponse:
    """Takes a note off the card: its author, the owner and CX managers may."""
    page = opened(request, uuid)
    note = _note(page, note_id)
    _must_be_theirs(page, note)
    services.remove_note(note_id=note.pk)
    notify(request, _("Note removed"), undo_url=reverse("customers:restore_note", args=[uuid, note.pk]))
    return _done(request, page)


@require_POST
@permission_required(Permission.CUSTOMERS_CHANGE)
def restore_note(request: HttpRequest, uuid: UUID, note_id: int) -> HttpResponse:
    """Brings a removed note back."""
    page = opened(request, uuid)
    note = _note(page, note_id, removed=True)
    _must_be_theirs(page, note)
    services.restore_note(note_id=note.pk)
    return _done(request, page)


def _note(page: Opened, note_id: int, *, removed: bool = False) -> Note:
    note = note_for(note_id, page.handles, page.member.scope, removed=removed)
    if note is None:
        raise Http404
    return note


def _must_be_theirs(page: Opened, note: Note) -> None:
    if note.author_id != page.member.id and page.member.role not in MAY_REMOVE_NOTES:
        raise Http404


def _done(request: HttpRequest, page: Opened) -> HttpResponse:
    if asks_for(request, "notes"):
        return render(request, "customers/_notes.html", notes_panel(page, request))
    return back_to(page, "notes")


def _panel(request: HttpRequest, page: Opened, form: NoteForm, note: Note | None = None) -> HttpResponse:
    context = notes_panel(page, request, form=form, in_hand=str(note.pk) if note else "")
    if asks_for(request, "notes"):
        return render(request, "customers/_notes.html", context, status=REFUSED)
    return card_page(request, page, status=REFUSED, panel=context)
