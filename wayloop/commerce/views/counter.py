"""The counter: one screen on which the front desk finds a guest, greets them and notes what they buy."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wayloop.accounts.api import MemberInfo, Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce.forms.counter import NewGuestForm
from wayloop.commerce.guests import SHORTEST_TEXT, Guest, guest_of, look_for, rows_of
from wayloop.commerce.queries.counter import points_at
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services.counter import record_purchase, record_visit, undo_purchase, undo_visit
from wayloop.commerce.till import Till, remember_till, till_of
from wayloop.contracts.commerce import Greeting, PurchaseLine
from wayloop.contracts.customers import CustomerColumns
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel import clock, signing
from wayloop.kernel.ids import digest_key
from wayloop.kernel.money import minor_digits, to_minor
from wayloop.ui import formats
from wayloop.ui.requests import asks_for
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
LONGEST_TEXT = 200
PART = "found"
# A tap may be taken back for so long; afterwards it belongs to the books.
UNDO = signing.purpose("commerce.counter_undo", timedelta(minutes=15))
# A page that is older than this does not tell when the guest came.
FRESH = timedelta(minutes=15)
_AMOUNT = re.compile(r"[0-9]{1,8}(?:[.,][0-9]{1,3})?")


@require_safe
@permission_required(Permission.COUNTER_USE)
def counter(request: HttpRequest) -> HttpResponse:
    """The search, with what was found for `q`; `go` when Enter was pressed. The only one found is shown at once."""
    member = member_of(request)
    till = till_of(request, member)
    text = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_TEXT]
    found = look_for(text, member, was_sent="go" in request.GET)
    guest = guest_of(found.people[0], member, till) if found.is_sure else None
    rows = [] if guest else rows_of(found.people, member)
    wants_form = "new" in request.GET or (len(text) >= SHORTEST_TEXT and not guest and not rows)
    form = NewGuestForm(initial=_initial(text)) if wants_form else None
    return _show(request, till, guest=guest, rows=rows, has_more=found.has_more, text=text, form=form)


@require_safe
@permission_required(Permission.COUNTER_USE)
def guest_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One guest."""
    member = member_of(request)
    till = till_of(request, member)
    return _show(request, till, guest=_guest(uuid, member, till))


@require_POST
@permission_required(Permission.COUNTER_USE)
def visit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Notes that the guest is here, with what was ticked of the greeting."""
    member = member_of(request)
    till = till_of(request, member)
    guest = _guest(uuid, member, till)
    page_key = _page_key(request)
    if page_key is None or till.is_missing:
        return _refuse(request, till, guest, _what_is_missing(till))
    key, at = digest_key(str(page_key), "visit"), _came_at(page_key)
    record_visit(
        key=key,
        location_id=till.location_id,
        handle=guest.person,
        happened_at=at,
        greeting=_greeting(request, till),
    )
    undo = _undo_address(member, "visit", key, guest.person, at)
    notify(request, _("%(name)s: visit noted") % {"name": guest.title}, undo_url=undo)
    return _done(request, member, till, guest)


@require_POST
@permission_required(Permission.COUNTER_USE)
def purchase(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Notes a purchase: one of a product (`product`), or an `amount`. The greeting that was ticked goes with it."""
    member = member_of(request)
    till = till_of(request, member)
    guest = _guest(uuid, member, till)
    page_key = _page_key(request)
    if page_key is None or till.is_missing:
        return _refuse(request, till, guest, _what_is_missing(till))
    product, typed = request.POST.get("product", ""), request.POST.get("amount", "").strip()
    # Each thing that can be tapped has a key of its own: twice the same is one purchase, two things are two.
    key = digest_key(str(page_key), f"product {product}" if product else f"amount {typed}")
    at = _came_at(page_key)
    greeting = _greeting(request, till)
    try:
        with transaction.atomic():
            made = record_purchase(
                key=key,
                location_id=till.location_id,
                handle=guest.person,
                lines=[_line(product, guest)] if product else [],
                amount=None if product else _amount(typed, till.currency),
            )
            if greeting and greeting.ticked:
                record_visit(
                    key=key, location_id=till.location_id, handle=guest.person, happened_at=at, greeting=greeting
                )
    except CommerceRefused as refusal:
        return _refuse(request, till, guest, str(refusal), typed)
    undo = _undo_address(member, "purchase", key, guest.person, at)
    told = {"name": guest.title, "money": formats.money(made.total, made.currency)}
    notify(request, _("%(name)s: purchase of %(money)s noted") % told, undo_url=undo)
    return _done(request, member, till, guest)


