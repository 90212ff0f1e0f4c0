"""What is worth a card, and whether it still is: every number comes from the records of this moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from pacemark.engine.periods import sales_month_of
from pacemark.web.accounts.models import User
from pacemark.web.goals.choices import Tier
from pacemark.web.organization.choices import Role
from pacemark.web.organization.queries import members_on, organization, rep_of
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline.queries import days_of_reps, rep_day_totals
from pacemark.web.process.bridge.gaps import streaks_of
from pacemark.web.process.queries.watched import tolerance
from pacemark.web.results.bridge.attained import PersonLine
from pacemark.web.results.choices import CelebrationKind
from pacemark.web.results.models import Celebration, CelebrationConsent
from pacemark.web.results.queries.asked import plain_days
from pacemark.web.results.queries.attainment import Sight, attained
from pacemark.web.results.queries.money import takings
from pacemark.web.results.queries.spans import Span, month_span, quarter_around

STREAK_DAYS = 92
LEAST_PEOPLE, LEAST_TEAMS = 3, 2
EVERYTHING = Sight(rep_ids=None, team_ids=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One moment with its numbers. ``days``: of the streak that ended, or working days still left; ``key`` names it."""

    kind: CelebrationKind
    key: str
    day: date
    name: str
    place: str
    rep_id: int | None = None
    team_id: int | None = None
    label: str = ""
    first_day: date | None = None
    tier: str = ""
    net_minor: int = 0
    target_minor: int = 0
    deals: int = 0
    opportunities: int = 0
    days: int = 0
    n_teams: int = 0


def truths_on(day: date) -> list[Truth]:
    """Return everything worth a card on a day."""
    return [*_first_deals(day, None), *_targets(day, EVERYTHING), *_tiers(day, EVERYTHING), *_team_of_week(day)]


def truth_of(celebration: Celebration) -> Truth | None:
    """Return what is true of a card now: with today's numbers, or nothing where the records no longer bear it out."""
    return truths_of([celebration]).get(celebration.key)


def truths_of(celebrations: Iterable[Celebration]) -> dict[str, Truth]:
    """Return what is true now by the cards' keys; cards of one kind and day are looked at together."""
    groups: dict[tuple[str, date], dict[str, int]] = {}
    for one in celebrations:
        groups.setdefault((one.kind, one.day), {})[one.key] = one.rep_id or 0
    found: dict[str, Truth] = {}
    for (kind, day), reps in groups.items():
        found |= {truth.key: truth for truth in _truths(kind, day, frozenset(reps.values())) if truth.key in reps}
    return found


def _truths(kind: str, day: date, rep_ids: frozenset[int]) -> list[Truth]:
    if kind == CelebrationKind.TEAM_OF_WEEK:
        return _team_of_week(day)
    if kind == CelebrationKind.FIRST_DEAL:
        return _first_deals(day, rep_ids)
    sight = Sight(rep_ids=rep_ids, team_ids=frozenset())
    return _targets(day, sight) if kind == CelebrationKind.TARGET else _tiers(day, sight)


def _first_deals(day: date, rep_ids: frozenset[int] | None) -> list[Truth]:
    members = [one for one in members_on(day, rep_ids) if one.role != Role.SETTER]
    first, least = day - timedelta(days=STREAK_DAYS), tolerance().streak_days
    rows = {(row.rep_id, row.business_date): row for row in days_of_reps(first, day, [one.rep_id for one in members])}
    deals: dict[int, dict[date, int]] = {one.rep_id: {} for one in members}
    for (rep_id, at), row in rows.items():
        deals[rep_id][at] = row.deals
    works = working_days_of(members, first, day)
    found = streaks_of(
        [deals[one.rep_id] for one in members], [frozenset(works[one.rep_id]) for one in members], first, day
    )
    return [
        Truth(
            kind=CelebrationKind.FIRST_DEAL, key=f"first_deal:{one.rep_id}:{day.isoformat()}", day=day,
            name=one.name, place=one.team_name, rep_id=one.rep_id, team_id=one.team_id or None,
            net_minor=rows[one.rep_id, day].net_revenue_minor, deals=rows[one.rep_id, day].deals, days=streak.ended,
        )
        for one, streak in zip(members, found, strict=True)
        if streak.ended >= least
    ]  # fmt: skip


def _targets(day: date, sight: Sight) -> list[Truth]:
    span = _month_of(day)
    lines = [
        line
        for line in attained(span, sight).people
        if line.target_minor and line.target_minor > 0 and line.net_minor >= line.target_minor
    ]
    left = len([one for one in plain_days(span.first, span.last) if one > day])
    return _of_lines(CelebrationKind.TARGET, lines, span, day, left)


