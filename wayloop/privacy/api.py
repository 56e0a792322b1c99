"""The face of privacy for other contexts."""

from wayloop.contracts.privacy import ConsentColumns, ContactAnswer, ContactAsks
from wayloop.privacy.enums import Channel, ConsentAct, HoldReason, Purpose, Reason, Suppression
from wayloop.privacy.queries.pressure import preview_contacts
from wayloop.privacy.services.consents import record_consents, suppress_points, unsuppress_points, write_text
from wayloop.privacy.services.contacts import may_contact, take_contacts_back
from wayloop.privacy.services.holds import hold, release_holds
from wayloop.privacy.services.reservations import give_reservations_up, reserve_contacts

__all__ = [
    "Channel",
    "ConsentAct",
    "ConsentColumns",
    "ContactAnswer",
    "ContactAsks",
    "HoldReason",
    "Purpose",
    "Reason",
    "Suppression",
    "give_reservations_up",
    "hold",
    "may_contact",
    "preview_contacts",
    "record_consents",
    "release_holds",
    "reserve_contacts",
    "suppress_points",
    "take_contacts_back",
    "unsuppress_points",
    "write_text",
]
