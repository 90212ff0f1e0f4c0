"""A server on this machine that answers every question by one function, in JSON or by sending somebody on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked."""

    method: str
    path: str
    query: dict[str, str]
    body: dict[str, Any]
    headers: dict[str, str]


# The status and what is told; for 302 the address to go on to.
Answer = Callable[[Question], tuple[int, Any]]


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Run one on a free port and give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _handler(answer)) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def _handler(answer: Answer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            body = json.loads(raw) if raw.startswith("{") else _first(raw)
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Question(
                method=self.command, path=address.path, query=_first(address.query), body=body, headers=headers
            )
            self._say(*answer(asked))

        do_POST = do_GET

        def _say(self, status: int, told: Any) -> None:
            text = b"" if status == 302 else json.dumps(told).encode()
            self.send_response(status)
            self.send_header(*(("Location", told) if status == 302 else ("Content-Type", "application/json")))
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    return Handler


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
