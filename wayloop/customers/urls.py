"""Addresses of the customers."""

from django.urls import path

from wayloop.customers import views

app_name = "customers"
urlpatterns = [
    path("", views.customer_list, name="list"),
    path("<uuid:uuid>/", views.customer_card, name="card"),
]
