from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from pacemark.web.accounts.choices import AccessRole
from pacemark.web.accounts.services import choose_language
from pacemark.web.ui import views
from tests.support.people import People

GUIDE = "/ui/styleguide/"
AsUser = Callable[..., Client]


@pytest.mark.parametrize("role", list(AccessRole))
def test_the_style_guide_opens_to_administrators_alone(role: AccessRole, people: People, as_user: AsUser) -> None:
    response = as_user(people.of_role(role)).get(GUIDE)
    assert response.status_code == (200 if role is AccessRole.ADMIN else 403)


def test_a_stranger_is_sent_to_sign_in(db: None, as_user: AsUser) -> None:
    response = as_user(None).get(GUIDE)
    assert response.status_code == 302
    assert "sign-in" in response["Location"]


def test_the_page_follows_the_persons_language(people: People, as_user: AsUser) -> None:
    for language, code, word in (("zh-hans", "zh-Hans", "看算式"), ("en", "en", "See the maths")):
        choose_language(actor=people.admin, language=language)
        page = as_user(people.admin).get(GUIDE).content.decode()
        assert f'<html lang="{code}"' in page
        assert word in page
        assert "{#" not in page
        assert "nan%" not in page


def test_a_chinese_page_holds_no_forgotten_english(people: People, as_user: AsUser) -> None:
    choose_language(actor=people.admin, language="zh-hans")
    page = as_user(people.admin).get(GUIDE).content.decode()
    for english in ("Sign out", "Language", "Skip to the page", "Behind", "Confidence"):
        assert english not in page


def test_no_permission_and_not_found_are_pages_of_the_house(people: People, as_user: AsUser) -> None:
    client = as_user(people.rep)
    for address, status in ((GUIDE, 403), ("/no/such/page/", 404)):
        response = client.get(address)
        assert response.status_code == status
        assert 'class="side"' in response.content.decode()


def test_the_guide_asks_the_database_nothing() -> None:
    class Person:
        is_authenticated = True
        access_role = "admin"
        theme = "dark"

    request = RequestFactory().get(GUIDE)
    request.user = Person()  # type: ignore[assignment]
    with translation.override("en"):
        page = views.styleguide(request).content.decode()
    assert 'data-theme="dark" data-theme-kept' in page
