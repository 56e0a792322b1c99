"""Which way out there is for a channel."""

from collections.abc import Iterator
from contextlib import contextmanager

from wayloop.business import api as business
from wayloop.channels.twin import Memory
from wayloop.contracts.channels import Way
from wayloop.kernel.registry import offers

_instead: dict[str, Way] = {}


def way_out(channel: str) -> Way | None:
    """The way out for a channel (a value of `privacy.api.Channel`); None when it is not set up or switched off.

    The sample business has a twin for e-mail: nothing leaves, everything else is as it would be.
    """
    if channel in _instead:
        way: Way = _instead[channel]
        return way if way.is_ready() else None
    if business.profile().is_sample:
        return Memory(channel) if channel == "email" else None
    return next((way for way in offers(Way) if way.channel == channel and way.is_ready()), None)  # type: ignore[type-abstract]


@contextmanager
def using(way: Way) -> Iterator[None]:
    """Lets another way take all messages of its channel in this process inside the block. For tests."""
    before = _instead.get(way.channel)
    _instead[way.channel] = way
    try:
        yield
    finally:
        _instead.pop(way.channel)
        if before is not None:
            _instead[way.channel] = before
