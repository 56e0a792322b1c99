"""Addresses of cases and tasks."""

from django.urls import path

from wayloop.work.views import board, cases, deeds, loop, playbooks, todos, writing

app_name = "work"
urlpatterns = [
    path("cases/", board.case_board, name="board"),
    path("cases/list/", cases.case_list, name="cases"),
    path("cases/new/", writing.new_case, name="new_case"),
    path("cases/new/<uuid:customer>/", writing.new_case, name="new_case_for"),
    path("cases/loop/", loop.second_loop_page, name="loop"),
    path("cases/playbooks/", playbooks.playbook_list, name="playbooks"),
    path("cases/playbooks/new/", playbooks.new_playbook, name="new_playbook"),
    path("cases/playbooks/<int:playbook_id>/", playbooks.edit_playbook, name="playbook"),
    path("cases/playbooks/<int:row_id>/do/", playbooks.playbook_deed, name="playbook_deed"),
    path("cases/stages/", playbooks.add_stage, name="add_stage"),
    path("cases/stages/<int:stage_id>/", playbooks.edit_stage, name="stage"),
    path("cases/stages/<int:row_id>/do/", playbooks.stage_deed, name="stage_deed"),
    path("cases/causes/", playbooks.add_cause, name="add_cause"),
    path("cases/causes/<int:cause_id>/", playbooks.edit_cause, name="cause"),
    path("cases/causes/<int:row_id>/do/", playbooks.cause_deed, name="cause_deed"),
    path("cases/moves/<int:entry_id>/undo/", board.undo_move, name="undo_move"),
    path("cases/entries/<int:entry_id>/undo/", deeds.undo_entry, name="undo_entry"),
    path("cases/<uuid:uuid>/", cases.case_page, name="case"),
    path("cases/<uuid:uuid>/edit/", writing.edit_case, name="edit_case"),
    path("cases/<uuid:uuid>/move/", board.move, name="move_case"),
    path("cases/<uuid:uuid>/give/", deeds.give, name="give_case"),
    path("cases/<uuid:uuid>/note/", deeds.note, name="note_case"),
    path("cases/<uuid:uuid>/cause/", deeds.cause, name="name_cause"),
    path("cases/<uuid:uuid>/compensation/", deeds.compensation, name="compensate"),
    path("cases/<uuid:uuid>/steps/<int:step_id>/", deeds.step, name="tick_step"),
    path("tasks/", todos.task_list, name="tasks"),
    path("tasks/new/", todos.new_task, name="new_task"),
    path("tasks/<uuid:uuid>/", todos.edit_task, name="task"),
    path("tasks/<uuid:uuid>/do/", todos.task_deed, name="task_deed"),
]
