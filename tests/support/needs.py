"""What some tests need beside Python, where it is found, and the sentence that says it was not."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIRE_ALL = os.environ.get("PACEMARK_REQUIRE_ALL") == "true"


def samples_path() -> Path | None:
    """Return the folder of real records, when it is there."""
    path = Path(os.environ.get("PACEMARK_SAMPLES") or ROOT.parent / "shared" / "data").expanduser()
    return path if (path / "school_crm" / "calls.csv").is_file() else None


def chromium_path() -> str | None:
    """Return the system's Chromium, when it is there."""
    named = os.environ.get("PACEMARK_CHROMIUM")
    if named:
        return named
    return next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)


def postgres_server() -> str | None:
    """Return the address of a PostgreSQL database whose user may make others, when one is given."""
    return os.environ.get("PACEMARK_TEST_POSTGRES") or None


def has_spark() -> bool:
    """Say whether Spark can be started: PySpark is an extra, and wants Java."""
    return find_spec("pyspark") is not None and (shutil.which("java") is not None or "JAVA_HOME" in os.environ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A marker and what it stands on."""

    marker: str
    is_met: bool
    sentence: str


NEEDS = (
    Need(
        marker="browser",
        is_met=chromium_path() is not None,
        sentence="browser tests, for want of Chromium (install chromium, or set PACEMARK_CHROMIUM)",
    ),
    Need(
        marker="postgres",
        is_met=postgres_server() is not None,
        sentence="PostgreSQL tests, for want of a server (set PACEMARK_TEST_POSTGRES=postgresql://…)",
    ),
    Need(
        marker="spark",
        is_met=has_spark(),
        sentence="Spark tests, for want of Spark (install the extra spark) or of Java 17 (default-jre-headless)",
    ),
    Need(
        marker="samples",
        is_met=samples_path() is not None,
        sentence="tests on real records, for want of the sample data (set PACEMARK_SAMPLES to its folder)",
    ),
)


def unmet_need(markers: set[str]) -> str | None:
    """Return why a test with these markers cannot run here, or None when it can."""
    return next((need.sentence for need in NEEDS if need.marker in markers and not need.is_met), None)
