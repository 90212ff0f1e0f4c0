"""Which tests the run on PostgreSQL takes, and that none is lost between the two runs without a word."""

from __future__ import annotations

import pytest

from tests.support.second_run import asks_for_a_database, hides_a_file


@pytest.mark.parametrize(
    ("marks", "fixtures", "is_asking", "is_hiding"),
    [
        (set(), {"tmp_path"}, False, False),
        ({"django_db"}, set(), True, False),
        (set(), {"people", "db"}, True, False),
        (set(), {"made_up", "django_db_setup"}, True, False),
        (set(), {"floor_site", "empty_database"}, True, False),
        ({"postgres"}, {"postgres_url", "empty_home"}, True, False),
        ({"sqlite"}, {"empty_home"}, True, False),
        (set(), {"empty_home"}, True, True),
        (set(), {"on_sqlite_file", "sqlite_template"}, True, True),
        (set(), {"db", "django_db_setup", "sqlite_template"}, True, False),
    ],
)  # fmt: skip
def test_who_runs_twice_and_who_owes_a_reason(
    marks: set[str], fixtures: set[str], is_asking: bool, is_hiding: bool
) -> None:
    assert asks_for_a_database(marks, fixtures) is is_asking
    assert hides_a_file(marks, fixtures) is is_hiding


def test_whoever_is_left_out_says_why(request: pytest.FixtureRequest) -> None:
    marks = [mark for item in request.session.items for mark in item.iter_markers("sqlite")]

    assert all(len(mark.args) == 1 and len(str(mark.args[0])) > 10 for mark in marks)
