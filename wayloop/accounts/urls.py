"""Addresses of sign-in, first run and the member's own pages.

Only these of django-allauth's exist; the names `account_login` and `account_logout` are the ones it asks for.
"""

from django.urls import path

from wayloop.accounts import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("start/", views.start, name="account_start"),
    path("me/", views.profile, name="account_profile"),
    path("me/password/", views.password, name="account_password"),
    path("me/sign-out-everywhere/", views.sign_out_everywhere, name="account_end_sessions"),
    path("me/language/", views.choose, {"preference": "language"}, name="account_language"),
    path("me/theme/", views.choose, {"preference": "theme"}, name="account_theme"),
    path("me/density/", views.choose, {"preference": "density"}, name="account_density"),
]
