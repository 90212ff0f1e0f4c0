"""Long trial: 八成把握 means what it says, in months worked at exactly the planned dials with people's true rates.

`python bench/trials_confidence.py [--seeds 200] [--first 5000]`. For every seed a made-up organisation is planned from
its first nine months; the tenth is drawn many times over from the true rates, values and lags. Fails where the share of
person-months that reach the target is more than five points off the plan's word.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pacemark.web.config.django_setup import start_django

TOLERANCE = 0.05


def main() -> int:
    """Run the trial and print what was found."""
    start_django()
    from tests.support.planned_months import Tally, try_seed  # noqa: PLC0415 - once Django has started

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=5000)
    parser.add_argument("--draws", type=int, default=100)
    given = parser.parse_args()
    tally, began = Tally(), time.perf_counter()
    for seed in range(given.first, given.first + given.seeds):
        tally.add(try_seed(seed, given.draws))
    print(f"{given.seeds} seeds in {time.perf_counter() - began:.0f} s, {platform.machine()}, {os.cpu_count()} cores")
    print("\n".join(tally.lines()))
    return int(any(abs(reached - promised) > TOLERANCE for promised, reached in tally.main_rows()))


if __name__ == "__main__":
    sys.exit(main())
