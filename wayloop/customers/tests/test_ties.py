"""Relations of customers: told from either side, with dates, taken away and brought back; companies and people."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from wayloop.contracts.scope import EVERYTHING, Scope
from wayloop.customers.enums import CustomerKind, RelationKind
from wayloop.customers.models import Card, Relation
from wayloop.customers.queries.ties import contacts_of, household_of, ties_of
from wayloop.customers.services import ties
from wayloop.customers.services.ties import TieRefused
from wayloop.customers.testing import SPRING, card_address, happen, see, see_all, shown_amounts
from wayloop.customers.testing import Sight as Seen
from wayloop.kernel import clock


def company(number: str, name: str, **more: Any) -> int:
    handle = see(number, name, **more)
    Card.objects.filter(person=handle).update(kind=CustomerKind.COMPANY)
    return handle


def tie(first: int, second: int, kind: RelationKind, **more: Any) -> Relation:
    return ties.add_tie(first=first, second=second, kind=kind, member_id=None, **more)


def told(handle: int, scope: Scope = EVERYTHING) -> list[tuple[str, str]]:
    return [(str(one.label), one.title) for one in ties_of([handle], scope)]


@pytest.mark.parametrize(
    ("kind", "on_the_first", "on_the_second"),
    [
        (RelationKind.HOUSEHOLD, "Same household", "Same household"),
        (RelationKind.PARTNER, "Partner in life", "Partner in life"),
        (RelationKind.KNOWS, "Friend or acquaintance", "Friend or acquaintance"),
        (RelationKind.PARENT, "Child", "Parent"),
        (RelationKind.BROUGHT, "Came on their advice", "Recommended us to them"),
        (RelationKind.WORKS_AT, "Company", "Contact person"),
        (RelationKind.PART_OF, "Parent company", "Part of this company"),
    ],
)
def test_a_tie_is_told_from_either_side(kind: RelationKind, on_the_first: str, on_the_second: str, db: None) -> None:
    anna, boris = see_all(Seen("1", "Anna"), Seen("2", "Boris"))
    tie(anna, boris, kind)
    assert (told(anna), told(boris)) == ([(on_the_first, "Boris")], [(on_the_second, "Anna")])


def test_nobody_is_tied_twice_or_to_themselves(db: None) -> None:
    anna, boris = see_all(Seen("1", "Anna"), Seen("2", "Boris"))
    made = tie(anna, boris, RelationKind.HOUSEHOLD)
    for pair in ((anna, boris), (boris, anna), (anna, anna)):
        with pytest.raises(TieRefused):
            tie(*pair, RelationKind.HOUSEHOLD)
    ties.remove_tie(tie_id=made.pk)
    tie(boris, anna, RelationKind.HOUSEHOLD)
    with pytest.raises(TieRefused):
        ties.restore_tie(tie_id=made.pk)
    assert told(anna) == [("Same household", "Boris")]


def test_a_tie_that_has_ended_stands_last_and_may_begin_anew(db: None) -> None:
    anna, boris, works = *see_all(Seen("1", "Anna"), Seen("2", "Boris")), company("3", "Zerno")
    old = tie(anna, works, RelationKind.WORKS_AT)
    ties.change_tie(tie_id=old.pk, role="Barista", since=date(2020, 1, 1), until=date(2024, 1, 1))
    tie(boris, works, RelationKind.WORKS_AT)
    tie(anna, works, RelationKind.WORKS_AT, role="Owner")
    shown = [(one.title, one.role, one.until) for one in ties_of([works], EVERYTHING)]
    assert shown == [("Anna", "Owner", None), ("Boris", "", None), ("Anna", "Barista", date(2024, 1, 1))]
    assert set(contacts_of([works], EVERYTHING)) == {anna, boris}


def test_a_household_is_everybody_who_is_reached(db: None) -> None:
    people = see_all(*(Seen(str(number), name) for number, name in enumerate(("Anna", "Boris", "Vira", "Hanna"))))
    anna, boris, vira, hanna = people
    tie(anna, boris, RelationKind.HOUSEHOLD)
    tie(vira, boris, RelationKind.HOUSEHOLD)
    tie(hanna, vira, RelationKind.KNOWS)
    assert [title for _uuid, title in household_of(anna, EVERYTHING)] == ["Boris", "Vira"]


def test_customers_of_hidden_places_are_in_no_tie(
    owner: Client, far_manager: Client, near_location: int, far_location: int
) -> None:
    near, far = see("1", "Near", location=near_location), see("2", "Far", location=far_location)
    third = see("3", "Third", location=near_location)
    made = tie(near, far, RelationKind.HOUSEHOLD)
    tie(near, third, RelationKind.HOUSEHOLD)
    hidden = Scope((far_location,))
    assert (told(far), told(far, hidden), household_of(far, hidden)) == ([("Same household", "Near")], [], [])
    page = f"{card_address(far)}ties/"
    assert "Near" not in far_manager.get(page).content.decode()
    found = far_manager.get(f"{page}?q=near").content.decode()
    assert ('type="radio"' in found, [far_manager.get(f"{page}{made.pk}/").status_code]) == (False, [404])
    sent = {"other": str(Card.objects.get(person=third).uuid), "side": "knows:to"}
    assert (far_manager.post(page, sent).status_code, Relation.objects.count()) == (422, 2)


def test_a_relation_is_added_by_finding_the_other_and_undone(owner: Client) -> None:
    anna, _boris = see("1", "Anna"), see("2", "Boris Kit", town="Lviv")
    page = f"{card_address(anna)}ties/"
    found = owner.get(f"{page}?q=kit").content.decode()
    other = re.search(r'name="other" value="([^"]+)" checked', found)[1]
    answer = owner.post(f"{page}?q=kit", {"other": other, "side": "household:to", "since": "2026-01-02"}, follow=True)
    undo = re.search(r'action="(/customers/[^"]+/remove/)"', answer.content.decode())[1]
    before = told(anna)
    owner.post(undo)
    after = told(anna)
    owner.post(undo.replace("remove", "restore"))
    assert (before, after, told(anna)) == (before, [], before)
    assert Relation.objects.get().since == date(2026, 1, 2)


def test_what_does_not_fit_together_is_refused(owner: Client) -> None:
    anna, boris, zerno = see("1", "Anna"), see("2", "Boris"), company("3", "Zerno")
    page = f"{card_address(anna)}ties/"
    uuid = {key: str(Card.objects.get(person=one).uuid) for key, one in (("b", boris), ("z", zerno), ("a", anna))}
    tried = [
        {"other": uuid["b"], "side": "works_at:to"},
        {"other": uuid["z"], "side": "household:to"},
        {"other": uuid["a"], "side": "household:to"},
        {"other": "nobody", "side": "household:to"},
        {"side": "household:to"},
        {"other": uuid["b"], "side": "nonsense"},
    ]
    answers = [owner.post(page, data).status_code for data in tried]
    assert (answers, Relation.objects.count()) == ([422] * 6, 0)


def test_role_and_dates_are_changed_and_checked(owner: Client) -> None:
    anna, zerno = see("1", "Anna"), company("3", "Zerno")
    made = tie(anna, zerno, RelationKind.WORKS_AT)
    page = f"{card_address(zerno)}ties/{made.pk}/"
    wrong = owner.post(page, {"role": "Chief", "since": "2026-02-01", "until": "2026-01-01"})
    good = owner.post(page, {"role": "Chief", "since": "2026-01-01", "until": ""})
    made.refresh_from_db()
    assert (wrong.status_code, good.status_code, made.role, made.until) == (422, 302, "Chief", None)


def test_a_company_shows_its_people_and_what_they_did(owner: Client) -> None:
    zerno, anna, boris = company("1", "Zerno"), see("2", "Anna"), see("3", "Boris")
    tie(anna, zerno, RelationKind.WORKS_AT, role="Chief")
    happen(zerno, 1, prefix="z")
    happen(anna, 2, prefix="a")
    happen(boris, 3, prefix="b")
    card = owner.get(card_address(zerno)).content.decode()
    alone = owner.get(f"{card_address(zerno)}?people=no").content.decode()
    assert (len(shown_amounts(card)), len(shown_amounts(alone))) == (3, 1)
    assert re.findall(r'entry-detail">(Anna|Boris|Zerno)<', card) == ["Anna", "Anna"]
    assert ("Contact person · Chief" in card, "Industry" in card, "Sex" in card) == (True, True, False)


def test_a_company_is_in_touch_as_long_as_its_people_are(owner: Client) -> None:
    zerno, anna = company("1", "Zerno"), see("2", "Anna", at=SPRING + timedelta(days=200))
    told = []
    with clock.standing_at(SPRING + timedelta(days=210)):
        for _turn in range(2):
            told.append("Away for long" in owner.get(card_address(zerno)).content.decode())
            if not Relation.objects.exists():
                tie(anna, zerno, RelationKind.WORKS_AT)
    assert told == [True, False]


@pytest.mark.parametrize("people", [1, 3])
def test_a_company_asks_no_more_for_three_people_than_for_one(
    people: int, owner: Client, django_assert_num_queries: Any
) -> None:
    zerno = company("1", "Zerno")
    for number in range(people):
        one = see(f"p{number}", f"Anna {number}")
        tie(one, zerno, RelationKind.WORKS_AT)
        happen(one, 2, prefix=f"p{number}-")
    with django_assert_num_queries(39):
        owner.get(card_address(zerno))


def test_who_may_only_look_changes_no_relation(owner: Client, reader: Client, stranger: Client) -> None:
    anna, boris = see("1", "Anna"), see("2", "Boris")
    made = tie(anna, boris, RelationKind.KNOWS)
    page = f"{card_address(anna)}ties/"
    uuid = str(Card.objects.get(person=boris).uuid)
    assert "Boris" in reader.get(page).content.decode()
    for who, status in ((reader, 403), (stranger, 302)):
        tried = [who.post(f"{page}{made.pk}/{what}/") for what in ("remove", "restore")]
        tried += [who.post(f"{page}{made.pk}/", {"role": "x"})]
        assert [one.status_code for one in tried] == [status] * 3
    assert reader.post(page, {"other": uuid, "side": "household:to"}).status_code == 403
    assert list(Relation.objects.values_list("kind", "role", "removed_at")) == [("knows", "", None)]


def test_a_tie_opens_however_many_others_stand_before_it(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, boris, zerno = see("1", "Anna"), see("2", "Boris"), company("3", "Zerno")
    made = [tie(one, zerno, RelationKind.WORKS_AT) for one in (anna, boris)]
    monkeypatch.setattr("wayloop.customers.views.ties.MOST_LISTED", 1)
    page = f"{card_address(zerno)}ties/"
    assert [owner.get(f"{page}{one.pk}/").status_code for one in made] == [200, 200]
    assert [owner.post(f"{page}{one.pk}/remove/").status_code for one in made] == [302, 302]
    assert told(zerno) == []
