"""A web server on this computer that misbehaves exactly as told, one rule per request.

Must not know the program: it speaks HTTP with the standard library only.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_STALL = 20.0  # seconds after which a stalled handler ends in any case


@dataclass
class Asked:
    """A request as it came in."""

    path: str
    headers: dict[str, str]

    @property
    def start(self) -> int | None:
        """The first byte asked for by Range, or None."""
        met = re.match(r"bytes=(\d+)-$", self.headers.get("range", ""))
        return int(met[1]) if met else None


@dataclass
class Answer:
    """What is sent: head, then body; then the connection ends, after a stall where one is told."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    stall_before: bool = False
    stall_after: bool = False


class Server:
    """Answers each request by the next rule; the last rule stays."""

    def __init__(self, *rules: Callable[[Asked], Answer]) -> None:
        self.rules, self.asked = list(rules), list[Asked]()
        self.go_on, self.stalled = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Speaker)
        self._http.daemon_threads = False
        self._http.owner = self  # type: ignore[attr-defined]  # the handler finds its rules here
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.go_on.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def url(self, path: str = "/file.pth") -> str:
        return f"http://127.0.0.1:{self._http.server_port}{path}"

    def next_answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.asked.append(asked)
            rule = self.rules.pop(0) if len(self.rules) > 1 else self.rules[0]
        return rule(asked)


class _Speaker(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        owner = cast("Server", self.server.owner)  # type: ignore[attr-defined]
        answer = owner.next_answer(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}))
        try:
            self._speak(owner, answer)
        except (BrokenPipeError, ConnectionResetError):
            return  # the client left, as some tests want it to

    def _speak(self, owner: Server, answer: Answer) -> None:
        if answer.stall_before:
            self._stall(owner)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()
        if answer.stall_after:
            self._stall(owner)

    def _stall(self, owner: Server) -> None:
        owner.stalled.set()
        owner.go_on.wait(LONGEST_STALL)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def honest(content: bytes, etag: str = '"one"') -> Callable[[Asked], Answer]:
    """A server as it should be: Range and If-Range understood."""

    def rule(asked: Asked) -> Answer:
        start, known = asked.start, asked.headers.get("if-range", etag)
        if start is None or known != etag:
            return Answer(200, {"Content-Length": str(len(content)), "ETag": etag}, content)
        if start >= len(content):
            return Answer(416, {"Content-Range": f"bytes */{len(content)}"})
        rest = content[start:]
        where = f"bytes {start}-{len(content) - 1}/{len(content)}"
        return Answer(206, {"Content-Length": str(len(rest)), "Content-Range": where, "ETag": etag}, rest)

    return rule


def cut(rule: Callable[[Asked], Answer], after: int, *, stall: bool = False) -> Callable[[Asked], Answer]:
    """The same, but only `after` bytes of the body come; then the connection ends, or nothing comes any more."""

    def shortened(asked: Asked) -> Answer:
        answer = rule(asked)
        return Answer(answer.status, answer.headers, answer.body[:after], stall_after=stall)

    return shortened


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[Asked], Answer]:
    """Always the same answer; `_` in header names stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Answer(status, {"Content-Length": str(len(body)), **named}, body)
