"""Findings in words that people read: stages, causes, verdicts and what may lie behind them; never an accusation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pacemark.web.goals.pages.words import rate_words
from pacemark.web.process.choices import Cause
from pacemark.web.process.models import Finding
from pacemark.web.ui import formats
from pacemark.web.ui.components import Tone

VERDICT_TONES: Mapping[str, Tone] = {"skill": "risk", "not_ruled_out": "luck", "not_enough_data": "", "counted": "warn"}


def factor_words() -> dict[str, str]:
    """Return each factor of the chain as people see it, and what else findings are about."""
    rates = rate_words()
    return {
        "work": _("Work"),
        "dials": _("Dials"),
        **{name: rates[name] for name in ("connect_per_dial", "deep_talk_per_connect", "opportunity_per_deep_talk")},
        "deal_per_opportunity": _("Opportunity → deal"),
        "deal_value": rates["deal_value"],
        "leads": _("Leads"),
        "plan": _("Plan"),
        "": _("All stages"),
    }


def cause_words() -> dict[str, str]:
    """Return the mission's four causes as people see them."""
    return {str(cause.value): str(cause.label) for cause in Cause}


def verdict_words() -> dict[str, str]:
    """Return what chance says, in words."""
    return {
        "skill": _("More than luck"),
        "not_ruled_out": _("Luck not ruled out"),
        "not_enough_data": _("Not enough data"),
        "counted": _("Counted, no luck in it"),
    }


def ability_words() -> dict[str, str]:
    """Return what may be lacking where a rate is low: something to listen for, no verdict."""
    return {
        "communication": _("Perhaps the opening and how the talk is led"),
        "product_knowledge": _("Perhaps asking for needs, or knowing the product"),
        "closing": _("Perhaps closing: what follows once the price is named"),
        "packaging": _("Perhaps how the offer is put together"),
    }


def advice_words() -> dict[str, str]:
    """Return what to do first with each cause."""
    return {
        "goal": _("Change the plan"),
        "execution": _("Do the work"),
        "ability": _("Practise"),
        "luck": _("Wait for more trials"),
    }


def sentence(finding: Finding) -> str:
    """Return a finding's evidence in one sentence for whoever leads."""
    told = finding.evidence
    if finding.verdict == "not_enough_data":
        return _("Hired lately; judged once there is a quarter of records.") if told.get("is_new") else _few(told)
    if finding.stage == "leads":
        return _("These leads give anybody %(share)s of the usual chance.") % {
            "share": formats.percent(told["ease"], 0)
        }
    if finding.stage == "plan":
        return _("The plan asks for %(asked)s dials by now; %(most)s is the most that was ever kept up.") % {
            "asked": formats.count(told["asked"]), "most": formats.count(told["capacity"]),
        }  # fmt: skip
    if finding.stage == "dials":
        return _("%(done)s dials of %(asked)s that could fairly be asked by now.") % {
            "done": formats.count(told["done"]), "asked": formats.count(told["asked"]),
        }  # fmt: skip
    return _("%(won)s of %(tried)s; others make about %(expected)s of such leads.") % {
        "won": formats.count(told["won"]), "tried": formats.count(told["tried"]),
        "expected": formats.count(told["expected"]),
    }  # fmt: skip


def _few(told: Mapping[str, Any]) -> str:
    counts = told.get("counts", {})
    most = max((pair[1] or 0 for pair in counts.values()), default=0)
    return ngettext("%(n)s trial in the quarter", "%(n)s trials in the quarter", round(most)) % {
        "n": formats.count(round(most))
    }


def kind_sentence(finding: Finding) -> str:
    """Return the same for the person themselves: what to try, and that luck is luck."""
    if finding.verdict == "not_ruled_out":
        return _("Lower than usual this quarter, and that may be bad luck. Nothing needs to change because of it.")
    if finding.verdict == "not_enough_data":
        return _("There is not enough yet to say anything about your rates.")
    if finding.cause == Cause.GOAL:
        return _("Your plan asks for more work than you have ever kept up. Talk about it.")
    if finding.stage == "dials":
        return _("More dials would bring the most now.")
    return _("Here is the most to win. Listen to a few of these calls, best together.")


def trials_words(stage: str, more: float | None) -> str:
    """Return how many more trials would tell."""
    if more is None:
        return _("No number of trials would tell: it lies within what is not known of others.")
    n = round(more)
    if not n:
        return _("By itself it would tell; among everybody who is looked at it does not yet.")
    of_stage = {
        "connect_per_dial": ngettext("About %(n)s more dial would tell", "About %(n)s more dials would tell", n),
        "deep_talk_per_connect": ngettext(
            "About %(n)s more connect would tell", "About %(n)s more connects would tell", n
        ),
        "opportunity_per_deep_talk": ngettext(
            "About %(n)s more deep talk would tell", "About %(n)s more deep talks would tell", n
        ),
        "deal_per_opportunity": ngettext(
            "About %(n)s more opportunity would tell", "About %(n)s more opportunities would tell", n
        ),
    }
    return of_stage[stage] % {"n": formats.count(n)}


def coaching_words(finding: Finding) -> dict[str, Any]:
    """Return a coaching form filled from a finding: what to do, what will show it, and where it came from."""
    calls = ", ".join(call["id"] for call in finding.evidence.get("calls", ())[:3])
    what = {
        "deep_talk_per_connect": _("Practise the opening: the first half minute, twice each"),
        "opportunity_per_deep_talk": _("Practise asking for needs, and what the product gives for each"),
        "deal_per_opportunity": _("Practise closing: what follows once the price is named"),
        "connect_per_dial": _("Look at when and whom to dial"),
        "dials": _("Agree on blocks of time for dialling, and sit beside the first"),
        "plan": _("Go through the plan together and propose one that can be kept"),
    }.get(finding.stage, "")
    if calls:
        what = _("%(what)s. Before that listen together to %(calls)s") % {"what": what, "calls": calls}
    evidence = _("What was noted on the calls, and one call since in which it went better")
    if not calls:
        evidence = _("What was agreed, and the numbers of the following week")
    return {"what": what, "evidence_asked": evidence, "stage": finding.stage, "finding": finding.pk}
