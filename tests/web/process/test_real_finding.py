"""One finding on the real records, every number of it worked out again from the files in plain Python."""

from __future__ import annotations

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, betabinom

from pacemark.engine.priors import fit_prior
from pacemark.engine.wobble import fit_wobble
from pacemark.web.organization.models import Rep
from pacemark.web.process.models import Finding, RepCauses
from pacemark.web.process.services.findings import count_findings, counted
from tests.support.import_fixtures import importer
from tests.support.imports import Importer
from tests.support.needs import ROOT

__all__ = ["importer"]
pytestmark = pytest.mark.samples

STAGE = "deep_talk_per_connect"
AS_OF = date(2023, 12, 31)
FIRST, LAST = AS_OF - timedelta(days=91), AS_OF - timedelta(days=1)
Cells = dict[tuple[str, str], list[float]]  # (rep, lead source) -> [connects, deep talks]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%d.%m.%Y %H:%M").replace(tzinfo=UTC)


def _sources(folder: Path) -> dict[str, str]:
    """Return each contact's source: what its first deal states."""
    first: dict[str, tuple[datetime, str, str]] = {}
    for row in _rows(folder / "deals.csv"):
        contact, at = row["Contact Name"], _moment(row["Created Time"])
        if contact and (contact not in first or (at, row["Id"]) < first[contact][:2]):
            first[contact] = (at, row["Id"], row["Source"].strip())
    return {contact: source for contact, (_at, _id, source) in first.items()}


