"""A worker that is really killed, and a server that is."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.served import children, free_port, until
from tests.support.templates import copy_home, environment_of

pytestmark = pytest.mark.sqlite("a server or a command of its own, on a data folder with its file")

SCRIPT = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
from pacemark.web.config.django_setup import ensure_database, start_django
start_django(); ensure_database()
from pacemark.web.jobs.registry import job
from pacemark.web.jobs.services import enqueue
from pacemark.web.jobs.worker import work
tries = Path(sys.argv[1])

@job("test.deadly")
def deadly():
    tries.write_text(tries.read_text() + "x")
    if tries.read_text() == "x":
        os.kill(os.getpid(), signal.SIGKILL)

if not tries.exists():
    tries.write_text("")
    enqueue("test.deadly")
work(should_stop=lambda: tries.read_text() == "xx", poll_seconds=0.05, lease=timedelta(seconds=1))
"""


def test_a_killed_workers_job_is_run_by_the_next_worker(tmp_path: Path, empty_home: Path) -> None:
    environment = environment_of(copy_home(empty_home, tmp_path))
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "tries")]

    first = subprocess.run(command, env=environment, timeout=180, check=False)
    assert first.returncode == -signal.SIGKILL
    assert (tmp_path / "tries").read_text() == "x"

    second = subprocess.run(command, env=environment, timeout=180, check=False)
    assert second.returncode == 0
    assert (tmp_path / "tries").read_text() == "xx"


def _answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/api/v1/openapi.json", timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="left out: looks at processes through /proc")
@pytest.mark.parametrize("blow", [signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_the_server(tmp_path: Path, empty_home: Path, blow: signal.Signals) -> None:
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "pacemark.cli", "serve", "--port", str(port)],
        env=environment_of(copy_home(empty_home, tmp_path)),
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _answers(port), "the server answers")
        started = children(server.pid)
        (worker,) = (pid for pid, words in started.items() if "pacemark.cli work" in words)
    finally:
        server.send_signal(blow)
        server.wait(timeout=60)

    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in started), "its children end too")
    assert worker in started
