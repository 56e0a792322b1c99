"""Addresses of channels: how mail leaves."""

from django.urls import path

from wayloop.channels import views

app_name = "channels"
urlpatterns = [
    path("settings/mail/", views.mail, name="mail"),
    path("settings/mail/server/", views.server, name="server"),
    path("settings/mail/sender/<int:brand>/", views.sender, name="sender"),
    path("settings/mail/signing/", views.signing, name="signing"),
    path("settings/mail/switch/", views.switch, name="switch"),
    path("settings/mail/trial/", views.trial, name="trial"),
]
