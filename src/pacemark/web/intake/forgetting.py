"""Taking a person's values out of the lists of refused rows, where imports left them as they came."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from pathlib import Path

from pacemark.web.intake.models import ImportBatch
from pacemark.web.intake.services import imports_folder

_NO_DIGIT = re.compile(r"\D")
# Fewer digits, or one letter alone, stand in too many cells that are about something else.
_LEAST_DIGITS, _LEAST_LETTERS = 7, 2


class Values:
    """What a cell is compared with: numbers by their digits, names as they are written."""

    def __init__(self, numbers: Collection[str], names: Collection[str]) -> None:
        digits = {_NO_DIGIT.sub("", number) for number in numbers}
        local = {number.removeprefix("86") for number in digits if number.startswith("86")}
        self._digits = {number for number in digits | local if len(number) >= _LEAST_DIGITS}
        self._names = {name for name in names if len(name) >= _LEAST_LETTERS}

    def stand_in(self, cell: str) -> bool:
        """Say whether a cell tells one of them."""
        digits = _NO_DIGIT.sub("", cell)
        return any(number in digits for number in self._digits) or any(name in cell for name in self._names)


def forget_values(*, numbers: Collection[str], names: Collection[str]) -> int:
    """Empty the cells of refused rows that tell a person's number or name; return how many."""
    values = Values(numbers, names)
    return sum(_forget_in_file(path, values) for path in imports_folder().glob("*/errors.csv")) + _forget_in_records(
        values
    )


def _forget_in_file(path: Path, values: Values) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    count = 0
    for row in rows[1:]:
        for place, cell in enumerate(row):
            if values.stand_in(cell):
                row[place] = ""
                count += 1
    if count:
        fresh = path.with_suffix(".fresh")
        with fresh.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        fresh.replace(path)
    return count


def _forget_in_records(values: Values) -> int:
    """Look through what imports keep of their preview: refused values, and people by the names that files gave."""
    count = 0
    for batch in ImportBatch.objects.exclude(preview={}).only("preview", "choices"):
        found = [row for row in batch.preview.get("first_errors", []) if values.stand_in(str(row.get("value", "")))]
        for row in found:
            row["value"] = ""
        n_people = _forget_people(batch, values)
        if found or n_people:
            batch.save(update_fields=["preview", "choices"])
            count += len(found) + n_people
    return count


def _forget_people(batch: ImportBatch, values: Values) -> int:
    people, created = batch.preview.get("people", []), batch.preview.get("people_created", [])
    kept = [one for one in people if not values.stand_in(one["shown"])]
    still = [one for one in created if not values.stand_in(one)]
    chosen = {label: rep for label, rep in batch.choices.items() if not values.stand_in(label)}
    gone = len(people) - len(kept) + len(created) - len(still) + len(batch.choices) - len(chosen)
    if gone:
        batch.preview = {**batch.preview, "people": kept, "people_created": still}
        batch.choices = chosen
    return gone
