"""Addresses of respondents."""

from django.urls import path

from wayloop.surveys import public

app_name = "survey"
urlpatterns = [
    path("s/<str:token>/", public.page, name="page"),
    path("s/<str:token>/<str:secret>/", public.page, name="resumed"),
    path("survey-theme/<str:spec>.css", public.theme, name="theme"),
]
