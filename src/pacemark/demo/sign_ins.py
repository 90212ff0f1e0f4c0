"""The password of a made-up organisation: one per installation, kept in its data folder for its owner's eyes."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

FILE_NAME = "demo-password"


def new_password() -> str:
    """Return a password that can be typed from a screen: three groups of four."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(3))


def keep_password(home: Path, password: str) -> None:
    """Keep the password where only the owner reads it, so that it can be shown again at the next start."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / FILE_NAME
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(password)


def kept_password(home: Path) -> str | None:
    """Return the password that was kept, None where there is none."""
    path = home / FILE_NAME
    return path.read_text(encoding="utf-8").strip() if path.exists() else None
