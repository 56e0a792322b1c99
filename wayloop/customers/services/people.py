"""Customers that members add and change by hand."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.db import transaction

from wayloop.contracts.customers import CustomerColumns
from wayloop.customers.enums import CustomerKind, Trait
from wayloop.customers.models import Card, Told, TraitValue
from wayloop.customers.queries.holders import holders
from wayloop.customers.queries.traits import newest_value
from wayloop.customers.services.sightings import LONGEST_NAME, note_sightings
from wayloop.customers.services.titles import write_titles
from wayloop.customers.services.traits import TraitChanged
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.kernel import clock

# Who was added by hand has a number of ours, so that also a name alone can be a customer. No page shows it.
BY_HAND = "wayloop"


class AlreadyKnown(Exception):
    """Somebody has this phone or address already; `people` are those."""

    def __init__(self, people: list[int]) -> None:
        super().__init__("an identifier belongs to somebody else")
        self.people = people


@dataclass(frozen=True)
class NewCustomer:
    """What is known of somebody when they are added; identifiers in any spelling that has a normal form, or empty."""

    kind: CustomerKind
    name: str
    phone: str = ""
    email: str = ""
    location_id: int | None = None

    @property
    def identifiers(self) -> list[tuple[IdentifierKind, str]]:
        """Those that were given."""
        both = ((IdentifierKind.PHONE, self.phone), (IdentifierKind.EMAIL, self.email))
        return [(kind, value) for kind, value in both if value]


@transaction.atomic
def add_customer(*, new: NewCustomer, is_somebody_else: bool = False) -> int:
    """Makes a customer with a card; answers the person.

    Raises `AlreadyKnown` when the phone or e-mail belongs to somebody, unless `is_somebody_else` says that they share
    it; then it goes on leading to the one who had it first.
    """
    if not is_somebody_else and (known := holders(new.identifiers)):
        raise AlreadyKnown(known)
    (person,) = identity.resolve_handles(kind=IdentifierKind.EXTERNAL, namespace=BY_HAND, values=[uuid4().hex])
    for kind, value in new.identifiers:
        taken = identity.add_identifiers(kind=kind, handles=[person], values=[value])
        if taken and not is_somebody_else:
            # Somebody else was a moment faster with the same one.
            raise AlreadyKnown([other for other in holders([(kind, value)]) if other != person])
    columns = CustomerColumns(
        handles=[person],
        known_as=[new.phone or new.email or new.name],
        seen_at=[clock.now()],
        source="",
        names=[new.name],
        location_ids=[new.location_id],
    )
    note_sightings(columns=columns)
    Card.objects.filter(person=person).update(kind=new.kind, is_name_kept=bool(new.name))
    return person


@transaction.atomic
def rename_customer(*, person: int, name: str, member_id: int) -> int:
    """Gives a customer the name a member knows; sources replace it no more. Answers the id for `undo_rename`, else 0.

    The former names are kept.
    """
    card = Card.objects.select_for_update().get(person=person)
    name = name.replace("\0", "").strip()[:LONGEST_NAME]
    if card.name == name and card.is_name_kept:
        return 0
    now = clock.now()
    newest = newest_value(identity.handles_of(person), Trait.NAME)
    if newest is None and card.name:
        since = card.named_at or card.first_seen_at
        TraitValue.objects.create(
            handle=person,
            trait=Trait.NAME,
            value=card.name,
            valid_from=since,
            recorded_at=now,
            source="before",
            batch=_import_of(card),
        )
    row = TraitValue.objects.create(
        handle=person,
        trait=Trait.NAME,
        value=name or None,
        member_id=member_id,
        valid_from=max(now, newest.valid_from + timedelta(microseconds=1)) if newest else now,
        recorded_at=now,
    )
    _name(card, name, is_kept=bool(name))
    return row.pk


@transaction.atomic
def undo_rename(*, person: int, value_id: int, member_id: int) -> None:
    """Takes back the name this member gave; the former one counts again.

    Raises `TraitChanged` when there is a newer one, `TraitValue.DoesNotExist` for somebody else's.
    """
    card = Card.objects.select_for_update().get(person=person)
    handles = identity.handles_of(person)
    row = TraitValue.objects.get(pk=value_id, handle__in=handles, trait=Trait.NAME, member_id=member_id)
    if row.retracted_at is not None:
        return
    newest = newest_value(handles, Trait.NAME)
    if newest is None or newest.pk != row.pk:
        raise TraitChanged(newest)
    row.retracted_at = clock.now()
    row.save(update_fields=["retracted_at"])
    former = newest_value(handles, Trait.NAME)
    _name(card, str(former.value or "") if former else "", is_kept=former is not None and former.member_id is not None)


@transaction.atomic
def add_contact(*, person: int, kind: IdentifierKind, value: str, is_shared: bool = False) -> None:
    """Notes a phone or address of a customer.

    Raises `AlreadyKnown` when somebody else has it, unless `is_shared` says that both do; `ValueError` for a value
    that has no normal form.
    """
    others = [other for other in holders([(kind, value)]) if other != person]
    if others and not is_shared:
        raise AlreadyKnown(others)
    taken = identity.add_identifiers(kind=kind, handles=[person], values=[value])
    if taken and not is_shared:
        raise AlreadyKnown([other for other in holders([(kind, value)]) if other != person])


def _import_of(card: Card) -> str:
    """The import that told the name of the card; empty when it was none."""
    told = Told.objects.filter(handle__in=identity.handles_of(card.person), name=card.name)
    return told.order_by("-named_at", "-turn").values_list("batch", flat=True).first() or ""


def _name(card: Card, name: str, *, is_kept: bool) -> None:
    write_titles(titles=[(card.person, name, clock.now(), card.handle_text)])
    Card.objects.filter(person=card.person).update(is_name_kept=is_kept)
