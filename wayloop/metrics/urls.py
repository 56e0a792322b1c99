"""Addresses of numbers."""

from django.urls import path

from wayloop.metrics import views

app_name = "metrics"
urlpatterns = [
    path("", views.metric_list, name="list"),
    path("<slug:name>/", views.metric_page, name="metric"),
]
