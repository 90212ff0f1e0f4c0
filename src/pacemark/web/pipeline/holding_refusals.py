"""What cannot be done with a lead: a stable code and one plain English sentence; pages word the code."""

from __future__ import annotations


class HoldingRefused(Exception):
    """A path refused to move a lead; nothing was written."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
