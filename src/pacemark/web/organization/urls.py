from __future__ import annotations

from django.urls import path

from pacemark.web.organization import structure_views, views

app_name = "organization"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("calendar/", views.calendar, name="calendar"),
    path("teams/", views.teams, name="teams"),
    path("teams/add/", structure_views.team, name="add_team"),
    path("teams/<int:team_id>/", structure_views.team, name="team"),
    path("regions/add/", structure_views.region, name="add_region"),
    path("regions/<int:region_id>/", structure_views.region, name="region"),
    path("patterns/add/", structure_views.pattern, name="add_pattern"),
    path("patterns/<int:pattern_id>/", structure_views.pattern, name="pattern"),
    path("people/", views.people, name="people"),
    path("people/add/", structure_views.add_person, name="add_person"),
    path("people/<int:rep_id>/", views.person, name="person"),
    path("people/<int:rep_id>/change/", structure_views.change_person, name="change_person"),
    path("people/<int:rep_id>/roster/", structure_views.roster, name="roster"),
    path("people/<int:rep_id>/account/", views.account, name="account"),
]
