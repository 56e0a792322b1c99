"""Signed links for people without sign-in: their preferences, one click to leave, and to confirm a consent."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from wayloop.kernel.signing import BadToken, purpose, sign, unsign
from wayloop.privacy.enums import Channel, Purpose

# A letter is opened years later, and leaving must work then.
PREFERENCES = purpose("privacy.preferences", timedelta(days=3650))
UNSUBSCRIBE = purpose("privacy.unsubscribe", timedelta(days=3650))
CONFIRM = purpose("privacy.confirm", timedelta(days=30))


@dataclass(frozen=True)
class Meant:
    """Whose link it is: a contact point and who it belonged to (0: nobody is known), and what it is about."""

    point: int
    handle: int
    purpose: str = ""
    channel: str = ""


def preferences_link(*, point: int, handle: int | None = None) -> str:
    """The path of somebody's own page, where they say what they want to hear of."""
    return reverse("privacy:preferences", args=[sign(PREFERENCES, f"{point}.{handle or 0}")])


def unsubscribe_link(*, point: int, purpose: Purpose, channel: Channel, handle: int | None = None) -> str:
    """The path for the header List-Unsubscribe (RFC 8058): a POST leaves, a GET shows a page with a button."""
    return reverse("privacy:unsubscribe", args=[sign(UNSUBSCRIBE, f"{point}.{handle or 0}.{purpose}.{channel}")])


def confirm_link(*, point: int, purpose: Purpose, channel: Channel, handle: int | None = None) -> str:
    """The path that confirms a consent that was asked for: the second half of a double opt-in."""
    return reverse("privacy:confirm", args=[sign(CONFIRM, f"{point}.{handle or 0}.{purpose}.{channel}")])


def meant_by_preferences(token: str) -> Meant:
    """Whose page this is. Raises `BadToken`."""
    point, handle = unsign(PREFERENCES, token).split(".")
    return Meant(int(point), int(handle))


def meant_by_unsubscribe(token: str) -> Meant:
    """Who leaves what. Raises `BadToken`."""
    return _whole(unsign(UNSUBSCRIBE, token))


def meant_by_confirm(token: str) -> Meant:
    """Who confirms what. Raises `BadToken`."""
    return _whole(unsign(CONFIRM, token))


def _whole(value: str) -> Meant:
    point, handle, purpose_told, channel = value.split(".")
    if purpose_told not in Purpose.values or channel not in Channel.values:
        raise BadToken("this link is not valid")
    return Meant(int(point), int(handle), purpose_told, channel)
