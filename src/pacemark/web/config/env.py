"""Typed readers of environment variables. A value that cannot be read stops the start, loudly."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class SettingError(RuntimeError):
    """An environment variable holds something that cannot be used."""


def text(name: str, default: str = "") -> str:
    """Return the variable, or the contents of the file that ``NAME_FILE`` names."""
    file_name = os.environ.get(f"{name}_FILE")
    if file_name:
        try:
            return Path(file_name).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingError(f"{name}_FILE names {file_name}, which cannot be read: {error.strerror}") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    """Return a boolean; only the exact words ``true`` and ``false`` are accepted."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value not in {"true", "false"}:
        raise SettingError(f"{name} must be exactly true or false, not {value!r}")
    return value == "true"


def number(name: str, default: int) -> int:
    """Return a whole number."""
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    try:
        return int(value)
    except ValueError as error:
        raise SettingError(f"{name} must be a whole number, not {value!r}") from error


def words(name: str, default: tuple[str, ...]) -> list[str]:
    """Return a comma-separated list."""
    value = os.environ.get(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """Return one of a few words; the first is the default."""
    value = os.environ.get(name) or choices[0]
    if value not in choices:
        raise SettingError(f"{name} must be {' or '.join(choices)}, not {value!r}")
    return value


def parsed(name: str, reader: Callable[[str], T]) -> T:
    """Return what a reader makes of the variable; its ``ValueError`` is told under the variable's name."""
    try:
        return reader(text(name))
    except ValueError as error:
        raise SettingError(f"{name}: {error}") from error


def home() -> Path:
    """Return the data folder, ``PACEMARK_HOME``; it is made when first written to."""
    return Path(os.environ.get("PACEMARK_HOME") or ".pacemark").expanduser().absolute()
