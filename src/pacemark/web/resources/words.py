"""The room's codes in words: why somebody could not get a lead, and what scores are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pacemark.web.pipeline.choices import HoldingBegan, HoldingEnded, OpportunityState
from pacemark.web.resources.choices import DecisionKind
from pacemark.web.resources.forms import METRIC_WORDS

EXCLUDED: dict[str, str | Promise] = {
    "on_leave": gettext_lazy("on leave"),
    "off_shift": gettext_lazy("not on shift"),
    "away": gettext_lazy("switched to away"),
    "off_duty": gettext_lazy("off duty"),
    "cap": gettext_lazy("holds as many leads as allowed"),
    "cap_day": gettext_lazy("has the day's leads"),
    "cap_month": gettext_lazy("has the month's leads"),
    "ceiling": gettext_lazy("has reached the ceiling"),
    "withheld": gettext_lazy("withheld"),
    "no_share": gettext_lazy("has no share"),
    "skills": gettext_lazy("lacks a skill this lead asks for"),
    "do_not_contact": gettext_lazy("not to be contacted"),
    "no_reps": gettext_lazy("nobody takes leads"),
    "unknown_grade": gettext_lazy("the policy does not know this lead grade"),
    "not_due": gettext_lazy("could have had it; others were owed it first"),
}


def excluded_words(code: str, numbers: Mapping[str, Any]) -> str:
    """Return a reason with its numbers."""
    words = str(EXCLUDED.get(code, code))
    if "cap" in numbers:
        return _("%(words)s, %(held)s of %(cap)s") % {"words": words, **numbers}
    if numbers.get("missing"):
        return _("%(words)s: %(missing)s") % {"words": words, "missing": ", ".join(numbers["missing"])}
    if numbers.get("n"):
        return _("%(n)s × %(words)s") % {"words": words, "n": numbers["n"]}
    return words


def metric_words(code: str) -> str:
    """Return a metric's name."""
    return str(METRIC_WORDS.get(code, code))


_CHANGES: dict[str, str | Promise] = {
    "on_leave": gettext_lazy("Being at work that day would have put you in line."),
    "off_shift": gettext_lazy("Being on shift when it was dealt would have put you in line."),
    "away": gettext_lazy("Being switched to present would have put you in line."),
    "off_duty": gettext_lazy("Being on duty would have put you in line."),
    "cap": gettext_lazy("One lead fewer in your hands would have put you in line: return what you do not work."),
    "cap_day": gettext_lazy("Nothing that day: its leads were full. Tomorrow counts anew."),
    "cap_month": gettext_lazy("Nothing this month: its leads were full. Next month counts anew."),
    "ceiling": gettext_lazy("Nothing in this window: you had reached the ceiling."),
    "withheld": gettext_lazy("Calling new leads in time keeps the share whole; it comes back by itself."),
    "no_share": gettext_lazy("A share of your own: your team's multiplier or your base part is zero."),
    "skills": gettext_lazy("The skill it asks for, noted under your name by operations."),
    "not_due": gettext_lazy("A higher score, or a lead a little later: what is owed to you stays on your account."),
}


def change_words(code: str) -> str:
    """Return what would have let somebody have the lead."""
    return str(_CHANGES.get(code, ""))


def history_words(kind: str, value: str) -> str:
    """Return one line of a lead's history."""
    if kind == "call":
        seconds = int(value or 0)
        return _("Call of %(n)s seconds") % {"n": seconds} if seconds else _("Dialled, no answer")
    if kind == "touch":
        return _("Arrived again") if value == "arrival" else _("Contact: %(what)s") % {"what": value}
    if kind in {"began", "holding"}:
        return str(dict(HoldingBegan.choices).get(value, value))
    if kind == "ended":
        return str(dict(HoldingEnded.choices).get(value, value))
    if kind == "decision":
        return str(dict(DecisionKind.choices).get(value, value))
    if kind == "opportunity":
        return _("Opportunity: %(state)s") % {"state": dict(OpportunityState.choices).get(value, value)}
    return _("Deal")
