from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "pacemark.web.config"
    label = "config"

    def ready(self) -> None:
        """Register the system checks."""
        from pacemark.web.config import checks  # noqa: F401, PLC0415 - checks read settings, which exist only now
