"""Names that commerce gives to events, kinds and columns."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ORDER_PLACED = "order.placed"
RETURN_MADE = "return.made"
VISIT_MADE = "visit.made"

# Where what is entered at the counter comes from, and the channel it stands under in lists.
COUNTER = "counter"
TILL = "till"


class ProductKind(TextChoices):
    """A thing or a service."""

    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")
