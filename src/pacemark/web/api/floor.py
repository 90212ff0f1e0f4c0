"""The floor for programs: teams and people, coaching, cards, imports and prepared changes, as their pages show them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from ninja import Query, Router
from pydantic import Field

from pacemark.web.accounts.http import PageRequest
from pacemark.web.api.access import only_leaders, only_planners
from pacemark.web.api.listing import ListOf, Paged, answers, list_of, listed, listed_rows, today_here, visible_to
from pacemark.web.api.process_told import COACHING
from pacemark.web.api.results_told import CARD
from pacemark.web.api.shapes import Told, columns_of, kept, via
from pacemark.web.goals.models import TargetBatch
from pacemark.web.goals.queries.batches import batches_of
from pacemark.web.intake.models import BatchState, ImportBatch
from pacemark.web.intake.refused_rows import RefusedRow
from pacemark.web.organization.models import Team
from pacemark.web.organization.queries import Member, find_members, teams_in_full
from pacemark.web.process.queries.coaching import coaching_of
from pacemark.web.results.queries.attainment import sight_of
from pacemark.web.results.queries.celebrations import cards_in

router = Router(tags=["floor"])
_IMPORT = ("pk", "created_at", "finished_at", "source_name", "state", "progress", "counts", "message")
_BATCH = ("pk", "kind", "state", "file_name", "made_by_id", "made_at", "applied_at", "n_done", "n_all")


class FileTold(Told):
    """A file that was received; its SHA-256 once it was read."""

    name: str
    size: int
    sha256: str = ""


class PersonSeen(Told):
    """Somebody whom nobody here is matched to, as the file and as the page calls them."""

    text: str
    shown: str


class Preview(Told):
    """What a commit would do; empty before the files were read."""

    first_errors: list[RefusedRow] = []
    notes: list[str] = []
    people: list[PersonSeen] = []
    people_created: list[str] = []


class RowOfBatch(Told):
    """One month of a rep that a batch changes; ``problems`` are codes, with any of them it is not written."""

    rep: int
    month: date
    old: int | None
    new: int | None
    version: int
    problems: list[str] = []
    cell: str = ""
    follows: bool = False


class Changes(Told):
    """What a batch holds; ``refused`` cells of a workbook: sheet, cell, problem, what stands there."""

    rows: list[RowOfBatch]
    refused: list[list[str]]
    same: int
    reason: str
    failed: str


class TeamTold(columns_of(Team, "pk", "name", "region_id", "manager_id", "working_pattern_id")):  # type: ignore[misc]
    """One team with its region, manager and working pattern."""

    region: str | None = via("region", "name", default=None)


IMPORT = columns_of(ImportBatch, *_IMPORT, name="Import", counts=dict[str, dict[str, int]])
IMPORT_IN_FULL = columns_of(
    ImportBatch, *_IMPORT, name="ImportInFull", counts=dict[str, dict[str, int]], files=kept(list[FileTold]),
    preview=kept(Preview), mapping=(str, via("profile_text")),
)  # fmt: skip
BATCH = columns_of(TargetBatch, *_BATCH, name="Batch")
BATCH_IN_FULL = columns_of(TargetBatch, *_BATCH, name="BatchInFull", changes=kept(Changes))


class Sought(Paged):
    """Whom to look for: a part of a name or number."""

    q: Annotated[str, Field(max_length=100)] = ""


@router.get("/organization/people", response=answers(ListOf[Member]), operation_id="organization_people",
            url_name="organization_people", summary="Everyone employed today")  # fmt: skip
def people(request: PageRequest, asked: Query[Sought]) -> dict[str, Any]:
    """Return each rep with team, region, grade, role and the days of coming and going."""
    only_planners(request)
    today = today_here()
    return listed(today.isoformat(), asked, find_members(today, asked.q.strip()))


@router.get("/organization/teams", response=answers(ListOf[TeamTold]), operation_id="organization_teams",
            url_name="organization_teams", summary="Teams")  # fmt: skip
def teams(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return each team with its region, manager and working pattern."""
    only_planners(request)
    return listed(today_here().isoformat(), asked, teams_in_full())


@router.get("/process/coaching", response=answers(list_of(COACHING)), operation_id="coaching", url_name="coaching",
            summary="Coaching: what is to do, and what was due lately")  # fmt: skip
def coaching(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return actions about people in sight: everything open, and what was closed of the last four weeks."""
    only_leaders(request)
    found = coaching_of(today_here(), visible_to(request))
    return listed("", asked, [one.action for one in (*found.to_do, *found.closed)])


@router.get("/results/cards", response=answers(list_of(CARD)), operation_id="cards", url_name="results_cards",
            summary="Celebration cards")  # fmt: skip
def cards(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return the cards that one may look at, the newest first: of people who allow it, and one's own."""
    rows = cards_in(sight_of(request.user, today_here()), request.user)
    return listed_rows("", asked, rows, list)


@router.get("/imports", response=answers(list_of(IMPORT)), operation_id="imports", url_name="imports",
            summary="Imports")  # fmt: skip
def imports(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return what was brought in, the newest first, with how far it has come."""
    only_planners(request)
    rows = ImportBatch.objects.exclude(state=BatchState.DRAFT).order_by("-pk")
    return listed_rows("", asked, rows, list)


@router.get("/imports/{int:batch_id}", response=answers(IMPORT_IN_FULL), operation_id="import_of", url_name="import_of",
            summary="One import")  # fmt: skip
def one_import(request: PageRequest, batch_id: int) -> ImportBatch:
    """Return one import with its mapping, and of its preview the refused rows, notes and unknown people."""
    only_planners(request)
    row = ImportBatch.objects.filter(pk=batch_id).first()
    if row is None:
        raise Http404
    return row


@router.get("/goals/batches", response=answers(list_of(BATCH)), operation_id="target_batches",
            url_name="goals_batches", summary="Prepared and applied changes of targets")  # fmt: skip
def batches(request: PageRequest, asked: Query[Paged]) -> dict[str, Any]:
    """Return one's own, operations everybody's, the newest first."""
    only_leaders(request)
    return listed_rows("", asked, batches_of(request.user), list)


@router.get("/goals/batches/{int:batch_id}", response=answers(BATCH_IN_FULL), operation_id="target_batch",
            url_name="goals_batch", summary="One change of targets")  # fmt: skip
def one_batch(request: PageRequest, batch_id: int) -> TargetBatch:
    """Return one with its rows: rep, month, old and new amount, and what is wrong."""
    only_leaders(request)
    row: TargetBatch | None = batches_of(request.user).filter(pk=batch_id).first()
    if row is None:
        raise Http404
    return row
