"""Lets the made-up managers put down and close coaching through the product's services; one closes all at the desk."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from pacemark.demo.load_people import Written
from pacemark.demo.tables import CoachingActions, CoachingOutcome
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from pacemark.web.organization.models import Team
from pacemark.web.process.services.coaching import Planned, close_coaching, excuse_coaching, plan_coaching

EPOCH = date(1970, 1, 1)
# The rate looks back four weeks; two more leave something to compare with.
SHOWN_DAYS = 42
TOPICS = ("听两通录音再演练开场", "需求三问，一起拨三通", "关单演练：报价之后怎么接", "跟进节奏：过一遍手上的商机")
EVIDENCE = ("一起听完，点评记在录音上。", "演练两遍，第二遍能接住异议。", "陪拨三通，问全了三问。")
EXCUSE = "本人请假，顺延到下周。"


def write_coaching(actions: CoachingActions, people: Written, now: datetime) -> int:
    """Write what was put down in the last weeks and what became of it; return how many actions there are."""
    since = (now.date() - EPOCH).days - SHOWN_DAYS
    teams = {team.pk: team for team in Team.objects.select_related("manager", "region__director")}
    places = [place for place in range(len(actions.rep)) if actions.opened_day[place] >= since]
    for place in places:
        _write(actions, place, int(people.rep_id[actions.rep[place]]), teams[int(people.team_id[actions.team[place]])])
    return len(places)


def _write(actions: CoachingActions, place: int, rep_id: int, team: Team) -> None:
    if (manager := team.manager) is None:
        return
    opened = EPOCH + timedelta(days=int(actions.opened_day[place]))
    planned = Planned(
        rep_id=rep_id, what=TOPICS[place % len(TOPICS)], due_on=EPOCH + timedelta(days=int(actions.due_day[place]))
    )
    at = datetime.combine(opened, time(1), tzinfo=UTC)
    action = plan_coaching(actor=manager, owner=manager, planned=planned, at=at)
    if actions.outcome[place] == CoachingOutcome.EXCUSED:
        excuse_coaching(actor=_above(team), action_id=action.pk, reason=EXCUSE)
    elif actions.closed_at[place]:
        evidence = EVIDENCE[place % len(EVIDENCE)] if actions.has_evidence[place] else ""
        closed = datetime.fromtimestamp(int(actions.closed_at[place]), UTC)
        close_coaching(actor=manager, action_id=action.pk, evidence=evidence, at=closed)


def _above(team: Team) -> User:
    above = team.region.director if team.region else None
    return above or User.objects.filter(access_role=AccessRole.OPERATIONS)[0]
