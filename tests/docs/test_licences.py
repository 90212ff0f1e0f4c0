"""What Pacemark stands on is listed with its licence, as installed, and binds nobody who uses Pacemark."""

from __future__ import annotations

import re
from importlib.metadata import version

from tests.support.licences import PAGE, front_end, licence_of, page, pins

# Strong copyleft, and licences that are none of open source's.
BINDING = re.compile(r"(?<!L)GPL|SSPL|BUSL|Commons Clause|Proprietary|not said|^$")


def test_the_page_is_what_is_installed() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.support.licences"
    assert {name: version(name) for name in pins("base")} == pins("base")


def test_nothing_that_runs_binds_who_uses_it() -> None:
    told = {name: licence_of(name) for name in pins("base")} | {name: licence for name, _v, licence in front_end()}

    assert {name: licence for name, licence in told.items() if BINDING.search(licence)} == {}
    assert BINDING.search("GPL-3.0-only") and BINDING.search("AGPL-3.0-only") and not BINDING.search("LGPL-3.0-only")
