"""How soon the comparison of two pictures answers: 4000 x 3000 pixels each, at 1280x800.

    python tests/bench/bench_comparison.py [--moves 200] [--ratio 1] [--data DIR, not needed]

Milliseconds of one paint, on the clock and of the thread's own: the first paints until nothing is a draft, pointing
with the lens, dragging the divider, zooming with the wheel, panning, and the map of the difference.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tensorviz.ui.widgets.comparison import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

WIDTH, HEIGHT = 4000, 3000


class Measured(Comparison):
    """The canvas with a clock in its paints."""

    def __init__(self) -> None:
        super().__init__()
        self.paints: list[tuple[float, float]] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        before = time.perf_counter(), time.process_time()
        super().paintEvent(event)
        self.paints.append((time.perf_counter() - before[0], time.process_time() - before[1]))


def picture(seed: int) -> QImage:
    """Noise without a pattern, RGB."""
    row = bytes((x * 2654435761 * seed >> 13) & 255 for x in range(WIDTH * 3 + 7919))
    return QImage(
        b"".join(row[y * 31 % 7919 :][: WIDTH * 3] for y in range(HEIGHT)),
        WIDTH,
        HEIGHT,
        WIDTH * 3,
        QImage.Format.Format_RGB888,
    ).copy()


def settle(canvas: Measured) -> None:
    """Paints until nothing is a draft."""
    canvas.repaint()
    while not canvas.complete:
        canvas.repaint()
    while not canvas.prepare():
        pass


def tell(name: str, canvas: Measured) -> None:
    """One line: medians, what 99 of 100 are within, and the worst; then forgets."""
    clock, own = (sorted(1000 * one[at] for one in canvas.paints) for at in (0, 1))
    most = int(0.99 * (len(clock) - 1))
    print(
        f"{name:34} n {len(clock):4}  clock median {statistics.median(clock):6.2f} max {clock[-1]:6.2f}  "
        f"own median {statistics.median(own):6.2f} 99% {own[most]:6.2f} max {own[-1]:6.2f} ms"
    )
    canvas.paints.clear()


def each(canvas: Measured, name: str, moves: int, move: Callable[[int], object], whole: bool = False) -> None:
    """Does something again and again; each time it is painted, to the end where `whole`."""
    for number in range(moves):
        move(number)
        if whole:
            settle(canvas)
        else:
            canvas.repaint()
    tell(name, canvas)
    settle(canvas)
    canvas.paints.clear()


def measure(canvas: Measured, moves: int) -> None:
    """All of it."""
    settle(canvas)
    tell("first paints, until final", canvas)
    canvas.set_lens(True)
    each(canvas, "pointing with the lens", moves, lambda n: canvas.point_at(19 * n % WIDTH, 13 * n % HEIGHT))
    each(canvas, "dragging the divider", moves, lambda n: canvas.set_divider(n % 101 / 100))
    canvas.set_lens(False)
    at = QPointF(700, 300)
    each(canvas, "wheel, a paint each", 24, lambda n: canvas.zoom_by(1.19 if n < 12 else 1 / 1.19, at))
    each(canvas, "wheel, until final", 24, lambda n: canvas.zoom_by(1.19 if n < 12 else 1 / 1.19, at), whole=True)
    canvas.set_zoom(1.0)
    settle(canvas)
    each(canvas, "panning at 100 %", moves, lambda n: canvas.pan(-9 if n < moves // 2 else 9, -5))
    canvas.set_zoom(2.7)
    settle(canvas)
    each(canvas, "panning at 270 %", moves, lambda n: canvas.pan(-9 if n < moves // 2 else 9, -5))
    canvas.fit()
    canvas.set_difference(bytes(range(256)) * (WIDTH * HEIGHT // 256), WIDTH, HEIGHT)
    canvas.set_mode("difference")
    settle(canvas)
    tell("difference, until final", canvas)
    each(canvas, "pointing at the difference", moves, lambda n: canvas.point_at(19 * n % WIDTH, 13 * n % HEIGHT))
    canvas.set_mode("side")
    settle(canvas)
    tell("side by side, until final", canvas)
    each(canvas, "pointing side by side", moves, lambda n: canvas.point_at(19 * n % WIDTH, 13 * n % HEIGHT))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data")
    parser.add_argument("--moves", type=int, default=200)
    parser.add_argument("--ratio", default="1")
    options = parser.parse_args()
    os.environ["QT_SCALE_FACTOR"] = options.ratio
    application = QApplication(sys.argv[:1])
    assert application is not None  # it lives as long as the name
    canvas = Measured()
    canvas.resize(1280, 800)
    canvas.show()
    QTest.qWaitForWindowExposed(canvas)
    pictures = picture(1), picture(3)
    canvas.set_colours([QColor(level, level, 255 - level).name() for level in range(256)])
    gc.collect()
    gc.freeze()
    canvas.paints.clear()
    canvas.show_pictures(*pictures)
    measure(canvas, options.moves)
    canvas.close()


if __name__ == "__main__":
    main()
