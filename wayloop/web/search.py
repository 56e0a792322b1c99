"""Search over everything the contexts offer."""

from dataclasses import dataclass
from typing import Any

from wayloop.contracts.shell import SearchHit, SearchProvider
from wayloop.kernel.registry import offers

LIMIT = 6
SHORTEST = 2


@dataclass(frozen=True)
class Found:
    """The hits of one provider."""

    title: str
    hits: list[SearchHit]


def find(member: Any, text: str) -> list[Found]:
    """What each provider the member may use finds, without empty groups. Texts under two letters find nothing."""
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        return []
    providers = offers(SearchProvider)  # type: ignore[type-abstract]  # the registry keys by type and never makes one
    groups = (
        Found(title=str(provider.label), hits=list(provider.search(member, text, LIMIT)))
        for provider in providers
        if provider.permission is None or member.has_permission(provider.permission)
    )
    return [group for group in groups if group.hits]
