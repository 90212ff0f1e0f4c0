"""Long trial: teams of 60 with three who stretch talks past the threshold, over hundreds of seeds.

Fails when honest people are flagged in more than 5 % of windows, when their raw p is below .05 in more than 8 %, or
when those who stretch 30 % (40 %) of the talks that end within 30 s of it are found in under 80 % (95 %) of windows.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pacemark.engine.padding import check_padding
from tests.support.padded_talks import padded_team

N_PEOPLE, N_PADDERS = 60, 3
FOUND_AT_LEAST = {0.3: 0.80, 0.4: 0.95}
FLAGGED_AT_MOST, RAW_AT_MOST = 0.05, 0.08


def main() -> int:
    """Run the trial and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=400)
    parser.add_argument("--first", type=int, default=1000)
    given = parser.parse_args()
    failed = 0
    for share, least in FOUND_AT_LEAST.items():
        flagged, raw, found = (np.array(side) for side in zip(*trials(given.first, given.seeds, share), strict=True))
        print(f"{given.seeds} teams of {N_PEOPLE}, three stretch {share:.0%} of the talks that end in 150-180 s")
        print(f"  of the three found: {found.mean():.1%} of windows (at least {least:.0%})")
        for name, parity in (("one hump", 0), ("half hung up", 1)):
            mine = np.arange(given.seeds) % 2 == parity
            print(f"  honest, {name}: flagged {flagged[mine].mean():.2%}, raw p < .05 {raw[mine].mean():.2%}")
        failed += int(found.mean() < least or flagged.mean() > FLAGGED_AT_MOST)
        failed += sum(int(raw[np.arange(given.seeds) % 2 == parity].mean() > RAW_AT_MOST) for parity in (0, 1))
    few = np.array([found for _, _, found in trials(given.first, given.seeds, 0.3, n_talks=528)])
    print(f"with 528 talks: found in {few.mean():.1%}; pool months")
    return int(failed > 0)


def trials(first: int, n_seeds: int, share: float, n_talks: int = 1320) -> list[tuple[float, float, float]]:
    """Return for each seed the share of honest people flagged, of raw p below .05, and of padders found."""
    rows = []
    for seed in range(first, first + n_seeds):
        # Padders talk as usual (half of the windows) or in a team that is hung up on: there with twice the talks, so
        # that as many of them are real.
        is_bimodal = seed % 2 == 1
        rng = np.random.default_rng([seed, int(100 * share)])
        talks = n_talks * (1 + is_bimodal)
        team = padded_team(
            rng, n_people=N_PEOPLE, n_padders=N_PADDERS, share=share, n_talks=talks, is_bimodal=is_bimodal
        )
        checks = check_padding(team)
        flagged = np.array(checks.status) == "flag"
        honest = slice(N_PADDERS, None)
        rows.append((flagged[honest].mean(), (checks.p[honest] < 0.05).mean(), flagged[:N_PADDERS].mean()))
    return rows


if __name__ == "__main__":
    sys.exit(main())
