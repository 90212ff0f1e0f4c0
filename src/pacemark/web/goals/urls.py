from __future__ import annotations

from django.urls import path

from pacemark.web.goals import views

app_name = "goals"
urlpatterns = [
    path("", views.goal_list, name="list"),
    path("export.xlsx", views.export, name="export"),
    path("recompute/", views.recompute, name="recompute"),
    path("<int:rep_id>/", views.goal_detail, name="detail"),
    path("<int:rep_id>/target/", views.set_target, name="set_target"),
]
