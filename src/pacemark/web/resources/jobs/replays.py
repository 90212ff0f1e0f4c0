"""Replays in the background."""

from __future__ import annotations

from pacemark.web.jobs.registry import job
from pacemark.web.resources.services.replays import REPLAY_JOB, run_replay


@job(REPLAY_JOB)
def replay_policy(replay_id: int) -> int:
    """Replay past leads under a version; run twice, it writes the same summary."""
    return run_replay(replay_id).n_done
