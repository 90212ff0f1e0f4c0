"""Who has agreed and who has not: lists for whoever leads, and what waits for a rep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from django.db.models import Case, CharField, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from pacemark.web.goals.choices import AgreementState
from pacemark.web.goals.models import Agreement, AgreementVersion, RepPlan

NONE = "none"
OPEN = "open"
FILTERS = ("", OPEN, NONE, *AgreementState.values)
# Plans that carry ``talk_state``; the checker does not know annotations.
Listed: TypeAlias = QuerySet[Any]
# whoever waits for an answer comes first
ORDER = (AgreementState.ASKED, AgreementState.PROPOSED, NONE, AgreementState.WITHDRAWN, AgreementState.AGREED)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementCounts:
    """How many of the people with a plan stand where; ``by_state`` has every state and ``none``."""

    by_state: Mapping[str, int]

    @property
    def n_people(self) -> int:
        """Return how many there are."""
        return sum(self.by_state.values())

    @property
    def n_agreed(self) -> int:
        """Return how many have agreed."""
        return self.by_state[AgreementState.AGREED]

    @property
    def n_open(self) -> int:
        """Return how many have not agreed."""
        return self.n_people - self.n_agreed

    @property
    def n_to_propose(self) -> int:
        """Return how many have nothing before them."""
        return self.by_state[NONE] + self.by_state[AgreementState.WITHDRAWN]


def with_talk(plans: QuerySet[RepPlan], period_start: date) -> Listed:
    """Add ``talk_state`` to plans: a state, or ``none``."""
    talks = Agreement.objects.filter(rep=OuterRef("rep"), period_start=period_start, n_steps__gt=0)
    state = Coalesce(Subquery(talks.values("state")[:1]), Value(NONE), output_field=CharField())
    return plans.annotate(talk_state=state)


def in_state(plans: Listed, state: str) -> Listed:
    """Keep the plans of those whose talk stands so; ``open`` keeps whoever has not agreed, an empty word keeps all."""
    if state == OPEN:
        return plans.exclude(talk_state=AgreementState.AGREED)
    return plans.filter(talk_state=state) if state in FILTERS and state else plans


def waiting_first(plans: Listed) -> Listed:
    """Order plans by who has to be answered, then by name."""
    whens = [When(talk_state=state, then=Value(place)) for place, state in enumerate(ORDER)]
    return plans.order_by(Case(*whens, default=Value(len(ORDER)), output_field=IntegerField()), "rep__name", "rep_id")


def counts_of(plans: Listed) -> AgreementCounts:
    """Count plans by where their talks stand, in one query."""
    found = dict(plans.order_by().values_list("talk_state").annotate(n=Count("pk")))
    return AgreementCounts(by_state={state: found.get(state, 0) for state in ORDER})


def to_propose(plans: Listed) -> list[int]:
    """Return the reps who have nothing before them."""
    waiting = plans.filter(talk_state__in=(NONE, AgreementState.WITHDRAWN))
    return list(waiting.order_by("rep_id").values_list("rep_id", flat=True))


def waiting_for(rep_id: int, today: date) -> list[AgreementVersion]:
    """Return what is proposed to a rep and waits for an answer, in months that are not over, the earliest first."""
    versions = (
        AgreementVersion.objects.filter(
            agreement__rep_id=rep_id, agreement__state=AgreementState.PROPOSED, plan__period_end__gte=today
        )
        .select_related("agreement", "plan", "proposed_by")
        .order_by("agreement__period_start", "version")
    )
    return list({version.agreement_id: version for version in versions}.values())
