"""The quarterly review: the same numbers as anywhere, of whole quarters, with goals and alerts as they were."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from wayloop.accounts.testing import Member
from wayloop.business import api as business
from wayloop.channels.api import Memory, using
from wayloop.commerce.testing import Deal, buy
from wayloop.contracts.channels import Handed, Outcome
from wayloop.contracts.scope import EVERYTHING
from wayloop.kernel import clock
from wayloop.metrics import review_views
from wayloop.metrics.models import ReviewLetter
from wayloop.metrics.queries.review import quarter_of, review_of
from wayloop.metrics.services.reviews import NotNow, ask_for_reviews, send_review
from wayloop.metrics.tests.test_goals import NEW, typed
from wayloop.metrics.tests.test_views import page, plain

REVIEW = "/numbers/goals/review/"
SUMMER, SPRING = datetime(2026, 8, 15, 9, tzinfo=UTC), datetime(2026, 5, 15, 9, tzinfo=UTC)
YEAR_AGO = datetime(2025, 8, 15, 9, tzinfo=UTC)
AUTUMN = datetime(2026, 11, 10, 9, tzinfo=UTC)


@pytest.fixture
def trade(owner: Client, near_location: int, far_location: int) -> None:
    buy(
        *(Deal(f"s{number}", f"c{number}", SUMMER, location=near_location) for number in range(40)),
        *(Deal(f"p{number}", f"c{number}", SPRING, location=near_location) for number in range(10)),
        *(Deal(f"y{number}", "", YEAR_AGO, location=far_location) for number in range(3)),
        # The last moment of the quarter and the first of the next, by the clock of Kyiv.
        Deal("last", "", datetime(2026, 9, 30, 20, 59, 59, tzinfo=UTC), location=far_location),
        Deal("next", "", datetime(2026, 9, 30, 21, 0, tzinfo=UTC), location=far_location),
    )


@pytest.mark.parametrize(
    ("day", "key", "days"),
    [
        (date(2026, 1, 1), "2026-Q1", 90),
        (date(2024, 2, 29), "2024-Q1", 91),
        (date(2026, 9, 30), "2026-Q3", 92),
        (date(2026, 12, 31), "2026-Q4", 92),
    ],
)
def test_a_quarter_is_a_period_that_stands_still(day: date, key: str, days: int) -> None:
    found = business.quarter(day)
    assert (found.key, found.days, business.named_period(key)) == (key, days, found)


@pytest.mark.parametrize("key", ["2026-Q5", "2026-q3", "0000-Q1", "2026-Q31", "9999-Q1", "²026-Q1", ""])
def test_what_is_no_quarter_is_no_period(key: str) -> None:
    assert business.named_period(key) is None


def test_a_quarter_stands_beside_the_one_before_and_the_same_of_last_year(trade: None, owner: Client) -> None:
    with clock.standing_at(AUTUMN):
        quarter = quarter_of("2026-Q3")
        assert quarter is not None
        line = review_of(quarter, EVERYTHING).lines["orders"]
        assert (line.figure.reading.value, line.before.value, line.year_ago.value) == (41, 10, 3)
        assert line.figure.change.verdict == "changed"
        shown = plain(page(owner, f"{REVIEW}2026-Q3/"))
        assert "Orders are up by 310%: 41 now" in shown
        assert "Better than the quarter before:" in shown


def test_every_number_of_a_quarter_opens_its_rows(trade: None, owner: Client) -> None:
    with clock.standing_at(AUTUMN):
        quarter = quarter_of("2026-Q3")
        assert quarter is not None
        address = review_of(quarter, EVERYTHING).lines["orders"].figure.rows_url
        listed = owner.get(address).content.decode()
        assert [f">{code}<" in listed for code in ("s1", "last", "next", "p1", "y1")] == [
            True,
            True,
            False,
            False,
            False,
        ]


def test_the_running_quarter_is_held_against_as_much_of_the_one_before(trade: None, owner: Client) -> None:
    with clock.standing_at(SUMMER + timedelta(hours=1)):
        quarter = quarter_of("2026-Q3")
        assert quarter is not None
        found = review_of(quarter, EVERYTHING)
        # 46 days are over: of spring, all its orders lie in as many.
        assert (found.is_over, found.lines["orders"].before.value) == (False, 10)
        assert "The quarter is not over." in plain(page(owner, f"{REVIEW}2026-Q3/"))
    with clock.standing_at(SUMMER - timedelta(days=20)):
        early = review_of(quarter, EVERYTHING)
        assert early.lines["orders"].before.value == 0


def test_goals_stand_as_they_stood_at_the_end_of_the_quarter(trade: None, owner: Client) -> None:
    with clock.standing_at(SUMMER + timedelta(hours=1)):
        owner.post(NEW, typed(metric="orders", aim="30", period="90d", action="Open earlier"))
    with clock.standing_at(AUTUMN):
        owner.post(NEW, typed(metric="buyers", aim="30", period="90d"))
        shown = plain(page(owner, f"{REVIEW}2026-Q3/"))
        # Set in November, the goal of buyers is none of this quarter.
        assert "Goals reached: 1 of 1." in shown
        assert "Open earlier" in shown
        assert "Goals reached: 1 of 1." not in plain(page(owner, f"{REVIEW}2026-Q2/"))
        assert "Goals reached: 2 of 2." in plain(page(owner, f"{REVIEW}2026-Q4/"))


def test_who_sees_one_location_reads_its_quarter(trade: None, owner: Client, far_manager: Client) -> None:
    with clock.standing_at(AUTUMN):
        assert "Orders 1 " in plain(page(far_manager, f"{REVIEW}2026-Q3/"))
        assert "Orders 41 " in plain(page(owner, f"{REVIEW}2026-Q3/"))


def test_who_reads_reviews_and_which_there_are(
    trade: None, owner: Client, reader: Client, stranger: Client, front_desk: Client
) -> None:
    with clock.standing_at(AUTUMN):
        asked = [who.get(f"{REVIEW}2026-Q3/").status_code for who in (owner, reader, front_desk, stranger)]
        assert asked == [200, 200, 403, 302]
        assert owner.get(REVIEW)["Location"] == f"{REVIEW}2026-Q3/"
        # The next has not begun, and others are none.
        assert [owner.get(f"{REVIEW}{key}/").status_code for key in ("2026-Q4", "2027-Q1", "2026-Q9", "30d")] == [
            200, 404, 404, 404,
        ]  # fmt: skip


@pytest.fixture
def post() -> Iterator[Memory]:
    way = Memory()
    with using(way):
        yield way


def test_the_review_is_sent_to_whoever_asks_in_their_language_and_once(
    trade: None, owner: Client, owner_member: Member, post: Memory
) -> None:
    with clock.standing_at(AUTUMN):
        owner.post(NEW, typed(metric="orders", aim="500", period="90d"))
        assert owner.post(f"{REVIEW}2026-Q4/send/")["Location"] == f"{REVIEW}2026-Q4/"
        assert "On its way to your e-mail" in plain(page(owner, f"{REVIEW}2026-Q4/"))
        letter = ReviewLetter.objects.get()
        send_review(number=letter.pk)
        # A job may run twice.
        send_review(number=letter.pk)
        (sent,) = post.sent
        assert (sent.to, sent.key, sent.subject) == ("olena@example.com", letter.key.hex, "Café Orchard: Q4 2026")
        assert "• Orders: 42 – at least 500, missed" in sent.text
        assert sent.text.endswith(f"{REVIEW}2026-Q4/\n")
        assert "Sent to your e-mail" in plain(page(owner, f"{REVIEW}2026-Q4/"))
        owner_member.language = "uk"
        owner_member.save()
        owner.post(f"{REVIEW}2026-Q4/send/")
        send_review(number=letter.pk)
        assert [one.language for one in post.sent] == ["en", "uk"]
        assert "Цілі:" in post.sent[1].text


def test_a_letter_that_was_not_taken_is_tried_again_and_one_that_never_goes_is_told(
    trade: None, owner: Client, post: Memory
) -> None:
    with clock.standing_at(AUTUMN):
        owner.post(f"{REVIEW}2026-Q3/send/")
        letter = ReviewLetter.objects.get()
        post.answer = lambda parcel: Handed(Outcome.LATER, "450 later")
        with pytest.raises(NotNow):
            send_review(number=letter.pk)
        post.answer = lambda parcel: Handed(Outcome.NEVER, "550 no such box")
        send_review(number=letter.pk)
        assert (len(post.sent), ReviewLetter.objects.get().taken_at) == (0, None)
        assert "550 no such box" in plain(page(owner, f"{REVIEW}2026-Q3/"))


def test_a_quarter_that_is_over_is_told_once_to_those_who_set_goals(
    trade: None, owner: Client, reader: Client, far_manager: Client, post: Memory
) -> None:
    with clock.standing_at(datetime(2026, 10, 2, 6, tzinfo=UTC)):
        # The owner; neither who may only look nor who sees one location.
        assert [ask_for_reviews(), ask_for_reviews()] == [1, 0]
        assert ReviewLetter.objects.get().quarter == "2026-Q3"
    with clock.standing_at(AUTUMN):
        ReviewLetter.objects.all().delete()
        assert ask_for_reviews() == 0
    post.is_on = False
    with clock.standing_at(datetime(2026, 10, 2, 6, tzinfo=UTC)):
        assert ask_for_reviews() == 0
        assert owner.post(f"{REVIEW}2026-Q3/send/").status_code == 404


def test_who_may_have_a_review_sent(
    trade: None, reader: Client, stranger: Client, front_desk: Client, post: Memory
) -> None:
    with clock.standing_at(AUTUMN):
        address = f"{REVIEW}2026-Q3/send/"
        assert [who.post(address).status_code for who in (reader, front_desk, stranger)] == [302, 403, 302]
        assert ReviewLetter.objects.count() == 1
        assert reader.get(address).status_code == 405


def test_the_review_is_handed_out_as_a_file_to_those_who_may_read_it(
    trade: None, owner: Client, reader: Client, front_desk: Client, stranger: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    monkeypatch.setattr(review_views, "printer", lambda: lambda html: printed.append(html) or b"%PDF-made")
    address = f"{REVIEW}2026-Q3/file/"
    answers = [one.get(address) for one in (owner, reader, front_desk, stranger)]
    assert [one.status_code for one in answers] == [200, 200, 403, 302]
    assert [b"".join(one.streaming_content) for one in answers[:2]] == [b"%PDF-made"] * 2  # type: ignore[attr-defined]
    assert (answers[0]["Content-Type"], ".pdf" in answers[0]["Content-Disposition"]) == ("application/pdf", True)
    assert ["Orders" in plain(html) for html in printed] == [True, True]
    assert owner.get(f"{REVIEW}2026-Q9/file/").status_code == 404


def test_where_no_file_can_be_made_the_page_says_what_to_do(
    trade: None, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_views, "printer", lambda: None)
    assert "choose PDF as the printer" in plain(page(owner, f"{REVIEW}2026-Q3/file/"))
    assert "choose PDF as the printer" not in plain(page(owner, f"{REVIEW}2026-Q3/"))
