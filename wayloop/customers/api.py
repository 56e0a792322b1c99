"""The face of the customers for other contexts."""

from wayloop.contracts.customers import CardPanel, Cell, CustomerColumn, CustomerColumns, EventNarrator
from wayloop.customers.enums import CustomerKind, RelationKind, Trait
from wayloop.customers.queries.cards import Face, faces_of, titles_of
from wayloop.customers.queries.finding import find_people
from wayloop.customers.queries.lists import count_cards
from wayloop.customers.services.computed import compute_traits
from wayloop.customers.services.notes import add_note
from wayloop.customers.services.people import AlreadyKnown, NewCustomer, add_customer
from wayloop.customers.services.sightings import note_sightings
from wayloop.customers.services.ties import add_tie
from wayloop.customers.services.traits import note_traits

__all__ = [
    "AlreadyKnown",
    "CardPanel",
    "Cell",
    "CustomerColumn",
    "CustomerColumns",
    "CustomerKind",
    "EventNarrator",
    "Face",
    "NewCustomer",
    "RelationKind",
    "Trait",
    "add_customer",
    "add_note",
    "add_tie",
    "compute_traits",
    "count_cards",
    "faces_of",
    "find_people",
    "note_sightings",
    "note_traits",
    "titles_of",
]
