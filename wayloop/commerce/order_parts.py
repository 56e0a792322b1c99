"""What files of their own bring to orders that are here: payments and deliveries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.commerce.enums import DeliveryWay, PaymentMethod
from wayloop.commerce.models import Payment
from wayloop.commerce.rules import LARGEST_PAYMENT
from wayloop.commerce.services.delivery_columns import bring_deliveries
from wayloop.commerce.services.payments import record_payments
from wayloop.commerce.services.telling import bought_as
from wayloop.contracts.commerce import DeliveryColumns, PaymentColumns
from wayloop.contracts.imports import UNREADABLE, CountTold, ImportContext, ImportField, ImportOutcome
from wayloop.customers import api as customers
from wayloop.kernel import clock
from wayloop.kernel.ids import digest_key
from wayloop.kernel.money import is_currency, to_minor
from wayloop.ledger import api as ledger
from wayloop.ui.formats import number

ORDER, NOTHING, WINDOW, NO_RATE = "order", "nothing", "window", "no_rate"
ORDER_NAMES = (
    "order number", "order no", "order id", "order_id", "order", "номер заказа", "заказ", "id заказа", "сделка",
    "номер замовлення", "замовлення", "id замовлення", "угода", "invoice", "name",
)  # fmt: skip
WAY_NAMES = ("delivery method", "way of delivery", "способ доставки", "тип доставки", "спосіб доставки")


class Payments:
    """A file with one row per payment of an order; what went back stands below zero."""

    name = "payments"
    label = gettext_lazy("Payments")
    rank = 60
    # Payments without a number of their own are told apart by their place among those of the order.
    group_by = "order"
    fields = (
        ImportField("order", gettext_lazy("Order number"), "text", required=True, longest=120, names=ORDER_NAMES),
        ImportField(
            "amount", gettext_lazy("Amount"), "decimal", required=True, below=Decimal(LARGEST_PAYMENT) / 1000,
            names=("amount", "payment_value", "payment amount", "sum", "paid amount", "сумма", "сумма оплаты",
                   "сумма платежа", "оплачено", "сума", "сума оплати", "сума платежу"),
        ),
        ImportField(
            "method", gettext_lazy("Paid with"), "text", choices=dict(PaymentMethod.choices),
            names=("payment method", "payment_type", "payment type", "method", "gateway", "способ оплаты",
                   "вид оплаты", "спосіб оплати", "вид оплати"),
        ),
        ImportField(
            "happened_at", gettext_lazy("Date and time"), "instant",
            names=("paid at", "payment date", "date", "created at", "дата оплаты", "дата платежа", "дата",
                   "дата оплати", "дата платежу"),
        ),
        ImportField(
            "number", gettext_lazy("Payment number"), "text", longest=120,
            names=("payment id", "payment number", "transaction id", "payment_sequential", "номер платежа",
                   "id платежа", "номер транзакции", "номер платежу", "id платежу"),
        ),
        ImportField(
            "currency", gettext_lazy("Currency"), "text", longest=10, names=("currency", "валюта"),
        ),
        ImportField(
            "is_refund", gettext_lazy("It went back to the customer"), "yes_no",
            names=("refund", "is refund", "возврат", "повернення"),
        ),
    )  # fmt: skip

    def reason(self, code: str) -> str:
        return {
            ORDER: _("There is no order with this number. Bring the orders in first."),
            NOTHING: _("The amount must not be 0."),
            NO_RATE: _("No rate of this currency is known for that day. Enter it in the settings."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        return told_counts(
            counts,
            ngettext("%(n)s new payment", "%(n)s new payments", counts.get("new", 0)),
        )

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        ensure_months_of(context, columns)

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        told = _Told(columns, len(rows), self.fields)
        orders = bought_as(source=context.source, numbers=told["order"])
        refused: dict[int, str] = {}
        keys: list[UUID] = []
        places: dict[tuple[str, ...], int] = {}
        for index, (order, amount, currency) in enumerate(
            zip(told["order"], told["amount"], told["currency"], strict=True)
        ):
            if order not in orders:
                refused[index] = ORDER
            elif not amount:
                refused[index] = NOTHING
            elif currency and not is_currency(currency.upper()):
                refused[index] = f"{UNREADABLE}:currency"
            own = (order, told["number"][index] or "", "" if told["number"][index] else str(told["happened_at"][index]))
            places[own] = places.get(own, 0) + 1
            keys.append(digest_key("payment", context.source, *own, str(places[own])))
        mine = [index for index in range(len(rows)) if index not in refused]
        zone = ZoneInfo(context.zone)
        found = [orders[told["order"][index]] for index in mine]
        currencies = [
            (told["currency"][index] or order.currency).upper() for index, order in zip(mine, found, strict=True)
        ]
        columns_of = PaymentColumns(
            is_news=False,
            orders=[order.pk for order in found],
            keys=[keys[index] for index in mine],
            are_refunds=[bool(told["is_refund"][index]) or told["amount"][index] < 0 for index in mine],
            methods=[told["method"][index] or PaymentMethod.OTHER.value for index in mine],
            amounts=[
                to_minor(abs(told["amount"][index]), currency) for index, currency in zip(mine, currencies, strict=True)
            ],
            currencies=currencies,
            happened_at=[
                clock.instant_of(told["happened_at"][index], zone) or order.happened_at
                for index, order in zip(mine, found, strict=True)
            ],
            batch=context.batch,
        )
        before = set(Payment.objects.filter(uuid__in=columns_of.keys).values_list("uuid", flat=True))
        new = record_payments(columns=columns_of)
        # What is not here now is in a currency without a rate.
        here = set(Payment.objects.filter(uuid__in=columns_of.keys).values_list("uuid", flat=True))
        refused |= {index: NO_RATE for index in mine if keys[index] not in here}
        order_of = dict(zip(columns_of.keys, columns_of.orders, strict=True))
        return ImportOutcome(
            {"new": new, "known": len(here) - new},
            {rows[index]: code for index, code in refused.items()},
            {
                ("new", "order"): [order_of[key] for key in order_of if key in here - before],
                ("known", "order"): [order_of[key] for key in order_of if key in here & before],
            },
        )


class Deliveries:
    """A file with one row per delivery of an order."""

    name = "deliveries"
    label = gettext_lazy("Deliveries")
    rank = 60
    group_by = ""
    fields = (
        ImportField("order", gettext_lazy("Order number"), "text", required=True, longest=120, names=ORDER_NAMES),
        ImportField(
            "promised_at", gettext_lazy("Delivery promised for"), "instant",
            names=("promised", "delivery date", "expected delivery", "estimated delivery", "due date", "дата доставки",
                   "доставить до", "плановая дата доставки", "планова дата доставки", "доставити до"),
        ),
        ImportField(
            "sent_at", gettext_lazy("Sent"), "instant",
            names=("shipped at", "sent", "дата отправки", "отправлено", "дата відправки", "відправлено"),
        ),
        ImportField(
            "delivered_at", gettext_lazy("Delivered"), "instant",
            names=("delivered at", "delivered", "доставлено", "дата вручения", "дата получения", "дата вручення",
                   "дата отримання", "вручено"),
        ),
        ImportField(
            "failed_at", gettext_lazy("Not delivered"), "instant",
            names=("failed at", "failed", "returned to sender", "не доставлено", "отказ", "відмова"),
        ),
        ImportField(
            "way", gettext_lazy("Way of delivery"), "text", choices=dict(DeliveryWay.choices), names=WAY_NAMES,
        ),
        ImportField(
            "carrier", gettext_lazy("Carrier"), "text", longest=80,
            names=("carrier", "delivery service", "служба доставки", "перевозчик", "перевізник"),
        ),
        ImportField(
            "tracking", gettext_lazy("Number of the parcel"), "text", longest=80,
            names=("tracking number", "tracking", "ttn", "ттн", "номер ттн", "трек-номер", "накладная", "накладна"),
        ),
    )  # fmt: skip

    def reason(self, code: str) -> str:
        return {
            ORDER: _("There is no order with this number. Bring the orders in first."),
            WINDOW: _("Days between 1970 and 2199, please."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        return told_counts(counts, ngettext("%(n)s new delivery", "%(n)s new deliveries", counts.get("new", 0)))

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        ensure_months_of(context, columns)

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        told = _Told(columns, len(rows), self.fields)
        orders = bought_as(source=context.source, numbers=told["order"])
        zone = ZoneInfo(context.zone)
        refused = {index: ORDER for index, order in enumerate(told["order"]) if order not in orders}
        promised = [end_of_day(clock.instant_of(moment, zone), zone) for moment in told["promised_at"]]
        refused |= {index: WINDOW for index, moment in enumerate(promised) if not clock.is_in_our_time(moment)}
        mine = [index for index in range(len(rows)) if index not in refused]
        new, moved = bring_deliveries(
            columns=DeliveryColumns(
                is_news=False,
                orders=[orders[told["order"][index]].pk for index in mine],
                keys=[delivery_key(context, told["order"][index], told["tracking"][index]) for index in mine],
                ways=[told["way"][index] or DeliveryWay.CARRIER.value for index in mine],
                planned_at=[orders[told["order"][index]].happened_at for index in mine],
                promised_from=[None] * len(mine),
                promised_to=[promised[index] for index in mine],
                sent_at=[clock.instant_of(told["sent_at"][index], zone) for index in mine],
                ended_at=[
                    clock.instant_of(told["delivered_at"][index] or told["failed_at"][index], zone) for index in mine
                ],
                have_failed=[told["delivered_at"][index] is None for index in mine],
                carriers=[told["carrier"][index] or "" for index in mine],
                numbers=[told["tracking"][index] or "" for index in mine],
                zone=context.zone,
                batch=context.batch,
                earlier_keys=[delivery_key(context, told["order"][index]) for index in mine],
            )
        )
        known = Counter(orders[told["order"][index]].pk for index in mine)
        known.subtract([*new, *moved])
        things = {
            ("new", "order"): new,
            ("moved", "order"): moved,
            ("known", "order"): list(known.elements()),
        }
        counts = {group: len(ids) for (group, _kind), ids in things.items()}
        return ImportOutcome(counts, {rows[index]: code for index, code in refused.items()}, things)


def delivery_key(context: ImportContext, order: str, tracking: str | None = None) -> UUID:
    """The same delivery again has the same key; an order has one for each number of a parcel."""
    return digest_key("delivery", context.source, order, tracking or "")


def end_of_day(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A promise of a day alone is kept until its last second."""
    if moment is None:
        return None
    local = moment.astimezone(zone)
    if local.hour or local.minute or local.second:
        return moment
    return (local + timedelta(days=1, seconds=-1)).astimezone(UTC)


class _Told:
    """Columns by name; a field that is not mapped is a column of nothing."""

    def __init__(self, columns: Mapping[str, Sequence[Any]], count: int, fields: Sequence[ImportField]) -> None:
        self._columns = {one.name: columns[one.name] if one.name in columns else [None] * count for one in fields}

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self._columns[name]


def told_counts(counts: Mapping[str, int], new: str) -> list[CountTold]:
    """What came of it: how many are new, in this sentence, have moved on, and were here already."""
    told = [CountTold(new % {"n": number(counts["new"])}, "new")] if counts.get("new") else []
    if moved := counts.get("moved"):
        sentence = ngettext("%(n)s has moved on", "%(n)s have moved on", moved)
        told.append(CountTold(sentence % {"n": number(moved)}, "moved"))
    told += customers.here_already(counts.get("known", 0))
    return told


def ensure_months_of(context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
    """Makes the months of the ledger in which something of these columns happened.

    What a newer file tells of what is here happens now, where nobody says when.
    """
    zone = ZoneInfo(context.zone)
    moments = {moment for column in columns.values() for moment in column if isinstance(moment, datetime)}
    ledger.ensure_months(instants={clock.now(), *(moment.replace(tzinfo=zone) for moment in moments)})
