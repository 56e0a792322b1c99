"""Facts are announced with their transaction and digested once each, in the order of their positions."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from wayloop.kernel import clock
from wayloop.kernel.stream import facts, listeners, partitions, services
from wayloop.kernel.stream.announce import announce
from wayloop.kernel.stream.facts import FactError, Position, Row, converter, fact
from wayloop.kernel.stream.listeners import Listener, ListenerError, digest, ensure_cursors, note_attempt
from wayloop.kernel.stream.parking import forget_settled, parked_rows
from wayloop.kernel.stream.provenance import TooDeep, Undeclared, because
from wayloop.kernel.stream.runner import Runner, drain
from wayloop.kernel.stream.sources import horizon, read, wait_for_horizon


class Colour(StrEnum):
    RED = "red"


@fact("test.counted", person="person")
@dataclass(frozen=True)
class Counted:
    number: int
    person: int | None = None


@fact("test.echoed")
@dataclass(frozen=True)
class Echoed:
    number: int


@fact("test.full")
@dataclass(frozen=True)
class Full:
    at: datetime
    day: date
    rate: Decimal
    colour: Colour
    ids: tuple[int, ...]
    is_big: bool
    note: str | None = None


@fact("test.grown", version=3)
@dataclass(frozen=True)
class Grown:
    total: int
    unit: str


@converter("test.grown", from_version=1)
def _renamed(payload: dict[str, Any]) -> dict[str, Any]:
    return {"total": payload["sum"]}


@converter("test.grown", from_version=2)
def _with_unit(payload: dict[str, Any]) -> dict[str, Any]:
    return payload | {"unit": "piece"}


class Notebook:
    """A listener that writes numbers into a table; some of them it cannot digest."""

    def __init__(self, name: str = "test.notebook", *, poison: Sequence[int] = (), **others: Any) -> None:
        self.poison = set(poison)
        self.batches: list[int] = []
        self.inside: Callable[[Sequence[Row]], None] = lambda rows: None
        settings: dict[str, Any] = {"kinds": ("test.counted",), "start": "beginning", **others}
        self.listener = Listener(name, digest=self.digest, **settings)

    def digest(self, rows: Sequence[Row]) -> None:
        self.batches.append(len(rows))
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO test_effect VALUES (%s, %s)", [(self.listener.name, row.fact.number) for row in rows]
            )
        self.inside(rows)
        bad = [row.fact.number for row in rows if row.fact.number in self.poison]
        if bad:
            raise ValueError(f"cannot digest {bad}")

    @property
    def effects(self) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM test_effect WHERE listener = %s ORDER BY ctid", [self.listener.name])
            return [number for (number,) in cursor.fetchall()]


@pytest.fixture(autouse=True)
def _effects(request: pytest.FixtureRequest) -> Iterator[None]:
    # pytest-django makes the database only when some test asks for it in its own way.
    if "db" in request.fixturenames:
        yield
        return
    request.getfixturevalue("committed")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_effect (listener text, number bigint)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_effect")


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """A second connection to the same database, to commit in another order."""
    parameters = connection.get_connection_params()
    parameters = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
    with psycopg.connect(**parameters) as found:
        yield found


def tell(*numbers: int, person: int | None = None) -> None:
    with transaction.atomic():
        announce(*(Counted(number, person) for number in numbers))


def tell_on(other: psycopg.Connection[Any], number: int) -> None:
    other.execute(
        "INSERT INTO kernel_fact (epoch, announced_at, kind, version, payload) SELECT epoch, now(), 'test.counted', 1,"
        " jsonb_build_object('number', %s::int) FROM kernel_streamepoch",
        (number,),
    )


def everything() -> Position:
    # Transactions of the other workers hold the horizon of the server back: on a slow machine for a minute or two.
    return wait_for_horizon(240)


def cut_the_connection(rows: Sequence[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def asked(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


# Facts


def test_facts_are_kept_by_weeks_and_none_is_refused_for_want_of_one(db: None) -> None:
    assert ("kernel_fact_rest",) in asked(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'kernel_fact'::regclass"
    )


def test_a_fact_comes_back_as_it_was_told() -> None:
    told = Full(datetime(2026, 5, 4, tzinfo=UTC), date(2026, 5, 4), Decimal("1.250"), Colour.RED, (1, 2), True)
    with transaction.atomic():
        announce(told)
    (row,) = read(["test.full"], after=facts.BEGINNING, up_to=everything(), limit=9)
    assert (row.fact, row.version, row.depth, row.cause) == (told, 1, 0, None)


def test_what_rolls_back_was_never_said() -> None:
    with transaction.atomic():
        announce(Counted(1))
        transaction.set_rollback(True)
    assert asked("SELECT count(*) FROM kernel_fact") == [(0,)]


def test_a_fact_needs_the_transaction_of_what_it_tells() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        announce(Counted(1))


@pytest.mark.parametrize("value", [True, "1", 1.0, None])
def test_a_value_of_another_type_is_refused(value: Any) -> None:
    with pytest.raises(FactError, match=r"test\.counted\.number must be int"):
        facts.encode(Counted(value))


def test_a_shape_that_cannot_travel_is_refused() -> None:
    @dataclass(frozen=True)
    class Loose:
        anything: dict[str, int]

    @dataclass
    class Soft:
        number: int

    for shape, reason in ((Loose, "ids and plain values"), (Soft, "frozen")):
        with pytest.raises(FactError, match=reason):
            fact("test.refused")(shape)
    with pytest.raises(FactError, match="taken"):
        fact("test.counted")(dataclass(frozen=True)(type("Another", (), {"__annotations__": {"number": int}})))


def test_older_versions_go_through_every_converter() -> None:
    assert facts.decode("test.grown", 1, {"sum": 5}) == Grown(5, "piece")
    assert facts.decode("test.grown", 2, {"total": 6}) == Grown(6, "piece")
    assert facts.decode("test.grown", 3, {"total": 7, "unit": "box"}) == Grown(7, "box")
    with pytest.raises(FactError, match="update the program"):
        facts.decode("test.grown", 4, {})


# Order


def test_a_transaction_that_commits_late_is_not_passed_over(other: psycopg.Connection[Any]) -> None:
    notebook = Notebook()
    tell_on(other, 1)  # the smaller position, committed last
    tell(2)
    drain([notebook.listener], seconds=0)
    before = notebook.effects
    other.commit()
    drain([notebook.listener])
    assert (before, notebook.effects) == ([], [1, 2])


def test_a_transaction_that_began_first_and_numbered_last_is_not_passed_over(other: psycopg.Connection[Any]) -> None:
    notebook = Notebook()
    other.execute("SELECT pg_current_xact_id()")
    tell(1)
    tell_on(other, 2)  # the greater id in the older transaction
    tell(3)
    drain([notebook.listener], seconds=0)
    other.commit()
    drain([notebook.listener])
    assert sorted(notebook.effects) == [1, 2, 3]


def test_rows_of_an_older_epoch_come_first_whatever_their_transaction() -> None:
    notebook = Notebook()
    tell(1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_fact SET xid = '99999999999'")
    services.bump_epoch()
    tell(2)
    drain([notebook.listener])
    assert notebook.effects == [1, 2]


def test_a_copy_of_the_database_raises_the_epoch_once() -> None:
    first = services.notice_move()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_streamepoch SET place = 'elsewhere'")
    before = horizon().epoch
    assert (first, services.notice_move(), services.notice_move()) == (None, before + 1, None)


def test_a_new_epoch_waits_for_those_who_still_write_in_the_old_one(other: psycopg.Connection[Any]) -> None:
    tell_on(other, 1)
    bumped = threading.Event()

    def bump() -> None:
        services.bump_epoch()
        bumped.set()
        connection.close()

    thread = threading.Thread(target=bump)
    thread.start()
    waited = not bumped.wait(0.3)
    other.commit()
    thread.join(5)
    assert (waited, bumped.is_set(), asked("SELECT epoch FROM kernel_fact")) == (True, True, [(horizon().epoch - 1,)])


# Cursors


def test_effects_and_cursor_are_one_transaction() -> None:
    notebook = Notebook(poison=[2])
    tell(1, 2)
    ensure_cursors(notebook.listener)
    outcome = digest(notebook.listener, 0, up_to=everything())
    assert (outcome.state, outcome.position, notebook.effects) == (listeners.State.FAILED, facts.BEGINNING, [])


def test_a_cursor_somebody_else_holds_is_left_alone(other: psycopg.Connection[Any]) -> None:
    notebook = Notebook()
    tell(1)
    ensure_cursors(notebook.listener)
    up_to = everything()
    other.execute("SELECT 1 FROM kernel_streamcursor FOR UPDATE")
    busy = digest(notebook.listener, 0, up_to=up_to)
    other.rollback()
    done = digest(notebook.listener, 0, up_to=up_to)
    assert (busy.state, done.state, notebook.effects) == (listeners.State.BUSY, listeners.State.DONE, [1])


def test_a_new_listener_starts_where_it_says() -> None:
    tell(1)
    everything()  # "now" is the horizon
    late, early = Notebook("test.late", start="now"), Notebook("test.early")
    drain([late.listener, early.listener])
    tell(2)
    drain([late.listener, early.listener])
    assert (late.effects, early.effects) == ([2], [1, 2])


def test_rows_of_other_kinds_are_passed() -> None:
    notebook = Notebook(kinds=("test.echoed",))
    tell(1, 2)
    drain([notebook.listener])
    (position,) = asked("SELECT epoch, xid::text::bigint, id FROM kernel_streamcursor")
    assert (Position(*position), notebook.batches) == (everything(), [])


def test_each_person_is_always_in_the_same_part() -> None:
    seen: dict[int, set[int]] = {}
    notebook = Notebook(parts=4)
    parts = iter(range(4))
    for person in range(20):
        tell(person, person + 100, person=person)
    tell(500)
    ensure_cursors(notebook.listener)
    up_to = everything()
    for part in parts:
        rows = read(["test.counted"], after=facts.BEGINNING, up_to=up_to, limit=99, part=part, parts=4)
        for row in rows:
            seen.setdefault(row.person if row.person is not None else -1, set()).add(part)
        digest(notebook.listener, part, up_to=up_to)
    assert {person: len(where) for person, where in seen.items()} == dict.fromkeys([*range(20), -1], 1)
    assert sorted(notebook.effects) == sorted([*range(20), *range(100, 120), 500])


def test_a_listener_with_other_parts_needs_another_name() -> None:
    ensure_cursors(Notebook(parts=4).listener)
    with pytest.raises(ListenerError, match="4 parts"):
        ensure_cursors(Notebook(parts=2).listener)


# What cannot be digested


def test_the_one_row_that_cannot_be_digested_is_parked_and_the_others_are_not() -> None:
    notebook = Notebook(poison=[13])
    tell(*range(40))
    drain([notebook.listener])
    (parked,) = parked_rows()
    assert notebook.effects == [number for number in range(40) if number != 13]
    assert (parked.listener, parked.row.fact, parked.error) == (
        "test.notebook",
        Counted(13),
        "ValueError: cannot digest [13]",
    )


def test_a_failed_batch_is_tried_again_whole_then_in_halves() -> None:
    notebook = Notebook(poison=[7])
    tell(*range(8))
    drain([notebook.listener])
    assert notebook.batches == [8, 8, 8, 8, 4, 4, 2, 2, 1, 1, 1, 1, 1]


def test_between_tries_time_passes() -> None:
    notebook = Notebook(poison=[1])
    tell(1)
    ensure_cursors(notebook.listener)
    states = [digest(notebook.listener, 0, up_to=everything()).state for _ in range(2)]
    assert states == [listeners.State.FAILED, listeners.State.WAITING]


def test_a_parked_row_can_be_replayed_once_it_can_be_digested() -> None:
    notebook = Notebook(poison=[1])
    tell(1, 2)
    drain([notebook.listener])
    (parked,) = parked_rows()
    failed = services.replay_parked(number=parked.number, among=[notebook.listener])
    (again,) = parked_rows()
    notebook.poison.clear()
    worked = services.replay_parked(number=parked.number, among=[notebook.listener])
    assert (failed, again.tries, worked, notebook.effects, parked_rows()) == (False, 5, True, [2, 1], [])
    with pytest.raises(LookupError):
        services.replay_parked(number=parked.number, among=[notebook.listener])


def test_a_parked_row_goes_a_month_after_it_was_settled() -> None:
    notebook = Notebook(poison={1, 2})
    for number in (1, 2):
        tell(number)
        drain([notebook.listener])
    services.dismiss_parked(number=parked_rows()[0].number)
    gone = []
    for days in (29, 31):
        with clock.standing_at(datetime.now(UTC) + timedelta(days=days)):
            gone.append(forget_settled())
    assert (gone, [parked.row.payload["number"] for parked in parked_rows()]) == ([0, 1], [2])


def test_a_parked_row_can_be_dismissed() -> None:
    notebook = Notebook(poison=[1])
    tell(1)
    drain([notebook.listener])
    services.dismiss_parked(number=parked_rows()[0].number)
    assert (parked_rows(), asked("SELECT settled_how FROM kernel_parkedrow")) == ([], [("dismissed",)])


def test_trouble_from_outside_is_not_held_against_a_row() -> None:
    notebook = Notebook()
    notebook.inside = cut_the_connection
    tell(1)
    ensure_cursors(notebook.listener)
    for _ in range(6):
        with pytest.raises(DatabaseError):
            digest(notebook.listener, 0, up_to=everything())
        connection.close()
    notebook.inside = lambda rows: None
    drain([notebook.listener])
    assert (parked_rows(), notebook.effects) == ([], [1])


def test_a_row_that_kills_whoever_digests_it_is_parked_in_the_end() -> None:
    notebook = Notebook(batch=4)
    tell(1, 2, 3, 4)
    ensure_cursors(notebook.listener)
    deaths = 0
    while not parked_rows():
        note_attempt(notebook.listener, 0, up_to=everything())  # and dies
        deaths += 1
    drain([notebook.listener])
    assert (deaths, parked_rows()[0].row.fact, notebook.effects) == (10, Counted(1), [2, 3, 4])


# Cause and depth


def echo(rows: Sequence[Row]) -> None:
    for row in rows:
        with because(row):
            announce(Echoed(row.fact.number))


def test_a_reaction_names_its_cause_and_its_depth() -> None:
    listener = Listener("test.echo", ("test.counted",), echo, "beginning", announces=frozenset({"test.echoed"}))
    tell(1, 2)
    drain([listener])
    assert asked(
        "SELECT payload->>'number', depth, cause = (SELECT id FROM kernel_fact AS o WHERE o.kind ="
        " 'test.counted' AND o.payload->'number' = f.payload->'number') FROM kernel_fact AS f"
        " WHERE kind = 'test.echoed' ORDER BY id"
    ) == [("1", 1, True), ("2", 1, True)]


def test_a_circle_is_cut_at_depth_twelve() -> None:
    def again(rows: Sequence[Row]) -> None:
        announce(*(Counted(row.fact.number) for row in rows))

    listener = Listener("test.circle", ("test.counted",), again, "beginning", announces=frozenset({"test.counted"}))
    tell(1)
    drain([listener])
    (parked,) = parked_rows()
    assert asked("SELECT max(depth) FROM kernel_fact") == [(12,)]
    assert (parked.row.depth, parked.error.split(":")[0]) == (12, TooDeep.__name__)


def test_a_listener_announces_what_it_has_declared_only() -> None:
    listener = Listener("test.echo", ("test.counted",), echo, "beginning")
    tell(1)
    drain([listener])
    assert parked_rows()[0].error.split(":")[0] == Undeclared.__name__


# Weeks


def test_weeks_are_made_ahead_and_dropped_when_everybody_has_passed() -> None:
    notebook, slow = Notebook(), Notebook("test.slow")
    begin = datetime(2031, 5, 7, 12, tzinfo=UTC)
    with clock.standing_at(begin):
        tell(1)  # falls into the rest
        made = partitions.ensure_weeks()
        tell(2)
    drain([notebook.listener])
    ensure_cursors(slow.listener)
    with clock.standing_at(begin + timedelta(days=60)):
        waiting = partitions.drop_old_weeks([notebook.listener, slow.listener])
        drain([slow.listener])
        dropped = partitions.drop_old_weeks([notebook.listener, slow.listener])
    # Runners of other tests may have made weeks of today, which go as well.
    ours = [[week for week in weeks if week in made] for weeks in (waiting, dropped)]
    assert (len(made), *ours) == (5, made[1:4], made[:1])
    assert (notebook.effects, asked("SELECT count(*) FROM kernel_fact")) == ([1, 2], [(0,)])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {made[4]}")


def test_what_a_listener_has_not_read_stays_also_while_it_does_not_run() -> None:
    begin, before = datetime(2033, 5, 7, 12, tzinfo=UTC), partitions._weeks()
    ensure_cursors(Notebook("test.stopped", parts=4).listener)
    runner = Runner([Notebook("test.stopped", parts=2).listener])
    with clock.standing_at(begin):
        partitions.ensure_weeks()
        tell(1)
    with clock.standing_at(begin + timedelta(days=60)):
        known = runner._ready()
        runner._tidy()
    assert (known, asked("SELECT count(*) FROM kernel_fact")) == ([], [(1,)])
    with connection.cursor() as cursor:
        for week in partitions._weeks() - before:
            cursor.execute(f"DROP TABLE {week}")


def test_weeks_are_not_made_twice() -> None:
    with clock.standing_at(datetime(2032, 5, 7, tzinfo=UTC)):
        made, again = partitions.ensure_weeks(), partitions.ensure_weeks()
    for week in made:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {week}")
    assert (len(made), again) == (5, [])


# The runner


def test_the_runner_digests_what_is_announced_and_survives_a_cut_connection() -> None:
    notebook = Notebook()
    runner = Runner([notebook.listener])
    runner.start()
    try:
        tell(1)
        assert eventually(lambda: notebook.effects == [1])
        asked(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
        tell(2)
        assert eventually(lambda: notebook.effects == [1, 2])
    finally:
        assert runner.stop()


def eventually(happened: Callable[[], bool], seconds: float = 10.0) -> bool:
    pause = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if happened():
            return True
        pause.wait(0.02)
    return False


def test_a_database_that_comes_and_goes_is_not_taken_for_deaths() -> None:
    notebook = Notebook()
    notebook.inside = cut_the_connection
    tell(1)
    everything()
    runner = Runner([notebook.listener])
    for _ in range(8):
        with pytest.raises(DatabaseError):
            runner.tick(runner._ready())
        connection.close()
    assert asked("SELECT attempts, narrow FROM kernel_streamcursor") == [(1, None)]
