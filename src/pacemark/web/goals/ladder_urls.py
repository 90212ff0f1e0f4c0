from __future__ import annotations

from django.urls import path

from pacemark.web.goals.views import ladder

app_name = "ladder"
urlpatterns = [
    path("", ladder.ladder, name="home"),
    path("grade/", ladder.grade, name="grade"),
    path("quota/", ladder.quota, name="quota"),
    path("quota/<int:quota_id>/drop/", ladder.drop, name="drop"),
    path("tiers/", ladder.tiers, name="tiers"),
    path("labels/", ladder.labels, name="labels"),
    path("newcomers/", ladder.newcomers, name="newcomers"),
]
