"""The greeting at the counter: its points are written, put in order, put away and brought back."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import ngettext

from wayloop.commerce.models import GreetingPoint
from wayloop.commerce.queries.counter import MOST_POINTS
from wayloop.commerce.rules import CommerceRefused
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised


@transaction.atomic
def add_point(*, text: Localised, location_id: int | None = None, brand_id: int | None = None) -> int:
    """Adds a sentence at the end; answers its id. Raises `CommerceRefused` when the place has as many as are read."""
    _refuse_too_many(location_id, brand_id)
    last = GreetingPoint.objects.aggregate(last=Max("position"))["last"]
    made = GreetingPoint.objects.create(
        text=text, location_id=location_id, brand_id=brand_id, position=0 if last is None else last + 1
    )
    return made.pk


@transaction.atomic
def change_point(*, point_id: int, text: Localised, location_id: int | None, brand_id: int | None) -> None:
    """Gives a point other words or another place. Raises `CommerceRefused` when that place is full."""
    point = GreetingPoint.objects.select_for_update().get(pk=point_id)
    if (point.location_id, point.brand_id) != (location_id, brand_id):
        _refuse_too_many(location_id, brand_id)
    point.text, point.location_id, point.brand_id = text, location_id, brand_id
    point.save(update_fields=["text", "location_id", "brand_id"])


@transaction.atomic
def move_point(*, point_id: int, down: bool) -> None:
    """Changes places with the next point in use, or the one before; at the end nothing happens."""
    points = list(GreetingPoint.objects.select_for_update().filter(archived_at=None).order_by("position", "id"))
    ids = [point.pk for point in points]
    if point_id not in ids:
        return
    here = ids.index(point_id)
    there = here + (1 if down else -1)
    if not 0 <= there < len(points):
        return
    points[here], points[there] = points[there], points[here]
    for position, point in enumerate(points):
        if point.position != position:
            point.position = position
            point.save(update_fields=["position"])


def archive_point(*, point_id: int) -> None:
    """Puts a point away; what was ticked stays in the visits."""
    GreetingPoint.objects.filter(pk=point_id, archived_at=None).update(archived_at=clock.now())


@transaction.atomic
def restore_point(*, point_id: int) -> None:
    """Brings a point back. Raises `CommerceRefused` when its place is full by now."""
    point = GreetingPoint.objects.select_for_update().get(pk=point_id)
    if point.archived_at is None:
        return
    _refuse_too_many(point.location_id, point.brand_id)
    GreetingPoint.objects.filter(pk=point_id).update(archived_at=None)


def _refuse_too_many(location_id: int | None, brand_id: int | None) -> None:
    there = GreetingPoint.objects.filter(location_id=location_id, brand_id=brand_id, archived_at=None).count()
    if there >= MOST_POINTS:
        told = ngettext(
            "More than %(number)s point is read by nobody. Put one away first.",
            "More than %(number)s points are read by nobody. Put one away first.",
            MOST_POINTS,
        )
        raise CommerceRefused(told % {"number": MOST_POINTS})
