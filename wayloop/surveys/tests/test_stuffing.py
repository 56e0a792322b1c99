"""Fifty posts at once are one answer."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from wayloop.surveys.doors import Door
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Answer, Response, Survey
from wayloop.surveys.services.invitations import invite
from wayloop.surveys.services.responses import take_answer
from wayloop.surveys.testing import Score, asked, publish

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
