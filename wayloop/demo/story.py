"""Invents the customers of the sample business and what they bought: the same story for the same last moment.

Everybody has a random generator of their own, seeded by their number: to change one habit does not shuffle the others.
Nothing here touches the database.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate
from typing import Literal
from zoneinfo import ZoneInfo

from wayloop.demo.text import LATIN, PRODUCTS, RUSSIAN, SHOPS, UKRAINIAN, WEB_TOWNS, WORKSHOP, Names, Product, latin

ZONE = "Europe/Kyiv"
CURRENCY = "EUR"
DAYS = 730
CUSTOMERS = 2400

SLOW_SHOP = 2
SLOW_DAYS = 120
RETURNED_PRODUCT = "MUG-ROAD"

# Monday first. The shop at the university lives by working days, the one by the sea by the weekend.
WEEKDAYS: dict[int | None, tuple[float, ...]] = {
    0: (0.75, 0.80, 0.85, 0.90, 1.0, 0.95, 0.70),
    1: (0.95, 1.0, 1.0, 0.95, 0.95, 0.40, 0.25),
    2: (0.65, 0.70, 0.75, 0.80, 1.0, 1.0, 0.80),
    3: (0.60, 0.60, 0.70, 0.75, 0.95, 1.0, 0.95),
    4: (0.75, 0.80, 0.80, 0.85, 1.0, 0.90, 0.70),
    5: (1.0, 0.95, 0.90, 0.85, 0.90, 0.70, 0.0),
    None: (1.0, 0.90, 0.85, 0.80, 0.75, 0.75, 0.95),
}
# January first.
TOWN_YEAR = (0.80, 0.85, 0.92, 0.92, 0.90, 0.82, 0.74, 0.76, 0.95, 1.0, 0.98, 1.0)
SEA_YEAR = (0.55, 0.58, 0.65, 0.75, 0.88, 1.0, 1.0, 1.0, 0.88, 0.70, 0.60, 0.62)
STUDY_YEAR = (0.70, 0.95, 1.0, 1.0, 0.95, 0.70, 0.42, 0.45, 1.0, 1.0, 1.0, 0.90)
WEB_YEAR = (0.60, 0.65, 0.65, 0.60, 0.58, 0.55, 0.52, 0.55, 0.65, 0.75, 0.95, 1.0)
REPAIR_YEAR = (1.0,) * 12
YEAR: dict[int | None, tuple[float, ...]] = {
    0: TOWN_YEAR, 1: STUDY_YEAR, 2: TOWN_YEAR, 3: SEA_YEAR, 4: TOWN_YEAR, 5: REPAIR_YEAR, None: WEB_YEAR,
}  # fmt: skip
WARM, COLD = frozenset({5, 6, 7, 8}), frozenset({11, 12, 1, 2})

Habit = Literal["regular", "sometimes", "rare", "web", "repair"]
# How many customers have the habit, and the middle of the days between two of their visits.
HABITS: dict[Habit, tuple[float, tuple[float, float]]] = {
    "regular": (0.095, (8, 24)),
    "sometimes": (0.27, (38, 95)),
    "rare": (0.34, (150, 400)),
    "web": (0.235, (32, 110)),
    "repair": (0.06, (200, 420)),
}
GUESTS_A_DAY = 0.22


@dataclass(frozen=True)
class Shopper:
    """One customer. `card`: loyalty card, `number`: customer number of the web shop; one of them is always there."""

    index: int
    habit: Habit
    name: str
    language: str
    town: str
    country: str
    card: str
    number: str
    email: str
    phone: str
    shop: int | None

    @property
    def known_as(self) -> str:
        """What the till or the web shop calls them."""
        return self.card or self.number


@dataclass(frozen=True)
class Deal:
    """An order or a return. `shopper`: index, None for a guest; `shop`: index, None on the web; lines: product,
    quantity, price in cents."""

    shopper: int | None
    shop: int | None
    at: datetime
    lines: tuple[tuple[Product, int, int], ...]
    number: str = ""

    @property
    def channel(self) -> str:
        """Where it was made."""
        return "web" if self.shop is None else "till"


@dataclass(frozen=True)
class Story:
    """All of it; orders and returns from the oldest to the newest."""

    shoppers: Sequence[Shopper]
    orders: Sequence[Deal] = field(default_factory=tuple)
    returns: Sequence[Deal] = field(default_factory=tuple)


def tell_story(last_moment: datetime) -> Story:
    """The story of the two years that end at `last_moment` (aware)."""
    end = last_moment.astimezone(ZoneInfo(ZONE))
    first_day = end.date() - timedelta(days=DAYS - 1)
    shoppers = [_invent(index) for index in range(CUSTOMERS)]
    orders = [order for shopper in shoppers for order in _Life(shopper, first_day, end).orders()]
    orders += _guests(first_day, end)
    orders.sort(key=lambda order: (order.at, -1 if order.shopper is None else order.shopper, order.shop or 0))
    orders = _numbered(orders)
    returns = sorted(_returns(orders, end), key=lambda back: (back.at, back.shopper or 0))
    returns = [replace(back, number=f"R-{place:04d}") for place, back in enumerate(returns, start=1)]
    return Story(shoppers, orders, returns)


def price(product: Product, day: date, first_day: date) -> int:
    """Cents on that day: the prices went up once, after ten months."""
    if product.category == "gear" or (day - first_day).days >= 300:
        return product.cents
    return round(product.cents * 0.93 / 10) * 10


def _invent(index: int) -> Shopper:
    rng = random.Random(f"zerno shopper {index}")  # noqa: S311 – invents, guards nothing
    habit = rng.choices(list(HABITS), [share for share, _days in HABITS.values()])[0]
    shop: int | None = rng.choices(range(len(SHOPS)), [place.share for place in SHOPS])[0]
    town, country, language = SHOPS[shop or 0].town, "UA", ""
    if habit == "repair":
        shop, town = WORKSHOP, SHOPS[WORKSHOP].town
    elif habit == "web":
        shop = None
        town, country, language, _weight = rng.choices(WEB_TOWNS, [place[3] for place in WEB_TOWNS])[0]
    language = language or rng.choices(("uk", "ru", "en"), (60, 30, 10))[0]
    name, address = _name(rng, language, index)
    on_web = habit == "web" or rng.random() < 0.14
    return Shopper(
        index=index,
        habit=habit,
        name=name,
        language=language,
        town=town,
        country=country,
        card="" if habit == "web" else f"770{100_000 + index * 37:06d}",
        number=f"W-{10_000 + index}" if on_web else "",
        email=address if on_web or rng.random() < 0.55 else "",
        # No number of Ukraine has a zero after the country code: these belong to nobody.
        phone=f"+38000{2_000_000 + index * 811:07d}" if rng.random() < 0.7 else "",
        shop=shop,
    )


def _name(rng: random.Random, language: str, index: int) -> tuple[str, str]:
    names: Names = {"uk": UKRAINIAN, "ru": RUSSIAN}.get(language, LATIN)
    is_woman = rng.random() < 0.58
    first = rng.choice(names.women if is_woman else names.men)
    family = rng.choice(names.families)[0 if is_woman else 1]
    host = rng.choice(("example.com", "example.org", "example.net"))
    return f"{first} {family}", f"{latin(first, language)}.{latin(family, language)}{index}@{host}"


class _Life:
    """One customer's visits: a rhythm of their own, bent by weekday, season and what happens to their shop."""

    def __init__(self, shopper: Shopper, first_day: date, end: datetime) -> None:
        self.shopper, self.first_day, self.end = shopper, first_day, end
        self.rng = rng = random.Random(f"zerno life {shopper.index}")  # noqa: S311 – invents, guards nothing
        low, high = HABITS[shopper.habit][1]
        self.gap = rng.uniform(low, high)
        was_here = rng.random() < (0.5 if shopper.habit == "regular" else 0.25)
        self.begin = rng.uniform(0, self.gap) if was_here else DAYS * rng.random() ** 0.9
        if shopper.shop == SLOW_SHOP and self.begin > DAYS - SLOW_DAYS and rng.random() < 0.6:
            self.begin = rng.uniform(0, DAYS - SLOW_DAYS)
        leaves = rng.random() < {"regular": 0.26, "sometimes": 0.34}.get(shopper.habit, 0.2)
        self.leaves = rng.uniform(self.begin + 30, DAYS) if leaves and self.begin + 30 < DAYS else DAYS
        self.favourites = [_pick(rng, "coffee", 4), _pick(rng, "coffee", 4)]
        self.hour = rng.choices((8.6, 12.8, 16.8), (5, 3, 4))[0]

    def orders(self) -> Iterator[Deal]:
        """Every order; the first one always happens."""
        day, is_first = self.begin, True
        comes_back = self.rng.random()
        while day < self.leaves or is_first:
            found = self._visit(int(day), is_first)
            if found:
                yield found
                if is_first and self._bought_one_gift(found.at, comes_back):
                    return
                is_first = False
            elif is_first and int(day) >= DAYS - 1:
                # Their day has no opening hours left: they came a little earlier instead.
                self.begin = day = self.begin - self.rng.uniform(2, 9)
                continue
            day += self.rng.gammavariate(3, self.gap / 3) if not is_first else 1

    def _bought_one_gift(self, at: datetime, comes_back: float) -> bool:
        # December brings the web shop people who buy one present; few of them return.
        return self.shopper.habit == "web" and comes_back < (0.88 if at.month == 12 else 0.35)

    def _visit(self, number: int, is_first: bool) -> Deal | None:
        rng, shop = self.rng, self.shopper.shop
        if self.shopper.number and shop is not None and rng.random() < 0.18:
            shop = None
        day = self.first_day + timedelta(days=number)
        for _try in range(4):
            if rng.random() < WEEKDAYS[shop][day.weekday()]:
                break
            day += timedelta(days=1)
        if _is_closed(shop, day):
            return None
        if not is_first and rng.random() > YEAR[shop][day.month - 1] * _slowness(shop, self._days_left(day)):
            return None
        at = _moment(rng, day, shop, self.hour)
        if at > self.end:
            return None
        lines = _basket(rng, shop, day, self.first_day, self.favourites)
        return Deal(self.shopper.index, shop, at.astimezone(UTC), lines)

    def _days_left(self, day: date) -> int:
        return (self.end.date() - day).days


