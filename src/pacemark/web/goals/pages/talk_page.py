"""The talk about a plan as its two sides see it: where it stands, what was said, what each may do now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django import forms
from django.utils.translation import gettext as _

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.goals.bridge.planning import minor_units_of
from pacemark.web.goals.choices import AgreementState, Confidence, StepKind
from pacemark.web.goals.models import AgreementStep, RepPlan
from pacemark.web.goals.pages.differences import Difference, differences
from pacemark.web.goals.queries.agreements import AgreementView
from pacemark.web.goals.talk_forms import AskForm, ProposeForm, ReviseForm, WithdrawForm
from pacemark.web.ui.components import Tone

SHOWN_STEPS = 4
TONES: Mapping[str, Tone] = {
    AgreementState.PROPOSED: "warn",
    AgreementState.ASKED: "warn",
    AgreementState.AGREED: "ok",
    AgreementState.WITHDRAWN: "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """One step in words, with what the version it made changed."""

    at: datetime
    who: str
    kind: str
    version: int
    target_minor: int
    reason: str
    wished_minor: int | None
    makes_version: bool
    plan_version: int
    changes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkPage:
    """Everything the talk shows. ``forms`` holds what this person may do now, by name."""

    rep_id: int
    rep_name: str
    period_label: str
    currency: str
    is_own: bool
    state: AgreementView | None
    label: str
    tone: Tone
    confidence: str
    confidence_word: str
    said: tuple[SaidLine, ...]
    since: tuple[Difference, ...]
    since_version: int
    may_agree: bool
    forms: Mapping[str, forms.Form]

    @property
    def recent(self) -> tuple[SaidLine, ...]:
        """Return the last steps, for the strip."""
        return self.said[-SHOWN_STEPS:]

    @property
    def waits_for_me(self) -> bool:
        """Tell whether this person has to answer."""
        if self.state is None:
            return False
        asked = self.state.state == AgreementState.ASKED and "revise" in self.forms
        return self.may_agree or asked

    @property
    def last(self) -> SaidLine | None:
        """Return what was said last."""
        return self.said[-1] if self.said else None


def talk_page(
    *, user: User, plan: RepPlan, current: RepPlan | None, state: AgreementView | None, said: Sequence[AgreementStep],
    bound: Mapping[str, forms.Form],
) -> TalkPage:  # fmt: skip
    """Return the talk for one side. ``plan`` is on the page, ``current`` the newest; ``bound`` is what was typed."""
    is_own = plan.rep.user_id == user.pk
    leads = user.access_role != AccessRole.REP and not is_own
    confidence = state.confidence if state else "0.5"
    is_newer = current is not None and current.pk != plan.pk and state is not None
    return TalkPage(
        rep_id=plan.rep_id,
        rep_name=plan.rep.name,
        period_label=plan.content["period"],
        currency=plan.content["currency"],
        is_own=is_own,
        state=state,
        label=str(state.state.label) if state else _("Not proposed yet"),
        tone=TONES[state.state] if state else "",
        confidence=confidence,
        confidence_word=str(Confidence(confidence).label),
        said=tuple(_lines(said)),
        since=differences(plan.content, current.content, confidence) if is_newer and current else (),
        since_version=current.version if current else 0,
        may_agree=is_own and state is not None and state.state == AgreementState.PROPOSED,
        forms={**_forms(plan, state, is_own=is_own, leads=leads), **bound},
    )


def _lines(said: Sequence[AgreementStep]) -> list[SaidLine]:
    lines, before = [], None
    for step in said:
        made = before is None or step.version_id != before.pk
        changes: tuple[Difference, ...] = ()
        if made and before is not None:
            changes = differences(before.plan.content, step.version.plan.content, step.version.confidence)
        lines.append(_line(step, made=made, changes=changes))
        before = step.version
    return lines


def _line(step: AgreementStep, *, made: bool, changes: tuple[Difference, ...]) -> SaidLine:
    return SaidLine(
        at=step.at,
        who=_who(step),
        kind=str(StepKind(step.kind).label),
        version=step.version.version,
        target_minor=step.version.target_minor,
        reason=step.reason,
        wished_minor=step.wished_minor,
        makes_version=made,
        plan_version=step.version.plan.version,
        changes=changes,
    )


def _who(step: AgreementStep) -> str:
    """Return a name: an account may be gone, but who asks and agrees is always the rep."""
    if step.by is not None:
        return str(step.by)
    return step.agreement.rep.name if step.kind in {StepKind.ASK, StepKind.AGREE} else _("The system")


def _forms(plan: RepPlan, state: AgreementView | None, *, is_own: bool, leads: bool) -> dict[str, forms.Form]:
    if state is None or state.state == AgreementState.WITHDRAWN:
        return {"propose": ProposeForm()} if leads else {}
    seen = {"seen": state.n_steps}
    if is_own:
        return {"ask": AskForm(initial=seen)} if state.state != AgreementState.ASKED else {}
    if not leads:
        return {}
    minor = state.wished_minor if state.wished_minor is not None else state.target_minor
    amount = _major(minor, plan.content["currency"])
    return {"revise": ReviseForm(initial={**seen, "amount": amount}), "withdraw": WithdrawForm(initial=seen)}


def _major(minor: int, currency: str) -> Decimal:
    amount = Decimal(minor) / minor_units_of(currency)
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount
