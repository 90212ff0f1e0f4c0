"""What part of the leads each rep is owed: base and reward, the team's weight, withholding, floor and ceiling."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from pacemark.engine.apportion import apportion
from pacemark.engine.errors import EngineError
from pacemark.engine.resources.bounds import Bounded, within_bounds
from pacemark.engine.resources.eligibility import ON_LEAVE, Rep, Withholding
from pacemark.engine.resources.policy import Policy, Team

# Everything up to fortieths is exact on this grid, and a share of a millionth of a millionth still shows.
GRID = lcm(*range(1, 41))
_NOTHING_WITHHELD = Withholding()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One rep's part of all leads, and what it was made of.

    Parameters
    ----------
    rep, team : str
        Ids.
    base, reward : Fraction
        The two parts before anything else, of all leads.
    withheld : Fraction
        What withholding took (above 0), or what came from withheld team-mates (below 0).
    share : Fraction
        The part of all leads that counts, 0 to 1; the shares of a policy sum to 1.
    """

    rep: str
    team: str
    base: Fraction
    reward: Fraction
    withheld: Fraction
    share: Fraction


def counts_as_head(rep: Rep, policy: Policy) -> bool:
    """Tell whether a rep counts among the heads that shares are made for.

    Parameters
    ----------
    rep : Rep
        As it stands; caps and skills do not matter here.
    policy : Policy
        With ``make_up`` above 0 a rep on leave counts, because the leave is made up for.

    Returns
    -------
    bool
        On duty, or on a leave that is made up for.

    Examples
    --------
    >>> counts_as_head(Rep(id="a", off="on_leave"), Policy())
    False
    """
    return rep.off is None or (rep.off == ON_LEAVE and policy.make_up > 0)


def solve_shares(
    reps: Sequence[Rep], teams: Sequence[Team], policy: Policy, expected_leads: int | None
) -> dict[str, Share]:
    """Turn a policy into one share per rep, once per policy window.

    Parameters
    ----------
    reps : sequence of Rep
        Everybody; those who do not count as heads get no share.
    teams : sequence of Team
        Multipliers; a team that is not listed has 1.
    policy : Policy
        Base, reward, floor, ceiling, damping.
    expected_leads : int or None
        Leads in one window; needed for a floor or a ceiling, and not read otherwise.

    Returns
    -------
    dict of str to Share
        By rep id, for the heads.

    Raises
    ------
    EngineError
        ``resources.weights_all_zero`` where no team with heads has a multiplier above 0,
        ``resources.floor_above_leads`` where floor x heads is more than the leads.

    Notes
    -----
    1. Team share = heads x multiplier / sum of the same. 2. Inside a team of h heads, rep i gets
    base / h + reward x score_i / sum of scores; all scores zero is all equal; a newcomer (no score) counts as the
    team's mean, which is exactly an equal share. 3. Damping d: (1 - d) x that + d x the previous share. 4. A
    withholding multiplies the rep's two parts; what it takes goes to the team-mates who are not withheld, pro rata
    to their shares. 5. Floor and ceiling as shares of the expected leads: whoever would be below gets the floor,
    whoever would be above the ceiling, and the others are scaled by one factor (see `within_bounds`); a withheld rep
    has no floor. Shares whose common denominator is above `GRID` are rounded to it by largest remainder; smaller ones
    stay exact.

    Examples
    --------
    >>> four = [Rep(id=name, score=Fraction(score)) for name, score in zip("abcd", (3, 2, 2, 1))]
    >>> policy = Policy(base=Fraction(3, 5), reward=Fraction(2, 5))
    >>> [str(share.share) for share in solve_shares(four, [], policy, None).values()]
    ['3/10', '1/4', '1/4', '1/5']
    """
    heads = [rep for rep in reps if counts_as_head(rep, policy)]
    if not heads:
        return {}
    of_teams = _team_shares(heads, teams)
    by_team: dict[str, list[Rep]] = defaultdict(list)
    for rep in heads:
        by_team[rep.team].append(rep)
    parts = {rep.id: part for team, mates in by_team.items() for rep, part in _parts(mates, of_teams[team], policy)}
    damped = _damped(heads, {name: base + reward for name, (base, reward) in parts.items()}, policy)
    kept = {team: _withheld(mates, parts, damped) for team, mates in by_team.items()}
    after = {name: share for of_team in kept.values() for name, share in of_team.items()}
    bounded = _bounded(heads, after, policy, expected_leads)
    final = _on_grid(bounded)
    return {
        rep.id: Share(
            rep=rep.id,
            team=rep.team,
            base=parts[rep.id][0],
            reward=parts[rep.id][1],
            withheld=damped[rep.id] - after[rep.id],
            share=final[rep.id],
        )
        for rep in heads
    }


