"""Addresses of agreements and service jobs."""

from django.urls import path

from wayloop.commerce.views import agreements, board, documents, job_kinds, jobs

app_name = "service"
urlpatterns = [
    path("", board.job_board, name="board"),
    path("list/", jobs.job_list, name="jobs"),
    path("jobs/new/", jobs.new_job, name="new_job"),
    path("jobs/new/<uuid:customer>/", jobs.new_job, name="new_job_for"),
    path("jobs/<uuid:uuid>/", jobs.job_page, name="job"),
    path("jobs/<uuid:uuid>/edit/", jobs.edit_job, name="edit_job"),
    path("jobs/<uuid:uuid>/move/", board.move, name="move_job"),
    path("moves/<int:move_id>/undo/", board.undo, name="undo_move"),
    path("kinds/", job_kinds.kind_list, name="kinds"),
    path("kinds/new/", job_kinds.new_kind, name="new_kind"),
    path("kinds/<int:kind_id>/", job_kinds.kind_page, name="kind"),
    path("kinds/<int:kind_id>/do/", job_kinds.kind_deed, name="kind_deed"),
    path("kinds/<int:kind_id>/stages/", job_kinds.add_stage, name="add_stage"),
    path("stages/<int:stage_id>/", job_kinds.stage_page, name="stage"),
    path("stages/<int:stage_id>/do/", job_kinds.stage_deed, name="stage_deed"),
    path("agreements/", agreements.agreement_list, name="agreements"),
    path("agreements/new/", agreements.new_agreement, name="new_agreement"),
    path("agreements/new/<uuid:customer>/", agreements.new_agreement, name="new_agreement_for"),
    path("agreements/<uuid:uuid>/", agreements.agreement_page, name="agreement"),
    path("agreements/<uuid:uuid>/edit/", agreements.edit_agreement, name="edit_agreement"),
    path("agreements/<uuid:uuid>/renew/", agreements.renew, name="renew"),
    path("agreements/<uuid:uuid>/cancel/", agreements.cancel, name="cancel"),
    path("steps/<int:step_id>/undo/", agreements.undo, name="undo_step"),
    path("agreements/<uuid:uuid>/documents/", documents.attach, name="attach"),
    path("agreements/<uuid:uuid>/documents/<int:document_id>/", documents.download, name="document"),
    path("documents/<str:token>/", documents.handed_over, name="handed_over"),
    path("agreements/<uuid:uuid>/documents/<int:document_id>/do/", documents.deed, name="document_deed"),
]
