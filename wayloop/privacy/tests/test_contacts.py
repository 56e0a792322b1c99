"""Nobody is contacted who may not be; everybody else is, and each no says why."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection

from wayloop.identity import api as identity
from wayloop.kernel import clock, sending
from wayloop.privacy.enums import ConsentAct, HoldReason, Purpose, Reason, Suppression
from wayloop.privacy.queries.pressure import pace_rules, preview_each
from wayloop.privacy.services.consents import suppress_points, unsuppress_points
from wayloop.privacy.services.contacts import may_contact, take_contacts_back
from wayloop.privacy.services.holds import hold, release_holds
from wayloop.privacy.services.pacing import RuleRefused, add_limit, change_pace, remove_limit
from wayloop.privacy.services.reservations import give_reservations_up, reserve_contacts
from wayloop.privacy.testing import NOON, Contact, Refusal, Reservation, ask, people, say, wish

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon() -> object:
    with clock.standing_at(NOON):
        yield


def at(moment: datetime) -> object:
    return clock.standing_at(moment)


def test_a_survey_a_month_and_no_two_contacts_within_a_day() -> None:
    (anna,) = people("anna")
    assert ask(anna, subject=1).is_granted
    again = ask(anna, subject=2)
    assert (again.reasons, again.later) == (("too_many", "too_soon"), NOON + 30 * DAY)
    reminder = ask(anna, purpose=Purpose.REMINDER, subject=3)
    # Twenty hours after noon it is eight in the morning: the quiet hours last until nine.
    assert (reminder.reasons, reminder.later) == (("too_soon",), NOON + 21 * HOUR)
    with at(NOON + 21 * HOUR):
        assert ask(anna, purpose=Purpose.REMINDER, subject=3).is_granted
    with at(NOON + 30 * DAY - timedelta(seconds=1)):
        assert ask(anna, subject=2).reasons == ("too_many",)
    with at(NOON + 30 * DAY):
        assert ask(anna, subject=2).is_granted
    assert Contact.objects.count() == 3
    # What was refused and granted later is no refusal any more.
    assert list(Refusal.objects.values_list("subject_id", "times")) == []


def test_the_same_wish_counts_once_and_is_granted_again() -> None:
    (anna,) = people("anna")
    asks = wish([anna, anna])
    assert [one.is_granted for one in may_contact(asks=asks)] == [True, True]
    assert [one.is_granted for one in may_contact(asks=asks)] == [True, True]
    assert Contact.objects.count() == 1


def test_a_refusal_keeps_its_newest_reasons_and_how_often_it_was_asked() -> None:
    (anna,) = people("anna")
    ask(anna, subject=1)
    ask(anna, subject=2)
    with at(NOON + 2 * DAY):
        ask(anna, subject=2)
    refusal = Refusal.objects.get()
    assert (refusal.reasons, refusal.times, refusal.first_at, refusal.at) == (["too_many"], 2, NOON, NOON + 2 * DAY)


def test_what_did_not_take_place_does_not_count() -> None:
    (anna,) = people("anna")
    assert ask(anna, subject=1, key="a").is_granted
    assert take_contacts_back(subject_kind="survey", keys=[f"survey/email/1/a/{anna[0]}"]) == 1
    assert ask(anna, subject=2).is_granted
    assert ask(anna, subject=1, key="a").reasons == ("too_many", "too_soon")


def test_merged_people_have_one_budget() -> None:
    anna, work = people("anna", "anna.at.work")
    # Merging moves the map only, see identity.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identity_person SET person = %s WHERE handle = %s", [anna[0], work[0]])
    assert ask(anna).is_granted
    assert ask(work, subject=2).reasons == ("too_many", "too_soon")


def test_two_wishes_about_one_person_in_one_question_are_answered_one_after_the_other() -> None:
    (anna,) = people("anna")
    asks = wish([anna, anna])
    both = type(asks)(**{**vars(asks), "keys": ["a", "b"]})
    assert [one.reasons for one in preview_each(asks=[both])[0]] == [(), ("too_many", "too_soon")]
    assert Contact.objects.count() == 0
    assert [one.reasons for one in may_contact(asks=both)] == [(), ("too_many", "too_soon")]


@pytest.mark.parametrize(
    ("local", "zone", "reasons"),
    [
        (datetime(2026, 6, 3, 20, 59, tzinfo=UTC), "UTC", ()),
        (datetime(2026, 6, 3, 21, 0, tzinfo=UTC), "UTC", ("quiet_hours",)),
        (datetime(2026, 6, 4, 8, 59, tzinfo=UTC), "UTC", ("quiet_hours",)),
        (datetime(2026, 6, 4, 9, 0, tzinfo=UTC), "UTC", ()),
        (datetime(2026, 6, 3, 9, 0, tzinfo=UTC), "Asia/Vladivostok", ()),
        (datetime(2026, 6, 3, 9, 0, tzinfo=UTC), "Pacific/Auckland", ("quiet_hours",)),
        (datetime(2026, 6, 3, 9, 0, tzinfo=UTC), "America/New_York", ("quiet_hours",)),
    ],
)
def test_nobody_is_disturbed_at_night_where_they_are(local: datetime, zone: str, reasons: tuple[str, ...]) -> None:
    (anna,) = people("anna")
    with at(local):
        assert ask(anna, zone=zone).reasons == reasons
        # What one has to know comes at any hour; a question on a page disturbs nobody.
        assert ask(anna, purpose=Purpose.SERVICE, key="s", zone=zone).is_granted
    with at(local + 40 * DAY):
        assert ask(anna, channel="web", key="w", zone=zone).is_granted


def test_quiet_hours_end_in_the_morning_of_the_person() -> None:
    (anna,) = people("anna")
    with at(datetime(2026, 3, 28, 22, 0, tzinfo=UTC)):
        # The night in which the clocks of Kyiv go forward.
        assert ask(anna, zone="Europe/Kyiv").later == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)


def test_news_need_a_consent_and_surveys_only_that_nobody_said_no() -> None:
    anna, boris, vira = people("anna", "boris", "vira")
    assert ask(anna, purpose=Purpose.MARKETING).reasons == ("no_consent",)
    say(anna, ConsentAct.ASKED)
    assert ask(anna, purpose=Purpose.MARKETING).reasons == ("not_confirmed",)
    say(anna, ConsentAct.GIVEN)
    assert ask(anna, purpose=Purpose.MARKETING).is_granted
    assert ask(boris).is_granted
    say(vira, ConsentAct.WITHDRAWN, purpose="", channel="")
    assert ask(vira).reasons == ("withdrawn",)
    assert ask(vira, purpose=Purpose.SERVICE).is_granted
    say(vira, ConsentAct.GIVEN, purpose=Purpose.SURVEY, at=NOON + HOUR)
    assert ask(vira).is_granted
    assert ask(vira, purpose=Purpose.REMINDER, key="r").reasons == ("withdrawn", "too_soon")


def test_a_consent_belongs_to_the_address_not_to_the_person() -> None:
    (anna,) = people("anna")
    (other,) = identity.contact_points(kind=identity.IdentifierKind.EMAIL, values=["anna@other.example"])
    say(anna)
    assert ask((anna[0], other), purpose=Purpose.MARKETING).reasons == ("no_consent",)
    assert ask((anna[0], None), purpose=Purpose.MARKETING).reasons == ("no_address", "no_consent")


@pytest.mark.parametrize(
    ("reason", "survey", "service"),
    [
        (Suppression.BOUNCED, ("bounced",), ("bounced",)),
        (Suppression.COMPLAINED, ("complained",), ()),
        (Suppression.FORBIDDEN, ("forbidden",), ("forbidden",)),
    ],
)
def test_an_address_that_may_not_be_written_to_is_left_alone(
    reason: Suppression, survey: tuple[str, ...], service: tuple[str, ...]
) -> None:
    (anna,) = people("anna")
    suppress_points(points=[anna[1]], reason=reason)
    # A lesser reason does not take the place of a greater one.
    suppress_points(points=[anna[1]], reason=Suppression.BOUNCED)
    assert ask(anna).reasons == survey
    assert ask(anna, purpose=Purpose.SERVICE).reasons == service
    assert unsuppress_points(points=[anna[1]], reason=reason) == 1
    assert ask(anna).is_granted


@pytest.mark.parametrize(
    ("reason", "kept_from"),
    [
        (HoldReason.REFUND, {"survey", "review"}),
        (HoldReason.LATE_ORDER, {"survey", "review"}),
        (HoldReason.COMPLAINT, {"survey", "review", "feedback", "marketing"}),
        (HoldReason.CASE, {"survey", "review", "feedback", "marketing"}),
        (HoldReason.LEFT_ALONE, {"survey", "review", "marketing", "reminder", "feedback", "testimonial"}),
    ],
)
def test_whoever_waits_for_us_is_not_asked_until_it_is_settled(reason: HoldReason, kept_from: set[str]) -> None:
    (anna,) = people("anna")
    for purpose in (Purpose.MARKETING, Purpose.REVIEW):
        say(anna, purpose=purpose)
    hold(reason=reason, subject_kind="order", handles=[anna[0]], subject_ids=[7])
    hold(reason=reason, subject_kind="order", handles=[anna[0]], subject_ids=[7])

    def refused() -> set[str]:
        told = preview_each(asks=[wish([anna], purpose=one) for one in Purpose.values])
        answers = dict(zip(Purpose.values, (one for (one,) in told), strict=True))
        assert {one.reasons for one in answers.values()} <= {(), (reason.value,)}
        assert {one.later for one in answers.values()} == {None}
        return {purpose for purpose, answer in answers.items() if not answer.is_granted}

    assert refused() == kept_from
    assert release_holds(reason=reason, subject_kind="order", subject_ids=[8]) == 0
    assert refused() == kept_from
    assert release_holds(reason=reason, subject_kind="order", subject_ids=[7]) == 1
    assert refused() == set()


def test_a_hold_may_end_by_itself() -> None:
    (anna,) = people("anna")
    hold(reason=HoldReason.LATE_ORDER, subject_kind="order", handles=[anna[0]], subject_ids=[7], until=NOON + 2 * DAY)
    answer = ask(anna)
    assert (answer.reasons, answer.later) == (("late_order",), NOON + 2 * DAY)
    with at(NOON + 2 * DAY):
        assert ask(anna).is_granted


def test_a_place_is_kept_for_the_survey_that_matters_most() -> None:
    anna, boris = people("anna", "boris")
    reserve_contacts(
        purpose=Purpose.SURVEY, subject_kind="survey", subject_id=9, handles=[anna[0]], until=NOON + 14 * DAY
    )
    assert ask(anna, subject=1).reasons == ("reserved",)
    assert ask(boris, subject=1).is_granted
    # Other limits have room for both.
    assert ask(anna, purpose=Purpose.REMINDER, subject=2).is_granted
    with at(NOON + DAY):
        assert ask(anna, subject=9).is_granted
        assert Reservation.objects.get().ended_at == NOON + DAY
        assert ask(anna, subject=1).reasons == ("too_many", "too_soon")


@pytest.mark.parametrize("ends", ["by time", "given up"])
def test_a_place_is_free_again_when_nobody_needs_it(ends: str) -> None:
    (anna,) = people("anna")
    reserve_contacts(
        purpose=Purpose.SURVEY, subject_kind="survey", subject_id=9, handles=[anna[0]], until=NOON + 14 * DAY
    )
    if ends == "given up":
        assert give_reservations_up(subject_kind="survey", subject_id=9) == 1
        assert ask(anna).is_granted
    else:
        assert ask(anna).later == NOON + 14 * DAY
        with at(NOON + 14 * DAY):
            assert ask(anna).is_granted


def test_after_a_restore_nothing_goes_out() -> None:
    (anna,) = people("anna")
    sending.hold_sending()
    assert ask(anna, purpose=Purpose.SERVICE).reasons == ("sending_held",)


def test_rules_are_changed_one_by_one() -> None:
    (anna,) = people("anna")
    first = pace_rules()
    number = add_limit(purpose=Purpose.SURVEY, channel="email", most=2, days=365)
    assert {(one.purpose, one.most, one.days) for one in pace_rules().limits} == {
        *((one.purpose, one.most, one.days) for one in first.limits),
        ("survey", 2, 365),
    }
    assert remove_limit(number=number) is not None
    assert remove_limit(number=number) is None
    assert pace_rules() == first
    with pytest.raises(RuleRefused):
        add_limit(purpose=Purpose.SURVEY, channel="", most=3, days=30)
    change_pace(gap_hours=0, quiet_from=time(0), quiet_to=time(0), consent_needed=[])
    assert ask(anna, purpose=Purpose.MARKETING).reasons == ("no_consent",)
    assert ask(anna, purpose=Purpose.REVIEW, key="r").is_granted
    with at(datetime(2026, 6, 4, 1, tzinfo=UTC)):
        assert ask(anna).is_granted


def test_a_limit_of_none_is_a_ban_without_an_end() -> None:
    (anna,) = people("anna")
    add_limit(purpose=Purpose.REMINDER, channel="sms", most=0, days=1)
    answer = ask(anna, purpose=Purpose.REMINDER, channel="sms")
    assert (answer.reasons, answer.later) == (("too_many",), None)
    assert ask(anna, purpose=Purpose.REMINDER).is_granted


def test_a_wrong_wish_is_told_so() -> None:
    (anna,) = people("anna")
    with pytest.raises(ValueError, match="no purpose"):
        ask(anna, purpose="fun")


def test_every_reason_has_words_of_its_own() -> None:
    told = [str(reason.label) for reason in Reason]
    assert len(set(told)) == len(told) == 17


def test_many_are_answered_by_a_few_statements(django_assert_max_num_queries: object) -> None:
    crowd = people(*(f"guest{number}" for number in range(300)))
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        assert {one.is_granted for one in may_contact(asks=wish(crowd))} == {True}
    assert Contact.objects.count() == 300
