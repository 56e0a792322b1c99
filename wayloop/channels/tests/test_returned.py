"""Notices of letters that came back, as servers write them: whose letter it was, and whether anybody is there."""

import pytest

from wayloop.channels.api import read_returned
from wayloop.contracts.channels import Outcome, Returned

KEY = "0123456789abcdef0123456789abcdef"
NOTICE = """\
From: MAILER-DAEMON@mx.example.com
To: hello@zerno.example
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; anna@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No such
    user here

--b
Content-Type: {kind}

From: zerno@zerno.example
Message-ID: <{key}@zerno.example>
Subject: How was it?

{body}--b--
"""


def notice(status: str, *, action: str = "failed", kind: str = "message/rfc822", key: str = KEY) -> bytes:
    body = "Hello!\n\n" if kind == "message/rfc822" else ""
    return NOTICE.format(status=status, action=action, kind=kind, key=key, body=body).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("5.1.1", Outcome.DEAD),
        ("5.2.1", Outcome.DEAD),
        ("5.7.1", Outcome.NEVER),
        ("5.2.2", Outcome.NEVER),
        ("4.4.7", Outcome.LATER),
        ("5.4.7", Outcome.LATER),
    ],
)
def test_a_notice_says_whose_letter_came_back_and_why(status: str, outcome: Outcome, kind: str) -> None:
    assert read_returned(notice(status, kind=kind)) == [
        Returned(KEY, outcome, f"{status} 550 {status} No such user here")
    ]


def test_other_mail_says_nothing() -> None:
    assert read_returned(notice("4.4.1", action="delayed")) == []
    assert read_returned(notice("5.1.1", key="somebody-elses")) == []
    assert read_returned(f"Subject: Hi\nMessage-ID: <{KEY}@zerno.example>\n\nAction: failed\n".encode()) == []
    assert read_returned(b"\xff\x00 no mail at all") == []
