"""One made-up organisation for every test that only wants to find one."""

from __future__ import annotations

from datetime import date, datetime

from django.test import override_settings

from pacemark.demo.load import write_demo
from pacemark.demo.spec import DemoSpec
from pacemark.demo.world import LOCAL, Chronicle
from tests.support.postgres import django_on

SPEC = DemoSpec(seed=31, end=date(2026, 6, 18), reps=40, months=4)
NOW = datetime(2026, 6, 18, 18, 30, tzinfo=LOCAL)
PASSWORD = "correct-horse-battery"


def write_made_up(url: str) -> None:
    """Write it into an empty database."""
    with django_on(url), override_settings(PACEMARK_TODAY=SPEC.end.isoformat()):
        write_demo(Chronicle.of(SPEC, NOW), PASSWORD, lambda part: None)
