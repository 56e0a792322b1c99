"""Tables of commerce, cut by topic."""

from wayloop.commerce.models.agreements import NO_END, Agreement, AgreementDocument, AgreementStep
from wayloop.commerce.models.carts import Cart, CartLine
from wayloop.commerce.models.counter import GreetingPoint
from wayloop.commerce.models.deals import Order, OrderLine, Return, ReturnLine
from wayloop.commerce.models.deliveries import Delivery, DeliveryBefore
from wayloop.commerce.models.jobs import NO_PROMISE, Job, JobKind, JobMove, JobStage
from wayloop.commerce.models.orders import Kept, Payment, StatusChange
from wayloop.commerce.models.products import Category, Product, ProductBefore
from wayloop.commerce.models.settings import Settings

__all__ = [
    "NO_END",
    "NO_PROMISE",
    "Agreement",
    "AgreementDocument",
    "AgreementStep",
    "Cart",
    "CartLine",
    "Category",
    "Delivery",
    "DeliveryBefore",
    "GreetingPoint",
    "Job",
    "JobKind",
    "JobMove",
    "JobStage",
    "Kept",
    "Order",
    "OrderLine",
    "Payment",
    "Product",
    "ProductBefore",
    "Return",
    "ReturnLine",
    "Settings",
    "StatusChange",
]
