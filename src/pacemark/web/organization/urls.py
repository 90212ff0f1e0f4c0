from __future__ import annotations

from django.urls import path

from pacemark.web.organization import views

app_name = "organization"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("calendar/", views.calendar, name="calendar"),
    path("teams/", views.teams, name="teams"),
    path("people/", views.people, name="people"),
    path("people/<int:rep_id>/", views.person, name="person"),
    path("people/<int:rep_id>/account/", views.account, name="account"),
]
