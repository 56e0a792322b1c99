"""What happened to a case, and when it waited."""

from dataclasses import dataclass

from wayloop.work.clocks import Wait
from wayloop.work.enums import CLOSED_STATES, EntryKind, State
from wayloop.work.models import CaseEntry, CaseStep


def entries_of(case_id: int) -> list[CaseEntry]:
    """The history, the latest first, with who did it. A case has few; the last 500 are enough for any."""
    rows = CaseEntry.objects.filter(case_id=case_id).select_related("member", "to_stage", "to_member", "cause")
    return list(rows.order_by("-pk")[:500])


def steps_of(case_id: int) -> list[CaseStep]:
    """The checklist in its order, with who ticked what."""
    return list(CaseStep.objects.filter(case_id=case_id).select_related("done_by").order_by("position", "pk"))


@dataclass(frozen=True)
class Stops:
    """When the clock of a case stood still, oldest first: `waits` for the customer, `all` also while it was closed."""

    waits: list[Wait]
    all: list[Wait]


def stops_of(case_id: int) -> Stops:
    """When the case waited for the customer, and when it was closed before it was opened anew."""
    moves = list(
        CaseEntry.objects.filter(case_id=case_id, kind=EntryKind.MOVED)
        .order_by("pk")
        .values_list("at", "to_stage__state")
    )
    stays = [
        (state, (at, ending[0] if ending else None))
        for (at, state), ending in zip(moves, [*moves[1:], None], strict=True)
    ]
    return Stops(
        waits=[stay for state, stay in stays if state == State.WAITING],
        all=[stay for state, stay in stays if state in (State.WAITING, *CLOSED_STATES)],
    )
