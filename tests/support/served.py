"""A whole installation as an operator runs it: server, worker and, where asked for, a database server of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg

PATIENCE_SECONDS = 180  # a machine that is busy with other things may take long


def until(condition: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something, or say that it did not come."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError(f"waited {seconds:.0f} s in vain: {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> dict[int, str]:
    """Return a process's children with their command lines."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
            words = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if int(fields[1]) == pid:
            found[int(stat.parent.name)] = words
    return found


class Site:
    """``pacemark serve`` with its worker, and a second worker, on one database; each can be killed and comes back."""

    def __init__(self, environment: dict[str, str], *, web: int = 1, has_second_worker: bool = True) -> None:
        """Keep where to serve; nothing runs yet."""
        self.port = free_port()
        self._environment = environment
        self._web = str(web)
        self._has_second_worker = has_second_worker
        self._server: subprocess.Popen[bytes] | None = None
        self._worker: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start what does not run, and wait until it answers."""
        if self._server is None or self._server.poll() is not None:
            until(self._is_port_free, "the port is free")
            self._server = self._run("serve", "--port", str(self.port), "--workers", self._web)
        if self._has_second_worker and (self._worker is None or self._worker.poll() is not None):
            self._worker = self._run("work", "--poll-seconds", "0.2", "--lease-seconds", "3")
        until(self.answers, "the server answers")

    def answers(self) -> bool:
        """Say whether the server is there and its database too."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def kill_web(self) -> None:
        """Kill a web process; its server puts another in its place."""
        assert self._server is not None
        web = [pid for pid, words in children(self._server.pid).items() if "pacemark.cli work" not in words]
        os.kill(max(web), signal.SIGKILL)

    def kill_server(self) -> None:
        """Kill the server itself, with which its web processes and its worker end, and start it again."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()
        self.start()

    def kill_workers(self) -> None:
        """Kill both workers, whatever they are doing, and start one again."""
        assert self._server is not None
        assert self._worker is not None
        for pid, words in children(self._server.pid).items():
            if "pacemark.cli work" in words:
                os.kill(pid, signal.SIGKILL)
        self._worker.kill()
        self._worker.wait()
        self.start()

    def stop(self) -> None:
        """End everything in good order."""
        for process in (self._server, self._worker):
            if process is not None and process.poll() is None:
                process.terminate()
        for process in (self._server, self._worker):
            if process is not None:
                self._wait_for(process)

    def processor_seconds(self) -> float:
        """Return what the server, its web processes and its worker have used so far."""
        assert self._server is not None
        family = {self._server.pid, *children(self._server.pid)}
        return sum(_used(pid) for pid in family)

    @staticmethod
    def _wait_for(process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:  # a worker ends its job first, and there are long ones
            process.kill()
            process.wait()

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        log = Path(self._environment["PACEMARK_HOME"]).parent / f"served-{self.port}.log"  # its disk may be full
        with log.open("ab") as file:
            command = [sys.executable, "-m", "pacemark.cli", *words]
            return subprocess.Popen(command, env=self._environment, stdout=file, stderr=file)

    def _is_port_free(self) -> bool:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            return probe.connect_ex(("127.0.0.1", self.port)) != 0


def _used(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(environment: dict[str, str], *, web: int = 1, has_second_worker: bool = True) -> Iterator[Site]:
    """Run a site, and end it at the end."""
    site = Site(environment, web=web, has_second_worker=has_second_worker)
    try:
        site.start()
        yield site
    finally:
        site.stop()


# --- a PostgreSQL server that may be killed ---------------------------------------------------------------------------


def postgres_programs() -> Path | None:
    """Return the folder of PostgreSQL's own programs, when the server is installed on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Cluster:
    """A PostgreSQL server of one's own: what others work on must not be killed."""

    def __init__(self, programs: Path, folder: Path) -> None:
        """Make the cluster; root hands it to a plain user, since PostgreSQL refuses to run as root."""
        self._programs, self._folder, self._port = programs, folder, free_port()
        self._as_owner = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self._as_owner:
            shutil.chown(folder, "postgres")
        self._do(
            "initdb", "-D", str(folder / "data"), "-U", "pacemark", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql://pacemark@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start the server; after a kill it recovers first."""
        settings = (
            f"-c listen_addresses=127.0.0.1 -c port={self._port} -c unix_socket_directories={self._folder} "
            "-c max_connections=250"
        )
        log = str(self._folder / "log")
        self._do("pg_ctl", "-D", str(self._folder / "data"), "-l", log, "-w", "-t", "120", "-o", settings, "start")

    def kill(self) -> None:
        """Kill the server and every one of its processes at once, as when the machine loses its power."""
        pid = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        family = [pid, *children(pid)]
        for each in family:
            os.kill(each, signal.SIGKILL)
        until(lambda: not any(Path(f"/proc/{each}").exists() for each in family), "the database server has gone")

    def stop(self) -> None:
        """End it."""
        self._do("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop", check=False)

    def fill_from(self, url: str) -> None:
        """Copy a database of another server into this one's."""
        dumped = subprocess.run(["pg_dump", "--no-owner", url], check=True, capture_output=True)
        subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", self.url], input=dumped.stdout, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip

    def _do(self, program: str, *words: str, check: bool = True) -> None:
        command = [*self._as_owner, str(self._programs / program), *words]
        subprocess.run(command, check=check, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def own_cluster() -> Iterator[Cluster]:
    """Make a PostgreSQL server, start it, and throw it away at the end."""
    programs = postgres_programs()
    assert programs is not None, "PostgreSQL's server is not installed on this machine"
    with tempfile.TemporaryDirectory(prefix="cluster-") as name:
        cluster = Cluster(programs, Path(name))
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def fetched(url: str, sql: str) -> list[tuple]:
    """Run a query on a PostgreSQL database from outside the program."""
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()
