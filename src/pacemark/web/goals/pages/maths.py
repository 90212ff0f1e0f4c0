"""看算式: one person's plan, worked back once more by the engine, each step in words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from pacemark.engine.goals.chain import Step
from pacemark.engine.goals.decompose import Decomposition, decompose
from pacemark.web.goals.bridge.stored import chain_of, peers_of, span_of
from pacemark.web.ui import formats
from pacemark.web.ui.components import SumLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Maths:
    """The arithmetic behind a plan, and what would make it fit where it does not."""

    lines: tuple[SumLine, ...]
    decomposition: Decomposition


def maths_of(content: dict[str, Any]) -> Maths:
    """Work a stored plan's inputs back again; the same numbers must come out as are stored."""
    worked = decompose(chain_of(content), span_of(content), peers_of(content))
    lines = tuple(line for step in worked.chain.steps if (line := _line(step, content)) is not None)
    return Maths(lines=(*lines, *_daily(worked, content)), decomposition=worked)


def _line(step: Step, content: dict[str, Any]) -> SumLine | None:
    words = _words(content).get(step.stage)
    if words is None or step.result is None:
        return None
    label, formula, is_money = words
    value = formats.count(step.result, 0 if is_money else 1)
    if step.stage == "pipeline_conversion":
        value = formats.percent(step.result)
    return SumLine(label=label, formula=formula % _shown(step), value=value)


def _words(content: dict[str, Any]) -> dict[str, tuple[str, str, bool]]:
    return {
        "pipeline_conversion": (
            _("Pipeline conversion"),
            _("win rate %(win_rate)s × deal value %(deal_value)s ÷ expected amount %(expected_amount)s"),
            False,
        ),
        "gap": (_("Still missing"), _gap_words(content), True),
        "pipeline": (
            _("New pipeline"),
            _("%(gap)s ÷ (%(pipeline_conversion)s × %(closing_share)s closing inside the month)"),
            True,
        ),
        "opportunities": (_("Opportunities"), _opportunities_words(content), False),
        "opportunities_from_talks": (
            _("… from deep talks"),
            _("%(opportunities)s − %(direct_opportunities)s that come without a talk"),
            False,
        ),
        "deep_talks": (_("Deep talks"), _("÷ your rate %(opportunity_per_deep_talk)s"), False),
        "connects": (_("Connects"), _("÷ your rate %(deep_talk_per_connect)s"), False),
        "dials": (_("Dials"), _("÷ your rate %(connect_per_dial)s"), False),
    }


def _opportunities_words(content: dict[str, Any]) -> str:
    if content.get("opportunities_target") is not None:
        return _("all that are still missing")
    return _("%(pipeline)s ÷ %(expected_amount)s each")


def _gap_words(content: dict[str, Any]) -> str:
    if content.get("opportunities_target") is not None:
        words = _("%(needed)s opportunities in the month − %(sourced)s sourced so far")
        return words % {
            "needed": formats.count(content["opportunities_target"], 1),
            "sourced": formats.count(content["sourced"]),
        }
    words = _("%(target)s − %(booked)s booked − %(expected)s expected from %(n)s open opportunities")
    return words % {
        "target": formats.count(content["target"]),
        "booked": formats.count(content["booked"]),
        "expected": formats.count(content["expected_from_open"]),
        "n": formats.count(content["open_pipeline"]["count"]),
    }


_PERCENTS = frozenset(
    {
        "win_rate",
        "pipeline_conversion",
        "closing_share",
        "opportunity_per_deep_talk",
        "deep_talk_per_connect",
        "connect_per_dial",
    }
)
_COUNTS = frozenset({"opportunities", "direct_opportunities", "deep_talks", "connects"})


def _shown(step: Step) -> dict[str, str]:
    return {name: _one(name, value) for name, value in step.inputs.items()}


def _one(name: str, value: Fraction | None) -> str:
    if name in _PERCENTS:
        return formats.percent(value)
    return formats.count(value, 1 if name in _COUNTS else 0)


def _daily(worked: Decomposition, content: dict[str, Any]) -> tuple[SumLine, ...]:
    stage = "opportunities" if content["role"] == "closer" else "dials"
    pace = worked.per_day[stage]
    if pace is None:
        return ()
    exact, days = formats.count(pace, 1), content["days"]
    whole = -(-pace.numerator // pace.denominator)
    label = _("Dials a day") if stage == "dials" else _("Opportunities a day")
    formula = _("÷ %(days)s working days = %(exact)s; rounded up once, here") % {"days": days, "exact": exact}
    return (SumLine(label=label, formula=formula, value=formats.count(whole), is_total=True),)
