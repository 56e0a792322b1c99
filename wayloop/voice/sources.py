"""What customers said, wherever it is kept."""

from collections.abc import Mapping, Sequence

from wayloop.contracts.scope import Scope
from wayloop.contracts.voice import Feedback, FeedbackSource
from wayloop.kernel import registry


def sources() -> dict[str, FeedbackSource]:
    """All that keep such things, by name."""
    return {one.name: one for one in registry.offers(FeedbackSource)}  # type: ignore[type-abstract]


def choices() -> list[tuple[str, str]]:
    """What can be chosen: every source as a whole, then its sorts; the value is `source|key`."""
    found = []
    for one in sources().values():
        found.append((f"{one.name}|", str(one.label)))
        found += [(f"{one.name}|{key}", f"{one.label}: {name}") for key, name in one.choices()]
    return found


def tell(things: Sequence[tuple[str, int]], scope: Scope) -> Mapping[tuple[str, int], Feedback]:
    """Source and id → what it is, of those the scope lets see. One read for each source."""
    wanted: dict[str, list[int]] = {}
    for source, thing in things:
        wanted.setdefault(source, []).append(thing)
    known = sources()
    return {
        (source, number): one
        for source, ids in wanted.items()
        if source in known
        for number, one in known[source].tell(ids, scope).items()
    }
