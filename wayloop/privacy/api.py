"""The face of privacy for other contexts."""

from wayloop.contracts.privacy import ConsentColumns, ContactAnswer, ContactAsks
from wayloop.privacy.enums import Channel, ConsentAct, HoldReason, Purpose, Reason, Suppression
from wayloop.privacy.links import confirm_link, preferences_link, unsubscribe_link
from wayloop.privacy.queries.holding import held_subjects
from wayloop.privacy.queries.pressure import against_now, preview_each
from wayloop.privacy.queries.standing import CHANNELS_OF, CHOOSABLE, Step, history_of, wording
from wayloop.privacy.services.consents import record_consents, suppress_points, unsuppress_points, write_text
from wayloop.privacy.services.contacts import confirm_contacts, may_contact, take_contacts_back
from wayloop.privacy.services.holds import hold, release_holds
from wayloop.privacy.services.reservations import give_reservations_up, reserve_contacts

__all__ = [
    "CHANNELS_OF",
    "CHOOSABLE",
    "Channel",
    "ConsentAct",
    "ConsentColumns",
    "ContactAnswer",
    "ContactAsks",
    "HoldReason",
    "Purpose",
    "Reason",
    "Step",
    "Suppression",
    "against_now",
    "confirm_contacts",
    "confirm_link",
    "give_reservations_up",
    "held_subjects",
    "history_of",
    "hold",
    "may_contact",
    "preferences_link",
    "preview_each",
    "record_consents",
    "release_holds",
    "reserve_contacts",
    "suppress_points",
    "take_contacts_back",
    "unsubscribe_link",
    "unsuppress_points",
    "wording",
    "write_text",
]
