"""Names that commerce gives to events, kinds and columns."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ORDER_PLACED = "order.placed"
RETURN_MADE = "return.made"
VISIT_MADE = "visit.made"

AGREEMENT_MADE = "agreement.made"
AGREEMENT_CHANGED = "agreement.changed"
AGREEMENT_ENDING = "agreement.ending"
AGREEMENT_RENEWED = "agreement.renewed"
AGREEMENT_CANCELLED = "agreement.cancelled"
AGREEMENT_EXPIRED = "agreement.expired"
JOB_OPENED = "job.opened"
JOB_MOVED = "job.moved"
JOB_DONE = "job.done"
JOB_NOT_DONE = "job.not_done"
JOB_REOPENED = "job.reopened"
JOB_PROMISED = "job.promised"
JOB_LATE = "job.late"

# Names of due work: what the dates of agreements bring, and promises of jobs that are over.
AGREEMENT_DATES = "commerce.agreement_dates"
JOB_PROMISES = "commerce.job_promises"

# Where what is entered at the counter comes from, and the channel it stands under in lists.
COUNTER = "counter"
TILL = "till"


class ProductKind(TextChoices):
    """A thing or a service."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")


class AgreementKind(TextChoices):
    """What was agreed on."""

    CONTRACT = "contract", _("Contract")
    SUBSCRIPTION = "subscription", _("Subscription")
    WARRANTY = "warranty", _("Warranty")


class Period(TextChoices):
    """What the price of an agreement is for."""

    ONCE = "once", _("Once")
    WEEK = "week", _("A week")
    MONTH = "month", _("A month")
    QUARTER = "quarter", _("A quarter")
    YEAR = "year", _("A year")


class Renewal(TextChoices):
    """What happens at the end of an agreement."""

    NONE = "none", _("It ends")
    BY_HAND = "by_hand", _("We agree on the next term")
    BY_ITSELF = "itself", _("It goes on by itself for another term")


class AgreementState(TextChoices):
    """How an agreement stands today; follows from its dates."""

    PLANNED = "planned", _("Begins later")
    ACTIVE = "active", _("In force")
    CANCELLED = "cancelled", _("Cancelled")
    ENDED = "ended", _("Ended")


class Outcome(TextChoices):
    """How a job ended."""

    DONE = "done", _("Done")
    NOT_DONE = "not_done", _("Not done")
