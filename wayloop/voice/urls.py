"""Addresses of changes and thanks."""

from django.urls import path

from wayloop.voice import public, views

app_name = "voice"
urlpatterns = [
    path("changes/", views.change_list, name="changes"),
    path("changes/new/", views.edit_change, name="new_change"),
    path("changes/<uuid:uuid>/", views.change_page, name="change"),
    path("changes/<uuid:uuid>/edit/", views.edit_change, name="edit_change"),
    path("changes/<uuid:uuid>/behind/", views.put_behind, name="put_behind"),
    path("changes/<uuid:uuid>/do/", views.change_deed, name="change_deed"),
    path("thanks/", views.thanks_page, name="thanks"),
    path("thanks/do/", views.thanks_deed, name="thanks_deed"),
    path("thanks/<str:token>/", public.page, name="page"),
]
