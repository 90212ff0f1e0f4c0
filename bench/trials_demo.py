"""Checks the planted truths over many seeds: `python -m bench.trials_demo [SEEDS] [FIRST]`."""

from __future__ import annotations

import sys
import time
from datetime import date, timedelta

from pacemark.demo.spec import DemoSpec
from tests.demo.measure import measure_spec
from tests.demo.truth_checks import CHECKS


def main(seeds: int = 100, first: int = 1000) -> int:
    began, wrong = time.perf_counter(), dict.fromkeys(CHECKS, 0)
    for seed in range(first, first + seeds):
        # A different last day each time: month ends, holidays and year ends come round.
        found = measure_spec(DemoSpec(seed=seed, end=date(2025, 1, 6) + timedelta(days=seed * 7919 % 720)))
        for name, check in CHECKS.items():
            answer = check(found)
            if answer is not None:
                wrong[name] += 1
                print(f"seed {seed}, end {found.spec.end}: {name}: {answer}")
    for name, count in wrong.items():
        print(f"{seeds - count:4d} of {seeds}  {name}")
    print(f"{time.perf_counter() - began:.0f} s")
    return 1 if any(wrong.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
