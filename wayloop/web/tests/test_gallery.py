"""The gallery: everything at once, so one page proves the kit."""

import re
from typing import Any

import pytest
from django.test import Client


def test_the_owner_sees_every_component(owner: Client) -> None:
    page = owner.get("/gallery/")
    assert page.status_code == 200
    assert page.content.decode().count("<section id=") >= 12


def test_a_role_without_settings_does_not(reader: Client) -> None:
    assert reader.get("/gallery/").status_code == 403


def test_a_stranger_is_led_to_sign_in(client: Client, owner_member: Any) -> None:
    assert client.get("/gallery/").headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("language", ["en", "ru", "uk"])
def test_no_component_tag_reaches_the_browser_and_no_text_is_lost(
    owner: Client, owner_member: Any, language: str
) -> None:
    owner_member.language = language
    owner_member.save()
    html = owner.get("/gallery/").content.decode()
    assert re.findall(r"</?c-[a-z]", html) == []
    assert re.findall(r"\{[%{#]|[%}#]\}", html) == []
    assert f'<html lang="{language}"' in html


def test_ids_are_unique_except_the_two_sample_forms(owner: Client) -> None:
    ids = re.findall(r'\sid="([^"]+)"', owner.get("/gallery/").content.decode())
    twice = {name for name in ids if ids.count(name) > 1 and not name.startswith("id_")}
    assert twice == set()


def test_every_reference_points_at_something(owner: Client) -> None:
    html = owner.get("/gallery/").content.decode()
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    told = re.findall(r'(?:aria-describedby|aria-labelledby|aria-controls|popovertarget|commandfor)="([^"]+)"', html)
    assert {name for names in told for name in names.split()} - ids == set()


def test_the_sample_form_comes_back_with_its_errors(owner: Client) -> None:
    page = owner.post("/gallery/form/", {"name": ""}, headers={"HX-Request": "true"})
    assert page.status_code == 422
    assert "<html" not in page.content.decode()
    whole = owner.post("/gallery/form/", {"name": ""})
    assert (whole.status_code, "<html" in whole.content.decode()) == (422, True)


def test_a_toast_can_be_taken_back(owner: Client) -> None:
    answer = owner.post("/gallery/toast/", {"kind": "good"}, headers={"HX-Request": "true"}).content.decode()
    assert "Conversation resolved" in answer
    page = owner.post("/gallery/toast/", follow=True)
    assert "Taken back" in page.content.decode()


@pytest.mark.parametrize(
    ("at", "polls"), [("0", True), ("60", True), ("80", False), ("x", False), ("²", False), ("9" * 5000, False)]
)
def test_the_sample_of_long_work_ends(owner: Client, at: str, polls: bool) -> None:
    page = owner.get("/gallery/progress/", {"at": at}).content.decode()
    assert ("hx-get=" in page) is polls
