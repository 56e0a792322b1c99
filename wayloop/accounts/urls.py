"""Addresses of sign-in, first run and the member's own pages.

Only these of django-allauth's exist; the names `account_login` and `account_logout` are the ones it asks for.
"""

from django.urls import path

from wayloop.accounts.views import factors, keys, links, team, trail
from wayloop.accounts.views import own as views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/second-factor/", factors.second_factor, name="mfa_authenticate"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("start/", views.start, name="account_start"),
    path("me/", views.profile, name="account_profile"),
    path("me/password/", views.password, name="account_password"),
    path("me/sign-out-everywhere/", views.sign_out_everywhere, name="account_end_sessions"),
    path("me/sessions/<int:number>/end/", views.end_one_session, name="account_end_session"),
    path("me/sessions/end-others/", views.end_other_sessions, name="account_end_others"),
    path("me/confirm/", factors.confirm, name="account_confirm"),
    path("me/second-factor/", factors.factors, name="account_factors"),
    path("me/second-factor/app/", factors.app, name="account_factor_app"),
    path("me/second-factor/passkey/", factors.passkey, name="account_factor_passkey"),
    path("me/second-factor/codes/", factors.codes, name="account_factor_codes"),
    path("me/second-factor/<int:number>/remove/", factors.remove, name="account_factor_remove"),
    path("me/language/", views.choose, {"preference": "language"}, name="account_language"),
    path("me/theme/", views.choose, {"preference": "theme"}, name="account_theme"),
    path("join/<str:token>/", links.join, name="join"),
    path("new-password/<str:token>/", links.new_password, name="new_password"),
    path("settings/team/", team.team_page, name="team"),
    path("settings/team/invite/", team.invite, name="team_invite"),
    path("settings/team/invitations/<int:number>/", team.invitation, name="team_invitation"),
    path("settings/team/invitations/<int:number>/do/", team.invitation_deed, name="team_invitation_deed"),
    path("settings/team/<int:number>/", team.member, name="team_member"),
    path("settings/team/<int:number>/do/", team.member_deed, name="team_member_deed"),
    path("settings/keys/", keys.key_list, name="account_keys"),
    path("settings/keys/new/", keys.new_key, name="account_key_new"),
    path("settings/keys/<int:number>/revoke/", keys.revoke, name="account_key_revoke"),
    path("settings/audit/", trail.audit_trail, name="audit"),
    path("settings/audit/lines.csv", trail.audit_lines, name="audit_lines"),
    path("settings/security/", trail.security, name="security"),
    path("settings/security/second-factor/", trail.demand, name="security_demand"),
    path("me/density/", views.choose, {"preference": "density"}, name="account_density"),
]
