"""A worker that is killed for good in the middle of sending: no message is lost, none is doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import timezone

from pacemark.web.notifications.choices import MessageState
from pacemark.web.notifications.models import Message
from pacemark.web.notifications.services import sending
from pacemark.web.notifications.services.channels import save_channel
from tests.support.people import make_people
from tests.support.robots import Robot, standing
from tests.web.notifications.conftest import queue_numbered, words

SCRIPT = """
import os, signal, sys
from pacemark.web.config.django_setup import start_django
start_django()
from pacemark.web.notifications.services import sending

def killed_on_third(function):
    calls = []
    def wrapped(*given):
        calls.append(1)
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given)
    return wrapped

if sys.argv[1] == "before":
    sending.hand_over = killed_on_third(sending.hand_over)
if sys.argv[1] == "answered":
    sending.settle = killed_on_third(sending.settle)
sending.send_due()
"""


def _worker(request: pytest.FixtureRequest, robot: Robot, home: Path, where: str) -> subprocess.Popen[bytes]:
    is_sqlite = connection.vendor == "sqlite"
    url = f"sqlite:///{connection.settings_dict['NAME']}" if is_sqlite else request.getfixturevalue("postgres_url")
    given = {"DATABASE_URL": url, "PACEMARK_HOME": str(home), "PACEMARK_PHONE_KEY": live.PHONE_KEY}
    environment = os.environ | given | {"PACEMARK_ROBOTS": robot.setting}
    return subprocess.Popen([sys.executable, "-c", SCRIPT, where], env=environment, stderr=subprocess.PIPE)


def _queued(count: int) -> None:
    channel = save_channel(actor=make_people().admin, channel=None, words=words())
    queue_numbered(channel, count)


@pytest.mark.parametrize("where", ["before", "taken", "answered"])
def test_a_killed_worker_loses_and_doubles_nothing(
    request: pytest.FixtureRequest, settings: Any, each_shared_database: str, tmp_path: Path, where: str
) -> None:
    _queued(6)
    with standing(Robot("wecom")) as robot:
        settings.PACEMARK_ROBOTS = [robot.setting]
        workers: list[subprocess.Popen[bytes]] = []
        if where == "taken":  # the vendor has it, and no answer ever reaches the worker
            robot.on_taken = lambda: len(robot.taken) == 3 and os.kill(workers[0].pid, signal.SIGKILL)
        workers.append(_worker(request, robot, tmp_path, where))
        _out, error = workers[0].communicate(timeout=120)
        assert workers[0].returncode == -signal.SIGKILL, error.decode()
        assert Message.objects.filter(state=MessageState.SENT).count() == 2
        robot.on_taken = lambda: None

        later = timezone.now() + sending.LEASE + timedelta(seconds=1)
        assert sending.release_expired(later) == 1
        Message.objects.filter(state=MessageState.QUEUED).update(not_before=timezone.now())
        sending.send_due()

    assert sorted(text.split("\n")[0] for text in robot.taken) == [f"## 第 {n} 条" for n in range(6)]
    doubtful = Message.objects.filter(state=MessageState.DOUBTFUL)
    assert doubtful.count() == (0 if where == "before" else 1), "handed over, and nobody heard what became of it"
    assert Message.objects.filter(state=MessageState.SENT).count() == 6 - doubtful.count()


def test_two_workers_share_one_robot(
    request: pytest.FixtureRequest, settings: Any, each_shared_database: str, tmp_path: Path
) -> None:
    _queued(26)
    with standing(Robot("wecom")) as robot:
        workers = [_worker(request, robot, tmp_path, "not") for _ in range(2)]
        for worker in workers:
            _out, error = worker.communicate(timeout=120)
            assert worker.returncode == 0, error.decode()
    assert robot.refused == []
    assert len(robot.taken) == 20 == len(set(robot.taken))
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 6
