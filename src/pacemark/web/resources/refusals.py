"""What the room refuses: the engine's kind of error, so that one code is worded in one place."""

from __future__ import annotations

from pacemark.engine.errors import EngineError as Refused

__all__ = ["Refused", "other_content", "refuse"]


def refuse(what: str, message: str, field: str | None = None) -> Refused:
    """Return the error ``resources.what`` to raise."""
    return Refused(f"resources.{what}", message, field)


def other_content() -> Refused:
    """Return the refusal of a key that came with something else before."""
    return refuse("key_reused", "This key was used before with other content; take a new key.", "key")
