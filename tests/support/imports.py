"""Importing in tests: small files, and the command as a person calls it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pacemark import cli

PROFILE = """
source = "floor"
time_zone = "Asia/Shanghai"
currency = "CNY"
[leads]
files = "leads*"
[leads.columns]
id = "id"
owner = "owner"
arrived_at = "created"
phone = "phone"
channel = "channel"
[calls]
files = "calls*"
[calls.columns]
id = "id"
at = "at"
owner = "owner"
lead = "lead"
duration = "seconds"
[calls.rules]
outbound = { column = "type", is = ["out"] }
inbound = { column = "type", is = ["in"] }
answered = { column = "status", is = ["answered"] }
[deals]
files = "deals*"
[deals.columns]
id = "id"
opened_at = "created"
owner = "owner"
lead = "lead"
closed_on = "closed"
expected = "amount"
amount = "amount"
cash = "paid"
channel = "channel"
[deals.rules]
opportunity = { column = "quality", begins = ["A", "B", "C"] }
won = { column = "stage", is = ["won"] }
lost = { column = "stage", is = ["lost"] }
[refunds]
files = "refunds*"
[refunds.columns]
id = "id"
deal = "deal"
refunded_on = "on"
amount = "amount"
"""

LEAD = {"id": "", "owner": "Li Wei", "created": "2024-01-02 09:00", "phone": "", "channel": ""}
CALL = {
    "id": "", "at": "2024-01-03 10:00:00", "owner": "Li Wei", "lead": "", "seconds": "0", "type": "out",
    "status": "answered",
}  # fmt: skip
DEAL = {
    "id": "", "created": "2024-01-02 09:00", "owner": "Li Wei", "lead": "", "closed": "", "amount": "", "paid": "",
    "channel": "", "quality": "A", "stage": "talking",
}  # fmt: skip
REFUND = {"id": "", "deal": "", "on": "2024-02-01", "amount": ""}
_BLANK = {"leads": LEAD, "calls": CALL, "deals": DEAL, "refunds": REFUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the JSON on standard output."""
        return json.loads(self.out)

    def counts(self, kind: str) -> tuple[int, int, int, int]:
        """Return a kind's accepted, updated, unchanged and refused rows."""
        count = self.json[kind]
        return count["accepted"], count["updated"], count["unchanged"], count["refused"]

    @property
    def refusals(self) -> list[dict[str, str]]:
        """Return the refused rows of the errors file."""
        with Path(self.json["errors_file"]).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


class Importer:
    """Runs `pacemark import` in a folder of its own."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = patch
        self._capture = capture
        self.profile = folder / "profile.toml"
        self.profile.write_text(PROFILE, encoding="utf-8")

    def write(self, name: str, rows: Iterable[Mapping[str, object]]) -> Path:
        """Write a CSV file; what a row leaves out is as in the kind's blank row, told by the file's name."""
        blank = next(row for kind, row in _BLANK.items() if name.startswith(kind))
        path = self.folder / "files" / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(blank))
            writer.writeheader()
            writer.writerows({**blank, **row} for row in rows)
        return path

    def write_bytes(self, name: str, content: bytes) -> Path:
        """Write a file as it is."""
        path = self.folder / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def run(self, *words: object) -> Answer:
        """Run the command with these words, in English."""
        self._patch.setenv("LC_ALL", "C.UTF-8")
        self._patch.setattr("sys.argv", ["pacemark", "import", *map(str, words)])
        self._capture.readouterr()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = self._capture.readouterr()
        return Answer(code=code, out=said.out, err=said.err)

    def bring_in(self, *paths: Path) -> Answer:
        """Import files by the test's profile."""
        return self.run("--profile", self.profile, "--json", "--yes", *(paths or [self.folder / "files"]))
