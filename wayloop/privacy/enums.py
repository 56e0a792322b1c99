"""What contacts are for, through what they go, what people say about them, and what may stand against one."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Purpose(TextChoices):
    """Why somebody is contacted."""

    SERVICE = "service", pgettext_lazy("purpose", "Service messages")
    SURVEY = "survey", pgettext_lazy("purpose", "Questions about their experience")
    REVIEW = "review", pgettext_lazy("purpose", "Requests for a public review")
    REMINDER = "reminder", pgettext_lazy("purpose", "Reminders")
    FEEDBACK = "feedback", pgettext_lazy("purpose", "What became of their words")
    MARKETING = "marketing", pgettext_lazy("purpose", "News and offers")
    # Nothing is sent for it: what somebody said is shown to others.
    TESTIMONIAL = "testimonial", pgettext_lazy("purpose", "Showing their words to others")


class Channel(TextChoices):
    """Through what a contact goes."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    TELEGRAM = "telegram", _("Telegram")
    VIBER = "viber", _("Viber")
    WHATSAPP = "whatsapp", _("WhatsApp")
    PHONE = "phone", _("Phone call")
    PUSH = "push", _("Push message")
    WEB = "web", _("On the site")


class ConsentAct(TextChoices):
    """What somebody said. The newest word about a purpose and a channel counts."""

    ASKED = "asked", _("Agreed, not yet confirmed")
    GIVEN = "given", _("Agreed")
    WITHDRAWN = "withdrawn", _("Withdrew")


class Suppression(TextChoices):
    """Why an address is not written to, whatever anybody agreed to."""

    BOUNCED = "bounced", _("Mail to it comes back")
    COMPLAINED = "complained", _("Its owner called our mail spam")
    FORBIDDEN = "forbidden", _("A member forbade it")


class HoldReason(TextChoices):
    """What is open between us and somebody."""

    CASE = "case", _("an open case")
    COMPLAINT = "complaint", _("an open complaint")
    REFUND = "refund", _("an open refund")
    LATE_ORDER = "late_order", _("a late order")
    LEFT_ALONE = "left_alone", _("left alone by a member")


# What each of them keeps from people: whoever waits for a refund is not asked how they liked it, nor offered more.
HOLDS = {
    HoldReason.CASE: frozenset({Purpose.SURVEY, Purpose.REVIEW, Purpose.FEEDBACK, Purpose.MARKETING}),
    HoldReason.COMPLAINT: frozenset({Purpose.SURVEY, Purpose.REVIEW, Purpose.FEEDBACK, Purpose.MARKETING}),
    HoldReason.REFUND: frozenset({Purpose.SURVEY, Purpose.REVIEW}),
    HoldReason.LATE_ORDER: frozenset({Purpose.SURVEY, Purpose.REVIEW}),
    HoldReason.LEFT_ALONE: frozenset(Purpose) - {Purpose.SERVICE},
}


class Reason(TextChoices):
    """What stands against a contact, in the order in which it is told."""

    SENDING_HELD = "sending_held", _("Nothing is sent after a restore until somebody lets it")
    NO_ADDRESS = "no_address", _("There is no address for this channel")
    BOUNCED = "bounced", _("Mail to the address comes back")
    COMPLAINED = "complained", _("The owner of the address called our mail spam")
    FORBIDDEN = "forbidden", _("A member forbade the address")
    WITHDRAWN = "withdrawn", _("They said no")
    NO_CONSENT = "no_consent", _("They have not agreed to it")
    NOT_CONFIRMED = "not_confirmed", _("They have not confirmed it yet")
    CASE = "case", _("A case is open")
    COMPLAINT = "complaint", _("A complaint is open")
    REFUND = "refund", _("A refund is open")
    LATE_ORDER = "late_order", _("An order is late")
    LEFT_ALONE = "left_alone", _("A member wants them left alone")
    RESERVED = "reserved", _("The place is kept for a more important survey")
    TOO_MANY = "too_many", _("They have heard from us often enough for now")
    TOO_SOON = "too_soon", _("The last contact was a short while ago")
    QUIET_HOURS = "quiet_hours", _("It is night where they are")


CONSENT_GIVEN, CONSENT_WITHDRAWN = "consent.given", "consent.withdrawn"
FORGET_REFUSALS = "privacy.forget_refusals"
