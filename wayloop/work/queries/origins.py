"""What cases came from, as those tell it who opened them."""

from wayloop.contracts.work import CaseOrigin, Origin
from wayloop.kernel import registry


def origin_of(about: str | None) -> Origin | None:
    """The thing behind "answer:512"; None when nothing is, or nobody knows it any more."""
    prefix, _colon, key = (about or "").partition(":")
    for source in registry.offers(CaseOrigin):  # type: ignore[type-abstract]
        if source.prefix == prefix:
            return source.tell([key]).get(key)
    return None
