"""What privacy offers: its events."""

from wayloop.contracts.ledger import EventKind
from wayloop.kernel.registry import offer
from wayloop.privacy.kinds import KINDS

for kind in KINDS:
    offer(EventKind, kind)
