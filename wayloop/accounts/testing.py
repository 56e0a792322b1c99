"""Stock people for tests of views: the owner, a member who only reads, a stranger. A pytest plugin.

Where rows of locations are shown, two more: the front desk, which sees no lists, and the manager of another location.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone, translation

from wayloop.accounts.enums import PERMISSIONS, Permission, Role
from wayloop.accounts.models import Member
from wayloop.accounts.services.keys import NEVER, make_key, revoke_key
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


class KeyBrowser:
    """Another program that comes with a key. Answers are as Django's test client gives them."""

    def __init__(self, key: str | None, language: str = "en") -> None:
        headers = {"accept-language": language} | ({} if key is None else {"authorization": f"Bearer {key}"})
        self.key, self._client = key, Client(headers=headers)

    def get(self, path: str, headers: Any = None, **query: Any) -> Any:
        """GET under /api/v1/."""
        return self._client.get(f"/api/v1/{path}", query, headers=headers)

    def follow(self, link: str) -> Any:
        """GET of a link that was answered."""
        return self._client.get(link)

    def send(self, method: str, path: str, content: Any = None, headers: Any = None) -> Any:
        """Any other method, with JSON."""
        return self._client.generic(
            method,
            f"/api/v1/{path}",
            "" if content is None else json.dumps(content),
            content_type="application/json",
            headers=headers,
        )

    def post(self, path: str, content: Any = None, headers: Any = None) -> Any:
        """POST."""
        return self.send("POST", path, content, headers)


def key_of(
    member: Member, permissions: Collection[Permission] | None = None, locations: Collection[int] | None = None
) -> str:
    """A key of this member; without `permissions` all that a key of theirs can have."""
    all_of_theirs = {one for one in Permission if member.has_permission(one)} - NEVER
    may = all_of_theirs if permissions is None else permissions
    _row, text = make_key(member=member, name="a program", permissions=may, location_ids=locations)
    return text


@pytest.fixture
def owner_key(owner_member: Member) -> KeyBrowser:
    """A program with a key of the owner that opens everything a key can."""
    return KeyBrowser(key_of(owner_member))


@pytest.fixture
def reader_key(reader_member: Member) -> KeyBrowser:
    """A program with a key of the member who only reads."""
    return KeyBrowser(key_of(reader_member))


@pytest.fixture
def far_key(owner_member: Member, far_location: int) -> KeyBrowser:
    """A program with a key of the owner that sees the far location only."""
    return KeyBrowser(key_of(owner_member, locations=[far_location]))


@pytest.fixture
def no_key(owner_member: Member) -> KeyBrowser:
    """A program that sends no key."""
    return KeyBrowser(None)


@pytest.fixture
def revoked_key(owner_member: Member) -> KeyBrowser:
    """A program whose key was revoked."""
    row, text = make_key(member=owner_member, name="a program", permissions=PERMISSIONS[Role.OWNER] - NEVER)
    revoke_key(number=row.pk)
    return KeyBrowser(text)
