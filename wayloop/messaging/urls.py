"""Addresses of messaging."""

from django.urls import path

from wayloop.messaging import views

app_name = "messaging"
urlpatterns = [
    path("", views.messages, name="list"),
    path("doubtful/", views.decide, name="decide"),
    path("doubtful/undo/", views.doubt_again, name="doubt_again"),
    path("<int:number>/address/", views.address, name="address"),
    path("runs/<int:number>/", views.run, name="run"),
    path("runs/<int:number>/stop/", views.stop, name="stop"),
    path("runs/<int:number>/resume/", views.resume, name="resume"),
]
