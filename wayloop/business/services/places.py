"""Brands and locations: added, changed, put away, brought back, put in order."""

from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from wayloop.business.models import Brand, Business, Location
from wayloop.business.rules.parts import check_name, check_zone
from wayloop.business.rules.refusals import BusinessRefused
from wayloop.contracts.business import LocationChanged, PlaceChange
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.kernel.stream.announce import announce

P = TypeVar("P", Brand, Location)


@dataclass(frozen=True)
class LocationDetails:
    """What a location is. `brand`: its id or None; `zone`: an IANA name; `address`: as customers read it."""

    name: Localised
    brand: int | None
    zone: str
    town: str
    address: Localised


@transaction.atomic
def add_location(*, details: LocationDetails, by: int | None) -> int:
    """Makes a location after the others; answers its id. Announces `LocationChanged`.

    Raises `BusinessRefused` for a part that cannot be used.
    """
    _alone()
    _check(details)
    made = Location.objects.create(position=_last_place(Location), **_columns(details))
    announce(LocationChanged(location=made.pk, change=PlaceChange.ADDED, by=by))
    return int(made.pk)


@transaction.atomic
def change_location(*, location: int, details: LocationDetails, by: int | None) -> None:
    """Writes what a location is. Announces `LocationChanged`.

    Raises `BusinessRefused` for a part that cannot be used, `LookupError` when there is no such location.
    """
    _alone()
    _check(details)
    if not Location.objects.filter(pk=location).update(**_columns(details)):
        raise LookupError(location)
    announce(LocationChanged(location=location, change=PlaceChange.CHANGED, by=by))


@transaction.atomic
def archive_location(*, location: int, by: int | None) -> None:
    """Puts a location away: nobody chooses it any more, its history stays. Announces `LocationChanged`.

    Raises `BusinessRefused` for the last one, `LookupError` when there is no such location. Twice is once.
    """
    _alone()
    row = _row(Location, location)
    if row.archived_at is not None:
        return
    if not Location.objects.filter(archived_at=None).exclude(pk=location).exists():
        raise BusinessRefused("location", _("This is the last location. Add another one first."))
    row.archived_at = clock.now()
    row.save(update_fields=["archived_at"])
    announce(LocationChanged(location=location, change=PlaceChange.ARCHIVED, by=by))


@transaction.atomic
def restore_location(*, location: int, by: int | None) -> None:
    """Brings an archived location back to where it stood. Announces `LocationChanged`. Twice is once."""
    if _restore(Location, location):
        announce(LocationChanged(location=location, change=PlaceChange.RESTORED, by=by))


@transaction.atomic
def move_location(*, location: int, down: bool) -> None:
    """Changes places with the neighbour above or below; at the end of the list nothing happens."""
    _move(Location, location, down=down)


@transaction.atomic
def add_brand(*, name: Localised) -> int:
    """Makes a brand after the others; answers its id. Raises `BusinessRefused` without a name."""
    _alone()
    check_name(name)
    return int(Brand.objects.create(name=name, position=_last_place(Brand)).pk)


@transaction.atomic
def change_brand(*, brand: int, name: Localised) -> None:
    """Writes the name of a brand. Raises `BusinessRefused` without one, `LookupError` when there is no such brand."""
    check_name(name)
    if not Brand.objects.filter(pk=brand).update(name=name):
        raise LookupError(brand)


@transaction.atomic
def archive_brand(*, brand: int) -> None:
    """Puts a brand away; locations keep it. Raises `LookupError` when there is no such brand. Twice is once."""
    _alone()
    row = _row(Brand, brand)
    row.archived_at = row.archived_at or clock.now()
    row.save(update_fields=["archived_at"])


@transaction.atomic
def restore_brand(*, brand: int) -> None:
    """Brings an archived brand back to where it stood. Twice is once."""
    _restore(Brand, brand)


@transaction.atomic
def move_brand(*, brand: int, down: bool) -> None:
    """Changes places with the neighbour above or below; at the end of the list nothing happens."""
    _move(Brand, brand, down=down)


def _check(details: LocationDetails) -> None:
    check_name(details.name)
    check_zone(details.zone)
    if details.brand is not None and not Brand.objects.filter(pk=details.brand).exists():
        raise BusinessRefused("brand", _("This brand does not exist."))


def _columns(details: LocationDetails) -> dict[str, object]:
    return {
        "name": details.name,
        "brand_id": details.brand,
        "zone": details.zone,
        "town": details.town.strip(),
        "address": details.address,
    }


def _alone() -> None:
    """Of two who change the list of places at once, one waits: positions and the last location stay right."""
    Business.objects.select_for_update().get(id=1)


def _row(model: type[P], number: int) -> P:
    row = model._default_manager.filter(pk=number).first()
    if row is None:
        raise LookupError(number)
    return row


def _last_place(model: type[P]) -> int:
    last = model._default_manager.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _restore(model: type[P], number: int) -> bool:
    row = _row(model, number)
    was_away = row.archived_at is not None
    row.archived_at = None
    row.save(update_fields=["archived_at"])
    return was_away


def _move(model: type[P], number: int, *, down: bool) -> None:
    _alone()
    rows = list(model._default_manager.order_by("position", "id"))
    shown = [row for row in rows if row.archived_at is None]
    place = next((place for place, row in enumerate(shown) if row.pk == number), None)
    if place is None:
        raise LookupError(number)
    other = place + (1 if down else -1)
    if 0 <= other < len(shown):
        here, there = rows.index(shown[place]), rows.index(shown[other])
        rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows):
        row.position = position
    model._default_manager.bulk_update(rows, ["position"])
