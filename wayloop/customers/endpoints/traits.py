"""Traits: what can be known, and values with their source and time."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pydantic import Field

from wayloop.accounts import api as accounts
from wayloop.accounts.api import Permission, caller_of
from wayloop.business import api as business
from wayloop.customers.endpoints.shapes import card_in, note_opened, role_in, scope_in, told_value
from wayloop.customers.enums import About
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.queries.cards import people_by_uuid
from wayloop.customers.queries.definitions import definition_for, definitions_for
from wayloop.customers.queries.traits import KnownValue, current_values
from wayloop.customers.rules.values import ValueRefused, read_value, typed_form
from wayloop.customers.services.traits import TraitChanged, note_traits, set_trait
from wayloop.identity import api as identity
from wayloop.kernel import clock
from wayloop.kernel.rest.problems import Problem, missing, refused_value
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import Given, Instant, MoneyGiven, RefusedItem, Told

routes = Routes("Traits")
MOST = 1000
Key = Annotated[str, Field(min_length=1, max_length=40)]
Value = bool | int | float | str | MoneyGiven | list[str] | None


class OptionTold(Told):
    """One value of a list."""

    code: str
    label: str
    is_archived: bool


class TraitTold(Told):
    """Something that can be known of a customer. A computed one is read only."""

    key: str
    label: str
    group: str
    type: str
    about: str
    takes_several: bool
    is_computed: bool
    options: list[OptionTold]


class TraitsTold(Told):
    """All traits the key's member may see."""

    items: list[TraitTold]


class TraitValueTold(Told):
    """What is known, where it comes from and since when it is so. `version` goes into `If-Match`."""

    key: str
    value: Any
    source: str
    since: Instant | None
    version: str


class TraitValuesTold(Told):
    """What is known of one customer."""

    items: list[TraitValueTold]


class TraitGiven(Given):
    """A value. With `source` it is what that system says, and may be older than what is known (`since`); without, the
    key's member says it, now."""

    value: Annotated[Value, Field(description="In the type of the trait; null takes what the member says away.")]
    source: Annotated[str | None, Field(min_length=1, max_length=80, examples=["crm"])] = None
    since: Instant | None = None


class TraitOfMany(Given):
    """One value of one customer in a batch."""

    customer: UUID
    trait: Key
    value: Annotated[bool | int | float | str | MoneyGiven | list[str], Field()]
    since: Instant | None = None


class TraitBatch(Given):
    """Many values of one source."""

    source: Annotated[str, Field(min_length=1, max_length=80, examples=["crm"])]
    items: Annotated[list[TraitOfMany], Field(min_length=1, max_length=MOST)]


class TraitBatchTold(Told):
    """What came of it."""

    taken: int
    refused: list[RefusedItem]


@routes.get("traits", needs=Permission.CUSTOMERS_VIEW, answer=TraitsTold, problems=())
def list_traits(request: HttpRequest) -> TraitsTold:
    """What can be known of customers."""
    return TraitsTold(items=[_told_trait(one) for one in definitions_for(role_in(request), scope_in(request))])


@routes.get("traits/{trait}", needs=Permission.CUSTOMERS_VIEW, answer=TraitTold)
def read_trait(request: HttpRequest, trait: str) -> TraitTold:
    """One of them."""
    return _told_trait(_definition(request, trait))


@routes.get("customers/{uuid:customer}/traits", needs=Permission.CUSTOMERS_VIEW, answer=TraitValuesTold)
def list_trait_values(request: HttpRequest, customer: UUID) -> TraitValuesTold:
    """What is known of one customer, with source and time of each value."""
    card = card_in(request, customer)
    note_opened(card, "traits")
    known = current_values(identity.handles_of(card.person))
    names = accounts.names_of(one.member for one in known.values() if one.member is not None)
    told = []
    for trait in definitions_for(role_in(request), scope_in(request), card.kind):
        one = known.get(trait.key)
        if trait.is_computed:
            if trait.key in card.computed:
                told.append(_told_computed(trait, card))
        elif one is not None and one.value is not None:
            told.append(_told_value(trait, one, names.get(one.member or 0, "")))
    return TraitValuesTold(items=told)


@routes.put("customers/{uuid:customer}/traits/{trait}", needs=Permission.CUSTOMERS_CHANGE, answer=TraitValueTold)
def write_trait_value(
    request: HttpRequest, response: HttpResponse, customer: UUID, trait: str, new: TraitGiven
) -> TraitValueTold:
    """Writes a value; former ones stay in the history.

    `If-Match` with the version guards against others. What a source has told before is no news when it tells it again.
    """
    card, definition = _writable(request, customer, trait)
    handles = identity.handles_of(card.person)
    known = current_values(handles).get(trait)
    _check_version(request, known)
    value = _read(definition, new.value, "/value")
    if new.source is None:
        _say(request, card, definition, value, known)
    elif value is None:
        raise refused_value(_("A source tells values. Leave the source out to take one away."), "/value")
    else:
        note_traits(
            trait=definition.key,
            handles=[card.person],
            values=[_plain(new.value)],
            valid_from=[new.since or clock.now()],
            source=new.source,
            currency=business.profile().currency,
        )
    one = current_values(handles).get(trait)
    if one is None or one.value is None:
        told = TraitValueTold(key=trait, value=None, source="", since=None, version=str(one.id if one else 0))
    else:
        told = _told_value(definition, one, accounts.names_of([one.member]).get(one.member, "") if one.member else "")
    response.headers["ETag"] = f'"{told.version}"'
    return told


