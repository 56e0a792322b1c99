"""Value types of the work: cases as they are opened, and what is told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from wayloop.kernel.stream.facts import fact


@dataclass(frozen=True)
class CaseColumns:
    """Many cases to be opened, as columns of equal length.

    `source`: which part of the program opens them ("survey", "review"). `abouts`: what makes each case this one, once
    for ever, as "answer:512"; an empty text: nothing does. `handles`: whose matter it is, None where nobody is known.
    `titles`: one line; `said`: what the customer said, or nothing. `location_ids`: None where there is no place.
    `opened_at`: aware instants, now where it is left out; what lies back two days is
    history, `is_history`: all of it is.
    """

    source: str
    abouts: Sequence[str]
    handles: Sequence[int | None]
    titles: Sequence[str]
    said: Sequence[str] = ()
    location_ids: Sequence[int | None] = ()
    opened_at: Sequence[datetime] = ()
    is_history: bool = False


@dataclass(frozen=True)
class OpenedCases:
    """What came of it, by the place in the columns: the case of each, and the places of those that are new."""

    ids: Sequence[int]
    new: frozenset[int]


class RecoverySurveys(Protocol):
    """Says which surveys can ask, after a case is closed, whether all is well again."""

    def choices(self) -> Sequence[tuple[int, Any]]:
        """Survey → what it is called, of those that can be asked now. One read."""
        ...


@dataclass(frozen=True)
class Origin:
    """What a case came from, for its page: a line of words, and where it is looked at (empty: nowhere)."""

    words: str
    address: str


class CaseOrigin(Protocol):
    """Knows things that cases are about. `prefix`: what their `about` begins with, up to the colon."""

    @property
    def prefix(self) -> str: ...

    def tell(self, keys: Sequence[str]) -> Mapping[str, Origin]:
        """What stands behind the colon → what it is; what is gone is left out. One read for all."""
        ...


class CaseChange(StrEnum):
    """What became of a case when it went into another stage."""

    MOVED = "moved"
    SOLVED = "solved"
    UNSOLVED = "unsolved"
    REOPENED = "reopened"
    TAKEN_BACK = "taken_back"


@fact("work.case_opened", person="handle")
@dataclass(frozen=True)
class CaseOpened:
    """A case is open. `handle`: whose matter it is, None when nobody is known; `member`: who has it, None: nobody yet.

    `playbook`: None when it was opened without one. `deadline`: None when nobody promised a time. `is_news` False for
    history, which triggers nothing.
    """

    case: int
    handle: int | None
    playbook: int | None
    location: int | None
    member: int | None
    deadline: datetime | None
    is_news: bool


@fact("work.case_moved", person="handle")
@dataclass(frozen=True)
class CaseMoved:
    """A case went from one stage into another; `state` is what standing there means: new, working, waiting, solved or
    unsolved. `by`: the member, None when the program did it. `is_news` False for history, which triggers nothing.
    """

    case: int
    handle: int | None
    change: CaseChange
    stage: int
    state: str
    location: int | None
    by: int | None
    is_news: bool


@fact("work.case_given", person="handle")
@dataclass(frozen=True)
class CaseGiven:
    """A case is somebody else's now; `member` None: nobody's."""

    case: int
    handle: int | None
    member: int | None
    by: int | None


@fact("work.case_overdue", person="handle")
@dataclass(frozen=True)
class CaseOverdue:
    """The deadline of an open case is over. Told once for each deadline."""

    case: int
    handle: int | None
    location: int | None
    member: int | None
    deadline: datetime


@fact("work.task_overdue")
@dataclass(frozen=True)
class TaskOverdue:
    """A task was to be done by now and is not. Told once for each time it was due."""

    task: int
    member: int | None
    due_at: datetime
