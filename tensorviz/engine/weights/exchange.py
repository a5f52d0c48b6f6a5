"""One request over HTTP on a thread of its own, so that whoever waits for it can stop waiting at any moment.

Must not know files or weights. TLS is always verified, proxies are the system's, and https never leads to http.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.engine.cancel import CancelToken

BLOCK = 1 << 16
WAITING_BLOCKS = 64
TICK = 0.04  # seconds between two looks at the token


@dataclass(frozen=True, slots=True)
class Opened:
    """The head of an answer: status, headers (names in lower case) and the address that answered at last."""

    status: int
    headers: Mapping[str, str]
    url: str


class Exchange:
    """A request that is under way. Use it in a `with`: leaving it closes the connection, whatever its state."""

    def __init__(self, url: str, headers: Mapping[str, str], timeout: float) -> None:
        self._request = urllib.request.Request(url, headers=dict(headers))
        self._timeout = timeout
        self._items: queue.Queue[Opened | bytes | BaseException] = queue.Queue(WAITING_BLOCKS)
        self._left = threading.Event()
        self._sockets: list[socket.socket] = []
        # A daemon: a name lookup cannot be interrupted, and must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name="fetch", daemon=True)

    def __enter__(self) -> Exchange:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        for opened in self._sockets:
            _shut(opened)

    def opened(self, token: CancelToken) -> Opened:
        """Waits for the head of the answer. Raises what the connection raised, or Cancelled."""
        item = self._next(token)
        if not isinstance(item, Opened):
            raise http.client.HTTPException("the answer has no head")
        return item

    def blocks(self, token: CancelToken) -> Iterator[bytes]:
        """The body as it comes, up to 64 KiB at a time. Raises what the connection raised, or Cancelled."""
        while block := self._next(token):
            assert isinstance(block, bytes)
            yield block

    def _next(self, token: CancelToken) -> Opened | bytes:
        while True:
            token.check()
            try:
                item = self._items.get(timeout=TICK)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                raise item
            return item

    def _run(self) -> None:
        try:
            with self._open() as response:
                self._give(Opened(response.status, _lowered(response.headers), response.url))
                while not self._left.is_set() and (block := response.read1(BLOCK)):
                    self._give(block)
            self._give(b"")
        except Exception as error:  # noqa: BLE001 - raised again on the thread that waits
            self._give(error)

    def _open(self) -> Any:
        try:
            return _opener(self._watch).open(self._request, timeout=self._timeout)
        except urllib.error.HTTPError as refused:
            return refused  # an answer like any other; the status says what it is

    def _watch(self, opened: socket.socket) -> None:
        self._sockets.append(opened)
        if self._left.is_set():
            _shut(opened)

    def _give(self, item: Opened | bytes | BaseException) -> None:
        while not self._left.is_set():
            try:
                self._items.put(item, timeout=TICK)
            except queue.Full:
                continue
            return


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but never from https to http."""

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Any:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise urllib.error.URLError(ssl.SSLError(f"it leads from https to {newurl}, which is not protected"))
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _opener(watch: Any) -> urllib.request.OpenerDirector:
    """An opener for http and https alone, whose sockets are told to `watch` as soon as they are connected."""

    class Plain(http.client.HTTPConnection):
        def connect(self) -> None:
            super().connect()
            watch(self.sock)

    class Protected(http.client.HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            watch(self.sock)

    class OverHttp(urllib.request.HTTPHandler):
        def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Plain, req)

    class OverHttps(urllib.request.HTTPSHandler):
        def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
            return self.do_open(Protected, req, context=_context())

    director = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        OverHttp(),
        OverHttps(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SafeRedirects(),
    ):
        director.add_handler(handler)
    return director


def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _lowered(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _shut(opened: socket.socket) -> None:
    try:
        opened.shutdown(socket.SHUT_RDWR)  # wakes a thread that waits in recv; close() would not
    except OSError:
        return  # already closed
