"""Keeping Pillow's remarks off the terminal while a picture is decoded, from several threads at once.

Must not know pictures: the interpreter's warning filters only.
"""

from __future__ import annotations

import threading
import warnings
from typing import Final, Self


class Quiet:
    """A context in which no warning is shown; it may be entered by many threads at once.

    `warnings.catch_warnings` alone is not safe for threads: two that overlap put back one another's filters, so that
    the later one to leave may leave "ignore" behind. Here the first to enter changes the filters and the last to
    leave puts them back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._saved: warnings.catch_warnings[None] | None = None

    def __enter__(self) -> Self:
        with self._lock:
            self._inside += 1
            if self._inside == 1:
                self._saved = warnings.catch_warnings()
                self._saved.__enter__()
                warnings.simplefilter("ignore")
        return self

    def __exit__(self, *_details: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0 and self._saved is not None:
                self._saved.__exit__(None, None, None)
                self._saved = None


QUIET: Final = Quiet()  # one for all: the filters that it guards are those of the whole process
