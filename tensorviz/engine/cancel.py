"""The wish to stop a piece of work, as a token that the work looks at.

Must not know who wishes or what works; no torch at module level.
"""

from __future__ import annotations

import threading

from tensorviz.core.errors import Cancelled


class CancelToken:
    """Set once by anybody, on any thread; checked by the work between pictures, blocks and layers."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Asks the work to stop."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked."""
        return self._event.is_set()

    def check(self) -> None:
        """Raises Cancelled when somebody asked."""
        if self._event.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> bool:
        """Pauses for up to `seconds`, or until somebody asks; gives whether somebody did."""
        return self._event.wait(seconds)
