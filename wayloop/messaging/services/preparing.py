"""Claimed messages become parcels: address, letter with its names filled in, links, foot. A few reads for all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.channels import api as channels
from wayloop.contracts.channels import Parcel
from wayloop.contracts.messaging import Letter
from wayloop.messaging.models import LetterText, Message
from wayloop.messaging.rules.letters import filled, unpacked
from wayloop.messaging.rules.looks import Foot, as_html, as_text
from wayloop.privacy import api as privacy

# The address as it is written for this handle, or for another one that is the same person today.
ADDRESSES = """
SELECT DISTINCT ON (m.id) m.id, i.value
FROM messaging_message m
JOIN api_identity_identifiers i ON i.contact_point = m.point
LEFT JOIN api_identity_people mine ON mine.handle = m.handle
LEFT JOIN api_identity_people theirs ON theirs.handle = i.handle
WHERE m.id = ANY (%s) AND mine.person = theirs.person
ORDER BY m.id, i.leads DESC, i.handle = m.handle DESC, i.seen_at DESC
"""
SPOKEN = ("ru", "uk", "en")
NOWHERE = "#"


def prepare(*, messages: Sequence[Message]) -> dict[int, Parcel]:
    """Message → what is handed over; left out are those whose address nobody knows any more."""
    with connection.cursor() as cursor:
        cursor.execute(ADDRESSES, [[one.pk for one in messages]])
        addresses = dict(cursor.fetchall())
    texts = LetterText.objects.in_bulk({one.letter_id for one in messages})
    letters = {number: unpacked(row.language, row.subject, row.blocks) for number, row in texts.items()}
    senders = channels.senders([one.brand_id for one in messages])
    return {
        one.pk: _parcel(one, addresses[one.pk], letters[one.letter_id], senders[one.brand_id])
        for one in messages
        if one.pk in addresses
    }


def show_letter(*, letter: Letter, values: Mapping[str, str], purpose: str) -> Parcel:
    """The letter as it would reach somebody, without an address; its links lead nowhere. For whoever writes it."""
    told = filled(letter, values, NOWHERE)
    sender = channels.senders([None])[None]
    leave = NOWHERE if privacy.Purpose(purpose) in privacy.CHOOSABLE else ""
    foot = _foot(letter.language, sender, choose_link=NOWHERE, leave_link=leave)
    written = replace(foot, choose_link=f"{own_address()}/…", leave_link=f"{own_address()}/…" if leave else "")
    return Parcel(
        key="",
        to="",
        subject=told.subject,
        text=as_text(filled(letter, values, own_address()), written),
        html=as_html(told, foot),
        language=letter.language,
        brand_id=None,
        leave="",
    )


def _parcel(message: Message, address: str, letter: Letter, sender: channels.SenderInfo) -> Parcel:
    told = filled(letter, message.values, own_address())
    choose, leave = _links(message)
    foot = _foot(letter.language, sender, choose_link=choose, leave_link=leave)
    return Parcel(
        key=message.key.hex,
        to=address,
        subject=told.subject,
        text=as_text(told, foot),
        html=as_html(told, foot),
        language=letter.language,
        brand_id=message.brand_id,
        leave=leave,
    )


def _links(message: Message) -> tuple[str, str]:
    """Where its person chooses what to hear of, and how they leave (empty: this cannot be left)."""
    base, purpose = own_address(), privacy.Purpose(message.purpose)
    choose = base + privacy.preferences_link(point=message.point, handle=message.handle)
    leave = ""
    if purpose in privacy.CHOOSABLE:
        channel = privacy.Channel(message.channel)
        link = privacy.unsubscribe_link(point=message.point, purpose=purpose, channel=channel, handle=message.handle)
        leave = base + link
    return choose, leave


def _foot(language: str, sender: channels.SenderInfo, *, choose_link: str, leave_link: str) -> Foot:
    with translation.override(language if language in SPOKEN else "en"):
        return Foot(
            name=sender.name,
            postal=sender.postal,
            why=_("You get this letter because you are a customer of %(name)s.") % {"name": sender.name},
            choose=_("Choose what to hear of"),
            choose_link=choose_link,
            leave=_("No more of this") if leave_link else "",
            leave_link=leave_link,
        )


def own_address() -> str:
    """The address of this installation, as people open it, without a slash at its end."""
    url: str = settings.ENVIRONMENT.url
    return url
