from __future__ import annotations

from django.apps import AppConfig


class OverviewConfig(AppConfig):
    name = "pacemark.web.overview"
    label = "overview"
    default_auto_field = "django.db.models.BigAutoField"
