"""Long trial: the chance of the whole chain against 400,000 draws each, over hundreds of random chains.

Fails when more than one chain in a hundred is off by more than .005 beyond what 400,000 draws can tell.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pacemark.engine.scenarios import mixture_of
from tests.support.chain_simulation import ChainCase, odds_of, random_case, simulate

TOLERANCE = 0.005
ALLOWED = 0.01


def main() -> int:
    """Run the trial and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--draws", type=int, default=400_000)
    parser.add_argument("--seed", type=int, default=20261123)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    cases = [random_case(rng) for _ in range(given.cases)]
    odds, work = odds_of(cases)
    start = time.perf_counter()
    found = mixture_of(odds).chance(np.arange(len(cases)), work)
    seconds = time.perf_counter() - start
    drawn = np.array([simulate(case, given.draws, given.seed + place) for place, case in enumerate(cases)])
    off = np.abs(found - drawn)
    alike = np.array([case.open_size == 1.0 for case in cases])
    return report(cases, off, alike, seconds)


def report(cases: list[ChainCase], off: np.ndarray, alike: np.ndarray, seconds: float) -> int:
    """Print the errors; return 1 when too many are too large."""
    print(f"{len(cases)} chains in {seconds:.2f} s")
    for name, some in (("all", off >= 0), ("open opportunities of ordinary size", alike), ("of another size", ~alike)):
        quantiles = " ".join(f"{value:.4f}" for value in np.quantile(off[some], [0.5, 0.9, 0.99, 1.0]))
        print(f"  {name} ({int(some.sum())}): off by 50 % / 90 % / 99 % / at most {quantiles}")
    noise = 2 * 0.5 / np.sqrt(400_000)
    bad = np.flatnonzero(off > TOLERANCE + noise)
    for place in bad:
        print(f"  off by {off[place]:.4f}: {cases[place]}")
    return int(len(bad) > ALLOWED * len(cases))


if __name__ == "__main__":
    sys.exit(main())
