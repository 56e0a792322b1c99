"""What a number narrowed its rows to: read from the address, shown as chips that can be taken off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_skeleton
from django.http import HttpRequest
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.commerce.queries.products import category_titles, products_by_id
from wayloop.customers.api import TraitPart, asked_trait
from wayloop.ledger import api as ledger
from wayloop.ui import formats

FIELDS = ("location", "channel", "currency", "product", "category", "late", "who", "town", "country", "trait")
NOT_STATED = "none"


@dataclass(frozen=True)
class Narrowing:
    """One chip: the parameters it stands for, its words, and the value rows must have (None: nothing is stated)."""

    names: tuple[str, ...]
    text: str
    value: str | int | TraitPart | None = None


def narrowings(request: HttpRequest) -> list[Narrowing]:
    """What the address narrows to; values that cannot be are left out."""
    found = []
    for name in FIELDS:
        text = request.GET.get(name, "").replace("\0", "")[:120]
        if not text:
            continue
        if name == "trait":
            if part := asked_trait(request):
                found.append(Narrowing((name,), part.text, part))
            continue
        value: str | int | None = None if text == NOT_STATED else text
        if value is not None and name in ("location", "product"):
            if not text.isdecimal() or len(text) > 18:
                continue
            value = int(text)
        found.append(Narrowing((name,), _words(name, value), value))
    return found


def chips(request: HttpRequest, found: Sequence[Narrowing]) -> list[tuple[str, str]]:
    """Words and the address without them."""
    shown = []
    for one in found:
        query = request.GET.copy()
        for name in (*one.names, "after"):
            query.pop(name, None)
        shown.append((one.text, f"?{query.urlencode()}"))
    return shown


def days_in_words(first: date | None, end: date | None) -> str:
    """From the first day to the last one: 3 Nov 2026 – 9 Nov 2026; one of them may be open."""
    if first is None and end is not None:
        return _("before %(day)s") % {"day": _day(end)}
    if first is not None and end is None:
        return _("since %(day)s") % {"day": _day(first)}
    words = [_day(day) for day in (first, end and end - timedelta(days=1)) if day]
    return words[0] if words[0] == words[-1] else " – ".join(words)


def _day(day: date) -> str:
    return str(format_skeleton("yMMMd", datetime(day.year, day.month, day.day), locale=formats.locale_of()))  # noqa: DTZ001


def _words(name: str, value: str | int | None) -> str:
    if value is None:
        return {
            "location": _("no location"),
            "channel": _("no channel"),
            "product": _("no product"),
            "category": _("no category"),
            "late": _("no promised day"),
            "town": _("no town"),
            "country": _("no country"),
        }.get(name, _("not stated"))
    if name == "location":
        return next((str(one.name) for one in business.locations(with_archived=True) if one.id == value), "–")
    if name == "product":
        found = products_by_id([int(value)]).get(int(value))
        return found.title if found else "–"
    text = str(value)
    if name == "category":
        return category_titles([text])[text]
    if name == "late":
        return _("came late") if text == "late" else _("on time")
    if name == "who":
        return _("no guests")
    if name == "town":
        return text
    if name == "country":
        return formats.territory(text)
    return ledger.channel_word(text) if name == "channel" else text.upper()
