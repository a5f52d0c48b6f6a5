"""How soon the storage canvas answers: 200 tensors over one storage of 10,000 cells, at 1280x800.

    python tests/bench/bench_canvas.py [--moves 300] [--data DIR, not needed]

Times of one slot or paint in milliseconds, on the clock and of the thread's own: moving the pointer (what is lit is
worked out), the paint after it, scrolling, filling the canvas with tiles, another zoom, and a storage of 2**38 cells.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tensorviz.core.layout import Layout
from tensorviz.core.session_data import SessionFacts, StorageFacts, TensorFacts
from tensorviz.ui.canvas.storage_canvas import StorageCanvas
from tests.ui.tensors.desk import Desk, floats, tensor

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent

CELLS, TENSORS = 10_000, 200


class Measured(StorageCanvas):
    """The canvas with a clock in its paints."""

    paints: list[tuple[float, float]]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        before = time.perf_counter(), time.thread_time()
        super().paintEvent(event)
        self.paints.append((time.perf_counter() - before[0], time.thread_time() - before[1]))


def views(chance: random.Random) -> list[Layout]:
    """Random as_strided views that lie in the storage."""
    found: list[Layout] = []
    while len(found) < TENSORS:
        ndim = chance.randint(1, 3)
        shape = tuple(chance.randint(1, (300, 40, 12)[ndim - 1]) for _ in range(ndim))
        stride = tuple(chance.choice((0, 1, 1, 2, 3, 7, 12, 40, 100)) for _ in range(ndim))
        layout = Layout(shape, stride, chance.randrange(CELLS))
        if layout.fits(CELLS):
            found.append(layout)
    return found


def desk_with_views() -> Desk:
    """The session: a base and 200 views."""
    desk, chance = Desk(), random.Random(0)
    lanes = [
        tensor(f"v{n}", "A", one.shape, stride=one.stride, offset=one.offset) for n, one in enumerate(views(chance))
    ]
    desk.open(tensor("base", "A", (CELLS,)), *lanes, A=floats(*(chance.uniform(-9, 9) for _ in range(CELLS))))
    desk.workspace.showing.show("v0")
    return desk


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock and of this thread."""
    before = time.perf_counter(), time.thread_time()
    call()
    return time.perf_counter() - before[0], time.thread_time() - before[1]


def settle(canvas: Measured, desk: Desk) -> None:
    """Lets events run until nothing is painted any more."""
    desk.serve()
    seen = -1
    while seen != len(canvas.paints):
        seen = len(canvas.paints)
        QTest.qWait(1)


def tell(name: str, times: list[tuple[float, float]]) -> None:
    """One line: medians, what 99 of 100 are within, and the worst."""
    clock, own = (sorted(1000 * one[at] for one in times) for at in (0, 1))
    most = int(0.99 * (len(times) - 1))
    print(
        f"{name:34} n {len(times):4}  clock median {statistics.median(clock):6.2f} max {max(clock):6.2f}  "
        f"own median {statistics.median(own):6.2f} 99% {own[most]:6.2f} max {max(own):6.2f} ms"
    )


def hover(canvas: Measured, desk: Desk, moves: int) -> None:
    """Points at random places; each move is painted."""
    chance = random.Random(1)
    slots = []
    canvas.paints.clear()
    for _ in range(moves):
        at = QPointF(chance.uniform(0, canvas.viewport().width()), chance.uniform(0, canvas.viewport().height()))
        slots.append(timed(lambda at=at: canvas.point_at(canvas.hit(at))))  # type: ignore[misc]  # bound now
        settle(canvas, desk)
    tell("hover: slot", slots)
    tell("hover: paint", canvas.paints)


def scroll(canvas: Measured, desk: Desk, steps: int) -> None:
    """Scrolls through the storage in steps of the wheel."""
    slots = []
    canvas.paints.clear()
    for _ in range(steps):
        slots.append(timed(lambda: canvas.scroll_by(0, 144)))
        settle(canvas, desk)
    tell("scroll: slot", slots)
    tell("scroll: paint", canvas.paints)


def zoom(canvas: Measured, desk: Desk) -> None:
    """From numbers to boxes to bands and back."""
    slots = []
    canvas.paints.clear()
    for factor in [1 / 1.5] * 12 + [1.5] * 12:
        slots.append(timed(lambda factor=factor: canvas.zoom(factor)))  # type: ignore[misc]  # bound now
        settle(canvas, desk)
    tell("zoom: slot", slots)
    tell("zoom: paint", canvas.paints)


class Zeros:
    """So many bytes that are all zero, without keeping them."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __getitem__(self, part: slice) -> bytes:
        return bytes(len(range(*part.indices(self._length))))


def huge(canvas: Measured, desk: Desk) -> None:
    """Goes about a storage of 2**38 cells, at every zoom."""
    desk.bytes["B"] = Zeros(1 << 40)  # type: ignore[assignment]  # sliced only
    layouts = (Layout((1 << 19, 1 << 19), (1 << 19, 1)), Layout((1 << 19, 1 << 18), (1, 1 << 20)))
    lanes = tuple(TensorFacts(f"h{n}", one, "float32", "cpu", "B", (0, 1)) for n, one in enumerate(layouts))
    desk.tell(SessionFacts(lanes, (StorageFacts("B", 1 << 40, "cpu", "float32", ("h0", "h1")),), memory=99))
    slots, chance = [], random.Random(2)
    canvas.paints.clear()
    for step in range(60):
        slots.append(timed(lambda: canvas.set_cursor(chance.randrange(1 << 38))))
        settle(canvas, desk)
        slots.append(timed(lambda step=step: canvas.zoom(0.5 if step < 45 else 8)))  # type: ignore[misc]  # bound now
        settle(canvas, desk)
    tell("2**38 cells: slot", slots)
    tell("2**38 cells: paint", canvas.paints)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--moves", type=int, default=300)
    options = parser.parse_args()
    application = QApplication(sys.argv[:1])
    assert application is not None  # it lives as long as the name
    desk = desk_with_views()
    Measured.paints = []
    canvas = Measured(desk.workspace)
    canvas.resize(1280, 800)
    canvas.show()
    gc.collect()
    gc.freeze()
    settle(canvas, desk)
    tell("first pictures: paint", canvas.paints)
    hover(canvas, desk, options.moves)
    scroll(canvas, desk, 60)
    canvas.go_to(0, 0)
    zoom(canvas, desk)
    tell("session changed: slot", [timed(lambda: desk.tell(desk.facts)) for _ in range(20)])
    huge(canvas, desk)
    print(f"tiles kept: {len(canvas.picture.store)}, {canvas.picture.store.nbytes / 1e6:.1f} MB")
    canvas.close()


if __name__ == "__main__":
    main()
