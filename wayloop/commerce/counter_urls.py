"""Addresses of the counter and of its greeting."""

from django.urls import path

from wayloop.commerce.views import counter, greeting

urlpatterns = [
    path("counter/", counter.counter, name="counter"),
    path("counter/new/", counter.new_guest, name="counter_new"),
    path("counter/till/", counter.choose_till, name="counter_till"),
    path("counter/undo/<str:token>/", counter.undo, name="counter_undo"),
    path("counter/<uuid:uuid>/", counter.guest_page, name="counter_guest"),
    path("counter/<uuid:uuid>/visit/", counter.visit, name="counter_visit"),
    path("counter/<uuid:uuid>/purchase/", counter.purchase, name="counter_purchase"),
    path("settings/greeting/", greeting.points, name="settings_greeting"),
    path("settings/greeting/new/", greeting.new_point, name="settings_greeting_new"),
    path("settings/greeting/<int:number>/", greeting.point, name="settings_greeting_point"),
    path("settings/greeting/<int:number>/do/", greeting.point_deed, name="settings_greeting_deed"),
]
