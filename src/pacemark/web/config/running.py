"""Who works on an installation now: `serve` and `work` share a lock that a change of keys wants for itself."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class InUseError(Exception):
    """Somebody works on the installation; the text is one plain sentence."""


@contextmanager
def at_work() -> Iterator[None]:
    """Hold a share of the lock for as long as this process works."""
    with _lock_file().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError("a backup is being restored or the keys are being changed; try again after it") from error
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Hold the lock for this process alone; processes on other machines cannot be seen."""
    with _lock_file().open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUseError("`pacemark serve` or `pacemark work` is running; end it first") from error
        yield


def _lock_file() -> Path:
    home = Path(settings.PACEMARK_HOME)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return home / "running.lock"
