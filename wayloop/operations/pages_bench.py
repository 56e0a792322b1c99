"""The bench of pages: how long the server takes for the pages people look at all day, over many customers and events.

The pages are the real views with all that stands before them, in a process set up as a web worker is; see
`bench_homes` for where the data lie.
"""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse

from wayloop.contracts.benches import Bench, Measured
from wayloop.kernel import clock
from wayloop.kernel.paging import write_key
from wayloop.operations.bench_homes import BenchHome, answer, count, peak, quantile
from wayloop.operations.errors import OperationError

CUSTOMERS, EVENTS = 2_000, 20_000
REQUESTS = 60
# As the button "Show older" asks.
HTMX = {"HX-Request": "true", "HX-Target": "timeline-more"}
MORE = re.compile(r'href="([^"]*[?&;]before=[^"]*)"')


@dataclass(frozen=True)
class Somebody:
    """A customer that pages are asked for."""

    person: int
    uuid: str
    name: str
    phone: str
    sort_key: bytes


def pages(customers: int = CUSTOMERS, events: int = EVENTS) -> list[Measured]:
    """Milliseconds of server time per page: the worst p95 of all pages first, then p50 and p95 of each."""
    if customers < 1 or events < 1:
        raise OperationError("bench pages needs at least one customer and one event.")
    told, size = BenchHome("pages", __name__, customers, events).run()
    figures = [
        Measured(name, value, "ms", told["requests"], of=page)
        for page, times in told["pages"].items()
        for name, value in times.items()
    ]
    worst = max(one.value for one in figures if one.name == "p95")
    return [
        Measured("p95", worst, "ms", told["requests"] * len(told["pages"])),
        *figures,
        Measured("customers", size["customers"], ""),
        Measured("events", size["events"], ""),
        Measured("peak", told["peak"], "MB"),
    ]


BENCH = Bench(
    "pages",
    "server time of the list, the card, search and older events",
    pages,
    {"customers": CUSTOMERS, "events": EVENTS},
)


def fill(customers: int, events: int) -> None:
    """A step in its own process: makes the data; tells how many there are."""
    # slow import: the data are made once
    from wayloop.operations.pages_data import build

    build(customers, events)
    answer({"customers": count("customers_card"), "events": count("ledger_event")})


def measure() -> None:
    """A step in its own process, a web worker: asks for each page, tells the times and the memory it took."""
    # slow import: nobody else in the program asks its own pages
    from django.test import Client

    client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
    client.force_login(get_user_model().objects.get())
    dice = random.Random(3)  # noqa: S311 – which customers are asked for
    people = _somebodies(REQUESTS * 3, dice)
    times: dict[str, list[float]] = {}

    def ask(page: str, address: str, **headers: str) -> str:
        begun = time.perf_counter()
        answer = client.get(address, headers=headers or None)
        content = answer.content.decode()
        times.setdefault(page, []).append((time.perf_counter() - begun) * 1000)
        if answer.status_code != 200:
            raise OperationError(f"the page {page} answered {answer.status_code}")
        return content

    regulars = _regulars(REQUESTS, dice)
    for number in range(REQUESTS):
        for page, address in _addresses(people, number, dice):
            ask(page, address)
        for uuid in regulars[number : number + 1]:
            more = MORE.search(ask("card", reverse("customers:card", args=[uuid])))
            if more:
                ask("older timeline", unescape(more[1]), **HTMX)
    told = {page: {"p50": quantile(mine, 50), "p95": quantile(mine, 95)} for page, mine in times.items() if mine}
    answer({"pages": told, "peak": peak(), "requests": REQUESTS})


def _addresses(people: list[Somebody], number: int, dice: random.Random) -> Iterator[tuple[str, str]]:
    """The pages of one round, for people who differ from round to round."""
    one, two, three = people[number::REQUESTS][:3]
    customers, search = reverse("customers:list"), reverse("search")
    yield "list", customers + (f"?after={_place_in_list(one)}" if number else "")
    town = TOWNS[number % len(TOWNS)]
    filters = (f"trait.town={town}", f"trait.town={town}&seen=90", f"trait.country=PL&seen=!365&trait.town={town}")
    orders = ("-seen", "name", "first")
    yield "filtered list", f"{customers}?{filters[number % len(filters)]}&sort={orders[number // 3 % len(orders)]}"
    yield "list by name deep page", f"{customers}?sort=name&after={write_key((one.sort_key, one.person))}"
    for page, text in (
        ("phone", _as_typed(one.phone, number)),
        ("misspelt name", _misspelt(two.name, dice)),
        ("Latin spelling", _latin(three.name)),
    ):
        yield f"search by {page}", f"{customers}?q={text}"
        yield f"palette by {page}", f"{search}?q={text}"
    yield "card", reverse("customers:card", args=[two.uuid])
    yield from _counter(one)


