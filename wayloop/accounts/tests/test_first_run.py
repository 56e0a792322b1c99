"""The first run: one page, once."""

from threading import Barrier, Thread

import pytest
from django.db import connections
from django.test import Client

from wayloop.accounts.models import Member
from wayloop.accounts.testing import PASSWORD
from wayloop.business import api as business

ANSWERS = {
    "name": "Olena Sad",
    "email": "Olena@Example.com",
    "password": PASSWORD,
    "business_name": "Café Orchard",
    "trade": "cafe",
    "content_languages": ["uk", "pl"],
    "location_name": "Поділ",
    "town": "Київ",
    "zone": "Europe/Kyiv",
    "currency": "UAH",
}


@pytest.fixture
def newcomer(db: None) -> Client:
    """A browser at an installation nobody owns yet."""
    return Client(headers={"accept-language": "uk,en-us;q=0.7"})


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/me/", "/customers/", "/no-such-page/"])
def test_everything_leads_to_the_first_run(newcomer: Client, path: str) -> None:
    assert newcomer.get(path).headers["Location"] == "/start/"


def test_a_script_is_led_there_too(newcomer: Client) -> None:
    assert newcomer.get("/me/", headers={"hx-request": "true"}).headers["HX-Redirect"] == "/start/"


def test_the_page_speaks_the_browsers_language_and_guesses_zone_and_currency(newcomer: Client) -> None:
    response = newcomer.get("/start/")
    page = response.content.decode()
    assert (response.status_code, response.headers["Content-Language"]) == (200, "uk")
    assert [
        value for value in ("Europe/Kyiv", "UAH") if f'value="{value}" selected' not in " ".join(page.split())
    ] == []


def test_further_languages_stand_in_the_order_of_the_alphabet_of_the_reader() -> None:
    names = [name for _, name in business.content_language_choices("uk")]
    assert names[:4] == ["Русский", "Українська", "English", "Азербайджанська"]
    assert names.index("Естонська") < names.index("Іврит") < names.index("Казахська")


def test_the_language_can_be_switched_before_anybody_exists(newcomer: Client) -> None:
    newcomer.post("/me/language/", {"language": "ru", "next": "/start/"})
    assert newcomer.get("/start/").headers["Content-Language"] == "ru"


def test_good_answers_make_business_location_and_owner_and_sign_in(newcomer: Client) -> None:
    response = newcomer.post("/start/", ANSWERS)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    owner = Member.objects.get()
    assert (owner.name, owner.email, owner.role, owner.language) == ("Olena Sad", "olena@example.com", "owner", "uk")
    assert owner.check_password(PASSWORD) is True
    profile = business.profile()
    assert (profile.name, profile.trade, profile.zone, profile.currency) == (
        "Café Orchard",
        "cafe",
        "Europe/Kyiv",
        "UAH",
    )
    assert (profile.content_languages, profile.is_sample) == (("uk", "pl"), False)
    assert [(place.name.texts, place.town) for place in business.locations()] == [({"uk": "Поділ"}, "Київ")]
    assert newcomer.get("/me/").status_code == 200


def test_afterwards_the_page_is_gone_for_everybody(newcomer: Client) -> None:
    newcomer.post("/start/", ANSWERS)
    for client in (newcomer, Client()):
        assert (client.get("/start/").status_code, client.post("/start/", ANSWERS).status_code) == (404, 404)
    assert Member.objects.count() == 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("name", ""),
        ("email", "olena"),
        ("email", ""),
        ("password", "short"),
        ("password", "1234567890"),
        ("password", "olena@example.com"),
        ("password", ""),
        ("password", "x" * 300),
        ("business_name", " "),
        ("business_name", "x" * 121),
        ("trade", ""),
        ("trade", "piracy"),
        ("content_languages", []),
        ("content_languages", ["uk", "tlh"]),
        ("location_name", ""),
        ("zone", "Europe/Atlantis"),
        ("zone", ""),
        ("currency", "XXZ"),
        ("name", "nul\x00"),
    ],
)
def test_a_bad_answer_is_said_at_its_field_and_nothing_is_written(newcomer: Client, part: str, value: object) -> None:
    response = newcomer.post("/start/", ANSWERS | {part: value})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [part])
    assert (Member.objects.count(), business.profile()) == (0, business.NOT_SET_UP)


def test_a_bad_answer_keeps_the_good_ones(newcomer: Client) -> None:
    page = newcomer.post("/start/", ANSWERS | {"email": "olena"}).content.decode()
    missing = [kept for kept in ("Olena Sad", 'value="olena"', "Café Orchard", "Поділ", "Київ") if kept not in page]
    assert (missing, PASSWORD in page) == ([], False)


def test_the_first_run_cannot_make_a_sample(newcomer: Client) -> None:
    newcomer.post("/start/", ANSWERS | {"is_sample": "true", "role": "reader", "is_active": "false"})
    assert (Member.objects.get().role, business.profile().is_sample) == ("owner", False)


def test_of_those_who_come_at_once_one_becomes_owner_and_the_others_are_led_to_sign_in(committed: None) -> None:
    places: list[str] = []
    together = Barrier(4)

    def run(number: int) -> None:
        client = Client(headers={"accept-language": "en"})
        try:
            together.wait()
            response = client.post("/start/", ANSWERS | {"email": f"{number}@example.com"})
            places.append(response.headers.get("Location", str(response.status_code)))
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Member.objects.count(), places.count("/"), len(business.locations())) == (1, 1, 1)
    assert set(places) <= {"/", "/sign-in/", "404"}
