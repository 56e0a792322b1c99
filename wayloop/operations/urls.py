"""Addresses of the doctor and of the figures."""

from django.urls import path

from wayloop.operations import views

urlpatterns = [
    path("settings/doctor/", views.doctor, name="doctor"),
    path("metrics", views.metrics, name="metrics"),
]
