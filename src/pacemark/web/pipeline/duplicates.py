"""The same id more than once among staged rows: within one file, and over the files of one import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacemark.web.pipeline.staging import Staging


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A row whose id stands earlier in the same file with other content."""

    file_no: int
    line: int
    first_line: int
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """What was taken out: how many rows per file only said the same again, and the rows that said otherwise."""

    same: dict[int, int]
    different: list[Repeat]


NO_REPEATS = Repeats(same={}, different=[])
_MOST_PRINTS = 5_000_000


class IdPrints:
    """Prints of the ids of one staging table, 8 bytes each: where all differ, no id repeats and none need be sorted."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.int64]] = []
        self._count = 0

    def note(self, ids: Sequence[object]) -> None:
        """Take in some rows' ids. Beyond some millions nothing is kept: the table is asked then."""
        self._count += len(ids)
        if self._count <= _MOST_PRINTS:
            self._parts.append(np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids)))
        else:
            self._parts.clear()

    def all_differ(self) -> bool:
        """Say whether no two ids can be the same; when in doubt, no."""
        if self._count > _MOST_PRINTS:
            return False
        prints = np.sort(np.concatenate([np.empty(0, dtype=np.int64), *self._parts]))
        return not bool((prints[1:] == prints[:-1]).any())


def settle_repeats(staging: Staging, table: str, prints: IdPrints) -> Repeats:
    """Take repeated ids out of a staging table, keeping the first of each file, and return those taken out.

    The same id in a later file is a later snapshot: it goes one layer up and is published after the earlier one.
    """
    if prints.all_differ():
        staging.single_layered.add(table)
        return NO_REPEATS
    repeated = f"SELECT external_id FROM stage_{table} GROUP BY external_id HAVING count(*) > 1"
    if not staging.rows(f"{repeated} LIMIT 1"):
        return NO_REPEATS
    staging.execute("DELETE FROM stage_repeats")
    staging.execute(
        "INSERT INTO stage_repeats (stage_id, layer, place, first_line, first_key) "
        "SELECT stage_id, dense_rank() OVER (PARTITION BY external_id ORDER BY file_no) - 1, "
        "row_number() OVER in_file, first_value(line) OVER in_file, first_value(content_key) OVER in_file "
        f"FROM stage_{table} WHERE external_id IN ({repeated}) "
        "WINDOW in_file AS (PARTITION BY external_id, file_no ORDER BY stage_id)"
    )
    staging.execute(
        f"UPDATE stage_{table} AS s SET layer = r.layer FROM stage_repeats r "
        "WHERE r.stage_id = s.stage_id AND r.layer > 0"
    )
    found = _read(staging, table)
    staging.execute(f"DELETE FROM stage_{table} WHERE stage_id IN (SELECT stage_id FROM stage_repeats WHERE place > 1)")
    return found


def _read(staging: Staging, table: str) -> Repeats:
    again = f"FROM stage_repeats r JOIN stage_{table} s ON s.stage_id = r.stage_id WHERE r.place > 1"
    same = staging.rows(f"SELECT s.file_no, count(*) {again} AND s.content_key = r.first_key GROUP BY s.file_no")
    different = staging.rows(
        f"SELECT s.file_no, s.line, r.first_line, s.external_id {again} AND s.content_key <> r.first_key "
        "ORDER BY s.file_no, s.line"
    )
    return Repeats(
        same={int(file_no): int(count) for file_no, count in same},
        different=[
            Repeat(file_no=int(file_no), line=int(line), first_line=int(first), external_id=str(external_id))
            for file_no, line, first, external_id in different
        ],
    )


def last_layer(staging: Staging, table: str) -> int:
    """Return the highest layer of a staging table."""
    return 0 if table in staging.single_layered else staging.number(f"SELECT max(layer) FROM stage_{table}")
