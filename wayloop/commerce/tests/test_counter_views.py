"""The counter: who is found, what the front desk sees and taps, and that it sees nothing else."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from wayloop.accounts.api import Role, create_member
from wayloop.commerce.guest_codes import guest_code, read_guest_code
from wayloop.commerce.queries.counter import taps_of
from wayloop.commerce.services.greeting import add_point
from wayloop.commerce.testing import Deal, Order, Product, buy
from wayloop.contracts.customers import HealthSign
from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.testing import Card, see
from wayloop.identity import api as identity
from wayloop.identity.api import IdentifierKind
from wayloop.kernel import clock, registry, signing
from wayloop.kernel.ids import uuid7
from wayloop.kernel.localised import Localised
from wayloop.ledger import api as ledger

NOW = datetime(2026, 6, 1, 7, 30, tzinfo=UTC)
PART = {"HX-Request": "true", "HX-Target": "div#found"}
PHONE = "+380 67 123 45 67"


@pytest.fixture(autouse=True)
def _standing_clock(near_location: int) -> Any:
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def anna() -> int:
    handle = see("770", "Anna Koval")
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[handle], values=[PHONE])
    return handle


def uuid_of(handle: int) -> UUID:
    uuid: UUID = Card.objects.get(person=handle).uuid
    return uuid


def text_of(answer: Any) -> str:
    return " ".join(
        re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2] or answer.content.decode()).split()
    )


def find(who: Client, text: str, **more: str) -> list[str]:
    """What is shown for a text: the guest with a star, or the rows."""
    content = who.get("/counter/", {"q": text, **more}, headers=PART).content.decode()
    guests = re.findall(r'id="guest-name">(?:<a[^>]*>)?([^<]+)', content)
    return [f"*{name}" for name in guests] + re.findall(r"<strong>([^<]+)</strong>", content)


def tap(who: Client, handle: int, what: str, key: Any = None, **fields: Any) -> Any:
    fields = {"key": str(key or uuid7()), **fields}
    return who.post(f"/counter/{uuid_of(handle)}/{what}/", fields, headers=PART)


def events(handle: int) -> list[tuple[str, int | None, int | None]]:
    found = ledger.timeline(handles=[handle], scope=EVERYTHING)
    return [(event.kind, event.amount, event.location_id) for event in found]


def undo_address(answer: Any) -> str:
    return re.findall(r'action="(/counter/undo/[^"]+)"', answer.content.decode())[0]


def test_who_may_come_to_the_counter(
    owner: Client, front_desk: Client, far_manager: Client, reader: Client, stranger: Client, anna: int
) -> None:
    people = (owner, front_desk, far_manager, reader, stranger)
    for path in ("/counter/", "/counter/?q=4567", f"/counter/{uuid_of(anna)}/"):
        assert [who.get(path).status_code for who in people] == [200, 200, 200, 403, 302]
    for path in ("new/", "till/", "undo/x/", f"{uuid_of(anna)}/visit/", f"{uuid_of(anna)}/purchase/"):
        assert [who.post(f"/counter/{path}").status_code for who in (reader, stranger)] == [403, 302]
    assert events(anna) == []


def test_a_guest_is_found_by_phone_card_name_in_any_spelling(front_desk: Client, anna: int) -> None:
    see("771", "Bohdan Melnyk")
    identity.add_identifiers(kind=IdentifierKind.CARD, handles=[anna], values=["5550001"], namespace="shop")
    # A number shows the guest at once; a name of which half is typed shows a row until Enter is pressed.
    for text in ("4567", "0671234567", "5550001", PHONE):
        assert find(front_desk, text) == ["*Anna Koval"]
    for text in ("anna", "Анна Коваль", "Ana Kovl", "kov"):
        assert (find(front_desk, text), find(front_desk, text, go="1")) == (["Anna Koval"], ["*Anna Koval"])
    assert [find(front_desk, text) for text in ("", "a", "9999", "Zoe Quux", "\0")] == [[], [], [], [], []]


def test_several_are_told_apart_by_the_end_of_the_phone_and_shown_no_more_of_it(front_desk: Client, anna: int) -> None:
    other = see("771", "Anna Koval")
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[other], values=["+380 50 999 88 77"])
    answer = front_desk.get("/counter/", {"q": "anna", "go": "1"}, headers=PART)
    assert find(front_desk, "anna", go="1") == ["Anna Koval", "Anna Koval"]
    assert sorted(re.findall("••• [0-9 ]+", text_of(answer))) == ["••• 45 67 ", "••• 88 77 "]
    assert "0671234567" not in answer.content.decode().replace(" ", "")


def test_a_whole_number_means_its_owner_also_where_it_ends_another(front_desk: Client, anna: int) -> None:
    other = see("771", "Olha Card")
    identity.add_identifiers(kind=IdentifierKind.CARD, handles=[other], values=["1234567"], namespace="shop")
    assert find(front_desk, "1234567") == ["*Olha Card"]


def test_a_code_opens_its_guest_and_no_other_code_does(front_desk: Client, anna: int) -> None:
    code = guest_code(uuid_of(anna))
    assert (read_guest_code(code), code.isdecimal(), len(code) < 150) == (uuid_of(anna), True, True)
    forged = str(int(code) + 1)
    foreign = signing.sign(signing.purposes()[0], str(uuid_of(anna)))
    found = [find(front_desk, text, go="1") for text in (code, forged, foreign, "9" * 150, "9" * 200)]
    assert found == [["*Anna Koval"], [], [], [], []]


def test_the_guest_with_what_matters_now(front_desk: Client, anna: int, near_location: int) -> None:
    tea, bun = ("tea", "1", "2.50"), ("bun", "1", "3")
    for day in range(1, 6):
        buy(
            Deal(
                str(day),
                "770",
                NOW - timedelta(days=7 * day),
                (tea, bun) if day < 3 else (tea,),
                location=near_location,
            )
        )
    shown = text_of(front_desk.get(f"/counter/{uuid_of(anna)}/"))
    assert "Good morning Anna Koval ••• 45 67 with us since" in shown
    assert "Last time 25 May · Podil · ₴5.50 tea, bun" in shown
    assert "Mostly takes tea: ask “The usual?”" in shown
    assert "In their rhythm Last order 25 May, usually every 7 days" in shown
    assert "tea ₴2.50 bun ₴3.00" in shown


def test_the_greeting_is_in_the_language_of_the_guest(front_desk: Client, anna: int) -> None:
    Card.objects.filter(person=anna).update(
        traits={"language": "uk", "birth_date": "1990-06-01", "town": "Secretville"}
    )
    shown = text_of(front_desk.get(f"/counter/{uuid_of(anna)}/"))
    assert ("Доброго ранку" in shown, "Ukrainian" in shown, "It is their birthday" in shown) == (True, True, True)
    # Not every trait is for the front desk.
    assert "Secretville" not in shown


def test_a_visit_is_noted_once_however_often_it_is_sent_and_taken_back(
    front_desk: Client, anna: int, near_location: int
) -> None:
    key = uuid7()
    answers = [tap(front_desk, anna, "visit", key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert events(anna) == [("visit.made", None, near_location)]
    assert "Anna Koval: visit noted" in text_of(answers[0])
    tap(front_desk, anna, "visit")
    assert len(events(anna)) == 2
    assert front_desk.post(undo_address(answers[1])).headers["Location"] == f"/counter/{uuid_of(anna)}/"
    assert len(events(anna)) == 1


def test_a_product_or_an_amount_is_bought_in_a_tap_once(front_desk: Client, anna: int, near_location: int) -> None:
    buy(*(Deal(str(n), "770", NOW - timedelta(days=n), (("tea", "1", "2.50"), ("bun", "1", "3"))) for n in (1, 2)))
    Product.objects.filter(code="bun").update(price=Decimal("3.20"), currency="UAH")
    tea, bun = (str(Product.objects.get(code=code).pk) for code in ("tea", "bun"))
    key = uuid7()
    answers = [tap(front_desk, anna, "purchase", key, product=product) for product in (tea, tea, bun)]
    answers += [tap(front_desk, anna, "purchase", key, amount=amount) for amount in ("12,50", "12,50", "1 200")]
    assert [answer.status_code for answer in answers] == [200] * 6
    made = Order.objects.filter(source="counter").order_by("total").values_list("total", "location_id", "handle")
    # The list price counts; where there is none, what was paid last.
    assert list(made) == [(total, near_location, anna) for total in (250, 320, 1250, 120_000)]
    assert "Anna Koval: purchase of ₴2.50 noted" in text_of(answers[0])
    front_desk.post(undo_address(answers[0]))
    assert sorted(Order.objects.filter(source="counter").values_list("total", flat=True)) == [320, 1250, 120_000]


@pytest.mark.parametrize("amount", ["", "0", "x", "1.234", "-5", "1e3", "12.5.1", "999999999999", "١٢"])
def test_what_is_no_amount_is_refused_in_one_line(amount: str, front_desk: Client, anna: int) -> None:
    answer = tap(front_desk, anna, "purchase", amount=amount)
    assert (answer.status_code, events(anna)) == (422, [])
    assert re.search("Write the amount in digits, for example 12.50|must be above zero", text_of(answer))


def test_a_broken_form_is_refused(front_desk: Client, anna: int) -> None:
    answers = [
        tap(front_desk, anna, "visit", key="x"),
        tap(front_desk, anna, "purchase", key="-", amount="5"),
        tap(front_desk, anna, "purchase", product="77"),
        tap(front_desk, anna, "purchase", product="x"),
    ]
    assert ([answer.status_code for answer in answers], events(anna)) == ([422] * 4, [])


def test_the_greeting_goes_with_the_visit(front_desk: Client, anna: int, near_location: int, far_location: int) -> None:
    said, asked = (add_point(text=Localised.of(text, "en")) for text in ("Said hello", "Asked about the last visit"))
    far = add_point(text=Localised.of("Offered a seat", "en"), location_id=far_location)
    front_desk.post("/counter/till/", {"location": near_location})
    shown = text_of(front_desk.get(f"/counter/{uuid_of(anna)}/"))
    assert ("Said hello Asked about the last visit" in shown, "Offered a seat" in shown) == (True, False)
    tap(front_desk, anna, "visit", tick=[said, far, "x"])
    answer = tap(front_desk, anna, "purchase", amount="5", tick=[said, asked])
    told = [dict(event.properties) for event in ledger.timeline(handles=[anna], scope=EVERYTHING, kinds=["visit.made"])]
    expected = [{"ticked": 2, "asked": 2, "points": f"{said},{asked}"}, {"ticked": 1, "asked": 2, "points": str(said)}]
    assert sorted(told, key=lambda one: -one["ticked"]) == expected
    # A purchase is taken back with the greeting that went with it.
    front_desk.post(undo_address(answer))
    assert [kind for kind, *_ in events(anna)] == ["visit.made"]


def test_a_tap_is_taken_back_by_who_made_it_within_a_quarter_of_an_hour(
    owner: Client, front_desk: Client, anna: int
) -> None:
    address = undo_address(tap(front_desk, anna, "visit"))
    assert owner.post(address).status_code == 404
    with clock.standing_at(NOW + timedelta(minutes=16)):
        answers = [front_desk.post(path, follow=True) for path in (address, "/counter/undo/nonsense/")]
    assert ["too late" in answer.content.decode() for answer in answers] == [True, True]
    assert len(events(anna)) == 1
    told = [front_desk.post(address, follow=True).content.decode() for _ in range(2)]
    assert ["Taken back" in told[0], "It was taken back already" in told[1], events(anna)] == [True, True, []]


def test_the_till_is_chosen_once_for_a_browser_and_only_where_the_member_may_be(
    front_desk: Client, far_manager: Client, anna: int, near_location: int, far_location: int
) -> None:
    see("771", "Far Guest", location=far_location)
    assert "Where are you?" in text_of(front_desk.get("/counter/"))
    refused = tap(front_desk, anna, "visit")
    assert (refused.status_code, "Choose the location you are at first." in text_of(refused)) == (422, True)
    assert front_desk.post("/counter/till/", {"location": far_location}).status_code == 302
    assert "Where are you?" not in text_of(front_desk.get("/counter/"))
    tap(front_desk, anna, "visit")
    assert events(anna) == [("visit.made", None, far_location)]
    # Whose only location is another one stands there, whatever a cookie says.
    assert far_manager.post("/counter/till/", {"location": near_location}).status_code == 404
    far_manager.cookies["till"] = str(near_location)
    assert "Where are you?" not in text_of(far_manager.get("/counter/"))
    tap(far_manager, anna, "visit")
    assert [place for *_, place in events(anna)] == [far_location, far_location]


def test_guests_of_other_locations_are_neither_found_nor_opened(
    far_manager: Client, near_location: int, far_location: int
) -> None:
    near = see("772", "Near Person", location=near_location)
    identity.add_identifiers(kind=IdentifierKind.PHONE, handles=[near], values=[PHONE])
    assert [find(far_manager, text, go="1") for text in ("Near Person", "4567", guest_code(uuid_of(near)))] == [[]] * 3
    assert far_manager.get(f"/counter/{uuid_of(near)}/").status_code == 404
    assert [tap(far_manager, near, what, amount="5").status_code for what in ("visit", "purchase")] == [404, 404]
    # Who stands there with their phone is a guest of this location too, once somebody says so.
    answer = far_manager.post("/counter/new/", {"phone": PHONE, "name": "N"}, headers=PART)
    assert (answer.status_code, "Known at another location" in text_of(answer)) == (422, True)
    assert "Near Person" not in answer.content.decode()
    answer = far_manager.post("/counter/new/", {"phone": PHONE, "is_here": "1"}, headers=PART)
    assert (answer.status_code, "Near Person" in text_of(answer)) == (200, True)
    assert find(far_manager, "4567") == ["*Near Person"]


def test_a_new_guest_needs_a_phone_or_a_name_and_comes_once(front_desk: Client, near_location: int) -> None:
    nobody = front_desk.get("/counter/", {"q": "067 765 43 21"}, headers=PART).content.decode()
    assert 'value="067 765 43 21"' in nobody
    answers = [
        front_desk.post("/counter/new/", {"phone": "067 765 43 21", "name": "Iryna"}, headers=PART) for _ in range(2)
    ]
    assert [("*Iryna" in f"*{text_of(answer)}", answer.status_code) for answer in answers] == [(True, 200)] * 2
    card = Card.objects.get(name="Iryna")
    assert (card.location_ids, find(front_desk, "4321")) == ([near_location], ["*Iryna"])
    for fields in ({}, {"phone": "12"}, {"phone": "x" * 50}):
        assert front_desk.post("/counter/new/", fields, headers=PART).status_code == 422


def test_without_script_each_form_leads_to_a_whole_page(front_desk: Client, anna: int) -> None:
    assert front_desk.get("/counter/", {"q": "anna", "go": "1"}).content.count(b"<h1") == 1
    address = f"/counter/{uuid_of(anna)}/"
    answers = [
        front_desk.post(f"{address}visit/", {"key": str(uuid7())}),
        front_desk.post(f"{address}purchase/", {"key": str(uuid7()), "amount": "5"}),
        front_desk.post("/counter/new/", {"name": "New", "phone": ""}),
    ]
    assert [answer.status_code for answer in answers] == [302] * 3
    assert [answer.headers["Location"] for answer in answers][:2] == [address] * 2
    assert front_desk.post(f"{address}purchase/", {"key": str(uuid7()), "amount": ""}).content.count(b"<h1") == 1


def test_looking_changes_nothing(front_desk: Client, anna: int, fingerprints: Any) -> None:
    before = fingerprints()
    for path in ("/counter/", "/counter/?q=4567", "/counter/?q=anna", "/counter/?new", f"/counter/{uuid_of(anna)}/"):
        front_desk.get(path)
    assert fingerprints() == before


@pytest.mark.parametrize("orders", [1, 3])
def test_the_counter_asks_the_database_no_more_for_three_orders_and_guests_than_for_one(
    orders: int, front_desk: Client, anna: int, django_assert_num_queries: Any
) -> None:
    buy(*(Deal(str(n), "770", NOW - timedelta(days=n)) for n in range(orders)))
    for number in range(orders):
        see(f"8{number}", "Petro")
    front_desk.get("/counter/")
    # One for each who looks after the health of customers.
    signs = len(list(registry.offers(HealthSign)))  # type: ignore[type-abstract]
    with django_assert_num_queries(21 + signs):
        front_desk.get("/counter/?q=4567", headers=PART)
    with django_assert_num_queries(14):
        front_desk.get("/counter/?q=petro", headers=PART)


def test_whose_role_has_one_place_is_led_there_and_sees_no_others(front_desk: Client, owner: Client) -> None:
    assert front_desk.get("/").headers["Location"] == "/counter/"
    shown = {name: who.get("/me/").content.decode() for name, who in (("desk", front_desk), ("owner", owner))}
    links = {name: re.findall(r'class="nav-link" href="([^"]+)"', page) for name, page in shown.items()}
    assert (links["desk"], "/counter/" in links["owner"], "/customers/" in links["owner"]) == (
        # And what was given to the member.
        ["/cases/", "/tasks/", "/counter/"],
        True,
        True,
    )


def test_a_member_limited_to_a_location_sees_what_happened_there(
    anna: int, near_location: int, far_location: int
) -> None:
    member = create_member(
        name="Far Desk",
        email="fd@example.com",
        password="green apples fall",
        role=Role.FRONT_DESK,
        location_ids=[far_location],
    )
    buy(Deal("1", "770", NOW - timedelta(days=9), (("secret", "1", "7.77"),), location=near_location))
    Card.objects.filter(person=anna).update(location_ids=[near_location, far_location])
    client = Client(headers={"accept-language": "en"})
    from wayloop.accounts.testing import Member

    client.force_login(Member.objects.get(pk=member.id))
    shown = text_of(client.get(f"/counter/{uuid_of(anna)}/"))
    assert ("Anna Koval" in shown, "7.77" in shown, "secret" in shown, "Last time not yet" in shown) == (
        True,
        False,
        False,
        True,
    )


def test_what_was_paid_elsewhere_or_never_is_no_price_here(near_location: int, far_location: int, anna: int) -> None:
    buy(*(Deal(number, "770", at=NOW - timedelta(days=int(number))) for number in ("1", "2")))
    buy(Deal("3", "770", at=NOW, lines=(("tea", "1", "77.00"),), location=near_location))
    buy(Deal("4", "770", at=NOW, lines=(("tea", "1", "99.00"),), status="cancelled"))
    prices = [
        [tap.amount for tap in taps_of(person=anna, handles=[anna], scope=scope, currency="UAH")]
        for scope in (EVERYTHING, Scope((near_location,)), Scope((far_location,)))
    ]
    assert prices == [[7700], [7700], [1000]]


def test_a_tap_sent_twice_on_an_old_page_can_still_be_taken_back(front_desk: Client, anna: int) -> None:
    key = uuid7()
    answers = []
    for minutes in (20, 21):
        with clock.standing_at(NOW + timedelta(minutes=minutes)):
            answers.append(tap(front_desk, anna, "visit", key=key))
    with clock.standing_at(NOW + timedelta(minutes=22)):
        front_desk.post(undo_address(answers[1]))
    assert events(anna) == []
