"""Fifty posts at once are one answer; a flood from one client is limited, and what came in of it is marked."""

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from wayloop.kernel import clock
from wayloop.kernel.limits import Limit
from wayloop.surveys import respondent
from wayloop.surveys.doors import Door
from wayloop.surveys.enums import Flag, QuestionType
from wayloop.surveys.models import Answer, Response, Survey
from wayloop.surveys.services.invitations import invite
from wayloop.surveys.services.responses import take_answer
from wayloop.surveys.testing import JUNE, Score, asked, publish

POSTS = 50


def test_fifty_posts_of_one_invitation_at_once_are_one_answer(committed: None) -> None:
    survey = publish(asked(QuestionType.CSAT, "q1"))
    invitation = invite(survey_id=survey.pk)

    def post(number: int) -> bool:
        try:
            door = Door(Survey.objects.get(), "email", invitation=invitation)
            sent = {"a": [str(number % 5 + 1)]}
            return take_answer(door=door, secret=f"{number:022}", question="q1", sent=sent).is_over
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        assert list(pool.map(post, range(POSTS))) == [True] * POSTS
    assert (Response.objects.count(), Answer.objects.count(), Score.objects.count()) == (1, 1, 1)


def flood(client: Client, posts: int) -> tuple[int, int, int]:
    """Taken, refused, and marked ones of so many posts of one client at once, each as if of another guest."""
    survey = publish(asked(QuestionType.CSAT, "q1"))
    with clock.standing_at(JUNE), pytest.MonkeyPatch.context() as standing:
        standing.setattr(time, "monotonic", lambda: 1000.0)
        sent = {"question": "q1", "a": "1"}
        statuses = [
            client.post(f"/s/{survey.link}/", {**sent, "secret": f"{number:022}"}).status_code
            for number in range(posts)
        ]
    marked = Response.objects.filter(flags__contains=[Flag.CROWD.value]).count()
    return statuses.count(303), statuses.count(429), marked


def test_a_flood_from_one_client_is_limited_and_marked(
    stranger: Client, owner_member: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(respondent, "POSTS", Limit("survey posts", 12))
    monkeypatch.setattr(respondent, "CROWD", Limit("survey crowd", 5))
    assert flood(stranger, 20) == (12, 8, 7)
    assert Response.objects.count() == 12


@pytest.mark.faults
def test_ten_thousand_posts_from_one_client(stranger: Client, owner_member: object) -> None:
    taken, refused, marked = flood(stranger, 10_000)
    sys.stdout.write(
        f"\n  10,000 posts of one client in one minute: {taken} taken, {refused} refused, {marked} marked\n"
    )
    assert (taken, refused, marked) == (respondent.POSTS.most, 10_000 - respondent.POSTS.most, taken - 20)
