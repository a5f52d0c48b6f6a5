"""Pixmaps that were painted once: kept up to a bound of memory, made a few at a time.

Must not know what is on them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap

from tensorviz.ui.canvas.shape_painter import paint_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tensorviz.core.drawing import Shape

MOST_BYTES = 96 * 1024 * 1024
SLICE = 0.0025  # seconds of making tiles in one paint


@dataclass(frozen=True, slots=True)
class Tile:
    """One pixmap; `stamp` says from which state it was painted."""

    pixmap: QPixmap
    stamp: Hashable
    nbytes: int


class TileStore:
    """Tiles by key; those that were not used for the longest time go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._tiles: OrderedDict[Hashable, Tile] = OrderedDict()
        self._most = most_bytes
        self.nbytes = 0

    def __len__(self) -> int:
        return len(self._tiles)

    def get(self, key: Hashable) -> Tile | None:
        """The tile of a key."""
        tile = self._tiles.get(key)
        if tile is not None:
            self._tiles.move_to_end(key)
        return tile

    def put(self, key: Hashable, tile: Tile) -> None:
        """Keeps a tile, in the place of an older one."""
        before = self._tiles.pop(key, None)
        self.nbytes += tile.nbytes - (before.nbytes if before is not None else 0)
        self._tiles[key] = tile
        while self.nbytes > self._most and len(self._tiles) > 1:
            _, oldest = self._tiles.popitem(last=False)
            self.nbytes -= oldest.nbytes

    def clear(self) -> None:
        """Forgets all."""
        self._tiles.clear()
        self.nbytes = 0


class Slice:
    """The time that one paint may spend on new tiles; the first one is always made, so that there is progress.

    One more is made only if it ends in time when it takes as long as the longest so far.
    """

    def __init__(self, seconds: float = SLICE) -> None:
        self._last = perf_counter()
        self._until = self._last + seconds
        self._longest = 0.0
        self.made = 0
        self.left_out = 0

    def allows(self) -> bool:
        """Whether one more may be made now; counts those that may not."""
        now = perf_counter()
        if self.made:
            self._longest = max(self._longest, now - self._last)
            if now + self._longest >= self._until:
                self.left_out += 1
                return False
        self._last = now
        self.made += 1
        return True


def painted(
    shapes: Callable[[], Iterable[Shape]], left: float, size: tuple[float, float], ratio: float, stamp: Hashable
) -> Tile:
    """A transparent tile with shapes on it; x = `left` is its left edge. size: in device-independent pixels."""
    width, height = max(int(size[0] * ratio + 0.999), 1), max(int(size[1] * ratio + 0.999), 1)
    pixmap = QPixmap(width, height)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.translate(-left, 0)
    paint_shapes(painter, shapes())
    painter.end()
    return Tile(pixmap, stamp, width * height * 4)
