"""Results leave the house: as files with the same figures, and by a link that shows numbers only and ends."""

import csv
import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pyarrow.parquet
import pytest
from django.test import Client

from wayloop.kernel import clock
from wayloop.kernel.spreadsheets import write_table
from wayloop.surveys import api as surveys
from wayloop.surveys.enums import QuestionType
from wayloop.surveys.models import ResultShare, Survey
from wayloop.surveys.testing import JUNE, asked, publish

WORDS = "=cmd|' /C calc'!A0"


@pytest.fixture
def survey(owner_member: object, near_location: int) -> Survey:
    survey = publish(asked(QuestionType.CSAT, "q1"), asked(QuestionType.TEXT, "q2"))
    for number in range(40):
        answers = {"q1": {"a": str(1 + number % 5)}, "q2": {"a": WORDS}}
        at = clock.now() - timedelta(hours=number + 1)
        surveys.record_answers(survey_id=survey.pk, answers=answers, at=at, location_id=near_location)
    return survey


def test_the_same_number_stands_on_the_page_in_files_and_behind_a_link(
    survey: Survey, owner: Client, reader: Client, far_manager: Client, stranger: Client
) -> None:
    base = f"/surveys/{survey.uuid}/"
    page = owner.get(base).content.decode()
    assert re.findall(r"[\d.]+%…[\d.]+%", page)[:1] == ["26.3%…55.4%"]
    table = list(csv.reader(io.StringIO(owner.get(f"{base}file/results/csv/").getvalue().decode("utf-8-sig"))))
    (csat,) = (row for row in table if row[2] == "csat")
    assert csat[5:] == ["0.4", "0.263483", "0.554041", "40", "40"]
    read = pyarrow.parquet.read_table(io.BytesIO(owner.get(f"{base}file/results/parquet/").getvalue())).to_pylist()
    assert [row["Value"] for row in read if row["What is told"] == "csat"] == [0.4]
    sheet = zipfile.ZipFile(io.BytesIO(owner.get(f"{base}file/results/xlsx/").getvalue()))
    assert "<v>0.263483</v>" in sheet.read("xl/worksheets/sheet1.xml").decode()
    answers = owner.get(f"{base}file/answers/csv/").getvalue().decode("utf-8-sig")
    assert answers.count(f"'{WORDS}") == 40
    # Who sees another place only takes nothing of this one with them.
    assert WORDS not in far_manager.get(f"{base}file/answers/csv/").getvalue().decode()
    asked_as = (owner, reader, far_manager, stranger)
    assert [who.get(f"{base}file/answers/exe/").status_code for who in asked_as] == [404, 404, 404, 302]

    made = owner.post(f"{base}shares/", {"days": "7", "name": " The accountant "})
    (link,) = re.findall(r"/r/[\w-]+/", owner.get(made["Location"]).content.decode())[:1]
    told = stranger.get(link)
    text = told.content.decode()
    assert (told.status_code, "40.0%" in text, "calc" in text, "/answers/" in text) == (200, True, False, False)
    assert [who.get(f"{base}shares/").status_code for who in asked_as] == [200, 403, 200, 302]
    # A link of somebody who sees all is nothing for whoever does not.
    assert link not in far_manager.get(f"{base}shares/").content.decode()
    # An opening counts when the page says that somebody has it before them; whoever works here is nobody to count.
    assert "30 days" in owner.get(f"{base}shares/?period=30d").content.decode()
    assert [f'hx-post="{link}"' in who.get(link).content.decode() for who in (stranger, owner)] == [True, False]
    share = ResultShare.objects.get()
    assert (share.name, share.seen_count) == ("The accountant", 0)
    assert [who.post(link).status_code for who in (stranger, stranger, owner)] == [204, 204, 204]
    share.refresh_from_db()
    assert (share.seen_count, share.seen_at is not None) == (2, True)
    listed = owner.get(f"{base}shares/").content.decode()
    assert ("The accountant" in listed, "2 times" in listed) == (True, True)
    number = share.pk
    assert far_manager.post(f"{base}shares/{number}/revoke/").status_code == 404
    owner.post(f"{base}shares/{number}/revoke/")
    assert (stranger.get(link).status_code, stranger.post(link).status_code) == (410, 410)
    owner.post(f"{base}shares/{number}/revoke/?back=1")
    assert stranger.get(link).status_code == 200
    with clock.standing_at(clock.now() + timedelta(days=8)):
        assert stranger.get(link).status_code == 410
    assert stranger.get(f"{link[:-3]}zz/").status_code == 404


def test_what_a_page_shows_without_being_asked_goes_with_its_links(survey: Survey, owner: Client) -> None:
    old = clock.now() - timedelta(days=200)
    surveys.record_answers(survey_id=survey.pk, answers={"q1": {"a": "1"}}, at=old, channel="qr")
    base = f"/surveys/{survey.uuid}/"
    page = owner.get(base).content.decode()
    # The last 30 days: forty answers; the one of long ago is in no list and no file that the page leads to.
    links = {
        unescape(one) for one in re.findall(rf'href="({base}(?:answers|file/results/csv|drivers|shares)/[^"]*)"', page)
    }
    assert ["period=30d" in one for one in sorted(links)] == [True] * len(links)
    (listed,) = (one for one in links if one == f"{base}answers/?period=30d")
    assert "40 people answered so." in owner.get(listed).content.decode()
    (file,) = (one for one in links if "csv" in one)
    (csat,) = (
        row for row in csv.reader(io.StringIO(owner.get(file).getvalue().decode("utf-8-sig"))) if row[2] == "csat"
    )
    assert csat[-2:] == ["40", "40"]
    assert "41 people answered so." in owner.get(f"{base}answers/").content.decode()


def test_a_promise_not_to_tell_anybody_apart_is_kept_on_every_way(
    owner_member: object, owner: Client, near_location: int
) -> None:
    survey = publish(asked(QuestionType.CSAT, "q1"), asked(QuestionType.TEXT, "q2"), least_shown=5)
    for number in range(43):
        answers = {"q1": {"a": "1" if number < 3 else "5"}, "q2": {"a": WORDS}}
        at = JUNE + timedelta(hours=number)
        surveys.record_answers(survey_id=survey.pk, answers=answers, at=at, location_id=near_location)
    base = f"/surveys/{survey.uuid}/"
    page = owner.get(base).content.decode()
    # Three were let down among the forty that are told: nobody can see that.
    assert ("40 answers can be told." in page, WORDS in page, "40 more answers are not told apart" in page) == (
        True, False, True,
    )  # fmt: skip
    closed = ("answers/", "drivers/", "file/answers/csv/", "file/results/csv/", "shares/")
    assert [owner.get(f"{base}{path}").status_code for path in closed] == [404] * 5
    assert "calc" not in owner.get("/scores/").content.decode()


def test_no_cell_of_a_file_is_a_formula() -> None:
    rows = [["=1+1", 2.5, None], ["@x", -3, "plain"], ["-5", 0, "\x01<b>&"]]
    text = write_table("csv", ["a", "=b", "c"], rows).decode("utf-8-sig").splitlines()
    assert text == ["a,'=b,c", "'=1+1,2.5,", "'@x,-3,plain", "-5,0,\x01<b>&"]
    sheet = zipfile.ZipFile(io.BytesIO(write_table("xlsx", ["a", "b", "c"], rows))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b'<c t="inlineStr"><is><t xml:space="preserve">&lt;b&gt;&amp;</t></is></c>' in sheet
