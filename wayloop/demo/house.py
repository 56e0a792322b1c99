"""How the sample business keeps house: brands, hours, prices, the greeting, tags, saved lists, a trait of its own.

Made through the faces, in the transaction that ends the building, so it is there once or not at all.
"""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from wayloop.business import api as business
from wayloop.business.api import Span
from wayloop.commerce import api as commerce
from wayloop.contracts.conditions import AllOf, Where
from wayloop.customers import api as customers
from wayloop.demo.story import CURRENCY, Shopper
from wayloop.demo.text import PRODUCTS, WORKSHOP
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised

FORM = "loyalty form"
SEASIDE = 3
# What an hour of a barista's work and the goods cost, as a share of the price.
COST = {"coffee": "0.28", "drinks": "0.3", "food": "0.45", "beans": "0.55", "gear": "0.6", "service": "0.5"}


def _text(uk: str, ru: str, en: str) -> Localised:
    return Localised(texts={"uk": uk, "ru": ru, "en": en}, source="uk")


ADDRESSES = (
    _text("вул. Хорива, 12", "ул. Хорива, 12", "12 Khoryva Street"),
    _text("вул. Терещенківська, 5", "ул. Терещенковская, 5", "5 Tereshchenkivska Street"),
    _text("пл. Ринок, 31", "пл. Рынок, 31", "31 Rynok Square"),
    _text("Ланжеронівська, 2", "Ланжероновская, 2", "2 Lanzheronivska Street"),
    _text("вул. Соборності, 40", "ул. Соборности, 40", "40 Sobornosti Street"),
    _text("вул. Нижній Вал, 19", "ул. Нижний Вал, 19", "19 Nyzhnii Val Street"),
)
GREETING = (
    _text("Привіталися першими, на імʼя", "Поздоровались первыми, по имени", "Said hello first, by name"),
    _text("Запитали, чи «як зазвичай»", "Спросили, «как обычно» ли", "Asked whether it is “the usual”"),
    _text("Сказали, що сьогодні нового", "Сказали, что сегодня нового", "Named what is new today"),
)
AT_THE_SEA = _text("Запропонували воду з льодом", "Предложили воду со льдом", "Offered iced water")
# The tag, its colour, and the share of guests who bear it.
TAGS = (("Постійні", 3, 0.0), ("Алергія", 0, 0.02), ("Дегустації", 5, 0.05), ("Преса", 1, 0.003))
MILKS = (
    _text("Звичайне", "Обычное", "Dairy"),
    _text("Вівсяне", "Овсяное", "Oat"),
    _text("Мигдальне", "Миндальное", "Almond"),
    _text("Без лактози", "Без лактозы", "Lactose-free"),
)


def keep_house(shoppers: Sequence[Shopper], handles: Sequence[int], owner: int, source: str) -> None:
    """Writes it in the name of the owner (an id). `source`: where the products come from."""
    rng = random.Random("zerno house")  # noqa: S311 – invents, guards nothing
    places = business.locations()
    _name_brands(places, owner)
    _open_doors(places, owner)
    _price(source)
    for text in GREETING:
        commerce.add_greeting_point(text=text)
    commerce.add_greeting_point(text=AT_THE_SEA, location_id=places[SEASIDE].id)
    _tag(rng, shoppers, handles, owner)
    _ask_for_milk(rng, [one for one in shoppers if one.card], handles)
    _save_lists(owner)


def _name_brands(places: Sequence[business.Place], owner: int) -> None:
    shops, workshop = (
        business.add_brand(name=_text(*names))
        for names in (("Зерно", "Зерно", "Zerno"), ("Майстерня", "Мастерская", "Workshop"))
    )
    for number, (place, address) in enumerate(zip(places, ADDRESSES, strict=True)):
        details = business.LocationDetails(
            name=place.name,
            brand=workshop if number == WORKSHOP else shops,
            zone=place.zone,
            town=place.town,
            address=address,
        )
        business.change_location(location=place.id, details=details, by=owner)


