"""What a chain asks per day and per week, and where the month stands: the numbers of ``calc``, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.goals.bridge.documents import rounded_up
from pacemark.web.goals.pages.words import STAGES, stage_words
from pacemark.web.ui import formats
from pacemark.web.ui.components import SumLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A number as it is done, rounded up once, and as it comes out."""

    whole: str
    exact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """One stage: all of it, and per week and per day."""

    label: str
    all: Pace
    week: Pace
    day: Pace


def work_rows(chosen: dict[str, Any]) -> tuple[WorkRow, ...]:
    """Return what each stage asks, from the result backwards; stages that are not known are left out."""
    words = stage_words()
    return tuple(
        WorkRow(
            label=words[stage],
            all=_pace(chosen[stage], rounded_up(chosen[stage])),
            week=_of(chosen["per_week"][stage]),
            day=_of(chosen["per_day"][stage]),
        )
        for stage in STAGES
        if chosen[stage] is not None and chosen["per_day"].get(stage) and chosen["per_week"].get(stage)
    )


def standing_lines(content: dict[str, Any]) -> tuple[SumLine, ...]:
    """Return where a running month stands: what should be there by now, the pace, and where it leads."""
    if "pro_rata" not in content:
        return ()
    needed = content["opportunities_target"]
    is_money = needed is None
    target, there = (content["target"], content["booked"]) if is_money else (needed, content["sourced"])
    digits = 0 if is_money else 1
    amount = {"target": formats.count(target, digits), "day": content["day"], "days": content["days_all"]}
    by_now = _("%(target)s × %(day)s of %(days)s working days") % amount
    lines = [
        SumLine(label=_("Should be there by now"), formula=by_now, value=formats.count(content["pro_rata"], digits))
    ]
    if content["pace"] is None:
        return tuple(lines)
    shown = {"there": formats.count(there, digits), "due": formats.count(content["pro_rata"], digits)}
    words = _("%(there)s booked ÷ %(due)s") if is_money else _("%(there)s opportunities ÷ %(due)s")
    lines.append(SumLine(label=_("Pace"), formula=words % shown, value=formats.percent(content["pace"], 0)))
    ends = _("%(target)s × %(pace)s, in a straight line") % {
        "target": formats.count(target, digits),
        "pace": formats.percent(content["pace"], 0),
    }
    value = formats.count(target * content["pace"], digits)
    return (*lines, SumLine(label=_("Would end at"), formula=ends, value=value))


def _of(pace: dict[str, Any]) -> Pace:
    return _pace(pace["exact"], pace["rounded"])


def _pace(exact: float, whole: int) -> Pace:
    return Pace(whole=formats.count(whole), exact=formats.count(exact, 2))
