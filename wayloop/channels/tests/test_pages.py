"""The page of mail: an owner sets it up, others look, strangers do not."""

import pytest
from django.test import Client

from wayloop.channels.models import MailServer, Sender, SigningKey
from wayloop.channels.testing import set_mail_up

pytestmark = pytest.mark.django_db
PAGE = "/settings/mail/"
SERVER = {"host": "127.0.0.1", "port": "2525", "security": "none", "username": "bee", "password": "hive-canary",
          "per_minute": "60", "may_be_local": "on"}  # fmt: skip
SENDER = {"name": "Зерно", "address": "hello@zerno.example", "reply_to": "", "postal": "Київ"}


def test_an_owner_sets_mail_up_and_the_password_is_never_shown(owner: Client, reader: Client, stranger: Client) -> None:
    assert owner.post(f"{PAGE}server/", SERVER).status_code == 302
    assert owner.post(f"{PAGE}sender/0/", SENDER).status_code == 302
    assert owner.post(f"{PAGE}signing/", {"domain": "zerno.example", "do": "make"}).status_code == 302
    assert owner.post(f"{PAGE}signing/", {"domain": "zerno.example", "do": "on"}).status_code == 302
    page = owner.get(PAGE).content.decode()
    key = SigningKey.objects.get()
    assert f"{key.selector}._domainkey.zerno.example" in page
    assert key.public in page
    for who in (page, reader.get(PAGE).content.decode()):
        assert "hive-canary" not in who
    assert b"hive-canary" not in bytes(MailServer.objects.get().password or b"")
    assert 'name="host"' not in reader.get(PAGE).content.decode()
    assert stranger.get(PAGE).status_code == 302


@pytest.mark.parametrize("address", ["server/", "sender/0/", "signing/", "switch/", "trial/"])
def test_only_owners_change_how_mail_leaves(reader: Client, stranger: Client, address: str) -> None:
    set_mail_up(2525)
    for who, status in ((reader, 403), (stranger, 302)):
        assert (
            who.post(PAGE + address, SERVER | SENDER | {"do": "off", "domain": "zerno.example"}).status_code == status
        )
    assert (MailServer.objects.get().is_on, SigningKey.objects.count(), Sender.objects.count()) == (True, 0, 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"may_be_local": ""}, "Without protection"),
        ({"may_be_local": "", "security": "tls"}, "does not lead to a public server"),
        ({"host": "169.254.169.254"}, "does not lead to a public server"),
        ({"host": "0x7f.1"}, "does not lead to a public server"),
        ({"port": "22"}, "Mail servers are reached at"),
        ({"host": "a b"}, "is not a web address"),
    ],
)
def test_a_server_we_do_not_talk_to_is_refused_when_it_is_saved(
    owner: Client, change: dict[str, str], words: str
) -> None:
    answer = owner.post(f"{PAGE}server/", {name: value for name, value in (SERVER | change).items() if value})
    assert (answer.status_code, MailServer.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_a_password_is_for_one_server_only(owner: Client) -> None:
    owner.post(f"{PAGE}server/", SERVER)
    kept = bytes(MailServer.objects.get().password or b"")
    owner.post(f"{PAGE}server/", SERVER | {"password": "", "per_minute": "5"})
    assert bytes(MailServer.objects.get().password or b"") == kept
    owner.post(f"{PAGE}server/", SERVER | {"password": "", "host": "127.0.0.2"})
    assert MailServer.objects.get().password is None


def test_mail_can_be_stopped_and_a_letter_to_oneself_tells_what_is_wrong(owner: Client) -> None:
    set_mail_up(1025)
    MailServer.objects.update(port=1)
    answer = owner.post(f"{PAGE}trial/", follow=True)
    assert "The letter was not taken" in answer.content.decode()
    owner.post(f"{PAGE}switch/", {"do": "off"})
    assert not MailServer.objects.get().is_on
    assert owner.post(f"{PAGE}sender/0/", SENDER | {"address": "nobody"}).status_code == 422
    assert owner.post(f"{PAGE}sender/77/", SENDER).status_code == 404
    assert owner.post(f"{PAGE}signing/", {"domain": "other.example", "do": "make"}).status_code == 404
