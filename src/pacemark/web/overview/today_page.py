"""Today: what is done, what is required by now, and why; worked out from a plan and the day's facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.goals.bridge.documents import rounded_up
from pacemark.web.goals.bridge.stored import weekday_weights
from pacemark.web.goals.choices import Status
from pacemark.web.goals.models import Replan, RepPlan
from pacemark.web.goals.pages.maths import maths_of
from pacemark.web.goals.pages.rest import TONES, RestView, dealt, fitting_share, rest_view
from pacemark.web.goals.pages.words import confidence_choices, note_sentences, stage_words
from pacemark.web.goals.pages.work import WorkRow, standing_lines, work_rows
from pacemark.web.pipeline.queries import DayCounts
from pacemark.web.process.queries.watched import watched_metrics
from pacemark.web.ui import formats
from pacemark.web.ui.components import ConfidenceChoice, Stage, SumLine, Tone

# Opportunities that come without a talk are no day's work: those from talks are asked for, and those are counted.
DIALLERS = ("dials", "connects", "deep_talks", "opportunities_from_talks")
CLOSERS = ("opportunities", "deals")
ON_TRACK, BEHIND = 0.99, 0.81


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPage:
    """Everything that Today shows for one person."""

    plan: RepPlan
    now: datetime
    workday: int
    n_workdays: int
    is_working_day: bool
    ring: Stage
    bars: tuple[Stage, ...]
    left: int
    talk_seconds: int
    connects: int
    target: float
    booked: float
    expected: float
    missing: float
    deals_missing: int
    odds: float | None
    odds_at_start: float | None
    choices: tuple[ConfidenceChoice, ...]
    sums: tuple[SumLine, ...]
    notes: tuple[str, ...]
    slowest: Stage | None
    currency: str
    confidence: str
    month: tuple[Stage, ...]
    rest: RestView | None
    work: tuple[WorkRow, ...]
    standing: tuple[SumLine, ...]

    @property
    def booked_width(self) -> float:
        """Return the share of the target that is booked, in per cent of the bar."""
        return _share(self.booked, self.target)

    @property
    def expected_width(self) -> float:
        """Return the share that the open pipeline is expected to bring."""
        return min(_share(self.expected, self.target), 100.0 - self.booked_width)


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayFacts:
    """What the records say up to this moment."""

    today: DayCounts
    month: DayCounts
    share_of_day: float
    workdays: tuple[date, ...]
    replans: tuple[Replan, ...] = ()
    retired: frozenset[str] = frozenset()


def today_page(*, plan: RepPlan, facts: TodayFacts, now: datetime, confidence: str, url: str) -> TodayPage:
    """Return the page: the day by what was left when it began, the month by the plan that stands."""
    content, today, workdays = plan.content, now.date(), facts.workdays
    confidence = confidence if confidence in content["plans"] else "0.5"
    counted = _counted(content["role"], facts.retired)
    newest = facts.replans[0] if facts.replans else None
    rest, known = (newest.content, newest.as_of) if newest else (content, plan.as_of)
    chosen = rest["plans"][confidence]
    due = _due(rest, confidence, [day for day in workdays if day >= known], today, counted)
    of_month = _due(content, confidence, [day for day in workdays if day >= plan.as_of], today, counted)
    stages = _stages(due, facts)
    booked, scale = facts.month.net_revenue_minor, content["minor_units"]
    missing, value = max(0.0, content["target"] - booked / scale), content["deal_value"]["mean"]
    return TodayPage(
        plan=plan,
        now=now,
        currency=content["currency"],
        confidence=confidence,
        workday=sum(day <= today for day in workdays),
        n_workdays=len(workdays),
        is_working_day=today in workdays,
        ring=stages[0],
        bars=stages[1:],
        left=max(0, math.ceil(stages[0].required - stages[0].done)),
        talk_seconds=facts.today.talk_seconds,
        connects=facts.today.connects,
        target=content["target"],
        booked=booked / scale,
        expected=min(rest["expected_from_open"], missing),
        missing=missing,
        deals_missing=rounded_up(missing / value) if value else 0,
        odds=rest["plans"]["0.5"]["odds"],
        odds_at_start=content["plans"]["0.5"]["odds"],
        choices=confidence_choices(rest, confidence, url),
        sums=(*maths_of(rest).lines, *_fitting_line(rest, confidence), *_dealt_line(due, stages[0])),
        notes=(*note_sentences({"marks": content["marks"]}, chosen), *_weekday_note(rest)),
        slowest=_slowest(stages),
        month=_month_stages(of_month, facts.month),
        rest=_at_least(rest_view(facts.replans, workdays, confidence), booked / scale, content["target"]),
        work=work_rows(chosen),
        standing=standing_lines(rest),
    )


def _at_least(rest: RestView | None, booked: float, target: float) -> RestView | None:
    """Let what was signed since the last count of what is left stand in it: the month does not end below it."""
    if rest is None or not rest.is_money:
        return rest
    least = {name: max(booked, getattr(rest, name)) for name in ("mean", "low", "high")}
    if booked < target:
        return replace(rest, **least)
    word = str(Status.ON_TRACK.label)
    return replace(rest, **least, is_reached=True, chance=1.0, tone=TONES[Status.ON_TRACK], word=word)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What one stage requires: today, up to and with today, and in the whole period."""

    today: int
    so_far: int
    whole: int


