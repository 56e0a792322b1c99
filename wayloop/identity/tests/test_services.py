"""Who is seen for the first time gets a handle; the same value in any spelling is the same handle."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar
from uuid import RFC_4122

import pytest
from django.db import connection, transaction

from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.identity.models import ContactPoint, Identifier, Person
from wayloop.kernel.ids import digest_key
from wayloop.kernel.secrets import keyed_digests

EMAIL, PHONE, EXTERNAL, CARD, COOKIE = (
    IdentifierKind.EMAIL,
    IdentifierKind.PHONE,
    IdentifierKind.EXTERNAL,
    IdentifierKind.CARD,
    IdentifierKind.COOKIE,
)
T = TypeVar("T")


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


def meeting(first: Callable[[], T], second: Callable[[], T]) -> tuple[bool, T, T]:
    """Two connections: the second begins while the first has not committed. Whether it waited, and both answers."""
    done, go_on = Event(), Event()

    def one() -> T:
        try:
            with transaction.atomic():
                answer = first()
                done.set()
                assert go_on.wait(20)
            return answer
        finally:
            connection.close()

    def other() -> T:
        try:
            assert done.wait(20)
            with transaction.atomic():
                return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        running, waiting = pool.submit(one), pool.submit(other)
        wait_until_somebody_waits()
        waited = not waiting.done()
        go_on.set()
        return waited, running.result(30), waiting.result(30)


def test_of_two_who_see_the_same_value_at_once_one_mints_and_the_other_finds(committed: None) -> None:
    waited, (_a, from_first), (from_second, _b) = meeting(lambda: resolve("a", "both"), lambda: resolve("both", "b"))
    assert (waited, from_first == from_second, ordinals()) == (True, True, [0, 1, 2])


def test_of_two_who_note_the_same_phone_at_once_one_leads_and_the_other_shares_it(committed: None) -> None:
    anna, boris = resolve("1", "2")
    note = identity.add_identifiers
    waited, to_first, to_second = meeting(
        lambda: note(kind=PHONE, handles=[boris], values=["+380441234567"]),
        lambda: note(kind=PHONE, handles=[anna], values=["00380441234567"]),
    )
    assert (waited, to_first, to_second) == (True, [], [anna])
    assert resolve("+380441234567", kind=PHONE, namespace="") == [boris]
    assert (ContactPoint.objects.count(), shown(PHONE)) == (1, [(anna, False), (boris, True)])


def test_noting_and_minting_in_opposite_order_do_not_wait_for_each_other_in_a_circle(committed: None) -> None:
    anna, boris = resolve("1", "2")

    def note_then_mint() -> list[int]:
        identity.add_identifiers(kind=EMAIL, handles=[anna], values=["x@example.com"])
        return resolve("x@example.com", "new@example.com", kind=EMAIL, namespace="")

    def mint_then_note() -> list[int]:
        handles = resolve("new@example.com", "x@example.com", kind=EMAIL, namespace="")
        identity.add_identifiers(kind=EMAIL, handles=[boris], values=["x@example.com"])
        return handles

    waited, (of_x, new), (same_new, same_x) = meeting(note_then_mint, mint_then_note)
    assert (waited, of_x, same_x, new) == (True, anna, anna, same_new)


def shown(kind: IdentifierKind) -> list[tuple[int, bool]]:
    return list(Identifier.objects.filter(kind=kind).order_by("handle").values_list("handle", "leads"))


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


def test_a_value_of_somebody_else_is_told_and_goes_on_leading_to_them(db: None) -> None:
    anna, boris, vera = resolve("1", "2", "3")
    identity.add_identifiers(kind=PHONE, handles=[anna], values=["+380441234567"])
    told = identity.add_identifiers(
        kind=PHONE, handles=[vera, boris, anna], values=["00380441234567", "+38 044 123 45 67", "+380441234567"]
    )
    assert told == [boris, vera]
    assert resolve("+380441234567", kind=PHONE, namespace="") == [anna]
    assert shown(PHONE) == [(anna, True), (boris, False), (vera, False)]


def test_what_two_handles_of_one_person_share_is_nobody_elses(db: None) -> None:
    anna, same = resolve("1", "2")
    Person.objects.filter(handle=same).update(person=anna)
    identity.add_identifiers(kind=PHONE, handles=[anna], values=["+380441234567"])
    assert identity.add_identifiers(kind=PHONE, handles=[same], values=["+380441234567"]) == []


def test_a_removed_identifier_leads_to_the_next_who_has_it(db: None) -> None:
    anna, boris = resolve("1", "2")
    for handle in (anna, boris):
        identity.add_identifiers(kind=EMAIL, handles=[handle], values=["home@example.com"])
    removed = [
        identity.remove_identifier(kind=EMAIL, handles=[handle], value="HOME@example.com") for handle in (anna, anna)
    ]
    assert (removed, resolve("home@example.com", kind=EMAIL, namespace="")) == ([True, False], [boris])
    assert identity.add_identifiers(kind=EMAIL, handles=[anna], values=["home@example.com"]) == [anna]
    assert shown(EMAIL) == [(anna, False), (boris, True)]


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


def test_a_visitor_gets_an_ordinal_when_they_become_known(db: None) -> None:
    (visitor,) = resolve("c1", kind=COOKIE, namespace="")
    (anna,) = resolve("1")
    assert (ordinals(), identity.known_among([visitor, anna])) == ([None, 0], {anna})
    identity.add_identifiers(kind=COOKIE, handles=[visitor], values=["c2"])
    assert ordinals() == [None, 0]
    for _time in range(2):
        identity.add_identifiers(kind=EMAIL, handles=[visitor, anna], values=["v@example.com", "a@example.com"])
    assert (ordinals(), identity.known_among([visitor, anna])) == ([1, 0], {anna, visitor})
    assert (resolve("c2", kind=COOKIE, namespace=""), identity.handles_of(visitor)) == ([visitor], [visitor])


def test_phones_are_read_as_in_the_country_of_the_business(in_ukraine: None) -> None:
    (anna,) = resolve("067 123 45 67", kind=PHONE, namespace="")
    assert resolve("+380671234567", "8 067 123-45-67", kind=PHONE, namespace="") == [anna, anna]
    assert [one.value for one in identity.identifiers_of([anna])] == ["+380671234567"]


def test_an_address_has_one_contact_point_whoever_it_belongs_to(db: None) -> None:
    anna, boris = resolve("1", "2")
    for handle in (anna, boris):
        identity.add_identifiers(kind=EMAIL, handles=[handle], values=["home@example.com"])
    points = {one.contact_point for one in identity.identifiers_of([anna, boris]) if one.kind == EMAIL}
    known, new = identity.contact_points(kind=EMAIL, values=["Home@example.com", "new@example.com"])
    assert (points, known == new, ContactPoint.objects.count()) == ({known}, False, 2)
    assert [one.contact_point for one in identity.identifiers_of([anna]) if one.kind == EXTERNAL] == [None]
    assert identity.contact_points(kind=EMAIL, values=["new@example.com"]) == [new]


def test_the_contact_point_outlives_the_address_and_is_found_again(db: None) -> None:
    (anna,) = resolve("anna@example.com", kind=EMAIL, namespace="")
    (point,) = ContactPoint.objects.values_list("id", flat=True)
    Identifier.objects.all().delete()
    (again,) = resolve("anna@example.com", kind=EMAIL, namespace="")
    assert (anna == again, [one.contact_point for one in identity.identifiers_of([again])]) == (False, [point])


def test_a_contact_point_holds_nothing_that_can_be_tried_out(db: None) -> None:
    resolve("anna@example.com", kind=EMAIL, namespace="")
    (point,) = ContactPoint.objects.all()
    guesses = [digest_key(*parts) for parts in (("anna@example.com",), ("email", "", "anna@example.com"))]
    assert (point.digest in guesses, keyed_digests("other", [("email", "", "anna@example.com")]) == [point.digest]) == (
        False,
        False,
    )
    assert keyed_digests("contact point", [("email", "", "anna@example.com")]) == [point.digest]


def test_what_is_no_address_has_no_contact_point(db: None) -> None:
    with pytest.raises(ValueError, match="not a kind of address"):
        identity.contact_points(kind=CARD, values=["1"])
