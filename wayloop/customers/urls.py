"""Addresses of the customers."""

from django.urls import path

from wayloop.customers.views import bulk, card, lists, saved, tags

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="list"),
    path("filters/", lists.filter_page, name="filters"),
    path("lists/", saved.view_list, name="views"),
    path("lists/save/", saved.save, name="view_save"),
    path("lists/<int:view_id>/<slug:what>/", saved.change, name="view_change"),
    path("tags/", tags.tag_list, name="tags"),
    path("tags/new/", tags.add_tag, name="tag_add"),
    path("tags/<int:tag_id>/<slug:what>/", tags.change_tag, name="tag_change"),
    path("changes/", bulk.bulk_list, name="bulks"),
    path("changes/press/", bulk.press, name="bulk_press"),
    path("changes/value/", bulk.trait_value, name="bulk_value"),
    path("changes/<int:action_id>/", bulk.bulk_progress, name="bulk"),
    path("changes/<int:action_id>/<slug:what>/", bulk.act, name="bulk_act"),
    path("<uuid:uuid>/", card.customer_card, name="card"),
    path("<uuid:uuid>/star/", tags.star, name="star"),
    path("<uuid:uuid>/tags/", tags.tag_card, name="tag_card"),
]
