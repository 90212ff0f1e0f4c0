from __future__ import annotations

from django.apps import AppConfig


class TrailConfig(AppConfig):
    name = "pacemark.web.trail"
    label = "trail"
    default_auto_field = "django.db.models.BigAutoField"
