"""What the schema promises is so: no fault of ours, no answer that it does not tell of."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from pacemark.web.accounts.choices import TokenScope
from pacemark.web.accounts.services import create_token
from pacemark.web.config.wsgi import application
from tests.support.asking import ask_everything
from tests.support.people import People


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable()  # hundreds of refusals are meant
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ["admin", "rep"])
def test_schemathesis_finds_no_fault_and_no_unsaid_answer(people: People, settings: Any, role: str) -> None:
    settings.PACEMARK_API_PER_TOKEN = settings.PACEMARK_API_PER_ACCOUNT = 0
    user = getattr(people, role)
    made = create_token(actor=user, user=user, name="t", scope=TokenScope.WRITE, days=1)

    left_out = "act_" if role == "rep" else ""  # a page's form refuses alike whoever sends nonsense
    headers = {"Authorization": f"Bearer {made.secret}"}
    asked = ask_everything(application, headers, examples=1, leave_out=left_out)

    assert asked.operations > 70
    assert 401 not in asked.total()
    assert asked.total()[200] > 15
