"""What machines ask a machine: does it live, is it ready, how does it do. Answered before any session or page."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from pacemark.web.config.metrics import CONTENT_TYPE_LATEST, scrape

LOOPBACK = frozenset({"127.0.0.1", "::1"})


class ProbesMiddleware:
    """Answer ``/healthz``, ``/readyz`` and ``/metrics``; let everything else pass."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._probes = {"/healthz": _alive, "/readyz": self._ready, "/metrics": _metrics}
        self._is_current = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = self._probes.get(request.path_info)
        if probe is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        answer = probe(request)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _ready(self, _request: HttpRequest) -> HttpResponse:
        """Say whether requests may come: the database answers, and its tables are those of this program.

        Tables that were new enough once stay so; reading all migrations is not for every probe.
        """
        try:
            self._is_current = self._is_current or _has_all_migrations()
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except DatabaseError:
            return JsonResponse({"ready": False, "reason": "the database does not answer"}, status=503)
        if not self._is_current:
            return JsonResponse({"ready": False, "reason": "the database is older than the program"}, status=503)
        return JsonResponse({"ready": True})


def _has_all_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _alive(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def _metrics(request: HttpRequest) -> HttpResponse:
    if not _may_read_metrics(request):
        return HttpResponse("set PACEMARK_METRICS_TOKEN and send it as a bearer token\n", status=403)
    return HttpResponse(scrape(), content_type=CONTENT_TYPE_LATEST)


def _may_read_metrics(request: HttpRequest) -> bool:
    token: str = settings.PACEMARK_METRICS_TOKEN
    if token:
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode())
    # Through a proxy everybody comes from this machine.
    return request.META.get("REMOTE_ADDR") in LOOPBACK and "HTTP_X_FORWARDED_FOR" not in request.META
