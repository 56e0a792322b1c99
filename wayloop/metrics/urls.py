"""Addresses of numbers."""

from django.urls import path

from wayloop.metrics import alert_views, goal_views, views

app_name = "metrics"
urlpatterns = [
    path("", views.metric_list, name="list"),
    path("goals/", goal_views.goal_list, name="goals"),
    path("goals/new/", goal_views.goal_edit, name="goal_new"),
    path("goals/usual/", goal_views.goals_usual, name="goals_usual"),
    path("goals/<int:number>/", goal_views.goal_edit, name="goal"),
    path("goals/<int:number>/archive/", goal_views.goal_archive, name="goal_archive"),
    path("goals/<int:number>/back/", goal_views.goal_back, name="goal_back"),
    path("alerts/", alert_views.alert_list, name="alerts"),
    path("alerts/<int:number>/take/", alert_views.alert_take, name="alert_take"),
    path("alerts/<int:number>/leave/", alert_views.alert_leave, name="alert_leave"),
    path("<slug:name>/", views.metric_page, name="metric"),
]
