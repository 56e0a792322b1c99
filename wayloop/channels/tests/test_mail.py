"""Letters handed over to a mail server of somebody else's making (aiosmtpd), and checked by somebody else's DKIM."""

import email
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import dkim
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from wayloop.channels.mail.signing import Signature, dns_line, make_key, signed
from wayloop.channels.mail.smtp import outcome_of_receiver
from wayloop.channels.mail.writing import AddressRefused, address_of
from wayloop.channels.mail_way import MailWay
from wayloop.channels.models import MailServer, SigningKey
from wayloop.channels.queries.setup import keys_shown
from wayloop.channels.testing import set_mail_up
from wayloop.contracts.channels import Handed, Outcome, Parcel

pytestmark = pytest.mark.django_db
LEAVE = "https://zerno.example/unsubscribe/abc/"
PARCEL = Parcel(
    "k1", "anna@example.com", "Як вам у нас?", "Вітаємо!\n.\nКрапка\n", "<p>Вітаємо!</p>", "uk", leave=LEAVE
)


class Box:
    """Takes letters, and says no where it is told to."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.receivers: list[str] = []
        self.refusals: dict[str, str] = {}
        self.end = "250 2.0.0 taken"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.end == "leave":
            server.transport.abort()
            return "421 gone"
        if self.end.startswith("250"):
            assert isinstance(envelope.original_content, bytes)
            self.letters.append(envelope.original_content)
            self.receivers += envelope.rcpt_tos
        return self.end


@pytest.fixture(scope="module")
def controller() -> Iterator[Controller]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    made = Controller(Box(), hostname="127.0.0.1", port=port, ident="box")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def box(controller: Controller) -> Box:
    controller.handler.__init__()
    set_mail_up(controller.server.sockets[0].getsockname()[1])
    return controller.handler


def hand(parcel: Parcel = PARCEL, may_go: Callable[[], bool] = lambda: True) -> Handed:
    with MailWay().session() as session:
        return session.hand_over(parcel, may_go)


def read(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=default)


def test_a_letter_arrives_as_it_was_written(box: Box) -> None:
    assert hand() == Handed(Outcome.TAKEN, "250 2.0.0 taken")
    letter = read(box.letters[0])
    assert letter["From"] == "Зерно <hello@zerno.example>"
    assert (letter["To"], letter["Subject"]) == ("anna@example.com", "Як вам у нас?")
    assert letter["Message-ID"] == "<k1@zerno.example>"
    assert letter["List-Unsubscribe"] == f"<{LEAVE}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n") == PARCEL.text  # type: ignore[union-attr]
    assert letter.get_body(("html",)).get_content().strip() == PARCEL.html  # type: ignore[union-attr]
    assert max(map(len, box.letters[0].split(b"\r\n"))) <= 998


def test_several_letters_leave_through_one_door_and_one_stays(box: Box) -> None:
    with MailWay().session() as session:
        for name, goes in (("anna", True), ("boris", False), ("clara", True)):
            session.hand_over(Parcel(name, f"{name}@example.com", "s", "t\n", "", "en"), lambda goes=goes: goes)
    assert box.receivers == ["anna@example.com", "clara@example.com"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("550 5.1.1 no such user", Outcome.DEAD),
        ("550 No such user", Outcome.DEAD),
        ("552 5.2.2 mailbox full", Outcome.LATER),
        ("550 5.7.1 you are on a list", Outcome.NEVER),
        ("451 4.7.1 greylisted", Outcome.LATER),
        ("421 4.3.2 closing", Outcome.AWAY),
    ],
)
def test_a_refused_receiver_means_what_the_server_says(box: Box, said: str, outcome: Outcome) -> None:
    box.refusals["anna@example.com"] = said
    assert hand() == Handed(outcome, said)
    assert outcome_of_receiver(int(said[:3]), said[4:].encode()) == outcome
    assert hand(Parcel("k2", "boris@example.com", "s", "t\n", "", "en")).outcome == Outcome.TAKEN


@pytest.mark.parametrize(
    ("end", "outcome"),
    [("554 5.6.0 spam", Outcome.NEVER), ("452 4.2.0 later", Outcome.LATER), ("leave", Outcome.UNSURE)],
)
def test_the_end_of_the_letter_decides_and_silence_after_it_is_a_doubt(box: Box, end: str, outcome: Outcome) -> None:
    box.end = end
    assert hand().outcome == outcome
    assert box.letters == []


def test_a_server_that_is_away_says_nothing_of_the_letter(box: Box) -> None:
    MailServer.objects.update(port=1)
    assert hand().outcome == Outcome.AWAY
    assert MailServer.objects.get().trouble != ""


def test_a_signature_is_good_in_the_eyes_of_another_program_and_bad_when_anything_is_changed(
    box: Box, controller: Controller
) -> None:
    set_mail_up(controller.server.sockets[0].getsockname()[1], is_signed=True)
    hand()
    (raw,) = box.letters
    (key,) = keys_shown().values()
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return key.line.encode()

    assert dkim.verify(raw, dnsfunc=dns)
    assert asked == [f"{key.name}.".encode()]
    assert not dkim.verify(raw.replace(b"hello@", b"fello@", 1), dnsfunc=dns)
    assert not dkim.verify(raw.replace(LEAVE.encode(), LEAVE.encode() + b"x"), dnsfunc=dns)
    assert not dkim.verify(b"Reply-To: evil@example.com\r\n" + raw, dnsfunc=dns)
    assert not dkim.verify(raw[:-20] + b"x" + raw[-19:], dnsfunc=dns)
    assert b"PRIVATE" not in bytes(SigningKey.objects.get().private or b"")


@pytest.mark.parametrize("body", [b"", b"\r\n", b"a  b \t c\r\n\r\n\r\n", b"no end", b" lead\r\n.\r\n"])
def test_odd_bodies_are_signed_as_others_read_them(body: bytes) -> None:
    private, public = make_key()
    raw = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\t folded   line\r\n\r\n" + body
    made = signed(raw, Signature("b.example", "s", private))
    assert dkim.verify(made, dnsfunc=lambda name, timeout=5: dns_line(public).encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "a b@example.com",
        "a@b\r\nBcc: x@y.example",
        "<a@b.example>",
        "a@b@c",
        "a,b@c",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    with pytest.raises(AddressRefused):
        address_of(text)


def test_names_and_subjects_cannot_add_headers(box: Box) -> None:
    evil = "Hi\r\nBcc: everybody@example.com"
    assert hand(Parcel("k3", "anna@example.com", evil, "t\n", "", "en")).outcome == Outcome.TAKEN
    letter = read(box.letters[0])
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hi Bcc: everybody@example.com"
