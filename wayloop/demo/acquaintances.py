"""What the team of the sample business knows of some customers: traits, notes, households, companies and their people.

Made through the faces, in the transaction that ends the building, so it is there once or not at all.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from wayloop.customers import api as customers
from wayloop.customers.api import CustomerKind, NewCustomer, RelationKind
from wayloop.demo.story import Shopper
from wayloop.kernel import clock

FORM = "loyalty form"
# The firms that drink coffee of the web shop: name, phone (of nobody: a zero follows the country code), e-mail, traits.
COMPANIES: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    (
        "ТОВ «Ранок»", "+380003000001", "office@ranok.example.com",
        {"industry": "Логістика", "company_size": "10-49", "customer_type": "wholesale", "town": "Київ"},
    ),
    (
        "Готель «Приморський»", "+380003000002", "bar@seaside.example.com",
        {"industry": "Готелі", "company_size": "50-249", "customer_type": "reseller", "town": "Одеса"},
    ),
    (
        "Nordwind Studio", "+380003000003", "hello@nordwind.example.com",
        {"industry": "IT", "company_size": "10-49", "customer_type": "wholesale", "town": "Львів"},
    ),
)  # fmt: skip
ROLES = ("Офіс-менеджерка", "Директор", "Бухгалтерка")
INTERESTS = ("велосипед", "йога", "настільні ігри", "книжки", "театр", "собаки", "гори", "фотографія", "сад", "джаз")
PROFESSIONS = ("лікарка", "програміст", "учителька", "архітектор", "юристка", "таксист", "дизайнерка", "студентка")
NEEDS = ("тихе місце для роботи", "швидко, поки чекає таксі", "безкофеїнова кава ввечері", "десерт без цукру")


class Words(NamedTuple):
    """A note and whether it is pinned."""

    text: str
    is_pinned: bool = False


NOTES = (
    Words("Алергія на горіхи: жодних проб граноли.", True),
    Words("Любить столик біля вікна, приходить із собакою. Миска під стійкою."),
    Words("Просила не дзвонити, писати лише на пошту.", True),
    Words("Обіцяли привезти ефіопське зерно до свят – нагадати у грудні."),
    Words("Друг бариста з Ринку. Дуже цікавиться обсмаженням, варто покликати на дегустацію."),
    Words("Повертав кухлик «Дорога»: протікає кришка. Обміняли, вибачилися, пригостили."),
    Words("Ставит машину на ремонт раз в год, всегда волнуется за срок. Звонить заранее."),
    Words("Prefers English. Works from the university shop on Tuesdays."),
)


def note_what_the_team_knows(shoppers: Sequence[Shopper], handles: Sequence[int], members: Sequence[int]) -> None:
    """Writes it down for customers and in the name of members (ids, the owner first)."""
    rng = random.Random("zerno acquaintances")  # noqa: S311 – invents, guards nothing
    now = clock.now()
    guests = [one for one in shoppers if one.card]
    _note_traits(rng, guests, handles, now)
    regulars = [one for one in guests if one.habit == "regular"] or guests
    for place, one in enumerate(rng.sample(regulars, min(40, len(regulars)))):
        words = NOTES[place % len(NOTES)]
        with clock.standing_at(now - timedelta(days=rng.uniform(1, 300))):
            customers.add_note(
                person=handles[one.index],
                text=words.text,
                member_id=rng.choice(members[:3]),
                is_pinned=words.is_pinned,
            )
    _tie_households(rng, guests, handles)
    _make_companies(rng, [one for one in shoppers if one.habit == "web"], handles, members[0])


def _note_traits(rng: random.Random, guests: Sequence[Shopper], handles: Sequence[int], now: datetime) -> None:
    """What guests wrote into the form of their card."""
    told: dict[str, list[tuple[int, str]]] = {"birth_date": [], "interests": [], "profession": [], "needs": []}
    for one in guests:
        handle = handles[one.index]
        if rng.random() < 0.4:
            told["birth_date"].append(
                (handle, f"{rng.randint(1955, 2006)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}")
            )
        if rng.random() < 0.2:
            told["interests"].append((handle, "; ".join(rng.sample(INTERESTS, rng.randint(1, 3)))))
        if rng.random() < 0.12:
            told["profession"].append((handle, rng.choice(PROFESSIONS)))
        if rng.random() < 0.06:
            told["needs"].append((handle, rng.choice(NEEDS)))
    for trait, rows in told.items():
        customers.note_traits(
            trait=trait,
            handles=[handle for handle, _value in rows],
            values=[value for _handle, value in rows],
            valid_from=[now - timedelta(days=rng.uniform(5, 600)) for _row in rows],
            source=FORM,
        )


def _tie_households(rng: random.Random, guests: Sequence[Shopper], handles: Sequence[int]) -> None:
    """Pairs of guests of one shop live together."""
    chosen = rng.sample(guests, min(60, len(guests) // 2 * 2))
    for first, second in zip(chosen[::2], chosen[1::2], strict=True):
        if first.shop == second.shop:
            kind = rng.choice((RelationKind.HOUSEHOLD, RelationKind.PARTNER, RelationKind.KNOWS))
            customers.add_tie(first=handles[first.index], second=handles[second.index], kind=kind, member_id=None)


def _make_companies(rng: random.Random, buyers: Sequence[Shopper], handles: Sequence[int], member: int) -> None:
    """Firms, each with some of the web shop's buyers for contacts."""
    now = clock.now()
    staff = rng.sample(buyers, min(len(COMPANIES) * len(ROLES), len(buyers)))
    for place, (name, phone, email, traits) in enumerate(COMPANIES):
        with clock.standing_at(now - timedelta(days=500 + 40 * place)):
            firm = customers.add_customer(
                new=NewCustomer(kind=CustomerKind.COMPANY, name=name, phone=phone, email=email)
            )
        for trait, value in traits.items():
            since = [now - timedelta(days=400)]
            customers.note_traits(trait=trait, handles=[firm], values=[value], valid_from=since, source=FORM)
        for role, one in zip(ROLES, staff[place :: len(COMPANIES)], strict=False):
            kind = RelationKind.WORKS_AT
            customers.add_tie(first=handles[one.index], second=firm, kind=kind, member_id=member, role=role)
        customers.compute_traits(people=[firm])
