"""Research notes: the list, one of them, quotes of all, guides, a file."""

import csv
import io
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts import api as accounts
from wayloop.accounts.api import EXPORTED, MemberInfo, Permission, audit, member_of, permission_required
from wayloop.business import api as business
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.journeys import services
from wayloop.journeys.enums import ICONS, Consent, Tone, Way
from wayloop.journeys.forms import GuideForm, NoteForm, QuoteForm
from wayloop.journeys.models import Guide, Note, Quote
from wayloop.journeys.queries import (
    NoteFilter,
    count_notes,
    guides,
    list_notes,
    list_quotes,
    marks_of,
    note_by_uuid,
    places_of,
    quotes_of,
    tags_in_use,
    worst_points,
)
from wayloop.journeys.rules import ResearchRefused, share_of, tags_in
from wayloop.kernel.spreadsheets import safe_cell
from wayloop.ui.downloads import saved
from wayloop.ui.formats import percent
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
MOST_LINES, MOST_FOUND = 10_000, 8


@require_safe
@permission_required(Permission.RESEARCH_VIEW)
def note_list(request: HttpRequest) -> HttpResponse:
    """Notes, the newest first; way, location, words and tag are in the address."""
    member = member_of(request)
    wanted = _filter(request)
    page = list_notes(scope=member.scope, wanted=wanted, after=request.GET.get("after"))
    names = accounts.names_of(row.member_id for row in page.rows if row.member_id is not None)
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    scored = places_of(scope=member.scope, wanted=wanted)
    context = {
        "rows": [
            {
                "note": row,
                "icon": ICONS[row.way],
                "place": places.get(row.location_id or 0),
                "member": names.get(row.member_id or 0, ""),
                "score": _percent(row.scored, row.possible),
            }
            for row in page.rows
        ],
        "total": count_notes(scope=member.scope, wanted=wanted),
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "wanted": wanted,
        "ways": Way.choices,
        "place_choices": [(place.id, place.name) for place in business.locations(scope=member.scope)],
        "is_filtered": wanted != NoteFilter(),
        "places": [(one, places.get(one.location_id or 0) or _("nowhere in particular")) for one in scored],
        "worst": worst_points(scope=member.scope, wanted=wanted) if scored else [],
        "may_change": member.may(Permission.RESEARCH_CHANGE),
        "kept": {"tag": request.GET.get("tag", "")},
    }
    return render(request, "journeys/notes.html", context)


@require_safe
@permission_required(Permission.RESEARCH_VIEW)
def note_file(request: HttpRequest) -> HttpResponseBase:
    """The quotes and marks of the notes of the page's filters as a file for spreadsheets, at most 10,000 lines."""
    member = member_of(request)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["day", "way", "title", "location", "what", "who", "tone", "tags", "mark"])
    places = {place.id: str(place.name) for place in business.locations(with_archived=True)}
    count = 0
    page = list_notes(scope=member.scope, wanted=_filter(request), limit=1000)
    rows = {row.id: row for row in page.rows}
    for quote in Quote.objects.filter(note__in=rows).order_by("-note__happened_on", "pk")[:MOST_LINES]:
        row = rows[quote.note_id]
        told = (row.title, places.get(row.location_id or 0, ""), quote.text, quote.who)
        writer.writerow(
            [row.happened_on, row.way, *map(safe_cell, told), quote.tone, safe_cell(", ".join(quote.tags)), ""]
        )
        count += 1
    for note in rows.values():
        for mark in marks_of(note.id) if note.possible else ():
            told = (note.title, places.get(note.location_id or 0, ""), mark.text, mark.remark)
            writer.writerow([note.happened_on, note.way, *map(safe_cell, told), "", "", mark.given])
            count += 1
    audit(act=EXPORTED, details={"what": "research notes", "rows": count})
    return saved(text.getvalue().encode("utf-8-sig"), "research.csv", "text/csv; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RESEARCH_CHANGE)
def edit_note(request: HttpRequest, uuid: UUID | None = None) -> HttpResponse:
    """A new note, or one written anew; refused when somebody else did meanwhile."""
    member = member_of(request)
    note = _note(request, uuid) if uuid else None
    form = NoteForm(request.POST if request.method == "POST" else None, scope=member.scope, note=note)
    if request.method == "POST" and form.is_valid():
        try:
            kept = services.write_note(
                details=form.details, by=member.id, note_id=note.pk if note else None,
                seen=form.cleaned_data["seen"] or 0,
            )  # fmt: skip
        except services.NoteChanged:
            form.add_error(None, _("Somebody has changed it meanwhile. Open it anew, then write your change."))
        except ResearchRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("journeys:note", uuid=kept.uuid)
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "journeys/note_edit.html", {"form": form, "note": note}, status=status)


