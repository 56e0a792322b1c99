"""Dates of agreements: how one stands today follows from them, and so does what happens next. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from wayloop.commerce.enums import AgreementState, Renewal
from wayloop.commerce.models.agreements import NO_END

DAY = timedelta(days=1)
# "Ends soon" in lists, on Home and in the line of health.
SOON_DAYS = 30


@dataclass(frozen=True)
class Dates:
    """The dates of one agreement, each a day of the business; `ends_on` and `last_on` are days on which it holds."""

    starts_on: date
    ends_on: date | None
    cancelled_from: date | None
    renewal: str
    term_months: int | None
    notice_days: int

    @property
    def last_on(self) -> date:
        """The last day it holds, whatever the reason; `NO_END` without one."""
        ends = [] if self.ends_on is None else [self.ends_on]
        if self.cancelled_from is not None:
            ends.append(self.cancelled_from - DAY)
        return min(ends, default=NO_END)

    @property
    def renews_itself(self) -> bool:
        """Whether another term follows without anybody doing anything."""
        return (
            self.renewal == Renewal.BY_ITSELF
            and self.cancelled_from is None
            and self.ends_on is not None
            and bool(self.term_months)
        )

    @property
    def notice_on(self) -> date | None:
        """The day from which on its end is near enough to be told; None when nobody wants to know."""
        if self.ends_on is None or self.cancelled_from is not None or not self.notice_days:
            return None
        return max(self.ends_on - timedelta(days=self.notice_days), self.starts_on)


def state_on(today: date, *, starts_on: date, last_on: date, cancelled_from: date | None) -> AgreementState:
    """How an agreement stands on a day of the business."""
    if last_on < today:
        return AgreementState.ENDED if cancelled_from is None else AgreementState.CANCELLED
    return AgreementState.PLANNED if starts_on > today else AgreementState.ACTIVE


def next_end(ends_on: date, months: int) -> date:
    """The last day of the term that follows one which ends on `ends_on`."""
    return add_months(ends_on + DAY, months) - DAY


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that is too short. Stays within the calendar."""
    count = day.year * 12 + day.month - 1 + months
    year, month = min(count // 12, NO_END.year), count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
