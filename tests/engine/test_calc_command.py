"""The calculator in a terminal: standard output, exit codes, and no Django behind it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from pacemark.cli.root import app
from pacemark.engine.calc import METHODS

_GOOD = '{"amount": 100000, "weights": [1, 1, 1]}'


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [(["--json", _GOOD], None), ([], _GOOD), ([], "\ufeff" + _GOOD)],
    ids=["json", "stdin", "bom"],
)
def test_the_answer_is_one_line_of_json(arguments: list[str], stdin: str | None) -> None:
    result = CliRunner().invoke(app, ["calc", "quantify", *arguments], input=stdin)

    assert (result.exit_code, result.stdout) == (0, '{"parts": [33334, 33333, 33333]}\n')


@pytest.mark.parametrize("text", ["{", "[]", '{"amount": -1, "weights": [1]}', '{"amount": NaN, "weights": [1]}'])
def test_bad_input_is_exit_two_with_the_error_on_standard_output(text: str) -> None:
    result = CliRunner().invoke(app, ["calc", "quantify", "--json", text])

    assert result.exit_code == 2
    assert set(json.loads(result.stdout)["error"]) == {"code", "message", "field"}
    assert result.stderr == ""


def test_help_lists_the_methods() -> None:
    result = CliRunner().invoke(app, ["calc", "--help"])

    assert all(name in result.stdout for name in METHODS)


def test_a_newcomer_needs_no_database_and_no_django() -> None:
    code = (
        "import sys; from pacemark.cli import main\n"
        f"sys.argv = ['pacemark', 'calc', 'quantify', '--json', {_GOOD!r}]\n"
        "try:\n    main()\nfinally:\n    assert 'django' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == {"parts": [33334, 33333, 33333]}
