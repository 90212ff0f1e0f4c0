"""The WSGI application as ``pacemark serve`` runs it: a web process does not outlive its server."""

from __future__ import annotations

import gc
import os
import threading
import time

from django.urls import get_resolver

from pacemark.cli.serve import SERVER_PID
from pacemark.web.config.wsgi import application

__all__ = ["application"]

_OBJECTS_BEFORE_A_SEARCH = 20_000  # a page makes more than Python's 700 and leaves next to none behind


def _end_with(server_pid: int) -> None:
    # A killed server cannot tell its processes anything; left alone, they would hold the port for ever.
    while os.getppid() == server_pid:
        time.sleep(0.5)
    os._exit(1)


def _spare_requests() -> None:
    """Load what the first request would, and let no request pay for searching all of it for garbage."""
    _loaded = get_resolver().url_patterns
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_A_SEARCH, 20, 20)


if SERVER_PID in os.environ:
    _spare_requests()
    threading.Thread(target=_end_with, args=(int(os.environ[SERVER_PID]),), daemon=True).start()
