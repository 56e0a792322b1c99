"""The face of commerce for other contexts."""

from wayloop.commerce.queries import Period, list_buyers
from wayloop.commerce.services import name_products, record_orders, record_returns
from wayloop.contracts.commerce import DealColumns, DealOutcome, LineColumns

__all__ = [
    "DealColumns",
    "DealOutcome",
    "LineColumns",
    "Period",
    "list_buyers",
    "name_products",
    "record_orders",
    "record_returns",
]
