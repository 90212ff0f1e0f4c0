"""The WSGI application as ``pacemark serve`` runs it: a web process does not outlive its server."""

from __future__ import annotations

import os
import threading
import time

from pacemark.cli.serve import SERVER_PID
from pacemark.web.config.wsgi import application

__all__ = ["application"]


def _end_with(server_pid: int) -> None:
    # A killed server cannot tell its processes anything; left alone, they would hold the port for ever.
    while os.getppid() == server_pid:
        time.sleep(0.5)
    os._exit(1)


if SERVER_PID in os.environ:
    threading.Thread(target=_end_with, args=(int(os.environ[SERVER_PID]),), daemon=True).start()
