"""What waits for a rep's answer, as Today shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from pacemark.engine.periods import Period, sales_month_of
from pacemark.web.goals.models import AgreementVersion
from pacemark.web.goals.pages.words import confidence_words, main_stage
from pacemark.web.goals.queries.agreement_lists import waiting_for
from pacemark.web.goals.talk_forms import AskForm
from pacemark.web.ui import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlan:
    """A plan that is before its rep."""

    rep_id: int
    period: Period
    target_minor: int
    currency: str
    sentence: str
    n_steps: int
    reminded_at: datetime | None
    form: AskForm


def waiting_plans(rep_id: int, today: date, start_day: int) -> list[WaitingPlan]:
    """Return what a rep has to answer, the earliest month first."""
    return [_waiting(version, start_day) for version in waiting_for(rep_id, today)]


def _waiting(version: AgreementVersion, start_day: int) -> WaitingPlan:
    agreement, content = version.agreement, version.plan.content
    return WaitingPlan(
        rep_id=agreement.rep_id,
        period=sales_month_of(agreement.period_start, start_day),
        target_minor=version.target_minor,
        currency=content["currency"],
        sentence=_sentence(version),
        n_steps=agreement.n_steps,
        reminded_at=agreement.reminded_at,
        form=AskForm(initial={"seen": agreement.n_steps}),
    )


def _sentence(version: AgreementVersion) -> str:
    content, words = version.plan.content, confidence_words()[version.confidence]
    plan, stage = content["plans"][version.confidence], main_stage(content)
    found = plan["per_day" if stage == "dials" else "per_week"].get(stage)
    number = formats.DASH if found is None else formats.count(found["rounded"])
    told = (
        _("%(confidence)s, %(n)s dials a day.")
        if stage == "dials"
        else _("%(confidence)s, %(n)s opportunities a week.")
    )
    return told % {"confidence": words, "n": number}
