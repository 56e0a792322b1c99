"""Names that commerce gives to events, kinds and columns."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ORDER_PLACED = "order.placed"
ORDER_CONFIRMED = "order.confirmed"
ORDER_READY = "order.ready"
ORDER_COMPLETED = "order.completed"
ORDER_CANCELLED = "order.cancelled"
PAYMENT_RECEIVED = "payment.received"
PAYMENT_REFUNDED = "payment.refunded"
DELIVERY_PROMISED = "delivery.promised"
DELIVERY_MOVED = "delivery.moved"
DELIVERY_SENT = "delivery.sent"
DELIVERY_DONE = "delivery.done"
DELIVERY_FAILED = "delivery.failed"
CART_UPDATED = "cart.updated"
CART_ABANDONED = "cart.abandoned"
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
# Where what members enter on our own pages comes from.
OWN = "wayloop"

# The work of the due-table.
ABANDON_CARTS = "commerce.abandon_carts"
HOLD_BACK = "commerce.hold_back"


class ProductKind(TextChoices):
    """A thing or a service."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")


class AgreementKind(TextChoices):
    """What was agreed on."""

    CONTRACT = "contract", _("Contract")
    SUBSCRIPTION = "subscription", _("Subscription")
    WARRANTY = "warranty", _("Warranty")


class PricePeriod(TextChoices):
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


class OrderStatus(TextChoices):
    """How far an order is. Money and delivery have their own state: an order can be ready and still owed for."""

    PLACED = "placed", pgettext_lazy("order", "New")
    CONFIRMED = "confirmed", pgettext_lazy("order", "In work")
    READY = "ready", pgettext_lazy("order", "Ready")
    COMPLETED = "completed", pgettext_lazy("order", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")


OPEN_STATUSES = (OrderStatus.PLACED, OrderStatus.CONFIRMED, OrderStatus.READY)


class PaymentMethod(TextChoices):
    """What somebody paid with."""

    CASH = "cash", _("Cash")
    CARD = "card", _("Bank card")
    ONLINE = "online", _("Online")
    TRANSFER = "transfer", _("Bank transfer")
    ON_DELIVERY = "delivery", _("On delivery")
    VOUCHER = "voucher", _("Gift voucher")
    OTHER = "other", _("Another way")


class DeliveryWay(TextChoices):
    """How an order reaches the customer."""

    COURIER = "courier", _("Courier")
    CARRIER = "carrier", _("Delivery service")
    PICKUP = "pickup", _("Pick-up")


class DeliveryStatus(TextChoices):
    """How far a delivery is."""

    PLANNED = "planned", pgettext_lazy("delivery", "Planned")
    SENT = "sent", pgettext_lazy("delivery", "On its way")
    DONE = "done", pgettext_lazy("delivery", "Delivered")
    FAILED = "failed", pgettext_lazy("delivery", "Not delivered")


class CartStatus(TextChoices):
    """What became of a cart."""

    OPEN = "open", pgettext_lazy("cart", "Open")
    ABANDONED = "abandoned", pgettext_lazy("cart", "Abandoned")
    ORDERED = "ordered", pgettext_lazy("cart", "Ordered")
    EMPTIED = "emptied", pgettext_lazy("cart", "Emptied")
