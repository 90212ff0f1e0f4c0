"""Long trial: a practice that works is verified, a lucky person's habit is not.

`python bench/trials_cases.py [--seeds 200] [--first 5000]`. Every seed is a made-up organisation in which ten people
adopt for two months what truly raises deep talk → opportunity by 30 %, and others a lucky person's habit. Fails where
the first is verified in fewer than 80 % of the seeds, or the second in more than 10 %.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.practice_trials import judged

VERIFIED_AT_LEAST, SHAM_AT_MOST = 0.80, 0.10


def main() -> int:
    """Run the trial and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=5000)
    given = parser.parse_args()
    began = time.perf_counter()
    found = [judged(seed) for seed in range(given.first, given.first + given.seeds)]
    print(f"{given.seeds} seeds in {time.perf_counter() - began:.0f} s, {platform.machine()}, {os.cpu_count()} cores")
    shares = {}
    for name in ("practice", "sham"):
        counts = Counter(one[name].status for one in found)
        shares[name] = counts["verified"] / given.seeds
        print(f"  {name}: " + ", ".join(f"{status} {count / given.seeds:.1%}" for status, count in counts.items()))
    return int(shares["practice"] < VERIFIED_AT_LEAST or shares["sham"] > SHAM_AT_MOST)


if __name__ == "__main__":
    sys.exit(main())