@require_POST
@permission_required(Permission.COUNTER_USE)
def undo(request: HttpRequest, token: str) -> HttpResponse:
    """Takes back what the member tapped a moment ago."""
    member = member_of(request)
    try:
        who, what, key, handle, moment = signing.unsign(UNDO, token).split(" ")
    except (signing.BadToken, ValueError):
        notify(request, _("It is too late to take this back here."), kind="warn")
        return redirect("counter")
    if who != str(member.id):
        raise Http404
    try:
        with transaction.atomic():
            undone = undo_purchase(key=UUID(key)) if what == "purchase" else False
            undone |= undo_visit(key=UUID(key), handle=int(handle), happened_at=datetime.fromisoformat(moment))
    except CommerceRefused as refusal:
        notify(request, str(refusal), kind="warn")
    else:
        notify(request, _("Taken back") if undone else _("It was taken back already"), kind="info")
    person = identity.people_of([int(handle)])[int(handle)]
    return redirect("counter_guest", identity.uuids_of([person])[person])


@require_POST
@permission_required(Permission.COUNTER_USE)
def new_guest(request: HttpRequest) -> HttpResponse:
    """Makes a card from a phone and a name; who has the phone already is shown instead.

    `is_here`: a guest of other locations stands here, with their phone; from now on they are seen here too.
    """
    member = member_of(request)
    till = till_of(request, member)
    form = NewGuestForm(request.POST)
    if till.is_missing or not form.is_valid():
        if till.is_missing:
            notify(request, _what_is_missing(till), kind="warn")
        return _show(request, till, form=form, status=REFUSED)
    new = customers.NewCustomer(
        kind=customers.CustomerKind.PERSON,
        name=form.cleaned_data["name"],
        phone=form.cleaned_data["phone"],
        location_id=till.location_id,
    )
    try:
        with transaction.atomic():
            person = customers.add_customer(new=new)
    except customers.AlreadyKnown as known:
        if "is_here" in request.POST:
            _see_here(known.people, new.phone, till)
        rows = rows_of(known.people, member)
        if not rows:
            return _show(request, till, form=form, is_elsewhere=True, status=REFUSED)
        guest = guest_of(known.people[0], member, till) if len(rows) == 1 else None
        notify(request, _("This phone is known already"), kind="info")
        return _answer(request, till, guest, rows)
    notify(request, _("The card is ready"))
    return _answer(request, till, guest_of(person, member, till), [])


@require_POST
@permission_required(Permission.COUNTER_USE)
def choose_till(request: HttpRequest) -> HttpResponse:
    """Remembers in this browser at which location it stands."""
    member = member_of(request)
    chosen = request.POST.get("location", "")
    place = next((one for one in business.locations(scope=member.scope) if str(one.id) == chosen), None)
    if place is None:
        raise Http404
    answer = redirect("counter")
    remember_till(answer, place.id)
    return answer


