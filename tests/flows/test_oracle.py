"""Numbers of random data, counted once more by numpy and scipy from the plain rows."""

import random
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.oracle import differences_to
from wayloop.business import api as business
from wayloop.commerce.testing import MORNING, Deal, buy, deliver, give_back
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.metrics.api import BY_NAME
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.testing import Asked, Given, asked, give, invite_people, publish
from wayloop.work.testing import Case, Cause, Stage

DAY = timedelta(days=1)
NOW = MORNING + 40 * DAY


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20261122)


@pytest.fixture
def trade(db: None, chance: random.Random) -> None:
    """Ninety customers and some guests over sixty days; what they bought, gave back, got late and said."""
    deals = [
        Deal(
            str(number), chance.choice(["", *(f"c{one}" for one in range(90))]), _moment(chance),
            (("tea", "1", str(chance.randrange(1, 90))),), location=chance.choice([None, 1, 2]),
            status="cancelled" if chance.random() < 0.05 else "completed",
        )
        for number in range(300)
    ]  # fmt: skip
    buy(*deals)
    some = range(0, 300, 9)
    give_back(*(Deal(f"r{one}", deals[one].customer, _moment(chance), (("tea", "1", "3"),)) for one in some))
    deliver(
        *(
            (str(number), chance.choice([None, 3, 4, 5]), chance.randrange(-20, 40))
            for number in range(0, 300, 2)
        )
    )  # fmt: skip
    people = [see(f"c{one}") for one in range(90)]
    scales = (("csat", 1, 5), ("csat", 1, 10), ("nps", 0, 10), ("nps", 1, 10), ("ces", 1, 7), ("rating", 1, 5))
    give(
        *(
            Given(
                str(chance.randint(low, high)), f"s{number}", metric, f"{low}-{high}", at=_moment(chance),
                handle=chance.choice([None, *people]), order=chance.choice(["", str(chance.randrange(150))]),
            )
            for number in range(500)
            for metric, low, high in [scales[number % 7 % len(scales)]]
        ),
        *(
            Given(str(chance.randint(1, 5)), f"e{number}", "ces", "5-1", at=_moment(chance))
            for number in range(40)
        ),
    )  # fmt: skip
    ways = ["lost", "delivered", "handed", "seen", "begun", "answered", "answered"]
    invite_people(
        publish(asked(QuestionType.CSAT, "q")),
        *(
            Asked(chance.choice(ways), _moment(chance), chance.choice([None, *people]), chance.choice([None, 1, 2]))
            for _number in range(200)
        ),
    )
    stages = {stage.state: stage for stage in Stage.objects.all()}
    causes = [None, *Cause.objects.all()[:2]]
    Case.objects.bulk_create(
        _case(number, chance, stages, chance.choice(causes), chance.choice([None, *people[:25]]))
        for number in range(160)
    )


def _moment(chance: random.Random) -> datetime:
    return MORNING + timedelta(minutes=chance.randrange(-20 * 1440, 40 * 1440))


def _case(
    number: int, chance: random.Random, stages: dict[str, Stage], cause: Cause | None, person: int | None
) -> Case:
    opened = _moment(chance)
    state = chance.choice(["new", "solved", "solved", "solved", "unsolved"])
    took = timedelta(minutes=int(chance.lognormvariate(7, 1.2)))
    closed = opened + took if state != "new" else None
    return Case(
        uuid=uuid4(), number=100_000 + number, handle=person, source="test", severity="normal",
        kind=chance.choice(["complaint", "score", "other"]), given=chance.choice([0, 0, 500]),
        currency=business.profile().currency, title="?", stage=stages[state], state=state, stage_since=opened,
        opened_at=opened, hours_as_of=opened,
        deadline_at=opened + DAY if chance.random() < 0.7 else None, closed_at=closed, cause=cause,
        spent_seconds=int(took.total_seconds() * 0.4) if closed else None, waited_seconds=0,
        times_reopened=int(chance.random() < 0.1),
        is_recovered=chance.choice([None, True, True, False]) if closed else None,
    )  # fmt: skip


@pytest.mark.parametrize(("first", "last"), [(-20, 40), (0, 17), (17, 40)])
def test_every_number_of_random_data_is_what_numpy_and_scipy_count(trade: None, first: int, last: int) -> None:
    start, end = (datetime(2026, 5, 4, tzinfo=UTC) + days * DAY for days in (first, last))
    with clock.standing_at(NOW):
        found, counted = differences_to(start, end, NOW)
    # Before the first day nobody was a customer.
    assert (found, sorted(BY_NAME.keys() - counted)) == ([], ["churn", "retention"] if first < 0 else [])
