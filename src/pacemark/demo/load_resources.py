"""Lets the made-up floor be dealt by rule: versions, runs with their evidence, scores, withholding, a pool, a dispute.

Everything goes through the product's services, so that what the pages tell has happened.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.jobs.worker import run_pending
from pacemark.web.organization.clock import local_now
from pacemark.web.organization.models import Rep, Team
from pacemark.web.organization.queries import Member, members_on, organization
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline.holding_models import Holding, PoolEntry
from pacemark.web.pipeline.holding_refusals import HoldingRefused
from pacemark.web.pipeline.lead_services import note_lead
from pacemark.web.pipeline.models import Lead, Segment
from pacemark.web.resources.choices import RunKind, SourcingLevel
from pacemark.web.resources.models import PolicyVersion, Withholding
from pacemark.web.resources.queries.policies import default_content
from pacemark.web.resources.queries.replays import Window
from pacemark.web.resources.queries.runs import ownerless_leads
from pacemark.web.resources.queries.scores import latest_cycle, team_scores
from pacemark.web.resources.services.contests import raise_contest
from pacemark.web.resources.services.ownership import claim_lead, return_lead
from pacemark.web.resources.services.policies import activate, save_draft
from pacemark.web.resources.services.replays import ask_replay
from pacemark.web.resources.services.runs import allocate_leads
from pacemark.web.resources.services.scores import publish_scores
from pacemark.web.resources.services.skills import set_skills
from pacemark.web.resources.services.sourcing import set_self_sourcing
from pacemark.web.resources.services.withholding import apply, propose_by_rule, seen_over, set_rule

GRADES = ["A", "B", "C"]
SKILLS = ("小学", "初中")
UNMET_SKILL = "法语"
MULTIPLIERS = ("1.5", "1.2", "1")
DEAL_AT = time(8, 30)
MANY_REPS = 500
SCORE_DAYS, SCORE_DAYS_OF_MANY = 60, 14
FEWEST_SEEN = 10
SAMPLE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _Floor:
    """Who acts, and when."""

    actor: User
    now: datetime
    members: list[Member]

    @property
    def today(self) -> date:
        return self.now.date()

    def at(self, day: date, clock: time) -> datetime:
        """Return a moment of a day, never later than now."""
        return min(datetime.combine(day, clock, tzinfo=self.now.tzinfo), self.now)


def write_resources() -> int:
    """Deal what nobody has had under two versions and leave a third as a draft; return how many leads were dealt."""
    actor = User.objects.filter(access_role=AccessRole.OPERATIONS).order_by("pk").first()
    if actor is None or PolicyVersion.objects.exists():
        return 0
    now = local_now(organization().time_zone)
    floor = _Floor(actor=actor, now=now, members=members_on(now.date()))
    since, turned = floor.today - timedelta(days=28), floor.today - timedelta(days=6)
    by_day = _prepared(floor)
    _in_force(floor, {**default_content(), "policy": _policy("100/100", "0")}, since)
    _score(floor, turned)
    n_dealt = _deal(floor, {day: ids for day, ids in by_day.items() if day < turned})
    _in_force(floor, _content(floor, floor_leads=0), turned)
    n_dealt += _deal(floor, {day: ids for day, ids in by_day.items() if day >= turned})
    _score(floor, floor.today)
    _draft(floor)
    _withhold(floor)
    _work_the_pool(floor)
    _dispute(floor)
    _promise(floor)
    return n_dealt


def _prepared(floor: _Floor) -> dict[date, list[int]]:
    """Return nobody's leads by the day they came; some ask for what few or none can do."""
    ids = ownerless_leads()
    for place, member in enumerate(floor.members):
        if len(floor.members) < MANY_REPS:
            set_skills(actor=floor.actor, rep_id=member.rep_id, tags=SKILLS if place % 4 else SKILLS[:1])
    fresh = list(Lead.objects.filter(pk__in=ids[-40:]).select_related("segment").order_by("-arrived_at"))
    for place, lead in enumerate(fresh):
        lead.tags = [UNMET_SKILL] if place in {2, 5} else [SKILLS[place % 2]] if place % 3 == 0 else []
        lead.is_blocked = place == 7
        if place == 9 and lead.segment:
            lead.segment, _is_new = Segment.objects.get_or_create(channel=lead.segment.channel, lead_grade="D")
    Lead.objects.bulk_update(fresh, ["tags", "is_blocked", "segment"])
    self_sourced = [member for member in floor.members if member.role != "closer"][-1:]
    for member in self_sourced:
        since = floor.today - timedelta(days=28)
        set_self_sourcing(
            actor=floor.actor, level=SourcingLevel.REP, unit_id=member.rep_id, valid_from=since, is_on=True
        )
        mine = Holding.objects.filter(rep_id=member.rep_id, ended_at__isnull=True)
        Holding.objects.filter(pk__in=list(mine.order_by("-began_at").values_list("pk", flat=True)[:20])).update(
            is_self_sourced=True, began_how="self_sourced"
        )
    by_day: dict[date, list[int]] = defaultdict(list)
    for lead_id, day in Lead.objects.filter(pk__in=ids).order_by("arrived_at", "pk").values_list("pk", "arrived_on"):
        by_day[day or floor.today].append(lead_id)
    return dict(sorted(by_day.items()))


