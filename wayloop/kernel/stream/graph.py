"""The graph of reactions, read from what is registered: which kinds lead to which, and whether they go round."""

from collections.abc import Iterable, Mapping

from wayloop.kernel.stream.listeners import Listener
from wayloop.kernel.stream.provenance import DEEPEST


def edges(listeners: Iterable[Listener]) -> dict[str, set[str]]:
    """Kind → the kinds that a listener to it may announce."""
    found: dict[str, set[str]] = {}
    for one in listeners:
        for kind in one.kinds:
            found.setdefault(kind, set()).update(one.announces)
    return found


def unguarded_circles(listeners: Iterable[Listener]) -> list[list[str]]:
    """Circles of kinds on which no listener limits the depth itself, each from its smallest kind on.

    The general limit cuts every circle, but late and with a parked row; who builds one on purpose says how deep it
    goes.
    """
    return circles(edges(one for one in listeners if one.deepest >= DEEPEST))


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The kinds from which one comes back to oneself, by a shortest way each."""
    found: dict[frozenset[str], list[str]] = {}
    for start in sorted(graph):
        way = _way_back(graph, start)
        if way and start == min(way):
            found.setdefault(frozenset(way), way)
    return list(found.values())


def _way_back(graph: Mapping[str, Iterable[str]], start: str) -> list[str] | None:
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        kind = waiting.pop(0)
        for following in sorted(graph.get(kind, ())):
            if following == start:
                way = [kind]
                while way[0] != start:
                    way.insert(0, came_from[way[0]])
                return way
            if following not in came_from:
                came_from[following] = kind
                waiting.append(following)
    return None
