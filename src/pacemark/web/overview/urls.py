from __future__ import annotations

from django.urls import path

from pacemark.web.overview import views, week_views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("today/<int:rep_id>/", views.today_of, name="today_of"),
    path("week/", week_views.week, name="week"),
    path("week/<int:rep_id>/", week_views.week_of, name="week_of"),
]
