"""Addresses of surveys for the team."""

from django.urls import path

from wayloop.surveys.views import asking, builder, closing, files, letter, listing, results, shares, sharing

app_name = "survey_desk"
urlpatterns = [
    path("", listing.survey_list, name="list"),
    path("new/", listing.new_survey, name="new"),
    path("cases/", closing.case_rules, name="case_rules"),
    path("cases/new/", closing.case_rule, name="new_case_rule"),
    path("cases/<uuid:rule>/", closing.case_rule, name="case_rule"),
    path("cases/<uuid:rule>/do/", closing.case_rule_deed, name="case_rule_deed"),
    path("<uuid:uuid>/", results.results_page, name="results"),
    path("<uuid:uuid>/answers/", results.answer_list, name="answers"),
    path("<uuid:uuid>/drivers/", results.drivers_page, name="drivers"),
    path("<uuid:uuid>/file/<slug:what>/<slug:kind>/", files.results_file, name="file_of"),
    path("<uuid:uuid>/shares/", shares.share_list, name="shares"),
    path("<uuid:uuid>/shares/<int:number>/revoke/", shares.share_revoke, name="share_revoke"),
    path("<uuid:uuid>/do/", listing.deed, name="deed"),
    path("<uuid:uuid>/build/", builder.build, name="build"),
    path("<uuid:uuid>/build/save/", builder.save, name="save"),
    path("<uuid:uuid>/build/change/", builder.change, name="change"),
    path("<uuid:uuid>/build/paths/", builder.paths, name="paths"),
    path("<uuid:uuid>/preview/", builder.preview, name="preview"),
    path("<uuid:uuid>/letter/", letter.letter, name="letter"),
    path("<uuid:uuid>/share/", sharing.share, name="share"),
    path("<uuid:uuid>/share/link/", sharing.make_link, name="make_link"),
    path("<uuid:uuid>/share/card/", sharing.table_card, name="card"),
    path("<uuid:uuid>/share/qr/", sharing.qr_file, name="qr"),
    path("<uuid:uuid>/ask/", asking.rules, name="rules"),
    path("<uuid:uuid>/ask/new/", asking.rule_form, name="new_rule"),
    path("<uuid:uuid>/ask/<uuid:rule>/", asking.rule_page, name="rule"),
    path("<uuid:uuid>/ask/<uuid:rule>/change/", asking.rule_form, name="change_rule"),
    path("<uuid:uuid>/ask/<uuid:rule>/do/", asking.rule_deed, name="rule_deed"),
    path("<uuid:uuid>/sites/", sharing.change_sites, name="sites"),
    path("<uuid:uuid>/kiosks/", sharing.add_kiosk, name="add_kiosk"),
    path("kiosks/<int:kiosk_id>/remove/", sharing.remove_kiosk, name="remove_kiosk"),
    path("answers/<int:answer_id>/file/", listing.answer_file, name="file"),
]
