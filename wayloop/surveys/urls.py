"""Addresses of scores."""

from django.urls import path

from wayloop.surveys import views

app_name = "surveys"
urlpatterns = [path("", views.score_list, name="scores")]
