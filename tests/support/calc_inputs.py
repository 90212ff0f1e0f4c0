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
}  # fmt: skip
