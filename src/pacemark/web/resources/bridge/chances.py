"""What leads of a kind come to with a rep: counts → the chance of a deal and what it is worth, shrunk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pacemark.engine.mix import LeadMix, fit_mix
from pacemark.engine.resources.expectation import expectation_of

Kind = tuple[str, str]  # channel, lead grade
# A kind's deal value leans on everybody's as if it had been seen in so many deals.
VALUE_WEIGHT = 10
# A rep's own record with one kind leans on kind × rep as if so many expected deals had come as expected, at least.
MIN_CELL_WEIGHT = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Leads, deals and the deals' amounts of one rep with one kind of lead."""

    rep_id: str
    kind: Kind
    n_leads: int
    n_deals: int
    amount_minor: int = 0
    n_amounts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Chance of a deal by kind for anybody, by rep against others with the same leads, and where both are known."""

    rates: Mapping[Kind, float] = field(default_factory=dict)
    grade_rates: Mapping[str, float] = field(default_factory=dict)
    ratios: Mapping[str, float] = field(default_factory=dict)
    cells: Mapping[tuple[str, Kind], float] = field(default_factory=dict)
    values_minor: Mapping[Kind, float] = field(default_factory=dict)
    overall_rate: float = 0.0
    overall_value_minor: float = 0.0

    def chance(self, rep_id: str, channel: str, grade: str) -> float:
        """Return the chance, 0 to 1, that a rep wins a lead of a kind."""
        kind = (channel, grade)
        found = self.cells.get((rep_id, kind))
        if found is None:
            rate = self.rates.get(kind)
            found = (self.grade_rates.get(grade, self.overall_rate) if rate is None else rate) * self.ratios.get(
                rep_id, 1.0
            )
        return min(1.0, found)

    def worth_minor(self, rep_id: str, channel: str, grade: str) -> float:
        """Return what a rep is expected to make of a lead: its chance times the deal value of its kind."""
        return self.chance(rep_id, channel, grade) * self.values_minor.get((channel, grade), self.overall_value_minor)


def kind_name(channel: str, grade: str) -> str:
    """Return the name of a kind of lead in a run's table of worths."""
    return f"{grade}\x1f{channel}"


def worth_table(chances: Chances, kinds: Iterable[Kind], rep_ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return what each rep is expected to make of a lead of each kind, in minor units, as a run keeps it."""
    return {
        kind_name(channel, grade): {rep: float(f"{chances.worth_minor(rep, channel, grade):.6g}") for rep in rep_ids}
        for channel, grade in sorted(set(kinds))
    }


def chances_of(records: list[Record]) -> Chances:
    """Work out the chances from everybody's records.

    How easy a kind is and how good a rep is are fitted together; a rep is shrunk towards others by as much as chance
    explains the differences, a rep with a kind towards the product of both.
    """
    n_leads, n_deals = sum(one.n_leads for one in records), sum(one.n_deals for one in records)
    if not n_leads or not n_deals:
        return Chances()
    reps, channels, grades = (sorted({part(one) for one in records}) for part in (_rep, _channel, _grade))
    mix = LeadMix(
        person=np.array([reps.index(one.rep_id) for one in records]),
        kinds={
            "channel": np.array([channels.index(one.kind[0]) for one in records]),
            "grade": np.array([grades.index(one.kind[1]) for one in records]),
        },
        exposed=np.array([one.n_leads for one in records], dtype=np.float64),
        won=np.array([min(one.n_deals, one.n_leads) for one in records], dtype=np.float64),
    )
    found = expectation_of(mix, len(reps))
    ease = fit_mix(mix).ease(mix.kinds)
    scale = float(mix.won.sum() / (mix.exposed * ease).sum())
    rates = {one.kind: float(rate) * scale for one, rate in zip(records, ease, strict=True)}
    values_minor, overall_value_minor = _values(records)
    ratios = {rep: float(ratio) for rep, ratio in zip(reps, found.ratio, strict=True)}
    return Chances(
        rates=rates, grade_rates=_by_grade(records), ratios=ratios,
        cells=_cells(records, rates, ratios, max(found.strength, MIN_CELL_WEIGHT)),
        overall_rate=n_deals / n_leads, values_minor=values_minor, overall_value_minor=overall_value_minor,
    )  # fmt: skip


def _cells(
    records: list[Record], rates: Mapping[Kind, float], ratios: Mapping[str, float], strength: float
) -> dict[tuple[str, Kind], float]:
    cells = {}
    for one in records:
        plain = rates[one.kind] * ratios[one.rep_id]
        expected = one.n_leads * plain
        cells[one.rep_id, one.kind] = plain * (one.n_deals + strength) / (expected + strength)
    return cells


def _by_grade(records: list[Record]) -> dict[str, float]:
    leads: defaultdict[str, int] = defaultdict(int)
    deals: defaultdict[str, int] = defaultdict(int)
    for one in records:
        leads[one.kind[1]] += one.n_leads
        deals[one.kind[1]] += one.n_deals
    return {grade: deals[grade] / n for grade, n in leads.items() if n}


def _values(records: list[Record]) -> tuple[dict[Kind, float], float]:
    """Return the deal value by kind, and of everything."""
    amounts: defaultdict[Kind, int] = defaultdict(int)
    counts: defaultdict[Kind, int] = defaultdict(int)
    for one in records:
        amounts[one.kind] += one.amount_minor
        counts[one.kind] += one.n_amounts
    n_all = sum(counts.values())
    overall = sum(amounts.values()) / n_all if n_all else 1.0  # without amounts a deal is a deal
    return {kind: (amounts[kind] + VALUE_WEIGHT * overall) / (counts[kind] + VALUE_WEIGHT) for kind in counts}, overall


def _rep(one: Record) -> str:
    return one.rep_id


def _channel(one: Record) -> str:
    return one.kind[0]


def _grade(one: Record) -> str:
    return one.kind[1]
