"""The talk with a mail server. smtplib speaks; what every answer means, and when nobody knows, is decided here."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from wayloop.channels.enums import Security
from wayloop.contracts.channels import Handed, Outcome
from wayloop.kernel import http
from wayloop.kernel.secrets import Secret

# RFC 5321 (4.5.3.2): so long a server may think before it answers; who leaves earlier sends twice.
STEP_SECONDS, END_SECONDS = 60.0, 600.0
LIMITS = http.Limits(connect=10.0, silence=STEP_SECONDS, total=20.0)
MOST_ON_ONE = 200
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
FULL = (2, 2)  # 5.2.2: the mailbox is full today
POLICY = 7  # 5.7.x: the letter or we are unwelcome; nothing is said of the address
NO_SUCH = frozenset({550, 551, 553})


@dataclass(frozen=True)
class Server:
    """Where to, and how."""

    host: str
    port: int
    security: Security
    username: str = ""
    password: Secret | None = None
    may_be_local: bool = False
    own_name: str = "localhost"
    trust: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)


@dataclass(frozen=True)
class Envelope:
    """What the server is told around the letter. `is_wide`: the address has letters that only SMTPUTF8 carries."""

    sender: str
    receiver: str
    content: bytes
    is_wide: bool = False


class ServerAway(Exception):
    """The server cannot be used now; the text says why, in its own words or ours."""


class _Smtp(smtplib.SMTP):
    """smtplib over a connection that was made under our rules."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__(local_hostname=server.own_name, timeout=STEP_SECONDS)
        # The name that STARTTLS asks the certificate for.
        self._host = server.host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = http.connect(host, port, may_be_local=self._server.may_be_local, limits=LIMITS)
        made.settimeout(timeout)
        if self._server.security == Security.TLS:
            return http.secure(made, host, self._server.trust())
        return made


class Talk:
    """A connection that is opened when it is needed, serves many letters, and is opened anew after trouble."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._smtp: _Smtp | None = None
        self._count = 0

    def close(self) -> None:
        """Says goodbye, if anybody listens."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                _wait(smtp, 2.0)
                smtp.quit()
            smtp.close()

    def open(self) -> None:
        """Connects and signs in where that is not done yet. Raises `ServerAway`."""
        if self._smtp is not None and self._count < MOST_ON_ONE:
            return
        self.close()
        smtp, self._count = _Smtp(self._server), 0
        try:
            self._begin(smtp)
        except http.OutboundError as error:
            smtp.close()
            raise ServerAway(str(error.reason.label)) from error
        except smtplib.SMTPResponseException as error:
            smtp.close()
            raise ServerAway(_words(error.smtp_code, error.smtp_error)) from error
        except ssl.SSLCertVerificationError as error:
            smtp.close()
            raise ServerAway(str(http.Reason.CERTIFICATE.label)) from error
        except (OSError, smtplib.SMTPException) as error:
            smtp.close()
            raise ServerAway(f"{type(error).__name__}: {error}"[:300]) from error
        self._smtp = smtp

    def tell(self, envelope: Envelope, may_go: Callable[[], bool]) -> Handed:
        """Tells one letter. `may_go` is asked after the server has accepted sender and receiver, before the letter."""
        try:
            self.open()
        except ServerAway as error:
            return Handed(Outcome.AWAY, str(error))
        smtp = self._smtp
        assert smtp is not None  # noqa: S101  # `open` made it
        self._count += 1
        try:
            refused = self._announce(smtp, envelope)
            if refused is not None:
                return refused
            if not may_go():
                smtp.rset()
                return Handed(Outcome.KEPT)
            return self._content(smtp, envelope.content)
        except (OSError, smtplib.SMTPException) as error:
            # Nothing of the letter has been told to its end: it was not taken.
            self._drop()
            return Handed(Outcome.AWAY, f"{type(error).__name__}: {error}"[:300])

    def _begin(self, smtp: _Smtp) -> None:
        code, said = smtp.connect(self._server.host, self._server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        smtp.ehlo_or_helo_if_needed()
        if self._server.security == Security.STARTTLS:
            smtp.starttls(context=self._server.trust())
            smtp.ehlo_or_helo_if_needed()
        if self._server.username and self._server.password is not None:
            smtp.login(self._server.username, self._server.password.reveal())

    def _announce(self, smtp: _Smtp, envelope: Envelope) -> Handed | None:
        options = ["SMTPUTF8"] if envelope.is_wide else []
        if envelope.is_wide and not smtp.has_extn("smtputf8"):
            return Handed(Outcome.NEVER, "the mail server cannot write to this address (SMTPUTF8)")
        code, said = smtp.mail(envelope.sender, options)
        if code != 250:
            # It is us who are unwelcome, not the receiver.
            self._drop()
            return Handed(Outcome.AWAY, _words(code, said))
        code, said = smtp.rcpt(envelope.receiver)
        if code in (250, 251):
            return None
        if code == 421:
            self._drop()
        else:
            smtp.rset()
        return Handed(outcome_of_receiver(code, said), _words(code, said))

    def _content(self, smtp: _Smtp, content: bytes) -> Handed:
        code, said = smtp.docmd("DATA")
        if code != 354:
            self._drop()
            return Handed(outcome_of_letter(code), _words(code, said))
        body = content if content.endswith(b"\r\n") else content + b"\r\n"
        smtp.send(re.sub(rb"(?m)^\.", b"..", body))
        try:
            # From here on the server may take it, whatever we hear.
            _wait(smtp, END_SECONDS)
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
            _wait(smtp, STEP_SECONDS)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Handed(Outcome.UNSURE, f"{type(error).__name__}: {error}"[:300])
        if code == 250:
            return Handed(Outcome.TAKEN, _words(code, said))
        if code == 421 or code < 400:
            self._drop()
        return Handed(outcome_of_letter(code), _words(code, said))

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def outcome_of_receiver(code: int, said: bytes) -> Outcome:
    """What a refused receiver means: nobody there for good, or not now, or we are unwelcome (RFC 3463)."""
    if code == 421:
        return Outcome.AWAY
    if code < 500:
        return Outcome.LATER
    found = ENHANCED.search(said.decode(errors="replace"))
    if found is None:
        return Outcome.DEAD if code in NO_SUCH else Outcome.NEVER
    subject, detail = int(found[2]), int(found[3])
    if (subject, detail) == FULL:
        return Outcome.LATER
    return Outcome.DEAD if subject in (1, 2) else Outcome.NEVER


def outcome_of_letter(code: int) -> Outcome:
    """What a refused letter means."""
    if code == 421:
        return Outcome.AWAY
    return Outcome.NEVER if code >= 500 else Outcome.LATER


def _wait(smtp: _Smtp, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _words(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return "".join(letter if letter.isprintable() else " " for letter in f"{code} {text}")[:300]
