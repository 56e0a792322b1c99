"""Addresses of the doctor and of the figures."""

from django.urls import path

from wayloop.operations import views

urlpatterns = [
    path("settings/doctor/", views.doctor, name="doctor"),
    path("settings/doctor/events/<int:number>/<str:deed>/", views.settle_parked, name="settle_parked"),
    path("metrics", views.metrics, name="metrics"),
]
