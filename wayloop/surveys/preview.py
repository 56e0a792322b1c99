"""Who would be asked in a week, who not and why: all are counted, some that stand for the rest are looked at."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from wayloop.contracts.privacy import ContactAsks
from wayloop.contracts.scope import Scope
from wayloop.customers import api as customers
from wayloop.kernel import clock
from wayloop.kernel.patience import fetch_within
from wayloop.messaging import api as messaging
from wayloop.privacy import api as privacy
from wayloop.surveys.audience import Audience, audience_of, days_of, is_drawn, title_of
from wayloop.surveys.enums import AskState, Trigger
from wayloop.surveys.models import AskRule

WEEK = timedelta(days=7)
# So many are looked at one by one; of more, so many stand for all.
CLOSELY, SPOTS = 1_000, 20
SHOWN = 8
# So long somebody waits for a number, and for those who stand for the rest.
COUNT_MS, LOOK_MS = 4_000, 3_000
EVENTS = """
SELECT e.person, e.subject_id FROM api_ledger_events e
WHERE e.kind = %(kind)s AND e.occurred_at > %(since)s AND e.occurred_at <= %(now)s AND e.person IS NOT NULL
"""
LATEST = f"{EVENTS} AND {{where}} ORDER BY e.occurred_at DESC LIMIT %(most)s"
COUNTED = "SELECT count(*) FROM ({things}) t WHERE {where}"
SOME = """
SELECT t.person, t.subject_id, count(*) OVER () FROM ({things}) t
WHERE {where} ORDER BY md5(t.subject_id::text) LIMIT %(most)s
"""
NEAR = (
    "SELECT t.person, t.subject_id FROM ({things}) t WHERE t.person > %(after)s AND {where} ORDER BY 1 LIMIT %(most)s"
)
LAST = "SELECT max(person) FROM ({things}) t"


@dataclass(frozen=True)
class Person:
    """One of those who were looked at; `reasons`: what stands against asking them, none: they would be asked."""

    uuid: UUID
    title: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class Preview:
    """What a week of a rule would look like.

    `meant`: whom rule and audience mean; None when that takes too long to count. `is_exact`: whether the numbers below
    are of all of them; else they are of `looked_at` and stand for the rest. `reasons`: what holds back how many.
    """

    meant: int | None
    looked_at: int
    left_out: int
    asked: int
    reasons: Sequence[tuple[str, int]]
    some_asked: Sequence[Person]
    some_not: Sequence[Person]
    is_gone: bool = False

    @property
    def is_exact(self) -> bool:
        """Whether everybody was looked at."""
        return self.meant == self.looked_at

    @property
    def is_uncounted(self) -> bool:
        """Whether even finding some takes longer than a page waits."""
        return self.meant != 0 and not self.looked_at

    @property
    def asked_in_all(self) -> int | None:
        """How many would be asked of all, about."""
        if self.meant is None or not self.looked_at:
            return None if self.meant is None else 0
        return round(self.meant * self.asked / self.looked_at)


@dataclass(frozen=True)
class Progress:
    """How far the asks of a rule are: state → how many."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """Those that are decided."""
        return self.total - self.counts.get(AskState.WAITING, 0)

    @property
    def lines(self) -> list[tuple[str, int]]:
        """State in words and number, of those there are."""
        return [(str(state.label), self.counts[state]) for state in AskState if self.counts.get(state)]


def preview_rule(rule: AskRule, scope: Scope) -> Preview:
    """A week of this rule as things are now, among the customers the scope lets see. Nothing is written or sent."""
    audience = audience_of(rule, scope)
    if audience.is_gone or title_of(rule) is None:
        return Preview(0, 0, 0, 0, (), (), (), is_gone=True)
    meant, rows = _everybody(rule, audience) if rule.trigger == Trigger.ONCE else _things(rule, audience)
    drawn = [(person, thing) for person, thing in rows if is_drawn(rule, thing)]
    people = [person for person, _thing in drawn]
    asks = ContactAsks(
        purpose=privacy.Purpose.SURVEY,
        channel=privacy.Channel.EMAIL,
        subject_kind="survey",
        subject_ids=[rule.survey_id] * len(drawn),
        keys=[f"preview {rule.uuid} {person} {thing}" for person, thing in drawn],
        handles=people,
        points=messaging.find_addresses(channel=privacy.Channel.EMAIL, handles=people),
    )
    (answers,) = privacy.preview_each(asks=[asks], at=_daytime())
    words = {reason.value: str(reason.label) for reason in privacy.Reason}
    reasons = Counter(words.get(answer.reasons[0], "") for answer in answers if not answer.is_granted)
    asked = [person for person, answer in zip(people, answers, strict=True) if answer.is_granted]
    held = [
        (person, [words.get(reason, reason) for reason in answer.reasons])
        for person, answer in zip(people, answers, strict=True)
        if not answer.is_granted
    ]
    return Preview(
        meant=meant,
        looked_at=len(rows),
        left_out=len(rows) - len(drawn),
        asked=len(asked),
        reasons=reasons.most_common(),
        some_asked=_faces([(person, []) for person in asked[:SHOWN]], scope),
        some_not=_faces(held[:SHOWN], scope),
    )


def progress_of(rule: AskRule) -> Progress:
    """How far a rule is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, count(*) FROM surveys_ask WHERE rule_id = %s GROUP BY 1", [rule.pk])
        return Progress(dict(cursor.fetchall()))


