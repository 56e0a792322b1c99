"""What messaging offers: its events and how they are told."""

from wayloop.contracts.customers import EventNarrator
from wayloop.contracts.ledger import EventKind
from wayloop.kernel.registry import offer
from wayloop.messaging.kinds import KINDS
from wayloop.messaging.narrators import MessageNarrator

for kind in KINDS:
    offer(EventKind, kind)
offer(EventNarrator, MessageNarrator())
