"""What was set aside and waits for somebody: events, jobs and scheduled work, in one list with what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wayloop.contracts.shell import Text
from wayloop.kernel import jobs
from wayloop.kernel.due import table
from wayloop.kernel.stream import health, parking, services

EVENT, JOB, DUE = "events", "jobs", "due"


@dataclass(frozen=True)
class Line:
    """One thing: what it is called, why it was set aside, how often it was tried and since when it waits."""

    what: str
    number: int
    title: str
    problem: str
    tries: int | None
    since: datetime | None

    @property
    def can_be_left_out(self) -> bool:
        """What repeats would never come again when it was left out."""
        return (self.what, "leave-out") in DEEDS


@dataclass(frozen=True)
class Told:
    """How a deed ended, for a toast."""

    text: Text
    kind: Literal["good", "info", "bad"] = "info"


def lines(*, limit: int) -> list[Line]:
    """Everything that waits, at most `limit` of each kind."""
    events = [
        Line(EVENT, one.number, f"{one.row.kind} → {one.listener}", one.error, one.tries, one.parked_at)
        for one in parking.parked_rows(limit=limit)
    ]
    given_up = [
        Line(
            JOB,
            one.number,
            one.name,
            _("The worker ended each time this was done.") if one.is_deadly else _("It failed each time it was tried."),
            one.attempts or None,
            one.at,
        )
        for one in jobs.given_up(limit=limit)
    ]
    due = [
        Line(DUE, one.number, f"{one.name} {one.key}".strip(), one.problem, None, one.parked_at)
        for one in table.parked(limit=limit)
    ]
    return [*events, *given_up, *due]


def count() -> int:
    """How much waits. Three short looks at small indexes."""
    return health.parked_count() + jobs.given_up_count() + table.parked_count()


GONE = Told(gettext_lazy("Somebody was faster: this no longer waits."))


def settle(what: str, number: int, deed: str) -> Told:
    """Does one of `DEEDS` to what waits; answers `GONE` when somebody was faster."""
    try:
        return DEEDS[what, deed](number)
    except LookupError:
        return GONE


def _read_again(number: int) -> Told:
    if services.replay_parked(number=number):
        return Told(gettext_lazy("The event was read. Everything that follows from it is done."), "good")
    return Told(gettext_lazy("It failed again. The event stays here; the error is below."), "bad")


def _dismiss(number: int) -> Told:
    services.dismiss_parked(number=number)
    return Told(gettext_lazy("The event is left out: nothing will follow from it."))


def _take_back(number: int) -> Told:
    services.take_back_dismissal(number=number)
    return Told(gettext_lazy("The event waits here again."))


def _plainly(do: Callable[[int], bool], done: Text) -> Callable[[int], Told]:
    return lambda number: Told(done) if do(number) else GONE


SOON = gettext_lazy("It begins again in a moment.")
DEEDS: dict[tuple[str, str], Callable[[int], Told]] = {
    (EVENT, "again"): _read_again,
    (EVENT, "leave-out"): _dismiss,
    (EVENT, "back"): _take_back,
    (JOB, "again"): _plainly(jobs.do_again, SOON),
    (JOB, "leave-out"): _plainly(jobs.leave_out, gettext_lazy("The job is left out.")),
    (JOB, "back"): _plainly(jobs.take_back_leaving_out, gettext_lazy("The job waits here again.")),
    (DUE, "again"): _plainly(table.release_parked, SOON),
}
