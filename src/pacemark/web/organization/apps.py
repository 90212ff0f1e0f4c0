from __future__ import annotations

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "pacemark.web.organization"
    label = "organization"
    default_auto_field = "django.db.models.BigAutoField"
