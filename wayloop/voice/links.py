"""Signed links for people without sign-in: the page that thanks them."""

from datetime import timedelta

from wayloop.kernel.signing import purpose, sign, unsign

THANKS = purpose("voice.thanks", timedelta(days=3650))


def thanks_token(number: int) -> str:
    """What opens the page of these thanks; consent can be taken back there years later."""
    return sign(THANKS, str(number))


def thanks_of(token: str) -> int:
    """Raises `BadToken`."""
    return int(unsign(THANKS, token))
