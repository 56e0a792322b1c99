"""Addresses of the customers."""

from django.urls import path

from wayloop.customers.views import bulk, card, definitions, lists, notes, people, reach, saved, tags, ties, traits

app_name = "customers"
CARD = "<uuid:uuid>/"
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
    path("new/", people.new_customer, name="new"),
    path("traits/", definitions.trait_list, name="traits"),
    path("traits/new/", definitions.new_trait, name="new_trait"),
    path("traits/<int:trait_id>/", definitions.edit_trait, name="edit_trait"),
    path("traits/<int:trait_id>/archive/", definitions.archive_trait, name="archive_trait"),
    path("traits/<int:trait_id>/restore/", definitions.restore_trait, name="restore_trait"),
    path("traits/<int:trait_id>/move/", definitions.move_trait, name="move_trait"),
    path(CARD, card.customer_card, name="card"),
    path(f"{CARD}name/", people.rename, name="rename"),
    path(f"{CARD}name/<int:value_id>/undo/", people.undo_rename, name="undo_rename"),
    path(f"{CARD}contacts/new/", people.new_contact, name="new_contact"),
    path(f"{CARD}contacts/remove/", people.remove_contact, name="remove_contact"),
    path(f"{CARD}contacts/restore/", people.restore_contact, name="restore_contact"),
    path(f"{CARD}traits/<slug:key>/", traits.trait_history, name="trait"),
    path(f"{CARD}traits/<slug:key>/write/", traits.write_trait, name="write_trait"),
    path(f"{CARD}traits/<int:value_id>/undo/", traits.undo, name="undo_trait"),
    path(f"{CARD}notes/", notes.add_note, name="add_note"),
    path(f"{CARD}notes/<int:note_id>/", notes.note_page, name="note"),
    path(f"{CARD}notes/<int:note_id>/edit/", notes.edit_note, name="edit_note"),
    path(f"{CARD}notes/<int:note_id>/pin/", notes.pin_note, name="pin_note"),
    path(f"{CARD}notes/<int:note_id>/remove/", notes.remove_note, name="remove_note"),
    path(f"{CARD}notes/<int:note_id>/restore/", notes.restore_note, name="restore_note"),
    path(f"{CARD}ties/", ties.tie_list, name="ties"),
    path(f"{CARD}ties/<int:tie_id>/", ties.tie_page, name="tie"),
    path(f"{CARD}ties/<int:tie_id>/remove/", ties.remove_tie, name="remove_tie"),
    path(f"{CARD}ties/<int:tie_id>/restore/", ties.restore_tie, name="restore_tie"),
    path(f"{CARD}reach/", reach.reach, name="reach"),
    path(f"{CARD}star/", tags.star, name="star"),
    path(f"{CARD}tags/", tags.tag_card, name="tag_card"),
]
