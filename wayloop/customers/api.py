"""The face of the customers for other contexts."""

from wayloop.contracts.customers import CardPanel, Cell, CustomerColumn, CustomerColumns, EventNarrator
from wayloop.customers.audiences import (
    condition_of,
    date_traits,
    people_by_day,
    people_of_condition,
    sentences_for,
    tokens_of,
    words_of,
)
from wayloop.customers.chosen import (
    Asking,
    ChosenCustomer,
    ask_whom,
    customer_of,
    customer_of_handle,
    person_of_filter,
)
from wayloop.customers.entities.naming import NamedRows, recognise_rows
from wayloop.customers.entities.telling import here_already
from wayloop.customers.enums import About, CustomerKind, RelationKind, Sight, Trait, TraitGroup, TraitType
from wayloop.customers.queries.cards import Face, Title, faces_of, people_by_uuid, titles_of
from wayloop.customers.queries.conditions import ConditionRefused, as_json
from wayloop.customers.queries.finding import find_people
from wayloop.customers.queries.lists import count_cards
from wayloop.customers.services.computed import compute_traits
from wayloop.customers.services.definitions import NewOption, add_trait
from wayloop.customers.services.definitions import Wishes as TraitWishes
from wayloop.customers.services.named import NamedCustomers
from wayloop.customers.services.notes import add_note
from wayloop.customers.services.people import AlreadyKnown, NewCustomer, add_customer
from wayloop.customers.services.saved import save_view
from wayloop.customers.services.sightings import note_sightings
from wayloop.customers.services.tags import add_tag, create_tag, tag_named
from wayloop.customers.services.ties import add_tie
from wayloop.customers.services.traits import note_traits
from wayloop.customers.trait_cuts import TraitCut, TraitPart, asked_trait, every_trait_cut, trait_cuts

__all__ = [
    "About",
    "AlreadyKnown",
    "Asking",
    "CardPanel",
    "Cell",
    "ChosenCustomer",
    "ConditionRefused",
    "CustomerColumn",
    "CustomerColumns",
    "CustomerKind",
    "EventNarrator",
    "Face",
    "NamedCustomers",
    "NamedRows",
    "NewCustomer",
    "NewOption",
    "RelationKind",
    "Sight",
    "Title",
    "Trait",
    "TraitCut",
    "TraitGroup",
    "TraitPart",
    "TraitType",
    "TraitWishes",
    "add_customer",
    "add_note",
    "add_tag",
    "add_tie",
    "add_trait",
    "as_json",
    "ask_whom",
    "asked_trait",
    "compute_traits",
    "condition_of",
    "count_cards",
    "create_tag",
    "customer_of",
    "customer_of_handle",
    "date_traits",
    "every_trait_cut",
    "faces_of",
    "find_people",
    "here_already",
    "note_sightings",
    "note_traits",
    "people_by_day",
    "people_by_uuid",
    "people_of_condition",
    "person_of_filter",
    "recognise_rows",
    "save_view",
    "sentences_for",
    "tag_named",
    "titles_of",
    "tokens_of",
    "trait_cuts",
    "words_of",
]
