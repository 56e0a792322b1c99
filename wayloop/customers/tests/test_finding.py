"""Somebody among thousands is found by whatever spelling: a labelled set of cases, and what is promised of it."""

import random
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from wayloop.business import api as business
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.api import note_sightings
from wayloop.customers.queries import finding
from wayloop.customers.testing import SPRING
from wayloop.customers.tests.crowd import crowd
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind

FOLDER = Path(__file__).parent / "finding"
CROWD, FIRST = 3_200, 5
# What is reached today, rounded down: per kind, and of all.
LEAST, LEAST_IN_ALL = 0.9, 0.97


def lines(file: str) -> Iterator[list[str]]:
    for line in (FOLDER / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [*line.split("\t"), "", "", ""]


@pytest.fixture
def people(db: None) -> dict[str, int]:
    """The crowd, and the people of the cases among them."""
    business.set_up_business(
        name="Orchard", trade="cafe", zone="Europe/Kyiv", currency="UAH", content_languages=["uk"], locations=[]
    )
    wanted = [row[:5] for row in lines("people.tsv")]
    names = [*crowd(CROWD), *(row[1] for row in wanted)]
    numbers = [f"n{index}" for index in range(len(names))]
    # Nobody is found because they came last.
    places = random.Random(11).sample(range(len(names)), len(names))
    made = identity.resolve_handles(kind=IdentifierKind.EXTERNAL, namespace="shop", values=numbers)
    handles = [made[place] for place in places]
    phones = [f"+38067{5_000_000 + index * 977}" for index in range(CROWD)]
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=handles[:CROWD], values=phones)
    mine = handles[CROWD:]
    for kind, column in ((IdentifierKind.PHONE, 2), (IdentifierKind.EMAIL, 3), (IdentifierKind.CARD, 4)):
        having = [(handle, row[column]) for handle, row in zip(mine, wanted, strict=True) if row[column]]
        identity.add_identifiers(
            kind=kind, handles=[handle for handle, _ in having], values=[value for _, value in having]
        )
    columns = CustomerColumns(
        handles=handles,
        known_as=numbers,
        seen_at=[SPRING + timedelta(minutes=place) for place in places],
        source="shop",
        names=names,
    )
    note_sightings(columns=columns)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_card, customers_word, identity_identifier")
    return {row[0]: handle for row, handle in zip(wanted, mine, strict=True)}


def test_the_right_person_is_among_the_first_five(people: dict[str, int]) -> None:
    asked, found, missed = Counter[str](), Counter[str](), []
    for kind, typed, who, *_ in lines("cases.tsv"):
        asked[kind] += 1
        if people[who] in finding.find_people(typed, EVERYTHING, FIRST):
            found[kind] += 1
        else:
            missed.append(f"{kind}: {typed} → {who}")
    shares = {kind: found[kind] / count for kind, count in asked.items()}
    told = [f"{kind:16} {found[kind]:4} of {asked[kind]:4}  {share:7.1%}" for kind, share in shares.items()]
    told.append(f"{'in all':16} {found.total():4} of {asked.total():4}  {found.total() / asked.total():7.1%}")
    sys.stdout.write("\n".join([*told, "missed:", *missed, ""]))
    assert asked.total() >= 300
    assert (min(shares.values()) >= LEAST, found.total() / asked.total() >= LEAST_IN_ALL) == (True, True), missed
