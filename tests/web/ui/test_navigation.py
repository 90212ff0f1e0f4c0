from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.test import RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.ui import navigation
from pacemark.web.ui.context import Shell
from pacemark.web.ui.navigation import NavItem, grouped, links_for

urlpatterns = [
    path("", lambda request: None, name="home"),  # type: ignore[arg-type, return-value]
    path("goals/", lambda request: None, name="goals"),  # type: ignore[arg-type, return-value]
    path("goals/plan/", lambda request: None, name="plan"),  # type: ignore[arg-type, return-value]
]
OPEN = frozenset({"rep", "manager"})
ITEMS = (
    NavItem(name="home", url_name="home", icon="today", label="Home", access_roles=OPEN),
    NavItem(name="goals", url_name="goals", icon="goals", label="Goals", access_roles=OPEN, group="chapters"),
    NavItem(name="plan", url_name="plan", icon="goals", label="Plan", access_roles=frozenset({"manager"})),
    NavItem(name="later", url_name="not_built", icon="data", label="Later", access_roles=OPEN, group="manage"),
)


def labels(role: str, at: str = "/") -> list[str]:
    return [str(link.label) for _group, link in links_for(role, at, ITEMS)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_person_sees_only_pages_that_are_theirs_and_exist() -> None:
    assert labels("manager") == ["Home", "Goals", "Plan"]
    assert labels("rep") == ["Home", "Goals"]
    assert labels("") == []


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    ("at", "current"), [("/", "Home"), ("/goals/7/", "Goals"), ("/goals/plan/x", "Plan"), ("/elsewhere/", None)]
)
def test_the_deepest_page_the_path_lies_under_is_current(at: str, current: str | None) -> None:
    marked = [str(link.label) for _group, link in links_for("manager", at, ITEMS) if link.is_current]
    assert marked == ([current] if current else [])


@override_settings(ROOT_URLCONF=__name__)
def test_a_heading_without_pages_is_left_out() -> None:
    groups = grouped(links_for("rep", "/", ITEMS))
    assert [len(group.items) for group in groups] == [1, 1]
    assert groups[0].label == ""


def test_the_table_names_roles_that_exist_and_pages_once() -> None:
    names = [item.name for item in navigation.NAVIGATION]
    assert len(names) == len(set(names))
    assert set(AccessRole.values) == navigation.EVERYBODY
    assert all(item.access_roles <= navigation.EVERYBODY for item in navigation.NAVIGATION)
    assert {item.group for item in navigation.NAVIGATION} <= {name for name, _label in navigation.GROUPS}


@pytest.mark.parametrize(("name", "initial"), [("何静", "静"), ("Ada Lovelace", "A"), ("", "")])
def test_the_round_mark_takes_one_character(name: str, initial: str) -> None:
    class Person(SimpleNamespace):
        is_authenticated = True

        def __str__(self) -> str:
            return name

    request = RequestFactory().get("/")
    request.user = Person()
    assert Shell(request).initial == initial


def test_the_frame_stands_without_a_person() -> None:
    shell = Shell(RequestFactory().get("/"))
    with translation.override("zh-hans"):
        assert (shell.is_signed_in, shell.navigation, shell.theme, shell.html_lang) == (False, (), "auto", "zh-Hans")
