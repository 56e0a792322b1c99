"""Reads of the audit trail."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from wayloop.accounts import acts
from wayloop.accounts.models import ApiKey, AuditEntry, Member
from wayloop.contracts.audit import Act
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, cut_page, read_key
from wayloop.kernel.registry import offers

PER_PAGE = 50
AT_ONCE = 2_000


@dataclass(frozen=True)
class TrailRow:
    """One line of the trail: who did what to what, when, from where."""

    id: int
    at: datetime
    who: str
    key: str
    act: str
    kind: str
    subject: str
    subject_name: str
    details: dict[str, Any]
    address: str


@dataclass(frozen=True)
class TrailFilter:
    """What is asked of the trail; empty parts ask nothing. `days`: of the last so many."""

    member: int | None = None
    group: str = ""
    days: int | None = None


def known_acts() -> dict[str, Act]:
    """Every act by its name."""
    return {one.name: one for one in offers(Act)}


def trail(*, asked: TrailFilter, after: str | None, limit: int = PER_PAGE) -> Page[TrailRow]:
    """Lines, newest first, behind the key `after`."""
    rows: QuerySet[AuditEntry] = AuditEntry.objects.order_by("-id")
    known = known_acts()
    if asked.member is not None:
        rows = rows.filter(member_id=asked.member)
    if asked.group:
        rows = rows.filter(act__in=[name for name, one in known.items() if one.group == asked.group])
    if asked.days:
        rows = rows.filter(at__gte=clock.now() - timedelta(days=asked.days))
    key = read_key(after, int)
    found = list((rows.filter(id__lt=key[0]) if key else rows)[: limit + 1])
    people = {one.member_id for one in found} | {_number(one) for one in found if one.subject_kind == "member"}
    names = dict(Member.objects.filter(pk__in=[one for one in people if one]).values_list("pk", "name"))
    keys = dict(ApiKey.objects.filter(pk__in={one.key_id for one in found if one.key_id}).values_list("pk", "name"))
    told = [
        TrailRow(
            id=one.pk,
            at=one.at,
            who=names.get(one.member_id or 0, ""),
            key=keys.get(one.key_id or 0, ""),
            act=str(known[one.act].label) if one.act in known else one.act,
            kind=one.subject_kind,
            subject=one.subject_id,
            subject_name=names.get(_number(one) or 0, "") if one.subject_kind == "member" else "",
            details=one.details,
            address=one.address,
        )
        for one in found
    ]
    return cut_page(told, limit, lambda row: (row.id,))


def trail_lines(*, asked: TrailFilter, most: int) -> Iterator[TrailRow]:
    """The newest lines, at most so many, page by page."""
    after, left = None, most
    while left > 0:
        page = trail(asked=asked, after=after, limit=min(AT_ONCE, left))
        yield from page.rows
        left -= len(page.rows)
        after = page.next_key
        if after is None:
            return


def people_of_trail() -> list[tuple[int, str]]:
    """Everybody who may stand in the trail, by name."""
    return list(Member.objects.order_by("name", "pk").values_list("pk", "name"))


def refusals(*, days: int) -> tuple[int, list[tuple[str, int]]]:
    """How often sign-in was refused in the last days, and the addresses it came from most."""
    rows = AuditEntry.objects.filter(
        act__in=[acts.SIGN_IN_REFUSED.name, acts.CODE_REFUSED.name], at__gte=clock.now() - timedelta(days=days)
    )
    by_address = rows.values_list("address").annotate(n=Count("id")).order_by("-n", "address")[:3]
    return rows.count(), [(address, number) for address, number in by_address]


def _number(entry: AuditEntry) -> int | None:
    return int(entry.subject_id) if entry.subject_id.isdecimal() else None
