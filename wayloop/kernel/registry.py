"""What contexts offer each other without knowing names.

A context registers items under a type at start (`offers.py`); consumers iterate what is there. The type is a Protocol
or a frozen dataclass of `wayloop.contracts`, so both sides are checked by mypy.
"""

from collections import defaultdict
from typing import Any, TypeVar

T = TypeVar("T")
_items: dict[type[Any], list[Any]] = defaultdict(list)


def offer(kind: type[T], item: T) -> None:
    """Adds one item to what is offered under `kind`. The same item twice counts once."""
    if item not in _items[kind]:
        _items[kind].append(item)


def offers(kind: type[T]) -> tuple[T, ...]:
    """Everything offered under `kind`, in the order of the applications."""
    return tuple(_items[kind])
