from __future__ import annotations

from django.urls import path, re_path

from pacemark.web.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("receivers/add/", views.receiver, name="add_receiver"),
    path("receivers/<int:end_id>/", views.receiver, name="receiver"),
    path("receivers/<int:end_id>/test/", views.test, name="test"),
    path("callers/add/", views.caller, name="add_caller"),
    path("callers/<int:end_id>/", views.caller, name="caller"),
    re_path(r"^(?P<what>receivers|callers)/(?P<end_id>\d{1,18})/secret/$", views.secret, name="secret"),
    re_path(r"^(?P<what>receivers|callers)/(?P<end_id>\d{1,18})/end/$", views.end, name="end"),
    path("deliveries/<int:delivery_id>/again/", views.again, name="again"),
]
