"""A Pacemark of its own: a data folder, a server with its worker, and the commands that fill it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.support.needs import ROOT
from tests.support.templates import environment_of

TODAY = "2024-03-15"  # a Friday
PASSWORD = "correct-horse-battery"
LINK = """
import sys
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Rep
Rep.objects.filter(name=sys.argv[2]).update(user=User.objects.get(username=sys.argv[1]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where it listens and where it keeps its data."""

    url: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the developer's own settings."""
        return environment_of(self.home, PACEMARK_TODAY=TODAY)

    def run(self, *words: str) -> None:
        """Run one command to its end."""
        subprocess.run([sys.executable, *words], env=self.environment, cwd=ROOT, check=True, capture_output=True)

    def add_person(self, username: str, access: str, name: str) -> None:
        """Let somebody sign in."""
        words = ("people", "add", username, "--access", access, "--name", name, "--password", PASSWORD)
        self.run("-m", "pacemark.cli", *words)

    def link(self, username: str, rep: str) -> None:
        """Say which rep an account is."""
        self.run("-c", LINK, username, rep)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1200):  # a machine that is busy with other things may take long
        if server.poll() is not None:
            break
        try:
            with urlopen(f"{url}/accounts/sign-in/", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer:\n{log.read_text()[-2000:]}")


@contextmanager
def running_site(home: Path) -> Iterator[Site]:
    """Start a server and its worker with one person who may sign in; end both."""
    port = _free_port()
    site = Site(url=f"http://127.0.0.1:{port}", home=home)
    site.add_person("ops", "operations", "Olive Ops")
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "pacemark.cli", "serve", "--port", str(port)],
            env=site.environment, cwd=ROOT, stdout=output, stderr=output,
        )  # fmt: skip
    try:
        _wait_for(site.url, server, log)
        yield site
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=60)
