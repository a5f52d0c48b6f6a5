"""Downloads that survive bad connections: resumed, checked, renamed at the end; weights put where torch keeps them.

Must not know torch or Qt. Nothing is fetched that nobody asked for, and nothing twice.
"""

from __future__ import annotations

import http.client
import shutil
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tensorviz.core.errors import FetchFailed, ValueRefused, WeightsMissing
from tensorviz.core.text import bytes_text
from tensorviz.engine.weights import store
from tensorviz.engine.weights.answers import Body, Interrupted, Unreachable, interruption, read_answer
from tensorviz.engine.weights.every_model import every_model
from tensorviz.engine.weights.exchange import Exchange
from tensorviz.engine.weights.part import Note, Part, exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tensorviz.core.catalogue import WeightsRow
    from tensorviz.engine.cancel import CancelToken

    Report = Callable[[int, int | None], None]

SPARE = 16 << 20  # bytes that are left free on the disk
BETWEEN_REPORTS = 0.05  # seconds
HEADERS = {"User-Agent": "tensorviz", "Accept": "*/*", "Accept-Encoding": "identity"}


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a download is tried. Times in seconds.

    silence: without a byte, before the connection is given up. tries: in a row that bring less than `progress` bytes.
    offline_tries: the same while nothing is reached at all. pause: before the second try, doubled for each further one.
    """

    silence: float = 20.0
    tries: int = 6
    offline_tries: int = 2
    pause: float = 0.5
    longest_pause: float = 8.0
    progress: int = 1 << 18
    free: Callable[[Path], int] = _free


PATIENT = Patience()


def fetch_weights(row: WeightsRow, token: CancelToken, report: Report, patience: Patience = PATIENT) -> Path:
    """The checked file of these weights, downloaded where torch keeps it unless it is there already.

    report(done, total) in bytes, at most twenty a second. Raises FetchFailed (Unreachable when offline; the hint tells
    what is here and how to get the file another way), WeightsDamaged (a wrong file lies there), WeightsMissing,
    Cancelled.
    """
    found = store.locate(row)
    if found is not None:
        return store.verified(found, row.sha256_prefix, token)
    if not row.url:
        raise WeightsMissing(f"The file of {row.model} is not here: {row.path}.", "It is not published; restore it.")
    try:
        return fetch_file(row.url, store.destination(row), row.sha256_prefix, token, report, patience)
    except FetchFailed as error:
        hints = [error.hint, what_is_here(), other_way(row)]
        raise type(error)(error.message, " ".join(hint for hint in hints if hint)) from error


def what_is_here() -> str:
    """A sentence naming the weights that are on this computer; empty when there are none."""
    models = every_model()
    here = [f"{row.model}:{row.name}" for model in models for row in model.weights if row.here]
    if not here:
        return ""
    more = f" and {len(here) - 6} more" if len(here) > 6 else ""
    return f"On this computer: {', '.join(here[:6])}{more}."


def other_way(row: WeightsRow) -> str:
    """How to get the file without this program's connection."""
    return (
        f"Another way: get {row.url} with a browser or on another computer, then "
        f"`tensorviz fetch --from FILE {row.model}:{row.name}`, or put it into {store.destination(row).parent}."
    )


