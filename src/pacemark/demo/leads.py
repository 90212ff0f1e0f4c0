"""Leads as they arrive: by hour and weekday, from five channels, in three grades, to those who dial."""

from __future__ import annotations

import numpy as np

from pacemark.demo.draws import Floats, Ints, Small, stream
from pacemark.demo.layout import Layout
from pacemark.demo.names import CHANNELS
from pacemark.demo.rates import LEAD_GRADE_SHARES
from pacemark.demo.tables import DAY_SECONDS, LOCAL_OFFSET_SECONDS, Leads, RoleCode, take
from pacemark.demo.worktime import day_number

LEADS_PER_DAY = 5.7
BACKLOG_DAYS = 20
NEWCOMER_BACKLOG = 60
POOR_SHARE_OF_ITS_TEAM = 0.75
POOR_SHARE_ELSEWHERE = 0.40  # of the poor source, worked by other teams: clearly more than a third
WEEKDAY_WEIGHTS = np.array([1.25, 1.15, 1.10, 1.05, 1.05, 0.80, 0.60])
HOUR_WEIGHTS = np.array(
    [1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 2, 4, 7, 9, 8, 5, 6, 8, 8, 7, 6, 5, 6, 8, 7, 4, 2], dtype=np.float64
)
ASKS_BY_THEMSELVES = 0.006


def leads_of_month(layout: Layout, month: int) -> Leads:
    """Return the leads that arrive in a simulated month, in order of arrival, with what was there before it."""
    rng = stream(layout.spec.seed, "leads", month)
    owner, day = _arrivals(layout, month, rng)
    hour_share = HOUR_WEIGHTS / HOUR_WEIGHTS.sum()
    second = rng.choice(24, size=len(owner), p=hour_share) * 3600 + rng.integers(0, 3600, len(owner))
    handed_over = day < 0  # a newcomer's first cards, handed over before the first morning
    day = np.where(handed_over, layout.people.hired_day[owner], day)
    second = np.where(handed_over, 8 * 3600 + second % 1800, second)
    leads = Leads(
        owner=owner.astype(np.int32),
        channel=_channels(layout, owner, day, rng),
        lead_grade=rng.choice(len(LEAD_GRADE_SHARES), size=len(owner), p=LEAD_GRADE_SHARES).astype(np.int32),
        arrived_at=(day * DAY_SECONDS + second - LOCAL_OFFSET_SECONDS).astype(np.int64),
    )
    return take(leads, np.argsort(leads.arrived_at, kind="stable"))


def _arrivals(layout: Layout, month: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return owner and day of each arrival; day -1 stands for what a newcomer is handed."""
    people, (first, following) = layout.people, layout.month_days(month)
    dialling = np.flatnonzero(people.role != RoleCode.CLOSER)
    days = np.arange(first - (BACKLOG_DAYS if month == 0 else 0), following)
    weight = WEEKDAY_WEIGHTS[(days + 3) % 7] / WEEKDAY_WEIGHTS.mean()
    here = people.hired_day[dialling][:, None] <= days
    counts = rng.poisson(LEADS_PER_DAY * weight * np.ones((len(dialling), 1))) * here
    owner = np.repeat(np.repeat(dialling, len(days)), counts.ravel())
    day = np.repeat(np.tile(days, len(dialling)), counts.ravel())
    joining = dialling[(people.hired_day[dialling] >= first) & (people.hired_day[dialling] < following)]
    handed = np.repeat(joining, NEWCOMER_BACKLOG)
    return np.concatenate([owner, handed]), np.concatenate([day, np.full(len(handed), -1)])


def _channels(layout: Layout, owner: Ints, day: Ints, rng: np.random.Generator) -> Small:
    """Draw channels; the poor one goes mostly to one team, and for two fifths to all the others."""
    poor = layout.planted.poor_channel
    if poor < 0:
        return rng.integers(0, len(CHANNELS), len(owner)).astype(np.int32)
    good = np.setdiff1d(np.arange(len(CHANNELS)), [poor])[rng.integers(0, len(CHANNELS) - 1, len(owner))]
    share = poor_share_of_team(layout)[layout.people.team[owner]]
    return np.where(rng.random(len(owner)) < share, poor, good).astype(np.int32)


def poor_share_of_team(layout: Layout) -> Floats:
    """Return, per team, the share of its leads that come from the poor source."""
    people, poor_team = layout.people, layout.planted.poor_leads_team
    heads = np.bincount(people.team[people.role != RoleCode.CLOSER], minlength=len(layout.teams.name))
    within = POOR_SHARE_OF_ITS_TEAM * heads[poor_team]
    elsewhere = within * POOR_SHARE_ELSEWHERE / (1 - POOR_SHARE_ELSEWHERE) / (heads.sum() - heads[poor_team])
    shares = np.full(len(heads), min(elsewhere, 0.5))
    shares[poor_team] = POOR_SHARE_OF_ITS_TEAM
    return shares


def first_day_with_leads(layout: Layout) -> int:
    """Return the day on which the oldest backlog arrived."""
    return day_number(layout.spec.start) - BACKLOG_DAYS
