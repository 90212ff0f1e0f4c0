"""The organisation's settings as one request has read them: a page that asks ten times reads one row once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pacemark.web.organization.models import Organization


@dataclass(slots=True)
class _Held:
    settings: Organization | None = None
    was_written: bool = False


# A request's own: another thread, another request and a background job see nothing of it.
_held: ContextVar[_Held | None] = ContextVar("held_organization", default=None)


@contextmanager
def settings_held() -> Iterator[None]:
    """Let the settings that are read within this block stand until its end, or until they are written."""
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def held_or(read: Callable[[], Organization]) -> Organization:
    """Return the settings held, or read them; each caller gets a copy, so that a form may type into its own."""
    held = _held.get()
    if held is None or held.was_written:
        return read()
    if held.settings is None:
        held.settings = read()
    return copy.copy(held.settings)


def hold_no_longer() -> None:
    """Read the settings afresh for the rest of the request: a write may yet be rolled back."""
    if (held := _held.get()) is not None:
        held.was_written = True
