"""Tables of commerce, cut by topic."""

from wayloop.commerce.models.agreements import NO_END, Agreement, AgreementDocument, AgreementStep
from wayloop.commerce.models.deals import Order, OrderLine, Return, ReturnLine
from wayloop.commerce.models.jobs import NO_PROMISE, Job, JobKind, JobMove, JobStage
from wayloop.commerce.models.products import Product

__all__ = [
    "NO_END",
    "NO_PROMISE",
    "Agreement",
    "AgreementDocument",
    "AgreementStep",
    "Job",
    "JobKind",
    "JobMove",
    "JobStage",
    "Order",
    "OrderLine",
    "Product",
    "Return",
    "ReturnLine",
]
