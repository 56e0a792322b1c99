"""What files can bring into commerce: orders, one row per line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.business import api as business
from wayloop.commerce.enums import DeliveryWay, OrderStatus, PaymentMethod
from wayloop.commerce.models import Order
from wayloop.commerce.order_moves import move_on, paid_by
from wayloop.commerce.order_parts import ensure_months_of, told_counts
from wayloop.commerce.rules import LARGEST
from wayloop.commerce.services.deals import DealSums, record_rows
from wayloop.contracts.commerce import DealColumns, DealOutcome
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.imports import UNREADABLE, CountTold, ImportColumns, ImportContext, ImportField, ImportOutcome
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.ui.formats import number

if TYPE_CHECKING:
    import pyarrow as pa

    from wayloop.commerce.order_rows import OrderRows

CONFLICT, SIGN, PRICE, PRODUCT, DISCOUNT, PLACE = "conflict", "sign", "price", "product", "discount", "place"
# The customer is who the first of these leads to.
WHO = (IdentifierKind.EXTERNAL, IdentifierKind.PHONE, IdentifierKind.EMAIL)
WHO_FIELDS = ("customer", "phone", "email")


class OrderLines:
    """A file with one row per order line; rows of one number are one order, or one return.

    A return is known by the beginning of its number (option `returns_start_with`). Rows that name nobody are a
    guest's.
    """

    name = "order_lines"
    label = gettext_lazy("Orders, one row per line")
    rank = 50
    group_by = "number"
    fields: Sequence[ImportField] = (
        ImportField(
            "number", gettext_lazy("Order number"), "text", required=True, longest=120,
            names=("order number", "order no", "order id", "order_id", "order", "name", "number", "invoice",
                   "invoiceno", "invoice number", "номер заказа", "номер", "заказ", "id заказа", "№ заказа",
                   "номер сделки", "id сделки", "сделка", "номер замовлення", "замовлення", "id замовлення",
                   "№ замовлення", "deal id", "record id", "документ", "номер документа", "чек", "номер чека",
                   "номер угоди"),
        ),
        ImportField(
            "happened_at", gettext_lazy("Date and time"), "instant", required=True,
            names=("created at", "order date", "date", "date created", "invoicedate", "order_purchase_timestamp",
                   "created_at", "paid at", "дата", "дата заказа", "дата создания", "создано", "дата и время",
                   "дата замовлення", "дата створення", "дата та час", "create date", "close date", "дата продажи",
                   "дата продажу", "период"),
        ),
        ImportField(
            "customer", gettext_lazy("Customer number"), "text", longest=120,
            names=("customer id", "customerid", "customer_id", "customer", "customer number", "user id", "client id",
                   "id клиента", "номер клиента", "клиент", "контрагент", "покупатель", "id клієнта", "номер клієнта",
                   "клієнт", "контакт", "id контакта", "contact id", "покупець", "associated contact ids",
                   "код клиента", "код контрагента", "код покупателя", "код клієнта",
                   "код покупця"),
        ),
        ImportField(
            "phone", gettext_lazy("Phone"), "text", longest=120,
            names=("phone", "billing phone", "shipping phone", "phone number", "customer phone", "телефон",
                   "телефон клиента", "телефон клієнта", "номер телефона", "номер телефону", "рабочий телефон", "тел."),
        ),
        ImportField(
            "email", gettext_lazy("E-mail"), "text", longest=254,
            names=("email", "e-mail", "customer email", "billing email", "email (billing)", "почта", "эл. почта",
                   "email клиента", "пошта", "ел. пошта", "email клієнта", "рабочий email"),
        ),
        ImportField(
            "customer_name", gettext_lazy("Customer name"), "text", longest=200,
            names=("customer name", "billing name", "shipping name", "client name", "full name", "имя клиента", "фио",
                   "имя", "ім'я", "піб", "ім'я клієнта", "имя покупателя", "основной контакт", "покупатель (фио)",
                   "контрагент", "клиент", "покупатель", "клієнт", "покупець", "customer", "client"),
        ),
        ImportField(
            "town", gettext_lazy("Town"), "text", longest=200,
            names=("city", "town", "billing city", "shipping city", "customer_city", "город", "місто", "город доставки",
                   "місто доставки", "населенный пункт", "населений пункт"),
        ),
        ImportField(
            "country", gettext_lazy("Country"), "text", longest=200,
            names=("country", "billing country", "shipping country", "страна", "країна"),
        ),
        ImportField(
            "product_code", gettext_lazy("Product code"), "text", longest=120,
            names=("product code", "sku", "lineitem sku", "stockcode", "product id", "product_id", "item sku", "code",
                   "артикул", "код товара", "артикул товара", "номенклатура.код", "код", "код товару",
                   "артикул товару"),
        ),
        ImportField(
            "product_name", gettext_lazy("Product name"), "text",
            names=("product name", "lineitem name", "product", "item name", "item", "description", "товар",
                   "название товара", "наименование", "номенклатура", "услуга", "назва товару", "назва", "послуга",
                   "line item name"),
        ),
        ImportField(
            "category", gettext_lazy("Category of the product"), "text", longest=120,
            names=("category", "product category", "product_category_name", "lineitem vendor", "категория",
                   "группа товаров", "раздел", "категорія", "група товарів", "номенклатурная группа"),
        ),
        ImportField(
            "quantity", gettext_lazy("Quantity"), "decimal", below=LARGEST,
            names=("quantity", "qty", "lineitem quantity", "item quantity", "количество", "кол-во", "кількість",
                   "к-сть", "шт", "шт."),
        ),
        ImportField(
            "unit_price", gettext_lazy("Price per unit"), "decimal", above=Decimal(0), below=LARGEST,
            names=("price", "unit price", "unitprice", "lineitem price", "item price", "item cost", "цена",
                   "цена за единицу", "ціна", "ціна за одиницю", "стоимость единицы"),
        ),
        ImportField(
            "discount", gettext_lazy("Discount on the line"), "decimal", below=LARGEST,
            names=("lineitem discount", "line discount", "discount", "скидка", "сумма скидки", "знижка",
                   "сума знижки"),
        ),
        ImportField(
            "line_total", gettext_lazy("What the line comes to"), "decimal", below=LARGEST * LARGEST,
            names=("line total", "item total", "lineitem total", "amount", "order item total", "сумма", "стоимость",
                   "сума", "вартість", "сумма по строке"),
        ),
        ImportField(
            "order_total", gettext_lazy("What the order comes to"), "decimal", below=LARGEST * LARGEST,
            names=("total", "order total", "order total amount", "grand total", "deal value", "итого", "сумма заказа",
                   "бюджет", "бюджет сделки", "сумма сделки", "всего", "разом", "сума замовлення", "всього"),
        ),
        ImportField(
            "currency", gettext_lazy("Currency"), "text", longest=10,
            names=("currency", "order currency", "валюта"),
        ),
        ImportField(
            "status", gettext_lazy("Status of the order"), "text", choices=dict(OrderStatus.choices),
            names=("status", "order status", "order_status", "fulfillment status", "deal stage", "статус",
                   "статус заказа", "статус замовлення", "стадия сделки", "этап сделки", "стадія"),
        ),
        ImportField(
            "channel", gettext_lazy("Channel"), "text", longest=40,
            names=("channel", "source", "sales channel", "канал", "источник", "канал продаж", "джерело",
                   "канал продажу"),
        ),
        ImportField(
            "location", gettext_lazy("Location"), "text", longest=200,
            names=("location", "store", "shop", "branch", "outlet", "точка", "филиал", "магазин", "точка продаж",
                   "філія", "заклад", "точка продажу", "подразделение", "підрозділ", "склад"),
        ),
        ImportField(
            "paid", gettext_lazy("Paid"), "yes_no",
            names=("paid", "is paid", "оплачено", "оплачен", "сплачено"),
        ),
        ImportField(
            "paid_by", gettext_lazy("Paid with"), "text", choices=dict(PaymentMethod.choices),
            names=("payment method", "payment method title", "payment type", "способ оплаты", "вид оплаты",
                   "спосіб оплати", "тип оплаты", "метод оплати"),
        ),
        ImportField(
            "promised_at", gettext_lazy("Delivery promised for"), "instant",
            names=("promised", "delivery date", "expected delivery", "order_estimated_delivery_date", "due date",
                   "estimated delivery", "дата доставки", "доставить до", "обещанная дата", "плановая дата доставки",
                   "планова дата доставки", "доставити до"),
        ),
        ImportField(
            "sent_at", gettext_lazy("Sent"), "instant",
            names=("shipped at", "fulfilled at", "order_delivered_carrier_date", "sent", "дата отправки", "отправлено",
                   "дата відправки", "відправлено", "дата отгрузки", "дата відвантаження"),
        ),
        ImportField(
            "delivered_at", gettext_lazy("Delivered"), "instant",
            names=("delivered at", "delivered", "order_delivered_customer_date", "доставлено", "дата вручения",
                   "дата получения", "дата вручення", "дата отримання", "вручено"),
        ),
        ImportField(
            "way", gettext_lazy("Way of delivery"), "text", choices=dict(DeliveryWay.choices),
            names=("delivery method", "way of delivery", "способ доставки", "тип доставки", "спосіб доставки"),
        ),
        ImportField(
            "carrier", gettext_lazy("Carrier"), "text", longest=80,
            names=("carrier", "shipping method", "delivery service", "служба доставки", "перевозчик", "перевізник",
                   "тк"),
        ),
        ImportField(
            "tracking", gettext_lazy("Number of the parcel"), "text", longest=80,
            names=("tracking number", "tracking", "ttn", "ттн", "номер ттн", "трек-номер", "трек номер", "накладная"),
        ),
    )  # fmt: skip

    def reason(self, code: str) -> str:
        return {
            CONFLICT: _("An order with this number is already here with other lines."),
            SIGN: _("An order line needs a quantity above zero."),
            PRICE: _("An order line needs a price, or what it comes to."),
            PRODUCT: _("There is a price or a quantity, but no product."),
            DISCOUNT: _("The discount must lie between zero and what the line costs."),
            PLACE: _("There is no location of this name. Add it in the settings, or leave the column out."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        orders, returns = counts.get("orders", 0), counts.get("returns", 0)
        told = [
            CountTold(sentence % {"n": number(count)}, group)
            for group, count, sentence in (
                ("new", orders, ngettext("%(n)s new order", "%(n)s new orders", orders)),
                ("returns", returns, ngettext("%(n)s new return", "%(n)s new returns", returns)),
            )
            if count
        ]
        moved = counts.get("orders_moved", 0)
        known = counts.get("orders_known", 0) + counts.get("returns_known", 0) - moved
        return [*told, *told_counts({"moved": moved, "known": known}, "")]

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        ensure_months_of(context, columns)

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        from wayloop.commerce.order_rows import OrderRows  # slow import: DuckDB, which no page needs

        work = OrderRows(
            _table(columns),
            types=TYPES,
            zone=context.zone,
            currency=context.currency,
            start=self._start_of_returns(context),
        )
        refused = work.read(
            people=who(context, work.customers()),
            places=business.locations_named(names) if (names := work.locations()) else {},
        )
        counts: dict[str, int] = {}
        things: dict[tuple[str, str], Sequence[int]] = {}
        seen: dict[str, datetime] = {}
        for found, (name, is_back) in zip(work.deals(), (("orders", False), ("returns", True)), strict=True):
            if not found["number"]:
                continue
            deals, outcome = self._record(context, work, found, is_back=is_back)
            if outcome.conflicting:
                refused |= dict.fromkeys(work.rows_of(outcome.conflicting, is_back=is_back), CONFLICT)
            row_count = dict(zip(found["number"], found["rows"], strict=True))
            kind, new = ("return", "returns") if is_back else ("order", "new")
            moved = set() if is_back else move_on(context, found, outcome)
            if not is_back:
                counts["orders_moved"] = len(moved)
                things["moved", kind] = sorted(moved)
            things[new, kind] = [outcome.ids[one] for one in found["number"] if one in outcome.written]
            things["known", kind] = [
                outcome.ids[one]
                for one in found["number"]
                if one in outcome.unchanged and outcome.ids[one] not in moved
            ]
            counts |= {
                name: len(outcome.written),
                f"{name}_known": len(outcome.unchanged),
                f"{name}_lines": sum(map(row_count.__getitem__, outcome.written)),
                f"{name}_lines_known": sum(map(row_count.__getitem__, outcome.unchanged)),
            }
            seen |= {
                one: moment
                for one, moment in zip(deals.numbers, deals.happened_at, strict=True)
                if one in outcome.written
            }
        if seen:
            note(context, work.sightings(seen=seen))
        return ImportOutcome(counts, {rows[index]: code for index, code in refused.items()}, things)

    def _start_of_returns(self, context: ImportContext) -> str | None:
        return context.options.get("returns_start_with", "")

    def _record(
        self, context: ImportContext, work: "OrderRows", found: Mapping[str, list[Any]], *, is_back: bool
    ) -> tuple[DealColumns, DealOutcome]:
        told = found["told"]
        deals = DealColumns(
            source=context.source,
            batch=context.batch,
            is_news=False,
            channel=context.channel,
            numbers=found["number"],
            handles=found["handle"],
            happened_at=found["happened_at"],
            offset_minutes=found["offset"],
            currencies=found["currency"],
            rates=[_rate(context)] * len(told),
            location_ids=found["location_id"],
            totals=told,
            statuses=[status or OrderStatus.COMPLETED.value for status in found["status"]],
            paid_by=list(map(paid_by, found["paid"], found["paid_by"])),
            channels=[channel or context.channel for channel in found["channel"]],
            of_orders=found["of_order"] if any(found["of_order"]) else (),
        )
        if is_back:
            deals = replace(deals, handles=_buyers(deals))
        outcome = record_rows(
            is_return=is_back,
            deals=deals,
            sums=DealSums(
                totals=[total if one is None else one for one, total in zip(told, found["total"], strict=True)],
                line_counts=found["line_count"],
                texts=[text or "" for text in found["text"]],
            ),
            products=work.products(is_back=is_back),
            language=context.language,
            lines=lambda written, products: work.lines(is_back=is_back, written=written, products=products),
        )
        return deals, outcome


TYPES = {field.name: field.type for field in OrderLines.fields} | {"of_order": "text"}


class Returns(OrderLines):
    """A file of returns, with one row per line, or one with a sum; whose they are is told by the row or the order."""

    name = "returns"
    label = gettext_lazy("Returns")
    rank = 55
    fields = (
        ImportField(
            "number", gettext_lazy("Number of the return"), "text", required=True, longest=120,
            names=("return number", "return id", "return no", "refund id", "rma", "credit note", "номер возврата",
                   "возврат", "id возврата", "номер повернення", "повернення", "id повернення"),
        ),
        ImportField(
            "of_order", gettext_lazy("Order number"), "text", longest=120,
            names=("order number", "order id", "order_id", "order", "номер заказа", "заказ", "номер замовлення",
                   "замовлення"),
        ),
        *(field for field in OrderLines.fields if field.name in {
            "happened_at", "customer", "phone", "email", "customer_name", "product_code", "product_name", "quantity",
            "unit_price", "line_total", "currency", "channel", "location",
        }),
        ImportField(
            "order_total", gettext_lazy("What came back in all"), "decimal", below=LARGEST * LARGEST,
            names=("refund amount", "refund", "return total", "total", "сумма возврата", "сума повернення", "итого",
                   "разом"),
        ),
    )  # fmt: skip

    def _start_of_returns(self, context: ImportContext) -> str | None:
        return None


def _buyers(deals: DealColumns) -> list[int | None]:
    """Whose the returns are: who the row tells, else who bought the order."""
    asked = {order for order, handle in zip(deals.of_orders, deals.handles, strict=False) if order and handle is None}
    if not asked:
        return list(deals.handles)
    buyers = dict(Order.objects.filter(source=deals.source, number__in=asked).values_list("number", "handle"))
    return [
        buyers.get(order or "") if handle is None else handle
        for order, handle in zip(deals.of_orders, deals.handles, strict=True)
    ]


def who(
    context: ImportContext, told: Sequence[tuple[str | None, ...]]
) -> list[tuple[str | None, str | None, str | None, int | None, str | None, str | None]]:
    """The customers of these combinations of number, phone and e-mail: each with its handle, what it is known by, and
    why it cannot be read.

    The number before the phone before the e-mail, see `identity.recognise`; what else is told of them is noted too.
    """
    found = identity.recognise_readable(
        columns=[
            identity.Known(kind, [one[place] for one in told], *((context.source, True) if place == 0 else ("", False)))
            for place, kind in enumerate(WHO)
        ],
        batch=context.batch,
    )
    problems = {row: f"{UNREADABLE}:{WHO_FIELDS[columns[0]]}" for row, columns in found.unreadable.items()}
    return [
        (*one, handle, next(filter(None, one), None), problems.get(row))  # type: ignore[misc]
        for row, (one, handle) in enumerate(zip(told, found.handles, strict=True))
    ]


def note(context: ImportContext, seen: Mapping[str, list[Any]]) -> None:
    """Makes or refreshes the cards of those who were seen."""
    traits = {name: seen[name] for name in ("town", "country") if any(seen[name])}
    customers.note_sightings(
        columns=CustomerColumns(
            handles=seen["handle"],
            known_as=seen["known_as"],
            seen_at=seen["seen_at"],
            source=context.source,
            names=seen["customer_name"],
            location_ids=seen["location_id"],
            traits=traits,
            batch=context.batch,
        )
    )


def _table(columns: Mapping[str, Sequence[Any]]) -> "pa.Table":
    if isinstance(columns, ImportColumns):
        return columns.table
    import pyarrow as pa  # slow import: no page needs it

    return pa.table({name: list(values) for name, values in columns.items()})


def _rate(context: ImportContext) -> Decimal | None:
    """What the mapping says; without it the rates that were entered count, each at the time of its order."""
    return Decimal(context.options["rate"]) if "rate" in context.options else None
