from __future__ import annotations

from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "pacemark.web.organization"
    label = "organization"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Django see who was erased, which is kept in a file of its own."""
        from pacemark.web.organization import erasure_models  # noqa: F401, PLC0415
