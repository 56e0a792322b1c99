"""Agreements: what follows from their dates, each event once, and ways back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wayloop.accounts.testing import Member
from wayloop.commerce.enums import AgreementKind, AgreementState, PricePeriod, Renewal
from wayloop.commerce.models import NO_END, Agreement, AgreementStep
from wayloop.commerce.queries.agreements import AgreementFilter, count_agreements, ending_unrenewed, list_agreements
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services import agreements as services
from wayloop.commerce.services.agreements import AgreementChanged, Terms
from wayloop.commerce.services.documents import attach_document
from wayloop.commerce.terms import add_months, next_end, state_on
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import see
from wayloop.kernel import clock
from wayloop.kernel.due.runner import Runner
from wayloop.ledger import api as ledger

# A morning in Kyiv; the business's day is the same date.
MAY = datetime(2026, 5, 4, 8, tzinfo=UTC)
TODAY = date(2026, 5, 4)
DAY = timedelta(days=1)


def terms(**others: Any) -> Terms:
    given = {"kind": AgreementKind.CONTRACT, "title": "Beans every month", "starts_on": TODAY}
    return Terms(**(given | others))


def told(person: int) -> list[tuple[str, dict[str, Any]]]:
    """The events of a customer, the oldest first."""
    page = ledger.timeline_page(handles=[person], scope=EVERYTHING, kinds=None, before=None, limit=40)
    return [(event.kind, dict(event.properties)) for event in reversed(page.events)]


def kinds_told(person: int) -> list[str]:
    return [kind.removeprefix("agreement.") for kind, _ in told(person)]


def pass_until(moment: datetime) -> None:
    """Lets the due-table work as if this moment had come."""
    worker = Runner()
    with clock.standing_at(moment):
        while worker.turn():
            pass


@pytest.mark.parametrize(
    ("starts", "last", "cancelled", "state"),
    [
        (TODAY, NO_END, None, AgreementState.ACTIVE),
        (TODAY, TODAY, None, AgreementState.ACTIVE),
        (TODAY + DAY, NO_END, None, AgreementState.PLANNED),
        (TODAY - 9 * DAY, TODAY - DAY, None, AgreementState.ENDED),
        (TODAY - 9 * DAY, TODAY - DAY, TODAY, AgreementState.CANCELLED),
        (TODAY - 9 * DAY, TODAY + DAY, TODAY + 2 * DAY, AgreementState.ACTIVE),
        (TODAY + DAY, TODAY - DAY, TODAY, AgreementState.CANCELLED),
    ],
)
def test_how_an_agreement_stands_follows_from_its_dates(
    starts: date, last: date, cancelled: date | None, state: AgreementState
) -> None:
    assert state_on(TODAY, starts_on=starts, last_on=last, cancelled_from=cancelled) == state


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
        (date(2026, 5, 5), 24, date(2028, 5, 5)),
    ],
)
def test_months_that_are_too_short_end_on_their_last_day(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_a_term_that_follows_ends_where_its_month_ends() -> None:
    assert [next_end(date(2026, 1, 31), 1), next_end(date(2026, 2, 28), 1), next_end(date(2026, 5, 3), 12)] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2027, 5, 3),
    ]


def test_an_end_that_comes_near_is_told_once_and_then_the_end_itself(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        services.add_agreement(person=anna, terms=terms(ends_on=date(2026, 8, 31), price=45000, currency="UAH",
                                                        period=PricePeriod.MONTH))  # fmt: skip
    pass_until(datetime(2026, 8, 1, 5, 59, tzinfo=UTC))
    before = kinds_told(anna)
    for _again in range(2):
        pass_until(datetime(2026, 8, 1, 6, 1, tzinfo=UTC))
    near = kinds_told(anna)
    pass_until(datetime(2026, 8, 31, 20, 59, tzinfo=UTC))
    last_minute = kinds_told(anna)
    for _again in range(2):
        pass_until(datetime(2026, 8, 31, 21, 1, tzinfo=UTC))
    assert (before, near, last_minute) == (["made"], ["made", "ending"], ["made", "ending"])
    assert told(anna) == [
        ("agreement.made", {"what": "contract", "starts": TODAY, "ends": date(2026, 8, 31), "period": "month"}),
        ("agreement.ending", {"days": 30, "ends": date(2026, 8, 31), "renews": False}),
        ("agreement.expired", {"ends": date(2026, 8, 31)}),
    ]


def test_a_subscription_goes_on_by_itself_term_by_term_until_it_is_cancelled(owner_member: Member) -> None:
    anna = see("1", "Anna")
    renewing = terms(
        kind=AgreementKind.SUBSCRIPTION, ends_on=date(2026, 6, 3), renewal=Renewal.BY_ITSELF, term_months=1,
        notice_days=0,
    )  # fmt: skip
    with clock.standing_at(MAY):
        row = services.add_agreement(person=anna, terms=renewing)
    # The worker slept for a while: both terms are caught up, each dated by its own day.
    pass_until(datetime(2026, 7, 5, 6, tzinfo=UTC))
    row.refresh_from_db()
    with clock.standing_at(datetime(2026, 7, 6, 6, tzinfo=UTC)):
        services.cancel_agreement(agreement_id=row.pk, from_day=date(2026, 7, 20), seen=row.version)
    pass_until(datetime(2026, 9, 1, 6, tzinfo=UTC))
    row.refresh_from_db()
    assert told(anna)[1:] == [
        ("agreement.renewed", {"ends": date(2026, 7, 3), "by_itself": True}),
        ("agreement.renewed", {"ends": date(2026, 8, 3), "by_itself": True}),
        ("agreement.cancelled", {"since": date(2026, 7, 20)}),
    ]
    assert (row.last_on, row.ends_on) == (date(2026, 7, 19), date(2026, 8, 3))


def test_what_began_long_ago_is_history_with_its_terms_and_its_end(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        services.add_agreement(person=anna, terms=terms(starts_on=date(2024, 1, 1), ends_on=date(2025, 1, 1)))
    page = ledger.timeline_page(handles=[anna], scope=EVERYTHING, kinds=None, before=None, limit=9)
    assert [(event.kind, event.occurred_at, event.is_news) for event in page.events] == [
        ("agreement.expired", datetime(2025, 1, 1, 22, tzinfo=UTC), False),
        ("agreement.made", datetime(2023, 12, 31, 22, tzinfo=UTC), False),
    ]


def test_a_renewal_is_undone_with_what_followed_from_it(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        row = services.add_agreement(person=anna, terms=terms(ends_on=date(2026, 5, 10), notice_days=20))
        step = services.renew_agreement(agreement_id=row.pk, ends_on=date(2026, 5, 12), seen=row.version)
        renewed = kinds_told(anna)
        undone = [services.undo_step(step_id=step.pk) for _again in range(2)]
    row.refresh_from_db()
    assert (sorted(renewed), kinds_told(anna)) == (["ending", "ending", "made", "renewed"], ["made", "ending"])
    assert (undone, row.ends_on, row.told_end) == ([True, False], date(2026, 5, 10), date(2026, 5, 10))


def test_a_step_that_something_followed_is_not_undone(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        row = services.add_agreement(person=anna, terms=terms(ends_on=date(2026, 12, 31)))
        first = services.renew_agreement(agreement_id=row.pk, ends_on=date(2027, 6, 30), seen=1)
        second = services.cancel_agreement(agreement_id=row.pk, from_day=TODAY, seen=2)
        answers = [services.undo_step(step_id=step.pk) for step in (first, second, first)]
    assert (answers, kinds_told(anna)) == ([False, True, True], ["made"])


def test_an_agreement_made_by_mistake_is_gone_with_its_event(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        row = services.add_agreement(person=anna, terms=terms(ends_on=date(2026, 12, 31)))
        services.undo_step(step_id=services.AgreementStep.objects.get(agreement=row).pk)
        shown = list_agreements(scope=EVERYTHING, wanted=AgreementFilter("all"), day=TODAY).rows
    pass_until(datetime(2027, 2, 1, tzinfo=UTC))
    assert (told(anna), shown) == ([], ())


def test_words_written_since_stay_when_an_earlier_change_is_undone(owner_member: Member) -> None:
    price = {"price": 500, "currency": "UAH", "period": PricePeriod.MONTH}
    row = services.add_agreement(person=see("1", "Anna"), terms=terms(**price))
    dearer = price | {"price": 700}
    step = services.change_agreement(agreement_id=row.pk, terms=terms(title="Beans", **dearer), seen=row.version)
    row.refresh_from_db()
    services.change_agreement(agreement_id=row.pk, terms=terms(title="Best beans", **dearer), seen=row.version)
    assert step is not None
    assert services.undo_step(step_id=step.pk)
    row.refresh_from_db()
    assert (row.title, row.price) == ("Best beans", 500)


def test_an_agreement_with_documents_does_not_vanish(owner_member: Member) -> None:
    row = services.add_agreement(person=see("1", "Anna"), terms=terms())
    made = AgreementStep.objects.get()
    attach_document(agreement_id=row.pk, name="a.pdf", size=1, chunks=[b"a"])
    assert not services.undo_step(step_id=made.pk)
    row.refresh_from_db()
    assert (row.removed_at, AgreementStep.objects.count()) == (None, 1)


def test_a_changed_price_is_told_and_a_changed_word_is_not(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        row = services.add_agreement(person=anna, terms=terms())
        words = services.change_agreement(agreement_id=row.pk, terms=terms(title="Tea"), seen=1)
        dear = terms(title="Tea", price=100, currency="UAH", period=PricePeriod.YEAR)
        price = services.change_agreement(agreement_id=row.pk, terms=dear, seen=2)
        nothing = services.change_agreement(agreement_id=row.pk, terms=dear, seen=3)
    row.refresh_from_db()
    assert (words, price is None, nothing, row.version) == (None, False, None, 3)
    assert (kinds_told(anna), row.title, row.price) == (["made", "changed"], "Tea", 100)


def test_the_second_of_two_members_is_told_and_nothing_is_lost(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        row = services.add_agreement(person=anna, terms=terms(ends_on=date(2026, 12, 31)))
        services.change_agreement(agreement_id=row.pk, terms=terms(title="Mine", ends_on=row.ends_on), seen=1)
        for late in (
            lambda: services.change_agreement(agreement_id=row.pk, terms=terms(title="Theirs"), seen=1),
            lambda: services.renew_agreement(agreement_id=row.pk, ends_on=date(2027, 1, 1), seen=1),
            lambda: services.cancel_agreement(agreement_id=row.pk, from_day=TODAY, seen=1),
        ):
            with pytest.raises(AgreementChanged):
                late()
    row.refresh_from_db()
    assert (row.title, row.ends_on, row.cancelled_from) == ("Mine", date(2026, 12, 31), None)


@pytest.mark.parametrize(
    "others",
    [
        {"title": " "},
        {"title": "x\0"},
        {"ends_on": TODAY - DAY},
        {"ends_on": date(2200, 1, 1)},
        {"starts_on": date(1969, 12, 31)},
        {"renewal": Renewal.BY_ITSELF},
        {"renewal": Renewal.BY_ITSELF, "ends_on": TODAY + DAY},
        {"term_months": 121},
        {"notice_days": 367},
        {"price": -1, "currency": "UAH", "period": PricePeriod.MONTH},
        {"price": 1, "currency": "UAH"},
    ],
)
def test_terms_that_cannot_be_are_refused_in_one_line(others: dict[str, Any], owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY), pytest.raises(CommerceRefused) as refusal:
        services.add_agreement(person=anna, terms=terms(**others))
    assert ("\n" in str(refusal.value), Agreement.objects.count(), told(anna)) == (False, 0, [])


def test_what_is_over_or_cancelled_is_neither_renewed_nor_cancelled(owner_member: Member) -> None:
    anna = see("1", "Anna")
    with clock.standing_at(MAY):
        endless = services.add_agreement(person=anna, terms=terms())
        over = services.add_agreement(person=anna, terms=terms(starts_on=TODAY - 9 * DAY, ends_on=TODAY - DAY))
        services.cancel_agreement(agreement_id=endless.pk, from_day=TODAY + DAY, seen=1)
        for tried in (
            lambda: services.renew_agreement(agreement_id=endless.pk, ends_on=TODAY + DAY, seen=2),
            lambda: services.cancel_agreement(agreement_id=endless.pk, from_day=TODAY, seen=2),
            lambda: services.cancel_agreement(agreement_id=over.pk, from_day=TODAY, seen=1),
            lambda: services.renew_agreement(agreement_id=over.pk, ends_on=TODAY - DAY, seen=1),
        ):
            with pytest.raises(CommerceRefused):
                tried()


def test_lists_show_what_their_filter_says_in_the_order_of_ends(
    owner_member: Member, near_location: int, far_location: int
) -> None:
    anna, boris = see("1", "Anna"), see("2", "Boris")
    with clock.standing_at(MAY):
        for title, person, others in (
            ("endless", anna, {}),
            ("soon", anna, {"ends_on": TODAY + 30 * DAY, "location_id": near_location}),
            ("sooner", boris, {"ends_on": TODAY + 3 * DAY, "renewal": Renewal.BY_ITSELF, "term_months": 1}),
            ("later", boris, {"ends_on": TODAY + 31 * DAY, "location_id": far_location}),
            ("planned", boris, {"starts_on": TODAY + DAY}),
            ("over", boris, {"starts_on": TODAY - 9 * DAY, "ends_on": TODAY - DAY}),
        ):
            services.add_agreement(person=person, terms=terms(title=title, **others))
        far = Scope((far_location,))
        found = {
            (state, place): [row.title for row in _all_pages(scope, AgreementFilter(state))]
            for state in ("active", "ending", "unrenewed", "planned", "ended")
            for place, scope in (("all", EVERYTHING), ("far", far))
        }
        counts = [count_agreements(scope=scope, wanted=AgreementFilter("active"), day=TODAY).number
                  for scope in (EVERYTHING, far)]  # fmt: skip
        alone = [row.title for row in ending_unrenewed(scope=EVERYTHING, day=TODAY)]
        of_anna = [row.title for row in _all_pages(EVERYTHING, AgreementFilter("all", person=anna))]
        by_text = [row.title for row in _all_pages(EVERYTHING, AgreementFilter("all", text="soon"))]
    assert found == {
        ("active", "all"): ["sooner", "soon", "later", "endless"],
        ("active", "far"): ["sooner", "later", "endless"],
        ("ending", "all"): ["sooner", "soon"],
        ("ending", "far"): ["sooner"],
        ("unrenewed", "all"): ["soon"],
        ("unrenewed", "far"): [],
        ("planned", "all"): ["planned"],
        ("planned", "far"): ["planned"],
        ("ended", "all"): ["over"],
        ("ended", "far"): ["over"],
    }
    assert (counts, alone, of_anna, by_text) == ([4, 3], ["soon"], ["endless", "soon"], ["soon", "sooner"])


def _all_pages(scope: Scope, wanted: AgreementFilter) -> list[Any]:
    rows, after = [], None
    while True:
        page = list_agreements(scope=scope, wanted=wanted, day=TODAY, after=after, limit=1)
        rows += page.rows
        after = page.next_key
        if after is None:
            return rows
