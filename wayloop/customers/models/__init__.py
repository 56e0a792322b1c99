"""Tables of the customers, one module per topic."""

from wayloop.customers.models.cards import Card
from wayloop.customers.models.notes import Note, NoteVersion
from wayloop.customers.models.ties import Relation
from wayloop.customers.models.traits import Option, TraitDefinition, TraitsDue, TraitValue
from wayloop.customers.models.words import Word

__all__ = ["Card", "Note", "NoteVersion", "Option", "Relation", "TraitDefinition", "TraitValue", "TraitsDue", "Word"]
