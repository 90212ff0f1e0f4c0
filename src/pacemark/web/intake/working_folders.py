"""Folders that an import works in. A lock tells those of living processes from what a killed one left behind."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "staging-"
_LOCK = "lock"


@contextlib.contextmanager
def working_folder(home: Path) -> Iterator[Path]:
    """Make a folder, hold it while it is used, and remove it; the lock falls with the process, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=home))
    try:
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(root: Path) -> set[str]:
    """Remove the working folders that no process holds any more; return the names of the folders they were in."""
    abandoned: set[str] = set()
    for folder in root.glob(f"*/{_PREFIX}*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            abandoned.add(folder.parent.name)
    return abandoned


def _is_abandoned(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):  # just being made, or held
        return False
    return True
