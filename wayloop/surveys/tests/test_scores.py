"""Scores come in once, read by their own scale, and are taken back with their import."""

import csv
import gzip
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from wayloop.commerce.testing import Deal, Order, buy
from wayloop.contracts.imports import ImportContext, ImportOutcome
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers.testing import Card, see
from wayloop.identity import api as identity
from wayloop.ledger import api as ledger
from wayloop.surveys.entities import Scores
from wayloop.surveys.enums import Feel, ScoreMetric
from wayloop.surveys.rules import Scale, feel_of, read_scale
from wayloop.surveys.services.scores import take_scores_back
from wayloop.surveys.testing import JUNE, Given, Score, give

MORNING = datetime(2026, 6, 1, 12, 30)  # noqa: DTZ001 – as a file tells it


def bring(*rows: dict[str, object], batch: str = "import:1") -> ImportOutcome:
    """Rows as imports hand them over: a column for each field that any of them has."""
    names = {name for row in rows for name in row} | {"metric", "score", "happened_at"}
    given = {"metric": "csat", "happened_at": MORNING}
    context = ImportContext("shop", batch, "Europe/Kyiv", "UAH", "uk", "web")
    return Scores().write(
        context=context,
        rows=list(range(1, len(rows) + 1)),
        columns={name: [row.get(name, given.get(name)) for row in rows] for name in names},
    )


@pytest.mark.parametrize(
    ("text", "metric", "scale"),
    [
        ("", ScoreMetric.CSAT, Scale(1, 5)),
        ("", ScoreMetric.NPS, Scale(0, 10)),
        ("", ScoreMetric.CES, Scale(1, 7)),
        ("1–10", ScoreMetric.NPS, Scale(1, 10)),
        (" 1 - 10 ", ScoreMetric.CSAT, Scale(1, 10)),
        ("5-1", ScoreMetric.CES, Scale(1, 5, lower_is_better=True)),
        ("0-5", ScoreMetric.NPS, None),
        ("5", ScoreMetric.CSAT, None),
        ("3-3", ScoreMetric.CSAT, None),
    ],
)
def test_a_scale_is_written_from_the_worst_to_the_best(text: str, metric: ScoreMetric, scale: Scale | None) -> None:
    assert read_scale(text, metric) == scale


@pytest.mark.parametrize(
    ("metric", "scale", "reads"),
    [
        (ScoreMetric.CSAT, "1-5", "--0++"),
        (ScoreMetric.CSAT, "1-10", "----000+++"),
        (ScoreMetric.NPS, "0-10", "-------00++"),
        (ScoreMetric.NPS, "1-10", "------00++"),
        (ScoreMetric.CES, "1-7", "---0+++"),
        (ScoreMetric.CES, "5-1", "++0--"),
        (ScoreMetric.RATING, "1-5", "--0++"),
    ],
)
def test_a_score_reads_by_its_own_scale(metric: ScoreMetric, scale: str, reads: str) -> None:
    found = read_scale(scale, metric)
    assert found is not None
    words = {Feel.BAD: "-", Feel.NEUTRAL: "0", Feel.GOOD: "+"}
    values = range(found.low, found.high + 1)
    assert "".join(words[feel_of(metric, found, Decimal(value))] for value in values) == reads


def test_a_score_is_one_by_its_number_and_order_together(db: None) -> None:
    first = (Given("5", "r1", order="A"), Given("5", "r1", order="B"), Given("2", "r2", order="A"))
    assert give(*first).written == {0, 1, 2}
    again = give(*first, Given("5", "r1", "rating", order="A"), Given("1", "r1", order="B"), Given("4", "r3"))
    assert (again.known, again.written, again.conflicting) == ({0, 1, 2}, {3, 5}, {4})
    assert Score.objects.count() == 5


def test_a_score_without_a_number_is_one_by_all_it_says(db: None) -> None:
    assert give(Given("5"), Given("5"), Given("5", comment="lovely"), Given("4")).written == {0, 2, 3}
    assert give(Given("5"), Given("5", at=JUNE + timedelta(minutes=1))).written == {1}


def test_what_lies_outside_its_scale_stays_out(db: None) -> None:
    outcome = give(Given("6"), Given("0"), Given("10", metric="nps"), Given("8", scale="1-10"), Given("3", scale="x"))
    assert (outcome.off_scale, outcome.written) == ({0, 1, 4}, {2, 3})


