"""Addresses of imports."""

from django.urls import path

from wayloop.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.import_list, name="list"),
    path("new/", views.new_import, name="new"),
    path("<int:import_id>/", views.import_page, name="page"),
    path("<int:import_id>/stop/", views.stop, name="stop"),
    path("<int:import_id>/resume/", views.resume, name="resume"),
    path("<int:import_id>/errors.csv", views.errors, name="errors"),
]
