"""Whose name a message bears."""

from collections.abc import Sequence
from dataclasses import dataclass

from wayloop.business import api as business


@dataclass(frozen=True)
class SenderInfo:
    """Who writes: the name people read, and the postal name that stands under every letter."""

    name: str
    postal: str = ""


def senders(brand_ids: Sequence[int | None]) -> dict[int | None, SenderInfo]:
    """Brand → who writes in its name; a brand without a sender of its own is signed by the business."""
    own = SenderInfo(business.profile().name)
    return dict.fromkeys(brand_ids, own)
