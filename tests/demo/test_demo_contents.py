"""What stands in the database after a made-up organisation was written."""

from __future__ import annotations

import pytest

from pacemark.demo.advance import DemoChangedError, advance_demo
from pacemark.demo.load import holds_an_organization, kept_demo
from pacemark.demo.load_people import SIGN_INS
from pacemark.web.accounts.models import User
from pacemark.web.organization.choices import Role
from pacemark.web.organization.models import Region, Rep, Team
from pacemark.web.organization.queries import members_on, visible_rep_ids
from pacemark.web.organization.working_time import working_days_of
from pacemark.web.pipeline.models import Call, Lead, Opportunity
from pacemark.web.pipeline.phones import masked_phone, open_phone
from tests.support.made_up import PASSWORD, SPEC

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("made_up")]


def test_living_on_needs_what_was_written() -> None:
    kept = kept_demo()
    assert kept is not None
    Opportunity.objects.order_by("-pk").first().delete()  # type: ignore[union-attr]
    with pytest.raises(DemoChangedError, match="opportunities of the made-up organisation were added or deleted"):
        advance_demo(kept, 2, lambda part: None)


def test_people_patterns_and_sign_ins() -> None:
    assert holds_an_organization()
    assert (Region.objects.count(), Team.objects.count(), Rep.objects.count()) == (3, 8, 40)
    members = members_on(SPEC.end)
    assert {member.role for member in members} == {Role.FULL_CYCLE, Role.SETTER, Role.CLOSER}
    assert {member.grade_name for member in members} == {"P1", "P2", "P3"}
    worked = working_days_of(members, SPEC.start, SPEC.end)
    outside = [
        (rep, day)
        for rep, day in Call.objects.values_list("rep_id", "business_date").distinct()
        if day not in worked[rep]
    ]
    assert outside == []
    users = {username: User.objects.get(username=username) for username in SIGN_INS}
    assert all(user.check_password(PASSWORD) for user in users.values())
    own, team, region = (visible_rep_ids(users[name], SPEC.end) for name in ("rep", "manager", "director"))
    assert own is not None and team is not None and region is not None
    assert len(own) == 1 and own < team < region
    assert visible_rep_ids(users["ops"], SPEC.end) is None


def test_phones_are_sealed_and_nobodys() -> None:
    lead = Lead.objects.exclude(phone_hash="").order_by("pk")[5]
    number = open_phone(lead.phone_encrypted)
    assert number.startswith("+86154") and len(number) == 14  # a range that was never given out
    assert masked_phone(number).endswith(number[-4:]) and "****" in masked_phone(number)
    assert Lead.objects.values("phone_hash").distinct().count() == Lead.objects.count()
