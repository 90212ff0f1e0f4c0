"""A month of dialling: how many on which day, who answers, how long they talk, at what moment."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pacemark.demo.draws import Flags, Floats, Ints, Small, rank_within, stream, sums_before
from pacemark.demo.layout import Layout
from pacemark.demo.rates import (
    CONNECT_PER_DIAL,
    DEEP_TALK_PER_CONNECT,
    DEEP_TALK_SECONDS,
    HUNG_UP_SHARE,
    PADDED_SHARE,
    TALK_SIGMA,
    dials_per_day,
    ramp,
    talk_log_median,
)
from pacemark.demo.tables import DAY_SECONDS, LOCAL_OFFSET_SECONDS, TeamKind
from pacemark.demo.worktime import PATTERNS, clock_seconds, day_number

PADDED_FROM_SECONDS = 150
DAY_SPREAD = 0.10
EARLY_GAP, LATE_GAP = 0.35, 1.65
LONGEST_TALK_SECONDS = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """Dials by rep and time, before it is known who was dialled. ``month`` counts from the first simulated one."""

    month: int
    rep: Small
    day: Small
    started_at: Ints
    ended_at: Ints
    talk_seconds: Small
    is_answered: Flags
    is_padded: Flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Workdays:
    """Days that somebody works, by rep and day, and how many dials are made."""

    month: int
    rep: Ints
    day: Ints
    dials: Ints


@dataclass(slots=True)
class PaddingCount:
    """How many talks of 150 to 179 s each padder had so far, and how many were moved: always 30 %, rounded."""

    seen: dict[int, int]
    moved: dict[int, int]


def dials_of_month(layout: Layout, month: int, padding: PaddingCount) -> Dials:
    """Return every dial of a simulated month, sorted by rep and time; nobody talks to two people at once."""
    rng = stream(layout.spec.seed, "dials", month)
    workdays = _workdays(layout, month, rng)
    rep, day = np.repeat(workdays.rep, workdays.dials), np.repeat(workdays.day, workdays.dials)
    reach = CONNECT_PER_DIAL * layout.people.reach * layout.rates.wobble[:, month, 0]
    is_answered = rng.random(len(rep)) < reach[rep]
    talk = np.where(is_answered, _talks(layout, workdays, rng), 0)
    is_padded = _pad(layout, rep, talk, padding, stream(layout.spec.seed, "padding", month))
    ringing = np.where(is_answered, rng.integers(5, 21, len(rep)), rng.integers(15, 36, len(rep)))
    begins = _moments(layout, workdays, (ringing + talk).astype(np.float64), rng)
    dials = Dials(
        month=month, rep=rep.astype(np.int32), day=day.astype(np.int32),
        started_at=begins, ended_at=begins + ringing + talk,
        talk_seconds=talk.astype(np.int32), is_answered=is_answered, is_padded=is_padded,
    )  # fmt: skip
    return choose(dials, begins > 0)


def choose(dials: Dials, chosen: Flags) -> Dials:
    """Return the chosen dials."""
    names = ("rep", "day", "started_at", "ended_at", "talk_seconds", "is_answered", "is_padded")
    return replace(dials, **{name: getattr(dials, name)[chosen] for name in names})


def _workdays(layout: Layout, month: int, rng: np.random.Generator) -> Workdays:
    first, following = layout.month_days(month)
    days = np.arange(first, following)
    works = layout.worktime.works[:, days - layout.worktime.first]
    season = layout.rates.season[layout.spec.month_starts()[month].month - 1]
    noise = np.exp(DAY_SPREAD * rng.standard_normal(works.shape))
    counts = rng.poisson(dials_per_day(layout.people)[:, None] * season * noise) * works
    rep, at = np.nonzero(counts)
    return Workdays(month=month, rep=rep, day=days[at], dials=counts[rep, at])


def _talks(layout: Layout, workdays: Workdays, rng: np.random.Generator) -> Ints:
    """Draw talk times: log-normal around each rep's own median; in one team half are hung up at once."""
    rep, day, counts, people = workdays.rep, workdays.day, workdays.dials, layout.people
    able = people.communication[rep] * layout.rates.wobble[rep, workdays.month, 1] * ramp(people, rep, day)
    log_median = talk_log_median(np.clip(DEEP_TALK_PER_CONNECT * able, 0.01, 0.6))
    drawn = np.exp(np.repeat(log_median, counts) + TALK_SIGMA * rng.standard_normal(int(counts.sum())))
    talk = np.clip(drawn, 1, LONGEST_TALK_SECONDS).astype(np.int64)
    kind = layout.teams.kind[layout.worktime.team[rep, day - layout.worktime.first]]
    hung_up = np.repeat(kind == TeamKind.HUNG_UP, counts) & (rng.random(len(talk)) < HUNG_UP_SHARE)
    return np.where(hung_up, rng.integers(1, 9, len(talk)), talk)


