"""A stand-in for a program that is told: it checks each signature by itself and keeps what it took."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str]]


@dataclass
class Program:
    """``answers`` gives status and headers for each post, by its number from 0; ``taken`` are those answered 2xx."""

    secret: str = ""
    answers: Callable[[int], Answer] = lambda _number: (204, {})
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    unsigned: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        """Return where it is told."""
        return f"http://127.0.0.1:{self.port}/told?key=1"

    def take(self, headers: Any, raw: bytes) -> Answer:
        """Return what it answers to a post."""
        number, message = len(self.seen), headers["webhook-id"]
        self.seen.append(message)
        text = f"{message}.{headers['webhook-timestamp']}.".encode() + raw
        digest = hmac.new(base64.b64decode(self.secret.partition("_")[2]), text, hashlib.sha256).digest()
        if f"v1,{base64.b64encode(digest).decode()}" not in headers["webhook-signature"].split(" "):
            self.unsigned += 1
            return 401, {}
        status, told = self.answers(number)
        if 200 <= status < 300:
            self.taken.append((message, json.loads(raw)))
        return status, told


@contextmanager
def running(program: Program) -> Iterator[Program]:
    """Let it listen on a free port of this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status, told = program.take(self.headers, raw)
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    program.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield program
    finally:
        server.shutdown()
        server.server_close()