def _slowness(shop: int | None, days_left: int) -> float:
    """The part of its visits that the slow shop keeps: all of them until four months ago, then fewer every week."""
    if shop != SLOW_SHOP or days_left >= SLOW_DAYS:
        return 1
    return 0.3 + 0.6 * days_left / SLOW_DAYS


def _guests(first_day: date, end: datetime) -> Iterator[Deal]:
    chances = random.Random("zerno guests")  # noqa: S311 – invents, guards nothing
    for number in range(DAYS):
        day = first_day + timedelta(days=number)
        for shop in range(len(SHOPS)):
            wanted = GUESTS_A_DAY * WEEKDAYS[shop][day.weekday()] * YEAR[shop][day.month - 1]
            comes = chances.random() < wanted * _slowness(shop, (end.date() - day).days)
            if not comes or _is_closed(shop, day):
                continue
            rng = random.Random(f"zerno guest {number} {shop}")  # noqa: S311 – invents, guards nothing
            at = _moment(rng, day, shop, rng.choice((9.0, 12.8, 16.5)))
            if at <= end:
                favourites = [_pick(rng, "coffee", day.month)]
                yield Deal(None, shop, at.astimezone(UTC), _basket(rng, shop, day, first_day, favourites))


def _is_closed(shop: int | None, day: date) -> bool:
    return shop is not None and ((day.month, day.day) == (1, 1) or WEEKDAYS[shop][day.weekday()] == 0)


