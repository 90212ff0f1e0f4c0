"""Stand-ins for the vendors' robots and a mail server, on this machine, as strict as the real ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY, SECRET = "robotkey0123456789", "SECabcdef0123456789"
MOST = {"wecom": ((20, 60.0),), "dingtalk": ((20, 60.0),), "feishu": ((100, 60.0), (5, 1.0))}
THROTTLED = {"wecom": 45009, "dingtalk": 130101, "feishu": 11232}
WRONG_SIGN = {"dingtalk": 310000, "feishu": 19021}
WRONG_KEY = {"wecom": 93000, "dingtalk": 300001, "feishu": 19001}
SIZE = {"wecom": 4096, "dingtalk": 20_000, "feishu": 20 * 1024}
Trouble = Callable[["Robot", str], str]


@dataclass
class Robot:
    """One vendor's robot. ``taken`` is what stands in the group; ``trouble`` may spoil a turn.

    Trouble is ``""`` (none), ``"error"`` (HTTP 500), ``"busy"`` (code -1), ``"silent"`` (takes it, never answers),
    ``"cut"`` (takes it and breaks the line) or ``"page"`` (answers no JSON).
    """

    kind: str
    clock: Callable[[], float] = time.monotonic
    secret: str = SECRET
    trouble: Trouble = lambda _robot, _text: ""
    on_taken: Callable[[], None] = lambda: None
    taken: list[str] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def setting(self) -> str:
        """Return the entry of PACEMARK_ROBOTS that leads here."""
        return f"{self.kind}=http://127.0.0.1:{self.port}"

    def judged(self, path: str, raw: bytes) -> int:
        """Return the vendor's code for a message, 0 where it is taken."""
        url, body = urlsplit(path), json.loads(raw)
        if not self._has_key(url.path, parse_qs(url.query)):
            return WRONG_KEY[self.kind]
        if self.kind in WRONG_SIGN and not self._is_signed(parse_qs(url.query), body):
            return WRONG_SIGN[self.kind]
        now = self.clock()
        self.turns.append(now)
        if any(sum(now - turn < span for turn in self.turns) > count for count, span in MOST[self.kind]):
            return THROTTLED[self.kind]
        text = _text_of(body)
        if len(text.encode()) > SIZE[self.kind] or (self.kind == "feishu" and len(raw) > SIZE["feishu"]):
            return 40058
        self.bodies.append(body)
        self.taken.append(text)
        return 0

    def _has_key(self, path: str, query: dict[str, list[str]]) -> bool:
        told = {
            "wecom": (path, query.get("key")) == ("/cgi-bin/webhook/send", [KEY]),
            "dingtalk": (path, query.get("access_token")) == ("/robot/send", [KEY]),
            "feishu": path == f"/open-apis/bot/v2/hook/{KEY}",
        }
        return told[self.kind]

    def _is_signed(self, query: dict[str, list[str]], body: dict[str, Any]) -> bool:
        if self.kind == "dingtalk":
            timestamp, sign = query.get("timestamp", ["0"])[0], query.get("sign", [""])[0]
            due = hmac.new(self.secret.encode(), f"{timestamp}\n{self.secret}".encode(), hashlib.sha256)
            fresh = abs(time.time() * 1000 - int(timestamp)) < 3_600_000
        else:
            timestamp, sign = body.get("timestamp", "0"), body.get("sign", "")
            due = hmac.new(f"{timestamp}\n{self.secret}".encode(), b"", hashlib.sha256)
            fresh = abs(time.time() - int(timestamp)) < 3_600
        return fresh and hmac.compare_digest(base64.b64encode(due.digest()).decode(), sign)


def _text_of(body: dict[str, Any]) -> str:
    if body.get("msgtype") == "image":
        picture = base64.b64decode(body["image"]["base64"])
        assert hashlib.md5(picture, usedforsecurity=False).hexdigest() == body["image"]["md5"]
        return f"image of {len(picture)} bytes"
    if "card" in body:
        card = body["card"]
        return f"{card['header']['title']['content']}\n{card['elements'][0]['content']}"
    markdown = body["markdown"]
    return str(markdown.get("content") or markdown["text"])


def _answer(kind: str, code: int) -> bytes:
    name, words = ("code", "msg") if kind == "feishu" else ("errcode", "errmsg")
    return json.dumps({name: code, words: "ok" if code == 0 else f"refused with {code}"}).encode()


@contextmanager
def standing(robot: Robot) -> Iterator[Robot]:
    """Let a robot stand on a free port while the test runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            with robot.lock:
                trouble = robot.trouble(robot, raw.decode())
                code = robot.judged(self.path, raw) if trouble in {"", "silent", "cut"} else -1
                if code:
                    robot.refused.append(code)
                else:
                    robot.on_taken()
            self._say(trouble, code)

        def _say(self, trouble: str, code: int) -> None:
            if trouble == "silent":
                time.sleep(1.5)
            if trouble in {"silent", "cut"}:
                self.close_connection = True
                return
            said = b"<html>a gate in between</html>" if trouble == "page" else _answer(robot.kind, code)
            self.send_response(500 if trouble == "error" else 200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as robot.port:
        yield robot


@contextmanager
def _serving(server: Any) -> Iterator[int]:
    """Let a server run on a thread, and tell its port."""
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Mailbox:
    """A mail server that keeps what it takes; ``answer_to_data`` is its word on each message."""

    answer_to_data: bytes = b"250 taken"
    taken: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def setting(self) -> str:
        """Return PACEMARK_SMTP that leads here."""
        return f"mailto://127.0.0.1:{self.port}/?from=pacemark@example.com&mode=insecure"


@contextmanager
def receiving(mailbox: Mailbox) -> Iterator[Mailbox]:
    """Let a mail server stand on a free port while the test runs."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 stand-in\r\n")
            while line := self.rfile.readline().strip().upper():
                if line == b"DATA":
                    self._take()
                elif line == b"QUIT":
                    self.wfile.write(b"221 bye\r\n")
                    return
                else:
                    self.wfile.write(b"250 ok\r\n")

        def _take(self) -> None:
            self.wfile.write(b"354 go on\r\n")
            lines: list[bytes] = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line)
            if mailbox.answer_to_data.startswith(b"2") or not mailbox.answer_to_data:
                mailbox.taken.append(b"".join(lines).decode())
            if mailbox.answer_to_data:
                self.wfile.write(mailbox.answer_to_data + b"\r\n")
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    with _serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as mailbox.port:
        yield mailbox
