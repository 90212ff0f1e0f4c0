from __future__ import annotations

from django.urls import path

from pacemark.web.process import views

app_name = "process"
urlpatterns = [
    path("coaching/", views.coaching, name="coaching"),
    path("coaching/of/<int:rep_id>/", views.plan, name="plan_coaching"),
    path("coaching/<int:action_id>/done/", views.close, name="close_coaching"),
    path("coaching/<int:action_id>/excuse/", views.excuse, name="excuse_coaching"),
]
