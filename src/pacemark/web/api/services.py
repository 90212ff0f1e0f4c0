"""The calculator's door to the engine. It keeps nothing, so it leaves no trail."""

from __future__ import annotations

from pacemark.engine.calc import calculate_text
from pacemark.engine.errors import EngineError

__all__ = ["EngineError", "answer"]


def answer(method: str, body: bytes) -> tuple[bool, str]:
    """Return whether a method could answer, and the JSON text of its answer or its error."""
    exit_code, text = calculate_text(method, body)
    return exit_code == 0, text
