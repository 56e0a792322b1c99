"""The face of commerce for other contexts."""

from wayloop.commerce.enums import DeliveryStatus, DeliveryWay, OrderStatus, PaymentMethod, ProductKind
from wayloop.commerce.guest_codes import guest_code
from wayloop.commerce.queries.carts import cart_hours
from wayloop.commerce.queries.deals import Period, list_buyers
from wayloop.commerce.queries.orders import orders_by_number
from wayloop.commerce.queries.products import Favourite, ProductInfo, favourites_of, products_by_id
from wayloop.commerce.rules import CommerceRefused
from wayloop.commerce.services.carts import abandon_carts, set_cart_hours, update_carts
from wayloop.commerce.services.counter import record_purchase, record_visit, undo_purchase, undo_visit
from wayloop.commerce.services.deals import record_orders, record_returns
from wayloop.commerce.services.deliveries import (
    Plan,
    change_delivery,
    move_delivery_on,
    plan_delivery,
    record_deliveries,
    take_delivery_back,
)
from wayloop.commerce.services.greeting import add_point as add_greeting_point
from wayloop.commerce.services.payments import (
    record_payment,
    record_payments,
    record_refund,
    restore_payment,
    take_payment_back,
)
from wayloop.commerce.services.products import (
    ProductDetails,
    add_product,
    archive_product,
    change_product,
    name_categories,
    name_products,
    price_products,
    restore_product,
)
from wayloop.commerce.services.statuses import change_status, change_statuses, take_status_back
from wayloop.contracts.commerce import (
    CartColumns,
    DealColumns,
    DealOutcome,
    DeliveryColumns,
    Greeting,
    LineColumns,
    OrderRef,
    PaymentColumns,
    PurchaseInfo,
    PurchaseLine,
    StatusColumns,
)

__all__ = [
    "CartColumns",
    "CommerceRefused",
    "DealColumns",
    "DealOutcome",
    "DeliveryColumns",
    "DeliveryStatus",
    "DeliveryWay",
    "Favourite",
    "Greeting",
    "LineColumns",
    "OrderRef",
    "OrderStatus",
    "PaymentColumns",
    "PaymentMethod",
    "Period",
    "Plan",
    "ProductDetails",
    "ProductInfo",
    "ProductKind",
    "PurchaseInfo",
    "PurchaseLine",
    "StatusColumns",
    "abandon_carts",
    "add_greeting_point",
    "add_product",
    "archive_product",
    "cart_hours",
    "change_delivery",
    "change_product",
    "change_status",
    "change_statuses",
    "favourites_of",
    "guest_code",
    "list_buyers",
    "move_delivery_on",
    "name_categories",
    "name_products",
    "orders_by_number",
    "plan_delivery",
    "price_products",
    "products_by_id",
    "record_deliveries",
    "record_orders",
    "record_payment",
    "record_payments",
    "record_purchase",
    "record_refund",
    "record_returns",
    "record_visit",
    "restore_payment",
    "restore_product",
    "set_cart_hours",
    "take_delivery_back",
    "take_payment_back",
    "take_status_back",
    "undo_purchase",
    "undo_visit",
    "update_carts",
]
