"""The room's codes in words: why somebody could not get a lead, and what scores are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
