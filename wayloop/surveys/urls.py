"""Addresses of scores."""

from django.urls import path

from wayloop.surveys.views import scores

app_name = "surveys"
urlpatterns = [path("", scores.score_list, name="scores")]
