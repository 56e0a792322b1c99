"""Rules that ask people: made, started, stopped; what they mean to ask is written down, each thing once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.ledger import EventChange
from wayloop.kernel import clock
from wayloop.kernel.bulk import stage_rows
from wayloop.kernel.ids import digest_key, uuid7
from wayloop.kernel.jobs import enqueue
from wayloop.messaging import api as messaging
from wayloop.surveys.audience import fitting, is_drawn, next_people, people_on, running
from wayloop.surveys.enums import FILL_STEP, AskState, Trigger
from wayloop.surveys.models import Ask, AskRule
from wayloop.surveys.rules import SurveyRefused
from wayloop.surveys.services.places import (
    give_all_places_up,
    give_places_up,
    keep_places,
    keep_waiting_places,
)

MOST_RULES = 100
FILLED_AT_ONCE = 5_000
# A day is looked at again for so long, should nobody have worked when it began.
LATE_DAYS = 2
# So many days before somebody's day a rule that comes first keeps a place for them.
AHEAD_DAYS = 14
STAGED = "key uuid, handle bigint, event_id bigint, order_id bigint, location_id bigint, due_at timestamptz"
ADD = """
INSERT INTO surveys_ask (key, rule_id, handle, event_id, order_id, location_id, due_at, until, state, reasons)
SELECT key, %(rule)s, handle, event_id, order_id, location_id, due_at, due_at + make_interval(days => %(patience)s),
    'waiting', '[]'