def _pad(layout: Layout, rep: Ints, talk: Ints, padding: PaddingCount, rng: np.random.Generator) -> Flags:
    """Move three in ten of the padders' talks of 150 to 179 s to just past the threshold."""
    is_padded = np.zeros(len(talk), dtype=bool)
    for padder in layout.planted.padders:
        near = np.flatnonzero((rep == padder) & (talk >= PADDED_FROM_SECONDS) & (talk < DEEP_TALK_SECONDS))
        padding.seen[padder] = padding.seen.get(padder, 0) + len(near)
        target = round(PADDED_SHARE * padding.seen[padder]) - padding.moved.get(padder, 0)
        moved = rng.permutation(near)[:target]
        padding.moved[padder] = padding.moved.get(padder, 0) + len(moved)
        talk[moved] = DEEP_TALK_SECONDS + np.minimum(rng.exponential(3.5, len(moved)).astype(np.int64), 9)
        is_padded[moved] = True
    return is_padded


def _moments(layout: Layout, workdays: Workdays, busy: Floats, rng: np.random.Generator) -> Ints:
    """Spread a day's calls over its shift, one after the other; what no longer fits gets the moment 0."""
    counts = workdays.dials
    pattern = layout.worktime.pattern_of(layout.teams, workdays.rep, workdays.day)
    length = np.array([p.working_seconds for p in PATTERNS])[pattern].astype(np.float64)
    gaps = rng.exponential(1.0, len(busy)) * _habit(layout, workdays)
    last_gap = rng.exponential(1.0, len(counts))
    cell = np.repeat(np.arange(len(counts)), counts)
    idle = np.maximum(length - np.bincount(cell, busy, len(counts)), 0.0)
    per_gap = idle / (np.bincount(cell, gaps, len(counts)) + last_gap)
    worked = sums_before(busy, counts) + (sums_before(gaps, counts) + gaps) * np.repeat(per_gap, counts)
    second = clock_seconds(np.repeat(pattern, counts), worked.astype(np.int64))
    moment = np.repeat(workdays.day, counts) * DAY_SECONDS + second - LOCAL_OFFSET_SECONDS
    return np.where(worked + busy <= np.repeat(length, counts) + 1, moment, 0)


def _habit(layout: Layout, workdays: Workdays) -> Floats:
    """Return the relative gaps: 1 for most; the sham's star and its adopters hurry through half their dials early."""
    planted, trial = layout.planted, layout.spec.trial
    rep, day, counts = workdays.rep, workdays.day, workdays.dials
    tried = (day >= day_number(trial.first)) & (day <= day_number(trial.last))
    early = (rep == planted.sham_star) | (np.isin(rep, planted.sham_adopters) & tried)
    first_half = rank_within(counts) * 2 < np.repeat(counts, counts)
    return np.where(np.repeat(early, counts), np.where(first_half, EARLY_GAP, LATE_GAP), 1.0)
