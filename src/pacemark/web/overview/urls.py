from __future__ import annotations

from django.urls import path

from pacemark.web.overview import views

app_name = "overview"
urlpatterns = [
    path("", views.home, name="home"),
    path("today/", views.today, name="today"),
    path("today/<int:rep_id>/", views.today_of, name="today_of"),
]
