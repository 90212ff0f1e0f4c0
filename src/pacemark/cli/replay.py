"""`pacemark replay`: past leads dealt again under a version of the policy; nothing is written."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from pacemark.cli.start import UserMistake, date_of
from pacemark.web.resources.queries.policies import active_version, versions
from pacemark.web.resources.queries.replays import Window
from pacemark.web.resources.services.replays import replayed


def replay(
    first: Annotated[str, typer.Option("--from", help="First day, such as 2024-03-01.")],
    last: Annotated[str, typer.Option("--to", help="Last day, included.")],
    policy: Annotated[int | None, typer.Option(help="Version of the policy; default: the active one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Deal past leads again under a version and tell who would have got what."""
    version = active_version() if policy is None else versions().filter(version=policy).first()
    if version is None:
        raise UserMistake("There is no such version of the policy; Resources lists them under The rule.")
    start, end = date_of(first, "--from"), date_of(last, "--to")
    if start is None or end is None:
        raise UserMistake("Give both --from and --to.")
    found = replayed(version, Window(first=start, last=end))
    if as_json:
        sys.stdout.write(json.dumps({"version": version.version, **found}, ensure_ascii=False, allow_nan=False) + "\n")
        return
    line = "Version {}: {} leads, {} wait, {} of {} decided ones keep their owner.\n"
    numbers = (version.version, found["leads"], found["waiting"], found["same_owner"], found["decided"])
    sys.stdout.write(line.format(*numbers))
    for rep_id, one in found["reps"].items():
        sys.stdout.write(f"{rep_id:>8}  {one['leads']:>7}\n")