def _moment(rng: random.Random, day: date, shop: int | None, hour: float) -> datetime:
    low, high = {None: (7.0, 23.4), WORKSHOP: (10.0, 17.9)}.get(shop, (7.5, 20.4))
    middle = rng.uniform(17, 22) if shop is None else hour
    when = min(max(rng.gauss(middle, 1.1), low), high) * 3600 + rng.randrange(60)
    whole = int(when)
    return datetime.combine(day, time(whole // 3600, whole // 60 % 60, whole % 60), ZoneInfo(ZONE))


def _basket(
    rng: random.Random, shop: int | None, day: date, first_day: date, favourites: Sequence[Product]
) -> tuple[tuple[Product, int, int], ...]:
    taken: dict[str, tuple[Product, int]] = {}

    def take(product: Product, quantity: int = 1) -> None:
        known = taken.get(product.code, (product, 0))[1]
        taken[product.code] = (product, known + quantity)

    if shop is None:
        for _line in range(rng.choices((1, 2, 3, 4), (40, 33, 19, 8))[0]):
            take(
                _pick(rng, "beans" if rng.random() < 0.66 else "gear", day.month),
                rng.choices((1, 2, 3), (84, 13, 3))[0],
            )
    elif shop == WORKSHOP:
        take(_pick(rng, "service", day.month))
        if rng.random() < 0.35:
            take(_pick(rng, "service", day.month))
        if rng.random() < 0.4:
            take(next(one for one in _of("gear") if one.code in ("DESCALE", "CLEAN-TAB")[rng.random() < 0.4 :]))
    else:
        if rng.random() < 0.6:
            take(rng.choice(favourites), 2 if rng.random() < 0.08 else 1)
        else:
            take(_pick(rng, "coffee" if rng.random() < 0.7 else "drinks", day.month))
        for chance, category in ((0.5, "food"), (0.17, "coffee"), (0.14, "food"), (0.07, "beans"), (0.035, "gear")):
            if rng.random() < chance:
                take(_pick(rng, category, day.month))
    return tuple((product, quantity, price(product, day, first_day)) for product, quantity in taken.values())


def _pick(rng: random.Random, category: str, month: int) -> Product:
    products, weights = _shelf(category, month)
    return rng.choices(products, cum_weights=weights)[0]


@cache
def _of(category: str) -> list[Product]:
    return [product for product in PRODUCTS if product.category == category]


@cache
def _shelf(category: str, month: int) -> tuple[list[Product], list[float]]:
    shelf = [
        product
        for product in _of(category)
        if not product.season or month in (WARM if product.season == "warm" else COLD)
    ]
    return shelf, list(accumulate(product.weight for product in shelf))


def _numbered(orders: Sequence[Deal]) -> list[Deal]:
    counts: dict[int | None, int] = {}
    numbered = []
    for order in orders:
        counts[order.shop] = counts.get(order.shop, 0) + 1
        prefix = "WEB" if order.shop is None else SHOPS[order.shop].prefix
        numbered.append(replace(order, number=f"{prefix}-{counts[order.shop]:05d}"))
    return numbered


def _returns(orders: Sequence[Deal], end: datetime) -> Iterator[Deal]:
    for order in orders:
        if not any(_return_chance(product) for product, _quantity, _price in order.lines):
            continue
        rng = random.Random(f"zerno return {order.number}")  # noqa: S311 – invents, guards nothing
        back = tuple(line for line in order.lines if rng.random() < _return_chance(line[0]))
        day = order.at.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=rng.randint(2, 13))
        while _is_closed(order.shop, day):
            day += timedelta(days=1)
        at = _moment(rng, day, order.shop, rng.uniform(11, 18))
        if back and at <= end:
            yield Deal(order.shopper, order.shop, at.astimezone(UTC), back)


def _return_chance(product: Product) -> float:
    if product.code == RETURNED_PRODUCT:
        return 0.21
    return {"gear": 0.02, "beans": 0.006}.get(product.category, 0.0)
