"""The page of agreements: who has agreed, who has not, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.models import RepPlan
from pacemark.web.goals.pages.talk_page import TONES
from pacemark.web.goals.pages.words import main_stage
from pacemark.web.goals.queries.agreement_lists import NONE, OPEN, AgreementCounts
from pacemark.web.goals.queries.agreements import AgreementView
from pacemark.web.ui import formats
from pacemark.web.ui.components import Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """One person of the list."""

    plan: RepPlan
    team: str
    state: AgreementView | None
    label: str
    tone: Tone
    daily: str
    can_be_proposed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChoice:
    """One filter with how many it holds."""

    key: str
    label: str
    count: int
    is_current: bool


def rows_of(plans: Iterable[RepPlan], states: Mapping[int, AgreementView]) -> tuple[AgreementRow, ...]:
    """Return the list's rows; the numbers are those of the plan that is talked about, else of the plan of now."""
    return tuple(_row(plan, states.get(plan.rep_id)) for plan in plans)


def _row(plan: RepPlan, state: AgreementView | None) -> AgreementRow:
    confidence = state.confidence if state else "0.5"
    stage = main_stage(plan.content)
    found = plan.content["plans"][confidence]["per_day" if stage == "dials" else "per_week"].get(stage)
    return AgreementRow(
        plan=plan,
        team=plan.content["team"],
        state=state,
        label=str(state.state.label) if state else _("Not proposed yet"),
        tone=TONES[state.state] if state else "",
        daily=formats.DASH if found is None else formats.count(found["rounded"]),
        can_be_proposed=state is None or state.state == AgreementState.WITHDRAWN,
    )


def choices_of(counts: AgreementCounts, chosen: str) -> tuple[StateChoice, ...]:
    """Return the filters: all, not agreed, and each state."""
    words = {
        "": (_("All"), counts.n_people),
        OPEN: (_("Not agreed"), counts.n_open),
        NONE: (_("Not proposed yet"), counts.by_state[NONE]),
        **{str(state.value): (str(state.label), counts.by_state[state]) for state in AgreementState},
    }
    return tuple(
        StateChoice(key=key, label=label, count=count, is_current=key == chosen)
        for key, (label, count) in words.items()
    )
