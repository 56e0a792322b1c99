"""What files can bring into commerce."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.commerce.rules import LARGEST
from wayloop.commerce.services.deals import record_orders, record_returns
from wayloop.contracts.commerce import DealColumns, DealOutcome, LineColumns
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.imports import UNREADABLE, ImportContext, ImportField, ImportOutcome
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.ledger import api as ledger
from wayloop.ui.formats import number

CONFLICT = "conflict"
SIGN = "sign"


class OrderLines:
    """A file with one row per order line; rows of one number are one order, or one return.

    A return is known by the beginning of its number (option `returns_start_with`).
    """

    name = "order_lines"
    label = gettext_lazy("Orders, one row per line")
    rank = 50
    group_by = "number"
    fields = (
        ImportField("number", gettext_lazy("Order number"), "text", required=True, longest=120),
        ImportField("happened_at", gettext_lazy("Date and time"), "instant", required=True),
        ImportField("customer", gettext_lazy("Customer number"), "text", required=True, longest=120),
        ImportField("product_code", gettext_lazy("Product code"), "text", required=True, longest=120),
        ImportField("product_name", gettext_lazy("Product name"), "text"),
        ImportField("quantity", gettext_lazy("Quantity"), "decimal", required=True, below=LARGEST),
        ImportField(
            "unit_price", gettext_lazy("Price per unit"), "decimal", required=True, above=Decimal(0), below=LARGEST
        ),
        ImportField("country", gettext_lazy("Country"), "text"),
    )

    def reason(self, code: str) -> str:
        return {
            CONFLICT: _("An order with this number is already here with other lines."),
            SIGN: _("An order line needs a quantity above zero."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[str]:
        told = []
        if orders := counts.get("orders"):
            told.append(ngettext("%(n)s new order", "%(n)s new orders", orders) % {"n": number(orders)})
        if returns := counts.get("returns"):
            told.append(ngettext("%(n)s new return", "%(n)s new returns", returns) % {"n": number(returns)})
        if known := counts.get("orders_known", 0) + counts.get("returns_known", 0):
            told.append(ngettext("%(n)s was here already", "%(n)s were here already", known) % {"n": number(known)})
        return told

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        zone = ZoneInfo(context.zone)
        ledger.ensure_months(instants={moment.replace(tzinfo=zone) for moment in set(columns["happened_at"])})

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        start = context.options.get("returns_start_with", "")
        is_return = [bool(start) and number.startswith(start) for number in columns["number"]]
        # A return counts by its size whether the file writes -1 or 1; an order line below zero is no order line.
        odd = {index for index, back in enumerate(is_return) if not back and columns["quantity"][index] <= 0}
        odd |= {index for index in range(len(rows)) if columns["quantity"][index] == 0}
        refused: dict[int, str] = dict.fromkeys(odd, SIGN)
        kind = identity.IdentifierKind.EXTERNAL
        # Some compatibility letters grow when they are folded; nearly always this refuses nothing.
        refused |= {
            index: f"{UNREADABLE}:customer"
            for index, number in enumerate(columns["customer"])
            if identity.normal_form(kind, number) is None
        }
        good = [index for index in range(len(rows)) if index not in refused]
        found = identity.resolve_handles(
            kind=kind, namespace=context.source, values=[columns["customer"][index] for index in good]
        )
        handles = dict(zip(good, found, strict=True))
        counts: dict[str, int] = {}
        seen: list[tuple[int, str, datetime, str]] = []
        for name, record, wanted in (("orders", record_orders, False), ("returns", record_returns, True)):
            mine = [index for index in good if is_return[index] is wanted]
            if not mine:
                continue
            deals, lines = self._columns(context, columns, handles, mine)
            outcome = record(deals=deals, lines=lines)
            seen += self._sightings(columns, deals, outcome, mine)
            conflicts = [index for index in mine if columns["number"][index] in outcome.conflicting]
            refused |= dict.fromkeys(conflicts, CONFLICT)
            written = sum(1 for index in mine if columns["number"][index] in outcome.written)
            counts |= {
                name: len(outcome.written),
                f"{name}_known": len(outcome.unchanged),
                f"{name}_lines": written,
                f"{name}_lines_known": len(mine) - written - len(conflicts),
            }
        if seen:
            people, known_as, seen_at, countries = zip(*seen, strict=True)
            customers.note_sightings(
                columns=CustomerColumns(
                    handles=people,
                    known_as=known_as,
                    seen_at=seen_at,
                    source=context.source,
                    traits={"country": countries},
                )
            )
        return ImportOutcome(counts, {rows[index]: code for index, code in refused.items()})

    def _columns(
        self,
        context: ImportContext,
        columns: Mapping[str, Sequence[Any]],
        handles: Mapping[int, int],
        mine: Sequence[int],
    ) -> tuple[DealColumns, LineColumns]:
        numbers = columns["number"]
        firsts = _first_lines(columns, mine)
        position = {number: place for place, number in enumerate(firsts)}
        zone = ZoneInfo(context.zone)
        local = [columns["happened_at"][index].replace(tzinfo=zone) for index in firsts.values()]
        deals = DealColumns(
            source=context.source,
            batch=context.batch,
            is_news=False,
            channel=context.channel,
            numbers=list(firsts),
            handles=[handles[index] for index in firsts.values()],
            happened_at=[moment.astimezone(UTC) for moment in local],
            offset_minutes=[_offset(moment) for moment in local],
            currencies=[context.currency] * len(firsts),
            rates=[_rate(context)] * len(firsts),
        )
        lines = LineColumns(
            language=context.language,
            deals=[position[numbers[index]] for index in mine],
            product_codes=[columns["product_code"][index] for index in mine],
            product_names=[columns["product_name"][index] or "" for index in mine],
            quantities=[abs(columns["quantity"][index]) for index in mine],
            unit_prices=[columns["unit_price"][index] for index in mine],
        )
        return deals, lines

    def _sightings(
        self, columns: Mapping[str, Sequence[Any]], deals: DealColumns, outcome: DealOutcome, mine: Sequence[int]
    ) -> list[tuple[int, str, datetime, str]]:
        """Handle, number, time and country of the customer of each new deal."""
        first_of = _first_lines(columns, mine)
        return [
            (handle, columns["customer"][index], moment, (columns.get("country") or {index: None})[index] or "")
            for number, handle, moment in zip(deals.numbers, deals.handles, deals.happened_at, strict=True)
            if handle is not None and number in outcome.written
            for index in (first_of[number],)
        ]


def _first_lines(columns: Mapping[str, Sequence[Any]], mine: Sequence[int]) -> dict[str, int]:
    """Number → its earliest line: an order has the time and the customer of that."""
    firsts: dict[str, int] = {}
    for index in mine:
        known = firsts.setdefault(columns["number"][index], index)
        if columns["happened_at"][index] < columns["happened_at"][known]:
            firsts[columns["number"][index]] = index
    return firsts


def _offset(moment: datetime) -> int:
    offset = moment.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0


def _rate(context: ImportContext) -> Decimal | None:
    """What the mapping says; without it the rates that were entered count, each at the time of its order."""
    return Decimal(context.options["rate"]) if "rate" in context.options else None
