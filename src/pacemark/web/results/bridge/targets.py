"""What is asked of whom where: a month's amount goes with the working days that somebody stood in each team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pacemark.engine.apportion import apportion
from pacemark.engine.results.attribution import Stay


def by_team(amount_minor: int, stays: Sequence[Stay], workdays: Sequence[date]) -> dict[int | None, int]:
    """Split a month's target over the teams that somebody worked in; the parts add up to the last minor unit.

    Whoever stood in one team has it all there; whoever had no working day in any, where they stood first.
    """
    teams = list(dict.fromkeys(stay.team_id for stay in stays))
    if len(teams) <= 1:
        return {(teams[0] if teams else None): amount_minor}
    days = [sum(stay.holds(day) for stay in stays if stay.team_id == team for day in workdays) for team in teams]
    if not any(days):
        return {teams[0]: amount_minor}
    return dict(zip(teams, apportion(amount_minor, days), strict=True))
