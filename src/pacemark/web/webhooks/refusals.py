"""What the room refuses: the engine's kind of error, so that one code is worded in one place."""

from __future__ import annotations

from pacemark.engine.errors import EngineError as Refused
from pacemark.web.ui.wording import words_for

__all__ = ["Refused", "refuse", "sentence"]


def refuse(what: str, message: str, field: str | None = None) -> Refused:
    """Return the error ``webhooks.what`` to raise."""
    return Refused(f"webhooks.{what}", message, field)


def sentence(refused: Refused) -> str:
    """Return the refusal in the words of the language in use."""
    return words_for(refused.code, refused.field)
