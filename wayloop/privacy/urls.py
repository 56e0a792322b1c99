"""Addresses of privacy: the rules, and the pages people open by a link."""

from django.urls import path

from wayloop.privacy import public, views

app_name = "privacy"
urlpatterns = [
    path("settings/contact-rules/", views.rules, name="rules"),
    path("settings/contact-rules/pace/", views.pace, name="pace"),
    path("settings/contact-rules/limit/", views.limit, name="limit"),
    path("settings/contact-rules/limit/<int:number>/remove/", views.remove, name="limit_remove"),
    path("settings/consent-texts/", views.texts, name="texts"),
    path("settings/consent-texts/<str:purpose>/<str:language>/", views.text, name="text"),
    path("preferences/<str:token>/", public.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", public.unsubscribe, name="unsubscribe"),
    path("confirm/<str:token>/", public.confirm, name="confirm"),
]
