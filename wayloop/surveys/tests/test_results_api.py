"""Results over the API: the figures of the page and its files, for the same scopes, with the same promise kept."""

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from wayloop.accounts.testing import KeyBrowser
from wayloop.kernel import clock
from wayloop.surveys import api as surveys
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import Survey
from wayloop.surveys.testing import JUNE, asked, publish


@pytest.fixture
def survey(owner_member: object, near_location: int, far_location: int) -> Survey:
    survey = publish(
        asked(QuestionType.CSAT, "q1"), asked(QuestionType.TEXT, "q2"), asked(QuestionType.NUMBER, "q3", decimals=1)
    )
    places = (near_location, near_location, far_location)
    for number in range(60):
        answers = {"q1": {"a": str(1 + number % 5)}, "q2": {"a": "secret words"}, "q3": {"a": str(number / 2)}}
        at = clock.now() - timedelta(hours=number + 1)
        surveys.record_answers(
            survey_id=survey.pk, answers=answers, at=at, location_id=places[number % 3], channel="qr"
        )
    return survey


def figures(client: Client, path: str) -> dict[tuple[str, str, str], list[str]]:
    """Question, what is told, and answer → value, ends and counts, as they stand in the file."""
    text = client.get(path).getvalue().decode("utf-8-sig")
    return {(row[0], row[2], row[4]): row[5:] for row in list(csv.reader(io.StringIO(text)))[1:]}


def told(found: dict[str, Any], key: str) -> dict[str, Any]:
    (one,) = (one for one in found["questions"] if one["key"] == key)
    return dict(one)


@pytest.mark.parametrize(
    "query", ["", "location=near", "answer=q1:1&answer=q1:2&answer=q1:5&channel=qr", "period=30d&version=1"]
)
def test_the_page_its_file_and_the_api_say_the_same(
    query: str, survey: Survey, owner: Client, owner_key: KeyBrowser, near_location: int
) -> None:
    query = query.replace("near", str(near_location))
    here = f"/surveys/{survey.uuid}/"
    file = figures(owner, f"{here}file/results/csv/?{query or 'period=all'}")
    page = owner.get(f"{here}?{query or 'period=all'}").content.decode()
    found = owner_key.follow(f"/api/v1/surveys/{survey.uuid}/results?{query}").json()
    csat = told(found, "q1")
    number = csat["number"]
    value, low, high, n, _whole = file["q1", "csat", ""]
    assert [round(one, 6) for one in (number["value"], *number["interval"])] == [float(value), float(low), float(high)]
    shown = re.search(r'figure-value">([\d.]+)%', page)
    assert (number["n"], f"{number['value']:.1%}") == (int(n), shown and f"{shown[1]}%")
    assert [cell["count"] for cell in csat["cells"]] == [
        int(file["q1", "share", cell["label"]][3]) for cell in csat["cells"]
    ]
    assert (found["headline"]["number"], "secret" in str(found)) == (number, False)
    mean = told(found, "q3")["mean"]
    assert (round(mean["value"], 6), mean["n"]) == (float(file["q3", "mean", ""][0]), int(file["q3", "mean", ""][3]))
    assert found["answered"] == int(file["q1", "answered", ""][3])


def test_a_key_sees_the_answers_of_its_places_and_only_with_its_permission(
    survey: Survey, owner_key: KeyBrowser, reader_key: KeyBrowser, far_key: KeyBrowser, no_key: KeyBrowser,
    revoked_key: KeyBrowser, near_location: int, far_location: int,
) -> None:  # fmt: skip
    here = f"surveys/{survey.uuid}/results"
    assert [key.get(here).json()["answered"] for key in (owner_key, reader_key, far_key)] == [60, 60, 20]
    assert (
        far_key.get(here, location=near_location).json()["answered"],
        len(far_key.get("surveys").json()["items"]),
    ) == (0, 1)
    assert [key.get(path).status_code for key in (no_key, revoked_key) for path in (here, "surveys")] == [401] * 4
    Survey.objects.update(location_id=near_location)
    assert ([far_key.get(path).status_code for path in (here, "surveys")], far_key.get("surveys").json()) == (
        [404, 200], {"items": []},
    )  # fmt: skip
    assert owner_key.get(f"surveys/{uuid4()}/results").status_code == 404
    (one,) = owner_key.get("surveys").json()["items"]
    assert (one["id"], one["begun"], one["completed"], one["state"]) == (str(survey.uuid), 60, 60, "asked")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("answer=q9:1", "answer"), ("answer=q1:6", "answer"), ("version=2", "version"), ("period=7d", "period"),
        ("period=30d&since=2026-01-01", "period"), ("since=2026-02-01&until=2026-01-01", "until"),
        ("location=%27", "location"), ("channel=%00", "channel"), ("who=views:1", "who"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_named(query: str, parameter: str, survey: Survey, owner_key: KeyBrowser) -> None:
    answer = owner_key.follow(f"/api/v1/surveys/{survey.uuid}/results?{query}")
    assert (answer.status_code, [one["parameter"] for one in answer.json()["errors"]]) == (422, [parameter])


def test_a_promise_not_to_tell_anybody_apart_is_kept(owner_key: KeyBrowser, near_location: int) -> None:
    survey = publish(asked(QuestionType.CSAT, "q1"), asked(QuestionType.TEXT, "q2"), least_shown=5)
    for number in range(43):
        answers = {"q1": {"a": "1" if number < 3 else "5"}, "q2": {"a": "secret words"}}
        at = JUNE + timedelta(hours=number)
        surveys.record_answers(survey_id=survey.pk, answers=answers, at=at, location_id=near_location)
    here = f"surveys/{survey.uuid}/results"
    found = owner_key.get(here).json()
    (csat,) = found["questions"]
    assert (found["least_shown"], found["answered"], csat["cells"], csat["together"]) == (5, 40, [], 40)
    assert [found[name] for name in ("headline", "funnel", "drivers", "begun")] == [None] * 4
    assert "secret" not in str(found)
    for narrowed in ({"answer": "q1:1"}, {"channel": "qr"}, {"language": "en"}, {"location": "none"}):
        assert owner_key.get(here, **narrowed).status_code == 422
    assert owner_key.get(here, location=near_location, until="2026-06-02").json()["answered"] == 0