def _counter(one: Somebody) -> Iterator[tuple[str, str]]:
    """The counter, where this program has one."""
    for name in ("commerce:counter", "counter"):
        try:
            yield "counter", f"{reverse(name)}?q={one.phone[-7:]}"
        except NoReverseMatch:
            continue
        return


TOWNS = ("Київ", "Львів", "Одеса", "Дніпро", "Суми", "Warsaw")
TYPED: tuple[Callable[[str], str], ...] = (
    lambda phone: "%2B" + phone[1:],
    lambda phone: phone[3:],
    lambda phone: f"8 {phone[3:]}",
    lambda phone: phone[-7:],
    lambda phone: f"{phone[3:6]} {phone[6:9]}-{phone[9:11]}-{phone[11:]}",
)
LATIN = dict(zip("абвгґдезиіклмнопрстуфыэйьъёєїжхцчшщюя", (
    *"abvhgdezyiklmnoprstufyei", "", "", "e", "ie", "i", "zh", "kh", "ts", "ch", "sh", "shch", "iu", "ia",
), strict=True))  # fmt: skip


def _as_typed(phone: str, number: int) -> str:
    return TYPED[number % len(TYPED)](phone)


def _misspelt(name: str, dice: random.Random) -> str:
    """The longest word with an error in it: a letter less, two in the other order, or another one."""
    words = name.split()
    word = max(words, key=len)
    place = dice.randrange(1, len(word) - 1)
    wrong = dice.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
            word[:place] + dice.choice("аеоинт") + word[place + 1 :],
        )
    )
    return " ".join(wrong if it == word else it for it in words)


def _latin(name: str) -> str:
    return "".join(LATIN.get(letter, letter) for letter in name.lower()).title()


def _place_in_list(one: Somebody) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT seen_at FROM customers_card WHERE person = %s", [one.person])
        (moment,) = cursor.fetchone() or (clock.now(),)
    return write_key((moment.isoformat(), one.person))


def _somebodies(count: int, dice: random.Random) -> list[Somebody]:
    """Different people with a phone and a Cyrillic name."""
    wanted = _drawn(count * 20, dice)
    with _unhurried() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (c.person) c.person, c.uuid, c.name, i.value, c.sort_key FROM customers_card c "
            "JOIN identity_identifier i ON i.handle = c.person AND i.kind = 'phone' "
            "WHERE c.person = ANY (%s) AND c.name ~ '^[^A-Za-z]+$' ORDER BY c.person",
            [wanted],
        )
        rows = [Somebody(row[0], str(row[1]), row[2], row[3], bytes(row[4])) for row in cursor.fetchall()]
    dice.shuffle(rows)
    if len(rows) < count:
        raise OperationError("bench pages needs more customers: a few hundred at least.")
    return rows[:count]


def _regulars(count: int, dice: random.Random) -> list[str]:
    """Addresses of customers with so many events that the card does not show all of them at once."""
    wanted = _drawn(count * 30, dice)
    with _unhurried() as cursor:
        cursor.execute(
            "SELECT c.uuid FROM customers_card c JOIN ledger_event e ON e.handle = c.person "
            "WHERE c.person = ANY (%s) GROUP BY c.uuid HAVING count(*) > 60 ORDER BY c.uuid LIMIT %s",
            [wanted, count],
        )
        return [str(uuid) for (uuid,) in cursor.fetchall()]


@contextmanager
def _unhurried() -> Iterator[Any]:
    """A cursor for what is no page: the limit of a web worker does not count."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '0', true)")
        yield cursor


def _drawn(count: int, dice: random.Random) -> list[int]:
    """So many people by lot; some may come twice, and some numbers may be nobody's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(person) FROM customers_card")
        (last,) = cursor.fetchone() or (0,)
    return [dice.randint(1, last) for _ in range(count)]
