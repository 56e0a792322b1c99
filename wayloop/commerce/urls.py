"""Addresses of commerce."""

from django.urls import path

from wayloop.commerce import views

app_name = "commerce"
urlpatterns = [
    path("", views.deal_list, {"side": "orders"}, name="orders"),
    path("returns/", views.deal_list, {"side": "returns"}, name="returns"),
    path("buyers/", views.buyer_list, name="buyers"),
    path("<uuid:uuid>/", views.deal_page, {"side": "orders"}, name="order"),
    path("returns/<uuid:uuid>/", views.deal_page, {"side": "returns"}, name="return"),
]
