from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "pacemark.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to what allauth tells."""
        from pacemark.web.accounts import factor_news  # noqa: F401, PLC0415 - models are loaded only now
