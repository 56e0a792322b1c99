"""The business whose data the benches make: eight places, one owner, products by number. Django must be ready."""

from collections.abc import Sequence
from random import SystemRandom

from wayloop.accounts import api as accounts
from wayloop.business import api as business
from wayloop.commerce import api as commerce
from wayloop.kernel.localised import Localised

SHOPS = ("Podil", "Pechersk", "Lviv", "Odesa", "Dnipro", "Kharkiv", "Poltava", "Web shop")
TOWNS = (
    "Київ",
    "Львів",
    "Одеса",
    "Дніпро",
    "Харків",
    "Полтава",
    "Черкаси",
    "Суми",
    "Луцьк",
    "Рівне",
    "Warsaw",
    "Berlin",
)
OWNER = "bench@example.com"


def begin_business(*, categories: Sequence[str]) -> None:
    """Makes it in an empty database, with one product for each of these categories."""
    business.set_up_business(
        name="Bench",
        trade="cafe",
        zone="Europe/Kyiv",
        currency="UAH",
        content_languages=["uk"],
        locations=[business.NewLocation(name=Localised.of(name, "en"), town=name) for name in SHOPS],
    )
    accounts.create_member(
        name="Bench", email=OWNER, password=f"bench {SystemRandom().random()}", role=accounts.Role.OWNER
    )
    numbers = range(len(categories))
    commerce.name_products(
        source="shop",
        codes=[f"p{number}" for number in numbers],
        names=[Localised.of(f"Product {number}", "en") for number in numbers],
        categories=categories,
    )
