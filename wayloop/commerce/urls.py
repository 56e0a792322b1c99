"""Addresses of orders, returns and buyers."""

from django.urls import path

from wayloop.commerce.views import deals, orders

app_name = "commerce"
urlpatterns = [
    path("", deals.deal_list, {"side": "orders"}, name="orders"),
    path("returns/", deals.deal_list, {"side": "returns"}, name="returns"),
    path("buyers/", deals.buyer_list, name="buyers"),
    path("carts/", orders.cart_settings, name="cart_settings"),
    path("<uuid:uuid>/", orders.order_page, name="order"),
    path("<uuid:uuid>/step/", orders.order_step, name="order_step"),
    path("<uuid:uuid>/paid/", orders.mark_paid, name="mark_paid"),
    path("<uuid:uuid>/payment/", orders.money, {"is_refund": False}, name="payment"),
    path("<uuid:uuid>/refund/", orders.money, {"is_refund": True}, name="refund"),
    path("<uuid:uuid>/delivery/", orders.new_delivery, name="new_delivery"),
    path("steps/<uuid:uuid>/back/", orders.step_back, name="step_back"),
    path("payments/<uuid:uuid>/back/", orders.payment_back, name="payment_back"),
    path("payments/<uuid:uuid>/again/", orders.payment_again, name="payment_again"),
    path("deliveries/<uuid:uuid>/", orders.edit_delivery, name="delivery"),
    path("deliveries/<uuid:uuid>/step/", orders.delivery_step, name="delivery_step"),
    path("deliveries/<uuid:uuid>/back/<slug:status>/", orders.delivery_back, name="delivery_back"),
    path("returns/<uuid:uuid>/", deals.return_page, name="return"),
]
