"""Over the API: what the key itself may, and the locations it sees."""

from django.http import HttpRequest

from wayloop.accounts.api import Permission, caller_of
from wayloop.business import api as business
from wayloop.kernel.rest.routes import Routes
from wayloop.kernel.rest.schemas import Told

routes = Routes("Key")


class KeyTold(Told):
    """What a key opens; `locations` null: all of them."""

    member: str
    role: str
    permissions: list[str]
    locations: list[int] | None


class LocationTold(Told):
    """One location of the business."""

    id: int
    name: str
    zone: str
    town: str
    is_archived: bool


class LocationsTold(Told):
    """All locations the key sees, in the order of the business."""

    items: list[LocationTold]


@routes.get("me", needs=None, answer=KeyTold, problems=())
def read_key(request: HttpRequest) -> KeyTold:
    """What this key may."""
    caller = caller_of(request)
    places = caller.scope.locations
    return KeyTold(
        member=caller.member.name,
        role=str(getattr(caller.member.role, "value", caller.member.role)),
        permissions=[one.value for one in Permission if caller.may(one)],
        locations=None if places is None else list(places),
    )


@routes.get("locations", needs=None, answer=LocationsTold, problems=())
def list_locations(request: HttpRequest) -> LocationsTold:
    """The locations this key sees.

    Their ids stand in orders, events and scores.
    """
    rows = business.locations(scope=caller_of(request).scope, with_archived=True)
    return LocationsTold(
        items=[
            LocationTold(id=row.id, name=str(row.name), zone=row.zone, town=row.town, is_archived=row.is_archived)
            for row in rows
        ]
    )
