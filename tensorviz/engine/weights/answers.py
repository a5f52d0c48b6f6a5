"""What a server's answer to "the rest of this file, please" means: where its bytes belong, or why there are none.

Must not know sockets or files: statuses and headers in, a decision or an error out.
"""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
import urllib.error
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tensorviz.core.errors import FetchFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tensorviz.engine.weights.exchange import Opened

TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
LONGEST_WISH = 30.0  # seconds that a server's Retry-After is followed at most
UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.ECONNREFUSED}
SAYS = {
    401: "the server wants a password",
    403: "the server refuses it",
    404: "the server has no such file",
    407: "the proxy wants a password",
    410: "the server no longer has it",
}
RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)$")
WHOLE = re.compile(r"bytes \*/(\d+)$")


class Unreachable(FetchFailed):
    """The server could not be reached at all: most likely this computer is offline."""


class Interrupted(Exception):
    """The attempt ended without the whole file; another one may succeed.

    restart: the bytes so far are of no use. offline: nothing was reached. wait: seconds the server asked for.
    """

    def __init__(self, reason: str, *, restart: bool = False, offline: bool = False, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.restart, self.offline, self.wait = reason, restart, offline, wait


@dataclass(frozen=True, slots=True)
class Body:
    """Bytes that follow: from `offset` of the file; `total` bytes in all, None when unknown. validator as in Note."""

    offset: int
    total: int | None
    validator: str


def read_answer(opened: Opened, have: int) -> Body:
    """Where the body belongs when `have` bytes were here. Raises Interrupted or FetchFailed (no use in trying again).

    A total equal to `have` with an empty body (416) means that everything is here.
    """
    if opened.status == 206:
        return _partial(opened.headers, have)
    if opened.status == 416:
        return _beyond(opened.headers, have)
    if opened.status in TRANSIENT:
        raise Interrupted(f"the server answered {opened.status}", wait=_wish(opened.headers))
    if opened.status != 200:
        said = SAYS.get(opened.status, "the server gave an answer of no use")
        raise FetchFailed(f"{said} (HTTP {opened.status})")
    if opened.headers.get("content-type", "").startswith("text/html"):
        raise FetchFailed("a web page came instead of a file (a login or proxy page?)")
    return Body(0, _number(opened.headers.get("content-length")), validator_of(opened.headers))


def validator_of(headers: Mapping[str, str]) -> str:
    """What If-Range may carry: a strong ETag, else the time of last change, else ""."""
    tag = headers.get("etag", "")
    return tag if tag and not tag.startswith("W/") else headers.get("last-modified", "")


def _partial(headers: Mapping[str, str], have: int) -> Body:
    met = RANGE.match(headers.get("content-range", "").strip())
    if met is None or int(met[1]) != have or int(met[2]) < have:
        raise Interrupted("the server sent another part than the one asked for", restart=True)
    total = _number(met[3])
    if total is not None and int(met[2]) >= total:
        raise Interrupted("the server contradicts itself about the file's size", restart=True)
    return Body(have, total, validator_of(headers))


def _beyond(headers: Mapping[str, str], have: int) -> Body:
    met = WHOLE.match(headers.get("content-range", "").strip())
    if met is None or int(met[1]) != have or not have:
        raise Interrupted("the server does not have the rest that was asked for", restart=True)
    return Body(have, have, validator_of(headers))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None


def _wish(headers: Mapping[str, str]) -> float:
    seconds = _number(headers.get("retry-after"))
    return min(float(seconds), LONGEST_WISH) if seconds else 0.0


def interruption(error: Exception) -> Interrupted:
    """The interruption that a connection's error means. Raises FetchFailed when trying again is of no use."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        raise FetchFailed(f"the connection cannot be trusted ({_said(cause)})") from error
    if isinstance(cause, socket.gaierror):
        return Interrupted("its name cannot be looked up", offline=True)
    if isinstance(cause, OSError) and cause.errno in UNREACHABLE:
        return Interrupted(_said(cause), offline=True)
    if isinstance(cause, TimeoutError):
        return Interrupted("nothing came for too long", offline=isinstance(error, urllib.error.URLError))
    if isinstance(cause, OSError | http.client.HTTPException):
        return Interrupted(f"the connection broke ({_said(cause)})")
    return Interrupted(_said(cause))


def _said(cause: object) -> str:
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
    return text.rstrip(".") or type(cause).__name__
