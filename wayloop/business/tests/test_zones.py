"""Zones and currencies as people choose them."""

from zoneinfo import ZoneInfo

import pytest

from wayloop.business.zones import currencies, guess, zones
from wayloop.kernel import money


@pytest.mark.parametrize(
    ("language", "label"), [("en", "Kyiv, Ukraine"), ("uk", "Київ, Україна"), ("ru", "Киев, Украина")]
)
def test_kyiv_is_named_in_the_language_of_the_reader(language: str, label: str) -> None:
    kyiv = next(zone for zone in zones(language) if zone.name == "Europe/Kyiv")
    assert (kyiv.label, kyiv.country, kyiv.currency) == (label, "UA", "UAH")


def test_browsers_that_still_say_kiev_find_kyiv() -> None:
    assert [zone.name for zone in zones("en") if "Europe/Kiev" in zone.former_names] == ["Europe/Kyiv"]


def test_every_zone_exists_and_every_currency_is_money() -> None:
    assert [zone.name for zone in zones("uk") if ZoneInfo(zone.name).key != zone.name] == []
    assert [zone.currency for zone in zones("uk") if zone.currency and not money.is_currency(zone.currency)] == []
    assert [one.code for one in currencies("uk") if not money.is_currency(one.code)] == []


def test_zones_are_in_the_order_of_the_alphabet_and_utc_is_last() -> None:
    names = [zone.label for zone in zones("uk")]
    assert names.index("Єреван, Вірменія") < names.index("Київ, Україна") < names.index("Лондон, Велика Британія")
    assert names[-1] == "UTC"


@pytest.mark.parametrize(
    ("languages", "zone", "currency"),
    [
        (["uk", "en-us"], "Europe/Kyiv", "UAH"),
        (["ru"], "Europe/Moscow", "RUB"),
        (["ru-kz", "ru"], "Asia/Almaty", "KZT"),
        (["en-gb"], "Europe/London", "GBP"),
        (["zh-hans-cn"], "Asia/Shanghai", "CNY"),
        (["pl", "en-us"], "Europe/Warsaw", "PLN"),
        (["en"], "UTC", "EUR"),
        ([], "UTC", "EUR"),
        (["xx", "12-34-"], "UTC", "EUR"),
    ],
)
def test_the_languages_of_a_browser_tell_zone_and_currency(languages: list[str], zone: str, currency: str) -> None:
    assert guess(languages) == (zone, currency)
