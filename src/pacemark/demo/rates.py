"""The hidden rates: what dials, connects, deep talks and opportunities turn into, for whom, when, with which lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from pacemark.demo.draws import Floats, Ints, Small, stream
from pacemark.demo.names import CHANNELS
from pacemark.demo.planted import Planted
from pacemark.demo.spec import DemoSpec
from pacemark.demo.tables import People, RoleCode
from pacemark.demo.worktime import day_number

CONNECT_PER_DIAL = 0.40
TALK_MEDIAN_SECONDS, TALK_SIGMA = 75.0, 1.0
DEEP_TALK_SECONDS = 180
DEEP_TALK_PER_CONNECT = float(ndtr((np.log(TALK_MEDIAN_SECONDS) - np.log(DEEP_TALK_SECONDS)) / TALK_SIGMA))
OPPORTUNITY_PER_DEEP_TALK = 0.28  # of an average lead that is not from the poor source
WIN_RATE = 0.33
DIALS_PER_DAY, CLOSER_DIALS_PER_DAY = 64.0, 20.0
WOBBLE = 0.05
RAMP_DAYS, RAMP_START = 90, 0.8
PRACTICE_UPLIFT = 1.30
BAD_CLOSING = 0.35
HUNG_UP_SHARE = 0.5
PADDED_SHARE = 0.30
POOR_FACTOR = 0.5
LEAD_GRADE_SHARES = np.array([0.25, 0.45, 0.30])
LEAD_GRADE_RATIOS = np.array([1.6, 1.0, 0.6])
STAGES = ("reach", "communication", "product", "closing")
_SEASON = np.array([1.05, 0.82, 1.06, 0.96, 0.94, 1.04, 1.18, 1.16, 0.97, 0.90, 0.95, 0.97])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """``wobble`` has shape (reps, months, stages); ``season`` one factor per month of the year, with mean 1."""

    season: Floats
    wobble: Floats
    lead_grade_factor: Floats
    channel_factor: Floats


def make_rates(spec: DemoSpec, planted: Planted) -> Rates:
    """Draw the season and every month's wobble, each month from its own stream."""
    season = _SEASON * np.exp(0.03 * stream(spec.seed, "season").standard_normal(12))
    months = len(spec.month_starts())
    scores = [stream(spec.seed, "wobble", m).standard_normal((spec.reps, len(STAGES))) for m in range(months)]
    channel = np.ones(len(CHANNELS))
    if planted.poor_channel >= 0:
        channel[planted.poor_channel] = POOR_FACTOR
    return Rates(
        season=season / season.mean(),
        wobble=1.0 + WOBBLE * np.clip(np.stack(scores, axis=1), -3, 3),
        lead_grade_factor=LEAD_GRADE_RATIOS / float(LEAD_GRADE_RATIOS @ LEAD_GRADE_SHARES),
        channel_factor=channel,
    )


def ramp(people: People, rep: Ints | Small, day: Ints | Small) -> Floats:
    """Return the part of their later ability that people have in their first three months."""
    tenure = np.clip((day - people.hired_day[rep]) / RAMP_DAYS, 0.0, 1.0)
    return np.asarray(RAMP_START + (1.0 - RAMP_START) * tenure)


def talk_log_median(share: Floats) -> Floats:
    """Return the log of the median talk at which this share of talks becomes deep."""
    return np.asarray(np.log(DEEP_TALK_SECONDS) + TALK_SIGMA * ndtri(share))


def practises(spec: DemoSpec, planted: Planted, rep: Ints | Small, day: Ints | Small) -> Any:
    """Tell who calls new leads within ten minutes on a day: the pioneer always, the adopters in the trial."""
    trial = spec.trial
    tried = (day >= day_number(trial.first)) & (day <= day_number(trial.last))
    return (rep == planted.pioneer) | (np.isin(rep, planted.adopters) & tried)


def dials_per_day(people: People) -> Floats:
    """Return the dials of each rep on a working day of an average season."""
    usual = np.where(people.role == RoleCode.CLOSER, CLOSER_DIALS_PER_DAY, DIALS_PER_DAY)
    return np.asarray(usual * people.volume)