FROM surveys_meant ORDER BY handle
ON CONFLICT (key) DO NOTHING
RETURNING handle, until
"""


@transaction.atomic
def save_rule(*, survey_id: int, rule_id: int | None = None, by: int | None = None, **wanted: Any) -> AskRule:
    """Makes a rule that asks nobody yet, or changes one; what was meant to be asked before stays as it was.

    Raises `SurveyRefused` when there are a hundred, or when a run has begun.
    """
    if rule_id is not None:
        rule = AskRule.objects.select_for_update().get(pk=rule_id, survey_id=survey_id, removed_at=None)
        if rule.trigger == Trigger.ONCE and rule.started_at is not None:
            raise SurveyRefused(_("This run has begun. Make a new one to ask others."))
        came_first = rule.comes_first
        for name, value in wanted.items():
            setattr(rule, name, value)
        rule.save()
        if came_first and not rule.comes_first:
            give_all_places_up(rule=rule)
        elif rule.comes_first and not came_first:
            keep_waiting_places(rule=rule)
        return rule
    if AskRule.objects.filter(survey_id=survey_id, removed_at=None).count() >= MOST_RULES:
        raise SurveyRefused(_("There are 100 rules already. Remove some first."))
    return AskRule.objects.create(uuid=uuid7(), survey_id=survey_id, created_at=clock.now(), created_by=by, **wanted)


@transaction.atomic
def start_rule(*, rule_id: int) -> AskRule:
    """Lets a rule ask from now on; of a run the people are looked up in the background.

    Raises `SurveyRefused` when the survey takes no answers.
    """
    rule = AskRule.objects.select_for_update(of=("self",)).select_related("survey").get(pk=rule_id, removed_at=None)
    if rule.survey.current is None or rule.survey.closed_at is not None:
        raise SurveyRefused(_("This survey takes no answers now. Publish or open it first."))
    if rule.stopped_at is not None or rule.started_at is None:
        rule.started_at, rule.stopped_at = rule.started_at or clock.now(), None
        rule.save(update_fields=["started_at", "stopped_at"])
        Ask.objects.filter(rule=rule, state=AskState.STOPPED, until__gt=clock.now()).update(
            state=AskState.WAITING, decided_at=None
        )
        keep_waiting_places(rule=rule)
    if rule.trigger != Trigger.ONCE:
        return rule
    if rule.run is None:
        rule.run = messaging.open_run(
            title=rule.name, subject_kind="survey", subject_id=rule.survey_id, member=rule.created_by
        )
        rule.save(update_fields=["run"])
    else:
        messaging.resume_run(run=rule.run)
    if rule.filled_at is None:
        enqueue(FILL_STEP, once=f"surveys.fill {rule.pk}", rule=rule.pk)
    return rule


@transaction.atomic
def stop_rule(*, rule_id: int) -> AskRule:
    """Asks nobody more; whoever waits for their time is not asked. Starting it again goes on with them."""
    rule = AskRule.objects.select_for_update().get(pk=rule_id)
    if rule.is_on:
        rule.stopped_at = clock.now()
        rule.save(update_fields=["stopped_at"])
    Ask.objects.filter(rule=rule, state=AskState.WAITING).update(state=AskState.STOPPED, decided_at=clock.now())
    if rule.comes_first:
        give_all_places_up(rule=rule)
    if rule.run is not None:
        messaging.stop_run(run=rule.run)
    return rule


@transaction.atomic
def remove_rule(*, rule_id: int) -> None:
    """Takes a rule away; who was asked by it stays on record."""
    stop_rule(rule_id=rule_id)
    AskRule.objects.filter(pk=rule_id).update(removed_at=clock.now())


@transaction.atomic
def restore_rule(*, rule_id: int) -> None:
    """Brings a rule back, stopped."""
    AskRule.objects.filter(pk=rule_id).update(removed_at=None)


@transaction.atomic
def note_events(*, changes: Sequence[EventChange]) -> None:
    """Writes down whom rules mean to ask about these events, and forgets what was taken back.

    History asks nobody. An event that is told twice is asked about once.
    """
    undone = [one.event.id for one in changes if one.how == "retracted"]
    if undone:
        _undo(undone)
    news = [one.event for one in changes if one.how == "happened" and one.is_news]
    if not news:
        return
    by_kind: dict[str, list[Any]] = {}
    for event in news:
        by_kind.setdefault(event.kind, []).append(event)
    for rule in running(Trigger.EVENT).filter(event_kind__in=by_kind):
        delay = timedelta(minutes=rule.delay_minutes)
        rows = [
            (
                digest_key("survey ask", str(rule.uuid), str(event.handle), f"{event.subject_kind} {event.subject_id}"),
                event.handle,
                event.id,
                event.subject_id if event.subject_kind == "order" else None,
                event.location_id,
                event.occurred_at + delay,
            )
            for event in by_kind[rule.event_kind]
            # What happened long ago and is told only now is nobody's last impression.
            if event.occurred_at + delay + timedelta(days=rule.patience_days) > clock.now()
            and is_drawn(rule, event.subject_id)
        ]
        _mean(rule, rows)


@transaction.atomic
def note_days() -> int:
    """Writes down whom rules mean to ask because their day has come; answers how many rules there are."""
    profile = business.profile()
    today = clock.now().astimezone(profile.zone_info).date()
    rules = list(running(Trigger.DAY))
    for rule in rules:
        for back in range(LATE_DAYS):
            day = today - timedelta(days=back)
            rows = [
                (
                    digest_key("survey ask", str(rule.uuid), str(person), day.isoformat()),
                    person,
                    None,
                    None,
                    None,
                    _morning(day, profile.zone_info) + timedelta(minutes=rule.delay_minutes),
                )
                for person in people_on(rule, [day])
                if is_drawn(rule, person)
            ]
            _mean(rule, rows)
        if rule.comes_first:
            coming = people_on(rule, [today + timedelta(days=ahead) for ahead in range(1, AHEAD_DAYS + 1)])
            keep_places(
                rule=rule,
                handles=sorted(fitting(rule, [person for person in coming if is_drawn(rule, person)])),
                until=_morning(today, profile.zone_info) + timedelta(days=AHEAD_DAYS + rule.patience_days),
            )
    return len(rules)


def fill_run(*, rule_id: int) -> None:
    """Writes down everybody a run means, in steps; a stopped one ends at once. Goes on where it was broken off."""
    while fill_some(rule_id=rule_id):
        pass


@transaction.atomic
def fill_some(*, rule_id: int, limit: int = FILLED_AT_ONCE) -> bool:
    """One step of it; answers whether there is more."""
    rule = AskRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None or not rule.is_on or rule.filled_at is not None:
        return False
    people = next_people(rule, rule.filled_to, limit)
    now = clock.now()
    rows = [
        (digest_key("survey ask", str(rule.uuid), str(person), "once"), person, None, None, None, now)
        for person in people
        if is_drawn(rule, person)
    ]
    _mean(rule, rows)
    rule.filled_to = people[-1] if people else rule.filled_to
    if len(people) < limit:
        rule.filled_at = now
    rule.save(update_fields=["filled_to", "filled_at"])
    return rule.filled_at is None


def _mean(rule: AskRule, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    stage_rows("surveys_meant", STAGED, rows)
    with connection.cursor() as cursor:
        cursor.execute(ADD, {"rule": rule.pk, "patience": rule.patience_days})
        added = cursor.fetchall()
    if added:
        keep_places(
            rule=rule, handles=[handle for handle, _until in added], until=max(until for _handle, until in added)
        )


def _undo(events: Sequence[int]) -> None:
    """What these were is not so any more: nobody is asked about it."""
    waiting = Ask.objects.filter(event_id__in=events, state=AskState.WAITING)
    kept = list(waiting.filter(rule__comes_first=True).values_list("rule__survey_id", "handle"))
    waiting.update(state=AskState.UNDONE, decided_at=clock.now())
    for survey_id in sorted({survey for survey, _handle in kept}):
        give_places_up(survey_id=survey_id, handles=[handle for survey, handle in kept if survey == survey_id])


def _morning(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=zone)