def progress_of_rules(rules: Sequence[int]) -> dict[int, Progress]:
    """The same of many."""
    found: dict[int, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rule_id, state, count(*) FROM surveys_ask WHERE rule_id = ANY (%s) GROUP BY 1, 2", [list(rules)]
        )
        for rule, state, count in cursor.fetchall():
            found.setdefault(rule, {})[state] = count
    return {rule: Progress(found.get(rule, {})) for rule in rules}


Looked = tuple[int | None, list[tuple[int, int]]]


def _things(rule: AskRule, audience: Audience) -> Looked:
    """How many things one would be asked about in a week, events as they were in the last seven, and some of them."""
    now = clock.now()
    things, values = EVENTS, {"kind": rule.event_kind, "since": now - WEEK, "now": now}
    if rule.trigger == Trigger.DAY:
        today = timezone.localtime(now).date()
        days = days_of(rule, [today + timedelta(days=n) for n in range(7)])
        if days is None:
            return 0, []
        things, values = f"SELECT d.person, d.person AS subject_id FROM ({days.text}) d", dict(days.values)  # noqa: S608
    values |= {**audience.values, "most": CLOSELY}
    rows = fetch_within(COUNT_MS, SOME.format(things=things, where=audience.where("t.person")), values)
    if rows is not None:
        return (rows[0][2] if rows else 0), [(person, thing) for person, thing, _count in rows]
    if rule.trigger == Trigger.DAY:
        return None, []
    return None, list(fetch_within(LOOK_MS, LATEST.format(where=audience.where("e.person")), values) or [])


def _everybody(rule: AskRule, audience: Audience) -> Looked:
    """How many are meant of all people, and some of them: spread over all, the same ones each time."""
    found = customers.people_of_condition({}, "all", Scope())
    assert found is not None  # noqa: S101 – an empty condition can always be read
    things, where = f"SELECT e.person, e.person AS subject_id FROM ({found.text}) e", audience.where("t.person")  # noqa: S608
    values = {**found.values, **audience.values}
    counted = fetch_within(COUNT_MS, COUNTED.format(things=things, where=where), values)
    meant = int(counted[0][0]) if counted else None
    near, until = NEAR.format(things=things, where=where), time.monotonic() + LOOK_MS / 1000

    def look(after: int, most: int) -> list[tuple[int, int]]:
        left = round((until - time.monotonic()) * 1000)
        return list((fetch_within(left, near, {**values, "after": after, "most": most}) if left > 0 else None) or [])

    if meant is not None and meant <= CLOSELY:
        return meant, look(0, CLOSELY)
    with connection.cursor() as cursor:
        cursor.execute(LAST.format(things=things), values)
        last = int((cursor.fetchone() or (0,))[0] or 1)
    rng = random.Random(f"preview {rule.uuid}")  # noqa: S311 – picks, guards nothing
    picked: dict[int, int] = {}
    for _spot in range(SPOTS):
        picked |= dict(look(rng.randrange(last), CLOSELY // SPOTS))
    return meant, list(picked.items())


def _faces(rows: Sequence[tuple[int, Sequence[str]]], scope: Scope) -> list[Person]:
    titles = customers.titles_of([person for person, _reasons in rows], scope)
    return [Person(titles[person].uuid, titles[person].title, reasons) for person, reasons in rows if person in titles]


def _daytime() -> Any:
    """Noon of today: at night nobody is asked, and everybody is in the morning."""
    return timezone.localtime(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0)
