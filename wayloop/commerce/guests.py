"""What the counter shows: who may be meant, and one guest with what matters while they stand there."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from wayloop.accounts.api import MemberInfo
from wayloop.business import api as business
from wayloop.commerce.enums import ORDER_PLACED, VISIT_MADE
from wayloop.commerce.guest_codes import is_guest_code, read_guest_code
from wayloop.commerce.hints import Hint, Seen, pick_hint
from wayloop.commerce.models import GreetingPoint
from wayloop.commerce.queries.counter import Tap, count_latest_orders, points_at, taps_of
from wayloop.commerce.queries.deals import product_names
from wayloop.commerce.till import Till
from wayloop.contracts.customers import HealthSign, Sign
from wayloop.contracts.ledger import EventInfo
from wayloop.customers import api as customers
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind, Match
from wayloop.kernel import clock, registry
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger
from wayloop.ui import formats

MOST_ROWS = 6
SHORTEST_TEXT = 2
# So many digits of a phone or card tell somebody apart.
SHORTEST_NUMBER = 4
# Enough to know whether they were here before, and when last.
EVENTS = 6
LONG_AGO = timedelta(days=180)
LANGUAGE, BIRTH = "language", "birth_date"
_NUMBER = re.compile(r"[\d\s()+./·–-]+")


@dataclass(frozen=True)
class Found:
    """Who may be meant, the likeliest first; `is_sure` when it is surely the only one. `has_more`: than are shown."""

    people: tuple[int, ...] = ()
    is_sure: bool = False
    has_more: bool = False


@dataclass(frozen=True)
class Row:
    """One of several who may be meant. `mark`: the end of a phone or card, to tell them apart."""

    uuid: UUID
    title: str
    name: str
    mark: str
    seen_at: datetime


@dataclass(frozen=True)
class LastVisit:
    """When they were here last, or bought something; `amount` in minor units, None for a mere visit.

    `place`: the location, else what the channel is called.
    """

    at: datetime
    place: str
    amount: int | None
    currency: str
    products: Sequence[Localised]


@dataclass(frozen=True)
class Guest:
    """One guest as the counter shows them. `key`: makes what is tapped on this page count once, however often sent."""

    person: int
    uuid: UUID
    title: str
    name: str
    greeting: str
    mark: str
    speaks: str
    since: datetime
    last: LastVisit | None
    matter: Sign | None
    rhythm: Sign | None
    hint: Hint | None
    taps: Sequence[Tap]
    points: Sequence[GreetingPoint]
    currency: str
    key: UUID


def look_for(text: str, member: MemberInfo, *, was_sent: bool) -> Found:
    """Who is meant by what was typed or scanned: a code, a number, a phone or a part of it, a name in any spelling.

    `was_sent`: somebody pressed Enter, as scanners do; then the only one found is the one. While somebody types, only
    a number is that sure: a name of which half is typed may find the wrong one.
    """
    text = text.strip()
    if is_guest_code(text):
        uuid = read_guest_code(text)
        person = identity.person_by_uuid(uuid) if uuid else None
        return Found((person,), is_sure=True) if person is not None else Found()
    if len(text) < SHORTEST_TEXT:
        return Found()
    people = customers.find_people(text, member.scope, MOST_ROWS + 1)
    is_number = _NUMBER.fullmatch(text) is not None and sum(map(str.isdigit, text)) >= SHORTEST_NUMBER
    is_sure = len(people) == 1 and (was_sent or is_number)
    if len(people) > 1 and (was_sent or is_number):
        # Somebody's whole number may be the beginning or the end of another's.
        whole = {person for person, match in identity.match_people(text, MOST_ROWS) if match == Match.WHOLE}
        mine = [person for person in people if person in whole]
        if len(mine) == 1:
            return Found((mine[0],), is_sure=True)
    return Found(tuple(people[:MOST_ROWS]), is_sure, len(people) > MOST_ROWS)


def rows_of(people: Sequence[int], member: MemberInfo) -> list[Row]:
    """Those of the people whom the member may see, in this order."""
    faces = customers.faces_of(people, scope=member.scope, role=member.role)
    marks = _marks(people) if faces else {}
    return [
        Row(face.uuid, face.title, face.name, marks.get(person, ""), face.seen_at)
        for person in people
        if (face := faces.get(person))
    ]


def guest_of(person: int, member: MemberInfo, till: Till) -> Guest | None:
    """One guest; None when the member may not see them. A fixed number of reads."""
    face = customers.faces_of([person], scope=member.scope, role=member.role, traits=(LANGUAGE, BIRTH)).get(person)
    if face is None:
        return None
    handles = identity.handles_of(person)
    events = ledger.timeline(handles=handles, scope=member.scope, kinds=[ORDER_PLACED, VISIT_MADE], limit=EVENTS)
    looked = [sign.look(person, member.scope) for sign in registry.offers(HealthSign)]  # type: ignore[type-abstract]
    signs = [sign for sign in looked if sign is not None]
    taps = taps_of(person=person, handles=handles, scope=member.scope, currency=till.currency)
    orders = count_latest_orders(handles=handles, scope=member.scope) if taps else 0
    language = str(face.traits.get(LANGUAGE) or "")
    now = till.now()
    return Guest(
        person=person,
        uuid=face.uuid,
        title=face.title,
        name=face.name,
        greeting=_greeting(now, language),
        mark=_marks([person]).get(person, ""),
        speaks=formats.language_name(language) if language and language != translation.get_language() else "",
        since=face.first_seen_at,
        last=_last_visit(events),
        matter=next((sign for sign in signs if sign.about == "matter" and sign.tone != "good"), None),
        rhythm=next((sign for sign in signs if sign.about == "rhythm"), None),
        hint=_hint(now.date(), events, [*signs, _contact(face.seen_at)], face.traits, taps, orders),
        taps=taps,
        points=points_at(location_id=till.location_id, brand_id=till.brand_id),
        currency=till.currency,
        key=uuid7(),
    )


def _marks(people: Sequence[int]) -> dict[int, str]:
    """Person → the end of their first phone, else of their card: enough to ask "does it end in 45 67?"."""
    person_of = identity.person_of_handles(people)
    phones: dict[int, str] = {}
    cards: dict[int, str] = {}
    for one in identity.identifiers_of(list(person_of)):
        end = one.value[-4:]
        if one.kind == IdentifierKind.PHONE:
            phones.setdefault(person_of[one.handle], f"••• {end[:2]} {end[2:]}")
        elif one.kind == IdentifierKind.CARD:
            cards.setdefault(person_of[one.handle], _("card %(number)s") % {"number": f"•••{end}"})
    return cards | phones


def _greeting(now: datetime, language: str) -> str:
    """In the guest's own language, where it is one of ours."""
    if language not in dict(settings.LANGUAGES):
        return formats.greeting(now)
    with translation.override(language):
        return formats.greeting(now)