@routes.delete("customers/{uuid:customer}/traits/{trait}", needs=Permission.CUSTOMERS_CHANGE)
def remove_trait_value(request: HttpRequest, customer: UUID, trait: str) -> None:
    """Takes a value away; the history keeps it."""
    card, definition = _writable(request, customer, trait)
    known = current_values(identity.handles_of(card.person)).get(trait)
    _check_version(request, known)
    _say(request, card, definition, None, known)


@routes.post("customers/traits", needs=Permission.CUSTOMERS_CHANGE, answer=TraitBatchTold, status=200)
def write_trait_values(request: HttpRequest, batch: TraitBatch) -> TraitBatchTold:
    """Up to 1,000 values of one source; those that cannot be taken are told by their place, the others come in."""
    seen = {one.key: one for one in definitions_for(role_in(request), scope_in(request)) if not one.is_computed}
    people = people_by_uuid([one.customer for one in batch.items], caller_of(request).scope)
    currency = business.profile().currency
    refused: list[RefusedItem] = []
    columns: dict[str, list[tuple[int, str, datetime]]] = defaultdict(list)
    now = clock.now()
    for index, one in enumerate(batch.items):
        definition = seen.get(one.trait)
        if definition is None:
            refused.append(RefusedItem(index=index, detail=_("There is no such trait to write.")))
            continue
        if one.customer not in people or not _is_about(definition, people[one.customer][1]):
            refused.append(RefusedItem(index=index, detail=_("There is no such customer.")))
            continue
        try:
            read_value(definition, _text(one.value), currency=currency)
        except ValueRefused as why:
            refused.append(RefusedItem(index=index, detail=str(why)))
            continue
        columns[one.trait].append((people[one.customer][0], _plain(one.value), one.since or now))
    for key, rows in columns.items():
        note_traits(
            trait=key,
            handles=[row[0] for row in rows],
            values=[row[1] for row in rows],
            valid_from=[row[2] for row in rows],
            source=batch.source,
            currency=currency,
            definitions=seen,
        )
    return TraitBatchTold(taken=sum(map(len, columns.values())), refused=refused)


def _definition(request: HttpRequest, key: str) -> TraitDefinition:
    found = definition_for(key, role_in(request), scope_in(request))
    if found is None:
        raise missing()
    return found


def _writable(request: HttpRequest, customer: UUID, key: str) -> tuple[Card, TraitDefinition]:
    card = card_in(request, customer, for_change=True)
    definition = _definition(request, key)
    if definition.is_computed:
        raise Problem("refused", _("This is computed, nobody writes it."))
    if not _is_about(definition, card.kind):
        raise Problem("refused", _("This trait is not about such customers."))
    return card, definition


def _is_about(definition: TraitDefinition, kind: str) -> bool:
    return definition.about in (About.ALL, kind)


def _check_version(request: HttpRequest, known: KnownValue | None) -> None:
    given = request.headers.get("If-Match")
    if given is not None and given.strip().strip('"') not in ("*", str(known.id if known else 0)):
        raise Problem("version_differs", _("Read it again, then change it."))


def _say(request: HttpRequest, card: Card, definition: TraitDefinition, value: Any, known: KnownValue | None) -> None:
    try:
        set_trait(
            person=card.person,
            trait=definition,
            value=value,
            seen=known.id if known else 0,
            member_id=caller_of(request).member.id,
        )
    except TraitChanged:
        raise Problem("version_differs", _("Read it again, then change it.")) from None


def _read(definition: TraitDefinition, value: Any, pointer: str) -> Any:
    if value is None:
        return None
    try:
        found = read_value(definition, _text(value), currency=business.profile().currency)
    except ValueRefused as why:
        raise refused_value(str(why), pointer) from None
    if found is None:
        raise refused_value(_("This is needed."), pointer)
    return found


def _text(value: Any) -> str | list[str]:
    """A value of JSON as the readers of values take it."""
    if isinstance(value, MoneyGiven):
        return f"{value.amount} {value.currency}"
    return typed_form(value)


def _plain(value: Any) -> str:
    """The same as one text; several are separated as a form separates them."""
    text = _text(value)
    return text if isinstance(text, str) else "\n".join(text)


def _told_trait(trait: TraitDefinition) -> TraitTold:
    return TraitTold(
        key=trait.key,
        label=trait.title,
        group=trait.group,
        type=trait.type,
        about=trait.about,
        takes_several=trait.has_many,
        is_computed=trait.is_computed,
        options=[OptionTold(code=one.code, label=one.label, is_archived=one.is_archived) for one in trait.choices],
    )


def _told_value(trait: TraitDefinition, one: KnownValue, member: str) -> TraitValueTold:
    return TraitValueTold(
        key=trait.key,
        value=told_value(one.value),
        source=one.source or member,
        since=one.valid_from,
        version=str(one.id),
    )


def _told_computed(trait: TraitDefinition, card: Card) -> TraitValueTold:
    return TraitValueTold(
        key=trait.key, value=told_value(card.computed[trait.key]), source="computed", since=card.computed_at, version=""
    )
