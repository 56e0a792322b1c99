"""Events from files: anything of the catalogue that happened to somebody, as history."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wayloop.business import api as business
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.imports import CountTold, ImportContext, ImportField, ImportOutcome
from wayloop.contracts.ledger import EventColumns, EventKind, Property
from wayloop.customers.entities.naming import WHO, recognise_rows
from wayloop.customers.entities.telling import here_already
from wayloop.customers.services.sightings import note_sightings
from wayloop.kernel import clock, money
from wayloop.kernel.ids import digest_key
from wayloop.ledger import api as ledger
from wayloop.ui.formats import number

NOBODY, PLACE, CURRENCY = "nobody", "place", "currency"
SUBJECT = "imported"
_TYPES: Mapping[str, Any] = {
    "text": "text", "choice": "text", "whole": "decimal", "decimal": "decimal", "flag": "yes_no", "date": "date",
    "instant": "instant",
}  # fmt: skip


class Events:
    """A file with one row per event; what a kind of event tells besides has a field of its own."""

    name = "events"
    label = gettext_lazy("Events")
    rank = 90
    group_by = ""

    @property
    def fields(self) -> Sequence[ImportField]:
        """Who, when and what, then the properties of all kinds."""
        kinds = ledger.kinds()
        told: dict[str, list[Property]] = {}
        for kind in kinds.values():
            for name, one in kind.properties.items():
                told.setdefault(_field_of(name), []).append(one)
        return (
            *(one if one.name != "kind" else _kind_field(kinds) for one in FIELDS),
            *(_property_field(name, ones) for name, ones in sorted(told.items())),
        )

    def reason(self, code: str) -> str:
        return {
            NOBODY: _("The row names no customer: no number, phone or e-mail."),
            PLACE: _("There is no location of this name. Add it in the settings, or leave the column out."),
            CURRENCY: _("There is no such currency. Write its code, for example EUR."),
        }[code]

    def told(self, counts: Mapping[str, int]) -> Sequence[CountTold]:
        told = []
        if new := counts.get("events"):
            sentence = ngettext("%(n)s new event", "%(n)s new events", new)
            told.append(CountTold(sentence % {"n": number(new)}, "new"))
        told += here_already(counts.get("events_known", 0))
        return told

    def prepare(self, *, context: ImportContext, columns: Mapping[str, Sequence[Any]]) -> None:
        zone = ZoneInfo(context.zone)
        ledger.ensure_months(instants={moment.replace(tzinfo=zone) for moment in set(columns["happened_at"])})

    def write(
        self, *, context: ImportContext, rows: Sequence[int], columns: Mapping[str, Sequence[Any]]
    ) -> ImportOutcome:
        kinds, named, count = ledger.kinds(), set(columns), len(rows)

        def texts(name: str) -> list[str]:
            return [value or "" for value in columns[name]] if name in named else [""] * count

        told = {name: texts(name) for name in ("number", "kind", "location", "channel", "currency")}
        named_rows = recognise_rows(context=context, texts={name: texts(name) for name, _kind in WHO})
        handles, refused = named_rows.handles, dict(named_rows.refused)
        refused |= dict.fromkeys(set(range(count)) - handles.keys() - refused.keys(), NOBODY)
        places = business.locations_named(set(told["location"]) - {""})
        zone = ZoneInfo(context.zone)
        events: dict[tuple[str, str], list[tuple[int, Mapping[str, Any]]]] = {}
        for place in range(count):
            currency = told["currency"][place].upper() or context.currency
            properties = _properties(kinds[told["kind"][place]], columns, named, place, zone)
            failed = ledger.properties_that_fail(kinds[told["kind"][place]], properties)
            code = refused.get(place) or next((f"{why}:{_field_of(name)}" for name, why in failed.items()), "")
            if not code and told["location"][place] and told["location"][place] not in places:
                code = PLACE
            if not code and not money.is_currency(currency):
                code = CURRENCY
            if code:
                refused[place] = code
            else:
                key = (told["kind"][place], told["channel"][place] or context.channel)
                events.setdefault(key, []).append((place, properties))
        written = 0
        things: dict[str, list[int]] = {"new": [], "known": []}
        for (kind, channel), mine in events.items():
            at = [columns["happened_at"][place].replace(tzinfo=zone) for place, _told in mine]
            amounts = [columns["amount"][place] if "amount" in named else None for place, _told in mine]
            currencies = [told["currency"][place].upper() or context.currency for place, _told in mine]
            message_ids = [told["number"][place] or _key(columns, named, place).hex for place, _told in mine]
            known = ledger.known_messages(source=context.source, kind=kind, message_ids=message_ids)
            for message_id, (place, _told) in zip(message_ids, mine, strict=True):
                things["known" if message_id in known else "new"].append(handles[place])
                known.add(message_id)
            written += ledger.record_events(
                columns=EventColumns(
                    kind=kind,
                    source=context.source,
                    is_news=False,
                    message_ids=message_ids,
                    handles=[handles[place] for place, _told in mine],
                    occurred_at=[moment.astimezone(UTC) for moment in at],
                    offset_minutes=[clock.offset_minutes(moment) for moment in at],
                    subject_kind=SUBJECT,
                    subject_ids=[0] * len(mine),
                    channel=channel,
                    location_ids=[places.get(told["location"][place]) for place, _told in mine],
                    amounts=[
                        None if amount is None else money.to_minor(Decimal(amount), currency)
                        for amount, currency in zip(amounts, currencies, strict=True)
                    ],
                    currencies=[
                        None if amount is None else currency
                        for amount, currency in zip(amounts, currencies, strict=True)
                    ],
                    properties=[properties for _place, properties in mine],
                    batch=context.batch,
                )
            )
        good = [place for mine in events.values() for place, _told in mine]
        if good:
            note_sightings(
                columns=CustomerColumns(
                    handles=[handles[place] for place in good],
                    known_as=[named_rows.known_as[place] for place in good],
                    seen_at=[columns["happened_at"][place].replace(tzinfo=zone).astimezone(UTC) for place in good],
                    source=context.source,
                    location_ids=[places.get(told["location"][place]) for place in good],
                    batch=context.batch,
                )
            )
        counts = {"events": written, "events_known": len(good) - written}
        return ImportOutcome(
            counts,
            {rows[place]: code for place, code in refused.items()},
            {(group, "customer"): people for group, people in things.items()},
        )


FIELDS = (
    ImportField(
        "number", gettext_lazy("Number of the event"), "text", longest=120,
        names=("event id", "message id", "messageid", "event_id", "id", "id события", "id події"),
    ),
    ImportField("kind", "", "text", required=True),
    ImportField(
        "happened_at", gettext_lazy("Date and time"), "instant", required=True,
        names=("timestamp", "date", "time", "occurred at", "event time", "created at", "дата", "дата и время", "время",
               "дата та час", "час"),
    ),
    ImportField(
        "customer", gettext_lazy("Customer number"), "text", longest=120,
        names=("user id", "userid", "customer id", "customer_id", "customer", "distinct id", "id клиента", "клиент",
               "id клієнта", "клієнт"),
    ),
    ImportField("email", gettext_lazy("E-mail"), "text", longest=254, names=("email", "e-mail", "почта", "пошта")),
    ImportField("phone", gettext_lazy("Phone"), "text", longest=120, names=("phone", "телефон", "номер телефона")),
    ImportField(
        "amount", gettext_lazy("Amount"), "decimal", below=Decimal(10) ** 12,
        names=("amount", "value", "revenue", "sum", "сумма", "сума"),
    ),
    ImportField("currency", gettext_lazy("Currency"), "text", longest=10, names=("currency", "валюта")),
    ImportField(
        "location", gettext_lazy("Location"), "text", longest=200,
        names=("location", "store", "shop", "branch", "точка", "филиал", "магазин", "філія", "заклад"),
    ),
    ImportField(
        "channel", gettext_lazy("Channel"), "text", longest=40,
        names=("channel", "source", "канал", "источник", "джерело"),
    ),
)  # fmt: skip
_OWN = frozenset(one.name for one in FIELDS)


def _kind_field(kinds: Mapping[str, EventKind]) -> ImportField:
    return ImportField(
        "kind",
        gettext_lazy("Kind of event"),
        "text",
        required=True,
        choices={name: kind.label for name, kind in kinds.items()},
        names=("event", "event name", "event type", "kind", "type", "событие", "тип события", "подія", "тип події"),
    )


def _field_of(name: str) -> str:
    """The field of a property; "number" and its like mean something else already."""
    return f"property_{name}" if name in _OWN else name


def _property_field(name: str, ones: Sequence[Property]) -> ImportField:
    types = {_TYPES[one.type] for one in ones}
    return ImportField(
        name, ones[0].meaning, types.pop() if len(types) == 1 else "text", names=(name.replace("_", " "),)
    )


def _properties(
    kind: EventKind, columns: Mapping[str, Sequence[Any]], named: set[str], place: int, zone: ZoneInfo
) -> dict[str, Any]:
    return {
        name: _typed(one, columns[_field_of(name)][place], zone)
        for name, one in kind.properties.items()
        if _field_of(name) in named
    }


def _typed(one: Property, value: Any, zone: ZoneInfo) -> Any:
    """The value as its kind wants it, where it can be that."""
    if one.type == "whole" and isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    if one.type == "instant" and isinstance(value, datetime):
        return value.replace(tzinfo=zone)
    return value


def _key(columns: Mapping[str, Sequence[Any]], named: set[str], place: int) -> Any:
    """What makes a row without a number this event: all that it says."""
    return digest_key("event", *(f"{name}={columns[name][place]}" for name in sorted(named)))
