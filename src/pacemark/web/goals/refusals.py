"""What the room refuses: the engine's kind of error, so that one code is worded in one place."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from pacemark.engine.errors import EngineError as Refused
from pacemark.web.ui.wording import words_for

__all__ = ["Refused", "refuse", "sentence", "status_of"]

_FIELDS = {"amount": gettext_lazy("Amount"), "quota": gettext_lazy("Quota per quarter")}
# Somebody was quicker: what was sent was right when it was written. Pages and the API answer 409 to these, else 422.
CONFLICTS = frozenset(
    f"goals.{what}" for what in ("agreement_stale", "agreement_not_now", "target_stale", "split_stale", "batch_is_over")
)


def refuse(what: str, message: str, field: str | None = None) -> Refused:
    """Return the error ``goals.what`` to raise."""
    return Refused(f"goals.{what}", message, field)


def sentence(refused: Refused) -> str:
    """Return the refusal in the words of the language in use; a field's name is not one for people."""
    words = _FIELDS.get(refused.field or "")
    return words_for(refused.code, str(words) if words else refused.field)


def status_of(refused: Refused) -> int:
    """Return the HTTP status of the refusal."""
    return 409 if refused.code in CONFLICTS else 422
