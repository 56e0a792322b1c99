"""Rules ask the right people at the right moment, once; a letter brings them to their page; the preview says who."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import Client

from wayloop.contracts.conditions import AllOf, Where
from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.ledger import EventChange, EventColumns, EventInfo
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.customers.api import note_sightings
from wayloop.customers.testing import SavedView, card_address
from wayloop.kernel import clock
from wayloop.kernel.stream.listeners import listeners
from wayloop.ledger import api as ledger
from wayloop.messaging.testing import Memory, Message, send_all, using
from wayloop.privacy.testing import NOON, Contact, Reservation, people, say
from wayloop.surveys.audience import is_drawn
from wayloop.surveys.enums import AskState, QuestionType, Trigger
from wayloop.surveys.models import Answer, Ask, AskRule, Invitation, Response, Survey
from wayloop.surveys.preview import preview_rule, progress_of
from wayloop.surveys.services import asking, sending
from wayloop.surveys.services.surveys import close_survey
from wayloop.surveys.testing import asked, publish

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PLACED = "order.placed"
Person = tuple[int, int | None]


@pytest.fixture
def post(owner_member: object) -> Iterator[Memory]:
    way = Memory()
    with using(way), clock.standing_at(NOON):
        yield way


@pytest.fixture
def survey(owner_member: object) -> Survey:
    questions = (asked(QuestionType.NPS, "q1"), asked(QuestionType.TEXT, "q2"))
    return publish(*questions, name="Delivery", languages=("en", "uk"))


def guests(*names: str) -> list[Person]:
    """Customers with a card and an e-mail each: handle and contact point."""
    who: list[Person] = list(people(*names))
    note_sightings(
        columns=CustomerColumns(
            handles=[handle for handle, _point in who],
            known_as=list(names),
            seen_at=[NOON - 30 * DAY] * len(who),
            source="shop",
            names=[name.title() for name in names],
        )
    )
    return who


def rule_of(survey: Survey, trigger: str = Trigger.EVENT, *, is_on: bool = True, **others: object) -> AskRule:
    wanted = {"name": "After an order", "event_kind": PLACED, "delay_minutes": 120} | others
    rule = asking.save_rule(survey_id=survey.pk, trigger=trigger, **wanted)
    if is_on:
        asking.start_rule(rule_id=rule.pk)
        rule.refresh_from_db()
    return rule


def placed(
    handle: int, number: int = 1, *, at: datetime = NOON, how: str = "happened", is_news: bool = True
) -> EventChange:
    order = ("order", number, "web", None, None, None, {}, "shop")
    event = EventInfo(number, PLACED, at, 180, handle, *order, is_news=is_news)  # type: ignore[arg-type]
    return EventChange(how, event, None, is_news, number)  # type: ignore[arg-type]


def states() -> list[str]:
    return list(Ask.objects.order_by("handle", "id").values_list("state", flat=True))


def bought(handle: int, *, at: datetime = NOON - DAY, count: int = 1) -> None:
    ledger.record_events(
        columns=EventColumns(
            kind=PLACED,
            source="shop",
            is_news=False,
            message_ids=[f"{handle}.{number}" for number in range(count)],
            handles=[handle] * count,
            occurred_at=[at] * count,
            offset_minutes=[180] * count,
            subject_kind="order",
            subject_ids=[handle * 100 + number for number in range(count)],
        )
    )


def test_an_event_is_asked_about_when_its_time_has_come_and_once(post: Memory, survey: Survey) -> None:
    ((anna, _point),) = guests("anna")
    rule_of(survey)
    for _time in range(2):
        asking.note_events(changes=[placed(anna)])
    sending.ask_all_due()
    assert (states(), Message.objects.count()) == (["waiting"], 0)
    with clock.standing_at(NOON + 3 * HOUR):
        for _time in range(2):
            sending.ask_all_due()
        assert (states(), send_all()) == (["asked"], 1)
    (parcel,) = post.sent
    assert parcel.to == "anna@example.com"
    assert "q1" in parcel.text
    assert len(set(re.findall(r"\?a=(\d+)", parcel.text))) == 11
    invitation = Invitation.objects.get()
    assert (invitation.handle, invitation.order_id, invitation.reason) == (anna, 1, "Rule “After an order”")
    assert (Contact.objects.count(), Invitation.objects.count()) == (1, 1)


def test_history_old_news_and_what_was_taken_back_ask_nobody(post: Memory, survey: Survey) -> None:
    ((anna, _point),) = guests("anna")
    rule_of(survey)
    asking.note_events(changes=[placed(anna, 1, is_news=False), placed(anna, 2, at=NOON - 9 * DAY)])
    assert states() == []
    asking.note_events(changes=[placed(anna, 3)])
    asking.note_events(changes=[placed(anna, 3, how="retracted")])
    with clock.standing_at(NOON + 3 * HOUR):
        sending.ask_all_due()
    assert (states(), Message.objects.count()) == (["undone"], 0)


def test_the_listener_hears_what_rules_can_follow() -> None:
    heard = next(one for one in listeners() if one.name == "surveys.asks")
    assert {PLACED, "delivery.done", "visit.made"} <= set(heard.kinds)
    assert {"surveys.completed", "survey.completed"} & set(heard.kinds) == set()


def test_whom_the_contact_rules_hold_back_is_asked_later_or_not_at_all(post: Memory, survey: Survey) -> None:
    anna, boris = guests("anna", "boris")
    nobody = guests("clara")[0]
    say((boris[0], boris[1] or 0), "withdrawn", purpose="survey")
    rule_of(survey, delay_minutes=0, patience_days=1)
    late = NOON + timedelta(hours=11, minutes=30)
    with clock.standing_at(late):
        asking.note_events(changes=[placed(who[0], n, at=late) for n, who in enumerate((anna, boris), 1)])
        sending.ask_all_due()
        # It is night in Kyiv: both wait.
        assert (states(), Message.objects.count()) == (["waiting", "waiting"], 0)
    with clock.standing_at(late + timedelta(hours=14)):
        sending.ask_all_due()
    with clock.standing_at(late + 3 * DAY):
        sending.ask_all_due()
    assert states() == ["asked", "refused"]
    assert Ask.objects.get(handle=boris[0]).reasons == ["withdrawn"]
    assert list(Invitation.objects.values_list("handle", flat=True)) == [anna[0]]
    assert nobody[0] not in Ask.objects.values_list("handle", flat=True)


def test_only_the_audience_is_asked(post: Memory, survey: Survey, owner_member: object) -> None:
    anna, boris, clara = guests("anna", "boris", "clara")
    tag = customers.create_tag(name="Regular")
    customers.add_tag(tag_id=tag, people=[anna[0], boris[0]], member=None)
    regular = {"all": [{"field": "tag", "operator": "is", "values": [tag]}]}
    bought(anna[0])
    rule = rule_of(survey, Trigger.ONCE, condition=regular, did_kind=PLACED, did_days=7, did_not=True)
    asking.fill_run(rule_id=rule.pk)
    sending.ask_all_due()
    assert [(one.handle, one.state) for one in Ask.objects.all()] == [(boris[0], "asked")]
    assert clara[0] not in Ask.objects.values_list("handle", flat=True)


def test_a_saved_list_is_an_audience_until_it_is_gone(post: Memory, survey: Survey, owner_member: object) -> None:
    anna, _boris = guests("anna", "boris")
    tag = customers.create_tag(name="Regular")
    customers.add_tag(tag_id=tag, people=[anna[0]], member=None)
    view = customers.save_view(
        member=owner_member.id,  # type: ignore[attr-defined]
        name="Regulars",
        condition=customers.as_json(AllOf((Where("tag", "is", (tag,)),))),
        sort="",
        columns=[],
        is_shared=False,
        is_pinned=False,
    )
    rule = rule_of(survey, Trigger.ONCE, audience_source="views", audience_key=str(view), is_on=False)
    assert preview_rule(rule, EVERYTHING).asked == 1
    SavedView.objects.update(removed_at=NOON)
    gone = preview_rule(rule, EVERYTHING)
    assert (gone.is_gone, gone.asked) == (True, 0)


def test_a_run_shows_how_far_it_is_can_be_stopped_and_goes_on(post: Memory, survey: Survey) -> None:
    guests(*(f"guest{number}" for number in range(12)))
    rule = rule_of(survey, Trigger.ONCE)
    for _step in range(2):
        asking.fill_some(rule_id=rule.pk, limit=5)
    assert Ask.objects.count() == 10
    asking.fill_run(rule_id=rule.pk)
    sending.ask_some(limit=5)
    asking.stop_rule(rule_id=rule.pk)
    sending.ask_all_due()
    assert progress_of(rule).counts == {"asked": 5, "stopped": 7}
    asking.start_rule(rule_id=rule.pk)
    sending.ask_all_due()
    progress = progress_of(rule)
    assert (progress.counts, progress.total, progress.ended) == ({"asked": 12}, 12, 12)
    assert Message.objects.count() == 12


def test_a_share_is_drawn_and_stays_the_same(survey: Survey) -> None:
    rule = rule_of(survey, share=30, is_on=False)
    drawn = [thing for thing in range(500) if is_drawn(rule, thing)]
    assert 110 < len(drawn) < 190
    assert [thing for thing in range(500) if is_drawn(rule, thing)] == drawn
    assert [is_drawn(rule_of(survey, share=100, is_on=False), thing) for thing in range(5)] == [True] * 5


def test_birthdays_are_asked_about_on_their_day(post: Memory, survey: Survey) -> None:
    anna, boris = guests("anna", "boris")
    customers.note_traits(
        trait="birth_date",
        handles=[anna[0], boris[0]],
        values=["1990-06-03", "1990-06-05"],
        valid_from=[NOON, NOON],
        source="shop",
    )
    rule = rule_of(survey, Trigger.DAY, trait="birth_date", event_kind="", delay_minutes=0)
    assert asking.note_days() == 1
    sending.ask_all_due()
    assert [(one.handle, one.state) for one in Ask.objects.all()] == [(anna[0], "asked")]
    assert preview_rule(rule, EVERYTHING).meant == 2


def test_a_reminder_goes_once_and_never_to_whoever_has_begun(post: Memory, survey: Survey, stranger: Client) -> None:
    anna, boris = guests("anna", "boris")
    rule_of(survey, delay_minutes=0, remind_days=5)
    asking.note_events(changes=[placed(anna[0], 1), placed(boris[0], 2)])
    sending.ask_all_due()
    send_all()
    link = re.search(r"/s/[\w.:-]+/", post.sent[0].text)
    assert link
    stranger.post(link[0], {"secret": "a" * 22, "question": "q1", "a": "9"})
    for days in (6, 20):
        with clock.standing_at(NOON + days * DAY):
            sending.ask_all_due()
            send_all()
    others = [one for one in ("anna@example.com", "boris@example.com") if one != post.sent[0].to]
    assert [parcel.to for parcel in post.sent[2:]] == others
    assert list(Invitation.objects.exclude(reminded_at=None).values_list("remind_at", flat=True)) == [None]


def test_a_click_in_the_letter_is_kept_apart_until_it_is_confirmed(
    post: Memory, survey: Survey, owner: Client, stranger: Client
) -> None:
    ((anna, _point),) = guests("anna")
    rule_of(survey, delay_minutes=0)
    asking.note_events(changes=[placed(anna)])
    sending.ask_all_due()
    send_all()
    link = re.search(r"/s/[\w.:-]+/\?a=9", post.sent[0].text)
    assert link
    for _time in range(5):
        page = stranger.get(link[0]).content.decode()
        stranger.head(link[0])
    assert (Response.objects.count(), Invitation.objects.get().chosen) == (0, "")
    assert 'data-chosen="9"' in page
    path = link[0].partition("?")[0]
    assert stranger.post(path, {"chosen": "9"}).status_code == 204
    assert stranger.post(path, {"chosen": "77"}).status_code == 204
    assert (Answer.objects.count(), Invitation.objects.get().chosen) == (0, "9")
    results = f"/surveys/{survey.uuid}/"
    assert "Clicked in a message and not confirmed" in owner.get(results).content.decode()
    stranger.post(path, {"secret": "a" * 22, "question": "q1", "a": "9"})
    assert Answer.objects.get().number == 9
    assert "Clicked in a message and not confirmed" not in owner.get(results).content.decode()


def test_a_closed_survey_asks_nobody(post: Memory, survey: Survey) -> None:
    ((anna, _point),) = guests("anna")
    rule_of(survey, delay_minutes=0)
    asking.note_events(changes=[placed(anna)])
    close_survey(survey_id=survey.pk)
    sending.ask_all_due()
    assert (states(), Message.objects.count()) == (["stopped"], 0)


def test_the_preview_tells_who_would_be_asked_and_why_others_are_not(post: Memory, survey: Survey) -> None:
    anna, boris = guests("anna", "boris")
    for handle, _point in (anna, boris):
        bought(handle)
    bought(anna[0], at=NOON - 20 * DAY, count=0)
    say((boris[0], boris[1] or 0), "withdrawn", purpose="survey")
    found = preview_rule(rule_of(survey, is_on=False), EVERYTHING)
    assert (found.meant, found.looked_at, found.asked, found.is_exact) == (2, 2, 1, True)
    assert found.reasons == [("They said no", 1)]
    assert [one.title for one in found.some_asked] == ["Anna"]
    assert [(one.title, list(one.reasons)) for one in found.some_not] == [("Boris", ["They said no"])]
    assert (Ask.objects.count(), Contact.objects.count()) == (0, 0)


def test_who_may_make_rules(
    survey: Survey,
    post: Memory,
    owner: Client,
    reader: Client,
    front_desk: Client,
    far_manager: Client,
    stranger: Client,
) -> None:
    rule = rule_of(survey, is_on=False)
    # Whoever sees some places only makes no rules: they write to customers of all.
    clients = (owner, reader, front_desk, far_manager, stranger)
    base = f"/surveys/{survey.uuid}/ask/"
    for path in (base, f"{base}new/", f"{base}{rule.uuid}/", f"{base}{rule.uuid}/change/"):
        assert [who.get(path).status_code for who in clients] == [200, 403, 403, 403, 302], path
    for path in (f"{base}new/", f"{base}{rule.uuid}/do/"):
        assert [who.post(path).status_code for who in clients[1:]] == [403, 403, 403, 302], path
    sites = f"/surveys/{survey.uuid}/sites/"
    assert [who.post(sites).status_code for who in (reader, front_desk, stranger)] == [403, 403, 302]
    assert AskRule.objects.get().started_at is None


def test_a_rule_is_made_looked_at_started_and_stopped(post: Memory, survey: Survey, owner: Client) -> None:
    tag = customers.create_tag(name="Regular")
    base = f"/surveys/{survey.uuid}/ask/"
    sent = {
        "name": "After an order", "trigger": "event", "event_kind": PLACED, "delay": "2", "unit": "hours",
        "share": "50", "day_offset": "0", "did_days": "30", "patience_days": "3", "remind_days": "7",
        "expire_days": "30", "who_0": f"tag|is|{tag}", "not_0": "not", "did": "no", "did_kind": "return.made",
    }  # fmt: skip
    assert owner.post(f"{base}new/", {**sent, "event_kind": ""}).status_code == 422
    assert owner.post(f"{base}new/", {**sent, "remind_days": "40"}).status_code == 422
    page = owner.post(f"{base}new/", sent, follow=True).content.decode()
    rule = AskRule.objects.get()
    assert (rule.delay_minutes, rule.share, rule.did_not, rule.remind_days) == (120, 50, True, 7)
    assert rule.condition == {"all": [{"not": {"field": "tag", "operator": "is", "values": [tag]}}]}
    told = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert (
        "2 hours after “Order” · all customers · not: Tag: Regular · without “Return” in the last 30 days"
        " · 50 of a hundred" in told
    )
    assert f'value="tag|is|{tag}" selected' in owner.get(f"{base}{rule.uuid}/change/").content.decode()
    for deed, is_on in (("start", True), ("stop", False)):
        owner.post(f"{base}{rule.uuid}/do/", {"do": deed})
        rule.refresh_from_db()
        assert rule.is_on == is_on
    owner.post(f"{base}{rule.uuid}/do/", {"do": "remove"})
    assert owner.get(f"{base}{rule.uuid}/").status_code == 404
    owner.post(f"{base}{rule.uuid}/do/")
    assert owner.get(f"{base}{rule.uuid}/").status_code == 200
    assert AskState.WAITING not in states()


def kept() -> list[tuple[int, bool]]:
    """Whose places are kept, or were: person, and whether it still is."""
    rows = Reservation.objects.order_by("handle").values_list("handle", "ended_at")
    return [(handle, ended is None) for handle, ended in rows]


def test_a_survey_that_comes_first_keeps_its_place_until_it_asks(post: Memory, survey: Survey) -> None:
    (anna, _point), (boris, _other) = guests("anna", "boris")
    lesser = rule_of(publish(asked(QuestionType.CSAT, "q1"), name="Lesser"), delay_minutes=0)
    rule = rule_of(survey, comes_first=True)
    asking.note_events(changes=[placed(anna), placed(boris, 2)])
    assert kept() == [(anna, True), (boris, True)]
    sending.ask_all_due()
    told = Ask.objects.filter(rule=lesser).values_list("state", "reasons")
    assert list(told) == [("refused", ["reserved"])] * 2
    with clock.standing_at(NOON + 3 * HOUR):
        sending.ask_all_due()
        assert set(Ask.objects.filter(rule=rule).values_list("state", flat=True)) == {"asked"}
        assert kept() == [(anna, False), (boris, False)]
        # Whoever is meant again has a place again.
        asking.note_events(changes=[placed(anna, 3, at=NOON + 2 * HOUR)])
        assert kept() == [(anna, True), (boris, False)]


def test_a_place_is_let_go_by_whatever_ends_the_wish(post: Memory, survey: Survey) -> None:
    anna, boris, clara = (handle for handle, _point in guests("anna", "boris", "clara"))
    tag = customers.create_tag(name="Regular")
    customers.add_tag(tag_id=tag, people=[boris, clara], member=None)
    regular = {"all": [{"field": "tag", "operator": "is", "values": [tag]}]}
    rule = rule_of(survey, comes_first=True, condition=regular)
    asking.note_events(changes=[placed(anna, 1), placed(boris, 2), placed(clara, 3)])
    asking.note_events(changes=[placed(boris, 2, how="retracted")])
    assert kept() == [(anna, True), (boris, False), (clara, True)]
    asking.stop_rule(rule_id=rule.pk)
    assert kept() == [(anna, False), (boris, False), (clara, False)]
    asking.start_rule(rule_id=rule.pk)
    assert kept() == [(anna, True), (boris, False), (clara, True)]
    with clock.standing_at(NOON + 3 * HOUR):
        sending.ask_all_due()
    # Only Clara is in the audience, and she was asked.
    assert (states(), kept()) == (["outside", "undone", "asked"], [(anna, False), (boris, False), (clara, False)])
    asking.note_events(changes=[placed(boris, 4)])
    assert kept()[1] == (boris, True)
    asking.save_rule(survey_id=survey.pk, rule_id=rule.pk, comes_first=False)
    assert kept()[1] == (boris, False)


def test_a_place_is_kept_two_weeks_before_the_day_comes(post: Memory, survey: Survey) -> None:
    anna, boris, clara = (handle for handle, _point in guests("anna", "boris", "clara"))
    days = ["1990-06-10", "1990-06-17", "1990-06-18"]
    customers.note_traits(
        trait="birth_date", handles=[anna, boris, clara], values=days, valid_from=[NOON] * 3, source="shop"
    )
    rule_of(survey, Trigger.DAY, trait="birth_date", event_kind="", delay_minutes=0, comes_first=True)
    for _time in range(2):
        asking.note_days()
    assert (states(), kept()) == ([], [(anna, True), (boris, True)])


def test_the_card_says_why_somebody_was_asked_or_not(
    owner: Client, reader: Client, post: Memory, survey: Survey
) -> None:
    (anna, _point), boris = guests("anna", "boris")
    rule = rule_of(survey, delay_minutes=0, patience_days=0)
    say((boris[0], boris[1] or 0), "withdrawn", purpose="survey")
    asking.note_events(changes=[placed(anna, 1, at=NOON + HOUR), placed(boris[0], 2, at=NOON + HOUR)])
    with clock.standing_at(NOON + 2 * HOUR):
        sending.ask_all_due()
        send_all()
        pages = [owner.get(f"{card_address(one)}reach/").content.decode() for one in (anna, boris[0])]
        read = reader.get(f"{card_address(anna)}reach/").content.decode()
    told = [" ".join(re.sub(r"<[^>]*>", " ", page).split()) for page in pages]
    why = "Survey “Delivery” After an order: At once after “Order” · all customers"
    assert [text.partition(why)[2].partition(" What was done")[0] for text in told] == [
        " · just now Asked",
        " · just now They said no Not asked",
    ]
    assert [str(rule.uuid) in page for page in (*pages, read)] == [True, True, False]
