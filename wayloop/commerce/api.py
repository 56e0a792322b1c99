"""The face of commerce for other contexts."""

from wayloop.commerce.queries.deals import Period, list_buyers
from wayloop.commerce.queries.products import Favourite, ProductInfo, favourites_of, products_by_id
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services.counter import record_purchase, record_visit, undo_purchase, undo_visit
from wayloop.commerce.services.deals import record_orders, record_returns
from wayloop.commerce.services.products import name_products
from wayloop.contracts.commerce import DealColumns, DealOutcome, LineColumns, PurchaseInfo, PurchaseLine

__all__ = [
    "CommerceRefused",
    "DealColumns",
    "DealOutcome",
    "Favourite",
    "LineColumns",
    "Period",
    "ProductInfo",
    "PurchaseInfo",
    "PurchaseLine",
    "favourites_of",
    "list_buyers",
    "name_products",
    "products_by_id",
    "record_orders",
    "record_purchase",
    "record_returns",
    "record_visit",
    "undo_purchase",
    "undo_visit",
]
