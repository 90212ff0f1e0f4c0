from __future__ import annotations

from django.urls import path

from pacemark.web.goals.views import plans

app_name = "goals"
urlpatterns = [
    path("", plans.goal_list, name="list"),
    path("export.xlsx", plans.export, name="export"),
    path("recompute/", plans.recompute, name="recompute"),
    path("<int:rep_id>/", plans.goal_detail, name="detail"),
    path("<int:rep_id>/target/", plans.set_target, name="set_target"),
]
