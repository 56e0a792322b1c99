"""The months (UTC) by which events are kept, as numbers: 0 is January 2000, earlier ones are negative."""

from datetime import UTC, datetime


def month_of(moment: datetime) -> int:
    """The month an instant falls into."""
    moment = moment.astimezone(UTC)
    return (moment.year - 2000) * 12 + moment.month - 1


def start_of(month: int) -> datetime:
    """Its first instant."""
    year, index = divmod(month, 12)
    return datetime(2000 + year, index + 1, 1, tzinfo=UTC)


def partition_of(month: int) -> str:
    """The table of a month that has one of its own."""
    year, index = divmod(month, 12)
    return f"ledger_event_{2000 + year}_{index + 1:02d}"
