"""A list of refused rows as it leaves the house."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from pacemark.web.intake.refused_rows import HEADER

_PIECE = 1 << 16


def stamped_file(path: Path, mark: str) -> Iterator[bytes]:
    """Yield a list piece by piece, with a last row that says for whom and when it was sent."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
    line = io.StringIO(newline="")
    csv.writer(line).writerow([mark if name == "reason" else "" for name in HEADER])
    yield line.getvalue().encode()
