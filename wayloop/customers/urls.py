"""Addresses of the customers."""

from django.urls import path

from wayloop.customers.views import card, lists

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="list"),
    path("<uuid:uuid>/", card.customer_card, name="card"),
]
