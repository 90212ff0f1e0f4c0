"""What the Resources page shows: inflow, who waits and why, and everyone's account."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db.models import Count

from pacemark.web.organization.queries import members_on
from pacemark.web.pipeline.holding_models import Holding
from pacemark.web.pipeline.models import Lead, Segment
from pacemark.web.resources.models import PolicyVersion, RepAccount, WaitingLead

MAX_WAITING = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One rep's account over all lead grades."""

    rep_id: int
    name: str
    team_name: str
    entitled: float
    received: int

    @property
    def balance(self) -> float:
        """Received minus entitled, in leads: above zero got ahead."""
        return self.received - self.entitled

    @property
    def dot_x(self) -> int:
        """Where the balance lies on a line of 150 from one lead too few to one too many."""
        return round(75 + 75 * max(-1.0, min(1.0, self.balance)))

    @property
    def bar_x(self) -> int:
        """Where the bar from the middle to the dot begins."""
        return min(75, self.dot_x)

    @property
    def bar_width(self) -> int:
        """How long that bar is."""
        return abs(self.dot_x - 75)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGroup:
    """Leads that wait for the same reasons."""

    n_leads: int
    since: datetime
    codes: tuple[tuple[str, int], ...]
    lead_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inflow:
    """One day's leads by grade: arrived, and given."""

    n_arrived: int
    n_given: int
    grades: tuple[tuple[str, int], ...]


def inflow_of(day: date) -> Inflow:
    """Return a day's inflow."""
    rows = Lead.objects.filter(arrived_on=day, duplicate_of__isnull=True).values_list("segment_id")
    names, by_grade = dict(Segment.objects.values_list("pk", "lead_grade")), Counter[str]()
    for segment_id, n in rows.annotate(n=Count("pk")).order_by():
        by_grade[names.get(segment_id or 0, "")] += n
    grades = tuple(sorted(by_grade.items()))
    given = Holding.objects.filter(began_on=day, began_how="assigned", is_self_sourced=False).count()
    return Inflow(n_arrived=sum(n for _grade, n in grades), n_given=given, grades=grades)


def waiting_groups() -> tuple[WaitingGroup, ...]:
    """Return who waits, by the same reasons, the longest first."""
    groups: dict[tuple[tuple[str, int], ...], list[tuple[datetime, int]]] = defaultdict(list)
    rows = WaitingLead.objects.order_by("since", "pk").values_list("lead_id", "since", "reasons")[:MAX_WAITING]
    for lead_id, since, reasons in rows:
        groups[_codes(reasons)].append((since, lead_id))
    found = [
        WaitingGroup(n_leads=len(leads), since=leads[0][0], codes=codes, lead_id=leads[0][1])
        for codes, leads in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: group.since))


def _codes(reasons: dict[str, dict[str, object]]) -> tuple[tuple[str, int], ...]:
    together = reasons.get("*")
    if together is not None:
        numbers = together.get("reps")
        counted = numbers if isinstance(numbers, dict) else {str(together.get("code", "")): 0}
        return tuple(sorted((str(code), int(n)) for code, n in counted.items()))
    return tuple(sorted(Counter(str(one.get("code", "")) for one in reasons.values()).items()))


def accounts_of(version: PolicyVersion | None, day: date, rep_ids: frozenset[int] | None) -> list[AccountRow]:
    """Return the accounts of reps in sight, over all grades, by team and name."""
    if version is None:
        return []
    sums: dict[int, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    rows = RepAccount.objects.filter(policy_id=version.policy_id)
    for rep, entitled, received in rows.values_list("rep_id", "entitled", "received"):
        sums[rep][0] += Fraction(entitled)
        sums[rep][1] += received
    return [
        AccountRow(
            rep_id=member.rep_id, name=member.name, team_name=member.team_name,
            entitled=float(sums[member.rep_id][0]), received=int(sums[member.rep_id][1]),
        )
        for member in members_on(day, rep_ids)
        if member.rep_id in sums
    ]  # fmt: skip
