"""Resources for programs: everything that the room's pages show, of whom the caller may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal

from django.db.models import F
from django.forms.models import model_to_dict
from django.http import Http404
from ninja import Query, Router

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders
from pacemark.web.api.listing import Paged, answers, list_of, listed, listed_rows, today_here, visible_to
from pacemark.web.api.shapes import Told, columns_of, shape_of
from pacemark.web.organization.queries import teams_visible_to
from pacemark.web.pipeline.holding_models import Holding, Pool, RecycleRule
from pacemark.web.pipeline.queries.holdings import running_out, standing_rule
from pacemark.web.pipeline.queries.lead_pages import find_leads
from pacemark.web.resources.choices import ContestState
from pacemark.web.resources.models import Contest, PolicyVersion, Replay, Score, Withholding, WithholdingRule
from pacemark.web.resources.queries.contests import contest_in_sight, contests_shown, evidence_of
from pacemark.web.resources.queries.fairness_page import (
    AccountRow,
    Inflow,
    WaitingGroup,
    accounts_of,
    inflow_of,
    waiting_groups,
)
from pacemark.web.resources.queries.lead_page import Line, card_of
from pacemark.web.resources.queries.people_page import people_rows
from pacemark.web.resources.queries.policies import active_version, versions
from pacemark.web.resources.queries.pool_page import pool_page
from pacemark.web.resources.queries.replays import replays_of
from pacemark.web.resources.queries.room import FairnessView, SourceRow, fairness_of, sources_of
from pacemark.web.resources.queries.scores import (
    latest_cycle,
    scores_of,
    standing_withholding_rule,
    team_scores,
    withholdings_shown,
)
from pacemark.web.ui.masking import customer_name

router = Router(tags=["resources"])
Row = Mapping[str, Any]
SOON = 3
HELD = ("lead_id", "rep_id", "began_on", "began_how", "due_on", "last_activity_on", "is_locked", "is_self_sourced")


_CONTEST = ("pk", "lead", "raised_by", "against", "reason", "raised_at", "state", "decided_by", "decided_at", "verdict")


class ProofTold(Told):
    """One record about a disputed lead; ``by`` is who of the two it is of, null: nobody's."""

    at: datetime
    kind: str
    what: str
    by: Literal["raised_by", "against", "other"] | None


class PartTold(Told):
    """One metric of a score: done, expected of the same leads, and the points that the shrunk ratio brings."""

    actual: float
    n: int
    expected: float
    ratio: float
    strength: float
    weight: float
    points: float


class TriggerTold(Told):
    """What was seen, and the bar it lies under."""

    metric: str
    value: float
    bar: float
    n: int
    hours: int


class DayTold(Told):
    """One day: what came, who waits and why, and how fair it has been. A name is told where everybody is in sight."""

    inflow: Inflow
    waiting: list[WaitingGroup]
    fairness: shape_of(FairnessView, worst_name=str | None)  # type: ignore[valid-type]


class PersonTold(Told):
    """One rep as the rule meets them."""

    rep_id: int
    team_id: int | None
    tags: list[str]
    is_self_sourcing: bool
    is_away: bool
    held: int


class LeadTold(Told):
    """One lead, with the name as the reader may read it."""

    lead: int
    name: str
    owner: int | None
    grade: str
    source: str
    arrived_on: date | None
    next_contact_at: datetime | None
    note: str


SCORE = columns_of(Score, "rep_id", "team_id", "value", "place", parts=dict[str, PartTold])
WITHHOLDING = columns_of(Withholding, trigger=TriggerTold)
CLOCK = columns_of(Holding, *HELD[:2], "due_on", "is_locked", name="Clock")
VERSION = columns_of(PolicyVersion, "pk", "version", "state", "content", "active_from", "active_until")
REPLAYED = ("first_day", "last_day", "state", "n_done", "n_all", "summary")
REPLAY = columns_of(Replay, "pk", *REPLAYED)
ContestRow = columns_of(Contest, *_CONTEST, name="ContestRow")
ContestTold = columns_of(Contest, *_CONTEST, name="ContestTold", may_decide=bool, evidence=list[ProofTold])
RuleTold = columns_of(RecycleRule, rule=Literal["recycle"]) | columns_of(WithholdingRule, rule=Literal["withholding"])


