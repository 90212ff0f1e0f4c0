"""Where programs elsewhere post to: no session, no cookie; the signature says who it is."""

from __future__ import annotations

from django.urls import path

from pacemark.web.webhooks import receiving_views

app_name = "receiving"
urlpatterns = [path("<int:caller_id>/", receiving_views.post, name="post")]
