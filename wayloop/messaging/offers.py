"""What messaging offers: its events and how they are told, its page, what the doctor and the gauges ask."""

from django.utils.translation import gettext_lazy

from wayloop.accounts.api import Permission
from wayloop.contracts.audit import Act
from wayloop.contracts.customers import EventNarrator
from wayloop.contracts.doctor import Check
from wayloop.contracts.gauges import Gauge
from wayloop.contracts.ledger import EventKind
from wayloop.contracts.shell import NavItem
from wayloop.kernel.registry import offer
from wayloop.messaging.acts import ADDRESS_DECIDED, DOUBTS_DECIDED, RUN_RESUMED, RUN_STOPPED
from wayloop.messaging.checks import messages_settled
from wayloop.messaging.gauges import GAUGES
from wayloop.messaging.kinds import KINDS
from wayloop.messaging.narrators import MessageNarrator

for kind in KINDS:
    offer(EventKind, kind)
offer(EventNarrator, MessageNarrator())
for act in (RUN_STOPPED, RUN_RESUMED, DOUBTS_DECIDED, ADDRESS_DECIDED):
    offer(Act, act)
for gauge in GAUGES:
    offer(Gauge, gauge)
offer(
    NavItem,
    NavItem(
        "act",
        gettext_lazy("Outgoing messages"),
        "messaging:list",
        "send",
        permission=Permission.MESSAGES_VIEW.value,
        order=40,
    ),
)
offer(
    Check,
    Check(
        "messages",
        messages_settled,
        gettext_lazy("Every message left, or says why not"),
        gettext_lazy("Open Outgoing messages and decide about those in doubt; look at Mail when they wait."),
    ),
)
