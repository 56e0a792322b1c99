"""Brands and locations."""

from collections.abc import Iterable
from dataclasses import dataclass

from wayloop.business.models import Brand, Location
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.kernel.localised import Localised


@dataclass(frozen=True)
class BrandInfo:
    """One brand."""

    id: int
    name: Localised
    is_archived: bool


@dataclass(frozen=True)
class Place:
    """One location; `brand`: its id, None where the business has no brands."""

    id: int
    name: Localised
    brand: int | None
    zone: str
    town: str
    address: Localised
    is_archived: bool


def locations(*, scope: Scope = EVERYTHING, with_archived: bool = False) -> tuple[Place, ...]:
    """Locations in the order the business gave them; archived ones name what happened there and are not to choose."""
    rows = Location.objects.order_by("position", "id")
    if not with_archived:
        rows = rows.filter(archived_at=None)
    if scope.locations is not None:
        rows = rows.filter(pk__in=scope.locations)
    return tuple(
        Place(
            id=row.pk,
            name=row.name,
            brand=row.brand_id,
            zone=row.zone,
            town=row.town,
            address=row.address,
            is_archived=row.archived_at is not None,
        )
        for row in rows
    )


def locations_named(names: Iterable[str]) -> dict[str, int]:
    """Name as somebody wrote it, in any language of the business and any case → the location; unknown ones are left
    out. Those in use come before archived ones.
    """
    known: dict[str, int] = {}
    for row in sorted(locations(with_archived=True), key=lambda place: place.is_archived):
        for text in row.name.texts.values():
            known.setdefault(_plain(text), row.id)
    return {name: known[_plain(name)] for name in names if _plain(name) in known}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def brands(*, with_archived: bool = False) -> tuple[BrandInfo, ...]:
    """Brands in the order the business gave them."""
    rows = Brand.objects.order_by("position", "id")
    if not with_archived:
        rows = rows.filter(archived_at=None)
    return tuple(BrandInfo(id=row.pk, name=row.name, is_archived=row.archived_at is not None) for row in rows)
