"""Parity: the same question at each location and in each channel, held against the others together."""

from datetime import timedelta

import pytest
from django.test import Client

from wayloop.commerce.testing import MORNING
from wayloop.kernel import clock
from wayloop.metrics.tests.test_views import page, plain
from wayloop.surveys.models import Score
from wayloop.surveys.testing import Given, give

PAGE = "/numbers/parity/"
LATER = MORNING + timedelta(days=20)


@pytest.fixture
def scores(owner: Client, near_location: int, far_location: int) -> None:
    """The near location satisfies six of ten, the far one nine of ten; so do two channels, the third is small."""
    told = [(near_location, 60, 100), (far_location, 90, 100), (None, 5, 10)]
    give(
        *(
            Given("5" if number < good else "1", f"s{place}-{number}", scale="1-5", at=MORNING, location=place)
            for place, good, n in told
            for number in range(n)
        ),
        *(
            Given("10" if number % 2 else "3", f"n{place}-{number}", "nps", "0-10", at=MORNING, location=place)
            for place in (near_location, far_location)
            for number in range(40)
        ),
    )
    Score.objects.filter(location_id=near_location).update(channel="web")


def test_what_differs_beyond_chance_is_named_and_the_rest_is_not(
    scores: None, owner: Client, reader: Client, near_location: int
) -> None:
    with clock.standing_at(LATER):
        shown = page(reader, f"{PAGE}?period=90d&by=location")
        text = plain(shown)
        assert "2 differences that chance does not explain." in text
        assert "60.0%, 26.4 p.p. below the others" in text
        assert ("worse than the others" in text, "better than the others" in text) == (True, True)
        # Both recommend us alike, and of ten scores nobody can say.
        assert (text.count("no clear difference"), text.count("not enough data")) == (2, 2)
        links = [part.replace("&amp;", "&") for part in shown.split('"') if part.startswith("/scores/?")]
        near = next(one for one in links if f"location={near_location}&" in f"{one}&" and "metric=csat" in one)
        assert "100 scores" in plain(page(owner, near))


def test_of_nothing_nothing_is_said(owner: Client) -> None:
    assert "Nothing to compare yet" in plain(page(owner, PAGE))


def test_who_may_see_parity_and_of_what(
    scores: None, owner: Client, reader: Client, front_desk: Client, stranger: Client, far_manager: Client
) -> None:
    with clock.standing_at(LATER):
        assert [who.get(PAGE).status_code for who in (owner, reader, front_desk, stranger)] == [200, 200, 403, 302]
        text = plain(page(far_manager, f"{PAGE}?period=90d&by=location"))
        assert ("90.0%" in text, "60.0%" in text) == (True, False)
