"""What a person or another part may do to the stream."""

from collections.abc import Iterable

from django.db import connection, transaction
from psycopg import sql

from wayloop.kernel.stream import parking
from wayloop.kernel.stream.listeners import Listener, listeners, says_nothing_of_rows, told
from wayloop.kernel.stream.provenance import reacting
from wayloop.kernel.stream.sources import sources

# What tells one living database from its copies: the cluster, its history since a restore, the database in it.
PLACE = """
SELECT (SELECT system_identifier FROM pg_control_system()) || '/' || (SELECT timeline_id FROM pg_control_checkpoint())
    || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def replay_parked(*, number: int, among: Iterable[Listener] | None = None) -> bool:
    """Digests one parked row now; answers whether that worked. Effects and settlement are one transaction.

    It comes after rows that were announced later; a listener for which the order matters looks at the row's position.
    Raises `LookupError` when the row is not parked or its listener no longer exists.
    """
    known = {one.name: one for one in (listeners() if among is None else among)}
    try:
        with transaction.atomic():
            parked = parking.locked_row(number)
            if parked.listener not in known:
                raise LookupError(f"the listener {parked.listener} no longer exists")
            listener = known[parked.listener]
            with reacting(listener.name, listener.announces, [parked.row], listener.deepest):
                listener.digest([parked.row])
            parking.settle(number=number, how="replayed")
    except LookupError:
        raise
    except Exception as error:
        if says_nothing_of_rows(error):
            raise
        parking.note_try(number=number, error=told(error))
        return False
    return True


@transaction.atomic
def dismiss_parked(*, number: int) -> None:
    """Decides that a parked row is not digested any more. Raises `LookupError` when it is not parked."""
    parking.locked_row(number)
    parking.settle(number=number, how="dismissed")


@transaction.atomic
def take_back_dismissal(*, number: int) -> None:
    """Lets a dismissed row wait again, as before. Raises `LookupError` when it was not dismissed."""
    if not parking.unsettle(number=number, how="dismissed"):
        raise LookupError(f"row {number} was not dismissed")


@transaction.atomic
def forget_listener(*, name: str) -> None:
    """Removes the cursors of a listener that the program no longer has, so that they hold no facts back.

    Raises `ValueError` for one it still has.
    """
    if name in {one.name for one in listeners()}:
        raise ValueError(f"{name} is alive")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kernel_streamcursor WHERE listener = %s", [name])


@transaction.atomic
def bump_epoch() -> int:
    """Begins a new epoch after a restore or a move and answers its number.

    In the new database transactions are counted anew, so their numbers may be smaller than those of rows that came
    along; the epoch keeps the order. Waits for transactions that are writing rows of the stream.
    """
    with connection.cursor() as cursor:
        # Whoever writes rows has read the epoch; nobody may write one of the old epoch after readers went past it.
        names = sql.SQL(", ").join(sql.Identifier(one.table) for one in sources())
        cursor.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(names))
        cursor.execute(PLACE)
        (place,) = cursor.fetchone()
        cursor.execute("UPDATE kernel_streamepoch SET epoch = epoch + 1, place = %s RETURNING epoch", [place])
        (epoch,) = cursor.fetchone()
        return int(epoch)


def notice_move() -> int | None:
    """Raises the epoch when this database is a copy that was restored or moved; answers the new one, else None.

    Call it before anything writes. It also notices a move nobody told us of: a dump brought into another server.
    """
    with connection.cursor() as cursor:
        cursor.execute(PLACE)
        (place,) = cursor.fetchone()
        cursor.execute("UPDATE kernel_streamepoch SET place = %s WHERE place = ''", [place])
        cursor.execute("SELECT place FROM kernel_streamepoch")
        moved = cursor.fetchone() != (place,)
    return bump_epoch() if moved else None
