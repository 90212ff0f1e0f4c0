"""Every access role × every address: who gets in, who is turned away, and whose data is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from pacemark.web.accounts.access import allow, roles_allowed
from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.models import User
from tests.support.people import People, client_of
from tests.support.routes import EXPECTED, Expected, routes

WHO = ("rep", "manager", "director", "operations", "admin", "outsider")
SIGHT = {"rep": frozenset(WHO) - {"outsider"}, "outsider": frozenset({"outsider", "operations", "admin"})}
SIGN_IN = "/accounts/sign-in/?next="


def _ask(user: User | None, name: str, expected: Expected, rep_id: int | None = None) -> Any:
    values = {**expected.values, **({"rep_id": rep_id} if rep_id is not None else {})}
    client = client_of(user)
    return getattr(client, expected.method)(reverse(name, kwargs=values), expected.body)


def _asks_to_sign_in(response: Any) -> bool:
    return response.status_code == 401 or (response.status_code == 302 and response.url.startswith(SIGN_IN))


def _opens(response: Any) -> bool:
    assert response.status_code < 500
    return response.status_code not in {401, 403, 404, 405} and not _asks_to_sign_in(response)


def test_every_address_has_a_row_in_the_table_and_every_row_an_address() -> None:
    assert set(EXPECTED) == set(routes()), "say in tests/support/routes.py who may open it"


def test_every_row_fills_the_address() -> None:
    for name, route in routes().items():
        expected = EXPECTED[name]
        given = set(expected.values) | ({"rep_id"} if expected.about_a_rep else set())
        assert given == route.parameters, name


def test_every_page_says_itself_who_may_open_it() -> None:
    """The table and the decorator on the view agree, so that neither can be forgotten."""
    for name, route in routes().items():
        if EXPECTED[name].public or name.startswith("api:") or not EXPECTED[name].roles:
            continue
        assert roles_allowed(route.view) == EXPECTED[name].roles, f"{name}: put @allow(…) on the view"


@pytest.mark.parametrize("name", EXPECTED)
def test_nothing_opens_to_who_is_not_signed_in(people: People, name: str) -> None:
    expected = EXPECTED[name]
    response = _ask(None, name, expected, people.rep_row.pk if expected.about_a_rep else None)

    if expected.public:
        assert not _asks_to_sign_in(response)
    else:
        assert _asks_to_sign_in(response)


@pytest.mark.parametrize("name", EXPECTED)
def test_each_role_opens_what_the_table_says(people: People, name: str) -> None:
    expected = EXPECTED[name]
    for who in WHO:
        user: User = getattr(people, who)
        allowed = AccessRole(user.access_role) in expected.roles
        if not expected.about_a_rep:
            assert _opens(_ask(user, name, expected)) == allowed, f"{who} at {name}"
            continue
        for whose, rep in (("rep", people.rep_row), ("outsider", people.outsider_row)):
            response = _ask(user, name, expected, rep.pk)
            assert _opens(response) == (allowed and who in SIGHT[whose]), f"{who} at {name} of {whose}"
            if not allowed:
                assert response.status_code == 403
            elif who not in SIGHT[whose]:
                assert response.status_code == 404, "that the other exists is not told either"


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if expected.method == "get"])
def test_no_page_names_a_person_out_of_sight(people: People, name: str) -> None:
    expected = EXPECTED[name]
    for who in WHO:
        user: User = getattr(people, who)
        response = _ask(user, name, expected, people.rep_row.pk if expected.about_a_rep else None)
        text = response.content.decode("utf-8", "replace")
        for whose, rep in (("rep", people.rep_row), ("outsider", people.outsider_row)):
            if who not in SIGHT[whose]:
                assert rep.name not in text, f"{who} reads the name of {whose} at {name}"


def test_a_role_that_sees_too_much_is_caught(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a manager who sees everyone."""
    from pacemark.web.goals.views import asked as views

    monkeypatch.setattr(views, "visible_rep_ids", lambda _user, _day: None)
    response = _ask(people.manager, "goals:detail", EXPECTED["goals:detail"], people.outsider_row.pk)

    assert _opens(response), "so the table's row for the manager fails"


def test_the_decorator_refuses_by_role(people: People, rf: Any) -> None:
    from django.core.exceptions import PermissionDenied

    @allow(AccessRole.ADMIN)
    def page(_request: Any) -> str:
        return "open"  # type: ignore[return-value]

    request = rf.get("/")
    request.user = people.admin
    assert page(request) == "open"
    request.user = people.operations
    with pytest.raises(PermissionDenied):
        page(request)
    assert roles_allowed(page) == {AccessRole.ADMIN}
