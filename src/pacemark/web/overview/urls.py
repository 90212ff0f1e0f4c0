from __future__ import annotations

from django.urls import path

from pacemark.web.overview import overview_views, team_views, views, week_views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("today/<int:rep_id>/", views.today_of, name="today_of"),
    path("team/", team_views.team, name="team"),
    path("overview/", overview_views.overview, name="overview"),
    path("week/", week_views.week, name="week"),
    path("week/<int:rep_id>/", week_views.week_of, name="week_of"),
]
