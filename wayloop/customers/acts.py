"""What the audit trail tells of customers."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.audit import Act

CUSTOMER_OPENED = Act("customer.opened", _("Opened a customer card"), "data")
