"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Cases:
    """`api_work_cases`: one row per case that was not taken back, with today's person.

    `state`: new, working, waiting, solved or unsolved. `spent_seconds`: business seconds from opening to closing of
    closed ones, `waited_seconds` those of them that we waited for the customer. `given` and `cost` in minor units of
    `currency`. `is_recovered`: what the recovery survey said, null where it said nothing. `is_first`: of solved cases
    of known people, whether it was the only contact: never opened anew, and no other case of theirs with the same cause
    (or where one of the two is not known) was opened until seven days after it was closed.
    """

    id: int
    uuid: UUID
    number: int
    about: str | None
    source: str
    kind: str
    severity: str
    person: int | None
    location_id: int | None
    playbook_id: int | None
    stage_id: int
    state: str
    member_id: int | None
    cause_id: int | None
    opened_at: datetime
    deadline_at: datetime | None
    closed_at: datetime | None
    spent_seconds: int | None
    waited_seconds: int | None
    times_reopened: int
    given: int
    cost: int
    currency: str
    recovery_survey: int | None
    recovery: int | None
    is_recovered: bool | None
    is_first: bool | None


RELATIONS = {"api_work_cases": Cases}
