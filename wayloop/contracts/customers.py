"""Value types of the customers, and what other contexts add to their pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from wayloop.contracts.scope import Scope


@dataclass(frozen=True)
class CustomerColumns:
    """Many sightings of customers, as columns of equal length.

    `names` may hold empty texts: an empty name never replaces a known one. `known_as`: the number or address they were
    seen by. `traits`: trait name → column of values (empty: nothing known). `location_ids`: None where there is
    no place.
    """

    handles: Sequence[int]
    known_as: Sequence[str]
    seen_at: Sequence[datetime]
    source: str
    names: Sequence[str] = ()
    traits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    location_ids: Sequence[int | None] = ()


@dataclass(frozen=True)
class Cell:
    """One value another context shows beside a customer.

    `kind` decides how it is written: a number, money in minor units of `currency`, an instant, or a text.
    """

    kind: Literal["number", "money", "moment", "text"]
    value: Any
    currency: str = ""


class CustomerColumn(Protocol):
    """A column of the list of customers that another context fills."""

    key: str
    label: Any

    def cells(self, people: Sequence[int], scope: Scope) -> Mapping[int, Cell]:
        """One set-based read for the people of a page."""
        ...


class CardPanel(Protocol):
    """A panel of the 360 card."""

    label: Any
    order: int

    def facts(self, person: int, scope: Scope) -> Sequence[tuple[Any, Cell, str]]:
        """Label, value and the address that opens the rows behind it (empty: none)."""
        ...


class EventNarrator(Protocol):
    """Tells one kind of event in a sentence for the timeline."""

    kinds: Sequence[str]

    def narrate(self, events: Sequence[Any]) -> Mapping[int, tuple[str, str, str]]:
        """Event id → title, detail, address that opens the subject (empty: none). One set-based read for a page."""
        ...
