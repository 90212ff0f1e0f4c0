"""Reading tables as text, a chunk of rows at a time, whatever file they came in."""

from __future__ import annotations

from pacemark.web.intake.readers.opening import open_tables, read_chunks
from pacemark.web.intake.readers.tables import Chunk, FileFormat, Malformed, SourceTable

__all__ = ["Chunk", "FileFormat", "Malformed", "SourceTable", "open_tables", "read_chunks"]
