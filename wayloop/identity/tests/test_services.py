"""Who is seen for the first time gets a handle; the same value in any spelling is the same handle."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from uuid import RFC_4122

import pytest
from django.db import connection, transaction

from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.identity.models import Identifier, Person

EMAIL, PHONE, EXTERNAL, CARD = (
    IdentifierKind.EMAIL,
    IdentifierKind.PHONE,
    IdentifierKind.EXTERNAL,
    IdentifierKind.CARD,
)


def resolve(*values: str, kind: IdentifierKind = EXTERNAL, namespace: str = "shop") -> list[int]:
    return identity.resolve_handles(kind=kind, values=values, namespace=namespace)


def ordinals() -> list[int | None]:
    return list(Person.objects.order_by("handle").values_list("ordinal", flat=True))


def test_handles_come_in_the_order_of_their_values(db: None) -> None:
    first, second, third = resolve("c", "a", "b")
    assert resolve("b", "c", "x", "a", "b")[:2] == [third, first]
    assert resolve("a") == [second]
    assert (first < second < third, Person.objects.count()) == (True, 4)


def test_the_same_value_twice_in_one_call_is_one_person(db: None) -> None:
    first, second, third = resolve("17850", "17850", " 17850 ")
    assert (first == second == third, Person.objects.count(), Identifier.objects.count()) == (True, 1, 1)


@pytest.mark.parametrize(
    ("kind", "spellings"),
    [
        (EMAIL, ["anna@example.com", "ANNA@Example.COM", " anna@example.com\n"]),
        (PHONE, ["+380441234567", "00380441234567", "+38 (044) 123-45-67", "+38 044 123.45.67", "+38044 123–45–67"]),
        (EXTERNAL, ["A1", " A1", "\uff211"]),
        (CARD, ["0001 22", "\t0001 22 ", "0001\u00a022"]),
    ],
)
def test_other_spellings_find_the_same_handle(kind: IdentifierKind, spellings: list[str], db: None) -> None:
    assert len(set(resolve(*spellings, kind=kind))) == 1
    assert len({handle for one in spellings for handle in resolve(one, kind=kind)}) == 1


def test_capitals_and_zeros_of_numbers_count(db: None) -> None:
    assert len(set(resolve("a1", "A1", "01", "1"))) == 4


def test_the_same_number_of_two_systems_is_two_people(db: None) -> None:
    assert len({*resolve("1"), *resolve("1", namespace="till"), *resolve("1", kind=CARD)}) == 3


def test_a_value_without_a_normal_form_is_refused_and_nothing_is_written(db: None) -> None:
    with pytest.raises(ValueError, match="no normal form"):
        resolve("anna@example.com", "not an address", kind=EMAIL)
    assert (Person.objects.count(), Identifier.objects.count()) == (0, 0)


def test_nobody_asked_for_is_nobody_made(db: None) -> None:
    assert (resolve(), Person.objects.count()) == ([], 0)


def test_ordinals_are_dense(db: None) -> None:
    resolve("a", "b")
    resolve("b", "c", "d")
    assert ordinals() == [0, 1, 2, 3]


def test_ordinals_have_no_holes_after_a_rollback(db: None) -> None:
    resolve("a")
    with transaction.atomic():
        resolve("b", "c")
        transaction.set_rollback(True)
    resolve("d")
    assert ordinals() == [0, 1]


def test_a_new_person_is_themselves_and_has_an_address(db: None) -> None:
    (handle,) = resolve("a")
    assert identity.people_of([handle]) == {handle: handle}
    assert identity.handles_of(handle) == [handle]
    address = identity.uuids_of([handle])[handle]
    assert (identity.person_by_uuid(address), address.version, address.variant) == (handle, 7, RFC_4122)


def test_of_two_who_see_the_same_value_at_once_one_mints_and_the_other_finds(committed: None) -> None:
    minted, go_on = Event(), Event()

    def first() -> list[int]:
        try:
            with transaction.atomic():
                handles = resolve("a", "both")
                minted.set()
                assert go_on.wait(20)
            return handles
        finally:
            connection.close()

    def second() -> list[int]:
        try:
            assert minted.wait(20)
            return resolve("both", "b")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        wait_until_somebody_waits()
        waited = not other.done()
        go_on.set()
        _a, from_first = one.result(30)
        from_second, _b = other.result(30)
    assert (waited, from_first == from_second, ordinals()) == (True, True, [0, 1, 2])


def wait_until_somebody_waits() -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (1,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waited")


def test_further_identifiers_lead_to_the_same_handle(db: None) -> None:
    anna, boris = resolve("1", "2")
    taken = identity.add_identifiers(
        kind=EMAIL, handles=[anna, boris], values=["Anna@example.com", "boris@example.com"]
    )
    assert taken == []
    assert resolve("ANNA@example.com", "boris@EXAMPLE.com", kind=EMAIL, namespace="") == [anna, boris]


def test_a_value_of_somebody_else_is_told_and_stays_where_it_is(db: None) -> None:
    anna, boris, vera = resolve("1", "2", "3")
    identity.add_identifiers(kind=PHONE, handles=[anna], values=["+380441234567"])
    told = identity.add_identifiers(
        kind=PHONE, handles=[vera, boris, anna], values=["00380441234567", "+38 044 123 45 67", "+380441234567"]
    )
    assert told == [boris, vera]
    assert resolve("+380441234567", kind=PHONE, namespace="") == [anna]


def test_of_two_new_owners_of_one_value_the_earlier_handle_gets_it(db: None) -> None:
    anna, boris = resolve("1", "2")
    told = identity.add_identifiers(kind=CARD, handles=[boris, anna], values=["77", "77"], namespace="shop")
    assert (told, resolve("77", kind=CARD)) == ([boris], [anna])


def test_the_same_identifier_noted_again_changes_nothing(db: None) -> None:
    (anna,) = resolve("1")
    for _time in range(2):
        identity.add_identifiers(kind=EMAIL, handles=[anna], values=["anna@example.com"])
    assert [(one.kind, one.value) for one in identity.identifiers_of([anna])] == [
        (EXTERNAL, "1"),
        (EMAIL, "anna@example.com"),
    ]


def test_columns_of_unequal_length_are_refused(db: None) -> None:
    with pytest.raises(ValueError, match="zip"):
        identity.add_identifiers(kind=EMAIL, handles=[1, 2], values=["anna@example.com"])
