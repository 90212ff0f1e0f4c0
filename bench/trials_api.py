"""Long trial: schemathesis asks every operation of the API, as an administrator and as a rep of a made-up floor.

`python bench/trials_api.py [--examples 50] [--reps 24] [--seed 1]`. Fails at the first fault of ours (5xx) and at the
first answer that the schema does not tell of.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pacemark.web.config.django_setup import start_django


def main() -> int:
    """Make the floor, ask, and print how it was answered."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=50)
    parser.add_argument("--reps", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="trials-api-") as home:
        os.environ |= {"PACEMARK_HOME": home, "PACEMARK_API_PER_TOKEN": "0", "PACEMARK_API_PER_ACCOUNT": "0"}
        os.environ.pop("DATABASE_URL", None)
        words = ["demo", "--reps", str(given.reps), "--months", "4"]
        subprocess.run([sys.executable, "-m", "pacemark.cli", *words], check=True, stdout=subprocess.DEVNULL)
        start_django()
        _ask(given)
    return 0


def _ask(given: argparse.Namespace) -> None:
    from pacemark.web.accounts.choices import AccessRole, TokenScope  # noqa: PLC0415
    from pacemark.web.accounts.models import User  # noqa: PLC0415
    from pacemark.web.accounts.services import create_token  # noqa: PLC0415
    from pacemark.web.config.wsgi import application  # noqa: PLC0415
    from tests.support.asking import ask_everything  # noqa: PLC0415

    logging.disable()
    print(f"{given.reps} reps, {given.examples} examples an operation, {platform.machine()}, {os.cpu_count()} cores")
    for role in (AccessRole.ADMIN, AccessRole.REP):
        user = User.objects.filter(access_role=role, is_active=True).order_by("pk")[0]
        made = create_token(actor=user, user=user, name="trial", scope=TokenScope.WRITE, days=1)
        began, cpu = time.perf_counter(), time.process_time()
        headers = {"Authorization": f"Bearer {made.secret}"}
        asked = ask_everything(application, headers, examples=given.examples, seed=given.seed)
        took = f"{time.perf_counter() - began:.0f} s ({time.process_time() - cpu:.0f} s of processor)"
        told = ", ".join(f"{status} {count}" for status, count in asked.total().items())
        print(f"  {role}: {asked.operations} operations, {asked.requests} requests in {took}: {told}")


if __name__ == "__main__":
    sys.exit(main())
