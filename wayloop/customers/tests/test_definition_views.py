"""Settings: the traits a business asks for."""

import re
from typing import Any

import pytest
from django.test import Client

from wayloop.customers.models import Card, TraitDefinition
from wayloop.customers.testing import card_address, see

TRAITS = "/customers/traits/"
FORM = {"label_uk": "Помел", "label_en": "Grind", "group": "other", "about": "all", "sight": "staff"}


def new(client: Client, **data: Any) -> Any:
    return client.post(f"{TRAITS}new/", FORM | {"type": "text"} | data)


def shown(client: Client) -> list[str]:
    return re.findall(
        r'class="[^"]*row-link" href="/customers/traits/\d+/">([^<]*)<', client.get(TRAITS).content.decode()
    )


def key(name: str) -> TraitDefinition:
    return TraitDefinition.objects.get(key=name)


def test_a_trait_is_added_and_stands_on_every_card(owner: Client) -> None:
    handle = see("1", "Anna")
    answer = new(owner, type="choice", option0_uk="Дрібний", option0_en="Fine", option1_en="Coarse", rows="3")
    trait = key("own_pomel")
    assert (answer.status_code, answer.headers["Location"]) == (302, TRAITS)
    assert [(one.code, one.label) for one in trait.choices] == [("dribnyi", "Fine"), ("coarse", "Coarse")]
    panel = {"HX-Request": "true", "HX-Target": "section#traits"}
    write = {"trait-value": "coarse", "trait-seen": "0"}
    owner.post(f"{card_address(handle)}traits/own_pomel/write/", write, headers=panel)
    assert Card.objects.get().traits == {"own_pomel": "coarse"}
    assert "Coarse" in owner.get(card_address(handle)).content.decode()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"label_uk": ""}, "Write the text in the source language first"),
        ({"type": "choice"}, "A list needs values"),
        ({"type": "shoe"}, "shoe"),
        ({"group": "x"}, "x"),
        ({"label_uk": "x" * 61}, "at most 60"),
        ({"option0_uk": "x" * 61, "type": "choice"}, "at most 60"),
    ],
)
def test_what_cannot_be_a_trait_is_refused(data: dict[str, str], message: str, owner: Client) -> None:
    answer = new(owner, **data)
    assert (answer.status_code, message in answer.content.decode()) == (422, True)
    assert TraitDefinition.objects.filter(is_shipped=False).count() == 0


def test_words_of_shipped_traits_stay_ours_until_somebody_writes_others(owner: Client) -> None:
    sex = key("sex")
    page = owner.get(f"{TRAITS}{sex.pk}/").content.decode()
    fields = dict(re.findall(r'name="((?:label|option\d+)_\w+)" value="([^"]*)"', page))
    same = FORM | fields | {"group": "who", "about": "person", "keeps_history": "on", "rows": "6"}
    owner.post(f"{TRAITS}{sex.pk}/", same)
    before = key("sex")
    owner.post(
        f"{TRAITS}{sex.pk}/", same | {"option2_uk": "", "option2_en": "", "option2_ru": "", "label_en": "Gender"}
    )
    after = key("sex")
    assert (before.label.texts, [one.label for one in before.choices]) == ({}, ["Female", "Male", "Other"])
    assert (after.title, [(one.code, one.is_archived) for one in after.choices]) == (
        "Gender",
        [("female", False), ("male", False), ("other", True)],
    )


def test_traits_are_moved_put_away_and_taken_back(owner: Client) -> None:
    first, second = shown(owner)[:2]
    owner.post(f"{TRAITS}{key('sex').pk}/move/", {"to": "up"})
    moved = shown(owner)[:2]
    answer = owner.post(f"{TRAITS}{key('sex').pk}/archive/", follow=True)
    undo = re.search(r'action="(/customers/traits/\d+/restore/)"', answer.content.decode())[1]
    away = shown(owner)
    owner.post(undo)
    assert ((first, second), moved, "Sex" in away, shown(owner)[0]) == (
        ("Date of birth", "Sex"),
        ["Sex", "Date of birth"],
        False,
        "Sex",
    )


def test_the_page_tells_how_indexes_are(owner: Client) -> None:
    page = owner.get(TRAITS).content.decode()
    assert page.count("being prepared") == sum(one.wants_index for one in TraitDefinition.objects.all())


def test_only_who_may_change_settings_comes_here(
    reader: Client, far_manager: Client, front_desk: Client, stranger: Client
) -> None:
    town = key("town").pk
    paths = [TRAITS, f"{TRAITS}new/", f"{TRAITS}{town}/"]
    acts = [f"{TRAITS}{town}/{what}/" for what in ("archive", "restore", "move")]
    for who, status in ((reader, 403), (far_manager, 403), (front_desk, 403), (stranger, 302)):
        answers = [who.get(path).status_code for path in paths]
        answers += [who.post(path, FORM).status_code for path in [*paths[1:], *acts]]
        assert answers == [status] * 8
    assert (key("town").archived_at, key("town").title) == (None, "Town")


def test_there_is_no_page_of_a_trait_that_is_not_there(owner: Client) -> None:
    answers = [owner.post(f"{TRAITS}999999/{what}/").status_code for what in ("archive", "restore", "move")]
    assert (answers, owner.get(f"{TRAITS}999999/").status_code) == ([404] * 3, 404)


@pytest.mark.parametrize("more", [0, 3])
def test_the_page_asks_no_more_for_many_traits(more: int, owner: Client, django_assert_num_queries: Any) -> None:
    for number in range(more):
        new(owner, label_uk=f"Own {number}")
    owner.get(TRAITS)
    with django_assert_num_queries(6):
        owner.get(TRAITS)
