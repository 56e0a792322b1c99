"""Addresses of respondents."""

from django.urls import path

from wayloop.surveys import kiosk_views, public
from wayloop.surveys.views import shares

app_name = "survey"
urlpatterns = [
    path("s/<str:token>/", public.page, name="page"),
    path("s/<str:token>/<str:secret>/", public.page, name="resumed"),
    path("kiosk/<str:link>/", kiosk_views.kiosk, name="kiosk"),
    path("kiosk/<str:link>/close/", kiosk_views.close, name="close_kiosk"),
    path("r/<str:token>/", shares.shared, name="shared"),
    path("popin/v1.js", public.loader, name="loader"),
    path("survey-theme/<str:spec>.css", public.theme, name="theme"),
]
