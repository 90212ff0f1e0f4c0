"""What changed between two plans, in the few numbers that a talk is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from pacemark.web.ui import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One number as it was and as it is, both in words."""

    label: str
    before: str
    after: str


def differences(before: dict[str, Any], after: dict[str, Any], confidence: str) -> tuple[Difference, ...]:
    """Return what reads differently in two stored plans; numbers that round to the same are the same."""
    pairs = zip(_numbers(before, confidence), _numbers(after, confidence), strict=True)
    return tuple(Difference(label=label, before=old, after=new) for (label, old), (_label, new) in pairs if old != new)


def _numbers(content: dict[str, Any], confidence: str) -> Iterator[tuple[str, str]]:
    plan, rates = content["plans"][confidence], content["rates"]
    yield _("Target"), formats.count(content["target"])
    yield _("Chance"), formats.percent(plan["odds"], 0)
    yield _("Dials a day"), _rounded(plan, "per_day", "dials")
    yield _("Deep talks a day"), _rounded(plan, "per_day", "deep_talks")
    yield _("Opportunities a week"), _rounded(plan, "per_week", "opportunities")
    yield _("Working days"), formats.count(content["days"])
    yield _("Booked"), formats.count(content["booked"])
    yield _("Expected from the open pipeline"), formats.count(content["expected_from_open"])
    yield _("Win rate"), formats.percent(rates["win_rate"]["mean"])
    yield _("Deal value"), formats.count(content["deal_value"]["mean"])
    yield _("Deep talk → opportunity"), _rate(rates, "opportunity_per_deep_talk")
    yield _("Connect → deep talk"), _rate(rates, "deep_talk_per_connect")
    yield _("Dial → connect"), _rate(rates, "connect_per_dial")


def _rounded(plan: dict[str, Any], pace: str, stage: str) -> str:
    found = plan[pace].get(stage)
    return formats.DASH if found is None else formats.count(found["rounded"])


def _rate(rates: dict[str, Any], name: str) -> str:
    return formats.percent(rates[name]["mean"]) if name in rates else formats.DASH
