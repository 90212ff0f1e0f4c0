from __future__ import annotations

from django.urls import path

from pacemark.web.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.data, name="data"),
    path("upload/", views.upload, name="upload"),
    path("imports/<int:batch_id>/", views.batch, name="batch"),
    path("imports/<int:batch_id>/mapping/", views.mapping, name="mapping"),
    path("imports/<int:batch_id>/commit/", views.commit, name="commit"),
    path("imports/<int:batch_id>/cancel/", views.cancel, name="cancel"),
    path("imports/<int:batch_id>/refused.csv", views.errors, name="errors"),
]
