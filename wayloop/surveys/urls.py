"""Addresses of scores."""

from django.urls import path

from wayloop.surveys.views import closing, scores

app_name = "surveys"
urlpatterns = [
    path("", scores.score_list, name="scores"),
    path("<int:score>/case/", closing.open_case, name="open_case"),
]