def fetch_file(
    url: str, destination: Path, sha256_prefix: str, token: CancelToken, report: Report, patience: Patience = PATIENT
) -> Path:
    """Downloads `url` to `destination`; a file that is already there is checked and kept.

    An interrupted or cancelled download leaves `.part` beside, from which the next one goes on. Raises FetchFailed,
    Unreachable, WeightsDamaged (another file is there), ValueRefused (no http address), Cancelled.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueRefused(f"{url} cannot be fetched: only http and https addresses can.", "Use --from FILE.")
    token.check()
    with being_written(destination, token):
        if not destination.exists():
            _Download(url, destination, sha256_prefix, token, report, patience).run()
        return store.verified(destination, sha256_prefix, token)


@contextmanager
def being_written(destination: Path, token: CancelToken) -> Iterator[None]:
    """Holds `destination`, in a folder that is made if need be, against other threads and processes.

    Raises FetchFailed for what the file system refuses, Cancelled while another has it.
    """
    try:
        destination.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(destination, token):
            yield
    except OSError as error:
        said = f"{destination.name} could not be written to {destination.parent}: {error.strerror or error}."
        hint = "Is the folder writable, and is there space? What came is kept; fetching again goes on from there."
        raise FetchFailed(said, hint) from error


class _Download:
    """One download, from the first attempt to the last."""

    def __init__(
        self, url: str, destination: Path, sha256_prefix: str, token: CancelToken, report: Report, patience: Patience
    ) -> None:
        self.url, self.destination, self.prefix = url, destination, sha256_prefix.lower()
        self.token, self.report, self.patience = token, report, patience
        self.part = Part(destination)
        self.resumed = self.part.size() > 0
        self.last_report = 0.0

    def run(self) -> None:
        self._complete()
        digest = store.digest_of(self.part.path, self.token)
        if not digest.startswith(self.prefix):
            digest = self._second_chance()
        self.part.finish(self.destination)
        store.remember(self.destination, digest)

    def _second_chance(self) -> str:
        """Wrong bytes: the part is thrown away; one made of several downloads is fetched once more, in one piece."""
        self.part.discard()
        digest = ""
        if self.resumed:
            self._complete()
            digest = store.digest_of(self.part.path, self.token)
        if not digest or not digest.startswith(self.prefix):
            self.part.discard()
            raise FetchFailed(
                f"{self.destination.name} was downloaded, and its bytes are not the published ones: its SHA-256 does "
                f"not begin with {self.prefix}; it was thrown away.",
                "A proxy may have changed it on the way, or the server has another file.",
            )
        return digest

    def _complete(self) -> None:
        """Tries until the part is whole."""
        failures, reached = 0, self.part.size()
        while True:
            try:
                return self._attempt()
            except Interrupted as met:
                if met.restart:
                    self.part.discard()
                progressed = self.part.size() >= reached + self.patience.progress
                reached = max(reached, self.part.size())
                failures = 1 if progressed else failures + 1
                self._pause_or_give_up(met, failures)
            except FetchFailed as error:
                raise self._failed(error.message, error.hint) from error

    def _pause_or_give_up(self, met: Interrupted, failures: int) -> None:
        if failures >= (self.patience.offline_tries if met.offline else self.patience.tries):
            raise self._offline(met) if met.offline else self._failed(met.reason, self._kept())
        pause = min(self.patience.pause * 2 ** (failures - 1), self.patience.longest_pause)
        self.token.wait(max(pause, met.wait))
        self.token.check()

    def _attempt(self) -> None:
        have, headers = self._ask()
        self.resumed = self.resumed or have > 0
        with Exchange(self.url, {**HEADERS, **headers}, self.patience.silence) as exchange:
            with _connection():
                opened = exchange.opened(self.token)
            body = self._accepted(read_answer(opened, have))
            if body.total is None or body.offset < body.total:
                self._receive(exchange, body)
        if body.total is not None and self.part.size() != body.total:
            raise Interrupted(f"only {self.part.size():,} of {body.total:,} bytes came")

    def _ask(self) -> tuple[int, dict[str, str]]:
        """How many bytes are here, and the headers that ask for the others."""
        have, note = self.part.size(), self.part.note()
        if not have:
            return 0, {}
        if note is None or note.url != self.url or not (note.validator or self.prefix):
            self.part.discard()  # nothing says that these bytes belong to that file
            return 0, {}
        asked = {"Range": f"bytes={have}-"}
        return have, {**asked, "If-Range": note.validator} if note.validator else asked

    def _accepted(self, body: Body) -> Body:
        """The body, once it fits what is here and the disk."""
        note = self.part.note()
        if body.offset and note and note.total is not None and body.total not in (None, note.total):
            raise Interrupted("the file on the server has changed", restart=True)
        self._check_space(body)
        if body.offset == 0:
            self.part.write_note(Note(self.url, body.validator, body.total))
        return body

    def _check_space(self, body: Body) -> None:
        needed = (body.total or 0) - body.offset
        free = self.patience.free(self.part.path.parent) + (self.part.size() if body.offset == 0 else 0)
        if needed + SPARE > free:
            raise FetchFailed(
                f"it needs {bytes_text(needed)} and {bytes_text(free)} are free in {self.part.path.parent}",
                "Make space (`tensorviz fetch --list` shows what is there), or choose another folder by TORCH_HOME.",
            )

    def _receive(self, exchange: Exchange, body: Body) -> None:
        with self.part.open(body.offset) as stream:
            blocks = exchange.blocks(self.token)
            done = body.offset
            self._tell(done, body.total)
            while True:
                with _connection():
                    block = next(blocks, b"")
                if not block:
                    break
                done += len(block)
                stream.write(block)
                self._tell(done, body.total)
        self._tell(done, body.total, always=True)

    def _tell(self, done: int, total: int | None, *, always: bool = False) -> None:
        now = time.monotonic()
        if always or now - self.last_report >= BETWEEN_REPORTS:
            self.last_report = now
            self.report(done, total)

    def _kept(self) -> str:
        return (
            f"{bytes_text(self.part.size())} are kept; fetching again goes on from there." if self.part.size() else ""
        )

    def _failed(self, reason: str, hint: str = "") -> FetchFailed:
        return FetchFailed(f"{self.destination.name} could not be fetched from {_host(self.url)}: {reason}.", hint)

    def _offline(self, met: Interrupted) -> Unreachable:
        message = f"{self.destination.name} could not be fetched: {_host(self.url)} cannot be reached ({met.reason})."
        return Unreachable(f"{message} This computer seems to be offline.", self._kept())


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


@contextmanager
def _connection() -> Iterator[None]:
    """Turns what a connection raises inside into Interrupted, or FetchFailed where a second try is of no use."""
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise interruption(error) from error
