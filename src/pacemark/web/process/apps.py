from __future__ import annotations

from django.apps import AppConfig


class ProcessConfig(AppConfig):
    name = "pacemark.web.process"
    label = "process"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Django see the causes of everybody's months, which are kept in a file of their own."""
        from pacemark.web.process import findings_models  # noqa: F401, PLC0415
