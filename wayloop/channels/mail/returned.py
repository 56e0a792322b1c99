"""What mail servers write when a letter they had taken comes back: delivery status notices (RFC 3464)."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

from wayloop.contracts.channels import Outcome, Returned

# The Message-ID of our letters, see `writing`: the parcel's key stands before the at-sign.
OURS = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
# 5.1.x: there is no such mailbox or domain; 5.2.1: it is switched off.
DEAD = re.compile(r"5\.(1\.(1|2|3|6|10)|2\.1)\b")
EXPIRED = re.compile(r"(4\.\d+|5\.4)\.\d+")
LONGEST = 300


def read_returned(raw: bytes) -> list[Returned]:
    """What a notice says of our letters; empty for any other mail, and for one that only tells of a delay."""
    notice = message_from_bytes(raw, policy=default)
    key = _key_in(notice)
    if not key:
        return []
    return [
        Returned(key, _outcome(status), f"{status} {words}".strip()[:LONGEST])
        for action, status, words in _reports(notice)
        if action == "failed"
    ][:1]


def _outcome(status: str) -> Outcome:
    if DEAD.match(status):
        return Outcome.DEAD
    return Outcome.LATER if EXPIRED.fullmatch(status) else Outcome.NEVER


def _reports(notice: Message) -> Iterator[tuple[str, str, str]]:
    """Action, status and the other side's words of each receiver."""
    for part in notice.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        blocks = part.get_payload()
        for block in blocks if isinstance(blocks, list) else []:
            if not isinstance(block, Message):
                continue
            action, status = str(block.get("Action", "")), str(block.get("Status", ""))
            if action:
                told = str(block.get("Diagnostic-Code", "")).partition(";")[2]
                yield action.strip().lower().partition(" ")[0], status.strip().partition(" ")[0], " ".join(told.split())


def _key_in(notice: Message) -> str:
    """The key of the letter that came back: of its head, which notices hold as a whole or in part."""
    for part in notice.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            heads = str(first.get("Message-ID", "")) if isinstance(first, Message) else ""
        elif kind == "text/rfc822-headers":
            content = part.get_content() if isinstance(part, EmailMessage) else ""
            heads = str(message_from_bytes(_bytes(content), policy=default).get("Message-ID", ""))
        else:
            continue
        if found := OURS.search(heads):
            return found[1]
    return ""


def _bytes(content: object) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode(errors="replace")
