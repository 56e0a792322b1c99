"""Tables of commerce, cut by topic."""

from wayloop.commerce.models.deals import Order, OrderLine, Return, ReturnLine
from wayloop.commerce.models.products import Product

__all__ = ["Order", "OrderLine", "Product", "Return", "ReturnLine"]
