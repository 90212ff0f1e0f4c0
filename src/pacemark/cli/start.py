"""Starting Django for a command, and telling a user's mistake from a fault of ours."""

from __future__ import annotations

from datetime import date

from rich.console import Console

from pacemark.engine.errors import EngineError

PIPE_COLUMNS = 200


class UserMistake(Exception):
    """Something the person at the keyboard can mend; the text is one plain sentence."""


def mistake_in_one_sentence(error: Exception) -> str | None:
    """Return the sentence for a mistake that is the user's, or None when the fault is ours."""
    if isinstance(error, UserMistake | EngineError):
        return str(error)
    if type(error).__name__ in {"SettingError", "ProfileError", "FileError", "FactsElsewhereError"}:
        return str(error)
    if type(error).__name__ == "ValidationError" and hasattr(error, "messages"):
        return " ".join(str(message) for message in error.messages)
    if type(error).__module__.startswith("django.db") and type(error).__name__ == "OperationalError":
        return f"the database that DATABASE_URL names cannot be used: {str(error).splitlines()[0]}"
    return None


def output() -> Console:
    """Return where answers are printed: as wide as the terminal, and wide enough for any table in a pipe or file."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_COLUMNS)


def date_of(text: str | None, option: str) -> date | None:
    """Read a date option written like 2024-01-31."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserMistake(f"{option} must be a date like 2024-01-31, not {text!r}") from error
