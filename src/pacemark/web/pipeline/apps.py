from __future__ import annotations

from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "pacemark.web.pipeline"
    label = "pipeline"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let Django see facts, history, holdings and erasures, which are kept in files of their own."""
        from pacemark.web.pipeline import (  # noqa: F401, PLC0415
            erasure_models,
            fact_models,
            history_models,
            holding_models,
        )