@require_safe
@permission_required(Permission.RESEARCH_VIEW)
def note_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One note with its checklist and quotes; `who` looks for the customer it was with."""
    return _page(request, _note(request, uuid), QuoteForm())


@require_POST
@permission_required(Permission.RESEARCH_CHANGE)
def name_person(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Says with which customer it was (`person`); without one, that nobody is known."""
    note = _note(request, uuid)
    member = member_of(request)
    if not member.may(Permission.CUSTOMERS_VIEW):
        raise PermissionDenied
    given = request.POST.get("person") or request.GET.get("person", "")
    before, person = _person(note, member), _chosen(given, member) if given else None
    services.name_person(note_id=note.pk, handle=person)
    undo = f"{request.path}?person={before.uuid}" if before else request.path
    notify(request, _("Saved"), undo_url=undo)
    return redirect("journeys:note", uuid=uuid)


@require_POST
@permission_required(Permission.RESEARCH_CHANGE)
def add_quote(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keeps a quote of this note."""
    note = _note(request, uuid)
    form = QuoteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.add_quote(
                note_id=note.pk, text=given["text"], who=given["who"], tone=given["tone"], tags=given["tags"]
            )
        except ResearchRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("journeys:note", uuid=uuid)
    return _page(request, note, form, status=REFUSED)


@require_POST
@permission_required(Permission.RESEARCH_CHANGE)
def mark_points(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Writes the marks of the checklist: `mark-1`, `remark-1` and so on; an empty mark: not looked at."""
    note = _note(request, uuid)
    marks: dict[int, tuple[int | None, str]] = {}
    for row in marks_of(note.pk):
        given = request.POST.get(f"mark-{row.position}", "").strip()
        if given and not (given.isascii() and given.isdecimal() and len(given) < 3):
            notify(request, _("A mark goes from 0 to 10."), kind="warn")
            return redirect("journeys:note", uuid=uuid)
        marks[row.position] = (int(given) if given else None, request.POST.get(f"remark-{row.position}", ""))
    try:
        services.mark_points(note_id=note.pk, marks=marks)
    except ResearchRefused as refusal:
        notify(request, str(refusal), kind="warn")
    else:
        notify(request, _("Saved"))
    return redirect("journeys:note", uuid=uuid)


@require_POST
@permission_required(Permission.RESEARCH_CHANGE)
def note_deed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes a quote away (`do=drop` with `quote`), or the note (`remove`); anything else brings the note back."""
    note = _note(request, uuid, with_removed=True)
    wanted = request.POST.get("do", "")
    if wanted == "drop":
        given = request.POST.get("quote", "")
        if given.isascii() and given.isdecimal() and len(given) < 18:
            for quote in Quote.objects.filter(note=note, pk=int(given)):
                services.remove_quote(quote_id=quote.pk)
        return redirect("journeys:note", uuid=uuid)
    services.remove_note(note_id=note.pk, is_removed=wanted == "remove")
    if wanted == "remove":
        notify(request, _("The note is taken away"), undo_url=request.path)
        return redirect("journeys:notes")
    return redirect("journeys:note", uuid=uuid)


@require_safe
@permission_required(Permission.RESEARCH_VIEW)
def quote_list(request: HttpRequest) -> HttpResponse:
    """Quotes of all notes; tag, tone and words are in the address."""
    member = member_of(request)
    tag = next(iter(tags_in(request.GET.get("tag", ""))), "")
    tone = {"bad": -1, "neutral": 0, "good": 1}.get(request.GET.get("tone", ""))
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    page = list_quotes(scope=member.scope, tag=tag, tone=tone, text=words, after=request.GET.get("after"))
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    context = {
        "rows": [(one, places.get(one.note.location_id or 0)) for one in page.rows],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "tags": tags_in_use(member.scope),
        "tag": tag,
        "tone": request.GET.get("tone", ""),
        "tones": [("bad", Tone.BAD.label), ("neutral", Tone.NEUTRAL.label), ("good", Tone.GOOD.label)],
        "q": words,
        "kept": {"tag": tag},
        "is_filtered": bool(tag or words or tone is not None),
    }
    return render(request, "journeys/quotes.html", context)


@require_safe
@permission_required(Permission.RESEARCH_CHANGE)
def guide_list(request: HttpRequest) -> HttpResponse:
    """Guides: what is asked or looked at each time."""
    found = guides(with_archived=True)
    rows = [(one, number, ICONS[Way(one.way)]) for one, number in found]
    context = {
        "rows": [row for row in rows if row[0].archived_at is None],
        "away": [row for row in rows if row[0].archived_at is not None],
    }
    return render(request, "journeys/guides.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RESEARCH_CHANGE)
def edit_guide(request: HttpRequest, guide_id: int | None = None) -> HttpResponse:
    """A new guide, or one written anew."""
    guide = _guide(guide_id) if guide_id else None
    form = GuideForm(request.POST if request.method == "POST" else None, guide=guide)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.write_guide(
                name=given["name"], way=given["way"], points=given["points"], is_scored=given["is_scored"],
                guide_id=guide.pk if guide else None,
            )  # fmt: skip
        except ResearchRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            notify(request, _("Saved"))
            return redirect("journeys:guides")
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "journeys/guide.html", {"form": form, "guide": guide}, status=status)


@require_POST
@permission_required(Permission.RESEARCH_CHANGE)
def guide_deed(request: HttpRequest, guide_id: int) -> HttpResponse:
    """Puts a guide away (`do=archive`); anything else takes it into use again."""
    services.archive_guide(guide_id=_guide(guide_id).pk, is_archived=request.POST.get("do") == "archive")
    return redirect("journeys:guides")


def _page(request: HttpRequest, note: Note, form: QuoteForm, status: int = HTTPStatus.OK) -> HttpResponse:
    member = member_of(request)
    places = {place.id: place.name for place in business.locations(with_archived=True)}
    marks = marks_of(note.pk)
    may_choose = member.may(Permission.RESEARCH_CHANGE) and member.may(Permission.CUSTOMERS_VIEW)
    who = request.GET.get("who", "").replace("\0", "").strip()[:200] if may_choose else ""
    people = customers.find_people(who, member.scope, MOST_FOUND) if who else []
    titles = customers.titles_of(people, member.scope)
    context = {
        "note": note,
        "way": Way(note.way),
        "icon": ICONS[Way(note.way)],
        "consent": Consent(note.consent).label,
        "place": places.get(note.location_id or 0),
        "marks": marks,
        "is_scored": note.guide is not None and note.guide.is_scored,
        "score": _percent(note.scored, note.possible),
        "quotes": quotes_of(note.pk),
        "person": _person(note, member) if member.may(Permission.CUSTOMERS_VIEW) else None,
        "may_choose": may_choose,
        "who": who,
        "found": [titles[one] for one in people if one in titles],
        "form": form if member.may(Permission.RESEARCH_CHANGE) else None,
        "may_change": member.may(Permission.RESEARCH_CHANGE),
    }
    return render(request, "journeys/note.html", context, status=status)


def _filter(request: HttpRequest) -> NoteFilter:
    given = request.GET
    location = given.get("location", "")
    way = given.get("way", "")
    return NoteFilter(
        way=way if way in Way.values else "",
        location=int(location) if location.isascii() and location.isdecimal() and len(location) < 18 else None,
        text=given.get("q", "").replace("\0", "").strip()[:100],
        tag=next(iter(tags_in(given.get("tag", ""))), ""),
    )


def _percent(scored: int, possible: int) -> str:
    share: Any = share_of(scored, possible)
    return "" if share is None else percent(share)


def _note(request: HttpRequest, uuid: UUID, *, with_removed: bool = False) -> Note:
    found = note_by_uuid(uuid, member_of(request).scope, with_removed=with_removed)
    if found is None:
        raise Http404
    return found


def _person(note: Note, member: MemberInfo) -> customers.Title | None:
    """The customer a note was taken with, when the member sees them."""
    if note.handle is None:
        return None
    people = list(identity.people_of([note.handle]).values())
    return next(iter(customers.titles_of(people, member.scope).values()), None)


def _chosen(uuid: str, member: MemberInfo) -> int:
    try:
        return customers.customer_of(UUID(uuid), member.scope).person
    except ValueError:
        raise Http404 from None


def _guide(guide_id: int) -> Guide:
    found = Guide.objects.filter(pk=guide_id).first()
    if found is None:
        raise Http404
    return found
