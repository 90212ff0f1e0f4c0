"""Secrets kept as files in PACEMARK_HOME, made on first use and readable by the owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_in(home: Path, name: str) -> str:
    """Return the secret kept under ``name``, making it when it is not there yet."""
    path = home / name
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process won the race; its key is the key
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()
