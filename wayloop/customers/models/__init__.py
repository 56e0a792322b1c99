"""Tables of the customers, one module per topic."""

from wayloop.customers.models.cards import Card
from wayloop.customers.models.traits import TraitValue

__all__ = ["Card", "TraitValue"]
