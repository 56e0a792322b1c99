"""Reads of agreements: the list, one with its steps and documents, those of a customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.utils import timezone

from wayloop.commerce.enums import AgreementKind, AgreementState, PricePeriod, Renewal
from wayloop.commerce.models import NO_END, Agreement, AgreementDocument, AgreementStep
from wayloop.commerce.terms import SOON_DAYS, state_on
from wayloop.contracts.scope import Scope
from wayloop.kernel import clock
from wayloop.kernel.paging import Page, Total, count_rows, cut_page, read_key

State = Literal["active", "ending", "unrenewed", "planned", "ended", "all"]
STATES: tuple[State, ...] = ("active", "ending", "unrenewed", "planned", "ended", "all")
COLUMNS = """
a.id, a.uuid, a.number, a.kind, a.title, p.person, a.location_id, a.starts_on, a.ends_on, a.last_on, a.cancelled_from,
a.price, a.currency, a.period, a.renewal
"""
FROM = "FROM commerce_agreement a LEFT JOIN api_identity_people p ON p.handle = a.handle"
# Those that end first come first; of what is over, the last.
ENDING = "a.starts_on <= %(today)s AND a.last_on BETWEEN %(today)s AND %(soon)s"
CONDITIONS: Mapping[State, str] = {
    "active": "a.starts_on <= %(today)s AND a.last_on >= %(today)s",
    "ending": ENDING,
    "unrenewed": f"{ENDING} AND a.renewal <> 'itself' AND a.cancelled_from IS NULL",
    "planned": "a.starts_on > %(today)s AND a.last_on >= %(today)s",
    "ended": "a.last_on < %(today)s",
    "all": "true",
}


@dataclass(frozen=True)
class AgreementFilter:
    """What a list shows. `text`: the beginning of a number, or part of a title."""

    state: State = "active"
    kind: str = ""
    location: int | None = None
    person: int | None = None
    text: str = ""


@dataclass(frozen=True)
class AgreementRow:
    """One agreement in a list. `price` in minor units; `state` as of `today`, the business's day."""

    id: int
    uuid: UUID
    number: str
    kind: str
    title: str
    person: int | None
    location_id: int | None
    starts_on: date
    ends_on: date | None
    last_on: date
    cancelled_from: date | None
    price: int | None
    currency: str
    period: str
    renewal: str
    today: date

    @property
    def state(self) -> AgreementState:
        """How it stands."""
        return state_on(self.today, starts_on=self.starts_on, last_on=self.last_on, cancelled_from=self.cancelled_from)

    @property
    def has_end(self) -> bool:
        """Whether there is a last day."""
        return self.last_on != NO_END

    @property
    def days_left(self) -> int | None:
        """Days until its last one, while it is in force and that is near; else None."""
        days = (self.last_on - self.today).days
        return days if self.state == AgreementState.ACTIVE and days <= SOON_DAYS else None

    @property
    def renews_itself(self) -> bool:
        """Whether another term follows by itself."""
        return self.renewal == Renewal.BY_ITSELF and self.cancelled_from is None

    @property
    def kind_label(self) -> str:
        """What was agreed on, in words."""
        return str(AgreementKind(self.kind).label)

    @property
    def period_label(self) -> str:
        """What the price is for, in words; empty without a price."""
        return str(PricePeriod(self.period).label) if self.period else ""


def today() -> date:
    """The day on the reader's wall; pages run by the clock of the business."""
    return timezone.localtime(clock.now()).date()


