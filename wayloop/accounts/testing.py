"""Stock people for tests of views: the owner, a member who only reads, a stranger. A pytest plugin.

Where rows of locations are shown, two more: the front desk, which sees no lists, and the manager of another location.
"""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone, translation

from wayloop.accounts.enums import Role
from wayloop.accounts.models import Member
from wayloop.accounts.services.members import NewBusiness, create_member, create_owner
from wayloop.accounts.services.sessions import take_as_noted
from wayloop.business.api import NewLocation, Trade
from wayloop.business.testing import Location
from wayloop.kernel.localised import Localised

PASSWORD = "green apples fall"  # noqa: S105 – of people who exist in tests only
CAFE = NewBusiness(
    name="Café Orchard",
    trade=Trade.CAFE,
    zone="Europe/Kyiv",
    currency="UAH",
    content_languages=("uk", "en"),
    location=NewLocation(name=Localised.of("Podil", "uk"), town="Kyiv"),
)


class QuickHasher(Argon2PasswordHasher):
    """The same way of keeping passwords, at a price that is right for tests only."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.QuickHasher"]):
        yield


@pytest.fixture(autouse=True)
def _plain_language_and_time() -> Iterator[None]:
    """A request leaves its language and zone behind for streamed answers; the next test starts without."""
    yield
    translation.deactivate()
    timezone.deactivate()


@pytest.fixture
def owner_member(db: None) -> Member:
    """The owner of Café Orchard, who reads English."""
    cache.clear()
    return create_owner(name="Olena Sad", email="olena@example.com", password=PASSWORD, language="en", business=CAFE)


@pytest.fixture
def reader_member(owner_member: Member) -> Member:
    """A member of Café Orchard who may only look."""
    return create_member(name="Rima Look", email="rima@example.com", password=PASSWORD, role=Role.READER, language="en")


@pytest.fixture
def owner(owner_member: Member) -> Client:
    """The owner's browser, signed in."""
    return _signed_in(owner_member)


@pytest.fixture
def reader(reader_member: Member) -> Client:
    """The read-only member's browser, signed in."""
    return _signed_in(reader_member)


@pytest.fixture
def front_desk(owner_member: Member) -> Client:
    """The browser of somebody at the counter, signed in: a role without lists and numbers."""
    return _signed_in(
        create_member(
            name="Faina Counter", email="faina@example.com", password=PASSWORD, role=Role.FRONT_DESK, language="en"
        )
    )


@pytest.fixture
def near_location(owner_member: Member) -> int:
    """The first location of Café Orchard."""
    return int(Location.objects.get().pk)


@pytest.fixture
def far_location(near_location: int) -> int:
    """A second location of Café Orchard."""
    return int(Location.objects.create(name=Localised.of("Lviv", "uk"), zone=CAFE.zone, town="Lviv", position=1).pk)


@pytest.fixture
def far_manager(far_location: int) -> Client:
    """The browser of a manager who sees the far location only, signed in."""
    return _signed_in(
        create_member(
            name="Fedir Far",
            email="fedir@example.com",
            password=PASSWORD,
            role=Role.MANAGER,
            location_ids=[far_location],
            language="en",
        )
    )


@pytest.fixture
def stranger(owner_member: Member) -> Client:
    """A browser nobody signed in with, at a place whose first run is over."""
    return Client(headers={"accept-language": "en"})


def _signed_in(member: Member) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(member)
    # Pages are tested for what they ask themselves; sessions have tests of their own.
    take_as_noted(key=str(client.session.session_key))
    return client
