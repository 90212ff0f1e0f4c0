"""The one task that django-tasks-db knows of: it looks a job up in our registry and runs it."""

from __future__ import annotations

from typing import Any

from django_tasks import task

from pacemark.web.jobs.registry import job_handled_by

EXPRESS_PRIORITY = 50


@task()
def run_registered(name: str, handler: str, payload: dict[str, Any]) -> None:
    """Run one registered job."""
    job_handled_by(name, handler).function(**payload)
