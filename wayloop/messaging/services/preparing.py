"""Claimed messages become parcels: address, letter with its names filled in, links, foot. A few reads for all."""

from collections.abc import Sequence

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


def _parcel(message: Message, address: str, letter: Letter, sender: channels.SenderInfo) -> Parcel:
    told = filled(letter, message.values, own_address())
    foot, leave = _foot(message, letter.language, sender)
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


def _foot(message: Message, language: str, sender: channels.SenderInfo) -> tuple[Foot, str]:
    base, purpose = own_address(), privacy.Purpose(message.purpose)
    choose = base + privacy.preferences_link(point=message.point, handle=message.handle)
    leave = ""
    if purpose in privacy.CHOOSABLE:
        channel = privacy.Channel(message.channel)
        link = privacy.unsubscribe_link(point=message.point, purpose=purpose, channel=channel, handle=message.handle)
        leave = base + link
    with translation.override(language if language in SPOKEN else "en"):
        foot = Foot(
            name=sender.name,
            postal=sender.postal,
            why=_("You get this letter because you are a customer of %(name)s.") % {"name": sender.name},
            choose=_("Choose what to hear of"),
            choose_link=choose,
            leave=_("No more of this") if leave else "",
            leave_link=leave,
        )
    return foot, leave


def own_address() -> str:
    """The address of this installation, as people open it, without a slash at its end."""
    url: str = settings.ENVIRONMENT.url
    return url
