"""The face of the customers for other contexts."""

from wayloop.contracts.customers import CardPanel, Cell, CustomerColumn, CustomerColumns, EventNarrator
from wayloop.customers.enums import Trait
from wayloop.customers.queries import count_cards, titles_of
from wayloop.customers.services import note_sightings, note_traits

__all__ = [
    "CardPanel",
    "Cell",
    "CustomerColumn",
    "CustomerColumns",
    "EventNarrator",
    "Trait",
    "count_cards",
    "note_sightings",
    "note_traits",
    "titles_of",
]
