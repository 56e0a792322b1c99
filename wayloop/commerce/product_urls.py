"""Addresses of products."""

from django.urls import path

from wayloop.commerce.views import products

app_name = "products"
urlpatterns = [
    path("", products.product_list, name="list"),
    path("new/", products.new_product, name="new"),
    path("categories/", products.category_list, name="categories"),
    path("categories/name/", products.category, name="category"),
    path("<uuid:uuid>/", products.product_page, name="product"),
    path("<uuid:uuid>/edit/", products.edit_product, name="edit"),
    path("<uuid:uuid>/deed/", products.product_deed, name="deed"),
]
