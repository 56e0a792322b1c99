"""Addresses of numbers."""

from django.urls import path

from wayloop.metrics import (
    alert_views,
    annotation_views,
    goal_views,
    invitation_views,
    parity_views,
    review_views,
    views,
)

app_name = "metrics"
urlpatterns = [
    path("", views.metric_list, name="list"),
    path("goals/", goal_views.goal_list, name="goals"),
    path("goals/new/", goal_views.goal_edit, name="goal_new"),
    path("goals/usual/", goal_views.goals_usual, name="goals_usual"),
    path("goals/<int:number>/", goal_views.goal_edit, name="goal"),
    path("goals/<int:number>/archive/", goal_views.goal_archive, name="goal_archive"),
    path("goals/<int:number>/back/", goal_views.goal_back, name="goal_back"),
    path("goals/alerts/", alert_views.alert_list, name="alerts"),
    path("goals/alerts/<int:number>/take/", alert_views.alert_take, name="alert_take"),
    path("goals/alerts/<int:number>/leave/", alert_views.alert_leave, name="alert_leave"),
    path("goals/review/", review_views.review_latest, name="review_latest"),
    path("goals/review/<slug:name>/", review_views.review_page, name="review"),
    path("goals/review/<slug:name>/file/", review_views.review_file, name="review_file"),
    path("goals/review/<slug:name>/send/", review_views.review_send, name="review_send"),
    path("annotations/", annotation_views.annotation_list, name="annotations"),
    path("annotations/<int:number>/remove/", annotation_views.annotation_remove, name="annotation_remove"),
    path("annotations/<int:number>/back/", annotation_views.annotation_back, name="annotation_back"),
    path("invitations/", invitation_views.invitation_list, name="invitations"),
    path("parity/", parity_views.parity_page, name="parity"),
    path("<slug:name>/", views.metric_page, name="metric"),
]