def _policy(base: str, reward: str, **rest: Any) -> dict[str, Any]:
    return {"base": base, "reward": reward, "order": "first_pick", "make_up": 0, "grades": GRADES, **rest}


def _content(floor: _Floor, *, floor_leads: int) -> dict[str, Any]:
    """Return sixty to forty, with more for the teams that rank first."""
    ranked = [row.team_id for row in team_scores(latest_cycle()) if row.team_id]
    others = [pk for pk in Team.objects.order_by("pk").values_list("pk", flat=True) if pk not in ranked]
    teams = [
        {"id": str(pk), "multiplier": MULTIPLIERS[min(place, len(MULTIPLIERS) - 1)], "rank": place + 1}
        for place, pk in enumerate([*ranked, *others])
    ]
    return {
        **default_content(), "policy": _policy("60/100", "40/100", floor=floor_leads), "teams": teams,
        "caps": {"holdings": None, "day": 25, "month": None},
    }  # fmt: skip


def _in_force(floor: _Floor, content: dict[str, Any], day: date) -> PolicyVersion:
    """Draft, replay a day and activate a version; it is active since the morning of a day."""
    version = save_draft(actor=floor.actor, content=content)
    _replay(floor, version, day)
    activate(actor=floor.actor, version_id=version.pk)
    since = floor.at(day, time(7, 0))
    PolicyVersion.objects.filter(policy_id=version.policy_id, state="retired", active_until__gt=since).update(
        active_until=since
    )
    PolicyVersion.objects.filter(pk=version.pk).update(active_from=since)
    return version


def _replay(floor: _Floor, version: PolicyVersion, first: date) -> None:
    last = min(first + timedelta(days=1), floor.today)
    ask_replay(actor=floor.actor, version_id=version.pk, window=Window(first=last, last=last))
    run_pending()


def _draft(floor: _Floor) -> None:
    """Leave the next version as a draft that has been tried on the last days beside the one in force."""
    active = PolicyVersion.objects.get(state="active")
    draft = save_draft(actor=floor.actor, content=_content(floor, floor_leads=2))
    yesterday = floor.today - timedelta(days=1)
    window = Window(first=yesterday - timedelta(days=2), last=yesterday)
    for version in (active, draft):
        ask_replay(actor=floor.actor, version_id=version.pk, window=window)
    run_pending()


def _score(floor: _Floor, day: date) -> None:
    days = SCORE_DAYS if len(floor.members) < MANY_REPS else SCORE_DAYS_OF_MANY
    publish_scores(actor=floor.actor, today=day, days=days)


def _deal(floor: _Floor, by_day: dict[date, list[int]]) -> int:
    """Deal what came overnight and over days off in the morning of the next working day; what came since, now."""
    mornings: dict[date, list[int]] = defaultdict(list)
    for day, ids in by_day.items():
        mornings[_next_working_day(floor, day)].extend(ids)
    for day, ids in sorted(mornings.items()):
        is_now = day > floor.today
        # Before and after the rule turns, leads may wait for the same morning.
        key = f"demo-{min(day, floor.today).isoformat()}-{ids[0]}{'-now' if is_now else ''}"
        kind = RunKind.API if is_now else RunKind.BATCH
        allocate_leads(actor=floor.actor, key=key, kind=kind, lead_ids=ids, at=floor.at(day, DEAL_AT))
    return sum(map(len, mornings.values()))


