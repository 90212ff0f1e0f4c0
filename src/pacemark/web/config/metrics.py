"""What Prometheus reads: counts of requests from every web process, and a few numbers asked of the database."""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from pacemark.web.jobs.queries import oldest_due_at, status_counts
from pacemark.web.pipeline.queries.freshness import waiting_days

__all__ = ["CONTENT_TYPE_LATEST", "note_request", "scrape"]

# Set by `pacemark serve`: several web processes then count into one folder.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter("pacemark_http_requests", "Requests answered.", ["route", "method", "status"])
SECONDS = Histogram(
    "pacemark_http_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10),
)


class _DatabaseNumbers(Collector):
    """The queue and the facts, as they stand when somebody asks."""

    def collect(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("pacemark_jobs", "Background jobs kept, by status.", labels=["status"])
        counts = status_counts()
        for status in DBTaskResult.status.field.choices or ():
            jobs.add_metric([str(status[0])], counts.get(str(status[0]), 0))
        yield jobs
        due_at = oldest_due_at()
        waited = max((timezone.now() - due_at).total_seconds(), 0.0) if due_at else 0.0
        yield GaugeMetricFamily("pacemark_jobs_oldest_due_seconds", "How long the oldest due job waits.", waited)
        yield GaugeMetricFamily(
            "pacemark_facts_changed_days",
            "Days of reps whose facts are to be counted anew.",
            waiting_days(),
        )


def note_request(*, route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request. ``route`` is a pattern, never an address with its ids."""
    REQUESTS.labels(route, method, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def scrape() -> bytes:
    """Return everything in Prometheus's text form."""
    numbers = CollectorRegistry()
    numbers.register(_DatabaseNumbers())
    if not os.environ.get(SHARED_FOLDER):
        return generate_latest(REGISTRY) + generate_latest(numbers)
    MultiProcessCollector(numbers)  # type: ignore[no-untyped-call]
    return generate_latest(numbers)
