"""The bench of surveys at a size that takes no time: its guests get in, and each answers to the end."""

import random

import pytest
from django.db import connection
from django.test import Client

from wayloop.operations import surveys_bench


def test_its_guests_answer_every_question_and_none_is_refused(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    surveys_bench.fill(10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT link FROM surveys_survey")
        (link,) = cursor.fetchone()
        client = Client(SERVER_NAME="localhost", headers={"accept-language": "en"})
        times, refused = surveys_bench._answer_all(client, link, random.Random(1))
        cursor.execute("SELECT completed_at IS NOT NULL, ending FROM surveys_response")
        assert (len(times), refused, cursor.fetchall()) == (5, 0, [(True, "thanks")])
