"""When the database is away: it restarts, has no room, or cannot be reached. Nobody did anything wrong."""

from django.db import DatabaseError, InterfaceError, OperationalError

# The beginnings of SQLSTATE: none (the connection was lost, or none was to be had in time), connection, resources,
# shutdown.
STATES = ("", "080", "530", "531", "532", "533", "534", "57P")
# When asking again may help.
RETRY_SECONDS = 5


def state_of(error: BaseException) -> str:
    """PostgreSQL's code of an error that came through Django; empty where there is none."""
    return str(getattr(error.__cause__, "sqlstate", "") or "") if isinstance(error, DatabaseError) else ""


def is_outage(error: BaseException | None) -> bool:
    """Whether connection, server or disk failed, and the same may work in a moment."""
    if isinstance(error, InterfaceError):
        return True
    return isinstance(error, OperationalError) and state_of(error)[:3] in STATES
