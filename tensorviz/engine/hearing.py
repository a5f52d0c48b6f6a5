"""Warnings heard or kept quiet for one thread only, while other threads do the same.

Must not know who warns of what: the interpreter's warning filters only.

`warnings.catch_warnings` is not safe for threads: two that overlap put back one another's filters, so that the later
one to leave may leave "ignore" behind, or go on collecting for ever. Here the first thread to enter changes the filters
and the last one to leave puts them back; in between each warning goes to the thread that caused it.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

Heard = list[warnings.WarningMessage]


class _Ears:
    """Who listens, by thread: the innermost list collects, None drops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._saved: warnings.catch_warnings[None] | None = None
        self._outside: Any = None
        self._of_thread = threading.local()

    @contextlib.contextmanager
    def listening(self, heard: Heard | None) -> Iterator[None]:
        """While inside, warnings of this thread go to `heard`, or nowhere."""
        stack = self._stack()
        self._enter()
        stack.append(heard)
        try:
            yield
        finally:
            stack.pop()
            self._leave()

    def _stack(self) -> list[Heard | None]:
        if not hasattr(self._of_thread, "stack"):
            self._of_thread.stack = []
        stack: list[Heard | None] = self._of_thread.stack
        return stack

    def _enter(self) -> None:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                self._outside = warnings.showwarning
                warnings.simplefilter("always")
                warnings.showwarning = self._show

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._saved is not None:
                self._saved.__exit__(None, None, None)
                self._saved = None

    def _show(
        self, message: Any, category: Any, filename: str, lineno: int, file: Any = None, line: Any = None
    ) -> None:
        stack = self._stack()
        if not stack:
            # Of a thread that does not listen: those that are hidden without being asked for stay hidden.
            if not issubclass(category, DeprecationWarning | PendingDeprecationWarning | ImportWarning):
                self._outside(message, category, filename, lineno, file, line)
        elif stack[-1] is not None:
            stack[-1].append(warnings.WarningMessage(message, category, filename, lineno, file, line))


_EARS: Final = _Ears()  # one for all: the filters that it guards are those of the whole process


@contextlib.contextmanager
def hearing() -> Iterator[Heard]:
    """Collects every warning that this thread causes inside."""
    heard: Heard = []
    with _EARS.listening(heard):
        yield heard


def quiet() -> contextlib.AbstractContextManager[None]:
    """Drops every warning that this thread causes inside."""
    return _EARS.listening(None)
