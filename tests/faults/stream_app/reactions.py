"""Three listeners: two of numbers, one of the echoes that the second announces."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from wayloop.kernel.stream.announce import announce
from wayloop.kernel.stream.facts import Row, fact
from wayloop.kernel.stream.listeners import listens
from wayloop.kernel.stream.provenance import because


@fact("model.numbered", person="person")
@dataclass(frozen=True)
class Numbered:
    """A number; a poisonous one cannot be digested by the first listener until everybody is cured."""

    number: int
    person: int
    is_poison: bool = False


@fact("model.echoed")
@dataclass(frozen=True)
class Echoed:
    """The same number again."""

    number: int


def write(listener: str, rows: Sequence[Row]) -> None:
    """The effect: a row for each, nothing forbids a second one."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO model_effect VALUES (%s, %s, %s)",
            [(listener, row.fact.number, row.position.epoch) for row in rows],
        )


@listens("model.first", Numbered, start="beginning", batch=50, parts=2)
def first(rows: Sequence[Row]) -> None:
    """Fails on poison, after its effects."""
    write("model.first", rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM model_cured")
        is_cured = cursor.fetchone() != (0,)
    if not is_cured and any(row.fact.is_poison for row in rows):
        raise ValueError("poison")


@listens("model.second", Numbered, start="beginning", batch=20, announces=[Echoed])
def second(rows: Sequence[Row]) -> None:
    """Writes and announces."""
    write("model.second", rows)
    for row in rows:
        with because(row):
            announce(Echoed(row.fact.number))


@listens("model.echo", Echoed, start="beginning", batch=50)
def echo(rows: Sequence[Row]) -> None:
    """Hears what the second has announced."""
    write("model.echo", rows)
