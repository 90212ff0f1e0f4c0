from __future__ import annotations

from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "pacemark.web.resources"
    label = "resources"
    default_auto_field = "django.db.models.BigAutoField"
