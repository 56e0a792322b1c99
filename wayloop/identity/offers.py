"""What identity offers: how an import is taken back."""

from wayloop.contracts.imports import BatchUndo
from wayloop.identity.services.undoing import ToldOfPeople
from wayloop.kernel.registry import offer

offer(BatchUndo, ToldOfPeople())  # type: ignore[type-abstract]