class Sought(Paged):
    """What to look for: last four digits, a name, an id."""

    q: str = ""


def _today() -> str:
    return today_here().isoformat()


def _get(path: str, name: str, row: Any, summary: str) -> Callable[[Any], Any]:
    return router.get(
        path, response=answers(list_of(row)), operation_id=f"resources_{name}", url_name=f"resources_{name}",
        summary=summary,
    )  # fmt: skip


@_get("/accounts", "accounts", shape_of(AccountRow, "balance"), "What each is owed and has received")
def accounts(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the accounts over all lead grades; ``balance`` is received minus entitled."""
    return listed(_today(), asked, accounts_of(active_version(), today_here(), visible_to(request)))


@_get("/day", "day", DayTold, "The day's leads, who waits and why, and how fair it has been")
def day(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return one row for the day: inflow, waiting groups with their coded reasons, and fairness over everybody."""
    only_leaders(request)
    version = active_version()
    fairness = asdict(fairness_of(accounts_of(version, today_here(), None), version))
    if visible_to(request) is not None:
        fairness["worst_name"] = None
    row = {"inflow": inflow_of(today_here()), "waiting": waiting_groups(), "fairness": fairness}
    return listed(_today(), asked, [row])


@_get("/scores", "scores", SCORE, "Scores with their parts")
def scores(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the scores published last: of people in sight and, to leaders, of teams."""
    cycle = latest_cycle()
    found = [] if request.user.access_role == AccessRole.REP else team_scores(cycle)
    rows = [*found, *scores_of(cycle, visible_to(request))]
    return listed(f"{cycle.first_day} – {cycle.last_day}" if cycle else "", asked, rows)


@_get("/sources", "sources", shape_of(SourceRow, "conversion", "per_lead_minor"), "What leads bring by source")
def sources(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the last ninety days' leads by source: opportunities, deals, revenue in minor units, rates per lead."""
    only_leaders(request)
    return listed(_today(), asked, sources_of(today_here()))


@_get("/withholdings", "withholdings", WITHHOLDING, "What is withheld, until when and why")
def withholdings(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return what is proposed, in force or lately over, with trigger, end and appeal."""
    return listed(_today(), asked, withholdings_shown(visible_to(request), today_here()))


@_get("/contests", "contests", ContestRow, "Disputed leads")
def contests(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the disputes of people in sight, open ones first."""
    return listed(_today(), asked, contests_shown(visible_to(request)))


@router.get("/contests/{int:contest_id}", response=answers(ContestTold), operation_id="resources_contest",
            url_name="resources_contest", summary="One disputed lead")  # fmt: skip
def contest(request: PageRequest, contest_id: int) -> dict[str, Any]:
    """Return a dispute of somebody in sight with what was on record when it was raised, in order of time."""
    found = contest_in_sight(contest_id, request.user, visible_to(request))
    if found is None:
        raise Http404
    row, may_decide = found
    sides = {row.raised_by_id: "raised_by", row.against_id: "against"}
    proofs = [
        {"at": one.at, "kind": one.kind, "what": one.what, "by": one.rep_id and sides.get(one.rep_id, "other")}
        for one in evidence_of(row)
    ]
    told = model_to_dict(row, exclude=["evidence", "id"])
    return {"id": row.pk, **told, "may_decide": may_decide and row.state == ContestState.OPEN, "evidence": proofs}


@_get("/people", "people", PersonTold, "Skills, self-sourcing, duty and holdings")
def people(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return everybody in sight as the rule meets them."""
    rows: Sequence[Row] = [
        {
            "rep_id": row.member.rep_id, "team_id": row.member.team_id or None, "tags": list(row.tags),
            "is_self_sourcing": row.is_self_sourcing, "is_away": row.is_away, "held": row.held,
        }
        for row in people_rows(today_here(), visible_to(request))
    ]  # fmt: skip
    return listed(_today(), asked, rows)


@_get("/pools", "pools", columns_of(Pool, n_leads=int), "Pools, claims of the day, and clocks that run out")
def pools(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return one row per pool that people in sight claim from, with its limits and how many leads lie in it."""
    only_leaders(request)
    sight = visible_to(request)
    teams = None if sight is None else frozenset(team.pk for team in teams_visible_to(request.user))
    page = pool_page(sight, teams, today_here())
    rows = [{**model_to_dict(row.pool), "n_leads": row.n_leads} for row in page.pools]
    return listed(_today(), asked, rows)


@_get("/holdings", "holdings", columns_of(Holding, *HELD), "Whose leads are, and until when")
def holdings(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the open holdings of people in sight with their due days, those due first."""
    sight = visible_to(request)
    rows = Holding.objects.filter(ended_at__isnull=True).order_by(F("due_on").asc(nulls_last=True), "pk")
    if sight is not None:
        rows = rows.filter(rep_id__in=sight)
    return listed_rows(_today(), asked, rows, list)


@_get("/rules", "rules", RuleTold, "The clock and the withholding rule")
def rules(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the versions that hold."""
    found = {"recycle": standing_rule(), "withholding": standing_withholding_rule()}
    rows = [{"rule": name, **model_to_dict(rule)} for name, rule in found.items() if rule is not None]
    return listed(_today(), asked, rows)


@_get("/policies", "policies", VERSION, "The rule, version by version")
def policies(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return every version with its content."""
    only_leaders(request)
    return listed(_today(), asked, list(versions()))


@_get("/policies/{int:version_id}/replays", "replays", REPLAY, "Replays of a version")
def replays(request: PageRequest, version_id: int, asked: Query[Paged]) -> dict[str, Any]:
    """Return a version's replays with progress and summary; people outside one's sight are left out of it."""
    only_leaders(request)
    if not PolicyVersion.objects.filter(pk=version_id).exists():
        raise Http404
    sight = visible_to(request)
    return listed(_today(), asked, [_replay(one, sight) for one in replays_of([version_id])])


def _replay(one: Replay, sight: frozenset[int] | None) -> Row:
    reps = {rep: row for rep, row in (one.summary.get("reps") or {}).items() if sight is None or int(rep) in sight}
    return {"id": one.pk, **model_to_dict(one, REPLAYED), "summary": {**one.summary, "reps": reps}}


@_get("/leads", "leads", LeadTold, "Find leads")
def leads(request: PageRequest, asked: Query[Sought]) -> dict[str, Any]:
    """Return live leads of people in sight by last four digits, name or id; numbers are not told."""
    rows = [
        {
            "lead": one.pk, "name": customer_name(one.name, request.user.access_role), "owner": one.owner_id,
            "grade": one.segment.lead_grade if one.segment else "",
            "source": one.segment.channel if one.segment else "", "arrived_on": one.arrived_on,
            "next_contact_at": one.next_contact_at, "note": one.note,
        }
        for one in find_leads(asked.q, visible_to(request))
    ]  # fmt: skip
    return listed(_today(), asked, rows)


@_get("/leads/{int:lead_id}/history", "lead_history", Line, "A lead's history")
def history(request: PageRequest, lead_id: int, asked: Query[Paged]) -> dict[str, Any]:
    """Return touches, calls, holdings, opportunities and deals, the latest first; strangers are letters."""
    card = card_of(lead_id, visible_to(request), None)
    if card is None:
        raise Http404
    return listed(_today(), asked, card.lines)


@_get("/clocks", "clocks", CLOCK, "Clocks that run out in the next days")
def clocks(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the holdings of people in sight that end within three days."""
    today, sight = today_here(), visible_to(request)
    rows = running_out(today, date.fromordinal(today.toordinal() + SOON))
    if sight is not None:
        rows = rows.filter(rep_id__in=sight)
    return listed(_today(), asked, list(rows.values("lead_id", "rep_id", "due_on", "is_locked")))
