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


def may_search(member: Any) -> bool:
    """Whether anybody offers something this member may search."""
    return bool(_providers(member))


def _providers(member: Any) -> list[SearchProvider]:
    providers = offers(SearchProvider)  # type: ignore[type-abstract]  # the registry keys by type and never makes one
    return [one for one in providers if one.permission is None or member.has_permission(one.permission)]


def find(member: Any, text: str) -> list[Found]:
    """What each provider the member may use finds, without empty groups. Texts under two letters find nothing."""
    text = " ".join(text.split())
    if len(text) < SHORTEST:
        return []
    groups = (
        Found(title=str(provider.label), hits=list(provider.search(member, text, LIMIT)))
        for provider in _providers(member)
    )
    return [group for group in groups if group.hits]
