"""What would make a plan fit that does not: each rate alone, and the cheapest mix that peers show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pacemark.engine.goals.chain import WORK_RATES
from pacemark.engine.goals.decompose import Decomposition
from pacemark.web.ui import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Three sentences for a plan that does not fit."""

    shortfall: str
    alone: str
    mix: str
    most: str


def remedy_of(content: dict[str, Any], worked: Decomposition) -> Remedy | None:
    """Return what would make the even-odds plan fit; nothing when it fits or capacity is unknown."""
    fitted = worked.feasibility
    if fitted.feasible is not False or fitted.remedy is None:
        return None
    dials, capacity = worked.chain.values["dials"], content["capacity_dials_per_day"]
    if dials is None or capacity is None:
        return None
    words = _rate_names()
    alone = [f"{words[name]} {formats.percent(rate)}" for name, rate in fitted.remedy.items() if rate and name in words]
    return Remedy(
        shortfall=_("%(days)s days × %(capacity)s = %(room)s; %(missing)s dials are missing.")
        % {
            "days": content["days"],
            "capacity": formats.count(capacity),
            "room": formats.count(content["days"] * capacity),
            "missing": formats.count(-(-float(dials) // 1) - content["days"] * capacity),
        },
        alone=_("One rate alone would have to be: %(rates)s.") % {"rates": _(" or ").join(alone)} if alone else "",
        mix=_mix(worked, words),
        most=most_sentence(content["plans"]["0.5"]),
    )


def _mix(worked: Decomposition, words: dict[str, str]) -> str:
    mix = worked.feasibility.mix
    if mix is None:
        return ""
    moved = [f"{words[name]} {formats.percent(mix.rates[name])}" for name in WORK_RATES if mix.moved.get(name)]
    if not moved:
        return ""
    if mix.enough:
        return _("The least that would do, and peers do it: %(rates)s.") % {"rates": " + ".join(moved)}
    return _("Even at the rates of the best quarter of peers it would not fit: the target needs talking about.")


def most_sentence(plan: dict[str, Any]) -> str:
    """Return the most that a day's capacity reaches, with its odds; nothing where the plan fits."""
    if plan["reachable"] is None:
        return ""
    return _("The most within the day: %(amount)s, chance %(odds)s.") % {
        "amount": formats.count(plan["reachable"]),
        "odds": formats.percent(plan["reachable_odds"], 0),
    }


def _rate_names() -> dict[str, str]:
    return {
        "connect_per_dial": _("Dial → connect"),
        "deep_talk_per_connect": _("Connect → deep talk"),
        "opportunity_per_deep_talk": _("Deep talk → opportunity"),
    }
