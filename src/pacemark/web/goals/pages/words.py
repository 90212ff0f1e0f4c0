"""What the Goals pages show, worked out from a stored plan; numbers to words and positions, no business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pacemark.web.goals.bridge.documents import rounded_up
from pacemark.web.goals.choices import Confidence
from pacemark.web.goals.pages.rest import fitting_share
from pacemark.web.ui import formats
from pacemark.web.ui.components import ChainStep, ConfidenceChoice, RateSpan

STAGES = ("opportunities", "deep_talks", "connects", "dials")
RATES = ("win_rate", "opportunity_per_deep_talk", "deep_talk_per_connect", "connect_per_dial")
DIVISORS = dict(zip(STAGES, ("", *RATES[1:]), strict=True))


def stage_words() -> dict[str, str]:
    """Return each stage's name as people see it."""
    return {
        "target": _("Target"),
        "pipeline": _("Pipeline"),
        "deals": _("Deals"),
        "opportunities": _("Opportunities"),
        "deep_talks": _("Deep talks"),
        "connects": _("Connects"),
        "dials": _("Dials"),
    }


def rate_words() -> dict[str, str]:
    """Return each rate's name as people see it."""
    return {
        "win_rate": _("Win rate"),
        "opportunity_per_deep_talk": _("Deep talk → opportunity"),
        "deep_talk_per_connect": _("Connect → deep talk"),
        "connect_per_dial": _("Dial → connect"),
        "deal_value": _("Deal value"),
    }


def confidence_words() -> dict[str, str]:
    """Return 五成, 八成, 九成把握 as people see them."""
    return {str(choice.value): str(choice.label) for choice in Confidence}


@dataclass(frozen=True, slots=True, kw_only=True)
class RateRow:
    """One row of a person's own rates."""

    span: RateSpan
    won: float | None
    tried: float
    from_peers: float
    is_money: bool = False


def main_stage(content: dict[str, Any]) -> str:
    """Return the stage that leads a person's day: dials, or opportunities for whoever does not dial."""
    return "opportunities" if content["role"] == "closer" else "dials"


def confidence_choices(content: dict[str, Any], chosen: str, url: str) -> tuple[ConfidenceChoice, ...]:
    """Return the three plans side by side, each with its odds and its daily work."""
    words, stage = confidence_words(), main_stage(content)
    made = []
    for key, word in words.items():
        plan = content["plans"][key]
        lines = (_needed_line(plan), _daily_line(plan, stage, fits=fitting_share(content, key) == 1))
        made.append(
            ConfidenceChoice(
                word=word,
                odds=plan["odds"],
                lines=tuple(line for line in lines if line),
                url=f"{url}confidence={key}",
                is_current=key == chosen,
            )
        )
    return tuple(made)


def _needed_line(plan: dict[str, Any]) -> str:
    needed = plan["opportunities"]
    if needed is None:
        return ""
    whole = rounded_up(needed)
    return ngettext("%(n)s opportunity", "%(n)s opportunities", whole) % {"n": formats.count(whole)}


def _daily_line(plan: dict[str, Any], stage: str, *, fits: bool) -> str:
    if stage != "dials" or plan["per_day"].get("dials") is None:
        return ""
    if not fits:
        return _("more than fits into the days left")
    return _("%(n)s dials a day") % {"n": formats.count(plan["per_day"]["dials"]["rounded"])}


def chain_steps(content: dict[str, Any], chosen: dict[str, Any]) -> tuple[ChainStep, ...]:
    """Return the strip from the result to a day's work."""
    words = stage_words()
    steps = [ChainStep(label=words["target"], value=formats.count(content["target"]), by=_deals_words(chosen))]
    steps += _money_steps(content, chosen)
    for stage in STAGES:
        if chosen[stage] is None:
            continue
        steps.append(
            ChainStep(label=words[stage], value=formats.count(rounded_up(chosen[stage])), by=_by(content, stage))
        )
    stage = main_stage(content)
    if chosen["per_day"].get(stage) is not None:
        days = ngettext("÷ %(n)s day", "÷ %(n)s days", content["days"]) % {"n": content["days"]}
        exact = chosen["per_day"][stage]
        value = formats.count(exact["rounded"]) if exact["exact"] >= 1 else formats.count(exact["exact"], 1)
        steps.append(ChainStep(label=_("A day"), value=value, by=days))
    return tuple(steps)


