"""Addresses of the shell."""

from django.urls import path

from wayloop.web import home, views
from wayloop.web.settings import currencies, hours, places, profile

urlpatterns = [
    path("", home.home, name="home"),
    path("search/", views.search, name="search"),
    path("settings/", views.settings, name="settings"),
    path("settings/business/", profile.profile, name="settings_profile"),
    path("settings/business/zone/", profile.zone, name="settings_zone"),
    path("settings/business/zone/forget/", profile.forget_zone, name="settings_zone_forget"),
    path("settings/business/zone/back/", profile.zone_back, name="settings_zone_back"),
    path("settings/places/", places.places, name="settings_places"),
    path("settings/places/new/", places.new_location, name="settings_location_new"),
    path("settings/places/<int:number>/", places.location, name="settings_location"),
    path("settings/places/<int:number>/do/", places.location_deed, name="settings_location_deed"),
    path("settings/brands/new/", places.new_brand, name="settings_brand_new"),
    path("settings/brands/<int:number>/", places.brand, name="settings_brand"),
    path("settings/brands/<int:number>/do/", places.brand_deed, name="settings_brand_deed"),
    path("settings/hours/", hours.hours, name="settings_hours"),
    path("settings/hours/week/", hours.week, name="settings_week"),
    path("settings/hours/do/", hours.hours_deed, name="settings_hours_deed"),
    path("settings/hours/special/new/", hours.new_special, name="settings_special_new"),
    path("settings/hours/special/<int:number>/", hours.special, name="settings_special"),
    path("settings/hours/special/<int:number>/do/", hours.special_deed, name="settings_special_deed"),
    path("settings/currencies/", currencies.currencies, name="settings_currencies"),
    path("settings/currencies/use/", currencies.use, name="settings_currency_use"),
    path("settings/currencies/rate/", currencies.enter, name="settings_rate"),
    path("settings/currencies/rates/", currencies.enter_many, name="settings_rates"),
    path("settings/currencies/rate/remove/", currencies.remove, name="settings_rate_remove"),
    path("gallery/", views.gallery, name="gallery"),
    path("gallery/progress/", views.gallery_progress, name="gallery_progress"),
    path("gallery/toast/", views.gallery_toast, name="gallery_toast"),
    path("gallery/form/", views.gallery_form, name="gallery_form"),
]
