"""Relations that higher contexts may join in SQL: read-only views, version 1."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Messages:
    """`api_messaging_messages`: one row per message. `about_kind`, `about_id`: the row it serves.

    `state` is a value of `MessageState`, `reason` why it was refused; `ended_at` when it was handed over or refused.
    """

    id: int
    handle: int
    purpose: str
    channel: str
    subject_kind: str
    subject_id: int
    about_kind: str
    about_id: int
    run_id: int | None
    state: str
    reason: str
    asked_at: datetime
    ended_at: datetime | None


RELATIONS = {"api_messaging_messages": Messages}
