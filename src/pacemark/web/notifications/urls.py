from __future__ import annotations

from django.urls import path

from pacemark.web.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.channels, name="channels"),
    path("add/", views.channel, name="add"),
    path("<int:channel_id>/", views.channel, name="channel"),
    path("<int:channel_id>/preview/", views.preview, name="preview"),
    path("<int:channel_id>/test/", views.test, name="test"),
    path("<int:channel_id>/remove/", views.drop, name="drop"),
    path("messages/<int:message_id>/again/", views.again, name="again"),
    path("messages/<int:message_id>/settle/", views.settle, name="settle"),
]
