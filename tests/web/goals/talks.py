"""Talks about plans for tests: a rep and their manager with a plan for March 2024, and short ways of saying things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pacemark.engine.periods import sales_month
from pacemark.web.accounts.models import User
from pacemark.web.goals.models import Agreement
from pacemark.web.goals.queries.agreements import AgreementView, states_of
from pacemark.web.goals.services import agreements
from pacemark.web.goals.services.agreements import Seen
from pacemark.web.goals.services.plans import plan_period
from pacemark.web.goals.services.revisions import revise
from tests.support.people import People

MARCH = sales_month("2024-03")
FIRST = date(2024, 3, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The rep's talk about March; each act is taken by who usually takes it, seeing how things stand."""

    people: People

    @property
    def rep_id(self) -> int:
        """Return the rep's id."""
        return self.people.rep_row.pk

    @property
    def state(self) -> AgreementView:
        """Return where it stands."""
        return states_of(FIRST, {self.rep_id})[self.rep_id]

    def seen(self, steps_ago: int = 0) -> Seen:
        """Return what a page shows now, or showed some steps ago."""
        n_steps = Agreement.objects.get(rep_id=self.rep_id, period_start=FIRST).n_steps
        return Seen(rep_id=self.rep_id, period_start=FIRST, n_steps=n_steps - steps_ago)

    def propose(self, actor: User | None = None, confidence: str = "0.5") -> int:
        """Propose the plan of now."""
        return agreements.propose(
            actor=actor or self.people.manager, period_start=FIRST, rep_ids=[self.rep_id], confidence=confidence
        )

    def agree(self, seen: Seen | None = None) -> None:
        """Agree as the rep."""
        agreements.agree(actor=self.people.rep, seen=seen or self.seen())

    def ask(self, reason: str = "太高了", wished_minor: int | None = None, seen: Seen | None = None) -> None:
        """Ask as the rep."""
        agreements.ask(actor=self.people.rep, seen=seen or self.seen(), reason=reason, wished_minor=wished_minor)

    def revise(
        self, amount_minor: int | None, reason: str = "按请假算", seen: Seen | None = None, actor: User | None = None
    ) -> None:
        """Revise as the manager, or as somebody else who leads."""
        seen = seen or self.seen()
        who = actor or self.people.manager
        revise(actor=who, seen=seen, period=MARCH, amount_minor=amount_minor, reason=reason)

    def withdraw(self, reason: str = "先放一放") -> None:
        """Withdraw as the manager."""
        agreements.withdraw(actor=self.people.manager, seen=self.seen(), reason=reason)


def planned_talk(people: People) -> Talk:
    """Plan March for everyone and return the rep's talk, which has not begun."""
    plan_period(actor=None, period=MARCH, as_of=FIRST)
    return Talk(people=people)