def test_a_score_belongs_to_the_customer_of_its_order_and_is_told_once(db: None) -> None:
    buy(Deal("A", "17850"))
    order = Order.objects.get(number="A")
    for _ in range(2):
        give(Given("2", "r1", order="A", comment="cold"))
    score = Score.objects.get()
    assert (score.handle, score.order_id) == (order.handle, order.pk)
    events = ledger.timeline(handles=[score.handle], scope=EVERYTHING, kinds=["score.given"])
    told = [(event.subject_id, dict(event.properties)) for event in events]
    assert told == [(score.pk, {"metric": "csat", "value": Decimal(2), "low": 1, "high": 5})]


def test_a_score_that_came_before_its_order_is_joined_when_it_comes_again(db: None) -> None:
    give(Given("2", "r1", order="A"))
    assert Score.objects.get().handle is None
    buy(Deal("A", "17850"))
    assert give(Given("2", "r1", order="A")).known == {0}
    order, score = Order.objects.get(), Score.objects.get()
    assert (score.handle, score.order_id) == (order.handle, order.pk)
    assert len(ledger.timeline(handles=[order.handle or 0], scope=EVERYTHING, kinds=["score.given"])) == 1


def test_an_import_of_scores_is_taken_back_in_steps(db: None) -> None:
    give(Given("5", "mine"), Given("5", "mine too"), Given("5", "third"), batch="import:1")
    give(Given("5", "other"), batch="import:2")
    give(Given("5", "live"))
    steps = [take_scores_back(batch="import:1", limit=2) for _ in range(3)]
    assert (steps, take_scores_back(batch="", limit=9)) == ([2, 1, 0], 0)
    assert set(Score.objects.values_list("number", flat=True)) == {"other", "live"}
    assert give(Given("5", "mine"), batch="import:3").written == {0}


def test_a_row_finds_its_customer_by_number_mail_or_phone(db: None) -> None:
    known = see("17850", "Anna")
    outcome = bring(
        {"number": "1", "score": Decimal(5), "customer": "17850", "phone": "067 123 45 67"},
        {"number": "2", "score": Decimal(4), "email": "OLHA@example.com"},
        {"number": "3", "score": Decimal(3)},
        {"number": "4", "score": Decimal(3), "email": "no address"},
    )
    assert (outcome.counts, outcome.refused) == ({"scores": 3, "scores_known": 0}, {4: "unreadable:email"})
    handles = dict(Score.objects.values_list("number", "handle"))
    (olha,) = identity.resolve_handles(kind=identity.IdentifierKind.EMAIL, values=["olha@example.com"])
    assert handles == {"1": known, "2": olha, "3": None}
    assert set(Card.objects.values_list("person", flat=True)) == {known, olha}


def test_a_row_tells_the_time_of_its_zone_and_a_place_by_name(db: None, owner_member: object) -> None:
    outcome = bring(
        {"score": Decimal(5), "location": " podil "},
        {"score": Decimal(5), "location": "Atlantis"},
        {"score": Decimal(9)},
    )
    assert outcome.refused == {2: "place", 3: "off_scale"}
    score = Score.objects.get()
    assert (score.happened_at.hour, score.offset_minutes, score.location_id is not None) == (9, 180, True)
    words = [Scores().reason(code) for code in outcome.refused.values()]
    assert words[1] == "The score lies outside its scale."


def test_the_same_rows_again_change_nothing(db: None) -> None:
    rows = ({"number": "1", "score": Decimal(5), "customer": "a"}, {"number": "2", "score": Decimal(1)})
    bring(*rows)
    before = list(Score.objects.order_by("id").values())
    outcome = bring(*rows, {"number": "1", "score": Decimal(4), "customer": "a"}, batch="import:2")
    assert (outcome.counts, outcome.refused) == ({"scores": 0, "scores_known": 2}, {3: "conflict"})
    assert list(Score.objects.order_by("id").values()) == before


def test_counts_are_told_in_words() -> None:
    assert [one.sentence for one in Scores().told({"scores": 1200, "scores_known": 1})] == [
        "1,200 new scores",
        "1 was here already",
    ]


@pytest.mark.shared_data
def test_all_reviews_of_the_sample_are_kept(db: None, shared_data: Path) -> None:
    path = shared_data / "olist_sample" / "olist_order_reviews_dataset.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    given = [Given(row["review_score"], row["review_id"], order=row["order_id"]) for row in rows]
    assert len(give(*given).written) == 8_225
    repeats = len(rows) - len({one.number for one in given})
    seconds = len(rows) - len({one.order for one in given})
    assert (repeats, seconds, len(give(*given[:500]).known)) == (34, 90, 500)
