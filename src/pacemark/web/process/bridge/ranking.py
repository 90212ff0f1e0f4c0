"""How much of a ranking is real: kept stages of some people to what may be shown of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pacemark.engine.process.luck import LuckShare, luck_share
from pacemark.web.process.models import RepCauses

N_GROUPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """One person: counted, and with the luck taken out. ``group`` is 0 for the upper third; None where none is told."""

    row: RepCauses
    won: float
    tried: float
    rate: float
    estimate: float
    low: float
    high: float
    group: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """People at one stage in the order that may be shown: ranked, in groups, or by name."""

    share: LuckShare
    rows: tuple[RankedRow, ...]


def ranking_of(rows: Sequence[RepCauses], stage: str) -> Ranking | None:
    """Return people at one stage, as far as their order is more than luck; nothing where nobody has a trial.

    A ranking is shown where people differ beyond chance and at least half of what differs is real; else groups, where
    only the first holds; else names in the order of the alphabet, each with its interval.
    """
    known = [(row, row.detail["stages"][stage]) for row in rows if stage in row.detail["stages"]]
    known = [(row, told) for row, told in known if told["tried"]]
    if not known:
        return None
    won = np.array([told["won"] for _row, told in known], dtype=np.float64)
    tried = np.maximum(np.array([told["tried"] for _row, told in known], dtype=np.float64), won)
    share = luck_share(won, tried)
    if share.estimates is None:
        return None
    mean, low, high = share.estimates.mean, share.estimates.low, share.estimates.high
    place = np.empty(len(known), dtype=np.int64)
    place[np.argsort(-mean, kind="stable")] = np.arange(len(known))
    group = place * N_GROUPS // len(known)
    found = [
        RankedRow(
            row=row, won=float(won[at]), tried=float(tried[at]), rate=float(won[at] / tried[at]),
            estimate=float(mean[at]), low=float(low[at]), high=float(high[at]),
            group=None if share.display == "names" else int(group[at]),
        )
        for at, (row, _told) in enumerate(known)
    ]  # fmt: skip
    if share.display == "ranking":
        found.sort(key=lambda one: -one.estimate)
    elif share.display == "groups":
        # Inside a group nobody stands above anybody: by name.
        found.sort(key=lambda one: (one.group or 0, one.row.rep.name, one.row.rep_id))
    else:
        found.sort(key=lambda one: (one.row.rep.name, one.row.rep_id))
    return Ranking(share=share, rows=tuple(found))
