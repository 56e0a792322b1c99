"""Who is meant by a rule, as sets: one statement for all people, however many there are."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from wayloop.contracts.audiences import AudienceSource, Chooser, PeopleSql
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers import api as customers
from wayloop.kernel import clock, registry
from wayloop.surveys.enums import Trigger
from wayloop.surveys.models import AskRule

DID = """
SELECT e.person FROM api_ledger_events e
WHERE e.kind = %(did_kind)s AND e.occurred_at >= %(did_since)s AND e.occurred_at <= %(did_now)s
"""
FITTING = "SELECT w.person FROM unnest(%(people)s::bigint[]) AS w (person) WHERE {where}"
NEXT_PEOPLE = """
SELECT c.person FROM ({everybody}) c WHERE c.person > %(after)s AND {where} ORDER BY c.person LIMIT %(limit)s
"""
ON_DAY = """
SELECT d.person, d.day FROM ({days}) d
WHERE (NOT %(yearly)s AND d.day = ANY (%(days)s)) OR (%(yearly)s AND substr(d.day, 6) = ANY (%(month_days)s))
"""


@dataclass(frozen=True)
class Audience:
    """A condition on `{person}` in SQL with its values. `is_gone`: what was chosen is not there any more: nobody."""

    parts: tuple[str, ...]
    values: Mapping[str, Any]
    is_gone: bool = False

    def where(self, person: str) -> str:
        """The condition on this column."""
        if self.is_gone:
            return "false"
        return " AND ".join(part.format(person=person) for part in self.parts) or "true"


def audience_of(rule: AskRule, scope: Scope = EVERYTHING) -> Audience:
    """Whom a rule means, without its trigger and its share; `scope` narrows it to what a reader may see."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    for found in _sets(rule, scope):
        if found is None:
            return Audience((), {}, is_gone=True)
        parts.append("{person} IN (" + found.text.replace("{", "{{").replace("}", "}}") + ")")
        values |= found.values
    if rule.did_kind:
        denied = "NOT EXISTS" if rule.did_not else "EXISTS"
        parts.append(f"{denied} ({DID} AND e.person = {{person}})")
        now = clock.now()
        values |= {"did_kind": rule.did_kind, "did_since": now - timedelta(days=rule.did_days), "did_now": now}
    return Audience(tuple(parts), values)


def fitting(rule: AskRule, people: Sequence[int]) -> set[int]:
    """Which of these people the rule means."""
    audience = audience_of(rule)
    with connection.cursor() as cursor:
        cursor.execute(FITTING.format(where=audience.where("w.person")), {**audience.values, "people": list(people)})
        return {person for (person,) in cursor.fetchall()}


def next_people(rule: AskRule, after: int, limit: int) -> list[int]:
    """The next people the rule means, by number, behind `after`; without its share."""
    audience = audience_of(rule)
    everybody = customers.people_of_condition({}, "all", EVERYTHING)
    assert everybody is not None  # noqa: S101 – an empty condition can always be read
    statement = NEXT_PEOPLE.format(everybody=everybody.text, where=audience.where("c.person"))
    with connection.cursor() as cursor:
        cursor.execute(statement, {**everybody.values, **audience.values, "after": after, "limit": limit})
        return [person for (person,) in cursor.fetchall()]


def running(trigger: Trigger) -> Any:
    """The rules of this trigger that ask now."""
    return AskRule.objects.filter(
        trigger=trigger,
        started_at__isnull=False,
        stopped_at=None,
        removed_at=None,
        survey__closed_at=None,
        survey__archived_at=None,
    ).order_by("pk")


def people_on(rule: AskRule, days: Iterable[date]) -> list[int]:
    """Whose day it is, so many days before or after, on one of these days; not yet who of them the rule means."""
    found = days_of(rule, days)
    if found is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(found.text, found.values)
        return [person for person, _day in cursor.fetchall()]


def days_of(rule: AskRule, days: Iterable[date]) -> PeopleSql | None:
    """The same as a statement of `person` and `day`; None when the trait is gone."""
    found = customers.people_by_day(rule.trait, "day")
    if found is None:
        return None
    held = [day - timedelta(days=rule.day_offset) for day in days]
    month_days = {f"{day:%m-%d}" for day in held}
    if any((day.month, day.day) == (2, 28) and not _is_leap(day.year) for day in held):
        # Whoever was born on the 29th is asked on the 28th of other years.
        month_days.add("02-29")
    values: Mapping[str, Any] = {
        **found.values,
        "yearly": rule.is_yearly,
        "days": [day.isoformat() for day in held],
        "month_days": sorted(month_days),
    }
    return PeopleSql(ON_DAY.format(days=found.text), values)


def is_drawn(rule: AskRule, thing: int) -> bool:
    """Whether this thing is among the share that is asked about."""
    return rule.share >= 100 or int(hashlib.md5(seed_of(rule, thing).encode()).hexdigest()[:8], 16) % 100 < rule.share  # noqa: S324 – a draw, no secret


def seed_of(rule: AskRule, thing: int) -> str:
    """What a draw is made from."""
    return f"{rule.uuid} {thing}"


def sources() -> dict[str, AudienceSource]:
    """The sorts of sets that can be chosen, by name."""
    return {one.name: one for one in registry.offers(AudienceSource)}  # type: ignore[type-abstract]


def choices_for(member: Chooser) -> list[tuple[str, list[tuple[str, str]]]]:
    """All sets the member may choose, under the name of their sort; the value is `source:key`."""
    found = []
    for source in sources().values():
        rows = [(f"{source.name}:{key}", name) for key, name in source.choices(member)]
        if rows:
            found.append((str(source.label), rows))
    return found


def title_of(rule: AskRule) -> str | None:
    """The name of the chosen set; None when it is gone, empty when everybody is meant."""
    if not rule.audience_source:
        return ""
    source = sources().get(rule.audience_source)
    return source.title(rule.audience_key) if source else None


def _sets(rule: AskRule, scope: Scope) -> Iterator[PeopleSql | None]:
    if rule.audience_source:
        source = sources().get(rule.audience_source)
        yield source.people(rule.audience_key, "set") if source else None
    if rule.condition or not scope.sees_everything:
        yield customers.people_of_condition(rule.condition, "who", scope)


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
