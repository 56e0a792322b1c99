"""What people say about being contacted is kept with its proof, and the newest word counts."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from wayloop.contracts.privacy import ConsentColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.ledger import api as ledger
from wayloop.privacy.enums import ConsentAct, Purpose
from wayloop.privacy.rules.texts import TEXTS, digest_of
from wayloop.privacy.services.consents import record_consents, write_text
from wayloop.privacy.testing import NOON, Consent, Standing, people, say

pytestmark = pytest.mark.django_db


def stands() -> list[tuple[str, str, str]]:
    return list(Standing.objects.order_by("purpose", "channel").values_list("purpose", "channel", "act"))


def test_every_word_is_kept_and_the_newest_stands() -> None:
    (anna,) = people("anna")
    say(anna, ConsentAct.GIVEN, at=NOON)
    say(anna, ConsentAct.WITHDRAWN, at=NOON + timedelta(hours=2))
    # Told late, said before.
    say(anna, ConsentAct.GIVEN, at=NOON + timedelta(hours=1))
    assert stands() == [("marketing", "email", "withdrawn")]
    assert list(Consent.objects.order_by("id").values_list("act", flat=True)) == ["given", "withdrawn", "given"]


def test_a_batch_is_read_in_the_order_in_which_it_was_said() -> None:
    anna, boris = people("anna", "boris")
    record_consents(
        columns=ConsentColumns(
            source="import:4",
            acts=["withdrawn", "given", "given"],
            purposes=["marketing", "marketing", "survey"],
            channels=["email", "email", "email"],
            points=[anna[1], anna[1], boris[1]],
            handles=[anna[0], anna[0], None],
            said_at=[NOON + timedelta(days=1), NOON, NOON],
            languages=["uk", "uk", ""],
            proofs=[{"file": "list.csv", "row": 2}, {"file": "list.csv", "row": 3}, {}],
        ),
        is_news=False,
    )
    assert stands() == [("marketing", "email", "withdrawn"), ("survey", "email", "given")]
    assert Consent.objects.get(act="withdrawn").proof == {"file": "list.csv", "row": 2}


def test_a_word_stands_in_the_timeline_of_whoever_said_it() -> None:
    (anna,) = people("anna")
    number = say(anna)
    say(anna, ConsentAct.ASKED, purpose=Purpose.REVIEW)
    told = ledger.timeline(handles=[anna[0]], scope=EVERYTHING)
    assert [(one.kind, one.subject_id, dict(one.properties), one.channel) for one in told] == [
        ("consent.given", number, {"purpose": "marketing"}, "email")
    ]


@pytest.mark.parametrize("change", ["UPDATE privacy_consent SET act = 'given'", "DELETE FROM privacy_consent"])
def test_nobody_changes_what_was_said(change: str) -> None:
    (anna,) = people("anna")
    say(anna, ConsentAct.WITHDRAWN)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert stands() == [("marketing", "email", "withdrawn")]


@pytest.mark.parametrize(
    ("act", "purpose", "channel", "at"),
    [
        ("given", "", "email", NOON),
        ("asked", "marketing", "", NOON),
        ("given", "fun", "email", NOON),
        ("given", "marketing", "pigeon", NOON),
        ("sold", "marketing", "email", NOON),
        ("given", "marketing", "email", datetime(2026, 6, 1)),  # noqa: DTZ001 – that is what is refused
    ],
)
def test_what_cannot_be_said_is_refused_whole(act: str, purpose: str, channel: str, at: datetime) -> None:
    (anna,) = people("anna")
    with pytest.raises(ValueError, match=r"\w"):
        say(anna, act, purpose=purpose, channel=channel, at=at)
    assert Consent.objects.count() == 0


def test_another_wording_is_another_version() -> None:
    first = write_text(purpose=Purpose.MARKETING, language="en", body="Yes, write to me.")
    same = write_text(purpose=Purpose.MARKETING, language="en", body="Yes, write to me.")
    second = write_text(purpose=Purpose.MARKETING, language="en", body="Yes, write to me often.")
    other = write_text(purpose=Purpose.MARKETING, language="uk", body="Так, пишіть.")
    assert (first.pk == same.pk, first.version, second.version, other.version) == (True, 1, 2, 1)
    # SHA-256 of the empty text, from FIPS 180-4's examples of use.
    assert digest_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert second.digest == digest_of("Yes, write to me often.")


def test_the_shipped_wordings_are_complete_and_name_the_business() -> None:
    purposes = set(Purpose) - {Purpose.SERVICE}
    assert set(TEXTS) == {(purpose, language) for purpose in purposes for language in ("en", "ru", "uk")}
    assert {body.count("{business}") for body in TEXTS.values()} == {1}
