"""Long trial: who is accused where nobody differs, and whether what was planted is named.

Part one draws organisations as arrays: where nobody differs and rates wobble by 5 % from month to month, nothing may be
found in 95 % of them; a closer at 35 % of the others' rate over a quarter is found in most. Part two takes made-up
organisations (`pacemark demo`) with their planted truths, each to be told in 80 % of the seeds, and null ones, where no
ability may be named in 90 %.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date, timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pacemark.demo.spec import DemoSpec
from pacemark.demo.world import World, generate_world
from tests.support.diagnosed_people import Organisation, diagnosed, draw_organisation
from tests.support.diagnosed_world import diagnose_world

QUIET_AT_LEAST, PLANTED_AT_LEAST = 0.95, 0.60
TOLD_AT_LEAST, NULL_QUIET_AT_LEAST = 0.80, 0.90


def main() -> int:
    """Run both parts and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=400)
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--first", type=int, default=20_000)
    given = parser.parse_args()
    seeds = range(given.first, given.first + given.organisations)
    shares = {
        "nobody differs: nothing found": (quiet(seeds), QUIET_AT_LEAST),
        "a closer at 35 %: named for closing": (planted(seeds), PLANTED_AT_LEAST),
    }
    worlds = range(given.first, given.first + given.worlds)
    shares |= {name: (share, TOLD_AT_LEAST) for name, share in told(worlds).items()}
    shares["null organisation: no ability named"] = (null_quiet(worlds), NULL_QUIET_AT_LEAST)
    for name, (share, least) in shares.items():
        print(f"{share:6.1%} (at least {least:.0%})  {name}")
    return int(any(share < least for share, least in shares.values()))


def quiet(seeds: range) -> float:
    """Return the share of organisations without differences in which nothing is found."""
    return float(np.mean([not diagnosed(draw_organisation(seed, Organisation())).is_finding.any() for seed in seeds]))


def planted(seeds: range) -> float:
    """Return the share of organisations in which the planted closer is named for closing."""
    organisation = Organisation(planted_rate=0.35)
    return float(np.mean([diagnosed(draw_organisation(seed, organisation)).is_finding[0, 3] for seed in seeds]))


def told(seeds: range) -> dict[str, float]:
    """Return how often each planted truth of a made-up organisation is told."""
    rows = []
    for seed in seeds:
        world = _world(seed, is_null=False)
        found, truth = diagnose_world(world), world.layout.planted
        rows.append(
            (
                found.people.is_finding[truth.bad_closer, 3],
                found.teams.is_finding[truth.poor_leads_team, 0],
                not found.people.is_finding[truth.unlucky].any(),
            )
        )
    names = (
        "the bad closer is named for closing",
        "the poor-leads team for its leads",
        "the unlucky person is not named",
    )
    return dict(zip(names, np.mean(rows, axis=0).tolist(), strict=True))


def null_quiet(seeds: range) -> float:
    """Return the share of null organisations in which no ability is named."""
    return float(np.mean([not diagnose_world(_world(seed, is_null=True)).people.is_finding.any() for seed in seeds]))


def _world(seed: int, *, is_null: bool) -> World:
    # A different last day each time: month ends, holidays and year ends come round.
    end = date(2025, 1, 6) + timedelta(days=seed * 211 % 720)
    return generate_world(DemoSpec(seed=seed, end=end, is_null=is_null))


if __name__ == "__main__":
    sys.exit(main())