def _money_steps(content: dict[str, Any], chosen: dict[str, Any]) -> list[ChainStep]:
    """Return what lies between the target and the opportunities, so that each number follows from the one before.

    Beyond even odds the opportunities are what the chance asks for, not what the division gives; that is said.
    """
    if chosen["pipeline"] is None:
        return []
    words, pipeline = stage_words(), formats.count(chosen["pipeline"])
    if chosen is not content["plans"]["0.5"]:
        return [ChainStep(label=words["pipeline"], value=pipeline, by=_("asked for by this chance"))]
    steps = []
    there, expected = content["booked"], content["expected_from_open"]
    if there or expected:
        by = _("− %(booked)s booked − %(expected)s from the open pipeline")
        shown = {"booked": formats.count(there), "expected": formats.count(expected)}
        gap = max(content["target"] - there - expected, 0)
        steps.append(ChainStep(label=_("Still missing"), value=formats.count(gap), by=by % shown))
    by = f"÷ {formats.percent(content['pipeline_conversion'])}"
    if content["closing_share"] < 1:
        by += " ÷ " + _("%(share)s in time") % {"share": formats.percent(content["closing_share"])}
    return [*steps, ChainStep(label=words["pipeline"], value=pipeline, by=by)]


def _deals_words(chosen: dict[str, Any]) -> str:
    if chosen["deals"] is None:
        return ""
    deals = chosen["deals"]
    return ngettext("%(n)s deal", "%(n)s deals", rounded_up(deals)) % {"n": formats.count(deals, 1)}


def _by(content: dict[str, Any], stage: str) -> str:
    if stage == "opportunities":
        return f"÷ {formats.count(content['expected_amount'])}"
    by = f"÷ {formats.percent(content['rates'][DIVISORS[stage]]['mean'])}"
    direct = content["direct_opportunities"]
    if stage != "deep_talks" or not direct:
        return by
    return _("− %(n)s without a talk") % {"n": formats.count(direct, 1)} + f" {by}"


def rate_rows(content: dict[str, Any]) -> tuple[RateRow, ...]:
    """Return the person's own rates, from the result backwards, and the deal value."""
    words, rows = rate_words(), []
    for name in RATES:
        rate = content["rates"].get(name)
        if rate is not None:
            rows.append(_rate_row(words[name], rate))
    rows.insert(
        1 if "win_rate" in content["rates"] else 0, _rate_row(words["deal_value"], content["deal_value"], is_money=True)
    )
    return tuple(rows)


def _rate_row(label: str, rate: dict[str, Any], *, is_money: bool = False) -> RateRow:
    low, high = rate["interval"]
    peers = rate.get("peers") or (None, None)
    span = RateSpan(
        label=label, mean=rate["mean"], low=low, high=high, raw=rate["raw"], peers_low=peers[0], peers_high=peers[1]
    )
    return RateRow(
        span=span, won=rate.get("won"), tried=rate["tried"], from_peers=rate["from_peers"], is_money=is_money
    )


def note_sentences(content: dict[str, Any], chosen: dict[str, Any]) -> tuple[str, ...]:
    """Return what must be said beside the numbers: what was borrowed, what does not fit, what is not known."""
    said = [_MARKS[mark]() for mark in content["marks"] if mark in _MARKS]
    if chosen["reason"]:
        said.append(_REASONS[chosen["reason"]]())
    return tuple(said)


_MARKS = {
    "no_history": lambda: _("No history of their own yet: every rate is the group's."),
    "role_told": lambda: _("The role was told from the records; Settings can state it."),
    "group_win_rate": lambda: _("Setters do not close: win rate and deal value are the closers'."),
    "peers_do_not_differ": lambda: _("People here hardly differ beyond chance, so own rates lean strongly on peers."),
    "past_does_not_predict": lambda: _("The past has not predicted well here, so everyone leans on peers."),
    "no_capacity": lambda: _("How many dials a day are possible is not known yet."),
    "few_deals": lambda: _("Too few deals to know the person's own deal value well."),
}
_REASONS = {
    "goals.rate_near_zero": lambda: _(
        "A rate is so close to zero that no amount of work can be promised to be enough."
    ),
    "goals.out_of_reach": lambda: _(
        "At this confidence no amount of work is enough; see the most that can be reached."
    ),
}