def _team_shares(heads: Sequence[Rep], teams: Sequence[Team]) -> dict[str, Fraction]:
    multipliers = {team.id: team.multiplier for team in teams}
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for rep in heads:
        weights[rep.team] += multipliers.get(rep.team, Fraction(1))
    total = sum(weights.values(), Fraction(0))
    if total == 0:
        message = "At least one team with reps must have a multiplier above zero."
        raise EngineError("resources.weights_all_zero", message, "teams")
    return {team: weight / total for team, weight in weights.items()}


def _parts(mates: Sequence[Rep], team: Fraction, policy: Policy) -> list[tuple[Rep, tuple[Fraction, Fraction]]]:
    known = [rep.score for rep in mates if rep.score is not None]
    mean = sum(known, Fraction(0)) / len(known) if known else Fraction(0)
    scores = [mean if rep.score is None else rep.score for rep in mates]
    total = sum(scores, Fraction(0))
    equal = team / len(mates)
    rewards = [team * score / total if total else equal for score in scores]
    return [(rep, (policy.base * equal, policy.reward * reward)) for rep, reward in zip(mates, rewards, strict=True)]


def _damped(heads: Sequence[Rep], shares: dict[str, Fraction], policy: Policy) -> dict[str, Fraction]:
    if policy.damping == 0:
        return shares
    before = {rep.id: shares[rep.id] if rep.previous_share is None else rep.previous_share for rep in heads}
    mixed = {name: (1 - policy.damping) * share + policy.damping * before[name] for name, share in shares.items()}
    total = sum(mixed.values(), Fraction(0))
    return {name: share / total for name, share in mixed.items()} if total else shares


def _withheld(
    mates: Sequence[Rep], parts: Mapping[str, tuple[Fraction, Fraction]], shares: Mapping[str, Fraction]
) -> dict[str, Fraction]:
    """Move what is withheld to the team-mates, pro rata; the team keeps its total while anybody is left to take it."""
    kept: dict[str, Fraction] = {}
    for rep in mates:
        (base, reward), held = parts[rep.id], rep.withheld or _NOTHING_WITHHELD
        whole = base + reward
        left = (base * held.base + reward * held.reward) / whole if whole else Fraction(1)
        kept[rep.id] = shares[rep.id] * left
    taken = sum((shares[rep.id] for rep in mates), Fraction(0)) - sum(kept.values(), Fraction(0))
    if taken == 0:
        return kept
    free = [rep.id for rep in mates if rep.withheld is None and kept[rep.id] > 0] or [
        name for name in kept if kept[name]
    ]
    if not free:
        return kept
    factor = 1 + taken / sum((kept[name] for name in free), Fraction(0))
    return {**kept, **{name: kept[name] * factor for name in free}}


def _bounded(
    heads: Sequence[Rep], shares: Mapping[str, Fraction], policy: Policy, expected_leads: int | None
) -> dict[str, Fraction]:
    total = sum(shares.values(), Fraction(0))
    if total == 0:  # everything is withheld from everybody
        return dict(shares)
    whole = {name: share / total for name, share in shares.items()}
    if not policy.has_bounds or not expected_leads:
        return whole
    bounded = [
        Bounded(
            id=rep.id,
            group=rep.team,
            claim=whole[rep.id],
            least=_floor_of(rep, policy),
            most=policy.ceiling,
        )
        for rep in heads
    ]
    if sum(member.least for member in bounded) > expected_leads:
        message = "The floor times the heads is more than the leads; lower the floor or expect more leads."
        raise EngineError("resources.floor_above_leads", message, "policy.floor")
    return within_bounds(bounded, expected_leads)


def _floor_of(rep: Rep, policy: Policy) -> int:
    if rep.withheld is not None:
        return 0
    return policy.floor if rep.room is None else min(policy.floor, rep.room)


def _on_grid(shares: Mapping[str, Fraction]) -> dict[str, Fraction]:
    denominator = lcm(*(share.denominator for share in shares.values()))
    if denominator <= GRID or not any(shares.values()):
        return dict(shares)
    # Largest remainder leaves what is exact on the grid as it is: only those with a rest are moved.
    return {
        name: Fraction(part, GRID) for name, part in zip(shares, apportion(GRID, list(shares.values())), strict=True)
    }
