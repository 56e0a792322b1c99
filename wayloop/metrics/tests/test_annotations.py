"""What happened on a day stands on charts and in the review: written by those who set goals, read by all."""

from datetime import timedelta

import pytest
from django.test import Client

from wayloop.commerce.testing import MORNING, Deal, buy
from wayloop.kernel import clock
from wayloop.metrics.models import Annotation
from wayloop.metrics.tests.test_views import page, plain

DAY = timedelta(days=1)
LIST = "/numbers/annotations/"
CHART = "/numbers/orders/?period=30d"


@pytest.fixture
def trade(owner: Client, near_location: int) -> None:
    buy(*(Deal(str(number), f"c{number}", MORNING - number * DAY, location=near_location) for number in range(9)))


def test_what_happened_stands_on_the_chart_and_in_the_review_until_it_is_taken_away(
    trade: None, owner: Client, reader: Client
) -> None:
    with clock.standing_at(MORNING + DAY):
        assert owner.post(LIST, {"day": "2026-05-01", "text": " New menu "})["Location"] == LIST
        one = Annotation.objects.get()
        shown = page(reader, CHART)
        assert ("chart-mark-dot" in shown, "New menu" in plain(shown)) == (True, True)
        # Days outside of the period are not on its chart.
        owner.post(LIST, {"day": "2026-03-01", "text": "Long ago"})
        assert ["Long ago" in page(reader, path) for path in (CHART, LIST)] == [False, True]
        assert "New menu" in plain(page(reader, "/numbers/goals/review/2026-Q2/"))
        owner.post(f"{LIST}{one.pk}/remove/")
        assert ["New menu" in page(owner, path) for path in (CHART, LIST)] == [False, False]
        owner.post(f"{LIST}{one.pk}/back/")
        assert "New menu" in page(owner, CHART)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"day": "soon", "text": "x"}, "Enter a valid date"),
        ({"day": "0001-01-01", "text": "x"}, "This should be a date"),
        ({"day": "2026-05-01", "text": " "}, "This field is required"),
        ({"day": "2026-05-01", "text": "x\x00"}, "Null characters are not allowed"),
        ({"day": "2026-05-01", "text": "x", "location_id": "999999"}, "999999 is not one of the available choices"),
    ],
)
def test_what_cannot_be_written_is_told(sent: dict[str, str], words: str, owner: Client) -> None:
    answer = owner.post(LIST, sent)
    assert (answer.status_code, words in plain(answer.content.decode()), Annotation.objects.count()) == (422, True, 0)


def test_who_may_write_and_who_may_read(
    owner: Client, reader: Client, front_desk: Client, stranger: Client, far_manager: Client,
    near_location: int, far_location: int,
) -> None:  # fmt: skip
    for place, text in (("", "Everywhere"), (near_location, "Near"), (far_location, "Far")):
        owner.post(LIST, {"day": "2026-05-01", "text": text, "location_id": str(place)})
    everybody = (owner, reader, front_desk, stranger)
    assert [who.get(LIST).status_code for who in everybody] == [200, 200, 403, 302]
    sent = {"day": "2026-05-01", "text": "Mine"}
    numbers = dict(Annotation.objects.values_list("text", "pk"))
    for path in (LIST, f"{LIST}{numbers['Near']}/remove/", f"{LIST}{numbers['Near']}/back/"):
        assert [who.post(path, sent).status_code for who in (reader, front_desk, stranger)] == [403, 403, 302]
    text = plain(page(far_manager, LIST))
    assert [one in text for one in ("Everywhere", "Near", "Far")] == [True, False, True]
    # What concerns everybody is not theirs to write or to take away.
    assert far_manager.post(LIST, sent).status_code == 422
    gone = [far_manager.post(f"{LIST}{numbers[one]}/remove/").status_code for one in ("Everywhere", "Near", "Far")]
    assert gone == [404, 404, 302]
    assert Annotation.objects.filter(removed_at=None).count() == 2
