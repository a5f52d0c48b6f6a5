"""A process of its own for what takes long and cannot be interrupted: it is killed instead.

Must not know pictures, requests or Qt.

Not multiprocessing: its way of starting a fresh process runs the person's main script again there, which may do
anything where it has no guard. This one starts Python with a line of its own, and talks through the pipes of
subprocess, in the same way on every system. A forked process is no way out: torch's threads do not survive in it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from typing import TYPE_CHECKING, Any

from tensorviz.core.errors import MemoryExhausted, TensorvizError
from tensorviz.engine.tasks.translate.frames import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from tensorviz.engine.cancel import CancelToken

    Network = tuple[dict[str, Any], dict[str, Any]]

POLL = 0.03  # seconds between two looks at the token
PATIENCE = 5.0  # seconds for a killed process to be gone
MOST = 2  # generators that are kept there
LAST_MOMENT = 1.0  # seconds for one that has closed its pipes to be gone
SMALLER = "Choose a smaller shorter side (--resize), or close other programs."
TRY_AGAIN = f"Try it again. If it happens again: {SMALLER[0].lower()}{SMALLER[1:]}"
MAIN = "import sys; sys.path[:] = sys.argv[1:]; from tensorviz.engine.tasks.translate.workshop_main import main; main()"


class Workshop:
    """A process that computes with generators; started when it is first asked, warm until it is closed or killed.

    Used by one thread at a time. It ends with this process, however that ends.
    """

    def __init__(self, command: tuple[str, ...] | None = None) -> None:
        self._command = command
        self._child: _Child | None = None
        self._there: list[int] = []  # the generators that it holds, the last used last
        self._keys = itertools.count()
        self._ending: threading.Thread | None = None

    def new_key(self) -> int:
        """A number for a generator, by which it is told from the others here."""
        return next(self._keys)

    @property
    def possible(self) -> bool:
        """Whether there is a Python to start: a program frozen into one file would start itself again."""
        return bool(sys.executable) and not getattr(sys, "frozen", False)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._child is not None and self._child.process.poll() is None

    @property
    def pid(self) -> int | None:
        """The number of the process that runs, None where none does."""
        return self._child.process.pid if self._child is not None and self.alive else None

    def ask(
        self,
        what: str,
        key: int,
        network: Callable[[], Network],
        given: tuple[Any, ...],
        threads: int,
        token: CancelToken | None = None,
        hear: Callable[[Any], None] | None = None,
    ) -> Any:
        """What the generator of that key makes of `given`: plain values and arrays.

        network: its plan and numbers, for when they are not there yet. hear: told of what comes before the answer.
        Raises Cancelled at most 50 ms after the wish, whatever is computed then (the process is killed);
        MemoryExhausted, TensorvizError: also when the process died.
        """
        if token is not None:
            token.check()
        if not self.alive:
            self.close()
            self.settle()
            self._child = _Child(self._command or _command())
        assert self._child is not None
        request = {"what": what, "key": key, "given": given, "threads": threads}
        request |= {"network": None if key in self._there else network(), "forget": self._make_room(key)}
        try:
            answer = self._child.converse(request, token, hear)
        except BaseException:
            self.close()  # what it still computes or says belongs to nobody
            raise
        if isinstance(answer, Exception):
            self.close()  # it may lack what it was given, and holds memory
            raise answer
        return answer

    def _make_room(self, key: int) -> list[int]:
        others = [known for known in self._there if known != key]
        self._there = [*others[-(MOST - 1) :], key]
        return others[: -(MOST - 1)]

    def close(self) -> None:
        """Kills the process, and does not wait until it is gone: to give gigabytes back takes it a while."""
        child, self._child, self._there = self._child, None, []
        if child is not None:
            child.process.kill()
            self.settle()
            self._ending = threading.Thread(target=child.end, daemon=True)
            self._ending.start()

    def settle(self) -> None:
        """Waits until a process that was killed is gone, and its memory free."""
        if self._ending is not None:
            self._ending.join(PATIENCE)
            self._ending = None


class _Child:
    """The process and its pipes."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=os.name == "posix",  # Ctrl+C in the terminal is not for it
            creationflags=_QUIETLY,
        )
        self._talk: threading.Thread | None = None
        weakref.finalize(self, self.process.kill)

    def end(self) -> None:
        """Waits until the killed process is gone, and closes its pipes."""
        if self._talk is not None:
            self._talk.join(PATIENCE)  # or the number of a pipe that it writes to might mean another file by now
        with contextlib.suppress(subprocess.TimeoutExpired):  # the system ends it when it can
            self.process.wait(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def converse(self, request: Any, token: CancelToken | None, hear: Callable[[Any], None] | None) -> Any:
        """The answer, or the exception that came as one. Raises Cancelled, and what tells that the process died."""
        replies: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._talk = threading.Thread(target=_talk, args=(self.process, request, replies), daemon=True)
        self._talk.start()
        while True:
            try:
                kind, what = replies.get(timeout=POLL)
            except queue.Empty:
                kind, what = "nothing", None
            if token is not None:
                token.check()
            if kind == "told" and hear is not None:
                hear(what)
            elif kind == "died":
                raise _death(self.process)
            elif kind in ("done", "failed"):
                return what if kind == "done" else _error(*what)


def _talk(process: subprocess.Popen[bytes], request: Any, replies: queue.SimpleQueue[Any]) -> None:
    """Asks and hears the answer; on a thread of its own, because both wait as long as the process is busy."""
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        write_frame(process.stdin, request)
        kind = "told"
        while kind == "told":
            reply = read_frame(process.stdout)
            replies.put(reply)
            kind = reply[0]
    except MemoryError:
        replies.put(("failed", ("memory", "The memory was not enough for what was drawn.", SMALLER)))
    except Exception:  # noqa: BLE001 - it died, its pipes were closed, or what it says is no frame: no answer will come
        replies.put(("died", None))


def _death(process: subprocess.Popen[bytes]) -> TensorvizError:
    """What is said of a process that ended although nobody wished it."""
    try:
        code = process.wait(LAST_MOMENT)
    except subprocess.TimeoutExpired:
        return TensorvizError("The process that draws said what makes no sense.", TRY_AGAIN)
    if code == -getattr(signal, "SIGKILL", 9):  # by the system, which does so when memory runs out
        return MemoryExhausted(
            "The system ended the process that draws, most likely because the memory of the computer ran out.", SMALLER
        )
    return TensorvizError(
        f"The process that draws ended unexpectedly ({f'signal {-code}' if code < 0 else f'exit code {code}'}).",
        TRY_AGAIN,
    )


def _error(kind: str, said: str, more: str) -> Exception:
    if kind == "unknown":
        error = RuntimeError(said)
        error.add_note(f"In the process that draws:\n{more}")
        return error
    return MemoryExhausted(said, more) if kind == "memory" else TensorvizError(said, more)


def _command() -> tuple[str, ...]:
    """Python with the same places to import from, and nothing of the person's script."""
    places = (place or os.getcwd() for place in sys.path)  # noqa: PTH109 - as Python itself names the place
    return sys.executable, "-W", "ignore", "-c", MAIN, *places


_QUIETLY = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
