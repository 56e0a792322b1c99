"""Addresses of imports."""

from django.urls import path

from wayloop.imports.views import drafts, mappings, runs, watched

app_name = "imports"
urlpatterns = [
    path("", runs.import_list, name="list"),
    path("new/", drafts.new_import, name="new"),
    path("look/<int:draft_id>/", drafts.look, name="look"),
    path("mappings/", mappings.mapping_list, name="mappings"),
    path("mappings/upload/", mappings.upload, name="upload_mapping"),
    path("mappings/<str:name>.toml", mappings.download, name="mapping_file"),
    path("mappings/<str:name>/rename/", mappings.rename, name="rename_mapping"),
    path("mappings/<str:name>/remove/", mappings.remove, name="remove_mapping"),
    path("mappings/<str:name>/restore/", mappings.restore, name="restore_mapping"),
    path("watched/", watched.watched_folders, name="watched"),
    path("watched/add/", watched.add, name="watch"),
    path("watched/<str:name>/again/", watched.again, name="watch_again"),
    path("watched/<str:name>/stop/", watched.stop, name="stop_watching"),
    path("<int:import_id>/", runs.import_page, name="page"),
    path("<int:import_id>/stop/", runs.stop, name="stop"),
    path("<int:import_id>/undo/", runs.undo, name="undo"),
    path("<int:import_id>/resume/", runs.resume, name="resume"),
    path("<int:import_id>/bring/", runs.bring, name="bring"),
    path("<int:import_id>/rows/", runs.rows_out, name="rows_out"),
    path("<int:import_id>/things/<int:table>/<slug:group>/", runs.things, name="things"),
    path("<int:import_id>/errors.csv", runs.errors, name="errors"),
]
