"""Numbers cut by what is known of customers: parts are the whole, open their rows, and show only what one may see."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from wayloop.accounts.testing import KeyBrowser
from wayloop.business import api as business
from wayloop.commerce.testing import MORNING, Deal, buy, deliver
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.localised import Localised
from wayloop.metrics import api as metrics
from wayloop.metrics.api import METRICS, Answer, Question
from wayloop.metrics.tests.test_views import page, plain
from wayloop.surveys.testing import Asked, Given, QuestionType, asked, give, invite_people, publish
from wayloop.work.testing import move_to, start

DAY = timedelta(days=1)
LATER = MORNING + 20 * DAY
NAMES = ("oat", "cow", "none of it", "soy")


def make(label: str, kind: customers.TraitType, *options: str, sight: customers.Sight = customers.Sight.STAFF) -> str:
    """A trait of the business; answers its key."""
    wishes = customers.TraitWishes(
        label=Localised.of(label, "en"), group=customers.TraitGroup.HABITS, about=customers.About.ALL, sight=sight,
        options=[customers.NewOption("", Localised.of(one, "en")) for one in options],
    )  # fmt: skip
    return customers.add_trait(kind=kind, wishes=wishes).key


def note(trait: str, **told: str) -> None:
    """Customer → their value."""
    handles = [see(one) for one in told]
    customers.note_traits(
        trait=trait, handles=handles, values=list(told.values()), valid_from=[MORNING] * len(told), source="shop"
    )


def ask(name: str, by: str = "", **others: Any) -> Answer:
    traits = tuple(customers.every_trait_cut())
    with clock.standing_at(LATER):
        (answer,) = metrics.read(
            [name], Question(EVERYTHING, "UAH", business.ReportClock.of("UTC"), by=by, traits=traits, **others)
        )
    return answer


@pytest.fixture
def milk(owner: Client, near_location: int) -> str:
    """Two drink oats, one drinks soy, of one and of guests nobody knows; a customer of each says what they think."""
    key = make("Milk", customers.TraitType.CHOICE, *NAMES)
    buy(
        *(Deal(str(place), who, MORNING + place * DAY) for place, who in enumerate("aabbcdd")),
        *(Deal(f"before {who} {days}", who, MORNING - days * DAY) for who in "abcd" for days in (20, 27)),
        Deal("guest", at=MORNING),
    )  # fmt: skip
    note(key, a="oat", b="oat", c="soy")
    people = {who: see(who) for who in "abcd"}
    give(*(Given("5", who, at=MORNING, handle=handle) for who, handle in people.items()))
    deliver(*((str(place), 3, 4) for place in range(7)))
    invite_people(publish(asked(QuestionType.CSAT, "q")), *(Asked("answered", MORNING, one) for one in people.values()))
    for who in "ac":
        with clock.standing_at(MORNING):
            case = start(people[who], "Cold", location_id=near_location)
        move_to(case, "solved", at=MORNING + DAY)
    return key


def test_every_number_of_customers_is_cut_by_a_trait(milk: str) -> None:
    cut = f"trait.{milk}"
    codes = list(customers.every_trait_cut()[-1].labels)
    oat, soy = codes[0], codes[3]
    start_, end = MORNING, MORNING + 15 * DAY
    found = {one.name: {row.key: row.n for row in ask(one.name, cut, start=start_, end=end).rows} for one in METRICS}
    empty = (
        "returns",
        "nps",
        "nps_1_10",
        "ces",
        "ces_1_5",
        "positive_ratings",
        "sla_met",
        "recovery_rate",
        "compensation",
    )
    assert {name for name, rows in found.items() if not any(rows.values())} == {*empty, "new_customers", "cases_open"}
    assert [found[name] for name in ("orders", "buyers", "csat", "response_rate", "late_share", "cases_opened")] == [
        {oat: 4, soy: 1, None: 3}, {oat: 2, soy: 1, None: 1}, {oat: 2, soy: 1, None: 1}, {oat: 2, soy: 1, None: 1},
        {oat: 4, soy: 1, None: 2}, {oat: 1, soy: 1},
    ]  # fmt: skip
    for name in ("orders", "net_revenue", "csat", "retention", "churn", "loyal_customers", "complaint_share"):
        rows = {row.key: (row.value, row.n) for row in ask(name, cut, start=start_, end=end).rows}
        for part in (oat, None):
            alone = ask(name, where=((cut, (part or "",)),), start=start_, end=end).whole
            assert rows[part] == (alone.value, alone.n), (name, part)


def test_what_is_yes_or_no_is_a_cut_and_what_has_many_values_is_none(db: None) -> None:
    buy(Deal("1", "a"), Deal("2", "b"), Deal("3", "c"))
    club = make("In the club", customers.TraitType.YES_NO)
    several = make("Hobbies", customers.TraitType.CHOICES, "books", "bikes")
    note(club, a="yes", b="no")
    assert {row.key: row.value for row in ask("orders", f"trait.{club}").rows} == {"true": 1, "false": 1, None: 1}
    keys = {one.key for one in customers.every_trait_cut()}
    assert (club in keys, several in keys) == (True, False)


def test_of_a_long_list_what_comes_behind_twenty_values_is_told_together(db: None) -> None:
    key = make("Street", customers.TraitType.CHOICE, *(f"street {number}" for number in range(25)))
    buy(*(Deal(str(number), f"c{number}") for number in range(25)))
    note(key, **{f"c{number}": f"street {number}" for number in range(25)})
    rows = {row.key: row.value for row in ask("orders", f"trait.{key}").rows}
    assert (len(rows), rows["*"], sum(one or 0 for one in rows.values())) == (21, 5, 25)
    assert ask("orders", where=((f"trait.{key}", ("*",)),)).whole.value == 5


def test_parts_of_a_trait_open_their_rows(milk: str, owner: Client) -> None:
    with clock.standing_at(LATER):
        told = page(owner, f"/numbers/orders/?period=all&by=trait.{milk}")
        shown = plain(told)
        assert ("Milk" in shown, "oat" in shown, "not stated" in shown) == (True, True, True)
        for list_ in ("orders", "cases/list", "scores", "orders/buyers"):
            for value, count in (("oat", 1), ("none", 1), ("cow", 0)):
                assert owner.get(f"/{list_}/?trait={milk}:{quote(value)}").status_code == 200, (list_, value, count)
        oat = next(iter(customers.every_trait_cut()[-1].labels))
        assert f"trait={quote(f'{milk}:{oat}', safe='')}" in told
        rows = plain(page(owner, f"/orders/?period=all&trait={milk}:{oat}&exact=1"))
        assert ("8 orders" in rows, "Milk: oat" in rows) == (True, True)
        rows = plain(page(owner, f"/cases/list/?which=all&trait={milk}:{oat}&exact=1"))
        assert ("1 case" in rows, "Milk: oat" in rows) == (True, True)


def test_a_trait_that_is_not_for_everybody_cuts_for_nobody_else(
    milk: str, owner: Client, reader: Client, owner_key: KeyBrowser, reader_key: KeyBrowser
) -> None:
    secret = make("Worth", customers.TraitType.CHOICE, "much", "little", sight=customers.Sight.OWNER)
    note(secret, a="much")
    code = next(iter(customers.every_trait_cut()[-1].labels))
    with clock.standing_at(LATER):
        for who, sees in ((owner, True), (reader, False)):
            shown = plain(page(who, f"/numbers/orders/?period=all&by=trait.{secret}"))
            assert ("Worth" in shown, "cannot be cut by" in shown) == (sees, not sees)
            rows = plain(page(who, f"/orders/?period=all&trait={secret}:{code}&exact=1"))
            # What somebody may not know narrows nothing, as if it were not there.
            assert ("4 orders" in rows, "16 orders" in rows) == (sees, not sees)
        for key, status in ((owner_key, 200), (reader_key, 422)):
            answers = [key.get("metrics/orders", by=f"trait.{secret}"), key.get("metrics/orders", by=f"trait.{milk}")]
            assert [one.status_code for one in answers] == [status, 200]
        (row,) = [one for one in owner_key.get("metrics/orders", by=f"trait.{secret}").json()["rows"] if one["key"]]
        assert (row["label"], row["value"]) == ("much", 4)


def test_a_value_nobody_knows_is_refused_in_a_line(milk: str) -> None:
    with pytest.raises(metrics.QuestionRefused) as refused:
        metrics.question_of(
            metric=metrics.BY_NAME["orders"], where=[f"trait.{milk}=sand"], traits=customers.every_trait_cut()
        )
    assert str(refused.value).startswith("Milk has no value sand.")
