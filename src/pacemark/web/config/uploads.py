"""No upload larger than the machine was given room for."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(FileUploadHandler):
    """The first of the handlers: looks at the announced size, before a byte is read, and hands everything on."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *_rest: Any) -> None:
        """Refuse what is too large; a request that announces less is read no further than that."""
        if content_length > settings.PACEMARK_UPLOAD_MB * 1024 * 1024:
            raise RequestDataTooBig(f"uploads may hold {settings.PACEMARK_UPLOAD_MB} MB")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand a piece on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""
        return
