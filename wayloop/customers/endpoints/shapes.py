"""What customers look like over the API."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from wayloop.accounts.api import EXPORTED, audit, caller_of
from wayloop.contracts.scope import Scope
from wayloop.customers.acts import CUSTOMER_OPENED
from wayloop.customers.fields.base import Eyes
from wayloop.customers.fields.eyes import eyes_of
from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.queries.cards import card_by_uuid
from wayloop.customers.queries.definitions import definitions_for
from wayloop.customers.queries.lists import CardRow
from wayloop.customers.services.people import BY_HAND
from wayloop.identity import api as identity
from wayloop.kernel.money import to_decimal
from wayloop.kernel.rest.problems import missing
from wayloop.kernel.rest.schemas import Chosen, Given, Instant, MoneyTold, Told, TotalTold

LONGEST_NAME, LONGEST_IDENTIFIER = 200, 254
Kind = Literal["person", "company"]


class ContactTold(Told):
    """A phone, an address, a card or a number in another system (`system`)."""

    kind: str
    value: str
    system: str
    is_shared: bool


class CustomerTold(Chosen):
    """One customer. `title` is the name, or what they are known by; `traits` those the key's member may see."""

    id: UUID
    kind: Kind
    name: str
    title: str
    contacts: list[ContactTold]
    locations: list[int]
    traits: dict[str, Any]
    first_seen_at: Instant
    seen_at: Instant


class CustomersTold(Told):
    """A page of customers; `next` leads to the next one."""

    items: list[CustomerTold]
    next: str | None
    total: TotalTold | None = None


class FoundTold(Told):
    """A page of what was searched; send `cursor` again for the next one."""

    items: list[CustomerTold]
    cursor: str | None
    total: TotalTold | None = None


class AskedWhere(Given):
    """One sentence: a field, how it compares, with which values."""

    field: Annotated[str, Field(max_length=60)]
    operator: Literal["is", "not", "all", "from", "to", "within", "beyond", "begins", "known"]
    values: Annotated[list[bool | int | str], Field(min_length=1, max_length=100)]


class AskedAll(Given):
    """Every part holds."""

    all: "Annotated[list[Asked], Field(max_length=200)]"


class AskedAny(Given):
    """At least one part holds."""

    any: "Annotated[list[Asked], Field(max_length=200)]"


class AskedNot(Given):
    """The part does not hold."""

    not_: "Annotated[Asked, Field(alias='not')]"


Asked = AskedWhere | AskedAll | AskedAny | AskedNot
for one in (AskedAll, AskedAny, AskedNot):
    one.model_rebuild()


class CustomerGiven(Given):
    """A new customer: at least a name, a phone or an e-mail."""

    kind: Kind = "person"
    name: Annotated[str, Field(max_length=LONGEST_NAME, examples=["Olena Sad"])] = ""
    phone: Annotated[str, Field(max_length=LONGEST_IDENTIFIER, examples=["+380 44 123 45 67"])] = ""
    email: Annotated[str, Field(max_length=LONGEST_IDENTIFIER, examples=["olena@example.com"])] = ""
    location: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    is_somebody_else: Annotated[
        bool, Field(description="Somebody has the phone or e-mail already, and this is another person.")
    ] = False


class CustomerChange(Given):
    """What is written anew; a name of a member is not replaced by what sources tell."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)]


class ContactGiven(Given):
    """A phone or an e-mail, in any usual spelling."""

    kind: Literal["phone", "email"]
    value: Annotated[str, Field(min_length=1, max_length=LONGEST_IDENTIFIER)]
    is_shared: Annotated[bool, Field(description="Somebody else has it, too.")] = False


def eyes_in(request: HttpRequest) -> Eyes:
    """Whoever looks by a key: the role of its member, the locations of the key."""
    caller = caller_of(request)
    return eyes_of(_Looker(caller.member.id, str(role_in(request)), caller.scope))


class _Looker:
    def __init__(self, member: int, role: str, scope: Scope) -> None:
        self.id, self.role, self.scope = member, role, scope


def role_in(request: HttpRequest) -> Any:
    """The role of the key's member: it decides which traits are seen."""
    return caller_of(request).member.role


def scope_in(request: HttpRequest) -> Scope:
    """The locations the key sees."""
    return caller_of(request).scope


def note_opened(card: Card, part: str = "") -> None:
    """Notes in the audit trail that a program read a card, or a part of it."""
    audit(act=CUSTOMER_OPENED, kind="customer", subject=card.person, details={"part": part} if part else {})


def note_taken(rows: Sequence[object]) -> None:
    """Notes that a program took a page of customers."""
    if rows:
        audit(act=EXPORTED, details={"what": "customers", "rows": len(rows)})


def card_in(request: HttpRequest, uuid: UUID, *, for_change: bool = False) -> Card:
    """The card at this address. Raises `Problem` when there is none that the key sees."""
    card = card_by_uuid(uuid, caller_of(request).scope, for_change=for_change)
    if card is None:
        raise missing()
    return card


def told_cards(request: HttpRequest, rows: Sequence[CardRow | Card]) -> list[CustomerTold]:
    """Cards as they are answered; three reads, whatever their number."""
    scope = caller_of(request).scope
    seen = {one.key: one for one in definitions_for(role_in(request), scope)}
    owners = identity.person_of_handles([row.person for row in rows])
    handles: dict[int, list[int]] = {}
    for handle, person in owners.items():
        handles.setdefault(person, []).append(handle)
    contacts = contacts_by_handle(list(owners))
    return [
        CustomerTold(
            id=row.uuid,
            kind=row.kind,  # type: ignore[arg-type]
            name=row.name,
            title=row.title,
            contacts=[one for handle in sorted(handles.get(row.person, ())) for one in contacts.get(handle, ())],
            locations=[one for one in row.location_ids if scope.locations is None or one in scope.locations],
            traits=told_traits(dict(row.computed) | dict(row.traits), seen),
            first_seen_at=row.first_seen_at,
            seen_at=row.seen_at,
        )
        for row in rows
    ]


def told_card(request: HttpRequest, card: Card) -> CustomerTold:
    """One card."""
    return told_cards(request, [card])[0]


def contacts_by_handle(handles: Sequence[int]) -> dict[int, list[ContactTold]]:
    """Handle → what it is reached and known by; no cookies, no numbers of our own."""
    found: dict[int, list[ContactTold]] = {}
    for one in identity.identifiers_of(handles):
        if one.namespace != BY_HAND and one.kind != identity.IdentifierKind.COOKIE:
            told = ContactTold(kind=one.kind.value, value=one.value, system=one.namespace, is_shared=not one.leads)
            found.setdefault(one.handle, []).append(told)
    return found


def told_traits(values: Mapping[str, Any], seen: Mapping[str, TraitDefinition]) -> dict[str, Any]:
    """The values of the traits that may be seen."""
    return {key: told_value(values[key]) for key in seen if values.get(key) is not None}


def told_value(value: Any) -> Any:
    """A stored value; money as everywhere in the API."""
    if isinstance(value, Mapping) and set(value) == {"amount", "currency"}:
        amount = to_decimal(int(value["amount"]), str(value["currency"]))
        return MoneyTold(amount=str(amount), currency=str(value["currency"])).model_dump()
    return value
