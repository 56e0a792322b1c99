"""One order: its lines, its money, its deliveries, its history; and what members do with it."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wayloop.accounts.api import Permission, member_of, permission_required
from wayloop.business import api as business
from wayloop.commerce import life
from wayloop.commerce.enums import DeliveryStatus, OrderStatus, PaymentMethod
from wayloop.commerce.forms.orders import CartHoursForm, DeliveryForm, MoneyForm
from wayloop.commerce.models import Order
from wayloop.commerce.queries import deals, orders
from wayloop.commerce.queries.carts import cart_hours
from wayloop.commerce.rules import STEPS, CommerceRefused
from wayloop.commerce.services import carts, deliveries, payments, statuses
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.kernel.ids import uuid7
from wayloop.kernel.money import minor_digits, to_decimal
from wayloop.ui.toasts import notify

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@permission_required(Permission.ORDERS_VIEW)
def order_page(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The order as it stands."""
    member, order = member_of(request), _order(request, uuid)
    person = identity.people_of([order.handle]).get(order.handle) if order.handle is not None else None
    status = OrderStatus(order.status)
    steps, paid = orders.steps_of(order=order.pk), orders.payments_of(order=order.pk)
    ways, back = orders.deliveries_of(order=order.pk), orders.returns_of(order=order.pk)
    context = {
        "order": order,
        "status": status,
        "look": life.LOOKS[status],
        "lines": deals.lines_of(side="orders", deal=order.pk),
        "customer": customers.titles_of([person]).get(person) if person is not None else None,
        "place": next(
            (one.name for one in business.locations(with_archived=True) if one.id == order.location_id), None
        ),
        "next": STEPS[status][0] if STEPS[status] else None,
        "others": [one for one in STEPS[status][1:] if one != OrderStatus.CANCELLED],
        "may_cancel": OrderStatus.CANCELLED in STEPS[status],
        "deliveries": [(row, life.promise_in_words(row), life.DELIVERY_LOOKS[row.delivery.status]) for row in ways],
        "is_late": status != OrderStatus.CANCELLED and any(row.is_late and not row.is_over for row in ways),
        "returns": back,
        "methods": PaymentMethod.choices,
        "history": life.history(order, steps=steps, payments=paid, deliveries=ways, returns=back),
        "owed": order.balance if order.balance and order.balance > 0 else 0,
        "ours": -order.balance if order.balance and order.balance < 0 else 0,
        "may_change": member.may(Permission.ORDERS_CHANGE),
        "key": uuid7(),
    }
    return render(request, "commerce/order.html", context)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def order_step(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes the order on to the status named by `do`."""
    order, key = _order(request, uuid), _key(request)
    wanted = request.POST.get("do", "")
    if wanted not in OrderStatus.values:
        raise BadRequest("no such status")
    status = OrderStatus(wanted)
    step = partial(statuses.change_status, order=order.pk, key=key, status=status, by=member_of(request).id)
    if _done(request, step):
        told = _("The order is cancelled") if status == OrderStatus.CANCELLED else _("Now: %(status)s")
        undo = reverse("commerce:step_back", args=[key])
        notify(request, told % {"status": status.label}, undo_url=undo)
    return redirect("commerce:order", uuid)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def step_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes the last step of an order back."""
    order = _order_of(request, uuid, "step")
    _done(request, partial(statuses.take_status_back, change=uuid), _("Taken back"))
    return redirect("commerce:order", order.uuid)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def mark_paid(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Writes all that is owed as paid, by the method chosen."""
    order, key = _order(request, uuid), _key(request)
    method, seen = request.POST.get("method", ""), request.POST.get("seen", "")
    if method not in PaymentMethod.values or not (seen.isascii() and seen.isdecimal() and len(seen) < 18):
        raise BadRequest("no payment")
    pay = partial(
        payments.record_payment,
        order=order.pk,
        key=key,
        method=PaymentMethod(method),
        amount=int(seen),
        by=member_of(request).id,
        seen_balance=int(seen),
    )
    if _done(request, pay):
        notify(request, _("Paid in full"), undo_url=reverse("commerce:payment_back", args=[key]))
    return redirect("commerce:order", uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ORDERS_CHANGE)
def money(request: HttpRequest, uuid: UUID, is_refund: bool) -> HttpResponse:
    """A form for a payment, or for money that goes back."""
    order = _order(request, uuid)
    others = [] if is_refund else [code for code in business.currencies_used() if code != order.currency]
    most = (order.paid or 0) if is_refund else order.balance if order.balance and order.balance > 0 else None
    usual = -order.balance if is_refund and order.balance and order.balance < 0 else most
    form = MoneyForm(
        request.POST or None,
        currencies=[order.currency, *others],
        most=most,
        initial={
            "key": uuid7(),
            "seen": order.balance,
            "amount": to_decimal(usual, order.currency) if usual else None,
            "method": PaymentMethod.CARD,
        },
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given: dict[str, Any] = {
            "order": order.pk,
            "key": data["key"],
            "method": PaymentMethod(data["method"]),
            "amount": data["minor"],
            "by": member_of(request).id,
        }
        try:
            if is_refund:
                is_new = payments.record_refund(**given)
            else:
                is_new = payments.record_payment(**given, currency=data["currency"], seen_balance=data["seen"])
        except CommerceRefused as refused:
            form.add_error(None, str(refused))
        else:
            if is_new:
                undo = reverse("commerce:payment_back", args=[data["key"]])
                notify(request, _("Money given back is noted") if is_refund else _("Paid"), undo_url=undo)
            return redirect("commerce:order", uuid)
    context = {"order": order, "form": form, "is_refund": is_refund, "digits": minor_digits(order.currency)}
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    return render(request, "commerce/money.html", context, status=status)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def payment_back(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Takes a payment or refund back that was entered by mistake."""
    order = _order_of(request, uuid, "payment")
    if _done(request, partial(payments.take_payment_back, payment=uuid)):
        notify(request, _("Taken back"), kind="info", undo_url=reverse("commerce:payment_again", args=[uuid]))
    return redirect("commerce:order", order.uuid)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def payment_again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Lets a payment count again that was taken back."""
    order = _order_of(request, uuid, "payment")
    _done(request, partial(payments.restore_payment, payment=uuid), _("It counts again"))
    return redirect("commerce:order", order.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ORDERS_CHANGE)
def new_delivery(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A form for a delivery; POST plans it."""
    order = _order(request, uuid)
    form = DeliveryForm(request.POST or None, initial={"key": uuid7(), "way": "courier"})
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["key"]
        try:
            is_new = deliveries.plan_delivery(order=order.pk, key=key, plan=form.plan)
        except CommerceRefused as refused:
            form.add_error(None, str(refused))
        else:
            if is_new:
                undo = reverse("commerce:delivery_back", args=[key, DeliveryStatus.PLANNED])
                notify(request, _("The delivery is planned"), undo_url=undo)
            return redirect("commerce:order", uuid)
    return _delivery_form(request, order, form, is_new=True)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ORDERS_CHANGE)
def edit_delivery(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A form that changes promise, carrier or number of a delivery."""
    order = _order_of(request, uuid, "delivery")
    delivery = next(row.delivery for row in orders.deliveries_of(order=order.pk) if row.delivery.uuid == uuid)
    form = DeliveryForm(request.POST) if request.method == "POST" else DeliveryForm.of(delivery)
    if request.method == "POST" and form.is_valid():
        try:
            deliveries.change_delivery(delivery=uuid, plan=form.plan)
        except CommerceRefused as refused:
            form.add_error(None, str(refused))
        else:
            notify(request, _("Saved"))
            return redirect("commerce:order", order.uuid)
    return _delivery_form(request, order, form, is_new=False)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def delivery_step(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Notes that a delivery was sent, reached the customer or failed (`do`)."""
    order = _order_of(request, uuid, "delivery")
    wanted = request.POST.get("do", "")
    if wanted not in DeliveryStatus.values:
        raise BadRequest("no such step")
    status = DeliveryStatus(wanted)
    if _done(request, partial(deliveries.move_delivery_on, delivery=uuid, status=status)):
        undo = reverse("commerce:delivery_back", args=[uuid, status])
        notify(request, _("Delivery: %(status)s") % {"status": status.label}, undo_url=undo)
    return redirect("commerce:order", order.uuid)


@require_POST
@permission_required(Permission.ORDERS_CHANGE)
def delivery_back(request: HttpRequest, uuid: UUID, status: str) -> HttpResponse:
    """Takes the last step of a delivery back, which led to `status`."""
    order = _order_of(request, uuid, "delivery")
    if status not in DeliveryStatus.values:
        raise Http404
    take = partial(deliveries.take_delivery_back, delivery=uuid, status=DeliveryStatus(status))
    _done(request, take, _("Taken back"))
    return redirect("commerce:order", order.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SETTINGS_VIEW)
def cart_settings(request: HttpRequest) -> HttpResponse:
    """After how many hours a cart is abandoned; POST changes it."""
    may_change = member_of(request).may(Permission.SETTINGS_CHANGE)
    if request.method != "POST":
        form = CartHoursForm(initial={"hours": cart_hours()}) if may_change else None
        return render(request, "commerce/cart_settings.html", {"form": form, "hours": cart_hours()})
    if not may_change:
        raise PermissionDenied
    form = CartHoursForm(request.POST)
    if form.is_valid():
        try:
            carts.set_cart_hours(hours=form.cleaned_data["hours"])
        except CommerceRefused as refused:
            form.add_error("hours", str(refused))
        else:
            notify(request, _("Saved"))
            return redirect("commerce:cart_settings")
    return render(request, "commerce/cart_settings.html", {"form": form, "hours": cart_hours()}, status=REFUSED)


def _delivery_form(request: HttpRequest, order: Order, form: DeliveryForm, *, is_new: bool) -> HttpResponse:
    status = REFUSED if request.method == "POST" else HTTPStatus.OK
    context = {"order": order, "form": form, "is_new": is_new}
    return render(request, "commerce/delivery.html", context, status=status)


def _done(request: HttpRequest, change: Callable[[], object], told: str = "") -> bool:
    """Whether the change was made; a refusal, and what was `told`, stand on the next page."""
    try:
        made = change()
    except LookupError as error:
        raise Http404 from error
    except CommerceRefused as refused:
        notify(request, str(refused), kind="warn")
        return False
    if told:
        notify(request, told, kind="info")
    return made is not False


def _order(request: HttpRequest, uuid: UUID) -> Order:
    """An order the member sees; 404 for others."""
    found = deals.deal_by_uuid(side="orders", uuid=uuid, scope=member_of(request).scope)
    if not isinstance(found, Order):
        raise Http404
    return found


def _order_of(request: HttpRequest, uuid: UUID, kind: str) -> Order:
    """The order of a step, payment or delivery the member sees; 404 for others."""
    found = orders.order_of(uuid=uuid, kind=kind, scope=member_of(request).scope)
    if found is None:
        raise Http404
    return found


def _key(request: HttpRequest) -> UUID:
    """The key of a form, by which the same one counts once."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as error:
        raise BadRequest("no key") from error
