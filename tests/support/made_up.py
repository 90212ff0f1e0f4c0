"""One made-up organisation for every test that only wants to find one."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

from django.test import override_settings

from pacemark.demo.load import write_demo
from pacemark.demo.spec import DemoSpec
from pacemark.demo.world import LOCAL, Chronicle
from tests.support.postgres import django_on
from tests.support.templates import DATABASE, in_one_file

SPEC = DemoSpec(seed=31, end=date(2026, 6, 18), reps=40, months=4)
NOW = datetime(2026, 6, 18, 18, 30, tzinfo=LOCAL)
PASSWORD = "correct-horse-battery"


def write_made_up(folder: Path, template: Path) -> None:
    """Write it into a copy of an empty database."""
    path = Path(shutil.copyfile(template, folder / DATABASE))
    with django_on(f"sqlite:///{path}"), override_settings(PACEMARK_TODAY=SPEC.end.isoformat()):
        write_demo(Chronicle.of(SPEC, NOW), PASSWORD, lambda part: None)
    in_one_file(path)