def _tiers(day: date, sight: Sight) -> list[Truth]:
    span = quarter_around(day)
    left = len([one for one in plain_days(span.first, span.last) if one > day])
    reached = [line for line in attained(span, sight).people if line.tier]
    rungs = list(Tier.values)
    return [
        truth
        for rung, tier in enumerate(rungs)
        # A card of a lower rung stays true once a higher is reached.
        for truth in _of_lines(
            CelebrationKind.TIER, [line for line in reached if rungs.index(line.tier) >= rung], span, day, left, tier
        )
    ]


def _of_lines(
    kind: CelebrationKind, lines: Sequence[PersonLine], span: Span, day: date, left: int, tier: str = ""
) -> list[Truth]:
    named = [line for line in lines if line.name]
    totals = {row.rep_id: row for row in rep_day_totals(span.first, span.last, [line.rep_id for line in named])}
    return [
        Truth(
            kind=kind, key=":".join(filter(None, (kind.value, str(line.rep_id), span.label, tier))), day=day,
            name=line.name, place=line.team_name, rep_id=line.rep_id, team_id=line.team_id, label=span.label,
            first_day=span.first, tier=tier, net_minor=line.net_minor, target_minor=line.target_minor or 0, days=left,
            deals=totals[line.rep_id].deals if line.rep_id in totals else 0,
            opportunities=totals[line.rep_id].opportunities if line.rep_id in totals else 0,
        )
        for line in named
    ]  # fmt: skip


def _team_of_week(day: date) -> list[Truth]:
    """Return the team that brought most of what was due from it in the week before, where it brought all of it."""
    monday = day - timedelta(days=day.weekday() + 7)
    sunday = monday + timedelta(days=6)
    net: Counter[int | None] = Counter()
    for part in takings(monday, sunday).placed:
        net[part.team_id] += part.net_minor
    due: Counter[int] = Counter()
    names: dict[int, str] = {}
    for span in {_month_of(one).first: _month_of(one) for one in (monday, sunday)}.values():
        inside = len(plain_days(max(monday, span.first), min(sunday, span.last)))
        whole = len(plain_days(span.first, span.last))
        for line in attained(span, EVERYTHING).teams:
            if line.unit_id and line.n_people >= LEAST_PEOPLE and line.target_minor and whole:
                due[line.unit_id] += line.target_minor * inside // whole
                names[line.unit_id] = line.name
    shares = sorted(((net[team] / amount, net[team], team) for team, amount in due.items() if amount > 0), reverse=True)
    if len(shares) < LEAST_TEAMS or shares[0][0] < 1:
        return []
    _share, money, team = shares[0]
    return [
        Truth(
            kind=CelebrationKind.TEAM_OF_WEEK, key=f"team_of_week:{monday.isoformat()}:{team}", day=day,
            name=names[team], place="", team_id=team, label=monday.isoformat(), first_day=monday, net_minor=money,
            target_minor=due[team], n_teams=len(shares),
        )
    ]  # fmt: skip


def _month_of(day: date) -> Span:
    return month_span(sales_month_of(day, organization().sales_month_start_day).label)


def consenting(rep_ids: Collection[int] | None = None) -> frozenset[int]:
    """Return who lets their name stand on cards; whoever was not asked yet has not."""
    rows = CelebrationConsent.objects.filter(is_given=True)
    if rep_ids is not None:
        rows = rows.filter(rep_id__in=rep_ids)
    return frozenset(rows.values_list("rep_id", flat=True))


def consent_of(rep_id: int) -> bool | None:
    """Return what a rep said about their name on cards; None where they were not asked yet."""
    return CelebrationConsent.objects.filter(rep_id=rep_id).values_list("is_given", flat=True).first()


def cards_in(sight: Sight, user: User) -> QuerySet[Celebration]:
    """Return the cards that a person may look at: one's own, and those in sight whose person allows it."""
    own = rep_of(user)
    allowed = Q(rep__isnull=True) | Q(rep_id__in=consenting())
    rows = Celebration.objects.select_related("rep", "team").order_by("-day", "-pk")
    if sight.team_ids is None:
        seen = Q()
    else:
        seen = Q(rep_id__in=sight.rep_ids or ()) | Q(rep__isnull=True, team_id__in=sight.team_ids)
    return rows.filter((seen & allowed) | Q(rep_id=own.pk if own else None, rep__isnull=False))


def n_unasked(sight: Sight, since: date) -> int:
    """Return how many cards since a day wait for their person's word."""
    rows = Celebration.objects.filter(rep__isnull=False, day__gte=since, rep__celebration_consent__isnull=True)
    return (rows if sight.rep_ids is None else rows.filter(rep_id__in=sight.rep_ids)).count()
