"""Starts Django outside a web server, and brings an empty database up to date."""

from __future__ import annotations

import os

import django
from django.core.management import call_command
from django.db import connection


def start_django() -> None:
    """Load settings and apps once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pacemark.web.config.settings")
    django.setup()


def ensure_database() -> None:
    """Create the database's folder and tables when they are missing or old."""
    from django.conf import settings  # noqa: PLC0415 - settings exist only once Django has started
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    if connection.vendor == "sqlite":
        os.makedirs(os.path.dirname(os.path.abspath(settings.DATABASES["default"]["NAME"])), exist_ok=True)  # noqa: PTH103, PTH120, PTH100
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
