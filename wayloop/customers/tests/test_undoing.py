"""An import is taken back and leaves no trace; what people did since stays with whom it is about."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from wayloop.contracts.customers import CustomerColumns
from wayloop.contracts.imports import BatchUndo
from wayloop.contracts.ledger import EventColumns
from wayloop.contracts.scope import EVERYTHING
from wayloop.customers import api as customers
from wayloop.customers.models import Card, Note, TraitDefinition, TraitValue, Word
from wayloop.customers.services.people import rename_customer
from wayloop.customers.services.traits import set_trait
from wayloop.customers.testing import SPRING
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind, Known
from wayloop.kernel import clock, registry
from wayloop.ledger import api as ledger

DAY = timedelta(days=1)
PHONES = ("+380671234501", "+380671234502", "+380671234503")


@dataclass(frozen=True)
class Row:
    """What a file says of one customer; `number` is theirs in the source."""

    number: str
    name: str = ""
    phone: str = ""
    town: str = ""
    day: int = 0
    place: int | None = None


def bring(*rows: Row, source: str = "crm", batch: str = "import:1", events: bool = False) -> list[int]:
    """Brings these customers in as an import does, or live without a batch; answers their handles."""
    found = identity.recognise(
        columns=[
            Known(IdentifierKind.EXTERNAL, [row.number for row in rows], source, is_own=True),
            Known(IdentifierKind.PHONE, [row.phone or None for row in rows]),
        ],
        batch=batch,
    )
    handles = [handle for handle in found if handle is not None]
    moments = [SPRING + row.day * DAY for row in rows]
    customers.note_sightings(
        columns=CustomerColumns(
            handles=handles,
            known_as=[row.number for row in rows],
            seen_at=moments,
            source=source,
            names=[row.name for row in rows],
            traits={"town": [row.town for row in rows]},
            location_ids=[row.place for row in rows],
            batch=batch,
        )
    )
    if events:
        ledger.record_events(
            columns=EventColumns(
                kind="order.placed",
                source=source,
                is_news=False,
                message_ids=[f"{row.number}/{row.day}" for row in rows],
                handles=handles,
                occurred_at=moments,
                offset_minutes=[0] * len(rows),
                subject_kind="order",
                subject_ids=[0] * len(rows),
                batch=batch,
            )
        )
    return handles


def undo(batch: str = "import:1", limit: int = 1_000) -> int:
    """Takes an import back in as many steps as it needs; answers how many."""
    steps = 0
    for one in sorted(registry.offers(BatchUndo), key=lambda one: one.rank):  # type: ignore[type-abstract]
        while one.undo_step(batch=batch, limit=limit):
            steps += 1
    return steps


def ask(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return sorted(cursor.fetchall(), key=str)


# Whom a row is about: by all they are known by, instead of numbers of ours.
WHO = """(SELECT string_agg(DISTINCT i.kind || i.namespace || i.value, ' ' ORDER BY i.kind || i.namespace || i.value)
    FROM identity_identifier i WHERE i.handle = {handle})"""
VISIBLE = {
    "people": "SELECT {who}, ordinal IS NULL FROM identity_person p",
    "identifiers": "SELECT kind, namespace, value, leads, {who} FROM identity_identifier p",
    "points": "SELECT kind, digest FROM identity_contactpoint",
    "cards": "SELECT name, named_at, is_name_kept, handle_text, kind, sort_key::text, traits::text, location_ids, "
    "first_seen_at, seen_at, search::text, {who} FROM (SELECT *, person AS handle FROM customers_card) p",
    "values": "SELECT trait, value::text, source, valid_from, member_id, {who} FROM customers_traitvalue p "
    "WHERE retracted_at IS NULL AND NOT is_repeat",
    "notes": "SELECT text, {who} FROM customers_note p",
    # Former names leave words behind until the night; what counts is that nobody is lost.
    "words": "SELECT DISTINCT word FROM customers_word JOIN customers_card ON search @@ word::tsquery",
    "events": "SELECT kind, occurred_at, {who} FROM ledger_event p "
    "WHERE NOT EXISTS (SELECT FROM ledger_void v WHERE v.event_id = p.id)",
    "keys": "SELECT key FROM ledger_eventkey",
    "claims": "SELECT batch FROM identity_claim",
}


def visible() -> dict[str, list[tuple[Any, ...]]]:
    """All that is known of whom."""
    return {name: ask(statement.format(who=WHO.format(handle="p.handle"))) for name, statement in VISIBLE.items()}


def test_what_only_an_import_told_is_gone(db: None) -> None:
    before = visible()
    handles = bring(Row("1", "Anna Sad", PHONES[0], "Kyiv"), Row("2", "Борис", town="Lviv", place=1), events=True)
    assert (len(visible()["cards"]), len(handles)) == (2, 2)
    undo()
    assert (visible(), Word.objects.count()) == (before, 0)
    assert customers.find_people("Anna", EVERYTHING, 5) == []
    assert bring(Row("1", "Anna Sad", PHONES[0]), batch="import:2") != handles[:1]


def test_steps_are_small_and_the_next_call_goes_on(db: None) -> None:
    before = visible()
    bring(*(Row(str(number), f"N{number}", town="Kyiv") for number in range(7)), events=True)
    assert undo(limit=2) > 3 * 3
    assert (visible(), undo()) == (before, 0)


def test_whoever_was_known_before_is_as_they_were(db: None) -> None:
    bring(Row("1", "Anna", PHONES[0], "Kyiv", day=5, place=1), batch="")
    before = visible()
    bring(Row("1", "Hanna", PHONES[1], "Lviv", day=9, place=2), Row("1", "A", town="Odesa", day=0, place=3))
    (anna,) = Card.objects.all()
    assert (anna.name, anna.traits, anna.location_ids) == ("Hanna", {"town": "Lviv"}, [1, 2, 3])
    undo()
    assert visible() == before


def test_what_two_imports_told_stays_with_the_one_that_is_left(db: None) -> None:
    row = Row("1", "Anna", PHONES[0], "Kyiv")
    with alone() as never:
        bring(row, batch="import:2")
        never |= visible()
    bring(row)
    bring(row, batch="import:2")
    undo()
    assert visible() == never
    undo("import:2")
    assert [visible()[name] for name in ("people", "identifiers", "cards", "values", "words")] == [[]] * 5


def test_a_phone_leads_to_whoever_has_it_then(db: None) -> None:
    bring(Row("1", "Anna", PHONES[0]))
    (olha,) = bring(Row("9", "Olha", PHONES[0]), Row("8", "Ivan", PHONES[0]), source="shop", batch="import:2")[:1]
    assert identity.find_people(PHONES[0], 1) == [olha]
    undo()
    told = [(row[2], row[3]) for row in visible()["identifiers"] if row[0] == "phone"]
    assert sorted(told) == [(PHONES[0], False), (PHONES[0], True)]
    assert [row[0] for row in visible()["cards"]] == ["Ivan", "Olha"]


def test_a_card_with_a_note_stays_with_its_name_and_nothing_else_of_the_import(db: None, owner_member: Any) -> None:
    anna, boris = bring(Row("1", "Anna", PHONES[0], "Kyiv"), Row("2", "Boris", town="Lviv"), events=True)
    customers.add_note(person=anna, text="asked for oat milk", member_id=owner_member.pk)
    undo()
    (card,) = Card.objects.all()
    assert (card.person, card.name, card.traits, Note.objects.get().handle) == (anna, "Anna", {}, anna)
    assert identity.find_people(PHONES[0], 5) == [anna]
    assert (ledger.timeline(handles=[anna, boris], scope=EVERYTHING), undo()) == ([], 0)
    assert bring(Row("1", "Anna", PHONES[0], "Kyiv"), batch="import:2") == [anna]


def test_a_members_edit_outlives_what_it_was_written_on(db: None, owner_member: Any) -> None:
    (anna,) = bring(Row("1", "Anna"), batch="")
    bring(Row("1", "Hanna", town="Kyiv", day=3))
    town = TraitDefinition.objects.get(key="town")
    seen = TraitValue.objects.get(trait="town").pk
    set_trait(person=anna, trait=town, value="Lviv", seen=seen, member_id=owner_member.pk)
    rename_customer(person=anna, name="Anna Sad", member_id=owner_member.pk)
    undo()
    card = Card.objects.get()
    assert (card.name, card.traits, card.seen_at) == ("Anna Sad", {"town": "Lviv"}, SPRING)
    names = TraitValue.objects.filter(trait="name").order_by("valid_from").values_list("value", flat=True)
    assert list(names) == ["Anna", "Anna Sad"]


def test_what_came_live_since_needs_no_import(db: None) -> None:
    with alone() as never:
        bring(Row("1", "Anna", PHONES[0], "Kyiv", day=4), batch="", events=True)
        never |= visible()
    bring(Row("1", "Hanna", PHONES[0], "Kyiv"))
    bring(Row("1", "Anna", PHONES[0], "Kyiv", day=4), batch="", events=True)
    undo()
    assert visible() == never


def test_a_visitor_is_a_visitor_again(db: None) -> None:
    (visitor,) = identity.resolve_handles(kind=IdentifierKind.COOKIE, values=["c1"])
    before = visible()
    identity.add_identifiers(
        kind=IdentifierKind.EMAIL, handles=[visitor], values=["vera@example.com"], batch="import:1"
    )
    assert identity.known_among([visitor]) == {visitor}
    undo()
    assert (visible(), identity.known_among([visitor])) == (before, set())


@contextmanager
def alone() -> Iterator[dict[str, Any]]:
    """What is done inside is as if it had never been; the block notes what it saw."""
    noted: dict[str, Any] = {}
    with transaction.atomic():
        yield noted
        transaction.set_rollback(True)


ROWS = st.builds(
    Row,
    number=st.sampled_from("123"),
    name=st.sampled_from(["", "Anna", "Борис Сад", "Ivan"]),
    phone=st.sampled_from(["", *PHONES[:2]]),
    town=st.sampled_from(["", "Kyiv", "Lviv"]),
    day=st.integers(0, 4),
    place=st.sampled_from([None, 1, 2]),
)
STEPS = st.tuples(st.sampled_from(["one", "two", "live"]), st.lists(ROWS, min_size=1, max_size=3))


@settings(
    max_examples=12,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(story=st.lists(STEPS, min_size=2, max_size=5), limit=st.sampled_from([1, 2, 100]))
def test_an_import_taken_back_is_as_if_it_had_never_been(
    story: Sequence[tuple[str, Sequence[Row]]], limit: int, db: None
) -> None:
    seen = [play([step for step in story if step[0] != "one"]), play(story, limit=limit)]
    assert seen[0] == seen[1]


def play(story: Sequence[tuple[str, Sequence[Row]]], limit: int = 0) -> Mapping[str, Any]:
    """Each source tells its own; with a limit the first import is taken back in the end."""
    batches = {"one": "import:1", "two": "import:2", "live": ""}
    with alone() as noted:
        for place, (who, rows) in enumerate(story):
            with clock.standing_at(SPRING + place * DAY):
                bring(*rows, source=who, batch=batches[who], events=True)
        if limit:
            undo(limit=limit)
        noted |= visible()
    return noted
