"""The till somebody stands at: a location chosen once for a browser."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from wayloop.accounts.api import MemberInfo, cookie_name
from wayloop.business import api as business
from wayloop.kernel import clock

COOKIE = "till"
YEAR_IN_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class Till:
    """The locations a member may choose from, and the one this browser stands at (None: not chosen yet).

    `currency` and `zone` are those of the business.
    """

    places: tuple[business.Place, ...]
    place: business.Place | None
    currency: str
    zone: str

    @property
    def is_missing(self) -> bool:
        """Whether somebody has to choose before anything can be written."""
        return self.place is None and bool(self.places)

    @property
    def location_id(self) -> int | None:
        """Where what happens now happens; None for a business without locations."""
        return self.place.id if self.place else None

    @property
    def brand_id(self) -> int | None:
        """The brand the location belongs to."""
        return self.place.brand if self.place else None

    def now(self) -> datetime:
        """The time on the wall there."""
        return timezone.localtime(clock.now(), ZoneInfo(self.place.zone if self.place else self.zone))


def till_of(request: HttpRequest, member: MemberInfo) -> Till:
    """The till of this browser. The only location is chosen by itself; one the member may not see never is."""
    places = business.locations(scope=member.scope)
    chosen = request.COOKIES.get(cookie_name(COOKIE), "")
    place = next((one for one in places if str(one.id) == chosen), places[0] if len(places) == 1 else None)
    profile = business.profile()
    return Till(places, place, profile.currency, profile.zone)


def remember_till(response: HttpResponse, location_id: int) -> None:
    """Keeps the choice in this browser for a year. It is no secret; only the server reads it."""
    response.set_cookie(
        cookie_name(COOKIE),
        str(location_id),
        max_age=YEAR_IN_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
