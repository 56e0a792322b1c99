"""The same number on the screen, in the file, over the API and on paper."""

import csv
import io
import random
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.accounts.testing import KeyBrowser
from wayloop.business import api as business
from wayloop.commerce.testing import MORNING, Deal, buy, deliver, give_back
from wayloop.kernel import clock
from wayloop.metrics import words
from wayloop.metrics.api import BY_NAME, METRICS
from wayloop.metrics.tests.test_views import page, plain
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.testing import Asked, Given, asked, give, invite_people, publish
from wayloop.work.testing import move_to, start

QUARTER, FIRST, END = "2026-Q2", "2026-04-01", "2026-07-01"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = MORNING + 80 * DAY


@pytest.fixture
def quarter(owner: Client, near_location: int) -> None:
    chance = random.Random(8)
    buy(
        *(
            Deal(
                str(number), f"c{chance.randrange(50)}", MORNING + chance.randrange(40) * DAY,
                (("tea", "1", str(chance.randrange(5, 60))),), location=near_location,
            )
            for number in range(160)
        ),
        *(Deal(f"b{number}", f"c{number}", MORNING - 60 * DAY) for number in range(40)),
        *(Deal(f"d{number}", f"c{number}", MORNING - 70 * DAY) for number in range(40)),
    )  # fmt: skip
    give_back(*(Deal(f"r{number}", f"c{number}", MORNING + 5 * DAY, (("tea", "1", "4"),)) for number in range(9)))
    deliver(*((str(number), 3, chance.choice([2, 3, 4])) for number in range(60)))
    scales = (("csat", 1, 5), ("nps", 0, 10), ("nps", 1, 10), ("ces", 1, 7), ("rating", 1, 5))
    give(
        *(
            Given(str(chance.randint(low, high)), f"s{number}", metric, f"{low}-{high}", at=MORNING + DAY)
            for number in range(400)
            for metric, low, high in [scales[number % len(scales)]]
        ),
        *(Given(str(chance.randint(1, 5)), f"e{number}", "ces", "5-1", at=MORNING + DAY) for number in range(40)),
    )  # fmt: skip
    ways = ["delivered", "seen", "begun", "answered"]
    invite_people(
        publish(asked(QuestionType.CSAT, "q")),
        *(Asked(chance.choice(ways), MORNING + DAY, location=near_location) for _number in range(40)),
    )
    for number in range(31):
        with clock.standing_at(MORNING + number % 9 * HOUR):
            case = start(None, f"Cold {number}", location_id=near_location)
        move_to(case, "solved", at=MORNING + (number + 1) * 5 * HOUR)


def test_a_number_is_the_same_on_the_screen_in_the_file_over_the_api_and_on_paper(
    quarter: None, owner: Client, owner_key: KeyBrowser
) -> None:
    with clock.standing_at(LATER):
        file = _rows(owner.get(f"/numbers/?period={QUARTER}&format=csv"))
        assert sorted(file) == sorted(BY_NAME)
        paper = plain(page(owner, f"/numbers/goals/review/{QUARTER}/"))
        shown, told = {}, {}
        for metric in METRICS:
            answer = owner_key.get(f"metrics/{metric.name}", since=FIRST, until=END).json()
            low, high = answer["interval"] or (None, None)
            told[metric.name] = (answer["value"], low, high, answer["n"], answer["unit"], int(answer["enough"]))
            alone = _rows(owner.get(f"/numbers/{metric.name}/?period={QUARTER}&format=csv"))[metric.name]
            screen = plain(page(owner, f"/numbers/{metric.name}/?period={QUARTER}"))
            text = words.value_text(metric, _in_minor(metric.kind, answer["value"]), answer["unit"])
            shown[metric.name] = (alone == file[metric.name], text in screen, text in paper)
        assert told == file
        enough = {name for name, one in told.items() if one[-1]}
        assert {name: one for name, one in shown.items() if name in enough and one != (True, True, True)} == {}
        assert (told["churn"][3], told["compensation"][0], told["cases_open"][0]) == (40, 0, 0)
        # What cannot be told yet is told nowhere; the cases are of nobody known, and nobody was asked afterwards.
        assert BY_NAME.keys() - enough == {"sla_met", "first_contact", "recovery_rate"}


def test_a_goal_over_the_api_is_the_one_on_the_scorecard(
    quarter: None, owner: Client, owner_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser
) -> None:
    goal = {"metric": "csat", "kind": "value", "aim": "85", "period": "90d", "action": "Call them"}
    with clock.standing_at(LATER):
        owner.post("/numbers/goals/new/", goal)
        (item,) = owner_key.get("goals").json()["items"]
        since, until = (business.report_clock().day_of(LATER) + days * DAY for days in (-89, 1))
        answer = owner_key.get("metrics/csat", since=since.isoformat(), until=until.isoformat()).json()
        assert item["reading"] == {name: answer[name] for name in item["reading"]}
        assert (item["target"], item["aim"], item["standing"], item["action"]) == (0.85, 0.85, "missed", "Call them")
        text = words.value_text(BY_NAME["csat"], answer["value"], "share")
        assert text in plain(page(owner, "/numbers/goals/"))
        # A goal of the whole business would tell of the other places.
        assert [far_key.get("goals").json()["items"], no_key.get("goals").status_code] == [[], 401]


def _in_minor(kind: str, value: float | None) -> float | None:
    return None if value is None else value * 100 if kind == "money" else value


def _rows(answer: Any) -> dict[str, tuple[Any, ...]]:
    """Metric → value, interval, n, unit and whether it is enough, of the whole."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if not row["part"]]

    def number(cell: str) -> float | None:
        return float(cell) if cell else None

    return {
        row["metric"]: (
            number(row["value"]), number(row["low"]), number(row["high"]), int(row["n"]), row["unit"],
            int(row["enough"]),
        )
        for row in rows
    }  # fmt: skip
