"""Addresses of the shell."""

from django.urls import path

from wayloop.web import home, views

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", views.search, name="search"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/progress/", views.gallery_progress, name="gallery_progress"),
    path("gallery/toast/", views.gallery_toast, name="gallery_toast"),
    path("gallery/form/", views.gallery_form, name="gallery_form"),
]
