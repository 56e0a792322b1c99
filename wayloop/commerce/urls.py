"""Addresses of commerce."""

from django.urls import path

from wayloop.commerce.views import deals

app_name = "commerce"
urlpatterns = [
    path("", deals.deal_list, {"side": "orders"}, name="orders"),
    path("returns/", deals.deal_list, {"side": "returns"}, name="returns"),
    path("buyers/", deals.buyer_list, name="buyers"),
    path("<uuid:uuid>/", deals.deal_page, {"side": "orders"}, name="order"),
    path("returns/<uuid:uuid>/", deals.deal_page, {"side": "returns"}, name="return"),
]
