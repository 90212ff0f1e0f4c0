"""From page to page of a long list: everything else that was asked for stays."""

from __future__ import annotations

import re
from html import unescape

from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory


def _links(address: str, number: int, **context: object) -> list[str]:
    page = Paginator(range(30), 10).get_page(number)
    drawn = render_to_string("ui/_pages.html", {"page": page, **context}, request=RequestFactory().get(address))
    return [unescape(address) for address in re.findall(r'href="([^"]*)"', drawn)]


def test_a_page_in_the_middle_links_to_both_sides() -> None:
    assert _links("/x/?team=%E7%BB%84%201&page=2&page=9", 2) == ["?team=%E7%BB%84+1&page=1", "?team=%E7%BB%84+1&page=3"]


def test_ends_link_one_way_and_a_second_list_has_its_own_number() -> None:
    assert _links("/x/", 1) == ["?page=2"]
    assert _links("/x/?page=2&people=3", 3, key="people") == ["?page=2&people=2"]