def _counted(role: str, retired: frozenset[str]) -> tuple[str, ...]:
    """Return the stages shown: the one that the day is worked by always, the others unless they are retired."""
    stages = CLOSERS if role == "closer" else DIALLERS
    return (stages[0], *watched_metrics(stages[1:], retired))


def _due(
    content: dict[str, Any], confidence: str, days: Sequence[date], today: date, stages: Sequence[str]
) -> dict[str, Due]:
    """Deal each stage's number over the days, so that days sum to the whole."""
    found = {}
    for stage in stages:
        parts = dealt(content, stage, days, confidence)
        if parts:
            so_far = sum(part for day, part in parts.items() if day <= today)
            found[stage] = Due(today=parts.get(today, 0), so_far=so_far, whole=sum(parts.values()))
    return found


def _fitting_line(content: dict[str, Any], confidence: str) -> tuple[SumLine, ...]:
    """Say that the day asks for no more than it holds."""
    if fitting_share(content, confidence) == 1:
        return ()
    formula = _("more than you have shown in a day is not asked; see the most that can still be")
    value = formats.count(content["capacity_dials_per_day"])
    return (SumLine(label=_("What fits into a day"), formula=formula, value=value),)


def _weekday_note(content: dict[str, Any]) -> tuple[str, ...]:
    """Say why the days are all alike, where a profile could have been expected."""
    if content["role"] == "closer" or weekday_weights(content) is not None:
        return ()
    return (_("The days are all alike: under eight weeks of dials there is no weekday pattern to go by."),)


def _stages(due: Mapping[str, Due], facts: TodayFacts) -> tuple[Stage, ...]:
    return tuple(
        _stage(stage, _done(facts.today, stage), need.today, need.today * facts.share_of_day)
        for stage, need in due.items()
    ) or (Stage(label=stage_words()["dials"], done=facts.today.dials, required=0),)


def _month_stages(due: Mapping[str, Due], month: DayCounts) -> tuple[Stage, ...]:
    return tuple(_stage(stage, _done(month, stage), need.whole, need.so_far) for stage, need in due.items())


def _done(numbers: DayCounts, stage: str) -> int:
    """Who dials is counted by the opportunities that followed their talks, who closes by those they own."""
    return int(getattr(numbers, "opportunities_sourced" if stage == "opportunities_from_talks" else stage))


def _stage(stage: str, done: int, required: float, expected: float) -> Stage:
    tone, word = _tone(done, expected)
    label = stage_words()[stage.removesuffix("_from_talks")]
    return Stage(label=label, done=done, required=required, expected=expected, tone=tone, word=word)


def _tone(done: int, expected: float) -> tuple[Tone, str]:
    """Compare with the goal at this moment; less than one piece apart is on pace."""
    difference = done - expected
    if abs(difference) < 1:
        return "ok", _("on pace")
    pieces = int(abs(difference))
    if difference > 0:
        return "ok", _("%(n)s ahead") % {"n": formats.count(pieces)}
    ratio = done / expected
    tone: Tone = "ok" if ratio >= ON_TRACK else "warn" if ratio >= BEHIND else "risk"
    return tone, _("%(n)s behind") % {"n": formats.count(pieces)}


def _dealt_line(due: Mapping[str, Due], main: Stage) -> tuple[SumLine, ...]:
    """Say why today's number may differ by one from the rounded pace."""
    whole = next(iter(due.values()), None)
    if whole is None or not whole.today:
        return ()
    formula = _("dealt over the days so that they add up to the month's %(n)s") % {"n": formats.count(whole.whole)}
    return (SumLine(label=_("Today's share"), formula=formula, value=formats.count(main.required), is_total=True),)


def _slowest(stages: Sequence[Stage]) -> Stage | None:
    late = [stage for stage in stages[1:] if stage.tone in {"warn", "risk"} and stage.expected]
    return min(late, key=lambda stage: stage.done / (stage.expected or 1.0), default=None)


def _share(part: float, whole: float) -> float:
    return round(min(100.0, max(0.0, 100.0 * part / whole)), 1) if whole > 0 else 0.0


def greeting(hour: int) -> str:
    """Return the greeting of the hour."""
    if hour < 12:
        return _("Good morning")
    return _("Good afternoon") if hour < 18 else _("Good evening")
