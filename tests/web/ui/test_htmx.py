from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from pacemark.web.ui.htmx import render_page, wants_piece


def asked(**headers: str) -> HttpRequest:
    request = RequestFactory().get("/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    request.htmx = HtmxDetails(request)
    return request


@pytest.mark.parametrize(
    ("headers", "piece"),
    [
        ({}, False),
        ({"HX_Request": "true"}, True),
        ({"HX_Request": "true", "HX_Boosted": "true"}, False),
        ({"HX_Request": "true", "HX_History_Restore_Request": "true"}, False),
    ],
)
def test_only_a_swap_gets_a_piece(headers: dict[str, str], piece: bool) -> None:
    assert wants_piece(asked(**headers)) is piece


def test_caches_are_told_that_page_and_piece_differ() -> None:
    for headers in ({}, {"HX_Request": "true"}):
        response = render_page(asked(**headers), "400.html", "ui/_tone_word.html", {"tone": "ok"}, status=422)
        assert response.status_code == 422
        assert "HX-Request" in response["Vary"]
        assert (b"<!doctype" in response.content) is ("HX_Request" not in headers)