def _last_visit(events: Sequence[EventInfo]) -> LastVisit | None:
    if not events:
        return None
    last = events[0]
    places = {place.id: place.name for place in business.locations(with_archived=True)} if last.location_id else {}
    names = product_names(side="orders", deals=[last.subject_id]) if last.kind == ORDER_PLACED else {}
    return LastVisit(
        at=last.occurred_at,
        place=str(places.get(last.location_id or 0, "")) or (ledger.channel_word(last.channel) if last.channel else ""),
        amount=last.amount,
        currency=last.currency or "",
        products=[name for name in names.get(last.subject_id, []) if str(name)],
    )


def _contact(seen_at: datetime) -> Sign:
    return Sign("contact", "warn" if clock.now() - seen_at > LONG_AGO else "good", "", "")


def _hint(
    today: date,
    events: Sequence[EventInfo],
    signs: Sequence[Sign],
    traits: Mapping[str, Any],
    taps: Sequence[Tap],
    orders: int,
) -> Hint | None:
    days = [timezone.localtime(event.occurred_at).date() for event in events]
    # What was tapped a moment ago makes nobody a regular.
    earlier = tuple(dict.fromkeys(day for day in days if day < today))
    favourite = taps[0] if taps else None
    return pick_hint(
        Seen(
            today=today,
            days=earlier,
            signs=tuple(signs),
            birth=_day(traits.get(BIRTH)),
            usual=favourite.product.title if favourite else "",
            usual_orders=favourite.orders if favourite else 0,
            orders=orders,
        )
    )


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
