"""What the business is, and what of it may change."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from wayloop.business import api
from wayloop.business.api import BusinessRefused
from wayloop.contracts.business import MoneyKeeper, ZoneChanged
from wayloop.kernel import registry
from wayloop.kernel.testing import announced

ANSWERS = {
    "name": " Orchard ",
    "trade": "shop",
    "country": "PL",
    "currency": "EUR",
    "content_languages": ("pl", "uk", "pl"),
    "by": None,
}


def test_the_profile_is_read_as_it_was_changed(owner_member: object) -> None:
    api.use_currency(currency="EUR")
    api.change_profile(**ANSWERS)  # type: ignore[arg-type]
    assert (api.profile(), api.currencies_used()) == (
        api.BusinessProfile(
            name="Orchard",
            trade="shop",
            country="PL",
            zone="Europe/Kyiv",
            currency="EUR",
            content_languages=("pl", "uk"),
            is_sample=False,
        ),
        ("EUR",),
    )


@pytest.mark.parametrize(
    ("part", "value"),
    [("name", "  "), ("trade", "piracy"), ("country", "XX"), ("currency", "XXZ"), ("content_languages", ())],
)
def test_a_part_that_cannot_be_is_refused_by_name_and_nothing_changes(
    owner_member: object, part: str, value: object
) -> None:
    before = api.profile()
    with pytest.raises(BusinessRefused) as refusal:
        api.change_profile(**ANSWERS | {part: value})  # type: ignore[arg-type]
    assert (refusal.value.part, api.profile()) == (part, before)


class Till:
    def keeps_money(self) -> bool:
        return True


def test_the_currency_stays_while_anybody_counts_in_it(owner_member: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_items", type(registry._items)(list))
    registry.offer(MoneyKeeper, Till())  # type: ignore[type-abstract]
    with pytest.raises(BusinessRefused) as refusal:
        api.change_profile(**ANSWERS)  # type: ignore[arg-type]
    assert (refusal.value.part, api.profile().currency) == ("currency", "UAH")
    api.change_profile(**ANSWERS | {"currency": "UAH"})  # type: ignore[arg-type]
    assert api.profile().name == "Orchard"


def test_rates_fix_the_currency_too(owner_member: object) -> None:
    api.enter_rates(currency="EUR", days=[date(2026, 1, 1)], rates=[Decimal(45)], by=None)
    assert api.currency_is_fixed()


def test_a_move_is_announced(owner_member: object) -> None:
    api.change_zone(zone="Europe/Warsaw", from_day=date(2026, 3, 10), by=7)
    api.change_zone(zone="Europe/Kyiv", from_day=None, by=7)
    moved = datetime(2026, 3, 9, 23, tzinfo=UTC)
    assert announced("business.zone_changed") == [ZoneChanged(moved, 7), ZoneChanged(None, 7)]


def test_a_zone_that_does_not_exist_is_refused(owner_member: object) -> None:
    for zone in ("Europe/Atlantis", "../../etc/passwd", ""):
        with pytest.raises(BusinessRefused):
            api.change_zone(zone=zone, from_day=None, by=None)
