"""Within one request the settings are read once, and never out of date."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from pacemark.web.accounts.models import User
from pacemark.web.organization.held import settings_held
from pacemark.web.organization.middleware import OrganizationTimeZoneMiddleware
from pacemark.web.organization.models import Organization
from pacemark.web.organization.queries import organization
from tests.support.people import People
from tests.support.query_counts import counted_queries

pytestmark = pytest.mark.django_db


def test_a_request_reads_the_settings_once(people: People) -> None:
    with settings_held(), counted_queries() as counted:
        names = {organization().name for _time in range(5)}

    assert len(counted) == 1
    assert len(names) == 1


def test_outside_a_request_every_reading_is_fresh(people: People) -> None:
    with settings_held():
        organization()
    Organization.objects.update(currency="USD")

    assert organization().currency == "USD"


def test_a_write_is_seen_by_the_rest_of_the_request_and_so_is_its_taking_back(people: People) -> None:
    with settings_held():
        row = organization()
        row.currency = "USD"
        row.save()
        assert organization().currency == "USD"

        Organization.objects.update(currency="EUR")  # as a rollback would leave another value
        assert organization().currency == "EUR"


def test_what_a_form_types_into_its_copy_is_nobody_else_s(people: People) -> None:
    with settings_held():
        organization().currency = "USD"

        assert organization().currency == "CNY"


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_one_request_leaves_nothing_to_the_next(people: People, is_signed_in: bool) -> None:
    seen: list[str] = []

    def answer(_request: HttpRequest) -> HttpResponse:
        seen.append(organization().currency)
        return HttpResponse()

    request = HttpRequest()
    user: User | AnonymousUser = people.rep if is_signed_in else AnonymousUser()
    request.user = user
    page = OrganizationTimeZoneMiddleware(answer)
    page(request)
    Organization.objects.update(currency="USD")
    page(request)

    assert seen == ["CNY", "USD"]