def _next_working_day(floor: _Floor, day: date) -> date:
    """Return the first day after a day on which half of the floor works."""
    some = floor.members[:SAMPLE]
    worked = Counter(day for days in working_days_of(some, day, day + timedelta(days=14)).values() for day in days)
    return min(after for after, n in worked.items() if after > day and 2 * n >= len(some))


def _withhold(floor: _Floor) -> None:
    """Set the rule's bar so that one or two miss it; one withholding is in force, the other waits for a manager."""
    rule = set_rule(
        actor=floor.actor, is_on=True, is_automatic=False, bar_percent=70, within_hours=24, min_leads=FEWEST_SEEN,
        base_percent=50, reward_percent=0, working_days=3,
    )  # fmt: skip
    employed = {member.rep_id for member in floor.members}
    seen = [one for one in seen_over(rule, floor.today) if one.n >= FEWEST_SEEN and one.rep_id in employed]
    percents = sorted(one.percent for one in seen)
    if len(percents) > 2:
        set_rule(
            actor=floor.actor, is_on=True, is_automatic=False, bar_percent=max(1, int(percents[2])), within_hours=24,
            min_leads=FEWEST_SEEN, base_percent=50, reward_percent=0, working_days=3,
        )  # fmt: skip
    propose_by_rule(actor=None, today=floor.today)
    first = Withholding.objects.order_by("pk").first()
    if first is not None:
        apply(actor=floor.actor, withholding_id=first.pk, today=floor.today)


def _work_the_pool(floor: _Floor) -> None:
    """Let the demo's rep and two team-mates claim, and one return what was claimed."""
    rep = Rep.objects.filter(user__username="rep").first()
    mates = [member.rep_id for member in floor.members if rep and member.rep_id != rep.pk][:2]
    ids = list(PoolEntry.objects.filter(left_at__isnull=True).order_by("-entered_at").values_list("lead_id", flat=True))
    claimants = [*([rep.pk] * 3 if rep else []), *mates]
    for rep_id, lead_id in zip(claimants, ids, strict=False):
        try:
            claim_lead(actor=None, rep_id=rep_id, lead_id=lead_id, at=timezone.now())
        except HoldingRefused:
            continue
    last = Holding.objects.filter(rep_id__in=mates, began_how="claimed", ended_at__isnull=True).first()
    if last is not None:
        return_lead(actor=None, rep_id=last.rep_id, lead_id=last.lead_id, at=timezone.now())


def _dispute(floor: _Floor) -> None:
    """Let one of the manager's team dispute a lead that a team-mate holds and talks with."""
    team = Team.objects.filter(manager__username="manager").first()
    mates = [member.rep_id for member in floor.members if team and member.team_id == team.pk]
    held = Holding.objects.filter(rep_id__in=mates, ended_at__isnull=True, last_activity_on__isnull=False)
    found = held.order_by(F("last_activity_on").desc(), "pk").first()
    others = [rep_id for rep_id in mates if found and rep_id != found.rep_id]
    if found is not None and others:
        reason = "上周活动现场我先接待的，客户留了我的微信。"
        raise_contest(actor=None, rep_id=others[0], lead_id=found.lead_id, reason=reason, at=timezone.now())


def _promise(floor: _Floor) -> None:
    """Let the demo's rep have promised to call some customers again."""
    notes = ("等孩子期中考试成绩", "和爱人商量后回复", "要初二数学的试听课", "下午不方便，约晚上")
    held = Holding.objects.filter(rep__user__username="rep", ended_at__isnull=True, last_activity_on__isnull=False)
    ids = list(held.order_by("-last_activity_on", "pk").values_list("lead_id", flat=True)[: len(notes)])
    for place, lead_id in enumerate(ids):
        moment = floor.now.replace(minute=30, second=0, microsecond=0) + timedelta(hours=place * 9 - 2)
        note_lead(actor=None, lead_id=lead_id, next_contact_at=moment, note=notes[place])
