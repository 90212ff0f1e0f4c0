"""Lets the made-up organisation propose its planted practice and its sham, and try both for two months."""

from __future__ import annotations

from datetime import timedelta

from pacemark.demo.layout import make_layout
from pacemark.demo.spec import DemoSpec
from pacemark.web.organization.clock import local_today
from pacemark.web.organization.models import Membership, Rep
from pacemark.web.organization.queries import organization
from pacemark.web.results.models import SuccessCase
from pacemark.web.results.refusals import Refused
from pacemark.web.results.services.case_looks import look_at_trials, propose_by_system
from pacemark.web.results.services.cases import Proposal, adopt_case, propose_case


def write_cases(spec: DemoSpec) -> None:
    """Write it once; a second run lets the system look again, as it does every day."""
    today = local_today(organization().time_zone)
    if not spec.is_null and not SuccessCase.objects.exists():
        layout = make_layout(spec)
        planted, reps = layout.planted, dict(Rep.objects.values_list("employee_no", "pk"))
        ids = [reps[number] for number in layout.people.employee_no]
        before = spec.trial.first - timedelta(days=1)
        lucky = spec.lucky_quarter
        _try(
            spec,
            Proposal(
                star_id=ids[planted.pioneer], stage="opportunity_per_deep_talk", practice="soon_share",
                first=lucky.first, last=before,
            ),
            [ids[place] for place in planted.adopters],
        )  # fmt: skip
        _try(
            spec,
            Proposal(
                star_id=ids[planted.sham_star], stage="deal_per_opportunity", practice="morning_share",
                first=lucky.first, last=before,
            ),
            [ids[place] for place in planted.sham_adopters],
        )  # fmt: skip
    propose_by_system(today=today)
    look_at_trials(today=today)


def _try(spec: DemoSpec, proposal: Proposal, adopters: list[int]) -> None:
    began = spec.trial.first
    place = (
        Membership.objects.filter(rep_id=proposal.star_id, team__manager__isnull=False).order_by("valid_from").last()
    )
    try:
        case = propose_case(actor=place.team.manager if place and place.team else None, proposal=proposal, today=began)
    except Refused:  # a small made-up organisation has too few trials to tell anything
        return
    for rep_id in adopters:
        adopt_case(actor=None, case_id=case.pk, rep_id=rep_id, since=began, today=began)
