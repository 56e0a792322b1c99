"""Agreements: made, changed, renewed, cancelled; and what their dates bring by themselves.

What happens is a step of the agreement and an event of the ledger. A step of a member can be taken back as long as
nothing followed it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.commerce.enums import (
    AGREEMENT_CANCELLED,
    AGREEMENT_CHANGED,
    AGREEMENT_DATES,
    AGREEMENT_ENDING,
    AGREEMENT_EXPIRED,
    AGREEMENT_MADE,
    AGREEMENT_RENEWED,
    AgreementKind,
    PricePeriod,
    Renewal,
)
from wayloop.commerce.models import Agreement, AgreementDocument, AgreementStep, Job
from wayloop.commerce.rules import LARGEST, CommerceRefused
from wayloop.commerce.services.told import Told, tell, untell
from wayloop.commerce.terms import DAY, Dates, next_end
from wayloop.kernel import clock
from wayloop.kernel.due.rules import Local
from wayloop.kernel.due.table import cancel, schedule_many
from wayloop.kernel.ids import uuid7

SUBJECT = "agreement"
# The wall clock at which somebody learns that an agreement ends soon.
TOLD_AT = time(9)
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2199, 12, 31)
LONGEST_TERM, LONGEST_NOTICE, LONGEST_NOTE = 120, 366, 4000
NUMBERS = "SELECT 'A-' || nextval('commerce_agreement_number') FROM generate_series(1, %s)"
# What a change writes, and what of it is told to the ledger.
WRITTEN = (
    "kind", "title", "number", "product_id", "location_id", "member_id", "starts_on", "ends_on", "price", "currency",
    "period", "renewal", "term_months", "notice_days", "note",
)  # fmt: skip
DAYS = ("starts_on", "ends_on", "cancelled_from", "told_end", "expired_on")
TOLD_OF = ("kind", "starts_on", "ends_on", "price", "currency", "period", "renewal", "term_months")


class AgreementChanged(Exception):
    """Somebody has changed the agreement since it was shown."""


@dataclass(frozen=True)
class Terms:
    """What is agreed on. Days are days of the business; `price` in minor units of `currency` for each `period`.

    `ends_on`: the last day, None for no end. `term_months`: how long another term is. `notice_days`: how long before
    its end somebody wants to know (0: not at all). An empty `number` gets one of ours.
    """

    kind: AgreementKind
    title: str
    starts_on: date
    ends_on: date | None = None
    price: int | None = None
    currency: str = ""
    period: PricePeriod | str = ""
    renewal: Renewal = Renewal.NONE
    term_months: int | None = None
    notice_days: int = 30
    number: str = ""
    note: str = ""
    product_id: int | None = None
    location_id: int | None = None
    member_id: int | None = None


class _Happened:
    """Steps of several agreements with what their events tell; written at the end, in one go for each kind."""

    def __init__(self) -> None:
        self.steps: list[tuple[AgreementStep, dict[str, Any]]] = []

    def add(
        self, row: Agreement, event: str, at: datetime, by: int | None, before: Mapping[str, Any], **details: Any
    ) -> AgreementStep:
        told = {name: value for name, value in details.items() if value not in (None, "")}
        step = AgreementStep(
            agreement=row, event=event, at=at, member_id=by, before=_plain(before), properties=_plain(told)
        )
        self.steps.append((step, told))
        return step


@transaction.atomic
def add_agreement(
    *, person: int, terms: Terms, by: int | None = None, is_history: bool = False, batch: str = ""
) -> Agreement:
    """Makes an agreement with a customer or company, and lets its dates be watched.

    What began before today is history in the ledger, also the terms and the end that passed since; with `is_history`
    all of it. `by`: the member; `batch` names an import. Raises `CommerceRefused` with one line when they cannot be.
    """
    return add_agreements(people=[person], terms=[terms], by=by, is_history=is_history, batch=batch)[0]


@transaction.atomic
def add_agreements(
    *, people: Sequence[int], terms: Sequence[Terms], by: int | None = None, is_history: bool = False, batch: str = ""
) -> list[Agreement]:
    """The same for many: the terms of each of these people, some of whom may stand there more than once."""
    now, reports = clock.now(), business.report_clock()
    today = reports.day_of(now)
    happened, rows = _Happened(), []
    for person, one in zip(people, terms, strict=True):
        check_terms(terms=one)
        row = Agreement(uuid=uuid7(), handle=person, created_at=now, batch=batch, **_columns(one))
        row.last_on = _dates(row).last_on
        at = now if row.starts_on >= today else reports.start_of(row.starts_on)
        details = {"what": row.kind, "starts": row.starts_on, "ends": row.ends_on, "period": row.period}
        happened.add(row, AGREEMENT_MADE, at, by, {}, **details)
        rows.append(row)
    nameless = [row for row in rows if not row.number]
    for row, number in zip(nameless, _numbers(len(nameless)), strict=True):
        row.number = number
    _follow(rows, happened, reports, now)
    Agreement.objects.bulk_create(rows, batch_size=2000)
    _schedule(rows, are_new=True)
    _write(happened, is_history=is_history, batch=batch)
    return rows


@transaction.atomic
def change_agreement(*, agreement_id: int, terms: Terms, seen: int, by: int | None = None) -> AgreementStep | None:
    """Writes other terms; answers the step, None when only words changed, or nothing.

    `seen`: the version the member saw. Raises `AgreementChanged` when there is a newer one, `CommerceRefused` when the
    terms cannot be.
    """
    check_terms(terms=terms)
    row = _locked(agreement_id, seen)
    wanted = _columns(terms) | {"number": terms.number or row.number}
    before = {name: getattr(row, name) for name in WRITTEN if getattr(row, name) != wanted[name]}
    if not before:
        return None
    if row.cancelled_from is not None and {"starts_on", "ends_on"} & before.keys():
        raise CommerceRefused(_("It is cancelled: its dates stay. Take the cancellation back first."))
    now, reports = clock.now(), business.report_clock()
    for name, value in wanted.items():
        setattr(row, name, value)
    _refresh(row)
    happened, step = _Happened(), None
    if before.keys() & set(TOLD_OF):
        details = {"starts": row.starts_on, "ends": row.ends_on, "period": row.period}
        step = happened.add(row, AGREEMENT_CHANGED, now, by, before, **details)
    else:
        _keep(row, before.keys())
    _settle([row], happened, reports, now)
    _write(happened)
    return step


@transaction.atomic
def renew_agreement(*, agreement_id: int, ends_on: date, seen: int, by: int | None = None) -> AgreementStep:
    """Lets an agreement go on until another last day.

    Raises `AgreementChanged`, or `CommerceRefused` for a day that is not later, and for a cancelled agreement.
    """
    row = _locked(agreement_id, seen)
    if row.cancelled_from is not None:
        raise CommerceRefused(_("It is cancelled. Take the cancellation back first, or make a new agreement."))
    if row.ends_on is None:
        raise CommerceRefused(_("It has no end, so there is nothing to renew."))
    if not row.ends_on < ends_on <= LAST_DAY:
        raise CommerceRefused(_("The new last day must lie behind the present one."))
    now, reports = clock.now(), business.report_clock()
    happened = _Happened()
    step = happened.add(row, AGREEMENT_RENEWED, now, by, {"ends_on": row.ends_on}, ends=ends_on, by_itself=False)
    row.ends_on = ends_on
    _refresh(row)
    _settle([row], happened, reports, now)
    _write(happened)
    return step


@transaction.atomic
def cancel_agreement(*, agreement_id: int, from_day: date, seen: int, by: int | None = None) -> AgreementStep:
    """Cancels an agreement: from `from_day` on it no longer holds.

    Raises `AgreementChanged`, or `CommerceRefused` when it is cancelled or over, or the day lies outside of it.
    """
    row = _locked(agreement_id, seen)
    now, reports = clock.now(), business.report_clock()
    if row.cancelled_from is not None:
        raise CommerceRefused(_("It is cancelled already."))
    if row.last_on < reports.day_of(now):
        raise CommerceRefused(_("It is over already."))
    if not row.starts_on <= from_day <= min(row.last_on, LAST_DAY) + DAY:
        raise CommerceRefused(_("Choose a day between its first day and the day after its last one."))
    row.cancelled_from = from_day
    _refresh(row)
    happened = _Happened()
    step = happened.add(row, AGREEMENT_CANCELLED, now, by, {"cancelled_from": None}, since=from_day)
    _settle([row], happened, reports, now)
    _write(happened)
    return step


@transaction.atomic
def undo_step(*, step_id: int) -> bool:
    """Takes back the latest step of a member, with what followed from it by itself: their events no longer count.

    An agreement whose making is undone is shown nowhere. Answers False when a member did something since, or it is
    undone already; of its making, also when documents or jobs hang on it by now.
    """
    found = AgreementStep.objects.filter(pk=step_id).values_list("agreement_id", flat=True)
    row = Agreement.objects.select_for_update().filter(pk__in=found, removed_at=None).first()
    steps = list(AgreementStep.objects.filter(agreement=row, pk__gte=step_id).order_by("-pk")) if row else []
    if row is None or not steps or any(not step.is_by_itself for step in steps[:-1]):
        return False
    if steps[-1].event == AGREEMENT_MADE and any(
        rows.objects.filter(agreement=row, removed_at=None).exists() for rows in (AgreementDocument, Job)
    ):
        return False
    for step in steps:
        for name, value in step.before.items():
            setattr(row, name, date.fromisoformat(value) if name in DAYS and value else value)
        untell(kind=step.event, message=str(step.pk), handle=row.handle, at=step.at)
        step.delete()
    if steps[-1].event == AGREEMENT_MADE:
        row.removed_at = clock.now()
    _refresh(row)
    _schedule([row])
    return True


@transaction.atomic
def settle_agreements(*, agreement_ids: Sequence[int]) -> None:
    """Does what the dates of these bring today: terms that follow by themselves, "ends in N days", ends. Once each."""
    rows = Agreement.objects.select_for_update().filter(pk__in=agreement_ids, removed_at=None).order_by("pk")
    happened = _Happened()
    _settle(list(rows), happened, business.report_clock(), clock.now())
    _write(happened)


def _settle(rows: Sequence[Agreement], happened: _Happened, reports: business.ReportClock, now: datetime) -> None:
    _follow(rows, happened, reports, now)
    Agreement.objects.bulk_update(rows, ["ends_on", "last_on", "told_end", "expired_on"])
    _schedule(rows)


def _follow(rows: Sequence[Agreement], happened: _Happened, reports: business.ReportClock, now: datetime) -> None:
    """What the dates of these bring until today, in the rows alone."""
    today = reports.day_of(now)
    for row in rows:
        while _dates(row).renews_itself and row.ends_on is not None and row.ends_on < today and row.term_months:
            before, begins = {"ends_on": row.ends_on}, reports.start_of(row.ends_on + DAY)
            row.ends_on = next_end(row.ends_on, row.term_months)
            happened.add(row, AGREEMENT_RENEWED, begins, None, before, ends=row.ends_on, by_itself=True)
        dates = _dates(row)
        row.last_on = dates.last_on
        if row.last_on < today and row.cancelled_from is None and row.expired_on != row.last_on:
            over = reports.start_of(row.last_on + DAY)
            happened.add(row, AGREEMENT_EXPIRED, over, None, {"expired_on": row.expired_on}, ends=row.last_on)
            row.expired_on = row.last_on
        elif row.ends_on is not None and row.told_end != row.ends_on and _is_near(dates, row.ends_on, today):
            details = {"days": (row.ends_on - today).days, "ends": row.ends_on, "renews": dates.renews_itself}
            happened.add(row, AGREEMENT_ENDING, now, None, {"told_end": row.told_end}, **details)
            row.told_end = row.ends_on


def _is_near(dates: Dates, ends_on: date, today: date) -> bool:
    return dates.notice_on is not None and dates.notice_on <= today <= ends_on


def _schedule(rows: Iterable[Agreement], *, are_new: bool = False) -> None:
    """The next day on which something happens by itself is on the due-table, or nothing is."""
    zone = business.profile().zone
    due = []
    for row in rows:
        when = None if row.removed_at else _next_moment(row)
        if when is None:
            # Of a new one nothing is there yet.
            if not are_new:
                cancel(AGREEMENT_DATES, row.pk)
        else:
            due.append((row.pk, Local(when, zone), {"agreement": row.pk}))
    schedule_many(AGREEMENT_DATES, due)


def _next_moment(row: Agreement) -> datetime | None:
    dates = _dates(row)
    if row.ends_on is None or row.cancelled_from is not None:
        return None
    if dates.notice_on is not None and row.told_end != row.ends_on and row.expired_on != row.ends_on:
        return datetime.combine(dates.notice_on, TOLD_AT)
    return datetime.combine(row.ends_on + DAY, time()) if row.expired_on != row.ends_on else None


def _write(happened: _Happened, *, is_history: bool = False, batch: str = "") -> None:
    AgreementStep.objects.bulk_create([step for step, _told in happened.steps])
    for event in dict.fromkeys(step.event for step, _told in happened.steps):
        mine = [_as_told(step, told) for step, told in happened.steps if step.event == event]
        tell(kind=event, subject_kind=SUBJECT, events=mine, is_history=is_history, batch=batch)


def _as_told(step: AgreementStep, details: Mapping[str, Any]) -> Told:
    row = step.agreement
    return Told(
        message=str(step.pk),
        handle=row.handle,
        subject=row.pk,
        at=step.at,
        location_id=row.location_id,
        product_id=row.product_id,
        amount=row.price if step.event in (AGREEMENT_MADE, AGREEMENT_RENEWED) else None,
        currency=row.currency,
        properties=details,
    )


def _keep(row: Agreement, names: Collection[str]) -> None:
    """What was written now stays when a step from before is undone."""
    for step in AgreementStep.objects.filter(agreement=row, event=AGREEMENT_CHANGED):
        step.before = {name: value for name, value in step.before.items() if name not in names}
        step.save(update_fields=["before"])


def _refresh(row: Agreement) -> None:
    row.version += 1
    row.last_on = _dates(row).last_on
    row.save()


def _locked(agreement_id: int, seen: int) -> Agreement:
    row = Agreement.objects.select_for_update().get(pk=agreement_id, removed_at=None)
    if row.version != seen:
        raise AgreementChanged
    return row


def _dates(row: Agreement) -> Dates:
    return Dates(row.starts_on, row.ends_on, row.cancelled_from, row.renewal, row.term_months, row.notice_days)


def _columns(terms: Terms) -> dict[str, Any]:
    found = {name: getattr(terms, name) for name in WRITTEN}
    found["title"], found["number"] = terms.title.strip(), terms.number.strip()
    found["note"] = terms.note.replace("\r\n", "\n").strip()[:LONGEST_NOTE]
    if terms.price is None:
        found["currency"] = found["period"] = ""
    return found


def check_terms(*, terms: Terms) -> None:
    """Raises `CommerceRefused` with one line when these cannot be."""
    if not terms.title.strip() or "\0" in terms.title + terms.number + terms.note:
        raise CommerceRefused(_("Write what was agreed on."))
    if not FIRST_DAY <= terms.starts_on <= LAST_DAY or (terms.ends_on is not None and terms.ends_on > LAST_DAY):
        raise CommerceRefused(_("Days between 1970 and 2199, please."))
    if terms.ends_on is not None and terms.ends_on < terms.starts_on:
        raise CommerceRefused(_("The last day lies before the first one."))
    if terms.renewal == Renewal.BY_ITSELF and not (terms.term_months and terms.ends_on):
        raise CommerceRefused(_("To go on by itself, it needs a last day and the length of another term."))
    if terms.term_months is not None and not 1 <= terms.term_months <= LONGEST_TERM:
        raise CommerceRefused(_("A term lasts from 1 to 120 months."))
    if not 0 <= terms.notice_days <= LONGEST_NOTICE:
        raise CommerceRefused(_("At most 366 days before its end, please."))
    if terms.price is not None and not (0 <= terms.price < LARGEST * 100 and terms.currency and terms.period):
        raise CommerceRefused(_("A price needs its currency and what it is for, and lies below ten million."))


def _numbers(count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS, [count])
        return [number for (number,) in cursor.fetchall()]


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As it is kept in JSON."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