def _show(
    request: HttpRequest,
    till: Till,
    *,
    guest: Guest | None = None,
    rows: Any = (),
    has_more: bool = False,
    text: str = "",
    form: NewGuestForm | None = None,
    amount: str = "",
    is_elsewhere: bool = False,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page, or only what was found when that is asked for."""
    is_part = asks_for(request, PART)
    context = {
        "is_part": is_part,
        "currency_sign": formats.currency_sign(till.currency, formats.locale_of()),
        "decimal_sign": formats.locale_of().number_symbols["latn"]["decimal"],
        "till": till,
        "guest": guest,
        "rows": rows,
        "has_more": has_more,
        "text": text,
        "form": form,
        "amount": amount,
        "is_elsewhere": is_elsewhere,
        "may_open": member_of(request).may(Permission.CUSTOMERS_VIEW),
    }
    name = "commerce/_found.html" if is_part else "commerce/counter.html"
    return render(request, name, context, status=status)


def _answer(request: HttpRequest, till: Till, guest: Guest | None, rows: Any) -> HttpResponse:
    """After a form: the part of the page, or without script the guest's page."""
    if guest is not None and not asks_for(request, PART):
        return redirect("counter_guest", guest.uuid)
    return _show(request, till, guest=guest, rows=rows)


def _done(request: HttpRequest, member: MemberInfo, till: Till, guest: Guest) -> HttpResponse:
    """The guest as they are now, with a new key for the next tap."""
    if not asks_for(request, PART):
        return redirect("counter_guest", guest.uuid)
    return _show(request, till, guest=guest_of(guest.person, member, till))


def _refuse(request: HttpRequest, till: Till, guest: Guest, why: str, amount: str = "") -> HttpResponse:
    notify(request, why, kind="warn")
    return _show(request, till, guest=guest, amount=amount, status=REFUSED)


def _what_is_missing(till: Till) -> str:
    if till.is_missing:
        return _("Choose the location you are at first.")
    return _("This page is incomplete. Load it again.")


def _guest(uuid: UUID, member: MemberInfo, till: Till) -> Guest:
    person = identity.person_by_uuid(uuid)
    guest = guest_of(person, member, till) if person is not None else None
    if guest is None:
        raise Http404
    return guest


def _page_key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError:
        return None


def _came_at(page_key: UUID) -> datetime:
    """When the guest was opened, which the key tells (it is of version 7): the same for a tap that is sent again."""
    now = clock.now()
    milliseconds = page_key.int >> 80
    opened = datetime.fromtimestamp(min(milliseconds // 1000, int(now.timestamp()) + 1), UTC)
    return opened if timedelta() <= now - opened < FRESH else now


def _greeting(request: HttpRequest, till: Till) -> Greeting | None:
    asked = [point.pk for point in points_at(location_id=till.location_id, brand_id=till.brand_id)]
    ticked = {value for value in request.POST.getlist("tick") if value.isdecimal()}
    return Greeting(asked, [number for number in asked if str(number) in ticked]) if asked else None


def _line(product: str, guest: Guest) -> PurchaseLine:
    tap = next((one for one in guest.taps if str(one.product.id) == product), None)
    if tap is None:
        raise CommerceRefused(_("This product is not offered here any more. Write the amount instead."))
    return PurchaseLine(tap.product.id, Decimal(1), unit_price=tap.unit_price)


def _amount(typed: str, currency: str) -> int:
    """Minor units of the business's currency."""
    text = re.sub(r"\s", "", typed)
    if not _AMOUNT.fullmatch(text) or len(text.replace(",", ".").partition(".")[2]) > minor_digits(currency):
        raise CommerceRefused(
            _("Write the amount in digits, for example %(example)s.") % {"example": _example(currency)}
        )
    return to_minor(Decimal(text.replace(",", ".")), currency)


def _example(currency: str) -> str:
    return formats.number(Decimal("12.5"), 2 if minor_digits(currency) else 0)


def _undo_address(member: MemberInfo, what: str, key: UUID, handle: int, at: datetime) -> str:
    value = f"{member.id} {what} {key} {handle} {at.isoformat()}"
    return reverse("counter_undo", args=[signing.sign(UNDO, value)])


def _initial(text: str) -> dict[str, str]:
    """What was typed is the phone or the name of the new guest."""
    digits = sum(map(str.isdigit, text))
    return {"phone": text} if digits > len(text) / 2 and digits < 16 else {"name": "" if digits else text}


def _see_here(people: list[int], phone: str, till: Till) -> None:
    columns = CustomerColumns(
        handles=people[:1],
        known_as=[phone],
        seen_at=[clock.now()],
        source="counter",
        location_ids=[till.location_id],
    )
    customers.note_sightings(columns=columns)
