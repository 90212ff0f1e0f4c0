"""Success cases: everybody's trials by kind of lead ↔ the engine's claims and verdicts, and habits against peers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacemark.engine.priors import fit_prior
from pacemark.engine.results.case import Claim, Verdict, make_claim
from pacemark.engine.results.contrast import Stratum, Tally
from pacemark.engine.results.practice import PracticeTrial, judge_practice

# Fewer trials or peers tell nothing.
MIN_TRIED, MIN_PEERS = 30, 3
# A habit is somebody's own when it lies so many spreads from the peers' middle: 5 % two-sided, Šidák over seven habits.
DISTINCT_Z = 2.69
WORTH_TELLING = 0.1
_MAD_TO_SD = 1.4826
_LEAN = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Whole-number trials of one stage: a row per rep, a column per kind of lead."""

    rep_ids: tuple[int, ...]
    tried: NDArray[np.int64]
    won: NDArray[np.int64]

    @property
    def n_compared(self) -> int:
        """Return how many have trials enough to stand out."""
        return int((self.tried.sum(axis=1) >= MIN_TRIED).sum())

    def strength(self) -> float:
        """Return how many trials of one's own weigh as much as the peers."""
        tried, won = self.tried.sum(axis=1), self.won.sum(axis=1)
        return fit_prior(won.astype(np.float64), tried.astype(np.float64)).strength

    def expected(self) -> NDArray[np.float64]:
        """Return everybody's successes at everybody's rate with their kinds of leads."""
        tried, won = self.tried.sum(axis=0), self.won.sum(axis=0)
        mean = won.sum() / max(tried.sum(), 1)
        rates = (won + _LEAN * mean) / (tried + _LEAN)
        return np.asarray(self.tried @ rates, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A claim with what it was made of."""

    claim: Claim
    star: Tally
    peers: Tally
    n_peers: int
    strength: float
    candidates: int

    def as_json(self) -> dict[str, Any]:
        """Return it as a case keeps it."""
        return {
            "claim": asdict(self.claim), "star": asdict(self.star), "peers": asdict(self.peers),
            "n_peers": self.n_peers, "strength": self.strength, "candidates": self.candidates,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Everybody's habits, ordered by rep; NaN where somebody has nothing of one. Team 0 is none."""

    rep_id: NDArray[np.int64]
    team_id: NDArray[np.int64]
    values: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One habit in numbers: the star's, the peers' middle half, and how far apart they are in spreads."""

    code: str
    star: float
    low: float
    middle: float
    high: float
    z: float | None

    @property
    def is_distinct(self) -> bool:
        """Tell whether the star does it differently beyond what peers differ, by enough to be worth telling."""
        is_far = abs(self.star - self.middle) >= WORTH_TELLING * abs(self.middle)
        return is_far and self.z is not None and abs(self.z) >= DISTINCT_Z


def people_of(rep_id: NDArray[np.int64], segment: NDArray[np.int64], tried: Any, won: Any) -> People:
    """Add up whole-number trials by rep and kind of lead."""
    reps, row = np.unique(rep_id, return_inverse=True)
    kinds, column = np.unique(segment, return_inverse=True)
    shape = (len(reps), len(kinds))
    code = row * shape[1] + column

    def table(values: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(code, values, minlength=shape[0] * shape[1]).astype(np.int64).reshape(shape)

    tried_table = table(tried)
    # A talk counted in another kind than its success would make a share above one.
    return People(rep_ids=tuple(reps.tolist()), tried=tried_table, won=np.minimum(table(won), tried_table))


def claim_of(people: People, star: int, candidates: int, strength: float | None = None) -> Made | None:
    """Compare a star with everybody else within the same kinds of leads; None where there is too little."""
    if star not in people.rep_ids:
        return None
    place = people.rep_ids.index(star)
    ours_tried, ours_won = people.tried[place], people.won[place]
    theirs_tried, theirs_won = people.tried.sum(axis=0) - ours_tried, people.won.sum(axis=0) - ours_won
    strata = [
        Stratum(ours=Tally(won=int(a), tried=int(b)), theirs=Tally(won=int(c), tried=int(d)))
        for a, b, c, d in zip(ours_won, ours_tried, theirs_won, theirs_tried, strict=True)
    ]
    n_peers = int((people.tried.sum(axis=1) > 0).sum()) - 1
    if ours_tried.sum() < MIN_TRIED or n_peers < MIN_PEERS:
        return None
    weight = people.strength() if strength is None else strength
    return Made(
        claim=make_claim(strata, weight, candidates),
        star=Tally(won=int(ours_won.sum()), tried=int(ours_tried.sum())),
        peers=Tally(won=int(theirs_won.sum()), tried=int(theirs_tried.sum())),
        n_peers=n_peers, strength=weight, candidates=candidates,
    )  # fmt: skip


def most_ahead(people: People, at_most: int) -> list[int]:
    """Return who is furthest ahead of everybody's rate with such leads, shrunk; the furthest first."""
    tried, strength = people.tried.sum(axis=1), people.strength()
    ahead = (people.won.sum(axis=1) - people.expected()) / (tried + strength)
    order = np.argsort(-ahead, kind="stable")
    return [people.rep_ids[i] for i in order.tolist() if tried[i] >= MIN_TRIED and ahead[i] > 0][:at_most]


def compare_habits(habits: Habits, star: int, peers: Sequence[int]) -> list[Habit]:
    """Hold a star's habits against the peers' middle; habits that either side has nothing of are left out.

    What a whole team does follows from its shift and its rules: how far apart a star is counts from their team.
    """
    place = int(np.searchsorted(habits.rep_id, star))
    if place >= len(habits.rep_id) or habits.rep_id[place] != star:
        return []
    among = np.isin(habits.rep_id, list(peers)) & (habits.rep_id != star)
    found = []
    for code, column in habits.values.items():
        some, own = among & np.isfinite(column), float(column[place])
        if int(some.sum()) < MIN_PEERS or not np.isfinite(own):
            continue
        beside = column - _team_middles(habits.team_id, column)
        low, middle, high = (float(at) for at in np.quantile(column[some], [0.25, 0.5, 0.75]))
        usual = float(np.median(beside[some]))
        spread = _MAD_TO_SD * float(np.median(np.abs(beside[some] - usual)))
        z = (float(beside[place]) - usual) / spread if spread > 0 else None
        found.append(Habit(code=code, star=own, low=low, middle=middle, high=high, z=z))
    return found


def _team_middles(team_id: NDArray[np.int64], column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each one's team's median; everybody's where the team is too small to have one."""
    known = np.isfinite(column)
    middles = np.full(len(column), np.median(column[known]))
    for team in np.unique(team_id[known]).tolist():
        mates = (team_id == team) & known
        if team and int(mates.sum()) > MIN_PEERS:
            middles[team_id == team] = np.median(column[mates])
    return middles


def practice_of(habits: Sequence[Habit]) -> Habit | None:
    """Return the habit that sets the star apart most, None where none does."""
    distinct = [habit for habit in habits if habit.is_distinct]
    return max(distinct, key=lambda habit: abs(habit.z or 0.0), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialCells:
    """Exposed trials and successes by rep and kind of lead, before and during."""

    rep_id: NDArray[np.int64]
    kind: NDArray[np.int64]
    is_during: NDArray[np.bool_]
    exposed: NDArray[np.float64]
    won: NDArray[np.float64]


def judge(cells: TrialCells, adopters: Sequence[int], uplift: float) -> Verdict:
    """Let the engine judge a practice by what changed in adopters against what changed in others."""
    reps, person = np.unique(cells.rep_id, return_inverse=True)
    kinds, kind = np.unique(cells.kind, return_inverse=True)
    n_kinds = max(len(kinds), 1)
    at, place = np.unique((person * n_kinds + kind) * 2 + cells.is_during, return_inverse=True)
    return judge_practice(
        PracticeTrial(
            person=at // 2 // n_kinds, kind=at // 2 % n_kinds, is_during=at % 2 == 1,
            exposed=np.bincount(place, cells.exposed, minlength=len(at)).astype(np.float64),
            won=np.bincount(place, cells.won, minlength=len(at)).astype(np.float64),
            is_adopter=np.isin(reps, list(adopters)),
        ),
        uplift,
    )  # fmt: skip
