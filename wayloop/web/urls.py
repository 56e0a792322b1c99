"""Addresses of the shell."""

from django.urls import path

from wayloop.web import views

urlpatterns = [
    path("search/", views.search, name="search"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/progress/", views.gallery_progress, name="gallery_progress"),
    path("gallery/toast/", views.gallery_toast, name="gallery_toast"),
    path("gallery/form/", views.gallery_form, name="gallery_form"),
]
