"""Floors and ceilings on what each is owed: the missing ones come pro rata from the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounded:
    """One claim with its bounds.

    Parameters
    ----------
    id, group : str
        Rep and team.
    claim : Fraction
        Relative claim, ``>= 0``.
    least : int
        Leads below which it must not fall.
    most : int or None
        Leads beyond which it must not go.
    """

    id: str
    group: str
    claim: Fraction
    least: int
    most: int | None


def within_bounds(members: Sequence[Bounded], total: int) -> dict[str, Fraction]:
    """Share out a number of leads in proportion to claims, between floors and ceilings.

    Parameters
    ----------
    members : sequence of Bounded
        Floors sum to at most ``total``.
    total : int
        Leads to share out, ``> 0``.

    Returns
    -------
    dict of str to Fraction
        Shares of ``total`` by id; they sum to 1.

    Notes
    -----
    Each gets clip(factor x claim, least, most) with the one factor at which the parts sum to the total. Where some
    bound is met and there are several groups, the groups' sums are first rounded to whole leads (largest remainder)
    and each is shared out inside by the same rule: a group that receives exactly what it is owed can keep every floor
    in it. Where all ceilings together are below the total, everyone is at the ceiling, and shares are in proportion.

    Examples
    --------
    >>> last = Bounded(id="b", group="", claim=Fraction(1), least=4, most=None)
    >>> first = Bounded(id="a", group="", claim=Fraction(9), least=4, most=None)
    >>> {name: int(20 * share) for name, share in within_bounds([first, last], 20).items()}
    {'a': 16, 'b': 4}
    """
    parts = _clipped(members, Fraction(total))
    claims = sum((member.claim for member in members), Fraction(0))
    as_claimed = all(parts[member.id] * claims == member.claim * total for member in members)
    groups: dict[str, list[Bounded]] = defaultdict(list)
    for member in members:
        groups[member.group].append(member)
    if not as_claimed and len(groups) > 1 and sum(parts.values()) == total:
        for group, whole in _whole_groups(groups, parts, total).items():
            parts.update(_clipped(groups[group], Fraction(whole)))
    everything = sum(parts.values(), Fraction(0))
    if not everything:  # a ceiling of 0 leaves nobody anything; nobody will be served, so any shares do
        return {member.id: Fraction(1, len(members)) for member in members}
    return {member.id: parts[member.id] / everything for member in members}


def _whole_groups(groups: Mapping[str, list[Bounded]], parts: Mapping[str, Fraction], total: int) -> dict[str, int]:
    owed = {group: sum((parts[member.id] for member in mates), Fraction(0)) for group, mates in groups.items()}
    whole = {group: amount.numerator // amount.denominator for group, amount in owed.items()}
    by_rest = sorted(owed, key=lambda group: (whole[group] - owed[group], group))
    for group in by_rest[: total - sum(whole.values())]:
        whole[group] += 1
    return whole


def _clipped(members: Sequence[Bounded], total: Fraction) -> dict[str, Fraction]:
    low = {member.id: Fraction(member.least) for member in members}
    high = {member.id: total if member.most is None else Fraction(member.most) for member in members}
    if sum(high.values()) <= total:
        return high
    if sum(low.values()) >= total:
        return low
    factor = _factor(members, total, low, high)
    return {member.id: min(max(factor * member.claim, low[member.id]), high[member.id]) for member in members}


def _factor(
    members: Sequence[Bounded], total: Fraction, low: Mapping[str, Fraction], high: Mapping[str, Fraction]
) -> Fraction:
    """Find the factor at which the clipped parts sum to the total, exactly.

    The sum is a broken line in the factor: it starts at the floors, bends up where a claim leaves its floor and down
    where it meets its ceiling. Walk the bends in order until the sum passes the total.
    """
    bends: list[tuple[Fraction, Fraction]] = []
    for member in members:
        if member.claim > 0:
            bends.append((low[member.id] / member.claim, member.claim))
            bends.append((high[member.id] / member.claim, -member.claim))
    bends.sort(key=lambda bend: bend[0])
    at, reached, slope = Fraction(0), sum(low.values(), Fraction(0)), Fraction(0)
    for place, change in bends:
        if slope and reached + slope * (place - at) >= total:
            break
        reached += slope * (place - at)
        at, slope = place, slope + change
    # Claims of zero cannot take what is left: then everybody else is at the ceiling already.
    return at + (total - reached) / slope if slope > 0 else at
