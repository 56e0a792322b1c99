"""Addresses of the doctor and of the figures."""

from django.urls import path

from wayloop.operations import backup_views, views

urlpatterns = [
    path("settings/doctor/", views.doctor, name="doctor"),
    path("settings/doctor/<slug:what>/<int:number>/<slug:deed>/", views.settle_aside, name="settle_aside"),
    path("settings/backup/", backup_views.backup, name="backup"),
    path("settings/backup/now/", backup_views.backup_now, name="backup_now"),
    path("settings/backup/try/", backup_views.try_now, name="try_backup"),
    path("settings/backup/stop/", backup_views.stop_backup, name="stop_backup"),
    path("settings/backup/code/", backup_views.show_code, name="recovery_code"),
    path("settings/backup/code/kept/", backup_views.code_kept, name="code_kept"),
    path("settings/backup/sending/release/", backup_views.release_sending, name="release_sending"),
    path("settings/backup/sending/hold/", backup_views.hold_sending, name="hold_sending"),
    path("metrics", views.metrics, name="metrics"),
]