def _open_doors(places: Sequence[business.Place], owner: int) -> None:
    """The shops open daily, those by the sea until late, the workshop on weekdays with a break."""
    weekday, weekend = (Span(7 * 60 + 30, 21 * 60),), (Span(9 * 60, 21 * 60),)
    evening, night = (Span(9 * 60, 22 * 60),), (Span(9 * 60, 25 * 60),)
    mending = (Span(10 * 60, 13 * 60), Span(14 * 60, 19 * 60))
    weeks: tuple[tuple[int | None, business.Week, business.HolidayCalendar], ...] = (
        (None, (weekday,) * 5 + (weekend,) * 2, business.HolidayCalendar()),
        (places[SEASIDE].id, (evening,) * 4 + (night,) * 2 + (evening,), business.HolidayCalendar()),
        (places[WORKSHOP].id, (mending,) * 5 + ((), ()), business.HolidayCalendar("UA")),
    )
    for location, week, calendar in weeks:
        business.change_hours(location=location, valid_from=None, week=week, calendar=calendar, by=owner)
    closed = business.NewSpecial(
        first_day=date(clock.now().year, 12, 31),
        last_day=date(clock.now().year + 1, 1, 1),
        title=_text("Новий рік", "Новый год", "New Year"),
        week=business.NEVER,
        is_yearly=True,
    )
    business.add_special_days(location=None, special=closed, by=owner)


def _price(source: str) -> None:
    prices = [Decimal(product.cents) / 100 for product in PRODUCTS]
    commerce.price_products(
        source=source,
        currency=CURRENCY,
        codes=[product.code for product in PRODUCTS],
        kinds=["service" if product.category == "service" else "product" for product in PRODUCTS],
        prices=list(prices),
        costs=[
            (price * Decimal(COST[product.category])).quantize(Decimal("0.01"))
            for product, price in zip(PRODUCTS, prices, strict=True)
        ],
    )


def _tag(rng: random.Random, shoppers: Sequence[Shopper], handles: Sequence[int], owner: int) -> None:
    for name, colour, share in TAGS:
        tag = customers.create_tag(name=name, colour=colour)
        chosen = [
            handles[one.index]
            for one in shoppers
            if one.card and (one.habit == "regular" if share == 0.0 else rng.random() < share)
        ]
        customers.add_tag(tag_id=tag, people=chosen[:400], member=owner)


def _ask_for_milk(rng: random.Random, guests: Sequence[Shopper], handles: Sequence[int]) -> None:
    """A trait the business has added itself, which the front desk may see."""
    trait = customers.add_trait(
        kind=customers.TraitType.CHOICE,
        wishes=customers.TraitWishes(
            label=_text("Молоко", "Молоко", "Milk"),
            group=customers.TraitGroup.HABITS,
            about=customers.About.PERSON,
            sight=customers.Sight.EVERYBODY,
            options=[customers.NewOption("", text) for text in MILKS],
            is_searchable=True,
        ),
    )
    codes = [option.code for option in trait.choices]
    told = [handles[one.index] for one in guests if rng.random() < 0.3]
    since = clock.now() - timedelta(days=200)
    customers.note_traits(
        trait=trait.key,
        handles=told,
        values=rng.choices(codes, (5, 3, 1, 1), k=len(told)),
        valid_from=[since + timedelta(days=rng.uniform(0, 190)) for _one in told],
        source=FORM,
    )


def _save_lists(owner: int) -> None:
    for name, wheres, sort in (
        ("Давно не були", (Where("trait.orders_count", "from", (10,)), Where("seen", "beyond", (45,))), "-seen"),
        ("Нові за місяць", (Where("first", "within", (30,)),), "-first"),
        ("Кому можна написати", (Where("email", "is", (True,)), Where("seen", "within", (90,))), "name"),
    ):
        customers.save_view(
            member=owner,
            name=name,
            condition=customers.as_json(AllOf(wheres)),
            sort=sort,
            columns=[],
            is_shared=True,
            is_pinned=True,
        )
