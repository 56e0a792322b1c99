"""Tables of the customers, one module per topic."""

from wayloop.customers.models.bulk import BulkAction, BulkStep
from wayloop.customers.models.cards import Brought, Card, Told
from wayloop.customers.models.notes import Note, NoteVersion
from wayloop.customers.models.saved import SavedView
from wayloop.customers.models.tags import Star, Tag, Tagging
from wayloop.customers.models.ties import Relation
from wayloop.customers.models.traits import Option, TraitDefinition, TraitsDue, TraitValue
from wayloop.customers.models.words import Word

__all__ = [
    "Brought",
    "BulkAction",
    "BulkStep",
    "Card",
    "Note",
    "NoteVersion",
    "Option",
    "Relation",
    "SavedView",
    "Star",
    "Tag",
    "Tagging",
    "Told",
    "TraitDefinition",
    "TraitValue",
    "TraitsDue",
    "Word",
]
