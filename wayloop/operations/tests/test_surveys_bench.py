"""The bench of surveys at a size that takes no time: its guests get in, and each answers to the end."""

import random

import pytest
from django.db import connection

from wayloop.operations import surveys_bench


def test_its_guests_answer_every_question_and_none_is_refused(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    surveys_bench.fill(10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM surveys_survey")
        (link,) = cursor.fetchone()
        times, refused = surveys_bench.answer_all(surveys_bench.poster(connects=False), link, random.Random(1))
        cursor.execute("SELECT completed_at IS NOT NULL, ending FROM surveys_response")
        assert (len(times), refused, cursor.fetchall()) == (5, 0, [(True, "thanks")])
