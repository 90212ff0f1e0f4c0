"""What is left of a month, as pages show it: status, projection, chance, and why today's number is not yesterday's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from pacemark.engine.goals.change import CAUSES, explain_change
from pacemark.engine.workdays import day_weights, deal_over_days
from pacemark.web.goals.bridge.stored import exact, need_of, weekday_weights
from pacemark.web.goals.choices import Status
from pacemark.web.goals.models import Replan
from pacemark.web.ui import formats
from pacemark.web.ui.components import SumLine, Tone

TONES: dict[str, Tone] = {Status.ON_TRACK: "ok", Status.BEHIND: "warn", Status.AT_RISK: "risk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The number of the last working day, today's, and the parts that lie between them."""

    before_day: date
    before: int
    now: int
    because: str
    lines: tuple[SumLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestView:
    """What is left of somebody's month on a day."""

    as_of: date
    status: str
    tone: Tone
    word: str
    chance: float | None
    mean: float
    low: float
    high: float
    is_money: bool
    is_reached: bool
    has_days: bool
    most: str
    change: Change | None


def rest_view(replans: Sequence[Replan], workdays: Sequence[date], confidence: str) -> RestView | None:
    """Return what is left by the newest of some replans, compared with the one before; nothing without any."""
    if not replans:
        return None
    newest = replans[0]
    content, ends = newest.content, newest.content["projection"]
    needed = content.get("opportunities_target")
    return RestView(
        as_of=newest.as_of,
        status=newest.status,
        tone=TONES[newest.status],
        word=str(Status(newest.status).label),
        chance=newest.chance,
        mean=ends["mean"],
        low=ends["low"],
        high=ends["high"],
        is_money=needed is None,
        is_reached=_done(content) >= (content["target"] if needed is None else needed),
        has_days=content["days"] > 0,
        most=_most(content, confidence),
        change=_change(replans, workdays, confidence) if len(replans) > 1 else None,
    )


def dealt(content: dict[str, Any], stage: str, days: Sequence[date], confidence: str) -> dict[date, int]:
    """Deal what a stage still needs over days, by the person's own weekdays, so that days sum to the whole."""
    total = exact(content["plans"][confidence].get(stage))
    if total is None or not days:
        return {}
    total *= fitting_share(content, confidence)
    return dict(zip(days, deal_over_days(total, weights_of(content, days)), strict=True))


def fitting_share(content: dict[str, Any], confidence: str) -> Fraction:
    """Return which part of what is left fits into the days left; nobody is asked for 25,000 dials tomorrow.

    All of a plan is asked, since it is agreed or talked about; of what is left only what can be done.
    """
    plan, capacity = content["plans"][confidence], exact(content["capacity_dials_per_day"])
    dials = exact(plan.get("dials"))
    if "projection" not in content or plan["feasible"] is not False or not dials or capacity is None:
        return Fraction(1)
    return min(Fraction(1), capacity * int(content["days"]) / dials)


def weights_of(content: dict[str, Any], days: Sequence[date]) -> Sequence[Fraction]:
    """Return what each day weighs: the person's own weekdays, or all the same."""
    profile = weekday_weights(content)
    return [Fraction(1)] * len(days) if profile is None else day_weights(days, profile)


def _done(content: dict[str, Any]) -> float:
    found: float = content["booked"] if content.get("opportunities_target") is None else content["sourced"]
    return found


def _most(content: dict[str, Any], confidence: str) -> str:
    """Return the most that can still be reached, where the target is out of reach."""
    plan = content["plans"][confidence]
    if plan["reachable"] is None:
        return ""
    is_money = content.get("opportunities_target") is None
    words = (
        _("The most that can still be: %(amount)s, chance %(odds)s.")
        if is_money
        else _("The most that can still be: %(amount)s opportunities, chance %(odds)s.")
    )
    return words % {
        "amount": formats.count(plan["reachable"]),
        "odds": formats.percent(plan["reachable_odds"], 0),
    }


def _change(replans: Sequence[Replan], workdays: Sequence[date], confidence: str) -> Change | None:
    """Return why the number of today is not that of the working day before."""
    new, old = replans[0], replans[1]
    stage = "opportunities" if new.content["role"] == "closer" else "dials"
    today = next((day for day in workdays if day >= new.as_of), None)
    before = next((day for day in reversed(workdays) if old.as_of <= day < new.as_of), None)
    if today is None or before is None:
        return None
    rests = [[day for day in workdays if day >= replan.as_of] for replan in (old, new)]
    numbers = [
        dealt(replan.content, stage, rest, confidence).get(day)
        for replan, rest, day in ((old, rests[0], before), (new, rests[1], today))
    ]
    if numbers[0] is None or numbers[1] is None:
        return None
    needs = [
        need_of(replan.content, _share(replan.content, rest, day))
        for replan, rest, day in ((old, rests[0], before), (new, rests[1], today))
    ]
    if numbers == [0, 0]:
        return None
    # A day that is full is full, whatever is missing.
    is_full = any(fitting_share(replan.content, confidence) < 1 for replan in (old, new))
    parts = {} if is_full else explain_change(needs[0], needs[1]) or {}
    return Change(
        before_day=before,
        before=numbers[0],
        now=numbers[1],
        because=_because(parts),
        lines=tuple(
            SumLine(label=_words(cause, part), formula="", value=formats.signed(part, 1))
            for cause in CAUSES
            if (part := parts.get(cause, Fraction(0)))
        ),
    )


def _share(content: dict[str, Any], days: Sequence[date], day: date) -> Fraction:
    weights = dict(zip(days, weights_of(content, days), strict=True))
    return weights[day] / sum(weights.values(), Fraction(0))


def _because(parts: Any) -> str:
    """Return the largest cause in words; nothing where next to nothing changed."""
    cause = max(parts, key=lambda name: abs(parts[name]), default=None)
    if cause is None or abs(parts[cause]) < Fraction(1, 2):
        return ""
    return _words(cause, parts[cause])


def _words(cause: str, part: Fraction) -> str:
    rises = part > 0
    words = {
        "target": _("the target is higher") if rises else _("the target is lower"),
        "booked": _("something booked was given back") if rises else _("something was booked"),
        "pipeline": _("less is expected from what is open") if rises else _("more is expected from what is open"),
        "rates": _("the plan has other rates"),
        "days": _("fewer days are left, and less time to close") if rises else _("the day takes a smaller share"),
    }
    return words[cause]
