"""What Django adds to log records that must not be written down. Logging is set up first: nothing of Django in here."""

from __future__ import annotations

import logging


class WithoutAddresses(logging.Filter):
    """Take the request itself out of what is logged of a refusal or fault: its address holds what somebody sought."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without the request."""
        record.__dict__.pop("request", None)
        return True
