"""Addresses of research."""

from django.urls import path

from wayloop.journeys import views

app_name = "journeys"
urlpatterns = [
    path("", views.note_list, name="notes"),
    path("file/", views.note_file, name="file"),
    path("new/", views.edit_note, name="new_note"),
    path("quotes/", views.quote_list, name="quotes"),
    path("guides/", views.guide_list, name="guides"),
    path("guides/new/", views.edit_guide, name="new_guide"),
    path("guides/<int:guide_id>/", views.edit_guide, name="guide"),
    path("guides/<int:guide_id>/do/", views.guide_deed, name="guide_deed"),
    path("<uuid:uuid>/", views.note_page, name="note"),
    path("<uuid:uuid>/edit/", views.edit_note, name="edit_note"),
    path("<uuid:uuid>/quotes/", views.add_quote, name="add_quote"),
    path("<uuid:uuid>/marks/", views.mark_points, name="mark_points"),
    path("<uuid:uuid>/person/", views.name_person, name="name_person"),
    path("<uuid:uuid>/do/", views.note_deed, name="note_deed"),
]
