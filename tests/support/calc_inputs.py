"""One good input per method of the calculator, for tests that spoil it."""

from __future__ import annotations

from typing import Any

RATES = {"opportunity_per_deep_talk": 0.25, "deep_talk_per_connect": 0.2, "connect_per_dial": 0.4}
GOOD: dict[str, dict[str, Any]] = {
    "quantify": {"amount": 90000, "weights": [0.8, 1.0, 1.2]},
    "decompose": {"target": 30000, "pipeline_conversion": 0.2, "deal_value": 3000, "rates": RATES, "days": 22},
    "replan": {
        "target": 30000, "pipeline_conversion": 0.2, "deal_value": 3000, "rates": RATES,
        "day": 11, "days": 22, "booked": 12000, "open_pipeline": 60000,
    },
    "shrink": {"won": 3, "tried": 5, "prior": {"mean": 0.2, "strength": 100}},
    "attain": {"needed_deals": 10, "opportunities": 50, "rate": 0.2},
    "diagnose": {
        "plan": {
            "dials": 2500, "connects": 1000, "deep_talks": 200, "opportunities": 50, "deals": 10, "deal_value": 3000,
        },
        "actual": {
            "dials": 2600, "connects": 1040, "deep_talks": 208, "opportunities": 52, "deals": 6, "deal_value": 3000,
        },
        "baseline": {"deal_per_opportunity": {"a": 20, "b": 80}}, "dispersion": 0.05,
    },
    "luck": {"people": [{"won": 5, "tried": 50}, {"won": 15, "tried": 50}, {"won": 10, "tried": 40}]},
    "padding": {"durations": [100, 120, 140, 181, 183, 200, 230] * 15, "threshold": 180},
    "audit": {
        "panel": [
            {"person": f"P{person}", "week": week, "deals": (person * week) % 4,
             "metrics": {"dials": 40 + 7 * person % 11 + week % 3, "talk_minutes": 200 + 13 * week % 29}}
            for person in range(22) for week in range(9)
        ],
        "targets": {"dials": 5},
    },
    "execution": {"due": 25, "on_time": 19, "late": 2, "excused": 1, "missed": 3},
    "allocate": {
        "leads": [{"id": "L1", "grade": "A", "score": 0.31, "tags": ["beijing"]}, {"id": "L2", "grade": "B"}],
        "reps": [
            {"id": "r1", "team": "t1", "score": 3, "cap": 20, "held": 5, "skills": ["beijing"]},
            {"id": "r2", "team": "t1", "score": 2, "withheld": {"base": 0.5, "reward": 0}},
            {"id": "r3", "team": "t1", "score": 1, "off": "on_leave"},
        ],
        "teams": [{"id": "t1", "multiplier": 1.5, "rank": 1}],
        "policy": {"base": 0.6, "reward": 0.4, "floor": 0, "order": "first_pick", "make_up": 0},
        "ledger": {},
    },
    "ladder": {
        "tiers": [30000, 36000, 45000], "booked": 30000, "open_opportunities": 25, "rate": 0.2, "deal_value": 3000,
        "day": 15, "days": 22, "opportunity_per_deep_talk": 0.25,
    },
    "case": {
        "star": {"won": 96, "tried": 300}, "peers": {"won": 750, "tried": 3000}, "strength": 200, "candidates": 20,
        "trial": {"adopters": {"won": 220, "tried": 800}, "others": {"won": 500, "tried": 2000}},
    },
}  # fmt: skip
