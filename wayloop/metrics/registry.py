"""The definitions. A number that is not here is shown nowhere."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.metrics import Metric

METRICS = (
    Metric(
        "orders",
        1,
        _("Orders"),
        _("Orders placed in the period, guest orders included. Returns do not reduce their number."),
        "count",
        "commerce:orders",
    ),
    Metric(
        "gross_revenue",
        1,
        _("Gross revenue"),
        _("The sum of order lines after discounts, guest orders included, by the time of the order."),
        "money",
        "commerce:orders",
    ),
    Metric(
        "returns",
        1,
        _("Returns"),
        _("The sum of what was given back in the period, each return on its own date."),
        "money",
        "commerce:returns",
    ),
    Metric(
        "net_revenue",
        1,
        _("Net revenue"),
        _("Gross revenue less returns; a return counts on its own date."),
        "money",
        "commerce:orders",
    ),
    Metric(
        "buyers",
        1,
        _("Buyers"),
        _("Customers with at least one order in the period, each counted once."),
        "count",
        "commerce:buyers",
    ),
)
BY_NAME = {metric.name: metric for metric in METRICS}