def list_agreements(
    *, scope: Scope, wanted: AgreementFilter, day: date, after: str | None = None, limit: int = 50
) -> Page[AgreementRow]:
    """A page of agreements as they stand on `day`: those that end first come first, of what is over the last."""
    where, values = _conditions(scope, wanted, day)
    key = read_key(after, str, int)
    is_back = wanted.state in ("ended", "all")
    sign, direction = ("<", "DESC") if is_back else (">", "ASC")
    last = _day(key[0]) if key else None
    if key and last:
        where += f" AND (a.last_on, a.id) {sign} (%(last_on)s, %(last)s)"
        values |= {"last_on": last, "last": key[1]}
    rows = _rows(
        f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY a.last_on {direction}, a.id {direction} LIMIT %(limit)s",
        values | {"limit": limit + 1},
        day,
    )
    return cut_page(rows, limit, lambda row: (row.last_on.isoformat(), row.id))


def count_agreements(*, scope: Scope, wanted: AgreementFilter, day: date, exact: bool = False) -> Total:
    """How many rows `list_agreements` has in all."""
    where, values = _conditions(scope, wanted, day)
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values, exact=exact)


def ending_unrenewed(*, scope: Scope, day: date, person: int | None = None, limit: int = 3) -> list[AgreementRow]:
    """Agreements whose end is near and does not renew itself, the nearest first."""
    where, values = _conditions(scope, AgreementFilter("unrenewed", person=person), day)
    statement = f"SELECT {COLUMNS} {FROM} WHERE {where} ORDER BY a.last_on, a.id LIMIT %(limit)s"
    return _rows(statement, values | {"limit": limit}, day)


def count_ending_unrenewed(*, scope: Scope, day: date) -> int:
    """How many of those there are."""
    where, values = _conditions(scope, AgreementFilter("unrenewed"), day)
    return count_rows(f"SELECT 1 {FROM} WHERE {where}", values).number


def agreement_by_uuid(uuid: UUID, scope: Scope) -> Agreement | None:
    """The agreement at this address, or None when there is none that the scope lets see."""
    found = Agreement.objects.select_related("member", "product").filter(uuid=uuid, removed_at=None).first()
    hidden = found is not None and scope.locations is not None and found.location_id not in (None, *scope.locations)
    return None if hidden else found


def steps_of(agreement_id: int) -> list[AgreementStep]:
    """What happened to an agreement, the latest first."""
    return list(AgreementStep.objects.filter(agreement_id=agreement_id).select_related("member").order_by("-pk"))


def documents_of(agreement_id: int) -> list[AgreementDocument]:
    """The files of an agreement, the newest first."""
    rows = AgreementDocument.objects.filter(agreement_id=agreement_id, removed_at=None)
    return list(rows.select_related("member", "file").order_by("-pk"))


def agreement_words(ids: Sequence[int]) -> dict[int, tuple[UUID, str, str]]:
    """Agreement → address, title, kind."""
    rows = Agreement.objects.filter(pk__in=ids, removed_at=None).values_list("pk", "uuid", "title", "kind")
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def _rows(statement: str, values: Mapping[str, Any], day: date) -> list[AgreementRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [AgreementRow(*(*row, day)) for row in cursor.fetchall()]


def _conditions(scope: Scope, wanted: AgreementFilter, day: date) -> tuple[str, dict[str, Any]]:
    where = ["a.removed_at IS NULL", CONDITIONS[wanted.state]]
    values: dict[str, Any] = {"today": day, "soon": day + timedelta(days=SOON_DAYS)}
    if scope.locations is not None:
        where.append("(a.location_id IS NULL OR a.location_id = ANY (%(locations)s))")
        values["locations"] = list(scope.locations)
    if wanted.kind:
        where.append("a.kind = %(kind)s")
        values["kind"] = wanted.kind
    if wanted.location is not None:
        where.append("a.location_id = %(location)s")
        values["location"] = wanted.location
    if wanted.person is not None:
        where.append("p.person = %(person)s")
        values["person"] = wanted.person
    if text := wanted.text.replace("\0", "").strip():
        where.append("(starts_with(a.number, %(text)s) OR a.title ILIKE %(like)s)")
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        values |= {"text": text, "like": f"%{escaped}%"}
    return " AND ".join(where), values


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