def _count(folder: Path) -> tuple[Cells, dict[str, dict[int, list[float]]]]:
    """Count connects and deep talks: by rep and source in the window; by rep and thirty days, a year before too."""
    source, cells, months = _sources(folder), defaultdict(lambda: [0.0, 0.0]), defaultdict(dict)
    for row in _rows(folder / "calls.csv"):
        seconds, day = int(row["Call Duration (in seconds)"] or 0), date.fromisoformat(row["Call Start Time"][:10])
        is_dial = row["Call Type"] == "Outbound" and row["Call Status"] == "Attended Dialled"
        if not is_dial or seconds < 1 or day > LAST:
            continue
        rep, deep = row["Call Owner Name"], float(seconds >= 180)
        of_month = months[rep].setdefault((day - FIRST).days // 30, [0.0, 0.0])
        for table in (of_month, *([cells[rep, source.get(row["CONTACTID"], "")]] if day >= FIRST else [])):
            table[0], table[1] = table[0] + 1, table[1] + deep
    return dict(cells), months


def _ease(cells: Cells) -> dict[str, float]:
    """Fit how easy each source is, apart from who worked it: proportional fitting, leaning as on 10 and 5."""
    rate = sum(won for _tried, won in cells.values()) / sum(tried for tried, _won in cells.values())
    person, ease = defaultdict(lambda: 1.0), defaultdict(lambda: 1.0)
    for _round in range(25):
        before, sums = dict(ease), defaultdict(lambda: [0.0, 0.0])
        for (rep, source), (tried, won) in cells.items():
            sums[rep][0] += won
            sums[rep][1] += tried * rate * ease[source]
        person.update({rep: (won + 5) / (expected + 5) for rep, (won, expected) in sums.items()})
        sums = defaultdict(lambda: [0.0, 0.0])
        for (rep, source), (tried, won) in cells.items():
            sums[source][0] += won
            sums[source][1] += tried * rate * person[rep]
        fitted = {source: (won + 10) / (expected + 10) for source, (won, expected) in sums.items()}
        mean = np.average([fitted[source] for _rep, source in cells], weights=[tried for tried, _won in cells.values()])
        ease.update({source: value / mean for source, value in fitted.items()})
        if before and max(abs(ease[source] / before[source] - 1) for source in before) < 1e-4:
            break
    return dict(ease)


def _dispersion(months: Mapping[str, Mapping[int, list[float]]], rep: str, reps: list[str]) -> tuple[float, float]:
    """Return one month's wobble of everybody, and the window's of one rep."""
    tried, won = (np.array([[months.get(one, {}).get(month, [0.0, 0.0])[side] for month in range(-12, 4)]
                            for one in reps]) for side in (0, 1))  # fmt: skip
    month = fit_wobble(won, tried).dispersion
    own = tried[reps.index(rep), 12:]
    return month, month * math.sqrt(sum((n / own.sum()) ** 2 for n in own))


def _mix_variance(cells: Cells, rep: str) -> float:
    seen, all_tried, own = Counter(), Counter(), Counter()
    for (who, source), (tried, won) in cells.items():
        seen[source] += won
        all_tried[source] += tried
        own[source] += tried if who == rep else 0.0
    total, mine = sum(all_tried.values()), sum(own.values())
    return sum((own[one] / mine - all_tried[one] / total) ** 2 / (seen[one] + 10) for one in all_tried)


def test_every_number_of_a_finding_on_the_real_records_is_worked_out_again(importer: Importer, samples: Path) -> None:
    folder = samples / "school_crm"
    assert importer.run("--profile", ROOT / "examples" / "school_crm.toml", "--json", folder).code == 0
    count_findings(actor=None, as_of=AS_OF)
    found = Finding.objects.filter(is_current=True, cause="ability", stage=STAGE).order_by("money_minor")[0]
    told, rep = found.evidence, str(found.rep)
    cells, months = _count(folder)
    role = {row.rep.name: row.detail["role"] for row in RepCauses.objects.select_related("rep")}
    peers = [one for one in role if role[one] == role[rep] and one != rep]

    ease = _ease(cells)
    tried, won, eased = (
        {one: sum(pick(cell, source) for (who, source), cell in cells.items() if who == one) for one in role}
        for pick in (lambda c, s: c[0], lambda c, s: c[1], lambda c, s: c[0] * ease[s])
    )
    active = [one for one in peers if tried[one]]
    others_won, others_eased = (sum(table[one] for one in active) for table in (won, eased))
    usual = (others_won + 1) / (others_eased + 2)
    own_ease = eased[rep] / tried[rep]
    mean = usual * own_ease
    month, wobble = _dispersion(months, rep, sorted(Rep.objects.values_list("name", flat=True)))
    relative = (1 - usual) / (others_won + 1) + month**2 / len(active) + _mix_variance(cells, rep)
    certainty = (1 - mean) / (mean * relative) - 1
    assert len(active) >= 5
    _same(told, {"tried": tried[rep], "won": won[rep], "rate": won[rep] / tried[rep], "ease": own_ease, "usual": mean,
                 "expected": tried[rep] * mean, "dispersion": wobble, "certainty": certainty})  # fmt: skip

    v = mean * (1 - mean) / (certainty + 1)
    wide = mean * (1 - mean) / (v + wobble**2 * (mean**2 + v)) - 1
    p = 2 * betabinom.cdf(won[rep], tried[rep], mean * wide, (1 - mean) * wide)
    low, high = beta.ppf([0.1, 0.9], won[rep] + 0.5, tried[rep] - won[rep] + 0.5)
    usual_low, usual_high = beta.ppf([0.1, 0.9], mean * wide, (1 - mean) * wide)
    _same(told, {"p": p, "q": _q(p), "low": low, "high": high, "usual_low": usual_low, "usual_high": usual_high,
                 "lasting": _lasting(won[rep], tried[rep], mean)})  # fmt: skip
    _check_money(found, folder, won[rep] - tried[rep] * mean)


def _same(told: Mapping[str, Any], numbers: Mapping[str, float]) -> None:
    assert {name: told[name] for name in numbers} == pytest.approx(dict(numbers), rel=2e-4)


def _stored() -> list[dict[str, Any]]:
    return [
        stages for row in RepCauses.objects.filter(first_day=date(2023, 12, 1)) for stages in [row.detail["stages"]]
    ]


def _q(p: float) -> float:
    """Benjamini and Hochberg over every stage of everybody that has enough trials."""
    ps = sorted(one["p"] for stages in _stored() for one in stages.values() if one["p"] is not None)
    rank = min(range(len(ps)), key=lambda at: abs(ps[at] - p))
    return min(ps[at] * len(ps) / (at + 1) for at in range(rank, len(ps)))


def _lasting(won: float, tried: float, mean: float) -> float:
    """Take the luck out: k says how much people differ, those left out who stand far apart."""
    rows = [stages[STAGE] for stages in _stored() if STAGE in stages]
    rows = [one for one in rows if one["expected"] and not (one["p"] is not None and one["p"] < 0.001)]
    average = np.mean([one["usual"] for one in rows])
    wins = np.array([float(one["won"]) for one in rows])
    k = min(fit_prior(wins, np.maximum([one["expected"] / average for one in rows], wins)).strength, 300.0)
    return (won / mean + k) / (tried + k)


def _check_money(found: Finding, folder: Path, short: float) -> None:
    """One more deep talk is worth: the window's mean deal × what everybody made of the stages behind."""
    deals = [row for row in _rows(folder / "deals.csv") if row["Stage"] == "Payment Done"]
    days = [_moment(f"{(row['Closing Date'] or row['Created Time'])[:10]} 00:00").date() for row in deals]
    amounts = [row["Offer Total Amount"].replace("€", "").strip() for row in deals]
    amounts = [text.replace(".", "").replace(",", ".") if "," in text else text for text in amounts]
    paid = [float(amount) for amount, day in zip(amounts, days, strict=True)
            if amount and float(amount) > 0 and FIRST <= day <= LAST]  # fmt: skip
    judged = counted(AS_OF).judged
    behind = [judged.won[:, stage].sum() / judged.tried[:, stage].sum() for stage in (2, 3)]
    worth = 100 * sum(paid) / len(paid) * math.prod(behind)

    assert found.evidence["money_per_success"] == pytest.approx(worth, rel=1e-6)
    assert found.money_minor == pytest.approx(short * worth, rel=2e-4)
