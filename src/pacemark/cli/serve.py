"""``pacemark serve``: the web server and one worker, which end together."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.checks import run_checks
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from pacemark.cli.start import UserMistake
from pacemark.cli.work import sharing

STOP_SECONDS = 10
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SERVER_PID = "_PACEMARK_SERVER_PID"


def _refuse_taken_port(host: str, port: int) -> None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        raise UserMistake(f"cannot listen on {host}:{port}: {error.strerror}; try another --port") from error


def _tell_what_checks_say() -> None:
    """Print what the system checks warn of; an error keeps the doors shut."""
    found = run_checks(tags=["pacemark"])
    for message in found:
        typer.echo(f"{message.id}: {message.msg} {message.hint}", err=True)
    if any(message.is_serious() for message in found):
        raise UserMistake("the checks above must be mended before the pages can be served")


def _start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pacemark.cli", "work", "--parent", str(os.getpid())]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own interpreter and words


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:  # its job goes back to the queue when the lease ends
        worker.kill()
        worker.wait()


def _counting_folder(port: int) -> Path:
    # Counts begin anew with the server; files of processes that are gone would be added to them for ever. In memory,
    # where there is such a place: whoever writes to a mapped file on a full disk is killed by the system.
    home, memory = Path(settings.PACEMARK_HOME), Path("/dev/shm")  # noqa: S108 - a folder that is nobody else's
    name = f"pacemark-{sha256(f'{home.absolute()}:{port}'.encode()).hexdigest()[:16]}"
    folder = memory / name if os.access(memory, os.W_OK) else home / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    return folder


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Web processes.")] = 1,
    threads: Annotated[int, typer.Option(min=1, help="Requests that one web process answers at a time.")] = 4,
) -> None:
    """Serve the pages and the API, and run background jobs beside them."""
    _refuse_taken_port(host, port)
    _tell_what_checks_say()
    server = Server(
        "pacemark.cli.served:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    shown = f"[{host}]" if ":" in host else host
    os.environ[SERVER_PID] = str(os.getpid())
    counting = _counting_folder(port)
    os.environ[SHARED_FOLDER] = str(counting)
    worker = _start_worker()
    typer.echo(f"Pacemark is at http://{shown}:{port}/ (Ctrl+C ends it)", err=True)
    try:
        with sharing():
            server.serve()
    finally:
        _stop(worker)
        shutil.rmtree(counting, ignore_errors=True)
