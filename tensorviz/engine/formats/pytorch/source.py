"""The bytes of a pickle, taken piece by piece within bounds, from a file or from memory.

Must not know what the pieces mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tensorviz.engine.formats.spec import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable

BLOCK = 1 << 18
LONGEST_LINE = 1 << 20


class Source:
    """Takes bytes start..stop-1 of what `read(position, count)` gives, in order. Raises Damaged where they end."""

    __slots__ = ("_at", "_base", "_buffer", "_read", "_stop")

    def __init__(self, read: Callable[[int, int], bytes], start: int, stop: int) -> None:
        self._read, self._stop = read, stop
        self._base, self._at, self._buffer = start, 0, b""

    @property
    def position(self) -> int:
        """Where the next byte lies."""
        return self._base + self._at

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return self._stop - self._base - self._at

    def byte(self) -> int:
        """The next byte."""
        at = self._at
        if at < len(self._buffer):
            self._at = at + 1
            return self._buffer[at]
        return self.take(1)[0]

    def take(self, count: int) -> bytes:
        """The next `count` bytes; the caller has bounded the count."""
        at = self._at
        stop = at + count
        if stop <= len(self._buffer):
            self._at = stop
            return self._buffer[at:stop]
        self._fill(count)
        self._at = count
        return self._buffer[:count]

    def line(self) -> bytes:
        """The bytes up to the next end of line, which is passed over."""
        end = self._buffer.find(b"\n", self._at)
        if end < 0:
            self._fill(min(LONGEST_LINE, self.left))
            end = self._buffer.find(b"\n")
        if end < 0:
            raise Damaged("its pickle has a line without an end")
        line = self._buffer[self._at : end]
        self._at = end + 1
        return line

    def skip(self, count: int) -> None:
        """Passes over bytes without looking at them."""
        if count > self.left:
            raise Damaged("its pickle is cut short")
        if count <= len(self._buffer) - self._at:
            self._at += count
        else:
            self._base, self._at, self._buffer = self.position + count, 0, b""

    def _fill(self, count: int) -> None:
        """The buffer begins at the next byte and has at least `count`."""
        if count > self.left:
            raise Damaged("its pickle is cut short")
        base = self.position
        buffer = self._read(base, min(max(count, BLOCK), self._stop - base))
        if len(buffer) < count:
            raise Damaged("it ended while its pickle was read")
        self._base, self._at, self._buffer = base, 0, buffer
