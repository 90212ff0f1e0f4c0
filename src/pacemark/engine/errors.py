"""The engine's one kind of error: a stable code, one plain English sentence, the field at fault."""

from __future__ import annotations


class EngineError(ValueError):
    """Input that no method can answer.

    Parameters
    ----------
    code : str
        Stable identifier ``area.what``, for example ``goals.rate_out_of_range``.
        The web words it in both languages.
    message : str
        One plain English sentence that says what is wrong and how to mend it.
    field : str or None
        Dotted path of the input at fault, for example ``rates.connect_per_dial``.
    """

    def __init__(self, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field

    def as_dict(self) -> dict[str, str | None]:
        """Return the error in the calculator's wire shape."""
        return {"code": self.code, "message": self.message, "field": self.field}
